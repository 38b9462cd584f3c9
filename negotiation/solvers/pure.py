"""Pure equilibria by comparing every cell with the best of its line: one pass over the table for each player."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from negotiation.arrays import Array, BoolArray
from negotiation.games.normal_form import NormalFormGame
from negotiation.solvers.result import Solution, Status, certify


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
    Cost: one pass over the payoff table for each player, ``O(N Π m_i)`` time and ``O(Π m_i)`` memory.
    """

    limit: int | None = None
    tol: float = 0.0

    def why_not(self, game: object) -> str:
        """Why this solver does not take `game`; empty when it does."""
        return "" if isinstance(game, NormalFormGame) else f"PureEnumeration takes normal-form games, not {game!r}."

    def run(self, game: NormalFormGame) -> Solution:
        """Find them all, in the order of the table."""
        cells = np.argwhere(best_response_cells(game.payoffs, self.tol))
        cut = self.limit is not None and len(cells) > self.limit
        found = tuple(certify(game, _unit_profile(cell, game.shape)) for cell in cells[: self.limit])
        status = Status.LIMIT if cut else Status.FOUND
        notes = ("all pure equilibria; mixed ones were not sought",) if not cut else (f"{len(cells)} pure equilibria",)
        return Solution(game, found, self, status, notes=notes)


def best_response_cells(payoffs: Array, tol: float = 0.0) -> BoolArray:
    """Mark the cells at which every player is at a best response, shape (m_1, ..., m_N)."""
    mark = np.ones(payoffs.shape[1:], dtype=np.bool_)
    for player, table in enumerate(payoffs):
        slack = tol * float(np.ptp(table))
        mark &= table >= table.max(axis=player, keepdims=True) - slack
    return mark


def _unit_profile(cell: np.ndarray, shape: tuple[int, ...]) -> tuple[Array, ...]:
    return tuple(np.eye(m)[a] for a, m in zip(cell, shape, strict=True))
