"""Refinement, selection, commitment and regret in games that the literature discusses."""

from __future__ import annotations

import numpy as np
import pytest

import negotiation as ng

MYERSON = ng.NormalFormGame([[[1, 0, -9], [0, 0, -7], [-9, -7, -7]], [[1, 0, -9], [0, 0, -7], [-9, -7, -7]]])
STAG_HUNT = ng.NormalFormGame([[[9, 0], [8, 7]], [[9, 8], [0, 7]]])


@pytest.mark.parametrize(("action", "perfect"), [(0, True), (1, True), (2, False)])
def test_myerson_perfect_equilibria(action: int, perfect: bool) -> None:
    """Myerson (1978), Int. J. Game Theory 7, 73-80: the second is perfect though not proper, the third is neither."""
    pure = np.eye(3)[action]
    assert ng.regret(MYERSON, (pure, pure)).max() == 0
    assert ng.is_perfect(MYERSON, (pure, pure)) is perfect


def test_selten_perfect_and_imperfect() -> None:
    """An entry game like a stage of Selten (1978), Theory and Decision 9: deterrence rests on a dominated threat."""
    game = ng.NormalFormGame([[[0, 0], [-1, 1]], [[2, 2], [-1, 1]]])
    deterred, entered = ([1, 0], [1, 0]), ([0, 1], [0, 1])
    assert ng.regret(game, deterred).max() == 0
    assert ng.regret(game, entered).max() == 0
    assert (ng.is_perfect(game, deterred), ng.is_perfect(game, entered)) == (False, True)


def test_stag_hunt_payoff_and_risk_dominance_disagree() -> None:
    """Harsanyi, Selten (1988), A General Theory of Equilibrium Selection, with Aumann's (1990) payoffs."""
    found = ng.solve(STAG_HUNT)
    assert ng.select(found, "payoff_dominance").equilibria[0].payoffs.tolist() == [9, 9]
    assert ng.select(found, "risk_dominance").equilibria[0].payoffs.tolist() == [7, 7]
    assert ng.solve(STAG_HUNT, ng.LogitPath()).equilibria[0].payoffs.tolist() == [7, 7]


def test_unanimity_with_unequal_stakes() -> None:
    """Harsanyi, Selten (1988), unanimity games: the larger Nash product of deviation losses wins, here 2·5 over 3·3."""
    game = ng.NormalFormGame([[[3, 0], [0, 2]], [[3, 0], [0, 5]]])
    assert ng.select(ng.solve(game), "risk_dominance").equilibria[0].payoffs.tolist() == [2, 5]


def test_commitment_pays_and_mixing_pays_more() -> None:
    """Conitzer, Sandholm (2006), EC 7, introduction: Nash 2, pure commitment 3, mixed commitment 7/2."""
    game = ng.NormalFormGame([[[2, 4], [1, 3]], [[1, 0], [0, 1]]])
    assert ng.solve(game).equilibria[0].payoffs[0] == 2
    assert ng.stackelberg(game, commitment="pure").payoffs[0] == 3
    mixed = ng.stackelberg(game)
    assert mixed.payoffs[0] == pytest.approx(3.5, abs=1e-12)
    assert mixed.profile[0] == pytest.approx([0.5, 0.5], abs=1e-12)


def test_regret_and_security_of_matching_pennies() -> None:
    """von Neumann (1928): both secure the value 0, and the least worst regret is 1, by even odds."""
    game = ng.NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    assert ng.maxmin(game, 0).value == pytest.approx(0, abs=1e-12)
    assert ng.maxmin(game, 0, mixed=False).value == -1
    assert ng.minimax_regret(game, 1).value == pytest.approx(1, abs=1e-12)


def test_shapley_game_defeats_fictitious_play() -> None:
    """Shapley (1964), Some topics in two-person games: play circles, shares do not settle on the only equilibrium."""
    game = ng.NormalFormGame([[[0, 0, 1], [1, 0, 0], [0, 1, 0]], [[0, 1, 0], [0, 0, 1], [1, 0, 0]]])
    rng = np.random.default_rng(1964)
    path = ng.fictitious_play(game, 3000, rng=rng, counts=([1, 0, 0], [0, 1, 0]))
    late = path.rows[300:]
    assert np.ptp(late, axis=0).max() > 0.2


def test_rock_paper_scissors_shares_converge() -> None:
    """Robinson (1951), Annals of Mathematics 54: fictitious play finds the value of zero-sum games."""
    A = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
    path = ng.fictitious_play(ng.NormalFormGame([A, -A]), 4000, rng=np.random.default_rng(1951))
    assert path.regret < 0.06
