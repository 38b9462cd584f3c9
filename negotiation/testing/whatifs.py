"""What-ifs that no answer may depend on: other names, another order, another unit. Laws are built from these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from negotiation.errors import ParameterError
from negotiation.model.distribution import Distribution
from negotiation.model.laws import LAWS
from negotiation.model.negotiation import Negotiation
from negotiation.model.party import Party, Ratifier
from negotiation.model.quantity import Estimate, Quantity


def renamed(
    talks: Negotiation, *, parties: Mapping[str, str] | None = None, issues: Mapping[str, str] | None = None
) -> Negotiation:
    """Return the same negotiation under other names.

    Parameters
    ----------
    talks : Negotiation
    parties, issues : mapping of str to str, optional
        Old name to new name; who is not mentioned keeps its own.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A")], [ng.Stake("B", "x", "lifted", 2)])
    >>> renamed(talks, parties={"A": "US"}, issues={"x": "ethane"}).stakes[0].label
    'B: ethane lifted (commercial)'
    """
    who, what = dict(parties or {}), dict(issues or {})

    def pairs(options: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        return tuple((what.get(issue, issue), option) for issue, option in options)

    def voters(ratifiers: Sequence[Ratifier]) -> tuple[Ratifier, ...]:
        return tuple(replace(r, vetoes=pairs(r.vetoes)) for r in ratifiers)

    return talks.replaced(
        parties=tuple(replace(p, name=who.get(p.name, p.name), ratifiers=voters(p.ratifiers)) for p in talks.parties),
        issues=tuple(
            replace(i, name=what.get(i.name, i.name), owner=i.owner and who.get(i.owner, i.owner)) for i in talks.issues
        ),
        stakes=tuple(
            replace(s, party=who.get(s.party, s.party), issue=what.get(s.issue, s.issue)) for s in talks.stakes
        ),
        interactions=tuple(
            replace(q, party=who.get(q.party, q.party), options=pairs(q.options)) for q in talks.interactions
        ),
        concessions=tuple(
            replace(c, party=who.get(c.party, c.party), options=pairs(c.options)) for c in talks.concessions
        ),
    )


def reordered(
    talks: Negotiation,
    *,
    parties: Sequence[int] | None = None,
    issues: Sequence[int] | None = None,
    stakes: Sequence[int] | None = None,
) -> Negotiation:
    """Return the same negotiation with its lists in another order.

    Parameters
    ----------
    talks : Negotiation
    parties, issues, stakes : sequence of int, optional
        The old positions in their new order.

    Examples
    --------
    >>> import negotiation as ng
    >>> reordered(ng.Negotiation(["A", "B"], [ng.Issue("x")]), parties=[1, 0]).party_names
    ('B', 'A')
    """
    changes = {}
    for name, order in {"parties": parties, "issues": issues, "stakes": stakes}.items():
        if order is None:
            continue
        old = getattr(talks, name)
        if sorted(order) != list(range(len(old))):
            raise ParameterError(f"{name} must list the positions 0 to {len(old) - 1} once each; given {order}.")
        changes[name] = tuple(old[k] for k in order)
    return talks.replaced(**changes)


def scaled(talks: Negotiation, factor: float, *, unit: str | None = None) -> Negotiation:
    """Return the same negotiation in another unit: every stake, fallback and threshold multiplied.

    Parameters
    ----------
    talks : Negotiation
    factor : float
        Above 0.
    unit : str, optional
        The new unit's name.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A")], [ng.Stake("B", "x", "lifted", 2)])
    >>> scaled(talks, 1000).stakes[0].value
    2000.0
    """
    if not factor > 0:
        raise ParameterError(f"a change of unit multiplies by a number above 0, not {factor!r}.")

    def item(old: Any) -> Any:
        return replace(old, value=_times(old.value, factor), unit="")

    return talks.replaced(
        parties=tuple(_scaled_party(p, factor) for p in talks.parties),
        stakes=tuple(item(s) for s in talks.stakes),
        interactions=tuple(item(q) for q in talks.interactions),
        unit=talks.unit if unit is None else unit,
    )


def _scaled_party(party: Party, factor: float) -> Party:
    def estimate(old: Estimate) -> Estimate:
        return replace(old, value=_times(old.value, factor))

    voters = tuple(
        r if r.at_least is None else replace(r, at_least=_times(r.at_least, factor)) for r in party.ratifiers
    )
    return replace(
        party,
        disagreement=estimate(party.disagreement),
        reservation=None if party.reservation is None else estimate(party.reservation),
        ratifiers=voters,
    )


def _times(value: Quantity, factor: float) -> Quantity:
    """A number or a distribution, multiplied."""
    if not isinstance(value, Distribution):
        return value * factor
    given = dict(value.parameters)
    if value.name not in LAWS:
        given = {"loc": 0.0, "scale": 1.0} | given
    ends = {"low", "mode", "high", "loc", "scale"}
    stretched = {name: number * factor if name in ends else number for name, number in given.items()}
    return Distribution(value.name, stretched, value.central * factor)
