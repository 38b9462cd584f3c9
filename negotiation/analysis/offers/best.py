"""The best package of a family under a criterion: listed while that fits, by a mixed-integer programme past that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from negotiation.analysis.offers.family import BLOCK, LISTED, Family, met
from negotiation.analysis.offers.linear import Linear, weights_on_terms
from negotiation.analysis.offers.minimal_result import Question
from negotiation.analysis.offers.programme import Cut, Programme
from negotiation.analysis.verdict import Criterion
from negotiation.arrays import Array, IntArray
from negotiation.errors import SizeLimitError
from negotiation.model.negotiation import Negotiation
from negotiation.model.rounding import NOISE


class Best(NamedTuple):
    """The best packages, option positions (B, K), all of them if `has_all_ties`; none if nothing meets the criterion."""

    codes: IntArray
    has_all_ties: bool


def best_of(question: Question, family: Family, objective: Array, *, listed: int = LISTED) -> Best:
    """Find what maximises an objective over terms, shape (T,), among the packages that meet the criterion.

    Up to `listed` packages all are judged and every tie is kept; past that, one programme and one package.
    """
    if family.size <= listed:
        positions = np.flatnonzero(met(family.margins(question.criterion, question.party)))
        values = _valued(family, positions, objective)
        noise = NOISE * float(np.abs(objective).sum())
        return Best(family.codes(positions[values >= values.max(initial=-np.inf) - noise]), True)
    linear = linear_or_error(question.criterion, question.talks, family, question.party)
    programme = Programme(family)
    found = first_met(question, programme, programme.on_columns(objective)[0], linear, [])
    return Best(np.empty((0, len(family.base)), dtype=np.int64) if found is None else found[None, :], found is None)


def _valued(family: Family, positions: IntArray, objective: Array) -> Array:
    """The objective of members of a family, in blocks."""
    out = np.empty(len(positions))
    counting = np.flatnonzero(objective)
    for start in range(0, len(positions), BLOCK):
        rows = slice(start, start + BLOCK)
        out[rows] = family.talks.terms.hits(family.codes(positions[rows]))[:, counting] @ objective[counting]
    return out


def first_met(
    question: Question, programme: Programme, objective: Array, linear: Linear, cuts: Sequence[Cut]
) -> IntArray | None:
    """A best package that the criterion itself confirms; those within the programme's rounding are passed over."""
    passed = list(cuts)
    while True:
        codes = programme.maximise(objective, linear, passed)
        if codes is None or met(question.margins(codes[None, :]))[0]:
            return codes
        passed.append(programme.not_again(codes))


def linear_or_error(criterion: Criterion, talks: Negotiation, family: Family, party: str | None) -> Linear:
    """The weights of a linear criterion."""
    linear = weights_on_terms(criterion, talks, party)
    if linear is None:
        raise SizeLimitError(
            f"{family.size:,} offers are more than the {LISTED:,} that can be listed, and {criterion.name!r} is not linear "
            "in what parties get, so they cannot be searched without a list; take issues off the table with without_issues."
        )
    return linear


def worth_to(talks: Negotiation, party: str) -> Array:
    """The central value of every term to one party, shape (T,)."""
    return np.where(talks.terms.party == talks.party_index(party), talks.terms.central, 0.0)
