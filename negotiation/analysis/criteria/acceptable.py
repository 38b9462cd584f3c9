"""Criterion 1, acceptable (individual rationality): everybody gets at least what it signs for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from negotiation.analysis.proof import by_party, close, same_payoffs
from negotiation.analysis.verdict import Certificate, LinearCondition, Verdict, least, selected_parties
from negotiation.analysis.wording import amount, amounts
from negotiation.arrays import Array, IntArray
from negotiation.model.draws import Draws
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.payoffs import payoffs
from negotiation.model.rounding import settle


@dataclass(frozen=True, slots=True)
class Acceptable:
    """``u_i(P) ≥ r_i`` for every party; the margin is the smallest difference, in payoff units.

    The certificate states ``payoffs`` and ``reservation_values``, party by party.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", ng.Party("B", reservation=3)], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "y", "lifted", 5), ng.Stake("A", "x", "lifted", -1), ng.Stake("B", "x", "lifted", 4)])
    >>> print(ng.is_enough(talks, talks.package("x", "y"), party="B").reason)
    B: 4 gained against 0 given: +4; B's fallback is 3.
    """

    name: ClassVar[str] = "acceptable"
    question: ClassVar[str] = "Does every party get at least what it signs for?"

    def why_not(self, talks: Negotiation, party: str | None = None) -> str:
        """It always applies."""
        return ""

    def margins(
        self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None, party: str | None = None
    ) -> Array:
        """See `Criterion.margins`."""
        return least(self.party_margins(talks, codes, draws=draws), selected_parties(talks, party))

    def judges_draws_together(self, talks: Negotiation) -> bool:
        """Always: payoffs are matrix products."""
        return True

    def party_margins(self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None) -> Array:
        """See `PartyCriterion.party_margins`."""
        return settle(payoffs(talks, codes, draws=draws) - reservations(talks, draws), talks)

    def linear_conditions(
        self, talks: Negotiation, package: Package, party: str | None = None
    ) -> list[LinearCondition]:
        """See `LinearCriterion.linear_conditions`: one condition a party, what it gets less what it signs for."""
        return payoff_conditions(talks, package, np.ones(len(talks.terms.items)), party)

    def verdict(
        self, talks: Negotiation, package: Package, *, party: str | None = None, proposer: str | None = None
    ) -> Verdict:
        """See `Criterion.verdict`."""
        values = payoffs(talks, package)
        gains = settle(values - reservations(talks), talks)
        asked = selected_parties(talks, party)
        worst = min(asked, key=lambda i: float(gains[i]))
        facts = {"payoffs": by_party(talks, values), "reservation_values": by_party(talks, reservations(talks))}
        return Verdict(
            self.name,
            bool(gains[worst] >= 0),
            float(gains[worst]),
            talks.unit,
            " ".join(f"{gain_sentence(talks, package, i)}." for i in asked),
            Certificate("; ".join(_claim(talks, i, values[i]) for i in asked), facts),
            flip_sentence(talks, worst, float(gains[worst])),
            package,
            party,
        )

    def check(self, talks: Negotiation, verdict: Verdict) -> bool:
        """Whether the certificate proves the answer: payoffs and fallbacks are right, and so is their comparison."""
        got, least_signed = verdict.certificate.facts["payoffs"], verdict.certificate.facts["reservation_values"]
        asked = [talks.party_names[i] for i in selected_parties(talks, verdict.party)]
        margin = min(got[name] - least_signed[name] for name in asked)
        return (
            same_payoffs(talks, verdict.package, got)
            and all(least_signed[p.name] == p.reservation_value for p in talks.parties)
            and close(talks, margin, verdict.margin)
            and verdict.holds == (verdict.margin >= 0)
        )


def reservations(talks: Negotiation, draws: Draws | None = None) -> Array:
    """The least each party signs for: (P,), or (S, 1, P) with draws."""
    if draws is not None:
        return draws.reservation[:, None, :]
    return np.array([p.reservation_value for p in talks.parties])


def gain_sentence(talks: Negotiation, package: Package, party: int) -> str:
    """What one party gains and gives, e.g. ``China: 15.0 gained against 13.4 given: +1.6; China's fallback is 3``."""
    hit = talks.terms.hits(talks.codes([package]))[0] & (talks.terms.party == party)
    values = talks.terms.central[hit]
    gained, given = float(values[values > 0].sum()), float(abs(values[values < 0].sum()))
    name = talks.party_names[party]
    texts = amounts([gained, given, gained - given])
    net = texts[2] if gained < given else f"+{texts[2]}"
    fallback = amount(talks.parties[party].reservation_value)
    return f"{name}: {texts[0]} gained against {texts[1]} given: {net}; {name}'s fallback is {fallback}"


def flip_sentence(talks: Negotiation, party: int, margin: float) -> str:
    """The change of what the package is worth to a party that turns the answer."""
    name = talks.party_names[party]
    if margin >= 0:
        return f"what the package is worth to {name} falls by more than {amount(margin)} {talks.unit}"
    return f"what the package is worth to {name} rises by {amount(-margin)} {talks.unit}"


def _claim(talks: Negotiation, party: int, value: float) -> str:
    got, fallback = amounts([value, talks.parties[party].reservation_value])
    return f"{talks.party_names[party]} gets {got} and signs for {fallback}"


def payoff_conditions(talks: Negotiation, package: Package, weights: Array, party: str | None) -> list[LinearCondition]:
    """``u_i - r_i ≥ 0`` as a linear condition a party, every term of the package counted with its weight (T,)."""
    arising = talks.terms.hits(talks.codes([package]))[0] * weights
    return [
        LinearCondition(
            arising * (talks.terms.party == i), 0.0 - talks.parties[i].reservation_value, talks.party_names[i]
        )
        for i in selected_parties(talks, party)
    ]
