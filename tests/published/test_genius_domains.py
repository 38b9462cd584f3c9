"""GENIUS domains: sizes of frontiers and the points that solutions pick, from NegMAS's collection of the ANAC domains."""

from __future__ import annotations

import itertools
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import negotiation as ng

DATA = json.loads((Path(__file__).parent / "data" / "genius_domains.json").read_text(encoding="utf-8"))
DOMAINS = [pytest.param(d, id=d["name"]) for d in DATA["domains"]]


def exact_stakes(domain: dict[str, Any]) -> list[list[tuple[Fraction, ...]]]:
    """Utility of each option of each issue to both sides, as GENIUS defines it."""
    sides = []
    for weights, evaluations in zip(domain["weights"], domain["evaluations"], strict=True):
        total = sum(map(Fraction, weights))
        values = [[Fraction(v) for v in row] for row in evaluations]
        tops = [max(row) if max(row) > 1 else Fraction(1) for row in values]
        sides.append(
            [[Fraction(w) / total * v / m for v in row] for w, row, m in zip(weights, values, tops, strict=True)]
        )
    return [list(zip(*options, strict=True)) for options in zip(*sides, strict=True)]


def table(domain: dict[str, Any]) -> tuple[list[tuple[int, ...]], np.ndarray]:
    stakes = exact_stakes(domain)
    outcomes = list(itertools.product(*[range(len(s)) for s in stakes]))
    sums = [[sum(s[k][i] for s, k in zip(stakes, o, strict=True)) for i in (0, 1)] for o in outcomes]
    return outcomes, np.array(sums, dtype=float)


def points(rows: np.ndarray) -> set[tuple[float, ...]]:
    return {tuple(row) for row in np.round(rows, 10).tolist()}


def expected(domain: dict[str, Any], key: str) -> set[tuple[float, ...]]:
    return {tuple(round(float(Fraction(x)), 10) for x in point) for point in domain["answers"][key]}


@pytest.mark.parametrize("domain", DOMAINS)
def test_frontier_sizes(domain: dict[str, Any]) -> None:
    """Efficient outcomes and distinct efficient points, from the table and from the sum over issues."""
    _, utilities = table(domain)
    front = ng.pareto_frontier(ng.BargainingProblem(utilities, [0, 0]))
    assert len(front) == domain["answers"]["pareto_outcomes"]
    stakes = [np.array(s, dtype=float) for s in exact_stakes(domain)]
    summed = ng.additive_frontier(stakes)
    assert len(summed) == domain["answers"]["pareto_utility_points"]
    assert summed.counts.sum() == domain["answers"]["pareto_outcomes"]
    assert points(summed.payoffs) == points(front.payoffs)


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        (ng.nash_bargaining, "nash_points"),
        (ng.kalai_smorodinsky, "kalai_smorodinsky_points"),
        (ng.egalitarian, "egalitarian_points"),
        (ng.utilitarian, "max_welfare_points"),
    ],
)
@pytest.mark.parametrize("domain", DOMAINS)
def test_solutions(domain: dict[str, Any], rule: Any, key: str) -> None:
    """The disagreement point is the reservation value of the profile."""
    outcomes, utilities = table(domain)
    reservation = [float(Fraction(r)) for r in domain["reservation"]]
    answer = rule(ng.BargainingProblem(utilities, reservation))
    assert points(answer.all_payoffs) == expected(domain, key)
    if key == "nash_points":
        assert [list(outcomes[r]) for r in answer.outcomes] == sorted(domain["nash_outcomes"])
