"""One equilibrium of a game with any number of players: where the logit branch leads as play becomes precise."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from negotiation.arrays import Array, BoolArray
from negotiation.games.normal_form import NormalFormGame
from negotiation.solvers.limits import check_positive
from negotiation.solvers.logit_branch import Branch, BranchNotes, LogitMap
from negotiation.solvers.result import Solution, Status, certify

_FIRST_LOOK = 1e4  # precision over the payoff range at which the limit is guessed for the first time
_THRESHOLDS = (1e-2, 1e-3, 1e-4, 1e-6, 1e-8)


@dataclass(frozen=True, slots=True)
class LogitPath:
    """Follow the logit branch from uniform play to its limit, an equilibrium.

    Parameters
    ----------
    precision : float
        How far to follow the branch when the limit cannot be told earlier, over the payoff range.
    max_steps : int
        Give up after this many steps.
    deadline : float, optional
        Give up after this many seconds.
    tol : float
        The limit counts as found when its regret is within `tol` times the payoff range.

    Raises
    ------
    ParameterError
        An option that is not positive.

    Notes
    -----
    From time to time the actions that keep probability are taken for the support of the limit, and their
    indifference is solved by Newton's method; a solution close to the branch whose regret is within `tol` ends the
    search. Giving up returns the last quantal response with its regret: an approximate equilibrium. In almost every game
    the limit is unique (the logit selection of McKelvey and Palfrey). See `quantal_response` for the cost.

    References
    ----------
    McKelvey, R., Palfrey, T. (1995). Quantal response equilibria for normal form games. Games and Economic Behavior
    10, 6-38.

    Turocy, T. (2005). A dynamic homotopy interpretation of the logistic quantal response equilibrium correspondence.
    Games and Economic Behavior 51, 243-263.

    Examples
    --------
    >>> stag_hunt = NormalFormGame([[[9, 0], [8, 7]], [[9, 8], [0, 7]]])
    >>> LogitPath().run(stag_hunt).equilibria[0].profile
    (array([0., 1.]), array([0., 1.]))
    """

    precision: float = 1e10
    max_steps: int = 5_000
    deadline: float | None = None
    tol: float = 1e-9

    def __post_init__(self) -> None:
        check_positive(precision=self.precision, max_steps=self.max_steps, deadline=self.deadline, tol=self.tol)

    def why_not(self, game: object) -> str:
        """Why this solver does not take `game`; empty when it does."""
        return "" if isinstance(game, NormalFormGame) else f"LogitPath takes normal-form games, not {game!r}."

    def run(self, game: NormalFormGame) -> Solution:
        """Follow the branch until its limit is certain."""
        equations = LogitMap(game)
        walk = _Walk(self, equations)
        status = walk.to_limit()
        profile = walk.limit if walk.limit is not None else equations.profile(walk.at.x)
        notes = [f"{walk.steps} steps to precision {walk.at.lam / equations.scale:.3g} (one over the payoff unit)"]
        if walk.limit is None:
            notes.append("an approximate equilibrium, the quantal response at which the search ended; mind its regret")
        return Solution(game, (certify(game, profile),), self, status, notes=(*notes, *walk.notes.lines()))


class _Walk:
    """One run: where it is, and the limit once it is known."""

    def __init__(self, solver: LogitPath, equations: LogitMap) -> None:
        self.solver, self.map = solver, equations
        self.branch = Branch(equations)
        self.at = self.branch.start()
        self.limit: tuple[Array, ...] | None = None
        self.notes = BranchNotes(equations.scale)
        self.steps = 0

    def to_limit(self) -> Status:
        """Walk, and guess the limit at every tenfold precision."""
        try:
            return self._walk()
        except KeyboardInterrupt:
            return Status.INTERRUPTED

    def _walk(self) -> Status:
        until = None if self.solver.deadline is None else time.monotonic() + self.solver.deadline
        look = min(_FIRST_LOOK, self.solver.precision)
        for at, new, _ in self.branch.points():
            self.steps += 1
            self.notes.see(at, new)
            self.at = new
            if new.lam >= look and self._guess(5e-3 if new.lam < 1e7 else 0.1):
                return Status.FOUND
            while look <= new.lam:
                look *= 10
            if new.lam >= self.solver.precision:
                break
            if until is not None and time.monotonic() >= until:
                return Status.DEADLINE
            if self.steps >= self.solver.max_steps:
                return Status.LIMIT
        return Status.FOUND if self._guess(0.2) else Status.LIMIT

    def _guess(self, close: float) -> bool:
        """Whether the support of the limit can be read off here."""
        now = np.concatenate(self.map.profile(self.at.x))
        for support in self._supports(now):
            p = _indifferent(self.map, now, support)
            if p is not None and np.abs(p - now).max() <= close and self._regret(p) <= self.solver.tol:
                self.limit = tuple(p[own] for own in self.map.parts)
                return True
        return False

    def _supports(self, now: Array) -> Iterator[BoolArray]:
        """Candidates: the actions used more than a threshold, or vanishing more slowly than anything that costs."""
        seen = set()
        for threshold in _THRESHOLDS:
            support = now > threshold
            if support.tobytes() not in seen:
                seen.add(support.tobytes())
                yield support

    def _regret(self, p: Array) -> float:
        """The largest regret over the largest payoff range."""
        u, _ = self.map.values(p)
        return max(float(u[own].max() - u[own] @ p[own]) for own in self.map.parts) / 2


def _indifferent(equations: LogitMap, near: Array, support: BoolArray) -> Array | None:
    """Solve indifference on a support by Gauss-Newton from a nearby profile; nothing when it leaves the simplex."""
    p = np.where(support, near, 0.0)
    for own in equations.parts:
        if not p[own].sum() > 0:
            return None
        p[own] /= p[own].sum()
    used, N = np.flatnonzero(support), len(equations.parts)
    owner = np.repeat(np.arange(N), equations.shape)[used]
    system = np.zeros((used.size + N, used.size + N))
    system[np.arange(used.size), used.size + owner] = -1.0
    system[used.size + owner, np.arange(used.size)] = 1.0
    v = np.array([equations.values(p)[0][own].max() for own in equations.parts])
    for _ in range(30):
        u, du = equations.values(p)
        system[: used.size, : used.size] = du[np.ix_(used, used)]
        rest = np.append(v[owner] - u[used], [1 - p[own].sum() for own in equations.parts])
        move = np.linalg.lstsq(system, rest, rcond=1e-13)[0]
        p[used] += move[: used.size]
        v += move[used.size :]
        if np.abs(move[: used.size]).max() < 1e-15:
            break
    if not np.isfinite(p).all() or p.min() < -1e-12:
        return None
    p = np.maximum(p, 0.0)
    for own in equations.parts:
        p[own] /= p[own].sum()
    return p
