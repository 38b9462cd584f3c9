"""Sequences of moves from one state, and what stops a decision maker from leaving it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from textwrap import shorten
from typing import NamedTuple

from negotiation.errors import ParameterError
from negotiation.games.conflict import ConflictGraph
from negotiation.solvers.conflict.sanctions import Rule


class Step(NamedTuple):
    """One move: who makes it, and the state it leads to."""

    party: int
    state: int


Path = tuple[Step, ...]


class Deviation(NamedTuple):
    """An improvement that a party has, and how the others answer it.

    Parameters
    ----------
    to : int
        The state it moves to.
    answer : tuple of Step, or None
        The moves by which the others bring it to a state that it likes no better than where it was; ``None`` if there are none
        and nothing stops it.
    """

    to: int
    answer: Path | None


def reachable(
    graph: ConflictGraph,
    movers: Sequence[int],
    start: int,
    *,
    improving: bool = False,
    moves_twice: Rule = "not in a row",
    most_steps: int | None = None,
) -> Iterator[tuple[int, Path]]:
    """Every state that movers can bring about, nearest first, each with a shortest path; the start too if they come back."""
    queue: deque[tuple[int, Path]] = deque([(start, ())])
    seen: set[tuple[int, frozenset[int]]] = set()
    found: set[int] = set()
    while queue:
        state, path = queue.popleft()
        if most_steps is not None and len(path) >= most_steps:
            continue
        barred = frozenset(s.party for s in path) if moves_twice == "never" else frozenset(s.party for s in path[-1:])
        for j in movers:
            if j in barred:
                continue
            for t in graph.moves[j].from_state(state).tolist():
                if improving and graph.ranks[j, t] <= graph.ranks[j, state]:
                    continue
                longer = (*path, Step(j, t))
                if t not in found:
                    found.add(t)
                    yield t, longer
                key = (t, barred | {j} if moves_twice == "never" else frozenset({j}))
                if key not in seen:
                    seen.add(key)
                    queue.append((t, longer))


def deviations(
    graph: ConflictGraph, state: int, party: int, *, concept: str, moves_twice: Rule = "not in a row"
) -> tuple[Deviation, ...]:
    """Every improvement of a party from a state, and a shortest sanction where there is one.

    Raises
    ------
    ParameterError
        For SIM, where the others do not answer but move at the same time.
    """
    if concept == "SIM":
        raise ParameterError("under SIM the others do not answer a move; ask for Nash, GMR, SMR or SEQ.")
    own, here = graph.ranks[party], graph.ranks[party, state]
    others = [j for j in range(len(graph.parties)) if j != party]
    out = []
    for t in graph.moves[party].from_state(state).tolist():
        if own[t] > here:
            answer = None
            if concept != "Nash":
                reached = reachable(graph, others, t, improving=concept == "SEQ", moves_twice=moves_twice)
                answer = next((p for w, p in reached if _spoils(graph, party, here, w, concept)), None)
            out.append(Deviation(t, answer))
    return tuple(out)


def _spoils(graph: ConflictGraph, party: int, here: int, state: int, concept: str) -> bool:
    """Whether a state leaves a party no better than with rank `here`, under SMR also after a move of its own."""
    own = graph.ranks[party]
    if own[state] > here:
        return False
    return concept != "SMR" or bool((own[graph.moves[party].from_state(state)] <= here).all())


def name_of(graph: ConflictGraph, state: int, room: int = 60) -> str:
    """The name of a state, cut where it would not fit into a line with others."""
    return shorten(graph.states[state], room, placeholder=" …")


def told(graph: ConflictGraph, path: Path) -> str:
    """A path in names: ``China → license; US → lift + license``."""
    return "; ".join(f"{graph.parties[s.party]} → {graph.states[s.state]}" for s in path)
