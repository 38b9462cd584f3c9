"""How large payoffs are, so that a tolerance means the same in dollars and in billions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from negotiation.arrays import Array
from negotiation.games.normal_form import NormalFormGame
from negotiation.games.profile import action_values


def payoff_ranges(game: NormalFormGame) -> Array:
    """Highest less lowest payoff of every player, shape (N,); halved in between, so that it overflows last."""
    tables = game.payoffs.reshape(game.n_players, -1)
    with np.errstate(over="ignore"):
        return np.asarray(2 * (tables.max(axis=1) / 2 - tables.min(axis=1) / 2), dtype=np.float64)


def relative_regret(game: NormalFormGame, profile: Sequence[Array], ranges: Array | None = None) -> float:
    """The largest regret of any player as a share of that player's payoff range; 0 for a player with a flat table."""
    spans = payoff_ranges(game) if ranges is None else ranges
    worst = 0.0
    for player, span in enumerate(spans):
        if span > 0:
            values = action_values(game, profile, player)
            worst = max(worst, float((values.max() - values @ profile[player]) / span))
    return worst
