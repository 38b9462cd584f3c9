"""One equilibrium: which method is taken when, and that its answer is certified in the whole game."""

from __future__ import annotations

import numpy as np
import pytest

import negotiation as ng
from negotiation.solvers.one_equilibrium import first_pure

PENNIES = np.array([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])


def method(game: ng.NormalFormGame) -> str:
    return ng.solve(game, ng.OneEquilibrium()).notes[0]


def test_pure_equilibria_come_first() -> None:
    assert "pure" in method(ng.NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]]))


def test_opposed_interests_go_to_the_linear_program() -> None:
    assert method(ng.NormalFormGame(PENNIES)) == "by Minimax"


def test_other_games_go_to_lemke_howson() -> None:
    """Without pure equilibria every 2 × 2 game is one of opposed interests, so this takes three actions a side."""
    game = ng.NormalFormGame([[[6, 2, 0], [0, 6, 1], [3, 0, 6]], [[0, 6, 3], [5, 0, 6], [6, 2, 0]]])
    assert method(game) == "by LemkeHowson"


def test_three_players_go_to_small_supports() -> None:
    table = np.zeros((3, 2, 2, 2))
    table[:2] = PENNIES[..., None]
    assert method(ng.NormalFormGame(table)) == "by SmallSupports"


def test_dominated_actions_are_left_out_and_put_back() -> None:
    table = np.full((2, 4, 3), -9.0)
    table[:, 1:3, 1:] = PENNIES
    table[0, 0, :], table[0, 3, :], table[0, 1:3, 0] = -20, -21, 0
    table[1, :, 0] = -30
    game = ng.NormalFormGame(table)
    solution = ng.solve(game, ng.OneEquilibrium())
    assert "iterated strict dominance left 2 × 2" in solution.notes
    (found,) = solution.equilibria
    assert found.support == ((1, 2), (1, 2))
    assert ng.regret(game, found.profile).max() < 1e-12


@pytest.mark.parametrize("shape", [(40, 60), (300, 200), (6, 5, 4), (3, 3, 3, 3), (2,) * 7, (1, 1), (5,)])
def test_random_games_of_all_shapes(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(list(shape))
    for _ in range(3):
        game = ng.NormalFormGame(rng.random((len(shape), *shape)))
        (found,) = ng.solve(game, ng.OneEquilibrium()).equilibria
        assert ng.regret(game, found.profile).max() < 1e-9


def test_the_first_pure_equilibrium_is_the_first_of_all() -> None:
    rng = np.random.default_rng(5)
    for shape in [(4, 5), (3, 2, 3)] * 20:
        game = ng.NormalFormGame(rng.integers(0, 4, (len(shape), *shape)))
        everyone = ng.solve(game, ng.PureEnumeration()).equilibria
        first = tuple(s[0] for s in everyone[0].support) if everyone else None
        assert first_pure(game) == first


@pytest.mark.parametrize("name", ["deadline", "tol", "max_pivots"])
def test_budgets_are_positive(name: str) -> None:
    with pytest.raises(ng.ParameterError, match="must be positive"):
        ng.OneEquilibrium(**{name: -1})


def test_a_deadline_is_kept_with_many_players() -> None:
    game = ng.NormalFormGame(np.random.default_rng(4).random((9, *(2,) * 9)))
    if first_pure(game) is None:
        assert ng.solve(game, ng.OneEquilibrium(deadline=0.01)).status is ng.Status.DEADLINE
    assert ng.solve(game, ng.SmallSupports(deadline=1e-6)).status in (ng.Status.DEADLINE, ng.Status.FOUND)
