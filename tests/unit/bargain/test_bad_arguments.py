"""What public functions of bargaining refuse at the door, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import negotiation as ng

PROBLEM = ng.BargainingProblem([[2, 8], [5, 5], [7, 2]], [1, 1])
TALKS = ng.Negotiation(
    [ng.Party("A", discount_factor=0.9), ng.Party("B", discount_factor=0.9)],
    [ng.Issue("x", owner="A")],
    [ng.Stake("B", "x", "lifted", 1)],
)
RNG = np.random.default_rng(0)
ANYTHING: Any = None


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ng.nash_bargaining(PROBLEM, tol=-1), "tol=-1; expected a share"),
        (lambda: ng.pareto_frontier(PROBLEM, tol=float("nan")), "tol=nan; expected a share"),
        (lambda: ng.nash_bargaining(PROBLEM, weights=[1, float("nan")]), "expected positive finite numbers"),
        (lambda: ng.rubinstein([0.5, 0.5], first="US"), "first='US' is not the position of a player"),
        (lambda: ng.rubinstein([0.5, 0.5], first=2), "positions run from 0 to 1"),
        (lambda: ng.stahl([0.5, 0.5], 1.5), "deadline=1.5; expected a whole number from 1 up"),
        (lambda: ng.baron_ferejohn(3.5, 2), "n=3.5; expected a whole number"),
        (lambda: ng.baron_ferejohn(3, 4), "quota=4 of n=3"),
        (lambda: ng.AlternatingOffers([[1, 2]], [0.5, 0.5], deadline=1.5), "deadline=1.5; expected a whole number"),
        (lambda: ng.alternating_offers(ANYTHING), "give a negotiation, or a sequence"),
        (lambda: ng.alternating_offers(TALKS, disagreement="abc"), "disagreement: 'abc' is not a real number"),
        (lambda: ng.alternating_offers(TALKS, outside_options={"C": 1}), "no party called 'C' in outside_options"),
        (lambda: ng.sampled_shapley(ANYTHING, 3, draws=10, rng=RNG), "takes a function from members"),
        (lambda: ng.sampled_shapley(lambda s: s[:, 0], 3, draws=10, rng=ANYTHING), "and rng, a numpy Generator"),
        (lambda: ng.waiting_costs(TALKS, {"A": [3]}, periods=3), "the inputs of 'A' hold 3; expected ControlledInput"),
        (lambda: ng.waiting_costs(TALKS, {"A": []}, periods=0), "periods must be a whole number from 1, not 0"),
        (lambda: ng.waiting_costs(TALKS, [1], periods=3), "inputs map each party to a sequence"),
        (lambda: ng.airport([1, 2]).excesses([1, 2, 3]), r"shares of shape \(3,\) for 2 players"),
        (lambda: ng.core(ng.airport([1, 2])).contains([1]), r"shares of shape \(1,\) for 2 players"),
    ],
)
def test_refused_in_words(call: Callable[[], Any], words: str) -> None:
    with pytest.raises(ng.NegotiationError, match=words):
        call()
