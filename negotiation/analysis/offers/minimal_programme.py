"""Minimal offers past listing: one mixed-integer programme an offer, each excluding those that contain an earlier one."""

from __future__ import annotations

import time

import numpy as np

from negotiation.analysis.criteria.acceptable import Acceptable
from negotiation.analysis.offers.best import first_met, linear_or_error, worth_to
from negotiation.analysis.offers.efficient import best_acceptable
from negotiation.analysis.offers.family import Family
from negotiation.analysis.offers.linear import Linear
from negotiation.analysis.offers.minimal_result import MinimalPackages, Question
from negotiation.analysis.offers.programme import OutOfTimeError, Programme
from negotiation.arrays import Array, IntArray

# The smallest step of a concession, as a share of the largest, that the programme can order by its cost.
SMALLEST_STEP = 1e-4


def by_programme(question: Question, family: Family, limit: int, seconds: float | None = None) -> MinimalPackages:
    """Find the minimal offers one after the other, the cheapest for the proposer first where its costs allow that order."""
    linear = linear_or_error(question.criterion, question.talks, family, question.party)
    programme = Programme(family, None if seconds is None else time.monotonic() + seconds)
    try:
        return _one_by_one(question, family, programme, linear, limit)
    except OutOfTimeError:
        note = f"stopped after {seconds:g} seconds, before any offer was found or ruled out; allow more."
        return MinimalPackages(question, notes=(note,), complete=False)


def _one_by_one(
    question: Question, family: Family, programme: Programme, linear: Linear, limit: int
) -> MinimalPackages:
    """The best offer, what is minimal below it, and then whatever contains none of those found."""
    worth, _ = programme.on_columns(worth_to(question.talks, question.proposer))
    best = _best(question, family, programme, worth, linear)
    if best is None:
        return question.nothing(programme.nearest(linear))
    order = worth if _every_step_costs(programme, worth) else -programme.sizes()
    smallest = first_met(question, programme, order, linear, programme.at_most(best))
    found: list[IntArray] = [best if smallest is None else smallest]
    cuts = [programme.not_beyond(found[0])]
    complete, why = not found[0][list(family.free)].any(), ""  # the empty offer is below all others
    while not complete and not why:
        if len(found) == limit:
            why = f"stopped at {limit} offers; there may be more, raise the limit to look."
            break
        try:
            following = first_met(question, programme, order, linear, cuts)
        except OutOfTimeError:
            why = f"stopped in time, at {len(found)} offers; there may be more, allow more seconds to look."
            break
        complete = following is None
        if following is not None:
            found.append(following)
            cuts.append(programme.not_beyond(following))
    return question.found(question.best_first(np.array(found)), best, limit, (why,) if why else ())


def _best(question: Question, family: Family, programme: Programme, worth: Array, linear: Linear) -> IntArray | None:
    """The offer worth most to the proposer, off the frontier where everybody only has to accept: that is quicker."""
    if question.criterion == Acceptable() and question.party is None and programme.deadline is None:
        me = question.talks.party_index(question.proposer)
        return best_acceptable(question, family, np.eye(len(question.talks.parties))[me])
    return first_met(question, programme, worth, linear, [])


def _every_step_costs(programme: Programme, worth: Array) -> bool:
    """Whether each further option of each measure costs the proposer, whatever else is offered."""
    n = len(programme.columns)
    if worth[n:].any():
        return False
    steps = [worth[c] - (worth[c - 1] if option > 1 else 0.0) for c, (_, option) in enumerate(programme.columns)]
    return max(steps, default=-1.0) < -SMALLEST_STEP * float(np.abs(worth).max(initial=0.0))
