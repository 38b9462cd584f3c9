"""Which solver `solve` uses for which game, and why."""

from __future__ import annotations

from negotiation.games.normal_form import NormalFormGame
from negotiation.games.repeated import RepeatedGame
from negotiation.solvers.api import Solver
from negotiation.solvers.pure import PureEnumeration
from negotiation.solvers.repeated.payoff_set import AbreuSannikov
from negotiation.solvers.vertex_enumeration import VertexEnumeration

DEADLINE = 30.0


def for_normal_form(game: NormalFormGame) -> Solver:
    """All equilibria of a two-player game, given up with what was found after half a minute; pure ones otherwise."""
    if game.n_players == 2:
        return VertexEnumeration(deadline=DEADLINE)
    return PureEnumeration()


def for_repeated_game(game: RepeatedGame) -> Solver:
    """The payoff set of a two-player game, given up with a set that contains it after half a minute."""
    return AbreuSannikov(deadline=DEADLINE)
