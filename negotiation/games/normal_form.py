"""Normal-form games: a payoff for every player and every combination of actions, with names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from numbers import Number
from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, read_only
from negotiation.errors import (
    DuplicateNameError,
    GameShapeError,
    NotFiniteError,
    UnknownNameError,
    WrongTypeError,
)

Labels = tuple[str, ...]

_WHOLE_IN_FLOATS = 2**53  # up to here every whole number is a float


@dataclass(frozen=True, slots=True, eq=False, init=False, repr=False)
class NormalFormGame:
    """A finite game in normal form.

    Parameters
    ----------
    payoffs : array_like, shape (N, m_1, ..., m_N)
        ``payoffs[i, a_1, ..., a_N]`` is what player ``i`` gets. Numbers may be ints of any size, floats,
        `fractions.Fraction` or `decimal.Decimal`; what was given is kept for exact arithmetic.
    players : sequence of str, optional
        Names, unique; ``player 1``, ``player 2``, … unless given.
    actions : sequence of sequences of str, optional
        For each player the names of its actions, unique within the player; ``0``, ``1``, … unless given.
    unit : str, optional
        The unit of the payoffs, e.g. ``"USD million per month"``. Shown, never converted.

    Raises
    ------
    GameShapeError
        Ragged rows, a player without actions, axes that do not match the number of players.
    NotFiniteError, WrongTypeError
        A payoff that is NaN, infinite, missing, complex or text; the message names player and cell.
    DuplicateNameError
        Two players, or two actions of one player, with the same name.

    Examples
    --------
    >>> game = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]], players=("US", "China"))
    >>> game.shape, game.payoffs[:, 1, 1]
    ((2, 2), array([1., 1.]))
    """

    payoffs: Array
    players: Labels
    actions: tuple[Labels, ...]
    unit: str
    _given: npt.NDArray[Any]

    def __init__(
        self,
        payoffs: npt.ArrayLike,
        players: Sequence[str] | None = None,
        actions: Sequence[Sequence[str]] | None = None,
        unit: str = "",
    ) -> None:
        given = _as_table(payoffs)
        n = given.shape[0]
        names = tuple(players) if players is not None else tuple(f"player {i + 1}" for i in range(n))
        _check_labels("player", names, n)
        if actions is None:
            labels = tuple(tuple(str(a) for a in range(m)) for m in given.shape[1:])
        else:
            labels = tuple(tuple(a) for a in actions)
            if len(labels) != n:
                raise GameShapeError(f"{len(labels)} lists of actions given for {n} players; give one a player.")
        for name, own, m in zip(names, labels, given.shape[1:], strict=True):
            _check_labels("action", own, m, f"the actions of {name!r}")
        object.__setattr__(self, "payoffs", _as_floats(given, names))
        object.__setattr__(self, "players", names)
        object.__setattr__(self, "actions", labels)
        object.__setattr__(self, "unit", unit)
        object.__setattr__(self, "_given", read_only(given, given.dtype))

    @property
    def n_players(self) -> int:
        """The number of players, ``N``."""
        return len(self.players)

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of actions of each player, ``(m_1, ..., m_N)``."""
        return self.payoffs.shape[1:]

    @property
    def exact_payoffs(self) -> npt.NDArray[np.object_]:
        """The payoffs as given, as `fractions.Fraction`, shape (N, m_1, ..., m_N); floats count as binary rationals."""
        flat = [_as_fraction(v) for v in self._given.ravel().tolist()]
        out = np.empty(len(flat), dtype=object)
        out[:] = flat
        return out.reshape(self._given.shape)

    @property
    def is_float_exact(self) -> bool:
        """Whether `payoffs` equals the payoffs as given, bit for bit."""
        given = self._given
        if given.dtype.kind in "iub" and given.min() >= -_WHOLE_IN_FLOATS and given.max() <= _WHOLE_IN_FLOATS:
            return True
        if given.dtype.kind == "f":
            return bool(np.array_equal(given, self.payoffs))
        pairs = zip(given.ravel().tolist(), self.payoffs.ravel().tolist(), strict=True)
        return all(_as_fraction(g) == Fraction(f) for g, f in pairs)

    def action_index(self, player: int | str, action: int | str) -> int:
        """Position of an action, by name or by position."""
        own = self.actions[self.player_index(player)]
        if isinstance(action, str):
            if action not in own:
                raise UnknownNameError("action", action, own)
            return own.index(action)
        if not 0 <= action < len(own):
            raise UnknownNameError("action", action, (f"0 to {len(own) - 1}",))
        return int(action)

    def player_index(self, player: int | str) -> int:
        """Position of a player, by name or by position."""
        if isinstance(player, str):
            if player not in self.players:
                raise UnknownNameError("player", player, self.players)
            return self.players.index(player)
        if not 0 <= player < self.n_players:
            raise UnknownNameError("player", player, (f"0 to {self.n_players - 1}",))
        return int(player)

    def scaled(self, factor: Any) -> NormalFormGame:
        """Return the same game in another unit: every payoff multiplied by `factor`, which must be positive."""
        if not factor > 0:
            raise GameShapeError(f"a scale must be positive, not {factor!r}: a negative one turns players around.")
        return NormalFormGame(self._given * factor, self.players, self.actions)

    def restricted(self, actions: Sequence[Sequence[int]]) -> NormalFormGame:
        """Return the game in which each player keeps only the actions listed, by position."""
        kept = tuple(tuple(own[i] for i in keep) for own, keep in zip(self.actions, actions, strict=True))
        table = self._given[np.ix_(range(self.n_players), *actions)]
        return NormalFormGame(table, self.players, kept, self.unit)

    def __reduce__(self) -> tuple[Any, ...]:
        return NormalFormGame, (self._given, self.players, self.actions, self.unit)

    def __repr__(self) -> str:
        sizes = " × ".join(str(m) for m in self.shape)
        unit = f", payoffs in {self.unit}" if self.unit else ""
        return f"<NormalFormGame {sizes}, players {', '.join(self.players)}{unit}>"


