"""Stability when decision makers move together: coalitions that leave for what all their members like better."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from negotiation.arrays import BoolArray, IntArray
from negotiation.door import checked
from negotiation.errors import DuplicateNameError, ParameterError, SizeLimitError, UnknownNameError
from negotiation.games.conflict import ConflictGraph
from negotiation.solvers.conflict.result import Named

CONCEPTS = ("Nash", "GMR", "SMR", "SEQ")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CoalitionStability:
    """Which states each coalition would leave, from `coalition_stability`.

    Parameters
    ----------
    graph : ConflictGraph
    stable : mapping of concept to mapping of coalition (tuple of names, in the order of the parties) to ndarray of bool, (S,)
    """

    graph: ConflictGraph
    stable: Mapping[str, Mapping[tuple[str, ...], BoolArray]]

    @property
    def equilibria(self) -> Mapping[str, IntArray]:
        """Concept to the states that none of the coalitions would leave, ascending."""
        kept = {c: np.logical_and.reduce(list(rows.values())) for c, rows in self.stable.items()}
        return Named("concept", {c: np.flatnonzero(hold) for c, hold in kept.items()})

    def leaving(self, state: int | str | Mapping[str, str], *, concept: str = "SEQ") -> tuple[tuple[str, ...], ...]:
        """The coalitions for which a state is not stable."""
        at = self.graph.state_index(state)
        if concept not in self.stable:
            raise UnknownNameError("concept", concept, self.stable)
        return tuple(c for c, row in self.stable[concept].items() if not row[at])

    def __str__(self) -> str:
        coalitions = len(next(iter(self.stable.values())))
        lines = [f"{self.graph.n_states:,} states, {coalitions} coalitions; none of them would leave:"]
        for concept, at in self.equilibria.items():
            names = "; ".join(self.graph.states[int(s)] for s in at[:8])
            more = f"; … and {at.size - 8} more" if at.size > 8 else ""
            lines.append(f"  {concept:<4} {at.size}: {names or 'none'}{more}")
        return "\n".join(lines)

    __repr__ = __str__


@checked
def coalition_stability(
    graph: ConflictGraph,
    *,
    coalitions: Iterable[Sequence[str]] | None = None,
    concepts: Sequence[str] = CONCEPTS,
    limit: int = 1500,
) -> CoalitionStability:
    """Judge every state for coalitions of decision makers.

    A coalition improves on a state by any sequence of its members' moves to one that all of them like better. The state is
    stable for it under Nash if it cannot; under GMR, SMR and SEQ if the others can answer so that some member is no better
    off than before: by any moves, by moves that leave the coalition no way out that all like better, or by improvements of
    their own, in coalitions.

    Parameters
    ----------
    graph : ConflictGraph
    coalitions : iterable of sequences of party names, optional
        All coalitions, single parties included, unless given.
    concepts : sequence of str
        Of ``"Nash"``, ``"GMR"``, ``"SMR"``, ``"SEQ"``.
    limit : int
        The most states; work and memory grow with their cube and square.

    Returns
    -------
    CoalitionStability

    Raises
    ------
    SizeLimitError, UnknownNameError, DuplicateNameError, ParameterError

    Notes
    -----
    For a coalition of one, Nash, GMR and SMR are those of `GraphStability`; under SEQ the others may answer in coalitions,
    so that more is stable. Cost: ``O(2**N S**3)`` of matrix products.

    References
    ----------
    Kilgour, D. M., Hipel, K. W., Fang, L. and Peng, X. (2001). Coalition analysis in group decision support. Group Decision and
    Negotiation 10, 159-175.
    Inohara, T. and Hipel, K. W. (2008). Coalition analysis in the graph model for conflict resolution. Systems Engineering 11,
    343-359.

    Examples
    --------
    In the prisoner's dilemma one player alone stays where both defect; the two together do not.

    >>> import negotiation as ng
    >>> graph = ng.ConflictGraph.from_game(ng.NormalFormGame([[[3, 1], [4, 2]], [[3, 4], [1, 2]]], ["A", "B"]))
    >>> found = coalition_stability(graph)
    >>> found.leaving(3, concept="Nash")
    (('A', 'B'),)
    """
    if graph.n_states > limit:
        raise SizeLimitError(f"coalitions in {graph.n_states:,} states are past the limit of {limit:,} states.")
    for concept in concepts:
        if concept not in CONCEPTS:
            raise UnknownNameError("concept", concept, CONCEPTS)
    n = len(graph.parties)
    every = [group for size in range(1, n + 1) for group in combinations(range(n), size)]
    chosen = every if coalitions is None else [_members(graph, names) for names in coalitions]
    work = _Matrices(graph)
    stable: dict[str, dict[tuple[str, ...], BoolArray]] = {c: {} for c in concepts}
    for group in chosen:
        names = tuple(graph.parties[i] for i in group)
        for concept in concepts:
            stable[concept][names] = work.stable(group, concept)
    return CoalitionStability(graph, Named("concept", stable))


class _Matrices:
    """Who can bring about what, as arrays of states by states, each made once."""

    def __init__(self, graph: ConflictGraph) -> None:
        self.graph, self.n = graph, graph.n_states
        self.single = []
        for moves in graph.moves:
            can = np.zeros((self.n, self.n), dtype=np.bool_)
            for s in range(self.n):
                can[s, moves.from_state(s)] = True
            self.single.append(can)
        self.made: dict[tuple[Any, ...], BoolArray] = {}

    def stable(self, group: tuple[int, ...], concept: str) -> BoolArray:
        """In which states a coalition stays."""
        better = self.better(group)
        leaves = self.reach(group) & better
        if concept == "Nash":
            return np.asarray(~leaves.any(axis=1))
        others = tuple(j for j in range(len(self.single)) if j not in group)
        harmed = ~better  # (s, w): some member likes w no better than s
        if concept == "SMR":
            harmed &= ~_through(better, self.reach(group).T)
        answers = self.by_improvements(others) if concept == "SEQ" else self.reach(others)
        return np.asarray(~(leaves & ~_through(harmed, answers.T)).any(axis=1))

    def better(self, group: tuple[int, ...]) -> BoolArray:
        """Whether all members like the second state better than the first."""
        ranks = self.graph.ranks[list(group)]
        return np.asarray((ranks[:, None, :] > ranks[:, :, None]).all(axis=0))

    def reach(self, group: tuple[int, ...]) -> BoolArray:
        """What members bring about by sequences in which nobody moves twice in a row."""
        if ("reach", group) not in self.made:
            self.made["reach", group] = _sequences([self.single[i] for i in group], self.n)
        return self.made["reach", group]

    def by_improvements(self, group: tuple[int, ...]) -> BoolArray:
        """What coalitions among `group` bring about by improvements, no coalition twice in a row."""
        if ("improve", group) not in self.made:
            parts = [part for size in range(1, len(group) + 1) for part in combinations(group, size)]
            steps = [self.reach(part) & self.better(part) for part in parts]
            self.made["improve", group] = _sequences(steps, self.n)
        return self.made["improve", group]


def _sequences(steps: list[BoolArray], n: int) -> BoolArray:
    """Everything that sequences of steps lead to, no kind of step twice in a row."""
    last = [step.copy() for step in steps]
    while True:
        grown = False
        for k, step in enumerate(steps):
            before = np.logical_or.reduce([last[q] for q in range(len(steps)) if q != k] or [np.zeros_like(step)])
            after = last[k] | _through(before, step)
            grown |= bool((after != last[k]).any())
            last[k] = after
        if not grown:
            return np.asarray(np.logical_or.reduce(last or [np.zeros((n, n), dtype=np.bool_)]))


def _through(first: BoolArray, then: BoolArray) -> BoolArray:
    """Whether some state lies between."""
    return np.asarray(first.astype(np.float32) @ then.astype(np.float32) > 0.5)


def _members(graph: ConflictGraph, names: Sequence[str]) -> tuple[int, ...]:
    if isinstance(names, str) or not names:
        raise ParameterError(
            f"a coalition is one or more names of parties, e.g. ('{graph.parties[0]}',), not {names!r}."
        )
    members = [graph.party_index(name) for name in names]
    for name in names:
        if list(names).count(name) > 1:
            raise DuplicateNameError("party", name, "a coalition")
    return tuple(sorted(members))
