"""Negotiations and packages as values: equal, frozen, and changed only into new ones."""

from __future__ import annotations

import dataclasses
import pickle
from typing import Any

import numpy as np
import pytest
from scipy import stats

import negotiation as ng

PAIR = (("jet_engine_parts", "lifted"), ("samarium", "lifted"))
TALKS = ng.Negotiation(
    ["US", ng.Party("China", ratifiers=(ng.Ratifier("PLA", vetoes=(("samarium", "lifted"),)),))],
    [
        ng.Issue("ethane", owner="US"),
        ng.Issue("jet_engine_parts", owner="US"),
        ng.Issue("samarium", ("in force", "licensed", "lifted"), owner="China"),
        ng.Issue("hotline", ("none", "open")),
    ],
    [
        ng.Stake("US", "ethane", "lifted", ng.Distribution.triangular(56, 58, 61)),
        ng.Stake("China", "jet_engine_parts", "lifted", 40),
        ng.Stake("US", "samarium", "licensed", 10, kind="security"),
        ng.Stake("US", "samarium", "lifted", 25, kind="security"),
    ],
    [ng.Interaction("US", PAIR, 12)],
    unit="USD million per month",
    concessions=[
        ng.Concessions("two lifts", "US", (("ethane", "lifted"), ("jet_engine_parts", "lifted"))),
        ng.Concessions("samarium", "China", (("samarium", "lifted"),)),
    ],
)


def test_a_package_fills_in_the_status_quo() -> None:
    package = TALKS.package("ethane", samarium="licensed")
    assert dict(package) == {
        "ethane": "lifted", "jet_engine_parts": "in force", "samarium": "licensed", "hotline": "none",
    }  # fmt: skip
    assert package.moved == ("ethane", "samarium")
    assert TALKS.status_quo.moved == ()
    assert str(TALKS.status_quo) == "the status quo"


def test_packages_are_equal_and_hash_alike_however_they_are_made() -> None:
    made = [
        TALKS.package("ethane", "samarium"),
        TALKS.package("samarium", ethane="lifted"),
        TALKS.as_package({"samarium": "lifted", "ethane": "lifted", "hotline": "none"}),
        TALKS.offer("US", gives=["ethane"], asks=["samarium"]),
        TALKS.package_from_choices([1, 0, 2, 0]),
    ]
    assert len(set(made)) == 1
    assert made[0] != TALKS.package("ethane")
    assert made[0] != dict(made[0])


def test_codes_and_packages_are_two_ways_to_say_the_same() -> None:
    codes = TALKS.codes([TALKS.package("ethane", "hotline"), TALKS.package(samarium="licensed")])
    np.testing.assert_array_equal(codes, [[1, 0, 0, 1], [0, 0, 1, 0]])
    assert TALKS.package_from_choices(codes[1]) == TALKS.package(samarium="licensed")
    assert TALKS.n_packages == 2 * 2 * 3 * 2


def test_named_offers_combine() -> None:
    assert TALKS.combine("two lifts", "samarium") == TALKS.package("ethane", "jet_engine_parts", "samarium")
    with pytest.raises(ng.UnknownNameError, match="Did you mean 'two lifts'"):
        TALKS.combine("two lift")


def test_concessions_are_what_a_party_owns_and_moves() -> None:
    package = TALKS.package("ethane", "samarium", "hotline")
    assert TALKS.concessions_of("US", package) == {"ethane": "lifted"}
    assert TALKS.concessions_of("China", package) == {"samarium": "lifted"}
    assert [i.name for i in TALKS.measures("US")] == ["ethane", "jet_engine_parts"]


def test_the_unit_names_the_period() -> None:
    assert TALKS.period == "month"


