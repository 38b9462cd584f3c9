"""Zero-sum games by linear programming."""

from __future__ import annotations

import numpy as np
import pytest

import negotiation as ng
from negotiation.solvers import minimax
from negotiation.solvers.minimax import saddle_point, zero_sum_matrix


def opposed(matrix: np.ndarray) -> ng.NormalFormGame:
    return ng.NormalFormGame([matrix, -matrix])


def test_rock_paper_scissors_is_worth_nothing() -> None:
    solution = ng.solve(opposed(np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])), ng.Minimax())
    np.testing.assert_allclose(solution.equilibria[0].profile, np.full((2, 3), 1 / 3), atol=1e-12)
    assert solution.notes == ("the value to 'player 1' is 0",)


def test_a_game_without_opposed_interests_is_refused() -> None:
    with pytest.raises(ng.SolverMismatchError, match="not constant-sum"):
        ng.solve(ng.NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 2]]]), ng.Minimax())


def test_three_players_are_refused() -> None:
    with pytest.raises(ng.SolverMismatchError, match="two players"):
        ng.solve(ng.NormalFormGame(np.zeros((3, 2, 2, 2))), ng.Minimax())


def test_same_interests_are_not_opposed_ones() -> None:
    matrix = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert zero_sum_matrix(ng.NormalFormGame([matrix, matrix])) is None


def test_ties_and_duplicates_do_no_harm() -> None:
    matrix = np.kron(np.array([[1.0, -1.0], [-1.0, 1.0]]), np.ones((3, 4)))
    found = ng.solve(opposed(matrix), ng.Minimax()).equilibria[0]
    assert found.regret < 1e-12
    assert found.payoffs[0] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("n", [60, 250])
def test_large_games_have_two_equal_guarantees(n: int) -> None:
    """The row player is sure of the value, and the column player keeps it to the value."""
    matrix = np.random.default_rng(n).integers(0, 1000, (n, n + 7)).astype(float)
    found = ng.solve(opposed(matrix), ng.Minimax()).equilibria[0]
    x, y = found.profile
    assert (matrix @ y).max() - (x @ matrix).min() < 1e-9 * 1000


def test_the_interior_point_method_agrees_with_the_simplex(monkeypatch: pytest.MonkeyPatch) -> None:
    game = opposed(np.random.default_rng(0).random((40, 40)))
    simplex = ng.solve(game, ng.Minimax()).equilibria[0]
    monkeypatch.setattr(minimax, "_DENSE_SIMPLEX", 1)
    interior = ng.solve(game, ng.Minimax()).equilibria[0]
    assert interior.regret < 1e-9
    np.testing.assert_allclose(simplex.payoffs, interior.payoffs, atol=1e-10)


def test_a_deadline_is_kept() -> None:
    solution = ng.solve(opposed(np.random.default_rng(1).random((500, 500))), ng.Minimax(deadline=0.01))
    assert (len(solution), solution.status) == (0, ng.Status.DEADLINE)


@pytest.mark.parametrize("name", ["deadline", "tol"])
def test_options_are_positive(name: str) -> None:
    with pytest.raises(ng.ParameterError, match="must be positive"):
        ng.Minimax(**{name: 0})


def test_saddle_points_need_no_program() -> None:
    assert saddle_point(np.array([[1.0, -1.0], [-1.0, 1.0]])) is None
    x, y = saddle_point(np.array([[3.0, 2.0, 4.0], [1.0, 0.0, 9.0]]))
    assert (x.argmax(), y.argmax()) == (0, 1)
