"""Criterion 1, acceptable (individual rationality): everybody gets at least what it signs for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from negotiation.analysis.verdict import Certificate, LinearCondition, Verdict, least, selected_parties
from negotiation.arrays import Array, IntArray
from negotiation.model.draws import Draws
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.payoffs import payoffs


@dataclass(frozen=True, slots=True)
class Acceptable:
    """``u_i(P) ≥ r_i`` for every party; the margin is the smallest difference, in payoff units.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", ng.Party("B", reservation=3)], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "y", "lifted", 5), ng.Stake("A", "x", "lifted", -1), ng.Stake("B", "x", "lifted", 4)])
    >>> print(ng.is_enough(talks, talks.package("x", "y"), party="B").reason)
    B gains 4 and gives 0: +4 against a fallback of 3.
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
        gains = payoffs(talks, codes, draws=draws) - reservations(talks, draws)
        return least(gains, selected_parties(talks, party))

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
        gains = values - reservations(talks)
        asked = selected_parties(talks, party)
        worst = min(asked, key=lambda i: float(gains[i]))
        name = talks.party_names[worst]
        reasons = " ".join(gain_sentence(talks, package, i) for i in asked)
        facts = {
            "payoffs": dict(zip(talks.party_names, values.tolist(), strict=True)),
            "reservation_values": {p.name: p.reservation_value for p in talks.parties},
        }
        statement = f"{name} gets {values[worst]:,.4g} and signs for {talks.party(name).reservation_value:,.4g}"
        margin = float(gains[worst])
        verb = "falls" if margin >= 0 else "rises"
        flips = f"what the package is worth to {name} {verb} by {abs(margin):,.4g} {talks.unit}"
        return Verdict(
            self.name, margin >= 0, margin, talks.unit, reasons, Certificate(statement, facts), flips, package, party
        )


def reservations(talks: Negotiation, draws: Draws | None = None) -> Array:
    """The least each party signs for: (P,), or (S, 1, P) with draws."""
    if draws is not None:
        return draws.reservation[:, None, :]
    return np.array([p.reservation_value for p in talks.parties])


def gain_sentence(talks: Negotiation, package: Package, party: int) -> str:
    """What one party gains and gives, e.g. ``China gains 15 and gives 13.4: +1.6 against a fallback of 3``."""
    hit = talks.terms.hits(talks.codes([package]))[0] & (talks.terms.party == party)
    values = talks.terms.central[hit]
    gained, given = values[values > 0].sum(), abs(values[values < 0].sum())
    fallback = talks.parties[party].reservation_value
    name = talks.party_names[party]
    return f"{name} gains {gained:,.4g} and gives {given:,.4g}: {gained - given:+,.4g} against a fallback of {fallback:,.4g}."


def payoff_conditions(talks: Negotiation, package: Package, weights: Array, party: str | None) -> list[LinearCondition]:
    """``u_i - r_i ≥ 0`` as a linear condition a party, every term of the package counted with its weight (T,)."""
    arising = talks.terms.hits(talks.codes([package]))[0] * weights
    return [
        LinearCondition(
            arising * (talks.terms.party == i), -talks.parties[i].reservation_value, talks.party_names[i]
        )
        for i in selected_parties(talks, party)
    ]
