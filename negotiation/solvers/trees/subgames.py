"""Subgames: nodes from which on nobody is in doubt about what came before, and the trees cut between them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from negotiation.arrays import BoolArray, IntArray
from negotiation.games.tree import GameTree, tree_levels
from negotiation.games.tree_arrays import LEAF


class Span(NamedTuple):
    """Nodes in depth-first order: those below node ``t`` have ``start[t] <= start < start[t] + size[t]``."""

    start: IntArray
    size: IntArray

    def below(self, node: int) -> BoolArray:
        """Which nodes are `node` or come after it, shape (T,)."""
        return np.asarray((self.start >= self.start[node]) & (self.start < self.start[node] + self.size[node]))


def spans(tree: GameTree) -> Span:
    """Depth-first intervals, found level by level."""
    size = np.ones(tree.n_nodes, dtype=np.int64)
    for begin, end in reversed(tree_levels(tree)):
        np.add.at(size, tree.parent[begin:end], size[begin:end])
    start = np.zeros(tree.n_nodes, dtype=np.int64)
    for begin, end in tree_levels(tree):
        above = tree.parent[begin:end]
        before = np.concatenate([[0], np.cumsum(size[begin:end])])[:-1]
        start[begin:end] = start[above] + 1 + before - before[tree.first_child[above] - begin]
    return Span(start, size)


def subgame_roots(tree: GameTree) -> BoolArray:
    """Which nodes begin a subgame: no information set reaches from below it to elsewhere, shape (T,)."""
    if tree.is_perfect_information:
        return np.ones(tree.n_nodes, dtype=np.bool_)
    span = spans(tree)
    movers = np.flatnonzero(tree.infoset >= 0)
    least = np.full(tree.n_infosets, tree.n_nodes)
    most = np.full(tree.n_infosets, -1)
    np.minimum.at(least, tree.infoset[movers], span.start[movers])
    np.maximum.at(most, tree.infoset[movers], span.start[movers])
    low, high = np.array(span.start), np.array(span.start)
    low[movers], high[movers] = least[tree.infoset[movers]], most[tree.infoset[movers]]
    for begin, end in reversed(tree_levels(tree)):
        np.minimum.at(low, tree.parent[begin:end], low[begin:end])
        np.maximum.at(high, tree.parent[begin:end], high[begin:end])
    return np.asarray((low >= span.start) & (high < span.start + span.size))


def home(tree: GameTree, roots: BoolArray) -> IntArray:
    """The first node of the smallest subgame that holds each node, shape (T,)."""
    own = np.where(roots, np.arange(tree.n_nodes), -1)
    for begin, end in tree_levels(tree):
        part = own[begin:end]
        own[begin:end] = np.where(part < 0, own[tree.parent[begin:end]], part)
    return own


class Piece(NamedTuple):
    """A subgame without the smaller subgames in it.

    ``nodes`` in the order of the tree; ``inner`` those of them that begin smaller subgames (leaves of the piece);
    ``infosets`` in order.
    """

    nodes: list[int]
    inner: list[int]
    infosets: list[int]


def piece_at(tree: GameTree, root: int, roots: BoolArray) -> Piece:
    """Cut out the piece that begins at a node."""
    nodes, inner, infosets = [root], [], list[int]()
    seen = set[int]()
    for t in nodes:
        if t != root and roots[t]:
            if tree.player[t] != LEAF:
                inner.append(t)
            continue
        k = int(tree.infoset[t])
        if k >= 0 and k not in seen:
            seen.add(k)
            infosets.append(k)
        nodes.extend(
            range(int(tree.first_child[t]), int(tree.first_child[t] + tree.n_children[t])) if tree.n_children[t] else ()
        )
    return Piece(nodes, inner, sorted(infosets))
