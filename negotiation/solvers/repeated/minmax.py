"""What the others can hold a player down to: minmax payoffs, in pure and in mixed actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from negotiation.arrays import Array, read_only
from negotiation.door import checked
from negotiation.errors import NumericalError
from negotiation.games.normal_form import NormalFormGame
from negotiation.solvers.linear_program import as_distribution, over_simplex, unit_range
from negotiation.solvers.result import describe_strategy
from negotiation.solvers.security import maxmin

_ROUNDS, _STARTS = 50, 8


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Minmax:
    """The least payoff that the others can hold a player to, if it replies as well as it can.

    Parameters
    ----------
    game : NormalFormGame
    player : int
    value : float
        In the game's unit.
    threat : tuple of N ndarrays
        What the others play, each on its own, and the player's best reply in its own seat.
    lower : float
        No threat, not even a correlated one, holds the player below this; equal to `value` with two players.
    mixed : bool
        Whether the others may mix.
    """

    game: NormalFormGame
    player: int
    value: float
    threat: tuple[Array, ...]
    lower: float
    mixed: bool

    @property
    def gap(self) -> float:
        """What is left open, in payoff units: with three or more players mixed minmax is not a linear problem."""
        return max(0.0, self.value - self.lower)

    def __str__(self) -> str:
        names, unit = self.game.players, f" {self.game.unit}" if self.game.unit else ""
        others = "; ".join(
            f"{names[j]} {describe_strategy(p, self.game.actions[j])}"
            for j, p in enumerate(self.threat)
            if j != self.player
        )
        scale = float(np.ptp(self.game.payoffs)) or 1.0
        least = f", not below {self.lower:.6g}" if self.gap > 1e-9 * scale else ""
        how = "in mixed actions" if self.mixed else "in pure actions"
        return f"minmax {how}: {names[self.player]} {self.value:.6g}{unit}{least}, held by {others or 'nobody'}"

    __repr__ = __str__


@checked
def minmax(game: NormalFormGame, player: int | str = 0, *, mixed: bool = True) -> Minmax:
    """Find the harshest punishment of a player by the others, who choose without knowing its reply.

    Parameters
    ----------
    game : NormalFormGame
    player : int or str
    mixed : bool
        Whether the others may mix, each on its own; otherwise one action each.

    Returns
    -------
    Minmax
        With two players exact, by a linear programme. With more in mixed actions, the best of several descents, each
        punisher in turn by a linear programme; `gap` says how far correlated threats would reach beyond it.

    Raises
    ------
    UnknownNameError, WrongTypeError

    Notes
    -----
    No equilibrium of the repeated game pays a player less: than the pure minmax, if all play pure actions; than the mixed one
    in general. Pure: one pass over the table. Mixed: a few linear programmes of the size of the punisher's action set.

    References
    ----------
    Fudenberg, D., Maskin, E. (1986). The folk theorem in repeated games with discounting or with incomplete information.
    Econometrica 54, 533-554.

    Examples
    --------
    >>> pennies = NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    >>> minmax(pennies, mixed=False).value, minmax(pennies).value
    (1.0, 0.0)
    """
    i = game.player_index(player)
    table = np.moveaxis(game.payoffs[i], i, 0)  # own actions first
    if not mixed or game.n_players == 1:
        return _pure(game, i, table)
    if game.n_players == 2:
        secure = maxmin(game, i)
        threat = secure.threat
        return _made(game, i, table, [threat], float((table @ threat).max()), secure.value, True)
    return _descended(game, i, table)


def _pure(game: NormalFormGame, i: int, table: Array) -> Minmax:
    best = table.max(axis=0)
    at = np.unravel_index(int(best.argmin()), best.shape)
    others = [np.eye(m)[a] for m, a in zip(best.shape, at, strict=True)]
    return _made(game, i, table, others, float(best.min()), float(best.min()), False)


def _descended(game: NormalFormGame, i: int, table: Array) -> Minmax:
    """Each punisher in turn against the rest, from several starts."""
    shape, best = table.shape[1:], None
    order = np.argsort(table.max(axis=0), axis=None, kind="stable")[:_STARTS]
    starts = [[np.eye(m)[int(a)] for m, a in zip(shape, np.unravel_index(k, shape), strict=True)] for k in order]
    for start in [[np.full(m, 1 / m) for m in shape], *starts]:
        value, others = _descent(table, start)
        if best is None or value < best[0]:
            best = value, others
    assert best is not None
    return _made(game, i, table, best[1], best[0], min(maxmin(game, i).value, best[0]), True)


def _descent(table: Array, start: Sequence[Array]) -> tuple[float, list[Array]]:
    others, value = list(start), np.inf
    for _ in range(_ROUNDS):
        for j in range(len(others)):
            others[j] = _harshest(_against(table, others, j))
        now = float(_against(table, others, 0).dot(others[0]).max())
        if now >= value - 1e-12 * (abs(value) if np.isfinite(value) else 1.0):
            return min(now, value), others
        value = now
    return value, others


def _against(table: Array, others: Sequence[Array], j: int) -> Array:
    """The player's payoffs by own action and by the action of punisher j, the rest playing as they do."""
    moved = np.moveaxis(table, 1 + j, 1)
    for k in range(len(others) - 1, -1, -1):
        if k != j:
            moved = moved @ others[k]
    return np.asarray(moved)


def _harshest(table: Array) -> Array:
    """The mix of columns whose largest row is least."""
    m, n = table.shape
    rows = np.hstack([-unit_range(table), np.ones((m, 1))])
    optimum = over_simplex(np.append(np.zeros(n), 1.0), rows, np.zeros(m), n=n)
    if optimum is None:
        raise NumericalError("HiGHS finds no harshest threat, and one exists; please report this game.")
    return as_distribution(optimum.x[:n])


def _made(
    game: NormalFormGame, i: int, table: Array, others: Sequence[Array], value: float, lower: float, mixed: bool
) -> Minmax:
    reply = table
    for own in reversed(others):
        reply = reply @ own
    seats = [*others[:i], np.eye(game.shape[i])[int(reply.argmax())], *others[i:]]
    return Minmax(game, i, value, tuple(read_only(p) for p in seats), lower, mixed)


def minmax_values(game: NormalFormGame, *, mixed: bool) -> Array:
    """The minmax payoff of every player, shape (N,)."""
    return np.array([minmax(game, i, mixed=mixed).value for i in range(game.n_players)])
