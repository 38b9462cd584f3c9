"""All extreme equilibria of one small game, from every square system of indifferences that dominance leaves.

A vertex of a best-response polytope is a strategy `w` with support `S` and a set `J` of best replies of the other player. As
it is a vertex, some ``|S|`` of the replies in `J` determine it: it solves a square, nonsingular system of indifferences.
So going through all `S` and all sets of as many replies misses no vertex, tied or not; a vertex that several sets determine
is kept once, as `S` and `J` name it. Its partners are the vertices of the other polytope with support within `J` that `S`
replies best to: one square system where ``|J| = |S|`` and that system is regular (then it has one solution, so that there
is no other partner), the square systems over the subsets of `J` elsewhere. Skipped without loss: a reply that another one
beats against all of `S`, and an `S` of which an action is beaten against all replies that are left.

Systems of up to five unknowns are solved by their minors, without division. Sums of products of whole numbers below 2⁵³ are
exact in floats. Elsewhere a sign counts only where it is beyond 2⁻⁴⁴ of the largest sum of that many products; the rounding of
the minors below stays under 40 units of 2⁻⁵³ of it. A game with a sign in doubt is handed back whole.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from numba import njit

from negotiation.solvers.kernels import NO, YES, ZERO

# mypy: disable-error-code="no-any-return"

UNKNOWNS, ACTIONS = 5, 8  # the most that the shorter and the longer side of a game may have
DOUBT, FULL = -1, -2

# The room to work in is two arrays, as every array handed to a function costs some nanoseconds. Side 0 is the player with more
# actions, side 1 the other. In `F`, of floats, at 8 × side: a line of the player's payoffs for each action of the other; then
# what a sum of products of 0 to 5 differences of a side has to exceed for its sign to count, 0 where it is exact; then weights
# on the other's actions. In `N`, of integers, at 8 × side: for each action of the other, bit ``p * actions + q`` where `p` pays
# more than `q`; then the same against sets of actions of the shorter side, and sets of best replies seen.
LINES, PLACES = 2 * ACTIONS + 4, 2 * ACTIONS + (1 << UNKNOWNS) + (2 << ACTIONS)
_SLACK, _WEIGHTS = 2 * ACTIONS, 2 * ACTIONS + 2
_PAIRS = 2 * ACTIONS
_SEEN = _PAIRS + (1 << UNKNOWNS)
_PARTNERS = _SEEN + (1 << ACTIONS)
_SECOND: Any = np.int64(1)
_NOT, _UNSURE, _SINGULAR = 0, -1, -2

_SETS = [set_ for k in range(1, ACTIONS + 1) for set_ in combinations(range(ACTIONS), k)]
_SETS.sort(key=lambda set_: (len(set_), sum(1 << i for i in set_)))
_MASKS = np.array([sum(1 << i for i in set_) for set_ in _SETS])  # by size, then by value
_STARTS = np.searchsorted([len(set_) for set_ in _SETS], np.arange(ACTIONS + 2))
_SIZES = np.zeros(1 << ACTIONS, np.int64)
_MEMBERS = np.zeros((1 << ACTIONS, ACTIONS), np.int64)
for _mask, _set in zip(_MASKS, _SETS, strict=True):
    _SIZES[_mask] = len(_set)
    _MEMBERS[_mask, : len(_set)] = _set


@njit(cache=True, nogil=True, error_model="numpy")
def _compare(F: Any, N: Any, side: int, d: int, c: int, whole: bool) -> bool:
    """Compare the `c` actions against each of the `d` others; False if products would leave the floats."""
    base = ACTIONS * side
    top = 0.0
    for v in range(base, base + d):
        low, high = np.inf, -np.inf
        bits = np.uint64(0)
        for p in range(c):
            value = F[v, p]
            low, high = min(low, value), max(high, value)
            for q in range(c):
                bits |= np.uint64(value > F[v, q]) << np.uint64(p * c + q)
        top = max(top, high - low)
        N[v] = np.int64(bits)
    size = 1.0
    F[_SLACK + side, 0] = 0.0
    for r in range(1, UNKNOWNS + 1):
        size *= top * r
        F[_SLACK + side, r] = 0.0 if whole and size < 2.0**53 else size * 2.0**-44
    return top == 0.0 or 1e-40 < top < 1e40


@njit(cache=True, nogil=True, error_model="numpy")
def load(B: Any, A: Any, turned: bool, whole: bool, F: Any, N: Any) -> bool:
    """Make a game ready in the room to work in; False if products of its payoffs would leave the floats."""
    m, n = A.shape
    for i in range(m):
        for j in range(n):
            if turned:
                F[j, i], F[ACTIONS + i, j] = A[i, j], B[i, j]
            else:
                F[i, j], F[ACTIONS + j, i] = B[i, j], A[i, j]
    d, c = min(m, n), max(m, n)
    fits = _compare(F, N, ZERO, d, c, whole)
    return _compare(F, N, _SECOND, c, d, whole) and fits


@njit(cache=True, nogil=True, error_model="numpy")
def is_exact(F: Any, d: int) -> Any:
    """Whether products of up to `d` of the payoffs loaded are exact."""
    return max(F[_SLACK, d], F[_SLACK + 1, d]) == 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _beaten(bits: np.uint64, c: int) -> Any:
    """The set of actions that are beaten, from the pairs for which one beats the other."""
    out = np.uint64(0)
    for _ in range(c):
        out |= bits
        bits >>= np.uint64(c)
    return np.int64(out & ((np.uint64(1) << np.uint64(c)) - np.uint64(1)))


@njit(cache=True, nogil=True, error_model="numpy")
def _beaten_against(N: Any, side: int, mask: int, c: int) -> Any:
    """The set of actions that another one beats against everything in `mask`."""
    bits = ~np.uint64(0)
    v = ACTIONS * side
    while mask:
        if mask & 1:
            bits &= np.uint64(N[v])
        mask >>= 1
        v += 1
    return _beaten(bits, c)


@njit(cache=True, nogil=True, error_model="numpy")
def _weigh(F: Any, side: int, S: int, T: int, k: int) -> None:
    """Weights on the `k` actions in `S` that make all of `T` pay the same, up to a factor: signed minors of differences."""
    base, z = ACTIONS * side, _WEIGHTS + side
    s0, s1, t0, t1 = base + _MEMBERS[S, 0], base + _MEMBERS[S, 1], _MEMBERS[T, 0], _MEMBERS[T, 1]
    o0, o1 = F[s0, t0], F[s1, t0]
    a0, a1 = F[s0, t1] - o0, F[s1, t1] - o1
    if k == 2:
        F[z, 0], F[z, 1] = a1, -a0
        return
    s2, t2 = base + _MEMBERS[S, 2], _MEMBERS[T, 2]
    o2 = F[s2, t0]
    a2 = F[s2, t1] - o2
    b0, b1, b2 = F[s0, t2] - o0, F[s1, t2] - o1, F[s2, t2] - o2
    m01, m02, m12 = a0 * b1 - a1 * b0, a0 * b2 - a2 * b0, a1 * b2 - a2 * b1
    if k == 3:
        F[z, 0], F[z, 1], F[z, 2] = m12, -m02, m01
        return
    s3, t3 = base + _MEMBERS[S, 3], _MEMBERS[T, 3]
    o3 = F[s3, t0]
    a3, b3 = F[s3, t1] - o3, F[s3, t2] - o3
    m03, m13, m23 = a0 * b3 - a3 * b0, a1 * b3 - a3 * b1, a2 * b3 - a3 * b2
    c0, c1, c2, c3 = F[s0, t3] - o0, F[s1, t3] - o1, F[s2, t3] - o2, F[s3, t3] - o3
    m012, m013 = m01 * c2 - m02 * c1 + m12 * c0, m01 * c3 - m03 * c1 + m13 * c0
    m023, m123 = m02 * c3 - m03 * c2 + m23 * c0, m12 * c3 - m13 * c2 + m23 * c1
    if k == 4:
        F[z, 0], F[z, 1], F[z, 2], F[z, 3] = m123, -m023, m013, -m012
        return
    s4, t4 = base + _MEMBERS[S, 4], _MEMBERS[T, 4]
    o4 = F[s4, t0]
    a4, b4, c4 = F[s4, t1] - o4, F[s4, t2] - o4, F[s4, t3] - o4
    m04, m14, m24, m34 = a0 * b4 - a4 * b0, a1 * b4 - a4 * b1, a2 * b4 - a4 * b2, a3 * b4 - a4 * b3
    m014, m024 = m01 * c4 - m04 * c1 + m14 * c0, m02 * c4 - m04 * c2 + m24 * c0
    m034, m124 = m03 * c4 - m04 * c3 + m34 * c0, m12 * c4 - m14 * c2 + m24 * c1
    m134, m234 = m13 * c4 - m14 * c3 + m34 * c1, m23 * c4 - m24 * c3 + m34 * c2
    e0, e1, e2 = F[s0, t4] - o0, F[s1, t4] - o1, F[s2, t4] - o2
    e3, e4 = F[s3, t4] - o3, F[s4, t4] - o4
    F[z, 0] = m123 * e4 - m124 * e3 + m134 * e2 - m234 * e1
    F[z, 1] = -(m023 * e4 - m024 * e3 + m034 * e2 - m234 * e0)
    F[z, 2] = m013 * e4 - m014 * e3 + m034 * e1 - m134 * e0
    F[z, 3] = -(m012 * e4 - m014 * e2 + m024 * e1 - m124 * e0)
    F[z, 4] = m012 * e3 - m013 * e2 + m023 * e1 - m123 * e0


@njit(cache=True, nogil=True, error_model="numpy")
def _settle(F: Any, side: int, S: int, T: int, k: int, c: int, zeros: bool) -> Any:
    """Solve the system of `S` and `T` and check it: the set of all best replies to a strategy found.

    `zeros` says whether weights of 0 will do. Otherwise returns `_NOT`, or `_SINGULAR` where the weights are not
    determined, or `_UNSURE` where a sign is in doubt.
    """
    _weigh(F, side, S, T, k)
    base, z = ACTIONS * side, _WEIGHTS + side
    small, large = F[_SLACK + side, k - 1], F[_SLACK + side, k]
    low, high = F[z, 0], F[z, 0]
    for q in range(1, k):
        low, high = min(low, F[z, q]), max(high, F[z, q])
    if low < -small and high > small:
        return _NOT
    if low >= -small and high <= small:
        return _UNSURE if small > 0.0 else _SINGULAR
    if low < -small:
        low = -high
        for q in range(k):
            F[z, q] = -F[z, q]
    if low <= small:
        if small > 0.0:
            return _UNSURE
        if not zeros:
            return _NOT
    t = _MEMBERS[T, 0]
    tight, sure = T, True
    for j in range(c):
        if (T >> j) & 1:
            continue
        gain = 0.0
        for q in range(k):
            gain += F[z, q] * (F[base + _MEMBERS[S, q], j] - F[base + _MEMBERS[S, q], t])
        if gain > large:
            return _NOT
        if gain >= -large:
            sure = sure and large == 0.0
            tight |= 1 << j
    return tight if sure else _UNSURE


@njit(cache=True, nogil=True, error_model="numpy")
def _is_close(F: Any, side: int, v: int, c: int) -> bool:
    """Whether the best reply to action `v` is in doubt."""
    slack = F[_SLACK + side, 1]
    if slack == 0.0:
        return False
    first, second = -np.inf, -np.inf
    for p in range(c):
        value = F[ACTIONS * side + v, p]
        second = max(second, min(first, value))
        first = max(first, value)
    return first - second <= slack


@njit(cache=True, nogil=True, error_model="numpy")
def _write(F: Any, side: int, S: int, k: int, out: Any, at: int) -> None:
    """Probabilities over all actions, in line `at`, from weights on those in `S`."""
    z = _WEIGHTS + side
    total = 0.0
    for q in range(k):
        total += F[z, q]
    for i in range(out.shape[1]):
        out[at, i] = 0.0
    for q in range(k):
        out[at, _MEMBERS[S, q]] = F[z, q] / total


@njit(cache=True, nogil=True, error_model="numpy")
def _is_new(N: Any, seen: int, number: int, mask: int) -> bool:
    """Whether the set is not among those seen, which are kept from place `seen` on."""
    new = True
    for z in range(seen, seen + number):
        new = new and N[z] != mask
    return new


@njit(cache=True, nogil=True, error_model="numpy")
def _partners(F: Any, N: Any, d: int, S: int, J: int, first: Any, second: Any, count: int) -> Any:
    """Write down the equilibria of the vertex `S`, `J`: how many, or `DOUBT`, or `FULL`."""
    k = _SIZES[S]
    start = count
    if _SIZES[J] == k:
        F[_WEIGHTS + 1, 0] = 1.0
        tight = _UNSURE
        if k > 1:
            tight = _settle(F, _SECOND, J, S, k, d, YES)
        elif not _is_close(F, _SECOND, _MEMBERS[J, 0], d):
            tight = S
        if tight == _UNSURE:
            return DOUBT
        if tight == _NOT:
            return 0
        if tight != _SINGULAR:
            if count == first.shape[0]:
                return FULL
            _write(F, ZERO, S, k, first, count)
            _write(F, _SECOND, J, k, second, count)
            return 1
    T = J
    while T:
        t = _SIZES[T]
        beaten = _beaten_against(N, _SECOND, T, d) if t <= d else S
        if S & beaten == 0:
            number = 0
            for at in range(_STARTS[t], _STARTS[t + 1]):
                replies = _MASKS[at]
                if replies >> d:
                    break
                if replies & beaten:
                    continue
                if t == 1:
                    F[_WEIGHTS + 1, 0] = 1.0
                    tight = _UNSURE if _is_close(F, _SECOND, _MEMBERS[T, 0], d) else ((1 << d) - 1) & ~beaten
                else:
                    tight = _settle(F, _SECOND, T, replies, t, d, NO)
                if tight == _UNSURE:
                    return DOUBT
                if tight <= 0 or S & ~tight or not _is_new(N, _PARTNERS, number, tight):
                    continue
                N[_PARTNERS + number] = tight
                number += 1
                if count == first.shape[0]:
                    return FULL
                _write(F, ZERO, S, k, first, count)
                _write(F, _SECOND, T, t, second, count)
                count += 1
        T = (T - 1) & J
    return count - start


@njit(cache=True, nogil=True, error_model="numpy")
def square_systems(F: Any, N: Any, d: int, c: int, first: Any, second: Any, count: int) -> Any:
    """All extreme equilibria of one game: the number found, `DOUBT`, or `FULL` when the lists are.

    Parameters
    ----------
    F, N
        The game as `load` left it.
    d, c : int
        How many actions the players have, ``d <= c``, ``d <= 5``, ``c <= 8``.
    first, second : (E, d), (E, c)
        Filled in from `count` on.
    """
    start = count
    everything = (1 << c) - 1
    N[_PAIRS] = -1
    for S in range(1, 1 << d):
        N[_PAIRS + S] = N[_PAIRS + (S & (S - 1))] & N[_MEMBERS[S, 0]]
        left = everything & ~_beaten(np.uint64(N[_PAIRS + S]), c)
        if S & _beaten_against(N, _SECOND, left, d):
            continue
        k = _SIZES[S]
        if k == 1:
            if _is_close(F, ZERO, _MEMBERS[S, 0], c):
                return DOUBT
            F[_WEIGHTS, 0] = 1.0
            found = _partners(F, N, d, S, left, first, second, count)
            if found < 0:
                return found
            count += found
            continue
        if _SIZES[left] < k:
            continue
        number = 0
        for at in range(_STARTS[k], _STARTS[k + 1]):
            replies = _MASKS[at]
            if replies >> c:
                break
            if replies & ~left:
                continue
            J = _settle(F, ZERO, S, replies, k, c, NO)
            if J == _UNSURE:
                return DOUBT
            if J <= 0 or (replies != J and not _is_new(N, _SEEN, number, J)):
                continue
            if replies != J:
                N[_SEEN + number] = J
                number += 1
            if S & _beaten_against(N, _SECOND, J, d):
                continue
            found = _partners(F, N, d, S, J, first, second, count)
            if found < 0:
                return found
            count += found
    return count - start
