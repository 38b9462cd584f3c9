"""How a scenario file says things, and how it is written for people to edit."""

from __future__ import annotations

from pathlib import Path

from scipy import stats

import negotiation as ng
from negotiation.model.scenario_file import parse
from negotiation.model.scenario_text import to_toml

HEAD = 'schema_version = 1\n[[parties]]\nname = "A"\n[[parties]]\nname = "B"\n[[issues]]\nname = "x"\nowner = "A"\n'
STAKE = '[[stakes]]\nparty = "B"\nissue = "x"\noption = "lifted"\n'


def value_of(line: str) -> object:
    return parse(HEAD + STAKE + line, "x.toml").stakes[0].value


def test_ways_to_say_a_number() -> None:
    assert value_of("value = 3") == 3.0
    assert value_of('value = 3\nrange = [1, 4]\nscale = "log"') == ng.Distribution.log_triangular(1, 3, 4)
    assert value_of("value = 3\nrange = [1, 4]") == ng.Distribution.triangular(1, 3, 4)
    assert value_of("range = [1, 4]") == ng.Distribution.uniform(1, 4)
    assert value_of('distribution = { name = "lognorm", s = 0.5, scale = 10 }') == ng.Distribution.of(
        stats.lognorm(0.5, scale=10)
    )


def test_value_beside_a_distribution_is_its_centre() -> None:
    law = value_of('value = 10\ndistribution = { name = "lognorm", s = 0.5, scale = 10 }')
    assert isinstance(law, ng.Distribution)
    assert law.central == 10


def test_defaults_are_those_of_the_model() -> None:
    assert parse(HEAD, "x.toml") == ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A")])


def test_byte_order_mark_and_line_ends_of_windows(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes(b"\xef\xbb\xbf" + HEAD.replace("\n", "\r\n").encode())
    assert ng.load(tmp_path / "x.toml").party_names == ("A", "B")


def test_what_is_short_stays_on_one_line() -> None:
    talks = ng.Negotiation(
        ["A", ng.Party("B", credibility=0.5, ratifiers=(ng.Ratifier("r", vetoes={"x": "lifted"}),))],
        [ng.Issue("x", owner="A"), ng.Issue("y")],
        [ng.Stake("B", "x", "lifted", ng.Distribution.triangular(1, 3, 4), source=("s", "t"), reasoning="one\ntwo")],
        [
            ng.Interaction("B", {"x": "lifted", "y": "lifted"}, ng.Distribution.log_triangular(1, 2, 9)),
            ng.Interaction("A", {"x": "lifted", "y": "lifted"}, stats.norm(0, 2)),
        ],
    )
    text = to_toml(talks)
    for line in (
        "credibility = 0.5",
        'vetoes = { x = "lifted" }',
        'options = ["in force", "lifted"]',
        "value = 3\nrange = [1, 4]",
        'value = 2\nrange = [1, 9]\nscale = "log"',
        'source = ["s", "t"]',
        'reasoning = """\none\ntwo"""',
        'options = { x = "lifted", y = "lifted" }',
        'distribution = { name = "norm", loc = 0, scale = 2 }',
    ):
        assert f"\n{line}\n" in f"{text}\n"


def test_vetoes_on_several_options_of_an_issue() -> None:
    vetoes = (("x", "half"), ("x", "lifted"))
    party = ng.Party("B", ratifiers=(ng.Ratifier("r", vetoes=vetoes),))
    talks = ng.Negotiation(["A", party], [ng.Issue("x", ("in force", "half", "lifted"), "A")])
    assert 'vetoes = { x = ["half", "lifted"] }' in to_toml(talks)
    assert parse(to_toml(talks), "x.toml") == talks
