"""The set of payoffs that subgame-perfect play of a repeated game can pay, with its proof from both sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, as_floats
from negotiation.errors import GameShapeError
from negotiation.games.repeated import RepeatedGame
from negotiation.solvers.repeated.polygon import area, outside
from negotiation.solvers.result import Status
from negotiation.words import counted

if TYPE_CHECKING:
    import pandas as pd


class Decomposition(NamedTuple):
    """How a vertex is paid: an action profile today, and a continuation whose loss deters deviation.

    Parameters
    ----------
    actions : tuple of int
        What is played today.
    continuation : tuple of float
        Payoffs promised from tomorrow on: a lottery, publicly drawn, over the vertices.
    slack : tuple of float
        What each player would lose by its best deviation, in payoff units; zero where it is just held.
    violation : float
        By how much the conditions fail at most, in payoff units: rounding.
    """

    actions: tuple[int, ...]
    continuation: tuple[float, float]
    slack: tuple[float, float]
    violation: float


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PayoffSet:
    """All payoffs per period of subgame-perfect equilibria in pure actions with public randomisation.

    Parameters
    ----------
    game : RepeatedGame
    vertices : ndarray, shape (V, 2)
        Corners of the set, counter-clockwise; none if there is no such equilibrium. In the stage game's unit. Nothing outside
        them is an equilibrium payoff, up to rounding.
    punishments : ndarray, shape (2,)
        The worst equilibrium payoff of each player, which is what deters deviation; where the set is empty, the level at
        which it was found out.
    decompositions : tuple of Decomposition
        One a vertex: the proof from inside, with its error.
    inner : ndarray, shape (W, 2)
        A polygon every point of which is proved to be an equilibrium payoff, with room for rounding; see `gap`.
    gap : float
        How far `vertices` reach beyond `inner`, in payoff units; infinite if no inner polygon was found.
    solver : AbreuSannikov
    status : Status
    steps : int
        Steps of the operator.
    notes : tuple of str
    """

    game: RepeatedGame
    vertices: Array
    punishments: Array
    decompositions: tuple[Decomposition, ...]
    inner: Array
    gap: float
    solver: Any
    status: Status
    steps: int
    notes: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the iteration came to rest; otherwise `vertices` still contain the set, and may be too large."""
        return self.status is Status.COMPLETE

    @property
    def is_empty(self) -> bool:
        """Whether no equilibrium of the kind exists; a proof, as the set was bounded from outside."""
        return len(self.vertices) == 0

    @property
    def error(self) -> float:
        """The largest violation of a decomposition, in payoff units: every vertex is paid by an equilibrium up to this."""
        return max((d.violation for d in self.decompositions), default=0.0)

    @property
    def area(self) -> float:
        """The area of the set, in squared payoff units."""
        return area(self.vertices)

    def contains(self, payoffs: npt.ArrayLike, *, tol: float = 1e-9) -> bool:
        """Whether a pair of payoffs is an equilibrium payoff; `tol` is relative to the payoff range.

        Raises
        ------
        GameShapeError
        """
        point = as_floats(payoffs, "payoffs")
        if point.shape != (2,):
            raise GameShapeError(f"payoffs of shape {point.shape}; expected one number for each of two players.")
        scale = float(np.ptp(self.game.stage.payoffs)) or 1.0
        return bool(outside(self.vertices, point[None, :])[0] <= tol * scale)

    def to_frame(self) -> pd.DataFrame:
        """One row a vertex: payoffs, what is played today, what is promised, and what holds each player."""
        import pandas as pd

        stage, rows = self.game.stage, []
        for vertex, d in zip(self.vertices, self.decompositions, strict=False):
            row: dict[str, Any] = {f"payoff of {n}": float(v) for n, v in zip(stage.players, vertex, strict=True)}
            row |= {f"{n} plays": stage.actions[i][d.actions[i]] for i, n in enumerate(stage.players)}
            row |= {f"then {n} gets": d.continuation[i] for i, n in enumerate(stage.players)}
            row |= {f"slack of {n}": d.slack[i] for i, n in enumerate(stage.players)}
            rows.append(row)
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        names = self.game.stage.players
        unit = f" {self.game.stage.unit}" if self.game.stage.unit else ""
        deltas = ", ".join(f"{d:.6g}" for d in dict.fromkeys(self.game.discount_factors))
        head = f"subgame-perfect payoffs (pure actions, public randomisation) at discount factor {deltas}: "
        if self.is_empty:
            lines = [f"{head}none exist"]
        else:
            lines = [f"{head}{counted(len(self.vertices), 'vertex', 'vertices')}, {self.status.value}"]
            shown = _without_noise(self.vertices[:20])
            lines += [f"  {names[0]} {v[0]:.8g}, {names[1]} {v[1]:.8g}{unit}" for v in shown]
            lines += [f"  … and {len(self.vertices) - 20} more"] if len(self.vertices) > 20 else []
            worst = ", ".join(f"{n} {p:.8g}" for n, p in zip(names, _without_noise(self.punishments), strict=True))
            lines.append(f"  worst for each: {worst}{unit}")
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = str(self).partition("\n")[0]
        table: str = self.to_frame().to_html()
        return f"<p>{head}</p>{table}{''.join(f'<p>note: {n}</p>' for n in self.notes)}"


def _without_noise(payoffs: Array) -> Array:
    """Payoffs for print: what is zero up to rounding as zero."""
    return np.where(np.abs(payoffs) <= 1e-12 * max(1.0, float(np.abs(payoffs).max())), 0.0, payoffs)
