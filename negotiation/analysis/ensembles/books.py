"""What is kept of the draws: counts, sums, ends and a histogram of the margins, which add up whatever the order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from negotiation.arrays import Array, IntArray, read_only

# Bins between the ends of the pilot: a quantile is known to within one of them.
BINS = 1024
# Bins of all cells together: with very many packages each cell gets fewer, down to 64, so that memory stays small.
MOST_BINS = 4_000_000


def n_bins(n_cells: int) -> int:
    """How many bins each of so many cells gets."""
    return max(64, min(BINS, MOST_BINS // max(1, n_cells)))


@dataclass(frozen=True, slots=True, eq=False)
class Bins:
    """Equal bins, for each cell its own, so laid that zero is an edge where margins of both signs occur.

    Parameters
    ----------
    rate, start : ndarray, shape (cells,)
        A margin ``x`` falls into the bin ``floor(x * rate + start)``.
    centre : ndarray, shape (cells,)
        From where sums are counted.
    """

    rate: Array
    start: Array
    centre: Array

    @classmethod
    def around(cls, margins: Array) -> Bins:
        """From a pilot, shape (S, cells)."""
        finite = np.where(np.isfinite(margins), margins, np.nan)
        known = ~np.isnan(finite).all(axis=0)
        finite[:, ~known] = 0.0
        low, high, centre = np.nanmin(finite, axis=0), np.nanmax(finite, axis=0), np.nanmean(finite, axis=0)
        scale = np.maximum(np.abs(low), np.abs(high))
        width = np.maximum((high - low) / (n_bins(len(low)) - 4), np.where(scale > 1e-280, scale * 1e-12, 1.0))
        start = np.where((low < 0) & (high >= 0), 1.0 + np.ceil(-low / width), 1.0 - low / width)
        return cls(read_only(1 / width), read_only(start), read_only(centre))

    def edges(self, bins: int) -> Array:
        """Ends of so many bins, shape (cells, bins + 1)."""
        return np.asarray((np.arange(bins + 1) - self.start[:, None]) / self.rate[:, None])


@dataclass(frozen=True, slots=True, eq=False)
class Books:
    """Summaries of the margins of each cell. Axes: ``R`` scramblings (1 for independent draws), cells.

    Parameters
    ----------
    counts : ndarray of int, shape (R, cells, 4)
        Draws to which the criterion could be applied, on which it held, with a margin of minus and of plus infinity.
    sums : ndarray, shape (R, cells, 2)
        Of finite margins less the centre of the bins, and of the squares.
    ends : ndarray, shape (cells, 2)
        The smallest and the largest finite margin.
    histogram : ndarray of int, shape (cells, bins + 2)
        The first and the last column count what lies outside the bins.
    draws : ndarray of int, shape (R,)
    """

    counts: IntArray
    sums: Array
    ends: Array
    histogram: IntArray
    draws: IntArray

    @classmethod
    def empty(cls, n_cells: int, scramblings: int = 1) -> Books:
        """Nothing counted yet."""
        ends = np.tile([np.inf, -np.inf], (n_cells, 1))
        return cls(
            np.zeros((scramblings, n_cells, 4), dtype=np.int64), np.zeros((scramblings, n_cells, 2)), ends,
            np.zeros((n_cells, n_bins(n_cells) + 2), dtype=np.int64), np.zeros(scramblings, dtype=np.int64),
        )  # fmt: skip

    def count(self, margins: Array, bins: Bins, cells: slice) -> None:
        """Add margins (S, some of the cells) of draws of one scrambling, in place; `draws` are counted by the caller."""
        from negotiation.analysis.ensembles.kernels.tally import tally

        tally(margins, bins.rate[cells], bins.start[cells], bins.centre[cells], self.counts[0, cells],
              self.sums[0, cells], self.ends[cells], self.histogram[cells])  # fmt: skip

    def as_result(self, scrambling: int) -> dict[str, Any]:
        """A chunk's result, with the histogram as small as it can be."""
        return {
            "counts": self.counts[0], "sums": self.sums[0], "ends": self.ends,
            "histogram": self.histogram.astype(np.int32), "draws": self.draws[0], "scrambling": scrambling,
        }  # fmt: skip

    def add(self, result: Mapping[str, Any]) -> Books:
        """Merge a chunk's result, in place; in any order the counts are the same, the sums up to rounding."""
        scrambling = int(result["scrambling"])
        self.counts[scrambling] += result["counts"]
        self.sums[scrambling] += result["sums"]
        np.minimum(self.ends[:, 0], result["ends"][:, 0], out=self.ends[:, 0])
        np.maximum(self.ends[:, 1], result["ends"][:, 1], out=self.ends[:, 1])
        self.histogram[...] += result["histogram"]
        self.draws[scrambling] += int(result["draws"])
        return self

    # --- what they say, each of shape (cells,) ------------------------------------------------------

    def share(self) -> tuple[Array, Array]:
        """The share of draws on which the criterion holds, among those to which it applies, and its standard error."""
        applied, held = self.counts[..., 0], self.counts[..., 1]
        with np.errstate(invalid="ignore", divide="ignore"):
            value = held.sum(axis=0) / applied.sum(axis=0)
            return value, _error(held / applied, np.sqrt(value * (1 - value) / applied.sum(axis=0)))

    def mean(self, centre: Array) -> tuple[Array, Array]:
        """Mean margin and its standard error; infinite, or not a number, where margins are infinite."""
        n = self.counts[..., 0] - self.counts[..., 2] - self.counts[..., 3]
        total, squares = self.sums[..., 0], self.sums[..., 1]
        below, above = self.counts[..., 2].sum(axis=0) > 0, self.counts[..., 3].sum(axis=0) > 0
        with np.errstate(invalid="ignore", divide="ignore"):
            away = total.sum(axis=0) / n.sum(axis=0)
            spread = np.sqrt(np.maximum(squares.sum(axis=0) / n.sum(axis=0) - away**2, 0.0) / n.sum(axis=0))
            value = np.where(below, np.where(above, np.nan, -np.inf), np.where(above, np.inf, centre + away))
            return value, np.where(below | above, np.nan, _error(total / n, spread))

    def smallest(self) -> Array:
        """The smallest margin; NaN where there is none."""
        return self._end(0, 2, -np.inf)

    def largest(self) -> Array:
        """The largest margin; NaN where there is none."""
        return self._end(1, 3, np.inf)

    def quantile(self, q: float, bins: Bins) -> tuple[Array, Array, Array]:
        """The smallest margin with a share of at least `q` at or below it: an estimate, and bounds that hold for certain."""
        middle = np.column_stack([self.counts[..., 2].sum(axis=0), self.histogram, self.counts[..., 3].sum(axis=0)])
        below = np.cumsum(middle, axis=1)
        n = below[:, -1]
        rank = np.maximum(np.ceil(q * n).astype(np.int64) - 1, 0)
        at = (below <= rank[:, None]).sum(axis=1).clip(max=middle.shape[1] - 1)
        cells = np.arange(len(n))
        low, high = self._brackets(bins)
        low, high = low[cells, at], high[cells, at]
        passed = np.where(at > 0, below[cells, at - 1], 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            inside = (rank - passed + 0.5) / middle[cells, at]
            value = np.where(low == high, low, low + (high - low) * inside)
        return tuple(np.where(n == 0, np.nan, x) for x in (value, low, high))  # type: ignore[return-value]

    def _brackets(self, bins: Bins) -> tuple[Array, Array]:
        """Ends of each bin, those outside and the two infinities included, no wider than the margins met: (cells, bins + 4)."""
        edges, n = bins.edges(self.histogram.shape[1] - 2), len(self.ends)
        least, most = self.ends[:, :1], self.ends[:, 1:]
        infinite = np.full((n, 1), np.inf)
        low = np.hstack([-infinite, least, np.clip(edges, least, most), infinite])
        high = np.hstack([-infinite, np.clip(edges, least, most), most, infinite])
        return low, high

    def _end(self, side: int, infinite: int, value: float) -> Array:
        n = self.counts[..., 0].sum(axis=0)
        found = np.where(self.counts[..., infinite].sum(axis=0) > 0, value, self.ends[:, side])
        return np.where(n == 0, np.nan, np.where(np.isinf(found) & (self.ends[:, 0] > self.ends[:, 1]),
                        self._only_infinite(side), found))  # fmt: skip

    def _only_infinite(self, side: int) -> Array:
        """The end of cells in which every margin is infinite."""
        below, above = (self.counts[..., k].sum(axis=0) > 0 for k in (2, 3))
        return np.where(below & ((side == 0) | ~above), -np.inf, np.inf)


def _error(by_scrambling: Array, independent: Array) -> Array:
    """The standard error: of independent draws, or from the spread of the scramblings, shape (R, cells), that there are."""
    if len(by_scrambling) == 1:
        return independent
    with np.errstate(invalid="ignore", divide="ignore"):
        known = np.isfinite(by_scrambling)
        n = known.sum(axis=0)
        mean = np.where(known, by_scrambling, 0.0).sum(axis=0) / n
        variance = (np.where(known, by_scrambling - mean, 0.0) ** 2).sum(axis=0) / (n - 1)
        return np.where(n > 1, np.sqrt(variance / n), np.nan)
