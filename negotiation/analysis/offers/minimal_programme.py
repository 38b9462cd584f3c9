"""Minimal offers past listing: one mixed-integer programme an offer, each excluding those that contain an earlier one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from negotiation.analysis.offers.family import LISTED, Family, met
from negotiation.analysis.offers.linear import Linear, weights_on_terms
from negotiation.analysis.offers.minimal_result import MinimalPackages, Question
from negotiation.analysis.offers.programme import Cut, Programme
from negotiation.analysis.verdict import Criterion
from negotiation.arrays import Array, IntArray
from negotiation.errors import SizeLimitError
from negotiation.model.negotiation import Negotiation

# The smallest step of a concession, as a share of the largest, that the programme can order by its cost.
SMALLEST_STEP = 1e-4


def by_programme(question: Question, family: Family, limit: int) -> MinimalPackages:
    """Find the minimal offers one after the other, the cheapest for the proposer first where its costs allow that order."""
    linear = linear_or_error(question.criterion, question.talks, family, question.party)
    programme = Programme(family)
    worth, _ = programme.on_columns(worth_to(question.talks, question.proposer))
    best = first_met(question, programme, worth, linear, [])
    if best is None:
        return question.nothing(programme.nearest(linear))
    order = worth if _every_step_costs(programme, worth) else -programme.sizes()
    smallest = first_met(question, programme, order, linear, programme.at_most(best))
    found: list[IntArray] = [best if smallest is None else smallest]
    cuts = [programme.not_beyond(found[0])]
    complete = not found[0][list(family.free)].any()  # the empty offer is below all others
    while not complete and len(found) < limit:
        following = first_met(question, programme, order, linear, cuts)
        complete = following is None
        if following is not None:
            found.append(following)
            cuts.append(programme.not_beyond(following))
    notes = () if complete else (f"stopped at {limit} offers; there may be more, raise the limit to look.",)
    return question.found(question.best_first(np.array(found)), best, limit, notes)


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
            "in the stakes, so they cannot be searched without a list; take issues off the table with without_issues."
        )
    return linear


def worth_to(talks: Negotiation, party: str) -> Array:
    """The central value of every term to one party, shape (T,)."""
    return np.where(talks.terms.party == talks.party_index(party), talks.terms.central, 0.0)


def _every_step_costs(programme: Programme, worth: Array) -> bool:
    """Whether each further option of each measure costs the proposer, whatever else is offered."""
    n = len(programme.columns)
    if worth[n:].any():
        return False
    steps = [worth[c] - (worth[c - 1] if option > 1 else 0.0) for c, (_, option) in enumerate(programme.columns)]
    return max(steps, default=-1.0) < -SMALLEST_STEP * float(np.abs(worth).max(initial=0.0))
