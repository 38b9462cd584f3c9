"""Profiles that are none: refused at the door of everything that takes one, with player and number."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import negotiation as ng

GAME = ng.NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]], players=("US", "China"))
DOORS = [ng.regret, ng.expected_payoffs]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
@pytest.mark.parametrize(
    ("profile", "error", "message"),
    [
        (([0.6, 0.6], [1, 0]), ng.ProbabilityError, "probabilities of 'US' sum to 1.2"),
        (([1, 0], [1.25, -0.25]), ng.ProbabilityError, "strategy of 'China' has a negative probability, -0.25"),
        (([1, 0, 0], [1, 0]), ng.GameShapeError, r"strategy of 'US' has shape \(3,\); expected \(2,\)"),
        (([1, 0], [np.nan, 1]), ng.ProbabilityError, "strategy of 'China' has a NaN"),
        (([1, 0],), ng.GameShapeError, "1 strategies given for 2 players"),
    ],
)
def test_bad_profiles_are_named(door: Callable[..., object], profile: tuple, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        door(GAME, profile)
    assert issubclass(error, ng.NegotiationError)
    assert issubclass(error, ValueError)
