"""Vertices of a small best-response polytope in exact integers, ties and all.

A dictionary of integers with one common denominator, walked from basis to basis; the caller says the type that holds them and
the bound past which a product would no longer be exact. Nothing is rounded: what outgrows the bound is handed back.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from negotiation.solvers.kernels import ZERO

# mypy: disable-error-code="no-any-return"

_ONE = np.uint64(1)
TABLE = 14  # bits of the hash of visited label sets


@njit(cache=True, nogil=True, error_model="numpy")
def lay(P: Any, J: Any, d: int, c: int, F: Any) -> None:
    """Write inequalities, ``P[variable, inequality]``, as the dictionary of the origin: columns padded to full vectors."""
    width = (d + 4) // 4 * 4
    for i in range(c):
        for q in range(d):
            F[0, i, q] = P[J[q], i]
        F[0, i, d] = 1
        for q in range(d + 1, width):
            F[0, i, q] = 0


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"nnan", "ninf", "nsz"})
def _exchange(F: Any, t: int, d: int, c: int, r: int, s: int, det: Any) -> Any:
    """Integer pivot from dictionary `t` into the next; returns its largest entry. Written out for vectors of four."""
    p = F[t, r, s]
    inverse = 1.0 / det
    h0, h1, h2, h3 = 0.0, 0.0, 0.0, 0.0
    for i in range(c):
        f = F[t, i, s]
        for v in range(0, d + 1, 4):
            a0, a1, a2, a3 = F[t, i, v], F[t, i, v + 1], F[t, i, v + 2], F[t, i, v + 3]
            b0, b1, b2, b3 = F[t, r, v], F[t, r, v + 1], F[t, r, v + 2], F[t, r, v + 3]
            c0 = np.rint(np.float64(a0 * p - f * b0) * inverse)
            c1 = np.rint(np.float64(a1 * p - f * b1) * inverse)
            c2 = np.rint(np.float64(a2 * p - f * b2) * inverse)
            c3 = np.rint(np.float64(a3 * p - f * b3) * inverse)
            F[t + 1, i, v] = c0
            F[t + 1, i, v + 1] = c1
            F[t + 1, i, v + 2] = c2
            F[t + 1, i, v + 3] = c3
            h0, h1, h2, h3 = max(h0, abs(c0)), max(h1, abs(c1)), max(h2, abs(c2)), max(h3, abs(c3))
        F[t + 1, i, s] = -f
    for q in range(d + 1):
        F[t + 1, r, q] = F[t, r, q]
    F[t + 1, r, s] = det
    return max(max(h0, h1), max(h2, h3))


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"nnan", "ninf", "nsz"})
def _rank(F: Any, t: int, d: int, c: int, best: Any, second: Any, leaving: Any) -> bool:
    """For every column the row that leaves, -1 where ties need a closer look; False if the vertex itself is tied."""
    for v in range((d + 4) // 4 * 4):
        best[v], second[v], leaving[t, v] = -1.0, -1.0, 0
    simple = True
    for i in range(c):
        b = F[t, i, d]
        if b == 0:
            simple = False
            break
        reciprocal = 1.0 / b
        for v in range(0, d, 4):
            q0, q1 = F[t, i, v] * reciprocal, F[t, i, v + 1] * reciprocal
            q2, q3 = F[t, i, v + 2] * reciprocal, F[t, i, v + 3] * reciprocal
            b0, b1, b2, b3 = best[v], best[v + 1], best[v + 2], best[v + 3]
            s0, s1 = max(second[v], min(q0, b0)), max(second[v + 1], min(q1, b1))
            s2, s3 = max(second[v + 2], min(q2, b2)), max(second[v + 3], min(q3, b3))
            l0, l1, l2, l3 = leaving[t, v], leaving[t, v + 1], leaving[t, v + 2], leaving[t, v + 3]
            leaving[t, v] = i if q0 > b0 else l0
            leaving[t, v + 1] = i if q1 > b1 else l1
            leaving[t, v + 2] = i if q2 > b2 else l2
            leaving[t, v + 3] = i if q3 > b3 else l3
            best[v], best[v + 1], best[v + 2], best[v + 3] = max(b0, q0), max(b1, q1), max(b2, q2), max(b3, q3)
            second[v], second[v + 1], second[v + 2], second[v + 3] = s0, s1, s2, s3
    for q in range(d):
        if not simple or second[q] > best[q] * (1.0 - 1e-9):
            leaving[t, q] = -1
    return simple


@njit(cache=True, nogil=True, error_model="numpy")
def _lexicographic(F: Any, t: int, d: int, c: int, s: int, det: Any, basic: Any, nonbasic: Any) -> int:
    """The row that leaves when column `s` enters; ties as if the right-hand sides were 1, ε, ε², …"""
    best = -1
    for i in range(c):
        if not F[t, i, s] > 0:
            continue
        if best < 0:
            best = i
            continue
        side = F[t, i, d] * F[t, best, s] - F[t, best, d] * F[t, i, s]
        if side < 0:
            best = i
        elif side == 0:
            for k in range(d, d + c):
                mine, theirs = det * 0, det * 0
                if basic[i] == k:
                    mine = det
                elif basic[best] == k:
                    theirs = det
                else:
                    for q in range(d):
                        if nonbasic[q] == k:
                            mine, theirs = F[t, i, q], F[t, best, q]
                            break
                side = mine * F[t, best, s] - theirs * F[t, i, s]
                if side != 0:
                    if side < 0:
                        best = i
                    break
    return best


@njit(cache=True, nogil=True, error_model="numpy")
def _visit(keys: Any, stamps: Any, stamp: int, key: np.uint64, bits: int) -> bool:
    """Enter a label set; False if it was there."""
    if bits <= TABLE:
        at = np.int64(key)
        if stamps[at] == stamp:
            return False
        stamps[at] = stamp
        return True
    at = np.int64((key * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - TABLE))
    while stamps[at] == stamp:
        if keys[at] == key:
            return False
        at = (at + 1) & ((1 << TABLE) - 1)
    stamps[at] = stamp
    keys[at] = key
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def enumerate_vertices(
    frames: Any, dets: Any, d: int, c: int, bound: float, labels: Any, points: Any, work: Any, leaving: Any, ranks: Any,
    path: Any, keys: Any, stamps: Any, stamp: int,
) -> Any:  # fmt: skip
    """All vertices of ``{z >= 0, D z <= 1}`` but the origin: their number, or -1 when numbers or memory run out.

    The dictionary of the origin stands in ``frames[0]``; every step away from it has one of its own, so that a step
    back costs nothing. A label is bit `v` for variable `v` at zero, bit ``d + i`` for inequality `i` tight.
    """
    basic, nonbasic, best, second = work[0], work[1], ranks[0], ranks[1]
    count, depth, s, visited = ZERO, ZERO, ZERO, 1
    bits = d + c
    zeros = (_ONE << np.uint64(d)) - _ONE
    for q in range(d):
        nonbasic[q] = q
    for i in range(c):
        basic[i] = d + i
    dets[0] = 1
    basis = zeros
    _rank(frames, depth, d, c, best, second, leaving)
    _visit(keys, stamps, stamp, basis, bits)
    while True:
        moved = False
        swap = np.uint64(0)
        r = 0
        while s < d:
            r = leaving[depth, s]
            if r < 0:
                r = _lexicographic(frames, depth, d, c, s, dets[depth], basic, nonbasic)
            swap = (_ONE << np.uint64(basic[r])) | (_ONE << np.uint64(nonbasic[s]))
            if _visit(keys, stamps, stamp, basis ^ swap, bits):
                moved = True
                break
            s += 1
        if moved:
            visited += 1
            if count == labels.shape[0] or depth + 1 == frames.shape[0] or 2 * visited > stamps.shape[0]:
                return -1
            path[depth, 0], path[depth, 1] = r, s
            dets[depth + 1] = frames[depth, r, s]
            if not _exchange(frames, depth, d, c, r, s, dets[depth]) < bound:
                return -1
            basis ^= swap
            basic[r], nonbasic[s] = nonbasic[s], basic[r]
            depth += 1
            s = ZERO
            label = basis
            fresh = True
            if not _rank(frames, depth, d, c, best, second, leaving):
                for i in range(c):
                    if frames[depth, i, d] == 0:
                        label |= _ONE << np.uint64(basic[i])
                fresh = label & zeros != zeros
                for k in range(count):
                    if labels[k] == label:
                        fresh = False
                        break
            if fresh:
                labels[count] = label
                for v in range(d):
                    points[count, v] = 0
                for i in range(c):
                    if basic[i] < d:
                        points[count, basic[i]] = frames[depth, i, d]
                count += 1
            continue
        if depth == 0:
            return count
        depth -= 1
        r, s = path[depth, 0], path[depth, 1]
        basis ^= (_ONE << np.uint64(basic[r])) | (_ONE << np.uint64(nonbasic[s]))
        basic[r], nonbasic[s] = nonbasic[s], basic[r]
        s += 1


@njit(cache=True, nogil=True, error_model="numpy")
def masks(P: Any, c: int, d: int, better: Any) -> None:
    """For actions `i`, `k` of the walking player the set of the other's actions against which `k` beats `i`."""
    for i in range(d):
        for k in range(d):
            mask = np.uint64(0)
            for j in range(c):
                mask |= np.uint64(P[j, k] > P[j, i]) << np.uint64(j)
            better[i, k] = mask


