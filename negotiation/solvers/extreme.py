"""Extreme equilibria as pairs of extreme strategies, before they are dressed up as a `Solution`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.solvers.exact_walk import Vertex, walk_vertices
from negotiation.solvers.integer_form import IntegerForm
from negotiation.solvers.limits import Watch

Words = npt.NDArray[np.uint64]


@dataclass(slots=True)
class Extremes:
    """Extreme strategies of both players, unnormalised, and which pairs of them are equilibria.

    Parameters
    ----------
    rows, columns : lists of sequences
        Strategies up to a positive factor: Python ints when `is_exact`, else floats.
    pairs : list of (int, int)
        Positions in `rows` and `columns`.
    is_degenerate, finished, misses : bool
        Whether ties were met; whether the method came to its end; whether even then it may have missed some.
    """

    rows: list[Sequence[Any]] = field(default_factory=list)
    columns: list[Sequence[Any]] = field(default_factory=list)
    pairs: list[tuple[int, int]] = field(default_factory=list)
    is_exact: bool = True
    is_degenerate: bool = False
    finished: bool = False
    misses: bool = False


def exact_extremes(form: IntegerForm, watch: Watch) -> Extremes:
    """All extreme equilibria in integers of any size; those met so far when the watch runs out."""
    out = Extremes()
    m, n = len(form.row), len(form.column)
    row_vertices: list[Vertex] = []
    column_vertices: list[Vertex] = []
    walks = [(walk_vertices(form.column), row_vertices), (walk_vertices(form.row), column_vertices)]
    try:
        while walks and not watch.is_over():
            walks = [walk for walk in walks if _advance(*walk)]
        out.finished = not walks
    except KeyboardInterrupt:
        watch.was_interrupted = True
    row_vertices, column_vertices = _without_origin(row_vertices, m), _without_origin(column_vertices, n)
    out.rows = [v.numerators for v in row_vertices]
    out.columns = [v.numerators for v in column_vertices]
    own = label_words([v.zeros | v.tight << m for v in row_vertices], m + n)
    other = label_words([v.tight | v.zeros << m for v in column_vertices], m + n)
    out.pairs = list(complementary(own, other, m + n))
    sizes = [bin(v.zeros).count("1") + bin(v.tight).count("1") for v in row_vertices]
    sizes_y = [bin(v.zeros).count("1") + bin(v.tight).count("1") for v in column_vertices]
    out.is_degenerate = any(s > m for s in sizes) or any(s > n for s in sizes_y)
    return out


def _advance(walk: Iterator[Vertex | None], into: list[Vertex], steps: int = 50) -> bool:
    """Take some steps; False when the walk is over."""
    for _ in range(steps):
        try:
            vertex = next(walk)
        except StopIteration:
            return False
        if vertex is not None:
            into.append(vertex)
    return True


def _without_origin(vertices: list[Vertex], d: int) -> list[Vertex]:
    return [v for v in vertices if v.zeros != (1 << d) - 1]


def label_words(masks: list[int], n_labels: int) -> Words:
    """Bit sets of any length as rows of 64-bit words, shape (V, W)."""
    width = (n_labels + 63) // 64
    low = (1 << 64) - 1
    return np.array([[m >> (64 * w) & low for w in range(width)] for m in masks], np.uint64).reshape(-1, width)


def complementary(own: Words, other: Words, n_labels: int) -> Iterator[tuple[int, int]]:
    """Pairs of rows whose labels together are all of them."""
    full = label_words([(1 << n_labels) - 1], n_labels)[0]
    for i, labels in enumerate(own):
        for j in np.flatnonzero(((labels | other) == full).all(axis=1)):
            yield i, int(j)
