"""One pass over margins: how many, how many hold, sums, ends and a histogram, cell by cell."""

from __future__ import annotations

import math

from numba import njit


@njit(cache=True, nogil=True)
def tally(margins, rate, start, centre, counts, sums, ends, histogram):  # type: ignore[no-untyped-def]
    """Add draws (S, cells) to what has been counted.

    ``counts`` (cells, 4) are: applied, held, minus infinity, plus infinity. ``sums`` (cells, 2) are of differences from the
    `centre` and their squares, ``ends`` (cells, 2) the smallest and largest finite margin. A margin ``x`` falls into the bin
    ``floor(x * rate + start)``; the first and last column of the histogram hold what lies outside. Infinities are in none.
    """
    last = histogram.shape[1] - 2
    for s in range(margins.shape[0]):
        for c in range(margins.shape[1]):
            x = margins[s, c]
            if math.isnan(x):
                continue
            counts[c, 0] += 1
            if x >= 0:
                counts[c, 1] += 1
            if math.isinf(x):
                counts[c, 2 if x < 0 else 3] += 1
                continue
            away = x - centre[c]
            sums[c, 0] += away
            sums[c, 1] += away * away
            if x < ends[c, 0]:
                ends[c, 0] = x
            if x > ends[c, 1]:
                ends[c, 1] = x
            position = x * rate[c] + start[c]
            if position < 0:
                histogram[c, 0] += 1
            elif position >= last:
                histogram[c, last + 1] += 1
            else:
                histogram[c, int(position) + 1] += 1
