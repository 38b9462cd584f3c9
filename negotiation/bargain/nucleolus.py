"""The nucleolus, and the least core that it starts from: make the loudest complaint as small as it can be, then the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from negotiation.arrays import Array, BoolArray, IntArray, read_only
from negotiation.door import checked
from negotiation.errors import ParameterError, SizeLimitError
from negotiation.games.coalitional import CoalitionalGame, coalition_sums

MOST_PLAYERS = 20
# So many of the loudest coalitions join the programme at a time.
_JOIN = 100


@dataclass(frozen=True, slots=True, eq=False)
class LeastCore:
    """The divisions that make the largest excess of a coalition as small as it can be.

    Parameters
    ----------
    excess : float
        That largest excess; the core is empty exactly when it is positive.
    point : ndarray, shape (n,)
        One of the divisions.
    """

    excess: float
    point: Array


@checked
def nucleolus(game: CoalitionalGame) -> Array:
    """The division, worth to everybody what it is alone, that makes coalitions' complaints smallest, largest first.

    Parameters
    ----------
    game : CoalitionalGame
        Up to 20 players.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    ParameterError
        The players are worth more alone than together: there are no such divisions; the prenucleolus exists still.

    Notes
    -----
    A sequence of at most ``n - 1`` linear programmes over all coalitions, of which only the loudest are handed to the solver:
    after each solution all ``2**n`` excesses are computed, and those above the level join. In each programme the coalitions
    with a positive dual price have the same excess in every optimum; they are fixed, and those they determine leave. At the end
    the equations of the fixed coalitions are solved once more, which removes the solver's rounding.

    References
    ----------
    Schmeidler, D. (1969). The nucleolus of a characteristic function game. SIAM Journal on Applied Mathematics 17,
    1163-1170.
    Maschler, M., Peleg, B., Shapley, L. S. (1979). Geometric properties of the kernel, nucleolus, and related solution
    concepts. Mathematics of Operations Research 4, 303-338.

    Examples
    --------
    >>> from negotiation.games.classic_coalitional import bankruptcy
    >>> nucleolus(bankruptcy(300, [100, 200, 300])).round(9)
    array([ 50., 100., 150.])
    """
    slack = 1e-12 * max(1.0, float(np.abs(game.values).max()))
    if game.singles.sum() > game.total + slack:
        raise ParameterError(
            f"the players are worth {game.singles.sum():g} alone and {game.total:g} together: no division gives each what it "
            "has alone, so there is no nucleolus; see prenucleolus."
        )
    return _nucleolus(game, game.singles)


@checked
def prenucleolus(game: CoalitionalGame) -> Array:
    """The nucleolus among all divisions, also those that give a player less than it has alone, shape (n,).

    Examples
    --------
    >>> prenucleolus(CoalitionalGame([0, 6, 12, 12, 42, 42, 42, 42])).round(9) + 0.0
    array([ 0.,  6., 36.])
    """
    return _nucleolus(game, None)


@checked
def least_core(game: CoalitionalGame) -> LeastCore:
    """How much coalitions have to be taxed for breaking away before the core is not empty (negative: could be).

    Examples
    --------
    >>> from negotiation.games.classic_coalitional import weighted_voting
    >>> round(least_core(weighted_voting(2, [1, 1, 1])).excess, 9)
    0.333333333
    """
    if game.n_players == 1:
        return LeastCore(-np.inf, read_only([game.total]))
    unit = _unit(game)
    found = _least_excess(_Stage.first(game, unit), None)
    return LeastCore(found.level * unit, read_only(found.shares * unit))


@dataclass(frozen=True, slots=True, eq=False)
class _Stage:
    """Which coalitions are free to complain, and the equations (rows, right) that fixed ones impose; payoffs per `unit`."""

    worth: Array
    free: BoolArray
    fixed_rows: Array
    fixed_right: Array

    @classmethod
    def first(cls, game: CoalitionalGame, unit: float) -> _Stage:
        """Only that everything is divided is fixed."""
        n = game.n_players
        if n > MOST_PLAYERS:
            raise SizeLimitError(f"{n} players; the linear programmes go up to {MOST_PLAYERS}.")
        free = np.ones(2**n, dtype=np.bool_)
        free[[0, -1]] = False
        return cls(game.values / unit, free, np.ones((1, n)), np.array([game.total / unit]))


class _Optimum(NamedTuple):
    """Shares that make the largest excess of the free coalitions smallest, and the duals that prove it."""

    shares: Array
    level: float
    coalitions: IntArray
    price: Array
    at_floor: BoolArray


def _nucleolus(game: CoalitionalGame, floors: Array | None) -> Array:
    n, unit = game.n_players, _unit(game)
    if n == 1:
        return np.array([game.total])
    bounds = None if floors is None else floors / unit
    stage = _Stage.first(game, unit)
    levels: list[tuple[Array, Array]] = []
    at_floor = np.zeros(n, dtype=np.bool_)
    x = np.zeros(n)
    while stage.free.any() and np.linalg.matrix_rank(stage.fixed_rows) < n:
        found = _least_excess(stage, bounds)
        x = found.shares
        at_floor |= found.at_floor
        tight = found.coalitions[found.price > max(1e-9, 1e-6 * float(found.price.max()))]
        rows, worth = _rows(tight, n), stage.worth[tight]
        levels.append((rows, worth))
        fixed_rows, right = _independent(
            np.vstack([stage.fixed_rows, rows]), np.concatenate([stage.fixed_right, worth - found.level])
        )
        stage = _Stage(stage.worth, stage.free & ~_determined(fixed_rows), fixed_rows, right)
    return _exact(game.total / unit, levels, bounds, at_floor, x) * unit


def _rows(coalitions: IntArray, n: int) -> Array:
    """Coalitions, by mask, as rows of zeros and ones."""
    return np.asarray((coalitions[:, None] >> np.arange(n)) & 1, dtype=np.float64)


def _least_excess(stage: _Stage, floors: Array | None) -> _Optimum:
    """Minimise the largest excess of the free coalitions, letting the loudest join until none is above the level."""
    n = stage.fixed_rows.shape[1]
    joined = np.zeros(stage.free.size, dtype=np.bool_)
    small = 1 << np.arange(n)
    joined[[*small, *(stage.free.size - 1 - small)]] = True
    joined &= stage.free
    if not joined.any():
        joined[np.flatnonzero(stage.free)[:_JOIN]] = True
    while True:
        coalitions = np.flatnonzero(joined)
        found = _solve(stage, coalitions, floors)
        excess = np.where(stage.free & ~joined, stage.worth - coalition_sums(found.shares), -np.inf)
        above = np.flatnonzero(excess > found.level + 1e-10)
        if above.size == 0:
            return found
        loudest = above if above.size <= _JOIN else above[np.argpartition(excess[above], -_JOIN)[-_JOIN:]]
        joined[loudest] = True


def _solve(stage: _Stage, coalitions: IntArray, floors: Array | None) -> _Optimum:
    """The programme over these coalitions alone."""
    from scipy.optimize import linprog

    n = stage.fixed_rows.shape[1]
    low: list[float | None] = [None] * n if floors is None else floors.tolist()
    found: Any = linprog(
        np.append(np.zeros(n), 1.0),
        A_ub=np.column_stack([-_rows(coalitions, n), -np.ones(coalitions.size)]),
        b_ub=-stage.worth[coalitions],
        A_eq=np.column_stack([stage.fixed_rows, np.zeros(stage.fixed_rows.shape[0])]),
        b_eq=stage.fixed_right,
        bounds=[(b, None) for b in [*low, None]],
        method="highs",
    )
    price = -np.asarray(found.ineqlin.marginals)
    at_floor = np.asarray(found.lower.marginals)[:-1] > 1e-7
    return _Optimum(np.asarray(found.x[:-1]), float(found.x[-1]), coalitions, price, at_floor)


def _determined(fixed: Array) -> BoolArray:
    """Which coalitions' payoffs follow from those of the fixed ones: those orthogonal to all that these leave open."""
    directions = np.linalg.svd(fixed)[2][fixed.shape[0] :]
    out = np.ones(2 ** fixed.shape[1], dtype=np.bool_)
    for direction in directions:
        out &= np.abs(coalition_sums(direction)) < 1e-7
    return out


