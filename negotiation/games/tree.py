"""Extensive-form games: a tree of moves of players and of chance, with information sets, as flat arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, IntArray, as_floats, read_only
from negotiation.errors import GameShapeError, NotFiniteError, UnknownNameError
from negotiation.games.normal_form import Labels, NormalFormGame
from negotiation.games.tree_arrays import CHANCE, LEAF, FlatTree, check_recall, last_sequences, level_bounds, levels_of
from negotiation.games.tree_build import flat_from_nested
from negotiation.games.tree_implicit import Node, flat_from_arrays, flat_from_function
from negotiation.games.tree_plans import nested_from_normal_form, normal_form, one_agent_a_set

_MOST_LINES = 40


@dataclass(frozen=True, slots=True, eq=False, init=False, repr=False)
class GameTree:
    """A finite game in extensive form, of perfect recall.

    Parameters
    ----------
    root : mapping
        The first node, from `decision`, `chance` and `leaf`, or nested dicts of the same shape: see `from_nested`.
    players : sequence of str, optional
        Names in the order of payoffs. Needed where payoffs are given by position and players by name.
    unit : str, optional
        The unit of the payoffs, e.g. ``"USD million per month"``. Shown, never converted.
    title : str, optional

    Raises
    ------
    GameShapeError
        A node that is no node, actions and children that do not match, an information set whose nodes differ.
    ImperfectRecallError
        A player would forget what it did or knew; the information set is named.
    ProbabilityError, DuplicateNameError, NotFiniteError, WrongTypeError, UnknownNameError
        Each names the node by the moves that lead to it.

    Notes
    -----
    The tree as arrays, for those who want them, over ``T`` nodes that stand level by level, parents before children and
    siblings side by side: ``parent``, ``first_child`` and ``n_children`` (-1 where there is none); ``player``, who moves (-1
    for chance, -2 at a leaf); ``infoset`` (-1 at leaves and where chance moves); ``edge_prob``, the probability with which
    chance leads to a node (1 where a player does); ``payoffs`` (T, N), at leaves.

    Examples
    --------
    >>> from negotiation import GameTree, decision, leaf, solve
    >>> entry = GameTree(decision("entrant", {
    ...     "stay out": leaf(entrant=0, incumbent=2),
    ...     "enter": decision("incumbent", {"fight": leaf(entrant=-1, incumbent=-1),
    ...                                     "share": leaf(entrant=1, incumbent=1)})}))
    >>> solve(entry).equilibria[0].payoffs
    array([1., 1.])
    """

    players: Labels
    unit: str
    title: str
    parent: IntArray
    first_child: IntArray
    n_children: IntArray
    player: IntArray
    infoset: IntArray
    edge_prob: Array
    payoffs: Array
    infoset_player: IntArray
    edge_action: IntArray
    action_offset: IntArray
    _flat: FlatTree
    _memo: dict[str, Any]

    def __init__(
        self, root: Mapping[str, Any], players: Sequence[str] | None = None, *, unit: str = "", title: str = ""
    ) -> None:
        self._fill(flat_from_nested(root, players), unit, title)

    # --- other ways to make one ------------------------------------------------------------------

    @classmethod
    def from_nested(
        cls, data: Mapping[str, Any], players: Sequence[str] | None = None, *, unit: str = "", title: str = ""
    ) -> GameTree:
        """Make a tree of nested dicts.

        Parameters
        ----------
        data : mapping
            A node, or a mapping that holds one under ``"tree"`` and perhaps names under ``"players"``. A node is
            ``{"player": 1, "infoset": "A", "actions": [...], "children": [...]}`` with players by name or counted from 1
            (``infoset`` may be left out where a player sees all), ``{"chance": True, "probs": [...], "actions": [...],
            "children": [...]}``, or ``{"payoffs": [...]}``. Payoffs of inner nodes are added to the leaves below. Numbers may
            be text such as ``"1/3"``, and are then exact.
        """
        if "tree" in data and "children" not in data:
            players = players if players is not None else data.get("players")
            title = title or str(data.get("title", ""))
            data = data["tree"]
        return cls(data, players, unit=unit, title=title)

    @classmethod
    def from_function(
        cls,
        node: Callable[[tuple[str, ...]], Node],
        players: Sequence[str],
        *,
        unit: str = "",
        title: str = "",
        limit: int = 10_000_000,
    ) -> GameTree:
        """Make a tree from a function that says, for a history of moves, what comes next.

        Parameters
        ----------
        node : callable
            From a tuple of action names to ``decision(player, actions)``, ``chance({outcome: probability})`` or
            ``leaf(payoffs)``; called once a node, level by level.
        limit : int
            The most nodes.

        Raises
        ------
        SizeLimitError
            More nodes than `limit`; also how a function that never comes to an end is stopped.

        Examples
        --------
        >>> from negotiation import decision, leaf
        >>> def take_or_pass(history):
        ...     if history[-1:] == ("take",) or len(history) == 4:
        ...         return leaf(len(history), 4 - len(history))
        ...     return decision(("A", "B")[len(history) % 2], ("take", "pass"))
        >>> GameTree.from_function(take_or_pass, ("A", "B")).n_nodes
        9
        """
        return cls._of(flat_from_function(node, players, limit), unit, title)

    @classmethod
    def from_arrays(
        cls,
        parent: npt.ArrayLike,
        player: npt.ArrayLike,
        payoffs: npt.ArrayLike,
        players: Sequence[str],
        *,
        infoset: npt.ArrayLike | None = None,
        edge_prob: npt.ArrayLike | None = None,
        unit: str = "",
        title: str = "",
    ) -> GameTree:
        """Make a tree of arrays, for millions of nodes.

        Parameters
        ----------
        parent : array_like of int, shape (T,)
            Of each node, -1 for the first; sorted, so that nodes stand level by level and siblings side by side.
        player : array_like of int, shape (T,)
            Who moves: 0, …, N-1, -1 for chance; ignored at leaves.
        payoffs : array_like, shape (T, N)
            What counts are the rows of leaves.
        players : sequence of N str
        infoset : array_like of int, shape (T,), optional
            Nodes with the same number (not negative) are one information set; each node is its own unless given.
        edge_prob : array_like, shape (T,), optional
            The probability with which chance leads to a node; needed where chance moves.

        Notes
        -----
        Actions are named ``0``, ``1``, … in the order of the children.
        """
        return cls._of(flat_from_arrays(parent, player, payoffs, players, infoset, edge_prob), unit, title)

    @classmethod
    def from_normal_form(cls, game: NormalFormGame) -> GameTree:
        """The tree in which players move one after another without seeing what the others did."""
        return cls(nested_from_normal_form(game), game.players, unit=game.unit)

    @classmethod
    def _of(cls, flat: FlatTree, unit: str, title: str) -> GameTree:
        tree = object.__new__(cls)
        tree._fill(flat, unit, title)
        return tree

    def _fill(self, flat: FlatTree, unit: str, title: str) -> None:
        put = object.__setattr__
        put(self, "_flat", flat)
        put(self, "_memo", {})
        put(self, "unit", unit)
        put(self, "title", title)
        for name in ("players", "parent", "first_child", "n_children", "player", "infoset", "edge_prob", "payoffs",
                     "infoset_player", "edge_action", "action_offset"):  # fmt: skip
            value = getattr(flat, name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False  # pickles forget it
            put(self, name, value)
        check_recall(self)

    # --- sizes and names -------------------------------------------------------------------------

    @property
    def n_players(self) -> int:
        """The number of players, ``N``."""
        return len(self.players)

    @property
    def n_nodes(self) -> int:
        """The number of nodes, leaves included, ``T``."""
        return len(self.parent)

    @property
    def n_infosets(self) -> int:
        """The number of information sets."""
        return len(self.infoset_player)

    @property
    def is_perfect_information(self) -> bool:
        """Whether everybody sees all that was done: each information set is one node."""
        return int((self.infoset >= 0).sum()) == self.n_infosets

    @property
    def is_constant_sum(self) -> bool:
        """Whether two players share the same total at every leaf, up to rounding."""
        if self.n_players != 2:
            return False
        totals = self.payoffs[self.player == LEAF].sum(axis=1)
        return bool(np.ptp(totals) <= 1e-12 * max(1.0, float(np.abs(self.payoffs).max())))

    @property
    def infosets(self) -> Labels:
        """Names of the information sets; those without a name are called after player and moves, ``China: lift``."""
        if "infosets" not in self._memo:
            self._memo["infosets"] = tuple(self.infoset_name(k) for k in range(self.n_infosets))
        names: Labels = self._memo["infosets"]
        return names

    def infoset_name(self, infoset: int) -> str:
        """Name of one information set."""
        given = self._flat.infoset_names
        if given and given[infoset] is not None:
            return str(given[infoset])
        moves = " / ".join(self.history(int(self._flat.infoset_first[infoset]))) or "start"
        return f"{self.players[self.infoset_player[infoset]]}: {moves}"

    def infoset_index(self, name: str) -> int:
        """Position of an information set."""
        known = self.infosets
        if name not in known:
            raise UnknownNameError("information set", name, known)
        return known.index(name)

    def infoset_nodes(self, infoset: int) -> IntArray:
        """Positions of the nodes of an information set, in the order of the tree."""
        flat = self._flat
        start, end = flat.infoset_bounds[infoset], flat.infoset_bounds[infoset + 1]
        return np.asarray(flat.infoset_order[start:end])

    def infoset_actions(self, infoset: int) -> Labels:
        """Names of the actions at an information set."""
        return self.actions(int(self._flat.infoset_first[infoset]))

    def actions(self, node: int) -> Labels:
        """Names of what leads on from a node; empty at a leaf."""
        which = int(self._flat.label_set[node])
        return self._flat.labels[which] if which >= 0 else ()

    def history(self, node: int) -> tuple[str, ...]:
        """The moves that lead to a node, chance's included."""
        moves = []
        while (above := int(self.parent[node])) >= 0:
            moves.append(self.actions(above)[node - int(self.first_child[above])])
            node = above
        return tuple(reversed(moves))

    def node(self, *moves: str) -> int:
        """Position of the node to which moves lead."""
        at = 0
        for move in moves:
            known = self.actions(at)
            if move not in known:
                raise UnknownNameError(
                    "move", move, known, f"what can follow {' / '.join(self.history(at)) or 'start'}"
                )
            at = int(self.first_child[at]) + known.index(move)
        return at

    # --- numbers in rationals --------------------------------------------------------------------

    @property
    def is_rational(self) -> bool:
        """Whether some payoff or probability was given as a rational that floats would round."""
        return self._flat.given_payoffs is not None or self._flat.given_prob is not None

    @property
    def exact_payoffs(self) -> npt.NDArray[np.object_]:
        """Payoffs as given, as `fractions.Fraction`, shape (T, N); floats count as binary rationals."""
        return self._flat.exact_payoffs()

    @property
    def exact_edge_prob(self) -> npt.NDArray[np.object_]:
        """Chance's probabilities as given, as `fractions.Fraction` that add up to one, shape (T,)."""
        return self._flat.exact_edge_prob()

    # --- other games -----------------------------------------------------------------------------

    def with_payoffs(self, payoffs: npt.ArrayLike) -> GameTree:
        """The same tree with other payoffs, shape (T, N); those of leaves count."""
        table = as_floats(payoffs, "payoffs")
        if table.shape != self.payoffs.shape:
            raise GameShapeError(f"payoffs have shape {table.shape}; expected {self.payoffs.shape}, one row a node.")
        if not np.isfinite(table).all():
            raise NotFiniteError("payoffs must be finite.")
        table = np.where((self.player == LEAF)[:, None], table, 0.0)
        return self._of(replace(self._flat, payoffs=read_only(table), given_payoffs=None), self.unit, self.title)

    def to_normal_form(self, *, reduced: bool = True, limit: int = 2_000_000) -> NormalFormGame:
        """The normal form: one action a plan.

        Parameters
        ----------
        reduced : bool
            Plans leave open what to do where the plan itself never leads; otherwise every plan says it.
        limit : int
            The most cells.

        Raises
        ------
        SizeLimitError
        """
        return normal_form(self, reduced=reduced, limit=limit)

    def to_agent_form(self, *, limit: int = 2_000_000) -> NormalFormGame:
        """The normal form in which every information set is a player of its own, with its owner's payoffs.

        References
        ----------
        Selten, R. (1975). Reexamination of the perfectness concept for equilibrium points in extensive games.
        International Journal of Game Theory 4, 25-55.
        """
        return one_agent_a_set(self, limit=limit)

    # --- how it shows ----------------------------------------------------------------------------

    def __str__(self) -> str:
        n_leaves = int((self.player == LEAF).sum())
        unit = f", payoffs in {self.unit}" if self.unit else ""
        seen = "perfect information" if self.is_perfect_information else f"{self.n_infosets:,} information sets"
        title = f"{self.title}: " if self.title else ""
        return (
            f"{title}game tree of {', '.join(self.players)}; {self.n_nodes:,} nodes, {n_leaves:,} leaves, "
            f"{levels_of(self.parent)} levels, {seen}{unit}"
        )

    def __repr__(self) -> str:
        return f"<GameTree {self}>"

    def drawn(self, *, limit: int = _MOST_LINES) -> str:
        """The tree as indented text, at most `limit` lines."""
        lines: list[str] = []
        for line in self._lines():
            if len(lines) == limit:
                lines.append("…")
                break
            lines.append(line)
        return "\n".join(lines)

    def _lines(self) -> Iterator[str]:
        """One line a node, depth first."""
        stack = [(0, 0, "")]
        while stack:
            node, depth, move = stack.pop()
            lead = "  " * depth + (f"{move} → " if move else "")
            kind = int(self.player[node])
            if kind == LEAF:
                worth = zip(self.players, self.payoffs[node], strict=True)
                yield lead + ", ".join(f"{name} {value:g}" for name, value in worth)
                continue
            yield lead + ("chance" if kind == CHANCE else self._who(node))
            first, names = int(self.first_child[node]), self.actions(node)
            for k in reversed(range(len(names))):
                odds = f" ({self.exact_odds(first + k)})" if kind == CHANCE else ""
                stack.append((first + k, depth + 1, names[k] + odds))

    def exact_odds(self, node: int) -> Fraction:
        """The probability with which chance leads to one node, as given."""
        above = int(self.parent[node])
        if above < 0 or self.player[above] != CHANCE:
            return Fraction(1)
        return self._flat.exact_odds(above)[node - int(self.first_child[above])]

    def _who(self, node: int) -> str:
        """``China``, or ``China [P2.1]`` where the information set has a name or more nodes."""
        k, given = int(self.infoset[node]), self._flat.infoset_names
        name = self.players[self.player[node]]
        return f"{name} [{self.infoset_name(k)}]" if given and given[k] is not None else name

    def __reduce__(self) -> tuple[Any, ...]:
        return GameTree._of, (self._flat, self.unit, self.title)


def player_sequences(tree: GameTree) -> IntArray:
    """For each node and player the last own move on the way there, shape (T, N), numbered as in `last_sequences`."""
    if "sequences" not in tree._memo:
        tree._memo["sequences"] = read_only(last_sequences(tree), np.int64)
    numbers: IntArray = tree._memo["sequences"]
    return numbers


def tree_levels(tree: GameTree) -> list[tuple[int, int]]:
    """Where each level below the first begins and ends."""
    if "levels" not in tree._memo:
        bounds = level_bounds(tree.parent)
        tree._memo["levels"] = list(pairwise(bounds[1:]))
    levels: list[tuple[int, int]] = tree._memo["levels"]
    return levels
