"""Many two-player games at once: `solve_batch` for all equilibria, `pure_batch` for the pure ones of any number of players."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, BoolArray, IntArray, as_floats, read_only
from negotiation.errors import GameShapeError, NotFiniteError, WrongTypeError
from negotiation.games.normal_form import NormalFormGame
from negotiation.solvers.limits import Watch, check_positive, check_tolerance
from negotiation.solvers.result import Status
from negotiation.solvers.vertex_enumeration import VertexEnumeration

Lists = tuple[IntArray, Array, Array, Array, Array]
Progress = Callable[[int, int], object]

_CHUNK = 1 << 16  # payoffs in one run of the kernel, a few milliseconds for small games


@dataclass(frozen=True, slots=True, eq=False)
class EquilibriumBatch:
    """The extreme equilibria of many games, as flat arrays in the order of the games.

    Parameters
    ----------
    game : ndarray of int, shape (E,)
        Which game each equilibrium belongs to.
    row, column : ndarray, shapes (E, m) and (E, n)
        The mixed strategies.
    payoffs : ndarray, shape (E, 2)
        What both players expect, in the games' unit.
    regret : ndarray, shape (E,)
        The most that either player could gain by deviating alone.
    complete : ndarray of bool, shape (G,)
        For which games these are provably all the extreme equilibria.
    status : Status
        Why the work stopped.
    """

    game: IntArray
    row: Array
    column: Array
    payoffs: Array
    regret: Array
    complete: BoolArray
    status: Status

    def __len__(self) -> int:
        return len(self.game)

    def counts(self) -> IntArray:
        """The number of extreme equilibria found for each game, shape (G,)."""
        return np.bincount(self.game, minlength=len(self.complete))

    def __repr__(self) -> str:
        done = int(self.complete.sum())
        return f"<EquilibriumBatch: {len(self)} equilibria of {len(self.complete)} games, {done} of them complete>"


def solve_batch(
    payoffs: npt.ArrayLike,
    *,
    threads: int | None = None,
    limit: int | None = None,
    deadline: float | None = None,
    progress: Progress | None = None,
    tol: float = 1e-13,
) -> EquilibriumBatch:
    """Find all extreme equilibria of many two-player games of one shape.

    Parameters
    ----------
    payoffs : array_like, shape (G, 2, m, n)
        For each game what the row player gets, then what the column player gets.
    threads : int, optional
        How many threads work; by default one a core. The answer does not depend on it.
    limit : int, optional
        Stop taking up games once this many equilibria are found; games not taken up are not `complete`.
    deadline : float, optional
        Stop taking up games after this many seconds.
    progress : callable, optional
        Called as ``progress(games_done, games_in_all)`` now and then.
    tol : float
        Payoffs within `tol` times the player's payoff range of short decimals are read as these, so that ties meant are
        ties found.

    Returns
    -------
    EquilibriumBatch
        Degenerate games included: their extreme equilibria are all listed.

    Raises
    ------
    GameShapeError, WrongTypeError, NotFiniteError
        `payoffs` is not four-dimensional, not of numbers, or not finite; the message names the first bad cell.
    ParameterError, WrongTypeError
        An option that is not positive, or not of its kind.

    Notes
    -----
    Small games are solved by square systems whose signs are certain, larger ones of short decimals in integers, others by a
    walk in floats that carries its own proof; the rare ones that none settles are solved one by one in rationals. Cost:
    about half a microsecond a game for 2×2, and ``O(m n)`` for each vertex of a best-response polytope in general. Ctrl-C
    returns what is done.

    Examples
    --------
    >>> batch = solve_batch([[[[2, 0], [0, 1]], [[1, 0], [0, 2]]], [[[3, 0], [5, 1]], [[3, 5], [0, 1]]]])
    >>> batch.counts(), batch.complete
    (array([3, 1]), array([ True,  True]))
    """
    games = _as_games(payoffs)
    threads = (os.cpu_count() or 1) if threads is None else threads
    check_positive(threads=threads)
    check_tolerance(tol)
    if progress is not None and not callable(progress):
        raise WrongTypeError(f"progress is {progress!r}; give a function of games done and games in all.")
    watch = Watch(deadline, limit)
    size = max(1, _CHUNK // max(1, games[0].size if len(games) else 1))
    starts = list(range(0, len(games), size))
    parts: dict[int, tuple[Lists, npt.NDArray[np.int8]]] = {}
    try:
        watch.extend(_seconds_to_load())
        for start, part in _run_all(games, starts, size, tol, threads, watch):
            parts[start] = part
            if progress is not None:
                progress(min(len(games), sum(len(p[1]) for p in parts.values())), len(games))
    except KeyboardInterrupt:
        watch.was_interrupted = True
    return _gather(games, starts, size, parts, tol, watch)


@cache
def _load_kernel() -> None:
    """Compile the kernel, or read it from the cache."""
    _solve_chunk(np.zeros((1, 2, 1, 1)), 0.0)


def _seconds_to_load() -> float:
    """How long that took; next to nothing the second time. Not held against anybody's deadline."""
    start = time.monotonic()
    _load_kernel()
    return time.monotonic() - start


