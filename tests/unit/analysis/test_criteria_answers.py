"""Each criterion on a small exchange whose answers are worked out by hand."""

from __future__ import annotations

import dataclasses
import math
import pickle

import numpy as np
import pytest

import negotiation as ng
from negotiation.analysis.criteria.registry import CRITERIA, as_criterion
from negotiation.analysis.criteria.worth_the_doubt import BreakEvenOdds
from negotiation.analysis.verdict import Certificate, LinearCriterion


def exchange(**of_us: object) -> ng.Negotiation:
    """US gives eda at 2 for samarium worth 5; China gives samarium at 1 for eda worth 4; both gain 1 by ethane."""
    return ng.Negotiation(
        [ng.Party("US", **of_us), ng.Party("China", credibility=0.5, discount_factor=0.9, reservation=1)],  # type: ignore[arg-type]
        [ng.Issue("eda", owner="US"), ng.Issue("ethane", owner="US"), ng.Issue("samarium", owner="China")],
        [
            ng.Stake("US", "eda", "lifted", -2, "security"),
            ng.Stake("US", "samarium", "lifted", 5),
            ng.Stake("China", "eda", "lifted", 4),
            ng.Stake("China", "samarium", "lifted", -1, "leverage"),
            ng.Stake("US", "ethane", "lifted", 1),
            ng.Stake("China", "ethane", "lifted", 1),
        ],
        unit="USD million per month",
    )


@pytest.fixture
def talks() -> ng.Negotiation:
    return exchange(credibility=0.4, discount_factor=0.5)


@pytest.fixture
def deal(talks: ng.Negotiation) -> ng.Package:
    return talks.package("eda", "samarium")


def test_acceptable_takes_the_smallest_gain_over_the_fallback(talks: ng.Negotiation, deal: ng.Package) -> None:
    verdict = ng.is_enough(talks, deal)
    assert verdict.holds
    assert verdict.margin == 2
    assert verdict.unit == "USD million per month"
    assert verdict.reason.startswith("US: 5 gained against 2 given: +3; US's fallback is 0. China: 4 gained")
    assert "China falls by more than 2 USD million" in verdict.flips_when


def test_acceptable_fails_for_who_only_gives(talks: ng.Negotiation) -> None:
    verdict = ng.is_enough(talks, talks.package("samarium"), party="China")
    assert not verdict.holds
    assert verdict.margin == -2
    assert "rises by 2" in verdict.flips_when


def test_amounts_that_only_rounding_tells_apart_are_equal() -> None:
    talks = ng.Negotiation(
        ["A", ng.Party("B", reservation=0.3)],
        [ng.Issue("x", owner="A"), ng.Issue("y", owner="A")],
        [ng.Stake("B", "x", "lifted", 0.2), ng.Stake("B", "y", "lifted", 0.1), ng.Stake("A", "x", "lifted", 0)],
    )
    verdict = ng.is_enough(talks, talks.package("x", "y"), party="B")
    assert verdict.holds
    assert verdict.margin == 0


def test_break_even_odds_are_the_ratio_of_what_is_given_to_what_is_promised(
    talks: ng.Negotiation, deal: ng.Package
) -> None:
    """US gives 2 for certain and is promised 5; China gives 1, signs for 1 and is promised 4."""
    verdict = ng.is_enough(talks, deal, criterion="worth_the_doubt")
    assert verdict.certificate.facts["break_even_odds"] == (
        BreakEvenOdds("US", "China", "at least", 0.4),
        BreakEvenOdds("China", "US", "at least", 0.5),
    )
    assert verdict.margin == pytest.approx(4 * 0.4 - 1 - 1)
    assert not verdict.holds
    assert verdict.flips_when == "China's belief in US reaches 50%"


def test_break_even_odds_stand_in_the_reason_when_no_credibility_is_given() -> None:
    talks = exchange()
    verdict = ng.is_enough(talks, talks.package("eda", "samarium"), criterion="worth_the_doubt")
    assert verdict.holds is None
    assert verdict.answer == "cannot say"
    assert math.isnan(verdict.margin)
    assert "no credibility is given for US" in verdict.reason
    assert "China breaks even if US delivers with at least 50%" in verdict.reason


def test_who_depends_on_a_believed_party_only_needs_no_more(talks: ng.Negotiation) -> None:
    """The US depends on China, whose credibility is stated; China depends on the US, whose is not."""
    talks = exchange()
    deal = talks.package("eda", "samarium")
    assert ng.is_enough(talks, deal, party="US", criterion="worth_the_doubt").margin == pytest.approx(0.5)
    assert ng.is_enough(talks, deal, party="China", criterion="worth_the_doubt").holds is None


