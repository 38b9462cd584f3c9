"""Runs of every line-up: read from tournaments and arrays, drawn again, and averaged over seats."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, as_floats
from negotiation.errors import GameShapeError, NotFiniteError, SizeLimitError, WrongTypeError
from negotiation.simulation.tournament import Tournament

_MOST_SEATS = 6


def cells_of(cup: Tournament) -> tuple[list[Array], tuple[int, ...]]:
    """Runs of each line-up of a tournament, (runs, N) each."""
    shape = (len(cup.labels),) * cup.line_ups.shape[1]
    cell = np.ravel_multi_index(tuple(cup.line_ups.T), shape)
    order = np.argsort(cell, kind="stable")
    cells = np.split(cup.shares()[order], np.cumsum(np.bincount(cell, minlength=int(np.prod(shape))))[:-1])
    if any(len(c) == 0 for c in cells):
        raise GameShapeError("some line-ups were not played; run the tournament to its end, with self_play=True.")
    return cells, shape


def cells_in(source: npt.ArrayLike) -> tuple[list[Array], tuple[int, ...]]:
    """Runs of each cell of an array, (runs, N) each."""
    if source is None or isinstance(source, str | dict):
        raise WrongTypeError(f"empirical_game takes a Tournament, or payoffs of runs as an array, not {source!r}.")
    runs = as_floats(source, "payoffs of runs")
    if runs.ndim < 3 or runs.ndim - 2 != runs.shape[1] or 0 in runs.shape:
        raise GameShapeError(
            f"payoffs of runs have shape {runs.shape}; expected (R, N, m_1, …, m_N): run, seat, strategies."
        )
    if not np.isfinite(runs).all():
        raise NotFiniteError("a payoff is NaN or infinite; leave the run out of every cell, or mend it.")
    flat = runs.reshape(*runs.shape[:2], -1)
    return [flat[:, :, k] for k in range(flat.shape[2])], runs.shape[2:]


def names_of(strategies: Any, shape: tuple[int, ...]) -> Any:
    """Names for each seat."""
    if strategies is None or not all(isinstance(s, str) for s in strategies):
        return strategies
    if len(set(shape)) > 1:
        raise GameShapeError(f"seats have {shape} strategies; give names for each of them.")
    return [tuple(strategies)] * len(shape)


def error_of(cell: Array) -> Array:
    """The standard error of the mean of a cell, (N,)."""
    if len(cell) < 2:
        return np.full(cell.shape[1], np.nan)
    return np.asarray(cell.std(axis=0, ddof=1) / np.sqrt(len(cell)))


def table_of(cells: list[Array], shape: tuple[int, ...], of: Any) -> Array:
    """A number a seat and cell, (N, m_1, ..., m_N)."""
    return np.stack([of(cell) for cell in cells], axis=1).reshape(-1, *shape)


def resampled(cells: list[Array], shape: tuple[int, ...], resamples: int, rng: np.random.Generator) -> Array:
    """Mean payoffs in games drawn from the runs, (B, N, m_1, ..., m_N)."""
    drawn = []
    for cell in cells:
        weights = rng.multinomial(len(cell), np.full(len(cell), 1 / len(cell)), size=resamples)
        drawn.append(weights @ cell / len(cell))
    return np.stack(drawn, axis=2).reshape(resamples, -1, *shape)


def tables_of(cup: Tournament) -> Array:
    """The mean payoffs of each line-up in each domain, (K, N, n, ..., n)."""
    shape = (len(cup.domains), *(len(cup.labels),) * cup.line_ups.shape[1])
    at = (cup.domain_of, *cup.line_ups.T)
    counts, shares = np.zeros(shape), cup.shares()
    np.add.at(counts, at, 1)
    if not counts.all():
        raise GameShapeError("some line-ups were not played on some domain; run the tournament to its end.")
    sums = np.zeros((shares.shape[1], *shape))
    for seat, own in enumerate(sums):
        np.add.at(own, at, shares[:, seat])
    return np.moveaxis(sums / counts, 0, 1)


def drawn_tables(tables: Array, resamples: int, rng: np.random.Generator) -> Array:
    """Means over whole tables drawn with replacement, (B, N, m_1, ..., m_N)."""
    many = len(tables)
    weights = rng.multinomial(many, np.full(many, 1 / many), size=resamples)
    return np.asarray(np.tensordot(weights / many, tables, axes=1))


def seats_averaged(tables: Array, n: int) -> Array:
    """Payoffs of one who takes each of the `n` seats equally often, (..., N, m, ..., m); the game is symmetric then."""
    if len(set(tables.shape[-n:])) > 1:
        raise GameShapeError(
            f"seats have {tables.shape[-n:]} strategies; only with the same ones can they be averaged."
        )
    if n > _MOST_SEATS:
        raise SizeLimitError(f"seats are averaged over all their orders, up to {_MOST_SEATS} seats; here are {n}.")
    lead = tables.ndim - n - 1
    orders = list(permutations(range(n)))
    total = np.zeros_like(tables)
    for order in orders:
        moved = np.take(tables, order, axis=lead)
        total += moved.transpose(*range(lead + 1), *(lead + 1 + seat for seat in order))
    return np.asarray(total / len(orders))
