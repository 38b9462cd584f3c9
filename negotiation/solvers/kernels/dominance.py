"""Strict dominance between pure actions, iterated, on arrays."""

from __future__ import annotations

import numpy as np
from numba import njit

from negotiation.arrays import Array, BoolArray


@njit(cache=True, nogil=True)
def strictly_dominated(table: Array, rows: BoolArray, columns: BoolArray) -> BoolArray:
    """Mark the kept rows of `table` that another kept row beats in every kept column."""
    m, n = table.shape
    out = np.zeros(m, np.bool_)
    for i in range(m):
        if not rows[i]:
            continue
        for k in range(m):
            if k == i or not rows[k] or out[k]:
                continue
            beaten = True
            for j in range(n):
                if columns[j] and table[k, j] <= table[i, j]:
                    beaten = False
                    break
            if beaten:
                out[i] = True
                break
    return out


@njit(cache=True, nogil=True)
def iterated_strict_dominance(A: Array, B: Array) -> tuple[BoolArray, BoolArray]:
    """Which rows and columns survive the iterated elimination of strictly dominated pure actions.

    Parameters
    ----------
    A, B : ndarray, shape (m, n)
        Payoffs of the row and of the column player. Compared as they are, without a tolerance.

    Returns
    -------
    rows, columns : ndarray of bool, shapes (m,) and (n,)
        The order of elimination does not matter: what survives is unique.

    Notes
    -----
    A round costs ``O(m² n + n² m)`` in the worst case and far less when comparisons end early, as they mostly do.
    """
    m, n = A.shape
    rows, columns = np.ones(m, np.bool_), np.ones(n, np.bool_)
    transposed = np.ascontiguousarray(B.T)
    while True:
        worse = strictly_dominated(A, rows, columns)
        rows &= ~worse
        changed = worse.any()
        worse = strictly_dominated(transposed, columns, rows)
        columns &= ~worse
        if not (changed or worse.any()):
            return rows, columns
