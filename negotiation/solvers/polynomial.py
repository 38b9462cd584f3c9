"""All isolated equilibria of small games with any number of players, support by support, with proof."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, combinations, pairwise

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array
from negotiation.games.normal_form import NormalFormGame
from negotiation.solvers.dominance import Elimination, iterated_elimination
from negotiation.solvers.limits import check_positive
from negotiation.solvers.result import Equilibrium, Solution, Status, certify
from negotiation.solvers.scale import differences_fit, payoff_ranges, relative_regret
from negotiation.solvers.support_system import (
    Isolated,
    Support,
    conditions,
    fails_inside,
    is_refuted,
    isolate,
    unit_rows,
)

_NOUGHT = 1e-12  # a probability below this is zero to rounding: the root belongs to a smaller support


@dataclass(frozen=True, slots=True)
class PolynomialEnumeration:
    """Every isolated equilibrium: for each support the roots of its indifference conditions, none overlooked.

    Parameters
    ----------
    limit : int, optional
        Stop after this many equilibria.
    deadline : float, optional
        Stop after this many seconds, with what was found.
    tol : float
        A root counts as an equilibrium when its regret is within `tol` times the payoff range.
    max_cells : int
        Cells that one support may take before it is called open. Only degenerate supports come near.

    Notes
    -----
    Supports are pruned by strict dominance, at first and again within each support (Porter, Nudelman, Shoham 2008).
    For those left the conditions, linear in each player's probabilities, are bounded exactly by their values at the
    corners of cells; cells are cut until the conditions exclude them or a Newton-Kantorovich test proves that they hold
    one root (Garloff 1985 for the idea of bounding by corners). `complete` is true when every support was settled that
    way. The bounds are in double precision with a margin of 1e-12, far above what rounding can do to them.

    Where a support has infinitely many solutions, or a root at which the conditions are singular, this is not
    possible; then the notes name the support, one equilibrium of it is given if Newton's method finds one, and
    `complete` is false.

    Cost: ``Π (2^m_i − 1)`` supports; for 3 × 3 × 3 some ten milliseconds.

    References
    ----------
    McKelvey, R., McLennan, A. (1996). Computation of equilibria in finite games. Handbook of Computational Economics
    1, 87-142.

    Porter, R., Nudelman, E., Shoham, Y. (2008). Simple search methods for finding a Nash equilibrium. Games and
    Economic Behavior 63, 642-662.

    Krawczyk, R. (1969). Newton-Algorithmen zur Bestimmung von Nullstellen mit Fehlerschranken. Computing 4, 187-201.

    Examples
    --------
    >>> volunteers = [[[[1, 1], [1, 1]], [[2, 0], [0, 0]]], [[[1, 1], [2, 0]], [[1, 1], [0, 0]]],
    ...               [[[1, 2], [1, 0]], [[1, 0], [1, 0]]]]
    >>> found = PolynomialEnumeration().run(NormalFormGame(volunteers))
    >>> len(found), found.complete
    (7, True)
    """

    limit: int | None = None
    deadline: float | None = None
    tol: float = 1e-9
    max_cells: int = 200_000

    def __post_init__(self) -> None:
        check_positive(limit=self.limit, deadline=self.deadline, tol=self.tol, max_cells=self.max_cells)

    def why_not(self, game: object) -> str:
        """Why this solver does not take `game`; empty when it does."""
        return (
            "" if isinstance(game, NormalFormGame) else f"PolynomialEnumeration takes normal-form games, not {game!r}."
        )

    def run(self, game: NormalFormGame) -> Solution:
        """Work off all supports."""
        try:
            search = SupportSearch(game, self.tol, self.max_cells, self.deadline)
        except KeyboardInterrupt:
            return Solution(game, (), self, Status.INTERRUPTED)
        status: Status | None = None
        try:
            for support in supports(search.payoffs):
                search.look(support)
                if search.late():
                    status = Status.DEADLINE
                    break
                if self.limit is not None and len(search.found) >= self.limit:
                    status = Status.LIMIT
                    break
        except KeyboardInterrupt:
            status = Status.INTERRUPTED
        search.close()
        complete = status is None and not search.open
        status = status or (Status.COMPLETE if complete else Status.INCOMPLETE)
        return Solution(game, tuple(search.found[: self.limit]), self, status, complete, search.notes())


class SupportSearch:
    """What the supports looked at so far have shown."""

    def __init__(self, game: NormalFormGame, tol: float, max_cells: int, deadline: float | None) -> None:
        self.game, self.tol, self.max_cells = game, tol, max_cells
        self.until = None if deadline is None else time.monotonic() + deadline
        self.left: Elimination = iterated_elimination(game)
        kept = np.ix_(*map(np.array, (range(game.n_players), *self.left.kept)))
        self.payoffs: Array = differences_fit(game.payoffs[kept])
        self.ranges = payoff_ranges(game)
        self.found: list[Equilibrium] = []
        self.open: list[Support] = []
        self.edge: list[tuple[Support, Array]] = []
        self.seen = 0
        self._exact: npt.NDArray[np.object_] | None = None

    def late(self) -> bool:
        """Whether the deadline has passed."""
        return self.until is not None and time.monotonic() >= self.until

    def look(self, support: Support) -> None:
        """Settle one support: keep its equilibria, or note that it stays open."""
        self.seen += 1
        differences, E = conditions(self.payoffs, support)
        if fails_inside(differences, E):
            return
        table = unit_rows(differences)
        sizes = tuple(map(len, support))
        if E == 0:
            result = Isolated((tuple(np.ones(1) for _ in sizes),), (), True, 0)
        else:
            result = isolate(table, E, sizes, max_cells=self.max_cells, until=self.until)
        for profile in result.profiles:
            self._take(support, profile)
        if not result.proved and not self._refuted(support):
            self.open.append(support)
            for point in result.open_points:
                if self._take(support, _settled(table[:E], point)):
                    break

    def close(self) -> None:
        """Roots with a probability of nought to rounding are known from a smaller support, or their support is open."""
        known = [np.concatenate(e.profile) for e in self.found]
        for support, point in self.edge:
            if support not in self.open and not any(np.abs(point - k).max() < 1e-9 for k in known):
                self.open.append(support)

    def _refuted(self, support: Support) -> bool:
        """Whether the support's conditions contradict each other, shown in the payoffs as given."""
        kept = tuple(tuple(own[a] for a in part) for own, part in zip(self.left.kept, support, strict=True))
        if self._exact is None:
            self._exact = self.game.exact_payoffs
        return is_refuted(*conditions(self._exact, kept))

    def _take(self, support: Support, weights: tuple[Array, ...]) -> bool:
        """Keep a solution if it is a profile with this support and nobody regrets it."""
        least = min(p.min() for p in weights)
        if least < -_NOUGHT:
            return False
        profile = []
        for m, kept, own, p in zip(self.game.shape, self.left.kept, support, weights, strict=True):
            full = np.zeros(m)
            full[[kept[a] for a in own]] = np.maximum(p, 0) / np.maximum(p, 0).sum()
            profile.append(full)
        if relative_regret(self.game, profile, self.ranges) > self.tol:
            return False
        if least <= _NOUGHT:
            self.edge.append((support, np.concatenate(profile)))
            return False
        self.found.append(certify(self.game, profile))
        return True

    def notes(self) -> tuple[str, ...]:
        """How many supports were settled, and which were not."""
        notes = [f"{self.seen} supports looked at after dominance"]
        if self.open:
            names = "; ".join(self._named(s) for s in self.open[:4]) + ("; …" if len(self.open) > 4 else "")
            notes.append(
                f"{len(self.open)} supports are degenerate: they may hold infinitely many equilibria, or singular "
                f"ones, of which at most one each is given: {names}"
            )
        return tuple(notes)

    def _named(self, support: Support) -> str:
        parts = (
            f"{name} {{{', '.join(labels[kept[a]] for a in own)}}}"
            for name, labels, kept, own in zip(
                self.game.players, self.game.actions, self.left.kept, support, strict=True
            )
        )
        return ", ".join(parts)


