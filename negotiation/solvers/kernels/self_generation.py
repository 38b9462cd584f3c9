"""Polygons of payoffs that two players can sustain: one step of self-generation, repeated until nothing changes.

Points are rows ``(x, y)``; polygons are convex, counter-clockwise, without repeated corners; one or two corners are a point or a
segment. `slack` is the rounding that is forgiven, outward, in payoff units.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

Points = Any


@njit(cache=True)
def hull(points: Points, slack: float) -> Points:
    """Corners of the convex hull, counter-clockwise from the leftmost; corners between two others within `slack` are dropped."""
    n = points.shape[0]
    order = np.argsort(points[:, 1], kind="mergesort")
    order = order[np.argsort(points[order, 0], kind="mergesort")]
    chain = np.empty((2 * n + 2, 2))
    k = 0
    for half in range(2):
        start = k
        for step in range(n):
            p = points[order[step if half == 0 else n - 1 - step]]
            while k - start >= 2 and _is_flat(chain[k - 2], chain[k - 1], p, slack):
                k -= 1
            chain[k] = p
            k += 1
        k -= 1  # the end of one half begins the other
    kept = 1
    for i in range(1, k):
        if _are_apart(chain[i], chain[kept - 1], slack) and _are_apart(chain[i], chain[0], slack):
            chain[kept] = chain[i]
            kept += 1
    return chain[:kept].copy()


@njit(cache=True)
def _is_flat(a: Points, b: Points, c: Points, slack: float) -> bool:
    """Whether b lies right of the line from a to c, or between them and within `slack` of it.

    A corner beyond the ends is kept however near it is to the line: of points above each other up to noise, it is the extreme.
    """
    cross = (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])
    if cross <= 0:
        return True
    x, y = c[0] - a[0], c[1] - a[1]
    at = (b[0] - a[0]) * x + (b[1] - a[1]) * y
    square = x * x + y * y
    return bool(cross <= slack * np.sqrt(square) and 0 <= at <= square)


@njit(cache=True)
def _are_apart(a: Points, b: Points, tol: float) -> bool:
    return bool(max(abs(a[0] - b[0]), abs(a[1] - b[1])) > tol)


@njit(cache=True)
def along(polygon: Points, axis: int, at: float, slack: float) -> Any:
    """Lowest and highest other coordinate where a coordinate equals `at`; low > high if nowhere."""
    other, n = 1 - axis, polygon.shape[0]
    low, high = np.inf, -np.inf
    for k in range(n):
        a, b = polygon[k], polygon[(k + 1) % n]
        if abs(a[axis] - at) <= slack:
            low, high = min(low, a[other]), max(high, a[other])
        if (a[axis] - at) * (b[axis] - at) < 0:
            v = a[other] + (at - a[axis]) / (b[axis] - a[axis]) * (b[other] - a[other])
            low, high = min(low, v), max(high, v)
    return low, high


@njit(cache=True)
def clip(polygon: Points, axis: int, least: float, slack: float) -> Points:
    """The part of a polygon whose coordinate is at least `least`."""
    n = polygon.shape[0]
    out = np.empty((2 * n + 2, 2))
    k = 0
    for i in range(n):
        a, b = polygon[i], polygon[(i + 1) % n]
        if a[axis] >= least - slack:
            out[k] = a
            k += 1
        if n > 1 and (a[axis] - least + slack) * (b[axis] - least + slack) < 0:
            t = (least - slack - a[axis]) / (b[axis] - a[axis])
            out[k] = a + t * (b - a)
            k += 1
    return out[:k].copy()


@njit(cache=True)
def abreu_sannikov_step(
    polygon: Points, least: Points, stage: Points, gains: Points, delta: float, slack: float
) -> Points:
    """The points that one step generates, for equal patience: an action's own payoff, or continuations on binding lines."""
    weight = (1 - delta) / delta
    out = np.empty((4 * stage.shape[0], 2))
    k = 0
    for a in range(stage.shape[0]):
        x = least[0] + weight * gains[a, 0]
        y = least[1] + weight * gains[a, 1]
        if stage[a, 0] >= x - slack and stage[a, 1] >= y - slack:
            out[k] = stage[a]
            k += 1
            continue
        for axis in range(2):
            bound, floor = (x, y) if axis == 0 else (y, x)
            low, high = along(polygon, axis, bound, slack)
            if high < floor - slack:
                continue
            for w in (max(low, floor), max(high, floor)):
                out[k, axis] = (1 - delta) * stage[a, axis] + delta * bound
                out[k, 1 - axis] = (1 - delta) * stage[a, 1 - axis] + delta * w
                k += 1
    return out[:k].copy()


