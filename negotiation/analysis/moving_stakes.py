"""Stakes that change with time: what a lift brings while stocks last, once they are gone, and once substitutes have arrived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from negotiation.analysis.supply import ControlledInput, SupplyPath
from negotiation.analysis.waiting import WaitingCosts
from negotiation.arrays import Array
from negotiation.door import checked
from negotiation.errors import ParameterError
from negotiation.model.negotiation import Negotiation
from negotiation.model.party import Party
from negotiation.model.quantity import central
from negotiation.model.stake import Stake


@checked
def stakes_over_time(costs: WaitingCosts) -> tuple[Negotiation, ...]:
    """The negotiation as it is in each period, when what a lift brings is that it ends a shortage.

    Payoffs are relative to the status quo *as it moves*: while the stock lasts a lift spares nothing yet, and once substitutes
    have arrived nothing any more. So every stake of the party in the input's issue (of the input's kinds) is multiplied, in
    period ``t``, by the loss from then on as a share of the loss when none of the need is met, discounted:
    ``(1 - δ) Σ_s δ^s loss(t+s) / loss``. Without a price response that is the share of the need that would be short.

    Parameters
    ----------
    costs : WaitingCosts
        At central values, with inputs that name their `issue`. After its horizon shortages stay as they are at its end.

    Returns
    -------
    tuple of Negotiation, length T
        With central values for the stakes that change. `alternating_offers` takes it: an agreement in round ``t`` is
        worth what the ``t``-th says.

    Raises
    ------
    ParameterError
        Costs with draws, no input that names an issue, no discount factor for a party that has one, an input whose loss is 0,
        or two inputs about the same stake.
    UnknownNameError
        An issue that the talks do not have.

    Notes
    -----
    Interactions, and what the owner gives up by lifting, do not change.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation([ng.Party("US", discount_factor=0.5), "China"], [ng.Issue("samarium", owner="China")],
    ...     [ng.Stake("US", "samarium", "lifted", 60)])
    >>> magnets = ng.ControlledInput("magnets", need=10, stock=20, loss=60, issue="samarium")
    >>> stages = stakes_over_time(ng.waiting_costs(talks, {"US": [magnets]}, periods=4))
    >>> [float(ng.payoffs(stage, stage.package("samarium"))[0]) for stage in stages]
    [15.0, 30.0, 60.0, 60.0]
    """
    talks, shares = costs.talks, list[tuple[int, ControlledInput, Array]]()
    if costs.disagreement.ndim > 2:
        raise ParameterError("stakes change along one path; ask for waiting_costs without draws.")
    for name, paths in costs.paths.items():
        for path in paths:
            if path.item.issue:
                talks.issue(path.item.issue)
                shares.append((talks.party_index(name), path.item, _still_lost(talks.party(name), path)))
    if not shares:
        raise ParameterError("no input names its issue; say ControlledInput(..., issue='samarium').")
    _check_apart(talks, shares)
    return tuple(_stakes_at(talks, shares, t) for t in range(costs.disagreement.shape[0]))


def _still_lost(party: Party, path: SupplyPath) -> Array:
    """The loss from each period on, discounted, as a share of the loss when none of the need is met, (T,)."""
    if party.discount_factor is None:
        raise ParameterError(
            f"no discount factor is given for {party.name}: say it, with_party(..., discount_factor=0.99)."
        )
    if central(path.item.loss) == 0:
        raise ParameterError(f"the loss of {path.item.name!r} is 0, so there is nothing that a lift would end.")
    delta = party.discount_factor.central
    out = np.array(path.loss / central(path.item.loss))
    for t in reversed(range(len(out) - 1)):
        out[t] = (1 - delta) * out[t] + delta * out[t + 1]
    return out


def _check_apart(talks: Negotiation, shares: Sequence[tuple[int, ControlledInput, Array]]) -> None:
    """Each stake moves with one input at most."""
    seen: dict[Stake, str] = {}
    for party, item, _ in shares:
        for stake in _about(talks, party, item):
            if stake in seen:
                raise ParameterError(
                    f"{seen[stake]!r} and {item.name!r} are both about {stake.party}'s {stake.kind} stake in {stake.issue!r}; "
                    "name different kinds, or make one input of them."
                )
            seen[stake] = item.name


def _about(talks: Negotiation, party: int, item: ControlledInput) -> list[Stake]:
    """The party's stakes that an input is about."""
    name = talks.party_names[party]
    return [
        s
        for s in talks.stakes
        if s.party == name and s.issue == item.issue and (not item.kinds or s.kind in item.kinds)
    ]


def _stakes_at(talks: Negotiation, shares: Sequence[tuple[int, ControlledInput, Array]], period: int) -> Negotiation:
    """The talks with the stakes of one period."""
    return talks.with_stakes(
        *(
            replace(stake, value=central(stake.value) * float(share[period]))
            for party, item, share in shares
            for stake in _about(talks, party, item)
        )
    )
