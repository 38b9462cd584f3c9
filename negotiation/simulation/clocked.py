"""Strategies that follow the clock, played many negotiations at a time; to the offer what `play` makes of them one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from negotiation.arrays import Array, IntArray
from negotiation.model.negotiation import Negotiation
from negotiation.simulation.domain import Domain
from negotiation.simulation.protocols.alternating import StackedAlternatingOffers
from negotiation.simulation.protocols.clock import times

# Cells of [0, 1] in which the first step is looked up.
CELLS = 4096


def is_clocked(strategy: Any) -> bool:
    """Whether all a strategy does follows from `concession`."""
    return bool(getattr(strategy, "follows_the_clock", False)) and hasattr(strategy, "concession")


def counts_rounds(protocol: object) -> bool:
    """Whether talks are alternating offers that end after a known number of rounds."""
    return isinstance(protocol, StackedAlternatingOffers) and protocol.pace is None and protocol.extension is None


def targets_of(strategies: Sequence[Any], protocol: StackedAlternatingOffers) -> Array:
    """The level from which each strategy accepts, round by round, shape (n, T)."""
    clock = times(protocol.rounds, protocol.clock).tolist()
    return np.array([np.clip(s.concession(clock), 0.0, 1.0) for s in strategies]).reshape(len(strategies), -1)


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
    sums: Sums, reservation: Array, strategies: Sequence[Any], protocol: StackedAlternatingOffers
) -> tuple[IntArray, Array]:
    """Play one line-up on many domains, each a sum over issues.

    Returns
    -------
    ndarray of int, shape (S, 4)
        As `meet_all` gives it.
    ndarray, shape (S, P)
        Payoffs of the outcomes agreed on; 0 where there is none.

    Notes
    -----
    ``O(S P (D + T))``: outcomes are not sorted, each is put under the step of the concession curve that it reaches.
    """
    from negotiation.simulation.kernels.clocked import drawn

    n_runs, n, _ = sums.tables.shape
    targets = targets_of(strategies, protocol)
    rounds = targets.shape[1]
    steps, n_steps = np.full((n, rounds + 1), -np.inf), np.empty(n, dtype=np.int64)
    first, where = np.empty((n, CELLS), dtype=np.int32), np.empty((n, rounds), dtype=np.int64)
    edges = np.arange(1, CELLS + 1) / CELLS
    for p in range(n):
        ascending, back = np.unique(targets[p], return_inverse=True)
        down = ascending[::-1]
        n_steps[p] = down.size
        steps[p, : down.size] = down
        where[p] = down.size - 1 - back.ravel()
        first[p] = np.minimum((down[None, :] > edges[:, None]).sum(axis=1), down.size - 1)
    results, payoffs = np.empty((n_runs, 4), dtype=np.int64), np.zeros((n_runs, n))
    order = np.array(protocol.order(n), dtype=np.int64)
    drawn(
        sums.tables, sums.sizes, sums.extra, sums.extra_party, sums.extra_rows, sums.extra_ends, reservation, targets,
        steps, n_steps, first, where, order, results, payoffs,
    )  # fmt: skip
    return results, payoffs


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Payoffs as sums over issues, in many draws.

    Parameters
    ----------
    tables : ndarray, shape (S, P, M)
        What each option of each issue is worth, issues side by side.
    sizes : ndarray of int, shape (K,)
        Options of each issue.
    extra : ndarray, shape (S, I)
        What arises for combinations of options.
    extra_party : ndarray of int, shape (I,)
    extra_rows : ndarray of int
        The outcomes in which they arise, combination by combination.
    extra_ends : ndarray of int, shape (I + 1,)
        Where each begins in `extra_rows`.
    """

    tables: Array
    sizes: IntArray
    extra: Array
    extra_party: IntArray
    extra_rows: IntArray
    extra_ends: IntArray


def sums_of(talks: Negotiation, values: Array) -> Sums:
    """The payoffs of a negotiation at draws of its stakes, ``values`` (S, T); to the bit what `payoff_grid` adds up."""
    terms = talks.terms
    sizes = np.array([len(issue.options) for issue in talks.issues], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    tables = np.zeros((len(values), len(talks.parties), int(starts[-1])))
    joint = [t for t, conditions in enumerate(terms.conditions) if len(conditions) > 1]
    for t, conditions in enumerate(terms.conditions):
        if len(conditions) == 1:
            ((issue, option),) = conditions
            tables[:, terms.party[t], starts[issue] + option] += values[:, t]
    rows = [_rows_with(sizes, terms.conditions[t]) for t in joint]
    return Sums(
        tables,
        sizes,
        np.ascontiguousarray(values[:, joint]),
        np.array([terms.party[t] for t in joint], dtype=np.int64),
        np.concatenate([np.zeros(0, dtype=np.int64), *rows]),
        np.concatenate([[0], np.cumsum([len(r) for r in rows])]).astype(np.int64),
    )


def _rows_with(sizes: IntArray, conditions: Sequence[tuple[int, int]]) -> IntArray:
    """The rows of the outcomes in which these issues are at these options."""
    rows = np.arange(int(np.prod(sizes))).reshape(tuple(sizes))
    at: list[Any] = [slice(None)] * len(sizes)
    for issue, option in conditions:
        at[issue] = option
    return np.asarray(rows[tuple(at)].ravel(), dtype=np.int64)
