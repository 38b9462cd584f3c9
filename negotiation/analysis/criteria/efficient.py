"""Criterion 3, efficient: no package gives every party at least as much, and one of them more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from negotiation.analysis.proof import added_up, by_party, close, same_payoffs
from negotiation.analysis.rivals import Rivals, check_work, frontier_rivals, listed_rivals, quick_rivals
from negotiation.analysis.verdict import Certificate, Verdict
from negotiation.analysis.wording import amount, changes, listing
from negotiation.arrays import Array, IntArray
from negotiation.model.draws import Draws
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.payoffs import all_codes, payoffs
from negotiation.model.rounding import settle

# Up to so many packages, listing them all is quicker in draws than a frontier a draw.
FEW = 20_000


@dataclass(frozen=True, slots=True)
class Efficient:
    """Pareto efficiency among all packages.

    With ``g_i(Q) = u_i(Q) - u_i(P)``, a package ``Q`` dominates ``P`` if all ``g_i(Q) ≥ 0`` and some ``g_i(Q) > 0``; packages
    that pay everybody the same as ``P`` do not count against it. The margin, in payoff units, is

    - where ``P`` is dominated, minus what is left on the table: the largest ``Σ_i g_i(Q)`` over all dominating ``Q``, negative
      also where only one party gains (weak dominance);
    - where it is not, the smallest ``max_i -g_i(Q)`` over all ``Q`` that pay somebody something else: how much everybody would
      have to be given on top of the nearest rival before it dominates.

    The certificate states the dominating package (``dominated_by``) or the nearest rival (``nearest_rival``), the payoffs
    of both, and how many ``packages`` were compared.

    Parameters
    ----------
    limit : int
        The most packages that are compared one by one; past it, frontiers are built without listing packages, and rivals
        hidden behind a package that pays the same as ``P`` are not seen in the margin (the answer is right all the same).

    Notes
    -----
    Cost ``O(N P)`` a package asked about, ``N`` being the number of all packages (payoffs by broadcasting), and that times
    the number of draws; work past 5e9 comparisons is refused. With more than 20,000 packages, draws in which the frontier
    shows a dominating package need no list. Past `limit`, up to ``K + 1`` runs of `additive_frontier` a draw.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -1), ng.Stake("B", "x", "lifted", 4), ng.Stake("A", "y", "lifted", 2)])
    >>> print(ng.is_enough(talks, talks.package("x"), criterion="efficient").reason)
    With y: lifted instead, A gets +2 and nobody gets less.
    """

    limit: int = 2_000_000

    same_for_all: ClassVar[bool] = True
    name: ClassVar[str] = "efficient"
    question: ClassVar[str] = "Is there no package that is better for one party and worse for none?"

    def why_not(self, talks: Negotiation, party: str | None = None) -> str:
        """It always applies."""
        return ""

    def judges_draws_together(self, talks: Negotiation) -> bool:
        """While all packages are few enough to be listed; past that, draws take a frontier each."""
        return talks.n_packages <= FEW

    def margins(
        self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None, party: str | None = None
    ) -> Array:
        """See `Criterion.margins`; the same for every party."""
        values = talks.terms.central[None, :] if draws is None else draws.values
        found = self._rivals(talks, codes, values)
        margins = np.where(np.isinf(found.value), 0.0, 0.0 - found.value)
        return np.asarray(margins[0] if draws is None else margins)

    def verdict(
        self, talks: Negotiation, package: Package, *, party: str | None = None, proposer: str | None = None
    ) -> Verdict:
        """See `Criterion.verdict`."""
        found = self._rivals(talks, talks.codes([package]), talks.terms.central[None, :])
        value, dominated = float(found.value[0, 0]), bool(found.dominated[0, 0])
        margin = 0.0 if np.isinf(value) else 0.0 - value
        rival = None if np.isinf(value) else talks.package_from_choices(found.choices[0, 0])
        here, there = payoffs(talks, package), payoffs(talks, rival or package)
        gains = by_party(talks, settle(there - here, talks))
        facts = {
            "dominated_by" if dominated else "nearest_rival": rival,
            "payoffs": by_party(talks, here),
            "rival_payoffs": by_party(talks, there),
            "packages": talks.n_packages,
        }
        reason, flips = (_dominated if dominated else _undominated)(talks, package, rival, gains, margin)
        claim = f"{rival} gives " + ", ".join(f"{n} {g:+,.4g}" for n, g in gains.items())
        return Verdict(self.name, margin >= 0, margin, talks.unit, reason, Certificate(claim, facts), flips, package)

    def _rivals(self, talks: Negotiation, codes: IntArray, values: Array) -> Rivals:
        """All packages while they can be listed, frontiers past that and where they are quicker."""
        if talks.n_packages > self.limit:
            return frontier_rivals(talks, codes, values)
        if talks.n_packages > FEW and len(values) > 1:
            return quick_rivals(talks, codes, values)
        check_work(talks, codes, len(values), len(values))
        return listed_rivals(talks, codes, values)

    def check(self, talks: Negotiation, verdict: Verdict) -> bool:
        """Whether the certificate proves the answer.

        A dominating package proves inefficiency by its payoffs alone. Efficiency has no short proof: up to 200,000
        packages all payoffs are compared again, by matrix product instead of broadcasting.
        """
        facts = verdict.certificate.facts
        rival = facts.get("dominated_by") or facts.get("nearest_rival")
        if not same_payoffs(talks, verdict.package, facts["payoffs"]):
            return False
        if rival is None:
            return bool(verdict.holds)
        mine, its = (np.array([added_up(talks, p)[n] for n in talks.party_names]) for p in (verdict.package, rival))
        gains = settle(its - mine, talks)
        if facts.get("dominated_by") is not None:
            return (
                bool(gains.min() >= 0 and gains.max() > 0)
                and not verdict.holds
                and close(talks, -gains.sum(), verdict.margin)
            )
        if not close(talks, -gains.min(), verdict.margin) or not verdict.holds:
            return False
        if talks.n_packages > 200_000:
            return bool(facts["packages"] == talks.n_packages)
        others = settle(payoffs(talks, all_codes(talks)) - mine, talks)
        return not bool(((others >= 0).all(axis=1) & (others > 0).any(axis=1)).any())


def _dominated(
    talks: Negotiation, package: Package, rival: Package | None, gains: dict[str, float], margin: float
) -> tuple[str, str]:
    """``With y: lifted instead, A gets +2 and nobody gets less.``, and what would flip it."""
    winners = [f"{n} gets {amount(g, signed=True)}" for n, g in gains.items() if g > 0]
    losers = "" if len(winners) == len(gains) else f"{'' if len(winners) == 1 else ','} and nobody gets less"
    least = min(gains, key=lambda n: gains[n])
    loss = f"more than {amount(gains[least])} {talks.unit} less" if gains[least] else "any less"
    flips = (
        f"every package that dominates it costs somebody something; this one does once it is worth {loss} to {least}"
    )
    return f"With {changes(package, rival or package)} instead, {listing(winners)}{losers}.", flips


def _undominated(
    talks: Negotiation, package: Package, rival: Package | None, gains: dict[str, float], margin: float
) -> tuple[str, str]:
    """``None of the other 3 packages is better for one party and worse for none; the nearest (…) costs B 4.``"""
    which = (
        f"None of the other {talks.n_packages - 1:,} packages is"
        if talks.n_packages > 2
        else "The other package is not"
    )
    others = f"{which} better for one party and worse for none"
    if rival is None:
        return f"{others}: all pay the same.", "some stake is no longer 0"
    name = min(gains, key=lambda n: gains[n])
    reason = f"{others}; the nearest ({changes(package, rival)}) costs {name} {amount(-gains[name])}."
    return reason, f"that rival becomes worth {amount(margin)} {talks.unit} more to everybody"
