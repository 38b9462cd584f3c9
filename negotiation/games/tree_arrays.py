"""The arrays under a game tree, and what is computed from them alone: levels, own sequences, perfect recall."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, IntArray, read_only
from negotiation.errors import ImperfectRecallError

CHANCE, LEAF = -1, -2
Labels = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FlatTree:
    """Nodes level by level; see `GameTree` for the fields that it shows.

    ``edge_action`` (T,) is the global position of the action that leads to a node, -1 from chance; ``action_offset``
    (I + 1,) where the actions of each information set begin; ``labels`` the distinct lists of action names and
    ``label_set`` (T,) which of them a node has; ``given_payoffs`` and ``given_prob`` hold, by node, what floats would round.
    """

    players: Labels
    parent: IntArray
    first_child: IntArray
    n_children: IntArray
    player: IntArray
    infoset: IntArray
    edge_prob: Array
    payoffs: Array
    infoset_player: IntArray
    infoset_names: tuple[str | None, ...]
    infoset_first: IntArray
    infoset_order: IntArray
    infoset_bounds: IntArray
    edge_action: IntArray
    action_offset: IntArray
    labels: tuple[Labels, ...]
    label_set: IntArray
    given_payoffs: dict[int, tuple[Fraction, ...]] | None = None
    given_prob: dict[int, Fraction] | None = None

    def exact_payoffs(self) -> npt.NDArray[np.object_]:
        """See `GameTree.exact_payoffs`."""
        out = np.empty(self.payoffs.shape, dtype=object)
        out[...] = Fraction(0)
        given = self.given_payoffs or {}
        for node in np.flatnonzero(self.player == LEAF).tolist():
            out[node] = given.get(node) or [Fraction(v) for v in self.payoffs[node].tolist()]
        return out

    def exact_edge_prob(self) -> npt.NDArray[np.object_]:
        """See `GameTree.exact_edge_prob`."""
        out = np.empty(self.edge_prob.shape, dtype=object)
        out[:] = Fraction(1)
        for node in np.flatnonzero(self.player == CHANCE).tolist():
            first = int(self.first_child[node])
            out[first : first + int(self.n_children[node])] = self.exact_odds(node)
        return out

    def exact_odds(self, node: int) -> list[Fraction]:
        """What chance does at a node, in rationals that add up to one.

        As given; floats are read as the fractions with denominators up to a million that they round, if these add up to one.
        """
        first = int(self.first_child[node])
        children = range(first, first + int(self.n_children[node]))
        given = self.given_prob or {}
        odds = [given.get(c, Fraction(float(self.edge_prob[c]))) for c in children]
        if sum(odds) == 1:
            return odds
        short = [p.limit_denominator(1_000_000) for p in odds]
        if sum(short) == 1 and all(abs(p - q) < 1e-15 for p, q in zip(odds, short, strict=True)):
            return short
        total = sum(odds)
        return [p / total for p in odds]


def assemble(
    players: Labels,
    parent: IntArray,
    player: IntArray,
    infoset: IntArray,
    edge_prob: Array,
    payoffs: Array,
    *,
    infoset_names: tuple[str | None, ...],
    labels: tuple[Labels, ...],
    label_set: IntArray,
    given_payoffs: dict[int, tuple[Fraction, ...]] | None = None,
    given_prob: dict[int, Fraction] | None = None,
) -> FlatTree:
    """Fill in what follows from the rest; the parts are trusted to be checked."""
    n_nodes = len(parent)
    n_children = np.bincount(parent[1:], minlength=n_nodes).astype(np.int64)
    first_child = np.where(n_children > 0, 1 + np.cumsum(n_children) - n_children, -1)
    movers = np.flatnonzero(infoset >= 0)
    order = movers[np.argsort(infoset[movers], kind="stable")]
    bounds = np.searchsorted(infoset[order], np.arange(int(infoset.max(initial=-1)) + 2))
    first = order[bounds[:-1]]
    offset = np.concatenate([[0], np.cumsum(n_children[first])]).astype(np.int64)
    above = infoset[parent]
    step = np.arange(n_nodes) - first_child[parent]
    edge_action = np.where(above >= 0, offset[np.maximum(above, 0)] + step, -1)
    edge_action[0] = -1
    frozen: dict[str, Any] = {
        name: read_only(value, np.int64)
        for name, value in {
            "parent": parent, "first_child": first_child, "n_children": n_children, "player": player,
            "infoset": infoset, "infoset_player": player[first], "infoset_first": first, "infoset_order": order,
            "infoset_bounds": bounds, "edge_action": edge_action, "action_offset": offset, "label_set": label_set,
        }.items()
    }  # fmt: skip
    return FlatTree(
        players=players,
        edge_prob=read_only(edge_prob),
        payoffs=read_only(payoffs),
        infoset_names=infoset_names,
        labels=labels,
        given_payoffs=given_payoffs or None,
        given_prob=given_prob or None,
        **frozen,
    )


class Tree(Protocol):
    """What the functions here need to know of a tree."""

    @property
    def parent(self) -> IntArray: ...  # noqa: D102
    @property
    def player(self) -> IntArray: ...  # noqa: D102
    @property
    def infoset(self) -> IntArray: ...  # noqa: D102
    @property
    def edge_action(self) -> IntArray: ...  # noqa: D102
    @property
    def infoset_player(self) -> IntArray: ...  # noqa: D102
    @property
    def n_players(self) -> int: ...  # noqa: D102
    @property
    def is_perfect_information(self) -> bool: ...  # noqa: D102
    def infoset_name(self, infoset: int) -> str: ...  # noqa: D102
    def infoset_nodes(self, infoset: int) -> IntArray: ...  # noqa: D102
    def history(self, node: int) -> tuple[str, ...]: ...  # noqa: D102


def level_bounds(parent: IntArray) -> list[int]:
    """Where each level begins, and the end: level ``k`` are the nodes ``bounds[k]`` up to ``bounds[k + 1]``."""
    bounds = [0, 1]
    while bounds[-1] < len(parent):
        bounds.append(int(np.searchsorted(parent, bounds[-1])))
    return bounds


def levels_of(parent: IntArray) -> int:
    """The number of levels."""
    return len(level_bounds(parent)) - 1


def last_sequences(tree: Tree) -> IntArray:
    """The last own move of each player on the way to each node, shape (T, N).

    Moves are numbered ``N + edge_action``; player ``i`` has number ``i`` before its first move.
    """
    n = tree.n_players
    bounds = level_bounds(tree.parent)
    if len(bounds) > 1_000 and len(bounds) > len(tree.parent) // 20:
        return _last_sequences_of_deep(tree)
    out = np.tile(np.arange(n), (len(tree.parent), 1))
    mover = tree.player[tree.parent]
    for start, end in pairwise(bounds[1:]):
        out[start:end] = out[tree.parent[start:end]]
        rows = np.flatnonzero(mover[start:end] >= 0) + start
        out[rows, mover[rows]] = n + tree.edge_action[rows]
    return out


def _last_sequences_of_deep(tree: Tree) -> IntArray:
    """The same node by node, for trees that are nearly chains."""
    n = tree.n_players
    parent, mover = tree.parent.tolist(), tree.player[tree.parent].tolist()
    columns = []
    for i in range(n):
        own = np.where(tree.player[tree.parent] == i, n + tree.edge_action, -1).tolist()
        own[0] = i
        for t in range(1, len(own)):
            if mover[t] != i:
                own[t] = own[parent[t]]
        columns.append(own)
    return np.array(columns, dtype=np.int64).T.copy()


def check_recall(tree: Tree) -> None:
    """Raise unless every player knows at every information set what it did and knew before."""
    if tree.is_perfect_information:
        return
    sequences = last_sequences(tree)
    movers = np.flatnonzero(tree.infoset >= 0)
    own = sequences[movers, tree.player[movers]]
    least = np.full(len(tree.infoset_player), np.iinfo(np.int64).max)
    most = np.full(len(tree.infoset_player), -1)
    np.minimum.at(least, tree.infoset[movers], own)
    np.maximum.at(most, tree.infoset[movers], own)
    bad = np.flatnonzero(least != most)
    if bad.size:
        k = int(bad[0])
        nodes = tree.infoset_nodes(k)
        own = sequences[nodes, tree.infoset_player[k]]
        one, other = int(nodes[0]), int(nodes[np.flatnonzero(own != own[0])[0]])
        ways = " and after ".join(" / ".join(tree.history(t)) or "start" for t in (one, other))
        raise ImperfectRecallError(
            f"imperfect recall at information set {tree.infoset_name(k)!r}: it holds nodes after {ways}, between which its "
            "owner's own earlier moves differ; give them different information sets."
        )
