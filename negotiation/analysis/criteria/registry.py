"""Criteria by name, in the order in which they are shown."""

from __future__ import annotations

from negotiation.analysis.criteria.acceptable import Acceptable
from negotiation.analysis.criteria.better_than_waiting import BetterThanWaiting
from negotiation.analysis.criteria.efficient import Efficient
from negotiation.analysis.criteria.fair import Fair
from negotiation.analysis.criteria.kept import Kept
from negotiation.analysis.criteria.ratifiable import Ratifiable
from negotiation.analysis.criteria.revealing import Revealing
from negotiation.analysis.criteria.robust import Robust
from negotiation.analysis.criteria.self_enforcing import SelfEnforcing
from negotiation.analysis.criteria.sequenced import Sequenced
from negotiation.analysis.criteria.spontaneous import Spontaneous
from negotiation.analysis.criteria.stable import Stable
from negotiation.analysis.criteria.worth_the_doubt import WorthTheDoubt
from negotiation.analysis.verdict import Criterion, ProposedCriterion
from negotiation.errors import UnknownNameError, WrongTypeError

CRITERIA: dict[str, type[Criterion]] = {
    kind.name: kind
    for kind in (
        Acceptable,
        WorthTheDoubt,
        Efficient,
        Spontaneous,
        Sequenced,
        Fair,
        BetterThanWaiting,
        SelfEnforcing,
        Stable,
        Ratifiable,
        Revealing,
        Robust,
    )
}


# Known by name too, but asked only on request: variants of one of those above.
ON_REQUEST: dict[str, type[Criterion]] = {Kept.name: Kept}


def as_criterion(criterion: str | Criterion, *, proposer: str | None = None) -> Criterion:
    """A criterion by name with its default options, or the value given; about offers of the proposer, where that matters."""
    chosen = _by_name(criterion)
    return chosen.proposed_by(proposer) if proposer is not None and isinstance(chosen, ProposedCriterion) else chosen


def _by_name(criterion: str | Criterion) -> Criterion:
    if isinstance(criterion, str):
        known = CRITERIA | ON_REQUEST
        if criterion not in known:
            raise UnknownNameError("criterion", criterion, known)
        return known[criterion]()
    if isinstance(criterion, type) or not isinstance(criterion, Criterion):
        raise WrongTypeError(f"{criterion!r} is not a criterion; give a name ({', '.join(CRITERIA)}) or a value.")
    return criterion
