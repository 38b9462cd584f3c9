"""Writing trees down: names, nested data, functions, arrays; and every way to get it wrong."""

from __future__ import annotations

import pickle
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import negotiation as ng


def entry() -> ng.GameTree:
    return ng.GameTree(
        ng.decision(
            "entrant",
            {
                "stay out": ng.leaf(entrant=0, incumbent=2),
                "enter": ng.decision(
                    "incumbent", {"fight": ng.leaf(entrant=-1, incumbent=-1), "share": ng.leaf(entrant=1, incumbent=1)}
                ),
            },
        ),
        title="entry",
        unit="USD million",
    )


def test_names_lead_to_nodes_and_back() -> None:
    tree = entry()
    assert tree.players == ("entrant", "incumbent")
    assert tree.infosets == ("entrant: start", "incumbent: enter")
    assert tree.history(tree.node("enter", "share")) == ("enter", "share")
    assert tree.infoset_index("incumbent: enter") == 1
    with pytest.raises(ng.UnknownNameError, match="what can follow enter"):
        tree.node("enter", "shar")
    with pytest.raises(ng.UnknownNameError, match="Did you mean 'incumbent: enter'"):
        tree.infoset_index("incumbent: entry")


def test_it_shows_as_a_line_and_as_text() -> None:
    tree = entry()
    assert "entry: game tree of entrant, incumbent; 5 nodes, 3 leaves, 3 levels, perfect information" in str(tree)
    assert tree.drawn().splitlines() == [
        "entrant",
        "  stay out → entrant 0, incumbent 2",
        "  enter → incumbent",
        "    fight → entrant -1, incumbent -1",
        "    share → entrant 1, incumbent 1",
    ]
    assert tree.drawn(limit=2).endswith("…")
    dice = ng.GameTree(ng.chance({"six": ("1/6", ng.leaf(5)), "other": ("5/6", ng.leaf(-1))}), players=("A",))
    assert "six (1/6) → A 5" in dice.drawn()


def test_it_pickles_and_cannot_be_changed() -> None:
    tree = pickle.loads(pickle.dumps(entry()))
    assert tree.infosets == entry().infosets
    assert str(ng.solve(tree)) == str(ng.solve(entry()))
    with pytest.raises(ValueError, match="read-only"):
        tree.payoffs[0] = 1
    assert pickle.loads(pickle.dumps(ng.solve(tree))).equilibria[0].path == "entrant: enter → incumbent: share"


def test_payoffs_on_the_way_are_added_to_the_leaves() -> None:
    inner = {
        "player": 1,
        "actions": ["a", "b"],
        "children": [{"payoffs": [1, 2]}, {"payoffs": [3, 4]}],
        "payoffs": ["1/3", 1],
    }
    tree = ng.GameTree.from_nested(inner)
    assert tree.exact_payoffs[1].tolist() == [Fraction(4, 3), Fraction(3)]
    assert tree.is_rational


def test_a_case_with_names_and_title_is_a_tree_too() -> None:
    case = {
        "tree": {"player": 2, "infoset": "b", "actions": ["x"], "children": [{"payoffs": [1, 2]}]},
        "players": ["A", "B"],
    }
    tree = ng.GameTree.from_nested(case)
    assert tree.players == ("A", "B")
    assert tree.infosets == ("b",)


def test_thirty_thousand_levels_do_not_recurse() -> None:
    node: dict[str, Any] = ng.leaf(0, 0)
    for depth in reversed(range(30_000)):
        node = ng.decision(1 + depth % 2, {"take": ng.leaf(7919 * depth % 10007, 104729 * depth % 10009), "pass": node})
    tree = ng.GameTree.from_nested(node)
    assert tree.n_nodes == 60_001
    found = ng.solve(tree)
    assert found.equilibria[0].regret == 0
    assert tree.history(tree.n_nodes - 1)[:2] == ("pass", "pass")


