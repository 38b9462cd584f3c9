"""Strategies that follow the clock, played many negotiations at a time; to the offer what `play` makes of them one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from negotiation.arrays import Array, IntArray
from negotiation.simulation.domain import Domain
from negotiation.simulation.protocols.alternating import StackedAlternatingOffers
from negotiation.simulation.protocols.clock import times

# Cells of [0, 1] in which the first step is looked up.
CELLS = 1024


def is_clocked(strategy: Any) -> bool:
    """Whether all a strategy does follows from `concession`."""
    return bool(getattr(strategy, "follows_the_clock", False)) and hasattr(strategy, "concession")


def counts_rounds(protocol: object) -> bool:
    """Whether talks are alternating offers that end after a known number of rounds."""
    return isinstance(protocol, StackedAlternatingOffers) and protocol.pace is None and protocol.extension is None


def targets_of(strategies: Sequence[Any], protocol: StackedAlternatingOffers) -> Array:
    """The level from which each strategy accepts, round by round, shape (n, T)."""
    clock = times(protocol.rounds, protocol.clock).tolist()
    return np.array([np.maximum(s.concession(clock), 0.0) for s in strategies]).reshape(len(strategies), -1)


def meet_all(
    domain: Domain, strategies: Sequence[Any], line_ups: IntArray, protocol: StackedAlternatingOffers
) -> IntArray:
    """Play line-ups (M, P), positions in `strategies`, on one domain.

    Returns
    -------
    ndarray of int, shape (M, 4)
        Ending (0 agreement, 1 deadline, 2 left), outcome or -1, delay, last round.
    """
    from negotiation.simulation.kernels.clocked import meet

    n = domain.n_parties
    each = targets_of(strategies, protocol)
    seats = [domain.seat(p) for p in range(n)]
    offers = np.array(
        [seat.all_at_least(each) if seat.is_willing else np.full(each.shape, -1, dtype=np.int64) for seat in seats]
    )
    results = np.empty((len(line_ups), 4), dtype=np.int64)
    levels = np.array([seat.levels for seat in seats])
    order = np.array(protocol.order(n), dtype=np.int64)
    meet(levels, offers, np.array([each] * n), np.ascontiguousarray(line_ups, dtype=np.int64), order, results)
    return results


def meet_drawn(
    grid: Array, reservation: Array, strategies: Sequence[Any], protocol: StackedAlternatingOffers
) -> IntArray:
    """Play one line-up on many domains, given as payoffs (S, P, D); returns what `meet_all` does, shape (S, 4).

    Notes
    -----
    ``O(S P (D + T))``: outcomes are not sorted, each is put under the step of the concession curve that it reaches.
    """
    from negotiation.simulation.kernels.clocked import drawn

    n_runs, n, _ = grid.shape
    targets = targets_of(strategies, protocol)
    rounds = targets.shape[1]
    steps, n_steps = np.zeros((n, rounds)), np.empty(n, dtype=np.int64)
    first, where = np.empty((n, CELLS), dtype=np.int64), np.empty((n, rounds), dtype=np.int64)
    edges = np.arange(1, CELLS + 1) / CELLS
    for p in range(n):
        ascending, back = np.unique(targets[p], return_inverse=True)
        down = ascending[::-1]
        n_steps[p] = down.size
        steps[p, : down.size] = down
        where[p] = down.size - 1 - back.ravel()
        first[p] = np.minimum((down[None, :] > edges[:, None]).sum(axis=1), down.size - 1)
    results = np.empty((n_runs, 4), dtype=np.int64)
    order = np.array(protocol.order(n), dtype=np.int64)
    drawn(np.ascontiguousarray(grid), reservation, targets[:, None, :], steps, n_steps, first, where, order, results)
    return results