def test_what_ifs_return_a_new_negotiation() -> None:
    before = pickle.dumps(TALKS)
    cheaper = TALKS.with_stakes(ng.Stake("US", "ethane", "lifted", 1))
    assert len(cheaper.stakes) == len(TALKS.stakes)
    assert ng.payoffs(cheaper, cheaper.package("ethane"))[0] == 1
    assert len(TALKS.with_stakes(ng.Stake("US", "ethane", "lifted", -5, "domestic")).stakes) == len(TALKS.stakes) + 1
    assert TALKS.with_party("US", credibility=0.5).party("US").credibility == ng.Estimate(0.5)
    assert TALKS.with_interactions(ng.Interaction("US", PAIR, 1)).interactions[0].central == 1
    assert TALKS.with_issues(ng.Issue("visas", owner="US")).n_packages == 2 * TALKS.n_packages
    assert pickle.dumps(TALKS) == before


def test_taking_an_issue_off_the_table_takes_what_hangs_on_it() -> None:
    rest = TALKS.without_issues("samarium")
    assert rest.issue_names == ("ethane", "jet_engine_parts", "hotline")
    assert [s.label for s in rest.stakes] == [s.label for s in TALKS.stakes[:2]]
    assert rest.interactions == ()
    assert [c.name for c in rest.concessions] == ["two lifts"]
    assert rest.party("China").ratifiers == ()


def test_values_are_frozen() -> None:
    for value in (TALKS, TALKS.parties[0], TALKS.issues[0], TALKS.stakes[0], TALKS.interactions[0]):
        for field in dataclasses.fields(value):
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(value, field.name, "x")
    with pytest.raises((AttributeError, TypeError)):
        TALKS.package("ethane")["ethane"] = "in force"  # type: ignore[index]
    with pytest.raises(ValueError, match="read-only"):
        TALKS.terms.central[0] = 9


def test_equal_negotiations_are_equal_after_a_round_trip_through_pickle() -> None:
    again = pickle.loads(pickle.dumps(TALKS))
    assert again == TALKS
    assert again.package("ethane") == TALKS.package("ethane")


def test_a_frozen_scipy_distribution_is_taken_over() -> None:
    stake = ng.Stake("US", "ethane", "lifted", stats.norm(10, 2))  # type: ignore[arg-type]
    assert stake.value == ng.Distribution("norm", {"loc": 10, "scale": 2})
    assert stake.central == 10
    assert ng.Distribution.of(stats.lognorm(0.5, scale=3)).parameters == (("s", 0.5), ("scale", 3.0))
    assert ng.Distribution.of(stats.uniform(2, 6)) == ng.Distribution.uniform(2, 8)
    assert ng.Distribution.of(stats.uniform(scale=3)) == ng.Distribution.uniform(0, 3)


@pytest.mark.parametrize(
    "frozen",
    [stats.norm(10, 2), stats.uniform(2, 6), stats.triang(0.3, 1, 4), stats.lognorm(0.5, scale=3), stats.beta(2, 5),
     stats.truncnorm(-1, 2, loc=3, scale=0.5), stats.expon(scale=2), stats.t(3, 1)],
    ids=lambda frozen: frozen.dist.name,
)  # fmt: skip
def test_what_is_taken_over_has_the_same_quantiles_and_mean(frozen: Any) -> None:
    ours = ng.Distribution.of(frozen)
    q = np.linspace(0.01, 0.99, 21)
    np.testing.assert_allclose(ours.ppf(q), frozen.ppf(q), rtol=1e-12)
    assert ours.central == pytest.approx(frozen.mean())


def test_a_central_value_of_ones_own_is_kept() -> None:
    assert ng.Distribution("uniform", {"low": 0, "high": 10}, central=2).central == 2
    assert ng.Distribution.uniform(0, 10).central == 5


def test_what_prints_says_how_much_is_judgement_and_in_which_unit() -> None:
    assert str(TALKS) == (
        "negotiation: US, China; 4 issues, 24 packages, 4 stakes and 1 interaction (5 of them judgements), "
        "in USD million per month"
    )
    assert "<td>samarium</td>" in TALKS._repr_html_()
    hostile = ng.Negotiation(["<b>", "B"], [ng.Issue("x")])
    assert "<b>" not in hostile._repr_html_()
