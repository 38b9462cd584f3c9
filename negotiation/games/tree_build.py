"""Game trees written down as nested data: the words `decision`, `chance` and `leaf`, and how they become arrays."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from negotiation.arrays import IntArray
from negotiation.errors import (
    DuplicateNameError,
    GameShapeError,
    NotFiniteError,
    ProbabilityError,
    UnknownNameError,
    WrongTypeError,
)
from negotiation.games.tree_arrays import CHANCE, LEAF, FlatTree, Labels, assemble

Number = int | float | Fraction | Decimal | str


def decision(
    player: str | int, actions: Mapping[str, Mapping[str, Any]] | Sequence[str], *, infoset: str | None = None
) -> dict[str, Any]:
    """Make a node of a game tree at which a player moves.

    Parameters
    ----------
    player : str or int
        Its name, or its number counted from 1.
    actions : mapping of str to node, or sequence of str
        What it can do, and what follows; names alone for `GameTree.from_function`, which asks for what follows later.
    infoset : str, optional
        The information set: nodes with the same name look the same to the player. Its own unless given.
    """
    node: dict[str, Any] = {"player": player, "infoset": infoset, "actions": list(actions)}
    if isinstance(actions, Mapping):
        node["children"] = list(actions.values())
    return node


def chance(outcomes: Mapping[str, tuple[Number, Mapping[str, Any]]] | Mapping[str, Number]) -> dict[str, Any]:
    """Make a node of a game tree at which chance moves.

    Parameters
    ----------
    outcomes : mapping of str to (probability, node)
        For `GameTree.from_function` to probabilities alone. Text such as ``"1/3"`` is exact.
    """
    pairs = list(outcomes.values())
    if all(isinstance(pair, tuple) for pair in pairs):
        probs, children = [pair[0] for pair in pairs], [pair[1] for pair in pairs]  # type: ignore[index]
        return {"chance": True, "probs": probs, "actions": list(outcomes), "children": children}
    return {"chance": True, "probs": pairs, "actions": list(outcomes)}


def leaf(*payoffs: int | float | Fraction | Decimal | str, **by_name: Number) -> dict[str, Any]:
    """Make a node of a game tree at which the game is over.

    Parameters
    ----------
    *payoffs : numbers
        One a player, in the order of the players.
    **by_name : numbers
        The same by name, e.g. ``leaf(US=3, China=1)``; who is not named gets 0.
    """
    if payoffs and by_name:
        raise GameShapeError(f"give payoffs by position or by name, not both: {payoffs}, {by_name}.")
    return {"payoffs": by_name if by_name else list(payoffs)}


def flat_from_nested(root: Mapping[str, Any], players: Sequence[str] | None) -> FlatTree:
    """Read nested nodes into arrays, level by level."""
    reader = NestedReader(players)
    reader.read(root)
    return reader.flat()


class NestedReader:
    """Reads nodes one by one, and remembers where it is for its error messages."""

    def __init__(self, players: Sequence[str] | None) -> None:
        self.names = list(players) if players is not None else []
        self.named = players is not None
        if players is not None:
            check_names(self.names)
        self.parent: list[int] = [-1]
        self.player: list[int] = []
        self.infoset: list[int] = []
        self.prob: list[float] = [1.0]
        self.payoffs: dict[int, list[Any]] = {}
        self.listed: set[int] = set()
        self.sets: dict[str, int] = {}
        self.set_names: list[str | None] = []
        self.set_first: list[int] = []
        self.labels: dict[Labels, int] = {}
        self.label_set: list[int] = []
        self.given_prob: dict[int, Fraction] = {}
        self.first: list[int] = []
        self.carried: dict[int, list[Any]] = {}
        self.uses: set[type] = set()

    def read(self, root: Mapping[str, Any]) -> None:
        """Walk the nodes breadth first."""
        nodes: list[Any] = [root]
        for t, node in enumerate(nodes):
            nodes[t] = None  # lets go of what is read
            children = self.node(t, node)
            nodes.extend(children)

    def node(self, t: int, node: Any) -> Sequence[Any]:
        """Take in one node; returns its children."""
        if type(node) is not dict and not isinstance(node, Mapping):
            raise WrongTypeError(
                f"{self.where(t)} is not a node but {node!r}; make nodes with decision, chance and leaf."
            )
        children = self.children(t, node)
        self.first.append(len(self.parent) if children else -1)
        self.add_payoffs(t, node, bool(children))
        if not children:
            self.player.append(LEAF)
            self.infoset.append(-1)
            self.label_set.append(-1)
            return ()
        self.label_set.append(self.label(t, node["actions"], len(children)))
        if node.get("chance") or "probs" in node:
            self.player.append(CHANCE)
            self.infoset.append(-1)
            self.prob += self.probabilities(t, node.get("probs"), len(children))
        else:
            self.player.append(self.who(t, node.get("player")))
            self.infoset.append(self.set_of(t, node.get("infoset")))
            self.prob += [1.0] * len(children)
        self.parent += [t] * len(children)
        return children

    def children(self, t: int, node: Mapping[str, Any]) -> list[Any]:
        """The children, none at a leaf."""
        if "children" not in node and "actions" not in node and "payoffs" in node:
            return []
        if "player" not in node and not node.get("chance") and "probs" not in node:
            raise GameShapeError(
                f"{self.where(t)} says neither who moves nor payoffs: {sorted(map(str, node))}; expected 'player', "
                "'actions' and 'children', or 'chance', 'probs', 'actions' and 'children', or 'payoffs'."
            )
        children = node.get("children", ())
        if type(children) not in (list, tuple) and (not isinstance(children, Sequence) or isinstance(children, str)):
            children = ()
        if not children:
            raise GameShapeError(f"{self.where(t)} has no actions; where nobody moves, give payoffs.")
        if "actions" not in node:
            raise GameShapeError(f"{self.where(t)} names no actions for its {len(children)} children.")
        if len(node["actions"]) != len(children):
            raise GameShapeError(f"{self.where(t)} has {len(node['actions'])} actions but {len(children)} children.")
        return list(children)

    def label(self, t: int, actions: Sequence[Any], count: int) -> int:
        """Number of a list of action names, checked the first time it is seen."""
        names = tuple(actions)
        found = self.labels.get(names)
        if found is not None:
            return found
        for k, name in enumerate(names):
            if not isinstance(name, str) or not name.strip() or not name.isprintable():
                raise WrongTypeError(f"{self.where(t)}: an action is called {name!r}; a name is printable text.")
            if name in names[:k]:
                raise DuplicateNameError("action", name, self.where(t))
        return self.labels.setdefault(names, len(self.labels))

    def who(self, t: int, player: Any) -> int:
        """Position of a player given by name or counted from 1."""
        self.uses.add(type(player))
        if isinstance(player, str):
            if player not in self.names:
                if self.named:
                    raise UnknownNameError("player", player, self.names, self.where(t))
                self.names.append(player)
            return self.names.index(player)
        if isinstance(player, bool) or not isinstance(player, int) or player < 1:
            raise WrongTypeError(f"{self.where(t)}: the player is {player!r}; give a name, or a number from 1.")
        if self.named and player > len(self.names):
            raise UnknownNameError("player", player, map(str, range(1, len(self.names) + 1)), self.where(t))
        return player - 1

    def set_of(self, t: int, name: str | None) -> int:
        """Position of the information set, whose nodes have to look the same."""
        if name is None:
            self.set_names.append(None)
            self.set_first.append(t)
            return len(self.set_names) - 1
        if not isinstance(name, str) or not name.strip():
            raise WrongTypeError(f"{self.where(t)}: the information set is called {name!r}; a name is text.")
        found = self.sets.setdefault(name, len(self.set_names))
        if found == len(self.set_names):
            self.set_names.append(name)
            self.set_first.append(t)
            return found
        first = self.set_first[found]
        if self.player[first] != self.player[t]:
            raise GameShapeError(
                f"information set {name!r} belongs to two players, at {self.where(first)} and at {self.where(t)}."
            )
        if self.label_set[first] != self.label_set[t]:
            a, b = (list(self.actions(n)) for n in (first, t))
            raise GameShapeError(
                f"information set {name!r} has actions {a} at {self.where(first)} but {b} at {self.where(t)}: its owner "
                "could tell the nodes apart."
            )
        return found

    def probabilities(self, t: int, given: Any, count: int) -> list[float]:
        """Chance's probabilities; those that floats would round are remembered."""
        if not isinstance(given, Sequence) or len(given) != count:
            raise ProbabilityError(f"{self.where(t)} needs {count} probabilities, one an outcome; given {given!r}.")
        numbers: list[Any] = [as_number(p, lambda: f"a probability at {self.where(t)}") for p in given]
        if min(numbers) < 0:
            raise ProbabilityError(f"a probability at {self.where(t)} is negative: {given!r}.")
        total = sum(numbers)
        if abs(total - 1) > (1e-9 if any(isinstance(p, float) for p in numbers) else 0):
            raise ProbabilityError(f"the probabilities at {self.where(t)} sum to {total}, not 1.")
        for k, p in enumerate(numbers):
            if isinstance(p, Fraction) and Fraction(float(p)) != p:
                self.given_prob[len(self.parent) + k] = p
        return [float(p) for p in numbers]

    def add_payoffs(self, t: int, node: Mapping[str, Any], is_inner: bool) -> None:
        """Payoffs of a leaf, those collected on the way included."""
        above = self.carried.get(self.parent[t])
        given = node.get("payoffs")
        if given is None or (is_inner and not given):
            if is_inner and above is not None:
                self.carried[t] = above
            return
        if type(given) is not list and isinstance(given, Mapping):
            if not self.named and not all(name in self.names for name in given):
                self.names += [name for name in given if name not in self.names]
            for name in given:
                if name not in self.names:
                    raise UnknownNameError("player", name, self.names, self.where(t))
            values = {self.names.index(name): v for name, v in given.items()}
            row = [values.get(i, 0) for i in range(len(self.names))]
        else:
            self.uses.add(list)
            self.listed.add(t)
            row = list(given)
            if self.named and len(row) != len(self.names):
                raise GameShapeError(
                    f"{self.where(t)} has {len(row)} payoffs; expected {len(self.names)}, one a player: {self.names}."
                )
        numbers = [
            v if type(v) is float and v - v == 0 else as_number(v, partial(self.which, t, k)) for k, v in enumerate(row)
        ]
        if above is not None:
            size = max(len(above), len(numbers))
            padded = [[*r, *[0] * (size - len(r))] for r in (above, numbers)]
            numbers = [a + b for a, b in zip(*padded, strict=True)]
        if is_inner:
            self.carried[t] = numbers
        else:
            self.payoffs[t] = numbers

    def which(self, t: int, k: int) -> str:
        """A payoff by its place."""
        return f"payoff {k + 1} at {self.where(t)}"

    def flat(self) -> FlatTree:
        """The arrays."""
        if not self.named and self.uses >= {str, list}:
            raise GameShapeError("players are named but payoffs given by position; say the order: players=(...).")
        n = max([len(self.names), *(p + 1 for p in self.player), *map(len, self.payoffs.values())])
        names = self.names + [f"player {i + 1}" for i in range(len(self.names), n)]
        table = np.zeros((len(self.parent), n))
        given: dict[int, tuple[Fraction, ...]] = {}
        for t, row in self.payoffs.items():
            if len(row) != n and t in self.listed:
                raise GameShapeError(f"{self.where(t)} has {len(row)} payoffs; expected {n}, one a player.")
            table[t, : len(row)] = [float(v) for v in row]
            if any(not isinstance(v, float) and Fraction(float(v)) != v for v in row):
                given[t] = tuple(Fraction(v) for v in [*row, *[0] * (n - len(row))])
        return assemble(
            tuple(names),
            as_ints(self.parent),
            as_ints(self.player),
            as_ints(self.infoset),
            np.array(self.prob),
            table,
            infoset_names=tuple(self.set_names) if self.sets else (),
            labels=tuple(self.labels),
            label_set=as_ints(self.label_set),
            given_payoffs=given,
            given_prob=self.given_prob,
        )

    def actions(self, t: int) -> Labels:
        """Names of the actions at a node already read."""
        return list(self.labels)[self.label_set[t]]

    def where(self, t: int) -> str:
        """A node by the moves that lead to it."""
        moves = []
        while self.parent[t] >= 0:
            above = self.parent[t]
            moves.append(self.actions(above)[t - self.first[above]])
            t = above
        return f"the node after {' / '.join(reversed(moves))}" if moves else "the first node"


