"""Whatever stands in a scenario file, it is read or refused with a word on what is wrong: never a bare crash."""

from __future__ import annotations

import copy
import datetime as dt
import tomllib
from typing import Any

import tomli_w
from hypothesis import given
from hypothesis import strategies as st

import negotiation as ng
from negotiation.model.scenario_file import parse

BASE = tomllib.loads("""\
schema_version = 1
unit = "USD million per month"
as_of = 2025-06-10
parties = [
  { name = "US", discount_factor = 0.98, credibility = { value = 0.5, range = [0.2, 0.9], source = "EIA" } },
  { name = "China", reservation = 1, ratifiers = [{ name = "army", vetoes = { x = "lifted" }, at_least = { value = 1 } }] },
]
issues = [{ name = "x", owner = "China" }, { name = "y", options = ["a", "b", "c"] }]
stakes = [
  { party = "US", issue = "x", option = "lifted", kind = "security", value = 2, range = [1, 30], scale = "log" },
  { party = "US", issue = "y", option = "b", distribution = { name = "norm", loc = 1 }, known_on = 2025-06-10 },
]
interactions = [{ party = "US", options = { x = "lifted", y = "c" }, value = 1, basis = "found" }]
concessions = [{ name = "all", party = "China", options = { x = "lifted" }, delivery = "delivered" }]
sources = [{ id = "EIA", title = "t", date = 2025-06-05 }]
""")

ODD = st.one_of(
    st.sampled_from(
        ["", "US", "x", "b", "lifted", "in force", "norm", "cauchy", "log", "\x00", "\ud7ff", "triangular"]
    ),
    st.sampled_from([0, 1, -1, 2, 0.5, 1e308, -1e308, 5e-324, 10**30, float("nan"), float("inf"), True, False]),
    st.sampled_from([dt.date(2025, 6, 10), dt.date(9999, 12, 31), dt.datetime(2025, 6, 10, 1), dt.time(1)]),
    st.sampled_from([[], {}, [[]], [{}], [1, 2], [2, 1], [1, 1], ["x", "lifted"], [["x", "lifted"]], {"x": "lifted"}]),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every key and index of a nested table."""
    if isinstance(value, dict):
        return [q for key, part in value.items() for q in [(*path, key), *places(part, (*path, key))]]
    if isinstance(value, list):
        return [q for k, part in enumerate(value) for q in [(*path, k), *places(part, (*path, k))]]
    return []


@given(data=st.data())
def test_a_mutated_file_is_read_or_refused_in_words(data: st.DataObject) -> None:
    """Up to three values are replaced, dropped or added at random."""
    file = copy.deepcopy(BASE)
    for _ in range(data.draw(st.integers(1, 3))):
        *path, last = data.draw(st.sampled_from(places(file)))
        table = file
        for part in path:
            table = table[part]
        action = data.draw(st.sampled_from(["replace", "replace", "drop", "add"]))
        if action == "replace":
            table[last] = copy.deepcopy(data.draw(ODD))
        elif action == "drop":
            del table[last]
        elif isinstance(table, dict):
            key = data.draw(st.sampled_from(["value", "range", "scale", "source", "options", "zz", "distribution"]))
            table[key] = copy.deepcopy(data.draw(ODD))
        if not places(file):
            break
    try:
        talks = parse(tomli_w.dumps(file), "talks.toml")
    except ng.ScenarioFileError as error:
        assert str(error).startswith("talks.toml: ")  # noqa: PT017
    else:
        assert isinstance(talks, ng.Negotiation)
