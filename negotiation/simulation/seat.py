"""One party's side of the table: its own payoffs, and where on the way from its reservation value to its best they lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from negotiation.arrays import Array, IntArray, read_only


@dataclass(frozen=True, slots=True, eq=False)
class Seat:
    """A party's own payoffs, by outcome and in order.

    Parameters
    ----------
    own : ndarray, shape (D,)
        Its payoff from each outcome.
    reservation, disagreement : float
    levels : ndarray, shape (D,)
        0 at the least it may accept (the larger of reservation value and worst outcome), 1 at its best outcome; negative below
        the reservation value. Where nothing lies between, 1 for what is acceptable and -1 for the rest.
    order : ndarray of int, shape (D,)
        Outcomes by ascending level, equal ones by row.
    ranked : ndarray, shape (D,)
        ``levels[order]``.
    """

    own: Array
    reservation: float
    disagreement: float
    levels: Array
    order: IntArray
    ranked: Array

    @property
    def best(self) -> int:
        """The first of its best outcomes, by row."""
        return self.at_least(float(self.ranked[-1]))

    @property
    def is_willing(self) -> bool:
        """Whether any outcome is worth its reservation value."""
        return bool(self.ranked[-1] >= 0)

    def at_least(self, level: float) -> int:
        """The outcome with the lowest level that reaches `level`, its best if none does; equal ones by row."""
        at = int(np.searchsorted(self.ranked, level, side="left"))
        if at == self.ranked.size:
            at = int(np.searchsorted(self.ranked, self.ranked[-1], side="left"))
        return int(self.order[at])

    def all_at_least(self, levels: Array) -> IntArray:
        """`at_least`, for many levels at once."""
        top = np.minimum(levels, self.ranked[-1])
        return np.asarray(self.order[np.searchsorted(self.ranked, top, side="left")])

    def between(self, low: float, high: float) -> IntArray:
        """Outcomes with a level from `low` to `high`, ascending; the lowest that reaches `low` if there is none."""
        start, stop = np.searchsorted(self.ranked, low, side="left"), np.searchsorted(self.ranked, high, side="right")
        if stop <= start:
            return np.array([self.at_least(low)], dtype=np.int64)
        return np.asarray(self.order[start:stop])


def make_seat(own: Array, reservation: float, disagreement: float) -> Seat:
    """Put one party's outcomes in order."""
    floor, best = max(float(own.min()), float(reservation)), float(own.max())
    span = best - floor
    levels = (own - floor) / span if span > 0 else np.where(own >= reservation, 1.0, -1.0)
    order = np.argsort(levels, kind="stable").astype(np.int64)
    return Seat(
        read_only(own),
        float(reservation),
        float(disagreement),
        read_only(levels),
        read_only(order, np.int64),
        read_only(levels[order]),
    )
