"""The depth-first walk over the vertices of a simple best-response polytope, in floats, every step certified.

The polytope is ``{x >= 0, D x <= 1}`` with `d` variables and `c` inequalities. Labels ``0 … d-1`` are the variables (at zero),
``d … d+c-1`` the inequalities (tight). A dictionary ``basic = b - T nonbasic`` is kept turned around, ``T[column, row]``, so
that the inner loops run over contiguous memory.

The proof that the list is complete: the graph of a simple polytope is connected, every vertex listed is proved to be one
with exactly `d` labels (`_certified`), and all its neighbours are listed. For each vertex the strategy of the other player
that would complete it to an equilibrium solves a square system; it is either accepted with a margin or refuted by a vector of
Farkas multipliers whose rounding is bounded (`_refuted`). Where neither can be shown the kernel stops with `UNCERTAIN`, or
puts the vertex on a list for exact arithmetic to settle.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from negotiation.solvers.kernels import NONE, ZERO

DONE, MORE, SPACE, UNCERTAIN = 0, 1, 2, 3

_U = 2.0**-52  # twice the unit roundoff: covers payoffs that were themselves rounded to floats
_MARGIN = 1e-10  # an equilibrium must clear its inequalities by this much, else exact arithmetic decides
_DRIFT = 1e-7  # an inverse worse than this is computed afresh


@njit(cache=True, nogil=True, error_model="numpy")
def pivot(T: Any, b: Any, r: int, s: int) -> None:
    """Exchange row `r` and column `s` of the dictionary."""
    d, c = T.shape
    column = T[s]
    inverse = 1.0 / column[r]
    for j in range(d):
        if j != s:
            line = T[j]
            f = line[r] * inverse
            if f != 0.0:
                for i in range(c):
                    line[i] -= f * column[i]
            line[r] = f
    f = b[r] * inverse
    for i in range(c):
        b[i] -= f * column[i]
    b[r] = f
    for i in range(c):
        column[i] *= -inverse
    column[r] = inverse


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"nnan", "ninf", "nsz"})
def _leaving(column: Any, reciprocal: Any) -> int:
    """The row that limits the step along a column: the largest of ``column / b``."""
    best, at = -1.0, 0
    for i in range(column.shape[0]):
        q = column[i] * reciprocal[i]
        if q > best:
            best, at = q, i
    return at


@njit(cache=True, nogil=True, error_model="numpy")
def _refactor(D: Any, level: Any, T: Any, b: Any, basic: Any, nonbasic: Any) -> bool:
    """Compute the dictionary of the current basis afresh; False if it is singular."""
    c, d = D.shape
    fresh = np.empty((d, c))
    for j in range(d):
        for i in range(c):
            fresh[j, i] = D[i, j]
    rhs = level.copy()
    row_of = np.arange(d, d + c)
    column_of = np.arange(d)
    free = np.zeros(c, np.bool_)
    for q in range(d):
        if nonbasic[q] >= d:
            free[nonbasic[q] - d] = True
    for i in range(c):
        v = basic[i]
        if v < d:
            r, size = NONE, 0.0
            for k in range(c):
                if free[k] and abs(fresh[v, k]) > size:
                    r, size = k, abs(fresh[v, k])
            if r < 0 or size < 1e-300:
                return False
            free[r] = False
            pivot(fresh, rhs, r, v)
            column_of[v] = row_of[r]
            row_of[r] = v
    at_row = np.empty(c + d, np.int64)
    at_column = np.empty(c + d, np.int64)
    for i in range(c):
        at_row[row_of[i]] = i
    for q in range(d):
        at_column[column_of[q]] = q
    for i in range(c):
        b[i] = rhs[at_row[basic[i]]]
    for q in range(d):
        line = fresh[at_column[nonbasic[q]]]
        for i in range(c):
            T[q, i] = line[at_row[basic[i]]]
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def _certified(
    D: Any, level: Any, T: Any, b: Any, basic: Any, nonbasic: Any, x: Any, S: Any, R: Any, J: Any, Q: Any, z: Any
) -> Any:  # fmt: skip
    """Prove that the current basis is a vertex of ``{x >= 0, D x <= level}`` with exactly `d` labels.

    Returns the defect of the inverse and whether the same basis is a vertex with `d` labels at level 1 (1 yes, 0 tied or too
    close to tell, -1 no); a defect of -1 when the proof fails. Fills `x` (the vertex at level 1), `S` and `R` (the positive
    variables and their rows), `J` and `Q` (the tight inequalities and their columns).
    """
    c, d = D.shape
    k = 0
    x[:] = 0.0
    for i in range(c):
        if basic[i] < d:
            if not b[i] > 0.0:
                return -1.0, -1
            S[k] = basic[i]
            R[k] = i
            x[basic[i]] = b[i]
            k += 1
    e = 0
    for q in range(d):
        if nonbasic[q] >= d:
            J[e] = nonbasic[q] - d
            Q[e] = q
            e += 1
    # ||I - inverse K||, ||inverse||, ||K||, residual of K x = level
    norm_k, residual, norm_x = 0.0, 0.0, 0.0
    for v in range(k):
        norm_x = max(norm_x, x[S[v]])
    for e in range(k):
        total, value = 0.0, 0.0
        for v in range(k):
            total += D[J[e], S[v]]
            value += D[J[e], S[v]] * x[S[v]]
        norm_k = max(norm_k, total)
        residual = max(residual, abs(level[J[e]] - value))
    norm_inverse, defect = 0.0, 0.0
    for a in range(k):
        size, off = 0.0, 0.0
        for e in range(k):
            size += abs(T[Q[e], R[a]])
        for v in range(k):
            value = -1.0 if a == v else 0.0
            for e in range(k):
                value += T[Q[e], R[a]] * D[J[e], S[v]]
            off += abs(value)
        norm_inverse = max(norm_inverse, size)
        defect = max(defect, off)
    slop = (k + 6) * _U
    defect += slop * (norm_inverse * norm_k + 1.0)
    if not defect < 0.5:
        return -1.0, -1
    stretch = norm_inverse / (1.0 - defect) * 1.001
    error = stretch * (residual + slop * (norm_k * norm_x + 2.0))
    shift = 0.0
    for v in range(k):
        if not x[S[v]] > error:
            return -1.0, -1
    for i in range(c):
        shift = max(shift, level[i] - 1.0)
        if basic[i] >= d:
            total, value = 0.0, 0.0
            for v in range(k):
                total += D[basic[i] - d, S[v]]
                value += D[basic[i] - d, S[v]] * x[S[v]]
            if not level[basic[i] - d] - value > total * (error + slop * norm_x) * 1.001 + 2 * slop:
                return -1.0, -1
    if shift == 0.0:
        return defect, 1
    # back to level 1: the same basis must be a vertex there, ties allowed
    for a in range(k):
        z[a] = x[S[a]]
        for e in range(k):
            z[a] -= T[Q[e], R[a]] * (level[J[e]] - 1.0)
    residual, norm_x = 0.0, 0.0
    for e in range(k):
        value = 0.0
        for v in range(k):
            value += D[J[e], S[v]] * z[v]
        residual = max(residual, abs(1.0 - value))
    for v in range(k):
        norm_x = max(norm_x, abs(z[v]))
    error = stretch * (residual + slop * (norm_k * norm_x + 2.0))
    answer = 1
    for v in range(k):
        x[S[v]] = z[v]
        if z[v] < -error:
            return defect, -1
        if not z[v] > error:
            answer = 0
    for i in range(c):
        if basic[i] >= d:
            total, value = 0.0, 0.0
            for v in range(k):
                total += D[basic[i] - d, S[v]]
                value += D[basic[i] - d, S[v]] * z[v]
            bound = total * (error + slop * norm_x) * 1.001 + 2 * slop
            if 1.0 - value < -bound:
                return defect, -1
            if not 1.0 - value > bound:
                answer = 0
    return defect, answer


@njit(cache=True, nogil=True, error_model="numpy")
def _factor(M: Any, order: Any, k: int) -> bool:
    """LU with partial pivoting in place; False when singular to working precision."""
    for a in range(k):
        order[a] = a
    for a in range(k):
        p, size = a, abs(M[a, a])
        for i in range(a + 1, k):
            if abs(M[i, a]) > size:
                p, size = i, abs(M[i, a])
        if size < 1e-14:
            return False
        if p != a:
            for j in range(k):
                M[a, j], M[p, j] = M[p, j], M[a, j]
            order[a], order[p] = order[p], order[a]
        inverse = 1.0 / M[a, a]
        for i in range(a + 1, k):
            f = M[i, a] * inverse
            M[i, a] = f
            if f != 0.0:
                for j in range(a + 1, k):
                    M[i, j] -= f * M[a, j]
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def _solve_ones(M: Any, y: Any, k: int) -> None:
    """Solve ``M y = 1`` with the factors; the right-hand side does not feel the row order."""
    for a in range(k):
        value = 1.0
        for j in range(a):
            value -= M[a, j] * y[j]
        y[a] = value
    for a in range(k - 1, -1, -1):
        value = y[a]
        for j in range(a + 1, k):
            value -= M[a, j] * y[j]
        y[a] = value / M[a, a]


@njit(cache=True, nogil=True, error_model="numpy")
def _solve_turned(M: Any, order: Any, w: Any, out: Any, k: int) -> None:
    """Solve ``out M = w`` with the factors."""
    for a in range(k):
        value = w[a]
        for i in range(a):
            value -= M[i, a] * w[i]
        w[a] = value / M[a, a]
    for a in range(k - 1, -1, -1):
        value = w[a]
        for i in range(a + 1, k):
            value -= M[i, a] * w[i]
        w[a] = value
    for a in range(k):
        out[order[a]] = w[a]


@njit(cache=True, nogil=True, error_model="numpy")
def _refuted(A: Any, S: Any, J: Any, top: Any, M: Any, order: Any, w: Any, out: Any, k: int, j: int, i: int) -> bool:
    """Prove that no strategy on `J` makes all of `S` best replies: entry `j` would be negative, or row `i` pay more.

    The multipliers `out` turn the equations into one whose sign is wrong for every feasible strategy, whose entries
    cannot exceed `top`.
    """
    for e in range(k):
        if i >= 0:
            w[e] = A[i, J[e]]
        else:
            w[e] = 1.0 if e == j else 0.0
    _solve_turned(M, order, w, out, k)
    total, size, off = 0.0, 0.0, 0.0
    for a in range(k):
        total += out[a]
        size += abs(out[a])
    for e in range(k):
        value = -A[i, J[e]] if i >= 0 else (-1.0 if e == j else 0.0)
        scale = abs(value)
        for a in range(k):
            value += out[a] * A[S[a], J[e]]
        off += (abs(value) + scale * (k + 6) * _U) * top[J[e]]
    off = (off + (k + 6) * (k + 1) * _U * size) * 1.001
    return total - off > 1.0 + 8 * _U if i >= 0 else total + off < 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _complement(
    A: Any, S: Any, J: Any, k: int, top: Any, better: Any, y: Any, M: Any, order: Any, w: Any, out: Any
) -> int:
    """The other player's strategy on `J` that makes all of `S` best replies: 1 found (in `y`), 0 refuted, -1 unknown."""
    d = A.shape[0]
    if better.shape[0] > 0:
        mask = np.uint64(0)
        for e in range(k):
            mask |= np.uint64(1) << np.uint64(J[e])
        for a in range(k):
            line = better[S[a]]
            for i in range(d):
                if line[i] & mask == mask:
                    return 0
    for a in range(k):
        for e in range(k):
            M[a, e] = A[S[a], J[e]]
    if not _factor(M, order, k):
        return -1
    _solve_ones(M, y, k)
    least, at = 1e300, ZERO
    largest = 0.0
    for e in range(k):
        largest = max(largest, abs(y[e]))
        if y[e] < least:
            least, at = y[e], e
    if least < 0.0 and _refuted(A, S, J, top, M, order, w, out, k, at, NONE):
        return 0
    if not least > _MARGIN * largest:
        return -1
    for i in range(d):
        value = 0.0
        for e in range(k):
            value += A[i, J[e]] * y[e]
        if value > 1.0 - _MARGIN:
            inside = False
            for a in range(k):
                inside |= S[a] == i
            if not inside:
                if value > 1.0 and _refuted(A, S, J, top, M, order, w, out, k, NONE, i):
                    return 0
                return -1
    return 1


