"""All roots of a square system of multilinear equations on a product of simplices, by subdivision with proof.

An indifference condition is linear in each player's probabilities. On a product of simplices such a form takes its
least and greatest values at tuples of vertices, so the table of its values there bounds it exactly, and cutting an edge
in two only averages two slices of the table. A cell goes when a condition cannot hold in it; what remains is cut until
it lies in a box in which a Newton-Kantorovich test proves that there is exactly one root.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from negotiation.solvers.kernels import ZERO

FINISHED, PAUSED, OVERFLOW = 0, 1, 2
MARGIN = 1e-12  # conditions are scaled to 1; rounding on the way down is some hundred times smaller
FLAT = 1e-6  # a cell on which all conditions are this close to zero is not cut further


@njit(cache=True, nogil=True)
def _invert(J, Y):  # type: ignore[no-untyped-def]
    """Gauss-Jordan with partial pivoting; False when the matrix is singular to rounding."""
    n = J.shape[0]
    W = J.copy()
    largest = 0.0
    Y[:] = 0.0
    for a in range(n):
        Y[a, a] = 1.0
        for b in range(n):
            largest = max(largest, abs(J[a, b]))
    least = 1e-10 * largest
    for c in range(n):
        r = c
        for a in range(c + 1, n):
            if abs(W[a, c]) > abs(W[r, c]):
                r = a
        if abs(W[r, c]) <= least:
            return False
        for b in range(n):
            W[c, b], W[r, b] = W[r, b], W[c, b]
            Y[c, b], Y[r, b] = Y[r, b], Y[c, b]
        pivot = W[c, c]
        for b in range(n):
            W[c, b] /= pivot
            Y[c, b] /= pivot
        for a in range(n):
            if a != c and W[a, c] != 0.0:
                factor = W[a, c]
                for b in range(n):
                    W[a, b] -= factor * W[c, b]
                    Y[a, b] -= factor * Y[c, b]
    return True


@njit(cache=True, nogil=True)
def evaluate(table, E, sizes, starts, digits, p, F, J):  # type: ignore[no-untyped-def]
    """Values and Jacobian at weights `p`; a player's first weight is what its others leave of one."""
    N, T = digits.shape
    F[:] = 0.0
    J[:] = 0.0
    first = True
    column = 0
    for i in range(N):
        if sizes[i] == 1 and not (first and i == N - 1):
            continue
        for t in range(T):
            weight = 1.0
            for j in range(N):
                if j != i:
                    weight *= p[starts[j] + digits[j, t]]
            if weight == 0.0:
                continue
            a = digits[i, t]
            own = p[starts[i] + a]
            for e in range(E):
                value = table[e, t] * weight
                if first:
                    F[e] += value * own
                if sizes[i] > 1:
                    if a > 0:
                        J[e, column + a - 1] += value
                    else:
                        for b in range(sizes[i] - 1):
                            J[e, column + b] -= value
        first = False
        column += sizes[i] - 1


@njit(cache=True, nogil=True)
def _step(p, sizes, starts, Y, F, E):  # type: ignore[no-untyped-def]
    """Newton's step in place; returns its length."""
    longest = 0.0
    column = 0
    for i in range(sizes.size):
        for v in range(1, sizes[i]):
            delta = 0.0
            for e in range(E):
                delta -= Y[column, e] * F[e]
            p[starts[i] + v] += delta
            p[starts[i]] -= delta
            longest = max(longest, abs(delta))
            column += 1
    return longest


@njit(cache=True, nogil=True)
def newton(table, E, sizes, starts, digits, p, F, J, Y):  # type: ignore[no-untyped-def]
    """Newton's method in place; whether it settled."""
    for _ in range(12):
        evaluate(table, E, sizes, starts, digits, p, F, J)
        if not _invert(J, Y):
            return False
        length = _step(p, sizes, starts, Y, F, E)
        if not length < 4.0:
            return False
        if length < 1e-13:
            return True
    return False


@njit(cache=True, nogil=True)
def _shifted(table, E, sizes, digits, strides, starts, p):  # type: ignore[no-untyped-def]
    """Coefficients of the conditions in steps away from `p`; digit 0 of an axis stands for no step."""
    N, T = digits.shape
    C = table[:E].copy()
    for i in range(N):
        s, inner = sizes[i], strides[i]
        for t in range(T):
            if digits[i, t] == 0:
                for e in range(E):
                    at = 0.0
                    low = C[e, t]
                    for v in range(s):
                        at += p[starts[i] + v] * C[e, t + v * inner]
                    for v in range(1, s):
                        C[e, t + v * inner] -= low
                    C[e, t] = at
    return C


