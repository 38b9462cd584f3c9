"""Certificates of behaviour profiles: regrets in the whole and in subgames, and the empty threats that they give away."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from negotiation.arrays import Array
from negotiation.door import checked
from negotiation.games.tree import GameTree, player_sequences
from negotiation.solvers.result import describe_strategy
from negotiation.solvers.trees.bayes import reach_at_home
from negotiation.solvers.trees.behaviour import (
    Behaviour,
    Numbers,
    as_behaviour,
    node_values,
    regrets,
    reply_values,
    through,
)
from negotiation.solvers.trees.result import BehaviourEquilibrium, EmptyThreat, frozen_row
from negotiation.solvers.trees.subgames import home, subgame_roots

# Trees with more nodes are not searched for empty threats: every subgame asks for a best reply of its own.
MOST_SEARCHED = 20_000
# Empty threats listed of one equilibrium.
MOST_THREATS = 1_000


def replies_at_home(tree: GameTree, player: int, probabilities: Array) -> Array:
    """How likely the others, and chance, let each node be reached within the smallest subgame that holds it, shape (T,)."""
    edges = through(tree, probabilities)
    edges[1:][tree.player[tree.parent[1:]] == player] = 1.0
    return reach_at_home(tree, edges)


def subgame_regrets(tree: GameTree, probabilities: Array) -> dict[int, Array]:
    """Regrets (N,) in each subgame, by the node where it begins."""
    sequences, values = player_sequences(tree), node_values(tree, probabilities)
    roots = np.flatnonzero(subgame_roots(tree) & (tree.n_children > 0))
    out = {}
    for root in roots.tolist():
        best = [reply_values(tree, probabilities, i, sequences=sequences, start=root)[0] for i in range(tree.n_players)]
        out[root] = np.array(best) - values[root]
    return out


def own_deviations(tree: GameTree, probabilities: Array, player: int) -> list[tuple[int, int, float]]:
    """Information sets at which changing one move pays, all else as planned: the set, the better action, the gain."""
    values = node_values(tree, probabilities)
    weights = replies_at_home(tree, player, probabilities)
    out = []
    for k in np.flatnonzero(tree.infoset_player == player).tolist():
        nodes = tree.infoset_nodes(k)
        own = weights[nodes]
        if own.sum() <= 0:
            continue
        share = own / own.sum()
        width = int(tree.n_children[nodes[0]])
        worth = np.array([share @ values[tree.first_child[nodes] + a, player] for a in range(width)])
        now = share @ values[nodes, player]
        out.append((k, int(worth.argmax()), float(worth.max() - now)))
    return out


def empty_threats(tree: GameTree, probabilities: Array, tol: float) -> tuple[float, tuple[EmptyThreat, ...]]:
    """The largest regret in any subgame, and the plans that would not be carried out."""
    if tree.is_perfect_information:
        return _threats_of_perfect_information(tree, probabilities, tol)
    found = subgame_regrets(tree, probabilities)
    worst = max((float(row.max()) for row in found.values()), default=0.0)
    if worst <= tol:
        return max(0.0, worst), ()
    homes = home(tree, subgame_roots(tree))
    threats = []
    for player in range(tree.n_players):
        for k, action, gain in own_deviations(tree, probabilities, player):
            root = int(homes[tree.infoset_nodes(k)[0]])
            if root and gain > tol and found[root][player] > tol:
                threats.append(_threat(tree, probabilities, k, action, gain))
    return worst, tuple(threats)


def _threats_of_perfect_information(
    tree: GameTree, probabilities: Array, tol: float
) -> tuple[float, tuple[EmptyThreat, ...]]:
    """One pass: by the one-shot deviation principle, perfection fails exactly where changing one move pays.

    The largest regret in a subgame is bounded below by the largest such gain, which is what is reported.
    """
    values = node_values(tree, probabilities)
    nodes = np.flatnonzero(tree.n_children > 0)
    movers = np.maximum(tree.player[tree.parent], 0)
    worth = values[np.arange(tree.n_nodes), movers]  # chance's edges read the first column, and are skipped below
    best = np.maximum.reduceat(worth, tree.first_child[nodes]) if nodes.size else np.zeros(0)
    gain = np.where(tree.player[nodes] >= 0, best - values[nodes, tree.player[nodes]], 0.0)
    threats = []
    for t in nodes[(gain > tol) & (nodes > 0)].tolist():
        first = int(tree.first_child[t])
        action = int(worth[first : first + int(tree.n_children[t])].argmax())
        threats.append(
            _threat(
                tree,
                probabilities,
                int(tree.infoset[t]),
                action,
                float(worth[first + action] - values[t, tree.player[t]]),
            )
        )
        if len(threats) == MOST_THREATS:
            break
    return max(0.0, float(gain.max(initial=0.0))), tuple(threats)


def _threat(tree: GameTree, probabilities: Array, infoset: int, action: int, gain: float) -> EmptyThreat:
    offset, labels = tree.action_offset, tree.infoset_actions(infoset)
    row = probabilities[offset[infoset] : offset[infoset + 1]]
    node = int(tree._flat.infoset_first[infoset])
    return EmptyThreat(
        tree.players[tree.infoset_player[infoset]],
        tree.infoset_name(infoset),
        tree.history(node),
        describe_strategy(row, labels),
        labels[action],
        gain,
    )


def certified(
    tree: GameTree, probabilities: Numbers, *, tol: float, exact: tuple[Fraction, ...] | None = None
) -> BehaviourEquilibrium:
    """Evaluate a profile once, record its regret by an independent best reply, and list its empty threats."""
    row = frozen_row(probabilities)
    payoffs = node_values(tree, row)[0]
    regret = max(0.0, float(regrets(tree, row, payoffs).max()))
    if tree.n_nodes > MOST_SEARCHED and not tree.is_perfect_information:
        return BehaviourEquilibrium(tree, row, frozen_row(payoffs), regret, exact=exact)
    worst, threats = empty_threats(tree, row, tol * spread(tree))
    return BehaviourEquilibrium(tree, row, frozen_row(payoffs), regret, max(worst, regret), threats, exact)


def spread(tree: GameTree) -> float:
    """The largest range of a player's payoffs, 1 if all are the same: what tolerances are relative to."""
    leaves = tree.payoffs[tree.n_children == 0]
    return float(np.ptp(leaves, axis=0).max()) or 1.0


@checked
def find_empty_threats(tree: GameTree, behaviour: Behaviour, *, tol: float = 1e-9) -> tuple[EmptyThreat, ...]:
    """The plans of a behaviour profile that would not be carried out.

    Parameters
    ----------
    tree : GameTree
    behaviour : mapping of str to array_like
        For each information set a probability an action, or the name of one.
    tol : float
        What counts as no gain, relative to the payoff range.

    Returns
    -------
    tuple of EmptyThreat
        Where in a subgame its owner would do better by another action, all else as planned: which, and what it would gain.
        Empty when the profile is an equilibrium of every proper subgame.

    Notes
    -----
    One pass where everybody sees all; elsewhere one best reply a player and subgame, ``O(T N)`` each.
    """
    return empty_threats(tree, as_behaviour(tree, behaviour), tol * spread(tree))[1]
