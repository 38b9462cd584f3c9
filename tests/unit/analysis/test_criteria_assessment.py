"""`assess`: one verdict a criterion, in a table, in HTML, as data; and the offers that are none."""

from __future__ import annotations

import pickle

import pytest

import negotiation as ng
from negotiation.analysis.criteria.registry import CRITERIA


@pytest.fixture(scope="module")
def talks() -> ng.Negotiation:
    return ng.Negotiation(
        [ng.Party("US", discount_factor=0.9), ng.Party("China", reservation=3)],
        [ng.Issue("eda", owner="US"), ng.Issue("magnets", owner="China"), ng.Issue("forum <b>")],
        [
            ng.Stake("US", "eda", "lifted", -9.5),
            ng.Stake("US", "magnets", "lifted", 12),
            ng.Stake("China", "eda", "lifted", 15),
            ng.Stake("China", "magnets", "lifted", -13.4),
        ],
        unit="USD million per month",
    )


@pytest.fixture(scope="module")
def assessment(talks: ng.Negotiation) -> ng.Assessment:
    return ng.assess(talks, talks.package("eda", "magnets"), proposer="US")


def test_one_verdict_a_criterion_in_order(assessment: ng.Assessment) -> None:
    assert [v.criterion for v in assessment] == list(CRITERIA)
    assert len(assessment) == len(CRITERIA)
    assert assessment["acceptable"].margin == pytest.approx(-1.4)
    assert dict(assessment.payoffs) == pytest.approx({"US": 2.5, "China": 1.6})


def test_what_cannot_be_applied_says_why(assessment: ng.Assessment) -> None:
    assert assessment.holds["worth_the_doubt"] is None
    assert "no credibility is given for US and China" in assessment["worth_the_doubt"].reason
    assert (
        "Cannot say whether it is worth the doubt, better than waiting, self-enforcing, ratifiable or revealing."
        in assessment.headline
    )
    assert "cannot say" in str(assessment)


def test_the_table_leads_with_a_sentence_a_party_and_fits(assessment: ng.Assessment) -> None:
    text = str(assessment)
    assert text.startswith("US offers eda: lifted\nand asks China for magnets: lifted\n")
    assert "China: 15.0 gained against 13.4 given: +1.6; China's fallback is 3." in text
    assert "In USD million per month." in text
    assert max(map(len, text.splitlines())) <= 100
    assert repr(assessment) == text


def test_no_patience_is_enough_reads_never() -> None:
    talks = ng.Negotiation(
        [ng.Party("A", discount_factor=0.98), ng.Party("B", discount_factor=0.98)],
        [ng.Issue("x", owner="A")],
        [ng.Stake("A", "x", "lifted", -1)],
    )
    found = ng.assess(talks, talks.package("x"), proposer="A")
    assert found["self_enforcing"].margin == pytest.approx(-0.02)
    assert "never" in str(found)


def test_html_is_escaped(talks: ng.Negotiation) -> None:
    page = ng.assess(talks, talks.package("eda", "forum <b>"), proposer="US")._repr_html_()
    assert "forum &lt;b&gt;" in page
    assert "forum <b>" not in page
    assert page.count("<tr>") == 1 + len(CRITERIA)


def test_as_a_data_frame(assessment: ng.Assessment) -> None:
    frame = assessment.to_frame()
    assert list(frame.index) == list(CRITERIA)
    assert frame.loc["acceptable", "margin"] == pytest.approx(-1.4)
    assert bool(frame["holds"].isna()["worth_the_doubt"])
    assert frame.attrs["unit"] == "USD million per month"


def test_chosen_criteria(talks: ng.Negotiation) -> None:
    few = ng.assess(talks, talks.package("eda", "magnets"), proposer="US", criteria=["fair", ng.Efficient()])
    assert list(few.holds) == ["fair", "efficient"]
    with pytest.raises(ng.UnknownNameError, match="known: fair, efficient"):
        few["acceptable"]
    with pytest.raises(ng.WrongTypeError, match="several names"):
        ng.assess(talks, talks.package("eda"), proposer="US", criteria="fair")