def _independent(rows: Array, right: Array) -> tuple[Array, Array]:
    """A maximal independent part of consistent equations, in order."""
    kept: list[int] = []
    for k in range(rows.shape[0]):
        if np.linalg.matrix_rank(rows[[*kept, k]]) > len(kept):
            kept.append(k)
    return rows[kept], right[kept]


def _exact(
    total: float, levels: list[tuple[Array, Array]], floors: Array | None, at_floor: BoolArray, x: Array
) -> Array:
    """Solve the equations of the fixed coalitions for shares and levels together, if they determine them."""
    n, k = x.size, len(levels)
    blocks, right = [np.append(np.ones(n), np.zeros(k))[None, :]], [np.array([total])]
    for at, (rows, worth) in enumerate(levels):
        level = np.zeros((rows.shape[0], k))
        level[:, at] = 1.0
        blocks.append(np.hstack([rows, level]))
        right.append(worth)
    if floors is not None and at_floor.any():
        blocks.append(np.hstack([np.eye(n)[at_floor], np.zeros((int(at_floor.sum()), k))]))
        right.append(floors[at_floor])
    system, goal = np.vstack(blocks), np.concatenate(right)
    if np.linalg.matrix_rank(system) < n + k:
        return x
    solved = np.linalg.lstsq(system, goal, rcond=None)[0]
    return np.asarray(solved[:n] if np.abs(solved[:n] - x).max() < 1e-6 else x)


def _unit(game: CoalitionalGame) -> float:
    return float(np.abs(game.values).max()) or 1.0
