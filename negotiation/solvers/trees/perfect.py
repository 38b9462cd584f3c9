"""Every pure subgame-perfect equilibrium of a tree without doubt: ties are kept as sets of payoffs with counts, not branches."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from negotiation.arrays import BoolArray, IntArray
from negotiation.games.tree import GameTree
from negotiation.solvers.trees import loops
from negotiation.solvers.trees.behaviour import compiled

MOST = 2**62
_LARGE = 2_000


class Entry(NamedTuple):
    """One payoff that subgame-perfect equilibria below a node give: how many, and from what.

    ``sources`` are pairs of a number of equilibria and what they choose: at a player's node ``(child, entry)``, at chance's one
    entry a child.
    """

    payoff: tuple[Any, ...]
    ways: int
    sources: list[tuple[int, Any]]


class RollBack:
    """Backward induction on one tree.

    Parameters
    ----------
    tree : GameTree
        Of perfect information.
    exact : bool
        Work in rationals.
    tol : float
        Differences up to `tol` times a player's payoff range are ties.
    most : int
        Of payoffs kept a node.
    """

    def __init__(self, tree: GameTree, *, exact: bool, tol: float, most: int) -> None:
        self.tree, self.most = tree, most
        self.truncated = False
        n_nodes = tree.n_nodes
        self.values = np.array(tree.exact_payoffs if exact else tree.payoffs)
        self.odds = tree.exact_edge_prob if exact else tree.edge_prob
        leaves = tree.payoffs[tree.n_children == 0]
        span = np.ptp(leaves, axis=0)
        size = np.abs(leaves).max(axis=0)
        self.slack = np.full(tree.n_players, Fraction(0)) if exact else np.maximum(tol * span, 4e-16 * size)
        self.best = np.zeros(n_nodes, dtype=np.bool_)
        self.single = np.zeros(n_nodes, dtype=np.bool_)
        self.ways = np.zeros(n_nodes)
        loop = loops if exact or n_nodes < _LARGE else compiled()
        loop.roll_back(tree.first_child, tree.n_children, tree.player, self.odds, self.values, self.slack, self.slack,
                       self.best, self.single, self.ways)  # fmt: skip
        self.tables: dict[int, list[Entry]] = {}
        for t in np.flatnonzero(~self.single)[::-1].tolist():
            self.tables[t] = self._at_chance(t) if tree.player[t] < 0 else self._at_player(t)

    # --- sets of payoffs -------------------------------------------------------------------------

    def table(self, t: int) -> list[Entry]:
        """The payoffs of equilibria below a node."""
        found = self.tables.get(t)
        if found is None:
            return [Entry(tuple(self.values[t].tolist()), int(self.ways[t]), [])]
        return found

    def children(self, t: int) -> range:
        """Positions of the nodes that follow."""
        first = int(self.tree.first_child[t])
        return range(first, first + int(self.tree.n_children[t]))

    def _key(self, payoff: tuple[Any, ...]) -> tuple[Any, ...]:
        """Payoffs that are the same up to rounding have the same key."""
        return tuple(round(v / (8 * s)) if s else v for v, s in zip(payoff, self.slack.tolist(), strict=True))

    def _at_player(self, t: int) -> list[Entry]:
        who = int(self.tree.player[t])
        slack = self.slack[who]
        tables = [self.table(c) for c in self.children(t)]
        floor = max(min(e.payoff[who] for e in table) for table in tables)
        found: dict[Any, Entry] = {}
        cache: dict[Any, list[int]] = {}
        for c, table in zip(self.children(t), tables, strict=True):
            self.best[c] = False
            for j, entry in enumerate(table):
                value = entry.payoff[who]
                if value < floor - slack:
                    continue
                self.best[c] = True
                if value not in cache:
                    cache[value] = _others([_up_to(other, who, value + slack) for other in tables])
                ways = min(MOST, entry.ways * cache[value][c - self.children(t).start])
                self._collect(found, entry.payoff, ways, (c, j))
        return list(found.values())

    def _at_chance(self, t: int) -> list[Entry]:
        children = self.children(t)
        tables = [self.table(c) for c in children]
        odds = [self.odds[c] for c in children]
        found: dict[Any, Entry] = {}
        for c in children:
            self.best[c] = True
        for n_done, picks in enumerate(product(*(range(len(table)) for table in tables))):
            if n_done == 10 * self.most:
                self.truncated = True
                break
            parts = [table[j] for table, j in zip(tables, picks, strict=True)]
            payoff = tuple(
                sum(p * e.payoff[i] for p, e in zip(odds, parts, strict=True)) for i in range(self.tree.n_players)
            )
            self._collect(found, payoff, min(MOST, math.prod(e.ways for e in parts)), picks)
        return list(found.values())

    def _collect(self, found: dict[Any, Entry], payoff: tuple[Any, ...], ways: int, source: Any) -> None:
        key = self._key(payoff)
        known = found.get(key)
        if known is None:
            if len(found) == self.most:
                self.truncated = True
                return
            found[key] = Entry(payoff, ways, [(ways, source)])
        else:
            known.sources.append((ways, source))
            found[key] = Entry(known.payoff, min(MOST, known.ways + ways), known.sources)

    # --- listing ---------------------------------------------------------------------------------

    @property
    def count(self) -> int:
        """How many pure equilibria there are, up to 2**62."""
        return min(MOST, sum(e.ways for e in self.table(0)))

    def optimal(self) -> BoolArray:
        """Which actions are chosen in some equilibrium of the subgame where they stand, shape (A,)."""
        out = np.zeros(int(self.tree.action_offset[-1]), dtype=np.bool_)
        moves = self.tree.edge_action >= 0
        out[self.tree.edge_action[moves]] = self.best[moves]
        return out

    def profiles(self, limit: int) -> Iterator[IntArray]:
        """The action at each information set, one equilibrium after another, those with the same payoffs together."""
        plain = self._plain()
        left = limit
        for entry in self.table(0):
            for rank in range(min(entry.ways, left)):
                yield self._decoded(entry, rank, plain)
            left -= min(entry.ways, left)

    def _plain(self) -> IntArray:
        """The first best action everywhere, which is all there is to know where nothing ties."""
        chosen = np.flatnonzero(self.best & (self.tree.edge_action >= 0))[::-1]
        above = self.tree.parent[chosen]
        out = np.zeros(self.tree.n_infosets, dtype=np.int64)
        out[self.tree.infoset[above]] = chosen - self.tree.first_child[above]
        return out

    def _decoded(self, entry: Entry, rank: int, plain: IntArray) -> IntArray:
        """The equilibrium number `rank` among those with one payoff."""
        out = plain.copy()
        stack: list[tuple[int, Entry | None, int]] = [(0, entry if entry.sources else None, rank)]
        while stack:
            t, at, rank = stack.pop()
            if at is None:
                if rank:
                    self._decode_single(t, rank, out, stack)
                continue
            source, rank = _at_rank(at.sources, rank)
            if self.tree.player[t] < 0:
                for c, j in zip(self.children(t), source, strict=True):
                    rank = self._descend(stack, c, self.table(c)[j], rank)
                continue
            c, j = source
            out[self.tree.infoset[t]] = c - self.children(t).start
            who, top = int(self.tree.player[t]), self.table(c)[j].payoff[int(self.tree.player[t])]
            rank = self._descend(stack, c, self.table(c)[j], rank)
            for other in self.children(t):
                if other != c:
                    allowed = [e for e in self.table(other) if e.payoff[who] <= top + self.slack[who]]
                    total = min(MOST, sum(e.ways for e in allowed))
                    rank, digit = divmod(rank, total)
                    e, digit = _at_rank([(e.ways, e) for e in allowed], digit)
                    stack.append((other, e if e.sources else None, digit))
        return out

    def _descend(self, stack: list[tuple[int, Entry | None, int]], t: int, entry: Entry, rank: int) -> int:
        """Put a child on the stack with its share of the rank; returns the rest."""
        rest, digit = divmod(rank, entry.ways)
        stack.append((t, entry if entry.sources else None, digit))
        return rest

    def _decode_single(self, t: int, rank: int, out: IntArray, stack: list[tuple[int, Entry | None, int]]) -> None:
        """Where all equilibria pay the same: any tied action, and anything that is an equilibrium below."""
        children = self.children(t)
        if self.tree.player[t] >= 0:
            tied = [c for c in children if self.best[c]]
            rank, digit = divmod(rank, len(tied))
            out[self.tree.infoset[t]] = tied[digit] - children.start
        for c in children:
            ways = int(self.ways[c])
            rank, digit = divmod(rank, ways)
            if digit:
                stack.append((c, None, digit))


def _at_rank(blocks: list[tuple[int, Any]], rank: int) -> tuple[Any, int]:
    """The block that holds a rank, and the rank within it."""
    for ways, block in blocks[:-1]:
        if rank < ways:
            return block, rank
        rank -= ways
    return blocks[-1][1], rank


def _up_to(table: list[Entry], who: int, value: Any) -> int:
    """How many equilibria pay a player at most `value`."""
    return min(MOST, sum(e.ways for e in table if e.payoff[who] <= value))


def _others(counts: list[int]) -> list[int]:
    """For each position the product of the counts at all others."""
    before, after = [1], [1]
    for c in counts:
        before.append(min(MOST, before[-1] * c))
    for c in reversed(counts):
        after.append(min(MOST, after[-1] * c))
    return [min(MOST, before[k] * after[len(counts) - 1 - k]) for k in range(len(counts))]