def _as_games(payoffs: npt.ArrayLike) -> Array:
    """The payoffs as one contiguous float array, checked."""
    try:
        given = np.asarray(payoffs)
        if given.dtype.kind not in "iuf":
            given = np.asarray(payoffs, dtype=object)
    except ValueError:
        raise GameShapeError("ragged payoffs; a batch holds games of one shape, (G, 2, m, n).") from None
    if given.ndim != 4 or given.shape[1] != 2 or 0 in given.shape[2:]:
        raise GameShapeError(f"payoffs have shape {given.shape}; expected (G, 2, m, n): G games, two players.")
    if given.dtype.kind == "c" or any(isinstance(v, complex | str | type(None)) for v in _odd(given)):
        raise WrongTypeError("payoffs hold text, complex numbers or gaps; every cell needs a real number.")
    try:
        games = np.ascontiguousarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise WrongTypeError("payoffs are not numbers; every cell needs a real number.") from None
    if not np.isfinite(games).all():
        at = tuple(int(i) for i in np.argwhere(~np.isfinite(games))[0])
        raise NotFiniteError(f"the payoff at {at} (game, player, row, column) is {games[at]}; payoffs must be finite.")
    return games if games.flags.writeable else games.copy()  # one kind of array, one compiled kernel


def _odd(given: npt.NDArray[Any]) -> list[Any]:
    return given.ravel().tolist() if given.dtype == object else []


def _run_all(
    games: Array, starts: list[int], size: int, tol: float, threads: int, watch: Watch
) -> Iterator[tuple[int, tuple[Lists, npt.NDArray[np.int8]]]]:
    """Solve chunk by chunk, a few ahead of what is read; yields in order, so that limits cut at the same place."""
    waiting: dict[int, Future[tuple[Lists, npt.NDArray[np.int8]]]] = {}
    todo = iter(starts)
    found = 0
    with ThreadPoolExecutor(threads) as pool:
        try:
            for start in starts:
                while len(waiting) < 2 * threads and (following := next(todo, None)) is not None:
                    waiting[following] = pool.submit(_solve_chunk, games[following : following + size], tol)
                if watch.is_over() or (watch.limit is not None and found >= watch.limit):
                    return
                job = waiting.pop(start)
                while not job.done():
                    wait([job], timeout=0.2)
                part = job.result()
                found += len(part[0][0])
                yield start, part
        finally:
            for job in waiting.values():
                job.cancel()


def _solve_chunk(games: Array, tol: float) -> tuple[Lists, npt.NDArray[np.int8]]:
    """All equilibria of some games, in lists that grow as needed."""
    from negotiation.solvers.kernels.batch import solve_games

    G, _, m, n = games.shape
    flags = np.zeros(G, np.int8)
    pieces: list[Lists] = []
    done, room = 0, 8 * G + 64
    while done < G:
        ends = np.zeros(G - done, np.int64)
        lists = (np.empty((room, m)), np.empty((room, n)), np.empty((room, 2)), np.empty(room))
        settled = solve_games(games[done:], tol, ends, flags[done:], *lists)
        ends = ends[:settled]
        owner = np.repeat(np.arange(done, done + settled), np.diff(ends, prepend=0))
        row, column, payoffs, regret = (a[: len(owner)].copy() for a in lists)
        pieces.append((owner, row, column, payoffs, regret))
        done += settled
        room *= 4
    if len(pieces) == 1:
        return pieces[0], flags
    joined = [np.concatenate(arrays) for arrays in zip(*pieces, strict=True)]
    return (joined[0], joined[1], joined[2], joined[3], joined[4]), flags


