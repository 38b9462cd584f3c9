"""Two-sided games in blocks: each side is a row of decisions, and payoffs are bilinear in what the two sides choose.

A type's choice of a message, and the answer to a message, are such decisions; so are the actions of the types of two players.
Writing equilibria this way takes a number for each decision and option, where the induced normal form takes one for each plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from negotiation.solvers.bayesian.cone import extreme_rays
from negotiation.solvers.limits import Watch

Table = Sequence[Sequence[Fraction]]


class Vertex(NamedTuple):
    """A vertex of one side's polyhedron.

    ``weights`` holds the side's options, block after block; bit ``k`` of ``unused`` says that option ``k`` has weight zero,
    bit ``k`` of ``best`` that option ``k`` of the other side is a best one in its block.
    """

    weights: tuple[Fraction, ...]
    unused: int
    best: int


@dataclass(frozen=True, slots=True)
class BlockGame:
    """Two rows of decisions with bilinear payoffs.

    Parameters
    ----------
    first, second : tuple of int
        The number of options of each decision of the two sides.
    first_worth : table, shape (n1, n2)
        What an option is worth in its decision, a row an option, as a linear function of the other side's weights.
    second_worth : table, shape (n2, n1)
    """

    first: tuple[int, ...]
    second: tuple[int, ...]
    first_worth: Table
    second_worth: Table

    def vertices(self, watch: Watch | None = None) -> tuple[list[Vertex], list[Vertex]]:
        """Vertices of both sides' polyhedra at which every decision of the other side has a best option."""
        return (
            side_vertices(self.first, self.second, self.second_worth, watch),
            side_vertices(self.second, self.first, self.first_worth, watch),
        )


def side_vertices(own: Sequence[int], other: Sequence[int], worth: Table, watch: Watch | None = None) -> list[Vertex]:
    """Vertices of one side's strategies together with the values that they leave to the other side's decisions.

    Parameters
    ----------
    own, other : sequence of int
        Numbers of options of each decision.
    worth : table, shape (options of other, options of own)
        What the other side's options are worth as functions of own weights.
    watch : Watch, optional
    """
    names = [(b, o) for b, size in enumerate(own) for o in range(size)]
    free = {name: k for k, name in enumerate(name for name in names if name[1] < own[name[0]] - 1)}
    n, total = len(free) + len(other) + 1, len(free) + len(other)
    rows: list[list[Fraction]] = []
    place: list[int] = []  # bit of each own option, then of each other option
    for b, o in names:
        if (b, o) in free:
            place.append(free[b, o])
            continue
        row = [Fraction(0)] * n
        row[total] = Fraction(1)
        for rest in range(o):
            row[free[b, rest]] = Fraction(-1)
        place.append(n + len(rows))
        rows.append(row)
    start = 0
    for j, size in enumerate(other):
        place.append(len(free) + j)  # slack of the first option is a coordinate
        for q in range(1, size):
            row = [Fraction(0)] * n
            row[len(free) + j] = Fraction(1)
            for k, (b, o) in enumerate(names):
                gain = worth[start][k] - worth[start + q][k]
                _add_weight(row, gain, free, (b, o), own[b], total)
            place.append(n + len(rows))
            rows.append(row)
        start += size
    out = []
    for ray, tight in extreme_rays(rows, n, watch):
        if ray[total]:
            weights = _weights(ray, names, free, own, total)
            unused = _bits(place[: len(names)], tight)
            best = _bits(place[len(names) :], tight)
            if _every_block(best, other):
                out.append(Vertex(weights, unused, best))
    return out


def complementary(
    first: Sequence[Vertex], second: Sequence[Vertex], n_first: int, n_second: int
) -> Iterator[tuple[int, int]]:
    """Pairs of vertices in which every option is unused or best: the extreme equilibria."""
    all_first, all_second = (1 << n_first) - 1, (1 << n_second) - 1
    if n_first + n_second > 63:
        for i, x in enumerate(first):
            for j, y in enumerate(second):
                if x.unused | y.best == all_first and y.unused | x.best == all_second:
                    yield i, j
        return
    labels = np.array([y.best | y.unused << n_first for y in second], dtype=np.uint64)
    full = np.uint64(all_first | all_second << n_first)
    for i, x in enumerate(first):
        found = np.flatnonzero((labels | np.uint64(x.unused | x.best << n_first)) == full)
        yield from ((i, int(j)) for j in found)


def options_in(mask: int, size: int, start: int = 0) -> tuple[int, ...]:
    """Positions of the bits that are set among `size` from `start` on."""
    return tuple(k for k in range(size) if mask >> (start + k) & 1)


def _add_weight(
    row: list[Fraction], gain: Fraction, free: dict[tuple[int, int], int], name: tuple[int, int], size: int, total: int
) -> None:
    """Add ``gain`` times an own weight to a row; the last weight of a block is what the others leave."""
    if name in free:
        row[free[name]] += gain
        return
    row[total] += gain
    for rest in range(size - 1):
        row[free[name[0], rest]] -= gain


def _weights(
    ray: tuple[int, ...], names: list[tuple[int, int]], free: dict[tuple[int, int], int], own: Sequence[int], total: int
) -> tuple[Fraction, ...]:
    out: list[Fraction] = []
    for b, o in names:
        if (b, o) in free:
            out.append(Fraction(ray[free[b, o]], ray[total]))
        else:
            out.append(1 - sum(out[len(out) - own[b] + 1 :], start=Fraction(0)))
    return tuple(out)


def _bits(place: list[int], tight: int) -> int:
    return sum(1 << k for k, at in enumerate(place) if tight >> at & 1)


def _every_block(best: int, sizes: Sequence[int]) -> bool:
    start = 0
    for size in sizes:
        if not best >> start & ((1 << size) - 1):
            return False
        start += size
    return True
