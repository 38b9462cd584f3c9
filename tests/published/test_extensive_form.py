"""35 game trees of ``data/extensive_form.json``: Gambit's library and tests, textbooks, papers; each entry cites its source.

Kept there: pure subgame-perfect equilibria with their number and payoffs, equilibria in behaviour strategies, values, and
what the reduced normal form looks like.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import negotiation as ng
from negotiation.solvers.trees.behaviour import exact_regret

CASES = json.loads((Path(__file__).parent / "data" / "extensive_form.json").read_text(encoding="utf-8"))
BY_ID = {case["id"]: case for case in CASES}
Case = dict[str, Any]


def those(key: str) -> pytest.MarkDecorator:
    """Parametrize over the cases that state something."""
    return pytest.mark.parametrize("case", [c for c in CASES if c.get(key)], ids=lambda c: c["id"])


def rounded(payoffs: Any) -> set[tuple[float, ...]]:
    return {tuple(round(float(Fraction(v)), 9) + 0.0 for v in row) for row in payoffs}


def numbers(behaviour: dict[str, list[str]]) -> dict[str, list[float]]:
    return {name: [float(Fraction(v)) for v in row] for name, row in behaviour.items()}


def holds(solution: ng.TreeSolution, behaviour: dict[str, list[str]]) -> bool:
    """Whether one of the equilibria found is the one given."""
    known = numbers(behaviour)
    return any(
        all(np.abs(e.behaviour[name] - row).max() < 1e-9 for name, row in known.items()) for e in solution.equilibria
    )


@pytest.fixture(scope="module")
def solved() -> dict[str, ng.TreeSolution]:
    return {case["id"]: ng.solve(ng.GameTree.from_nested(case)) for case in CASES}


def test_all_35_trees_are_here() -> None:
    assert len(CASES) == 35


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])
def test_what_is_returned_is_subgame_perfect_by_a_best_reply_of_its_own(
    case: Case, solved: dict[str, ng.TreeSolution]
) -> None:
    solution = solved[case["id"]]
    scale = float(np.ptp(solution.game.payoffs)) or 1.0
    assert solution.equilibria
    for e in solution.equilibria:
        assert e.regret <= 1e-9 * scale
        assert e.is_subgame_perfect
        assert e.threats == ()
        np.testing.assert_allclose(ng.behaviour_payoffs(solution.game, e.behaviour), e.payoffs, atol=1e-9 * scale)


@those("pure_spe")
def test_pure_subgame_perfect_equilibria(case: Case, solved: dict[str, ng.TreeSolution]) -> None:
    solution, known = solved[case["id"]], case["pure_spe"]
    pure = [e for e in solution.equilibria if e.is_pure]
    assert len(pure) == known["count"]
    assert rounded(e.payoffs for e in pure) == rounded(known["payoffs"])
    found = {tuple(sorted((n, int(row.argmax())) for n, row in e.behaviour.items())) for e in pure}
    assert len(found) == len(pure)
    listed = {tuple(sorted(profile.items())) for profile in known["profiles"]}
    assert listed <= found
    assert len(listed) == min(known["count"], 40)


@those("equilibria")
def test_equilibria_in_behaviour_strategies(case: Case, solved: dict[str, ng.TreeSolution]) -> None:
    tree = solved[case["id"]].game
    for known in case["equilibria"]:
        flat = np.array([Fraction(v) for name in tree.infosets for v in known["behaviour"][name]], dtype=object)
        assert exact_regret(tree, flat) == 0
        payoffs = ng.behaviour_payoffs(tree, known["behaviour"])
        np.testing.assert_allclose(payoffs, [float(Fraction(v)) for v in known["payoffs"]], rtol=1e-9)
        perfect = not ng.find_empty_threats(tree, known["behaviour"])
        if "SPE" in known["concepts"]:
            assert perfect
            if solved[case["id"]].complete:
                assert holds(solved[case["id"]], known["behaviour"])


def test_an_equilibrium_that_is_not_perfect_stands_on_an_empty_threat() -> None:
    """Gambit lists it for the win-lose game as an equilibrium: who moves first gives its win away where it is not asked."""
    case = BY_ID["pi_winlose"]
    (known,) = case["equilibria"]
    assert known["concepts"] == ["NE"]
    (threat,) = ng.find_empty_threats(ng.GameTree.from_nested(case), known["behaviour"])
    assert threat.gain == 2


@those("zero_sum_value_player1")
def test_values_by_programme_by_lemke_and_by_subgames(case: Case, solved: dict[str, ng.TreeSolution]) -> None:
    tree, value = solved[case["id"]].game, float(Fraction(case["zero_sum_value_player1"]))
    for solver in (ng.SequenceForm("lp"), ng.SequenceForm("lemke"), ng.SequenceForm("lemke", exact=True)):
        (found,) = ng.solve(tree, solver).equilibria
        assert found.payoffs[0] == pytest.approx(value, abs=1e-9)
    assert {round(float(e.payoffs[0]) - value, 9) + 0.0 for e in solved[case["id"]].equilibria} == {0.0}


@pytest.mark.parametrize("case", [c for c in CASES if len(c["players"]) == 2], ids=lambda c: c["id"])
def test_sequence_form_in_rationals(case: Case) -> None:
    tree = ng.GameTree.from_nested(case)
    (found,) = ng.solve(tree, ng.SequenceForm(exact=True)).equilibria
    assert found.exact is not None
    assert exact_regret(tree, np.array(found.exact, dtype=object)) == 0


@those("reduced_nf")
def test_reduced_normal_forms(case: Case) -> None:
    game = ng.GameTree.from_nested(case).to_normal_form(reduced=True)
    known = case["reduced_nf"]
    assert game.shape == (known["rows"], known["cols"])
    solution = ng.solve(game, ng.VertexEnumeration(exact=True))
    assert len(solution) == known["n_extreme"]
    assert rounded(e.payoffs for e in solution.equilibria) == rounded(known["equilibrium_payoffs"])
    assert len({s.connected for s in solution.components}) == known["components"]


@those("pure_ne_count_full_strategies")
def test_pure_equilibria_in_full_plans(case: Case) -> None:
    game = ng.GameTree.from_nested(case).to_normal_form(reduced=False)
    assert len(ng.solve(game, ng.PureEnumeration())) == case["pure_ne_count_full_strategies"]


@those("spe_payoff_set")
def test_payoffs_of_subgame_perfect_equilibria(case: Case, solved: dict[str, ng.TreeSolution]) -> None:
    assert rounded(solved[case["id"]].payoff_set) == rounded(case["spe_payoff_set"])


def test_an_equilibrium_of_agents_need_not_be_one_of_players() -> None:
    """Myerson (1991), figure 4.2: no agent gains alone at (B1, Z1), W2, but player 1 does by changing two moves."""
    case = BY_ID["myerson_fig4_2"]
    assert case["published"]["agent_equilibrium_not_nash"] == "(B1,Z1),W2"
    tree = ng.GameTree.from_nested(case)
    profile = {"P1.1": "B1", "P1.2": "Z1", "P2.1": "W2"}
    agents = tree.to_agent_form()
    choices = [
        np.eye(m)[tree.infoset_actions(k).index(profile[n])]
        for k, (m, n) in enumerate(zip(agents.shape, tree.infosets, strict=True))
    ]
    assert ng.regret(agents, choices).max() == 0
    assert ng.behaviour_regret(tree, profile)[0] == 1


def test_kuhn_poker_has_the_published_family() -> None:
    """Player 2's strategy is unique; player 1 bets the king three times as often as it bluffs the jack."""
    (found,) = ng.solve(ng.GameTree.from_nested(BY_ID["kuhn_poker"]), ng.SequenceForm("lemke", exact=True)).equilibria
    exact = found.behaviour_exact
    assert exact is not None
    assert exact["B-bet-Q"][1] == exact["B-check-J"][1] == Fraction(1, 3)
    bluff = exact["A1J"][1]
    assert 0 <= bluff <= Fraction(1, 3)
    assert exact["A1K"][1] == 3 * bluff
    assert exact["A2Q"][1] == bluff + Fraction(1, 3)