def _gather(
    games: Array,
    starts: list[int],
    size: int,
    parts: dict[int, tuple[Lists, npt.NDArray[np.int8]]],
    tol: float,
    watch: Watch,
) -> EquilibriumBatch:
    """Join the chunks, and solve one by one the games that the kernel left open."""
    complete = np.zeros(len(games), np.bool_)
    pieces: list[Lists] = [_nothing(games.shape[2], games.shape[3])]
    for start in starts:
        if start not in parts:
            continue
        lists, flags = parts[start]
        complete[start : start + len(flags)] = flags == 0
        pieces.append((lists[0] + start, *lists[1:]))
        pieces.extend(_one_by_one(games, start + np.flatnonzero(flags), complete, tol, watch))
    game, row, column, payoffs, regret = (np.concatenate(arrays) for arrays in zip(*pieces, strict=True))
    if (np.diff(game) < 0).any():  # games solved one by one stand behind their chunk
        order = np.argsort(game, kind="stable")
        game, row, column, payoffs, regret = (a[order] for a in (game, row, column, payoffs, regret))
    for array in (row, column, payoffs, regret):
        array.flags.writeable = False
    finished = len(parts) == len(starts)
    status = Status.COMPLETE if complete.all() else watch.status(len(game), False)
    if finished and status is Status.LIMIT:
        status = Status.INCOMPLETE
    game, complete = read_only(game, np.int64), read_only(complete, np.bool_)
    return EquilibriumBatch(game, row, column, payoffs, regret, complete, status)


def _nothing(m: int, n: int) -> Lists:
    return np.zeros(0, np.int64), np.zeros((0, m)), np.zeros((0, n)), np.zeros((0, 2)), np.zeros(0)


def _one_by_one(games: Array, which: IntArray, complete: BoolArray, tol: float, watch: Watch) -> Iterator[Lists]:
    """Solve the games named, each on its own."""
    for g in which.tolist():
        if watch.is_over() or watch.was_interrupted:
            return
        solution = VertexEnumeration(deadline=watch.remaining(), tol=tol).run(NormalFormGame(games[g]))
        watch.was_interrupted |= solution.status is Status.INTERRUPTED
        complete[g] = solution.complete
        found = solution.equilibria
        if found:
            yield (
                np.full(len(found), g),
                np.array([e.profile[0] for e in found]),
                np.array([e.profile[1] for e in found]),
                np.array([e.payoffs for e in found]),
                np.array([e.regret for e in found]),
            )


def pure_batch(payoffs: npt.ArrayLike, *, tol: float = 0.0) -> BoolArray:
    """Mark the pure equilibria of many games with any number of players.

    Parameters
    ----------
    payoffs : array_like, shape (G, N, m_1, ..., m_N)
    tol : float
        A cell counts as a best response within `tol` times the player's payoff range in that game.

    Returns
    -------
    ndarray of bool, shape (G, m_1, ..., m_N)
        True where no player gains by deviating alone.

    Raises
    ------
    GameShapeError, NotFiniteError, ParameterError
        The number of action axes is not the number of players, a payoff is not finite, or `tol` is negative.

    Notes
    -----
    Cost: one pass over the payoffs for each player.

    Examples
    --------
    >>> pure_batch([[[[2, 0], [0, 1]], [[1, 0], [0, 2]]]])
    array([[[ True, False],
            [False,  True]]])
    """
    check_tolerance(tol)
    games = as_floats(payoffs, "payoffs")
    if games.ndim < 3 or games.ndim != games.shape[1] + 2 or 0 in games.shape[1:]:
        raise GameShapeError(f"payoffs have shape {games.shape}; expected (G, N, m_1, ..., m_N) with N action axes.")
    if not np.isfinite(games).all():
        at = tuple(int(i) for i in np.argwhere(~np.isfinite(games))[0])
        raise NotFiniteError(f"the payoff at {at} (game, player, actions) is {games[at]}; payoffs must be finite.")
    mark = np.ones((len(games), *games.shape[2:]), dtype=np.bool_)
    for player in range(games.shape[1]):
        table = games[:, player]
        best = table.max(axis=player + 1, keepdims=True)
        if tol:
            best = best - tol * np.ptp(table, axis=tuple(range(1, table.ndim)), keepdims=True)
        mark &= table >= best
    return mark
