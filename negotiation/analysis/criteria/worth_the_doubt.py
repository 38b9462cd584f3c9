"""Criterion 2, worth the doubt: acceptable although the others may not deliver; and the break-even odds of delivery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from negotiation.analysis.criteria.acceptable import payoff_conditions, reservations
from negotiation.analysis.verdict import (
    Certificate,
    LinearCondition,
    Verdict,
    inapplicable,
    least,
    selected_parties,
)
from negotiation.arrays import Array, IntArray
from negotiation.model.draws import Draws
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.payoffs import delivery_weights, payoffs


@dataclass(frozen=True, slots=True)
class WorthTheDoubt:
    """Each party counts its own concessions in full, the others' times their credibility, and still gets ``r_i``.

    Parameters
    ----------
    delivered : tuple of str
        Parties taken to have delivered already, whatever their credibility.
    """

    delivered: tuple[str, ...] = ()

    name: ClassVar[str] = "worth_the_doubt"
    question: ClassVar[str] = "Does every party still get what it signs for, given how far it believes the others?"

    def margins(
        self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None, party: str | None = None
    ) -> Array:
        """See `Criterion.margins`."""
        trust = self._credibility(talks, draws)
        gains = payoffs(talks, codes, draws=draws, credibility=trust) - reservations(talks, draws)
        return least(gains, selected_parties(talks, party))

    def linear_conditions(
        self, talks: Negotiation, package: Package, party: str | None = None
    ) -> list[LinearCondition]:
        """See `LinearCriterion.linear_conditions`: terms count with the credibility (at its centre) they depend on."""
        return payoff_conditions(talks, package, delivery_weights(talks, self._credibility(talks))[0], party)

    def _credibility(self, talks: Negotiation, draws: Draws | None = None) -> Array:
        """(P,) or (S, P); 1 for those who have delivered or on whom nobody depends."""
        if draws is None:
            given = np.array([np.nan if p.credibility is None else p.credibility.central for p in talks.parties])
        else:
            given = draws.credibility
        certain = [p in self.delivered for p in talks.party_names]
        return np.where(np.isnan(given) | certain, 1.0, given)
