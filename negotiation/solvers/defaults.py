"""Which solver `solve` uses for which game, and why."""

from __future__ import annotations

import math

from negotiation.games.normal_form import NormalFormGame
from negotiation.games.repeated import RepeatedGame
from negotiation.solvers.api import Solver
from negotiation.solvers.one_equilibrium import OneEquilibrium
from negotiation.solvers.polynomial import PolynomialEnumeration
from negotiation.solvers.pure import PureEnumeration, best_response_cells
from negotiation.solvers.repeated.payoff_set import AbreuSannikov
from negotiation.solvers.vertex_enumeration import VertexEnumeration
from negotiation.solvers.within_reach import WithinReach

DEADLINE = 30.0
_MOST_ACTIONS = 20  # on the smaller side: random 20 × 20 games take about half a minute
_MOST_SUPPORTS = 4_000  # a support takes a millisecond or so: 4 × 4 × 4 and seven players with two actions are within


def for_normal_form(game: NormalFormGame) -> Solver:
    """All equilibria where they are within reach, given up with what was found after half a minute.

    Larger two-player games get what a shorter walk meets, the pure equilibria, or one equilibrium. With three players or
    more the number of supports decides; past it all pure equilibria, or one mixed equilibrium where there is none.
    """
    if game.n_players == 2:
        few = min(game.shape) <= _MOST_ACTIONS
        return VertexEnumeration(deadline=DEADLINE) if few else WithinReach(deadline=DEADLINE)
    if game.n_players > 2 and math.prod(2**m - 1 for m in game.shape) <= _MOST_SUPPORTS:
        return PolynomialEnumeration(deadline=DEADLINE)
    if best_response_cells(game.payoffs).any():
        return PureEnumeration()
    return OneEquilibrium(deadline=DEADLINE)


def for_repeated_game(game: RepeatedGame) -> Solver:
    """The payoff set of a two-player game, given up with a set that contains it after half a minute."""
    return AbreuSannikov(deadline=DEADLINE)