@njit(cache=True, nogil=True)
def radius(table, E, sizes, digits, strides, starts, p, Y):  # type: ignore[no-untyped-def]
    """Half the side of the largest box around `p` proved to hold exactly one root; 0 when none is.

    With Y the inverse Jacobian at p, Y F(p + d) = c + d + higher terms. In the box of half side r the map
    d -> d − Y F(p + d) goes into the box if |c| plus the higher terms stay below r, and contracts if their slopes add
    up to less than one.
    """
    N, T = digits.shape
    C = _shifted(table, E, sizes, digits, strides, starts, p)
    higher = np.zeros((E, N + 1))
    for t in range(T):
        degree = 0
        for i in range(N):
            if digits[i, t] > 0:
                degree += 1
        if degree == 1:
            continue
        for e in range(E):
            value = 0.0
            for f in range(E):
                value += Y[e, f] * C[f, t]
            higher[e, degree] += abs(value)
    if _one_root(higher, 4.0):
        return 4.0
    low, high = 0.0, 4.0
    for _ in range(40):
        middle = 0.5 * (low + high)
        if _one_root(higher, middle):
            low = middle
        else:
            high = middle
    return low if low > 1e-9 else 0.0


@njit(cache=True, nogil=True)
def _one_root(higher, r):  # type: ignore[no-untyped-def]
    """Whether the map of `radius` goes into the box of half side r and contracts there."""
    for e in range(higher.shape[0]):
        size, slope = higher[e, 0] + 1e-12 * r, 1e-9
        for d in range(2, higher.shape[1]):
            size += higher[e, d] * r**d
            slope += d * higher[e, d] * r ** (d - 1)
        if not (size <= r and slope < 0.95):
            return False
    return True


@njit(cache=True, nogil=True)
def _excluded(cell, E):  # type: ignore[no-untyped-def]
    """Whether an equation keeps its sign, or an inequality fails, at all vertices."""
    for q in range(cell.shape[0]):
        low, high = cell[q, 0], cell[q, 0]
        for t in range(1, cell.shape[1]):
            value = cell[q, t]
            if value < low:
                low = value
            if value > high:
                high = value
        if high < -MARGIN or (q < E and low > MARGIN):
            return True
    return False


@njit(cache=True, nogil=True)
def _excluded_together(cell, E, Y, row):  # type: ignore[no-untyped-def]
    """The same for the combinations of equations that look most like single coordinates."""
    for e in range(E):
        size = 0.0
        for f in range(E):
            size += abs(Y[e, f])
        row[:] = 0.0
        for f in range(E):
            factor = Y[e, f]
            for t in range(row.size):
                row[t] += factor * cell[f, t]
        low, high = row[0], row[0]
        for t in range(1, row.size):
            low, high = min(low, row[t]), max(high, row[t])
        if low > MARGIN * size or high < -MARGIN * size:
            return True
    return False


@njit(cache=True, nogil=True)
def _points_near(Y, F, sizes):  # type: ignore[no-untyped-def]
    """Whether Newton's step from the centre of a cell stays near the cell."""
    column = 0
    for i in range(sizes.size):
        first = 1.0 / sizes[i]
        for _ in range(1, sizes[i]):
            delta = 0.0
            for e in range(F.size):
                delta -= Y[column, e] * F[e]
            if 1.0 / sizes[i] + delta < -0.5:
                return False
            first -= delta
            column += 1
        if first < -0.5:
            return False
    return True


@njit(cache=True, nogil=True)
def _inside(corners, sizes, starts, squares, root, r):  # type: ignore[no-untyped-def]
    """Whether all corners of a cell lie in the box around a root."""
    for i in range(sizes.size):
        s = sizes[i]
        for v in range(s):
            for a in range(1, s):
                if abs(corners[squares[i] + v * s + a] - root[starts[i] + a]) > r:
                    return False
    return True


@njit(cache=True, nogil=True)
def _longest_edge(cell, first, last, sizes, digits, strides):  # type: ignore[no-untyped-def]
    """The edge (player, v, w) along which some condition from `first` to `last` changes most, and by how much."""
    N, T = digits.shape
    best, player, v0, w0 = -1.0, 0, 0, 0
    for i in range(N):
        for v in range(sizes[i]):
            for w in range(v + 1, sizes[i]):
                change = 0.0
                for t in range(T):
                    if digits[i, t] == v:
                        other = t + (w - v) * strides[i]
                        for e in range(first, last):
                            change = max(change, abs(cell[e, t] - cell[e, other]))
                if change > best:
                    best, player, v0, w0 = change, i, v, w
    return best, player, v0, w0


@njit(cache=True, nogil=True)
def _holds(cell, E):  # type: ignore[no-untyped-def]
    """Whether all inequalities hold at the centre of a cell."""
    for q in range(E, cell.shape[0]):
        total = 0.0
        for t in range(cell.shape[1]):
            total += cell[q, t]
        if total < -MARGIN * cell.shape[1]:
            return False
    return True


