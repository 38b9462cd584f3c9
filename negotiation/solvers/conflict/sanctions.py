"""What opponents can bring about at worst, from every state at once, without an array of states by states."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Literal

import numpy as np

from negotiation.arrays import IntArray
from negotiation.errors import SizeLimitError
from negotiation.games.conflict import ConflictGraph
from negotiation.games.conflict_moves import GroupedMoves, ListedMoves, Moves

Rule = Literal["not in a row", "never"]
# Groups of movers that are gone through when nobody moves twice at all.
MOST_SUBSETS = 2**12


def least_value(
    graph: ConflictGraph, movers: Sequence[int], values: IntArray, *, improving: bool, moves_twice: Rule
) -> IntArray:
    """The smallest of `values` over all states that `movers` can reach from each state, shape (S,).

    Parameters
    ----------
    graph : ConflictGraph
    movers : sequence of int
        Positions of parties. Together they can make any legal sequence of moves, at least one.
    values : ndarray of int, shape (S,)
        From 0 to S - 1.
    improving : bool
        Each of them moves to states only that it likes better than the one before.
    moves_twice : {"not in a row", "never"}
        The legal sequences: nobody moves twice in a row, or nobody moves twice at all.

    Returns
    -------
    ndarray of int, shape (S,)
        ``S`` where nothing can be reached. Where moves go freely within groups, a state itself may count as reached; it is
        never better for `movers` than staying, and no sanction.

    Notes
    -----
    Groups: states that movers tie together are the connected components, ``O(N S)``; improvements are followed backwards
    from the worst state on, ``O(N S log S)`` in all. Listed moves: each is looked at ``N`` times.
    """
    if not movers:
        return np.full(graph.n_states, graph.n_states, dtype=np.int64)
    if moves_twice == "never" and len(movers) > 1:
        return _each_at_most_once(graph, movers, values, improving)
    moves = [graph.moves[j] for j in movers]
    groups = [m for m in moves if isinstance(m, GroupedMoves)]
    if len(groups) == len(moves):
        return _in_groups(graph, movers, groups, values, improving)
    listed = [as_listed(m) for m in moves]
    if len(movers) == 1:
        only = improvements(listed[0], graph.ranks[movers[0]]) if improving else listed[0]
        return only.least(values, graph.n_states)
    return _along_lists(graph, movers, listed, values, improving)


def as_listed(moves: Moves) -> ListedMoves:
    """Moves one by one."""
    return moves.listed() if isinstance(moves, GroupedMoves) else moves


def improvements(moves: ListedMoves, ranks: IntArray) -> ListedMoves:
    """Those moves that the mover likes better than where it is."""
    better = ranks[moves.targets] > ranks[moves.sources]
    kept = np.concatenate([[0], np.cumsum(better)])
    return ListedMoves(kept[moves.start], moves.targets[better])


def _in_groups(
    graph: ConflictGraph, movers: Sequence[int], groups: list[GroupedMoves], values: IntArray, improving: bool
) -> IntArray:
    if not improving:
        least = np.full(graph.n_states, graph.n_states, dtype=np.int64)
        labels = groups[0].group if len(groups) == 1 else _components(groups)
        np.minimum.at(least, labels, values)
        return least[labels]
    from negotiation.solvers.kernels.conflict import in_order_of, least_by_improvements

    start = np.zeros((len(groups), graph.n_states + 1), dtype=np.int64)
    for row, g in zip(start, groups, strict=True):
        row[: g.start.size] = g.start
        row[g.start.size :] = g.start[-1]
    n, every = graph.n_states, np.arange(graph.n_states)
    by_rank = [
        in_order_of(g.group, in_order_of(graph.ranks[j], every, n), g.start.size - 1)
        for j, g in zip(movers, groups, strict=True)
    ]
    found: IntArray = least_by_improvements(
        values, in_order_of(values, every, n), graph.ranks[list(movers)], np.array([g.group for g in groups]),
        np.array(by_rank, dtype=np.int64), start, graph.n_states,
    )  # fmt: skip
    return found


def _components(groups: list[GroupedMoves]) -> IntArray:
    """States that some chain of groups ties together."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = groups[0].group.size
    first = np.concatenate([g.order[g.start[:-1]][g.group] for g in groups])
    ones = np.ones(first.size, dtype=np.int8)
    tied = coo_array((ones, (first, np.tile(np.arange(n), len(groups)))), shape=(n, n))
    return np.asarray(connected_components(tied, directed=False)[1], dtype=np.int64)


def _along_lists(
    graph: ConflictGraph, movers: Sequence[int], listed: list[ListedMoves], values: IntArray, improving: bool
) -> IntArray:
    from negotiation.solvers.kernels.conflict import in_order_of, least_by_listed_moves

    used = [improvements(m, graph.ranks[j]) if improving else m for j, m in zip(movers, listed, strict=True)]
    backwards = [_reversed(m, graph.n_states) for m in used]
    offset = np.cumsum([0, *(m.targets.size for m in backwards)])
    found: IntArray = least_by_listed_moves(
        values, in_order_of(values, np.arange(graph.n_states), graph.n_states), offset, np.array([m.start for m in backwards]),
        np.concatenate([m.targets for m in backwards]), graph.n_states,
    )  # fmt: skip
    return found


def _reversed(moves: ListedMoves, n_states: int) -> ListedMoves:
    """The same moves by where they lead."""
    from scipy.sparse import csr_array

    ones = np.ones(moves.targets.size, dtype=np.bool_)
    turned = csr_array((ones, moves.targets, moves.start), shape=(n_states, n_states)).tocsc()
    return ListedMoves(np.asarray(turned.indptr, dtype=np.int64), np.asarray(turned.indices, dtype=np.int64))


def _each_at_most_once(graph: ConflictGraph, movers: Sequence[int], values: IntArray, improving: bool) -> IntArray:
    """By sets of those who have not moved yet: what they can still bring about."""
    if 2 ** len(movers) > MOST_SUBSETS:
        raise SizeLimitError(f"{len(movers)} opponents who each move at most once are more than can be gone through.")
    listed = {j: as_listed(graph.moves[j]) for j in movers}
    if improving:
        listed = {j: improvements(m, graph.ranks[j]) for j, m in listed.items()}
    nothing = np.full(graph.n_states, graph.n_states, dtype=np.int64)
    still: dict[tuple[int, ...], IntArray] = {(): nothing}
    for size in range(1, len(movers) + 1):
        for left in combinations(movers, size):
            reach = [
                listed[j].least(np.minimum(values, still[tuple(k for k in left if k != j)]), graph.n_states)
                for j in left
            ]
            still[left] = np.minimum.reduce(reach)
    return still[tuple(movers)]