@njit(cache=True, nogil=True, error_model="numpy")
def is_beaten(better: Any, S: Any, k: int, d: int, mask: np.uint64) -> Any:
    """Whether an action of `S` is worse than another one against everything in `mask`: then it is no best reply."""
    for a in range(k):
        for i in range(d):
            if better[S[a], i] & mask == mask:
                return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def balance(P: Any, S: Any, J: Any, k: int, d: int, M: Any, y: Any, bound: float) -> Any:
    """Solve for the weights on `J` that make all of `S` pay the same, in integers, and check them.

    Returns 1 if they are an equilibrium strategy, 0 if not, 2 if the system is singular, -1 if numbers run out.
    """
    for a in range(k):
        for e in range(k):
            M[a, e] = P[J[e], S[a]]
        M[a, k] = 1
    det = M[0, 0] * 0 + 1
    for a in range(k):
        p = a
        while p < k and M[p, a] == 0:
            p += 1
        if p == k:
            return 2
        if p != a:
            for j in range(k + 1):
                M[a, j], M[p, j] = M[p, j], M[a, j]
        lead = M[a, a]
        inverse = 1.0 / det
        largest = 0.0
        for i in range(k):
            for j in range(a, k + 1):
                largest = max(largest, abs(np.float64(M[i, j])))
        if not largest < bound:
            return -1
        for i in range(k):
            if i == a:
                continue
            f = M[i, a]
            for j in range(a + 1, k + 1):
                M[i, j] = np.rint(np.float64(M[i, j] * lead - f * M[a, j]) * inverse)
            if i < a:
                M[i, i] = lead
            M[i, a] = 0
        det = lead
    sign = 1 if det > 0 else -1
    det *= sign
    for e in range(k):
        y[e] = sign * M[e, k]
        if y[e] < 0:
            return 0
    for i in range(d):
        value, size = det * 0, 0.0
        for e in range(k):
            value += P[J[e], i] * y[e]
            size += np.float64(P[J[e], i]) * np.float64(y[e])
        if not size < bound * bound:
            return -1
        if value > det:
            return 0
    return 1