def _as_fraction(value: Any) -> Fraction:
    """A payoff as the rational number that it is; extended floats have no other way there than their ratio."""
    return Fraction(*value.as_integer_ratio()) if isinstance(value, np.longdouble) else Fraction(value)


def _as_table(payoffs: npt.ArrayLike) -> npt.NDArray[Any]:
    """Payoffs as one array with a player axis in front, or an error that says where it is not one."""
    if isinstance(payoffs, np.ma.MaskedArray) and np.ma.getmaskarray(payoffs).any():
        at = tuple(int(i) for i in np.argwhere(np.ma.getmaskarray(payoffs))[0])
        raise WrongTypeError(f"the payoff at {at} (player, actions) is masked, so missing; give every cell a number.")
    if isinstance(payoffs, np.ndarray):
        table = np.asarray(payoffs)
    else:
        try:
            table = np.asarray(payoffs)
        except ValueError as error:
            raise GameShapeError(_ragged(payoffs)) from error
        if table.dtype.kind not in "iuf" or (table.dtype.kind == "f" and _holds_big_ints(payoffs)):
            table = np.asarray(payoffs, dtype=object)
    if table.ndim == 0 or table.shape[0] == 0:
        raise GameShapeError("the game has no players; give payoffs of shape (N, m_1, ..., m_N).")
    if table.ndim != table.shape[0] + 1:
        raise GameShapeError(
            f"payoffs of shape {table.shape} say {table.shape[0]} players but have {table.ndim - 1} action axes; "
            "expected (N, m_1, ..., m_N), for two players (2, m, n): row payoffs, then column payoffs."
        )
    if 0 in table.shape[1:]:
        raise GameShapeError(f"player {table.shape[1:].index(0) + 1} has no actions: payoffs of shape {table.shape}.")
    return table


def _holds_big_ints(payoffs: Any) -> bool:
    """Whether nested sequences hold an int that a float would round."""
    if isinstance(payoffs, int):
        return abs(payoffs) > 2**53
    return isinstance(payoffs, Sequence) and not isinstance(payoffs, str) and any(map(_holds_big_ints, payoffs))


def _ragged(payoffs: Any) -> str:
    """Say which part of nested sequences has another length than its siblings."""
    shapes = []
    for table in payoffs:
        try:
            shapes.append(np.asarray(table, dtype=object).shape)
        except ValueError:
            shapes.append(())
    for player, table in enumerate(payoffs):
        rows = [len(row) for row in table if isinstance(row, Sequence | np.ndarray)] if shapes[player] != () else []
        for i, length in enumerate(rows):
            if length != rows[0]:
                return f"ragged rows: row {i} of player {player + 1} has {length} payoffs, row 0 has {rows[0]}."
    return f"payoff shapes differ between players: {', '.join(map(str, shapes))}; every player needs the same."


def _as_floats(table: npt.NDArray[Any], players: Labels) -> Array:
    """The payoffs in double precision; the first bad cell in the error."""

    def cell(flat: int) -> str:
        player, *at = (int(i) for i in np.unravel_index(flat, table.shape))
        return f"payoff of {players[player]!r} at {tuple(at)}"

    if table.dtype.kind == "c":
        raise WrongTypeError(f"{cell(0)} is complex; payoffs are real numbers.")
    if table.dtype.kind not in "iufb":
        for k, value in enumerate(table.ravel().tolist()):
            if value is None:
                raise WrongTypeError(f"{cell(k)} is missing (None); give every cell a number.")
            if isinstance(value, complex) or not isinstance(value, Number | Decimal):
                raise WrongTypeError(f"{cell(k)} is not a number: {value!r}.")
    try:
        floats = table.astype(np.float64)
    except OverflowError:
        raise NotFiniteError("a payoff is too large for a float (beyond 1.8e308); choose a larger unit.") from None
    except ValueError:  # what is left of the numbers that numpy cannot read
        raise NotFiniteError("a payoff is a signalling NaN; payoffs must be finite.") from None
    bad = np.flatnonzero(~np.isfinite(floats))
    if bad.size:
        raise NotFiniteError(f"{cell(bad[0])} is {floats.ravel()[bad[0]]}; payoffs must be finite.")
    return read_only(floats)


def _check_labels(kind: str, labels: Labels, expected: int, where: str = "") -> None:
    """Names are non-empty printable strings, unique, as many as expected."""
    if len(labels) != expected:
        raise GameShapeError(f"{len(labels)} {kind} names given, {expected} needed{f' for {where}' if where else ''}.")
    for k, label in enumerate(labels):
        if not isinstance(label, str):
            raise WrongTypeError(f"{kind} name {label!r} is not text.")
        if not label.strip() or not label.isprintable():
            raise GameShapeError(f"bad {kind} name {label!r}: a name is non-empty and printable.")
        if label in labels[:k]:
            raise DuplicateNameError(kind, label, where)
