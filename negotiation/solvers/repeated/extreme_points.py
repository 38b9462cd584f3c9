"""Corners of convex hulls in any dimension, flat ones included, and what is left above a floor."""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np

from negotiation.arrays import Array, IntArray


class Corners(NamedTuple):
    """The corners of a convex hull, and pairs that hold all its edges.

    Parameters
    ----------
    points : ndarray, shape (V, N)
        Counter-clockwise in two dimensions.
    pairs : list of tuple of int
        Every edge is among them; some may run inside a facet.
    """

    points: Array
    pairs: list[tuple[int, int]]


def corners(points: Array, tol: float) -> Corners:
    """The corners of the convex hull of points, (Q, N); points closer than `tol` are one, flat sets keep their dimension."""
    distinct = _distinct(points, tol)
    if len(distinct) == 1:
        return Corners(distinct, [])
    centre = distinct.mean(axis=0)
    _, sizes, axes = np.linalg.svd(distinct - centre, full_matrices=False)
    rank = int((sizes > tol * np.sqrt(len(distinct))).sum())
    flat = (distinct - centre) @ axes[:rank].T
    if rank <= 1:
        ends = [int(flat[:, 0].argmin()), int(flat[:, 0].argmax())]
        return Corners(distinct[ends], [(0, 1)])
    from scipy.spatial import ConvexHull

    shape = ConvexHull(flat)
    kept = np.asarray(shape.vertices if rank == 2 else np.sort(shape.vertices), dtype=np.int64)
    if rank == 2 and points.shape[1] == 2:
        kept = _from_the_left(distinct, kept)
    at = {int(v): k for k, v in enumerate(kept)}
    pairs = {
        (at[int(a)], at[int(b)]) for facet in shape.simplices for a, b in combinations(sorted(facet.tolist()), 2)
        if int(a) in at and int(b) in at
    }  # fmt: skip
    return Corners(distinct[kept], sorted(pairs))


def clipped(shape: Corners, axis: int, least: float, tol: float) -> Corners:
    """What is left of a hull where one coordinate is at least `least`."""
    points = shape.points
    if len(points) == 0 or points[:, axis].min() >= least - tol:
        return shape
    kept = [p for p in points if p[axis] >= least - tol]
    for a, b in shape.pairs:
        below, above = sorted((points[a], points[b]), key=lambda p: float(p[axis]))
        if below[axis] < least < above[axis]:
            crossing = below + (least - below[axis]) / (above[axis] - below[axis]) * (above - below)
            crossing[axis] = least
            kept.append(crossing)
    return corners(np.array(kept), tol) if kept else Corners(points[:0], [])


def _distinct(points: Array, tol: float) -> Array:
    """One of all points that are the same up to `tol`."""
    _, first = np.unique(np.round(points / tol), axis=0, return_index=True)
    return np.asarray(points[first])


def _from_the_left(points: Array, order: IntArray) -> IntArray:
    """Corners counter-clockwise, beginning with the leftmost, the lowest of them."""
    ring = points[order]
    x, y = ring.T
    if (x * np.roll(y, -1) - y * np.roll(x, -1)).sum() < 0:
        order, ring = order[::-1], ring[::-1]
    return np.roll(order, -int(np.lexsort((ring[:, 1], ring[:, 0]))[0]))
