"""Extreme equilibria by the compiled walk: memory, limits and Ctrl-C are seen to here, between short runs of the kernel."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array
from negotiation.solvers.exact_walk import walk_vertices
from negotiation.solvers.extreme import Extremes
from negotiation.solvers.integer_form import IntegerForm, IntTable
from negotiation.solvers.limits import Watch
from negotiation.solvers.linear import solve_ones, solve_system

_APART = (0.0, 1e-8, 1e-10, 1e-6)  # how far the right-hand sides are pulled apart, in turn
_RUN = 2e7  # multiplications in one run of the kernel: some tens of milliseconds


def float_extremes(form: IntegerForm, watch: Watch, exact: bool) -> Extremes | None:
    """All extreme equilibria, with a proof of completeness; None where floats cannot lead to one.

    First as if the game were nondegenerate. When ties show, again with right-hand sides a little apart, and the tied vertices
    are settled in integers. With `exact`, or in that case, strategies come as integers, solved for the supports found.
    """
    turned = len(form.row) > len(form.column)
    tables = (form.row, form.column) if turned else (form.column, form.row)
    D, A = (as_floats(t) for t in tables)
    if D is None or A is None:
        return None
    watch.extend(_seconds_to_load())
    for apart in _APART:
        walk = _Walk(D, A, apart)
        _go(walk, watch)
        if walk.is_uncertain:
            continue
        found = Extremes(is_exact=exact or apart > 0, finished=not walk.is_open)
        if _collect(found, walk, tables, watch):
            if turned:
                found.rows, found.columns = found.columns, found.rows
                found.pairs = [(j, i) for i, j in found.pairs]
            return found
    return None


@cache
def _load() -> None:
    """Compile the kernel, or read it from the cache, on the smallest game."""
    walk = _Walk(np.ones((1, 1)), np.ones((1, 1)), 0.0)
    walk.run()


def _seconds_to_load() -> float:
    """How long that took; next to nothing the second time. Not held against anybody's deadline."""
    start = time.monotonic()
    _load()
    return time.monotonic() - start


def _go(walk: _Walk, watch: Watch) -> None:
    """Walk until the end or a limit."""
    try:
        while walk.is_open and not watch.is_over() and not watch.is_enough(walk.n_found):
            walk.run()
    except KeyboardInterrupt:
        watch.was_interrupted = True


def _collect(found: Extremes, walk: _Walk, tables: tuple[IntTable, IntTable], watch: Watch) -> bool:
    """Put the walk's equilibria into `found`, then those at vertices in doubt; False if a doubt proves the walk wrong."""
    first, second = walk.found_x[: walk.n_found], walk.found_y[: walk.n_found]
    if not found.is_exact:
        found.rows, found.columns = list(first), list(second)
        found.pairs = [(k, k) for k in range(len(first))]
        return True
    pairs = _Pairs()
    for x_float, y_float in zip(first, second, strict=True):
        S, J = np.flatnonzero(x_float).tolist(), np.flatnonzero(y_float).tolist()
        x, y = solve_ones(tables[0], J, S), solve_ones(tables[1], S, J)
        if x is None or y is None:
            return False
        pairs.add(x, y)
    try:
        right = _settle(found, walk, tables, pairs, watch)
    except KeyboardInterrupt:
        watch.was_interrupted, found.finished, right = True, False, True
    found.rows, found.columns, found.pairs = list(pairs.rows), list(pairs.columns), list(pairs.joined)
    return right


def _settle(found: Extremes, walk: _Walk, tables: tuple[IntTable, IntTable], pairs: _Pairs, watch: Watch) -> bool:
    """Settle the vertices in doubt; False if one of them is none."""
    seen = set()
    for support, tight in walk.doubtful():
        if watch.is_over() or watch.was_interrupted:
            found.finished = False
            break
        vertex = exact_vertex(tables[0], support, tight)
        if vertex is None:
            return False
        x, S, J = vertex
        found.is_degenerate |= len(J) > len(S)
        if (S, J) not in seen:
            seen.add((S, J))
            for y in face_vertices(tables[1], S, J):
                pairs.add(x, y)
    return True


