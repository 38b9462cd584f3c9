"""Convex polygons of payoffs in plain numpy: membership, and weights of a point on the corners."""

from __future__ import annotations

import numpy as np

from negotiation.arrays import Array


def outside(polygon: Array, points: Array) -> Array:
    """How far points, shape (Q, 2), lie from a convex polygon, shape (V, 2), counter-clockwise; 0 inside."""
    if len(polygon) == 0:
        return np.full(len(points), np.inf)
    following = np.roll(polygon, -1, axis=0)
    away = np.min([_from_segment(a, b, points) for a, b in zip(polygon, following, strict=True)], axis=0)
    return away if len(polygon) <= 2 else np.where(beyond(polygon, points) <= 0, 0.0, away)


def beyond(polygon: Array, points: Array) -> Array:
    """The same, signed: negative inside by the distance to the nearest edge's line; for three corners or more."""
    edge = np.roll(polygon, -1, axis=0) - polygon
    normal = np.column_stack([edge[:, 1], -edge[:, 0]]) / np.linalg.norm(edge, axis=1)[:, None]
    return np.asarray((points @ normal.T - (normal * polygon).sum(axis=1)).max(axis=1))


def _from_segment(a: Array, b: Array, points: Array) -> Array:
    along = b - a
    length = float(along @ along)
    at = np.clip(((points - a) @ along) / length, 0, 1) if length > 0 else np.zeros(len(points))
    return np.asarray(np.linalg.norm(points - a - at[:, None] * along, axis=1))


def area(polygon: Array) -> float:
    """The area that a polygon covers."""
    x, y = polygon.T if len(polygon) else np.zeros((2, 1))
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)