@njit(cache=True)
def self_generation_step(
    polygon: Points, least: Points, stage: Points, gains: Points, deltas: Points, slack: float
) -> Points:
    """The points that one step generates, for any patience: every continuation that deters deviation, corner by corner."""
    n_actions, size = stage.shape[0], polygon.shape[0]
    out = np.empty((n_actions * (size + 4), 2))
    k = 0
    for a in range(n_actions):
        part = polygon
        for i in range(2):
            if part.shape[0] > 0:
                part = clip(part, i, least[i] + (1 - deltas[i]) / deltas[i] * gains[a, i], slack)
        for w in range(part.shape[0]):
            if k == out.shape[0]:
                out = np.concatenate((out, np.empty_like(out)))
            for i in range(2):
                out[k, i] = (1 - deltas[i]) * stage[a, i] + deltas[i] * part[w, i]
            k += 1
    return out[:k].copy()


@njit(cache=True)
def iterate(
    polygon: Points, least: Points, stage: Points, gains: Points, deltas: Points, *,
    is_alike: bool, is_fixed: bool, slack: float, tol: float, n_steps: int,
) -> Any:  # fmt: skip
    """Up to `n_steps` steps: the polygon, the punishments, the steps made, and the last change (0 corners: nothing left).

    Punishments follow the polygon, unless they are fixed.
    """
    change = np.inf
    for step in range(n_steps):
        if is_alike:
            points = abreu_sannikov_step(polygon, least, stage, gains, deltas[0], slack)
        else:
            points = self_generation_step(polygon, least, stage, gains, deltas, slack)
        if points.shape[0] == 0:
            return points, least, step + 1, 0.0
        new = hull(points, slack)
        floors = least
        if not is_fixed:
            floors = np.array([max(least[0], new[:, 0].min()), max(least[1], new[:, 1].min())])
        change = np.abs(floors - least).max()
        change = max(change, distance(polygon, new))
        polygon, least = new, floors
        if change <= tol:
            return polygon, least, step + 1, change
    return polygon, least, n_steps, change


@njit(cache=True)
def distance(polygon: Points, other: Points) -> float:
    """How far corners of either lie outside the other, at most."""
    return max(_reach(polygon, other), _reach(other, polygon))


@njit(cache=True)
def _reach(polygon: Points, other: Points) -> float:
    """How far corners of a polygon lie from another polygon, a segment or a point, at most; 0 inside."""
    n, worst = other.shape[0], 0.0
    for i in range(polygon.shape[0]):
        x, y = polygon[i]
        nearest, is_inside = np.inf, n > 2
        for j in range(n):
            a, b = other[j], other[(j + 1) % n]
            dx, dy = b[0] - a[0], b[1] - a[1]
            is_inside &= (x - a[0]) * dy - (y - a[1]) * dx <= 0
            square = dx * dx + dy * dy
            at = min(max(((x - a[0]) * dx + (y - a[1]) * dy) / square, 0.0), 1.0) if square > 0 else 0.0
            nearest = min(nearest, np.hypot(x - a[0] - at * dx, y - a[1] - at * dy))
        if not is_inside:
            worst = max(worst, nearest)
    return worst
