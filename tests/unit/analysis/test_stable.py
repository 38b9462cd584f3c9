"""Stable, and the conflict behind it: answers worked out by hand, on London, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import negotiation as ng
from negotiation.analysis.verdict import Certificate


@pytest.fixture(scope="module")
def talks() -> ng.Negotiation:
    """A swap that pays both, each of whom would rather take without giving; and a joint forum."""
    return ng.Negotiation(
        ["A", "B"],
        [ng.Issue("x", owner="A"), ng.Issue("y", ("in force", "half", "lifted"), "B"), ng.Issue("forum")],
        [
            ng.Stake("A", "x", "lifted", -1),
            ng.Stake("A", "y", "half", 3),
            ng.Stake("A", "y", "lifted", 4),
            ng.Stake("B", "x", "lifted", 4),
            ng.Stake("B", "y", "half", -0.5),
            ng.Stake("B", "y", "lifted", -2),
            ng.Stake("A", "forum", "lifted", 10),
        ],
    )


def test_the_swap_holds_because_breaking_it_is_answered(talks: ng.Negotiation) -> None:
    verdict = ng.is_enough(talks, talks.package("x", "y"), criterion="stable")
    # A keeps 3 and could have 4, but B then withdraws y and leaves it 0; B keeps 2 and could have 4, but A leaves it 0
    assert verdict.holds
    assert verdict.margin == pytest.approx(2)
    assert verdict.certificate.facts["level"] == {"A": 0, "B": 0}
    assert verdict.certificate.facts["margins"]["Nash"] == {"A": -1, "B": -2}
    assert verdict.certificate.facts["answer"]["A"] == talks.status_quo
    assert "GMR, SMR, SEQ and SIM stable, not Nash." in verdict.reason
    assert verdict.flips_when == (
        "what the package is worth to B, all others unchanged, falls by more than 2 payoff units per period"
    )


def test_joint_issues_stand_as_in_the_package(talks: ng.Negotiation) -> None:
    with_forum = ng.is_enough(talks, talks.package("x", "y", "forum"), criterion="stable", party="A")
    assert with_forum.certificate.facts["level"] == {"A": 10}
    assert with_forum.margin == pytest.approx(3)


def test_nothing_given_is_nothing_to_fear(talks: ng.Negotiation) -> None:
    verdict = ng.is_enough(talks, talks.package("x"), criterion="stable")
    # A would take back x, which nobody answers
    assert not verdict.holds
    assert verdict.margin == pytest.approx(-1)
    assert "A can go from -1 to 0 by x: in force, and no answer is in the others' interest." in verdict.reason


def test_what_may_be_moved(talks: ng.Negotiation) -> None:
    half = talks.package("x", y="half")
    assert ng.is_enough(talks, half, criterion=ng.Stable("Nash"), party="B").margin == pytest.approx(-0.5)
    gift = talks.package("y")
    assert ng.is_enough(talks, gift, criterion=ng.Stable(scope="moved"), party="A").margin == np.inf
    assert "owns nothing that it could move" in ng.is_enough(talks, gift, criterion=ng.Stable(scope="moved")).reason


def test_bad_options() -> None:
    with pytest.raises(ng.UnknownNameError, match="no concept called 'seq'"):
        ng.Stable("seq")  # type: ignore[arg-type]
    with pytest.raises(ng.ParameterError, match="scope"):
        ng.Stable(scope="some")  # type: ignore[arg-type]


def test_false_certificates_are_found_out(talks: ng.Negotiation) -> None:
    verdict = ng.is_enough(talks, talks.package("x", "y"), criterion="stable")
    facts = dict(verdict.certificate.facts)
    wrong: list[dict[str, object]] = [
        {"level": {"A": 0.5, "B": 0.0}},
        {"stable": {**facts["stable"], "Nash": {"A": True, "B": False}}},
        {"margins": {**facts["margins"], "SEQ": {"A": 3.0, "B": 1.0}}},
        {"answer": {"A": talks.package("forum"), "B": talks.status_quo}},
        {"payoffs": {"A": 4.0, "B": 2.0}},
    ]
    assert ng.verify(talks, verdict)
    for change in wrong:
        bad = replace(verdict, certificate=Certificate("", facts | change))
        assert not ng.verify(talks, bad), change


def test_too_many_measures_and_draws(talks: ng.Negotiation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("negotiation.reduce.conflict_margins.MOST_WORK", 10)
    with pytest.raises(ng.SizeLimitError, match="draws"):
        ng.probability(talks, talks.package("x"), criterion="stable", draws=100, rng=np.random.default_rng(0))
    monkeypatch.setattr("negotiation.reduce.conflict_margins.MOST_COMBINATIONS", 2)
    with pytest.raises(ng.SizeLimitError, match="scope='moved'"):
        ng.is_enough(talks, talks.package("x"), criterion="stable")


# --- the graph ---------------------------------------------------------------------------------------


def test_the_graph_of_a_negotiation(talks: ng.Negotiation) -> None:
    graph = ng.conflict_graph(talks)
    assert (graph.n_states, graph.parties) == (6, ("A", "B"))
    assert list(graph.states)[:4] == ["status quo", "y: half", "y: lifted", "x"]
    assert graph.state_index(talks.package("x", "y")) == 5
    solved = ng.solve(graph)
    assert solved.equilibrium_names["Nash"] == ("status quo",)
    assert solved.equilibrium_names["SEQ"] == ("status quo", "x + y: half", "x + y: lifted")
    with pytest.raises(ng.UnknownNameError, match="no setting called 'lifted' in option 'forum'"):
        graph.state_index(talks.package("forum"))


def test_chosen_issues_and_where_the_rest_stands(talks: ng.Negotiation) -> None:
    graph = ng.conflict_graph(talks, issues=["x"], package=talks.package("y", "forum"))
    assert graph.n_states == 2
    assert graph.values is not None
    assert graph.values[0].tolist() == [14, 13]
    with pytest.raises(ng.OwnershipError, match="joint"):
        ng.conflict_graph(talks, issues=["forum"])
    with pytest.raises(ng.DuplicateNameError):
        ng.conflict_graph(talks, issues=["x", "x"])
    with pytest.raises(ng.SizeLimitError, match="6 states, past the limit of 5"):
        ng.conflict_graph(talks, limit=5)
    with pytest.raises(ng.WrongTypeError, match="takes a Negotiation"):
        ng.conflict_graph("London")  # type: ignore[arg-type]


def test_what_is_delivered_stays_delivered(talks: ng.Negotiation) -> None:
    """If y cannot be taken back, B can no longer answer A's withdrawal of x, and the swap falls apart."""
    graph = ng.conflict_graph(talks, irreversible=["y"])
    assert graph.n_moves == {"A": 6, "B": 6}
    solved = ng.solve(graph)
    swap = graph.state_index(talks.package("x", "y"))
    assert not solved.stable["SEQ"]["A"][swap]
    assert solved.stable["Nash"]["B"][swap]
    assert ng.solve(ng.conflict_graph(talks, groups={"g": ["y"]}, irreversible=["g"])).graph.n_moves["B"] == 1
    with pytest.raises(ng.UnknownNameError, match="irreversible"):
        ng.conflict_graph(talks, irreversible=["z"])


