"""Alternating offers: a worked example by hand, paths that move, what is refused, and laws of the closed form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import negotiation as ng

THIRDS = [[0, 3], [1, 2], [2, 1], [3, 0]]


# Each draw is a handful of linear programmes, or a brute force: the gate's 500 would take minutes.
few = settings(max_examples=min(100, settings.default.max_examples))


def test_two_rounds_by_hand() -> None:
    """In the last round the second player takes all; before, it wants 0.6 * 3 = 1.8, so the first gives it 2."""
    answer = ng.AlternatingOffers(THIRDS, [0.6, 0.6], deadline=2, names=("US", "China")).solve()
    (equilibrium,) = answer.equilibria
    assert equilibrium.proposers.tolist() == [0, 1]
    assert equilibrium.offers.tolist() == [1, 0]
    assert equilibrium.thresholds.tolist() == [[0, pytest.approx(1.8)], [0, 0]]
    assert answer.outcome == 1
    assert equilibrium.counter(0) == 0
    assert equilibrium.counter(1) is None
    assert answer.is_unique
    assert answer.margins("China").tolist() == pytest.approx([1.2, 0.2, -0.8, -1.8])
    assert "package 1 in round 0" in str(answer)


def test_dominated_packages_are_never_proposed() -> None:
    answer = ng.AlternatingOffers([*THIRDS, [1, 1], [0, 2]], [0.6, 0.6], deadline=2).solve()
    assert answer.outcome == 1


def test_a_stock_that_runs_out_weakens_its_owner() -> None:
    """The second player lives well off its stock for two rounds, then badly; waiting it out pays for the first."""
    share = np.arange(101) / 100
    table = np.column_stack([share, 1 - share])
    steady = ng.AlternatingOffers(table, [0.9, 0.9], disagreement=[0, 0.5], deadline=20).solve()
    running_out = ng.AlternatingOffers(
        table, [0.9, 0.9], disagreement=[[0, 0.5], [0, 0.5], [0, -0.5]], deadline=20
    ).solve()
    assert running_out.payoffs[0] > steady.payoffs[0] + 0.1
    assert running_out.thresholds()[0, 1] < steady.thresholds()[0, 1]


def test_waiting_for_a_better_bargaining_position() -> None:
    """If disagreement is worth more now than any package leaves room for, they agree later."""
    answer = ng.AlternatingOffers([[2, 2]], [0.9, 0.9], disagreement=[[3, 3], [3, 3], [0, 0]]).solve()
    assert answer.agreement_round == 2
    assert answer.outcome == 0
    assert answer.payoffs == pytest.approx([0.1 * 3 + 0.09 * 3 + 0.81 * 2] * 2)


def test_no_agreement_is_an_answer() -> None:
    answer = ng.AlternatingOffers([[-1, 5]], [0.5, 0.5]).solve()
    assert answer.outcome is None
    assert answer.agreement_round is None
    assert answer.payoffs.tolist() == [0, 0]
    assert "no agreement" in str(answer)


def test_leaving_ends_the_talks() -> None:
    """The second player's outside option beats every package: it leaves, and the first has its fallback."""
    answer = ng.AlternatingOffers(THIRDS, [0.9, 0.9], outside_options=[-np.inf, 4], disagreement=[0.5, 0]).solve()
    assert answer.outcome is None
    assert answer.payoffs == pytest.approx([0.5, 4])


def test_certain_breakdown_is_an_ultimatum() -> None:
    answer = ng.AlternatingOffers(THIRDS, [0.9, 0.9], breakdown_risk=1).solve()
    assert answer.payoffs.tolist() == [3, 0]
    assert answer.is_unique


def test_the_order_of_proposers_can_be_given() -> None:
    """Who always proposes takes all."""
    answer = ng.AlternatingOffers(THIRDS, [0.9, 0.9], order=[1], deadline=5).solve()
    assert answer.payoffs.tolist() == [0, 3]