def supports(payoffs: Array) -> Iterator[Support]:
    """Supports in which no action is strictly dominated given the supports chosen so far, small ones first a player."""
    shape = payoffs.shape[1:]
    choices = [list(chain.from_iterable(combinations(range(m), k) for k in range(1, m + 1))) for m in shape]
    everything = tuple(tuple(range(m)) for m in shape)

    def grow(chosen: Support) -> Iterator[Support]:
        depth = len(chosen)
        if depth == len(shape):
            yield chosen
            return
        for own in choices[depth]:
            longer = (*chosen, own)
            if not has_dominated(payoffs, longer, everything):
                yield from grow(longer)

    yield from grow(())


def has_dominated(payoffs: Array, chosen: Support, everything: Support) -> bool:
    """Whether a chosen action is strictly dominated while the others keep to their supports, all actions if not chosen."""
    rest = everything[len(chosen) :]
    for i, own in enumerate(chosen):
        others = (*chosen[:i], everything[i], *chosen[i + 1 :], *rest)
        values = np.moveaxis(payoffs[i][np.ix_(*others)], i, 0).reshape(len(everything[i]), -1)
        for a in own:
            if (values > values[a]).all(axis=1).any():
                return True
    return False


def _settled(equations: Array, point: tuple[Array, ...]) -> tuple[Array, ...]:
    """Gauss-Newton from a point that subdivision left open, where the Jacobian is singular."""
    from negotiation.solvers.kernels.subdivision import evaluate

    sizes = tuple(p.size for p in point)
    E = equations.shape[0]
    starts = np.r_[0, np.cumsum(sizes)].astype(np.int64)
    digits = np.array(np.unravel_index(np.arange(equations.shape[1]), sizes), dtype=np.int64)
    p, F, J = np.concatenate(point), np.empty(E), np.empty((E, E))
    free = np.setdiff1d(np.arange(p.size), starts)
    owner = np.repeat(np.arange(len(sizes)), [s - 1 for s in sizes])
    for _ in range(60):
        evaluate(np.ascontiguousarray(equations), E, np.array(sizes), starts, digits, p, F, J)
        if np.abs(F).max() < 1e-14:
            break
        step = np.linalg.lstsq(J, -F, rcond=1e-9)[0]
        p[free] += step
        np.subtract.at(p, starts[owner], step)
    return tuple(p[a:b] for a, b in pairwise(starts.tolist()))
