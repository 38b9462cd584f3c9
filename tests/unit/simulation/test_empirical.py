"""The game between strategies, from tournaments and from plain arrays of runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import negotiation as ng
from negotiation.simulation.empirical_runs import seats_averaged

DILEMMA = np.array([[[3.0, 0], [5, 1]], [[3, 5], [0, 1]]])


@pytest.fixture(scope="module")
def cup() -> ng.Tournament:
    domain = ng.Domain([[4, 0], [3, 3], [0, 4], [1, 3.8]], names=("buyer", "seller"))
    strategies = [ng.Boulware(), ng.Conceder(), ng.RandomWalker()]
    return ng.tournament(domain, strategies, repetitions=6, rng=1, executor=1)


def test_a_tournament_becomes_the_game_of_its_means(cup: ng.Tournament) -> None:
    """Cells are mean shares, names those of strategies and parties; equilibria are those of the solver."""
    meta = ng.empirical_game(cup, resamples=20, rng=1)
    np.testing.assert_allclose(meta.game.payoffs, cup.payoff_matrix())
    assert meta.game.players == ("buyer", "seller")
    assert meta.game.actions[0] == cup.labels
    assert (meta.counts == 6).all()
    assert len(meta.equilibria) == len(ng.solve(meta.game).equilibria)
    shares = cup.shares()
    alike = (cup.line_ups == [2, 0]).all(axis=1)
    expected = shares[alike].std(axis=0, ddof=1) / np.sqrt(6)
    np.testing.assert_allclose(meta.standard_errors[:, 2, 0], expected, atol=1e-12)
    assert set(meta.to_frame().columns) >= {"strategy", "probability", "error", "regret 95%", "recurrence"}
    assert "6 runs a cell" in str(meta)


def test_runs_without_chance_have_no_error() -> None:
    meta = ng.empirical_game(np.stack([DILEMMA] * 5), strategies=("C", "D"), resamples=10)
    (one,) = meta.equilibria
    assert one.regret_quantile == 0
    assert one.recurrence == 1
    assert not meta.standard_errors.any()
    single = ng.empirical_game(DILEMMA[None], resamples=10)
    assert np.isnan(single.standard_errors).all()
    assert "one run a cell" in single.notes[0]


def test_the_regret_quantile_covers_the_true_regret() -> None:
    """In games whose truth is known, the true regret of what was found lies below the 95% quantile most of the time."""
    pennies = np.array([[[2.0, -1], [-1, 1]], [[-2, 1], [1, -1]]])
    truth = ng.NormalFormGame(pennies)
    covered = []
    for seed in range(40):
        noise = np.random.default_rng(seed).normal(size=(60, 2, 2, 2))
        meta = ng.empirical_game(pennies + noise, resamples=100, rng=seed)
        (one,) = meta.equilibria
        covered.append(float(ng.regret(truth, one.equilibrium.profile).max()) <= one.regret_quantile)
        assert one.recurrence > 0.9
        assert 0 < one.errors[0][0] < 0.2
    assert np.mean(covered) >= 0.85


def test_more_runs_mean_less_error() -> None:
    rng = np.random.default_rng(3)
    errors = [
        ng.empirical_game(DILEMMA + rng.normal(size=(n, 2, 2, 2)), resamples=20).standard_errors.mean()
        for n in (20, 500)
    ]
    assert errors[1] < errors[0] / 3


def test_three_seats_are_searched_for_pure_equilibria() -> None:
    runs = np.random.default_rng(1).normal(size=(8, 3, 2, 2, 2))
    meta = ng.empirical_game(runs, resamples=50, solver=ng.PureEnumeration())
    assert "pure equilibria only" in meta.notes[0]
    assert meta.supports
    assert all(0 <= one.recurrence <= 1 for one in meta.equilibria)


def test_how_often_each_support_is_in_equilibrium() -> None:
    """A coordination game with much noise: shares are those of games resampled one by one and solved by themselves."""
    runs = np.array([[[2.0, 0], [0, 1]], [[2, 0], [0, 1]]]) + np.random.default_rng(4).normal(size=(12, 2, 2, 2)) * 2
    meta = ng.empirical_game(runs, strategies=("hawk", "dove"), resamples=150, rng=3)
    table = meta.supports_frame()
    assert table["share"].is_monotonic_decreasing
    assert ((table["share"] > 0) & (table["share"] <= 1)).all()
    by_support = {one.strategies: one for one in meta.supports}
    for one in meta.equilibria:
        names = tuple(
            tuple(own[a] for a in np.flatnonzero(p > 1e-9))
            for own, p in zip(meta.game.actions, one.equilibrium.profile, strict=True)
        )
        if one.recurrence > 0:
            assert by_support[names].found
            assert by_support[names].share == one.recurrence
    both = by_support[(("hawk",), ("hawk",))]
    assert both.symmetric
    assert both.error == pytest.approx(np.sqrt(both.share * (1 - both.share) / 150))
    assert len(meta.payoffs_frame()) == 4


def test_errors_of_payoffs_agree_with_those_of_the_cells() -> None:
    """Of a pure equilibrium the resampled error is that of its cell, up to the luck of resampling."""
    meta = ng.empirical_game(DILEMMA + np.random.default_rng(2).normal(size=(60, 2, 2, 2)), resamples=2000, rng=1)
    (one,) = meta.equilibria
    assert one.symmetric
    np.testing.assert_allclose(one.payoff_errors, meta.standard_errors[:, 1, 1], rtol=0.1)


@settings(max_examples=50)
@given(seed=st.integers(0, 10_000), n=st.integers(2, 3), m=st.integers(1, 3))
def test_averaging_seats_makes_the_game_symmetric(seed: int, n: int, m: int) -> None:
    """Changing two seats with their strategies changes their payoffs and nothing else; totals over all cells stay."""
    tables = np.random.default_rng(seed).normal(size=(2, n, *[m] * n))
    even = seats_averaged(tables, n)
    swapped = np.take(np.swapaxes(even, 2, 3), [1, 0, *range(2, n)], axis=1)
    np.testing.assert_allclose(even, swapped, atol=1e-12)
    np.testing.assert_allclose(even.sum(), tables.sum(), atol=1e-9)
    np.testing.assert_allclose(seats_averaged(even, n), even, atol=1e-12)


def test_averaged_seats_of_two_are_the_mean_of_both() -> None:
    runs = np.random.default_rng(1).normal(size=(20, 2, 3, 3))
    meta = ng.empirical_game(runs, seats="averaged", resamples=30)
    mean = runs.mean(axis=0)
    np.testing.assert_allclose(meta.game.payoffs[0], (mean[0] + mean[1].T) / 2)
    np.testing.assert_allclose(meta.game.payoffs[1], meta.game.payoffs[0].T)
    assert any(one.symmetric for one in meta.equilibria)


def test_whole_tables_are_drawn_where_domains_are_the_draws(cup: ng.Tournament) -> None:
    """With one run a cell and many domains, domains are what can be resampled; one domain says nothing."""
    places = [ng.Domain([[4, 0], [3, k], [0, 4]], names=("buyer", "seller")) for k in (1, 2, 3, 3.5)]
    many = ng.tournament(places, [ng.Boulware(), ng.Conceder()], executor=1)
    meta = ng.empirical_game(many, over="tables", resamples=100)
    np.testing.assert_allclose(meta.game.payoffs, many.payoff_matrix())
    tables = np.stack([
        ng.tournament(d, [ng.Boulware(), ng.Conceder()], executor=1).payoff_matrix() for d in places
    ])  # fmt: skip
    np.testing.assert_allclose(meta.standard_errors, tables.std(axis=0, ddof=1) / 2, atol=1e-12)
    assert meta.game.players == ("seat 1", "seat 2")
    alone = ng.empirical_game(cup, over="tables", resamples=5)
    assert "one table: nothing is known about chance" in alone.notes[0]


def test_a_deadline_leaves_out_games_and_says_so() -> None:
    runs = np.random.default_rng(1).normal(size=(4, 2, 12, 12))
    meta = ng.empirical_game(runs, resamples=3000, deadline=1e-9, solver=ng.PureEnumeration())
    assert "of 3,000 resampled games were solved" in meta.notes[0]


def test_the_seed_decides() -> None:
    runs = DILEMMA + np.random.default_rng(1).normal(size=(9, 2, 2, 2))
    one, same, other = (ng.empirical_game(runs, resamples=30, rng=seed) for seed in (1, 1, 2))
    assert one.to_frame().equals(same.to_frame())
    assert not one.to_frame().equals(other.to_frame())


@pytest.mark.parametrize(
    ("source", "options", "error", "words"),
    [
        ("cup", {}, ng.WrongTypeError, "Tournament"),
        (DILEMMA, {}, ng.GameShapeError, "expected \\(R, N"),
        (np.full((3, 2, 2, 2), np.nan), {}, ng.NotFiniteError, "NaN"),
        (DILEMMA[None], {"over": "cells"}, ng.ParameterError, "over is 'cells'"),
        (DILEMMA[None], {"seats": "both"}, ng.ParameterError, "seats is 'both'"),
        (DILEMMA[None], {"deadline": -1}, ng.ParameterError, "deadline"),
        (np.zeros((3, 2, 2, 3)), {"seats": "averaged"}, ng.GameShapeError, "same ones"),
        (
            DILEMMA[None],
            {"strategies": (("C", "D"), ("A", "B")), "seats": "averaged"},
            ng.GameShapeError,
            "names differ",
        ),
        (DILEMMA[None], {"resamples": 0}, ng.ParameterError, "resamples"),
        (np.zeros((3, 2, 2, 3)), {"strategies": ("C", "D")}, ng.GameShapeError, "each of them"),
    ],
)
def test_bad_input(source: Any, options: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        ng.empirical_game(source, **options)


def test_a_tournament_without_self_play_is_no_game() -> None:
    domain = ng.Domain([[4, 0], [3, 3], [0, 4]])
    part = ng.tournament(domain, [ng.Boulware(), ng.Conceder()], self_play=False)
    with pytest.raises(ng.GameShapeError, match="self_play"):
        ng.empirical_game(part)
