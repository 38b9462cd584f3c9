"""Sequential equilibrium: is an assessment, behaviour and beliefs, rational at every information set, and consistent?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array
from negotiation.door import checked
from negotiation.errors import GameShapeError, ProbabilityError, UnknownNameError
from negotiation.games.tree import GameTree, player_sequences, tree_levels
from negotiation.games.tree_arrays import LEAF
from negotiation.solvers.trees import loops
from negotiation.solvers.trees.behaviour import Behaviour, as_behaviour, flow_down, node_values, through
from negotiation.solvers.trees.certify import spread


@dataclass(frozen=True, slots=True)
class AssessmentCheck:
    """Whether an assessment is a sequential equilibrium, and why not; truthy when it is.

    Parameters
    ----------
    rational : bool
        Nobody gains at any information set, given its beliefs and what the others do from there on.
    consistent : bool
        The beliefs are a limit of Bayes' rule for fully mixed behaviour that tends to the one given.
    reasons : tuple of str
        What fails, and where.
    """

    rational: bool
    consistent: bool
    reasons: tuple[str, ...] = ()

    @property
    def sequential(self) -> bool:
        """Whether both hold."""
        return self.rational and self.consistent

    def __bool__(self) -> bool:
        return self.sequential

    def __str__(self) -> str:
        return "a sequential equilibrium" if self else "no sequential equilibrium: " + "; ".join(self.reasons)


@checked
def check_assessment(
    tree: GameTree,
    behaviour: Behaviour | npt.ArrayLike,
    beliefs: Mapping[str, Any] | None = None,
    *,
    tol: float = 1e-9,
) -> AssessmentCheck:
    """Check an assessment: is it a sequential equilibrium?

    Parameters
    ----------
    tree : GameTree
    behaviour : mapping of str to array_like
        For each information set a probability an action, or the name of one.
    beliefs : mapping of str to array_like, optional
        For each information set a probability a node, in the order of ``tree.infoset_nodes``. May be left out where the
        information set is one node, or is reached, where Bayes' rule says it.
    tol : float
        What counts as no gain, relative to the payoff range; and as the same probability.

    Raises
    ------
    UnknownNameError, GameShapeError, ProbabilityError

    Notes
    -----
    Rationality is decided by a best reply from each information set on, over all of its owner's later moves. Consistency is
    decided exactly, not by trying perturbations: beliefs are consistent just when actions that are not played can be given
    orders of smallness and weights such that each information set believes in its least unlikely nodes, in proportion to
    their weights. Orders are a linear programme, weights (in logarithms) a linear system.

    References
    ----------
    Kreps, D. M., Wilson, R. (1982). Sequential equilibria. Econometrica 50, 863-894.
    Streufert, P. A. (2012). Additive plausibility characterizes the supports of consistent assessments. University of
    Western Ontario, Research Report 2012-3.

    Examples
    --------
    >>> from negotiation import GameTree, decision, leaf
    >>> def entry(a, b):
    ...     return decision("B", {"fight": leaf(-1, a), "yield": leaf(1, b)}, infoset="b")
    >>> tree = GameTree(decision("A", {"out": leaf(0, 2), "left": entry(-1, 1), "right": entry(1, 0)}, infoset="a"),
    ...                 players=("A", "B"))
    >>> print(check_assessment(tree, {"a": "out", "b": "fight"}, {"b": [0, 1]}))
    a sequential equilibrium
    >>> print(check_assessment(tree, {"a": "out", "b": "fight"}, {"b": [1, 0]}))
    no sequential equilibrium: at b, B would gain 2 by yield
    """
    flat = as_behaviour(tree, behaviour)
    edges = through(tree, flat)
    weights = flow_down(tree, edges)
    believed, reasons = _beliefs(tree, weights, beliefs or {}, tol)
    consistent = not reasons
    irrational = _irrational(tree, flat, believed, tol * spread(tree))
    if consistent and (why := _inconsistent(tree, flat, edges, believed, tol)):
        consistent = False
        reasons.append(why)
    missing = any("no belief" in why for why in reasons)
    return AssessmentCheck(not irrational and not missing, consistent, (*irrational, *reasons))


def _beliefs(
    tree: GameTree, weights: Array, given: Mapping[str, Any], tol: float
) -> tuple[dict[int, Array], list[str]]:
    """The belief at each information set, and where those given contradict Bayes' rule or are missing."""
    for name in given:
        if name not in tree.infosets:
            raise UnknownNameError("information set", name, tree.infosets)
    believed, reasons = {}, []
    for k, name in enumerate(tree.infosets):
        own = weights[tree.infoset_nodes(k)]
        total = own.sum()
        by_bayes = own / total if total > 0 else np.ones(1) if len(own) == 1 else None
        if name in given:
            stated = _distribution(given[name], len(own), name, tol)
            if by_bayes is not None and np.abs(stated - by_bayes).max() > tol:
                reasons.append(
                    f"at {name}, the belief contradicts Bayes' rule, which says {np.round(by_bayes, 6).tolist()}"
                )
            believed[k] = stated
        elif by_bayes is not None:
            believed[k] = by_bayes
        else:
            reasons.append(f"at {name}, which is not reached, no belief is given")
    return believed, reasons


