"""The largest regret of every offer over the ranges of the stakes, exactly and without draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from negotiation.analysis.knobs import TAILS
from negotiation.analysis.offers.family import Family
from negotiation.arrays import Array, BoolArray, IntArray
from negotiation.errors import SizeLimitError
from negotiation.model.distribution import Distribution
from negotiation.model.negotiation import Negotiation
from negotiation.model.party import Party
from negotiation.model.quantity import Quantity, support

# Offers compared with each other: memory and work grow with the square.
MOST_OFFERS = 4_096

WALK_AWAY = -1  # in place of an offer's position: not offering anything


def ends_of(value: Quantity) -> tuple[float, float]:
    """The ends of a range; far quantiles where it has none."""
    low, high = support(value)
    if isinstance(value, Distribution) and not np.isfinite([low, high]).all():
        far = value.ppf(np.array(TAILS))
        low, high = (float(f) if not np.isfinite(e) else e for f, e in zip(far, (low, high), strict=True))
    return low, high


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
    others = [i for i in range(len(talks.parties)) if i != me]
    low_d, high_d = ends_of(talks.parties[me].disagreement.value)
    accepts = [_acceptance(hits[:, talks.terms.of_party(j)], ends[talks.terms.of_party(j)], talks, j) for j in others]
    may_accept = np.logical_and.reduce([a.may for a in accepts])
    may_refuse = np.logical_or.reduce([a.may_not for a in accepts])
    both = np.logical_and.reduce([a.both for a in accepts])
    rival_only = np.zeros_like(both)
    for k, a in enumerate(accepts):
        rest = np.logical_and.reduce([np.ones_like(may_accept), *(b.may for m, b in enumerate(accepts) if m != k)])
        rival_only |= a.rival_only & rest[None, :]
    mine = talks.terms.of_party(me)
    own, span = hits[:, mine], ends[mine]
    worth_low, worth_high = own @ span[:, 0], own @ span[:, 1]
    # Case by case: value(P', s) - value(P, s) at its largest; rows P, columns P'.
    shared_low, shared_high = own @ (own * span[:, 0]).T, own @ (own * span[:, 1]).T
    better = (worth_high[None, :] - shared_high) - (worth_low[:, None] - shared_low)
    regret = np.where(both, better, -np.inf)
    refused = np.where(rival_only, worth_high[None, :] - low_d, -np.inf)
    accepted_walk = np.where(may_accept, high_d - worth_low, -np.inf)
    refused_walk = np.where(may_refuse, 0.0, -np.inf)
    np.fill_diagonal(regret, np.where(may_accept, 0.0, -np.inf))
    table = np.stack([regret.max(axis=1), refused.max(axis=1), accepted_walk, refused_walk])
    case = table.argmax(axis=0)
    rivals = np.stack([regret.argmax(axis=1), refused.argmax(axis=1), *np.full((2, len(codes)), WALK_AWAY)])
    rows = np.arange(len(codes))
    return Regrets(codes, table[case, rows], rivals[case, rows], np.isin(case, (0, 2)))


@dataclass(frozen=True, slots=True, eq=False)
class _Acceptance:
    """What one responder can do at some stakes within their ranges: (D,) for one offer, (D, D) for an offer and a rival."""

    may: BoolArray
    may_not: BoolArray
    both: BoolArray
    rival_only: BoolArray


def _acceptance(hits: Array, ends: Array, talks: Negotiation, party: int) -> _Acceptance:
    """Where ``X + a(P) ≥ 0``: ``X`` what both packages hold less the fallback, ``a`` what only one holds."""
    low_r, high_r = fallback_ends(talks.parties[party])
    low, high = ends.T if ends.size else (np.zeros(0), np.zeros(0))
    low_all, high_all = hits @ low, hits @ high
    shared_low, shared_high = hits @ (hits * low).T, hits @ (hits * high).T
    x_high = shared_high - low_r
    x_low = shared_low - high_r
    only_low, only_high = low_all[:, None] - shared_low, high_all[:, None] - shared_high
    rival_high = high_all[None, :] - shared_high
    slack = 1e-12 * (np.abs(ends).sum() + abs(low_r) + abs(high_r) + 1e-300)
    return _Acceptance(
        may=high_all - low_r >= -slack,
        may_not=low_all - high_r < -slack,
        both=x_high + np.minimum(only_high, rival_high) >= -slack,
        rival_only=(x_high + rival_high >= -slack) & (np.maximum(x_low, -rival_high) + only_low < -slack),
    )
