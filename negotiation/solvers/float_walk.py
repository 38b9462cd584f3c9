"""Extreme equilibria by the compiled walk: memory, limits and Ctrl-C are seen to here, between short runs of the kernel."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array
from negotiation.solvers.extreme import Extremes
from negotiation.solvers.integer_form import IntegerForm, IntTable
from negotiation.solvers.limits import Watch
from negotiation.solvers.linear import solve_ones

_RUN = 2e7  # multiplications in one run of the kernel: some tens of milliseconds


def float_extremes(form: IntegerForm, watch: Watch, exact: bool) -> Extremes | None:
    """All extreme equilibria of a nondegenerate game, with a proof of completeness; None where there can be none.

    With `exact`, strategies come as integers, solved for the supports that the walk in floats has found.
    """
    turned = len(form.row) > len(form.column)
    D, A = (as_floats(t) for t in ((form.row, form.column) if turned else (form.column, form.row)))
    if D is None or A is None:
        return None
    walk = _Walk(D, A)
    try:
        while walk.is_open and not watch.is_over() and not watch.is_enough(walk.n_found):
            walk.run()
    except KeyboardInterrupt:
        watch.was_interrupted = True
    if walk.is_uncertain:
        return None
    first: list[Any] = list(walk.found_x[: walk.n_found])
    second: list[Any] = list(walk.found_y[: walk.n_found])
    if exact:
        tables = (form.row, form.column) if turned else (form.column, form.row)
        supports = [
            (np.flatnonzero(x).tolist(), np.flatnonzero(y).tolist()) for x, y in zip(first, second, strict=True)
        ]
        first = [solve_ones(tables[0], J, S) for S, J in supports]
        second = [solve_ones(tables[1], S, J) for S, J in supports]
        if None in first or None in second:
            return None
    rows, columns = (second, first) if turned else (first, second)
    pairs = [(k, k) for k in range(len(rows))]
    return Extremes(rows, columns, pairs, exact, finished=not walk.is_open)


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

    def __init__(self, D: Array, A: Array) -> None:
        from negotiation.solvers.kernels import vertices

        c, d = D.shape
        self.D, self.A = np.ascontiguousarray(D), np.ascontiguousarray(A)
        dictionary = [np.ascontiguousarray(self.D.T), np.ones(c), np.arange(d, d + c), np.arange(d)]
        self.state = np.zeros(4, np.int64)
        visited = [
            np.zeros(1024, np.int32),
            np.zeros((512, (c + d + 63) // 64), np.uint64),
            np.zeros((512, 2), np.int32),
        ]
        self.arrays: list[npt.NDArray[Any]] = [*(a.copy() for a in dictionary), self.state, *visited]
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

    def run(self) -> None:
        """Walk for some tens of milliseconds, with more memory if it asked for that."""
        from negotiation.solvers.kernels import vertices

        kernel: Any = vertices.walk
        if self.code == vertices.SPACE:
            self._grow()
        c, d = self.D.shape
        steps = max(16, int(_RUN / (4 * c * d + min(c, d) ** 3)))
        self.code = kernel(self.D, self.A, *self.arrays, self.found_x, self.found_y, steps)

    def _grow(self) -> None:
        from negotiation.solvers.kernels.vertices import rehash

        *dictionary, table, listed, path = self.arrays
        count = int(self.state[2])
        if count >= len(listed):
            table = np.zeros(4 * len(table), np.int32)
            listed = np.concatenate([listed, np.zeros((3 * len(listed), listed.shape[1]), np.uint64)])
            path = np.concatenate([path, np.zeros((3 * len(path), 2), np.int32)])
            rehash(table, listed, count)
            self.arrays = [*dictionary, table, listed, path]
        else:
            self.found_x = np.concatenate([self.found_x, np.zeros_like(self.found_x)])
            self.found_y = np.concatenate([self.found_y, np.zeros_like(self.found_y)])
