"""All vertices of a best-response polytope in integers of any size, degenerate ones included.

Plain Python: the method of last resort for numbers that outgrow the compiled kernels, the quickest for tiny games, and
the yardstick that the kernels are tested against.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Table = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Vertex:
    """A vertex of ``{z >= 0, table z <= 1}``.

    Parameters
    ----------
    zeros, tight : int
        Bit sets of the variables at zero and of the inequalities that hold with equality.
    numerators : tuple of int
        The vertex times a common denominator.
    """

    zeros: int
    tight: int
    numerators: tuple[int, ...]


class _Dictionary:
    """The polytope seen from one basis: ``basic = b - T nonbasic``, all entries times `det`, kept integer by Bareiss."""

    def __init__(self, table: Table) -> None:
        self.c, self.d = len(table), len(table[0])
        self.rows = [[*line, 1] for line in table]
        self.det = 1
        self.basic = list(range(self.d, self.d + self.c))
        self.nonbasic = list(range(self.d))

    def leaving(self, s: int) -> int:
        """The row that leaves when column `s` enters, ties broken lexicographically."""
        best: list[int] = []
        for i, line in enumerate(self.rows):
            if line[s] > 0:
                side = 0 if not best else self._compare(line[-1], line[s], best[0], s)
                if side < 0 or not best:
                    best = [i]
                elif side == 0:
                    best.append(i)
        for k in range(self.d, self.d + self.c):
            if len(best) == 1:
                break
            best = self._least(best, s, k)
        return best[0]

    def _compare(self, b: int, t: int, other: int, s: int) -> int:
        line = self.rows[other]
        return b * line[s] - line[-1] * t

    def _least(self, tied: list[int], s: int, k: int) -> list[int]:
        """Of the tied rows those least in the perturbation of inequality `k`."""
        if k in self.nonbasic:
            q = self.nonbasic.index(k)
            parts = [self.rows[i][q] for i in tied]
        else:
            parts = [self.det if self.basic[i] == k else 0 for i in tied]
        kept = [0]
        for e in range(1, len(tied)):
            first = kept[0]
            side = parts[e] * self.rows[tied[first]][s] - parts[first] * self.rows[tied[e]][s]
            if side < 0:
                kept = [e]
            elif side == 0:
                kept.append(e)
        return [tied[e] for e in kept]

    def pivot(self, r: int, s: int) -> None:
        """Exchange basic `r` and nonbasic `s`; the same call undoes it."""
        pivot_row, det = self.rows[r], self.det
        p = pivot_row[s]
        for i, line in enumerate(self.rows):
            if i == r:
                continue
            f = line[s]
            new = [(v * p - f * w) // det for v, w in zip(line, pivot_row, strict=True)]
            new[s] = -f
            self.rows[i] = new
        pivot_row[s] = det
        self.det = p
        self.basic[r], self.nonbasic[s] = self.nonbasic[s], self.basic[r]

    def vertex(self) -> Vertex:
        """Where this basis lies."""
        numerators = [0] * self.d
        zeros, tight = (1 << self.d) - 1, 0
        for v in self.nonbasic:
            if v >= self.d:
                tight |= 1 << (v - self.d)
        for i, v in enumerate(self.basic):
            b = self.rows[i][-1]
            if v < self.d:
                numerators[v] = b
                zeros &= ~(1 << v) if b else -1
            elif not b:
                tight |= 1 << (v - self.d)
        return Vertex(zeros, tight, tuple(numerators))


def walk_vertices(table: Table) -> Iterator[Vertex | None]:
    """Visit every basis of ``{z >= 0, table z <= 1}`` and yield its vertex, once each; None for a step without a new one.

    The right-hand sides are perturbed symbolically (1, ε, ε², …), which makes the polytope simple and its graph
    connected through single exchanges; a depth-first walk over it meets every vertex of the unperturbed polytope.

    Parameters
    ----------
    table : c rows of d ints
        Non-negative, every column with a positive entry: the polytope is bounded and contains the origin.

    Notes
    -----
    Cost: ``O(c d)`` big-integer operations a basis, and memory for one set entry a basis.
    """
    dictionary = _Dictionary(table)
    d = dictionary.d
    seen_bases = {frozenset(dictionary.nonbasic)}
    first = dictionary.vertex()
    seen = {(first.zeros, first.tight)}
    yield first
    path: list[tuple[int, int]] = []
    column = 0
    while True:
        while column < d:
            r = dictionary.leaving(column)
            leaving = dictionary.basic[r]
            basis = frozenset([leaving, *(v for q, v in enumerate(dictionary.nonbasic) if q != column)])
            if basis in seen_bases:
                column += 1
                continue
            seen_bases.add(basis)
            dictionary.pivot(r, column)
            path.append((r, column))
            column = 0
            vertex = dictionary.vertex()
            if (vertex.zeros, vertex.tight) in seen:
                yield None
            else:
                seen.add((vertex.zeros, vertex.tight))
                yield vertex
        if not path:
            return
        r, column = path.pop()
        dictionary.pivot(r, column)
        column += 1