class _Pairs:
    """Pairs of integer points up to a factor, without repeats."""

    def __init__(self) -> None:
        self.rows: dict[tuple[int, ...], int] = {}
        self.columns: dict[tuple[int, ...], int] = {}
        self.joined: dict[tuple[int, int], None] = {}

    def add(self, x: Sequence[int], y: Sequence[int]) -> None:
        """Enter a pair."""
        f, g = math.gcd(*x), math.gcd(*y)
        i = self.rows.setdefault(tuple(v // f for v in x), len(self.rows))
        j = self.columns.setdefault(tuple(v // g for v in y), len(self.columns))
        self.joined[i, j] = None


def exact_vertex(
    table: IntTable, support: list[int], tight: list[int]
) -> tuple[list[int], tuple[int, ...], tuple[int, ...]] | None:
    """The vertex of a basis, its support and all its tight inequalities; None if it is not feasible after all."""
    values = solve_system(table, tight, support)
    if values is None or min(values) < 0:
        return None
    x = [0] * len(table[0])
    for s, v in zip(support, values, strict=True):
        x[s] = v
    gains = [sum(a * v for a, v in zip(line, x, strict=True)) for line in table]
    best = max(gains)
    if gains[tight[0]] < best:
        return None
    return x, tuple(s for s in support if x[s]), tuple(j for j, gain in enumerate(gains) if gain == best)


def face_vertices(table: IntTable, S: Sequence[int], J: Sequence[int]) -> Iterator[list[int]]:
    """The extreme strategies on `J` against which all of `S` are best replies."""
    for i in S:
        own = [table[i][j] for j in J]
        if any(all(line[j] > v for j, v in zip(J, own, strict=True)) for line in table):
            return
    values = solve_system(table, S, J) if len(S) == len(J) else None
    points: list[Sequence[int]]
    if values is not None:
        if min(values) < 0:
            return
        gains = [sum(line[j] * v for j, v in zip(J, values, strict=True)) for line in table]
        points = [values] if max(gains) == gains[S[0]] else []
    else:
        lines = [tuple(line[j] for j in J) for line in table]
        distinct = {line: k for k, line in enumerate(dict.fromkeys(lines))}  # one of each: ties cost the walk dear
        needed = 0
        for i in S:
            needed |= 1 << distinct[lines[i]]
        corners = walk_vertices(list(distinct))
        points = [v.numerators for v in corners if v is not None and v.tight & needed == needed]
    for point in points:
        y = [0] * len(table[0])
        for j, v in zip(J, point, strict=True):
            y[j] = v
        yield y


def as_floats(table: IntTable) -> Array | None:
    """The table divided by a power of two, every entry right to a rounding; None if small entries would vanish."""
    bits = max(max(line) for line in table).bit_length()
    if min((v for line in table for v in line if v), default=1).bit_length() < bits - 300:
        return None
    if bits <= 53:
        return np.array(table, np.float64) * 2.0**-bits
    return np.array([[v / (1 << bits) for v in line] for line in table])


class _Walk:
    """The state of the kernel between two runs."""

    def __init__(self, D: Array, A: Array, apart: float) -> None:
        from negotiation.solvers.kernels import vertices

        c, d = D.shape
        self.D, self.A = np.ascontiguousarray(D), np.ascontiguousarray(A)
        level: Array = np.ones(c) + apart * np.random.default_rng(c * d).uniform(0.5, 1.0, c)
        dictionary = [level, self.D.T.copy(), level.copy(), np.arange(d, d + c), np.arange(d)]
        self.state = np.zeros(5, np.int64)
        self.doubts = np.zeros(512 if apart else 0, np.int64)
        visited = [
            np.zeros(1024, np.int32),
            np.zeros((512, (c + d + 63) // 64), np.uint64),
            np.zeros((512, 2), np.int32),
        ]
        self.arrays: list[npt.NDArray[Any]] = [*dictionary, self.state, *visited]
        self.found_x, self.found_y = np.zeros((64, d)), np.zeros((64, c))
        self.code = vertices.MORE

    @property
    def n_found(self) -> int:
        """How many equilibria so far."""
        return int(self.state[3])

    @property
    def is_open(self) -> bool:
        """Whether there is more to walk."""
        return self.code in (1, 2)

    @property
    def is_uncertain(self) -> bool:
        """Whether the kernel met what floats cannot decide."""
        return self.code == 3

    def doubtful(self) -> Iterator[tuple[list[int], list[int]]]:
        """Support and tight inequalities of the bases that floats could not settle."""
        c, d = self.D.shape
        for k in self.doubts[: self.state[4]].tolist():
            words = self.arrays[7][k].tolist()
            mask = sum(word << (64 * w) for w, word in enumerate(words))
            yield [s for s in range(d) if not mask >> s & 1], [j for j in range(c) if mask >> (d + j) & 1]

    def run(self) -> None:
        """Walk for some tens of milliseconds, with more memory if it asked for that."""
        from negotiation.solvers.kernels import vertices

        kernel: Any = vertices.walk
        if self.code == vertices.SPACE:
            self._grow()
        c, d = self.D.shape
        steps = max(16, int(_RUN / (4 * c * d + min(c, d) ** 3)))
        self.code = kernel(self.D, self.A, *self.arrays, self.doubts, self.found_x, self.found_y, steps)

    def _grow(self) -> None:
        from negotiation.solvers.kernels.vertices import rehash

        *dictionary, table, listed, path = self.arrays
        count = int(self.state[2])
        if count >= len(listed):
            table = np.zeros(4 * len(table), np.int32)
            listed = np.concatenate([listed, np.zeros((3 * len(listed), listed.shape[1]), np.uint64)])
            path = np.concatenate([path, np.zeros((3 * len(path), 2), np.int32)])
            rehash(table, listed, count)
            if len(self.doubts):
                self.doubts = np.concatenate([self.doubts, np.zeros(3 * len(self.doubts), np.int64)])
            self.arrays = [*dictionary, table, listed, path]
        else:
            self.found_x = np.concatenate([self.found_x, np.zeros_like(self.found_x)])
            self.found_y = np.concatenate([self.found_y, np.zeros_like(self.found_y)])
