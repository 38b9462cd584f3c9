"""Stacked alternating offers between strategies that follow the clock, many negotiations at a time."""

from __future__ import annotations

import numpy as np
from numba import njit

AGREEMENT, DEADLINE, LEFT = 0, 1, 2


@njit(cache=True)
def _talk(levels, offers, targets, who, order, result):  # type: ignore[no-untyped-def]
    """One negotiation: levels (P, D), offers and targets (P, n, T), who (P,), result (4,): ending, outcome, delay, round.

    A target is the level from which a party accepts; an offer of -1 means that it leaves.
    """
    n, rounds = order.size, targets.shape[2]
    on_table, made, yes = -1, 0, 0
    for t in range(rounds):
        for place in range(n):
            party = order[place]
            turn = n * t + place
            if on_table >= 0 and levels[party, on_table] >= targets[party, who[party], t]:
                yes += 1
                if yes == n:
                    result[0], result[1], result[2], result[3] = AGREEMENT, on_table, made, t
                    return
                continue
            outcome = offers[party, who[party], t]
            if outcome < 0:
                result[0], result[1], result[2], result[3] = LEFT, -1, turn + 1, t
                return
            on_table, made, yes = outcome, turn, 1
    result[0], result[1], result[2], result[3] = DEADLINE, -1, n * rounds, rounds - 1


@njit(cache=True)
def meet(levels, offers, targets, line_ups, order, results):  # type: ignore[no-untyped-def]
    """Many line-ups (M, P) on one domain; writes results (M, 4)."""
    for m in range(line_ups.shape[0]):
        _talk(levels, offers, targets, line_ups[m], order, results[m])


@njit(cache=True)
def _levels(own, reservation, levels):  # type: ignore[no-untyped-def]
    """Fill in levels (D,) as `make_seat` does; the first best row, -1 if no row is acceptable."""
    low, high, best = own[0], own[0], 0
    for d in range(1, own.size):
        if own[d] < low:
            low = own[d]
        if own[d] > high:
            high, best = own[d], d
    floor = max(low, reservation)
    span = high - floor
    if span > 0:
        for d in range(own.size):
            levels[d] = (own[d] - floor) / span
        return best
    for d in range(own.size):
        levels[d] = 1.0 if own[d] >= reservation else -1.0
    return best if high >= reservation else -1


@njit(cache=True)
def _offers(levels, best, steps, first, lowest, worth):  # type: ignore[no-untyped-def]
    """For each of the descending steps (U,), the row with the lowest level that reaches it, equal ones by row.

    `first` (C,) says for each of C equal cells of [0, 1] which step to begin with: the first that its upper edge reaches.
    """
    n_steps, cells = steps.size, first.size
    lowest[:] = -1
    for d in range(levels.size):
        level = levels[d]
        if level < steps[n_steps - 1]:
            continue
        k = first[min(int(level * cells), cells - 1)]
        while steps[k] > level:
            k += 1
        if lowest[k] < 0 or level < worth[k]:
            lowest[k], worth[k] = d, level
    before = best
    for k in range(n_steps):
        if lowest[k] < 0:
            lowest[k] = before
        before = lowest[k]


@njit(cache=True)
def drawn(grid, reservation, targets, steps, n_steps, first, where, order, results):  # type: ignore[no-untyped-def]
    """One line-up on many domains: grid (S, P, D), reservation (P,), targets (P, 1, T); writes results (S, 4).

    The different targets of party p, descending, are ``steps[p, :n_steps[p]]``; ``where[p, t]`` is the one of round t.
    """
    n_runs, n, n_rows = grid.shape
    rounds = targets.shape[2]
    levels = np.empty((n, n_rows))
    offers = np.empty((n, 1, rounds), dtype=np.int64)
    lowest, worth = np.empty(rounds, dtype=np.int64), np.empty(rounds)
    who = np.zeros(n, dtype=np.int64)
    for s in range(n_runs):
        for p in range(n):
            best = _levels(grid[s, p], reservation[p], levels[p])
            if best < 0:
                offers[p, 0, :] = -1
                continue
            u = n_steps[p]
            _offers(levels[p], best, steps[p, :u], first[p], lowest[:u], worth[:u])
            for t in range(rounds):
                offers[p, 0, t] = lowest[where[p, t]]
        _talk(levels, offers, targets, who, order, results[s])
