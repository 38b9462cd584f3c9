"""Which solver `solve` uses for which game, and why."""

from __future__ import annotations

from negotiation.games.normal_form import NormalFormGame
from negotiation.solvers.api import Solver
from negotiation.solvers.pure import PureEnumeration
from negotiation.solvers.vertex_enumeration import VertexEnumeration

DEADLINE = 30.0


def for_normal_form(game: NormalFormGame) -> Solver:
    """All equilibria of a two-player game, given up with what was found after half a minute; pure ones otherwise."""
    if game.n_players == 2:
        return VertexEnumeration(deadline=DEADLINE)
    return PureEnumeration()
