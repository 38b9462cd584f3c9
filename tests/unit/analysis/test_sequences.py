"""Delivery in turn on a small exchange whose answers are worked out by hand, how it prints, and what is refused."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

import negotiation as ng


@pytest.fixture
def talks() -> ng.Negotiation:
    """US gives eda (3) and ethane, which it gains by; China gives magnets (4), worth 6 to the US, and has licences between."""
    return ng.Negotiation(
        [ng.Party("US", detection_lag=2), "China"],
        [
            ng.Issue("eda", owner="US"),
            ng.Issue("ethane", owner="US"),
            ng.Issue("magnets", ("in force", "six-month licences", "lifted"), "China"),
            ng.Issue("forum"),
        ],
        [
            ng.Stake("US", "eda", "lifted", -3),
            ng.Stake("US", "ethane", "lifted", 1),
            ng.Stake("US", "magnets", "six-month licences", 4),
            ng.Stake("US", "magnets", "lifted", 6),
            ng.Stake("China", "eda", "lifted", 5),
            ng.Stake("China", "ethane", "lifted", 2),
            ng.Stake("China", "magnets", "six-month licences", -1),
            ng.Stake("China", "magnets", "lifted", -4),
        ],
        unit="USD million per month",
    )


@pytest.fixture
def deal(talks: ng.Negotiation) -> ng.Package:
    return talks.package("eda", "ethane", "magnets")


def test_the_last_to_move_keeps_back_what_costs_it(talks: ng.Negotiation, deal: ng.Package) -> None:
    verdict = ng.is_enough(talks, deal, criterion=ng.Sequenced(first="US"))
    assert verdict.margin == -4
    assert verdict.reason == "US first: China would gain 4 by magnets: in force; only ethane would be delivered."
    assert "comes to cost China 4 USD million per month less" in verdict.flips_when
    assert ng.is_enough(talks, deal, criterion="sequenced").margin == -3
    assert ng.verify(talks, verdict)


def test_binding_the_last_is_enough(talks: ng.Negotiation, deal: ng.Package) -> None:
    """With China bound, the US alone decides, and eda costs it; with the US bound, China does, and magnets cost it."""
    assert ng.is_enough(talks, deal, criterion=ng.Sequenced(bound=("China",))).margin == -3
    assert ng.is_enough(talks, deal, criterion=ng.Sequenced(bound=("US", "China"))).holds
    assert ng.solve(ng.sequence_game(talks, deal, bound=("US", "China"))).equilibria[0].payoffs.tolist() == [4, 3]


def test_a_gift_that_gains_is_sequenced(talks: ng.Negotiation) -> None:
    verdict = ng.is_enough(talks, talks.package("ethane"), criterion="sequenced")
    assert verdict.margin == 1
    assert verdict.reason == "US would lose 1 by ethane: in force."
    nothing = ng.is_enough(talks, talks.status_quo, criterion="sequenced")
    assert nothing.holds
    assert nothing.reason == "Nobody has anything to deliver."


def test_interactions_can_make_order_enough() -> None:
    """B's y is worth something to B only after x: so A goes first, and B follows by itself."""
    talks = ng.Negotiation(
        ["A", "B"],
        [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
        [ng.Stake("A", "x", "lifted", -1), ng.Stake("A", "y", "lifted", 4), ng.Stake("B", "y", "lifted", -2)],
        [ng.Interaction("B", {"x": "lifted", "y": "lifted"}, 3)],
    )
    package = talks.package("x", "y")
    verdict = ng.is_enough(talks, package, criterion="sequenced")
    assert verdict.holds
    assert verdict.margin == 1
    assert verdict.certificate.facts["best_order"] == ("A", "B")
    assert not ng.is_enough(talks, package, criterion="spontaneous")
    assert not ng.is_enough(talks, package, criterion=ng.Sequenced(first="B"))


def test_bonds_print_both_orders_and_count_the_lag(talks: ng.Negotiation, deal: ng.Package) -> None:
    found = ng.bonds(talks, deal)
    assert found["US"] == {"US": 0, "China": 4}
    assert found["China"] == {"China": 0, "US": 3}
    assert dict(found)["China", "US"][1].deposit == 6
    assert found.smallest == ("US", "China")
    assert "US 3 (noticed after 2 months: USD million 6)" in str(found)
    assert len(found.to_frame()) == 4
    assert "<table" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found))["US"] == found["US"]
    with pytest.raises(ng.EmptyPackageError, match="China delivers nothing"):
        _ = ng.bonds(talks, talks.package("ethane"))["China"]