def test_a_chain_of_a_million_nodes_from_arrays() -> None:
    steps = 500_000
    parent = np.concatenate([[-1], np.repeat(2 * np.arange(steps), 2)])  # a leaf, and a node that goes on
    player = np.zeros(len(parent), dtype=np.int64)
    payoffs = np.random.default_rng(0).random((len(parent), 1))
    tree = ng.GameTree.from_arrays(parent, player, payoffs, ("A",))
    leaves = tree.n_children == 0
    (found,) = ng.solve(tree).equilibria
    assert found.payoffs[0] == tree.payoffs[leaves, 0].max()


BAD: list[tuple[Any, dict[str, Any], type[Exception], str]] = [
    ("tree.efg", {}, ng.WrongTypeError, "the first node is not a node"),
    ({"hello": 1}, {}, ng.GameShapeError, "says neither who moves nor payoffs"),
    (ng.decision("A", {}), {}, ng.GameShapeError, "has no actions"),
    (
        {"player": 1, "actions": ["a"], "children": [ng.leaf(1), ng.leaf(2)]},
        {},
        ng.GameShapeError,
        "1 actions but 2 children",
    ),
    ({"player": 1, "children": [ng.leaf(1)]}, {}, ng.GameShapeError, "names no actions"),
    (
        {"player": 1, "actions": ["a", "a"], "children": [ng.leaf(1), ng.leaf(2)]},
        {},
        ng.DuplicateNameError,
        "duplicate action 'a'",
    ),
    (ng.decision(0, {"a": ng.leaf(1)}), {}, ng.WrongTypeError, "the player is 0"),
    (ng.decision(3, {"a": ng.leaf(1, 2)}), {"players": ("A", "B")}, ng.UnknownNameError, "no player called 3"),
    (ng.decision("C", {"a": ng.leaf(1, 2)}), {"players": ("A", "B")}, ng.UnknownNameError, "no player called 'C'"),
    (ng.decision("A", {"a": ng.leaf(1, 2)}), {}, ng.GameShapeError, "say the order: players="),
    (ng.decision(1, {"a": ng.leaf(1, 2), "b": ng.leaf(1)}), {}, ng.GameShapeError, "after b has 1 payoffs; expected 2"),
    (ng.decision(1, {"a": ng.leaf(float("nan"))}), {}, ng.NotFiniteError, "payoff 1 at the node after a is nan"),
    (ng.decision(1, {"a": ng.leaf("x")}), {}, ng.WrongTypeError, "is not a finite number: 'x'"),
    (ng.decision(1, {"a": ng.leaf("1/0")}), {}, ng.NotFiniteError, "divides by zero"),
    (ng.decision(1, {"a": {"payoffs": [None]}}), {}, ng.WrongTypeError, "is not a number: None"),
    (ng.decision(1, {"a": {"payoffs": [10**400]}}), {}, ng.NotFiniteError, "finite"),
    (
        ng.chance({"a": ("1/2", ng.leaf(1)), "b": ("7/10", ng.leaf(1))}),
        {},
        ng.ProbabilityError,
        "at the first node sum to 6/5",
    ),
    (ng.chance({"a": ("-1/2", ng.leaf(1)), "b": ("3/2", ng.leaf(1))}), {}, ng.ProbabilityError, "negative"),
    ({"chance": True, "actions": ["a"], "children": [ng.leaf(1)]}, {}, ng.ProbabilityError, "needs 1 probabilities"),
    (ng.decision(1, {"a": ng.leaf(1)}), {"players": ("A", "A")}, ng.DuplicateNameError, "duplicate player 'A'"),
    (ng.decision(1, {"a": ng.leaf(1)}), {"players": ()}, ng.GameShapeError, "no players"),
    (ng.decision(1, {"a": ng.leaf(1)}), {"players": ("A\n",)}, ng.WrongTypeError, "printable"),
]


