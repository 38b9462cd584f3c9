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
def _sums(table, sizes, own):  # type: ignore[no-untyped-def]
    """Add up options, issue by issue, into the payoffs of all outcomes (D,), the last issue moving fastest.

    From the back, so that nothing is overwritten before it is read; in the order in which `payoff_grid` adds, to the bit.
    """
    own[0] = 0.0
    count, start = 1, 0
    for k in range(sizes.size):
        m = sizes[k]
        for i in range(count - 1, -1, -1):
            base = own[i]
            for o in range(m - 1, -1, -1):
                own[i * m + o] = base + table[start + o]
        count *= m
        start += m


@njit(cache=True)
def _extremes(table, sizes):  # type: ignore[no-untyped-def]
    """The least and the largest of the sums: rounding keeps the order of sums, so they are those of the extreme options."""
    low, high, start = 0.0, 0.0, 0
    for k in range(sizes.size):
        least, largest = table[start], table[start]
        for o in range(1, sizes[k]):
            least, largest = min(least, table[start + o]), max(largest, table[start + o])
        low, high, start = low + least, high + largest, start + sizes[k]
    return low, high


@njit(cache=True)
def _offers(own, floor, span, steps, first, lowest, worth):  # type: ignore[no-untyped-def]
    """For each of the descending steps (U,) in [0, 1], the row with the lowest level that reaches it, equal ones by row.

    `first` (C,) says for each of C equal cells of [0, 1] which step to begin with: the first that its upper edge reaches. A last
    step of minus infinity takes what reaches none. Without branches where it counts: outcomes come in no order.
    """
    cells = first.size
    lowest[:] = -1
    worth[:] = np.inf
    for d in range(own.size):
        level = (own[d] - floor) / span
        k = first[max(min(int(level * cells), cells - 1), 0)]
        while steps[k] > level:
            k += 1
        better = level < worth[k]
        lowest[k] = d if better else lowest[k]
        worth[k] = level if better else worth[k]
    for k in range(1, steps.size - 1):
        if lowest[k] < 0:
            lowest[k] = lowest[k - 1]


@njit(cache=True)
def _plan(own, floor, span, reservation, steps, first, where, lowest, worth, offers):  # type: ignore[no-untyped-def]
    """What a party offers in each round, (T,); -1 if no row is acceptable."""
    if span > 0:
        _offers(own, floor, span, steps, first, lowest, worth)
        for t in range(where.size):
            offers[t] = lowest[where[t]]
        return
    offers[:] = -1
    for d in range(own.size):  # acceptable rows are equally good: the first of them
        if own[d] >= reservation:
            offers[:] = d
            return


@njit(cache=True)
def _meet(own, floor, span, reservation, offers, targets, order, result):  # type: ignore[no-untyped-def]
    """One negotiation as in `_talk`, with levels worked out where they are needed."""
    n, rounds = order.size, targets.shape[1]
    on_table, made, yes = -1, 0, 0
    for t in range(rounds):
        for place in range(n):
            party = order[place]
            if on_table >= 0:
                payoff = own[party, on_table]
                if span[party] > 0:
                    level = (payoff - floor[party]) / span[party]
                else:
                    level = 1.0 if payoff >= reservation[party] else -1.0
                if level >= targets[party, t]:
                    yes += 1
                    if yes == n:
                        result[0], result[1], result[2], result[3] = AGREEMENT, on_table, made, t
                        return
                    continue
            outcome = offers[party, t]
            if outcome < 0:
                result[0], result[1], result[2], result[3] = LEFT, -1, n * t + place + 1, t
                return
            on_table, made, yes = outcome, n * t + place, 1
    result[0], result[1], result[2], result[3] = DEADLINE, -1, n * rounds, rounds - 1


@njit(cache=True)
def drawn(  # type: ignore[no-untyped-def]
    tables, sizes, extra, extra_party, extra_rows, extra_ends, reservation, targets, steps, n_steps, first, where, order,
    results, payoffs,
):  # fmt: skip
    """One line-up on many domains that are sums over issues.

    Payoffs of options are ``tables`` (S, P, M) for issues of `sizes` (K,); `extra` (S, I) is added to a party's payoff of the
    rows ``extra_rows[extra_ends[i]:extra_ends[i + 1]]``. Reservation values (P,), targets (P, T). The different targets of
    party p, descending, are ``steps[p, :n_steps[p]]``; ``where[p, t]`` is the one of round t. Writes results (S, 4) and the
    payoffs (S, P) of the outcomes agreed on.
    """
    n_runs, n = tables.shape[0], tables.shape[1]
    rounds = targets.shape[1]
    own = np.empty((n, np.prod(sizes)))
    offers = np.empty((n, rounds), dtype=np.int64)
    lowest, worth = np.empty(rounds + 1, dtype=np.int64), np.empty(rounds + 1)
    floor, span = np.empty(n), np.empty(n)
    for s in range(n_runs):
        for p in range(n):
            _sums(tables[s, p], sizes, own[p])
        for i in range(extra_party.size):
            for r in range(extra_ends[i], extra_ends[i + 1]):
                own[extra_party[i], extra_rows[r]] += extra[s, i]
        for p in range(n):
            if (extra_party == p).any():
                low, high = own[p].min(), own[p].max()
            else:
                low, high = _extremes(tables[s, p], sizes)
            floor[p] = max(low, reservation[p])
            span[p] = high - floor[p]
            u = n_steps[p] + 1
            _plan(
                own[p],
                floor[p],
                span[p],
                reservation[p],
                steps[p, :u],
                first[p],
                where[p],
                lowest[:u],
                worth[:u],
                offers[p],
            )
        _meet(own, floor, span, reservation, offers, targets, order, results[s])
        outcome = results[s, 1]
        if outcome >= 0:
            for p in range(n):
                payoffs[s, p] = own[p, outcome]
