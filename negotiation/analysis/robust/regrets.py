"""The largest regret of every offer over the ranges of the stakes, exactly and without draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from negotiation.analysis.knobs import ends_of
from negotiation.analysis.offers.family import Family
from negotiation.arrays import Array, BoolArray, IntArray
from negotiation.errors import SizeLimitError
from negotiation.model.party import Party

# Offers compared with each other: memory and work grow with the square.
MOST_OFFERS = 8_192
# Offers compared with all others at a time: keeps the arrays small.
BLOCK = 512

WALK_AWAY = -1  # in place of an offer's position: not offering anything


def fallback_ends(party: Party) -> tuple[float, float]:
    """The range of the least a party signs for."""
    stated = party.disagreement if party.reservation is None else party.reservation
    return ends_of(stated.value)


@dataclass(frozen=True, slots=True, eq=False)
class Regrets:
    """What the proposer can regret about each offer. Axes: ``D`` offers.

    Parameters
    ----------
    codes : ndarray of int, shape (D, K)
        The packages: the ask with each offer.
    largest : ndarray, shape (D,)
        The largest regret over all stakes within their ranges and over all that could have been done instead.
    rival : ndarray of int, shape (D,)
        What would have been better in that worst case: the position of an offer, or -1 for walking away.
    was_accepted : ndarray of bool, shape (D,)
        Whether the offer is accepted in its worst case.
    """

    codes: IntArray
    largest: Array
    rival: IntArray
    was_accepted: BoolArray


def largest_regrets(family: Family, proposer: str) -> Regrets:
    """Compute the largest regret of every offer of a family.

    Raises
    ------
    SizeLimitError
        More offers than can be compared with each other.

    Notes
    -----
    Under stakes ``s`` an offer ``P`` is worth ``u_i(P, s)`` to the proposer ``i`` if every other party accepts
    (``u_j(P, s) ≥ r_j(s)``) and ``d_i(s)`` if not; walking away is worth ``d_i(s)``. The regret of ``P`` is
    ``max_{P', s} value(P', s) - value(P, s)``. Who accepts depends on the others' stakes only and what it is worth on the
    proposer's only, so each of the four cases (either is accepted or not) is an interval: an offer is refused while a rival is
    accepted iff that can be so with what both hold at some one value, what only the one holds at its worst and what only the
    other holds at its best. Cost: a few products of (D, T) by (T, D); no draws.
    """
    if family.size > MOST_OFFERS:
        raise SizeLimitError(
            f"{family.size:,} offers are too many to compare with each other (limit {MOST_OFFERS:,}); take measures off the "
            "table with without_issues."
        )
    talks = family.talks
    codes = family.codes(np.arange(family.size))
    hits = talks.terms.hits(codes).astype(np.float64)
    ends = np.array([ends_of(v) for v in talks.terms.values]).reshape(-1, 2)
    me = talks.party_index(proposer)
    mine = talks.terms.of_party(me)
    own = _Sums(hits[:, mine], ends[mine])
    responders = []
    for j, party in enumerate(talks.parties):
        if j != me:
            terms = talks.terms.of_party(j)
            responders.append(_Responder(_Sums(hits[:, terms], ends[terms]), fallback_ends(party)))
    fallback = ends_of(talks.parties[me].disagreement.value)
    blocks = [_of_block(own, responders, fallback, slice(k, k + BLOCK)) for k in range(0, len(codes), BLOCK)]
    largest, rival, was_accepted = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    return Regrets(codes, largest, rival, was_accepted)


def _of_block(
    own: _Sums, responders: list[_Responder], fallback: tuple[float, float], rows: slice
) -> tuple[Array, IntArray, BoolArray]:
    """Largest regret, rival and whether accepted, for some offers against all: shapes (B,)."""
    may_accept = np.logical_and.reduce([r.may[rows] for r in responders])
    may_refuse = np.logical_or.reduce([r.may_not[rows] for r in responders])
    both = np.logical_and.reduce([r.both(rows) for r in responders])
    rival_only = np.zeros_like(both)
    for k, responder in enumerate(responders):
        rest = [r.may for m, r in enumerate(responders) if m != k]
        rival_only |= responder.rival_only(rows) & np.logical_and.reduce(
            [np.ones(both.shape[1], dtype=np.bool_), *rest]
        )
    # Case by case: value(P', s) - value(P, s) at its largest; rows P, columns P'.
    shared_low, shared_high = own.shared(rows)
    better = (own.high[None, :] - shared_high) - (own.low[rows, None] - shared_low)
    regret = np.where(both, better, -np.inf)
    refused = np.where(rival_only, own.high[None, :] - fallback[0], -np.inf)
    walked = np.where(may_accept, fallback[1] - own.low[rows], -np.inf)
    table = np.stack([regret.max(axis=1), refused.max(axis=1), walked, np.where(may_refuse, 0.0, -np.inf)])
    case = table.argmax(axis=0)
    away = np.full(case.size, WALK_AWAY)
    rivals = np.stack([regret.argmax(axis=1), refused.argmax(axis=1), away, away])
    at = np.arange(case.size)
    return table[case, at], rivals[case, at], np.isin(case, (0, 2))


class _Sums:
    """What offers are worth to one party at the ends of the ranges, and what two of them share. Axes: ``D`` offers."""

    def __init__(self, hits: Array, ends: Array) -> None:
        self._hits, self._ends = hits, ends
        self.low, self.high = hits @ ends[:, 0], hits @ ends[:, 1]
        self.size = float(np.abs(ends).sum())

    def shared(self, rows: slice) -> tuple[Array, Array]:
        """The lowest and the highest of what some offers share with each, (B, D)."""
        some = self._hits[rows]
        return (some * self._ends[:, 0]) @ self._hits.T, (some * self._ends[:, 1]) @ self._hits.T


class _Responder:
    """What one responder can do at some stakes within their ranges: accept, or refuse, one offer or one and not another.

    With ``X`` what both packages hold less the fallback and ``a`` what only one holds, it accepts where ``X + a ≥ 0``.
    """

    def __init__(self, sums: _Sums, fallback: tuple[float, float]) -> None:
        self._sums, (self._low_r, self._high_r) = sums, fallback
        self._slack = 1e-12 * (sums.size + abs(self._low_r) + abs(self._high_r))
        self.may = sums.high - self._low_r >= -self._slack
        self.may_not = sums.low - self._high_r < -self._slack

    def both(self, rows: slice) -> BoolArray:
        """Whether it can accept both an offer and a rival, (B, D)."""
        _, high = self._sums.shared(rows)
        least = np.minimum(self._sums.high[rows, None] - high, self._sums.high[None, :] - high)
        return np.asarray(high - self._low_r + least >= -self._slack)

    def rival_only(self, rows: slice) -> BoolArray:
        """Whether it can accept the rival and refuse the offer, (B, D)."""
        low, high = self._sums.shared(rows)
        rival = self._sums.high[None, :] - high
        worst = np.maximum(low - self._high_r, -rival) + self._sums.low[rows, None] - low
        return np.asarray((high - self._low_r + rival >= -self._slack) & (worst < -self._slack))
