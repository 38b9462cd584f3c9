"""The door to every solver: `solve` picks one that fits the game unless told which."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol, runtime_checkable

from negotiation.errors import SolverMismatchError, WrongTypeError


@runtime_checkable
class Solver(Protocol):
    """A frozen value whose fields are its options."""

    def why_not(self, game: Any) -> str:
        """Why this solver does not take `game`; the empty string when it does."""

    def run(self, game: Any) -> Any:
        """Solve `game`, which `why_not` has accepted."""


@dataclass(frozen=True, slots=True)
class OwnMethod:
    """The method that a kind of game brings along, for kinds with one method only, such as alternating offers."""

    def why_not(self, game: Any) -> str:
        """See `Solver.why_not`."""
        return "" if hasattr(game, "solve") else f"a {type(game).__name__} has no method of its own."

    def run(self, game: Any) -> Any:
        """See `Solver.run`."""
        return game.solve()


# Kind of game -> module and function that names its default solver. Loaded when a game of that kind is solved.
_DEFAULTS = {
    "BayesianGame": ("negotiation.solvers.bayesian.bayes_nash", "for_bayesian"),
    "GameTree": ("negotiation.solvers.trees.backward_induction", "for_tree"),
    "NormalFormGame": ("negotiation.solvers.defaults", "for_normal_form"),
    "ConflictGraph": ("negotiation.solvers.conflict.stability", "for_conflict"),
    "PackageGame": ("negotiation.solvers.package_games", "for_package_game"),
    "SignallingGame": ("negotiation.solvers.bayesian.assessments", "for_signalling"),
    "RepeatedGame": ("negotiation.solvers.defaults", "for_repeated_game"),
}


def default_solver(game: Any) -> Solver:
    """Return the solver that `solve` uses when none is named.

    Raises
    ------
    WrongTypeError
        `game` is not a game.
    """
    for kind in type(game).__mro__:
        if kind.__name__ in _DEFAULTS:
            module, function = _DEFAULTS[kind.__name__]
            solver: Solver = getattr(import_module(module), function)(game)
            return solver
    if hasattr(game, "solve") and not isinstance(game, type):
        return OwnMethod()
    raise WrongTypeError(f"cannot solve a {type(game).__name__}; expected one of {', '.join(_DEFAULTS)}.")


def solve(game: Any, solver: Solver | None = None) -> Any:
    """Solve a game for its equilibria.

    Parameters
    ----------
    game : NormalFormGame, PackageGame, AlternatingOffers, …
        Any game of this library.
    solver : Solver, optional
        A solver value such as ``VertexEnumeration(exact=True)``. By default all equilibria where they are within reach:
        of two-player games, and of small games with more players. Past that all pure equilibria, or one mixed one where
        there is none; the solution says which.

    Returns
    -------
    Solution
        Every equilibrium with its regret; `complete` is true only when it is proved.

    Raises
    ------
    SolverMismatchError
        The solver named does not take this kind or size of game.

    Examples
    --------
    >>> import negotiation as ng
    >>> print(ng.solve(ng.NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])))
    1 equilibrium, complete: every equilibrium of the kind sought was found
      0: player 1 1 → 1; player 2 1 → 1; regret 0
    """
    chosen = default_solver(game) if solver is None else solver
    if isinstance(chosen, type) or not (hasattr(chosen, "why_not") and hasattr(chosen, "run")):
        raise WrongTypeError(f"{solver!r} is not a solver value; give for example VertexEnumeration().")
    if reason := chosen.why_not(game):
        raise SolverMismatchError(reason)
    return chosen.run(game)
