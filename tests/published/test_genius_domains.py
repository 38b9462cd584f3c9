"""GENIUS domains: sizes of frontiers and the points that solutions pick, from NegMAS's collection of the ANAC domains."""

from __future__ import annotations

import itertools
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import negotiation as ng

DATA = json.loads((Path(__file__).parent / "data" / "genius_domains.json").read_text(encoding="utf-8"))
RULES: list[tuple[Any, str]] = [
    (ng.nash_bargaining, "nash_points"),
    (ng.kalai_smorodinsky, "kalai_smorodinsky_points"),
    (ng.egalitarian, "egalitarian_points"),
    (ng.utilitarian, "max_welfare_points"),
]
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


def as_files(domain: dict[str, Any], folder: Path) -> list[Path]:
    """The domain and its profiles in GENIUS's own format."""
    texts = {"domain": issues_as_xml(domain, None)}
    for side, weights in enumerate(domain["weights"]):
        weighted = "".join(f'<weight index="{k}" value="{decimal(w)}"/>' for k, w in enumerate(weights, 1))
        reserved = f'<reservation value="{decimal(domain["reservation"][side])}"/>'
        texts[f"side{side}"] = issues_as_xml(domain, side).replace("</objective>", f"{weighted}</objective>{reserved}")
    for name, text in texts.items():
        (folder / f"{name}.xml").write_text(text, encoding="utf-8")
    return [folder / f"{name}.xml" for name in texts]


def issues_as_xml(domain: dict[str, Any], side: int | None) -> str:
    parts = []
    for k, n in enumerate(domain["options"]):
        worth = [""] * n if side is None else [f' evaluation="{decimal(e)}"' for e in domain["evaluations"][side][k]]
        items = "".join(f'<item value="{o}"{e}/>' for o, e in enumerate(worth))
        parts.append(f'<issue index="{k + 1}" name="issue {k}" type="discrete">{items}</issue>')
    return f"<utility_space><objective>{''.join(parts)}</objective></utility_space>"


def decimal(number: str) -> str:
    """A rational number whose denominator has no primes but 2 and 5, written out."""
    value = Fraction(number)
    text = str(Decimal(value.numerator) / Decimal(value.denominator))
    assert Fraction(text) == value
    return text


@pytest.mark.parametrize("domain", DOMAINS)
def test_read_from_files(domain: dict[str, Any], tmp_path: Path) -> None:
    """Frontier and solutions of what is read, without listing outcomes, are those of the exact arithmetic."""
    read = ng.read_genius(*as_files(domain, tmp_path))
    front = ng.pareto_frontier(read)
    assert len(front) == domain["answers"]["pareto_outcomes"]
    assert len(points(front.payoffs)) == domain["answers"]["pareto_utility_points"]
    for rule, key in RULES:
        assert points(rule(read).all_payoffs) == expected(domain, key), key


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


@pytest.mark.parametrize(("rule", "key"), RULES)
@pytest.mark.parametrize("domain", DOMAINS)
def test_solutions(domain: dict[str, Any], rule: Any, key: str) -> None:
    """The disagreement point is the reservation value of the profile."""
    outcomes, utilities = table(domain)
    reservation = [float(Fraction(r)) for r in domain["reservation"]]
    answer = rule(ng.BargainingProblem(utilities, reservation))
    assert points(answer.all_payoffs) == expected(domain, key)
    if key == "nash_points":
        assert [list(outcomes[r]) for r in answer.outcomes] == sorted(domain["nash_outcomes"])
