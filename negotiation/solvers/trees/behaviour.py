"""Behaviour strategies: what they pay, what a player could gain by leaving them, and what is believed under them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, IntArray, read_only
from negotiation.door import checked
from negotiation.errors import GameShapeError, ProbabilityError, UnknownNameError, WrongTypeError
from negotiation.games.tree import GameTree, player_sequences, tree_levels
from negotiation.games.tree_arrays import LEAF
from negotiation.solvers.trees import loops

Numbers = npt.NDArray[Any]
Behaviour = Mapping[str, Any]

# Nodes from which on compiled loops pay, and levels up to which whole levels at a time do.
_LARGE, _MOST_LEVELS = 20_000, 200


def flow_down(tree: GameTree, edges: Numbers, start: int = 0) -> Numbers:
    """The probability of reaching each node from `start`, shape (T,); zero for nodes that do not come after it."""
    exact = edges.dtype == object
    out = np.full(tree.n_nodes, Fraction(0) if exact else 0.0, dtype=edges.dtype)
    out[start] = Fraction(1) if exact else 1.0
    parent = tree.parent
    if start:
        for begin, end in tree_levels(tree):
            if end > start:
                fresh = out[parent[begin:end]] * edges[begin:end]
                out[begin:end] = np.where(parent[begin:end] >= start, fresh, out[begin:end])
    elif exact or (tree.n_nodes < _LARGE and len(tree_levels(tree)) > _MOST_LEVELS):
        loops.flow_down(parent, edges, out)
    elif tree.n_nodes < _LARGE:
        for begin, end in tree_levels(tree):
            out[begin:end] = out[parent[begin:end]] * edges[begin:end]
    else:
        compiled().flow_down(parent, edges, out)
    return out


def flow_up(tree: GameTree, edges: Numbers, values: Numbers) -> Numbers:
    """What every player expects from each node on, shape (T, N), given what leaves pay."""
    if values.dtype == object or (tree.n_nodes < _LARGE and len(tree_levels(tree)) > _MOST_LEVELS):
        loops.flow_up(tree.parent, edges, values)
    elif tree.n_nodes < _LARGE:
        for begin, end in reversed(tree_levels(tree)):
            np.add.at(values, tree.parent[begin:end], edges[begin:end, None] * values[begin:end])
    else:
        compiled().flow_up(tree.parent, edges, values)
    return values


def compiled() -> ModuleType:
    """The loops, compiled."""
    from negotiation.solvers.kernels import trees

    return trees


def as_behaviour(tree: GameTree, behaviour: Behaviour | npt.ArrayLike, *, tol: float = 1e-9) -> Array:
    """Check a behaviour profile at the door.

    Parameters
    ----------
    tree : GameTree
    behaviour : mapping of str to array_like, or array_like, shape (A,)
        For each information set by name a probability an action, or the name of the one action; or all of them in one row.
    tol : float
        By how much probabilities may miss [0, 1] or their sum miss 1.

    Returns
    -------
    ndarray, shape (A,)
        A probability for each action of each information set, ``A = tree.action_offset[-1]``.

    Raises
    ------
    UnknownNameError, GameShapeError, ProbabilityError
    """
    if isinstance(behaviour, Mapping):
        known = {name: k for k, name in enumerate(tree.infosets)}
        for name in behaviour:
            if name not in known:
                raise UnknownNameError("information set", name, known)
        missing = [name for name in known if name not in behaviour]
        if missing:
            raise GameShapeError(f"the behaviour says nothing about information set {missing[0]!r}; give every one.")
        rows = [_row(tree, known[name], name, behaviour[name]) for name in known]
        flat = np.concatenate(rows) if rows else np.zeros(0)
    elif isinstance(behaviour, str):
        raise WrongTypeError(f"a behaviour maps information sets to probabilities, not the text {behaviour!r}.")
    else:
        flat = np.asarray(behaviour, dtype=np.float64)
    if flat.shape != (tree.action_offset[-1],):
        raise GameShapeError(f"{flat.size} probabilities given; expected {tree.action_offset[-1]}, one an action.")
    _check_probabilities(tree, flat, tol)
    frozen: Array = read_only(flat)
    return frozen


def _row(tree: GameTree, infoset: int, name: str, given: Any) -> Array:
    actions = tree.infoset_actions(infoset)
    if isinstance(given, str):
        if given not in actions:
            raise UnknownNameError("action", given, actions, f"information set {name!r}")
        given = [float(a == given) for a in actions]
    if isinstance(given, Mapping):
        for action in given:
            if action not in actions:
                raise UnknownNameError("action", action, actions, f"information set {name!r}")
        given = [given.get(a, 0) for a in actions]
    row = np.array([float(Fraction(v)) if isinstance(v, str) else float(v) for v in given])
    if row.shape != (len(actions),):
        raise GameShapeError(
            f"information set {name!r} has {len(actions)} actions, but {row.size} probabilities are given."
        )
    return row


def _check_probabilities(tree: GameTree, flat: Array, tol: float) -> None:
    if flat.size == 0:
        return
    sums = np.add.reduceat(flat, tree.action_offset[:-1])
    bad = np.flatnonzero(~(np.abs(sums - 1) <= tol))
    if bad.size:
        raise ProbabilityError(
            f"the probabilities at information set {tree.infoset_name(int(bad[0]))!r} sum to {sums[bad[0]]:.12g}, not 1."
        )
    if flat.min() < -tol:
        k = int(np.searchsorted(tree.action_offset, int(flat.argmin()), side="right")) - 1
        raise ProbabilityError(
            f"a probability at information set {tree.infoset_name(k)!r} is negative, {flat.min():g}."
        )


def through(tree: GameTree, behaviour: Numbers, odds: Numbers | None = None) -> Numbers:
    """The probability of moving from its parent to each node, shape (T,)."""
    chance = tree.edge_prob if odds is None else odds
    if len(behaviour) == 0:
        return np.array(chance)
    return np.where(tree.edge_action >= 0, behaviour[np.maximum(tree.edge_action, 0)], chance)


def node_values(tree: GameTree, behaviour: Numbers, *, exact: bool = False) -> Numbers:
    """What every player expects from each node on, shape (T, N)."""
    odds = tree.exact_edge_prob if exact else tree.edge_prob
    values = np.array(tree.exact_payoffs if exact else tree.payoffs)
    return flow_up(tree, through(tree, behaviour, odds), values)


def reply_values(
    tree: GameTree, behaviour: Numbers, player: int, *, sequences: IntArray, exact: bool = False, start: int = 0
) -> tuple[Any, IntArray]:
    """What a best reply of a player pays from `start` on, and its action at each information set.

    Found by dynamic programming over the player's own moves, not by looking at the profile's own strategy.
    """
    odds = tree.exact_edge_prob if exact else tree.edge_prob
    payoffs = tree.exact_payoffs if exact else tree.payoffs
    zero = Fraction(0) if exact else 0.0
    own = np.concatenate([[False], tree.player[tree.parent[1:]] == player])
    edges = through(tree, behaviour, odds)
    edges[own] = Fraction(1) if exact else 1.0
    weights = flow_down(tree, edges, start)
    leaves = np.flatnonzero((tree.player == LEAF) & (weights != 0))
    gains = np.full(tree.n_players + int(tree.action_offset[-1]), zero, dtype=object if exact else np.float64)
    np.add.at(gains, sequences[leaves, player], weights[leaves] * payoffs[leaves, player])
    sets = np.flatnonzero(tree.infoset_player == player)
    before = np.zeros(tree.n_infosets, dtype=np.int64)
    before[sets] = sequences[tree._flat.infoset_first[sets], player]
    choice = np.zeros(tree.n_infosets, dtype=np.int64)
    loop = loops if exact or tree.n_nodes < _LARGE else compiled()
    loop.best_reply(sets, before, tree.action_offset, tree.n_players, gains, choice)
    return gains[int(sequences[start, player])], choice


@checked
def behaviour_payoffs(tree: GameTree, behaviour: Behaviour | npt.ArrayLike) -> Array:
    """What every player expects of a behaviour profile, shape (N,)."""
    return np.asarray(node_values(tree, as_behaviour(tree, behaviour))[0], dtype=np.float64)


@checked
def behaviour_regret(tree: GameTree, behaviour: Behaviour | npt.ArrayLike) -> Array:
    """How much each player could gain by another strategy alone; zero at a Nash equilibrium.

    Parameters
    ----------
    tree : GameTree
    behaviour : mapping of str to array_like
        For each information set by name a probability an action, or the name of one action.

    Returns
    -------
    ndarray, shape (N,)
        In the tree's payoff unit, not negative up to rounding.

    Notes
    -----
    The best reply to the others is found by dynamic programming over the player's own moves, which perfect recall allows.
    Cost: ``O(T N)``.

    Examples
    --------
    >>> from negotiation import GameTree, decision, leaf
    >>> tree = GameTree(decision("A", {"left": leaf(1), "right": leaf(3)}, infoset="a"), players=("A",))
    >>> behaviour_regret(tree, {"a": "left"})
    array([2.])
    """
    flat = as_behaviour(tree, behaviour)
    return regrets(tree, flat, node_values(tree, flat)[0])


def regrets(tree: GameTree, flat: Numbers, payoffs: Sequence[Any], *, exact: bool = False) -> Numbers:
    """Regrets of a checked profile that pays `payoffs`, shape (N,)."""
    sequences = player_sequences(tree)
    best = [
        reply_values(tree, flat, i, sequences=sequences, exact=exact)[0]
        if (tree.infoset_player == i).any()
        else payoffs[i]
        for i in range(tree.n_players)
    ]
    return np.array([b - u for b, u in zip(best, payoffs, strict=True)], dtype=object if exact else np.float64)


def exact_regret(tree: GameTree, flat: Numbers) -> Fraction:
    """The largest regret of a profile in rationals, shape (A,) of fractions; zero is a proof."""
    payoffs = node_values(tree, flat, exact=True)[0]
    return Fraction(max(regrets(tree, flat, payoffs, exact=True)))
