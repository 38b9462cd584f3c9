"""The game between strategies, from tournaments and from plain arrays of runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import negotiation as ng

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


def test_three_seats_have_regrets_but_no_recurrence() -> None:
    runs = np.random.default_rng(1).normal(size=(8, 3, 2, 2, 2))
    meta = ng.empirical_game(runs, resamples=5, solver=ng.PureEnumeration())
    assert all(np.isnan(one.recurrence) for one in meta.equilibria)


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
