"""Lemke-Howson: options, budgets, sizes, and what happens when floats do not suffice."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import negotiation as ng
from negotiation.solvers import lemke_howson_paths

BATTLE = ng.NormalFormGame([[[2, 0], [0, 1]], [[1, 0], [0, 2]]])


def random_game(n: int, seed: int = 0) -> ng.NormalFormGame:
    return ng.NormalFormGame(np.random.default_rng([n, seed]).random((2, n, n)))


@pytest.mark.parametrize("label", [4, 99])
def test_a_label_past_the_last_is_refused(label: int) -> None:
    with pytest.raises(ng.ParameterError, match=f"start label {label} is outside 0 to 3"):
        ng.solve(BATTLE, ng.LemkeHowson(label=label))


def test_a_negative_label_is_refused() -> None:
    with pytest.raises(ng.ParameterError, match="negative"):
        ng.LemkeHowson(label=-1)


@pytest.mark.parametrize("label", [1.5, "0", True])
def test_a_label_is_an_int(label: object) -> None:
    with pytest.raises(ng.WrongTypeError, match="start label is an int"):
        ng.LemkeHowson(label=label)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["max_pivots", "cap", "deadline", "tol"])
@pytest.mark.parametrize("value", [0, -3])
def test_budgets_are_positive(name: str, value: int) -> None:
    with pytest.raises(ng.ParameterError, match=f"{name} is {value}; it must be positive"):
        ng.LemkeHowson(**{name: value})


def test_unknown_words_are_refused() -> None:
    with pytest.raises(ng.ParameterError, match="expected 'one' or 'all'"):
        ng.LemkeHowson(labels="every")  # type: ignore[arg-type]
    with pytest.raises(ng.ParameterError, match="not both"):
        ng.LemkeHowson(labels="all", label=0)


def test_three_players_are_refused() -> None:
    with pytest.raises(ng.SolverMismatchError, match="two players"):
        ng.solve(ng.NormalFormGame(np.zeros((3, 2, 2, 2))), ng.LemkeHowson())


def test_all_labels_lead_to_both_pure_equilibria_of_a_coordination_game() -> None:
    solution = ng.solve(BATTLE, ng.LemkeHowson(labels="all"))
    assert {e.support for e in solution.equilibria} == {((0,), (0,)), ((1,), (1,))}
    assert not solution.complete


def test_a_budget_that_runs_out_is_reported() -> None:
    solution = ng.solve(random_game(200), ng.LemkeHowson(label=0, max_pivots=5))
    assert (len(solution), solution.status) == (0, ng.Status.LIMIT)


def test_a_deadline_is_kept() -> None:
    solution = ng.solve(random_game(1000, 2), ng.LemkeHowson(label=0, deadline=0.2, max_pivots=10**9))
    assert solution.status is ng.Status.DEADLINE


def test_ctrl_c_gives_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = iter(range(10))
    walk_on = lemke_howson_paths.Paths.advance

    def stopped(self: lemke_howson_paths.Paths, cap: int, most: int) -> str:
        if next(calls) == 2:
            raise KeyboardInterrupt
        return walk_on(self, cap, most)

    monkeypatch.setattr(lemke_howson_paths.Paths, "advance", stopped)
    solution = ng.solve(BATTLE, ng.LemkeHowson(labels="all"))
    assert solution.status is ng.Status.INTERRUPTED
    assert len(solution) >= 1


def test_a_path_in_small_slices_ends_where_it_ends_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pausing for the clock and Ctrl-C does not change the answer."""
    game = random_game(60, 1)
    whole = ng.solve(game, ng.LemkeHowson(label=3))
    monkeypatch.setattr(lemke_howson_paths, "_WORK", 1)
    sliced = ng.solve(game, ng.LemkeHowson(label=3))
    assert whole.notes == sliced.notes
    for p, q in zip(whole.equilibria[0].profile, sliced.equilibria[0].profile, strict=True):
        np.testing.assert_array_equal(p, q)


@pytest.mark.parametrize("n", [30, 100, 300])
def test_large_random_games_are_solved_with_certificate(n: int) -> None:
    solution = ng.solve(random_game(n), ng.LemkeHowson())
    assert len(solution) == 1
    assert solution.equilibria[0].regret < 1e-12


def test_long_paths_do_not_drift() -> None:
    """Thousands of pivots on one path, with the block inverted anew on the way."""
    solution = ng.solve(random_game(200), ng.LemkeHowson(label=0))
    assert solution.equilibria[0].regret < 1e-12
    assert int(solution.notes[0].split()[0]) > 1000


def package_tables(issues: int, seed: int) -> ng.NormalFormGame:
    """Package games with combinations in small whole numbers: ties everywhere."""
    bits = (np.arange(2**issues)[:, None] >> np.arange(issues)) & 1
    rng = np.random.default_rng(seed)

    def table() -> np.ndarray:
        own, other, both = (rng.integers(*span, shape) for span, shape in spans)
        return (bits @ own)[:, None] + (bits @ other)[None, :] + bits @ both @ bits.T

    spans = [((-3, 4), issues), ((-3, 4), issues), ((-2, 3), (issues, issues))]
    return ng.NormalFormGame(np.array([table(), table()]))


def test_small_pivots_are_checked_before_they_are_believed() -> None:
    """A path on which a true zero, drifted to 4e-11, once passed for a pivot."""
    solution = ng.solve(package_tables(9, 0), ng.LemkeHowson(label=106))
    assert solution.notes == ("19 pivots on 1 path",)
    assert solution.equilibria[0].regret == pytest.approx(0, abs=1e-12)


def test_no_path_is_lost_in_package_games() -> None:
    for seed in range(3):
        solution = ng.solve(package_tables(6, seed), ng.LemkeHowson(labels="all"))
        assert len(solution.notes) == 1
        assert max(e.regret for e in solution.equilibria) < 1e-12


def test_when_every_float_path_fails_integers_take_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lemke_howson_paths.Paths, "profile", lambda self: (np.array([0.5, 0.5]), np.array([0.5, 0.5])))
    solution = ng.solve(BATTLE, ng.LemkeHowson())
    assert solution.equilibria[0].profile_exact is not None
    assert solution.equilibria[0].regret == 0
    assert "fallback" in solution.notes


@pytest.mark.parametrize("scale", [1, 10**30, 2**40])
def test_exact_mode_at_any_magnitude(scale: int) -> None:
    solution = ng.solve(ng.NormalFormGame(np.array([[[2, 0], [0, 1]], [[-1, 0], [0, -2]]], dtype=object) * scale),
                        ng.LemkeHowson(exact=True))  # fmt: skip
    x, y = solution.equilibria[0].profile_exact
    assert (sum(x), sum(y)) == (1, 1)
    assert y[0] * 2 == y[1]


def test_a_flat_game_has_its_equilibrium() -> None:
    for exact in (False, True):
        assert len(ng.solve(ng.NormalFormGame(np.full((2, 3, 4), 7.0)), ng.LemkeHowson(exact=exact))) == 1


def test_solutions_are_picklable() -> None:
    solution = ng.solve(BATTLE, ng.LemkeHowson())
    again = pickle.loads(pickle.dumps(solution))
    assert again.solver == solution.solver
    np.testing.assert_array_equal(again.equilibria[0].profile[0], solution.equilibria[0].profile[0])
