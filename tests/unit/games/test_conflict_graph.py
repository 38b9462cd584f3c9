"""Conflict graphs: how they are made, and what is refused at the door."""

from __future__ import annotations

import pickle
from fractions import Fraction

import numpy as np
import pytest

import negotiation as ng

MOVES = {"A": [(0, 1), (1, 0)], "B": [(0, 2)]}


@pytest.fixture
def graph() -> ng.ConflictGraph:
    return ng.ConflictGraph({"A": [2, 3, 1], "B": [1, 1, 0]}, MOVES, states=["calm", "raid", "war"])


def test_what_a_graph_knows(graph: ng.ConflictGraph) -> None:
    assert (graph.n_states, graph.n_moves) == (3, {"A": 2, "B": 1})
    assert graph.preferences["B"].tolist() == [1, 1, 0]
    assert graph.moves_from("calm", "A").tolist() == [1]
    assert graph.improvements_from("raid", "A").tolist() == []
    assert repr(graph) == "<ConflictGraph 3 states, A (2 moves), B (1 moves)>"
    with pytest.raises(ValueError, match="read-only"):
        graph.ranks[0, 0] = 5


def test_moves_by_name_twice_and_as_array() -> None:
    by_name = {"A": [("calm", "raid"), ("raid", "calm"), ("calm", "raid")], "B": np.array([[0, 2]])}
    graph = ng.ConflictGraph({"A": [2, 3, 1], "B": [1, 1, 0]}, by_name, states=["calm", "raid", "war"])
    assert graph.n_moves == {"A": 2, "B": 1}


def test_it_pickles(graph: ng.ConflictGraph) -> None:
    again = pickle.loads(pickle.dumps(graph))
    assert ng.solve(again).equilibria["Nash"].tolist() == ng.solve(graph).equilibria["Nash"].tolist()
    assert str(pickle.loads(pickle.dumps(ng.solve(graph)))) == str(ng.solve(graph))


