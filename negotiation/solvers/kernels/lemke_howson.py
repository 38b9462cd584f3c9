"""Compiled Lemke-Howson paths that keep only the inverse of the active square block, never a whole tableau.

A polytope ``{z >= 0, M z <= 1}`` with M positive, shape (f, d). A vertex is told by the list ``C`` of columns in use
(z basic) and the equally long list ``R`` of rows that bind (slack not basic); all else follows from
``K = M[R, C]^-1``. A pivot costs ``O(f k + k^2)`` with k = len(C), so short paths on large games are nearly free.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from negotiation.solvers.kernels import ZERO

DONE, CAPPED, PAUSED, STUCK = 0, 1, 2, 3
_FAST = {"reassoc", "contract"}  # let sums be vectorised; NaN and infinity keep their meaning
_TINY = 1e-11  # a pivot element below this counts as zero: payoffs have been scaled to a range of one
_SMALL = 1e-6  # a pivot element below this is not trusted before the block has been inverted anew
_TIE = 1e-11  # ratios closer than this, relatively, are left to the lexicographic rule


@njit(cache=True, nogil=True, fastmath=_FAST)
def _direction(MT, K, k, C, R, row_at, enters_z, e, u, v, w):  # type: ignore[no-untyped-def]
    """The entering column in terms of the basis: `u` on basic z, `v` on basic slacks."""
    if enters_z:
        for b in range(k):
            w[b] = MT[e, R[b]]
        for a in range(k):
            total = 0.0
            for b in range(k):
                total += K[a, b] * w[b]
            u[a] = total
        for l in range(v.size):  # noqa: E741
            v[l] = MT[e, l]
    else:
        at = row_at[e]
        for a in range(k):
            u[a] = K[a, at]
        v[:] = 0.0
    for a in range(k):
        weight = u[a]
        if weight != 0.0:
            line = MT[C[a]]
            for l in range(v.size):  # noqa: E741
                v[l] -= weight * line[l]


@njit(cache=True, nogil=True, fastmath=_FAST)
def _row_of_inverse(MT, K, k, C, l, w):  # type: ignore[no-untyped-def]  # noqa: E741
    """``w = M[l, C] K``."""
    for b in range(k):
        w[b] = 0.0
    for a in range(k):
        weight = MT[C[a], l]
        for b in range(k):
            w[b] += weight * K[a, b]


@njit(cache=True, nogil=True, fastmath=_FAST)
def _lexicographic(MT, K, k, C, R, row_at, v, u, tied, n_tied, w, best_w):  # type: ignore[no-untyped-def]
    """The tied row whose line of the tableau, divided by its pivot, is lexicographically least.

    `tied` holds ``a`` for basic z number a and ``-1 - l`` for the slack of row l. The order is that of the slacks,
    the first basis, whose lines are lexicographically positive.
    """
    f = v.size
    best = tied[0]
    for t in range(n_tied):
        candidate = tied[t]
        if candidate >= 0:
            for b in range(k):
                w[b] = K[candidate, b] / u[candidate]
        else:
            _row_of_inverse(MT, K, k, C, -1 - candidate, w)
            for b in range(k):
                w[b] = -w[b] / v[-1 - candidate]
        smaller = t == 0
        if t > 0:
            for q in range(f):
                at = row_at[q]
                if at >= 0:
                    mine, other = w[at], best_w[at]
                else:
                    mine = 1.0 / v[q] if candidate == -1 - q else 0.0
                    other = 1.0 / v[q] if best == -1 - q else 0.0
                if abs(mine - other) > 1e-10 * max(1.0, abs(mine), abs(other)):
                    smaller = mine < other
                    break
        if smaller:
            best = candidate
            for b in range(k):
                best_w[b] = w[b]
    return best


@njit(cache=True, nogil=True, fastmath=_FAST)
def _leaving(MT, K, k, C, R, row_at, z, s, u, v, tied, w, best_w):  # type: ignore[no-untyped-def]
    """Ratio test: who leaves, as in `_lexicographic`; ``f + k`` past the end when the ray is unbounded."""
    f = s.size
    low = np.inf
    for l in range(f):  # noqa: E741
        if v[l] > _TINY and s[l] < low * v[l] and row_at[l] < 0:
            low = s[l] / v[l]
    for a in range(k):
        if u[a] > _TINY and z[a] < low * u[a]:
            low = z[a] / u[a]
    if low == np.inf:
        return f + k
    low = max(low, 0.0)
    edge = low + _TIE * max(1.0, low)
    n_tied = ZERO
    for a in range(k):
        if u[a] > _TINY and z[a] <= edge * u[a]:
            tied[n_tied] = a
            n_tied += 1
    for l in range(f):  # noqa: E741
        if v[l] > _TINY and s[l] <= edge * v[l] and row_at[l] < 0:
            tied[n_tied] = -1 - l
            n_tied += 1
    if n_tied == 1:
        return tied[0]
    return _lexicographic(MT, K, k, C, R, row_at, v, u, tied, n_tied, w, best_w)


@njit(cache=True, nogil=True, fastmath=_FAST)
def _drop_column(K, k, C, z, a):  # type: ignore[no-untyped-def]
    """Move the last basic z into place a."""
    last = k - 1
    if a != last:
        for b in range(k):
            K[a, b] = K[last, b]
        C[a] = C[last]
        z[a] = z[last]


@njit(cache=True, nogil=True, fastmath=_FAST)
def _drop_row(K, k, R, row_at, b):  # type: ignore[no-untyped-def]
    """Move the last binding row into place b."""
    row_at[R[b]] = -1
    last = k - 1
    if b != last:
        for a in range(k):
            K[a, b] = K[a, last]
        R[b] = R[last]
        row_at[R[b]] = b


@njit(cache=True, nogil=True, fastmath=_FAST)
def _pivot(MT, K, k, C, R, row_at, z, s, u, v, w, enters_z, e, leaving):  # type: ignore[no-untyped-def]
    """Exchange the entering for the leaving variable; returns the new k."""
    theta = s[-1 - leaving] / v[-1 - leaving] if leaving < 0 else z[leaving] / u[leaving]
    theta = max(theta, 0.0)
    for a in range(k):
        z[a] -= theta * u[a]
    for l in range(s.size):  # noqa: E741
        s[l] -= theta * v[l]
    if leaving >= 0:
        a0 = leaving
        pivot = u[a0]
        for b in range(k):
            K[a0, b] /= pivot
        for a in range(k):
            if a != a0 and u[a] != 0.0:
                factor = u[a]
                for b in range(k):
                    K[a, b] -= factor * K[a0, b]
        if enters_z:  # column for column
            C[a0], z[a0] = e, theta
            return k
        _drop_column(K, k, C, z, a0)  # a slack comes back: the block shrinks
        _drop_row(K, k, R, row_at, row_at[e])
        s[e] = theta
        return k - 1
    l0 = -1 - leaving
    _row_of_inverse(MT, K, k, C, l0, w)
    s[l0] = 0.0
    if enters_z:  # the block grows
        delta = v[l0]
        for a in range(k):
            factor = u[a] / delta
            for b in range(k):
                K[a, b] += factor * w[b]
            K[a, k] = -factor
        for b in range(k):
            K[k, b] = -w[b] / delta
        K[k, k] = 1.0 / delta
        C[k], R[k], z[k] = e, l0, theta
        row_at[l0] = k
        return k + 1
    b0 = row_at[e]  # row for row
    pivot = w[b0]
    for a in range(k):
        K[a, b0] /= pivot
        factor = K[a, b0]
        for b in range(k):
            if b != b0:
                K[a, b] -= factor * w[b]
    R[b0], row_at[l0], row_at[e] = l0, b0, -1
    s[e] = theta
    return k


@njit(cache=True, nogil=True, fastmath=_FAST)
def _refresh(MT, K, k, C, R, row_at, z, s):  # type: ignore[no-untyped-def]
    """Invert the block anew and evaluate the vertex from it; False when the block is singular or infeasible."""
    if k > 0:
        block = np.empty((k, k))
        for b in range(k):
            for a in range(k):
                block[b, a] = MT[C[a], R[b]]
        inverse = np.linalg.inv(block)
        for a in range(k):
            total = 0.0
            for b in range(k):
                K[a, b] = inverse[a, b]
                total += inverse[a, b]
            z[a] = total
    s[:] = 1.0
    for a in range(k):
        line = MT[C[a]]
        for l in range(s.size):  # noqa: E741
            s[l] -= z[a] * line[l]
    for b in range(k):
        s[R[b]] = 0.0
    for a in range(k):
        if not z[a] > -1e-7:
            return False
        z[a] = max(z[a], 0.0)
    for l in range(s.size):  # noqa: E741
        if not s[l] > -1e-7:
            return False
        s[l] = max(s[l], 0.0)
    return True


@njit(cache=True, nogil=True, fastmath=_FAST)
def walk(  # type: ignore[no-untyped-def]
    MT0, K0, C0, R0, row_at0, z0, s0, MT1, K1, C1, R1, row_at1, z1, s1, state, cap, work, scratch
):
    """Follow one path until it ends, `cap` pivots are done, or `work` multiplications are spent.

    Side 0 is the row player's polytope (z = x, slacks of the columns), side 1 the column player's.
    `state` is (k0, k1, side to move, enters_z, index that enters, side of the start label, its index, pivots done,
    pivots since the last inversion, multiplications done) and is updated, so that a paused path can be taken up again.
    """
    u, v0, v1, w, best_w = scratch
    tied = np.empty(u.size + max(v0.size, v1.size), dtype=np.int64)
    while True:
        if state[7] >= cap:
            return CAPPED
        if state[9] > work:
            return PAUSED
        side, enters_z, e = state[2], state[3] == 1, state[4]
        k = state[side]
        if side == 0:
            _direction(MT0, K0, k, C0, R0, row_at0, enters_z, e, u, v0, w)
            leaving = _leaving(MT0, K0, k, C0, R0, row_at0, z0, s0, u, v0, tied, w, best_w)
            if state[8] > 0 and (leaving >= k or (u[leaving] if leaving >= 0 else v0[-1 - leaving]) < _SMALL):
                if not _refresh(MT0, K0, state[0], C0, R0, row_at0, z0, s0):
                    return STUCK
                if not _refresh(MT1, K1, state[1], C1, R1, row_at1, z1, s1):
                    return STUCK
                state[8] = 0
                continue
            if leaving >= k:
                return STUCK
            gone = C0[leaving] if leaving >= 0 else -1 - leaving
            state[0] = _pivot(MT0, K0, k, C0, R0, row_at0, z0, s0, u, v0, w, enters_z, e, leaving)
            state[9] += (k + 3) * v0.size + 2 * k * k
        else:
            _direction(MT1, K1, k, C1, R1, row_at1, enters_z, e, u, v1, w)
            leaving = _leaving(MT1, K1, k, C1, R1, row_at1, z1, s1, u, v1, tied, w, best_w)
            if state[8] > 0 and (leaving >= k or (u[leaving] if leaving >= 0 else v1[-1 - leaving]) < _SMALL):
                if not _refresh(MT0, K0, state[0], C0, R0, row_at0, z0, s0):
                    return STUCK
                if not _refresh(MT1, K1, state[1], C1, R1, row_at1, z1, s1):
                    return STUCK
                state[8] = 0
                continue
            if leaving >= k:
                return STUCK
            gone = C1[leaving] if leaving >= 0 else -1 - leaving
            state[1] = _pivot(MT1, K1, k, C1, R1, row_at1, z1, s1, u, v1, w, enters_z, e, leaving)
            state[9] += (k + 3) * v1.size + 2 * k * k
        state[7] += 1
        state[8] += 1
        # z of one side and the slack of the other side's line carry the same label.
        state[2], state[3], state[4] = 1 - side, 0 if leaving >= 0 else 1, gone
        if gone == state[6] and (side == state[5]) == (leaving >= 0):
            return DONE
        if state[8] >= 10 + 2 * max(state[0], state[1]):
            state[8] = 0
            state[9] += state[0] ** 3 + state[1] ** 3
            good = _refresh(MT0, K0, state[0], C0, R0, row_at0, z0, s0)
            if not (good and _refresh(MT1, K1, state[1], C1, R1, row_at1, z1, s1)):
                return STUCK


@njit(cache=True, nogil=True, fastmath=_FAST)
def sweep(  # type: ignore[no-untyped-def]
    MT0,
    K0,
    C0,
    R0,
    row_at0,
    z0,
    s0,
    MT1,
    K1,
    C1,
    R1,
    row_at1,
    z1,
    s1,
    state,
    labels,
    progress,
    cap,
    most,
    work,
    scratch,
):
    """Follow the paths of `labels` one after another, each for `cap` pivots at most, `most` in all, until one ends.

    `progress` is (next label, whether its path has begun, pivots in all, paths that broke off) and is updated.
    Returns DONE, PAUSED when `work` is spent, or CAPPED after the last label.
    """
    state[9] = 0
    m = MT0.shape[0]
    while progress[0] < labels.size:
        if progress[2] >= most:
            return CAPPED
        if progress[1] == 0:
            label = labels[progress[0]]
            side = 0 if label < m else 1
            index = label if label < m else label - m
            row_at0[:] = -1
            row_at1[:] = -1
            s0[:] = 1.0
            s1[:] = 1.0
            state[0], state[1], state[2], state[3], state[4] = 0, 0, side, 1, index
            state[5], state[6], state[7], state[8] = side, index, 0, 0
            state[9] += row_at0.size + row_at1.size
            progress[1] = 1
        before = state[7]
        longest = min(cap, before + most - progress[2])
        code = walk(MT0, K0, C0, R0, row_at0, z0, s0, MT1, K1, C1, R1, row_at1, z1, s1, state, longest, work, scratch)
        progress[2] += state[7] - before
        if code == PAUSED:
            return PAUSED
        progress[0] += 1
        progress[1] = 0
        if code == DONE:
            return DONE
        if code == STUCK:
            progress[3] += 1
    return CAPPED


@njit(cache=True, nogil=True, fastmath=_FAST)
def strategy(MT, K, C, R, k):  # type: ignore[no-untyped-def]
    """The vertex solved for with the inverse at hand and refined against the table, divided by its sum.

    Also returns what is left of the residual; probabilities below rounding become zero.
    """
    z, residual = np.zeros(k), np.ones(k)
    worst = 1.0
    for _ in range(4):
        for a in range(k):
            total = 0.0
            for b in range(k):
                total += K[a, b] * residual[b]
            z[a] += total
        residual[:] = 1.0
        for a in range(k):
            for b in range(k):
                residual[b] -= MT[C[a], R[b]] * z[a]
        worst = 0.0
        for b in range(k):
            worst = max(worst, abs(residual[b]))
        if worst < 4e-16:
            break
    out = np.zeros(MT.shape[0])
    least = 0.0
    for a in range(k):
        least = max(least, 1e-13 * z[a])
    total = 0.0
    for a in range(k):
        if z[a] > least:
            out[C[a]] = z[a]
            total += z[a]
    for i in range(out.size):
        out[i] /= total
    return out, worst


@njit(cache=True, nogil=True)
def scaled(table, transposed):  # type: ignore[no-untyped-def]
    """Payoffs moved to [1, 2], a constant table to 1, turned or not, and half their range.

    Halved first, so that no range overflows.
    """
    m, n = table.shape
    low, high = table[0, 0], table[0, 0]
    for i in range(m):
        for j in range(n):
            value = table[i, j]
            if value < low:
                low = value
            if value > high:
                high = value
    low, spread = 0.5 * low, 0.5 * high - 0.5 * low
    unit = 1.0 / spread if spread > 0.0 else 0.0
    shape = (n, m) if transposed else (m, n)
    out = np.empty(shape)
    block = 64
    for i0 in range(0, m, block):
        for j0 in range(0, n, block):
            for i in range(i0, min(i0 + block, m)):
                for j in range(j0, min(j0 + block, n)):
                    value = (0.5 * table[i, j] - low) * unit + 1.0 if unit < np.inf else 1.0
                    if transposed:
                        out[j, i] = value
                    else:
                        out[i, j] = value
    return out, spread
