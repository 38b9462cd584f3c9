"""What a player can secure on its own: maxmin and minimax-regret strategies, mixed and pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from negotiation.arrays import Array, read_only
from negotiation.errors import NumericalError, WrongTypeError
from negotiation.games.normal_form import NormalFormGame
from negotiation.solvers.linear_program import as_distribution, over_simplex, unit_range
from negotiation.solvers.result import describe_strategy


@dataclass(frozen=True, slots=True, eq=False)
class SecurityStrategy:
    """A strategy that is best in the worst case.

    Parameters
    ----------
    game : NormalFormGame
    player : int
    criterion : {"maxmin", "minimax regret"}
    strategy : ndarray, shape (m_player,)
    value : float
        What it guarantees, in the game's unit: the least payoff (maxmin) or the largest regret (minimax regret).
    threat : ndarray, shape of the others' actions
        Joint play of the others against which the player can do no better than `value` plus `gap`: the proof that
        nothing secures more. For pure strategies, the worst case of the one chosen.
    gap : float
        What `threat` leaves open; zero up to rounding for mixed strategies.
    actions : tuple of int
        Every action that is optimal among pure strategies; empty for a mixed answer.
    """

    game: NormalFormGame
    player: int
    criterion: str
    strategy: Array
    value: float
    threat: Array
    gap: float
    actions: tuple[int, ...] = ()

    def __str__(self) -> str:
        unit = f" {self.game.unit}" if self.game.unit else ""
        name, own = self.game.players[self.player], self.game.actions[self.player]
        what = "secures" if self.criterion == "maxmin" else "regrets at most"
        tied = f" (as good: {', '.join(own[a] for a in self.actions)})" if len(self.actions) > 1 else ""
        return (
            f"{self.criterion}: {name} {what} {self.value:g}{unit} with {describe_strategy(self.strategy, own)}{tied}"
        )

    __repr__ = __str__


def maxmin(game: NormalFormGame, player: int | str = 0, *, mixed: bool = True) -> SecurityStrategy:
    """Find the strategy with the best worst case, the player's security level.

    Parameters
    ----------
    game : NormalFormGame
    player : int or str
        By position or by name.
    mixed : bool
        Whether the player may mix; otherwise the best single action.

    Returns
    -------
    SecurityStrategy
        Its `threat` is the others' joint play that holds the player down to it: with two players the minmax
        strategy, with more a correlated one, and a lower level than independent opponents could enforce.

    Raises
    ------
    UnknownNameError, WrongTypeError
        No such player, or not a normal-form game.

    Notes
    -----
    A linear program with ``m_i`` unknowns and as many rows as the others have joint actions; pure: one pass.

    References
    ----------
    von Neumann, J. (1928). Zur Theorie der Gesellschaftsspiele. Mathematische Annalen 100, 295-320.

    Examples
    --------
    >>> chicken = NormalFormGame([[[6, 2], [7, 0]], [[6, 7], [2, 0]]])
    >>> print(maxmin(chicken, 0))
    maxmin: player 1 secures 2 with 0
    """
    i, table = _own_table(game, player)
    return _secure(game, i, table, "maxmin", mixed)


def minimax_regret(game: NormalFormGame, player: int | str = 0, *, mixed: bool = True) -> SecurityStrategy:
    """Find the strategy whose largest regret, over what the others may do, is least.

    Parameters
    ----------
    game : NormalFormGame
    player : int or str
        By position or by name.
    mixed : bool
        Whether the player may mix; otherwise the best single action.

    Returns
    -------
    SecurityStrategy

    Raises
    ------
    UnknownNameError, WrongTypeError
        No such player, or not a normal-form game.

    Notes
    -----
    The regret of action a when the others do s is ``max_b u(b, s) - u(a, s)``. Cost as for `maxmin`.

    References
    ----------
    Savage, L. (1951). The theory of statistical decision. J. American Statistical Association 46, 55-67.

    Examples
    --------
    >>> game = NormalFormGame([[[8, 0], [5, 4]], [[0, 0], [0, 0]]])
    >>> minimax_regret(game, mixed=False).value, round(minimax_regret(game).value, 6)
    (3.0, 1.714286)
    """
    i, table = _own_table(game, player)
    return _secure(game, i, table - table.max(axis=0), "minimax regret", mixed)


def _own_table(game: NormalFormGame, player: int | str) -> tuple[int, Array]:
    """The player's payoffs, own actions by the others' joint actions."""
    if not isinstance(game, NormalFormGame):
        raise WrongTypeError(f"security strategies are of normal-form games, not of a {type(game).__name__}.")
    i = game.player_index(player)
    return i, np.moveaxis(game.payoffs[i], i, 0).reshape(game.shape[i], -1)


def _secure(game: NormalFormGame, i: int, table: Array, criterion: str, mixed: bool) -> SecurityStrategy:
    others = game.shape[:i] + game.shape[i + 1 :]
    strategy, threat, actions = _mixed(table) if mixed else _pure(table)
    least = float((strategy @ table).min())
    gap = max(0.0, float((table @ threat).max()) - least)
    value = least if criterion == "maxmin" else abs(least)
    return SecurityStrategy(
        game, i, criterion, read_only(strategy), value, read_only(threat.reshape(others)), gap, actions
    )


def _mixed(table: Array) -> tuple[Array, Array, tuple[int, ...]]:
    """Maximise v subject to ``x @ table >= v``; the prices of the rows are the threat."""
    m, rows = table.shape[0], unit_range(table).T
    system = np.hstack([rows, -np.ones((rows.shape[0], 1))])
    optimum = over_simplex(np.append(np.zeros(m), -1.0), system, np.zeros(rows.shape[0]), n=m)
    if optimum is None:
        raise NumericalError("HiGHS finds no maxmin strategy, and one exists; please report this game.")
    return as_distribution(optimum.x[:m]), as_distribution(np.abs(optimum.prices)), ()


def _pure(table: Array) -> tuple[Array, Array, tuple[int, ...]]:
    worst = table.min(axis=1)
    best = np.flatnonzero(worst == worst.max())
    strategy, threat = np.zeros(table.shape[0]), np.zeros(table.shape[1])
    strategy[best[0]] = threat[table[best[0]].argmin()] = 1.0
    return strategy, threat, tuple(int(a) for a in best)
