"""The core of a coalitional game: the divisions that no coalition can improve on by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from negotiation.arrays import Array, BoolArray, read_only
from negotiation.bargain.nucleolus import least_core
from negotiation.door import checked
from negotiation.errors import SizeLimitError
from negotiation.games.coalitional import CoalitionalGame

MOST_PLAYERS = 9


@dataclass(frozen=True, slots=True, eq=False)
class Core:
    """The core, as a polytope of divisions.

    Parameters
    ----------
    game : CoalitionalGame
    excess : float
        The least largest excess: positive when the core is empty, by how much it misses.
    point : ndarray, shape (n,)
        A division with that excess; in the core unless it is empty.
    is_empty : bool
    """

    game: CoalitionalGame
    excess: float
    point: Array
    is_empty: bool
    _memo: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def vertices(self) -> Array:
        """Its extreme points, shape (V, n), in lexicographic order; up to nine players.

        Raises
        ------
        SizeLimitError
        """
        if "vertices" not in self._memo:
            self._memo["vertices"] = read_only(_vertices(self.game, self.is_empty))
        found: Array = self._memo["vertices"]
        return found

    def contains(self, shares: Array, *, tol: float = 1e-9) -> bool:
        """Whether a division is in the core; `tol` is relative to the largest worth."""
        slack = tol * max(1e-300, float(np.abs(self.game.values).max()))
        excess = self.game.excesses(shares)
        return bool((excess <= slack).all() and abs(excess[-1]) <= slack)

    def __repr__(self) -> str:
        return f"<Core {'empty' if self.is_empty else 'not empty'}, least excess {self.excess:g}>"


@checked
def core(game: CoalitionalGame, *, tol: float = 1e-9) -> Core:
    """Find the core of a coalitional game.

    Parameters
    ----------
    game : CoalitionalGame
        Up to 20 players, and up to 9 for ``.vertices``.
    tol : float
        An excess below `tol` times the largest worth counts as none.

    Returns
    -------
    Core
        ``.is_empty``, ``.vertices`` (found when asked for), ``.point``, ``.excess``.

    Notes
    -----
    Emptiness is one linear programme over ``2**n`` coalitions, of which the loudest join as needed. Vertices: constraints
    that hold with equality throughout are found by linear programmes, and the rest is intersected within the space they
    leave; the number of vertices can be ``n!``.

    References
    ----------
    Gillies, D. B. (1959). Solutions to general non-zero-sum games. In Contributions to the Theory of Games IV, 47-85.

    Examples
    --------
    >>> core(CoalitionalGame([0, 0, 1, 3, 2, 4, 5, 6])).vertices
    array([[1., 2., 3.]])
    """
    least = least_core(game)
    return Core(game, least.excess, least.point, least.excess > tol * float(np.abs(game.values).max()))


def _vertices(game: CoalitionalGame, is_empty: bool) -> Array:
    n = game.n_players
    if is_empty:
        return np.zeros((0, n))
    if n > MOST_PLAYERS:
        raise SizeLimitError(f"{n} players; vertices of the core are listed for up to {MOST_PLAYERS}.")
    if n == 1:
        return np.array([[game.total]])
    unit = float(np.abs(game.values).max()) or 1.0
    rows, worth = game.members[1:-1].astype(np.float64), game.values[1:-1] / unit
    inner, equal = _relative_interior(rows, worth, game.total / unit)
    equations = np.vstack([np.ones((1, n)), rows[equal]])
    _, sizes, directions = np.linalg.svd(equations)
    plane = directions[int((sizes > 1e-9).sum()) :]
    if plane.shape[0] == 0:
        corners = inner[None, :]
    else:
        corners = inner + _corners(rows[~equal] @ plane.T, rows[~equal] @ inner - worth[~equal]) @ plane
    return _tidy(corners, rows, worth, game.total / unit) * unit


def _relative_interior(rows: Array, worth: Array, total: float) -> tuple[Array, BoolArray]:
    """A point of the core with room in every constraint that has any, and the constraints that have none."""
    from scipy.optimize import linprog

    n = rows.shape[1]
    equal = np.zeros(rows.shape[0], dtype=np.bool_)
    while True:
        free = ~equal
        found: Any = linprog(
            np.append(np.zeros(n), -1.0),
            A_ub=np.column_stack([-rows, free.astype(float)]),
            b_ub=-worth + np.where(equal, 1e-10, 0.0),
            A_eq=np.append(np.ones(n), 0.0)[None, :],
            b_eq=[total],
            bounds=[(None, None)] * n + [(None, 1.0)],
            method="highs",
        )
        if found.x[-1] > 1e-8 or not free.any():
            return np.asarray(found.x[:-1]), equal
        equal |= free & (-np.asarray(found.ineqlin.marginals) > 1e-9)


def _corners(slopes: Array, room: Array) -> Array:
    """Vertices of ``{z: slopes @ z + room >= 0}``, which holds 0 in its interior and is bounded."""
    if slopes.shape[1] == 1:
        steps = -room / np.where(slopes[:, 0] == 0, np.nan, slopes[:, 0])
        low = np.nanmax(np.where(slopes[:, 0] > 1e-12, steps, -np.inf))
        high = np.nanmin(np.where(slopes[:, 0] < -1e-12, steps, np.inf))
        return np.array([[low], [high]])
    from scipy.spatial import HalfspaceIntersection

    used = np.abs(slopes).max(axis=1) > 1e-9
    cut = HalfspaceIntersection(np.column_stack([-slopes[used], -room[used]]), np.zeros(slopes.shape[1]))
    return np.asarray(cut.intersections)


def _tidy(corners: Array, rows: Array, worth: Array, total: float) -> Array:
    """Solve each corner's own equations, drop repetitions, sort."""
    n = rows.shape[1]
    found: dict[tuple[float, ...], Array] = {}
    for corner in corners:
        tight = np.abs(rows @ corner - worth) < 1e-7
        system = np.vstack([np.ones((1, n)), rows[tight]])
        exact: Array = np.linalg.lstsq(system, np.append(total, worth[tight]), rcond=None)[0]
        best: Array = exact if np.linalg.matrix_rank(system) == n else np.asarray(corner)
        found.setdefault(tuple(float(c) for c in np.round(best, 8) + 0.0), best)
    points = np.array([found[key] for key in sorted(found)])
    return np.where(np.abs(points) < 1e-12, 0.0, points)