def _distribution(given: Any, size: int, name: str, tol: float) -> Array:
    row = np.array([float(Fraction(v)) if isinstance(v, str) else float(v) for v in given])
    if row.shape != (size,):
        raise GameShapeError(f"the belief at {name!r} has {row.size} numbers; expected {size}, one a node.")
    if not (row >= -tol).all() or abs(row.sum() - 1) > tol:
        raise ProbabilityError(f"the belief at {name!r} is no distribution: {given!r}.")
    return row


def _irrational(tree: GameTree, flat: Array, believed: dict[int, Array], slack: float) -> list[str]:
    """Where the owner of an information set would gain, given its belief."""
    values, sequences, out = node_values(tree, flat), player_sequences(tree), []
    for k, belief in believed.items():
        player, nodes = int(tree.infoset_player[k]), tree.infoset_nodes(k)
        best, action = _reply_from(tree, flat, k, belief, sequences)
        gain = best - float(belief @ values[nodes, player])
        if gain > slack:
            what = tree.infoset_actions(k)[action]
            out.append(f"at {tree.infoset_name(k)}, {tree.players[player]} would gain {gain:g} by {what}")
    return out


def _reply_from(tree: GameTree, flat: Array, infoset: int, belief: Array, sequences: Any) -> tuple[float, int]:
    """What the best continuation from an information set is worth, and its first action."""
    player, nodes = int(tree.infoset_player[infoset]), tree.infoset_nodes(infoset)
    edges = through(tree, flat)
    edges[1:][tree.player[tree.parent[1:]] == player] = 1.0
    weights, starts = np.zeros(tree.n_nodes), np.zeros(tree.n_nodes, dtype=np.bool_)
    weights[nodes], starts[nodes] = belief, True
    for begin, end in tree_levels(tree):
        fresh = weights[tree.parent[begin:end]] * edges[begin:end]
        weights[begin:end] = np.where(starts[begin:end], weights[begin:end], fresh)
    leaves = np.flatnonzero((tree.player == LEAF) & (weights > 0))
    gains = np.zeros(tree.n_players + int(tree.action_offset[-1]))
    np.add.at(gains, sequences[leaves, player], weights[leaves] * tree.payoffs[leaves, player])
    sets = np.flatnonzero(tree.infoset_player == player)
    before = np.zeros(tree.n_infosets, dtype=np.int64)
    before[sets] = sequences[tree._flat.infoset_first[sets], player]
    choice = np.zeros(tree.n_infosets, dtype=np.int64)
    loops.best_reply(sets, before, tree.action_offset, tree.n_players, gains, choice)
    move = tree.n_players + int(tree.action_offset[infoset]) + int(choice[infoset])
    return float(gains[move]), int(choice[infoset])


def _inconsistent(tree: GameTree, flat: Array, edges: Array, believed: dict[int, Array], tol: float) -> str:
    """Why beliefs are no limit of Bayes' rule; empty when they are."""
    unplayed = np.flatnonzero(flat <= tol)
    at = {int(a): j for j, a in enumerate(unplayed.tolist())}
    equal: list[Array] = []
    above: list[Array] = []
    logs: list[float] = []
    names: list[str] = []
    for k, belief in believed.items():
        if len(belief) == 1:
            continue
        paths = [_path(tree, int(t), edges, at) for t in tree.infoset_nodes(k)]
        inside = np.flatnonzero(belief > tol)
        base, base_log = paths[inside[0]]
        for j, (row, log) in enumerate(paths):
            if j == inside[0]:
                continue
            if belief[j] > tol:
                equal.append(row - base)
                logs.append(float(np.log(belief[j] / belief[inside[0]]) - log + base_log))
                names.append(tree.infoset_name(k))
            elif np.isfinite(log):
                above.append(row - base)
    if not len(unplayed):
        return ""
    if equal:
        matrix, right = np.array(equal), np.array(logs)
        found = np.linalg.lstsq(matrix, right, rcond=None)[0]
        off = np.abs(matrix @ found - right)
        if not np.isfinite(right).all() or off.max() > 1e-6:
            return f"at {names[int(np.nanargmax(off))]}, no small mistakes lead to the proportions believed in"
    return (
        "" if _orders_exist(len(unplayed), equal, above) else "no orders of smallness of mistakes lead to these beliefs"
    )


def _orders_exist(size: int, equal: list[Array], above: list[Array]) -> bool:
    """Whether orders of smallness, at least 1 each, make believed nodes least unlikely."""
    from scipy.optimize import linprog

    parts: dict[str, Any] = {"bounds": [(1, None)] * size}
    if equal:
        parts |= {"A_eq": np.array(equal), "b_eq": np.zeros(len(equal))}
    if above:
        parts |= {"A_ub": -np.array(above), "b_ub": -np.ones(len(above))}
    found: Any = linprog(np.ones(size), method="highs", **parts)
    return bool(found.status == 0)


def _path(tree: GameTree, node: int, edges: Array, at: dict[int, int]) -> tuple[Array, float]:
    """Which unplayed actions lead to a node, and the logarithm of the probability of all others on the way."""
    row, log = np.zeros(len(at)), 0.0
    while node:
        action = int(tree.edge_action[node])
        if action in at:
            row[at[action]] += 1
        else:
            log += float(np.log(edges[node])) if edges[node] > 0 else -np.inf
        node = int(tree.parent[node])
    return row, log
