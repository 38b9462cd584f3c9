"""The logit branch through folds, forks, ties and magnitudes; bad precisions and counts; what results say."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import negotiation as ng

STAG = ng.NormalFormGame([[[9, 0], [8, 7]], [[9, 8], [0, 7]]], ("US", "China"), [("stag", "hare")] * 2)
BATTLE = ng.NormalFormGame([[[2, 0], [0, 1]], [[1, 0], [0, 2]]])
DILEMMA = ng.NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])


@pytest.mark.parametrize(
    ("precisions", "error", "message"),
    [
        ([-1], ng.ParameterError, "at least 0"),
        ([1, -1e-9], ng.ParameterError, "at least 0"),
        ([float("nan")], ng.NotFiniteError, "must be finite"),
        ([float("inf")], ng.NotFiniteError, "LogitPath"),
        ("fast", ng.WrongTypeError, "are numbers"),
        ([[1, 2]], ng.GameShapeError, "one number or a list"),
    ],
)
def test_bad_precisions(precisions: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ng.quantal_response(BATTLE, precisions)


@pytest.mark.parametrize(
    ("counts", "error", "message"),
    [
        (([1, 2],), ng.GameShapeError, "counts of 1 players"),
        (([1, 2, 3], [1, 2]), ng.GameShapeError, "have shape"),
        (([1, np.nan], [1, 2]), ng.NotFiniteError, "not all finite"),
        (([1, -2], [1, 2]), ng.ParameterError, "at least 0"),
        (([0, 0], [0, 0]), ng.ParameterError, "all zero"),
    ],
)
def test_bad_counts(counts: tuple, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ng.fit_quantal_response(BATTLE, counts)


def test_not_a_game() -> None:
    with pytest.raises(ng.WrongTypeError, match="normal-form"):
        ng.quantal_response([[1]], [1])


def test_a_sequence_in_the_order_asked() -> None:
    path = ng.quantal_response(STAG, [3, 0, 3, 0.5])
    assert len(path) == 4
    assert np.array_equal(path[0][0], path[2][0])
    assert path[1][0].tolist() == [0.5, 0.5]
    assert len(path[1:3]) == 2
    assert [len(p) for p in path] == [2, 2, 2, 2]
    assert path.payoffs.shape == (4, 2)
    assert len(ng.quantal_response(STAG, [])) == 0


def test_symmetric_branch_goes_straight_through_the_fork() -> None:
    """Past the pitchfork the branch from the centroid keeps the game's symmetry and ends in the mixed equilibrium."""
    path = ng.quantal_response(BATTLE, [1, 2, 5, 1000])
    for profile in path:
        assert profile[0] == pytest.approx(profile[1][::-1], abs=1e-12)
    assert any("meets another" in note for note in path.notes)
    limit = ng.solve(BATTLE, ng.LogitPath())
    assert limit.equilibria[0].profile[0] == pytest.approx([2 / 3, 1 / 3], abs=1e-12)


def test_branch_turns_back_and_first_passage_counts() -> None:
    """This game's branch has folds; every profile is still a fixed point, and small steps lead to the same ones."""
    rng = np.random.default_rng(1)
    game = next(g for g in (_random(rng, (10, 10)) for _ in range(50)) if _turns(g))
    path = ng.quantal_response(game, np.linspace(0, 1.5, 31))
    assert path.residuals.max() < 1e-12
    limit = ng.solve(game, ng.LogitPath())
    assert limit.equilibria[0].regret < 1e-9 * 100


def _random(rng: np.random.Generator, shape: tuple[int, ...]) -> ng.NormalFormGame:
    return ng.NormalFormGame(rng.integers(0, 100, (len(shape), *shape)))


def _turns(game: ng.NormalFormGame) -> bool:
    return any("turns back" in note for note in ng.solve(game, ng.LogitPath()).notes)


@pytest.mark.parametrize("seed", range(6))
def test_long_steps_stay_on_the_branch(seed: int) -> None:
    """A hundred times shorter steps end in the same equilibrium: nothing jumped."""
    from negotiation.solvers.logit_branch import Branch, LogitMap

    rng = np.random.default_rng(seed)
    game = _random(rng, [(3, 3), (2, 2, 2), (3, 3, 3)][seed % 3])
    equations = LogitMap(game)
    for _, careful, _ in Branch(equations).points(longest=0.01):
        if careful.lam > 1e5:
            break
    limit = ng.solve(game, ng.LogitPath()).equilibria[0].profile
    for p, q in zip(limit, equations.profile(careful.x), strict=True):
        assert p == pytest.approx(q, abs=1e-2)


