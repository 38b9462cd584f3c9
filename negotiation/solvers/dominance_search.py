"""Dominated rows of one table of payoffs: by another row in compiled code, by a mixture of rows by linear programming."""

from __future__ import annotations

from typing import Any

import numpy as np

from negotiation.arrays import Array, IntArray
from negotiation.games.normal_form import NormalFormGame

Found = tuple[int, tuple[tuple[int, float], ...], float]  # the row, what dominates it, the smallest advantage
_LP_TOL = 1e-9  # what a linear program leaves; by comparison of actions no tolerance is needed


def table_of(payoffs: Array, player: int) -> Array:
    """One player's payoffs, a row an own action, a column a profile of the others; shape (m, S)."""
    own = payoffs[player]
    if own.ndim == 2 and player == 1:
        from negotiation.solvers.kernels.dominance_pairs import turned

        table: Array = turned(own)
        return table
    own = np.moveaxis(own, player, 0)
    return np.ascontiguousarray(own.reshape(own.shape[0], -1))


def is_plainly_reducible(game: NormalFormGame) -> bool:
    """Whether one of the best few actions of some player strictly dominates another: a quick look, no search."""
    tables = (table_of(game.payoffs, i) for i in range(game.n_players))
    return any((_dominators(table, False, 0.0, 4)[0] >= 0).any() for table in tables)


def _dominators(table: Array, weak: bool, slack: float, most: int) -> tuple[IntArray, Array]:
    """For every row one that dominates it, or -1, and by how much at least: the compiled search."""
    from negotiation.solvers.kernels.dominance_pairs import dominators

    sums = table.sum(axis=1)
    own = table if table.flags.writeable else table.copy()  # one kind of array, one compiled kernel
    found: tuple[IntArray, Array] = dominators(own, sums, np.argsort(-sums, kind="stable"), weak, slack, most)
    return found


def search(table: Array, kind: str, by: str, tol: float) -> list[Found]:
    """Dominated rows in order, each with its proof."""
    if table.shape[0] == 1:
        return []
    span = 2 * float(table.max() / 2 - table.min() / 2) if tol > 0 or by == "mixture" else 0.0
    best, margins = _dominators(table, kind == "weak", tol * span, table.shape[0])
    rows = np.flatnonzero(best >= 0).tolist()
    pairs = zip(rows, best[rows].tolist(), margins[rows].tolist(), strict=True)
    found: list[Found] = [(a, ((b, 1.0),), margin) for a, b, margin in pairs]
    if by == "mixture" and span > 0:
        found += _by_mixtures(table, rows, kind, span, max(tol, _LP_TOL))
    return sorted(found)


def _by_mixtures(table: Array, gone: list[int], kind: str, span: float, slack: float) -> list[Found]:
    """The rows that only mixtures dominate."""
    left = np.delete(np.arange(table.shape[0]), gone).tolist()
    found: list[Found] = []
    for a in _never_surely_best(table, left):
        weights = _dominating_mixture(table, a, left, kind, span, slack)
        if weights is None:
            continue
        used = np.flatnonzero(weights).tolist()
        margin = float((weights @ table - table[a]).min())
        found.append((a, tuple((b, float(weights[b])) for b in used), margin))
        if kind == "strict":
            left.remove(a)
    return found


def _never_surely_best(table: Array, rows: list[int]) -> list[int]:
    """Rows that are not the only best response to any pure profile: only these can be dominated at all."""
    part = table[rows]
    top = part == part.max(axis=0)
    alone = top & (top.sum(axis=0) == 1)
    return [a for a, sure in zip(rows, alone.any(axis=1), strict=True) if not sure]


def _dominating_mixture(table: Array, row: int, rows: list[int], kind: str, span: float, slack: float) -> Array | None:
    """The mixture of other rows with the largest advantage, if that is more than `slack` of the range."""
    from scipy import optimize

    linprog: Any = optimize.linprog
    others = [b for b in rows if b != row]
    if not others:
        return None
    edge = (table[others] - table[row]) / span
    k, s = edge.shape
    if kind == "strict":  # maximise the smallest advantage
        cost = np.r_[np.zeros(k), -1.0]
        upper = np.c_[-edge.T, np.ones(s)]
        equal, bounds = np.r_[np.ones(k), 0.0][None, :], [(0, None)] * k + [(None, None)]
    else:  # maximise the sum of advantages, none of them negative
        cost, upper, equal, bounds = -edge.sum(axis=1), -edge.T, np.ones((1, k)), [(0, None)] * k
    result = linprog(cost, A_ub=upper, b_ub=np.zeros(s), A_eq=equal, b_eq=[1.0], bounds=bounds, method="highs")
    if result.status != 0 or -result.fun <= slack:
        return None
    mixture = np.zeros(table.shape[0])
    mixture[others] = np.where(result.x[:k] > 1e-12, result.x[:k], 0.0)
    weights: Array = mixture / mixture.sum()
    return weights
