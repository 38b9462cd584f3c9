"""Sources and dates of everything that has them: stakes, numbers of parties, ratifiers, sources."""

from __future__ import annotations

import datetime as dt

import pytest

import negotiation as ng

DAY = dt.date(2025, 6, 10)
LATE = dt.date(2025, 6, 11)
ISSUE = ng.Issue("x", owner="A")


def talks(party: ng.Party, **more: object) -> ng.Negotiation:
    return ng.Negotiation([party, "B"], [ISSUE], as_of=DAY, sources=[ng.Source("known")], **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["discount_factor", "credibility", "disagreement", "reservation"])
def test_numbers_of_parties_quote_declared_sources(name: str) -> None:
    good = ng.Party("A", **{name: ng.Estimate(0.5, source="known", known_on=DAY)})
    assert talks(good).parties[0] == good
    with pytest.raises(
        ng.UnknownNameError, match=f"no source called 'knwn' in the {name} of 'A'; .*Did you mean 'known'"
    ):
        talks(ng.Party("A", **{name: ng.Estimate(0.5, source="knwn")}))
    with pytest.raises(ng.ParameterError, match=f"the {name} of 'A' was knowable only on 2025-06-11"):
        talks(ng.Party("A", **{name: ng.Estimate(0.5, known_on=LATE)}))


def test_ratifiers_quote_declared_sources_and_are_not_ahead_of_their_time() -> None:
    def asked(**origin: object) -> ng.Party:
        return ng.Party("A", ratifiers=(ng.Ratifier("senate", at_least=0.0, **origin),))  # type: ignore[arg-type]

    talks(asked(source="known", known_on=DAY))
    with pytest.raises(ng.UnknownNameError, match="in ratifier 'senate' of 'A'"):
        talks(asked(source="other"))
    with pytest.raises(ng.ParameterError, match="ratifier 'senate' of 'A' was knowable only on"):
        talks(asked(known_on=LATE))


def test_no_source_is_younger_than_the_negotiation() -> None:
    with pytest.raises(ng.ParameterError, match="source 's' is of 2025-06-11, after 2025-06-10"):
        ng.Negotiation(["A", "B"], [ISSUE], as_of=DAY, sources=[ng.Source("s", date=LATE)])


@pytest.mark.parametrize("moment", [dt.datetime(2025, 6, 10, 12), "2025-06-10", 20250610])
def test_a_date_is_a_day(moment: object) -> None:
    with pytest.raises(ng.WrongTypeError, match=r"known_on is .*; expected a datetime\.date"):
        ng.Estimate(1.0, known_on=moment)  # type: ignore[arg-type]
    with pytest.raises(ng.WrongTypeError, match="the date of source 's'"):
        ng.Source("s", date=moment)  # type: ignore[arg-type]
    with pytest.raises(ng.WrongTypeError, match="as_of is"):
        ng.Negotiation(["A", "B"], [ISSUE], as_of=moment)  # type: ignore[arg-type]
