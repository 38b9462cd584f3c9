"""Dominance in tables of payoffs: which rows are efficient, with ties kept, and which a lottery can reach."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

import numpy as np

from negotiation.arrays import Array, BoolArray, IntArray

_BLOCK = 512


def efficient_groups(values: Array, keys: IntArray | None = None) -> tuple[IntArray, IntArray]:
    """Rows that no other row of the same key dominates, equal rows side by side.

    Parameters
    ----------
    values : ndarray, shape (n, N)
        Compared exactly; pass them through `snapped` first if equal sums may differ by rounding.
    keys : ndarray of int, shape (n,), optional
        Only rows of equal key are compared; not negative.

    Returns
    -------
    rows : ndarray of int
        Efficient rows, sorted by key, then by descending payoffs; equal rows in ascending order.
    starts : ndarray of int, shape (F,)
        Where each group of equal rows begins in `rows`.

    Notes
    -----
    ``O(n log n)`` for up to three players, sorting and one sweep; beyond that each row is compared with the efficient
    rows before it, block by block, ``O(n F N)`` at worst.
    """
    if values.shape[1] == 2 and keys is None:
        return _groups_of_two(values[:, 0], values[:, 1])
    columns = [-values[:, i] for i in range(values.shape[1] - 1, -1, -1)]
    order = np.lexsort(columns if keys is None else [*columns, keys])
    ranked = values[order]
    new = np.ones(order.size, dtype=np.bool_)
    new[1:] = (ranked[1:] != ranked[:-1]).any(axis=1)
    group_key = None
    if keys is not None:
        sorted_keys = keys[order]
        new[1:] |= sorted_keys[1:] != sorted_keys[:-1]
        group_key = sorted_keys[new]
    keep = _efficient_distinct(ranked[new], group_key)
    group = np.cumsum(new) - 1
    chosen = keep[group]
    return order[chosen].astype(np.int64), np.flatnonzero(new[chosen]).astype(np.int64)


def efficient(values: Array) -> BoolArray:
    """Mark the rows that no row dominates; equal efficient rows are all marked."""
    mark = np.zeros(values.shape[0], dtype=np.bool_)
    mark[efficient_groups(values)[0]] = True
    return mark


def contenders(values: Array, gaps: Array) -> IntArray:
    """Rows left after dropping those that a few strong rows beat for everybody by more than the gaps."""
    rows = np.arange(values.shape[0])
    if rows.size < 1000:
        return rows
    span = np.ptp(values, axis=0)
    scaled = values / np.where(span > 0, span, 1.0)
    n = values.shape[1]
    weights = np.concatenate([np.ones((1, n)), np.ones((n, n)) + 3 * np.eye(n), np.ones((n, n)) + 20 * np.eye(n)])
    for w in weights:
        strong = values[rows[np.argmax(scaled[rows] @ w)]] - 2 * gaps
        rows = rows[(values[rows] >= strong).any(axis=1)]
    return rows


def snapped(values: Array, gaps: Array) -> Array:
    """Replace numbers of a column that lie within its gap of each other by one of them.

    Sums that should be equal differ by rounding; after this they compare equal. Chains of neighbours closer than the gap
    become one number.
    """
    if not gaps.any():
        return values
    out = values.copy()
    for i, gap in enumerate(gaps):
        order = np.argsort(values[:, i])
        ranked = values[order, i]
        first = np.ones(order.size, dtype=np.bool_)
        first[1:] = np.diff(ranked) > gap
        out[order, i] = ranked[np.flatnonzero(first)[np.cumsum(first) - 1]]
    return out


def supported(payoffs: Array, tol: float = 1e-9) -> BoolArray:
    """Mark efficient rows that no lottery over the rows dominates: some positive weights make each of them a best row.

    Notes
    -----
    Two players: the upper-right chain of the convex hull, ``O(F log F)``. More: one linear programme for each row.
    `tol` is relative to each player's payoff range; the programmes resolve 100 times that.
    """
    if payoffs.shape[0] == 0:
        return np.ones(0, dtype=np.bool_)
    span = np.ptp(payoffs, axis=0)
    scaled = (payoffs - payoffs.min(axis=0)) / np.where(span > 0, span, 1.0)
    distinct, where = np.unique(scaled, axis=0, return_inverse=True)
    if distinct.shape[0] <= 2 or distinct.shape[1] == 1:
        mark = np.ones(distinct.shape[0], dtype=np.bool_)
    elif distinct.shape[1] == 2:
        mark = _on_chain(distinct, tol)
    else:
        mark = _undominated_by_lotteries(distinct, tol)
    return np.asarray(mark[where.ravel()])


def _groups_of_two(x: Array, y: Array) -> tuple[IntArray, IntArray]:
    """Two players, no keys: one sort, and a running maximum of the second payoff."""
    order = np.lexsort((-y, -x))
    second = y[order]
    top = np.maximum.accumulate(second)
    new = np.ones(order.size, dtype=np.bool_)
    np.greater(second[1:], top[:-1], out=new[1:])
    first_of_group = np.flatnonzero(new)
    level = second == top
    if np.count_nonzero(level) == first_of_group.size:
        return order[first_of_group], np.arange(first_of_group.size)
    of_group = x[order[first_of_group]]
    kept = np.flatnonzero(level & (x[order] == of_group[np.cumsum(new) - 1]))
    return order[kept], np.flatnonzero(new[kept])


def _efficient_distinct(ranked: Array, keys: IntArray | None) -> BoolArray:
    """Mark efficient rows among distinct rows sorted by key, then by descending payoffs."""
    n_players = ranked.shape[1]
    if keys is None or keys.size == 0 or keys[0] == keys[-1]:
        return _sweep(ranked)
    if n_players == 2:
        rank = np.unique(ranked[:, 1], return_inverse=True)[1]
        return _records(rank + keys * (int(rank.max()) + 1))
    bounds = np.flatnonzero(np.diff(keys)) + 1
    return np.concatenate([_sweep(part) for part in np.split(ranked, bounds)])


def _sweep(ranked: Array) -> BoolArray:
    n_players = ranked.shape[1]
    if n_players == 1:
        return np.asarray(np.arange(ranked.shape[0]) == 0)
    if n_players == 2:
        return _records(ranked[:, 1])
    return _staircase(ranked) if n_players == 3 else _by_blocks(ranked)


def _records(column: np.ndarray) -> BoolArray:
    """Mark values above every earlier one."""
    mark = np.ones(column.size, dtype=np.bool_)
    mark[1:] = column[1:] > np.maximum.accumulate(column)[:-1]
    return mark


def _staircase(ranked: Array) -> BoolArray:
    """Three players: rows come by descending first payoff; keep the staircase of the other two."""
    mark = np.ones(ranked.shape[0], dtype=np.bool_)
    seconds: list[float] = []
    thirds: list[float] = []
    for row, (_, y, z) in enumerate(ranked.tolist()):
        at = bisect_left(seconds, y)
        if at < len(seconds) and thirds[at] >= z:
            mark[row] = False
            continue
        end = at + 1 if at < len(seconds) and seconds[at] == y else at
        begin = at
        while begin > 0 and thirds[begin - 1] <= z:
            begin -= 1
        seconds[begin:end] = [y]
        thirds[begin:end] = [z]
    return mark


def _by_blocks(ranked: Array) -> BoolArray:
    """Any number of players: compare a block of rows with the efficient rows before it, then within itself."""
    mark = np.zeros(ranked.shape[0], dtype=np.bool_)
    front = np.empty_like(ranked)
    size = 0
    for begin in range(0, ranked.shape[0], _BLOCK):
        alive = np.arange(begin, min(begin + _BLOCK, ranked.shape[0]))
        for low in range(0, size, 4 * _BLOCK):
            alive = alive[~_covered(ranked[alive], front[low : min(low + 4 * _BLOCK, size)])]
            if alive.size == 0:
                break
        block = ranked[alive]
        inside = np.ones((alive.size, alive.size), dtype=np.bool_)
        for i in range(ranked.shape[1]):
            inside &= block[:, None, i] <= block[None, :, i]
        alive = alive[inside.sum(axis=1) == 1]
        mark[alive] = True
        front[size : size + alive.size] = ranked[alive]
        size += alive.size
    return mark


def _covered(rows: Array, front: Array) -> BoolArray:
    """Mark rows that some row of the front is at least as good as for everybody."""
    below = np.ones((rows.shape[0], front.shape[0]), dtype=np.bool_)
    for i in range(rows.shape[1]):
        below &= rows[:, None, i] <= front[None, :, i]
    return np.asarray(below.any(axis=1))


def _on_chain(distinct: Array, tol: float) -> BoolArray:
    """Two players, rows by ascending first payoff: mark those on or within `tol` of the concave upper chain."""
    chain: list[int] = []
    for k, (x, y) in enumerate(distinct.tolist()):
        while len(chain) >= 2:
            (ax, ay), (bx, by) = distinct[chain[-2]], distinct[chain[-1]]
            if (bx - ax) * (y - ay) - (by - ay) * (x - ax) < 0:
                break
            chain.pop()
        chain.append(k)
    corners = distinct[chain]
    peak = int(np.argmax(corners[:, 1]))
    height = np.interp(distinct[:, 0], corners[:, 0], corners[:, 1])
    return np.asarray((distinct[:, 1] >= height - tol) & (distinct[:, 0] >= corners[peak, 0]))


def _undominated_by_lotteries(distinct: Array, tol: float) -> BoolArray:
    """Mark rows that no lottery beats: the most that a lottery at least as good for everybody adds in total is nothing."""
    from scipy.optimize import linprog

    outer, corners = _on_hull(distinct, tol)
    mark = np.zeros(distinct.shape[0], dtype=np.bool_)
    hull = distinct[corners]
    total, ones = -hull.sum(axis=1), np.ones((1, hull.shape[0]))
    strict: Any = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
    for k in outer:
        best = linprog(
            total, A_ub=-hull.T, b_ub=tol / 10 - distinct[k], A_eq=ones, b_eq=[1.0], method="highs", options=strict
        )
        mark[k] = best.fun is None or -best.fun <= distinct[k].sum() + 100 * distinct.shape[1] * tol
    return mark


def _on_hull(distinct: Array, tol: float) -> tuple[IntArray, IntArray]:
    """Rows on the boundary of the convex hull, and its corners; all rows if the hull is flat."""
    from scipy.spatial import ConvexHull, QhullError

    every = np.arange(distinct.shape[0])
    if every.size <= distinct.shape[1] + 1:
        return every, every
    try:
        hull = ConvexHull(distinct)
    except QhullError:
        return every, every
    depth = np.full(every.size, -np.inf)
    for facet in np.unique(np.round(hull.equations, 12), axis=0):
        np.maximum(depth, distinct @ facet[:-1] + facet[-1], out=depth)
    return np.flatnonzero(depth >= -10 * tol), np.asarray(hull.vertices, dtype=np.int64)
