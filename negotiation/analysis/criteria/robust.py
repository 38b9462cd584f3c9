"""Criterion 12, robust: no other offer for the same ask has a smaller largest regret over the ranges of the stakes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, ClassVar

import numpy as np

from negotiation.analysis.offers.family import Family
from negotiation.analysis.proof import close
from negotiation.analysis.robust.regret_check import Regrets
from negotiation.analysis.robust.regrets import WALK_AWAY, largest_regrets
from negotiation.analysis.verdict import Certificate, Verdict, inapplicable
from negotiation.analysis.wording import amounts, changes
from negotiation.arrays import Array, IntArray, read_only
from negotiation.model.draws import Draws
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package


@dataclass(frozen=True, slots=True)
class Robust:
    """The package minimises its proposer's largest regret, wherever stakes and fallbacks lie within their ranges.

    Compared are all offers of the proposer's own measures for the same ask, and walking away. An offer that the others accept
    is worth its payoff to the proposer, one that somebody refuses the disagreement payoff; the regret of an offer is by how
    much another choice would have been better. The margin, in payoff units, is the smallest largest regret among the other
    offers less that of the package: not negative iff the package has the least.

    Where no proposer is named, every party that owns something is taken for the proposer in turn, and the least margin counts.

    The certificate states under ``proposers`` for each ``largest_regret`` (of the package), ``instead`` (what would have been
    better in its worst case: a package, or ``None`` for walking away), ``best_other`` (the other offer with the least),
    ``least_other`` (its largest regret), and how many ``offers`` were compared. It is checked by adding up the ranges stake
    by stake, rival by rival.

    Parameters
    ----------
    proposer : str, optional
        Whose offer it is.

    Notes
    -----
    See `robust_offers`. Ranges, not draws, decide, so the answer is the same on every draw. Cost ``O(D² T)`` for ``D`` offers.

    References
    ----------
    Savage, L. J. (1951). The theory of statistical decision. Journal of the American Statistical Association 46, 55-67.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("z", owner="B")],
    ...     [ng.Stake("A", "z", "lifted", 9), ng.Stake("A", "x", "lifted", -1), ng.Stake("B", "z", "lifted", -4),
    ...      ng.Stake("B", "x", "lifted", ng.Distribution.uniform(1, 6))])
    >>> ng.is_enough(talks, talks.package("x", "z"), criterion="robust", proposer="A").margin
    8.0
    """

    proposer: str | None = None

    name: ClassVar[str] = "robust"
    question: ClassVar[str] = (
        "Would no other offer leave its proposer a smaller largest regret, wherever the stakes lie?"
    )

    def why_not(self, talks: Negotiation, party: str | None = None) -> str:
        """Nobody it could be asked about owns anything to offer, or it is asked about another than the proposer."""
        if self.proposer is not None and party not in (None, self.proposer):
            return f"it judges the choice of {self.proposer}, who proposes, not of {party}."
        if not self._asked(talks, party):
            who = self.proposer or party
            return (
                f"{who} owns nothing that it could offer instead."
                if who
                else "no party owns anything that it could offer."
            )
        return ""

    def proposed_by(self, proposer: str) -> Robust:
        """See `ProposedCriterion`."""
        return Robust(proposer)

    def margins(
        self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None, party: str | None = None
    ) -> Array:
        """See `Criterion.margins`; the same on every draw."""
        out = np.full(len(codes), np.nan)
        if not self.why_not(talks, party):
            asked = self._asked(talks, party)
            for row, code in enumerate(codes):
                out[row] = min(_judged(talks, code, who).margin for who in asked)
        return out if draws is None else np.broadcast_to(out, (len(draws), len(codes))).copy()

    def verdict(
        self, talks: Negotiation, package: Package, *, party: str | None = None, proposer: str | None = None
    ) -> Verdict:
        """See `Criterion.verdict`."""
        chosen = self if proposer is None else self.proposed_by(proposer)
        if why := chosen.why_not(talks, party):
            return inapplicable(self, package, why, party)
        code = talks.codes([package])[0]
        found = {who: _judged(talks, code, who) for who in chosen._asked(talks, party)}
        worst = min(found, key=lambda who: found[who].margin)
        judged = found[worst]
        texts = amounts([judged.regret, judged.least])
        return Verdict(
            self.name,
            judged.margin >= 0,
            judged.margin,
            talks.unit,
            _sentence(package, worst, judged),
            Certificate(
                f"largest regret of {worst}: {texts[0]}, with the best other offer {texts[1]}",
                {"proposers": {who: j.facts for who, j in found.items()}},
            ),
            f"the ranges change so that the two largest regrets, now {texts[0]} and {texts[1]}, change order",
            package,
            party,
        )

    def check(self, talks: Negotiation, verdict: Verdict) -> bool:
        """Whether the certificate proves the answer: largest regrets added up, no other offer's below the least."""
        proposers = verdict.certificate.facts["proposers"]
        asked = self._asked(talks, verdict.party)
        if not proposers or not set(proposers) <= set(asked) or len(proposers) not in (1, len(asked)):
            return False
        margins = [_checked(talks, verdict.package, who, facts) for who, facts in proposers.items()]
        known = [m for m in margins if m is not None]
        return (
            len(known) == len(margins)
            and close(talks, verdict.margin, min(known))
            and verdict.holds == (verdict.margin >= 0)
        )

    def _asked(self, talks: Negotiation, party: str | None) -> list[str]:
        """Who might be the proposer: those named, or all, that own something."""
        named = self.proposer or party
        names = talks.party_names if named is None else (talks.party(named).name,)
        return [name for name in names if talks.measures(name)]


