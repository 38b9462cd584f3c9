"""How large payoffs are, so that a tolerance means the same in dollars and in billions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from negotiation.arrays import Array
from negotiation.games.normal_form import NormalFormGame
from negotiation.games.profile import action_values

_HUGE = 1e300  # past this a sum or difference of payoffs may overflow


def payoff_ranges(game: NormalFormGame) -> Array:
    """Highest less lowest payoff of every player, shape (N,); a range beyond the largest float counts as that."""
    tables = game.payoffs.reshape(game.n_players, -1)
    half = tables.max(axis=1) / 2 - tables.min(axis=1) / 2
    return np.asarray(2 * np.minimum(half, np.finfo(np.float64).max / 2), dtype=np.float64)


def relative_regret(game: NormalFormGame, profile: Sequence[Array], ranges: Array | None = None) -> float:
    """The largest regret of any player as a share of that player's payoff range; 0 for a player with a flat table."""
    spans = payoff_ranges(game) if ranges is None else ranges
    worst = 0.0
    for player, span in enumerate(spans):
        if span > 0:
            values = action_values(game, profile, player)
            worst = max(worst, float((values.max() / 2 - values @ profile[player] / 2) / (span / 2)))
    return worst


def differences_fit(payoffs: Array) -> Array:
    """The payoffs, in quarters if their differences would overflow; best responses are the same."""
    return payoffs if np.abs(payoffs).max() < _HUGE else payoffs / 4