def test_numbers_that_floats_would_tie_keep_their_order() -> None:
    graph = ng.ConflictGraph({"A": [2**53, 2**53 + 1], "B": [Fraction(1, 3), Fraction(333, 1000)]}, {"A": [(0, 1)]})
    assert graph.ranks.tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize(
    ("preferences", "error", "message"),
    [
        ({}, ng.GameShapeError, "at least one decision maker"),
        ([[1, 2]], ng.WrongTypeError, "must map each party"),
        ({"A": []}, ng.GameShapeError, "at least one state"),
        ({"A": [1, 2, 3], "B": [1, 2]}, ng.GameShapeError, "A 3, B 2"),
        ({"A": [1, 2, float("nan")]}, ng.NotFiniteError, "of A for state 2 is nan"),
        ({"A": [1, 2, None]}, ng.WrongTypeError, "state 2 is None"),
        ({"A": ["1", "2", "3"]}, ng.WrongTypeError, "state 0 is '1'"),
        ({"A": [1, 2, 1j]}, ng.WrongTypeError, "real number"),
        ({"A": [[1, 2], [3, 4]]}, ng.GameShapeError, r"shape \(2, 2\)"),
        ({"A": [[1], [3, 4]]}, ng.GameShapeError, "ragged"),
        ({"A": [1, 10**400]}, ng.NotFiniteError, "too large"),
        ({3: [1, 2]}, ng.WrongTypeError, "expected text"),
    ],
)
def test_bad_preferences(preferences: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ng.ConflictGraph(preferences, {})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("moves", "error", "message"),
    [
        ({"C": []}, ng.UnknownNameError, "no party called 'C'"),
        ([(0, 1)], ng.WrongTypeError, "moves must map"),
        ({"A": [(0, 3)]}, ng.UnknownNameError, "no state called 3 in the moves of A; known: 0 to 2"),
        ({"A": [(0, -1)]}, ng.UnknownNameError, "-1"),
        ({"A": [(1, 1)]}, ng.GameShapeError, "staying is no move"),
        ({"A": [(0, 1, 2)]}, ng.GameShapeError, "a move is a pair"),
        ({"A": [0, 1]}, ng.GameShapeError, "a move is a pair"),
        ({"A": 7}, ng.WrongTypeError, "expected pairs"),
        ({"A": [(0.5, 1)]}, ng.WrongTypeError, "whole numbers"),
        ({"A": [("calm", "rade")]}, ng.UnknownNameError, "Did you mean 'raid'"),
        ({"A": np.zeros((2, 3), dtype=int)}, ng.GameShapeError, r"shape \(2, 3\)"),
    ],
)
def test_bad_moves(moves: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ng.ConflictGraph({"A": [1, 2, 3]}, moves, states=["calm", "raid", "war"])  # type: ignore[arg-type]


def test_bad_names_of_states() -> None:
    with pytest.raises(ng.GameShapeError, match="1 names of states given for 2"):
        ng.ConflictGraph({"A": [1, 2]}, {}, states=["x"])
    with pytest.raises(ng.DuplicateNameError, match="'x'"):
        ng.ConflictGraph({"A": [1, 2]}, {}, states=["x", "x"])
    with pytest.raises(ng.WrongTypeError, match="not text"):
        ng.ConflictGraph({"A": [1, 2]}, {}, states=["x", 2])  # type: ignore[list-item]


def test_states_and_parties_that_do_not_exist(graph: ng.ConflictGraph) -> None:
    solved = ng.solve(graph)
    for wrong in (7, "rade", -1):
        with pytest.raises(ng.UnknownNameError):
            graph.moves_from(wrong, "A")
    with pytest.raises(ng.WrongTypeError, match="not in option form"):
        graph.moves_from({"x": "Y"}, "A")
    with pytest.raises(ng.WrongTypeError):
        graph.moves_from(1.5, "A")  # type: ignore[arg-type]
    with pytest.raises(ng.UnknownNameError, match=r"no concept called 'SEK'.*Did you mean 'SEQ'"):
        _ = solved.equilibria["SEK"]
    with pytest.raises(ng.UnknownNameError, match="no party called 'C'"):
        _ = solved.stable["SEQ"]["C"]
    with pytest.raises(ng.UnknownNameError, match="Nsh"):
        ng.GraphStability(("Nsh",))
    with pytest.raises(ng.ParameterError, match="moves_twice"):
        ng.GraphStability(moves_twice="always")  # type: ignore[arg-type]
    with pytest.raises(ng.SolverMismatchError, match="not a NormalFormGame"):
        ng.solve(ng.NormalFormGame([[[1]], [[1]]]), ng.GraphStability())
    with pytest.raises(ng.ParameterError, match="do not answer"):
        solved.why(0, "A", concept="SIM")


def test_rankings() -> None:
    graph = ng.ConflictGraph.from_rankings({"A": [2, [0, 1]]}, {})
    assert graph.preferences["A"].tolist() == [0, 0, 1]
    with pytest.raises(ng.DuplicateNameError, match="ranking of A"):
        ng.ConflictGraph.from_rankings({"A": [0, [1, 0]]}, {})
    with pytest.raises(ng.GameShapeError, match="leaves out 1"):
        ng.ConflictGraph.from_rankings({"A": [0]}, {}, states=["x", "y"])
    with pytest.raises(ng.GameShapeError, match="leaves out 1"):
        ng.ConflictGraph.from_rankings({"A": [0, 2]}, {})
    with pytest.raises(ng.UnknownNameError, match="'z'"):
        ng.ConflictGraph.from_rankings({"A": ["x", "z"]}, {}, states=["x", "y"])


def test_options() -> None:
    graph = ng.ConflictGraph.from_options(
        {"A": ["a", "b"], "B": {"c": ("low", "mid", "high")}},
        preferences={"A": lambda s: s["a"] == "Y", "B": range(9)},
        infeasible=[{"a": "Y", "b": "Y"}],
        feasible=lambda s: True,
        irreversible=["c"],
    )
    assert graph.n_states == 9
    low = graph.state_index({})
    assert [graph.states[int(t)] for t in graph.moves_from(low, "A")] == ["b", "a"]
    assert [graph.states[int(t)] for t in graph.moves_from(low, "B")] == ["c: mid", "c: high"]
    assert graph.moves_from({"c": "high"}, "B").size == 0
    with pytest.raises(ng.ParameterError, match="not feasible"):
        graph.state_index({"a": "Y", "b": "Y"})


def test_bad_options() -> None:
    even = {"A": [0, 0]}
    with pytest.raises(ng.ParameterError, match="no state is feasible"):
        ng.ConflictGraph.from_options({"A": ["a"]}, preferences=even, feasible=lambda s: False)
    with pytest.raises(ng.ParameterError, match="either preferences or priorities"):
        ng.ConflictGraph.from_options({"A": ["a"]})
    with pytest.raises(ng.UnknownNameError, match="no party called 'B'"):
        ng.ConflictGraph.from_options({"A": ["a"], "B": ["b"]}, preferences=even)
    with pytest.raises(ng.UnknownNameError, match="no party called 'C'"):
        ng.ConflictGraph.from_options({"A": ["a"]}, preferences={"A": [0, 0], "C": [0, 0]})
    with pytest.raises(ng.GameShapeError, match="3 states given; 2 are feasible"):
        ng.ConflictGraph.from_options({"A": ["a"]}, preferences={"A": [0, 0, 1]})
    with pytest.raises(ng.DuplicateNameError, match="'a'"):
        ng.ConflictGraph.from_options({"A": ["a"], "B": ["a"]}, preferences=even)
    with pytest.raises(ng.GameShapeError, match="at least two"):
        ng.ConflictGraph.from_options({"A": {"a": ("only",)}}, preferences=even)
    with pytest.raises(ng.WrongTypeError, match="not the text"):
        ng.ConflictGraph.from_options({"A": "a"}, preferences=even)
    with pytest.raises(ng.WrongTypeError, match="map each party"):
        ng.ConflictGraph.from_options({}, preferences=even)
    with pytest.raises(ng.UnknownNameError, match="irreversible"):
        ng.ConflictGraph.from_options({"A": ["a"]}, preferences=even, irreversible=["b"])
    with pytest.raises(ng.UnknownNameError, match="no setting called 'yes'"):
        ng.ConflictGraph.from_options({"A": ["a"]}, preferences=even, infeasible=[{"a": "yes"}])
    with pytest.raises(ng.WrongTypeError, match="no statement"):
        ng.ConflictGraph.from_options({"A": ["a"]}, priorities={"A": ["a"]})  # type: ignore[list-item]
    with pytest.raises(ng.SizeLimitError, match="1,073,741,824 combinations"):
        ng.ConflictGraph.from_options({"A": [f"a{k}" for k in range(30)]}, preferences=even)


def test_what_takes_too_long_is_left_out_with_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("negotiation.solvers.conflict.simultaneous.MOST_PLAIN", 0)
    solved = ng.solve(ng.ConflictGraph({"A": [2, 3, 1], "B": [1, 1, 0]}, MOVES))
    assert list(solved.stable) == ["Nash", "GMR", "SMR", "SEQ"]
    assert "SIM is left out" in solved.notes[0]
    monkeypatch.setattr("negotiation.games.conflict_moves.MOST_MOVES", 3)
    wide = ng.ConflictGraph.from_options({"A": ["a", "b"]}, preferences={"A": range(4)})
    assert "12 of them are too many" in ng.solve(wide).notes[0]


def test_tables_and_texts(graph: ng.ConflictGraph) -> None:
    solved = ng.solve(graph)
    assert solved.complete
    assert solved.equilibrium_names["Nash"] == ("raid", "war")
    assert list(solved.to_frame(equilibria_only=True).index) == ["raid", "war"]
    assert bool(solved.to_frame()["Nash", "all"]["raid"])
    assert not solved.at("calm").loc["A", "Nash"]
    assert "3 states, A, B; stable for all of them" in str(solved)
    assert "<li>Nash 2: raid; war</li>" in solved._repr_html_()
    assert solved.why("calm", "A") == "calm is not SEQ stable for A: it can move to raid, and nothing answers that."


def test_sixty_five_thousand_states() -> None:
    """Two decision makers with eight options each, solved for all states at once."""
    rng = np.random.default_rng(3)
    graph = ng.ConflictGraph.from_options(
        {p: [f"{p}{k}" for k in range(8)] for p in "AB"}, preferences={p: rng.integers(0, 999, 2**16) for p in "AB"}
    )
    solved = ng.solve(graph, ng.GraphStability(("Nash", "GMR", "SMR", "SEQ")))
    for state in rng.integers(0, 2**16, 5).tolist():
        for concept in ("Nash", "SEQ"):
            found = solved.deviations(state, "A", concept=concept)
            assert all(d.answer is not None for d in found) == solved.stable[concept]["A"][state]
