"""One equilibrium of a game that is too large for all of them: the cheapest method that works, tried in order."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from negotiation.arrays import Array
from negotiation.games.normal_form import NormalFormGame
from negotiation.solvers.dominance import Elimination, iterated_elimination
from negotiation.solvers.dominance_search import is_plainly_reducible
from negotiation.solvers.lemke_howson import LemkeHowson
from negotiation.solvers.limits import check_positive
from negotiation.solvers.minimax import Minimax
from negotiation.solvers.pure import best_response_cells, certify_pure
from negotiation.solvers.result import Equilibrium, Solution, Status, certify


@dataclass(frozen=True, slots=True)
class OneEquilibrium:
    """One certified equilibrium, as fast as the game allows.

    Parameters
    ----------
    deadline : float, optional
        Give up after this many seconds.
    tol : float
        An equilibrium's regret is within `tol` times the payoff range.
    max_pivots : int
        For two players, how long Lemke-Howson may walk in all.

    Notes
    -----
    In this order: a pure equilibrium, in one pass over the table for each player; iterated strict dominance; for two
    players a linear program if their interests are opposed, else short Lemke-Howson runs from many labels; for more
    players small supports, then larger ones. Large random games nearly always have an equilibrium on a few actions
    (Bárány, Vempala, Vetta 2007), which is why short runs and small supports come first.

    References
    ----------
    Porter, R., Nudelman, E., Shoham, Y. (2008). Simple search methods for finding a Nash equilibrium. Games and
    Economic Behavior 63, 642-662.

    Examples
    --------
    >>> game = NormalFormGame([[[2, 0], [0, 1]], [[1, 0], [0, 2]]])
    >>> OneEquilibrium().run(game).notes
    ('a pure equilibrium, found first; others were not sought',)
    """

    deadline: float | None = None
    tol: float = 1e-9
    max_pivots: int = 1_000_000

    def __post_init__(self) -> None:
        check_positive(deadline=self.deadline, tol=self.tol, max_pivots=self.max_pivots)

    def why_not(self, game: object) -> str:
        """Why this solver does not take `game`; empty when it does."""
        return "" if isinstance(game, NormalFormGame) else f"OneEquilibrium takes normal-form games, not {game!r}."

    def run(self, game: NormalFormGame) -> Solution:
        """Try the methods in order of their cost."""
        try:
            return self._run(game)
        except KeyboardInterrupt:
            return Solution(game, (), self, Status.INTERRUPTED)

    def _run(self, game: NormalFormGame) -> Solution:
        until = None if self.deadline is None else time.monotonic() + self.deadline
        if (cell := first_pure(game)) is not None:
            note = "a pure equilibrium, found first; others were not sought"
            return Solution(game, (certify_pure(game, cell),), self, Status.FOUND, notes=(note,))
        left = iterated_elimination(game) if is_plainly_reducible(game) else None
        if left is None or not left.removed:
            answer = self._solver(game, until).run(game)
            found, notes = answer.equilibria, answer.notes
        else:
            part = left.reduced
            answer = self._solver(part, until).run(part)
            found = tuple(_lifted(game, left, e) for e in answer.equilibria)
            notes = (f"iterated strict dominance left {' × '.join(map(str, part.shape))}", *answer.notes)
        return Solution(game, found, self, answer.status, notes=(f"by {type(answer.solver).__name__}", *notes))

    def _solver(self, game: NormalFormGame, until: float | None) -> Any:
        """The method for a game without pure equilibria and without dominated actions."""
        left = None if until is None else max(1e-3, until - time.monotonic())
        if game.n_players != 2:
            from negotiation.solvers.n_player import SmallSupports

            return SmallSupports(deadline=left, tol=self.tol)
        minimax = Minimax(deadline=left, tol=self.tol)
        if not minimax.why_not(game):
            return minimax
        return LemkeHowson(deadline=left, tol=self.tol, max_pivots=self.max_pivots)


def first_pure(game: NormalFormGame) -> tuple[int, ...] | None:
    """The first pure equilibrium in the order of the table."""
    if game.n_players == 2:
        from negotiation.solvers.kernels.pure_pairs import first_pair

        i, j = first_pair(*game.payoffs)
        return (int(i), int(j)) if i >= 0 else None
    mark = best_response_cells(game.payoffs)
    at = int(mark.argmax())
    return tuple(int(a) for a in np.unravel_index(at, game.shape)) if mark.flat[at] else None


def _lifted(game: NormalFormGame, left: Elimination, part: Equilibrium) -> Equilibrium:
    """The same equilibrium in the game before elimination, certified there."""
    profile: list[Array] = []
    for m, kept, own in zip(game.shape, left.kept, part.profile, strict=True):
        full = np.zeros(m)
        full[list(kept)] = own
        profile.append(full)
    return certify(game, profile)
