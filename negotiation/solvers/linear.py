"""Small linear systems in integers of any size, without fractions."""

from __future__ import annotations

from collections.abc import Sequence

Table = Sequence[Sequence[int]]


def solve_system(table: Table, rows: Sequence[int], columns: Sequence[int]) -> list[int] | None:
    """Solve ``table[rows][:, columns] v = 1`` by Bareiss' elimination.

    Returns
    -------
    list of int or None
        The solution times a positive number, one entry for each of `columns`; None if the system is singular.

    References
    ----------
    Bareiss, E. H. (1968). Sylvester's identity and multistep integer-preserving Gaussian elimination. Mathematics of
    Computation 22, 565-578.
    """
    k = len(rows)
    M = [[*(table[i][j] for j in columns), 1] for i in rows]
    previous = 1
    for a in range(k):
        p = next((i for i in range(a, k) if M[i][a]), None)
        if p is None:
            return None
        M[a], M[p] = M[p], M[a]
        lead = M[a][a]
        for i in range(k):
            if i != a:
                f = M[i][a]
                M[i] = [(v * lead - f * w) // previous for v, w in zip(M[i], M[a], strict=True)]
        previous = lead
    sign = 1 if previous > 0 else -1
    return [sign * line[k] for line in M]


def solve_ones(table: Table, rows: Sequence[int], columns: Sequence[int]) -> list[int] | None:
    """The same over all columns, zero outside `columns`; None unless the solution is unique and positive."""
    values = solve_system(table, rows, columns)
    if values is None or min(values) <= 0:
        return None
    out = [0] * len(table[0])
    for j, v in zip(columns, values, strict=True):
        out[j] = v
    return out


def has_solution(table: Table, rows: Sequence[int], columns: Sequence[int]) -> bool:
    """Whether ``table[rows][:, columns] v = 1`` has any solution, of either sign."""
    M = [[*(table[i][j] for j in columns), 1] for i in rows]
    for a in range(len(columns)):
        line = next((line for line in M if line[a]), None)
        if line is not None:
            M = [
                [v * line[a] - other[a] * w for v, w in zip(other, line, strict=True)]
                for other in M
                if other is not line
            ]
    return not any(line[-1] for line in M)
