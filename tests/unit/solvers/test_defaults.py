"""What `solve` does when no solver is named."""

from __future__ import annotations

import numpy as np

import negotiation as ng


def random_game(*shape: int, seed: int = 0) -> ng.NormalFormGame:
    return ng.NormalFormGame(np.random.default_rng(seed).random((len(shape), *shape)))


def test_two_players_get_all_equilibria() -> None:
    solution = ng.solve(random_game(4, 4))
    assert isinstance(solution.solver, ng.VertexEnumeration)
    assert solution.complete


def test_small_games_with_three_players_get_all_equilibria_mixed_ones_too() -> None:
    cycle = ng.NormalFormGame(
        [[[[0, 1], [1, 0]]] * 2, [[[0, 1]] * 2, [[1, 0]] * 2], [[[1, 0], [0, 1]], [[0, 1], [1, 0]]]]
    )
    for game in (cycle, random_game(3, 3, 3)):
        solution = ng.solve(game)
        assert isinstance(solution.solver, ng.PolynomialEnumeration)
        assert len(solution) >= 1
        assert max(e.regret for e in solution.equilibria) < 1e-9


def test_larger_games_get_their_pure_equilibria_or_one_mixed() -> None:
    with_pure = ng.NormalFormGame(np.broadcast_to(np.arange(8.0)[:, None, None], (3, 8, 8, 8)).copy())
    assert isinstance(ng.solve(with_pure).solver, ng.PureEnumeration)
    pennies = np.zeros((3, 8, 8, 8))
    same = np.equal.outer(np.arange(8) % 2, np.arange(8) % 2).astype(float)
    pennies[0], pennies[1] = same[:, :, None], 1 - same[:, :, None]
    solution = ng.solve(ng.NormalFormGame(pennies))
    assert isinstance(solution.solver, ng.OneEquilibrium)
    assert len(solution) == 1
    assert solution.equilibria[0].regret < 1e-9
    assert not solution.complete


def test_one_player_gets_every_best_action() -> None:
    solution = ng.solve(ng.NormalFormGame([[1, 2, 2]]))
    assert solution.complete
    assert [e.support for e in solution.equilibria] == [((1,),), ((2,),)]
    assert solution.notes == ("all mixtures of these are equilibria as well",)


def test_large_two_player_games_get_all_if_ties_or_dominance_leave_few_vertices_else_what_there_is() -> None:
    ties = ng.solve(ng.NormalFormGame(np.zeros((2, 30, 30))))
    assert ties.complete
    assert len(ties) == 900
    large = random_game(64, 64, seed=3)
    solution = ng.solve(large, ng.WithinReach(walk=0.2))
    assert not solution.complete
    assert solution.status is ng.Status.DEADLINE
    pure = {e.support for e in ng.solve(large, ng.PureEnumeration()).equilibria}
    assert pure <= {e.support for e in solution.equilibria}
    assert len({e.support for e in solution.equilibria}) == len(solution) > 0
    assert any("too large to enumerate in 0.2 s" in note for note in solution.notes)


def test_a_large_game_without_pure_equilibria_still_gets_one() -> None:
    matrix = np.random.default_rng(5).random((40, 40))
    solution = ng.solve(ng.NormalFormGame([matrix, -matrix]), ng.WithinReach(walk=0.1, deadline=20))
    assert len(solution) == 1
    assert solution.equilibria[0].regret < 1e-9
    assert any("no pure ones exist" in note for note in solution.notes)
