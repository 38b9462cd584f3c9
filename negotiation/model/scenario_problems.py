"""What is wrong with a scenario file, in words that name the key and the mend."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from negotiation.errors import NegotiationError
from negotiation.model.scenario_schema import (
    SCHEMA_VERSION,
    ConcessionsTable,
    InteractionTable,
    ScenarioTable,
    SourcedTable,
    StakeTable,
)

Location = tuple[int | str, ...]
# What a reader expects at a key, by pydantic's name of the error.
_EXPECTED = {
    "string_type": "a text in quotes",
    "float_type": "a number",
    "int_type": "a whole number",
    "finite_number": "a finite number; give a range if it is unknown",
    "date_type": "a date without quotes and without a time of day, e.g. 2025-06-10",
    "list_type": "a list in [brackets]",
    "model_type": "a table of key = value; where a number is meant, a number or a table with value and range",
    "too_short": "two numbers, [low, high]",
    "too_long": "two numbers, [low, high]",
}


def shape_problems(error: ValidationError, root: type[BaseModel] = ScenarioTable) -> Iterator[tuple[Location, str]]:
    """Each of pydantic's complaints as a location and a sentence."""
    for item in error.errors():
        place, key, kind = item["loc"][:-1], item["loc"][-1], item["type"]
        if isinstance(key, int):
            place, key = item["loc"][:-2], f"{item['loc'][-2]}[{key}]"
        where, given = at(place), item["input"]
        if kind == "missing":
            text = f"key {key!r} is missing{where}; add it."
        elif kind == "extra_forbidden":
            known = _keys_at(root, place)
            text = f"unknown key {key!r}{where}: known keys are {', '.join(known)}{did_you_mean(key, known)}"
        elif kind == "literal_error":
            text = _not_among(key, given, where, _choices(root, item["loc"]))
        else:
            expected = _EXPECTED.get(kind) or str(item.get("ctx", {}).get("error", item["msg"])).removeprefix(
                "expected "
            )
            text = f"key {key!r}{where} is {_short(given)}: expected {expected}."
        yield item["loc"], text


def _not_among(key: str, given: Any, where: str, choices: list[Any]) -> str:
    if choices == [SCHEMA_VERSION]:
        return f"{key} is {_short(given)}: this version of the library reads {SCHEMA_VERSION}."
    return f"{key} {given!r}{where}: it is one of {', '.join(map(str, choices))}{did_you_mean(given, choices)}"


def name_problems(scenario: ScenarioTable) -> Iterator[tuple[Location, str]]:
    """Names that do not exist, and names used twice."""
    parties = [p.name for p in scenario.parties]
    for kind, key, names in _named(scenario):
        yield from _repeats(kind, key, names)
    for k, issue in enumerate(scenario.issues):
        if issue.owner is not None:
            yield from _unknown("party", issue.owner, parties, ("issues", k), "as the owner")
    for k, party in enumerate(scenario.parties):
        for r, ratifier in enumerate(party.ratifiers):
            yield from _settings_problems(scenario, ratifier.vetoes, ("parties", k, "ratifiers", r))
    for place, item in _valued(scenario):
        yield from _unknown("party", item.party, parties, place)
        if isinstance(item, StakeTable):
            yield from _settings_problems(scenario, ((item.issue, item.option),), place)
        else:
            yield from _settings_problems(scenario, item.options, place)
    for place, origin in _sourced(scenario):
        for source in origin.source if scenario.sources else ():
            yield from _unknown("source", source, [s.id for s in scenario.sources], place)


def built(key: str, tables: Iterable[Any], problems: list[tuple[Location, str]]) -> list[Any]:
    """Build the parts of one kind; what a part refuses is added to the problems, with its place."""
    parts = []
    for k, table in enumerate(tables):
        try:
            parts.append(table.build())
        except NegotiationError as error:
            problems.append(((key, k), f"{key}[{k}]: {error}"))
    return parts


def place_of(parts: Mapping[str, Sequence[Any]], message: str) -> Location:
    """The place of the part that a message about the whole negotiation names."""
    for key, attribute in (("stakes", "label"), ("interactions", "label"), ("concessions", "name")):
        for k, part in enumerate(parts[key]):
            if repr(getattr(part, attribute)) in message:
                return key, k
    return ()


