"""Payoffs of every package at once, one axis an issue, by broadcasting: nothing is listed, everything is added."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from negotiation.arrays import Array, IntArray
from negotiation.errors import SizeLimitError
from negotiation.model.negotiation import Negotiation


def payoff_grid(talks: Negotiation, values: Array | None = None, *, limit: int = 50_000_000) -> Array:
    """Payoffs of all packages of a negotiation.

    Parameters
    ----------
    talks : Negotiation
    values : ndarray, shape (S, T), optional
        Draws of the stakes in the order of ``talks.terms``; central values otherwise.
    limit : int
        The most numbers that may be made.

    Returns
    -------
    ndarray, shape (P, D), or (S, P, D) with draws
        ``D = talks.n_packages`` in the order of `all_codes`: the last issue moves fastest.

    Raises
    ------
    SizeLimitError

    Notes
    -----
    Stakes are added by an outer sum over issues, so the work is ``O(S P D)`` and not ``O(S P D K)``; an interaction
    adds to the slice of packages that contain it.
    """
    terms, n_parties = talks.terms, len(talks.parties)
    draws = terms.central[None, :] if values is None else values
    sizes = [len(issue.options) for issue in talks.issues]
    numbers = len(draws) * n_parties * talks.n_packages
    if numbers > limit:
        raise SizeLimitError(
            f"the payoffs of {talks.n_packages:,} packages{f' in {len(draws):,} draws' if len(draws) > 1 else ''} are "
            f"{numbers:,} numbers, past the limit of {limit:,}; take issues off the table with without_issues, "
            "or ask for fewer draws."
        )
    tables = [np.zeros((len(draws), n_parties, m)) for m in sizes]
    for t, conditions in enumerate(terms.conditions):
        if len(conditions) == 1:
            ((issue, option),) = conditions
            tables[issue][:, terms.party[t], option] += draws[:, t]
    grid = np.zeros((len(draws), n_parties, 1))
    for table in tables:
        grid = (grid[..., :, None] + table[..., None, :]).reshape(len(draws), n_parties, -1)
    _add_interactions(talks, grid, draws)
    return grid[0] if values is None else grid


def _add_interactions(talks: Negotiation, grid: Array, draws: Array) -> None:
    """Add what arises only for combinations, slice by slice: before, between and after the issues concerned."""
    sizes = [len(issue.options) for issue in talks.issues]
    for t, conditions in enumerate(talks.terms.conditions):
        if len(conditions) > 1:
            shape: list[int] = []
            at: list[Any] = [slice(None)]
            last = 0
            for issue, option in sorted(conditions):
                shape += [math.prod(sizes[last:issue]), sizes[issue]]
                at += [slice(None), option]
                last = issue + 1
            view = grid[:, talks.terms.party[t]].reshape(len(draws), *shape, -1)
            view[tuple(at)] += draws[:, t].reshape(-1, *[1] * (len(conditions) + 1))


def flat_positions(talks: Negotiation, codes: IntArray) -> IntArray:
    """Positions on the package axis of `payoff_grid` of packages given as option positions (D, K)."""
    sizes = [len(issue.options) for issue in talks.issues]
    return np.asarray(np.ravel_multi_index(tuple(codes.T), tuple(sizes)), dtype=np.int64)
