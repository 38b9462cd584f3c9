"""One equilibrium of a game with any number of players: small supports first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product

from negotiation.arrays import Array
from negotiation.games.normal_form import NormalFormGame
from negotiation.solvers.limits import check_positive
from negotiation.solvers.polynomial import SupportSearch, has_dominated
from negotiation.solvers.result import Solution, Status
from negotiation.solvers.support_system import Support


@dataclass(frozen=True, slots=True)
class SmallSupports:
    """The first equilibrium met when supports are tried from small to large, balanced ones first.

    Parameters
    ----------
    deadline : float, optional
        Give up after this many seconds.
    tol : float
        An equilibrium's regret is within `tol` times the payoff range.
    quick_cells : int
        Cells of subdivision that a support may take in the first round; those that take more are tried again, with
        fifty times as many, when no other holds an equilibrium.

    Notes
    -----
    Each support is settled as in `PolynomialEnumeration`, so in a game without degenerate supports an equilibrium is
    found for certain, in the time that the number of supports allows: the search is quick as long as an equilibrium on
    few actions exists, which is usual, and exponential otherwise.

    References
    ----------
    Porter, R., Nudelman, E., Shoham, Y. (2008). Simple search methods for finding a Nash equilibrium. Games and
    Economic Behavior 63, 642-662.

    Examples
    --------
    >>> pennies = NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    >>> SmallSupports().run(pennies).equilibria[0].support
    ((0, 1), (0, 1))
    """

    deadline: float | None = None
    tol: float = 1e-9
    quick_cells: int = 2_000

    def __post_init__(self) -> None:
        check_positive(deadline=self.deadline, tol=self.tol, quick_cells=self.quick_cells)

    def why_not(self, game: object) -> str:
        """Why this solver does not take `game`; empty when it does."""
        return "" if isinstance(game, NormalFormGame) else f"SmallSupports takes normal-form games, not {game!r}."

    def run(self, game: NormalFormGame) -> Solution:
        """Try supports until one holds an equilibrium."""
        try:
            search = SupportSearch(game, self.tol, self.quick_cells, self.deadline)
        except KeyboardInterrupt:
            return Solution(game, (), self, Status.INTERRUPTED)
        try:
            status = self._search(search)
        except KeyboardInterrupt:
            status = Status.INTERRUPTED
        notes = (f"{search.seen} supports looked at, small ones first",)
        return Solution(game, tuple(search.found[:1]), self, status, notes=notes)

    def _search(self, search: SupportSearch) -> Status:
        again: list[Support] = []
        for support in by_size(search.payoffs):
            search.look(support)
            if search.found:
                return Status.FOUND
            if search.late():
                return Status.DEADLINE
            if search.open:
                again += search.open
                search.open = []
        search.max_cells = 50 * self.quick_cells
        for support in again:
            search.look(support)
            if search.found:
                return Status.FOUND
            if search.late():
                return Status.DEADLINE
        return Status.NONE_FOUND


def by_size(payoffs: Array) -> Iterator[Support]:
    """Supports by total size, balanced ones first, without those in which an action is dominated."""
    shape = payoffs.shape[1:]
    everything = tuple(tuple(range(m)) for m in shape)
    sizes = sorted(product(*(range(1, m + 1) for m in shape)), key=lambda s: (sum(s), max(s) - min(s)))

    def grow(chosen: Support, size: tuple[int, ...]) -> Iterator[Support]:
        depth = len(chosen)
        if depth == len(shape):
            yield chosen
            return
        for own in combinations(range(shape[depth]), size[depth]):
            longer = (*chosen, own)
            if not has_dominated(payoffs, longer, everything):
                yield from grow(longer, size)

    for size in sizes:
        # Who mixes over more actions than the others' mixtures have degrees of freedom can be indifferent by
        # accident only; such supports come with the degenerate ones, in `PolynomialEnumeration`.
        if all(s - 1 <= sum(size) - s - len(size) + 1 for s in size):
            yield from grow((), size)
