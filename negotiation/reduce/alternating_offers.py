"""A negotiation as alternating offers over its efficient packages, found without listing packages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, as_floats, read_only
from negotiation.bargain.alternating import AlternatingOffers
from negotiation.bargain.alternating_result import AlternatingEquilibrium
from negotiation.bargain.alternating_steps import Chooser, Play, step_back
from negotiation.bargain.frontier import Frontier, pareto_frontier
from negotiation.errors import DiscountFactorError, GameShapeError, WrongTypeError
from negotiation.model.negotiation import Negotiation
from negotiation.reduce.offers_result import PackageOffersSolution, party_position

ByParty = Mapping[str, Any] | npt.ArrayLike


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PackageOffers:
    """Parties take turns to propose packages; made by `alternating_offers`.

    Parameters
    ----------
    stages : tuple of Negotiation
        What packages are worth if agreed in round 0, 1, …; the last one holds from then on.
    discount_factors : ndarray, shape (P,)
    disagreement : ndarray, shape (R, P)
        What a period without agreement is worth; the last row from then on.
    deadline : int or None
    breakdown_risk : float
    outside_options : ndarray, shape (P,)
    order : tuple of int
        Positions of the proposers, repeated.
    limit : int
        Of partial packages held at a time while frontiers are built.
    """

    stages: tuple[Negotiation, ...]
    discount_factors: Array
    disagreement: Array
    deadline: int | None
    breakdown_risk: float
    outside_options: Array
    order: tuple[int, ...]
    limit: int

    @property
    def talks(self) -> Negotiation:
        """The negotiation as it is in the first round."""
        return self.stages[0]

    def solve(self, *, tol: float = 1e-12) -> PackageOffersSolution:
        """Find the subgame-perfect equilibria, see `AlternatingOffers.solve`; stages that differ are walked back one by one."""
        rest = len(self.stages) - 1 if self.deadline is None else min(len(self.stages), self.deadline) - 1
        fronts = [pareto_frontier(stage, ties="one", limit=self.limit) for stage in self.stages[: rest + 1]]
        tail = self._from(rest, fronts[rest]).solve(tol=tol)
        starts = np.cumsum([0, *(len(front) for front in fronts)])
        equilibria = [replace(e, offers=np.where(e.offers < 0, -1, e.offers + starts[rest])) for e in tail.equilibria]
        if rest and equilibria:
            equilibria = self._walked_back(equilibria, fronts, starts.tolist(), tol)
        packages = tuple(package for front in fronts for package in front.packages or ())
        return PackageOffersSolution(self, tuple(equilibria), packages, tail.notes)

    def _from(self, round_: int, front: Frontier) -> AlternatingOffers:
        """The game that begins in a round from which on stakes no longer change."""
        turn = round_ % len(self.order)
        return AlternatingOffers(
            front.payoffs,
            self.discount_factors,
            disagreement=self.disagreement[min(round_, len(self.disagreement) - 1) :],
            deadline=None if self.deadline is None else self.deadline - round_,
            breakdown_risk=self.breakdown_risk,
            outside_options=self.outside_options,
            order=(*self.order[turn:], *self.order[:turn]),
            names=self.talks.party_names,
            unit=self.talks.unit,
        )

    def _walked_back(
        self, tails: list[AlternatingEquilibrium], fronts: list[Frontier], starts: list[int], tol: float
    ) -> list[AlternatingEquilibrium]:
        """Put the rounds before the stakes rest in front, for all equilibria at once."""
        rest, count = len(fronts) - 1, len(tails)
        after, rows = np.array([e.values[0] for e in tails]), []
        for t in reversed(range(rest)):
            play = self._play(fronts[t].payoffs, tol)
            ends = play.ends(rest)
            offers, least, after, left = step_back(play, Chooser(play), t, after, ends[t], ends[t + 1])
            rows.append((np.where(offers < 0, -1, offers + starts[t]), least, after, left))
        columns = [np.array(column) for column in zip(*reversed(rows), strict=True)]
        proposers = np.array([self.order[t % len(self.order)] for t in range(rest)], dtype=np.int64)
        return [
            replace(
                tails[k],
                proposers=read_only(np.concatenate([proposers, tails[k].proposers]), np.int64),
                offers=read_only(np.concatenate([columns[0][:, k], tails[k].offers]), np.int64),
                thresholds=read_only(np.concatenate([columns[1][:, k], tails[k].thresholds])),
                values=read_only(np.concatenate([columns[2][:, k], tails[k].values])),
                talks_end=read_only(np.concatenate([columns[3][:, k], tails[k].talks_end]), np.bool_),
            )
            for k in range(count)
        ]

    def _play(self, utilities: Array, tol: float) -> Play:
        span = np.ptp(utilities, axis=0)
        return Play(
            utilities,
            self.discount_factors,
            self.disagreement,
            self.breakdown_risk,
            self.outside_options,
            self.order,
            tol * np.where(span > 0, span, 1.0),
        )

    def __repr__(self) -> str:
        until = "no deadline" if self.deadline is None else f"{self.deadline:,} rounds"
        names = self.talks.party_names
        return f"<PackageOffers {self.talks.n_packages:,} packages, {until}, {names[self.order[0]]} proposes first>"


def alternating_offers(
    talks: Negotiation | Sequence[Negotiation],
    *,
    proposer: str | None = None,
    deadline: int | None = None,
    breakdown_risk: float = 0.0,
    disagreement: ByParty | None = None,
    outside_options: ByParty | None = None,
    discount_factors: ByParty | None = None,
    order: Sequence[str] | None = None,
    limit: int = 20_000_000,
) -> PackageOffers:
    """See a negotiation as alternating offers: parties take turns to propose a package until all others accept one.

    An agreement is worth ``u_i(P)`` per period from the period of agreement on for ever, a period without one what disagreement
    is worth. Streams are counted as the constant amount per period that is worth as much.

    Parameters
    ----------
    talks : Negotiation, or a sequence of them
        Several, with the same parties and issues, where stakes change with time: what packages are worth if agreed in round 0,
        1, …, the last from then on. See `stakes_over_time`.
    proposer : str, optional
        Who proposes first; the first party unless named.
    deadline : int, optional
        How many offers there can be.
    breakdown_risk : float
        The chance, after each refusal, that talks end for good.
    disagreement : array_like, shape (P,) or (R, P), or mapping of party to number or sequence, optional
        A path, the last row from then on, such as ``waiting_costs(...).disagreement``; the parties' own unless given.
    outside_options : array_like, shape (P,), or mapping of party to number, optional
        Per period, from leaving after a refusal; none unless given.
    discount_factors : array_like, shape (P,), or mapping of party to number, optional
        The parties' own, at central values, unless given.
    order : sequence of str, optional
        Who proposes in which round, repeated; the first proposer and then the others in turn unless given.
    limit : int
        Of partial packages held at a time while the frontier is built.

    Returns
    -------
    PackageOffers
        ``ng.solve(game)`` gives thresholds, counter-offers, the predicted package and when it is agreed.

    Raises
    ------
    DiscountFactorError
        A party's is unknown.
    UnknownNameError, GameShapeError, ParameterError, ProbabilityError, SizeLimitError

    Notes
    -----
    Only efficient packages are ever proposed, so packages are not listed: the cost is that of `pareto_frontier`, once for
    each different stage, and of `AlternatingOffers.solve`. Credibility does not enter: a package agreed on is delivered.

    References
    ----------
    Rubinstein, A. (1982). Perfect equilibrium in a bargaining model. Econometrica 50, 97-109.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation([ng.Party("A", discount_factor=0.9), ng.Party("B", discount_factor=0.5)],
    ...     [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -1), ng.Stake("B", "x", "lifted", 4),
    ...      ng.Stake("A", "y", "lifted", 4), ng.Stake("B", "y", "lifted", -1)])
    >>> print(ng.solve(ng.alternating_offers(talks, deadline=2)))
    1 subgame-perfect equilibrium of <PackageOffers 4 packages, 2 rounds, A proposes first>, in payoff units per period
      agreed in round 0: x: lifted, y: lifted → A +3, B +3
        B accepts from 1.5 on; if it said no, next would be: x: lifted, y: lifted
    """
    stages = tuple(talks) if isinstance(talks, Sequence) else (talks,)
    _check_stages(stages)
    first, names = stages[0], stages[0].party_names
    turns = (
        (proposer or names[0], *(n for n in names if n != (proposer or names[0]))) if order is None else tuple(order)
    )
    if proposer is not None and order is not None and turns[0] != proposer:
        raise GameShapeError(
            f"{proposer!r} proposes first, but the order begins with {turns[0]!r}; leave one of them out."
        )
    path = _path(first, disagreement)
    outside = (
        np.full(len(names), -np.inf)
        if outside_options is None
        else _row(names, outside_options, "outside_options", -np.inf)
    )
    game = PackageOffers(
        stages,
        read_only(_patience(first, discount_factors)),
        read_only(path),
        deadline,
        breakdown_risk,
        read_only(outside),
        tuple(party_position(name, names, "the order of proposers") for name in turns),
        limit,
    )
    AlternatingOffers(  # checks ranges and shapes at the door
        np.zeros((1, len(names))), game.discount_factors, disagreement=path, deadline=deadline,
        breakdown_risk=breakdown_risk, outside_options=outside, order=game.order, names=names,
    )  # fmt: skip
    return game


def _check_stages(stages: tuple[Negotiation, ...]) -> None:
    if not stages or not all(isinstance(stage, Negotiation) for stage in stages):
        raise WrongTypeError("give a negotiation, or a sequence of at least one.")
    for t, stage in enumerate(stages):
        if stage.party_names != stages[0].party_names or stage.issues != stages[0].issues:
            raise GameShapeError(f"the negotiation of round {t} has other parties or issues than that of round 0.")
    if len(stages[0].parties) < 2:
        raise GameShapeError("alternating offers take two parties or more.")


def _patience(talks: Negotiation, given: ByParty | None) -> Array:
    """Discount factors (P,), the parties' own unless given."""
    if given is not None:
        return _row(talks.party_names, given, "discount_factors", None)
    unknown = [p.name for p in talks.parties if p.discount_factor is None]
    if unknown:
        raise DiscountFactorError(
            f"no discount factor is given for {' and '.join(unknown)}: say it, with_party(..., discount_factor=0.99), "
            "or pass discount_factors."
        )
    return np.array([p.discount_factor.central for p in talks.parties if p.discount_factor is not None])


def _row(names: tuple[str, ...], given: ByParty, what: str, default: float | None) -> Array:
    """One number a party (P,), from an array or a mapping."""
    if not isinstance(given, Mapping):
        return as_floats(given, what)
    for name in given:
        party_position(name, names, what)
    if default is None and len(given) < len(names):
        raise GameShapeError(f"{what} for {', '.join(given)} only; give one for each of {', '.join(names)}.")
    return np.array([given.get(name, default) for name in names], dtype=np.float64)


def _path(talks: Negotiation, given: ByParty | None) -> Array:
    """The disagreement path (R, P), the parties' constants where nothing is given."""
    own = np.array([p.disagreement.central for p in talks.parties])
    if given is None:
        return own[None, :]
    if not isinstance(given, Mapping):
        path = as_floats(given, "disagreement")
        return path[None, :] if path.ndim == 1 else path
    for name in given:
        party_position(name, talks.party_names, "disagreement")
    columns = {name: np.atleast_1d(np.asarray(values, dtype=np.float64)) for name, values in given.items()}
    length = max(map(len, columns.values()), default=1)
    path = np.tile(own, (length, 1))
    for name, values in columns.items():
        path[:, talks.party_index(name)] = np.append(values, np.full(length - len(values), values[-1]))
    return path
