"""Rounding noise: sums of the same stakes in another order may differ in the last bit, and that is no difference."""

from __future__ import annotations

import numpy as np

from negotiation.arrays import Array
from negotiation.model.negotiation import Negotiation

# Differences of payoffs smaller than this share of all a party has at stake count as zero.
NOISE = 1e-12


def at_stake(talks: Negotiation) -> Array:
    """The sum of the sizes of everything a party counts, shape (P,): the scale of its payoffs."""
    sizes = np.array([abs(p.reservation_value) + abs(p.disagreement.central) for p in talks.parties])
    np.add.at(sizes, talks.terms.party, np.abs(talks.terms.central))
    return sizes


def settle(differences: Array, talks: Negotiation, noise: float = NOISE) -> Array:
    """Put differences of payoffs, shape (..., P), that are only rounding noise to exactly zero."""
    return np.where(np.abs(differences) <= noise * at_stake(talks), 0.0, differences)
