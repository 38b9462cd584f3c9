"""All equilibria of many small games, ties and all, in exact integers.

Games with up to five actions on one side and eight on the other go through `kernels.square_systems` first. For larger ones, and
where a sign is in doubt there: payoffs that are whole numbers after multiplication by a power of ten are solved in integer
dictionaries: integers that floats carry exactly while products stay below 2⁵², then 64-bit integers up to 2⁶²; every product
is checked. Games that outgrow this, or are not of whole numbers, go through the certified walk in floats of
`kernels.vertices`; those that neither settles are left to the caller.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from negotiation.solvers.kernels import MANY, NO, YES, ZERO
from negotiation.solvers.kernels.integers import TABLE, balance, enumerate_vertices, is_beaten, lay, masks
from negotiation.solvers.kernels.square_systems import (
    ACTIONS,
    DOUBT,
    FULL,
    LINES,
    PLACES,
    UNKNOWNS,
    is_exact,
    load,
    square_systems,
)
from negotiation.solvers.kernels.vertices import DONE, walk

SETTLED, OPEN = 0, 1

_EXACT_FLOAT = 2.0**26  # products of two whole numbers below this are exact in floats
_EXACT_INT = 2.0**31  # and below this in 64-bit integers
_ONE = np.uint64(1)


@njit(cache=True, nogil=True, error_model="numpy")
def _whole(table: Any, tol: float, out: Any) -> bool:
    """Write the table in integers, in units of some power of ten; False if none fits."""
    m, n = table.shape
    low, high = table[0, 0], table[0, 0]
    for i in range(m):
        for j in range(n):
            low, high = min(low, table[i, j]), max(high, table[i, j])
    slack = tol * (high - low)
    scale = 1.0
    for _ in range(7):
        if max(abs(low), abs(high)) * scale >= 2.0**30:
            return False
        fits = True
        for i in range(m):
            for j in range(n):
                value = np.rint(table[i, j] * scale)
                if value != table[i, j] and abs(value / scale - table[i, j]) > slack:
                    fits = False
                    break
                out[i, j] = np.int64(value)
            if not fits:
                break
        if fits:
            return True
        scale *= 10.0
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def _beaten(table: Any, turned: bool, own: Any, k: int, other: Any, e: int, at: int) -> bool:
    """Whether some kept action is better than the one at position `at` against everything kept."""
    i = own[at]
    for p in range(k):
        if p == at:
            continue
        better = True
        for q in range(e):
            j = other[q]
            if turned:
                if table[j, own[p]] <= table[j, i]:
                    better = False
                    break
            elif table[own[p], j] <= table[i, j]:
                better = False
                break
        if better:
            return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def _prune(A: Any, B: Any, rows: Any, columns: Any) -> tuple[int, int]:
    """Iterated strict dominance; what survives stands first in `rows` and `columns`."""
    k, e = A.shape
    for i in range(k):
        rows[i] = i
    for j in range(e):
        columns[j] = j
    quiet = 0
    while quiet < 2:
        quiet += 1
        at = ZERO
        while at < k and k > 1:
            if _beaten(A, NO, rows, k, columns, e, at):
                k -= 1
                for p in range(at, k):
                    rows[p] = rows[p + 1]
                quiet = 0
            else:
                at += 1
        at = ZERO
        while at < e and e > 1:
            if _beaten(B, YES, columns, e, rows, k, at):
                e -= 1
                for p in range(at, e):
                    columns[p] = columns[p + 1]
                quiet = 0
            else:
                at += 1
        quiet += 1
    return k, e


@njit(cache=True, nogil=True, error_model="numpy")
def _shift(table: Any, turned: bool, own: Any, c: int, other: Any, d: int, out: Any) -> None:
    """The inequalities of one player, turned, ``out[variable, inequality]``, every variable's least entry 0; 1s for b."""
    for q in range(d):
        low, high = np.int64(1) << 62, -(np.int64(1) << 62)
        for p in range(c):
            value = table[other[q], own[p]] if turned else table[own[p], other[q]]
            out[q, p] = value
            low, high = min(low, value), max(high, value)
        for p in range(c):
            out[q, p] = out[q, p] - low if high > low else 1
    for p in range(c):
        out[d, p] = 1


