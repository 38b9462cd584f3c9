"""What a bargaining problem refuses, and in which words; how sources of problems are recognised."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import negotiation as ng


@pytest.mark.parametrize(
    ("utilities", "disagreement", "options", "error", "words"),
    [
        ([[1, 2], [float("nan"), 3]], [0, 0], {"names": ("US", "China")}, ng.NotFiniteError, "'US' in row 1 is nan"),
        ([[1, 2], [4, float("inf")]], [0, 0], {}, ng.NotFiniteError, "'player 2' in row 1 is inf"),
        ([[1, 2]], [0, float("nan")], {}, ng.NotFiniteError, "disagreement payoff of 'player 2'"),
        ([[1, 2]], [0], {}, ng.GameShapeError, r"disagreement of shape \(1,\)"),
        ([1, 2], [0, 0], {}, ng.GameShapeError, r"expected \(D, N\)"),
        ([], [], {}, ng.GameShapeError, r"expected \(D, N\)"),
        ([[1, 2], [3]], [0, 0], {}, ng.GameShapeError, "rows of different length"),
        ([["a", "b"]], [0, 0], {}, ng.WrongTypeError, "'a' is not a real number"),
        ([[1 + 2j, 0]], [0, 0], {}, ng.WrongTypeError, "not a real number"),
        ([[None, 0]], [0, 0], {}, ng.NotFiniteError, "is nan"),
        ([[1, 2]], [0, 0], {"names": ("US",)}, ng.GameShapeError, "1 names given for 2 players"),
        ([[1, 2]], [0, 0], {"names": ("US", "US")}, ng.DuplicateNameError, "duplicate player 'US'"),
        ([[1, 2]], [0, 0], {"names": ("US", "")}, ng.WrongTypeError, "not a non-empty text"),
    ],
)
def test_bad_problems(utilities: Any, disagreement: Any, options: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        ng.BargainingProblem(utilities, disagreement, **options)


def test_arrays_are_private_and_read_only() -> None:
    given = np.array([[1.0, 2.0]])
    problem = ng.BargainingProblem(given, [0, 0])
    given[0, 0] = 9
    assert problem.utilities[0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        problem.utilities[0, 0] = 9


def test_it_pickles() -> None:
    problem = ng.BargainingProblem([[1, 2]], [0, 0], names=("US", "China"), unit="USD per day")
    again = pickle.loads(pickle.dumps(problem))
    assert (again.names, again.unit, again.utilities.tolist()) == (problem.names, problem.unit, [[1, 2]])


@pytest.mark.parametrize("rule", [ng.pareto_frontier, ng.nash_bargaining, ng.kalai_smorodinsky])
def test_what_is_not_a_problem(rule: Any) -> None:
    with pytest.raises(ng.WrongTypeError, match="not a bargaining problem"):
        rule([[1, 2]])


class Listed:
    """Something that lists its outcomes."""

    def as_bargaining_problem(self) -> ng.BargainingProblem:
        return ng.BargainingProblem([[2, 8], [5, 5], [7, 2]], [1, 1])


class Additive:
    """Something that adds up over issues; a package is a text."""

    party_names = ("US", "China")
    unit = "USD per day"

    def as_additive_terms(self) -> Any:
        stakes = [[[0, 0], [3, -1]], [[0, 0], [-2, 5]], [[0, 0], [-1, -1]], [[0, 0], [0, 0]]]
        return stakes, [(((0, 1), (1, 1)), [1, 1])], [0, 0]

    def package_from_choices(self, choices: Any) -> str:
        return "".join(map(str, choices))


def test_sources_that_list_their_outcomes() -> None:
    assert ng.pareto_frontier(Listed()).outcomes.tolist() == [0, 1, 2]
    assert ng.nash_bargaining(Listed()).outcomes.tolist() == [1]


def test_sources_that_add_up_over_issues() -> None:
    front = ng.pareto_frontier(Additive())
    assert front.packages == ("1100", "1101", "1000", "1001")
    assert front.counts.tolist() == [2, 2, 2, 2]
    assert ng.pareto_frontier(Additive(), ties="one").packages == ("1100", "1000")
    assert ng.pareto_frontier(Additive(), rational_only=True).packages == ("1100", "1101")
    answer = ng.nash_bargaining(Additive())
    assert answer.packages == ("1100", "1101")
    assert answer.names == ("US", "China")
    assert answer.unit == "USD per day"
    assert ng.utilitarian(Additive(), lotteries=True).packages == ("1100",)


def test_answers_about_a_negotiation_print_packages() -> None:
    """Names instead of rows, with the probabilities of a lottery; a table of outcomes has only rows to print."""
    talks = ng.Negotiation(
        ["A", "B"],
        [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
        [ng.Stake("A", "x", "lifted", -2), ng.Stake("B", "x", "lifted", 6),
         ng.Stake("A", "y", "lifted", 4), ng.Stake("B", "y", "lifted", -1)],
        unit="EUR million per year",
    )  # fmt: skip
    lines = str(ng.nash_bargaining(talks)).splitlines()
    assert lines[:2] == ["Nash → A 2, B 5 EUR million per year", "  x: lifted, y: lifted"]
    mixed = str(ng.egalitarian(talks, lotteries=True)).splitlines()
    assert mixed[1:3] == ["  0.625: x: lifted, y: lifted", "  0.375: y: lifted"]
    assert str(ng.nash_bargaining(ng.bargaining_problem(talks))).startswith("Nash: outcome 3 → A 2, B 5")
    nothing = talks.with_party("A", disagreement=9)
    assert str(ng.nash_bargaining(nothing)).startswith("Nash: no agreement → A 9, B 0")