def as_ints(values: Sequence[int]) -> IntArray:
    """A list as an array of integers."""
    return np.array(values, dtype=np.int64)


def as_number(value: Any, what: Callable[[], str]) -> int | Fraction | float:
    """A finite number: exact if given as an int, a fraction, a decimal or text, else a float.

    `what` says what it is, for the error message; it is asked only then.
    """
    if type(value) is float or type(value) is int:
        number: int | Fraction | float = value
    elif isinstance(value, bool) or not isinstance(value, int | float | Fraction | Decimal | str | np.number):
        raise WrongTypeError(f"{what()} is not a number: {value!r}.")
    else:
        try:
            number = float(value) if isinstance(value, float | np.floating) else Fraction(_plain(value))
        except (ValueError, OverflowError):
            raise WrongTypeError(f"{what()} is not a finite number: {value!r}.") from None
        except ZeroDivisionError:
            raise NotFiniteError(f"{what()} divides by zero: {value!r}.") from None
    try:
        if math.isfinite(number):
            return number
    except OverflowError:
        pass
    raise NotFiniteError(f"{what()} is {value!r}; payoffs and probabilities are finite, below 1.8e308.")


def _plain(value: Any) -> Any:
    """A number of numpy as one of Python."""
    return value.item() if isinstance(value, np.generic) else value


def check_names(names: Sequence[Any]) -> None:
    """Player names are printable text, each once."""
    if not names:
        raise GameShapeError("the tree has no players; name at least one.")
    for k, name in enumerate(names):
        if not isinstance(name, str) or not name.strip() or not name.isprintable():
            raise WrongTypeError(f"a player is called {name!r}; a name is printable text.")
        if name in names[:k]:
            raise DuplicateNameError("player", name)
