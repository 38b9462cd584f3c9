"""How well stakes explain moves: logit choice among what could have been done."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from negotiation.arrays import Array, IntArray
from negotiation.model.draws import Draws
from negotiation.model.move import MoveRecord
from negotiation.model.negotiation import Negotiation
from negotiation.model.payoffs import payoffs


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """A record of moves as arrays. Axes: ``M`` moves, ``S`` draws.

    Parameters
    ----------
    talks : Negotiation
    movers : ndarray of int, shape (M,)
    codes : tuple of ndarray of int, length M, shapes (n_m, K)
        The states among which each move chose, the one chosen first.
    scale : ndarray, shape (P,)
        What one unit of precision is measured against for each party: the median size of the payoff differences between
        what it chose and what it did not, over moves and alternatives at central values; 1 where all are 0.
    """

    talks: Negotiation
    movers: IntArray
    codes: tuple[IntArray, ...]
    scale: Array

    def advantages(self, draws: Draws) -> list[Array]:
        """Payoff of each alternative less that of the choice, to the mover: one array (S, n_m - 1) a move."""
        sizes = [len(c) for c in self.codes]
        worth = payoffs(self.talks, np.concatenate(self.codes), draws=draws)
        starts = np.concatenate([[0], np.cumsum(sizes)])
        parts = [worth[:, a:b, who] for a, b, who in zip(starts, starts[1:], self.movers, strict=False)]
        return [part[:, 1:] - part[:, :1] for part in parts]

    def log_likelihoods(self, draws: Draws, precision: Array) -> Array:
        """Log-probability of each choice under logit, (S, M); `precision` (S,) in units of one over the scale."""
        out = np.empty((len(precision), len(self.codes)))
        for m, (gain, who) in enumerate(zip(self.advantages(draws), self.movers, strict=True)):
            steps = precision[:, None] * gain / self.scale[who]
            top = np.maximum(steps.max(axis=1), 0.0)
            out[:, m] = -(top + np.log(np.exp(-top) + np.exp(steps - top[:, None]).sum(axis=1)))
        return out


def choices_of(talks: Negotiation, record: MoveRecord) -> Choices:
    """The record as arrays, checked against the talks."""
    listed = record.choices(talks)
    movers = np.array([who for who, _ in listed], dtype=np.int64)
    codes = tuple(talks.codes(states) for _, states in listed)
    return Choices(talks, movers, codes, _scales(talks, movers, codes))


def _scales(talks: Negotiation, movers: IntArray, codes: tuple[IntArray, ...]) -> Array:
    found: list[list[float]] = [[] for _ in talks.parties]
    for who, states in zip(movers, codes, strict=True):
        worth = payoffs(talks, states)[:, who]
        found[who] += [abs(float(v)) for v in worth[1:] - worth[0] if v != 0]
    return np.array([float(np.median(f)) if f else 1.0 for f in found])
