"""Payoffs of every package at once, as one table with an axis an issue: what deviating gains is then a maximum along axes."""

from __future__ import annotations

import numpy as np

from negotiation.analysis.criteria.self_enforcing_threat import PaidBack
from negotiation.arrays import Array
from negotiation.errors import SizeLimitError
from negotiation.model.grid import payoff_grid
from negotiation.model.negotiation import Negotiation
from negotiation.model.rounding import settle


def issue_grid(talks: Negotiation, limit: int) -> Array:
    """Central payoffs of every package, shape (P, n_1, …, n_K).

    Raises
    ------
    SizeLimitError
        More than `limit` packages.
    """
    if talks.n_packages > limit:
        raise SizeLimitError(
            f"{talks.n_packages:,} packages are more than the limit of {limit:,}; take issues off the table with "
            "without_issues, or judge one package with is_enough(..., criterion='self_enforcing')."
        )
    flat = payoff_grid(talks, limit=limit * len(talks.parties))
    return flat.reshape(len(talks.parties), *(len(issue.options) for issue in talks.issues))


def gains_grid(talks: Negotiation, grid: Array) -> Array:
    """What each party gains by its best change of its own measures, the shape of the grid."""
    gains = np.empty_like(grid)
    for i, own in enumerate(_own_axes(talks)):
        gains[i] = grid[i].max(axis=own, keepdims=True) - grid[i] if own else 0.0
    return np.moveaxis(settle(np.moveaxis(gains, 0, -1), talks), -1, 0)


def paid_back_grid(talks: Negotiation, grid: Array) -> PaidBack:
    """See `paid_back`: payoffs while the others withhold, the shape of the grid."""
    complying, at_best = np.empty_like(grid), np.empty_like(grid)
    for i, own in enumerate(_own_axes(talks)):
        alone = grid[i][tuple(slice(None) if k in own else slice(0, 1) for k in range(len(talks.issues)))]
        complying[i] = alone
        at_best[i] = alone.max() if own else alone
    return PaidBack(complying, at_best)


def rows(grid: Array) -> Array:
    """The grid as a table, one row a package, the last issue moving fastest: (D, P)."""
    return grid.reshape(len(grid), -1).T


def _own_axes(talks: Negotiation) -> list[tuple[int, ...]]:
    return [tuple(k for k, issue in enumerate(talks.issues) if issue.owner == name) for name in talks.party_names]
