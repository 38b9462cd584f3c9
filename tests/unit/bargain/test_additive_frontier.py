"""Frontiers of sums: exact arithmetic, ties beyond counting, limits, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import negotiation as ng

TRADE = np.array([[0, 0], [3, -1]])


def test_decimals_are_exact() -> None:
    """0.1 + 0.2 ties with 0.3."""
    front = ng.additive_frontier([[[0.1, 0.2], [0.3, 0.0]], [[0.2, 0.1], [0.0, 0.3]]], ties="all")
    assert front.payoffs.tolist() == [[0.1, 0.5], [0.3, 0.3], [0.3, 0.3], [0.5, 0.1]]
    assert front.is_exact


def test_thirds_tie_within_the_tolerance() -> None:
    third = 1 / 3
    front = ng.additive_frontier([[[0, third], [third, 0]]] * 3 + [[[0, 0], [-1, 1]]])
    assert not front.is_exact
    assert front.counts.sum() == 2**4
    assert len(front) == 7


def test_indifference_beyond_counting() -> None:
    """Eighty issues that nobody cares about: 2**80 packages tie, one each is listed, and a note says so."""
    front = ng.additive_frontier([TRADE, TRADE[:, ::-1], *[np.zeros((2, 2))] * 80], ties="all")
    assert front.payoffs.tolist() == [[-1, 3], [2, 2], [3, -1]]
    assert (front.counts == 2.0**80).all()
    assert "one is listed" in front.notes[0]


def test_a_package_each_and_all_of_them() -> None:
    stakes = [TRADE, TRADE, TRADE]
    assert ng.additive_frontier(stakes).choices.sum(axis=1).tolist() == [0, 1, 2, 3]
    assert ng.additive_frontier(stakes).counts.tolist() == [1, 3, 3, 1]
    assert len(ng.additive_frontier(stakes, ties="all")) == 8


def test_contradictory_conditions_never_arise() -> None:
    front = ng.additive_frontier([TRADE], [(((0, 0), (0, 1)), [100, 100])])
    assert front.payoffs.tolist() == [[0, 0], [3, -1]]


def test_a_chain_of_interactions_needs_little_memory() -> None:
    """Each of 40 issues interacts with the next: only one option has to be remembered at a time."""
    rng = np.random.default_rng(0)
    stakes = [rng.integers(-9, 10, (2, 2)) for _ in range(40)]
    chain = [(((k, 1), (k + 1, 1)), rng.integers(-9, 10, 2)) for k in range(39)]
    assert len(ng.additive_frontier(stakes, chain, limit=5_000)) > 10


def test_work_has_a_limit() -> None:
    stakes = np.random.default_rng(1).random((30, 2, 4))
    with pytest.raises(ng.SizeLimitError, match="over the limit of 1,000"):
        ng.additive_frontier(list(stakes), limit=1_000)


@pytest.mark.parametrize(
    ("stakes", "interactions", "options", "error", "words"),
    [
        ([], [], {}, ng.GameShapeError, "no issues"),
        ([TRADE, [[0], [1]]], [], {}, ng.GameShapeError, "stakes of issue 1"),
        ([[[0, float("nan")]]], [], {}, ng.NotFiniteError, "stakes of issue 0 hold nan"),
        ([TRADE], [(((0, 2),), [1, 1])], {}, ng.ParameterError, "issue 0, option 2"),
        ([TRADE], [(((1, 0),), [1, 1])], {}, ng.ParameterError, "issue 1, option 0"),
        ([TRADE], [((), [1, 1])], {}, ng.ParameterError, "at least one"),
        ([TRADE], [(((0, 1),), [1])], {}, ng.GameShapeError, "expected 2 finite numbers"),
        ([TRADE], [], {"ties": "some"}, ng.ParameterError, "expected 'all' or 'one'"),
        ([TRADE], [], {"tol": 2}, ng.ParameterError, "0 <= tol < 1"),
    ],
)
def test_bad_terms(stakes: Any, interactions: Any, options: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        ng.additive_frontier(stakes, interactions, **options)


def test_a_frontier_is_a_table_in_names_and_units() -> None:
    """Packages or rows as the index, parties as columns; in notebooks too, cut where it is long."""
    talks = ng.Negotiation(
        ["A", "B"],
        [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
        [ng.Stake("A", "x", "lifted", -2), ng.Stake("B", "x", "lifted", 6), ng.Stake("A", "y", "lifted", 4)],
        unit="EUR million per year",
    )
    frame = ng.pareto_frontier(talks).to_frame()
    assert frame.index.tolist() == ["x: lifted, y: lifted", "y: lifted"]
    assert frame[["A", "B"]].to_numpy().tolist() == [[2, 6], [4, 0]]
    assert frame["supported"].all()
    assert frame.attrs["unit"] == "EUR million per year"
    table = ng.pareto_frontier(ng.BargainingProblem([[0, 1], [1, 0], [0, 0]], [0, 0])).to_frame()
    assert table.index.tolist() == [0, 1]
    assert table.columns.tolist()[:2] == ["player 1", "player 2"]
    long = np.column_stack([np.arange(80), -np.arange(80)])
    shown = ng.pareto_frontier(ng.BargainingProblem(long, [0, 0]))._repr_html_()
    assert "80 efficient outcomes" in shown
    assert "and 30 more" in shown
