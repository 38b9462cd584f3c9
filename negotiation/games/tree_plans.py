"""From a game tree to normal forms and back: plans, their payoffs, agents."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import IntArray
from negotiation.errors import GameShapeError, SizeLimitError
from negotiation.games.normal_form import NormalFormGame
from negotiation.games.tree_arrays import LEAF, last_sequences

if TYPE_CHECKING:
    from negotiation.games.tree import GameTree

Plan = dict[int, int]  # information set -> action


def own_infosets(tree: GameTree, player: int) -> list[int]:
    """A player's information sets, in the order of the tree."""
    return [int(k) for k in np.flatnonzero(tree.infoset_player == player)]


def plans_of(tree: GameTree, player: int, *, reduced: bool, limit: int) -> list[Plan]:
    """Every plan of a player: all actions, or (reduced) only those at information sets that the plan itself can reach."""
    own = own_infosets(tree, player)
    sizes = {k: len(tree.infoset_actions(k)) for k in own}
    if not reduced:
        count = math.prod(sizes.values())
        _check_count(tree, player, count, limit)
        return [dict(zip(own, row, strict=True)) for row in product(*(range(sizes[k]) for k in own))]
    sequences = last_sequences(tree)
    after: dict[int, list[int]] = {}
    for k in own:
        after.setdefault(int(sequences[tree.infoset_nodes(k)[0], player]), []).append(k)
    start = tree.n_players + tree.action_offset
    _check_count(tree, player, _count(after, own, start, sizes, player), limit)
    lists: dict[int, list[Plan]] = {}
    for k in [*reversed(own), -1]:
        moves = [player] if k < 0 else [int(start[k]) + a for a in range(sizes[k])]
        for move in moves:
            options = [
                [{j: a} | plan for a in range(sizes[j]) for plan in lists[int(start[j]) + a]]
                for j in after.get(move, ())
            ]
            lists[move] = [dict(pair for part in parts for pair in part.items()) for parts in product(*options)]
    return lists[player]


def _count(after: dict[int, list[int]], own: list[int], start: IntArray, sizes: dict[int, int], player: int) -> int:
    """How many reduced plans there are, by the same steps without listing them."""
    counts: dict[int, int] = {}
    for k in [*reversed(own), -1]:
        for move in [player] if k < 0 else [int(start[k]) + a for a in range(sizes[k])]:
            counts[move] = math.prod(
                sum(counts[int(start[j]) + a] for a in range(sizes[j])) for j in after.get(move, ())
            )
    return counts[player]


def _check_count(tree: GameTree, player: int, count: int, limit: int) -> None:
    if count > limit:
        many = f"{count:,}" if count < 10**12 else f"more than {10**12:,}"
        raise SizeLimitError(
            f"{tree.players[player]} has {many} plans, past the limit of {limit:,}; solve the tree as a tree: "
            "ng.solve(tree), or ng.solve(tree, ng.SequenceForm())."
        )


def normal_form(tree: GameTree, *, reduced: bool, limit: int) -> NormalFormGame:
    """See `GameTree.to_normal_form`."""
    plans = [plans_of(tree, i, reduced=reduced, limit=limit) for i in range(tree.n_players)]
    return game_of_plans(tree, plans, limit)


def game_of_plans(tree: GameTree, plans: Sequence[list[Plan]], limit: int) -> NormalFormGame:
    """The game in which each player picks one of its plans."""
    shape = [len(own) for own in plans]
    _check_cells(shape, limit)
    table = payoffs_of_plans(tree, plans)
    actions = [_labels(tree, own) for own in plans]
    return NormalFormGame(table, tree.players, actions, tree.unit)


def _check_cells(shape: list[int], limit: int) -> None:
    if math.prod(shape) > limit:
        raise SizeLimitError(
            f"the normal form has {math.prod(shape):,} cells ({' × '.join(map(str, shape))} plans), past the limit of "
            f"{limit:,}; solve the tree as a tree: ng.solve(tree), or ng.solve(tree, ng.SequenceForm())."
        )


def payoffs_of_plans(tree: GameTree, plans: Sequence[list[Plan]]) -> npt.NDArray[Any]:
    """Payoffs (N, m_1, …, m_N); in rationals where the tree has some that floats would round, or chance moves."""
    exact = tree.is_rational
    payoffs = tree.exact_payoffs if exact else tree.payoffs
    weights = _chance_weights(tree, exact)
    chosen = _consistent(tree, plans)
    table = np.zeros((tree.n_players, *map(len, plans)), dtype=object if exact else np.float64)
    for z in np.flatnonzero(tree.player == LEAF).tolist():
        where = np.ix_(*(own(z) for own in chosen))
        for i in range(tree.n_players):
            table[i][where] += weights[z] * payoffs[z, i]
    return table