def _named(scenario: ScenarioTable) -> list[tuple[str, str, list[str]]]:
    """What must be unique: what it is called, where it stands, its names."""
    return [
        ("party", "parties", [p.name for p in scenario.parties]),
        ("issue", "issues", [i.name for i in scenario.issues]),
        ("named offer or ask", "concessions", [c.name for c in scenario.concessions]),
        ("source", "sources", [s.id for s in scenario.sources]),
        ("stake", "stakes", [f"{s.party}: {s.issue} {s.option} ({s.kind})" for s in scenario.stakes]),
    ]


def _valued(
    scenario: ScenarioTable,
) -> Iterator[tuple[Location, StakeTable | InteractionTable | ConcessionsTable]]:
    """Everything that quotes a party and options, with its place."""
    for key in ("stakes", "interactions", "concessions"):
        for k, item in enumerate(getattr(scenario, key)):
            yield (key, k), item


def _sourced(scenario: ScenarioTable) -> Iterator[tuple[Location, SourcedTable]]:
    """Everything that quotes sources, with its place."""
    for place, item in _valued(scenario):
        if isinstance(item, SourcedTable):
            yield place, item
    for k, party in enumerate(scenario.parties):
        for key in ("discount_factor", "credibility", "disagreement", "reservation"):
            estimate = getattr(party, key)
            if estimate is not None:
                yield ("parties", k, key), estimate
        for r, ratifier in enumerate(party.ratifiers):
            yield ("parties", k, "ratifiers", r), ratifier


def _settings_problems(
    scenario: ScenarioTable, settings: Iterable[tuple[str, str]], place: Location
) -> Iterator[tuple[Location, str]]:
    options = {issue.name: issue.options for issue in scenario.issues}
    for issue, option in settings:
        yield from _unknown("issue", issue, list(options), place)
        if issue in options:
            yield from _unknown("option", option, options[issue], place, f"of issue {issue!r}")


def _unknown(kind: str, name: str, known: list[str], place: Location, role: str = "") -> Iterator[tuple[Location, str]]:
    if name not in known:
        plural = {"party": "parties"}.get(kind, f"{kind}s")
        role = f" {role}" if role else ""
        yield (
            place,
            f"{kind} {name!r}{role}{at(place)}: known {plural} are {', '.join(known)}{did_you_mean(name, known)}",
        )


def _repeats(kind: str, key: str, names: list[str]) -> Iterator[tuple[Location, str]]:
    first: dict[str, int] = {}
    for k, name in enumerate(names):
        if name in first:
            yield (key, k), f"duplicate {kind} {name!r} in {key}[{k}]: {key}[{first[name]}] has it already; drop one."
        first.setdefault(name, k)


def at(place: Location) -> str:
    """Name a place as people count in files: `` in stakes[12].distribution``."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return f" in {path.removeprefix('.')}" if path else ""


def did_you_mean(name: Any, known: Iterable[Any]) -> str:
    """End a sentence with the nearest known name, if one is near."""
    near = get_close_matches(str(name), [str(k) for k in known], n=1)
    return f"; did you mean {near[0]!r}?" if near else "."


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _annotation_at(root: type[BaseModel], place: Location) -> Any:
    """The annotation that the schema gives for a place."""
    found: Any = root
    for part in place:
        if isinstance(part, str):
            model = next(_leaves(found, _is_model), None)
            found = model.model_fields[part].annotation if model and part in model.model_fields else None
    return found


def _keys_at(root: type[BaseModel], place: Location) -> list[str]:
    model = next(_leaves(_annotation_at(root, place), _is_model), None)
    return list(model.model_fields) if model else []


def _choices(root: type[BaseModel], place: Location) -> list[Any]:
    found = _annotation_at(root, place)
    return list(typing.get_args(found)) if typing.get_origin(found) is typing.Literal else []


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _leaves(annotation: Any, wanted: Callable[[Any], bool]) -> Iterator[Any]:
    """The parts of a nested annotation that are wanted."""
    if wanted(annotation):
        yield annotation
    for part in typing.get_args(annotation):
        yield from _leaves(part, wanted)
