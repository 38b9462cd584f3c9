"""What can be had of a two-player game that may be too large for all of it: the default for such games."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from negotiation.games.normal_form import NormalFormGame
from negotiation.solvers.limits import check_positive
from negotiation.solvers.one_equilibrium import OneEquilibrium
from negotiation.solvers.pure import best_response_cells, certify_pure
from negotiation.solvers.result import Equilibrium, Solution, Status
from negotiation.solvers.two_player import why_not_two_players
from negotiation.solvers.vertex_enumeration import VertexEnumeration

_MOST_PURE = 1000


@dataclass(frozen=True, slots=True)
class WithinReach:
    """All equilibria of a large two-player game if that ends in time; else those met, the pure ones, or at least one.

    Parameters
    ----------
    walk : float
        Seconds for `VertexEnumeration`, which ends quickly where dominance or ties leave few vertices.
    deadline : float, optional
        Seconds for `OneEquilibrium`, which comes last, where nothing else was found.

    Notes
    -----
    `complete` and `components` are those of `VertexEnumeration`; otherwise the notes say what the list holds.

    Examples
    --------
    >>> game = NormalFormGame(np.random.default_rng(0).random((2, 40, 40)))
    >>> found = WithinReach(walk=0.1).run(game)
    >>> found.complete, max(e.regret for e in found.equilibria) < 1e-9
    (False, True)
    """

    walk: float = 5.0
    deadline: float | None = None

    def __post_init__(self) -> None:
        check_positive(walk=self.walk, deadline=self.deadline)

    def why_not(self, game: object) -> str:
        """Why this solver does not take `game`; empty when it does."""
        return why_not_two_players("WithinReach", game)

    def run(self, game: NormalFormGame) -> Solution:
        """Walk, then fill in."""
        walked = replace(VertexEnumeration(deadline=self.walk).run(game), solver=self)
        if walked.complete or walked.status is Status.INTERRUPTED:
            return walked
        known = {e.support for e in walked.equilibria if e.is_pure}
        cells = [tuple(cell) for cell in np.argwhere(best_response_cells(game.payoffs)).tolist()]
        pure = [certify_pure(game, c) for c in cells[:_MOST_PURE] if ((c[0],), (c[1],)) not in known]
        found: tuple[Equilibrium, ...] = (*walked.equilibria, *pure)
        notes = (*walked.notes, f"too large to enumerate in {self.walk:g} s: those met on the way, {_counted(cells)}")
        if found:
            return replace(walked, equilibria=found, notes=notes)
        one = OneEquilibrium(deadline=self.deadline).run(game)
        status = walked.status if one.equilibria else one.status
        return replace(walked, equilibria=one.equilibria, status=status, notes=(*notes, *one.notes))


def _counted(cells: list[tuple[int, ...]]) -> str:
    if not cells:
        return "no pure ones exist"
    if len(cells) > _MOST_PURE:
        return f"and the first {_MOST_PURE} of {len(cells)} pure ones"
    return f"and all pure ones ({len(cells)})"
