"""Equilibria of two-player games, one pair of supports after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from negotiation.games.normal_form import NormalFormGame
from negotiation.solvers.extreme import Extremes
from negotiation.solvers.integer_form import IntegerForm, IntTable, integer_form
from negotiation.solvers.limits import Watch, check_positive, check_tolerance
from negotiation.solvers.linear import has_solution, solve_system
from negotiation.solvers.pruning import undominated
from negotiation.solvers.result import Solution
from negotiation.solvers.two_player import dress, why_not_two_players

Supports = tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class SupportEnumeration:
    """Every equilibrium of a nondegenerate two-player game, by solving for each pair of supports of equal size.

    Parameters
    ----------
    exact : bool
        Return `Equilibrium.profile_exact` in rationals. The arithmetic is in integers either way.
    limit : int, optional
        Stop when this many equilibria are found.
    deadline : float, optional
        Stop after this many seconds and return what was found.
    tol : float
        As in `VertexEnumeration`.

    Notes
    -----
    In a degenerate game equilibria with supports of unequal size are missed; the first sign of degeneracy makes
    `complete` false. `VertexEnumeration` has neither this limit nor the cost, ``O(4^n)`` systems for n×n games; this is
    a second, independent method, the clearest there is.

    References
    ----------
    von Stengel, B. (2007). Equilibrium computation for two-player games in strategic and extensive form. In:
    Nisan, N., Roughgarden, T., Tardos, E., Vazirani, V. (eds.), Algorithmic Game Theory, algorithm 3.4.

    Examples
    --------
    >>> game = NormalFormGame([[[2, 0], [0, 1]], [[1, 0], [0, 2]]])
    >>> [e.support for e in SupportEnumeration().run(game).equilibria]
    [((0,), (0,)), ((0, 1), (0, 1)), ((1,), (1,))]
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
        return why_not_two_players("SupportEnumeration", game)

    def run(self, game: NormalFormGame) -> Solution:
        """Try the supports, small ones first."""
        watch = Watch(self.deadline, self.limit)
        form = integer_form(game, not self.exact and self.tol > 0 and game.is_float_exact, self.tol)
        kept = undominated(form)
        form = form.restricted(*kept)
        found = _try_all(form, watch)
        found.misses = found.is_degenerate
        note = "degenerate: equilibria with supports of unequal size may be missing; VertexEnumeration finds them all"
        return dress(game, self, watch, found, kept, form.is_rounded, (note,) if found.is_degenerate else ())


def _try_all(form: IntegerForm, watch: Watch) -> Extremes:
    """All pairs of supports of equal size, as far as the limits allow."""
    out = Extremes()
    try:
        for S, J in _supports(len(form.row), len(form.column)):
            if watch.is_over() or watch.is_enough(len(out.pairs)):
                return out
            x, odd_x = _mix(form.column, J, S)
            y, odd_y = _mix(form.row, S, J)
            out.is_degenerate |= odd_x or odd_y
            if x is not None and y is not None:
                out.pairs.append((len(out.rows), len(out.columns)))
                out.rows.append(x)
                out.columns.append(y)
        out.finished = True
    except KeyboardInterrupt:
        watch.was_interrupted = True
    return out


def _supports(m: int, n: int) -> Iterator[Supports]:
    for k in range(1, min(m, n) + 1):
        for S in combinations(range(m), k):
            for J in combinations(range(n), k):
                yield S, J


def _mix(table: IntTable, replies: tuple[int, ...], support: tuple[int, ...]) -> tuple[list[int] | None, bool]:
    """The mixture on `support` against which all of `replies` are best, and whether it speaks of degeneracy."""
    values = solve_system(table, replies, support)
    if values is None:
        return None, has_solution(table, replies, support)
    if min(values) < 0:
        return None, False
    out = [0] * len(table[0])
    for j, v in zip(support, values, strict=True):
        out[j] = v
    gains = [sum(a * v for a, v in zip(line, out, strict=True)) for line in table]
    level = gains[replies[0]]
    if max(gains) > level:
        return None, False
    tied = gains.count(level) > len(support) or min(values) == 0
    return (out if min(values) > 0 else None), tied