@pytest.mark.parametrize("scale", [1e-300, 1e-30, 1e30, 2.0**40, 1e300])
def test_magnitudes(scale: float) -> None:
    game = ng.NormalFormGame(STAG.payoffs * scale)
    path = ng.quantal_response(game, [1 / scale, 100 / scale])
    plain = ng.quantal_response(STAG, [1, 100])
    assert path[0][0] == pytest.approx(plain[0][0], abs=1e-9)
    limit = ng.solve(game, ng.LogitPath())
    assert limit.status is ng.Status.FOUND
    assert limit.equilibria[0].payoffs / scale == pytest.approx([7, 7])


def test_precision_so_large_that_probabilities_underflow() -> None:
    (profile,) = ng.quantal_response(DILEMMA, 1e9)
    assert profile[0].tolist() == [0, 1]


def test_ties_at_large_precision_neither_overflow_nor_lie() -> None:
    """Zero-one games at a precision of a million: responses to themselves within rounding, λ times 1e-16."""
    rng = np.random.default_rng(11)
    for _ in range(25):
        game = ng.NormalFormGame(rng.integers(0, 2, (2, 3, 3)))
        path = ng.quantal_response(game, [10, 1e3, 1e6])
        assert (path.residuals <= 1e-15 * (10 + path.precisions)).all()


def test_one_player() -> None:
    game = ng.NormalFormGame([[0.0, 1.0, 3.0]])
    (profile,) = ng.quantal_response(game, 0.7)
    weights = np.exp(0.7 * np.array([0, 1, 3]))
    assert profile[0] == pytest.approx(weights / weights.sum(), abs=1e-14)
    assert ng.solve(game, ng.LogitPath()).equilibria[0].payoffs[0] == 3


def test_counts_without_error_have_no_finite_precision() -> None:
    fit = ng.fit_quantal_response(DILEMMA, ([0, 10], [0, 10]))
    assert fit.precision == float("inf")
    assert fit.log_likelihood == pytest.approx(0, abs=1e-12)
    assert any("to the end of the branch" in note for note in fit.notes)


def test_counts_against_the_incentives_fit_zero() -> None:
    assert ng.fit_quantal_response(DILEMMA, ([10, 1], [10, 0])).precision == 0


def test_play_that_never_moves_says_so() -> None:
    pennies = ng.NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    fit = ng.fit_quantal_response(pennies, ([3, 7], [5, 5]))
    assert (fit.precision, fit.standard_error) == (0, float("inf"))
    assert any("any precision" in note for note in fit.notes)


def test_standard_error_shrinks_with_the_root_of_the_counts() -> None:
    counts = np.array([1.0, 10.0]), np.array([2.0, 10.0])
    small = ng.fit_quantal_response(DILEMMA, counts)
    large = ng.fit_quantal_response(DILEMMA, [100 * c for c in counts])
    assert large.precision == pytest.approx(small.precision, abs=1e-9)
    assert large.standard_error == pytest.approx(small.standard_error / 10, rel=1e-6)


def test_standard_error_is_that_of_repeated_samples() -> None:
    """The spread of fits to simulated play is what the information promises."""
    rng = np.random.default_rng(7)
    (truth,) = ng.quantal_response(DILEMMA, 0.8)
    fits = [ng.fit_quantal_response(DILEMMA, [rng.multinomial(400, p) for p in truth]) for _ in range(120)]
    spread = np.std([fit.precision for fit in fits])
    assert np.mean([fit.precision for fit in fits]) == pytest.approx(0.8, abs=0.03)
    assert spread == pytest.approx(np.mean([fit.standard_error for fit in fits]), rel=0.25)


@pytest.mark.parametrize("name", ["precision", "max_steps", "deadline", "tol"])
def test_bad_options(name: str) -> None:
    with pytest.raises(ng.ParameterError, match=name):
        ng.LogitPath(**{name: 0})


def test_giving_up_returns_what_there_is() -> None:
    """Stopped early, an approximate equilibrium with its regret, and a note."""
    found = ng.solve(STAG, ng.LogitPath(max_steps=3))
    assert found.status is ng.Status.LIMIT
    assert found.equilibria[0].regret > 1e-6
    assert any("approximate" in note for note in found.notes)
    assert ng.solve(STAG, ng.LogitPath(deadline=1e-9)).status is ng.Status.DEADLINE


def test_wrong_kind_of_game() -> None:
    assert "normal-form" in ng.LogitPath().why_not("chess")


def test_results_print_and_pickle() -> None:
    path, fit = ng.quantal_response(STAG, [0, 1]), ng.fit_quantal_response(STAG, ([1, 3], [2, 2]))
    assert "US stag 0.5 + hare 0.5" in str(path)
    assert "log-likelihood" in str(fit)
    assert str(pickle.loads(pickle.dumps(path))) == str(path)
    assert str(pickle.loads(pickle.dumps(fit))) == str(fit)
    assert str(pickle.loads(pickle.dumps(ng.solve(STAG, ng.LogitPath()))))
    with pytest.raises(ValueError, match="read-only"):
        path[0][0][0] = 1