@njit(cache=True, nogil=True)
def _halve(cell, corners, sizes, digits, strides, squares, i, v, w):  # type: ignore[no-untyped-def]
    """Move corner w of player i halfway to corner v, in place."""
    for t in range(cell.shape[1]):
        if digits[i, t] == w:
            other = t + (v - w) * strides[i]
            for q in range(cell.shape[0]):
                cell[q, t] = 0.5 * (cell[q, t] + cell[q, other])
    s, at = sizes[i], squares[i]
    for a in range(s):
        corners[at + w * s + a] = 0.5 * (corners[at + w * s + a] + corners[at + v * s + a])


@njit(cache=True, nogil=True)
def subdivide(  # type: ignore[no-untyped-def]
    table, E, sizes, starts, squares, digits, strides, cells, corners, roots, radii, open_points, count, budget
):
    """Work off the stack of cells until it is empty, `budget` cells are done, or there is no room for what is found.

    `table` (Q, T) holds the E equations, then the inequalities, at the corners of the whole product; `cells` and
    `corners` are the stack, `count` is (cells on the stack, roots, open cells, cells done). A root is proved unique in
    the box of half side `radii` around it; a cell that is flat without proof leaves its centre in `open_points`.
    """
    N = sizes.size
    centre, weights = np.empty(starts[N]), np.empty(starts[N])
    F, J, Y = np.empty(E), np.empty((E, E)), np.empty((E, E))
    for i in range(N):
        weights[starts[i] : starts[i + 1]] = 1.0 / sizes[i]
    row = np.empty(table.shape[1])
    done = 0
    while count[0] > 0:
        if done >= budget:
            return PAUSED
        top = count[0] - 1
        cell, at = cells[top], corners[top]
        done += 1
        count[3] += 1
        if _excluded(cell, E):
            count[0] -= 1
            continue
        known = False
        for k in range(count[1]):
            if _inside(at, sizes, starts, squares, roots[k], radii[k]):
                known = True
                break
        if known:
            count[0] -= 1
            continue
        evaluate(cell, E, sizes, starts, digits, weights, F, J)
        if _invert(J, Y):
            if _excluded_together(cell, E, Y, row):
                count[0] -= 1
                continue
            _centre(at, sizes, starts, squares, centre)
            if (
                _points_near(Y, F, sizes)
                and newton(table, E, sizes, starts, digits, centre, F, J, Y)
                and _is_new(centre, roots, radii, count[1])
            ):
                r = radius(table, E, sizes, digits, strides, starts, centre, Y)
                if r > 0.0:
                    if count[1] == roots.shape[0]:
                        return OVERFLOW
                    radii[count[1]] = r
                    for a in range(centre.size):
                        roots[count[1], a] = centre[a]
                    count[1] += 1
                    if _inside(at, sizes, starts, squares, centre, r):
                        count[0] -= 1
                        continue
        change, i, v, w = _longest_edge(cell, ZERO, E, sizes, digits, strides)
        if change < FLAT and not _holds(cell, E):
            change, i, v, w = _longest_edge(cell, E, cell.shape[0], sizes, digits, strides)
        if change < FLAT:
            if count[2] == open_points.shape[0]:
                return OVERFLOW
            _centre(at, sizes, starts, squares, open_points[count[2]])
            count[2] += 1
            count[0] -= 1
            continue
        if count[0] == cells.shape[0]:
            return OVERFLOW
        _copy(cells, corners, top)
        _halve(cells[top + 1], corners[top + 1], sizes, digits, strides, squares, i, v, w)
        _halve(cell, at, sizes, digits, strides, squares, i, w, v)
        count[0] += 1
    return FINISHED


@njit(cache=True, nogil=True)
def _copy(cells, corners, top):  # type: ignore[no-untyped-def]
    """Put a second copy of the top cell on the stack; written out, as array assignment takes long to compile."""
    for q in range(cells.shape[1]):
        for t in range(cells.shape[2]):
            cells[top + 1, q, t] = cells[top, q, t]
    for a in range(corners.shape[1]):
        corners[top + 1, a] = corners[top, a]


@njit(cache=True, nogil=True)
def _centre(corners, sizes, starts, squares, out):  # type: ignore[no-untyped-def]
    """The mean of a cell's corners."""
    for i in range(sizes.size):
        s = sizes[i]
        for a in range(s):
            total = 0.0
            for v in range(s):
                total += corners[squares[i] + v * s + a]
            out[starts[i] + a] = total / s


@njit(cache=True, nogil=True)
def _is_new(p, roots, radii, n):  # type: ignore[no-untyped-def]
    """Whether a root is none of those known."""
    for k in range(n):
        distance = 0.0
        for a in range(p.size):
            distance = max(distance, abs(roots[k, a] - p[a]))
        if distance < radii[k] * 0.999:
            return False
    return True
