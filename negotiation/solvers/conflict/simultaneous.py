"""Simultaneous stability: what becomes of an improvement if others improve at the same moment."""

from __future__ import annotations

from functools import reduce
from itertools import combinations, product

import numpy as np

from negotiation.arrays import BoolArray, IntArray
from negotiation.errors import ParameterError
from negotiation.games import conflict_moves
from negotiation.games.conflict import ConflictGraph
from negotiation.games.conflict_moves import ListedMoves
from negotiation.solvers.conflict.sanctions import as_listed, improvements

# Combinations of moves made at once: in compiled code, and in plain Python.
MOST_COMPILED, MOST_PLAIN = 2e10, 3e6


def simultaneous(graph: ConflictGraph) -> list[BoolArray] | str:
    """Simultaneous stability of each party, (S,), or the reason why it is left out."""
    most = max(m.n_moves for m in graph.moves)
    if most > conflict_moves.MOST_MOVES:
        return f"SIM is left out: it goes through moves one by one, and {most:,} of them are too many."
    better = [improvements(as_listed(m), graph.ranks[i]) for i, m in enumerate(graph.moves)]
    sizes = np.prod([np.diff(m.start) + 1.0 for m in better], axis=0)
    in_options = graph.options is not None and not graph.options.is_merged
    if sizes.sum() > (MOST_COMPILED if in_options else MOST_PLAIN):
        return f"SIM is left out: it would take {sizes.sum():.1e} combinations of moves made at the same time."
    if in_options:
        return _by_options(graph, better)
    return [_by_squares(graph, better, i) for i in range(len(graph.parties))]


def _by_options(graph: ConflictGraph, better: list[ListedMoves]) -> list[BoolArray]:
    """In option form everybody's changes add up."""
    from negotiation.solvers.kernels.conflict import stable_by_simultaneity

    form = graph.options
    assert form is not None
    offset = np.cumsum([0, *(m.targets.size for m in better)])
    start = np.array([m.start for m in better], dtype=np.int64)
    targets = np.concatenate([m.targets for m in better]).astype(np.int64)
    shared = (
        np.array(graph.ranks),
        offset,
        start,
        targets,
        form.flat(form.codes),
        form.own_parts(),
        np.array(form.state_of),
    )
    return [stable_by_simultaneity(i, *shared) for i in range(len(graph.parties))]


def _by_squares(graph: ConflictGraph, better: list[ListedMoves], focal: int) -> BoolArray:
    """In a graph, moves made at once lead where all of them, in any order, can lead."""
    own = graph.ranks[focal]
    out = np.ones(graph.n_states, dtype=np.bool_)
    for s in range(graph.n_states):
        choices = {j: m.from_state(s).tolist() for j, m in enumerate(better) if m.from_state(s).size}
        others = [j for j in choices if j != focal]
        groups = [group for size in range(1, len(others) + 1) for group in combinations(others, size)]
        out[s] = all(
            any(
                own[w] <= own[s]
                for group in groups
                for made in product(*(choices[j] for j in group))
                for w in _together(graph, {focal: t, **dict(zip(group, made, strict=True))})
            )
            for t in choices.get(focal, ())
        )
    return out


def _together(graph: ConflictGraph, made: dict[int, int]) -> set[int]:
    """Where several moves from one state lead if made together, by who moves where."""
    if len(made) == 1:
        return set(made.values())
    ends: list[set[int]] = []
    for last in made:
        before = _together(graph, {j: t for j, t in made.items() if j != last})
        ends.append({int(w) for x in before for w in _from(graph, last, x)})
    return reduce(set.intersection, ends)


def _from(graph: ConflictGraph, party: int, state: int) -> IntArray:
    return graph.moves[party].from_state(state)


def simultaneous_at(graph: ConflictGraph, state: int, party: int) -> bool:
    """Whether one state of a conflict in option form is simultaneously stable for a party: only moves from it are looked at."""
    form = graph.options
    if form is None or form.is_merged:
        raise ParameterError(
            "this conflict is not in option form, or some of its states are merged; solve it as a whole."
        )
    flat, parts = form.flat(form.codes), form.own_parts()
    joint = np.zeros(1, dtype=np.int64)
    for j, name in enumerate(graph.parties):
        if j != party:
            better = graph.improvements_from(state, name)
            made = np.concatenate([[0], parts[better, j] - parts[state, j]])
            joint = (joint[:, None] + made).reshape(-1)
    own = graph.ranks[party]
    for t in graph.improvements_from(state, graph.parties[party]):
        ends = form.state_of[flat[state] + parts[t, party] - parts[state, party] + joint[1:]]
        if not (own[ends[ends >= 0]] <= own[state]).any():
            return False
    return True
