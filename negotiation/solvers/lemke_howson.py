"""One equilibrium of a two-player game, or as many as its start labels lead to, by complementary pivoting."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from negotiation.arrays import IntArray
from negotiation.errors import ParameterError, WrongTypeError
from negotiation.games.normal_form import NormalFormGame
from negotiation.solvers.lemke_howson_paths import Paths
from negotiation.solvers.limits import check_positive
from negotiation.solvers.result import Equilibrium, Solution, Status, certify
from negotiation.solvers.scale import relative_regret


@dataclass(frozen=True, slots=True)
class LemkeHowson:
    """Follow Lemke-Howson paths from the origin of the two best-response polytopes.

    Parameters
    ----------
    label : int, optional
        The label to drop: ``0`` to ``m - 1`` are the row player's actions, ``m`` to ``m + n - 1`` the column
        player's. By default labels are tried in turn, in short runs that grow, until one path ends.
    labels : {"one", "all"}
        With ``"all"`` every label is followed to its end and each equilibrium reached is given once.
    cap : int, optional
        Length of the short runs from every label that come first when no label is named. After them labels are
        followed for longer, each twice as long as the one before. ``None``: follow the first label to its end.
    max_pivots : int
        Give up after this many pivots in all.
    deadline : float, optional
        Give up after this many seconds.
    tol : float
        An end point counts as an equilibrium when its regret is within `tol` times the payoff range. Ends that miss
        it are followed by another label, and in the end by pivoting in integers, which cannot drift.
    exact : bool
        Pivot in integers from the start and give `profile_exact`; no size limit but patience.

    Raises
    ------
    ParameterError
        A label, a cap, a number of pivots, a deadline or a tolerance out of range.

    Notes
    -----
    A pivot keeps the inverse of the k × k block of active rows and columns and costs ``O((m + n) k + k²)``, where a
    tableau costs ``O(m n)``; k is the size of the support the path is at. Ties are broken lexicographically, so
    degenerate games cannot cycle. The number of pivots grows exponentially in the worst case.

    References
    ----------
    Lemke, C. E., Howson, J. T. (1964). Equilibrium points of bimatrix games. SIAM Journal 12, 413-423.

    von Stengel, B. (2007). Equilibrium computation for two-player games in strategic and extensive form. In:
    Algorithmic Game Theory, 53-78.

    Codenotti, B., De Rossi, S., Pagan, M. (2008). An experimental analysis of Lemke-Howson algorithm. arXiv:0811.3247.

    Examples
    --------
    >>> game = NormalFormGame([[[2, 0], [0, 1]], [[1, 0], [0, 2]]])
    >>> LemkeHowson(label=1).run(game).equilibria[0].profile
    (array([0., 1.]), array([0., 1.]))
    """

    label: int | None = None
    labels: Literal["one", "all"] = "one"
    cap: int | None = 8
    max_pivots: int = 1_000_000
    deadline: float | None = None
    tol: float = 1e-9
    exact: bool = False

    def __post_init__(self) -> None:
        if self.label is not None and (isinstance(self.label, bool) or not isinstance(self.label, int | np.integer)):
            raise WrongTypeError(f"a start label is an int, not {self.label!r}.")
        if self.labels not in ("one", "all"):
            raise ParameterError(f"labels is {self.labels!r}; expected 'one' or 'all'.")
        if self.label is not None and self.labels == "all":
            raise ParameterError("give one label, or labels='all', not both.")
        if self.label is not None and self.label < 0:
            raise ParameterError(f"start label {self.label} is negative; labels count from 0.")
        check_positive(cap=self.cap, max_pivots=self.max_pivots, deadline=self.deadline, tol=self.tol)

    def why_not(self, game: object) -> str:
        """Why this solver does not take `game`; empty when it does."""
        if not isinstance(game, NormalFormGame):
            return f"LemkeHowson takes normal-form games, not {game!r}."
        return "" if game.n_players == 2 else f"LemkeHowson takes two players; this game has {game.n_players}."

    def run(self, game: NormalFormGame) -> Solution:
        """Follow paths until one ends in a certified equilibrium, or all of them with ``labels="all"``."""
        n_labels = sum(game.shape)
        if self.label is not None and self.label >= n_labels:
            raise ParameterError(
                f"start label {self.label} is outside 0 to {n_labels - 1}: {game.shape[0]} actions of "
                f"{game.players[0]!r}, then {game.shape[1]} of {game.players[1]!r}."
            )
        if self.exact:
            from negotiation.solvers.lemke_howson_exact import run_exact

            return run_exact(self, game)
        try:
            return _Search(self, game).solution()
        except KeyboardInterrupt:  # before the first path began
            return Solution(game, (), self, Status.INTERRUPTED)

    def rounds(self, n_labels: int) -> Iterator[tuple[IntArray, int]]:
        """Labels to try, and for how many pivots each."""
        labels = np.arange(n_labels)
        if self.label is not None:
            yield np.array([self.label]), self.max_pivots
        elif self.labels == "all" or self.cap is None:
            yield labels, self.max_pivots
        else:
            mixed = labels * _coprime_stride(n_labels) % n_labels
            yield mixed, self.cap
            longest = 8 * n_labels
            while longest < self.max_pivots:
                for label in mixed:
                    yield np.array([label]), longest
                    longest *= 2
            yield mixed, self.max_pivots


class _Search:
    """The runs of one call: budgets, what was found, what went wrong."""

    def __init__(self, solver: LemkeHowson, game: NormalFormGame) -> None:
        self.solver, self.game = solver, game
        self.paths = Paths(game)
        self.found: list[Equilibrium] = []
        self.supports: set[Any] = set()
        self.missed = 0
        self.until = None if solver.deadline is None else time.monotonic() + solver.deadline

    def solution(self) -> Solution:
        """Run the schedule, and pivot in integers when no end point was good enough."""
        status = self._run()
        dropped = self.missed + self.paths.broken
        notes = [f"{self.paths.pivots} pivots on {self.paths.begun} path{'s' if self.paths.begun != 1 else ''}"]
        if dropped:
            notes.append(f"{dropped} paths ended outside the tolerance or broke off by rounding and were dropped")
        if status is None and not self.found and dropped:
            from negotiation.solvers.lemke_howson_exact import run_exact

            exact = run_exact(self.solver, self.game, until=self.until)
            notes += ["fallback", *exact.notes]
            return Solution(self.game, exact.equilibria, self.solver, exact.status, notes=tuple(notes))
        if status is None:
            status = Status.FOUND if self.found else Status.NONE_FOUND
        return Solution(self.game, tuple(self.found), self.solver, status, notes=tuple(notes))

    def _run(self) -> Status | None:
        try:
            for labels, cap in self.solver.rounds(sum(self.game.shape)):
                self.paths.take(labels)
                if (status := self._round(cap)) or self.found:
                    return status
        except KeyboardInterrupt:
            return Status.INTERRUPTED
        return None

    def _round(self, cap: int) -> Status | None:
        """The paths of one round, in slices; a status only when the whole search has to stop."""
        while True:
            code = self.paths.advance(cap, self.solver.max_pivots)
            if code == "done":
                self._take()
                if self.found and self.solver.labels == "one":
                    return None
            elif self.paths.pivots >= self.solver.max_pivots:
                return Status.LIMIT
            if code == "capped":
                return None
            if self.until is not None and time.monotonic() >= self.until:
                return Status.DEADLINE

    def _take(self) -> None:
        """Keep the end point if it is an equilibrium, once."""
        key = self.paths.key()
        if key in self.supports:
            return
        candidate = certify(self.game, self.paths.profile())
        tol, ranges = self.solver.tol, self.paths.ranges
        # Within the smaller range is within each; only then is it worth telling the players apart.
        if candidate.regret > tol * ranges.min() and relative_regret(self.game, candidate.profile, ranges) > tol:
            self.missed += 1
            return
        self.supports.add(key)
        self.found.append(candidate)


def _coprime_stride(n: int) -> int:
    """A step that visits every label once and mixes both players' labels early."""
    step = max(1, round(n * 0.618))
    while np.gcd(step, n) != 1:
        step += 1
    return step
