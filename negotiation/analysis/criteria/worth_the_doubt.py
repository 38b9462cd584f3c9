"""Criterion 2, worth the doubt: acceptable although the others may not deliver; and the break-even odds of delivery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, NamedTuple

import numpy as np

from negotiation.analysis.criteria.acceptable import flip_sentence, payoff_conditions, reservations
from negotiation.analysis.proof import by_party, close
from negotiation.analysis.verdict import Certificate, LinearCondition, Verdict, inapplicable, least, selected_parties
from negotiation.analysis.wording import amounts, listing, percent
from negotiation.arrays import Array, IntArray
from negotiation.model.draws import Draws
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.payoffs import delivery_weights, payoffs
from negotiation.model.rounding import settle


class BreakEvenOdds(NamedTuple):
    """For which probabilities of `other` delivering `party` still gets what it signs for.

    ``sense`` is ``"at least"`` or ``"at most"`` the odds, ``"any"`` or ``"none"`` whatever they are (odds NaN).
    """

    party: str
    other: str
    sense: Literal["at least", "at most", "any", "none"]
    odds: float

    def __str__(self) -> str:
        if self.sense == "none":
            return f"{self.party} would need more even if {self.other} delivered for certain"
        if self.sense == "any":
            return f"{self.party} need not believe {self.other} at all"
        return f"{self.party} breaks even if {self.other} delivers with {self.sense} {percent(self.odds)}"


@dataclass(frozen=True, slots=True)
class WorthTheDoubt:
    """Each party counts its own concessions in full, the others' times their credibility, and still gets ``r_i``.

    The margin is the smallest difference, in payoff units. Break-even odds are the probability of another party's
    delivery at which a party is just indifferent, further parties being believed as stated (for certain where nothing
    is). A payoff is linear in each single credibility, so ``c* = (r - u(c=0)) / (u(c=1) - u(c=0))`` exactly.

    The certificate states ``expected`` payoffs, ``reservation_values``, ``credibility`` and ``break_even_odds``.

    Parameters
    ----------
    delivered : tuple of str
        Parties taken to have delivered already, whatever their credibility.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation([ng.Party("A", credibility=0.5), "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("B", "y", "lifted", -1), ng.Stake("B", "x", "lifted", 4)])
    >>> print(ng.is_enough(talks, talks.package("x", "y"), party="B", criterion="worth_the_doubt").reason)
    B expects +1 of +3, counting on A at 50%; B breaks even if A delivers with at least 25%.
    """

    delivered: tuple[str, ...] = ()

    name: ClassVar[str] = "worth_the_doubt"
    question: ClassVar[str] = "Does every party still get what it signs for, given how far it believes the others?"

    def why_not(self, talks: Negotiation, party: str | None = None) -> str:
        """Nobody says how far those are believed on whom somebody depends."""
        unknown = [
            p.name
            for j, p in enumerate(talks.parties)
            if p.credibility is None
            and p.name not in self.delivered
            and any(_depends(talks, i, j) for i in selected_parties(talks, party))
        ]
        if not unknown:
            return ""
        return f"no credibility is given for {listing(unknown)}: say how likely delivery is, with_party(..., credibility=0.7)."

    def margins(
        self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None, party: str | None = None
    ) -> Array:
        """See `Criterion.margins`; NaN where a credibility is needed that nobody states."""
        shape = (len(codes),) if draws is None else (len(draws), len(codes))
        if self.why_not(talks, party):
            return np.full(shape, np.nan)
        return least(self.party_margins(talks, codes, draws=draws), selected_parties(talks, party))

    def judges_draws_together(self, talks: Negotiation) -> bool:
        """Always: payoffs are matrix products."""
        return True

    def party_margins(self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None) -> Array:
        """See `PartyCriterion.party_margins`."""
        shape = (len(codes),) if draws is None else (len(draws), len(codes))
        values = payoffs(talks, codes, draws=draws, credibility=self._credibility(talks, draws))
        return settle(values.reshape(*shape, -1) - reservations(talks, draws), talks)

    def linear_conditions(
        self, talks: Negotiation, package: Package, party: str | None = None
    ) -> list[LinearCondition]:
        """See `LinearCriterion.linear_conditions`: terms count with the credibility (at its centre) they depend on."""
        return payoff_conditions(talks, package, delivery_weights(talks, self._credibility(talks))[0], party)

    def verdict(
        self, talks: Negotiation, package: Package, *, party: str | None = None, proposer: str | None = None
    ) -> Verdict:
        """See `Criterion.verdict`."""
        asked = selected_parties(talks, party)
        odds = self.break_even_odds(talks, package, party)
        if why := self.why_not(talks, party):
            return inapplicable(self, package, " ".join([why, *(f"{o}." for o in odds)]), party)
        trust = self._credibility(talks)
        expected = payoffs(talks, package, credibility=trust)
        gains = settle(expected - reservations(talks), talks)
        worst = min(asked, key=lambda i: float(gains[i]))
        facts = {
            "expected": by_party(talks, expected),
            "reservation_values": by_party(talks, reservations(talks)),
            "credibility": by_party(talks, trust),
            "break_even_odds": tuple(odds),
        }
        claims = [
            f"{talks.party_names[i]} expects {expected[i]:,.4g} and signs for {reservations(talks)[i]:,.4g}"
            for i in asked
        ]
        return Verdict(
            self.name,
            bool(gains[worst] >= 0),
            float(gains[worst]),
            talks.unit,
            " ".join(self._sentence(talks, package, i, odds) for i in asked),
            Certificate("; ".join(claims), facts),
            _flips(talks, worst, float(gains[worst]), odds),
            package,
            party,
        )

    def break_even_odds(self, talks: Negotiation, package: Package, party: str | None = None) -> list[BreakEvenOdds]:
        """For each party asked about and each other on whom its payoff depends, the odds at which it is indifferent."""
        trust, moved = self._credibility(talks), talks.terms.hits(talks.codes([package]))[0]
        out = []
        for i in selected_parties(talks, party):
            for j in range(len(talks.parties)):
                if not (moved & (talks.terms.party == i) & talks.terms.owners[:, j]).any():
                    continue
                ends = [np.where(np.arange(len(trust)) == j, c, trust) for c in (0.0, 1.0)]
                gains = np.array([payoffs(talks, package, credibility=c) for c in ends]) - reservations(talks)
                low, high = settle(gains, talks)[:, i].tolist()
                out.append(BreakEvenOdds(talks.party_names[i], talks.party_names[j], *_odds(low, high)))
        return out

    def check(self, talks: Negotiation, verdict: Verdict) -> bool:
        """Whether the certificate proves the answer: expected payoffs re-added stake by stake, odds put back in."""
        facts = verdict.certificate.facts
        expected = _expected(talks, verdict.package, facts["credibility"])
        asked = [talks.party_names[i] for i in selected_parties(talks, verdict.party)]
        indifferent = all(
            close(
                talks,
                _expected(talks, verdict.package, {**facts["credibility"], o.other: o.odds})[o.party],
                talks.party(o.party).reservation_value,
            )
            for o in facts["break_even_odds"]
            if o.sense in ("at least", "at most")
        )
        margin = min(expected[name] - talks.party(name).reservation_value for name in asked)
        right = all(close(talks, expected[name], facts["expected"][name]) for name in asked)
        return indifferent and right and close(talks, margin, verdict.margin) and verdict.holds == (verdict.margin >= 0)

    def _credibility(self, talks: Negotiation, draws: Draws | None = None) -> Array:
        """(P,) or (S, P); 1 for those who have delivered or of whom nothing is said."""
        if draws is None:
            given = np.array([np.nan if p.credibility is None else p.credibility.central for p in talks.parties])
        else:
            given = draws.credibility
        certain = [p in self.delivered for p in talks.party_names]
        return np.where(np.isnan(given) | certain, 1.0, given)

    def _sentence(self, talks: Negotiation, package: Package, party: int, odds: list[BreakEvenOdds]) -> str:
        """``B expects +1 of +3, counting on A at 50%; B breaks even if A delivers with at least 25%.``"""
        name, trust = talks.party_names[party], self._credibility(talks)
        own = [o for o in odds if o.party == name]
        full, expected = payoffs(talks, package)[party], payoffs(talks, package, credibility=trust)[party]
        if not own:
            return f"{name} depends on nobody's delivery."
        texts = amounts([expected, full], signed=True)
        counting = listing(f"{o.other} at {percent(trust[talks.party_index(o.other)])}" for o in own)
        return f"{name} expects {texts[0]} of {texts[1]}, counting on {counting}; {'; '.join(map(str, own))}."


def _depends(talks: Negotiation, party: int, other: int) -> bool:
    """Whether some stake of `party` arises only if `other` delivers."""
    return bool(talks.terms.owners[talks.terms.party == party, other].any())


def _odds(low: float, high: float) -> tuple[Literal["at least", "at most", "any", "none"], float]:
    """Where a gain that runs linearly from `low` (no delivery) to `high` (certain delivery) crosses zero."""
    if low >= 0 and high >= 0:
        return "any", float("nan")
    if low < 0 and high < 0:
        return "none", float("nan")
    return ("at least" if low < 0 else "at most"), low / (low - high)


def _flips(talks: Negotiation, worst: int, margin: float, odds: list[BreakEvenOdds]) -> str:
    """In odds where some belief turns the answer, else in payoffs."""
    for o in odds:
        if o.party == talks.party_names[worst] and o.sense in ("at least", "at most"):
            up = (margin < 0) == (o.sense == "at least")
            return f"{o.party}'s belief in {o.other} {'reaches' if up else 'falls below'} {percent(o.odds)}"
    return flip_sentence(talks, worst, margin)


def _expected(talks: Negotiation, package: Package, credibility: dict[str, float]) -> dict[str, float]:
    """Expected payoffs added up stake by stake."""
    out = dict.fromkeys(talks.party_names, 0.0)
    for item in talks.terms.items:
        if all(package[i] == o for i, o in item.conditions):
            others = {talks.issue(i).owner for i, _ in item.conditions} - {None, item.party}
            weight = 1.0
            for other in others:
                weight *= credibility[str(other)]
            out[item.party] += item.central * weight
    return out
