"""Evolution in a finite population: Nashpy's Moran process with a frozen result."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from negotiation.arrays import IntArray, read_only
from negotiation.errors import ParameterError, SolverMismatchError
from negotiation.games.normal_form import NormalFormGame
from negotiation.solvers.dynamics import positive_int, seeded, tables


@dataclass(frozen=True, slots=True, eq=False)
class PopulationPath:
    """How a finite population changed, one birth and one death at a time.

    Parameters
    ----------
    game : NormalFormGame
    populations : ndarray of int, shape (T + 1, size)
        The action of every individual, the first row as given.
    fixed : int or None
        The action everybody ended with, if one took over within the steps allowed.
    """

    game: NormalFormGame
    populations: IntArray
    fixed: int | None

    def __len__(self) -> int:
        return len(self.populations)

    def __str__(self) -> str:
        names = self.game.actions[0]
        shares = np.bincount(self.populations[-1], minlength=len(names))
        ends = ", ".join(f"{names[a]} {c}" for a, c in enumerate(shares) if c)
        took = f"{names[self.fixed]} took over" if self.fixed is not None else "nothing took over"
        return f"Moran process, {len(self) - 1} steps: {took} ({ends})"

    __repr__ = __str__


def moran_process(
    game: NormalFormGame,
    population: npt.ArrayLike,
    *,
    rng: np.random.Generator,
    mutation: float = 0.0,
    max_steps: int = 100_000,
) -> PopulationPath:
    """Let individuals of a finite population reproduce by what they earn against each other.

    Parameters
    ----------
    game : NormalFormGame
        Two players with the same actions; the row player's payoffs count, and must be non-negative.
    population : array_like of int, shape (size,)
        The action of every individual.
    rng : numpy.random.Generator
    mutation : float
        Probability that an offspring takes another of the actions present at the start.
    max_steps : int
        Stop after this many births if no action has taken over.

    Returns
    -------
    PopulationPath

    Raises
    ------
    SolverMismatchError, ParameterError, WrongTypeError
        Not a square game with non-negative payoffs; a population that does not fit; no generator.

    Notes
    -----
    Forwarded to ``nashpy.egt``; ``O(size²)`` a step.

    References
    ----------
    Moran, P. (1958). Random processes in genetics. Proc. Cambridge Philosophical Society 54, 60-71.

    Nowak, M. (2006). Evolutionary Dynamics. Harvard University Press, chapter 7.

    Examples
    --------
    >>> game = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    >>> moran_process(game, [0, 0, 1, 1], rng=np.random.default_rng(0)).fixed in (0, 1)
    True
    """
    from nashpy.egt.moran_process import moran_process as steps

    A, _ = tables(game)
    if A.shape[0] != A.shape[1] or A.min() < 0:
        raise SolverMismatchError("a Moran process needs as many rows as columns and row payoffs of at least 0.")
    first = _individuals(game, population)
    positive_int("max_steps", max_steps)
    if not 0 <= mutation <= 1:
        raise ParameterError(f"mutation is {mutation!r}; it is a probability.")
    if mutation and len(set(first.tolist())) < 2:
        raise ParameterError("mutation needs at least two different actions in the first population.")
    history = [first]
    with seeded(rng):
        for population_now, _ in zip(steps(A, first, mutation), range(max_steps), strict=False):
            history.append(np.asarray(population_now))
    if (history[1] == first).all() and len(history) == 2 and len(set(first.tolist())) == 1:
        history.pop()  # a population that starts fixed does not move
    last = set(history[-1].tolist())
    fixed = int(last.pop()) if len(last) == 1 else None
    return PopulationPath(game, read_only(np.array(history), np.int64), fixed)


def _individuals(game: NormalFormGame, population: npt.ArrayLike) -> IntArray:
    first = np.asarray(population)
    if first.ndim != 1 or first.size < 2 or first.dtype.kind not in "iu":
        raise ParameterError("a population is a list of at least two actions, by position.")
    if first.min() < 0 or first.max() >= game.shape[0]:
        raise ParameterError(f"actions run from 0 to {game.shape[0] - 1}; the population has others.")
    return first.astype(np.int64)
