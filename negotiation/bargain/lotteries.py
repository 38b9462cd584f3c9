"""Bargaining over lotteries: solutions on the convex hull of the outcomes, each with a lottery that reaches it."""

from __future__ import annotations

import numpy as np

from negotiation.arrays import Array, BoolArray, IntArray
from negotiation.bargain.agreement import Lottery
from negotiation.bargain.rules import Rule

_TINY = 1e-12


def ideal_payoffs(utilities: Array, disagreement: Array) -> Array | None:
    """The most each player can expect from lotteries worth disagreement to everybody; ``None`` if there are none."""
    if utilities.shape[1] == 2:
        points, _ = rational_chain(utilities, disagreement)
        return None if points.shape[0] == 0 else np.asarray(points.max(axis=0))
    best = [_linear(utilities, disagreement, unit) for unit in np.eye(utilities.shape[1])]
    if any(x is None for x in best):
        return None
    return np.array([(x @ utilities)[i] for i, x in enumerate(best) if x is not None])


def best_lottery(utilities: Array, disagreement: Array, rule: Rule) -> Lottery | None:
    """The lottery over rows that maximises the rule among those worth disagreement to everybody."""
    if utilities.shape[1] == 2:
        return _on_chain(utilities, disagreement, rule)
    if rule.kind == "sum":
        weights = _linear(utilities, disagreement, rule.weights * rule.counts)
    elif rule.kind == "minimum":
        weights = _leximin(utilities, disagreement, rule)
    else:
        weights = _product(utilities, disagreement, rule)
    return None if weights is None else as_lottery(weights)


def as_lottery(weights: Array) -> Lottery:
    """Probabilities over all rows as a lottery over those that occur."""
    rows = np.flatnonzero(weights > _TINY)
    return Lottery(rows, weights[rows] / weights[rows].sum())


# --- two players: the efficient chain of the hull, exactly ---------------------------------------------------------------


def rational_chain(utilities: Array, disagreement: Array) -> tuple[Array, list[dict[int, float]]]:
    """Corners of the efficient boundary of the hull within the rational quadrant, by ascending first payoff.

    Each comes with the lottery over rows that reaches it: one row, or two where the quadrant cuts an edge.
    """
    corners = _efficient_corners(utilities)
    points = [utilities[k] for k in corners]
    mixes: list[dict[int, float]] = [{int(k): 1.0} for k in corners]
    for i in (0, 1):
        points, mixes = _clip(points, mixes, i, float(disagreement[i]))
    return np.array(points).reshape(-1, 2), mixes


def _efficient_corners(utilities: Array) -> list[int]:
    order = np.lexsort((-utilities[:, 1], -utilities[:, 0]))
    column = utilities[order, 1]
    records = np.concatenate([[True], column[1:] > np.maximum.accumulate(column)[:-1]])
    chain: list[int] = []
    for k in order[records][::-1]:
        x, y = utilities[k]
        while len(chain) >= 2:
            (ax, ay), (bx, by) = utilities[chain[-2]], utilities[chain[-1]]
            if (bx - ax) * (y - ay) - (by - ay) * (x - ax) < 0:
                break
            chain.pop()
        chain.append(int(k))
    return chain


def _clip(
    points: list[Array], mixes: list[dict[int, float]], i: int, bound: float
) -> tuple[list[Array], list[dict[int, float]]]:
    """Cut a chain at the bound on one coordinate, adding the point where an edge crosses it."""
    out_points: list[Array] = []
    out_mixes: list[dict[int, float]] = []
    for k, (point, mix) in enumerate(zip(points, mixes, strict=True)):
        if k and (points[k - 1][i] < bound) != (point[i] < bound) and bound not in (points[k - 1][i], point[i]):
            t = (bound - points[k - 1][i]) / (point[i] - points[k - 1][i])
            crossing = points[k - 1] + t * (point - points[k - 1])
            crossing[i] = bound
            out_points.append(crossing)
            out_mixes.append(_mix(mixes[k - 1], mix, float(t)))
        if point[i] >= bound:
            out_points.append(point)
            out_mixes.append(mix)
    return out_points, out_mixes


