"""Criterion 7, better than waiting: who is asked gets at least what saying no, and bargaining on, would bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from negotiation.analysis.course import Course, holds_together
from negotiation.analysis.criteria.acceptable import flip_sentence
from negotiation.analysis.proof import added_up, by_party, close
from negotiation.analysis.verdict import Certificate, Verdict, inapplicable
from negotiation.analysis.wording import amount, amounts, changes, listing
from negotiation.arrays import Array, IntArray
from negotiation.bargain.alternating import AlternatingOffers
from negotiation.bargain.frontier import additive_frontier
from negotiation.errors import ParameterError, SizeLimitError
from negotiation.model.draws import Draws
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.payoffs import payoffs
from negotiation.model.rounding import settle
from negotiation.reduce.alternating_offers import PackageOffers, alternating_offers
from negotiation.reduce.offers_result import PackageOffersSolution


@dataclass(frozen=True, slots=True)
class BetterThanWaiting:
    """The responder accepts: ``u_i(P)`` is at least the continuation value of saying no, under alternating offers.

    A package is worth ``u_i(P)`` per period for ever from the period of agreement on, a period without agreement what
    disagreement is worth. Streams are counted as the constant amount per period worth as much, so saying no is worth

    ``w_i = (1 - δ_i) d_i(0) + δ_i ((1 - q) v_i + q e_i)``,

    with ``v_i`` what the subgame-perfect equilibrium brings from the next round on, ``q`` the risk of breakdown, and ``e_i``
    what is left once talks have ended. The margin is the smallest ``u_i(P) - w_i`` among the responders, in payoff units per
    period.

    With a proposer, the responders are all others; asked about the proposer itself, it is about what not making the offer
    would bring it. Without one it must hold whoever proposes. Where several equilibria are stationary, the margin is that in
    the one which demands most, and the reason says how many there are.

    The certificate states, for each proposer and each party that decides on its offer, the ``continuation`` value and the
    equilibrium behind it (``courses``): offers and thresholds round by round, which no single deviation improves on.

    Parameters
    ----------
    proposer : str, optional
        Who makes the offer; the one that the question names takes precedence.
    deadline : int, optional
        How many offers there can be, this one included; no deadline unless given.
    breakdown_risk : float
        The chance, after each refusal, that talks end for good.
    disagreement : tuple of (party, number or tuple of numbers)
        What a period without agreement is worth, a tuple being a path whose last number holds from then on; a mapping is
        taken too. A party not named keeps its own.
    outside_options : tuple of (party, number)
        Per period, from leaving the talks after a refusal; a mapping is taken too.
    order : tuple of str
        Who proposes in which round, repeated: needed with three parties or more, where it matters who comes after whom.
    limit : int
        Of partial packages held at a time while a frontier is built.
    most_draws : int
        The most draws judged at once: each is a game of its own.

    Notes
    -----
    Packages are not listed: a `pareto_frontier` and `AlternatingOffers.solve` for each proposer and draw. What is not
    modelled: doubt about delivery (see `WorthTheDoubt`) and reservation values above disagreement (see `Acceptable`). With
    draws, a path given as an option is the same in all of them.

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
    >>> print(ng.is_enough(talks, talks.package("y"), criterion="better_than_waiting", proposer="A").reason)
    B gets -1.0; saying no is worth +1.5: it would hold out for x: lifted, worth +3.0.
    """

    proposer: str | None = None
    deadline: int | None = None
    breakdown_risk: float = 0.0
    disagreement: tuple[tuple[str, Any], ...] = ()
    outside_options: tuple[tuple[str, float], ...] = ()
    order: tuple[str, ...] = ()
    limit: int = 20_000_000
    most_draws: int = 2_000

    name: ClassVar[str] = "better_than_waiting"
    question: ClassVar[str] = "Does the other side do no better by saying no and bargaining on?"

    def __post_init__(self) -> None:
        for field in ("disagreement", "outside_options"):
            pairs = dict(getattr(self, field)).items()
            frozen = tuple((k, v if np.isscalar(v) else tuple(np.asarray(v, dtype=float).tolist())) for k, v in pairs)
            object.__setattr__(self, field, frozen)
        object.__setattr__(self, "order", tuple(self.order))
        if self.order and self.proposer is not None and self.order[0] != self.proposer:
            raise ParameterError(f"{self.proposer!r} proposes, but the order begins with {self.order[0]!r}.")

    def why_not(self, talks: Negotiation, party: str | None = None) -> str:
        """Patience or, with three parties or more, the order of proposers is unknown; or no equilibrium is stationary."""
        if len(talks.parties) < 2:
            return "there is nobody to bargain with."
        unknown = [p.name for p in talks.parties if p.discount_factor is None]
        if unknown:
            return f"no discount factor is given for {listing(unknown)}: say it, with_party(..., discount_factor=0.99)."
        if len(talks.parties) > 2 and not self.order:
            return (
                f"with {len(talks.parties)} parties it matters who proposes after whom: "
                f"say BetterThanWaiting(order={talks.party_names!r})."
            )
        for proposer, _ in self._pairs(talks, party):
            if not self._solved(talks, proposer).equilibria:
                return (
                    "no equilibrium in pure strategies is stationary, so nothing is predicted without a deadline: "
                    "say BetterThanWaiting(deadline=12)."
                )
        return ""

    def margins(
        self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None, party: str | None = None
    ) -> Array:
        """See `Criterion.margins`; NaN in draws in which no equilibrium is stationary."""
        shape = (len(codes),) if draws is None else (len(draws), len(codes))
        if self.why_not(talks, party):
            return np.full(shape, np.nan)
        self._check_draws(draws)
        pairs = self._pairs(talks, party)
        worth = payoffs(talks, codes, draws=draws).reshape(*shape, -1)
        stakes = [None] if draws is None else list(draws.values)
        floors = np.array([self._floors(talks, pairs, values, draws, s) for s, values in enumerate(stakes)])
        gains = settle(worth - (floors[0] if draws is None else floors[:, None, :]), talks)
        return np.asarray(gains[..., sorted({i for _, i in pairs})].min(axis=-1))

    def verdict(
        self, talks: Negotiation, package: Package, *, party: str | None = None, proposer: str | None = None
    ) -> Verdict:
        """See `Criterion.verdict`."""
        chosen = self if proposer is None else self.proposed_by(proposer)
        if why := chosen.why_not(talks, party):
            return inapplicable(self, package, why, party)
        here = payoffs(talks, package)
        pairs = chosen._pairs(talks, party)
        solved = {p: chosen._solved(talks, p) for p, _ in pairs}
        gains = [float(settle(here - solved[p].thresholds()[1], talks)[i]) for p, i in pairs]
        worst = int(np.argmin(gains))
        first, decides = pairs[worst]
        courses = {(p, n): Course.of(solved[p], solved[p].hardest(n)) for p, n in _named(talks, pairs)}
        course, name = courses[first, talks.party_names[decides]], talks.party_names[decides]
        facts = {
            "proposer": chosen.proposer,
            "decides": name,
            "payoffs": by_party(talks, here),
            "continuation": {pair: c.thresholds[0][pair[1]] for pair, c in courses.items()},
            "courses": courses,
            "equilibria": {p: len(s.equilibria) for p, s in solved.items()},
        }
        got, waiting = amounts([here[decides], course.thresholds[0][name]])
        following = "no agreement follows" if course.counter is None else f"{course.counter} is agreed"
        claim = f"{name} gets {got} from the package and {waiting} by saying no, after which {following}"
        return Verdict(
            self.name, gains[worst] >= 0, gains[worst], talks.unit,
            _reason(talks, package, decides, here, course, solved[first]), Certificate(claim, facts),
            flip_sentence(talks, decides, gains[worst]), package, party,
        )  # fmt: skip

    def check(self, talks: Negotiation, verdict: Verdict) -> bool:
        """Whether the certificate proves the answer.

        Every value in a course follows from the round after it, and no party gains by deviating once: no responder by
        refusing or accepting otherwise, no proposer by any other package, which is tried on all packages up to 5 million. By
        the one-shot deviation principle the course is subgame perfect. That none demands more is not proved.
        """
        facts = verdict.certificate.facts
        worth, gains = added_up(talks, verdict.package), []
        pairs = _named(talks, replace(self, proposer=facts["proposer"], order=())._pairs(talks, verdict.party))
        if set(pairs) != set(facts["courses"]):
            return False
        for (proposer, name), course in facts["courses"].items():
            waiting = course.thresholds[0][name]
            if course.proposers[0] != proposer or not close(talks, waiting, facts["continuation"][proposer, name]):
                return False
            if not holds_together(talks, course):
                return False
            gains.append(worth[name] - waiting)
        return close(talks, min(gains), verdict.margin) and verdict.holds == (verdict.margin >= 0)

    def proposed_by(self, proposer: str) -> BetterThanWaiting:
        """The same about offers of this party: it proposes first, and an order is begun at it."""
        order = self.order
        if order and proposer in order:
            at = order.index(proposer)
            order = (*order[at:], *order[:at])
        return replace(self, proposer=proposer, order=order)

    def floors(self, talks: Negotiation, party: str | None = None) -> Array:
        """What saying no is worth to who decides, at most over proposers and equilibria, (P,); ``-inf`` for the others."""
        return self._floors(talks, self._pairs(talks, party), None, None, 0)

    # --- the games behind it ---------------------------------------------------------------------

    def _pairs(self, talks: Negotiation, party: str | None) -> list[tuple[str, int]]:
        """Who proposes, and who then decides, by position."""
        names, known = talks.party_names, self.proposer
        if known is not None:
            talks.party_index(known)
            deciding = [n for n in names if n != known] if party is None else [party]
            return [(known, talks.party_index(n)) for n in deciding]
        return [(p, i) for p in names for i, n in enumerate(names) if n != p and party in (None, n)]

    def _game(self, talks: Negotiation, proposer: str) -> PackageOffers:
        order = self.proposed_by(proposer).order or None
        return alternating_offers(
            talks,
            proposer=proposer,
            deadline=self.deadline,
            breakdown_risk=self.breakdown_risk,
            disagreement=dict(self.disagreement) or None,
            outside_options=dict(self.outside_options) or None,
            order=order,
            limit=self.limit,
        )

    def _solved(self, talks: Negotiation, proposer: str) -> PackageOffersSolution:
        return self._game(talks, proposer).solve()

    def _floors(
        self, talks: Negotiation, pairs: Sequence[tuple[str, int]], values: Array | None, draws: Draws | None, s: int
    ) -> Array:
        """The most that saying no is worth to each deciding party over proposers and equilibria, (P,)."""
        out = np.full(len(talks.parties), -np.inf)
        stakes, interactions, _ = talks.as_additive_terms(values)
        front = additive_frontier(stakes, interactions, limit=self.limit)
        for proposer in dict.fromkeys(p for p, _ in pairs):
            game = self._game(talks, proposer)
            path, delta = np.array(game.disagreement), np.array(game.discount_factors)
            if draws is not None:
                delta = draws.discount_factor[s]
                free = [n not in dict(self.disagreement) for n in talks.party_names]
                path[:, free] = draws.disagreement[s][free]
            offers = AlternatingOffers(
                front.payoffs, delta, disagreement=path, deadline=self.deadline, breakdown_risk=self.breakdown_risk,
                outside_options=game.outside_options, order=game.order, names=talks.party_names,
            )  # fmt: skip
            floor = offers.solve().thresholds()[1]
            deciding = [i for p, i in pairs if p == proposer]
            out[deciding] = np.maximum(out[deciding], floor[deciding])
        return out

    def _check_draws(self, draws: Draws | None) -> None:
        if draws is not None and len(draws) > self.most_draws:
            raise SizeLimitError(
                f"{len(draws):,} draws at once: each is a game of alternating offers of its own; "
                f"ask for at most {self.most_draws:,} draws, or raise BetterThanWaiting(most_draws=...)."
            )


def _reason(
    talks: Negotiation, package: Package, party: int, here: Array, course: Course, solution: PackageOffersSolution
) -> str:
    """``China gets 3; saying no is worth 5: it would hold out for x: lifted, worth 6.``"""
    name = talks.party_names[party]
    waiting = course.thresholds[0][name]
    counter = course.counter
    several = len(solution.equilibria)
    note = ""
    if several > 1:
        least = float(solution.thresholds()[0][party])
        note = (
            f" That is the most demanding of {several} stationary equilibria; in the least demanding one "
            f"saying no is worth {amount(least, signed=True)}."
        )
    if counter is None:
        texts = amounts([here[party], waiting], signed=True)
        return f"{name} gets {texts[0]}; saying no is worth {texts[1]}, with no agreement in the next {talks.period}.{note}"
    worth = added_up(talks, counter)[name]
    texts = amounts([here[party], waiting, worth], signed=True)
    other = changes(package, counter) or "the same package"
    if here[party] >= waiting:
        return f"{name} gets {texts[0]}; saying no is worth {texts[1]}, by what comes next ({other}), worth {texts[2]}.{note}"
    return (
        f"{name} gets {texts[0]}; saying no is worth {texts[1]}: it would hold out for {other}, worth {texts[2]}.{note}"
    )


def _named(talks: Negotiation, pairs: list[tuple[str, int]]) -> list[tuple[str, str]]:
    """Who proposes, and who then decides, by name."""
    return [(p, talks.party_names[i]) for p, i in pairs]
