"""Regret matching and counterfactual regret minimisation: known answers, determinism, stopping, bad input."""

import pickle
from itertools import permutations

import numpy as np
import pytest

import negotiation as ng

PENNIES = ng.NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]], ("hider", "seeker"), [("heads", "tails")] * 2)
CHICKEN = ng.NormalFormGame([[[0, 7], [2, 6]], [[0, 2], [7, 6]]])


def kuhn_poker() -> ng.GameTree:
    """Kuhn (1950): three cards, an ante of one, one bet of one."""

    def node(history: tuple[str, ...]) -> object:
        if not history:
            return ng.chance({a + b: "1/6" for a, b in permutations("JQK", 2)})
        cards, moves = history[0], "".join(m[0] for m in history[1:])
        if moves in ("pp", "bp", "pbp", "bb", "pbb"):
            better = 1 if "JQK".index(cards[0]) > "JQK".index(cards[1]) else -1
            win = {"pp": better, "bp": 1, "pbp": -1, "bb": 2 * better, "pbb": 2 * better}[moves]
            return ng.leaf(win, -win)
        who = len(moves) % 2
        return ng.decision(("first", "second")[who], ("pass", "bet"), infoset=f"{cards[who]} {moves}")

    return ng.GameTree.from_function(node, ("first", "second"))  # type: ignore[arg-type]


KUHN = kuhn_poker()


@pytest.mark.parametrize(("plus", "near"), [(True, 1e-3), (False, 1e-2)])
def test_kuhn_poker_is_worth_minus_one_eighteenth(plus: bool, near: float) -> None:
    found = ng.solve(KUHN, ng.CounterfactualRegret(iterations=3_000, plus=plus))

    (learnt,) = found.equilibria
    assert learnt.payoffs[0] == pytest.approx(-1 / 18, abs=near)
    assert found.exploitability[-1] < near
    assert learnt.behaviour["Q b"][1] == pytest.approx(1 / 3, abs=0.03)
    assert learnt.behaviour["K p"][1] == pytest.approx(1.0, abs=0.01)


def test_what_a_value_may_miss_is_what_the_exploitability_says() -> None:
    """In a zero-sum game each side's value is within the other side's regret of the game's."""
    for iterations in (1, 10, 100):
        found = ng.solve(KUHN, ng.CounterfactualRegret(iterations=iterations))
        value, (first, second) = found.equilibria[0].payoffs[0], found.regrets[-1]
        assert value - second - 1e-12 <= -1 / 18 <= value + first + 1e-12


def test_regret_in_the_solution_is_that_of_the_door() -> None:
    found = ng.solve(KUHN, ng.CounterfactualRegret(iterations=50))

    behaviour = found.equilibria[0].behaviour
    assert ng.behaviour_regret(KUHN, behaviour) == pytest.approx(found.regrets[-1])
    assert found.equilibria[0].regret == pytest.approx(found.regrets[-1].max())


def test_learning_in_the_tree_of_a_table_ends_where_the_linear_programme_does() -> None:
    table = np.random.default_rng(3).integers(-5, 6, (6, 5)).astype(float)
    tree = ng.GameTree.from_normal_form(ng.NormalFormGame([table, -table]))

    learnt = ng.solve(tree, ng.CounterfactualRegret(iterations=5_000))
    exact = ng.solve(tree, ng.SequenceForm("lp"))
    assert learnt.equilibria[0].payoffs == pytest.approx(exact.equilibria[0].payoffs, abs=5e-3)


def test_stopping_at_the_regret_asked_for() -> None:
    found = ng.solve(KUHN, ng.CounterfactualRegret(iterations=100_000, target=1e-3))

    assert found.status is ng.Status.FOUND
    assert found.iterations < 100_000
    assert found.exploitability[-1] <= 1e-3 * 4


def test_a_deadline_leaves_what_was_learnt() -> None:
    found = ng.solve(KUHN, ng.CounterfactualRegret(iterations=10**12, deadline=0.05))

    assert found.status is ng.Status.DEADLINE
    assert 0 < found.iterations < 10**12
    assert found.history()["iterations"].tolist()[-1] == found.iterations


