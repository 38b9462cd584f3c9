"""Counterfactual regret minimisation on the flat arrays of a tree, compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def match(player: Any, infoset_player: Any, offset: Any, regrets: Any, behaviour: Any) -> None:
    """Regret matching at each information set of a player: in proportion to positive regrets, evenly where there are none."""
    for k in range(len(infoset_player)):
        if infoset_player[k] != player:
            continue
        total = 0.0
        for a in range(offset[k], offset[k + 1]):
            total += max(regrets[a], 0.0)
        for a in range(offset[k], offset[k + 1]):
            behaviour[a] = max(regrets[a], 0.0) / total if total > 0.0 else 1.0 / (offset[k + 1] - offset[k])


@njit(cache=True, nogil=True)
def iterate(
    parent: Any, mover: Any, edge_action: Any, edge_prob: Any, payoffs: Any, infoset_player: Any, infoset_first: Any,
    offset: Any, regrets: Any, sums: Any, first: int, last: int, plus: bool,
) -> None:  # fmt: skip
    """Do iterations `first` to `last`, the latter not included, counted from 1.

    ``mover`` (T,) is who moves at the parent of each node; ``regrets`` and ``sums`` (A,) are carried on in place. With `plus`
    players take turns, regrets are cut off at zero, and strategies averaged with the weight of their iteration; otherwise
    all change at once.
    """
    n_nodes, n = payoffs.shape
    behaviour = np.empty(len(regrets))
    own, others, value = np.ones(n_nodes), np.ones(n_nodes), np.empty(n_nodes)
    for i in range(n):
        match(i, infoset_player, offset, regrets, behaviour)
    for t in range(first, last):
        weight = float(t) if plus else 1.0
        for i in range(n):
            value[0] = payoffs[0, i]
            for c in range(1, n_nodes):
                p, a = parent[c], edge_action[c]
                value[c] = payoffs[c, i]
                own[c] = own[p] * behaviour[a] if mover[c] == i else own[p]
                others[c] = others[p] if mover[c] == i else others[p] * (behaviour[a] if a >= 0 else edge_prob[c])
            for k in range(len(infoset_player)):
                if infoset_player[k] == i:
                    for a in range(offset[k], offset[k + 1]):
                        sums[a] += weight * own[infoset_first[k]] * behaviour[a]
            for c in range(n_nodes - 1, 0, -1):
                value[parent[c]] += value[c] * (behaviour[edge_action[c]] if edge_action[c] >= 0 else edge_prob[c])
            for c in range(1, n_nodes):
                if mover[c] == i:
                    regrets[edge_action[c]] += others[parent[c]] * (value[c] - value[parent[c]])
            if plus:
                for k in range(len(infoset_player)):
                    if infoset_player[k] == i:
                        for a in range(offset[k], offset[k + 1]):
                            regrets[a] = max(regrets[a], 0.0)
                match(i, infoset_player, offset, regrets, behaviour)
        if not plus:
            for i in range(n):
                match(i, infoset_player, offset, regrets, behaviour)
