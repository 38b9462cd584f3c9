"""What each control costs in lifts, and what each lift buys in controls."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from negotiation.analysis.criteria.acceptable import Acceptable
from negotiation.analysis.offers.efficient import best_acceptable
from negotiation.analysis.offers.exchange_result import Control, ExchangeRates, Lift
from negotiation.analysis.offers.family import asks_for
from negotiation.analysis.offers.lottery import lottery_deal
from negotiation.analysis.offers.minimal import minimal_packages
from negotiation.analysis.offers.minimal_result import Question
from negotiation.arrays import Array, read_only
from negotiation.door import checked
from negotiation.errors import ParameterError
from negotiation.model.issue import Issue
from negotiation.model.negotiation import Negotiation
from negotiation.model.payoffs import payoffs


@checked
def exchange_rates(talks: Negotiation, *, proposer: str | None = None) -> ExchangeRates:
    """Price every control in lifts and in payoff units, and say what every lift buys.

    Parameters
    ----------
    talks : Negotiation
    proposer : str, optional
        Whose lifts are offered for the controls of the others; the first party unless named.

    Returns
    -------
    ExchangeRates
        Rates (controls × lifts), prices of controls and of lifts, and the prices at the margin of the best lottery deal.

    Raises
    ------
    ParameterError
        The proposer owns nothing, or nobody else does.
    UnknownNameError

    Notes
    -----
    Alone, a control costs its owner ``-u_owner(control)``, and a lift is worth ``u_owner(lift)`` to it. Their ratio is the
    rate: so many lifts does the owner need for the control. At most ``u_proposer(control) / -u_proposer(lift)`` of them is
    what the proposer can pay; between the two both gain. Single options are valued with everything else at the status quo
    and without fallbacks; the cheapest offer for a control and what a lift buys count interactions and fallbacks in full.
    Joint issues are left out of the rates. Cost: one search for minimal offers a control, one for the best asks a lift.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "y", "lifted", 6), ng.Stake("A", "x", "lifted", -1), ng.Stake("B", "y", "lifted", -2),
    ...      ng.Stake("B", "x", "lifted", 4)])
    >>> rates = ng.exchange_rates(talks)
    >>> float(rates.needed[0, 0]), float(rates.affordable[0, 0])
    (0.5, 6.0)
    """
    name = talks.party_names[0] if proposer is None else talks.party(proposer).name
    own = talks.measures(name)
    theirs = tuple(i for i in talks.issues if i.owner not in (name, None))
    if not own or not theirs:
        who = f"{name} owns" if not own else f"no party but {name} owns"
        raise ParameterError(f"{who} no measure, so there is nothing to exchange; name a proposer that owns some.")
    asks, offers = _options(theirs), _options(own)
    at_asks, at_offers = (payoffs(talks, [talks.as_package({i.name: o}) for i, o in each]) for each in (asks, offers))
    me = talks.party_index(name)
    owners = np.array([talks.party_index(str(issue.owner)) for issue, _ in asks])
    costs = -at_asks[np.arange(len(asks)), owners]
    needed = _ratio(costs[:, None], at_offers[:, owners].T)
    affordable = _ratio(at_asks[:, [me]], -at_offers[:, me][None, :])
    controls = [
        _control(talks, name, issue, option, float(costs[k]), float(at_asks[k, me]))
        for k, (issue, option) in enumerate(asks)
    ]
    lifts = [_lift(talks, name, issue, option, at_offers[k]) for k, (issue, option) in enumerate(offers)]
    deal = lottery_deal(talks, name)
    return ExchangeRates(
        talks, name, tuple(controls), tuple(lifts), read_only(needed), read_only(affordable), deal, _notes(talks, name)
    )


def _options(issues: Iterable[Issue]) -> list[tuple[Issue, str]]:
    """Every option past the status quo."""
    return [(issue, option) for issue in issues for option in issue.options[1:]]


def _ratio(price: Array, coin: Array) -> Array:
    """How many coins make up a price: 0 if there is nothing to pay, infinite if the coin is worth nothing."""
    price, coin = np.broadcast_arrays(price, coin)
    out = np.where(price > 0, np.inf, 0.0)
    return np.divide(price, coin, out=out, where=(price > 0) & (coin > 0))


def _control(talks: Negotiation, proposer: str, issue: Issue, option: str, cost: float, worth: float) -> Control:
    found = minimal_packages(talks, {issue.name: option}, proposer=proposer, limit=1)
    note = "" if found else found.notes[0]
    lifts = _options(talks.measures(proposer))
    pairs = talks.codes([talks.as_package({issue.name: option, lift.name: o}) for lift, o in lifts])
    enough = Acceptable().margins(talks, pairs) >= 0
    paid_by = tuple(f"{lift.name}: {o}" for (lift, o), pays in zip(lifts, enough, strict=True) if pays)
    return Control(issue.name, option, str(issue.owner), cost, worth, paid_by, found.cheapest, found.shortfall, note)


def _lift(talks: Negotiation, proposer: str, issue: Issue, option: str, worth: Array) -> Lift:
    family, _ = asks_for(talks, {issue.name: option}, proposer)
    criterion = Acceptable()
    question = Question(talks, criterion, proposer, None, ())
    me = talks.party_index(proposer)
    best = best_acceptable(question, family, np.eye(len(talks.parties))[me])
    singles = [(i.name, o) for i, o in _options(talks.issues[k] for k in family.free)]
    pairs = talks.codes([talks.as_package({issue.name: option, ask: o}) for ask, o in singles])
    bought = tuple(
        single for single, margin in zip(singles, criterion.margins(talks, pairs), strict=True) if margin >= 0
    )
    package = None if best is None else talks.package_from_choices(best)
    others = {name: float(worth[i]) for i, name in enumerate(talks.party_names) if i != me}
    return Lift(issue.name, option, -float(worth[me]), others, package, bought)


def _notes(talks: Negotiation, proposer: str) -> tuple[str, ...]:
    """Facts that a reader of the rates needs."""
    facts = [
        f"{p.name} signs for {p.reservation_value:,.4g} {talks.unit}: so much has to be given before anything is bought."
        for p in talks.parties
        if p.name != proposer and p.reservation_value > 0
    ]
    joint = [i.name for i in talks.issues if i.owner is None]
    if joint:
        facts.append(f"joint issues have no rate: {', '.join(joint)}.")
    if talks.interactions:
        facts.append(
            "rates value single options; stakes that arise only for combinations are in the packages, not in them."
        )
    return tuple(facts)