def _mix(first: dict[int, float], second: dict[int, float], t: float) -> dict[int, float]:
    rows = first.keys() | second.keys()
    return {r: (1 - t) * first.get(r, 0.0) + t * second.get(r, 0.0) for r in rows}


def _on_chain(utilities: Array, disagreement: Array, rule: Rule) -> Lottery | None:
    points, mixes = rational_chain(utilities, disagreement)
    if not mixes:
        return None
    if len(mixes) == 1:
        weights = mixes[0]
    else:
        step = np.diff(points, axis=0)
        t = rule.best_steps(points[:-1], step)
        at = int(np.argmax(rule.score(points[:-1] + t[:, None] * step)))
        weights = _mix(mixes[at], mixes[at + 1], float(t[at]))
    rows = np.array(sorted(r for r, p in weights.items() if p > _TINY), dtype=np.int64)
    share = np.array([weights[int(r)] for r in rows])
    return Lottery(rows, share / share.sum())


# --- any number of players ---------------------------------------------------------------------------------------------


def _linear(utilities: Array, disagreement: Array, weights: Array) -> Array | None:
    """The lottery with the largest weighted sum among those worth disagreement to everybody."""
    span = _span(utilities)
    return _solve(-(utilities / span @ (weights * span / (weights @ span))), utilities / span, disagreement / span)


def _solve(cost: Array, rows: Array, bounds: Array) -> Array | None:
    """Minimise ``cost @ x`` over lotteries ``x`` with ``x @ rows >= bounds``."""
    from scipy.optimize import linprog

    found = linprog(
        cost, A_ub=-rows.T, b_ub=-bounds, A_eq=np.ones((1, rows.shape[0])), b_eq=[1.0], bounds=(0, None), method="highs"
    )
    return np.asarray(found.x) if found.status == 0 else None


def _leximin(utilities: Array, disagreement: Array, rule: Rule) -> Array | None:
    """Raise the least ``(u - base) / scale``, then the least of those that can still rise, and so on."""
    n = utilities.shape[1]
    span = _span(utilities)
    floors = disagreement / span
    share = (utilities - rule.base) / rule.scale
    unit = float(np.abs(share).max()) or 1.0
    free = rule.counts.copy()
    held = np.full(n, -np.inf)
    weights: Array | None = _solve(-(utilities / span).sum(axis=1), utilities / span, floors)
    while free.any() and weights is not None:
        raised = _raise(share / unit, free, held, utilities / span, floors)
        if raised is None:
            break
        weights, level = raised
        bounds = np.where(free, level - _TINY, held)
        stuck = free.copy()
        for i in np.flatnonzero(free):
            most = _above(share[:, i] / unit, share / unit, bounds, utilities / span, floors)
            stuck[i] = most is None or most <= level + 1e-9
        if not stuck.any():
            stuck = free.copy()
        held[stuck] = level - _TINY
        free &= ~stuck
    return weights


def _raise(share: Array, free: BoolArray, held: Array, rows: Array, floors: Array) -> tuple[Array, float] | None:
    """Maximise the least share of the free players, the others held."""
    from scipy.optimize import linprog

    d = share.shape[0]
    fixed = np.isfinite(held)
    blocks = [
        np.column_stack([-share[:, free].T, np.ones(int(free.sum()))]),
        np.column_stack([-share[:, fixed].T, np.zeros(int(fixed.sum()))]),
        np.column_stack([-rows.T, np.zeros(rows.shape[1])]),
    ]
    found = linprog(
        np.append(np.zeros(d), -1.0),
        A_ub=np.vstack(blocks),
        b_ub=np.concatenate([np.zeros(int(free.sum())), -held[fixed], -floors]),
        A_eq=np.append(np.ones(d), 0.0)[None, :],
        b_eq=[1.0],
        bounds=[(0, None)] * d + [(None, None)],
        method="highs",
    )
    if found.x is None or found.status != 0:
        return None
    return np.asarray(found.x[:-1]), float(found.x[-1])


