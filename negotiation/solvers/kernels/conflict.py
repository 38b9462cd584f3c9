"""Graph-model stability: what opponents can bring about at worst, found backwards from the worst state on."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def in_order_of(keys, order, n_keys):  # type: ignore[no-untyped-def]
    """Put `order` (S,) in the order of its ``keys[order]``, whole numbers from 0 to ``n_keys - 1``, ties left as they are."""
    start = np.zeros(n_keys + 1, dtype=np.int64)
    for k in keys:
        start[k + 1] += 1
    for k in range(n_keys):
        start[k + 1] += start[k]
    out = np.empty(order.size, dtype=np.int64)
    for s in order:
        k = keys[s]
        out[start[k]] = s
        start[k] += 1
    return out


@njit(cache=True, nogil=True)
def least_by_improvements(values, worst_first, own, group, by_rank, start, none):  # type: ignore[no-untyped-def]
    """The least of `values` that movers reach from each state by improvements within groups, `none` where there are none.

    Axes: ``H`` movers, ``S`` states. ``own`` (H, S) are the movers' ranks, ``group`` (H, S) their groups, ``by_rank`` (H, S) the
    states ordered by group and then rank, ``start`` (H, S + 1) where groups begin. The states that improve to ``x`` are those of
    its group below it: a prefix that only grows, so that every state is looked at once a mover.
    """
    n_movers, n_states = own.shape
    out = np.full(n_states, none)
    done = start.copy()
    stack = np.empty(n_states + 1, dtype=np.int64)
    for w in worst_first:
        stack[0] = w
        top = 1
        while top:
            top -= 1
            x = stack[top]
            for j in range(n_movers):
                g = group[j, x]
                at = done[j, g]
                while at < start[j, g + 1] and own[j, by_rank[j, at]] < own[j, x]:
                    t = by_rank[j, at]
                    if out[t] == none:
                        out[t] = values[w]
                        stack[top] = t
                        top += 1
                    at += 1
                done[j, g] = at
    return out


@njit(cache=True, nogil=True)
def least_by_listed_moves(values, worst_first, offset, start, sources, none):  # type: ignore[no-untyped-def]
    """The least of `values` that movers reach from each state, nobody moving twice in a row; `none` where nobody can move.

    ``sources[offset[j] + start[j, t]:offset[j] + start[j, t + 1]]`` are the states from which mover ``j`` can move to ``t``.
    Nodes are pairs of a state and the one who moves next from there.
    """
    n_movers, n_states = start.shape[0], start.shape[1] - 1
    out = np.full(n_states, none)
    seen = np.zeros((n_states, n_movers), dtype=np.bool_)
    stack = np.empty((n_states * n_movers + 1, 2), dtype=np.int64)
    for w in worst_first:
        stack[0, 0], stack[0, 1] = w, -1
        top = 1
        while top:
            top -= 1
            t, next_mover = stack[top, 0], stack[top, 1]
            for j in range(n_movers):
                if j == next_mover:
                    continue
                for e in range(offset[j] + start[j, t], offset[j] + start[j, t + 1]):
                    x = sources[e]
                    if not seen[x, j]:
                        seen[x, j] = True
                        if out[x] == none:
                            out[x] = values[w]
                        stack[top, 0], stack[top, 1] = x, j
                        top += 1
    return out


@njit(cache=True, nogil=True)
def stable_by_simultaneity(focal, ranks, offset, start, targets, flat, parts, state_of):  # type: ignore[no-untyped-def]
    """Whether every improvement of `focal` is spoilt when some others make one of theirs at the same time, shape (S,).

    ``targets`` hold everybody's improvements; the combined state has the flat position of the present one plus the differences
    of the movers' ``parts`` (S, N).
    """
    n, n_states = ranks.shape
    out = np.ones(n_states, dtype=np.bool_)
    count = np.zeros(n, dtype=np.int64)
    at = np.zeros(n, dtype=np.int64)
    for s in range(n_states):
        for j in range(n):
            count[j] = 0 if j == focal else start[j, s + 1] - start[j, s]
        for e in range(offset[focal] + start[focal, s], offset[focal] + start[focal, s + 1]):
            moved = flat[s] + parts[targets[e], focal] - parts[s, focal]
            at[:] = 0
            spoilt = False
            while not spoilt:
                k = 0
                while k < n and at[k] == count[k]:
                    at[k] = 0
                    k += 1
                if k == n:
                    break
                at[k] += 1
                position = moved
                for j in range(n):
                    if at[j]:
                        position += parts[targets[offset[j] + start[j, s] + at[j] - 1], j] - parts[s, j]
                w = state_of[position]
                spoilt = w >= 0 and ranks[focal, w] <= ranks[focal, s]
            if not spoilt:
                out[s] = False
                break
    return out
