"""Solving trees: limits, what solvers refuse, beliefs, threats, assessments, and a million nodes."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

import negotiation as ng


def horse() -> ng.GameTree:
    """Selten (1975), section 6: three players, the third not knowing which of the others has left the path."""
    third = ng.decision("3", {"L": ng.leaf(3, 2, 2), "R": ng.leaf(0, 0, 0)}, infoset="3")
    again = ng.decision("3", {"L": ng.leaf(4, 4, 0), "R": ng.leaf(0, 0, 1)}, infoset="3")
    second = ng.decision("2", {"C": ng.leaf(1, 1, 1), "D": again}, infoset="2")
    return ng.GameTree(ng.decision("1", {"C": second, "D": third}, infoset="1"), ("1", "2", "3"))


def test_the_equilibrium_of_the_horse_that_is_not_sequential_is_told_apart() -> None:
    """Both (D, c, L) and (C, c, R) are subgame perfect; only the second is part of a sequential equilibrium."""
    tree = horse()
    found = {
        tuple(tree.infoset_actions(k)[c] for k, c in enumerate(e.choices))
        for e in ng.solve(tree).equilibria
        if e.is_pure
    }
    assert tree.infosets == ("1", "2", "3")
    assert {("D", "C", "L"), ("C", "C", "R")} <= found
    bad = ng.check_assessment(tree, {"1": "D", "2": "C", "3": "L"})
    assert not bad
    assert bad.consistent
    assert bad.reasons == ("at 2, 2 would gain 3 by D",)
    good = ng.check_assessment(tree, {"1": "C", "2": "C", "3": "R"}, {"3": [0.2, 0.8]})
    assert good.sequential
    assert str(good) == "a sequential equilibrium"
    assert not ng.check_assessment(tree, {"1": "C", "2": "C", "3": "R"}, {"3": [0.8, 0.2]}).rational
    assert "no belief is given" in str(ng.check_assessment(tree, {"1": "C", "2": "C", "3": "R"}))


def test_beliefs_that_contradict_bayes_or_no_mistakes_explain() -> None:
    """Kreps and Wilson (1982), figure 5: beliefs of two sets about the same mistake have to agree."""

    def later(name: str) -> dict[str, Any]:
        return ng.decision("B", {"l": ng.leaf(0, 0), "r": ng.leaf(0, 0)}, infoset=name)

    moves = {
        "out": ng.leaf(1, 1),
        "one": ng.chance({"x": (0.5, later("b1")), "y": (0.5, later("b2"))}),
        "two": ng.chance({"x": (0.5, later("b1")), "y": (0.5, later("b2"))}),
    }
    tree = ng.GameTree(ng.decision("A", moves, infoset="a"), players=("A", "B"))
    plan = {"a": "out", "b1": "l", "b2": "l"}
    assert ng.check_assessment(tree, plan, {"b1": [0.3, 0.7], "b2": [0.3, 0.7]})
    split = ng.check_assessment(tree, plan, {"b1": [0.3, 0.7], "b2": [0.7, 0.3]})
    assert split.rational
    assert not split.consistent
    assert "no small mistakes" in str(split)
    zero = ng.check_assessment(tree, plan, {"b1": [0, 1], "b2": [1, 0]})
    assert "no orders of smallness" in str(zero)
    mixed = {"a": [0, 0.5, 0.5], "b1": "l", "b2": "l"}
    assert "contradicts Bayes' rule" in str(ng.check_assessment(tree, mixed, {"b1": [0.9, 0.1]}))


def test_bad_assessments() -> None:
    tree = horse()
    plan = {"1": "C", "2": "C", "3": "R"}
    with pytest.raises(ng.UnknownNameError, match="information set"):
        ng.check_assessment(tree, plan, {"4": [1]})
    with pytest.raises(ng.GameShapeError, match="expected 2, one a node"):
        ng.check_assessment(tree, plan, {"3": [1]})
    with pytest.raises(ng.ProbabilityError, match="no distribution"):
        ng.check_assessment(tree, plan, {"3": [0.5, 0.6]})


@pytest.mark.parametrize(
    ("behaviour", "error", "message"),
    [
        ({"1": "C", "2": "C"}, ng.GameShapeError, "says nothing about information set '3'"),
        ({"1": "X", "2": "C", "3": "R"}, ng.UnknownNameError, "no action called 'X'"),
        ({"1": {"X": 1}, "2": "C", "3": "R"}, ng.UnknownNameError, "no action called 'X'"),
        ({"1": [0.5, 0.7], "2": "C", "3": "R"}, ng.ProbabilityError, "at information set '1' sum to 1.2"),
        ({"1": [1.5, -0.5], "2": "C", "3": "R"}, ng.ProbabilityError, "negative"),
        ({"1": [1], "2": "C", "3": "R"}, ng.GameShapeError, "has 2 actions, but 1"),
        ({"0": "C"}, ng.UnknownNameError, "no information set called '0'"),
        ([1, 0], ng.GameShapeError, "expected 6, one an action"),
        ("C", ng.WrongTypeError, "not the text"),
    ],
)
def test_bad_behaviour(behaviour: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ng.behaviour_regret(horse(), behaviour)


def test_what_solvers_refuse() -> None:
    with pytest.raises(ng.SolverMismatchError, match="at most two players move"):
        ng.solve(horse(), ng.SequenceForm())
    with pytest.raises(ng.SolverMismatchError, match="constant-sum"):
        ng.solve(
            ng.GameTree(ng.decision("A", {"x": ng.leaf(1, 1), "y": ng.leaf(2, 3)}), ("A", "B")), ng.SequenceForm("lp")
        )
    for solver in (ng.BackwardInduction(), ng.SequenceForm(), ng.ReducedNormalForm()):
        with pytest.raises(ng.SolverMismatchError, match="takes game trees"):
            ng.solve(ng.NormalFormGame([[[1]], [[1]]]), solver)
    with pytest.raises(ng.ParameterError, match="method must be"):
        ng.SequenceForm("simplex")
    with pytest.raises(ng.ParameterError, match="limit is a positive number"):
        ng.BackwardInduction(limit=0)


def test_a_limit_says_how_many_there_are() -> None:
    tie = ng.GameTree.from_function(
        lambda h: ng.leaf(0, 0) if len(h) == 4 else ng.decision(("A", "B")[len(h) % 2], ("a", "b")), ("A", "B")
    )
    found = ng.solve(tie, ng.BackwardInduction(limit=10))
    assert len(found) == 10
    assert found.n_equilibria == 2**15
    assert not found.complete
    assert "10 equilibria of 32,768" in str(found)
    assert len(found.to_frame()) == 10
    assert "<table" in found._repr_html_()
    assert set(found.optimal_actions.values()) == {("a", "b")}


def test_mixed_equilibria_of_subgames_carry_their_beliefs() -> None:
    """Entry, then matching pennies nobody sees: the entrant's set is reached with certainty once in."""

    def guess(a: int) -> dict[str, Any]:
        return ng.decision("B", {"heads": ng.leaf(a, -a), "tails": ng.leaf(-a, a)}, infoset="b")

    inside = ng.decision("A", {"heads": guess(1), "tails": guess(-1)}, infoset="a2")
    tree = ng.GameTree(ng.decision("A", {"out": ng.leaf(0.5, 0), "in": inside}, infoset="a1"), ("A", "B"))
    (found,) = ng.solve(tree).equilibria
    np.testing.assert_allclose(found.beliefs["b"], [0.5, 0.5])
    assert found.path == "A: out"
    assert found.profile[1]["b"].tolist() == [0.5, 0.5]
    assert not found.is_pure


