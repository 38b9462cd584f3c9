"""Bargaining problems with known solutions, from Nash, Kalai and Smorodinsky, Harsanyi and Selten, and Kalai."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import negotiation as ng

RULES = {"nash": ng.nash_bargaining, "ks": ng.kalai_smorodinsky, "egal": ng.egalitarian, "util": ng.utilitarian}

# Efficient corners of a hull, and the points of the hull that the solutions pick; disagreement at the origin.
POLYGONS = [
    # Nash (1950), The bargaining problem, Econometrica 18, 155-162: divide the dollar
    ([[0, 1], [1, 0]], {"nash": (1 / 2, 1 / 2), "ks": (1 / 2, 1 / 2), "egal": (1 / 2, 1 / 2)}),
    # Kalai & Smorodinsky (1975), Econometrica 43, 513-518: the smaller set of the monotonicity example
    ([[0, 1], [3 / 4, 3 / 4], [1, 0]], {"nash": (3 / 4, 3 / 4), "ks": (3 / 4, 3 / 4), "egal": (3 / 4, 3 / 4)}),
    # Thomson (1994), Handbook of Game Theory 2: scale covariance
    ([[0, 1], [2, 0]], {"nash": (1, 1 / 2), "ks": (1, 1 / 2), "egal": (2 / 3, 2 / 3), "util": (2, 0)}),
]


@pytest.mark.parametrize(("corners", "answers"), POLYGONS, ids=["dollar", "monotonicity", "triangle"])
def test_points_of_polygons(corners: list[list[float]], answers: dict[str, Any]) -> None:
    """Over lotteries, with and without the origin as a further outcome."""
    for extra in ([], [[0, 0]]):
        problem = ng.BargainingProblem(corners + extra, [0, 0])
        for rule, point in answers.items():
            assert np.allclose(RULES[rule](problem, lotteries=True).payoffs, point, rtol=0, atol=1e-12), rule


@pytest.mark.parametrize(
    ("power", "disagreement", "surplus", "answer"),
    [(1 / 2, (1, 2), 10, (9 / 2, 11 / 2)), (3 / 4, (10, 20), 100, (125 / 2, 75 / 2))],
)
def test_weighted_nash(power: float, disagreement: Any, surplus: float, answer: Any) -> None:
    """Harsanyi & Selten (1972), Manage. Sci. 18; Kalai (1977), IJGT 6: gains in proportion to bargaining power."""
    problem = ng.BargainingProblem([[0, surplus], [surplus, 0]], disagreement)
    found = ng.nash_bargaining(problem, lotteries=True, weights=(power, 1 - power))
    assert np.allclose(found.payoffs, answer, rtol=0, atol=1e-12)


def test_three_agreements() -> None:
    """Nash (1950), discrete: three outcomes, all efficient."""
    problem = ng.BargainingProblem([[2, 8], [5, 5], [7, 2]], [1, 1])
    assert ng.nash_bargaining(problem).outcomes.tolist() == [1]
    assert ng.egalitarian(problem).outcomes.tolist() == [1]
    assert ng.pareto_frontier(problem).outcomes.tolist() == [0, 1, 2]
