"""Refinement, selection, security levels and Stackelberg: edges, errors and what results say."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import negotiation as ng

STAG = ng.NormalFormGame([[[9, 0], [8, 7]], [[9, 8], [0, 7]]], ("US", "China"), [("stag", "hare")] * 2)
PENNIES = ng.NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
THREE = ng.NormalFormGame(np.random.default_rng(3).integers(0, 9, (3, 2, 3, 2)))


def test_reasons_are_given_and_notes_warn() -> None:
    found = ng.solve(STAG)
    chosen = ng.select(found, ("pure", "payoff_dominance"))
    assert [tuple(p.tolist() for p in e.profile) for e in chosen.equilibria] == [([1, 0], [1, 0])]
    assert "everybody" in chosen.reason
    assert chosen.notes == ()
    partial = ng.select(ng.solve(STAG, ng.PureEnumeration()), "welfare")
    assert "not known to be all" in partial.notes[0]


def test_ties_keep_all() -> None:
    game = ng.NormalFormGame([[[2, 0], [0, 1]], [[1, 0], [0, 2]]])
    found = ng.solve(game)
    assert len(ng.select(found, "risk_dominance")) == 2
    assert len(ng.select(found, "welfare")) == 2
    assert len(ng.select(found, "payoff_dominance")) == 2


def test_nothing_left_is_a_result() -> None:
    chosen = ng.select(ng.solve(PENNIES), ("strict", "welfare"))
    assert chosen.equilibria == ()
    assert chosen.reason == "none is strict"
    assert "compares strict" in ng.select(ng.solve(PENNIES), "risk_dominance").reason


def test_bad_criteria() -> None:
    with pytest.raises(ng.UnknownNameError, match="Did you mean 'perfect'"):
        ng.select(ng.solve(STAG), "perfekt")
    with pytest.raises(ng.WrongTypeError, match="a Solution"):
        ng.select(STAG, "perfect")
    with pytest.raises(ng.SolverMismatchError, match="two players"):
        ng.select(ng.solve(THREE, ng.LogitPath()), "risk_dominance")


def test_perfection_with_three_players_where_it_can_be_told() -> None:
    """Strict ones are perfect, dominated ones are not, and the rest is refused rather than guessed."""
    flat = ng.NormalFormGame(np.zeros((3, 2, 2, 2)))
    assert ng.is_perfect(flat, ([0.5, 0.5],) * 3)
    payoffs = np.zeros((3, 2, 2, 2))
    payoffs[:, 0, 0, 0] = 1
    common = ng.NormalFormGame(payoffs)
    assert ng.is_perfect(common, ([1, 0],) * 3)
    assert not ng.is_perfect(common, ([0, 1],) * 3)
    with pytest.raises(ng.SolverMismatchError, match="two players only"):
        ng.is_perfect(flat, ([1, 0], [0.5, 0.5], [0.5, 0.5]))


def test_index_of_three_player_games() -> None:
    """Two strict equilibria of index +1 leave -1 for the mixed one between them."""
    coordination = np.zeros((3, 2, 2, 2))
    coordination[:, 0, 0, 0], coordination[:, 1, 1, 1] = 1, 1
    game = ng.NormalFormGame(coordination)
    assert ng.equilibrium_index(game, ([1, 0],) * 3) == 1
    assert ng.equilibrium_index(game, ([0.5, 0.5],) * 3) == -1
    assert ng.equilibrium_index(game, ([1, 0], [0, 1], [1, 0])) is None


def test_profiles_are_checked() -> None:
    for test in (ng.is_strict, ng.is_quasi_strict, ng.is_perfect, ng.equilibrium_index):
        with pytest.raises(ng.GameShapeError):
            test(STAG, ([1, 0],))
        with pytest.raises(ng.ProbabilityError):
            test(STAG, ([1, 0.5], [1, 0]))


def test_small_domination_is_seen_beside_large_payoffs() -> None:
    """A gain of a hundredth beside payoffs of a billion is a gain: each of the others' actions is scaled alone."""
    game = ng.NormalFormGame([[[1e9, 0.0], [1e9, 0.01]], [[0, 0], [0, 0]]])
    assert not ng.is_perfect(game, ([1, 0], [1, 0]))
    assert ng.is_perfect(game, ([0, 1], [1, 0]))


def test_players_by_name_and_by_position() -> None:
    assert ng.maxmin(STAG, "China").player == 1
    assert ng.stackelberg(STAG, "China").leader == 1
    with pytest.raises(ng.UnknownNameError, match="Japan"):
        ng.maxmin(STAG, "Japan")
    with pytest.raises(ng.UnknownNameError):
        ng.minimax_regret(STAG, 2)
    with pytest.raises(ng.WrongTypeError):
        ng.maxmin("chess", 0)


def test_pure_security_keeps_ties_in_view() -> None:
    game = ng.NormalFormGame([[[1, 2], [2, 1], [0, 5]], [[0, 0], [0, 0], [0, 0]]])
    found = ng.maxmin(game, 0, mixed=False)
    assert (found.value, found.actions) == (1, (0, 1))
    assert "as good" in str(found)


def test_threat_holds_a_player_of_three_down() -> None:
    found = ng.maxmin(THREE, 1)
    assert found.threat.shape == (2, 2)
    assert found.threat.sum() == pytest.approx(1)
    assert found.gap <= 1e-9


@pytest.mark.parametrize("scale", [1e-300, 1e-30, 2.0**40, 1e300])
def test_magnitudes(scale: float) -> None:
    game = ng.NormalFormGame(STAG.payoffs * scale)
    assert ng.maxmin(game).value / scale == pytest.approx(7)
    assert ng.minimax_regret(game).value / scale == pytest.approx(ng.minimax_regret(STAG).value)
    assert ng.stackelberg(game).payoffs / scale == pytest.approx([9, 9])
    assert ng.is_strict(game, ([1, 0], [1, 0]))
    assert ng.equilibrium_index(game, ([0.875, 0.125],) * 2) == -1
    assert ng.select(ng.solve(game), "risk_dominance").equilibria[0].payoffs / scale == pytest.approx([7, 7])


def test_stackelberg_errors() -> None:
    with pytest.raises(ng.SolverMismatchError, match="two players"):
        ng.stackelberg(THREE)
    with pytest.raises(ng.ParameterError, match="expected 'pure' or 'mixed'"):
        ng.stackelberg(STAG, commitment="maybe")
    with pytest.raises(ng.ParameterError, match="not reached in general"):
        ng.stackelberg(STAG, ties="weak")
    with pytest.raises(ng.WrongTypeError):
        ng.stackelberg("chess")


def test_strong_and_weak_followers() -> None:
    """An indifferent follower helps or hurts: the leader's first action is worth 5 or 0, its second 3 for sure."""
    game = ng.NormalFormGame([[[5, 0], [3, 3]], [[1, 1], [1, 1]]])
    assert ng.stackelberg(game, commitment="pure").payoffs[0] == 5
    assert ng.stackelberg(game, commitment="pure", ties="weak").payoffs[0] == 3
    assert ng.stackelberg(game, commitment="pure", ties="weak").ties_kept == ((1, 1),)


def test_results_print_and_pickle() -> None:
    results = [ng.select(ng.solve(STAG), "strict"), ng.maxmin(STAG), ng.minimax_regret(STAG, 1), ng.stackelberg(STAG)]
    for result in results:
        assert "stag" in str(result) or "hare" in str(result)
        assert str(pickle.loads(pickle.dumps(result))) == str(result)
