"""Beliefs by Bayes' rule, subgame by subgame."""

from __future__ import annotations

import numpy as np

from negotiation.arrays import Array, read_only
from negotiation.games.tree import GameTree
from negotiation.solvers.trees.behaviour import flow_down, through
from negotiation.solvers.trees.subgames import subgame_roots


def bayes(tree: GameTree, probabilities: Array) -> dict[str, Array]:
    """See `BehaviourEquilibrium.beliefs`."""
    weights = reach_at_home(tree, through(tree, probabilities))
    out = {}
    for k in range(tree.n_infosets):
        own = weights[tree.infoset_nodes(k)]
        total = own.sum()
        out[tree.infoset_name(k)] = read_only(own / total if total > 0 else np.full(len(own), np.nan))
    return out


def reach_at_home(tree: GameTree, edges: Array) -> Array:
    """How likely each node is reached from where the smallest subgame that holds it begins, shape (T,)."""
    fresh = np.array(edges)
    fresh[subgame_roots(tree)] = 1.0
    return np.asarray(flow_down(tree, fresh), dtype=np.float64)
