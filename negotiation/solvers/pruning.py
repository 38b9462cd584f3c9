"""Take strictly dominated actions out of a game before the hard work."""

from __future__ import annotations

import numpy as np

from negotiation.arrays import Array, BoolArray
from negotiation.solvers.integer_form import IntegerForm, IntTable

_SMALL = 40_000


def undominated(form: IntegerForm) -> tuple[list[int], list[int]]:
    """Positions of the rows and columns that survive the iterated elimination of strictly dominated pure actions."""
    A, B = ranks(form.row), ranks(form.column).T
    m, n = A.shape
    if m * n * (m + n) <= _SMALL:
        rows, columns = np.arange(m), np.arange(n)
        while True:
            stay = _undominated(A[np.ix_(rows, columns)])
            rows = rows[stay]
            stay_y = _undominated(B.T[np.ix_(columns, rows)])
            columns = columns[stay_y]
            if stay.all() and stay_y.all():
                return rows.tolist(), columns.tolist()
    from negotiation.solvers.kernels.dominance import iterated_strict_dominance

    kept = iterated_strict_dominance(A, np.ascontiguousarray(B))
    return np.flatnonzero(kept[0]).tolist(), np.flatnonzero(kept[1]).tolist()


def _undominated(table: Array) -> BoolArray:
    """Mark rows that no other row beats everywhere."""
    beats = np.all(table[None, :, :] > table[:, None, :], axis=2)
    return np.asarray(~np.any(beats, axis=1), np.bool_)


def ranks(table: IntTable) -> Array:
    """Each column by rank, as floats: dominance needs no more, however large the numbers are."""
    out = np.empty((len(table), len(table[0])))
    for j, column in enumerate(zip(*table, strict=True)):
        order = {v: k for k, v in enumerate(sorted(set(column)))}
        out[:, j] = [order[v] for v in column]
    return out
