"""Which payoffs can be reached at all, and which of them give everybody what it can secure: the folk theorem's set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, as_floats, read_only
from negotiation.door import checked
from negotiation.errors import GameShapeError, NotFiniteError, ParameterError
from negotiation.games.normal_form import NormalFormGame
from negotiation.games.repeated import RepeatedGame
from negotiation.solvers.repeated.extreme_points import clipped, corners
from negotiation.solvers.repeated.minmax import minmax_values
from negotiation.words import counted

if TYPE_CHECKING:
    import pandas as pd

FLOORS = ("mixed minmax", "pure minmax", "none")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FeasiblePayoffs:
    """The payoffs that lotteries over action profiles give, above a floor for each player.

    Parameters
    ----------
    game : NormalFormGame
    vertices : ndarray, shape (V, N)
        Corners, in the game's unit; counter-clockwise with two players; none if the floors cannot all be met.
    floors : ndarray, shape (N,)
        What each player gets at least; minus infinity without floors.
    floor : str
        ``"mixed minmax"``, ``"pure minmax"``, ``"none"``, or ``"given"``.
    """

    game: NormalFormGame
    vertices: Array
    floors: Array
    floor: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing feasible meets all floors; with mixed minmax it never is."""
        return len(self.vertices) == 0

    def contains(self, payoffs: npt.ArrayLike, *, tol: float = 1e-9) -> bool:
        """Whether payoffs are in the set: as a lottery over the vertices, found by a linear programme.

        Raises
        ------
        GameShapeError
        """
        from scipy.optimize import linprog

        point = as_floats(payoffs, "payoffs")
        if point.shape != (self.game.n_players,):
            raise GameShapeError(
                f"payoffs of shape {point.shape}; expected one for each of {self.game.n_players} players."
            )
        if self.is_empty:
            return False
        n, scale = len(self.vertices), float(np.ptp(self.game.payoffs)) or 1.0
        unit, aim = (self.vertices - point) / scale, np.append(np.zeros(n), 1.0)
        rows = np.vstack([unit.T, -unit.T])
        found = linprog(
            aim, A_ub=np.hstack([rows, -np.ones((len(rows), 1))]), b_ub=np.zeros(len(rows)),
            A_eq=np.append(np.ones(n), 0.0)[None, :], b_eq=[1.0], bounds=(0, None), method="highs",
        )  # fmt: skip
        return found.status == 0 and float(found.fun or 0.0) <= tol

    def to_frame(self) -> pd.DataFrame:
        """One row a vertex."""
        import pandas as pd

        return pd.DataFrame(self.vertices, columns=list(self.game.players))

    def __str__(self) -> str:
        unit = f" {self.game.unit}" if self.game.unit else ""
        if self.floor == "none":
            head = "feasible payoffs"
        else:
            levels = ", ".join(f"{n} {v:.6g}" for n, v in zip(self.game.players, self.floors, strict=True))
            head = f"feasible payoffs above the floor ({self.floor}: {levels}{unit})"
        lines = [f"{head}: {counted(len(self.vertices), 'vertex', 'vertices')}"]
        rows = [zip(self.game.players, v + 0.0, strict=True) for v in self.vertices[:20]]
        lines += ["  " + ", ".join(f"{n} {x:.6g}" for n, x in row) + unit for row in rows]
        return "\n".join(lines + ([f"  … and {len(self.vertices) - 20} more"] if len(self.vertices) > 20 else []))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html()
        return f"<p>{str(self).partition(chr(10))[0]}</p>{table}"


@checked
def feasible_payoffs(
    game: NormalFormGame | RepeatedGame, *, floor: str | Sequence[float] | Array = "mixed minmax"
) -> FeasiblePayoffs:
    """Find the feasible and individually rational payoffs of a stage game, for any number of players.

    Parameters
    ----------
    game : NormalFormGame or RepeatedGame
        Of a repeated game, its stage.
    floor : {"mixed minmax", "pure minmax", "none"} or sequence of N float
        What every player has to get at least. The folk theorem's floor is the mixed minmax; equilibria in pure actions
        stay above the pure one.

    Returns
    -------
    FeasiblePayoffs

    Raises
    ------
    ParameterError, GameShapeError, NotFiniteError

    Notes
    -----
    Every payoff strictly above the mixed minmax is an equilibrium payoff for patient enough players: always with two, with more
    if the set has full dimension. With unequal patience more can be feasible over time; see `AbreuSannikov`. Cost: convex hulls
    of the action profiles' payoffs in N dimensions.

    References
    ----------
    Fudenberg, D., Maskin, E. (1986). The folk theorem in repeated games with discounting or with incomplete information.
    Econometrica 54, 533-554.

    Examples
    --------
    >>> chicken = NormalFormGame([[[6, 2], [7, 0]], [[6, 7], [2, 0]]])
    >>> feasible_payoffs(chicken).vertices
    array([[2., 2.],
           [7., 2.],
           [6., 6.],
           [2., 7.]])
    """
    stage = game.stage if isinstance(game, RepeatedGame) else game
    floors, name = _floors(stage, floor)
    points = stage.payoffs.reshape(stage.n_players, -1).T
    scale = float(np.ptp(points)) or 1.0
    found = corners(points, 1e-12 * scale)
    for i, level in enumerate(floors):
        if np.isfinite(level):
            found = clipped(found, i, float(level), 1e-12 * scale)
    return FeasiblePayoffs(stage, read_only(found.points), read_only(floors), name)


def _floors(stage: NormalFormGame, floor: str | Sequence[float] | Array) -> tuple[Array, str]:
    """The floor of each player, and what it is."""
    if isinstance(floor, str):
        if floor not in FLOORS:
            raise ParameterError(f"floor must be one of {', '.join(map(repr, FLOORS))}, or payoffs, not {floor!r}.")
        if floor == "none":
            return np.full(stage.n_players, -np.inf), floor
        return minmax_values(stage, mixed=floor == "mixed minmax"), floor
    levels = as_floats(floor, "floor")
    if levels.shape != (stage.n_players,):
        raise GameShapeError(f"{levels.size} floors for {stage.n_players} players; give one each.")
    if np.isnan(levels).any():
        raise NotFiniteError(f"floor={floor!r}; a floor is a number, or minus infinity for none.")
    return levels, "given"
