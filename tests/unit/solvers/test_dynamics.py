"""Dynamics forwarded to Nashpy: reproducible from the generator alone, checked at the door, frozen."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import negotiation as ng

STAG = ng.NormalFormGame([[[9, 0], [8, 7]], [[9, 8], [0, 7]]], ("US", "China"), [("stag", "hare")] * 2)
DILEMMA = ng.NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])


def play(seed: int, noise: float = 0.0) -> ng.LearningPath:
    return ng.fictitious_play(STAG, 200, rng=np.random.default_rng(seed), noise=noise)


@pytest.mark.parametrize("noise", [0.0, 2.0])
def test_the_generator_decides_and_the_global_state_is_left_alone(noise: float) -> None:
    np.random.seed(5)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first = play(1, noise)
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002
    np.random.seed(6)  # noqa: NPY002
    assert np.array_equal(first.rows, play(1, noise).rows)


def test_seeds_make_a_difference() -> None:
    runs = {play(seed, 2.0).rows.tobytes() for seed in range(5)}
    assert len(runs) > 1


def test_one_generator_twice_gives_two_paths() -> None:
    rng = np.random.default_rng(0)
    a, b = (ng.fictitious_play(STAG, 100, rng=rng, noise=3.0).rows for _ in range(2))
    assert not np.array_equal(a, b)


def test_the_global_state_comes_back_after_an_error() -> None:
    np.random.seed(5)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    rps = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) * 1e9
    with pytest.raises(ng.NumericalError, match="too small"):
        ng.fictitious_play(ng.NormalFormGame([rps, -rps]), 2000, rng=np.random.default_rng(0), noise=1e-3)
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_shares_are_of_all_rounds_so_far() -> None:
    path = play(3)
    assert len(path) == 201
    assert path.rows[0].tolist() == [0.5, 0.5]
    assert np.allclose(path.rows.sum(axis=1), 1)
    assert path.counts[0].sum() == 200
    assert np.array_equal(path.counts[0] / 200, path.rows[-1])


def test_dominance_is_learned_at_any_magnitude() -> None:
    for scale in (1e-12, 1.0, 1e12):
        game = ng.NormalFormGame(DILEMMA.payoffs * scale)
        path = ng.fictitious_play(game, 300, rng=np.random.default_rng(0))
        assert path.rows[-1][1] > 0.99
        assert path.regret <= 0.1 * scale


def test_stochastic_play_settles_at_the_quantal_response() -> None:
    """Logit play of noise 1/λ has the quantal response of precision λ as its point of rest."""
    path = ng.fictitious_play(DILEMMA, 4000, rng=np.random.default_rng(2), noise=2.0)
    (rest,) = ng.quantal_response(DILEMMA, 0.5)
    assert path.final[0] == pytest.approx(rest[0], abs=0.05)


def test_replicator_keeps_shares_and_finds_dominance() -> None:
    path = ng.replicator(DILEMMA, ([0.99, 0.01], [0.9, 0.1]), times=np.linspace(0, 40, 50))
    assert np.allclose(path.rows.sum(axis=1), 1)
    assert path.rows.min() >= 0
    assert path.final[0] == pytest.approx([0, 1], abs=1e-6)
    assert path.regret < 1e-5


def test_replicator_rests_where_all_actions_pay_alike() -> None:
    mixed = ([0.875, 0.125], [0.875, 0.125])
    path = ng.replicator(STAG, mixed, times=[0, 0.5, 1])
    assert path.final[0] == pytest.approx(mixed[0], abs=1e-6)


def test_replicator_does_not_mind_a_bonus() -> None:
    start = ([0.7, 0.3], [0.4, 0.6])
    here = ng.replicator(STAG, start, times=[0, 1, 2])
    there = ng.replicator(ng.NormalFormGame(STAG.payoffs + 1e6), start, times=[0, 1, 2])
    assert here.rows == pytest.approx(there.rows, abs=1e-6)


def test_moran_fixes_and_respects_its_limit() -> None:
    rng = np.random.default_rng(0)
    done = ng.moran_process(DILEMMA, [0, 0, 1, 1], rng=rng)
    assert done.fixed in (0, 1)
    assert len(set(done.populations[-1].tolist())) == 1
    assert ng.moran_process(DILEMMA, [1, 1, 1], rng=rng).populations.shape == (1, 3)
    short = ng.moran_process(DILEMMA, [0] * 20 + [1] * 20, rng=rng, max_steps=3)
    assert len(short) == 4
    assert short.fixed is None
    assert len(ng.moran_process(DILEMMA, [0, 0, 1], rng=rng, mutation=0.2, max_steps=50)) == 51


def test_moran_fixation_has_the_known_probability() -> None:
    """Neutral drift fixes one of n with probability 1/n (Nowak 2006, chapter 6)."""
    neutral = ng.NormalFormGame(np.ones((2, 2, 2)))
    rng = np.random.default_rng(4)
    wins = sum(ng.moran_process(neutral, [1, 0, 0, 0], rng=rng).fixed == 1 for _ in range(400))
    assert wins / 400 == pytest.approx(0.25, abs=0.07)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda r: ng.fictitious_play(STAG, 10, rng=7), ng.WrongTypeError, "Generator"),
        (lambda r: ng.fictitious_play(STAG, 0, rng=r), ng.ParameterError, "rounds"),
        (lambda r: ng.fictitious_play(STAG, 2.5, rng=r), ng.ParameterError, "rounds"),
        (lambda r: ng.fictitious_play(STAG, 10, rng=r, noise=-1), ng.ParameterError, "noise"),
        (lambda r: ng.fictitious_play(STAG, 10, rng=r, counts=([1], [1, 2])), ng.GameShapeError, "shapes"),
        (lambda r: ng.fictitious_play(STAG, 10, rng=r, counts=([1, -1], [1, 2])), ng.ParameterError, "negative"),
        (lambda r: ng.fictitious_play(STAG, 10, rng=r, counts=([1, np.nan], [1, 2])), ng.NotFiniteError, "NaN"),
        (lambda r: ng.fictitious_play("chess", rng=r), ng.WrongTypeError, "normal-form"),
        (lambda r: ng.fictitious_play(ng.NormalFormGame([[1, 2]]), rng=r), ng.SolverMismatchError, "two players"),
        (lambda r: ng.replicator(STAG, ([1, 1], [1, 0])), ng.ProbabilityError, "sum"),
        (lambda r: ng.replicator(STAG, times=[1, 0]), ng.ParameterError, "later"),
        (lambda r: ng.moran_process(STAG, [0, 5], rng=r), ng.ParameterError, "actions run from"),
        (lambda r: ng.moran_process(STAG, [0], rng=r), ng.ParameterError, "at least two"),
        (lambda r: ng.moran_process(STAG, [0, 0.5], rng=r), ng.ParameterError, "by position"),
        (lambda r: ng.moran_process(STAG, [0, 1], rng=r, mutation=2), ng.ParameterError, "probability"),
        (lambda r: ng.moran_process(STAG, [0, 0], rng=r, mutation=0.1), ng.ParameterError, "two different"),
        (lambda r: ng.moran_process(ng.NormalFormGame(-STAG.payoffs), [0, 1], rng=r), ng.SolverMismatchError, "at least 0"),
    ],
)  # fmt: skip
def test_bad_input(call: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call(np.random.default_rng(0))


def test_results_print_and_pickle() -> None:
    for result in (play(0), ng.replicator(STAG), ng.moran_process(STAG, [0, 1], rng=np.random.default_rng(0))):
        assert "stag" in str(result) or "hare" in str(result)
        assert str(pickle.loads(pickle.dumps(result))) == str(result)
