"""What enumeration of equilibria must satisfy whatever the game; draws come from few small integers, so that ties happen."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import negotiation as ng
from negotiation.testing import bimatrix_games

# Solving costs milliseconds a draw: the hundreds of draws in CI would take a minute a law.
few = settings(max_examples=min(250, settings.default.max_examples))

Point = tuple[tuple[float, ...], ...]


def points(solution: ng.Solution) -> set[Point]:
    return {tuple(tuple((np.round(p, 9) + 0.0).tolist()) for p in e.profile) for e in solution.equilibria}


def is_mixture(point: np.ndarray, corners: np.ndarray) -> bool:
    """Whether `point` lies in the convex hull of `corners`."""
    from scipy.optimize import nnls

    system = np.vstack([corners.T, np.ones(len(corners))])
    return bool(nnls(system, np.append(point, 1.0))[1] < 1e-7)


@few
@given(game=bimatrix_games())
def test_every_equilibrium_has_no_regret_and_the_list_is_complete(game: ng.NormalFormGame) -> None:
    solution = ng.solve(game)
    assert solution.complete
    assert len(solution) >= 1
    assert all(e.regret <= 1e-9 * max(1.0, float(np.ptp(game.payoffs))) for e in solution.equilibria)


@few
@given(game=bimatrix_games(), scale=st.integers(1, 10**9), shift=st.integers(-(10**6), 10**6))
def test_scaling_and_shifting_payoffs_keeps_the_equilibria(game: ng.NormalFormGame, scale: int, shift: int) -> None:
    moved = ng.NormalFormGame(game.payoffs * scale + shift)
    assert points(ng.solve(moved)) == points(ng.solve(game))


@few
@given(game=bimatrix_games(), scale=st.sampled_from([1e-30, 1e-9, 0.1, 1e9, 1e30]))
def test_units_do_not_matter_in_exact_mode(game: ng.NormalFormGame, scale: float) -> None:
    exact = ng.VertexEnumeration(exact=True)
    scaled = ng.NormalFormGame((game.exact_payoffs * Fraction(scale)).tolist())
    found, expected = ng.solve(scaled, exact), ng.solve(game, exact)
    assert {e.profile_exact for e in found.equilibria} == {e.profile_exact for e in expected.equilibria}


@few
@given(game=bimatrix_games(), rng=st.randoms(use_true_random=False))
def test_the_order_of_actions_does_not_matter(game: ng.NormalFormGame, rng: Random) -> None:
    rows, columns = (rng.sample(range(k), k) for k in game.shape)
    turned = points(ng.solve(ng.NormalFormGame(game.payoffs[:, rows][:, :, columns])))
    back = {
        (tuple(x[rows.index(i)] for i in range(len(x))), tuple(y[columns.index(j)] for j in range(len(y))))
        for x, y in turned
    }
    assert back == points(ng.solve(game))


@few
@given(game=bimatrix_games())
def test_swapping_the_players_swaps_the_equilibria(game: ng.NormalFormGame) -> None:
    swapped = ng.NormalFormGame(np.stack([game.payoffs[1].T, game.payoffs[0].T]))
    assert {(y, x) for x, y in points(ng.solve(swapped))} == points(ng.solve(game))


@few
@given(game=bimatrix_games())
def test_a_dominated_action_changes_nothing(game: ng.NormalFormGame) -> None:
    worst = np.stack([game.payoffs[0].min(axis=0) - 1, np.full(game.shape[1], 7.0)])
    more = ng.NormalFormGame(np.concatenate([game.payoffs, worst[:, None, :]], axis=1))
    assert {((*x, 0.0), y) for x, y in points(ng.solve(game))} == points(ng.solve(more))


@few
@given(game=bimatrix_games())
def test_a_duplicate_action_only_splits_its_weight(game: ng.NormalFormGame) -> None:
    double = ng.NormalFormGame(np.concatenate([game.payoffs, game.payoffs[:, -1:, :]], axis=1))
    solution = ng.solve(double)
    assert solution.complete
    merged = {((*x[:-2], x[-2] + x[-1]), y) for x, y in points(solution)}
    assert merged == points(ng.solve(game))


@few
@given(game=bimatrix_games(), data=st.data())
def test_every_mixture_within_a_component_is_an_equilibrium(game: ng.NormalFormGame, data: st.DataObject) -> None:
    solution = ng.solve(game)
    subset = data.draw(st.sampled_from(solution.components))
    x, y = (
        np.array(data.draw(st.lists(st.integers(1, 5), min_size=len(v), max_size=len(v)))) @ v
        for v in (subset.rows, subset.columns)
    )
    assert ng.regret(game, (x / x.sum(), y / y.sum())).max() <= 1e-9 * max(1.0, float(np.ptp(game.payoffs)))


@few
@given(game=bimatrix_games())
def test_every_pure_equilibrium_lies_in_some_component(game: ng.NormalFormGame) -> None:
    solution = ng.solve(game)
    for e in ng.solve(game, ng.PureEnumeration()).equilibria:
        assert any(
            is_mixture(e.profile[0], s.rows) and is_mixture(e.profile[1], s.columns) for s in solution.components
        )


@few
@given(game=bimatrix_games())
def test_a_batch_of_one_agrees_with_the_game_alone(game: ng.NormalFormGame) -> None:
    batch = ng.solve_batch(game.payoffs[None])
    found = {
        tuple(tuple((np.round(p, 9) + 0.0).tolist()) for p in pair)
        for pair in zip(batch.row, batch.column, strict=True)
    }
    assert batch.complete.all()
    assert found == points(ng.solve(game))
    assert len(batch) == len(found)