def _chance_weights(tree: GameTree, exact: bool) -> list[Any]:
    """The probability with which chance lets each node be reached."""
    odds = tree.exact_edge_prob.tolist() if exact else tree.edge_prob.tolist()
    out: list[Any] = [Fraction(1) if exact else 1.0]
    for t, above in enumerate(tree.parent.tolist()[1:], start=1):
        out.append(out[above] * odds[t])
    return out


def _consistent(tree: GameTree, plans: Sequence[list[Plan]]) -> list[Any]:
    """For each player a function from a leaf to the positions of the plans that do not rule it out."""
    sequences = last_sequences(tree)
    move_of = {int(a): t for t, a in enumerate(tree.edge_action.tolist()) if a >= 0}

    def of(player: int) -> Any:
        own = plans[player]
        known: dict[int, IntArray] = {player: np.arange(len(own))}

        def plans_at(node: int) -> IntArray:
            path, move = [], int(sequences[node, player])
            while move not in known:
                path.append(move)
                move = int(sequences[tree.parent[move_of[move - tree.n_players]], player])
            for step in reversed(path):
                action = step - tree.n_players
                k = int(np.searchsorted(tree.action_offset, action, side="right")) - 1
                wanted = action - int(tree.action_offset[k])
                known[step] = np.array([p for p in known[move] if own[p].get(k) == wanted], dtype=np.int64)
                move = step
            return known[int(sequences[node, player])]

        return plans_at

    return [of(i) for i in range(tree.n_players)]


def _labels(tree: GameTree, plans: list[Plan]) -> list[str]:
    """Plans in names: ``lift``, or ``at P1.1 Bet, at P1.2 Fold``."""
    names = {k: tree.infoset_name(k) for plan in plans for k in plan}
    if len(names) == 1:
        return [tree.infoset_actions(k)[a] for plan in plans for k, a in plan.items()]
    out = [", ".join(f"at {names[k]} {tree.infoset_actions(k)[a]}" for k, a in sorted(p.items())) for p in plans]
    return [label or "nothing to choose" for label in out]


def one_agent_a_set(tree: GameTree, *, limit: int) -> NormalFormGame:
    """See `GameTree.to_agent_form`."""
    sizes = [len(tree.infoset_actions(k)) for k in range(tree.n_infosets)]
    if not sizes:
        raise GameShapeError("nobody moves in this tree, so it has no agents.")
    if len(sizes) > 32:
        raise SizeLimitError(f"{len(sizes)} information sets would be {len(sizes)} players; at most 32 fit an array.")
    _check_cells(sizes, limit // len(sizes))
    exact = tree.is_rational
    payoffs, weights = (tree.exact_payoffs if exact else tree.payoffs), _chance_weights(tree, exact)
    table = np.zeros((len(sizes), *sizes), dtype=object if exact else np.float64)
    for z in np.flatnonzero(tree.player == LEAF).tolist():
        where: list[Any] = [slice(None)] * len(sizes)
        t = z
        while t:
            action = int(tree.edge_action[t])
            if action >= 0:
                k = int(tree.infoset[tree.parent[t]])
                where[k] = action - int(tree.action_offset[k])
            t = int(tree.parent[t])
        for k, owner in enumerate(tree.infoset_player.tolist()):
            table[(k, *where)] += weights[z] * payoffs[z, owner]
    actions = [tree.infoset_actions(k) for k in range(tree.n_infosets)]
    return NormalFormGame(table, tree.infosets, actions, tree.unit)


def nested_from_normal_form(game: NormalFormGame) -> dict[str, Any]:
    """Players move one after another, each with one information set."""
    given = game._given

    def cell(at: tuple[int, ...]) -> dict[str, Any]:
        return {"payoffs": [given[(i, *at)] for i in range(game.n_players)]}

    below = {at: cell(at) for at in product(*map(range, game.shape))}
    for i in reversed(range(game.n_players)):
        heads = sorted({at[:i] for at in below})
        below = {
            at: {
                "player": i + 1,
                "infoset": f"{game.players[i]}'s move",
                "actions": list(game.actions[i]),
                "children": [below[(*at, a)] for a in range(game.shape[i])],
            }
            for at in heads
        }
    return below[()]
