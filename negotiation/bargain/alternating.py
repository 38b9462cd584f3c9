"""Alternating offers over a finite set of packages: the game."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, as_floats, read_only
from negotiation.bargain.alternating_result import AlternatingEquilibrium, AlternatingSolution
from negotiation.bargain.alternating_steps import Play, solve_finite, solve_stationary
from negotiation.bargain.closed_forms import check_discount_factors
from negotiation.bargain.dominance import contenders, efficient_groups, snapped
from negotiation.bargain.problem import BargainingProblem, check_finite, check_player, check_whole
from negotiation.errors import GameShapeError, ParameterError, ProbabilityError


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
        if deadline is not None:
            check_whole(deadline, "deadline", "at least one offer is needed, or None for no deadline")
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
            paths, notes = solve_finite(play, self.deadline), list[str]()
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
