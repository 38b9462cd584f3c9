"""Alternating offers over a finite set of packages: the game, and its subgame-perfect equilibria as a result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, IntArray, read_only
from negotiation.bargain.alternating_steps import Play, solve_finite, solve_stationary
from negotiation.bargain.closed_forms import check_discount_factors
from negotiation.bargain.dominance import contenders, efficient_groups, snapped
from negotiation.bargain.problem import BargainingProblem, as_floats, check_finite, check_player
from negotiation.errors import GameShapeError, ParameterError, ProbabilityError, UnknownNameError


@dataclass(frozen=True, slots=True, eq=False, init=False, repr=False)
class AlternatingOffers:
    """Players take turns to propose a package; the others accept or refuse it, one after the other; all must accept.

    Everything is worth so much *per period*: a package from the period of agreement on, disagreement in every period
    before. A stream is counted as the constant amount per period that is worth as much, so values compare with
    utilities. With disagreement 0 this is the textbook game in which an agreement in round t is worth ``delta**t`` times as much.

    Parameters
    ----------
    utilities : array_like, shape (D, N)
        One row a package.
    discount_factors : array_like, shape (N,)
        What next period's payoff is worth now, ``0 <= delta < 1``.
    disagreement : array_like, shape (N,) or (R, N), optional
        What a period without agreement is worth: always the same, or round by round, the last row from then on (stocks that
        run out, substitutes that arrive). Zero unless given.
    deadline : int, optional
        How many offers there can be; ``None`` for no deadline.
    breakdown_risk : float
        The chance, after each refusal, that talks end for good.
    outside_options : array_like, shape (N,), optional
        What a player gets per period by leaving after an offer of another was refused; ``-inf`` for none. Once talks have
        ended, by leaving, breakdown or deadline, every player has the better of its outside option and disagreement.
    first : int
        Who proposes first.
    order : sequence of int, optional
        Who proposes in which round, repeated; everybody in turn from `first` on unless given.
    names : sequence of str, optional
    unit : str

    Raises
    ------
    GameShapeError, NotFiniteError, DiscountFactorError, ProbabilityError, ParameterError

    Examples
    --------
    >>> thirds = AlternatingOffers([[0, 3], [1, 2], [2, 1], [3, 0]], [0.6, 0.6], deadline=2)
    >>> answer = thirds.solve()
    >>> answer.outcome, answer.payoffs, answer.agreement_round
    (1, array([1., 2.]), 0)
    """

    utilities: Array
    discount_factors: Array
    disagreement: Array
    deadline: int | None
    breakdown_risk: float
    outside_options: Array
    order: tuple[int, ...]
    names: tuple[str, ...]
    unit: str

    def __init__(
        self,
        utilities: npt.ArrayLike,
        discount_factors: Sequence[float] | Array,
        *,
        disagreement: npt.ArrayLike | None = None,
        deadline: int | None = None,
        breakdown_risk: float = 0.0,
        outside_options: npt.ArrayLike | None = None,
        first: int = 0,
        order: Sequence[int] | None = None,
        names: Sequence[str] | None = None,
        unit: str = "",
    ) -> None:
        delta = check_discount_factors(discount_factors)
        n = delta.size
        path = np.zeros((1, n)) if disagreement is None else as_floats(disagreement, "disagreement")
        path = path[None, :] if path.ndim == 1 else path
        if path.ndim != 2 or path.shape[1] != n or path.shape[0] == 0:
            raise GameShapeError(f"disagreement of shape {path.shape}; expected ({n},), or (rounds, {n}) for a path.")
        problem = BargainingProblem(utilities, path[0], names=names, unit=unit)
        check_finite(path, "disagreement payoff", problem.names)
        outside = np.full(n, -np.inf) if outside_options is None else as_floats(outside_options, "outside_options")
        if outside.shape != (n,) or np.isnan(outside).any() or np.isposinf(outside).any():
            raise GameShapeError(f"outside options {outside.tolist()}; give one number a player, -inf for none.")
        if deadline is not None and deadline < 1:
            raise ParameterError(f"deadline={deadline!r}; at least one offer is needed, or None for no deadline.")
        if not 0 <= breakdown_risk <= 1:
            raise ProbabilityError(f"breakdown_risk={breakdown_risk!r} is not a probability.")
        turns = tuple((check_player(first, n) + k) % n for k in range(n)) if order is None else tuple(order)
        if not turns:
            raise ParameterError("order is empty; name at least one proposer.")
        for value, name in (
            (problem.utilities, "utilities"),
            (read_only(delta), "discount_factors"),
            (read_only(path), "disagreement"),
            (deadline, "deadline"),
            (float(breakdown_risk), "breakdown_risk"),
            (read_only(outside), "outside_options"),
            (tuple(check_player(k, n, "order") for k in turns), "order"),
            (problem.names, "names"),
            (unit, "unit"),
        ):
            object.__setattr__(self, name, value)

    def solve(self, *, tol: float = 1e-12) -> AlternatingSolution:
        """Find the subgame-perfect equilibria.

        Parameters
        ----------
        tol : float
            Payoffs closer than `tol` times the player's payoff range count as equal.

        Returns
        -------
        AlternatingSolution
            With a deadline one equilibrium; without, every stationary one.

        Notes
        -----
        Whoever is indifferent between accepting and refusing accepts; a proposer indifferent between packages
        takes the one that is better for the others, in order, and one indifferent between agreement and waiting agrees.
        Under these conventions only efficient packages are ever proposed. With a deadline: backward induction, ``O(T log F)``
        for T rounds and F efficient packages of two players, ``O(T F N)`` for more. Without: the value of round t is a
        function of that of the round after; the function is evaluated on every efficient package at once, and its fixed points
        are all the stationary pure equilibria, ``O(F log F)`` for two players, ``O(F**2 N)`` for more.

        References
        ----------
        Rubinstein, A. (1982). Perfect equilibrium in a bargaining model. Econometrica 50, 97-109.
        van Damme, E., Selten, R., Winter, E. (1990). Alternating bid bargaining with a smallest money unit. Games and
        Economic Behavior 2, 188-201.
        """
        span = np.ptp(self.utilities, axis=0)
        running = contenders(self.utilities, tol * span)
        rows, starts = efficient_groups(snapped(self.utilities[running], tol * span))
        front = np.sort(running[rows[starts]])
        play = Play(
            self.utilities[front],
            self.discount_factors,
            self.disagreement,
            self.breakdown_risk,
            self.outside_options,
            self.order,
            tol * np.where(span > 0, span, 1.0),
        )
        if self.deadline is not None:
            paths, notes = [solve_finite(play, self.deadline)], list[str]()
        else:
            paths, notes = solve_stationary(play)
        equilibria = tuple(
            AlternatingEquilibrium(
                read_only(p.proposers, np.int64),
                read_only(np.where(p.offers >= 0, front[p.offers], -1), np.int64),
                read_only(p.thresholds),
                read_only(p.values),
                read_only(p.talks_end, np.bool_),
                self.breakdown_risk,
                p.cycle,
            )
            for p in paths
        )
        return AlternatingSolution(self, equilibria, tuple(notes))

    def __repr__(self) -> str:
        until = "no deadline" if self.deadline is None else f"{self.deadline:,} rounds"
        return f"<AlternatingOffers {len(self.utilities):,} packages, {until}, players {', '.join(self.names)}>"


@dataclass(frozen=True, slots=True, eq=False)
class AlternatingEquilibrium:
    """One subgame-perfect equilibrium, round by round. ``T`` rounds are listed.

    Parameters
    ----------
    proposers : ndarray of int, shape (T,)
    offers : ndarray of int, shape (T,)
        The package proposed in each round, as a row of the utilities, if talks get there; -1 where the proposer prefers
        to make no offer that is accepted.
    thresholds : ndarray, shape (T, N)
        The least that each player accepts in each round as a responder, per period.
    values : ndarray, shape (T, N)
        What each player expects at the start of each round, as an amount per period.
    talks_end : ndarray of bool, shape (T,)
        Where no offer is accepted because a responder leaves.
    breakdown_risk : float
    cycle : int
        Without a deadline, the last `cycle` rounds repeat for ever; 0 with one.
    """

    proposers: IntArray
    offers: IntArray
    thresholds: Array
    values: Array
    talks_end: npt.NDArray[np.bool_]
    breakdown_risk: float = 0.0
    cycle: int = 0

    @property
    def agreement_round(self) -> int | None:
        """The round in which they agree if talks do not break down before, counted from 0; ``None`` if never."""
        agreed, ended = np.flatnonzero(self.offers >= 0), np.flatnonzero(self.talks_end)
        if agreed.size == 0 or (ended.size and ended[0] < agreed[0]) or (self.breakdown_risk == 1 and agreed[0] > 0):
            return None
        return int(agreed[0])

    @property
    def outcome(self) -> int | None:
        """The package they agree on, as a row of the utilities; ``None`` if never."""
        at = self.agreement_round
        return None if at is None else int(self.offers[at])

    @property
    def payoffs(self) -> Array:
        """What each player expects at the start, as an amount per period, shape (N,)."""
        return np.asarray(self.values[0])

    def round_index(self, round_: int) -> int:
        """The listed round that a round is like."""
        listed = self.offers.size
        if 0 <= round_ < listed:
            return round_
        if round_ >= listed and self.cycle:
            return listed - self.cycle + (round_ - listed) % self.cycle
        raise ParameterError(f"round {round_!r}: rounds 0 to {listed - 1} are played.")

    def counter(self, round_: int = 0) -> int | None:
        """What would be proposed after a refusal in this round; ``None`` if nothing that is accepted."""
        if not self.cycle and round_ + 1 >= self.offers.size:
            return None
        row = int(self.offers[self.round_index(round_ + 1)])
        return None if row < 0 else row


@dataclass(frozen=True, slots=True, eq=False)
class AlternatingSolution:
    """The subgame-perfect equilibria of an alternating-offers game; its own properties are those of the first.

    Parameters
    ----------
    game : AlternatingOffers
    equilibria : tuple of AlternatingEquilibrium
        One with a deadline; else every stationary pure one, best for the first proposer first. Can be empty.
    notes : tuple of str
    """

    game: AlternatingOffers
    equilibria: tuple[AlternatingEquilibrium, ...]
    notes: tuple[str, ...] = ()

    @property
    def is_unique(self) -> bool:
        """Whether there is exactly one."""
        return len(self.equilibria) == 1

    @property
    def outcome(self) -> int | None:
        """The predicted package, as a row of the utilities; ``None`` if no agreement is reached."""
        return self.equilibria[0].outcome if self.equilibria else None

    @property
    def agreement_round(self) -> int | None:
        """When they agree, counted from 0."""
        return self.equilibria[0].agreement_round if self.equilibria else None

    @property
    def payoffs(self) -> Array:
        """What each player expects at the start, per period, shape (N,); NaN when there is no equilibrium."""
        if not self.equilibria:
            return np.full(len(self.game.names), np.nan)
        return self.equilibria[0].payoffs

    def thresholds(self, round_: int = 0) -> Array:
        """The least and the most that each player insists on as a responder, over all equilibria, shape (2, N)."""
        if not self.equilibria:
            return np.full((2, len(self.game.names)), np.nan)
        each = np.array([e.thresholds[e.round_index(round_)] for e in self.equilibria])
        return np.array([each.min(axis=0), each.max(axis=0)])

    def margins(self, player: int | str, round_: int = 0) -> Array:
        """By how much each package (D,) is better for a responder than refusing it, in the equilibrium most demanding of it.

        Not negative where accepting is optimal in every equilibrium.
        """
        if isinstance(player, str):
            if player not in self.game.names:
                raise UnknownNameError("player", player, self.game.names)
            player = self.game.names.index(player)
        check_player(player, len(self.game.names), "player")
        return np.asarray(self.game.utilities[:, player] - self.thresholds(round_)[1, player])

    def __str__(self) -> str:
        lines = [f"{len(self.equilibria)} subgame-perfect equilibri{'um' if self.is_unique else 'a'} of {self.game!r}"]
        for e in self.equilibria[:10]:
            shares = ", ".join(f"{n} {v:,.6g}" for n, v in zip(self.game.names, e.payoffs, strict=True))
            when = "no agreement" if e.outcome is None else f"package {e.outcome} in round {e.agreement_round}"
            lines.append(f"  {when} → {shares} {self.game.unit}".rstrip())
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__
