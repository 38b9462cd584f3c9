"""A position on a Lemke-Howson path, between slices of compiled work."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from negotiation.arrays import Array, IntArray
from negotiation.games.normal_form import NormalFormGame

_WORK = 30_000_000  # multiplications between two looks at the clock and at Ctrl-C


class Paths:
    """The two polytopes of a game, and a position on the path of one label after another."""

    def __init__(self, game: NormalFormGame) -> None:
        from negotiation.solvers.kernels.lemke_howson import scaled

        A, B = game.payoffs
        m, n = A.shape
        (own_b, half_b), (own_a, half_a) = scaled(B, False), scaled(A, True)
        self.sides = (_books(own_b), _books(own_a))
        self.ranges = 2 * np.minimum([half_a, half_b], np.finfo(np.float64).max / 2)
        k = min(m, n) + 1
        self.scratch = (np.empty(k), np.empty(n), np.empty(m), np.empty(k), np.empty(k))
        self.state = np.zeros(10, dtype=np.int64)
        self.progress = np.zeros(4, dtype=np.int64)
        self.labels = np.zeros(0, dtype=np.int64)
        self._earlier = 0

    @property
    def pivots(self) -> int:
        """Pivots done on all paths."""
        return int(self.progress[2])

    @property
    def broken(self) -> int:
        """Paths that broke off by rounding."""
        return int(self.progress[3])

    @property
    def begun(self) -> int:
        """Paths begun."""
        return self._earlier + int(self.progress[0] + self.progress[1])

    def take(self, labels: IntArray) -> None:
        """Go on with these labels."""
        self._earlier = self.begun
        self.labels = labels.astype(np.int64)
        self.progress[:2] = 0

    def advance(self, cap: int, most: int) -> str:
        """Walk on for one slice of work: `cap` pivots a path, `most` in all."""
        from negotiation.solvers.kernels.lemke_howson import sweep

        one, two = self.sides
        try:
            code = sweep(*one, *two, self.state, self.labels, self.progress, cap, most, _WORK, self.scratch)
        except np.linalg.LinAlgError:  # the block is singular to rounding: on to the next label
            self.progress += np.array([1, -self.progress[1], 0, 1])
            return "paused"
        return ("done", "capped", "paused")[code]

    def key(self) -> tuple[frozenset[int], ...]:
        """The basis: columns in use and rows that bind, of both sides."""
        out = []
        for books, k in zip(self.sides, self.state, strict=False):
            out += [frozenset(books.C[:k].tolist()), frozenset(books.R[:k].tolist())]
        return tuple(out)

    def profile(self) -> tuple[Array, Array]:
        """The mixed strategies at this position, solved for anew from the basis."""
        row, column = (_strategy(books, int(k)) for books, k in zip(self.sides, self.state, strict=False))
        return row, column


class _Books(NamedTuple):
    """One polytope ``{z >= 0, M z <= 1}`` and a vertex of it; see the kernel."""

    MT: Array
    K: Array
    C: IntArray
    R: IntArray
    row_at: IntArray
    z: Array
    s: Array


def _books(MT: Array) -> _Books:
    d, f = MT.shape
    k = min(d, f) + 1
    C, R, row_at = (np.full(size, -1, dtype=np.int64) for size in (k, k, f))
    return _Books(MT, np.empty((k, k)), C, R, row_at, np.zeros(k), np.ones(f))


def _strategy(books: _Books, k: int) -> Array:
    """Solve the active block by its inverse, or anew where that has drifted too far to be refined."""
    from negotiation.solvers.kernels.lemke_howson import strategy

    found, residual = strategy(books.MT, books.K, books.C, books.R, k)
    if residual > 1e-13:
        block = books.MT[np.ix_(books.C[:k], books.R[:k])].T
        try:
            inverse = np.ascontiguousarray(np.linalg.inv(block))
        except np.linalg.LinAlgError:
            return np.full(books.MT.shape[0], 1 / books.MT.shape[0])
        found, residual = strategy(books.MT, inverse, books.C, books.R, k)
    own: Array = found
    return own if np.isfinite(own).all() else np.full(own.size, 1 / own.size)
