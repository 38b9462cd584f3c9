"""A negotiation as the text of a scenario file; defaults are left out, and nothing else is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from negotiation.model.distribution import Distribution
from negotiation.model.issue import Issue
from negotiation.model.negotiation import Negotiation
from negotiation.model.party import Party, Ratifier
from negotiation.model.proposal import Concessions, Source
from negotiation.model.quantity import Estimate, Quantity, Sourced
from negotiation.model.scenario_layout import scenario_layout
from negotiation.model.scenario_schema import SCHEMA_VERSION
from negotiation.model.stake import Interaction, Stake

Table = dict[str, Any]
_ENDS = ("low", "mode", "high")


def to_toml(talks: Negotiation) -> str:
    """The text of a scenario file."""
    table = {
        "schema_version": SCHEMA_VERSION,
        "name": talks.name,
        **_kept(description=talks.description),
        "unit": talks.unit,
        **_kept(as_of=talks.as_of),
        "parties": [_party(p) for p in talks.parties],
        "issues": [_issue(i) for i in talks.issues],
        **_kept(
            stakes=_each(_stake, talks.stakes),
            interactions=_each(_interaction, talks.interactions),
            concessions=_each(_concessions, talks.concessions),
            sources=_each(_source, talks.sources),
        ),
    }
    return scenario_layout(table)


def _kept(**values: Any) -> Table:
    """The entries that say something."""
    return {key: value for key, value in values.items() if value not in (None, "", (), [], {})}


def _each(write: Callable[[Any], Table], parts: Iterable[Any]) -> list[Table]:
    return [write(part) for part in parts]


def _number(value: float) -> int | float:
    """A whole number without its point, as people write it."""
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _quantity(value: Quantity) -> Table:
    """The shortest of value, value with range, range, and distribution that gives back the same."""
    if not isinstance(value, Distribution):
        return {"value": _number(value)}
    p = dict(value.parameters)
    ends = [_number(p[k]) for k in ("low", "high") if k in p]
    if value.name == "triangular" and tuple(p) == _ENDS and value == Distribution.triangular(**p):
        return {"value": _number(value.central), "range": ends}
    if value.name == "log-triangular" and tuple(p) == _ENDS and value == Distribution.log_triangular(**p):
        return {"value": _number(value.central), "range": ends, "scale": "log"}
    if value.name == "uniform" and value == Distribution.uniform(p["low"], p["high"]):
        return {"range": ends}
    law = {"name": value.name} | {key: _number(number) for key, number in value.parameters}
    return {"value": _number(value.central), "distribution": law}


def _origin(item: Sourced) -> Table:
    source = item.source[0] if len(item.source) == 1 and item.source[0] else list(item.source)
    judged = item.basis == "judgement" and not item.reasoning
    return _kept(
        source=source,
        known_on=item.known_on,
        basis=None if judged else item.basis.value,
        reasoning=item.reasoning,
    )


def _settings(pairs: tuple[tuple[str, str], ...]) -> Any:
    """Issue to option, or to several of them; pairs where that would lose the order."""
    table: dict[str, list[str]] = {}
    for issue, option in pairs:
        table.setdefault(issue, []).append(option)
    if tuple((issue, option) for issue, options in table.items() for option in options) != pairs:
        return [list(pair) for pair in pairs]
    return {issue: options[0] if len(options) == 1 else options for issue, options in table.items()}


def _estimate(estimate: Estimate | None) -> Any:
    if estimate is None:
        return None
    table = _quantity(estimate.value) | _origin(estimate)
    return table["value"] if table.keys() == {"value"} else table


def _ratifier(ratifier: Ratifier) -> Table:
    least = None if ratifier.at_least is None else _quantity(ratifier.at_least)
    return {
        "name": ratifier.name,
        **_kept(kinds=list(ratifier.kinds), vetoes=_settings(ratifier.vetoes)),
        **({} if least is None else {"at_least": least["value"] if least.keys() == {"value"} else least}),
        **_origin(ratifier),
    }


def _party(party: Party) -> Table:
    plain = party.disagreement == Estimate(0.0)
    estimates = {
        "discount_factor": _estimate(party.discount_factor),
        "credibility": _estimate(party.credibility),
        "disagreement": None if plain else _estimate(party.disagreement),
        "reservation": _estimate(party.reservation),
    }
    return {
        "name": party.name,
        **_kept(description=party.description),
        "detection_lag": party.detection_lag,
        **{key: value for key, value in estimates.items() if value is not None},
        **_kept(ratifiers=_each(_ratifier, party.ratifiers)),
    }


def _issue(issue: Issue) -> Table:
    return {
        "name": issue.name,
        "options": list(issue.options),
        **_kept(owner=issue.owner, description=issue.description),
    }


def _stake(stake: Stake) -> Table:
    head = {"party": stake.party, "issue": stake.issue, "option": stake.option, "kind": stake.kind}
    return head | _quantity(stake.value) | _kept(unit=stake.unit) | _origin(stake)


def _interaction(item: Interaction) -> Table:
    head = {"party": item.party, "options": _settings(item.options), "kind": item.kind}
    return head | _quantity(item.value) | _kept(unit=item.unit) | _origin(item)


def _concessions(item: Concessions) -> Table:
    return {
        "name": item.name,
        "party": item.party,
        "delivery": item.delivery,
        **_kept(description=item.description),
        "options": _settings(item.options),
    }


def _source(source: Source) -> Table:
    return {
        "id": source.id,
        **_kept(title=source.title, publisher=source.publisher, url=source.url, date=source.date),
    }
