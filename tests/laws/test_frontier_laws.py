"""Laws of the frontier: brute force agrees exactly, on tables and on sums over issues."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import negotiation as ng

SMALL = st.integers(-3, 3)


# Each draw is a handful of linear programmes, or a brute force: the gate's 500 would take minutes.
few = settings(max_examples=min(80, settings.default.max_examples))


@st.composite
def tables(draw: st.DrawFn, most: int = 14) -> np.ndarray:
    """Utilities from few integers, one to four players, so that ties are common."""
    players, outcomes = draw(st.integers(1, 4)), draw(st.integers(1, most))
    row = st.lists(SMALL, min_size=players, max_size=players)
    return np.array(draw(st.lists(row, min_size=outcomes, max_size=outcomes)), dtype=float)


@st.composite
def sums(draw: st.DrawFn) -> tuple[list[np.ndarray], list[tuple[Any, Any]]]:
    """Stakes of up to five issues with up to three options, and up to four interactions among any of them."""
    players = draw(st.integers(1, 4))
    worth = st.lists(SMALL, min_size=players, max_size=players)
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=5))
    stakes = [np.array(draw(st.lists(worth, min_size=m, max_size=m)), dtype=float) for m in sizes]
    pair = st.integers(0, len(sizes) - 1).flatmap(lambda k: st.tuples(st.just(k), st.integers(0, sizes[k] - 1)))
    interactions = draw(st.lists(st.tuples(st.lists(pair, min_size=1, max_size=3), worth), max_size=4))
    return stakes, interactions


def brute_efficient(utilities: np.ndarray) -> list[int]:
    return [
        k for k, u in enumerate(utilities) if not ((utilities >= u).all(axis=1) & (utilities > u).any(axis=1)).any()
    ]


def worth_of(choice: Any, stakes: list[np.ndarray], interactions: list[tuple[Any, Any]]) -> np.ndarray:
    total = np.sum([s[c] for s, c in zip(stakes, choice, strict=True)], axis=0)
    for conditions, value in interactions:
        if all(choice[k] == option for k, option in conditions):
            total = total + np.asarray(value)
    return np.asarray(total)


def as_set(rows: np.ndarray) -> set[tuple[float, ...]]:
    return {tuple(row) for row in rows.tolist()}


@few
@given(utilities=tables())
def test_frontier_of_a_table_is_what_brute_force_finds(utilities: np.ndarray) -> None:
    """Every undominated row, equal ones included, and nothing else."""
    front = ng.pareto_frontier(ng.BargainingProblem(utilities, np.zeros(utilities.shape[1])))
    assert front.outcomes.tolist() == brute_efficient(utilities)


@few
@given(terms=sums())
def test_frontier_of_a_sum_is_what_brute_force_finds(terms: Any) -> None:
    """The same payoffs, each with a package that has them; with ties, the same packages."""
    stakes, interactions = terms
    choices = np.array(list(itertools.product(*[range(len(s)) for s in stakes])))
    utilities = np.array([worth_of(c, stakes, interactions) for c in choices])
    efficient = brute_efficient(utilities)
    one = ng.additive_frontier(stakes, interactions)
    assert as_set(one.payoffs) == as_set(utilities[efficient])
    assert len(one) == len(as_set(one.payoffs))
    assert one.counts.sum() == len(efficient)
    every = ng.additive_frontier(stakes, interactions, ties="all")
    assert as_set(every.choices) == as_set(choices[efficient])
    assert len(every) == len(efficient)
    for front in (one, every):
        assert all(
            (worth_of(c, stakes, interactions) == p).all() for c, p in zip(front.choices, front.payoffs, strict=True)
        )


@few
@given(terms=sums(), unit=st.sampled_from([0.1, 0.01, 1 / 3, 1e9, 1e-9]))
def test_units_do_not_matter_to_the_frontier(terms: Any, unit: float) -> None:
    """Tenths, thirds and billions give the same packages: sums that tie in integers tie in floats."""
    stakes, interactions = terms
    scaled = [(where, np.asarray(value) * unit) for where, value in interactions]
    front = ng.additive_frontier([s * unit for s in stakes], scaled, ties="all")
    assert as_set(front.choices) == as_set(ng.additive_frontier(stakes, interactions, ties="all").choices)


@few
@given(utilities=tables(), fallback=SMALL)
def test_rational_only_drops_what_somebody_would_refuse(utilities: np.ndarray, fallback: int) -> None:
    """The rational frontier is the frontier without points below disagreement, never more."""
    problem = ng.BargainingProblem(utilities, np.full(utilities.shape[1], fallback))
    every, rational = ng.pareto_frontier(problem), ng.pareto_frontier(problem, rational_only=True)
    assert rational.outcomes.tolist() == [k for k in every.outcomes if (utilities[k] >= fallback).all()]


@few
@given(utilities=tables(), weights=st.lists(st.integers(1, 9), min_size=4, max_size=4))
def test_best_rows_for_positive_weights_are_supported(utilities: np.ndarray, weights: list[int]) -> None:
    """A mediator who weighs the players picks a supported point."""
    front = ng.pareto_frontier(ng.BargainingProblem(utilities, np.zeros(utilities.shape[1])))
    welfare = front.payoffs @ np.array(weights[: utilities.shape[1]])
    assert front.supported[welfare == welfare.max()].all()


@few
@given(utilities=tables(most=8))
def test_unsupported_rows_are_beaten_by_a_lottery(utilities: np.ndarray) -> None:
    """Two players: an unsupported point lies strictly below a segment between two others."""
    utilities = utilities[:, :2] if utilities.shape[1] > 1 else np.hstack([utilities, -utilities])
    front = ng.pareto_frontier(ng.BargainingProblem(utilities, [0, 0]))
    for u in front.payoffs[~front.supported]:
        pairs = itertools.permutations(front.payoffs, 2)
        assert any(a[0] < u[0] < b[0] and np.interp(u[0], [a[0], b[0]], [a[1], b[1]]) > u[1] for a, b in pairs)
