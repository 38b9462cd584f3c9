"""A bargaining problem: what each outcome is worth to each player, and what happens without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, BoolArray, IntArray, as_floats, read_only
from negotiation.errors import DuplicateNameError, GameShapeError, NotFiniteError, ParameterError, WrongTypeError

# (conditions, value): the extra payoffs (N,) that arise when every (issue, option) of the conditions is chosen.
Interaction = tuple[Sequence[tuple[int, int]], npt.ArrayLike]


@dataclass(frozen=True, slots=True, eq=False, init=False, repr=False)
class BargainingProblem:
    """Outcomes that need everybody's consent, and what everybody has without it.

    Parameters
    ----------
    utilities : array_like, shape (D, N)
        One row an outcome, one column a player.
    disagreement : array_like, shape (N,)
        What each player gets if they do not agree.
    names : sequence of str, optional
        The players; ``player 1``, ``player 2``, … unless given.
    unit : str
        Of the utilities. Shown, never converted.

    Raises
    ------
    GameShapeError
        No outcomes, no players, ragged rows, or shapes that do not fit each other.
    NotFiniteError, WrongTypeError
        A utility that is NaN, infinite or not a number; the message names row and player.
    DuplicateNameError

    Examples
    --------
    >>> problem = BargainingProblem([[2, 8], [5, 5], [7, 2]], [1, 1], names=("US", "China"))
    >>> problem
    <BargainingProblem 3 outcomes, players US, China>
    >>> problem.gains[1]
    array([4., 4.])
    """

    utilities: Array
    disagreement: Array
    names: tuple[str, ...]
    unit: str

    def __init__(
        self,
        utilities: npt.ArrayLike,
        disagreement: npt.ArrayLike,
        *,
        names: Sequence[str] | None = None,
        unit: str = "",
    ) -> None:
        table = _as_table(utilities)
        fallback = as_floats(disagreement, "disagreement")
        if fallback.shape != (table.shape[1],):
            raise GameShapeError(
                f"disagreement of shape {fallback.shape} for utilities of shape {table.shape}; "
                f"give one number a player, shape ({table.shape[1]},)."
            )
        labels = tuple(f"player {i + 1}" for i in range(table.shape[1])) if names is None else tuple(names)
        _check_names(labels, table.shape[1])
        check_finite(table, "utility", labels)
        check_finite(fallback[None, :], "disagreement payoff", labels)
        object.__setattr__(self, "utilities", read_only(table))
        object.__setattr__(self, "disagreement", read_only(fallback))
        object.__setattr__(self, "names", labels)
        object.__setattr__(self, "unit", unit)

    @property
    def n_outcomes(self) -> int:
        """The number of outcomes, ``D``."""
        return int(self.utilities.shape[0])

    @property
    def n_players(self) -> int:
        """The number of players, ``N``."""
        return int(self.utilities.shape[1])

    @property
    def gains(self) -> Array:
        """What each outcome is worth to each player beyond disagreement, shape (D, N)."""
        return np.asarray(self.utilities - self.disagreement)

    @property
    def rational(self) -> BoolArray:
        """Which outcomes are worth at least disagreement to everybody, shape (D,)."""
        return np.asarray((self.utilities >= self.disagreement).all(axis=1))

    def restricted(self, outcomes: Sequence[int] | IntArray) -> BargainingProblem:
        """Return the problem in which only the listed outcomes, by row, are left."""
        rows = self.utilities[np.asarray(outcomes, dtype=np.int64)]
        return BargainingProblem(rows, self.disagreement, names=self.names, unit=self.unit)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (self.utilities, self.disagreement, self.names, self.unit)

    def __repr__(self) -> str:
        unit = f", in {self.unit}" if self.unit else ""
        return f"<BargainingProblem {self.n_outcomes:,} outcomes, players {', '.join(self.names)}{unit}>"


@runtime_checkable
class SupportsBargainingProblem(Protocol):
    """Anything that can be seen as a bargaining problem by listing its outcomes."""

    def as_bargaining_problem(self) -> BargainingProblem:
        """List the outcomes with their utilities."""


@runtime_checkable
class SupportsAdditiveTerms(Protocol):
    """Anything whose utilities are sums over issues plus interactions: its frontier needs no list of outcomes."""

    def as_additive_terms(self) -> tuple[Sequence[npt.ArrayLike], Sequence[Interaction], npt.ArrayLike]:
        """Stakes (one array (m_k, N) an issue), interactions, and the disagreement payoffs (N,)."""

    def package_from_choices(self, choices: IntArray) -> Any:
        """The package with these option positions, one an issue."""


def as_problem(source: object) -> BargainingProblem:
    """Take a bargaining problem, or whatever can be seen as one."""
    if isinstance(source, BargainingProblem):
        return source
    if isinstance(source, SupportsBargainingProblem):
        return source.as_bargaining_problem()
    raise WrongTypeError(
        f"a {type(source).__name__} is not a bargaining problem; "
        "give BargainingProblem(utilities, disagreement) or a negotiation."
    )


def check_finite(table: Array, what: str, names: Sequence[str]) -> None:
    """Raise an error that names the first row and player whose number is not finite."""
    bad = np.argwhere(~np.isfinite(table))
    if bad.size:
        row, player = (int(i) for i in bad[0])
        where = f" in row {row}" if table.shape[0] > 1 or what == "utility" else ""
        raise NotFiniteError(f"the {what} of {names[player]!r}{where} is {table[row, player]}; it must be finite.")


def check_player(player: int, n: int, what: str = "first") -> int:
    """A player's position, checked."""
    if isinstance(player, bool) or not isinstance(player, int | np.integer):
        raise WrongTypeError(f"{what}={player!r} is not the position of a player, a whole number from 0 to {n - 1}.")
    if not 0 <= player < n:
        raise ParameterError(f"{what}={player!r} is not a player; positions run from 0 to {n - 1}.")
    return int(player)


def check_whole(value: object, what: str, meaning: str = "") -> None:
    """Raise unless a value is a whole number from 1 up."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ParameterError(f"{what}={value!r}; expected a whole number from 1 up{meaning and f': {meaning}'}.")


def _as_table(utilities: npt.ArrayLike) -> Array:
    table = as_floats(utilities, "utilities")
    if table.ndim != 2 or 0 in table.shape:
        raise GameShapeError(
            f"utilities of shape {table.shape}; expected (D, N): at least one outcome a row and one player a column."
        )
    return table


def _check_names(names: tuple[str, ...], expected: int) -> None:
    if len(names) != expected:
        raise GameShapeError(f"{len(names)} names given for {expected} players.")
    for k, name in enumerate(names):
        if not isinstance(name, str) or not name.strip():
            raise WrongTypeError(f"player name {name!r} is not a non-empty text.")
        if name in names[:k]:
            raise DuplicateNameError("player", name, "the bargaining problem")


def _rebuild(utilities: Array, disagreement: Array, names: tuple[str, ...], unit: str) -> BargainingProblem:
    return BargainingProblem(utilities, disagreement, names=names, unit=unit)