def test_counterfactual_learning_is_the_same_each_time_and_pickles() -> None:
    one, two = (ng.solve(KUHN, ng.CounterfactualRegret(iterations=77)) for _ in range(2))

    assert np.array_equal(one.equilibria[0].probabilities, two.equilibria[0].probabilities)
    again = pickle.loads(pickle.dumps(one))
    assert again.iterations == 77
    assert again.regrets.tolist() == one.regrets.tolist()


def test_more_players_are_learnt_with_a_warning_and_a_regret() -> None:
    game = ng.NormalFormGame(np.random.default_rng(0).random((3, 2, 2, 2)))
    found = ng.solve(ng.GameTree.from_normal_form(game), ng.CounterfactualRegret(iterations=100))

    assert "need not approach an equilibrium" in str(found)
    assert found.regrets.shape == (len(found.checked), 3)


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"iterations": 0}, ng.ParameterError, "iterations is 0"),
        ({"iterations": 2.5}, ng.ParameterError, "whole number"),
        ({"target": -1.0}, ng.ParameterError, "target is -1.0"),
        ({"deadline": 0}, ng.ParameterError, "deadline is 0"),
        ({"plus": "yes"}, ng.WrongTypeError, "plus is 'yes'"),
    ],
)
def test_bad_options_of_counterfactual_learning(options: dict[str, object], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        ng.CounterfactualRegret(**options)  # type: ignore[arg-type]


def test_counterfactual_learning_wants_a_tree() -> None:
    with pytest.raises(ng.SolverMismatchError, match="not of a NormalFormGame; see regret_matching"):
        ng.solve(PENNIES, ng.CounterfactualRegret())


def test_regret_matching_plays_matching_pennies_evenly() -> None:
    for rng in (None, np.random.default_rng(5)):
        found = ng.regret_matching(PENNIES, rounds=5_000, rng=rng)
        assert np.abs(np.array(found.profile) - 0.5).max() < 0.05
        assert np.abs(found.payoffs).max() < 0.05
        assert found.regret <= found.regrets.sum() + 1e-12


def test_play_by_lot_is_whole_rounds_and_depends_on_the_generator_alone() -> None:
    one, two, other = (ng.regret_matching(CHICKEN, rounds=500, rng=np.random.default_rng(s)) for s in (1, 1, 2))

    assert np.array_equal(one.distribution, two.distribution)
    assert not np.array_equal(one.distribution, other.distribution)
    assert (one.distribution * 500) == pytest.approx(np.round(one.distribution * 500))


def test_three_players_come_to_a_coarse_correlated_equilibrium() -> None:
    game = ng.NormalFormGame(np.random.default_rng(2).random((3, 3, 2, 4)))
    found = ng.regret_matching(game, rounds=3_000)

    assert found.regrets.max() < 0.02
    assert found.equilibrium.coarse
    assert found.equilibrium.regret == found.regrets.max()
    assert ng.disobedience(game, found.distribution, coarse=True) == pytest.approx(found.regrets)
    best = ng.correlated_equilibrium(game, coarse=True)
    assert found.payoffs.sum() <= best.value + 3 * 0.02


def test_how_regret_matching_shows() -> None:
    found = ng.regret_matching(PENNIES, rounds=100)

    assert found.to_frame()["share"].tolist() == [0.5] * 4
    assert "hider heads 0.5 + tails 0.5; seeker heads 0.5 + tails 0.5" in str(found)
    assert "<table" in found._repr_html_()


def test_regret_matching_stops_at_its_deadline() -> None:
    found = ng.regret_matching(PENNIES, rounds=10**9, deadline=0.05)

    assert found.status is ng.Status.DEADLINE
    assert "of 1,000,000,000 rounds were played" in found.notes[0]


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"rounds": 0}, ng.ParameterError, "rounds is 0"),
        ({"rounds": "many"}, ng.ParameterError, "rounds is 'many'"),
        ({"rng": 7}, ng.WrongTypeError, "give a generator"),
        ({"deadline": -1}, ng.ParameterError, "deadline is -1"),
    ],
)
def test_bad_options_of_regret_matching(options: dict[str, object], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        ng.regret_matching(PENNIES, **options)  # type: ignore[arg-type]