@pytest.mark.parametrize(("root", "options", "error", "message"), BAD, ids=[row[3] for row in BAD])
def test_what_cannot_be_read_is_named_with_its_place(root: Any, options: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        ng.GameTree(root, **options)


def two_sets(second: dict[str, Any]) -> dict[str, Any]:
    first = ng.decision(2, {"x": ng.leaf(1, 2), "y": ng.leaf(1, 2)}, infoset="b")
    return ng.decision(1, {"left": first, "right": second}, infoset="a")


def test_nodes_of_an_information_set_look_the_same() -> None:
    with pytest.raises(
        ng.GameShapeError, match=r"'b' has actions \['x', 'y'\] at the node after left but \['x', 'z'\]"
    ):
        ng.GameTree(two_sets(ng.decision(2, {"x": ng.leaf(1, 2), "z": ng.leaf(1, 2)}, infoset="b")))
    with pytest.raises(ng.GameShapeError, match="'b' belongs to two players"):
        ng.GameTree(two_sets(ng.decision(1, {"x": ng.leaf(1, 2), "y": ng.leaf(1, 2)}, infoset="b")))


def test_imperfect_recall_names_the_information_set() -> None:
    again = {k: ng.decision(1, {"x": ng.leaf(1), "y": ng.leaf(2)}, infoset="later") for k in ("left", "right")}
    with pytest.raises(
        ng.ImperfectRecallError, match=r"imperfect recall at information set 'later': .* after left and after right"
    ):
        ng.GameTree(ng.decision(1, again, infoset="first"))
    absent = ng.decision(
        1,
        {"go on": ng.decision(1, {"go on": ng.leaf(1), "exit": ng.leaf(4)}, infoset="road"), "exit": ng.leaf(0)},
        infoset="road",
    )
    with pytest.raises(ng.ImperfectRecallError, match="'road'"):
        ng.GameTree(absent)


def test_a_function_that_never_ends_is_stopped() -> None:
    with pytest.raises(ng.SizeLimitError, match="more than 1,000 nodes"):
        ng.GameTree.from_function(lambda history: ng.decision("A", ("on", "off")), ("A",), limit=1_000)
    with pytest.raises(ng.WrongTypeError, match="several names"):
        ng.GameTree.from_function(lambda history: ng.leaf(1), "A")


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"parent": [-1, 1, 0]}, ng.GameShapeError, "parents must be sorted"),
        ({"parent": [0, 0, 0]}, ng.GameShapeError, "its parent is -1"),
        ({"parent": [-1.0, 0, 0]}, ng.WrongTypeError, "integers"),
        ({"player": [2, 0, 0]}, ng.GameShapeError, "node 0 has player 2"),
        ({"player": [-1, 0, 0]}, ng.ProbabilityError, "give edge_prob"),
        ({"player": [-1, 0, 0], "edge_prob": [1, 0.5, 0.6]}, ng.ProbabilityError, "sum to 1.1"),
        ({"payoffs": [[0], [1], [np.nan]]}, ng.NotFiniteError, "leaf 2"),
        ({"payoffs": [[0, 1]]}, ng.GameShapeError, "do not match"),
        ({"infoset": [-1, 0, 0]}, ng.GameShapeError, "not negative"),
    ],
)
def test_bad_arrays(change: dict[str, Any], error: type[Exception], message: str) -> None:
    good: dict[str, Any] = {"parent": [-1, 0, 0], "player": [0, 0, 0], "payoffs": [[0], [1], [2]], "players": ("A",)}
    assert ng.GameTree.from_arrays(**good).n_nodes == 3
    with pytest.raises(error, match=message):
        ng.GameTree.from_arrays(**{**good, **change})


def test_other_payoffs_have_the_same_shape() -> None:
    tree = entry()
    with pytest.raises(ng.GameShapeError, match="one row a node"):
        tree.with_payoffs([[1, 2]])
    with pytest.raises(ng.NotFiniteError):
        tree.with_payoffs(np.full((5, 2), np.inf))


def test_plans_past_the_limit_are_refused_with_a_way_out() -> None:
    tree = ng.GameTree.from_function(
        lambda h: ng.leaf(0, 0) if len(h) == 8 else ng.decision(1 + len(h) % 2, ("a", "b")), ("A", "B")
    )
    with pytest.raises(ng.SizeLimitError, match=r"ng\.solve\(tree\)"):
        tree.to_normal_form()
    with pytest.raises(ng.SizeLimitError):
        tree.to_agent_form()
    with pytest.raises(ng.GameShapeError, match="nobody moves"):
        ng.GameTree(ng.leaf(1)).to_agent_form()
