"""Limits, deadlines, interruption, batches: the answer says what it is."""

from __future__ import annotations

import pickle
import time
from typing import Any

import numpy as np
import pytest

import negotiation as ng
from negotiation.solvers.batch import EquilibriumBatch
from negotiation.solvers.warm_up import warm_up

COORDINATION = ng.NormalFormGame([np.eye(4), np.eye(4)])
LARGE = ng.NormalFormGame(np.random.default_rng(0).random((2, 26, 26)))


@pytest.mark.parametrize("kind", [ng.VertexEnumeration, ng.SupportEnumeration])
def test_a_limit_cuts_and_says_so(kind: Any) -> None:
    solution = ng.solve(COORDINATION, kind(limit=3))
    assert len(solution) == 3
    assert solution.status is ng.Status.LIMIT
    assert not solution.complete
    assert ng.solve(COORDINATION, kind(limit=15)).complete


@pytest.mark.parametrize("kind", [ng.VertexEnumeration, ng.SupportEnumeration])
def test_a_deadline_gives_what_was_found(kind: Any) -> None:
    warm_up("walk")
    start = time.monotonic()
    solution = ng.solve(LARGE, kind(deadline=0.3))
    assert time.monotonic() - start < 10
    assert solution.status is ng.Status.DEADLINE
    assert not solution.complete
    assert all(e.regret < 1e-9 for e in solution.equilibria)


@pytest.mark.parametrize("values", [{"limit": 0}, {"limit": -1}, {"deadline": 0.0}, {"deadline": float("nan")}])
def test_limits_that_make_no_sense(values: dict[str, Any]) -> None:
    with pytest.raises(ng.ParameterError, match="positive"):
        ng.solve(COORDINATION, ng.VertexEnumeration(**values))


def test_interruption_gives_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from negotiation.solvers import float_walk

    def interrupted(self: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(float_walk._Walk, "run", interrupted)
    solution = ng.solve(LARGE)
    assert solution.status is ng.Status.INTERRUPTED
    assert not solution.complete


def test_interruption_while_the_kernel_of_a_batch_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    from negotiation.solvers import batch

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(batch, "_load_kernel", interrupted)
    found = ng.solve_batch(np.zeros((3, 2, 2, 2)))
    assert found.status is ng.Status.INTERRUPTED
    assert len(found) == 0
    assert not found.complete.any()


def test_results_can_be_pickled() -> None:
    solution = pickle.loads(pickle.dumps(ng.solve(COORDINATION, ng.VertexEnumeration(exact=True))))
    assert len(solution) == 15
    batch = pickle.loads(pickle.dumps(ng.solve_batch(COORDINATION.payoffs[None])))
    assert isinstance(batch, EquilibriumBatch)
    assert len(batch) == 15


def test_other_games_are_declined() -> None:
    three = ng.NormalFormGame(np.zeros((3, 2, 2, 2)))
    for solver in (ng.VertexEnumeration(), ng.SupportEnumeration()):
        with pytest.raises(ng.SolverMismatchError, match="3 players"):
            ng.solve(three, solver)


def test_more_than_64_labels() -> None:
    rng = np.random.default_rng(4)
    game = ng.NormalFormGame(rng.random((2, 3, 70)))
    solution = ng.solve(game)
    assert solution.complete
    assert len(solution) % 2 == 1
    batch = ng.solve_batch(game.payoffs[None])
    assert batch.complete.all()
    assert len(batch) == len(solution)


def test_threads_do_not_change_a_batch() -> None:
    games = np.random.default_rng(5).integers(0, 5, (20_000, 2, 3, 3))
    one, two = ng.solve_batch(games, threads=1), ng.solve_batch(games, threads=2)
    for name in ("game", "row", "column", "payoffs", "regret", "complete"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    assert one.complete.all()
    assert (one.counts() > 0).all()
    assert one.regret.max() < 1e-12


def test_a_batch_reports_progress_and_heeds_its_limit() -> None:
    games = np.random.default_rng(6).integers(0, 5, (20_000, 2, 3, 3))
    seen: list[tuple[int, int]] = []
    ng.solve_batch(games, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (20_000, 20_000)
    assert seen == sorted(seen)
    cut = ng.solve_batch(games, limit=100)
    assert cut.status is ng.Status.LIMIT
    assert 0 < cut.complete.sum() < 20_000
    assert cut.game.max() < cut.complete.sum()


def test_an_empty_batch() -> None:
    batch = ng.solve_batch(np.zeros((0, 2, 3, 3)))
    assert len(batch) == 0
    assert batch.status is ng.Status.COMPLETE


@pytest.mark.parametrize(
    ("payoffs", "error"),
    [
        (np.zeros((2, 3, 3)), ng.GameShapeError),
        (np.zeros((5, 3, 2, 2)), ng.GameShapeError),
        (np.full((1, 2, 2, 2), np.nan), ng.NotFiniteError),
        ([[[["a"]], [["b"]]]], ng.WrongTypeError),
        ([[[[1], [1, 2]], [[1], [2]]]], ng.GameShapeError),
    ],
)
def test_bad_batches(payoffs: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        ng.solve_batch(payoffs)


def test_pure_batch_agrees_with_pure_enumeration_for_three_players() -> None:
    games = np.random.default_rng(7).integers(0, 3, (50, 3, 2, 3, 2))
    marks = ng.pure_batch(games)
    for payoffs, mark in zip(games, marks, strict=True):
        assert mark.sum() == len(ng.solve(ng.NormalFormGame(payoffs), ng.PureEnumeration()))


def test_dollars_and_billions() -> None:
    dilemma = np.array([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    for scale in (1, 10**9, 2**31, 2**40):
        (e,) = ng.solve(ng.NormalFormGame(dilemma * scale)).equilibria
        assert e.support == ((1,), (1,))


def test_additive_package_game_is_complete() -> None:
    """Each party chooses measures to lift; payoffs add up, so ties are everywhere."""
    gives, gets = np.array([0, 1, 0, 1]), np.array([0, 2, 2, 4])
    row = -gives[:, None] * 0 + gets[None, :] + np.zeros((4, 4))
    game = ng.NormalFormGame([row, row.T])
    solution = ng.solve(game)
    assert solution.complete
    assert len(solution) == 16
    assert len(solution.components) == 1
