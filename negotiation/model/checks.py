"""The rules that tie the parts of a negotiation together: names exist, units agree, nothing is known too early."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from negotiation.errors import (
    DuplicateNameError,
    ParameterError,
    UnitMismatchError,
    UnknownNameError,
    WrongTypeError,
)
from negotiation.model.issue import Issue
from negotiation.model.party import Party
from negotiation.model.proposal import Concessions, Source
from negotiation.model.quantity import Sourced, check_date
from negotiation.model.stake import Interaction, Stake
from negotiation.words import counted

if TYPE_CHECKING:
    from negotiation.model.negotiation import Negotiation


def check(talks: Negotiation) -> None:
    """Raise the first violation of a rule that ties the parts of a negotiation together."""
    _check_kinds_of_parts(talks)
    _check_unique("party", talks.party_names)
    _check_unique("issue", talks.issue_names)
    if len(talks.parties) < 2 or not talks.issues:
        given = f"{counted(len(talks.parties), 'party', 'parties')}, {counted(len(talks.issues), 'issue')}"
        raise ParameterError(f"a negotiation needs two parties and an issue; given {given}.")
    for issue in talks.issues:
        if issue.owner is not None and issue.owner not in talks.party_names:
            raise UnknownNameError("party", issue.owner, talks.party_names, f"the owner of issue {issue.name!r}")
    if not all(talks.unit.partition(" per ")):
        raise UnitMismatchError(f"unit {talks.unit!r} names no period; write it as 'USD million per month'.")
    _check_dates(talks)
    for stake in talks.stakes:
        _check_item(talks, stake)
    for interaction in talks.interactions:
        _check_item(talks, interaction)
    _check_unique("stake", [s.label for s in talks.stakes])
    _check_unique("interaction", [i.label for i in talks.interactions])
    _check_unique("named offer or ask", [c.name for c in talks.concessions])
    _check_unique("source", [s.id for s in talks.sources])
    for concessions in talks.concessions:
        concessions.check(talks.party_names, talks.issues)
    for party in talks.parties:
        _check_party(talks, party)


def _check_kinds_of_parts(talks: Negotiation) -> None:
    """Each list holds what its name says."""
    wanted = {"parties": Party, "issues": Issue, "stakes": Stake, "interactions": Interaction,
              "concessions": Concessions, "sources": Source}  # fmt: skip
    for name, kind in wanted.items():
        for k, part in enumerate(getattr(talks, name)):
            if not isinstance(part, kind):
                raise WrongTypeError(f"{name}[{k}] is {part!r}; expected {kind.__name__}.")


def _check_item(talks: Negotiation, item: Stake | Interaction) -> None:
    """A stake's names exist, it is not at the status quo, its unit and sources fit."""
    if item.party not in talks.party_names:
        raise UnknownNameError(
            "party", item.party, talks.party_names, f"the {type(item).__name__.lower()} {item.label!r}"
        )
    for name, option in item.conditions:
        if talks.issue(name).index(option) == 0:
            raise ParameterError(
                f"{item.label!r} puts a value on {option!r}, the status quo of {name!r}, which is worth 0 by definition; "
                "value the other options relative to it."
            )
    if item.unit and item.unit != talks.unit:
        raise UnitMismatchError(
            f"{item.label!r} is in {item.unit!r}, the negotiation in {talks.unit!r}; convert it first."
        )
    _check_origin(talks, item, repr(item.label))


def _check_origin(talks: Negotiation, item: Sourced, where: str) -> None:
    """Quoted sources exist, if any are declared, and nothing was knowable only later."""
    known = [source.id for source in talks.sources]
    for source in item.source if known else ():
        if source not in known:
            raise UnknownNameError("source", source, known, where)
    if talks.as_of is not None and item.known_on is not None and item.known_on > talks.as_of:
        raise ParameterError(
            f"{where} was knowable only on {item.known_on}, after {talks.as_of}, the date of the negotiation."
        )


def _check_dates(talks: Negotiation) -> None:
    """No source is younger than the negotiation."""
    check_date(talks.as_of, "as_of")
    for source in talks.sources:
        if talks.as_of is not None and source.date is not None and source.date > talks.as_of:
            raise ParameterError(
                f"source {source.id!r} is of {source.date}, after {talks.as_of}, the date of the negotiation."
            )


def _check_party(talks: Negotiation, party: Party) -> None:
    """What a party's numbers and ratifiers quote exists."""
    for name in ("discount_factor", "credibility", "disagreement", "reservation"):
        estimate = getattr(party, name)
        if estimate is not None:
            _check_origin(talks, estimate, f"the {name} of {party.name!r}")
    for ratifier in party.ratifiers:
        _check_origin(talks, ratifier, f"ratifier {ratifier.name!r} of {party.name!r}")
        for issue, option in ratifier.vetoes:
            talks.issue(issue).index(option)


def _check_unique(kind: str, names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise DuplicateNameError(kind, name)
        seen.add(name)