@dataclass(frozen=True, slots=True)
class _Judged:
    """One proposer's regrets about one package."""

    margin: float
    regret: float
    least: float
    was_accepted: bool
    instead: Package | None
    best_other: Package
    offers: int

    @property
    def facts(self) -> dict[str, Any]:
        """What the certificate states."""
        return {"largest_regret": self.regret, "instead": self.instead, "best_other": self.best_other,
                "least_other": self.least, "offers": self.offers}  # fmt: skip


def _judged(talks: Negotiation, code: IntArray, proposer: str) -> _Judged:
    """The package's largest regret, and the least among the other offers; a margin of exactly 0 for a tie."""
    found = largest_regrets(_offers(talks, code, proposer), proposer)
    own = int(np.flatnonzero((found.codes == code).all(axis=1))[0])
    others = found.largest.copy()
    others[own] = math.inf
    other = int(others.argmin())
    margin = float(found.largest[other] - found.largest[own])
    tiny = 1e-12 * float(np.abs(found.largest).max())
    rival = int(found.rival[own])
    return _Judged(
        0.0 if abs(margin) <= tiny else margin,
        float(found.largest[own]),
        float(found.largest[other]),
        bool(found.was_accepted[own]),
        None if rival == WALK_AWAY else talks.package_from_choices(found.codes[rival]),
        talks.package_from_choices(found.codes[other]),
        len(found.codes),
    )


def _sentence(package: Package, proposer: str, judged: _Judged) -> str:
    """Whose regret, how large, when, and what keeps it smaller."""
    texts = amounts([judged.regret, judged.least])
    outcome = "is accepted" if judged.was_accepted else "is refused"
    would = "walking away" if judged.instead is None else changes(package, judged.instead) or "the same"
    worst = f" (it {outcome}, where {would} would have been better)" if judged.regret > 0 else ""
    others = f"of the other {judged.offers - 1:,} offers the one" if judged.offers > 2 else "the other offer,"
    return (
        f"{proposer} could come to regret it by at most {texts[0]}{worst}; {others} with {changes(package, judged.best_other)}"
        f"{'' if judged.offers > 2 else ','} keeps that to {texts[1]}."
    )


def _checked(talks: Negotiation, package: Package, proposer: str, facts: Mapping[str, Any]) -> float | None:
    """The margin of one proposer, added up again; ``None`` where the facts are not so."""
    family = _offers(talks, talks.codes([package])[0], proposer)
    if facts["offers"] != family.size:
        return None
    codes = family.codes(np.arange(family.size))
    regrets = Regrets(talks, proposer)
    worlds = {p: regrets.arising(p) for p in map(talks.package_from_choices, codes)}

    if facts["best_other"] not in worlds:
        return None

    def largest(of: Package) -> float:
        return max(regrets.against_walking_away(worlds[of]), *(regrets.against(worlds[of], w) for w in worlds.values()))

    own, other = largest(package), largest(facts["best_other"])
    if not (close(talks, own, facts["largest_regret"]) and close(talks, other, facts["least_other"])):
        return None
    # Nobody else's can be below the least: one rival with so much regret is enough, the likeliest first.
    rivals = largest_regrets(family, proposer).rival
    for p, at in zip(list(worlds), rivals, strict=True):
        world = worlds[p]
        likeliest = [] if at == WALK_AWAY else [worlds[talks.package_from_choices(codes[at])]]
        found = (regrets.against(world, w) for w in [*likeliest, *worlds.values()])
        if p != package and not any(
            r >= other or close(talks, r, other) for r in chain([regrets.against_walking_away(world)], found)
        ):
            return None
    return other - own


def _offers(talks: Negotiation, code: IntArray, proposer: str) -> Family:
    """Every offer of the proposer's own measures with the rest of a package as it is."""
    free = tuple(k for k, issue in enumerate(talks.issues) if issue.owner == proposer)
    base = code.copy()
    base[list(free)] = 0
    return Family(talks, read_only(base, np.int64), free)
