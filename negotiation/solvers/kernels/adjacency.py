"""Which rays of a cone are adjacent, from the constraints that are tight at each: bit masks of up to 63 constraints."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

Masks = npt.NDArray[np.int64]


@njit(cache=True, nogil=True)
def _n_bits(mask):  # type: ignore[no-untyped-def]
    count = 0
    while mask:
        mask &= mask - 1
        count += 1
    return count


@njit(cache=True, nogil=True)
def adjacent(above, below, masks, least):  # type: ignore[no-untyped-def]
    """Pairs of rays, one from each list, between which no third is tight wherever both are.

    Parameters
    ----------
    above, below, masks : ndarrays of int64, shapes (A,), (B,), (R,)
        Tight constraints of the two kinds of ray, and of all rays.
    least : int
        Constraints that adjacent rays share at least.

    Returns
    -------
    ndarray of int64, shape (pairs, 2)
    """
    out = np.empty((64, 2), dtype=np.int64)
    size = 0
    for a in range(len(above)):
        for b in range(len(below)):
            common = above[a] & below[b]
            if _n_bits(common) < least:
                continue
            found = 0
            for mask in masks:
                if mask & common == common:
                    found += 1
                    if found > 2:
                        break
            if found == 2:
                if size == len(out):
                    longer = np.empty((2 * size, 2), dtype=np.int64)
                    longer[:size] = out
                    out = longer
                out[size, 0], out[size, 1] = a, b
                size += 1
    return out[:size]
