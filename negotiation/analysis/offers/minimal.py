"""The smallest offers that are enough for an ask."""

from __future__ import annotations

from numbers import Real

import numpy as np

from negotiation.analysis.criteria.registry import as_criterion
from negotiation.analysis.offers.family import Family, met, offers_for
from negotiation.analysis.offers.minimal_result import MinimalPackages, Question
from negotiation.analysis.verdict import Criterion
from negotiation.arrays import BoolArray
from negotiation.door import checked
from negotiation.errors import ParameterError
from negotiation.model.negotiation import Negotiation, Settings

# How many packages are returned unless a limit is given: listed, and one by one past listing.
LIMIT_LISTED, LIMIT_PROGRAMMED = 10_000, 50


@checked
def minimal_packages(
    talks: Negotiation,
    ask: Settings,
    *,
    proposer: str,
    criterion: str | Criterion = "acceptable",
    party: str | None = None,
    limit: int | None = None,
    seconds: float | None = None,
) -> MinimalPackages:
    """Find every smallest offer of the proposer's own measures that is enough for an ask.

    Parameters
    ----------
    talks : Negotiation
    ask : sequence of issue names (last option), or mapping of issue to option
        What the proposer wants of the others; issues not named stay at the status quo.
    proposer : str
        Whose measures are offered.
    criterion : str or Criterion
        What "enough" means; `better_than_waiting` asks the others whether they would say no to the proposer.
    party : str, optional
        For whom it has to hold: by default for every party, the proposer included.
    limit : int, optional
        At most so many packages; by default 10,000 when the offers can be listed, 50 past that.
    seconds : float, optional
        Past listing, stop looking after so long: what was found by then is returned, and a note says so.

    Returns
    -------
    MinimalPackages
        A list of packages, the ask included, the one worth most to the proposer first; with `cheapest`, `best`,
        `complete`, `notes`, payoffs and margins. Empty when nothing suffices: the notes say who refuses and by how much.

    Raises
    ------
    EmptyPackageError, OwnershipError, UnknownNameError
        An ask that is empty, the proposer's own, or unknown.
    SizeLimitError
        More than a million offers, and a criterion that is not linear in what parties get.

    Notes
    -----
    The options of a measure are ordered from the status quo to the full concession, as the issue lists them: an offer is
    smaller than another if it goes at most as far on every measure and less far on one. A minimal offer is enough, and no
    smaller one is. Enough need not grow with the offer (the proposer has to sign too), so nothing is assumed about it:
    up to 2**20 offers all are judged, cost ``O(D T)`` for ``D`` offers and ``T`` stakes. Past that, for criteria that are
    linear in what parties get, one mixed-integer programme an offer found, each excluding those that contain an earlier one.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="A"), ng.Issue("z", owner="B")],
    ...     [ng.Stake("A", "z", "lifted", 9), ng.Stake("A", "x", "lifted", -1), ng.Stake("A", "y", "lifted", -2),
    ...      ng.Stake("B", "z", "lifted", -4), ng.Stake("B", "x", "lifted", 3), ng.Stake("B", "y", "lifted", 5)])
    >>> list(ng.minimal_packages(talks, ask=["z"], proposer="A"))
    [Package(y: lifted, z: lifted; 1 more at the status quo)]
    """
    chosen = as_criterion(criterion, proposer=proposer)
    if party is not None:
        talks.party_index(party)
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
        raise ParameterError(f"limit must be a whole number from 1, not {limit!r}.")
    if seconds is not None and not (isinstance(seconds, Real) and seconds > 0):
        raise ParameterError(f"seconds must be a positive number, not {seconds!r}.")
    family, asked = offers_for(talks, ask, proposer)
    question = Question(talks, chosen, proposer, party, tuple(asked.items()))
    if why := chosen.why_not(talks, party):
        return MinimalPackages(question, notes=(f"{chosen.name!r} cannot be applied: {why}",), complete=False)
    if family.is_listable:
        return _by_listing(question, family, limit or LIMIT_LISTED)
    from negotiation.analysis.offers.minimal_programme import by_programme

    return by_programme(question, family, limit or LIMIT_PROGRAMMED, seconds)


def _by_listing(question: Question, family: Family, limit: int) -> MinimalPackages:
    """Judge every offer."""
    margins = family.margins(question.criterion, question.party)
    enough = met(margins)
    if not enough.any():
        known = np.where(np.isnan(margins), -np.inf, margins)
        return question.nothing(family.codes(np.array([known.argmax()]))[0])
    minimal = np.flatnonzero(smallest(enough.reshape(family.shape)).ravel())
    every = np.flatnonzero(enough)
    best = question.best_first(family.codes(every))[0]
    return question.found(question.best_first(family.codes(minimal)), best, limit)


def smallest(enough: BoolArray) -> BoolArray:
    """The minimal elements of a set in a grid ordered axis by axis, as a mask.

    Cost ``O(F D)``: what lies on or above a member is spread along every axis; a member is minimal if no neighbour one
    step below it lies there.
    """
    above = enough.copy()
    for axis in range(enough.ndim):
        np.logical_or.accumulate(above, axis=axis, out=above)
    out = enough.copy()
    for axis in range(enough.ndim):
        later = (slice(None),) * axis + (slice(1, None),)
        earlier = (slice(None),) * axis + (slice(None, -1),)
        out[later] &= ~above[earlier]
    return out
