"""Repeated games, automata and matches: what they refuse, what they show, and small worked answers."""

from __future__ import annotations

import pickle
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import negotiation as ng

DILEMMA = ng.prisoners_dilemma()
FLIP = ng.Automaton([0, 1], [[[1, 1], [1, 1]], [[0, 0], [0, 0]]], name="flip")


@pytest.mark.parametrize("delta", [0, 1, -0.1, 1.5, float("nan"), (0.5, 1.0)])
def test_a_discount_factor_lies_between_0_and_1(delta: Any) -> None:
    with pytest.raises(ng.DiscountFactorError, match="strictly between 0 and 1"):
        ng.RepeatedGame(DILEMMA, delta)


@pytest.mark.parametrize("delta", ["0.5", None, (0.5, None), True, 0.5j])
def test_a_discount_factor_is_a_number(delta: Any) -> None:
    with pytest.raises(ng.WrongTypeError):
        ng.RepeatedGame(DILEMMA, delta)


def test_one_discount_factor_a_player() -> None:
    with pytest.raises(ng.GameShapeError, match="3 discount factors for 2 players"):
        ng.RepeatedGame(DILEMMA, (0.5, 0.6, 0.7))
    with pytest.raises(ng.WrongTypeError, match="NormalFormGame"):
        ng.RepeatedGame([[1]], 0.5)  # type: ignore[arg-type]


def test_fractions_stay_exact_and_games_can_be_pickled() -> None:
    game = pickle.loads(pickle.dumps(ng.RepeatedGame(DILEMMA, (Fraction(1, 3), 0.5))))
    assert game.exact_discount_factors == (Fraction(1, 3), Fraction(1, 2))
    assert not game.is_equally_patient
    assert game.with_discount_factor(0.4).is_equally_patient
    assert "0.333333, 0.5" in repr(game)
    same = pickle.loads(pickle.dumps(FLIP))
    assert (same.name, same.n_states, same.actions.tolist()) == ("flip", 2, [0, 1])


@pytest.mark.parametrize(
    ("outputs", "transitions", "options", "error", "message"),
    [
        ([0], [[[0, 0], [0]]], {}, ng.GameShapeError, "rows of different length"),
        ([0], [0], {}, ng.GameShapeError, "expected \\(S, m"),
        ([0], [[[1, 0], [0, 0]]], {}, ng.ParameterError, "lead to state 1"),
        ([0], [[[0.5, 0], [0, 0]]], {}, ng.WrongTypeError, "whole numbers"),
        ([2], [[[0, 0], [0, 0]]], {}, ng.ParameterError, "output is action 2"),
        ([0, 1], [[[0, 0], [0, 0]]], {}, ng.GameShapeError, "2 outputs for 1 states"),
        ([[0.5, 0.6]], [[[0, 0], [0, 0]]], {}, ng.ProbabilityError, "distributions"),
        ([[0.5, 0.3, 0.2]], [[[0, 0], [0, 0]]], {}, ng.GameShapeError, "expected one action a state"),
        ([0], [[[0, 0], [0, 0]]], {"start": 1}, ng.ParameterError, "start=1"),
        ([0], [[[0, 0], [0, 0]]], {"states": ("a", "b")}, ng.GameShapeError, "2 names for 1 states"),
    ],
)
def test_what_is_no_automaton(outputs: Any, transitions: Any, options: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        ng.Automaton(outputs, transitions, **options)


def test_strategies_by_name() -> None:
    with pytest.raises(ng.UnknownNameError, match="Did you mean 'Tit For Tat'"):
        ng.play_match(("Tit For Tatt", "Grim"))
    with pytest.raises(ng.WrongTypeError, match="a strategy is an Automaton or a name"):
        ng.play_match((3, "Grim"))  # type: ignore[arg-type]
    with pytest.raises(ng.GameShapeError, match="one strategy for each of 2 players"):
        ng.play_match("Grim")
    with pytest.raises(ng.ParameterError, match="at least two players"):
        ng.classic_automata(1)
    assert ng.play_match(("pavlov", "TFT"), turns=3).moves == ("CCC", "CCC")


def test_an_automaton_fits_its_seat() -> None:
    wide = ng.NormalFormGame(np.zeros((2, 2, 3)))
    with pytest.raises(ng.GameShapeError, match="in the seat of 'player 1'"):
        ng.play_match(("Grim", "Grim"), wide)


def test_three_players_and_their_seats() -> None:
    """Somebody else's defection sets Grim off; unequal action sets keep their seats."""
    public_good = ng.NormalFormGame(
        [np.moveaxis(np.array([[[3, 1], [1, -1]], [[4, 2], [2, 0]]]), 0, i) for i in range(3)]
    )
    played = ng.play_match(("Grim", "Alternator", "Grim"), public_good, turns=4)
    assert played.actions.T.tolist() == [[0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 1, 1]]
    uneven = ng.NormalFormGame(np.arange(24).reshape(2, 3, 4))
    grim = ng.trigger_automata(uneven, (1, 2), (2, 3), length=2)
    assert ng.play_match(grim, uneven, turns=3).actions.tolist() == [[1, 2]] * 3


@pytest.mark.parametrize(
    ("options", "message"),
    [({"turns": 0}, "turns=0"), ({"turns": 1.5}, "turns=1.5"), ({"noise": 2.0}, "noise"), ({"noise": 0.1}, "rng=")],
)
def test_a_match_that_cannot_be_played(options: Any, message: str) -> None:
    with pytest.raises(ng.ParameterError, match=message):
        ng.play_match(("Grim", "Grim"), **options)


def test_noise_is_seeded() -> None:
    a, b = (ng.play_match(("Grim", "TFT"), noise=0.2, turns=50, rng=np.random.default_rng(3)) for _ in range(2))
    assert a.moves == b.moves
    assert "D" in a.moves[0]
    assert list(a.to_frame().columns) == ["player 1", "payoff of player 1", "player 2", "payoff of player 2"]


def test_a_generous_strategy_mixes() -> None:
    generous = ng.Automaton([[1, 0], [0.5, 0.5]], [[[0, 1], [0, 1]], [[0, 1], [0, 1]]], name="generous")
    game = ng.RepeatedGame(DILEMMA, 0.9)
    assert not generous.is_pure
    with pytest.raises(ng.ParameterError, match="'generous' mixes"):
        ng.play_automata(game, (generous, generous))
    with pytest.raises(ng.ParameterError, match="rng="):
        ng.play_match((generous, "Grim"))
    check = ng.check_automata(game, (generous, generous))
    assert check.payoffs == pytest.approx([3, 3])


def test_a_dilemma_is_one() -> None:
    with pytest.raises(ng.ParameterError, match="in a dilemma each is more than the next"):
        ng.prisoners_dilemma(3, 5)


@pytest.mark.parametrize("length", [0, -1, 1.5, True])
def test_a_punishment_lasts_at_least_a_period(length: Any) -> None:
    with pytest.raises(ng.ParameterError, match="at least one period"):
        ng.trigger_automata(DILEMMA, (0, 0), (1, 1), length=length)
