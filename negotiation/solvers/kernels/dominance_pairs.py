"""Compiled search for actions dominated by another action, best rows first so that few comparisons are needed."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def _beats(better, worse, weak, slack):  # type: ignore[no-untyped-def]
    """Whether one row of payoffs dominates another."""
    if weak:
        some = False
        for s in range(worse.size):
            if better[s] < worse[s]:
                return False
            if better[s] > worse[s] + slack:
                some = True
        return some
    for s in range(worse.size):  # noqa: SIM110
        if not better[s] > worse[s] + slack:
            return False
    return True


@njit(cache=True, nogil=True)
def dominators(table, sums, order, weak, slack, most):  # type: ignore[no-untyped-def]
    """For every row an undominated row that dominates it, or -1, and by how much at least.

    `sums` are those of the rows, `order` the rows from the largest sum down. Only the `most` best rows are tried as
    dominators.

    Who dominates has the larger sum, and domination carries on from row to row, so each row is compared only with the
    undominated rows of larger sum, and with those of equal sum where rounding hides which is larger.
    """
    m = table.shape[0]
    by = np.full(m, -1, dtype=np.int64)
    best = np.empty(m, dtype=np.int64)
    n_best = 0
    for place in range(m):
        a = order[place]
        for k in range(n_best):
            if _beats(table[best[k]], table[a], weak, slack):
                by[a] = best[k]
                break
        later = place + 1
        while by[a] < 0 and later < m and sums[order[later]] >= sums[a] - 1e-12 * abs(sums[a]):
            if _beats(table[order[later]], table[a], weak, slack):
                by[a] = order[later]
            later += 1
        if by[a] < 0 and n_best < most:
            best[n_best] = a
            n_best += 1
    margin = np.zeros(m)
    for a in range(m):
        if by[a] >= 0:
            margin[a] = np.inf
            for s in range(table.shape[1]):
                margin[a] = min(margin[a], table[by[a], s] - table[a, s])
    return by, margin


@njit(cache=True, nogil=True)
def turned(table):  # type: ignore[no-untyped-def]
    """The transpose, copied block by block so that large tables do not fight the cache."""
    m, n = table.shape
    out = np.empty((n, m))
    for i0 in range(0, m, 32):
        for j0 in range(0, n, 32):
            for j in range(j0, min(j0 + 32, n)):
                for i in range(i0, min(i0 + 32, m)):
                    out[j, i] = table[i, j]
    return out