@njit(cache=True, nogil=True, error_model="numpy")
def _by_integers(
    A: Any, B: Any, rows: Any, k: int, columns: Any, e: int, row: Any, column: Any, count: int, bound: float,
    frames: Any, dets: Any, own: Any, P: Any, M: Any, y: Any, work: Any, labels: Any, points: Any, others: Any,
    answers: Any, leaving: Any, ranks: Any, path: Any, keys: Any, stamps: Any, better: Any, clock: Any,
) -> Any:  # fmt: skip
    """All extreme equilibria of one game: the number found, -1 when numbers or memory run out, -2 when the lists do.

    The polytope with fewer variables is walked. For each of its vertices the other player's strategies that complete it are
    a face of the other polytope: mostly one point, by a linear system; else the vertices of the face, by a small walk.
    """
    turned = k > e
    if turned:
        d, c = e, k
        _shift(A, NO, rows, k, columns, e, own)
        _shift(B, YES, columns, e, rows, k, P)
    else:
        d, c = k, e
        _shift(B, YES, columns, e, rows, k, own)
        _shift(A, NO, rows, k, columns, e, P)
    S, J = work[2], work[3]
    for v in range(d):
        J[v] = v
    lay(own, J, d, c, frames)
    clock[0] += 1
    vertices = enumerate_vertices(
        frames, dets, d, c, bound, labels, points, work, leaving, ranks, path, keys, stamps, clock[0]
    )  # fmt: skip
    if vertices < 0:
        return -1
    masks(P, c, d, better)
    start = count
    for a in range(vertices):
        mask = labels[a] >> np.uint64(d)
        ns = ZERO
        for v in range(d):
            if not (labels[a] >> np.uint64(v)) & _ONE:
                S[ns] = v
                ns += 1
        if is_beaten(better, S, ns, d, mask):
            continue
        nj = ZERO
        for j in range(c):
            if (mask >> np.uint64(j)) & _ONE:
                J[nj] = j
                nj += 1
        answer = balance(P, S, J, ns, d, M, y, bound) if nj == ns else 2
        if answer < 0:
            return -1
        if answer == 0:
            continue
        hits, size = 1, ns
        if answer == 1:
            for q in range(ns):
                answers[0, q] = y[q]
        else:
            lay(P, J, nj, d, frames)
            needed = np.uint64(0)
            for q in range(ns):
                needed |= _ONE << np.uint64(nj + S[q])
            clock[0] += 1
            hits, size = 0, nj
            total = enumerate_vertices(
                frames, dets, nj, d, bound, others, answers, work, leaving, ranks, path, keys, stamps, clock[0]
            )  # fmt: skip
            if total < 0:
                return -1
            for z in range(total):
                if others[z] & needed == needed:
                    for q in range(nj):
                        answers[hits, q] = answers[z, q]
                    hits += 1
        for z in range(hits):
            if count == row.shape[0]:
                return -2
            for q in range(c):
                y[q] = 0
            for q in range(size):
                y[J[q]] = answers[z, q]
            if turned:
                _spread(points[a], columns, e, column[count])
                _spread(y, rows, k, row[count])
            else:
                _spread(points[a], rows, k, row[count])
                _spread(y, columns, e, column[count])
            count += 1
    return count - start


@njit(cache=True, nogil=True, error_model="numpy")
def _record(A: Any, B: Any, row: Any, column: Any, payoffs: Any, f: int) -> float:
    """Fill in the expected payoffs of equilibrium `f` and return the larger regret."""
    m, n = A.shape
    best, mean = -np.inf, 0.0
    for i in range(m):
        value = 0.0
        for j in range(n):
            value += A[i, j] * column[f, j]
        best = max(best, value)
        mean += row[f, i] * value
    regret = best - mean
    payoffs[f, 0] = mean
    best, mean = -np.inf, 0.0
    for j in range(n):
        value = 0.0
        for i in range(m):
            value += B[i, j] * row[f, i]
        best = max(best, value)
        mean += column[f, j] * value
    payoffs[f, 1] = mean
    return max(0.0, regret, best - mean)