def test_groups_of_measures(talks: ng.Negotiation) -> None:
    graph = ng.conflict_graph(talks, groups={"lifts": ["x"], "licences": ["y"]}, package=talks.package(y="half"))
    assert list(graph.states) == ["status quo", "licences", "lifts", "lifts + licences"]
    assert graph.values is not None
    assert graph.values[0].tolist() == [0, 3, -1, 2]
    with pytest.raises(ng.OwnershipError, match="the owners A, B"):
        ng.conflict_graph(talks, groups={"all": ["x", "y"]})
    with pytest.raises(ng.DuplicateNameError, match="'x'"):
        ng.conflict_graph(talks, groups={"one": ["x"], "other": ["x"]})
    with pytest.raises(ng.ParameterError, match="either issues or groups"):
        ng.conflict_graph(talks, issues=["x"], groups={"one": ["x"]})


def test_ranks_of_a_users_own(talks: ng.Negotiation) -> None:
    ranks = {"A": lambda p: p["y"] != "in force", "B": [0, 0, 0, 1, 1, 1]}
    graph = ng.conflict_graph(talks, preferences=ranks)
    assert graph.preferences["A"].tolist() == [0, 1, 1, 0, 1, 1]
    by_group = ng.conflict_graph(
        talks,
        groups={"lift": ["x"], "license": ["y"]},
        preferences={"A": lambda p: p["y"] == "lifted", "B": [0, 0, 1, 1]},
    )
    assert by_group.preferences["A"].tolist() == [0, 1, 0, 1]
    with pytest.raises(ng.UnknownNameError, match="no party called 'B'"):
        ng.conflict_graph(talks, preferences={"A": [0] * 6})
    with pytest.raises(ng.ParameterError, match="5 states given; there are 6"):
        ng.conflict_graph(talks, preferences={"A": [0] * 5, "B": [0] * 5})


def test_rounding_noise_is_a_tie() -> None:
    talks = ng.Negotiation(
        ["A", "B"],
        [ng.Issue("x", owner="A"), ng.Issue("y", owner="A"), ng.Issue("z", owner="A")],
        [ng.Stake("A", "x", "lifted", 0.1), ng.Stake("A", "y", "lifted", 0.2), ng.Stake("A", "z", "lifted", 0.3)],
    )
    graph = ng.conflict_graph(talks)
    at = graph.state_index
    ranks = graph.preferences["A"]
    assert ranks[at({"x": "lifted", "y": "lifted"})] == ranks[at({"z": "lifted"})]


@pytest.mark.slow
def test_london_is_checked_by_the_whole_graph() -> None:
    talks = ng.london_2025()
    package = talks.combine("the three lifts promised", "every control lifted for good")
    verdict = ng.is_enough(talks, package, criterion="stable", party="US")
    assert verdict.holds
    assert ng.verify(talks, verdict)