def test_work_past_a_limit_leaves_the_other_criteria_answered(
    talks: ng.Negotiation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("negotiation.reduce.best_response.CLUSTER_LIMIT", 1)
    found = ng.assess(talks, talks.package("eda", "magnets"), proposer="US")
    assert found.holds["acceptable"] is False
    assert found.holds["spontaneous"] is None
    assert "more than the limit of 1" in found["spontaneous"].reason


def test_it_pickles(assessment: ng.Assessment) -> None:
    assert str(pickle.loads(pickle.dumps(assessment))) == str(assessment)


def test_a_proposer_that_gives_nothing(talks: ng.Negotiation) -> None:
    with pytest.raises(ng.OwnershipError, match=r"US proposes a package in which only China \(magnets\) concedes.*eda"):
        ng.assess(talks, talks.package("magnets"), proposer="US")
    with pytest.raises(ng.OwnershipError):
        ng.assess(talks, talks.package("eda"), proposer="China")


def test_gifts_and_joint_settlements_are_offers(talks: ng.Negotiation) -> None:
    assert len(ng.assess(talks, talks.package("eda"), proposer="US"))
    assert "jointly: forum <b>: lifted" in str(ng.assess(talks, talks.package("forum <b>"), proposer="US"))
    assert "China concedes magnets: lifted" in str(ng.assess(talks, talks.package("magnets")))


def test_the_status_quo_is_no_offer(talks: ng.Negotiation) -> None:
    with pytest.raises(ng.EmptyPackageError, match="is_enough"):
        ng.assess(talks, talks.status_quo, proposer="US")


def test_unknown_names(talks: ng.Negotiation) -> None:
    with pytest.raises(ng.UnknownNameError, match="Chna"):
        ng.assess(talks, talks.package("eda"), proposer="Chna")
    with pytest.raises(ng.UnknownNameError, match="magnet"):
        ng.assess(talks, {"magnet": "lifted"}, proposer="China")
    with pytest.raises(ng.WrongTypeError):
        ng.assess(talks, "eda", proposer="US")  # type: ignore[arg-type]


def test_who_agrees_with_whom() -> None:
    """A swap that pays both, that neither would keep by itself, and that the answers to leaving it hold together."""
    talks = ng.Negotiation(
        ["A", "B"],
        [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
        [
            ng.Stake("A", "x", "lifted", -1),
            ng.Stake("A", "y", "lifted", 4),
            ng.Stake("B", "y", "lifted", -1),
            ng.Stake("B", "x", "lifted", 4),
        ],
    )
    chosen = ("acceptable", "efficient", "spontaneous", "fair", "self_enforcing", "stable")
    found = ng.assess(talks, talks.package("x", "y"), criteria=chosen).agreements
    assert found.holding == ("acceptable", "efficient", "fair", "stable")
    assert found.failing == ("spontaneous",)
    assert found.open == ("self_enforcing",)
    assert dict(found.objections) == {"A": ("spontaneous",), "B": ("spontaneous",)}
    assert list(found.lines(most=1)) == [
        "For A it is not spontaneous.",
        "For B it is not spontaneous.",
        "It is stable, but not spontaneous: leaving it pays, but only until the others have answered.",
    ]
    gift = ng.assess(talks, talks.package("x"), criteria=("acceptable", "stable"))
    assert "All 2 that can be applied agree that it is not enough." in str(gift)
    assert "<li>All 2 that can be applied agree that it is not enough.</li>" in gift._repr_html_()
    nothing = ng.assess(talks.with_stakes(ng.Stake("A", "x", "lifted", 1)), talks.package("x"))
    assert "That it is spontaneous makes it stable: count them once." in str(nothing)
