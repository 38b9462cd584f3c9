"""Subgame-perfect equilibria where somebody is in doubt: smallest subgames first, every combination of their equilibria kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice, pairwise, product
from typing import Any, NamedTuple

import numpy as np

from negotiation.errors import SizeLimitError
from negotiation.games.tree import GameTree
from negotiation.games.tree_arrays import CHANCE
from negotiation.solvers.limits import Watch
from negotiation.solvers.result import Status
from negotiation.solvers.trees.plans import Rows, completions, equilibria_of_plans
from negotiation.solvers.trees.sequence_form import SequenceForm
from negotiation.solvers.trees.subgames import Piece, piece_at, subgame_roots

Payoff = tuple[Any, ...]


class Part(NamedTuple):
    """An equilibrium of one piece, joined to the parts chosen for the smaller subgames in it."""

    rows: Rows
    inner: tuple[Part, ...]


@dataclass(slots=True)
class Found:
    """The equilibria of one subgame with one payoff: some of them, and how many."""

    payoff: Payoff
    parts: list[Part] = field(default_factory=list)
    ways: int = 0


@dataclass(slots=True)
class Decomposition:
    """The work of one call.

    Parameters
    ----------
    tree : GameTree
    exact : bool
        Work in rationals.
    limit : int
        Of equilibria listed.
    most_payoffs : int
        Of distinct payoffs kept a subgame.
    max_plans : int
        Of a piece that is solved for all its equilibria; larger ones give one.
    watch : Watch
    tol : float
    """

    tree: GameTree
    exact: bool
    limit: int
    most_payoffs: int
    max_plans: int
    watch: Watch
    tol: float
    complete: bool = True
    stopped: Status | None = None
    notes: dict[str, None] = field(default_factory=dict)
    solved: dict[int, list[Found]] = field(default_factory=dict)

    def run(self) -> list[Found]:
        """The equilibria of the whole, by payoff."""
        roots = subgame_roots(self.tree)
        payoffs = self.tree.exact_payoffs if self.exact else self.tree.payoffs
        for root in np.flatnonzero(roots & (self.tree.n_children > 0))[::-1].tolist():
            piece = piece_at(self.tree, root, roots)
            table: dict[Any, Found] = {}
            choices = [self.solved[t] for t in piece.inner]
            for picks in product(*choices):
                if self.watch.is_over():
                    self.stop(Status.DEADLINE)
                    break
                values = {t: found.payoff for t, found in zip(piece.inner, picks, strict=True)}
                for rows, payoff in self.piece(piece, values, payoffs):
                    self.collect(table, rows, payoff, picks)
            self.solved[root] = list(table.values())
            for t in piece.inner:
                del self.solved[t]
            if not table:
                return []
        return self.solved[0]

    def stop(self, status: Status, note: str = "") -> None:
        """What was found is not all."""
        self.complete = False
        self.stopped = self.stopped or status
        if note:
            self.notes[note] = None

    def collect(self, table: dict[Any, Found], rows: Rows, payoff: Payoff, picks: tuple[Found, ...]) -> None:
        """Join an equilibrium of a piece to those of the subgames in it."""
        key = (
            payoff
            if self.exact
            else tuple(round(v / (self.tol * s)) for v, s in zip(payoff, self.spans(), strict=True))
        )
        if key not in table and len(table) == self.most_payoffs:
            return self.stop(
                Status.LIMIT, f"more than {self.most_payoffs:,} payoffs in one subgame: the others were dropped"
            )
        found = table.setdefault(key, Found(payoff))
        ways = 1
        for pick in picks:
            ways *= pick.ways
        found.ways += ways
        room = self.limit - len(found.parts)
        found.parts += [Part(rows, parts) for parts in islice(product(*(p.parts for p in picks)), max(0, room))]
        return None

    def spans(self) -> list[float]:
        """The range of each player's payoffs, 1 where there is none."""
        if "spans" not in self.tree._memo:
            leaves = self.tree.payoffs[self.tree.n_children == 0]
            self.tree._memo["spans"] = [float(s) or 1.0 for s in np.ptp(leaves, axis=0)]
        spans: list[float] = self.tree._memo["spans"]
        return spans

    # --- one piece -------------------------------------------------------------------------------

    def piece(self, piece: Piece, values: dict[int, Payoff], payoffs: Any) -> Iterator[tuple[Rows, Payoff]]:
        """Equilibria of a piece, given what the smaller subgames in it are worth."""
        if len(piece.nodes) == 1 + int(self.tree.n_children[piece.nodes[0]]):
            yield from self.single(piece, values, payoffs)
            return
        small = self.cut_out(piece, values, payoffs)
        one = Fraction(1) if self.exact else 1.0
        for rows in self.equilibria(small):
            for full in completions(small, rows, limit=self.limit):
                wide = {k: row + [one * 0] * (len(small.infoset_actions(k)) - len(row)) for k, row in full.items()}
                yield {piece.infosets[k]: row for k, row in wide.items()}, self.worth(piece, wide, values, payoffs)

    def single(self, piece: Piece, values: dict[int, Payoff], payoffs: Any) -> Iterator[tuple[Rows, Payoff]]:
        """One node: chance averages, a player takes what pays most, every tie kept."""
        root, *children = piece.nodes
        worth = [values.get(t) or tuple(payoffs[t].tolist()) for t in children]
        zero, one = (Fraction(0), Fraction(1)) if self.exact else (0.0, 1.0)
        who = int(self.tree.player[root])
        if who == CHANCE:
            odds = [self.tree.exact_odds(t) if self.exact else float(self.tree.edge_prob[t]) for t in children]
            yield {}, tuple(sum(p * w[i] for p, w in zip(odds, worth, strict=True)) for i in range(self.tree.n_players))
            return
        slack = 0 if self.exact else self.tol * self.spans()[who]
        best = max(w[who] for w in worth)
        for a, w in enumerate(worth):
            if w[who] >= best - slack:
                yield {int(self.tree.infoset[root]): [one if b == a else zero for b in range(len(worth))]}, w

    def cut_out(self, piece: Piece, values: dict[int, Payoff], payoffs: Any) -> GameTree:
        """The piece as a tree of its own; its information sets keep their order."""
        nodes: dict[int, dict[str, Any]] = {}
        within = set(piece.nodes)
        number = {k: f"{m}" for m, k in enumerate(piece.infosets)}
        for t in reversed(piece.nodes):
            first, n = int(self.tree.first_child[t]), int(self.tree.n_children[t])
            if t in values or n == 0 or first not in within:
                nodes[t] = {"payoffs": [*values.get(t, payoffs[t].tolist())]}
                continue
            node: dict[str, Any] = {
                "actions": list(self.tree.actions(t)), "children": [nodes[c] for c in range(first, first + n)],
            }  # fmt: skip
            if self.tree.player[t] == CHANCE:
                odds = [self.tree.exact_odds(c) for c in range(first, first + n)]
                node |= {"chance": True, "probs": odds if self.exact else [float(p) for p in odds]}
            else:
                node |= {"player": int(self.tree.player[t]) + 1, "infoset": number[int(self.tree.infoset[t])]}
            nodes[t] = node
        small = GameTree(nodes[piece.nodes[0]], self.tree.players)
        piece.infosets[:] = [piece.infosets[int(name)] for name in small.infosets]
        return small

    def equilibria(self, small: GameTree) -> list[Rows]:
        """All of a small piece, one of a large one."""
        try:
            found = equilibria_of_plans(
                small, exact=self.exact, watch=self.watch, limit=self.limit, max_plans=self.max_plans
            )
        except SizeLimitError:
            return self.one_of(small)
        if not found.rows and found.status is not Status.COMPLETE:
            return self.one_of(small)
        if not found.complete:
            self.stop(Status.INCOMPLETE if found.status in (Status.FOUND, Status.NONE_FOUND) else found.status)
        for note in found.notes:
            self.notes[note] = None
        return found.rows

    def one_of(self, small: GameTree) -> list[Rows]:
        """One equilibrium by the sequence form, where two players move."""
        solver = SequenceForm(exact=None, deadline=self.watch.remaining())
        if solver.why_not(small):
            self.stop(Status.NONE_FOUND, "a subgame of more than two players is too large to look for its equilibria")
            return []
        self.stop(Status.FOUND, "one equilibrium of a subgame that is too large to list all: there may be more")
        found = solver.run(small).equilibria
        offset = small.action_offset
        flats: list[Any] = [e.exact if e.exact is not None else e.probabilities.tolist() for e in found]
        if self.exact:
            flats = [[Fraction(v) for v in flat] for flat in flats]
            flats = [_normalised(flat, offset) for flat in flats]
        return [{k: list(flat[offset[k] : offset[k + 1]]) for k in range(small.n_infosets)} for flat in flats]

    def worth(self, piece: Piece, rows: Rows, values: dict[int, Payoff], payoffs: Any) -> Payoff:
        """What an equilibrium of a piece pays."""
        place = {k: m for m, k in enumerate(piece.infosets)}
        zero, one = (Fraction(0), Fraction(1)) if self.exact else (0.0, 1.0)
        weight = {piece.nodes[0]: one}
        total = [zero] * self.tree.n_players
        for t in piece.nodes:
            w = weight.pop(t)
            first, n = int(self.tree.first_child[t]), int(self.tree.n_children[t])
            if t in values or n == 0:
                if w:
                    total = [u + w * v for u, v in zip(total, values.get(t) or payoffs[t].tolist(), strict=True)]
                continue
            k = int(self.tree.infoset[t])
            for a in range(n):
                odds = self.tree.exact_odds(first + a) if self.exact else float(self.tree.edge_prob[first + a])
                weight[first + a] = w * (rows[place[k]][a] if k >= 0 else odds)
        return tuple(total)


def _normalised(flat: list[Fraction], offset: Any) -> list[Fraction]:
    """Probabilities that came from floats, made to add up to one exactly."""
    out: list[Fraction] = []
    for start, end in pairwise(offset):
        total = sum(flat[start:end])
        out += [v / total for v in flat[start:end]]
    return out


def joined(part: Part) -> Rows:
    """What every information set does, from a part and all parts joined to it."""
    out: Rows = {}
    stack = [part]
    while stack:
        top = stack.pop()
        out |= top.rows
        stack += top.inner
    return out