def test_delivered_measures_are_beyond_doubt(talks: ng.Negotiation, deal: ng.Package) -> None:
    verdict = ng.is_enough(talks, deal, criterion=ng.WorthTheDoubt(delivered=("US",)), party="China")
    assert verdict.margin == 2


@pytest.mark.parametrize(
    ("package", "sense"), [(("samarium",), "none"), (("eda",), "at least"), (("ethane", "eda"), "at least")]
)
def test_senses_of_break_even_odds(talks: ng.Negotiation, package: tuple[str, ...], sense: str) -> None:
    found = ng.WorthTheDoubt().break_even_odds(talks, talks.package(*package), "China")
    assert [o.sense for o in found] == ([sense] if "eda" in package else [])


def test_odds_at_most_when_delivery_hurts() -> None:
    """B likes what it gives and dislikes what it gets: it signs as long as A is unlikely to deliver."""
    talks = ng.Negotiation(
        [ng.Party("A", credibility=0.1), "B"],
        [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
        [ng.Stake("B", "x", "lifted", -4), ng.Stake("B", "y", "lifted", 1)],
    )
    (odds,) = ng.WorthTheDoubt().break_even_odds(talks, talks.package("x", "y"), "B")
    assert (odds.sense, odds.odds) == ("at most", 0.25)


def test_efficient_names_the_package_that_is_better_for_both(talks: ng.Negotiation, deal: ng.Package) -> None:
    verdict = ng.is_enough(talks, deal, criterion="efficient")
    assert not verdict.holds
    assert verdict.margin == -2
    assert verdict.certificate.facts["dominated_by"] == talks.package("eda", "samarium", "ethane")
    assert verdict.reason == "With ethane: lifted instead, US gets +1 and China gets +1."


def test_efficient_names_the_nearest_rival(talks: ng.Negotiation) -> None:
    """Leaving ethane out costs each 1; that is the least that every party would have to be given on top."""
    verdict = ng.is_enough(talks, talks.package("eda", "samarium", "ethane"), criterion="efficient")
    assert verdict.holds
    assert verdict.margin == 1
    assert verdict.certificate.facts["nearest_rival"] == talks.package("eda", "samarium")


def test_a_gain_for_one_at_no_cost_to_others_is_inefficient_too() -> None:
    talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A")], [ng.Stake("B", "x", "lifted", 3)])
    verdict = ng.is_enough(talks, talks.status_quo, criterion="efficient")
    assert (verdict.holds, verdict.margin) == (False, -3)


def test_nothing_at_stake_is_efficient_at_margin_zero() -> None:
    talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A")])
    verdict = ng.is_enough(talks, talks.package("x"), criterion="efficient")
    assert (verdict.holds, verdict.margin) == (True, 0)


def test_spontaneous_fails_where_lifting_costs_the_one_who_lifts(talks: ng.Negotiation, deal: ng.Package) -> None:
    verdict = ng.is_enough(talks, deal, criterion="spontaneous")
    assert not verdict.holds
    assert verdict.margin == -3  # US: keep eda in force (+2), lift ethane (+1)
    assert verdict.certificate.facts["best_response"]["US"] == talks.package("samarium", "ethane")
    assert ng.is_enough(talks, talks.package("ethane"), criterion="spontaneous").holds


def test_interactions_between_own_measures_are_seen() -> None:
    """Neither step pays alone; both together do."""
    talks = ng.Negotiation(
        ["A", "B"],
        [ng.Issue("x", owner="A"), ng.Issue("y", owner="A")],
        [ng.Stake("A", "x", "lifted", -1), ng.Stake("A", "y", "lifted", -1)],
        [ng.Interaction("A", {"x": "lifted", "y": "lifted"}, 5)],
    )
    verdict = ng.is_enough(talks, talks.status_quo, criterion="spontaneous")
    assert verdict.margin == -3
    assert verdict.certificate.facts["best_response"]["A"] == talks.package("x", "y")


def test_self_enforcing_has_the_closed_form(talks: ng.Negotiation, deal: ng.Package) -> None:
    """US: u = 3, T = 6, so 3 / 6; China: u = 3, T = 4, so 1 / 4."""
    verdict = ng.is_enough(talks, deal, criterion="self_enforcing")
    assert dict(verdict.certificate.facts["critical"]) == {"US": 0.5, "China": 0.25}
    assert (verdict.holds, verdict.margin, verdict.unit) == (True, 0, "discount factor")
    assert "The punishment itself is no equilibrium: US would rather have ethane: lifted." in verdict.reason


def test_a_detection_lag_takes_the_root(talks: ng.Negotiation, deal: ng.Package) -> None:
    slow = talks.with_party("China", detection_lag=2)
    critical = ng.is_enough(slow, deal, criterion="self_enforcing").certificate.facts["critical"]
    assert critical["China"] == pytest.approx(0.5)


def test_the_prisoners_dilemma_of_the_textbook() -> None:
    """2 for both, 3 for cheating, -1 for being cheated, 0 when punished: the patience of a third is enough."""
    talks = ng.Negotiation(
        ["A", "B"],
        [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
        [ng.Stake("A", "x", "lifted", -1), ng.Stake("A", "y", "lifted", 3),
         ng.Stake("B", "y", "lifted", -1), ng.Stake("B", "x", "lifted", 3)],
    )  # fmt: skip
    critical = ng.SelfEnforcing().critical(talks, talks.codes([talks.package("x", "y")]))
    np.testing.assert_allclose(critical, [[1 / 3, 1 / 3]])


@pytest.mark.parametrize(
    ("temptation", "advantage", "expected"),
    [(0, 0, 0), (0, 2, 0), (1, 0, 1), (1, -1, 1), (0, -1, 1), (1, 1, 0.5), (3, 1, 0.75)],
)
def test_cases_of_the_critical_patience(temptation: float, advantage: float, expected: float) -> None:
    found = ng.trigger_discount_factor(complying=advantage, cheating=advantage + temptation, punished=0)
    assert found == expected


def test_unknown_patience_still_shows_what_is_needed() -> None:
    talks = exchange()
    verdict = ng.is_enough(talks, talks.package("eda", "samarium"), criterion="self_enforcing")
    assert verdict.holds is None
    assert "no discount factor is given for US" in verdict.reason
    assert "that takes a discount factor of 0.5." in verdict.reason


def test_punishment_by_disagreement(talks: ng.Negotiation, deal: ng.Package) -> None:
    """Worse than the status quo, it sustains more: (6 - 3) / (6 + 6)."""
    harsh = talks.with_party("US", disagreement=-6)
    assert ng.SelfEnforcing("disagreement").critical(harsh, talks.codes([deal]))[0, 0] == 0.25
    assert ng.SelfEnforcing().critical(harsh, talks.codes([deal]))[0, 0] == 0.5


def test_a_party_without_measures_cannot_cheat() -> None:
    talks = ng.Negotiation(
        [ng.Party("A", discount_factor=0.5), "B"],
        [ng.Issue("x", owner="A")],
        [ng.Stake("B", "x", "lifted", -3), ng.Stake("A", "x", "lifted", 1)],
    )
    verdict = ng.is_enough(talks, talks.package("x"), criterion="self_enforcing")
    assert verdict.certificate.facts["critical"]["B"] == 0
    assert "B owns nothing that it could withhold." in verdict.reason


def test_fair_prefers_the_product_of_gains(talks: ng.Negotiation) -> None:
    best = talks.package("eda", "samarium", "ethane")
    assert ng.is_enough(talks, best, criterion="fair").holds
    verdict = ng.is_enough(talks, talks.package("ethane"), criterion="fair")
    assert verdict.margin == pytest.approx(-math.hypot(3, 3))
    assert dict(verdict.certificate.facts["distances"]).keys() == {
        "nash", "kalai_smorodinsky", "egalitarian", "utilitarian",
    }  # fmt: skip


def test_no_fair_package_where_none_is_worth_signing(talks: ng.Negotiation) -> None:
    verdict = ng.is_enough(talks.with_party("US", disagreement=100), talks.package("eda"), criterion="fair")
    assert verdict.holds is None
    assert "no package is worth its disagreement payoff" in verdict.reason


def test_ratifiers_count_their_kinds_and_veto() -> None:
    staff = ng.Ratifier("staff", ("security",), at_least=-1)
    senate = ng.Ratifier("Senate", vetoes={"eda": "lifted"})
    talks = exchange(ratifiers=(staff,))
    deal = talks.package("eda", "samarium")
    verdict = ng.is_enough(talks, deal, criterion="ratifiable")
    assert (verdict.holds, verdict.margin) == (False, -1)
    assert verdict.reason == "US's staff counts -2 and needs -1. China names no ratifier."
    vetoed = ng.is_enough(talks.with_party("US", ratifiers=(staff, senate)), deal, criterion="ratifiable")
    assert vetoed.margin == -math.inf
    assert "US's Senate vetoes eda: lifted." in vetoed.reason
    assert vetoed.flips_when == "US's Senate withdraws its veto"
    only = talks.with_party("US", ratifiers=(senate,))
    assert ng.is_enough(only, talks.package("samarium"), criterion="ratifiable").margin == math.inf
    assert ng.is_enough(exchange(), deal, criterion="ratifiable").holds is None


# --- what all verdicts share -----------------------------------------------------------------------


@pytest.fixture
def full(talks: ng.Negotiation) -> ng.Negotiation:
    need = ng.Stake(
        "US", "samarium", "lifted", ng.Distribution.triangular(0, 5, 9)
    )  # for criteria about what is uncertain
    return talks.with_party("US", ratifiers=(ng.Ratifier("staff", ("security",), at_least=-1),)).with_stakes(need)


@pytest.mark.parametrize("name", CRITERIA)
def test_a_tampered_certificate_is_found_out(name: str, full: ng.Negotiation, deal: ng.Package) -> None:
    """The checker accepts the verdict and refuses the opposite answer, another margin, and another package."""
    criterion = as_criterion(name)
    verdict = ng.is_enough(full, deal, criterion=name)
    assert verdict.holds is not None
    check = criterion.check  # type: ignore[attr-defined]
    assert check(full, verdict)
    assert not check(full, dataclasses.replace(verdict, holds=not verdict.holds))
    assert not check(full, dataclasses.replace(verdict, margin=verdict.margin - 1))
    assert not check(full, dataclasses.replace(verdict, package=full.package("ethane")))


def test_verify_looks_the_criterion_up(full: ng.Negotiation, deal: ng.Package) -> None:
    verdict = ng.is_enough(full, deal)
    assert ng.verify(full, verdict)
    assert not ng.verify(full.with_stakes(ng.Stake("US", "samarium", "lifted", 6)), verdict)
    unknown = ng.is_enough(exchange(), deal, criterion="ratifiable")
    assert ng.verify(exchange(), unknown)
    assert not ng.verify(full, unknown)


@pytest.mark.parametrize("name", CRITERIA)
def test_verdicts_pickle_and_print(name: str, full: ng.Negotiation, deal: ng.Package) -> None:
    verdict = ng.is_enough(full, deal, criterion=name)
    again = pickle.loads(pickle.dumps(verdict))
    assert str(again) == str(verdict)
    assert verdict.reason in str(verdict)
    assert verdict._repr_html_().startswith("<p>")


@pytest.mark.parametrize("name", CRITERIA)
def test_criteria_are_frozen_values_with_a_question(name: str) -> None:
    criterion = as_criterion(name)
    assert isinstance(criterion, ng.Criterion)
    assert criterion == as_criterion(name)
    assert criterion.question.endswith("?")


def test_linear_criteria_say_so() -> None:
    assert {n for n in CRITERIA if isinstance(as_criterion(n), LinearCriterion)} == {
        "acceptable", "worth_the_doubt", "ratifiable",
    }  # fmt: skip


def test_unknown_criteria_and_options() -> None:
    talks = exchange()
    deal = talks.package("eda", "samarium")
    with pytest.raises(ng.UnknownNameError, match=r"no criterion called 'eficient'.*Did you mean 'efficient'"):
        ng.is_enough(talks, deal, criterion="eficient")
    with pytest.raises(ng.WrongTypeError, match="is not a criterion"):
        ng.is_enough(talks, deal, criterion=ng.Acceptable)  # type: ignore[arg-type]
    with pytest.raises(ng.UnknownNameError, match="bargaining solution"):
        ng.Fair("nsah")  # type: ignore[arg-type]
    with pytest.raises(ng.ParameterError, match="punishment"):
        ng.SelfEnforcing("tanks")  # type: ignore[arg-type]
    with pytest.raises(ng.UnknownNameError, match="Chna"):
        ng.is_enough(talks, deal, party="Chna")


def test_past_the_limit_the_frontier_answers() -> None:
    """Forty issues, a trillion packages: a lift that costs nobody anything is found, and so is the nearest rival."""
    issues = [ng.Issue(f"x{k}", owner="AB"[k % 2]) for k in range(40)]
    stakes = [ng.Stake(p, i.name, "lifted", 3 if p != i.owner else -1) for i in issues for p in "AB"]
    talks = ng.Negotiation(["A", "B"], issues, stakes)
    everything = talks.package(*talks.issue_names)
    verdict = ng.is_enough(talks, everything, criterion="efficient")
    assert (verdict.holds, verdict.margin) == (
        True,
        2,
    )  # a lift dropped costs one of them 3, one dropped by each both 2
    poorer = ng.is_enough(talks, talks.package("x0", "x1"), criterion="efficient")
    assert (poorer.holds, poorer.margin) == (False, -2 * 38)
    assert ng.Efficient().check(talks, poorer)


def test_work_in_draws_has_a_limit(talks: ng.Negotiation, deal: ng.Package, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("negotiation.analysis.rivals.MOST_WORK", 100)
    draws = ng.draw_stakes(talks, 20, rng=np.random.default_rng(1))
    with pytest.raises(ng.SizeLimitError, match="ask for at most 6 draws"):
        ng.Efficient().margins(talks, talks.codes([deal]), draws=draws)


def test_certificates_are_read_only() -> None:
    facts = Certificate("x", {"a": 1}).facts
    with pytest.raises(TypeError):
        facts["a"] = 2  # type: ignore[index]
