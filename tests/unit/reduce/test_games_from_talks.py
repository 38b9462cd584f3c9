"""Concession, exchange and bargaining games built from a negotiation."""

from __future__ import annotations

import numpy as np
import pytest

import negotiation as ng
from negotiation.model.grid import payoff_grid
from negotiation.model.payoffs import all_codes, payoffs
from negotiation.reduce.best_response import clusters, deviation_gains


@pytest.fixture(scope="module")
def talks() -> ng.Negotiation:
    return ng.Negotiation(
        ["US", "China", "EU"],
        [
            ng.Issue("eda", owner="US"),
            ng.Issue("ethane", owner="US"),
            ng.Issue("samarium", ("in force", "six-month licences", "lifted"), "China"),
            ng.Issue("forum"),
        ],
        [
            ng.Stake("US", "samarium", "six-month licences", 2),
            ng.Stake("US", "samarium", "lifted", 5),
            ng.Stake("US", "eda", "lifted", -2),
            ng.Stake("China", "eda", "lifted", 4),
            ng.Stake("China", "samarium", "lifted", -1),
            ng.Stake("EU", "samarium", "lifted", 3),
            ng.Stake("EU", "forum", "lifted", 1),
        ],
        [ng.Interaction("US", {"eda": "lifted", "ethane": "lifted"}, 4)],
        unit="USD million per month",
    )


def test_actions_are_named_by_what_they_move(talks: ng.Negotiation) -> None:
    game = ng.concession_game(talks)
    assert game.players == ("US", "China", "EU")
    assert game.shape == (4, 3, 1)
    assert game.actions[0] == ("nothing moved", "ethane: lifted", "eda: lifted", "eda: lifted, ethane: lifted")
    assert game.actions[1][1] == "samarium: six-month licences"
    assert game.unit == talks.unit
    np.testing.assert_array_equal(game.payoffs[:, 3, 2, 0], [7, 3, 3])


def test_some_play_while_the_rest_stands(talks: ng.Negotiation) -> None:
    package = talks.package("samarium", "forum")
    game = ng.concession_game(talks, parties=["US"], package=package)
    assert game.shape == (4,)
    np.testing.assert_array_equal(game.payoffs, [[5, 5, 3, 7]])
    whole = ng.concession_game(talks, package=package)
    np.testing.assert_array_equal(whole.payoffs[2, 0, :, 0], [1, 1, 4])


def test_concession_games_past_the_limit(talks: ng.Negotiation) -> None:
    with pytest.raises(ng.SizeLimitError, match=r"12 cells \(US 4, China 3, EU 1 actions\).*spontaneous"):
        ng.concession_game(talks, limit=11)
    with pytest.raises(ng.UnknownNameError):
        ng.concession_game(talks, parties=["Japan"])


def test_an_exchange_is_a_prisoners_dilemma(talks: ng.Negotiation) -> None:
    game = ng.exchange_game(talks, talks.package("eda", samarium="lifted"))
    assert game.actions == (("keep", "break"), ("keep", "break"), ("keep",))
    np.testing.assert_array_equal(game.payoffs[0, :, :, 0], [[3, -2], [5, 0]])
    np.testing.assert_array_equal(game.payoffs[1, :, :, 0], [[3, 4], [-1, 0]])
    (equilibrium,) = ng.solve(game, ng.PureEnumeration()).equilibria
    np.testing.assert_array_equal(equilibrium.payoffs, [0, 0, 0])


def test_what_is_joint_stands_only_when_all_keep(talks: ng.Negotiation) -> None:
    game = ng.exchange_game(talks, talks.package("forum"))
    assert game.shape == (2, 2, 2)
    assert game.payoffs[2, 0, 0, 0] == 1
    assert game.payoffs[2].sum() == 1


def test_the_bargaining_problem_lists_every_package(talks: ng.Negotiation) -> None:
    talks = talks.with_party("EU", disagreement=-2)
    problem = ng.bargaining_problem(talks)
    np.testing.assert_allclose(problem.utilities, payoffs(talks, all_codes(talks)))
    np.testing.assert_array_equal(problem.disagreement, [0, 0, -2])
    assert problem.names == talks.party_names
    assert problem.unit == talks.unit
    with pytest.raises(ng.SizeLimitError, match="past the limit"):
        ng.bargaining_problem(talks, limit=23)


def test_solutions_take_the_talks_themselves(talks: ng.Negotiation) -> None:
    """Through the frontier or through the list: the same payoffs."""
    direct, listed = ng.nash_bargaining(talks), ng.nash_bargaining(ng.bargaining_problem(talks))
    np.testing.assert_allclose(direct.payoffs, listed.payoffs)
    assert ng.pareto_frontier(talks).packages


def test_interactions_tie_measures_into_clusters(talks: ng.Negotiation) -> None:
    assert clusters(talks, 0) == [[0, 1]]
    assert clusters(talks, 1) == [[2]]
    assert clusters(talks, 2) == []


def test_a_cluster_past_the_limit_is_refused() -> None:
    issues = [ng.Issue(f"x{k}", owner="A") for k in range(21)]
    talks = ng.Negotiation(["A", "B"], issues, (), [ng.Interaction("A", {i.name: "lifted" for i in issues}, 1)])
    with pytest.raises(ng.SizeLimitError, match="tie 21 measures of A together"):
        deviation_gains(talks, np.zeros((1, 21), dtype=np.int64))


def test_deviations_need_no_table_for_many_measures() -> None:
    """Sixty measures would be 2**60 actions; the gain is the sum of sixty small ones."""
    issues = [ng.Issue(f"x{k}", owner="A") for k in range(60)]
    talks = ng.Negotiation(["A", "B"], issues, [ng.Stake("A", i.name, "lifted", 2) for i in issues])
    gains = deviation_gains(talks, np.zeros((1, 60), dtype=np.int64))
    np.testing.assert_array_equal(gains, [[120, 0]])


def test_the_grid_refuses_more_numbers_than_allowed(talks: ng.Negotiation) -> None:
    assert payoff_grid(talks, limit=72).shape == (3, 24)
    with pytest.raises(ng.SizeLimitError, match="without_issues"):
        payoff_grid(talks, limit=71)
