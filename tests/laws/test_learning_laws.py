"""Learning by regret: bounds that hold for sure, and games whose value is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import negotiation as ng
from negotiation.testing import bimatrix_games, game_trees, normal_form_games

few = settings(max_examples=min(40, settings.default.max_examples))
CASES = json.loads((Path(__file__).parents[1] / "published" / "data" / "extensive_form.json").read_text("utf-8"))
KUHN = next(case for case in (CASES["cases"] if isinstance(CASES, dict) else CASES) if case["id"] == "kuhn_poker")


@few
@given(game=normal_form_games(), rounds=st.integers(1, 40), plus=st.booleans())
def test_regret_never_exceeds_its_bound(game: ng.NormalFormGame, rounds: int, plus: bool) -> None:
    """Regret a round is at most the payoff range times the root of actions over rounds, from the first round on."""
    found = ng.regret_matching(game, rounds, plus=plus)
    assert (found.regrets <= found.bounds + 1e-9).all()
    assert found.distribution.sum() == pytest.approx(1)
    np.testing.assert_allclose(found.regrets, ng.disobedience(game, found.distribution, coarse=True))
    for i, p in enumerate(found.profile):
        others = tuple(j for j in range(game.n_players) if j != i)
        np.testing.assert_allclose(p, found.distribution.sum(axis=others), atol=1e-12)


@few
@given(game=normal_form_games(), seed=st.integers(0, 99), plus=st.booleans())
def test_play_by_lot_keeps_the_bound_with_room_for_luck(game: ng.NormalFormGame, seed: int, plus: bool) -> None:
    """Play by lot stays below the bound of the mean, with six of Azuma's standard deviations for luck."""
    found = ng.regret_matching(game, 200, plus=plus, rng=np.random.default_rng(seed))
    spans = np.array([np.ptp(table) for table in game.payoffs])
    assert (found.regrets <= found.bounds + 6 * spans / np.sqrt(200) + 1e-9).all()
    assert (found.distribution * 200) == pytest.approx(np.round(found.distribution * 200))


@few
@given(tree=game_trees(n_players=2), plus=st.booleans())
def test_counterfactual_learning_ends_where_the_linear_programme_does(tree: ng.GameTree, plus: bool) -> None:
    """The value learnt is that of the sequence form, as nearly as the exploitability says; and that is small."""
    assume(tree.n_infosets > 0)
    zero_sum = tree.with_payoffs(np.stack([tree.payoffs[:, 0], -tree.payoffs[:, 0]], axis=1))
    found = ng.solve(zero_sum, ng.CounterfactualRegret(1000, plus=plus))
    value = ng.solve(zero_sum, ng.SequenceForm("lp")).equilibria[0].payoffs[0]
    assert abs(found.equilibria[0].payoffs[0] - value) <= found.regrets[-1].max() + 1e-7
    assert found.exploitability[-1] <= 0.05 * (1 + np.abs(tree.payoffs).max())


@few
@given(game=bimatrix_games(), plus=st.booleans())
def test_zero_sum_games_are_solved_up_to_the_regrets(game: ng.NormalFormGame, plus: bool) -> None:
    """The mean profile of a zero-sum game can be exploited by at most the sum of regrets."""
    zero_sum = ng.NormalFormGame([game.payoffs[0], -game.payoffs[0]])
    found = ng.regret_matching(zero_sum, 60, plus=plus)
    assert ng.regret(zero_sum, found.profile).sum() <= found.regrets.sum() + 1e-9


@few
@given(tree=game_trees(), plus=st.booleans())
def test_exploitability_stays_within_its_bound(tree: ng.GameTree, plus: bool) -> None:
    """In zero-sum trees the regrets measured by best replies are at most those counted at information sets."""
    if tree.n_players != 2 or not tree.n_infosets:
        return
    zero_sum = tree.with_payoffs(np.stack([tree.payoffs[:, 0], -tree.payoffs[:, 0]], axis=1))
    found = ng.solve(zero_sum, ng.CounterfactualRegret(30, plus=plus))
    assert found.exploitability[-1] <= found.bound + 1e-9
    assert found.equilibria[0].regret == pytest.approx(
        max(0.0, float(ng.behaviour_regret(zero_sum, found.equilibria[0].probabilities).max()))
    )


@pytest.mark.parametrize(("plus", "gap"), [(False, 0.03), (True, 0.003)])
def test_kuhn_poker(plus: bool, gap: float) -> None:
    """Kuhn (1950): worth -1/18 to who speaks first; the second player's equilibrium is unique."""
    tree = ng.GameTree.from_nested(KUHN)
    found = ng.solve(tree, ng.CounterfactualRegret(1000, plus=plus))
    (one,) = found.equilibria
    assert found.exploitability[-1] < gap
    assert abs(one.payoffs[0] + 1 / 18) <= found.exploitability[-1] + 1e-12
    assert one.behaviour["B-bet-Q"][1] == pytest.approx(1 / 3, abs=0.05)
    assert one.behaviour["B-check-J"][1] == pytest.approx(1 / 3, abs=0.05)
    assert one.behaviour["A1J"][1] <= 1 / 3 + 0.05
    exact = ng.solve(tree, ng.SequenceForm()).equilibria[0].payoffs[0]
    assert abs(one.payoffs[0] - exact) <= found.exploitability[-1] + 1e-9
    assert len(found.history()) == len(found.checked)


def test_it_stops_when_told() -> None:
    tree = ng.GameTree.from_nested(KUHN)
    near = ng.solve(tree, ng.CounterfactualRegret(10_000, target=0.01))
    assert near.status.name == "FOUND"
    assert near.iterations < 10_000
    assert near.exploitability[-1] <= 0.01 * 4
    late = ng.solve(tree, ng.CounterfactualRegret(10**9, deadline=0.05))
    assert late.status.name == "DEADLINE"
    assert late.checked[-1] == late.iterations
    assert "approximate equilibrium" in str(late)


def test_mean_play_of_a_general_game_says_so() -> None:
    """A game that is not zero-sum is played, and its solution says what that means."""
    entry = ng.GameTree(
        ng.decision(
            "in", {"out": ng.leaf(0, 2), "enter": ng.decision("on", {"fight": ng.leaf(-1, -1), "share": ng.leaf(1, 1)})}
        ),
        players=("in", "on"),
    )
    found = ng.solve(entry, ng.CounterfactualRegret(500))
    assert any("zero-sum" in note for note in found.notes)
    assert found.equilibria[0].payoffs == pytest.approx([1, 1], abs=0.05)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: ng.CounterfactualRegret(0), ng.ParameterError),
        (lambda: ng.CounterfactualRegret(target=1.0), ng.ParameterError),
        (lambda: ng.CounterfactualRegret(deadline=-1.0), ng.ParameterError),
        (lambda: ng.solve(ng.prisoners_dilemma(), ng.CounterfactualRegret()), ng.SolverMismatchError),
        (lambda: ng.regret_matching(ng.prisoners_dilemma(), 0), ng.ParameterError),
        (lambda: ng.regret_matching([[1]]), ng.WrongTypeError),
    ],
)
def test_bad_input(make: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        make()


def test_it_prints_in_names() -> None:
    text = str(ng.regret_matching(ng.prisoners_dilemma(), 100))
    assert "regret matching, 100 rounds" in text
    assert "player 1" in text
