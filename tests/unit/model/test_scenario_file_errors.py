"""What a reader is told about a file that cannot be: the file, the key, the mend."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import negotiation as ng
from negotiation.model import scenario_file

GOOD = """\
schema_version = 1
unit = "USD million per month"
as_of = 2025-06-10

[[parties]]
name = "US"
discount_factor = 0.98
credibility = { value = 0.5, range = [0.2, 0.9] }

[[parties]]
name = "China"
ratifiers = [{ name = "army", vetoes = { samarium = "lifted" } }]

[[issues]]
name = "ethane"
owner = "US"

[[issues]]
name = "samarium"
options = ["in force", "licences", "lifted"]
owner = "China"

[[stakes]]
party = "US"
issue = "ethane"
option = "lifted"
value = 58
range = [56, 61]
source = "EIA"
known_on = 2025-06-05

[[stakes]]
party = "China"
issue = "samarium"
option = "lifted"
kind = "security"
value = -100
range = [-1000, -10]

[[interactions]]
party = "US"
options = { ethane = "lifted", samarium = "licences" }
value = 1

[[concessions]]
name = "all"
party = "China"
options = { samarium = "lifted" }

[[sources]]
id = "EIA"
date = 2025-06-05
"""

# What is replaced, by what, and what the reader must be told.
BAD = {
    "unknown party": (
        'party = "China"\nissue',
        'party = "Chna"\nissue',
        "party 'Chna' in stakes[1]: known parties are US, China; did you mean 'China'? (line 32)",
    ),
    "unknown issue": (
        'issue = "ethane"',
        'issue = "ethan"',
        "issue 'ethan' in stakes[0]: known issues are ethane, sam",
    ),
    "unknown option": (
        'option = "lifted"\nvalue',
        'option = "lifte"\nvalue',
        "option 'lifte' of issue 'ethane' in stakes",
    ),
    "unknown source": ('source = "EIA"', 'source = "EIB"', "source 'EIB' in stakes[0]: known sources are EIA; did you"),
    "unknown source of a party": (
        "range = [0.2, 0.9] }",
        'range = [0.2, 0.9], source = "x" }',
        "source 'x' in parties[0].credibility: known sources are EIA.",
    ),
    "source younger than the talks": (
        '"EIA"\ndate = 2025-06-05',
        '"EIA"\ndate = 2025-07-01',
        "source 'EIA' is of 2025-07-01",
    ),
    "unknown kind": ('"security"', '"securty"', "kind 'securty' in stakes[1]: it is one of commercial, security"),
    "unknown key": ('kind = "sec', 'knd = "sec', "unknown key 'knd' in stakes[1]: known keys are"),
    "unknown top key": ("as_of", "asof", "unknown key 'asof': known keys are schema_version"),
    "unknown nested key": (
        "range = [0.2, 0.9]",
        "rnge = 1",
        "unknown key 'rnge' in parties[0].credibility: known keys",
    ),
    "missing key": ('party = "US"\nissue', "issue", "key 'party' is missing in stakes[0]; add it."),
    "missing version": ("schema_version = 1", "", "key 'schema_version' is missing"),
    "other version": (
        "schema_version = 1",
        "schema_version = 2",
        "schema_version is 2: this version of the library reads",
    ),
    "owner that is no party": (
        'owner = "US"',
        'owner = "EU"',
        "party 'EU' as the owner in issues[0]: known parties are",
    ),
    "veto on nothing": (
        '{ samarium = "lifted" } }]',
        '{ samarum = "x" } }]',
        "issue 'samarum' in parties[1].ratifiers[0]",
    ),
    "interaction with nothing": (
        'samarium = "licences"',
        'samarium = "x"',
        "option 'x' of issue 'samarium' in interactions[0]",
    ),
    "ask of nothing": ('options = { samarium = "lifted" }', 'options = { s = "x" }', "issue 's' in concessions[0]"),
    "duplicate party": (
        'name = "China"',
        'name = "US"',
        "duplicate party 'US' in parties[1]: parties[0] has it already",
    ),
    "duplicate issue": (
        'name = "samarium"',
        'name = "ethane"',
        "duplicate issue 'ethane' in issues[1]: issues[0] has it",
    ),
    "NaN": ("value = 58", "value = nan", "key 'value' in stakes[0] is nan: expected a finite number"),
    "infinity": ("[-1000, -10]", "[-inf, -10]", "key 'range[0]' in stakes[1] is -inf: expected a finite number"),
    "text for a number": ("value = 58", 'value = "58"', "key 'value' in stakes[0] is '58': expected a number"),
    "truth for a number": ("value = 58", "value = true", "key 'value' in stakes[0] is True: expected a number"),
    "number for a text": ('name = "US"', "name = 5", "key 'name' in parties[0] is 5: expected a text in quotes"),
    "text for a date": (
        "2025-06-05\n\n",
        '"2025-06-05"\n\n',
        "key 'known_on' in stakes[0] is '2025-06-05': expected a date",
    ),
    "time for a date": (
        "as_of = 2025-06-10",
        "as_of = 2025-06-10T12:00:00",
        "expected a date without quotes and without a",
    ),
    "range of three": ("[56, 61]", "[56, 58, 61]", "key 'range' in stakes[0] is [56, 58, 61]: expected two numbers"),
    "value outside its range": ("value = 58", "value = 99", "stakes[0]: 'triangular' needs low <= mode <= high"),
    "range and distribution": (
        "range = [56, 61]",
        'range = [56, 61]\ndistribution = { name = "norm" }',
        "stakes[0]: both a range and a distribution",
    ),
    "log scale around zero": (
        "[56, 61]",
        '[0, 61]\nscale = "log"',
        "stakes[0]: 'log-triangular' needs ends of one sign",
    ),
    "log scale without range": (
        "range = [56, 61]",
        'scale = "log"',
        "stakes[0]: scale = 'log' needs a range and a value",
    ),
    "unknown scale": (
        "[56, 61]",
        '[56, 61]\nscale = "lg"',
        "scale 'lg' in stakes[0]: it is one of linear, log; did you",
    ),
    "no number": ("value = 58\nrange = [56, 61]\n", "", "stakes[0]: no number is given; add 'value', 'range' or"),
    "no finite mean": (
        "range = [56, 61]",
        'distribution = { name = "cauchy" }',
        "stakes[0]: 'cauchy' with {} has no finite mean",
    ),
    "unknown distribution": ("range = [56, 61]", 'distribution = { name = "nrm" }', "no distribution called 'nrm'"),
    "wrong parameter": ("range = [56, 61]", 'distribution = { name = "norm", s = 1 }', "bad parameters for 'norm'"),
    "NaN parameter": (
        "range = [56, 61]",
        'distribution = { name = "norm", loc = nan }',
        "key 'loc' in stakes[0].distribution is nan",
    ),
    "probability": (
        "credibility = { value = 0.5, range = [0.2, 0.9] }",
        "credibility = 1.5",
        "a probability lies in [0, 1]",
    ),
    "text for a party's number": (
        "= 0.98",
        '= "high"',
        "key 'discount_factor' in parties[0] is 'high': expected a table of key",
    ),
    "discount factor 0": (
        "= 0.98",
        "= 0",
        "parties[0]: the discount factor of 'US' is 0; it must lie strictly between",
    ),
    "discount factor 1": (
        "= 0.98",
        "= 1",
        "parties[0]: the discount factor of 'US' is 1; it must lie strictly between",
    ),
    "discount factor 1.2": ("= 0.98", "= 1.2", "parties[0]: the discount factor of 'US' is 1.2; it must lie strictly"),
    "mixed units": (
        "value = 58",
        'value = 58\nunit = "EUR"',
        "stakes[0]: 'US: ethane lifted (commercial)' is in 'EUR', the negotiation in 'USD million per month'",
    ),
    "unit without period": ("USD million per month", "USD million", "names no period"),
    "known too late": (
        "known_on = 2025-06-05",
        "known_on = 2025-06-11",
        "stakes[0]: 'US: ethane lifted (commercial)' was knowable only on 2025-06-11, after 2025-06-10",
    ),
    "stake in the status quo": ('option = "lifted"\nvalue', 'option = "in force"\nvalue', "the status quo of 'ethane'"),
    "gives what it does not own": (
        'party = "China"\noptions',
        'party = "US"\noptions',
        "concessions[0]: 'all' has US concede 'samarium', which belongs to China. (line 45)",
    ),
    "empty offer": (
        'options = { samarium = "lifted" }\n\n',
        "options = {}\n\n",
        "concessions[0]: 'all' concedes nothing",
    ),
    "settings of another shape": (
        'options = { samarium = "lifted" }\n\n',
        "options = 5\n\n",
        "key 'options' in concessions[0] is 5: expected a table of issue and option",
    ),
    "one option": ('["in force", "licences", "lifted"]', '["in force"]', "issues[1]: issue 'samarium' has 1 option"),
    "table for a list": ("[[sources]]", "[sources]", "key 'sources' is {"),
}


def complaint(text: str, folder: Path) -> str:
    """What the reader is told, on one line each."""
    place = folder / "talks.toml"
    place.write_text(text, encoding="utf-8")
    with pytest.raises(ng.ScenarioFileError) as caught:
        ng.load(place)
    return str(caught.value)


def test_the_good_file_is_good(tmp_path: Path) -> None:
    (tmp_path / "talks.toml").write_text(GOOD, encoding="utf-8")
    talks = ng.load(tmp_path / "talks.toml")
    assert talks.party_names == ("US", "China")
    assert talks.stakes[0].value == ng.Distribution.triangular(56, 58, 61)
    assert talks.parties[1].ratifiers[0].vetoes == (("samarium", "lifted"),)


@pytest.mark.parametrize("name", BAD)
def test_each_mistake_is_named_with_its_place(name: str, tmp_path: Path) -> None:
    old, new, told = BAD[name]
    assert GOOD.count(old) >= 1
    message = complaint(GOOD.replace(old, new, 1), tmp_path)
    assert message.startswith(f"{tmp_path / 'talks.toml'}: ")
    assert told in message


def test_the_wording_of_the_issue(tmp_path: Path) -> None:
    """Word for word as promised, with the line where the table begins."""
    stake = '\n[[stakes]]\nparty = "US"\nissue = "i{}"\noption = "lifted"\nvalue = 1\n'
    issues = "".join(f'\n[[issues]]\nname = "i{k}"\n' for k in range(13))
    head = 'schema_version = 1\n[[parties]]\nname = "US"\n[[parties]]\nname = "China"\n'
    text = (
        head
        + issues
        + "".join(stake.format(k) for k in range(13)).replace('"US"\nissue = "i12"', '"Chna"\nissue = "i12"')
    )
    told = "party 'Chna' in stakes[12]: known parties are US, China; did you mean 'China'?"
    line = text[: text.index('"Chna"')].count("\n")
    assert complaint(text, tmp_path) == f"{tmp_path / 'talks.toml'}: {told} (line {line})"


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("value = 58", "value = nan").replace('kind = "security"', "knd = 1").replace("= 0.98", '= "x"')
    lines = complaint(text, tmp_path).splitlines()
    assert lines[0].endswith("talks.toml: 3 problems:")
    assert [re.search(r"in (\w+\[\d\])", line).group(1) for line in lines[1:]] == [
        "parties[0]",
        "stakes[0]",
        "stakes[1]",
    ]  # type: ignore[union-attr]


def test_names_and_values_at_once(tmp_path: Path) -> None:
    text = GOOD.replace('party = "US"\nissue', 'party = "UX"\nissue').replace("[-1000, -10]", "[5, 6]")
    message = complaint(text, tmp_path)
    assert "2 problems" in message
    assert "party 'UX' in stakes[0]" in message
    assert "stakes[1]: 'triangular'" in message


def test_long_lists_of_mistakes_are_cut(tmp_path: Path) -> None:
    many = "".join(f"\n[[sources]]\nidd = {k}" for k in range(30))
    lines = complaint(GOOD + many, tmp_path).splitlines()
    assert lines[0].endswith("60 problems:")
    assert lines[-1].strip() == "and 40 more."


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"party = ", r"not valid TOML: Invalid value \(at end of document\)"),
        (b"a = 1\nb = [1, 2", r"not valid TOML: Unclosed array \(at (end of document|line 2, column \d+)\)"),
        (b"schema_version = 1\nname: US", r"not valid TOML: .*\(at line 2, column 5\)"),
        (b"\x89PNG\r\n\x1a\n", "not UTF-8 text"),
        (b"", "key 'schema_version' is missing"),
        (b"a = " + b"[" * 100_000, "not valid TOML"),
        (b"a = " + b"9" * 5_000, "not valid TOML"),
        (b"PK\x03\x04", "not valid TOML"),
    ],
)
def test_what_is_no_scenario_is_refused(content: bytes, told: str, tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes(content)
    with pytest.raises(ng.ScenarioFileError, match=told):
        ng.load(tmp_path / "x.toml")


def test_missing_file_names_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "talks.toml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(ng.ScenarioFileError, match=r"talk\.toml: no such file; that folder has talks\.toml"):
        ng.load(tmp_path / "talk.toml")
    with pytest.raises(ng.ScenarioFileError, match="check the spelling"):
        ng.load(tmp_path / "nowhere" / "talks.toml")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ng.ScenarioFileError, match="is a folder"):
        ng.load(tmp_path)


def test_a_file_of_100_mb_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "big.toml"
    with place.open("wb") as stream:
        stream.truncate(100_000_000)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))
    with pytest.raises(ng.ScenarioFileError, match=r"100,000,000 bytes; a scenario file may have 10,000,000"):
        ng.load(place)


def test_errors_are_built_in_errors_too(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such file"):
        ng.load(tmp_path / "x.toml")


# --- saving ------------------------------------------------------------------------------------------------------


def test_saving_where_nothing_can_be_saved(tmp_path: Path) -> None:
    talks = ng.Negotiation(["A", "B"], [ng.Issue("x")])
    with pytest.raises(ng.ScenarioFileError, match="cannot be written"):
        ng.save(talks, tmp_path / "nowhere" / "x.toml")
    with pytest.raises(ng.ScenarioFileError, match="cannot be written"):
        ng.save(talks, tmp_path)
    with pytest.raises(ng.ScenarioFileError, match="UTF-8"):
        ng.save(talks.replaced(description="\ud800"), tmp_path / "x.toml")
    assert list(tmp_path.iterdir()) == []


def test_saving_through_a_link_keeps_the_link_and_the_permissions(tmp_path: Path) -> None:
    talks = ng.Negotiation(["A", "B"], [ng.Issue("x")])
    real, link = tmp_path / "real.toml", tmp_path / "link.toml"
    ng.save(talks, real)
    real.chmod(0o640)
    link.symlink_to(real)
    ng.save(talks.replaced(name="new"), link)
    assert link.is_symlink()
    assert ng.load(real).name == "new"
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    talks = ng.Negotiation(["A", "B"], [ng.Issue("x")])
    ng.save(talks, tmp_path / "x.toml")
    before = (tmp_path / "x.toml").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ng.ScenarioFileError, match="No space left"):
        ng.save(talks.replaced(description="new"), tmp_path / "x.toml")
    assert (tmp_path / "x.toml").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["x.toml"]


def test_what_could_not_be_read_back_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenario_file, "MAX_BYTES", 50)
    with pytest.raises(ng.SizeLimitError, match="at most 50 are read back"):
        ng.save(ng.Negotiation(["A", "B"], [ng.Issue("x")]), tmp_path / "x.toml")