def _above(objective: Array, share: Array, bounds: Array, rows: Array, floors: Array) -> float | None:
    """The most one player's share can be when everybody keeps theirs."""
    keep = np.isfinite(bounds)
    found = _solve(-objective, np.column_stack([share[:, keep], rows]), np.concatenate([bounds[keep], floors]))
    return None if found is None else float(objective @ found)


def _product(utilities: Array, disagreement: Array, rule: Rule) -> Array | None:
    """Maximise the weighted product of gains; the players who count can all gain together."""
    fair = Rule("minimum", disagreement, rule.scale, rule.weights, rule.counts)
    start = _leximin(utilities, disagreement, fair)
    if start is None or not rule.counts.all():
        return start
    gains = (utilities - disagreement) / rule.scale
    if (start @ gains).min() <= 1e-12:
        return start
    target = _largest_product(gains, rule.weights / rule.weights.sum())
    near = _raise(gains / target, rule.counts, np.full(gains.shape[1], -np.inf), gains, np.zeros(gains.shape[1]))
    return _polish(gains, rule.weights / rule.weights.sum(), start if near is None else near[0])


def _largest_product(gains: Array, w: Array) -> Array:
    """Gains (N,) with the largest product, by a barrier method on the dual.

    Minimise ``-sum w log p`` over prices ``p`` at which no outcome is worth more than 1; at the optimum the
    gains are ``w / p``. N unknowns whatever the number of outcomes.
    """
    p = w / np.maximum(gains.max(axis=0), 1e-300) / 2
    p /= max(1.0, 2 * float((gains @ p).max()))
    t = float(gains.shape[0])
    while t < 1e14:
        for _ in range(60):
            slack = 1 - gains @ p
            slope = -t * w / p + gains.T @ (1 / slack)
            bend = np.diag(t * w / p**2) + (gains / slack[:, None] ** 2).T @ gains
            step = -np.linalg.solve(bend, slope)
            decrease = -float(slope @ step)
            if decrease < 1e-10:
                break
            size = 1.0 / (1.0 + np.sqrt(decrease)) if decrease > 0.25 else 1.0
            while ((p + size * step) <= 0).any() or (gains @ (p + size * step) >= 1).any():
                size /= 2
                if size < 1e-12:
                    return np.asarray(w / p)
            p = p + size * step
        t *= 8
    return np.asarray(w / p)


def _polish(gains: Array, w: Array, weights: Array) -> Array:
    """Newton steps on the first-order conditions of the rows in use, dropping rows that want less than nothing.

    Of all lotteries met on the way, the one whose certificate is tightest: at prices ``w / gain`` no row is worth much
    more than 1.
    """
    weights = np.where(weights > _TINY, weights, 0.0) / weights[weights > _TINY].sum()
    rows: IntArray = np.flatnonzero(weights > 1e-6).astype(np.int64)
    x = weights[rows] / weights[rows].sum()
    best, least = weights, _price_gap(gains, w, weights)
    for _ in range(12):
        table = gains[rows]
        g = x @ table
        misfit = np.append(table @ (w / g) - 1.0, 0.0)
        slope = np.vstack([-(table * (w / g**2)) @ table.T, np.ones(rows.size)])
        step: Array = np.linalg.lstsq(slope, misfit, rcond=None)[0]
        wanted = x - step
        used = wanted > 1e-9
        rows, x = rows[used], wanted[used] / wanted[used].sum()
        full = np.zeros(gains.shape[0])
        full[rows] = x
        gap = _price_gap(gains, w, full)
        if gap < least:
            best, least = full, gap
        if not np.isfinite(gap) or np.abs(step).max() < 1e-15:
            break
    return best


def _price_gap(gains: Array, w: Array, weights: Array) -> float:
    """How much more than 1 the best row is worth at prices ``w / gain``; infinite if somebody gains nothing."""
    g = weights @ gains
    return float((gains @ (w / g)).max()) - 1.0 if (g > 0).all() else np.inf


def _span(utilities: Array) -> Array:
    span = np.ptp(utilities, axis=0)
    return np.asarray(np.where(span > 0, span, np.maximum(np.abs(utilities[0]), 1.0)))
