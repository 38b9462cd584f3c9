"""Mixed-strategy profiles: what they pay, and what a player could gain by leaving them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, as_floats, read_only
from negotiation.door import checked
from negotiation.errors import GameShapeError, ProbabilityError
from negotiation.games.normal_form import NormalFormGame

Profile = tuple[Array, ...]


def as_profile(game: NormalFormGame, profile: Sequence[npt.ArrayLike], tol: float = 1e-9) -> Profile:
    """Check a profile at the door.

    Parameters
    ----------
    game : NormalFormGame
    profile : sequence of N array_like, shapes (m_1,), ..., (m_N,)
        One mixed strategy a player.
    tol : float
        By how much probabilities may miss [0, 1] or their sum miss 1.

    Raises
    ------
    GameShapeError
        Too few or too many strategies, or one of the wrong length.
    ProbabilityError
        NaN, a negative probability, or a sum other than one.
    """
    if len(profile) != game.n_players:
        raise GameShapeError(f"{len(profile)} strategies given for {game.n_players} players.")
    return tuple(_as_strategy(p, m, name, tol) for p, m, name in zip(profile, game.shape, game.players, strict=True))


def _as_strategy(values: npt.ArrayLike, m: int, name: str, tol: float) -> Array:
    strategy = read_only(as_floats(values, f"the strategy of {name!r}"))
    if strategy.shape != (m,):
        raise GameShapeError(f"the strategy of {name!r} has shape {strategy.shape}; expected ({m},), one an action.")
    if np.isnan(strategy).any():
        raise ProbabilityError(f"the strategy of {name!r} has a NaN probability.")
    if strategy.min() < -tol:
        raise ProbabilityError(f"the strategy of {name!r} has a negative probability, {strategy.min():g}.")
    if abs(strategy.sum() - 1) > tol:
        raise ProbabilityError(f"the probabilities of {name!r} sum to {strategy.sum():.12g}, not 1.")
    return strategy


@checked
def action_values(game: NormalFormGame, profile: Sequence[npt.ArrayLike], player: int) -> Array:
    """What each action of `player` pays while the others follow `profile`.

    Returns
    -------
    ndarray, shape (m_player,)
        In the game's payoff unit. Cost: one pass over the payoff table.
    """
    table: Array = game.payoffs[player]
    for other in range(game.n_players - 1, player, -1):  # the last axis, then the one before it
        table = table @ np.asarray(profile[other], dtype=np.float64)
    for other in range(player):  # the first axis
        weights = np.asarray(profile[other], dtype=np.float64)
        table = (weights @ table.reshape(weights.size, -1)).reshape(table.shape[1:])
    return np.asarray(table, dtype=np.float64)


@checked
def expected_payoffs(game: NormalFormGame, profile: Sequence[npt.ArrayLike]) -> Array:
    """Return what each player expects, shape (N,)."""
    checked = as_profile(game, profile)
    return np.array([action_values(game, checked, i) @ p for i, p in enumerate(checked)])


@checked
def regret(game: NormalFormGame, profile: Sequence[npt.ArrayLike]) -> Array:
    """How much each player could gain by deviating alone; zero at a Nash equilibrium.

    Returns
    -------
    ndarray, shape (N,)
        In the game's payoff unit, non-negative up to rounding.

    References
    ----------
    Nash, J. (1951). Non-cooperative games. Annals of Mathematics 54, 286-295.

    Examples
    --------
    >>> pennies = NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    >>> regret(pennies, ([0.5, 0.5], [0.5, 0.5]))
    array([0., 0.])
    """
    checked = as_profile(game, profile)
    values = [action_values(game, checked, i) for i in range(game.n_players)]
    return np.array([v.max() - v @ p for v, p in zip(values, checked, strict=True)])
