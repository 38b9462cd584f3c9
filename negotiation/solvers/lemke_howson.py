"""One equilibrium of a two-player game, or as many as its start labels lead to, by complementary pivoting."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

from negotiation.arrays import Array, IntArray
from negotiation.errors import ParameterError, WrongTypeError
from negotiation.games.normal_form import NormalFormGame
from negotiation.solvers.result import Equilibrium, Solution, Status, certify
from negotiation.solvers.scale import payoff_ranges, relative_regret

_WORK = 30_000_000  # multiplications between two looks at the clock and at Ctrl-C


@dataclass(frozen=True, slots=True)
class LemkeHowson:
    """Follow Lemke-Howson paths from the origin of the two best-response polytopes.

    Parameters
    ----------
    label : int, optional
        The label to drop: ``0`` to ``m - 1`` are the row player's actions, ``m`` to ``m + n - 1`` the column
        player's. By default labels are tried in turn, in short runs that grow, until one path ends.
    labels : {"one", "all"}
        With ``"all"`` every label is followed to its end and each equilibrium reached is given once.
    cap : int, optional
        Length of the first short runs when no label is named; each further round is four times as long. ``None``:
        follow the first label to its end.
    max_pivots : int
        Give up after this many pivots in all.
    deadline : float, optional
        Give up after this many seconds.
    tol : float
        An end point counts as an equilibrium when its regret is within `tol` times the payoff range. Ends that miss
        it are followed by another label, and in the end by pivoting in integers, which cannot drift.
    exact : bool
        Pivot in integers from the start and give `profile_exact`; no size limit but patience.

    Raises
    ------
    ParameterError
        A label, a cap, a number of pivots, a deadline or a tolerance out of range.

    Notes
    -----
    A pivot keeps the inverse of the k × k block of active rows and columns and costs ``O((m + n) k + k²)``, where a
    tableau costs ``O(m n)``; k is the size of the support the path is at. Ties are broken lexicographically, so
    degenerate games cannot cycle. The number of pivots grows exponentially in the worst case.

    References
    ----------
    Lemke, C. E., Howson, J. T. (1964). Equilibrium points of bimatrix games. SIAM Journal 12, 413-423.

    von Stengel, B. (2007). Equilibrium computation for two-player games in strategic and extensive form. In:
    Algorithmic Game Theory, 53-78.

    Codenotti, B., De Rossi, S., Pagan, M. (2008). An experimental analysis of Lemke-Howson algorithm. arXiv:0811.3247.

    Examples
    --------
    >>> game = NormalFormGame([[[2, 0], [0, 1]], [[1, 0], [0, 2]]])
    >>> LemkeHowson(label=1).run(game).equilibria[0].profile
    (array([0., 1.]), array([0., 1.]))
    """

    label: int | None = None
    labels: Literal["one", "all"] = "one"
    cap: int | None = 8
    max_pivots: int = 1_000_000
    deadline: float | None = None
    tol: float = 1e-9
    exact: bool = False

    def __post_init__(self) -> None:
        if self.label is not None and (isinstance(self.label, bool) or not isinstance(self.label, int | np.integer)):
            raise WrongTypeError(f"a start label is an int, not {self.label!r}.")
        if self.labels not in ("one", "all"):
            raise ParameterError(f"labels is {self.labels!r}; expected 'one' or 'all'.")
        if self.label is not None and self.labels == "all":
            raise ParameterError("give one label, or labels='all', not both.")
        if self.label is not None and self.label < 0:
            raise ParameterError(f"start label {self.label} is negative; labels count from 0.")
        for name in ("cap", "max_pivots", "deadline", "tol"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ParameterError(f"{name} is {value!r}; it must be positive.")

    def why_not(self, game: object) -> str:
        """Why this solver does not take `game`; empty when it does."""
        if not isinstance(game, NormalFormGame):
            return f"LemkeHowson takes normal-form games, not {game!r}."
        return "" if game.n_players == 2 else f"LemkeHowson takes two players; this game has {game.n_players}."

    def run(self, game: NormalFormGame) -> Solution:
        """Follow paths until one ends in a certified equilibrium, or all of them with ``labels="all"``."""
        n_labels = sum(game.shape)
        if self.label is not None and self.label >= n_labels:
            raise ParameterError(
                f"start label {self.label} is outside 0 to {n_labels - 1}: {game.shape[0]} actions of "
                f"{game.players[0]!r}, then {game.shape[1]} of {game.players[1]!r}."
            )
        if self.exact:
            from negotiation.solvers.lemke_howson_exact import run_exact

            return run_exact(self, game)
        return _Search(self, game).solution()

    def schedule(self, n_labels: int) -> Iterator[tuple[int, int]]:
        """Pairs (label, longest run): one round of short runs after another, the last run unlimited."""
        if self.label is not None:
            yield self.label, self.max_pivots
        elif self.labels == "all" or self.cap is None:
            yield from ((label, self.max_pivots) for label in range(n_labels))
        else:
            cap, stride = self.cap, _coprime_stride(n_labels)
            while cap < self.max_pivots:
                yield from ((i * stride % n_labels, cap) for i in range(n_labels))
                cap *= 4
            yield from ((label, self.max_pivots) for label in range(n_labels))


class _Search:
    """The runs of one call: budgets, what was found, what went wrong."""

    def __init__(self, solver: LemkeHowson, game: NormalFormGame) -> None:
        self.solver, self.game = solver, game
        self.paths = Paths(game)
        self.found: list[Equilibrium] = []
        self.supports: set[Any] = set()
        self.pivots = self.drifted = self.runs = 0
        self.until = None if solver.deadline is None else time.monotonic() + solver.deadline
        self.ranges = payoff_ranges(game)

    def solution(self) -> Solution:
        """Run the schedule, and pivot in integers when no end point was good enough."""
        status = self._run()
        notes = [f"{self.pivots} pivots on {self.runs} path{'s' if self.runs != 1 else ''}"]
        if self.drifted:
            notes.append(f"{self.drifted} paths ended outside the tolerance or broke off by rounding and were dropped")
        if status is None and not self.found and self.drifted:
            from negotiation.solvers.lemke_howson_exact import run_exact

            exact = run_exact(self.solver, self.game, until=self.until)
            return Solution(
                self.game, exact.equilibria, self.solver, exact.status, notes=(*notes, "fallback", *exact.notes)
            )
        if status is None:
            status = Status.FOUND if self.found else Status.NONE_FOUND
        return Solution(self.game, tuple(self.found), self.solver, status, notes=tuple(notes))

    def _run(self) -> Status | None:
        try:
            for label, longest in self.solver.schedule(sum(self.game.shape)):
                if status := self._follow(label, longest):
                    return status
                if self.found and self.solver.labels == "one":
                    return None
        except KeyboardInterrupt:
            return Status.INTERRUPTED
        return None

    def _follow(self, label: int, longest: int) -> Status | None:
        """One path, in slices; a status only when the whole search has to stop."""
        self.paths.start(label)
        self.runs += 1
        while True:
            left = min(longest, self.solver.max_pivots - self.pivots)
            code = self.paths.advance(left)
            if code == "paused" and (self.until is None or time.monotonic() < self.until):
                continue
            self.pivots += self.paths.pivots
            if code == "done":
                self._take()
            elif code == "stuck":
                self.drifted += 1
            elif code == "paused":
                return Status.DEADLINE
            if self.until is not None and time.monotonic() >= self.until and not self.found:
                return Status.DEADLINE
            return Status.LIMIT if self.pivots >= self.solver.max_pivots and code == "capped" else None

    def _take(self) -> None:
        """Keep the end point if it is an equilibrium, once."""
        profile = self.paths.profile()
        if relative_regret(self.game, profile, self.ranges) > self.solver.tol:
            self.drifted += 1
        elif self.paths.key() not in self.supports:
            self.supports.add(self.paths.key())
            self.found.append(certify(self.game, profile))


class Paths:
    """The two polytopes of a game, and a position on a path."""

    def __init__(self, game: NormalFormGame) -> None:
        A, B = game.payoffs
        self.sides = (_books(_positive(B)), _books(_positive(A.T)))
        m, n = A.shape
        self.m = m
        k = min(m, n) + 1
        self.scratch = (np.empty(k), np.empty(n), np.empty(m), np.empty(k), np.empty(k))
        self.state = np.zeros(9, dtype=np.int64)

    @property
    def pivots(self) -> int:
        """Pivots done on this path."""
        return int(self.state[7])

    def start(self, label: int) -> None:
        """Go back to the origin and drop `label`."""
        side, index = (0, label) if label < self.m else (1, label - self.m)
        for books in self.sides:
            books.row_at[:] = -1
            books.s[:] = 1.0
        self.state[:] = (0, 0, side, 1, index, side, index, 0, 0)

    def advance(self, cap: int) -> str:
        """Walk on for one slice of work."""
        from negotiation.solvers.kernels.lemke_howson import walk

        try:
            code = walk(*self.sides[0], *self.sides[1], self.state, cap, _WORK, self.scratch)
        except np.linalg.LinAlgError:  # the block is singular to rounding
            return "stuck"
        return ("done", "capped", "paused", "stuck")[code]

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
    """Solve the active block with one step of refinement; probabilities below rounding become zero."""
    columns, rows = books.C[:k], books.R[:k]
    block = books.MT[np.ix_(columns, rows)].T
    try:
        weights = np.linalg.solve(block, np.ones(k))
        weights += np.linalg.solve(block, 1 - block @ weights)
    except np.linalg.LinAlgError:
        weights = books.z[:k]
    out = np.zeros(books.MT.shape[0])
    out[columns] = np.where(weights > 1e-13 * np.abs(weights).max(initial=0.0), weights, 0.0)
    total = out.sum()
    return out / total if np.isfinite(total) and total > 0 else np.full(out.size, 1 / out.size)


def _positive(table: Array) -> Array:
    """Payoffs moved to [1, 2], a constant table to 1; best responses stay. Halved first, so that no range overflows."""
    half = table / 2
    low, spread = half.min(), half.max() - half.min()
    return np.ascontiguousarray((half - low) / spread + 1) if spread > 0 else np.ones_like(half)


def _coprime_stride(n: int) -> int:
    """A step that visits every label once and mixes both players' labels early."""
    step = max(1, round(n * 0.618))
    while np.gcd(step, n) != 1:
        step += 1
    return step
