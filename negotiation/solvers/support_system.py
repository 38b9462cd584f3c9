"""The equations and inequalities of one support: who is indifferent between what, and what must not be better."""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array

Support = tuple[tuple[int, ...], ...]
_WORK = 100_000_000  # multiplications between two looks at the clock and at Ctrl-C


@dataclass(frozen=True, slots=True, eq=False)
class Isolated:
    """What subdivision found out about one support.

    Parameters
    ----------
    profiles : tuple of tuples of ndarray
        Every isolated solution of the indifference conditions, also outside the simplices.
    open_points : tuple of tuples of ndarray
        Centres of cells that were neither excluded nor proved to hold one solution.
    finished : bool
        Whether the whole product of simplices was worked off. With no open points this proves completeness.
    cells : int
        Cells looked at.
    """

    profiles: tuple[tuple[Array, ...], ...]
    open_points: tuple[tuple[Array, ...], ...]
    finished: bool
    cells: int

    @property
    def proved(self) -> bool:
        """Whether the profiles are all there is."""
        return self.finished and not self.open_points


def conditions(payoffs: npt.NDArray[Any], support: Support) -> tuple[npt.NDArray[Any], int]:
    """Conditions at all tuples of actions in the support, shape (Q, T): E equations, then inequalities ``>= 0``."""
    sizes = tuple(map(len, support))
    equal: list[npt.NDArray[Any]] = []
    better: list[npt.NDArray[Any]] = []
    for i, own in enumerate(support):
        others = [*support]
        others[i] = tuple(range(payoffs.shape[i + 1]))
        values = np.moveaxis(payoffs[i][np.ix_(*others)], i, 0)
        base = values[own[0]]
        for a in range(values.shape[0]):
            if a == own[0]:
                continue
            rows = equal if a in own else better
            rows.append(np.broadcast_to(np.expand_dims(base - values[a], i), sizes).ravel())
    return np.array(equal + better, dtype=payoffs.dtype).reshape(-1, int(np.prod(sizes))), len(equal)


def unit_rows(table: Array) -> Array:
    """Each condition divided by its largest entry, so that tolerances mean the same everywhere."""
    largest = np.abs(table).max(axis=1, initial=0.0)
    return np.asarray(table / np.where(largest > 0, largest, 1.0)[:, None], dtype=np.float64)


def fails_inside(table: npt.NDArray[Any], E: int) -> bool:
    """Whether some condition fails wherever every action of the support is used.

    There all corners have weight, so a condition with no positive corner and a negative one is negative. Entries are
    differences of payoffs, zero only when those are equal, so this is exact.
    """
    high, low = table.max(axis=1), table.min(axis=1)
    return bool(((high <= 0) & (low < 0)).any() or ((low[:E] >= 0) & (high[:E] > 0)).any())


def is_refuted(exact: npt.NDArray[np.object_], E: int) -> bool:
    """Whether a combination of conditions fails wherever every action of the support is used, checked in rationals.

    A linear program proposes the combination: any multiples of equations, non-negative ones of inequalities.
    """
    from scipy import optimize

    linprog: Any = optimize.linprog
    rows = unit_rows(exact.astype(np.float64))
    bounds = [(-1, 1)] * E + [(0, 1)] * (rows.shape[0] - E)
    result = linprog(rows.sum(axis=1), A_ub=rows.T, b_ub=np.zeros(rows.shape[1]), bounds=bounds, method="highs")
    if result.status != 0 or result.fun > -1e-7:
        return False
    largest = np.abs(exact).max(axis=1)
    multiples = [Fraction(float(w)).limit_denominator(1000) / (s or 1) for w, s in zip(result.x, largest, strict=True)]
    combined = np.array(multiples, dtype=object) @ exact
    return bool(all(v <= 0 for v in combined) and any(v < 0 for v in combined))


def isolate(table: Array, E: int, sizes: tuple[int, ...], *, max_cells: int, until: float | None) -> Isolated:
    """Find every isolated solution of a support's conditions, or say where that was not possible."""
    from negotiation.solvers.kernels import subdivision

    Q, T = table.shape
    starts = np.r_[0, np.cumsum(sizes)].astype(np.int64)
    squares = np.r_[0, np.cumsum(np.square(sizes))].astype(np.int64)
    digits = np.array(np.unravel_index(np.arange(T), sizes), dtype=np.int64)
    strides = np.array([int(np.prod(sizes[i + 1 :])) for i in range(len(sizes))], dtype=np.int64)
    depth = 60 * E + 4
    cells, corners = np.empty((depth, Q, T)), np.empty((depth, squares[-1]))
    cells[0], corners[0] = table, np.concatenate([np.eye(s).ravel() for s in sizes])
    roots, radii, open_points = np.empty((256, starts[-1])), np.empty(256), np.empty((16, starts[-1]))
    count = np.array([1, 0, 0, 0], dtype=np.int64)
    shape = np.array(sizes, dtype=np.int64)
    slice_of_cells = max(20, _WORK // (table.size * 16 * (E + 1)))  # a cell costs some Newton steps and a product
    code = subdivision.PAUSED
    while code == subdivision.PAUSED and count[3] < max_cells and (until is None or time.monotonic() < until):
        code = subdivision.subdivide(
            table, E, shape, starts, squares, digits, strides, cells, corners, roots, radii, open_points, count,
            min(slice_of_cells, max_cells - int(count[3])),
        )  # fmt: skip
    cut = [slice(a, b) for a, b in pairwise(starts.tolist())]
    found, unsure = (
        tuple(tuple(point[c].copy() for c in cut) for point in points[:n])
        for points, n in ((roots, count[1]), (open_points, count[2]))
    )
    return Isolated(found, unsure, code == subdivision.FINISHED, int(count[3]))
