"""Bargaining solutions and supported points beside a second method of ours."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

import negotiation as ng

# Each draw is a handful of linear programmes, or a brute force: the gate's 500 would take minutes.
few = settings(max_examples=min(25, settings.default.max_examples))


@st.composite
def tables(draw: st.DrawFn, low: int, high: int) -> np.ndarray:
    """Utilities from few integers."""
    n = draw(st.integers(low, high))
    row = st.lists(st.integers(0, 6), min_size=n, max_size=n)
    return np.array(draw(st.lists(row, min_size=1, max_size=15)), dtype=float)


@few
@given(utilities=tables(2, 4))
def test_supported_points_are_best_for_positive_weights(utilities: np.ndarray) -> None:
    """The primal (no lottery beats it) against the dual (weights for which it is best)."""
    front = ng.pareto_frontier(ng.BargainingProblem(utilities, np.zeros(utilities.shape[1])))
    assert front.supported.tolist() == [has_weights(front.payoffs, u) for u in front.payoffs]


def has_weights(payoffs: np.ndarray, u: np.ndarray) -> bool:
    n = payoffs.shape[1]
    found = linprog(  # maximise the least weight
        np.append(np.zeros(n), -1.0),
        A_ub=np.vstack(
            [np.column_stack([payoffs - u, np.zeros(len(payoffs))]), np.column_stack([-np.eye(n), np.ones(n)])]
        ),
        b_ub=np.zeros(len(payoffs) + n),
        A_eq=[[1.0] * n + [0.0]],
        b_eq=[1.0],
        bounds=[(0, None)] * (n + 1),
    )
    return bool(found.status == 0 and found.x[-1] > 1e-9)


@pytest.mark.parametrize(
    ("rule", "two", "three"),
    [
        (ng.nash_bargaining, {"weights": (2, 1)}, {"weights": (1, 1, 1)}),
        (ng.kalai_smorodinsky, {}, {}),
        (ng.egalitarian, {}, {}),
        (ng.maximin, {}, {}),
        (ng.equal_loss, {}, {}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
@few
@given(utilities=tables(2, 2), fallback=st.lists(st.integers(0, 2), min_size=2, max_size=2))
def test_a_player_seen_double_changes_nothing(
    rule: Any, two: Any, three: Any, utilities: np.ndarray, fallback: list[int]
) -> None:
    """Two players are solved on the edges of the hull, three by programming: the payoffs are the same."""
    problem = ng.BargainingProblem(utilities, fallback)
    doubled = ng.BargainingProblem(utilities[:, [0, 1, 0]], [fallback[0], fallback[1], fallback[0]])
    answer, other = rule(problem, lotteries=True, **two), rule(doubled, lotteries=True, **three)
    assert answer.is_agreement == other.is_agreement
    if rule is ng.nash_bargaining:  # a player who cannot gain counts twice in the one and once in the other
        assume(answer.is_agreement and (answer.payoffs > problem.disagreement + 1e-6).all())
    assert np.allclose(answer.payoffs[[0, 1, 0]], other.payoffs, rtol=0, atol=1e-7)


@few
@given(utilities=tables(2, 3), draws=st.integers(0, 2**32 - 1))
def test_no_sampled_lottery_is_better(utilities: np.ndarray, draws: int) -> None:
    """Random lotteries never beat the answer under its own objective."""
    problem = ng.BargainingProblem(utilities, np.zeros(utilities.shape[1]))
    mixes = np.random.default_rng(draws).dirichlet(np.full(len(utilities), 0.3), 200) @ utilities
    best = {
        ng.nash_bargaining: mixes.prod(axis=1).max(),
        ng.egalitarian: mixes.min(axis=1).max(),
        ng.utilitarian: mixes.sum(axis=1).max(),
    }
    for rule, sampled in best.items():
        answer = rule(problem, lotteries=True)
        if not any("left out" in note or "cannot all" in note or "together" in note for note in answer.notes):
            assert answer.value >= sampled - 1e-7 * max(1.0, sampled)
