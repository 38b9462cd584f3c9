"""What coalitional games and their families refuse, and in which words."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import negotiation as ng


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: ng.CoalitionalGame([0, 1, 2]), ng.GameShapeError, r"expected \(2\*\*n,\)"),
        (lambda: ng.CoalitionalGame([[0, 1]]), ng.GameShapeError, r"expected \(2\*\*n,\)"),
        (lambda: ng.CoalitionalGame([1, 1]), ng.GameShapeError, "empty coalition is worth 1"),
        (lambda: ng.CoalitionalGame([0, 1, float("nan"), 2], ("US", "EU")), ng.NotFiniteError, "{EU} is nan"),
        (lambda: ng.CoalitionalGame(["x", "y"]), ng.WrongTypeError, "number"),
        (lambda: ng.CoalitionalGame([0, 1], ("a", "b")), ng.GameShapeError, "2 player names given for 1"),
        (lambda: ng.CoalitionalGame([0, 1, 1, 1], ("a", "a")), ng.DuplicateNameError, "'a'"),
        (lambda: ng.CoalitionalGame([0, 1], ("EU",)).value(("EV",)), ng.UnknownNameError, "EV"),
        (lambda: ng.CoalitionalGame([0, 1], ("EU",)).value("EU"), ng.WrongTypeError, "not the text 'EU'"),
        (lambda: ng.weighted_voting(0, [1, 1]), ng.ParameterError, "must be positive"),
        (lambda: ng.weighted_voting(1, [1, -1]), ng.ParameterError, "must not be negative"),
        (lambda: ng.bankruptcy(500, [100, 200]), ng.ParameterError, "sum of the claims, 300"),
        (lambda: ng.airport([]), ng.ParameterError, "one number a player"),
        (lambda: ng.airport([float("inf")]), ng.NotFiniteError, "must be finite"),
        (lambda: ng.glove([3], 3), ng.ParameterError, "positions from 0 to 2"),
        (lambda: ng.nucleolus(ng.CoalitionalGame(np.zeros(2**21))), ng.SizeLimitError, "go up to 20"),
        (lambda: ng.core(ng.airport([1] * 10)).vertices, ng.SizeLimitError, "up to 9"),
        (
            lambda: ng.sampled_shapley(lambda s: s[:, 0], 3, draws=1, rng=np.random.default_rng()),
            ng.ParameterError,
            "two",
        ),
    ],
)
def test_bad_games(make: Callable[[], Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        make()


def test_named_coalitions_and_pickles() -> None:
    game = ng.CoalitionalGame.from_coalitions({("EU", "Japan"): 3, ("Japan", "EU", "US"): 7}, ("US", "EU", "Japan"))
    again = pickle.loads(pickle.dumps(game))
    assert again.value(("Japan", "EU")) == 3
    assert again.total == 7
    assert again.sizes.tolist() == [0, 1, 1, 2, 1, 2, 2, 3]


def test_tau_needs_a_quasi_balanced_game() -> None:
    assert ng.tau_value(ng.weighted_voting(2, [1, 1, 1])) is None
    assert ng.tau_value(ng.CoalitionalGame([0, 5, 5, 1])) is None