def test_tranches_pass_through_licences(talks: ng.Negotiation, deal: ng.Package) -> None:
    found = ng.tranches(talks, deal, steps=4)
    assert [step.party for step in found.steps] == ["China", "US", "China"]
    assert found.steps[0].after["magnets"] == "six-month licences"
    assert [step.temptation for step in found.steps] == [0, 1, 3]
    assert found.temptation == 3
    assert found.bonds == {"US": 1, "China": 3}
    assert found.patience["China"] == pytest.approx(0.5)
    whole = ng.tranches(talks, deal, steps=4, graded=False)
    assert whole.temptation == 3
    assert len(found.to_frame()) == 3
    assert "<table" in found._repr_html_()
    assert str(pickle.loads(pickle.dumps(found))) == str(found)


def test_joint_issues_are_settled_last(talks: ng.Negotiation) -> None:
    found = ng.tranches(talks, talks.package("eda", "magnets", "forum"), steps=3)
    assert all(step.before["forum"] == "in force" for step in found.steps)
    assert found.steps[-1].after["forum"] == "lifted"
    assert ng.tranches(talks, talks.package("forum"), steps=2).steps == ()


def test_ways_side_by_side(talks: ng.Negotiation, deal: ng.Package) -> None:
    found = ng.compare_sequences(talks, deal, steps=(3, 4))
    assert [way.name for way in found] == ["all at once", "US first", "China first", "3 tranches", "six-month licences"]
    assert found["six-month licences"].payoffs == {"US": 2, "China": 6}
    assert found["all at once"].bonds == {"US": 3, "China": 4}
    assert list(found.to_frame().index) == [way.name for way in found]
    assert "<table" in found._repr_html_()
    with pytest.raises(ng.UnknownNameError, match="US first"):
        _ = found["US frist"]


BAD: list[tuple[Any, type[Exception], str]] = [
    (lambda t, p: ng.sequence_game(t, p, first="USA"), ng.UnknownNameError, "no party called 'USA'"),
    (lambda t, p: ng.sequence_game(t, p, order=("US",)), ng.UnknownNameError, "no turn called 'China'"),
    (lambda t, p: ng.sequence_game(t, p, order=("US", "US", "China")), ng.DuplicateNameError, "party 'US'"),
    (lambda t, p: ng.sequence_game(t, p, order="US"), ng.WrongTypeError, "several parties"),
    (lambda t, p: ng.sequence_game(t, p, bonds={"USA": 1}), ng.UnknownNameError, "USA"),
    (lambda t, p: ng.sequence_game(t, p, limit=4), ng.SizeLimitError, "criterion"),
    (lambda t, p: ng.Sequenced(bound="US"), ng.WrongTypeError, "several parties"),
    (lambda t, p: ng.is_enough(t, p, criterion=ng.Sequenced(first="USA")), ng.UnknownNameError, "USA"),
    (lambda t, p: ng.tranches(t, p, steps=1), ng.ParameterError, "whole number from 2"),
    (lambda t, p: ng.tranches(t, p, steps=True), ng.ParameterError, "whole number"),
    (lambda t, p: ng.tranches(t, p, steps=1000), ng.ParameterError, "to 200"),
    (lambda t, p: ng.tranches(t, p, steps=3, first="USA"), ng.UnknownNameError, "USA"),
    (lambda t, p: ng.compare_sequences(t, t.package("forum")), ng.EmptyPackageError, "nobody delivers"),
]


@pytest.mark.parametrize(("call", "error", "message"), BAD, ids=[row[2] + str(k) for k, row in enumerate(BAD)])
def test_bad_questions(
    talks: ng.Negotiation, deal: ng.Package, call: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        call(talks, deal)


def test_too_many_concessions_are_refused() -> None:
    issues = [ng.Issue(f"x{k}", owner="AB"[k % 2]) for k in range(22)]
    talks = ng.Negotiation(["A", "B"], issues)
    package = talks.package(*talks.issue_names)
    with pytest.raises(ng.SizeLimitError, match="past the limit of 2,097,152"):
        ng.tranches(talks, package, steps=4)
    with pytest.raises(ng.SizeLimitError, match="hang together"):
        ng.bonds(talks, package)
    six = ng.Negotiation("ABCDEF", [ng.Issue(f"x{p}", owner=p) for p in "ABCDEF"])
    with pytest.raises(ng.SizeLimitError, match="too many orders"):
        ng.bonds(six, six.package(*six.issue_names))
