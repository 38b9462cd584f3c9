"""Solvers of repeated games: what they refuse, their limits, and answers worked by hand."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import negotiation as ng

DILEMMA = ng.prisoners_dilemma()
PENNIES = ng.NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])


@pytest.mark.parametrize("delta", [0.05, 0.5, 0.95])
def test_nothing_is_sustained_in_matching_pennies(delta: float) -> None:
    """No pure strategies, however patient: an answer, not a crash."""
    found = ng.solve(ng.RepeatedGame(PENNIES, delta))
    assert found.is_empty
    assert found.complete
    assert found.vertices.shape == (0, 2)
    assert "none exist" in str(found)
    assert not found.contains([0, 0])
    assert len(found.to_frame()) == 0


def test_the_set_dies_step_by_step_where_no_stage_equilibrium_holds_it() -> None:
    """Pennies with a safe, mediocre outcome that only patience sustains."""
    payoffs = np.array([[[2, -2, -3], [-2, 2, -3], [-3, -3, 0]], [[-2, 2, -3], [2, -2, -3], [-3, -3, 0]]])
    payoffs[:, 2, 2] = 0
    game = ng.NormalFormGame(payoffs)
    for delta in (0.2, 0.9):
        found = ng.solve(ng.RepeatedGame(game, delta))
        assert found.contains([0, 0])


def test_the_dilemma_at_and_below_its_threshold() -> None:
    """Cooperation holds at exactly 1/2; below 1/4 nothing but defection does; between, turns can be taken."""
    at, below, little = (ng.solve(ng.RepeatedGame(DILEMMA, d)) for d in (0.5, 0.499, 0.24))
    assert at.contains([3, 3])
    assert not below.contains([3, 3], tol=1e-6)
    assert below.contains([4, 1])
    assert little.vertices.tolist() == [[1, 1]]
    assert little.gap == 0


def test_a_payoff_set_is_proved_from_inside_and_can_be_read() -> None:
    found = pickle.loads(pickle.dumps(ng.solve(ng.RepeatedGame(DILEMMA, 0.6))))
    frame = found.to_frame()
    assert len(frame) == len(found.decompositions) == 4
    assert found.error < 1e-12
    assert found.gap < 1e-9
    assert found.area == pytest.approx(2 * 10 / 3)
    assert "worst for each: player 1 1, player 2 1" in str(found)
    assert "<table" in found._repr_html_()
    for vertex, d in zip(found.vertices, found.decompositions, strict=True):
        today = DILEMMA.payoffs[(slice(None), *d.actions)]
        assert 0.4 * today + 0.6 * np.array(d.continuation) == pytest.approx(vertex)
        assert min(d.slack) > -1e-9


def test_limits_leave_a_set_that_contains_the_answer() -> None:
    game = ng.RepeatedGame(DILEMMA, 0.4)
    short = ng.solve(game, ng.AbreuSannikov(max_steps=1))
    full = ng.solve(game)
    assert not short.complete
    assert short.status is ng.Status.LIMIT
    assert "stopped early" in str(short)
    assert all(short.contains(v) for v in full.vertices)


def test_players_who_differ_in_patience_trade_over_time() -> None:
    """Lehrer and Pauzner: payoffs outside the hull of the stage game."""
    found = ng.solve(ng.RepeatedGame(DILEMMA, (0.6, 0.9)))
    stage = ng.feasible_payoffs(DILEMMA)
    assert any(not stage.contains(v, tol=1e-3) for v in found.vertices)
    assert found.contains([3, 3])


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: ng.AbreuSannikov(tol=0), ng.ParameterError, "tol=0"),
        (lambda: ng.AbreuSannikov(max_steps=0), ng.ParameterError, "max_steps=0"),
        (lambda: ng.AbreuSannikov(deadline=-1), ng.ParameterError, "deadline"),
        (lambda: ng.solve(DILEMMA, ng.AbreuSannikov()), ng.SolverMismatchError, "solves repeated games"),
        (
            lambda: ng.solve(ng.RepeatedGame(ng.NormalFormGame(np.zeros((3, 2, 2, 2))), 0.5)),
            ng.SolverMismatchError,
            "for two players, not 3",
        ),
    ],
)
def test_what_the_payoff_set_cannot_be_asked(make: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        make()


# --- thresholds ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"lag": 0}, ng.ParameterError),
        ({"lag": 1.5}, ng.ParameterError),
        ({"length": 0}, ng.ParameterError),
        ({"length": float("nan")}, ng.ParameterError),
        ({"false_alarm": 1.2}, ng.ProbabilityError),
        ({"detection": -0.1}, ng.ProbabilityError),
        ({"false_alarm": 0.5, "detection": 0.4}, ng.ParameterError),
        ({"cheating": float("inf")}, ng.NotFiniteError),
        ({"punished": "low"}, ng.WrongTypeError),
    ],
)
def test_thresholds_refuse(changed: Any, error: Any) -> None:
    with pytest.raises(error):
        ng.trigger_discount_factor(**({"complying": 3, "cheating": 5, "punished": 1} | changed))


def test_a_curve_is_one_call() -> None:
    lags = ng.trigger_discount_factor(complying=3, cheating=5, punished=1, lag=np.arange(1, 5))
    assert lags == pytest.approx(0.5 ** (1 / np.arange(1, 5)))
    grid = ng.trigger_discount_factor(complying=3, cheating=5, punished=1, length=[[2], [8]], false_alarm=[0, 0.1])
    assert grid.shape == (2, 2)


def test_a_critical_discount_factor_is_a_number_with_its_reasons() -> None:
    found = pickle.loads(pickle.dumps(ng.critical_discount_factor(DILEMMA, (0, 0), ([0, 1], [0, 1]))))
    assert found == 0.5
    assert found.per_player.tolist() == [0.5, 0.5]
    assert (found.complying.tolist(), found.cheating.tolist(), found.punished.tolist()) == ([3, 3], [5, 5], [1, 1])
    assert found.sustains(0.5)
    assert not found.sustains([0.6, 0.4])
    assert str(found) == "critical discount factor 0.5 (player 1 0.5, player 2 0.5)"


def test_punishments_by_profile_payoffs_equilibrium_and_name() -> None:
    chicken = ng.NormalFormGame([[[6, 2], [7, 0]], [[6, 7], [2, 0]]])
    equilibrium = next(e for e in ng.solve(chicken).equilibria if not e.is_pure)
    by_equilibrium = ng.critical_discount_factor(chicken, (0, 0), equilibrium)
    assert by_equilibrium.punished == pytest.approx([14 / 3, 14 / 3])
    assert by_equilibrium == pytest.approx(1 / (7 - 14 / 3))
    assert ng.critical_discount_factor(chicken, (0, 0)) == pytest.approx(1 / 5)  # the worst one for each
    assert ng.critical_discount_factor(chicken, (0, 0), [2.0, 2.0]) == pytest.approx(1 / 5)
    assert ng.critical_discount_factor(chicken, (0, 0), "pure minmax") == pytest.approx(1 / 5)
    assert "would leave it" in str(ng.critical_discount_factor(chicken, (0, 0), (1, 1)))
    assert ng.critical_discount_factor(chicken, equilibrium, (0, 1)) == 1  # it makes player 2 better off


@pytest.mark.parametrize(
    ("profile", "punishment", "error"),
    [
        ((0,), (1, 1), ng.GameShapeError),
        ((0, 2), (1, 1), ng.UnknownNameError),
        (("Cooperate", "Lie"), (1, 1), ng.UnknownNameError),
        ((0, 0), "tanks", ng.ParameterError),
        ((0, 0), [1.0, 2.0, 3.0], ng.GameShapeError),
        ((0, 0), [1.0, float("nan")], ng.NotFiniteError),
        ((0, 0), ([0.5, 0.6], [0, 1]), ng.ProbabilityError),
        ((0, 0), 3, ng.GameShapeError),
        ([ng.classic_automata()["Grim"]] * 2, (1, 1), ng.ParameterError),
    ],
)
def test_what_has_no_critical_discount_factor(profile: Any, punishment: Any, error: Any) -> None:
    with pytest.raises(error):
        ng.critical_discount_factor(DILEMMA, profile, punishment)


def test_tit_for_tat_is_subgame_perfect_only_by_accident() -> None:
    """It is at the one discount factor that makes (T - R) / (R - S) and the way back equal; intervals do not show it."""
    fair = ng.NormalFormGame([[[3, 0], [4, 1]], [[3, 4], [0, 1]]])
    assert ng.sustaining_discount_factors(fair, ("TFT", "TFT")) == ()
    nash = ng.sustaining_discount_factors(fair, ("TFT", "TFT"), concept="nash")
    assert nash == ((pytest.approx(1 / 3), 1.0),)
    check = ng.check_automata(ng.RepeatedGame(fair, 1 / 3), ("TFT", "TFT"), tol=1e-6)
    assert check.is_subgame_perfect
    with pytest.raises(ng.ParameterError, match="concept"):
        ng.sustaining_discount_factors(fair, ("TFT", "TFT"), concept="perfect")
    with pytest.raises(ng.ParameterError, match="points"):
        ng.sustaining_discount_factors(fair, ("TFT", "TFT"), points=1)


def test_stick_and_carrot_in_cournot() -> None:
    """Abreu (1986): demand 12 - Q, monopoly 36, δ = 0.4. One period of outputs x deters if both conditions hold."""
    delta, half = 0.4, 3.0  # each sells half of the monopoly's 6

    def reply(rival: float) -> float:
        return (12 - rival) / 2

    def profit(own: float, rival: float) -> float:
        return (12 - own - rival) * own

    for stick in (4.0, 4.6, 5.0, 5.9):
        outputs = [half, stick, reply(half), reply(stick)]
        table = np.array([[[profit(a, b) for b in outputs] for a in outputs]] * 2)
        table[1] = table[0].T
        machines = ng.trigger_automata(ng.NormalFormGame(table), (0, 0), (1, 1), length=1, restart=True)
        check = ng.check_automata(ng.RepeatedGame(ng.NormalFormGame(table), delta), machines)
        lost = delta * (profit(half, half) - profit(stick, stick))
        holds = lost >= profit(reply(half), half) - profit(half, half) and lost >= profit(reply(stick), stick) - profit(
            stick, stick
        )
        assert check.is_subgame_perfect == holds
    assert holds is False


def test_too_many_joint_states_are_refused() -> None:
    n = 200
    count = ng.Automaton([0] * n, [[[(s + 1) % n, 0], [0, 0]] for s in range(n)])
    slow = ng.Automaton([0] * (n - 1), [[[(s + 1) % (n - 1), 0], [0, 0]] for s in range(n - 1)])
    with pytest.raises(ng.SizeLimitError, match="more than 20,000 joint states"):
        ng.check_automata(ng.RepeatedGame(DILEMMA, 0.5), (count, slow))


def test_a_check_can_be_read() -> None:
    check = ng.check_automata(ng.RepeatedGame(DILEMMA, 0.3), ("Grim", "Grim"))
    assert str(check).startswith("no equilibrium")
    assert "gains" in str(check)
    assert check.to_frame()["gain of player 1"].max() == pytest.approx(check.gains.max())
    with pytest.raises(ng.ParameterError, match="tol"):
        ng.check_automata(ng.RepeatedGame(DILEMMA, 0.3), ("Grim", "Grim"), tol=-1)


# --- feasible payoffs and minmax -------------------------------------------------------------------


def test_floors() -> None:
    with pytest.raises(ng.ParameterError, match="floor must be one of"):
        ng.feasible_payoffs(DILEMMA, floor="zero")
    with pytest.raises(ng.GameShapeError, match="3 floors"):
        ng.feasible_payoffs(DILEMMA, floor=[0, 0, 0])
    with pytest.raises(ng.NotFiniteError):
        ng.feasible_payoffs(DILEMMA, floor=[float("nan"), 0])
    given = ng.feasible_payoffs(ng.RepeatedGame(DILEMMA, 0.5), floor=[2, 2])
    assert given.vertices == pytest.approx(np.array([[2, 2], [11 / 3, 2], [3, 3], [2, 11 / 3]]))
    assert "above the floor (given" in str(given)
    assert ng.feasible_payoffs(DILEMMA, floor=[4, 4]).is_empty
    with pytest.raises(ng.GameShapeError):
        given.contains([1, 2, 3])


def test_mixed_minmax_of_three_players_says_what_is_open() -> None:
    """Two punishers who cannot correlate: the gap to a correlated threat is stated, never hidden."""
    table = np.zeros((3, 2, 2, 2))
    table[0] = [[[0, 3], [3, 4]], [[4, 3], [3, 0]]]
    game = ng.NormalFormGame(table)
    found = ng.minmax(game, 0)
    assert found.lower <= found.value <= ng.minmax(game, 0, mixed=False).value
    assert found.gap == pytest.approx(found.value - found.lower)
    held = max(float(np.einsum("bc,b,c", table[0][a], found.threat[1], found.threat[2])) for a in range(2))
    assert held == pytest.approx(found.value)
    assert "player 1" in str(found)
