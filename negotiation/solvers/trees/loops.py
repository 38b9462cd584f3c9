"""Loops over the nodes of a tree, parents before children: run as they stand on small or exact trees, compiled on large ones.

Arrays are given and filled in place. With object arrays of fractions the same loops are exact.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]


def roll_back(
    first: Ints, count: Ints, player: Ints, odds: Numbers, values: Numbers, slack: Numbers, alike: Numbers,
    best: npt.NDArray[np.bool_], single: npt.NDArray[np.bool_], ways: Numbers,
) -> None:  # fmt: skip
    """Backward induction where nobody is in doubt.

    ``values`` (T, N) holds the leaves' payoffs and receives those of one equilibrium; ``best`` (T,) marks each node that its
    parent's mover may choose; ``single`` (T,) whether all equilibria below a node pay the same; ``ways`` (T,) how many there are,
    up to 2**62. Differences up to ``slack`` (N,) are ties, and up to ``alike`` (N,) the same payoffs.
    """
    most = 4611686018427387904.0
    n = values.shape[1]
    for t in range(len(first) - 1, -1, -1):
        single[t] = True
        ways[t] = 1.0
        if count[t] == 0:
            continue
        start, end = first[t], first[t] + count[t]
        for c in range(start, end):
            single[t] = single[t] and single[c]
            ways[t] = min(most, ways[t] * ways[c])
        who = player[t]
        if who < 0:
            for c in range(start, end):
                best[c] = True
                for i in range(n):
                    values[t, i] = values[t, i] + odds[c] * values[c, i]
            continue
        top = start
        for c in range(start + 1, end):
            if values[c, who] > values[top, who]:
                top = c
        tied = 0
        for c in range(start, end):
            if values[c, who] >= values[top, who] - slack[who]:
                best[c] = True
                tied += 1
                for i in range(n):
                    if abs(values[c, i] - values[top, i]) > alike[i]:
                        single[t] = False
        ways[t] = min(most, ways[t] * tied)
        for i in range(n):
            values[t, i] = values[top, i]


def flow_down(parent: Ints, through: Numbers, reach: Numbers) -> None:
    """How likely each node is reached: the product of what leads there, from ``reach[0]``."""
    for t in range(1, len(parent)):
        reach[t] = reach[parent[t]] * through[t]


def flow_up(parent: Ints, through: Numbers, values: Numbers) -> None:
    """Add to each node what its children are worth, weighted by what leads there: (T, N), leaves given."""
    for t in range(len(parent) - 1, 0, -1):
        for i in range(values.shape[1]):
            values[parent[t], i] = values[parent[t], i] + through[t] * values[t, i]


def best_reply(sets: Ints, before: Ints, offset: Ints, shift: int, gains: Numbers, choice: Ints) -> None:
    """Dynamic programming over one player's own moves, later information sets first.

    ``gains`` is indexed by moves: it holds what leaves that follow each last own move are worth, weighted by how likely
    the others let them be reached, and receives what information sets that follow are worth. ``before`` says the last own
    move before each information set; ``choice`` receives the best action.
    """
    for m in range(len(sets) - 1, -1, -1):
        k = sets[m]
        top = offset[k]
        for a in range(offset[k] + 1, offset[k + 1]):
            if gains[shift + a] > gains[shift + top]:
                top = a
        choice[k] = top - offset[k]
        gains[before[k]] = gains[before[k]] + gains[shift + top]
