"""Sender-receiver games: one party knows its type and sends a message, the other sees the message and acts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, BoolArray, read_only
from negotiation.errors import GameShapeError, SizeLimitError, UnknownNameError
from negotiation.games.given import (
    Given,
    as_floats,
    as_fractions,
    check_distribution,
    check_names,
    given_table,
)
from negotiation.games.normal_form import NormalFormGame
from negotiation.games.tree import GameTree
from negotiation.games.tree_build import chance, decision, leaf

Labels = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False, init=False, repr=False)
class SignallingGame:
    """A finite sender-receiver game.

    Nature draws the sender's type, the sender sees it and sends a message, the receiver sees the message and acts.

    Parameters
    ----------
    prior : array_like, shape (T,)
        The probability of each type. A type of probability zero may be listed; it still does its best.
    sender, receiver : array_like, shape (T, M, A)
        What each gets when a type sends a message and the receiver takes an action. Ints, floats, `fractions.Fraction` or
        `decimal.Decimal`; what was given is kept for exact arithmetic.
    types, messages, actions : sequence of str, optional
        Names; ``type 0``, ``message 0``, ``action 0``, … unless given.
    players : pair of str
        Names of sender and receiver.
    allowed : array_like of bool, shape (M, A), optional
        Which actions can follow which message; all unless given.
    unit : str
        Of the payoffs. Shown, never converted.

    Raises
    ------
    GameShapeError
        Tables that are ragged, empty, or do not fit each other; a message after which nothing can be done.
    ProbabilityError
        A prior that is negative or does not add up to one.
    NotFiniteError, WrongTypeError, DuplicateNameError

    Examples
    --------
    >>> beer_quiche = SignallingGame(
    ...     [0.1, 0.9], [[[0, 2], [1, 3]], [[1, 3], [0, 2]]], [[[1, 0], [1, 0]], [[0, 1], [0, 1]]],
    ...     types=("wimp", "surly"), messages=("beer", "quiche"), actions=("duel", "don't"))
    >>> beer_quiche
    <SignallingGame sender (wimp 0.1, surly 0.9) sends beer or quiche; receiver answers duel or don't>
    """

    prior: Array
    sender: Array
    receiver: Array
    types: Labels
    messages: Labels
    actions: Labels
    players: tuple[str, str]
    allowed: BoolArray
    unit: str
    _given: tuple[Given, Given, Given]

    def __init__(
        self,
        prior: npt.ArrayLike,
        sender: npt.ArrayLike,
        receiver: npt.ArrayLike,
        *,
        types: Sequence[str] | None = None,
        messages: Sequence[str] | None = None,
        actions: Sequence[str] | None = None,
        players: Sequence[str] = ("sender", "receiver"),
        allowed: npt.ArrayLike | None = None,
        unit: str = "",
    ) -> None:
        p = given_table(prior, "the prior", "types")
        check_distribution(p, "the prior")
        axes = "types, messages, actions"
        s, r = given_table(sender, "the sender's payoffs", axes), given_table(receiver, "the receiver's payoffs", axes)
        if s.shape != r.shape:
            raise GameShapeError(
                f"the sender's payoffs have shape {s.shape}, the receiver's {r.shape}; they must agree."
            )
        if s.shape[0] != len(p):
            raise GameShapeError(
                f"the prior names {len(p)} types, the payoffs have {s.shape[0]}: their axes are types, messages, actions."
            )
        put = object.__setattr__
        put(self, "prior", as_floats(p))
        put(self, "sender", as_floats(s))
        put(self, "receiver", as_floats(r))
        put(self, "types", check_names("type", types, s.shape[0]))
        put(self, "messages", check_names("message", messages, s.shape[1]))
        put(self, "actions", check_names("action", actions, s.shape[2]))
        put(self, "players", check_names("player", players, 2))
        put(self, "allowed", _as_mask(allowed, s.shape[1:]))
        put(self, "unit", unit)
        put(self, "_given", (p, s, r))

    @property
    def shape(self) -> tuple[int, int, int]:
        """How many types, messages and actions: ``(T, M, A)``."""
        return len(self.types), len(self.messages), len(self.actions)

    @property
    def exact(self) -> tuple[Given, Given, Given]:
        """Prior, sender's and receiver's payoffs as `fractions.Fraction`; see `as_fractions` for how floats are read.

        The prior adds up to exactly one.
        """
        p, s, r = (as_fractions(table) for table in self._given)
        return p / p.sum(), s, r

    def message_index(self, message: int | str) -> int:
        """Position of a message, by name or by position."""
        return _index("message", message, self.messages)

    def type_index(self, type_: int | str) -> int:
        """Position of a type, by name or by position."""
        return _index("type", type_, self.types)

    def replies(self, message: int) -> tuple[int, ...]:
        """Positions of the actions that can follow a message."""
        return tuple(int(a) for a in np.flatnonzero(self.allowed[message]))

    def with_prior(self, prior: npt.ArrayLike) -> SignallingGame:
        """Return the same game with other probabilities of the types."""
        return self._with(prior, self._given[1], self._given[2])

    def scaled(self, factor: Any) -> SignallingGame:
        """Return the same game in another unit: every payoff multiplied by `factor`, which must be positive."""
        if not factor > 0:
            raise GameShapeError(f"a scale must be positive, not {factor!r}: a negative one turns players around.")
        prior, sender, receiver = self._given
        return self._with(prior, sender * factor, receiver * factor)

    def best_replies(self, message: int | str, belief: npt.ArrayLike, *, tol: float = 1e-12) -> tuple[str, ...]:
        """Names of the receiver's best actions after a message, given a belief about the type.

        Parameters
        ----------
        message : int or str
        belief : array_like, shape (T,)
        tol : float
            Ties within `tol` times the range of the receiver's payoffs count.
        """
        weights = given_table(belief, "the belief", "types")
        check_distribution(weights, "the belief")
        if len(weights) != len(self.types):
            raise GameShapeError(f"the belief has {len(weights)} entries; there are {len(self.types)} types.")
        m = self.message_index(message)
        values = np.where(self.allowed[m], as_floats(weights) @ self.receiver[:, m], -np.inf)
        return tuple(
            self.actions[a] for a in np.flatnonzero(values >= values.max() - tol * float(np.ptp(self.receiver)))
        )

    def to_normal_form(self, *, limit: int = 1_000_000) -> NormalFormGame:
        """The induced normal form: plans of the sender (a message a type) against plans of the receiver.

        Parameters
        ----------
        limit : int
            The most cells that are built: ``M**T A**M``.

        Notes
        -----
        Its Nash equilibria include those that rest on threats no belief supports; perfect Bayesian equilibria are among them.
        """
        T, M, _ = self.shape
        replies = [self.replies(m) for m in range(M)]
        n_rows, n_columns = M**T, int(np.prod([float(len(r)) for r in replies]))
        if n_rows * n_columns > limit:
            raise SizeLimitError(
                f"the induced normal form has {n_rows:,} × {n_columns:,} cells, past the limit of {limit:,}; "
                "solve the signalling game itself, which needs no plans."
            )
        prior, sender, receiver = self.exact
        rows, columns = list(product(range(M), repeat=T)), list(product(*replies))
        table = np.empty((2, len(rows), len(columns)), dtype=object)
        for i, sent in enumerate(rows):
            for j, answer in enumerate(columns):
                played = [(t, m, answer[m]) for t, m in enumerate(sent)]
                for k, u in enumerate((sender, receiver)):
                    table[k, i, j] = sum((prior[t] * u[t, m, a] for t, m, a in played), start=prior[0] * 0)
        names = [
            [", ".join(f"{t}: {self.messages[m]}" for t, m in zip(self.types, row, strict=True)) for row in rows],
            [", ".join(f"{m}: {self.actions[a]}" for m, a in zip(self.messages, c, strict=True)) for c in columns],
        ]
        return NormalFormGame(table, self.players, names, self.unit)

    def to_tree(self) -> GameTree:
        """The same as a game tree: chance draws the type, the sender moves knowing it, the receiver knowing the message alone.

        Types of probability zero are left out. Information sets are called ``"sender as type"`` and ``"receiver after
        message"``, with the names of players, types and messages.
        """
        prior, sender, receiver = self.exact
        first, second = self.players

        def answered(t: int, m: int) -> dict[str, Any]:
            ends = {self.actions[a]: leaf(sender[t, m, a], receiver[t, m, a]) for a in self.replies(m)}
            return decision(second, ends, infoset=f"{second} after {self.messages[m]}")

        def sending(t: int) -> dict[str, Any]:
            return decision(
                first,
                {name: answered(t, m) for m, name in enumerate(self.messages)},
                infoset=f"{first} as {self.types[t]}",
            )

        drawn = {name: (prior[t], sending(t)) for t, name in enumerate(self.types) if prior[t]}
        return GameTree(chance(drawn), self.players, unit=self.unit)

    def _with(self, prior: Any, sender: Any, receiver: Any) -> SignallingGame:
        return SignallingGame(
            prior, sender, receiver, types=self.types, messages=self.messages, actions=self.actions,
            players=self.players, allowed=self.allowed, unit=self.unit,
        )  # fmt: skip

    def __reduce__(self) -> tuple[Any, ...]:
        names = (self.types, self.messages, self.actions, self.players)
        return _rebuilt, (self._given, names, np.array(self.allowed), self.unit)

    def __repr__(self) -> str:
        odds = ", ".join(f"{name} {p:.3g}" for name, p in zip(self.types, self.prior, strict=True))
        sent, done = (" or ".join(names) for names in (self.messages, self.actions))
        unit = f", payoffs in {self.unit}" if self.unit else ""
        return f"<SignallingGame {self.players[0]} ({odds}) sends {sent}; {self.players[1]} answers {done}{unit}>"


def _rebuilt(given: Any, names: Any, allowed: Any, unit: str) -> SignallingGame:
    """The game again, from what `SignallingGame.__reduce__` keeps."""
    types, messages, actions, players = names
    return SignallingGame(
        *given, types=types, messages=messages, actions=actions, players=players, allowed=allowed, unit=unit
    )


def _as_mask(allowed: npt.ArrayLike | None, shape: tuple[int, ...]) -> BoolArray:
    if allowed is None:
        return read_only(np.ones(shape), np.bool_)
    mask = np.asarray(allowed)
    if mask.dtype != np.bool_ or mask.shape != shape:
        raise GameShapeError(
            f"allowed must be true or false for each message and action, shape {shape}; given {mask.dtype} of shape "
            f"{mask.shape}."
        )
    if not mask.any(axis=1).all():
        raise GameShapeError(
            f"after message {int(np.argmin(mask.any(axis=1)))} no action is allowed; allow at least one."
        )
    return read_only(mask, np.bool_)


def _index(kind: str, given: int | str, names: Labels) -> int:
    if isinstance(given, str):
        if given not in names:
            raise UnknownNameError(kind, given, names)
        return names.index(given)
    if not 0 <= given < len(names):
        raise UnknownNameError(kind, given, (f"0 to {len(names) - 1}",))
    return int(given)
