"""Lemke's method for linear complementarity, with lexicographic ratios, in integers or in floats."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.solvers.limits import Watch

Numbers = npt.NDArray[Any]


def lemke(
    matrix: Numbers, vector: Numbers, *, exact: bool, watch: Watch, max_pivots: int = 100_000
) -> tuple[Numbers, Any] | None:
    """Find ``z ≥ 0`` with ``w = M z + q ≥ 0`` and ``z w = 0``.

    Parameters
    ----------
    matrix : ndarray, shape (n, n)
        Whole numbers when `exact`.
    vector : ndarray, shape (n,)

    Returns
    -------
    z : ndarray, shape (n,)
        Times the second value: numerators and their common denominator. None where the path ends in a ray or is cut off.

    References
    ----------
    Lemke, C. E. (1965). Bimatrix equilibrium points and mathematical programming. Management Science 11, 681-689.
    """
    n = len(vector)
    kind = object if exact else np.float64
    table = np.zeros((n, 2 * n + 2), dtype=kind)
    table[:, :n] = np.eye(n, dtype=np.int64).astype(kind)
    table[:, n : 2 * n] = -matrix.astype(kind)
    table[:, 2 * n] = -1
    table[:, -1] = vector.astype(kind)
    basis = np.arange(n)
    scale: Any = 1
    least = min(vector)
    if least >= 0:
        return np.zeros(n, dtype=kind), scale
    row = max(i for i in range(n) if vector[i] == least)
    table[row] = -table[row]
    others = np.arange(n) != row
    table[others] += table[row]
    entering, basis[row] = int(basis[row]) + n, 2 * n
    for _ in range(max_pivots):
        row = _leaving(table, entering, basis, n, exact)
        if row < 0 or watch.is_over():
            return None
        scale = _pivot(table, row, entering, scale, exact)
        left, basis[row] = int(basis[row]), entering
        if left == 2 * n:
            out = np.zeros(n, dtype=kind)
            for i, variable in enumerate(basis.tolist()):
                if n <= variable < 2 * n:
                    out[variable - n] = table[i, -1]
            return out, scale
        entering = left + n if left < n else left - n
    return None


def _pivot(table: Numbers, row: int, column: int, scale: Any, exact: bool) -> Any:
    """Bring a column into the basis; returns the new common denominator."""
    pivot = table[row, column]
    others = np.flatnonzero((np.arange(len(table)) != row) & (table[:, column] != 0))
    if exact:
        still = np.flatnonzero((np.arange(len(table)) != row) & (table[:, column] == 0))
        factor = table[others, column].copy()
        table[others] = (table[others] * pivot - factor[:, None] * table[row][None, :]) // scale
        table[still] = table[still] * pivot // scale
        return pivot
    table[row] /= pivot
    table[others] -= table[others, column][:, None] * table[row][None, :]
    table[others, column] = 0.0
    return 1.0


def _leaving(table: Numbers, column: int, basis: Numbers, n: int, exact: bool) -> int:
    """The row whose ratio is lexicographically least; the artificial one as soon as it can go; -1 on a ray."""
    col = table[:, column]
    rows = [int(i) for i in np.flatnonzero(col > (0 if exact else 1e-10))]
    for j in [2 * n + 1, *range(n)]:
        if not rows:
            return -1
        if len(rows) == 1 and j != 2 * n + 1:
            break
        rows = _least(table, rows, col, j, exact)
        if j == 2 * n + 1:
            for i in rows:
                if basis[i] == 2 * n:
                    return i
    return rows[0]


def _least(table: Numbers, rows: list[int], col: Numbers, j: int, exact: bool) -> list[int]:
    """Rows with the least ratio of one column."""
    if exact:
        best = [rows[0]]
        for i in rows[1:]:
            gap = table[i, j] * col[best[0]] - table[best[0], j] * col[i]
            if gap < 0:
                best = [i]
            elif gap == 0:
                best.append(i)
        return best
    ratios = np.array([table[i, j] / col[i] for i in rows])
    return [i for i, r in zip(rows, ratios, strict=True) if r <= ratios.min() + 1e-11]
