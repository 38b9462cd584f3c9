"""Coalitional games: what every coalition of players is worth on its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, BoolArray, IntArray, as_floats, read_only
from negotiation.errors import DuplicateNameError, GameShapeError, NotFiniteError, UnknownNameError, WrongTypeError


@dataclass(frozen=True, slots=True, eq=False, init=False, repr=False)
class CoalitionalGame:
    """A game in characteristic-function form with transferable utility.

    Parameters
    ----------
    values : array_like, shape (2**n,)
        ``values[mask]`` is the worth of the coalition whose members are the bits of `mask`: bit 0 is the first
        player. The empty coalition is worth 0.
    players : sequence of str, optional
        Names, unique; ``player 1``, ``player 2``, … unless given.

    Raises
    ------
    GameShapeError
        The number of values is not a power of two, or the empty coalition is worth something.
    NotFiniteError, WrongTypeError, DuplicateNameError

    Examples
    --------
    >>> game = CoalitionalGame([0, 0, 0, 1], players=("US", "China"))
    >>> game.value(("US", "China"))
    1.0
    """

    values: Array
    players: tuple[str, ...]

    def __init__(self, values: npt.ArrayLike, players: Sequence[str] | None = None) -> None:
        try:
            table = np.asarray(values, dtype=np.float64)
        except (TypeError, ValueError):
            raise WrongTypeError("not every worth of a coalition is a number.") from None
        if table.ndim != 1 or table.size < 2 or table.size & (table.size - 1):
            raise GameShapeError(
                f"values of shape {table.shape}; expected (2**n,), one number a coalition, by bit mask."
            )
        n = table.size.bit_length() - 1
        names = tuple(f"player {i + 1}" for i in range(n)) if players is None else tuple(players)
        _check_players(names, n)
        bad = np.flatnonzero(~np.isfinite(table))
        if bad.size:
            raise NotFiniteError(
                f"the worth of coalition {_members(int(bad[0]), names)} is {table[bad[0]]}; it must be finite."
            )
        if table[0] != 0:
            raise GameShapeError(f"the empty coalition is worth {table[0]:g}; it must be worth 0.")
        object.__setattr__(self, "values", read_only(table))
        object.__setattr__(self, "players", names)

    @classmethod
    def from_coalitions(cls, worth: Mapping[Iterable[str], float], players: Sequence[str]) -> CoalitionalGame:
        """Make a game from coalitions named by their members; those not mentioned are worth nothing.

        Examples
        --------
        >>> CoalitionalGame.from_coalitions({("a", "b"): 5}, ("a", "b")).values
        array([0., 0., 0., 5.])
        """
        _check_players(tuple(players), len(players))
        table = np.zeros(2 ** len(players))
        for members, value in worth.items():
            table[_mask(members, tuple(players))] = value
        return cls(table, players)

    @property
    def n_players(self) -> int:
        """The number of players, ``n``."""
        return len(self.players)

    @property
    def members(self) -> BoolArray:
        """Who is in which coalition, shape (2**n, n)."""
        masks = np.arange(self.values.size)[:, None]
        return np.asarray((masks >> np.arange(self.n_players)) & 1, dtype=np.bool_)

    @property
    def sizes(self) -> IntArray:
        """The number of members of each coalition, shape (2**n,)."""
        sizes = np.zeros(1, dtype=np.int64)
        for _ in range(self.n_players):
            sizes = np.concatenate([sizes, sizes + 1])
        return sizes

    @property
    def total(self) -> float:
        """The worth of everybody together."""
        return float(self.values[-1])

    @property
    def singles(self) -> Array:
        """What each player is worth alone, shape (n,)."""
        return np.asarray(self.values[1 << np.arange(self.n_players)])

    @property
    def is_convex(self) -> bool:
        """Whether a player adds the more, the larger the coalition it joins (up to rounding)."""
        slack = 1e-12 * float(np.ptp(self.values))
        for i in range(self.n_players):
            joined = _adds(self.values, i)
            for j in range(self.n_players - 1):
                if (_adds(joined, j) < -slack).any():
                    return False
        return True

    def value(self, members: Iterable[str]) -> float:
        """The worth of a coalition named by its members."""
        return float(self.values[_mask(members, self.players)])

    def excesses(self, shares: npt.ArrayLike) -> Array:
        """What each coalition is worth beyond what its members get, shape (2**n,)."""
        given = as_floats(shares, "shares")
        if given.shape != (self.n_players,):
            raise GameShapeError(
                f"shares of shape {given.shape} for {self.n_players} players; give one number a player."
            )
        return np.asarray(self.values - coalition_sums(given))

    def __reduce__(self) -> tuple[Any, ...]:
        return CoalitionalGame, (self.values, self.players)

    def __repr__(self) -> str:
        return f"<CoalitionalGame players {', '.join(self.players)}; together {self.total:g}>"


def coalition_sums(numbers: Array) -> Array:
    """The sum over each coalition's members, shape (2**n,), from one number a player: one doubling a player."""
    sums = np.zeros(1)
    for number in numbers:
        sums = np.concatenate([sums, sums + number])
    return sums


def _adds(values: Array, player: int) -> Array:
    """What a player adds to each coalition of the others, in the order of their masks."""
    table = values.reshape(-1, 2, 2**player)
    return np.asarray((table[:, 1, :] - table[:, 0, :]).ravel())


def _mask(members: Iterable[str], players: tuple[str, ...]) -> int:
    if isinstance(members, str):
        raise WrongTypeError(f"a coalition is a sequence of players, e.g. ({members!r},), not the text {members!r}.")
    mask = 0
    for name in members:
        if name not in players:
            raise UnknownNameError("player", name, players)
        mask |= 1 << players.index(name)
    return mask


def _members(mask: int, players: tuple[str, ...]) -> str:
    return "{" + ", ".join(p for i, p in enumerate(players) if mask >> i & 1) + "}"


def _check_players(names: tuple[str, ...], n: int) -> None:
    if len(names) != n:
        raise GameShapeError(f"{len(names)} player names given for {n} players.")
    for k, name in enumerate(names):
        if not isinstance(name, str) or not name.strip():
            raise WrongTypeError(f"player name {name!r} is not a non-empty text.")
        if name in names[:k]:
            raise DuplicateNameError("player", name, "the coalitional game")
