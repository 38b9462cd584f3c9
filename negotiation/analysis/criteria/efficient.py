"""Criterion 3, efficient: no package gives every party at least as much, and one of them more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from negotiation.analysis.proof import added_up, by_party, close, same_payoffs
from negotiation.analysis.verdict import Certificate, Verdict, inapplicable
from negotiation.analysis.wording import amount, changes, listing
from negotiation.arrays import Array, BoolArray, IntArray
from negotiation.errors import SizeLimitError
from negotiation.model.draws import Draws
from negotiation.model.grid import flat_positions, payoff_grid
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.payoffs import all_codes, payoffs
from negotiation.model.rounding import NOISE, at_stake, settle

# Numbers held at once while draws are worked through, and comparisons done in all.
CHUNK, MOST_WORK = 8_000_000, 20_000_000_000


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
        The most packages that are compared one by one.

    Notes
    -----
    Cost ``O(D P)`` a package asked about, ``D`` being the number of all packages (payoffs by broadcasting), and that times
    the number of draws; work past 2e10 comparisons is refused.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -1), ng.Stake("B", "x", "lifted", 4), ng.Stake("A", "y", "lifted", 2)])
    >>> print(ng.is_enough(talks, talks.package("x"), criterion="efficient").reason)
    With y: lifted instead, A gets +2 and nobody gets less.
    """

    limit: int = 20_000_000

    name: ClassVar[str] = "efficient"
    question: ClassVar[str] = "Is there no package that is better for one party and worse for none?"

    def why_not(self, talks: Negotiation, party: str | None = None) -> str:
        """Too many packages to compare."""
        if talks.n_packages <= self.limit:
            return ""
        return (
            f"{talks.n_packages:,} packages are more than the {self.limit:,} that are compared one by one; "
            "take issues off the table with without_issues."
        )

    def margins(
        self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None, party: str | None = None
    ) -> Array:
        """See `Criterion.margins`; the same for every party."""
        shape = (len(codes),) if draws is None else (len(draws), len(codes))
        if self.why_not(talks, party):
            return np.full(shape, np.nan)
        values = talks.terms.central[None, :] if draws is None else draws.values
        work = len(values) * len(codes) * talks.n_packages * len(talks.parties)
        if work > MOST_WORK:
            raise SizeLimitError(
                f"efficiency in {len(values):,} draws of {len(codes):,} packages among {talks.n_packages:,} takes {work:.1e} "
                f"comparisons, past the limit of {MOST_WORK:.0e}; ask for at most "
                f"{max(1, MOST_WORK * len(values) // work):,} draws."
            )
        at = flat_positions(talks, codes)
        out = np.empty((len(values), len(codes)))
        step = max(1, CHUNK // (talks.n_packages * len(talks.parties)))
        for start in range(0, len(values), step):
            grid = payoff_grid(
                talks, values[start : start + step], limit=max(CHUNK, 2 * talks.n_packages * len(talks.parties))
            )
            for d, position in enumerate(at):
                best, dominated, _ = _best_rival(talks, grid, int(position))
                out[start : start + step, d] = _margin(best, dominated)
        return out[0] if draws is None else out

    def verdict(
        self, talks: Negotiation, package: Package, *, party: str | None = None, proposer: str | None = None
    ) -> Verdict:
        """See `Criterion.verdict`."""
        if why := self.why_not(talks, party):
            return inapplicable(self, package, why)
        codes = talks.codes([package])
        grid = payoff_grid(talks, limit=2 * self.limit * len(talks.parties))
        position = int(flat_positions(talks, codes)[0])
        best, dominated, where = _best_rival(talks, grid[None], position)
        choices = [int(k) for k in np.unravel_index(int(where[0]), [len(i.options) for i in talks.issues])]
        rival = talks.package_from_choices(choices)
        margin = float(_margin(best, dominated)[0])
        gains = by_party(talks, settle(payoffs(talks, rival) - payoffs(talks, package), talks))
        facts = {
            "dominated_by" if dominated[0] else "nearest_rival": rival if np.isfinite(best[0]) else None,
            "payoffs": by_party(talks, payoffs(talks, package)),
            "rival_payoffs": by_party(talks, payoffs(talks, rival)),
            "packages": talks.n_packages,
        }
        text = _dominated if dominated[0] else _undominated
        reason, flips = text(talks, package, rival, gains, margin)
        claim = f"{rival} gives " + ", ".join(f"{n} {g:+,.4g}" for n, g in gains.items())
        return Verdict(self.name, margin >= 0, margin, talks.unit, reason, Certificate(claim, facts), flips, package)

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


def _best_rival(talks: Negotiation, grid: Array, position: int) -> tuple[Array, BoolArray, IntArray]:
    """For each draw (S,): the joint gain of the best dominating package or else the nearest rival's least gain; which.

    Where no package pays anybody anything else, the value is minus infinity.
    """
    noise = NOISE * at_stake(talks)
    least = np.full((grid.shape[0], grid.shape[2]), np.inf)
    total = np.zeros_like(least)
    differs = np.zeros(least.shape, dtype=np.bool_)
    for party in range(grid.shape[1]):
        gain = grid[:, party] - grid[:, party, position, None]
        gain[np.abs(gain) <= noise[party]] = 0.0
        np.minimum(least, gain, out=least)
        total += gain
        differs |= gain != 0
    dominating = (least >= 0) & differs
    dominated = np.asarray(dominating.any(axis=1))
    score = np.where(dominated[:, None], np.where(dominating, total, -np.inf), np.where(differs, least, -np.inf))
    where = score.argmax(axis=1)
    return np.take_along_axis(score, where[:, None], axis=1)[:, 0], dominated, where


def _margin(best: Array, dominated: BoolArray) -> Array:
    """Minus the joint gain or the least gain; 0 where nothing pays anybody anything else."""
    return np.where(np.isinf(best), 0.0, 0.0 - best)


def _dominated(
    talks: Negotiation, package: Package, rival: Package, gains: dict[str, float], margin: float
) -> tuple[str, str]:
    """``With y: lifted instead, A gets +2 and nobody gets less.``"""
    winners = [f"{n} gets {amount(g, signed=True)}" for n, g in gains.items() if g > 0]
    losers = (
        "" if len(winners) == len(gains) else " and nobody gets less" if len(winners) == 1 else ", and nobody gets less"
    )
    flips = (
        f"every package that dominates it costs somebody something; this one does when it becomes worth more than "
        f"{amount(min(gains.values()))} {talks.unit} less to {min(gains, key=lambda n: gains[n])}"
    )
    return f"With {changes(package, rival)} instead, {listing(winners)}{losers}.", flips


def _undominated(
    talks: Negotiation, package: Package, rival: Package, gains: dict[str, float], margin: float
) -> tuple[str, str]:
    """``None of the other 3 packages is better for one party and worse for none; the nearest, …, costs B 4.``"""
    others = f"None of the other {talks.n_packages - 1:,} packages is better for one party and worse for none"
    if margin == 0:
        return f"{others}: all pay the same.", "some stake is no longer 0"
    name = min(gains, key=lambda n: gains[n])
    reason = f"{others}; the nearest ({changes(package, rival)}) costs {name} {amount(-gains[name])}."
    return reason, f"that rival becomes worth {amount(margin)} {talks.unit} more to everybody"