@njit(cache=True, nogil=True, error_model="numpy")
def better_masks(A: Any) -> Any:
    """For rows `i`, `k` the bit set of columns in which `k` beats `i`, shape (d, d); empty past 64 columns."""
    d, c = A.shape
    if c > 64:
        return np.empty((0, 0), np.uint64)
    out = np.zeros((d, d), np.uint64)
    for i in range(d):
        for k in range(d):
            for j in range(c):
                if A[k, j] > A[i, j]:
                    out[i, k] |= np.uint64(1) << np.uint64(j)
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def _slot(words: Any, table: Any, listed: Any) -> Any:
    """Where a label set is in the hash table, or the free place where it belongs."""
    h = np.uint64(0)
    for word in words:
        h = (h ^ word) * np.uint64(0x9E3779B97F4A7C15)
        h ^= h >> np.uint64(29)
    mask = table.shape[0] - 1
    at = np.int64(h & np.uint64(mask))
    while table[at] != 0:
        same = True
        other = listed[table[at] - 1]
        for k in range(words.shape[0]):
            if other[k] != words[k]:
                same = False
                break
        if same:
            return at
        at = (at + 1) & mask
    return at


@njit(cache=True, nogil=True, error_model="numpy")
def rehash(table: Any, listed: Any, count: int) -> None:
    """Enter the first `count` label sets into an empty, larger table."""
    for k in range(count):
        table[_slot(listed[k], table, listed)] = k + 1


