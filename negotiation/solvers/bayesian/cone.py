"""Extreme rays of a cone, in integers: the double description method.

Every equilibrium set of two-sided games of incomplete information is made of vertices of two polyhedra, whose size grows with
the number of types times actions and not with the number of plans.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from negotiation.solvers.limits import Watch

Ray = tuple[tuple[int, ...], int]
_FEW = 300  # rays up to which plain Python is quicker than loading the compiled code
_WORK = 200_000_000  # comparisons between two looks at the clock


class OutOfTimeError(Exception):
    """The deadline passed while rays were enumerated; caught by the solver, which then says so."""


def extreme_rays(rows: Sequence[Sequence[Fraction]], n: int, watch: Watch | None = None) -> list[Ray]:
    """Extreme rays of ``{z ≥ 0, rows z ≥ 0}`` in `n` coordinates.

    Parameters
    ----------
    rows : sequence of K sequences of n Fraction
    n : int
    watch : Watch, optional
        Raises `OutOfTimeError` when it is over.

    Returns
    -------
    list of (ray, tight)
        Rays in smallest integers; `tight` has bit ``k`` set where coordinate ``k`` is zero, and bit ``n + k`` where row ``k`` is.

    Notes
    -----
    Rows come one at a time; each keeps the rays on its side and adds one ray for each adjacent pair that it separates. Two rays
    are adjacent when no third is tight wherever both are. The number of rays can grow exponentially in `n`.

    References
    ----------
    Motzkin, T. S., Raiffa, H., Thompson, G. L., Thrall, R. M. (1953). The double description method. In Contributions to
    the Theory of Games II, 51-73.
    Fukuda, K., Prodon, A. (1996). Double description method revisited. LNCS 1120, 91-111.

    Examples
    --------
    >>> extreme_rays([[Fraction(1), Fraction(-1)]], 2)
    [((1, 0), 2), ((1, 1), 4)]
    """
    everything = (1 << n) - 1
    rays: list[Ray] = [(tuple(int(i == k) for i in range(n)), everything ^ (1 << k)) for k in range(n)]
    for k, row in enumerate(rows):
        scale = math.lcm(*(v.denominator for v in row))
        rays = _cut(rays, [int(v * scale) for v in row], 1 << (n + k), n, watch)
    return rays


def _cut(rays: list[Ray], row: list[int], bit: int, n: int, watch: Watch | None) -> list[Ray]:
    """The rays of the cone with one more row."""
    above: list[tuple[int, Ray]] = []
    below: list[tuple[int, Ray]] = []
    kept: list[Ray] = []
    used = [(i, c) for i, c in enumerate(row) if c]
    for ray, tight in rays:
        value = sum(c * ray[i] for i, c in used)
        if value > 0:
            above.append((value, (ray, tight)))
            kept.append((ray, tight))
        elif value == 0:
            kept.append((ray, tight | bit))
        else:
            below.append((-value, (ray, tight)))
    masks = [tight for _, tight in rays]
    pairs = _adjacent_quickly if len(rays) > _FEW and max(masks) < 1 << 63 else _adjacent
    for a, b in pairs([tight for _, (_, tight) in above], [tight for _, (_, tight) in below], masks, n, watch):
        high, (up, tight_up) = above[a]
        low, (down, tight_down) = below[b]
        fresh = [low * v + high * w for v, w in zip(up, down, strict=True)]
        factor = math.gcd(*fresh)
        kept.append((tuple(v // factor for v in fresh), tight_up & tight_down | bit))
    return kept


def _adjacent(
    above: list[int], below: list[int], masks: list[int], n: int, watch: Watch | None
) -> Iterator[tuple[int, int]]:
    """Pairs of rays between which no third is tight wherever both are."""
    for a, up in enumerate(above):
        _look_at(watch)
        for b, down in enumerate(below):
            common = up & down
            if common.bit_count() >= n - 2 and _are_alone(common, masks):
                yield a, b


def _adjacent_quickly(
    above: list[int], below: list[int], masks: list[int], n: int, watch: Watch | None
) -> Iterator[tuple[int, int]]:
    """The same, compiled; masks of up to 63 bits."""
    from negotiation.solvers.kernels.adjacency import adjacent

    everything, down, up = (np.array(part, dtype=np.int64) for part in (masks, below, above))
    step = max(1, _WORK // max(1, len(below) * len(masks)))
    for start in range(0, len(above), step):
        _look_at(watch)
        for a, b in adjacent(up[start : start + step], down, everything, n - 2).tolist():
            yield start + a, b


def _are_alone(common: int, masks: list[int]) -> bool:
    """Whether exactly two rays, those asked about, are tight wherever both are."""
    found = 0
    for mask in masks:
        if mask & common == common:
            found += 1
            if found > 2:
                return False
    return True


def _look_at(watch: Watch | None) -> None:
    if watch is not None and watch.is_over():
        raise OutOfTimeError
