"""All extreme equilibria of a two-player game, by the vertices of its two best-response polytopes."""

from __future__ import annotations

from dataclasses import dataclass

from negotiation.games.normal_form import NormalFormGame
from negotiation.solvers.limits import Watch, check_positive, check_tolerance
from negotiation.solvers.result import Solution
from negotiation.solvers.two_player import enumerate_equilibria, why_not_two_players


@dataclass(frozen=True, slots=True)
class VertexEnumeration:
    """Every extreme equilibrium of a two-player game, and the maximal Nash subsets that they span.

    Parameters
    ----------
    exact : bool
        Return `Equilibrium.profile_exact` in rationals, for the payoffs exactly as given (a float counts as the binary
        fraction that it is), every best-response inequality checked in rationals.
    limit : int, optional
        Stop when this many equilibria are found.
    deadline : float, optional
        Stop after this many seconds and return what was found.
    tol : float
        Without `exact`: floats within `tol` times a player's payoff range of short decimals are read as these decimals,
        so that ``0.1 + 0.2`` ties with ``0.3``. Zero takes every float as the binary fraction that it is.

    Notes
    -----
    The definition: ``(x, y)`` is extreme when it is a pair of vertices of the best-response polytopes
    ``{x >= 0, B'x <= 1}`` and ``{y >= 0, A y <= 1}`` whose labels together cover all actions. In a nondegenerate game these
    are all the equilibria; otherwise all equilibria are the union of the products in `Solution.components`.

    Actions that are strictly dominated go first. The walk runs over bases in floats, each certified by an error bound
    that covers every rounding; where ties or near ties spoil the certificate it runs in integers with a lexicographic
    rule, which is complete for degenerate games as well. So `complete` is a proof, whichever way was taken.

    Cost: proportional to the number of vertices, about ``2.6^n`` for random n×n games, times ``O(m n)`` each.
    Ctrl-C returns what was found so far, with `Status.INTERRUPTED`.

    References
    ----------
    Avis, D., Rosenberg, G., Savani, R., von Stengel, B. (2010). Enumeration of Nash equilibria for two-player games.
    Economic Theory 42, 9-37.

    Examples
    --------
    >>> game = NormalFormGame([[[2, 0], [0, 1]], [[1, 0], [0, 2]]])
    >>> VertexEnumeration(exact=True).run(game).equilibria[1].profile_exact
    ((Fraction(2, 3), Fraction(1, 3)), (Fraction(1, 3), Fraction(2, 3)))
    """

    exact: bool = False
    limit: int | None = None
    deadline: float | None = None
    tol: float = 1e-13

    def __post_init__(self) -> None:
        check_positive(limit=self.limit, deadline=self.deadline)
        check_tolerance(self.tol)

    def why_not(self, game: object) -> str:
        """Why this solver does not take `game`; empty when it does."""
        return why_not_two_players("VertexEnumeration", game)

    def run(self, game: NormalFormGame) -> Solution:
        """Find them all, or as many as the limits allow."""
        return enumerate_equilibria(game, self, Watch(self.deadline, self.limit))
