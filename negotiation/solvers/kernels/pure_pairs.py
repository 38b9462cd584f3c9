"""The first pure equilibrium of a two-player game in at most two reads of memory, one a table."""

from __future__ import annotations

from numba import njit


@njit(cache=True, nogil=True)
def _column_maxima(A):  # type: ignore[no-untyped-def]
    best = A[0].copy()
    for i in range(1, A.shape[0]):
        row = A[i]
        for j in range(row.size):
            if row[j] > best[j]:
                best[j] = row[j]
    return best


@njit(cache=True, nogil=True)
def first_pair(A, B):  # type: ignore[no-untyped-def]
    """The first cell at which both play a best response, or (-1, -1)."""
    best = _column_maxima(A)
    for i in range(A.shape[0]):
        top = B[i].max()
        for j in range(A.shape[1]):
            if B[i, j] == top and A[i, j] == best[j]:
                return i, j
    return -1, -1
