"""Pure equilibria by comparing every cell with the best of its line: one pass over the table for each player."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from negotiation.arrays import Array, BoolArray, read_only
from negotiation.games.normal_form import NormalFormGame
from negotiation.solvers.limits import check_positive, check_tolerance
from negotiation.solvers.result import Equilibrium, Solution, Status


@dataclass(frozen=True, slots=True)
class PureEnumeration:
    """Every pure equilibrium of a game with any number of players.

    Parameters
    ----------
    limit : int, optional
        Stop after this many.
    tol : float
        A cell counts as a best response within `tol` times the player's payoff range.

    Notes
    -----
    With one player these are all the extreme equilibria, so that `complete` is true. Cost: one pass over the payoff
    table for each player, ``O(N Π m_i)`` time and ``O(Π m_i)`` memory.
    """

    limit: int | None = None
    tol: float = 0.0

    def __post_init__(self) -> None:
        check_positive(limit=self.limit)
        check_tolerance(self.tol)

    def why_not(self, game: object) -> str:
        """Why this solver does not take `game`; empty when it does."""
        return "" if isinstance(game, NormalFormGame) else f"PureEnumeration takes normal-form games, not {game!r}."

    def run(self, game: NormalFormGame) -> Solution:
        """Find them all, in the order of the table."""
        cells = np.argwhere(best_response_cells(game.payoffs, self.tol))
        cut = self.limit is not None and len(cells) > self.limit
        units = _Units(game.shape)
        found = tuple(certify_pure(game, tuple(cell), units) for cell in cells[: self.limit].tolist())
        status = Status.LIMIT if cut else Status.FOUND
        if game.n_players == 1 and not cut and not self.tol:  # the best actions are the extreme equilibria
            notes = ("all mixtures of these are equilibria as well",) if len(found) > 1 else ()
            return Solution(game, found, self, Status.COMPLETE, complete=True, notes=notes)
        notes = ("all pure equilibria; mixed ones were not sought",) if not cut else (f"{len(cells)} pure equilibria",)
        return Solution(game, found, self, status, notes=notes)


def best_response_cells(payoffs: Array, tol: float = 0.0) -> BoolArray:
    """Mark the cells at which every player is at a best response, shape (m_1, ..., m_N)."""
    mark = np.ones(payoffs.shape[1:], dtype=np.bool_)
    for player, table in enumerate(payoffs):
        best = table.max(axis=player, keepdims=True)
        mark &= table >= (best - tol * float(np.ptp(table)) if tol > 0 else best)
    return mark


class _Units:
    """Pure strategies, each made once and shared by all equilibria that use it."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self.made: dict[tuple[int, int], Array] = {}

    def profile(self, cell: tuple[int, ...]) -> tuple[Array, ...]:
        """The strategies of one cell."""
        return tuple(self._unit(player, action) for player, action in enumerate(cell))

    def _unit(self, player: int, action: int) -> Array:
        if (player, action) not in self.made:
            unit = np.zeros(self.shape[player])
            unit[action] = 1.0
            unit.flags.writeable = False
            self.made[player, action] = unit
        return self.made[player, action]


def certify_pure(game: NormalFormGame, cell: tuple[int, ...], units: _Units | None = None) -> Equilibrium:
    """Make an `Equilibrium` of one cell of the table, looking only at the lines through it."""
    payoffs = read_only([table[cell] for table in game.payoffs])
    gain = 0.0
    for player, table in enumerate(game.payoffs):
        line = table[(*cell[:player], slice(None), *cell[player + 1 :])]
        gain = max(gain, float(line.max() - payoffs[player]))
    return Equilibrium((units or _Units(game.shape)).profile(cell), payoffs, gain)