def test_lemke_in_floats_and_large_programmes() -> None:
    """A longer matching game: both methods give its value, zero, without listing the plans."""
    rounds = 3

    def node(history: tuple[str, ...]) -> dict[str, Any]:
        if len(history) == 2 * rounds:
            return ng.leaf(
                *(
                    s * sum(1 if a == b else -1 for a, b in zip(history[::2], history[1::2], strict=True))
                    for s in (1, -1)
                )
            )
        mover = ("A", "B")[len(history) % 2]
        seen = history[: len(history) - len(history) % 2]
        return ng.decision(mover, ("h", "t"), infoset=f"{mover}{'/'.join(seen)}")

    tree = ng.GameTree.from_function(node, ("A", "B"))
    for solver in (ng.SequenceForm("lp"), ng.SequenceForm("lemke")):
        (found,) = ng.solve(tree, solver).equilibria
        assert found.payoffs[0] == pytest.approx(0, abs=1e-9)
        assert found.regret < 1e-8
    assert len(ng.solve(tree).equilibria) == 1


@pytest.mark.slow
def test_a_million_nodes_take_seconds() -> None:
    """2**20 - 1 nodes, built from arrays and solved, certificate included."""
    n = 2**20 - 1
    parent = (np.arange(n) - 1) // 2
    parent[0] = -1
    player = np.floor(np.log2(np.arange(1, n + 1))).astype(np.int64) % 2
    tree = ng.GameTree.from_arrays(parent, player, np.random.default_rng(1).random((n, 2)), ("A", "B"))
    ng.solve(ng.GameTree.from_arrays(parent[:31], player[:31], tree.payoffs[:31], ("A", "B")))
    start = time.perf_counter()
    (found,) = ng.solve(tree).equilibria
    assert found.regret == 0
    assert found.is_subgame_perfect
    assert time.perf_counter() - start < 30