@njit(cache=True, nogil=True, error_model="numpy")
def _comes_first(row: Any, column: Any, a: int, b: int) -> Any:
    """Whether equilibrium `a` comes before `b`: more weight on early actions first."""
    for i in range(row.shape[1]):
        if row[a, i] != row[b, i]:
            return row[a, i] > row[b, i]
    for j in range(column.shape[1]):
        if column[a, j] != column[b, j]:
            return column[a, j] > column[b, j]
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def _sort(row: Any, column: Any, payoffs: Any, regret: Any, start: int, stop: int) -> None:
    """Bring the equilibria of one game into order."""
    for a in range(start + 1, stop):
        k = a
        while k > start and _comes_first(row, column, k, k - 1):
            for i in range(row.shape[1]):
                row[k, i], row[k - 1, i] = row[k - 1, i], row[k, i]
            for j in range(column.shape[1]):
                column[k, j], column[k - 1, j] = column[k - 1, j], column[k, j]
            payoffs[k, 0], payoffs[k - 1, 0] = payoffs[k - 1, 0], payoffs[k, 0]
            payoffs[k, 1], payoffs[k - 1, 1] = payoffs[k - 1, 1], payoffs[k, 1]
            regret[k], regret[k - 1] = regret[k - 1], regret[k]
            k -= 1


@njit(cache=True, nogil=True, error_model="numpy")
def _spread(weights: Any, own: Any, k: int, out: Any) -> None:
    """Probabilities over all actions from weights on the kept ones."""
    total = 0.0
    for p in range(k):
        total += weights[p]
    out[:] = 0.0
    for p in range(k):
        out[own[p]] = weights[p] / total