@njit(cache=True, nogil=True, error_model="numpy")
def walk(
    D: Any, A: Any, level: Any, T: Any, b: Any, basic: Any, nonbasic: Any, state: Any, table: Any, listed: Any, path: Any,
    doubts: Any, found_x: Any, found_y: Any, steps: int,
) -> int:  # fmt: skip
    """Walk on for at most `steps` vertices; the arrays hold where it stands, so that it can be called again.

    Parameters
    ----------
    D : (c, d); A : (d, c)
        The inequalities of the polytope walked, and those of the other player's.
    level : (c,)
        Right-hand sides: all 1, or a little more, differently for each inequality, which makes a degenerate polytope
        simple. Then every basis met must be one at level 1 as well; those tied there are put down in `doubts`. As bases that
        are feasible at both ends are feasible all the way, no vertex at level 1 is missed.
    T : (d, c); b : (c,); basic : (c,); nonbasic : (d,)
        The dictionary.
    state : (5,)
        Depth, next column, vertices listed, equilibria found, doubts. All zero at the start.
    table, listed, path, doubts : (power of two,), (V, W), (V, 2), (V,)
        Visited label sets by hash, in order, and the pivots that lead back to the origin. Positions of the vertices that
        floats cannot settle; may be empty: then the first of them ends the walk with `UNCERTAIN`.
    found_x, found_y : (E, d), (E, c)
        Equilibria, unnormalised.
    """
    c, d = D.shape
    W = listed.shape[1]
    depth, column, count, found, doubtful = state[0], state[1], state[2], state[3], state[4]
    better = better_masks(A)
    top = np.empty(c)
    for j in range(c):
        largest = 0.0
        for i in range(d):
            largest = max(largest, A[i, j])
        top[j] = 1.0 / largest
    size = min(c, d)
    x, y, w, out, z = np.zeros(d), np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(size)
    S, R, J, Q = np.zeros(size, np.int64), np.zeros(size, np.int64), np.zeros(size, np.int64), np.zeros(size, np.int64)
    M, order = np.zeros((size, size)), np.zeros(size, np.int64)
    words, other = np.zeros(W, np.uint64), np.zeros(W, np.uint64)
    if count == 0:
        for v in range(d):
            words[v >> 6] |= np.uint64(1) << np.uint64(v & 63)
        for k in range(W):
            listed[0, k] = words[k]
        table[_slot(words, table, listed)] = 1
        count = 1
    else:
        for q in range(d):
            v = nonbasic[q]
            words[v >> 6] |= np.uint64(1) << np.uint64(v & 63)
    reciprocal = 1.0 / b
    code = DONE
    while True:
        while column < d:
            r = _leaving(T[column], reciprocal)
            go, come = nonbasic[column], basic[r]
            for k in range(W):
                other[k] = words[k]
            other[go >> 6] ^= np.uint64(1) << np.uint64(go & 63)
            other[come >> 6] ^= np.uint64(1) << np.uint64(come & 63)
            at = _slot(other, table, listed)
            if table[at] != 0:
                column += 1
                continue
            if steps <= 0:
                code = MORE
                break
            if count >= listed.shape[0] or found >= found_x.shape[0]:
                code = SPACE
                break
            steps -= 1
            pivot(T, b, r, column)
            basic[r], nonbasic[column] = go, come
            defect, clear = _certified(D, level, T, b, basic, nonbasic, x, S, R, J, Q, z)
            if not 0.0 <= defect < _DRIFT:
                if not _refactor(D, level, T, b, basic, nonbasic):
                    code = UNCERTAIN
                    break
                defect, clear = _certified(D, level, T, b, basic, nonbasic, x, S, R, J, Q, z)
            if defect < 0.0 or clear < 0:
                code = UNCERTAIN
                break
            for k in range(W):
                words[k] = other[k]
                listed[count, k] = other[k]
            count += 1
            table[at] = count
            path[depth, 0], path[depth, 1] = r, column
            depth += 1
            k = ZERO
            for q in range(d):
                k += nonbasic[q] >= d
            answer = -1
            if clear == 1:
                answer = _complement(A, S, J, k, top, better, y, M, order, w, out)
            if answer < 0:
                if doubts.shape[0] == 0:
                    code = UNCERTAIN
                    break
                doubts[doubtful] = count - 1
                doubtful += 1
            if answer == 1:
                for v in range(d):
                    found_x[found, v] = x[v]
                found_y[found] = 0.0
                for e in range(k):
                    found_y[found, J[e]] = y[e]
                found += 1
            column = 0
            for i in range(c):
                reciprocal[i] = 1.0 / b[i]
        if code != DONE:
            break
        if depth == 0:
            break
        depth -= 1
        r, column = path[depth, 0] + ZERO, path[depth, 1] + ZERO  # 64 bits wide, as in the other call
        pivot(T, b, r, column)
        go, come = nonbasic[column], basic[r]
        basic[r], nonbasic[column] = go, come
        words[go >> 6] ^= np.uint64(1) << np.uint64(go & 63)
        words[come >> 6] ^= np.uint64(1) << np.uint64(come & 63)
        for i in range(c):
            reciprocal[i] = 1.0 / b[i]
        column += 1
    state[0], state[1], state[2], state[3], state[4] = depth, column, count, found, doubtful
    return code
