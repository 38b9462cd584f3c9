"""Game trees that nobody writes down: from a function of the history of moves, and from arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, IntArray, as_floats
from negotiation.errors import GameShapeError, NotFiniteError, ProbabilityError, SizeLimitError, WrongTypeError
from negotiation.games.tree_arrays import CHANCE, LEAF, FlatTree, assemble
from negotiation.games.tree_build import NestedReader, check_names

Node = Mapping[str, Any]


def flat_from_function(node: Callable[[tuple[str, ...]], Node], players: Sequence[str], limit: int) -> FlatTree:
    """Ask for one node after another, level by level."""
    if isinstance(players, str):
        raise WrongTypeError(f"players are several names, e.g. ({players!r},), not the text {players!r}.")
    reader = NestedReader(players)
    histories: list[Any] = [()]
    t = 0
    while t < len(histories):
        history, histories[t] = histories[t], None
        found = node(history)
        names: Sequence[str] = ()
        if isinstance(found, Mapping) and "actions" in found and "children" not in found:
            names = found["actions"]
            found = {**found, "children": names}
        reader.node(t, found)
        histories += [(*history, name) for name in names]
        if len(histories) > limit:
            raise SizeLimitError(
                f"the tree has more than {limit:,} nodes, the limit: {' / '.join(history[:8]) or 'start'} … goes on; give a "
                "larger limit=, or check that every history comes to a leaf."
            )
        t += 1
    return reader.flat()


def flat_from_arrays(
    parent: npt.ArrayLike,
    player: npt.ArrayLike,
    payoffs: npt.ArrayLike,
    players: Sequence[str],
    infoset: npt.ArrayLike | None,
    edge_prob: npt.ArrayLike | None,
) -> FlatTree:
    """Check arrays and fill in the rest."""
    names = list(players)
    check_names(names)
    above, who = _integers(parent, "parent"), _integers(player, "player")
    n_nodes = len(above)
    table = as_floats(payoffs, "payoffs")
    if who.shape != above.shape or table.shape != (n_nodes, len(names)):
        raise GameShapeError(
            f"parent {above.shape}, player {who.shape} and payoffs {table.shape} do not match; expected (T,), (T,) and "
            f"(T, {len(names)})."
        )
    _check_order(above)
    children = np.bincount(above[1:], minlength=n_nodes)
    is_leaf = children == 0
    bad = np.flatnonzero(~is_leaf & ((who < CHANCE) | (who >= len(names))))
    if bad.size:
        raise GameShapeError(
            f"node {bad[0]} has player {who[bad[0]]}; expected 0 to {len(names) - 1}, or -1 for chance."
        )
    who = np.where(is_leaf, LEAF, who)
    if not np.isfinite(table[is_leaf]).all():
        raise NotFiniteError(f"payoffs of leaf {np.flatnonzero(is_leaf)[~np.isfinite(table[is_leaf]).all(axis=1)][0]}.")
    sets = _infosets(infoset, who, children)
    widths = np.unique(children[~is_leaf])
    labels = tuple(tuple(str(a) for a in range(int(w))) for w in widths)
    label_set = np.where(is_leaf, -1, np.searchsorted(widths, children))
    return assemble(
        tuple(names),
        above,
        who,
        sets,
        _odds(edge_prob, above, who),
        np.where(is_leaf[:, None], table, 0.0),
        infoset_names=(),
        labels=labels,
        label_set=label_set,
    )


def _integers(values: npt.ArrayLike, what: str) -> IntArray:
    found = np.asarray(values)
    if found.ndim != 1 or found.dtype.kind not in "iu":
        raise WrongTypeError(f"{what} has to be a list of integers, not {found.dtype} of shape {found.shape}.")
    return found.astype(np.int64)


def _check_order(parent: IntArray) -> None:
    """Level by level: parents are sorted and come before their children."""
    if not len(parent) or parent[0] != -1:
        raise GameShapeError("the first node is the root: its parent is -1.")
    rest = parent[1:]
    if (rest < 0).any() or (np.diff(rest) < 0).any() or (rest >= np.arange(1, len(parent))).any():
        raise GameShapeError("parents must be sorted, one root, each before its children: nodes stand level by level.")


def _infosets(given: npt.ArrayLike | None, who: IntArray, children: IntArray) -> IntArray:
    """Numbers of information sets in the order of their first nodes; -1 where no player moves."""
    movers = np.flatnonzero(who >= 0)
    out = np.full(len(who), -1, dtype=np.int64)
    if given is None:
        out[movers] = np.arange(len(movers))
        return out
    named = _integers(given, "infoset")
    if named.shape != who.shape or (named[movers] < 0).any():
        raise GameShapeError("infoset needs a number that is not negative for every node at which a player moves.")
    _, first, which = np.unique(named[movers], return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    out[movers] = rank[which]
    heads = movers[first][which]
    bad = movers[(who[movers] != who[heads]) | (children[movers] != children[heads])]
    if bad.size:
        raise GameShapeError(
            f"information set {named[bad[0]]} differs at node {bad[0]}: another player, or other actions."
        )
    return out


def _odds(given: npt.ArrayLike | None, parent: IntArray, who: IntArray) -> Array:
    """Probabilities of chance's edges, 1 elsewhere."""
    by_chance = np.concatenate([[False], who[parent[1:]] == CHANCE])
    if given is None:
        if by_chance.any():
            raise ProbabilityError("chance moves in this tree; give edge_prob.")
        return np.ones(len(parent))
    odds = as_floats(given, "edge_prob")
    if odds.shape != parent.shape:
        raise GameShapeError(f"edge_prob has shape {odds.shape}; expected {parent.shape}.")
    odds = np.where(by_chance, odds, 1.0)
    if not (odds >= 0).all():
        raise ProbabilityError(
            f"the probability of node {np.flatnonzero(~(odds >= 0))[0]} is not a number from 0 to 1."
        )
    totals = np.bincount(parent[by_chance], weights=odds[by_chance], minlength=len(parent))
    bad = np.flatnonzero((who == CHANCE) & (np.abs(totals - 1) > 1e-9))
    if bad.size:
        raise ProbabilityError(f"the probabilities after node {bad[0]} sum to {totals[bad[0]]:.12g}, not 1.")
    return odds