@njit(cache=True, nogil=True, error_model="numpy")
def _floats(table: Any, turned: bool, own: Any, c: int, other: Any, d: int) -> Any:
    """The inequalities of one player in floats, scaled to at most 1; an empty array when numbers lose themselves."""
    out = np.empty((c, d))
    top = 0.0
    for q in range(d):
        low, high = np.inf, -np.inf
        for p in range(c):
            value = table[other[q], own[p]] if turned else table[own[p], other[q]]
            out[p, q] = value
            low, high = min(low, value), max(high, value)
        if not high - low < 1e300:
            return np.empty((0, 0))
        for p in range(c):
            out[p, q] = out[p, q] - low
        top = max(top, high - low)
    if top == 0.0:
        top = 1.0
    for q in range(d):
        high = 0.0
        for p in range(c):
            out[p, q] /= top
            high = max(high, out[p, q])
        if high == 0.0:
            out[:, q] = 1.0
        elif high < 1e-100:
            return np.empty((0, 0))
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def _by_floats(A: Any, B: Any, rows: Any, k: int, columns: Any, e: int, row: Any, column: Any, count: int) -> Any:
    """Equilibria by the certified walk: their number, -1 when it is not certain, -2 when the lists are full."""
    turned = k > e
    D = _floats(B, YES, columns, e, rows, k)
    E = _floats(A, NO, rows, k, columns, e)
    if D.shape[0] == 0 or E.shape[0] == 0:
        return -1
    if turned:
        D, E = E, D
    c, d = D.shape
    capacity = 1024
    found_x, found_y = np.empty((64, d)), np.empty((64, c))
    state = np.zeros(5, np.int64)
    code = walk(
        D, E, np.ones(c), np.ascontiguousarray(D.T), np.ones(c), np.arange(d, d + c), np.arange(d), state,
        np.zeros(2 * capacity, np.int32), np.zeros((capacity, (c + d + 63) // 64), np.uint64),
        np.zeros((capacity, 2), np.int32), np.zeros(0, np.int64), found_x, found_y, MANY,
    )  # fmt: skip
    if code != DONE:
        return -1
    if count + state[3] > row.shape[0]:
        return -2
    for f in range(state[3]):
        x, y = (found_y[f], found_x[f]) if turned else (found_x[f], found_y[f])
        _spread(x, rows, k, row[count + f])
        _spread(y, columns, e, column[count + f])
    return state[3]


@njit(cache=True, nogil=True, error_model="numpy")
def _finish(
    A: Any, B: Any, row: Any, column: Any, payoffs: Any, regret: Any, start: int, count: int, exact: bool
) -> bool:  # fmt: skip
    """Fill in payoffs and regrets and bring into order; False where not exact and a regret is more than rounding."""
    size = 0.0
    if not exact:
        for i in range(A.shape[0]):
            for j in range(A.shape[1]):
                size = max(size, abs(A[i, j]), abs(B[i, j]))
    for f in range(start, count):
        regret[f] = _record(A, B, row, column, payoffs, f)
        if not exact and regret[f] > size * 2.0**-46:
            return False
    _sort(row, column, payoffs, regret, start, count)
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def solve_games(games: Any, tol: float, ends: Any, flags: Any, row: Any, column: Any, payoffs: Any, regret: Any) -> Any:
    """Solve games in turn until they or the memory are used up; return how many were dealt with.

    Parameters
    ----------
    games : (G, 2, m, n)
    ends, flags : (G,)
        Filled in: where each game's equilibria end in the lists below; `SETTLED` (complete) or `OPEN` (left to the caller).
    row, column, payoffs, regret : (E, m), (E, n), (E, 2), (E,)
        Filled in.
    """
    G, _, m, n = games.shape
    width = max(m, n)
    whole = np.empty((2, m, n), np.int64)
    rows, columns = np.empty(m, np.int64), np.empty(n, np.int64)
    pad = (width + 4) // 4 * 4
    most = min(4096, max(64, (1 << 21) // (8 * pad * width)))
    ranks, leaving = np.empty((2, pad)), np.empty((most, pad), np.int64)
    labels, others = np.empty(most, np.uint64), np.empty(most, np.uint64)
    path, work = np.empty((most, 2), np.int64), np.empty((4, width), np.int64)
    keys, stamps = np.empty(1 << TABLE, np.uint64), np.zeros(1 << TABLE, np.int64)
    better, clock = np.empty((width, width), np.uint64), np.zeros(1, np.int64)
    frames_f, dets_f = np.empty((most, width, pad)), np.empty(most)
    own_f, P_f = np.empty((width + 1, width)), np.empty((width + 1, width))
    M_f, y_f = np.empty((width, width + 1)), np.empty(width)
    points_f, answers_f = np.empty((most, width)), np.empty((most, width))
    frames_i, dets_i = np.empty((most, width, pad), np.int64), np.empty(most, np.int64)
    own_i, P_i = np.empty((width + 1, width), np.int64), np.empty((width + 1, width), np.int64)
    M_i, y_i = np.empty((width, width + 1), np.int64), np.empty(width, np.int64)
    points_i, answers_i = np.empty((most, width), np.int64), np.empty((most, width), np.int64)
    count = ZERO
    turned = m > n
    small = min(m, n) <= UNKNOWNS and max(m, n) <= ACTIONS
    F, N = np.empty((LINES, ACTIONS)), np.empty(PLACES, np.int64)
    own, theirs = (column, row) if turned else (row, column)
    whole_a, whole_b = whole[0], whole[1]
    for g in range(G):
        A, B = games[g, 0], games[g, 1]
        start = count
        flags[g] = SETTLED
        integer = m + n <= 63 and _whole(A, tol, whole_a) and _whole(B, tol, whole_b)
        if small:
            fits = load(whole_b, whole_a, turned, YES, F, N) if integer else load(B, A, turned, NO, F, N)
            found = DOUBT
            if fits:
                found = square_systems(F, N, min(m, n), max(m, n), own, theirs, count)
            if found == FULL:
                return g
            exact = is_exact(F, min(m, n))
            if found != DOUBT and _finish(A, B, row, column, payoffs, regret, start, count + found, exact):
                count += found
                ends[g] = count
                continue
        if integer:
            k, e = _prune(whole_a, whole_b, rows, columns)
        else:
            k, e = _prune(A, B, rows, columns)
        found = -1
        if k == 1 and e == 1:
            found = -2
            if count < row.shape[0]:
                row[count] = 0.0
                column[count] = 0.0
                row[count, rows[0]] = 1.0
                column[count, columns[0]] = 1.0
                found = 1
        elif integer:
            found = _by_integers(
                whole_a, whole_b, rows, k, columns, e, row, column, count, _EXACT_FLOAT, frames_f, dets_f, own_f, P_f, M_f,
                y_f, work, labels, points_f, others, answers_f, leaving, ranks, path, keys, stamps, better, clock,
            )  # fmt: skip
            if found == -1:
                found = _by_integers(
                    whole_a, whole_b, rows, k, columns, e, row, column, count, _EXACT_INT, frames_i, dets_i, own_i, P_i,
                    M_i, y_i, work, labels, points_i, others, answers_i, leaving, ranks, path, keys, stamps, better, clock,
                )  # fmt: skip
        if found == -1:
            found = _by_floats(A, B, rows, k, columns, e, row, column, count)
        if found == -2:
            return g
        if found < 0:
            flags[g] = OPEN
            found = 0
        count += found
        _finish(A, B, row, column, payoffs, regret, start, count, YES)
        ends[g] = count
    return G