def test_patience_on_a_coarse_grid_leaves_it_open() -> None:
    """van Damme, Selten & Winter (1990): with a smallest unit and patience, many divisions are equilibria, and all are listed."""
    answer = ng.AlternatingOffers(THIRDS, [0.95, 0.95]).solve()
    assert {e.outcome for e in answer.equilibria} == {0, 1, 2, 3}
    assert any("4 stationary equilibria" in note for note in answer.notes)
    low, high = answer.thresholds()
    assert (low <= high).all()
    assert high[1] > low[1] + 1


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: ng.AlternatingOffers(THIRDS, [0.5, 1.0]), ng.DiscountFactorError, "1.0 of player 2"),
        (lambda: ng.AlternatingOffers(THIRDS, [0.5, float("nan")]), ng.DiscountFactorError, "nan"),
        (lambda: ng.AlternatingOffers(THIRDS, [0.5]), ng.GameShapeError, "2 or more"),
        (lambda: ng.AlternatingOffers(THIRDS, [0.5] * 3), ng.GameShapeError, "disagreement of shape"),
        (lambda: ng.AlternatingOffers(THIRDS, [0.5, 0.5], disagreement=[0, 0, 0]), ng.GameShapeError, "for a path"),
        (
            lambda: ng.AlternatingOffers(THIRDS, [0.5, 0.5], disagreement=[[0, 0], [0, np.nan]]),
            ng.NotFiniteError,
            "row 1",
        ),
        (lambda: ng.AlternatingOffers(THIRDS, [0.5, 0.5], deadline=0), ng.ParameterError, "at least one offer"),
        (lambda: ng.AlternatingOffers(THIRDS, [0.5, 0.5], breakdown_risk=1.5), ng.ProbabilityError, "1.5"),
        (
            lambda: ng.AlternatingOffers(THIRDS, [0.5, 0.5], outside_options=[np.inf, 0]),
            ng.GameShapeError,
            "-inf for none",
        ),
        (lambda: ng.AlternatingOffers(THIRDS, [0.5, 0.5], first=2), ng.ParameterError, "first=2"),
        (lambda: ng.AlternatingOffers(THIRDS, [0.5, 0.5], order=[]), ng.ParameterError, "order is empty"),
        (lambda: ng.AlternatingOffers(THIRDS, [0.5, 0.5], deadline=1).solve().margins("EU"), ng.UnknownNameError, "EU"),
        (
            lambda: ng.AlternatingOffers(THIRDS, [0.5, 0.5], deadline=1).solve().thresholds(1),
            ng.ParameterError,
            "round 1",
        ),
        (lambda: ng.rubinstein([0.5, 1.0]), ng.DiscountFactorError, "0 <= delta < 1"),
        (lambda: ng.rubinstein([0.5, -0.1]), ng.DiscountFactorError, "-0.1 of player 2"),
        (lambda: ng.rubinstein([0.5]), ng.GameShapeError, "2 or more"),
        (lambda: ng.rubinstein([0.5, 0.5], surplus=0), ng.ParameterError, "surplus=0"),
        (lambda: ng.rubinstein([0.5, 0.5], outside_options=[0.7, 0.7]), ng.ParameterError, "nothing to divide"),
        (lambda: ng.rubinstein([0.5, 0.5], outside_options=[0.7]), ng.GameShapeError, "one number a player"),
        (lambda: ng.stahl([0.5, 0.5], 0), ng.ParameterError, "at least one offer"),
        (lambda: ng.random_proposer([0.5, 0.5], [0.5, 0.6]), ng.ProbabilityError, "not a distribution"),
        (lambda: ng.baron_ferejohn(3, 4), ng.ParameterError, "quota=4"),
        (lambda: ng.baron_ferejohn(3, 2, discount_factor=1.1), ng.DiscountFactorError, "1.1"),
    ],
)
def test_bad_games(make: Callable[[], Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        make()


DELTAS = st.lists(st.sampled_from([0.0, 0.3, 0.5, 0.9, 0.99]), min_size=2, max_size=4)


@few
@given(delta=DELTAS, options=st.none() | st.lists(st.sampled_from([0.0, 0.1, 0.3, 0.6]), min_size=4, max_size=4))
def test_nobody_can_do_better_by_refusing_a_stationary_division(
    delta: list[float], options: list[float] | None
) -> None:
    """Shares add up, and every responder gets exactly the better of waiting for its next share and leaving."""
    n = len(delta)
    outside = None if options is None else options[:n]
    assume(outside is None or sum(outside) <= 1)
    shares = np.array([ng.rubinstein(delta, first=k, outside_options=outside) for k in range(n)])
    assert np.allclose(shares.sum(axis=1), 1, rtol=0, atol=1e-9)
    for k in range(n):
        refusing = np.array(delta) * shares[(k + 1) % n]
        least = refusing if outside is None else np.maximum(refusing, outside)
        others = np.arange(n) != k
        assert np.allclose(shares[k][others], least[others], rtol=0, atol=1e-9)


@few
@given(delta=DELTAS, first=st.integers(0, 1))
def test_far_deadlines_lead_to_rubinstein(delta: list[float], first: int) -> None:
    """Two players: Ståhl's division converges to Rubinstein's."""
    assert np.allclose(ng.stahl(delta[:2], 3001, first=first), ng.rubinstein(delta[:2], first=first), rtol=0, atol=1e-9)
