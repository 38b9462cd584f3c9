"""Bad or extreme payoffs: a typed error that names the cell, or the right answer; never NaN, never nothing, never a hang."""

from __future__ import annotations

import time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import negotiation as ng

ONES = [[1, 1], [1, 1]]


def test_a_nan_payoff_is_named() -> None:
    with pytest.raises(ng.NotFiniteError, match=r"'player 1' at \(0, 1\) is nan"):
        ng.NormalFormGame([[[1, float("nan")], [0, 0]], ONES])


@pytest.mark.parametrize("value", [float("inf"), float("-inf")])
def test_an_infinite_payoff_is_named(value: float) -> None:
    with pytest.raises(ng.NotFiniteError, match=r"'player 2' at \(1, 0\)"):
        ng.NormalFormGame([ONES, [[1, 1], [value, 1]]])


def test_all_payoffs_infinite() -> None:
    with pytest.raises(ng.NotFiniteError):
        ng.NormalFormGame(np.full((2, 2, 2), -np.inf))


def test_shapes_that_differ_are_both_given() -> None:
    with pytest.raises(ng.GameShapeError, match=r"\(2, 2\), \(2, 3\)"):
        ng.NormalFormGame([ONES, [[1, 1, 1], [1, 1, 1]]])


@pytest.mark.parametrize("payoffs", [np.zeros((2, 0, 0)), np.zeros((2, 2, 0)), np.zeros((0,)), []])
def test_a_game_needs_players_with_actions(payoffs: Any) -> None:
    with pytest.raises(ng.GameShapeError, match=r"no players|no actions"):
        ng.NormalFormGame(payoffs)


def test_the_ragged_row_is_named() -> None:
    with pytest.raises(ng.GameShapeError, match="row 1 of player 1 has 1 payoffs"):
        ng.NormalFormGame([[[1, 2], [3]], ONES])


def test_text_is_no_payoff() -> None:
    with pytest.raises(ng.WrongTypeError, match=r"\(0, 1\) is not a number: 'a'"):
        ng.NormalFormGame([[[1, "a"], [0, 0]], ONES])


def test_complex_is_no_payoff() -> None:
    with pytest.raises(ng.WrongTypeError, match=r"complex|not a number"):
        ng.NormalFormGame([[[1, 1j], [0, 0]], ONES])


def test_a_three_dimensional_table_is_no_bimatrix() -> None:
    with pytest.raises(ng.GameShapeError, match="expected"):
        ng.NormalFormGame(np.zeros((2, 2, 2, 2)))


def test_a_missing_payoff_is_named() -> None:
    with pytest.raises(ng.WrongTypeError, match="missing"):
        ng.NormalFormGame([[[1, None], [0, 0]], ONES])


def test_integers_beyond_64_bits_are_solved_exactly() -> None:
    big = 2**70
    game = ng.NormalFormGame([[[big + 2, big], [big, big + 1]], [[big + 1, big], [big, big + 2]]])
    assert not game.is_float_exact
    solution = ng.solve(game)
    assert solution.complete
    np.testing.assert_allclose(solution.equilibria[1].profile[0], [2 / 3, 1 / 3])
    assert any("rationals" in note for note in solution.notes)


def test_payoffs_at_the_edge_of_floats() -> None:
    top = 1e308
    game = ng.NormalFormGame([[[top, -top], [-top, top]], [[-top, top], [top, -top]]])
    solution = ng.solve(game)
    (e,) = solution.equilibria
    np.testing.assert_array_equal(np.concatenate(e.profile), 0.5)
    assert np.isfinite(e.payoffs).all()
    assert np.isfinite(e.regret)
    batch = ng.solve_batch(game.payoffs[None])
    assert batch.complete.all()
    assert np.isfinite(batch.regret).all()


def test_differences_below_float_precision_count_when_given_exactly() -> None:
    tiny = Decimal("1.00000000000000001")
    game = ng.NormalFormGame([[[tiny, 1], [1, 1]], [[1, 1], [1, 1]]])
    solution = ng.solve(game)
    assert solution.complete
    assert any("rationals" in note for note in solution.notes)
    same = ng.solve(ng.NormalFormGame([ONES, ONES]))
    assert len(same) == 4
    assert len(solution) != len(same)


def test_nearly_tied_floats_get_a_note() -> None:
    game = ng.NormalFormGame([[[1 + 2.3e-16, 0.3], [1, 0.25 + 1e-15]], [[0.7, 0.1], [0.2, 1 / 3]]])
    solution = ng.solve(game, ng.VertexEnumeration(tol=0))
    assert any("differ" in note for note in solution.notes)


def test_decimals_that_tie_on_paper_tie_here() -> None:
    game = ng.NormalFormGame([[[0.1 + 0.2, 1], [0.3, 1]], [[1, 0], [1, 0]]])
    solution = ng.solve(game)
    assert len(solution) == 2
    assert any("decimals" in note for note in solution.notes)
    exact = ng.solve(game, ng.VertexEnumeration(exact=True))
    assert [e.support for e in exact.equilibria] == [((0,), (0,))]


@pytest.mark.parametrize("labels", [("a", "a"), ("a", "\x07"), ("a", " ")])
def test_bad_action_labels(labels: tuple[str, str]) -> None:
    with pytest.raises((ng.DuplicateNameError, ng.GameShapeError)):
        ng.NormalFormGame([ONES, ONES], actions=(labels, ("c", "d")))


def test_duplicate_players() -> None:
    with pytest.raises(ng.DuplicateNameError, match="'US'"):
        ng.NormalFormGame([ONES, ONES], players=("US", "US"))


def test_22_by_22_zeros_is_answered_quickly_and_completely() -> None:
    start = time.monotonic()
    solution = ng.solve(ng.NormalFormGame(np.zeros((2, 22, 22))))
    assert time.monotonic() - start < 20
    assert solution.complete
    assert len(solution) == 22 * 22
    assert len(solution.components) == 1


@pytest.mark.parametrize("scale", [Fraction(1, 10**30), 10**30, 2**40])
def test_any_magnitude(scale: Any) -> None:
    rows = [[[3 * scale, 0], [5 * scale, scale]], [[3 * scale, 5 * scale], [0, scale]]]
    (e,) = ng.solve(ng.NormalFormGame(rows), ng.VertexEnumeration(exact=True)).equilibria
    assert e.profile_exact == ((0, 1), (0, 1))
