"""What `correlated_equilibrium` takes, refuses and says."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import negotiation as ng

CHICKEN = ng.NormalFormGame([[[6, 2], [7, 0]], [[6, 7], [2, 0]]], ("US", "China"), [("yield", "insist")] * 2, "USD")


@pytest.mark.parametrize(
    ("objective", "error", "message"),
    [
        ("wellfare", ng.UnknownNameError, "Did you mean 'welfare'"),
        ([1, 2, 3], ng.GameShapeError, r"shape \(3,\); expected \(2,\), one a player or \(2, 2\)"),
        ([1, np.nan], ng.NotFiniteError, "NaN or infinite"),
        ([[1, 0], [0, np.inf]], ng.NotFiniteError, "NaN or infinite"),
        (object(), ng.WrongTypeError, "a name or an array"),
        ([[1, 0], [0]], ng.WrongTypeError, "a name or an array"),
    ],
)
def test_bad_objectives(objective: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ng.correlated_equilibrium(CHICKEN, objective)


def test_bad_game_and_disagreement() -> None:
    with pytest.raises(ng.WrongTypeError, match="not of a list"):
        ng.correlated_equilibrium([[1]])
    with pytest.raises(ng.GameShapeError, match="disagreement has shape"):
        ng.correlated_equilibrium(CHICKEN, "fairest", disagreement=[1, 2, 3])
    with pytest.raises(ng.GameShapeError, match="the distribution has shape"):
        ng.disobedience(CHICKEN, [1, 0])


def test_cells_and_weights_agree() -> None:
    """A weight a player is the same objective as the weighted payoffs of every combination."""
    cells = np.tensordot([2, 1], CHICKEN.payoffs, axes=1)
    by_cells = ng.correlated_equilibrium(CHICKEN, cells)
    by_weights = ng.correlated_equilibrium(CHICKEN, [2, 1])
    assert by_cells.value == pytest.approx(by_weights.value, abs=1e-9)


def test_fairest_counts_from_the_disagreement_payoffs() -> None:
    """Who starts from more needs more: with 3 against 0 the gains are levelled, not the payoffs."""
    found = ng.correlated_equilibrium(CHICKEN, "fairest", disagreement=[2, 0])
    gains = found.payoffs - [2, 0]
    assert found.value == pytest.approx(gains.min(), abs=1e-9)
    assert gains[0] == pytest.approx(gains[1], abs=1e-9)


def test_fairest_breaks_ties_by_welfare() -> None:
    """Both cells are equilibria and give the poorer player 1; the second gives the other more."""
    game = ng.NormalFormGame([[[1, 0], [0, 1]], [[1, 0], [0, 9]]])
    assert ng.correlated_equilibrium(game, "fairest").payoffs == pytest.approx([1, 9], abs=1e-9)


def test_coarse_allows_more_than_correlated() -> None:
    """Moulin and Vial's point: a game in which committing before the recommendation gives both more than any Nash."""
    rps = np.array([[0, -2, 1], [1, 0, -2], [-2, 1, 0]], dtype=float)
    game = ng.NormalFormGame([rps, rps.T])
    fine, coarse = ng.correlated_equilibrium(game), ng.correlated_equilibrium(game, coarse=True)
    assert type(fine) is type(coarse)
    assert coarse.value > fine.value + 0.1
    assert ng.disobedience(game, coarse.distribution).max() > 0.01


def test_one_player_and_one_action() -> None:
    alone = ng.correlated_equilibrium(ng.NormalFormGame([[1, 5, 3]]))
    assert (alone.distribution.tolist(), alone.value) == ([0, 1, 0], 5)
    only = ng.correlated_equilibrium(ng.NormalFormGame([[[2]], [[3]]]), "fairest")
    assert (only.value, only.regret) == (2, 0)


def test_flat_games() -> None:
    for objective in ("welfare", "worst_welfare", "fairest"):
        assert ng.correlated_equilibrium(ng.NormalFormGame(np.full((2, 3, 2), 4.0)), objective).regret == 0


@pytest.mark.parametrize("scale", [1e-300, 1e-30, 1e30, 2.0**40, 1e300])
def test_magnitudes(scale: float) -> None:
    found = ng.correlated_equilibrium(ng.NormalFormGame(CHICKEN.payoffs * scale))
    assert found.value / scale == pytest.approx(10.5, abs=1e-9)


def test_small_stakes_beside_large_ones_still_count() -> None:
    """A millionth of the payoff range decides here; rows are scaled so that it does."""
    game = ng.NormalFormGame([[[1e9, 0], [1e9 + 1e-3, 1e-3]], [[5, 0], [5, 0]]])
    found = ng.correlated_equilibrium(game)
    assert found.distribution[1].sum() == pytest.approx(1, abs=1e-9)


def test_result_prints_and_pickles() -> None:
    found = ng.correlated_equilibrium(CHICKEN)
    text = str(found)
    assert "welfare: 10.5 USD (US 5.25, China 5.25" in text
    assert "0.5  (yield, yield)" in text
    assert str(pickle.loads(pickle.dumps(found))) == text
    with pytest.raises(ValueError, match="read-only"):
        found.distribution[0, 0] = 1
    with pytest.raises(AttributeError):
        found.value = 3
