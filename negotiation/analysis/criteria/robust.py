"""Criterion 12, robust: no other offer for the same ask has a smaller largest regret over the ranges of the stakes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from negotiation.analysis.offers.family import Family
from negotiation.analysis.proof import close
from negotiation.analysis.robust.regret_check import regret_against
from negotiation.analysis.robust.regrets import WALK_AWAY, Regrets, largest_regrets
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

    The certificate states ``largest_regret`` (of the package), ``instead`` (what would have been better in its worst case:
    a package, or ``None`` for walking away), ``best_other`` (the other offer with the least), ``least_other`` (its largest
    regret), and how many ``offers`` were compared. It is checked by linear programmes over all stakes, rival by rival.

    Parameters
    ----------
    proposer : str, optional
        Whose regret, where the question does not name a proposer.

    Notes
    -----
    See `robust_offers`. Ranges, not draws, decide, so the answer is the same on every draw. Cost ``O(D² T)`` for ``D`` offers;
    the check solves a few linear programmes for each pair of offers at worst.

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
        """No proposer is named, or it is asked for somebody else."""
        if self.proposer is None:
            return "no proposer is named: say whose offer it is, proposer=…."
        talks.party_index(self.proposer)
        if party not in (None, self.proposer):
            return f"it judges the choice of {self.proposer}, who proposes, not of {party}."
        return ""

    def margins(
        self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None, party: str | None = None
    ) -> Array:
        """See `Criterion.margins`; the same on every draw."""
        out = np.full(len(codes), np.nan)
        if self.proposer is not None and not self.why_not(talks, party):
            for row, code in enumerate(codes):
                family = _offers(talks, code, self.proposer)
                if family is not None:
                    out[row] = _margin(largest_regrets(family, self.proposer), code)[0]
        return out if draws is None else np.broadcast_to(out, (len(draws), len(codes))).copy()

    def verdict(
        self, talks: Negotiation, package: Package, *, party: str | None = None, proposer: str | None = None
    ) -> Verdict:
        """See `Criterion.verdict`."""
        who = self.proposer if proposer is None else proposer
        if why := Robust(who).why_not(talks, party):
            return inapplicable(self, package, why, party)
        assert who is not None
        code = talks.codes([package])[0]
        family = _offers(talks, code, who)
        if family is None:
            return inapplicable(self, package, f"{who} owns nothing that it could offer instead.", party)
        found = largest_regrets(family, who)
        margin, own, other = _margin(found, code)
        instead = None if found.rival[own] == WALK_AWAY else talks.package_from_choices(found.codes[found.rival[own]])
        best = talks.package_from_choices(found.codes[other])
        regret, least = float(found.largest[own]), float(found.largest[other])
        facts = {"proposer": who, "largest_regret": regret, "instead": instead, "best_other": best, "least_other": least,
                 "offers": len(found.codes)}  # fmt: skip
        texts = amounts([regret, least])
        outcome = "is accepted" if found.was_accepted[own] else "is refused"
        would = "walking away" if instead is None else changes(package, instead) or "the same"
        worst = f" (it {outcome}, where {would} would have been better)" if regret > 0 else ""
        return Verdict(
            self.name,
            margin >= 0,
            margin,
            talks.unit,
            f"{who} could come to regret it by at most {texts[0]}{worst}; of the other {len(found.codes) - 1:,} offers the one "
            f"with {changes(package, best)} keeps that to {texts[1]}.",
            Certificate(f"largest regret {texts[0]}, of the best other offer {texts[1]}", facts),
            f"the ranges change so that the two largest regrets, now {texts[0]} and {texts[1]}, change order",
            package,
            party,
        )

    def check(self, talks: Negotiation, verdict: Verdict) -> bool:
        """Whether the certificate proves the answer: both largest regrets by linear programmes, no other below the smaller."""
        facts = verdict.certificate.facts
        who = str(facts["proposer"])
        family = _offers(talks, talks.codes([verdict.package])[0], who)
        if family is None or facts["offers"] != family.size:
            return False
        packages = [talks.package_from_choices(row) for row in family.codes(np.arange(family.size))]
        regrets = {p: regret_against(talks, p, packages, who) for p in (verdict.package, facts["best_other"])}
        own, other = regrets[verdict.package], regrets[facts["best_other"]]
        right = close(talks, own, facts["largest_regret"]) and close(talks, other, facts["least_other"])
        beaten = all(
            p in regrets or regret_against(talks, p, packages, who, enough=other) >= other or close(talks, other, 0.0)
            for p in packages
        )
        return right and beaten and close(talks, verdict.margin, other - own) and verdict.holds == (verdict.margin >= 0)


def _offers(talks: Negotiation, code: IntArray, proposer: str) -> Family | None:
    """Every offer of the proposer's own measures with the rest of a package as it is; ``None`` if there is nothing to choose."""
    free = tuple(k for k, issue in enumerate(talks.issues) if issue.owner == proposer)
    base = code.copy()
    base[list(free)] = 0
    return Family(talks, read_only(base, np.int64), free) if free else None


def _margin(found: Regrets, code: IntArray) -> tuple[float, int, int]:
    """The least regret among the others less the package's own, with the positions of both; an exact 0 for a tie."""
    own = int(np.flatnonzero((found.codes == code).all(axis=1))[0])
    others = found.largest.copy()
    others[own] = math.inf
    other = int(others.argmin())
    margin = float(found.largest[other] - found.largest[own])
    tiny = 1e-12 * float(np.abs(found.largest).max())
    return (0.0 if abs(margin) <= tiny else margin), own, other
