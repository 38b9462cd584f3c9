"""Coalitions, the status quo and the inverse question, against the definitions in plain Python."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import negotiation as ng
from negotiation.solvers.conflict.reach import reachable
from negotiation.testing import conflict_graphs, option_conflicts

FEW = settings(max_examples=min(settings().max_examples, 100))
CONCEPTS = ("Nash", "GMR", "SMR", "SEQ")


def reach(graph: ng.ConflictGraph, group: tuple[int, ...], s: int) -> set[int]:
    return {t for t, _ in reachable(graph, group, s)}


def all_better(graph: ng.ConflictGraph, group: tuple[int, ...], s: int, t: int) -> bool:
    return all(graph.ranks[i, t] > graph.ranks[i, s] for i in group)


def improved(graph: ng.ConflictGraph, group: tuple[int, ...], s: int) -> set[int]:
    """What subcoalitions bring about by improvements, none of them twice in a row."""
    parts = [p for size in range(1, len(group) + 1) for p in combinations(group, size)]
    seen: set[tuple[int, tuple[int, ...]]] = set()
    todo: list[tuple[int, tuple[int, ...]]] = [(s, ())]
    while todo:
        at, last = todo.pop()
        for part in parts:
            if part != last:
                for t in reach(graph, part, at):
                    if all_better(graph, part, at, t) and (t, part) not in seen:
                        seen.add((t, part))
                        todo.append((t, part))
    return {t for t, _ in seen}


def stays(graph: ng.ConflictGraph, group: tuple[int, ...], s: int, concept: str) -> bool:
    others = tuple(j for j in range(len(graph.parties)) if j not in group)
    for t in reach(graph, group, s):
        if not all_better(graph, group, s, t):
            continue
        answers = improved(graph, others, t) if concept == "SEQ" else reach(graph, others, t)
        bad = [w for w in answers if not all_better(graph, group, s, w)]
        if concept == "SMR":
            bad = [w for w in bad if not any(all_better(graph, group, s, x) for x in reach(graph, group, w))]
        if concept == "Nash" or not bad:
            return False
    return True


@FEW
@given(graph=conflict_graphs(max_parties=3, max_states=5))
def test_coalitions(graph: ng.ConflictGraph) -> None:
    """Matrices of states by states agree with the definition for every coalition."""
    found = ng.coalition_stability(graph)
    alone = ng.solve(graph)
    for concept in CONCEPTS:
        for names, row in found.stable[concept].items():
            group = tuple(graph.party_index(n) for n in names)
            assert row.tolist() == [stays(graph, group, s, concept) for s in range(graph.n_states)]
            if (
                len(names) == 1
            ):  # alone it has the same moves; under SEQ the others may answer together, so more is stable
                own = alone.stable[concept][names[0]]
                assert not (own & ~row).any()
                assert concept == "SEQ" or own.tolist() == row.tolist()


@pytest.mark.parametrize("improving", [False, True])
@FEW
@given(graph=conflict_graphs(max_parties=3) | option_conflicts(), start=st.integers(0, 100))
def test_status_quo(improving: bool, graph: ng.ConflictGraph, start: int) -> None:
    """Layers of whole groups find the same states in as many moves as a search one move at a time, and real paths."""
    start %= graph.n_states
    found = ng.status_quo_analysis(graph, start, improving=improving)
    everybody = range(len(graph.parties))
    shortest = {t: len(path) for t, path in reachable(graph, everybody, start, improving=improving)} | {start: 0}
    assert found.steps.tolist() == [shortest.get(s, -1) for s in range(graph.n_states)]
    for s in shortest:
        at, last = start, -1
        for party, to in found.path(s):
            assert party != last
            assert to in graph.moves_from(at, graph.parties[party])
            assert not improving or graph.ranks[party, to] > graph.ranks[party, at]
            at, last = to, party
        assert at == s
    solved = ng.solve(graph)
    for concept in CONCEPTS:
        assert set(found.equilibria[concept].tolist()) == set(solved.equilibria[concept].tolist()) & set(shortest)


@FEW
@given(graph=conflict_graphs(max_parties=3, max_states=5) | option_conflicts(max_parties=2), data=st.data())
def test_required_preferences(graph: ng.ConflictGraph, data: st.DataObject) -> None:
    """The conditions are met by exactly those rankings that make the state stable, and the level is the least that does."""
    state = data.draw(st.integers(0, graph.n_states - 1))
    party = data.draw(st.sampled_from(graph.parties))
    concept = data.draw(st.sampled_from(CONCEPTS))
    found = ng.required_preferences(graph, state, party=party, concept=concept)
    assert found.holds == ng.solve(graph).stable[concept][party][state]
    own = graph.preferences[party]

    def stable_with(ranks: object) -> bool:
        return bool(ng.solve(graph.with_preferences(**{party: ranks})).stable[concept][party][state])  # type: ignore[dict-item]

    for _ in range(3):
        ranks = data.draw(st.lists(st.integers(0, 3), min_size=graph.n_states, max_size=graph.n_states))
        assert found.met_by(ranks) == stable_with(ranks)
    raised = own * 2
    if found.level:
        assert len(set(own[list(found.level)].tolist())) == 1
        raised[state] = raised[found.level[0]]
        assert stable_with(raised)
        raised[state] -= 1
        assert not stable_with(raised)
    else:
        raised[state] = -1
        assert stable_with(raised)
    assert found.party in str(found)


@FEW
@given(graph=conflict_graphs(max_parties=3, max_states=5), data=st.data())
def test_least_change(graph: ng.ConflictGraph, data: st.DataObject) -> None:
    """Demoting the states named makes the state hold, and no smaller set does."""
    state = data.draw(st.integers(0, graph.n_states - 1))
    party, concept = data.draw(st.sampled_from(graph.parties)), data.draw(st.sampled_from(CONCEPTS))
    found = ng.required_preferences(graph, state, party=party, concept=concept)
    own = graph.preferences[party]
    better = [s for s in range(graph.n_states) if own[s] > own[state]]

    def demoted(chosen: tuple[int, ...] | frozenset[int]) -> bool:
        ranks = own.copy()
        ranks[list(chosen)] = own[state]
        return found.met_by(ranks)

    assert demoted(found.changes)
    assert found.holds == (not found.changes)
    for size in range(len(found.changes)):
        assert not any(demoted(some) for some in combinations(better, size))


def test_what_is_refused() -> None:
    graph = ng.ConflictGraph({"A": [0, 1, 2], "B": [2, 1, 0]}, {"A": [(0, 1)], "B": [(1, 2)]})
    with pytest.raises(ng.SizeLimitError, match="past the limit of 2 states"):
        ng.coalition_stability(graph, limit=2)
    with pytest.raises(ng.ParameterError, match="a coalition is"):
        ng.coalition_stability(graph, coalitions=["A"])
    with pytest.raises(ng.DuplicateNameError):
        ng.coalition_stability(graph, coalitions=[("A", "A")])
    with pytest.raises(ng.UnknownNameError, match="no party called 'C'"):
        ng.coalition_stability(graph, coalitions=[("A", "C")])
    with pytest.raises(ng.UnknownNameError, match="SIM"):
        ng.coalition_stability(graph, concepts=["SIM"])
    with pytest.raises(ng.UnknownNameError, match="SIM"):
        ng.required_preferences(graph, 0, party="A", concept="SIM")
    with pytest.raises(ng.SizeLimitError, match="alternatives"):
        ng.required_preferences(graph, 0, party="A", concept="GMR", limit=0)
    with pytest.raises(ng.ParameterError, match="cannot be reached"):
        ng.status_quo_analysis(graph, 2).path(0)
    other = ng.ConflictGraph({"A": [0, 1]}, {})
    with pytest.raises(ng.ParameterError, match="another conflict"):
        ng.status_quo_analysis(graph, 0, solution=ng.solve(other))
    with pytest.raises(ng.WrongTypeError, match="ConflictGraph"):
        ng.status_quo_analysis("graph", 0)  # type: ignore[arg-type]


def test_elmira_goes_where_it_went() -> None:
    """From delay to the settlement of 1991: the local government insists, the Ministry modifies, Uniroyal accepts.

    Rankings of the listed case, see ``tests/published/data/conflicts.json``; in history states 1, 5 and 8.
    """
    moves = {"Ministry": [(0, 1), (2, 3), (4, 5), (6, 7)],
             "Uniroyal": [(0, 2), (1, 3), (4, 6), (5, 7), *((s, 8) for s in range(8))],
             "Locals": [(a, b) for s in range(4) for a, b in ((s, s + 4), (s + 4, s))]}  # fmt: skip
    best_first = {"Ministry": [7, 3, 4, 8, 5, 1, 2, 6, 9], "Uniroyal": [1, 4, 8, 5, 9, 3, 7, 2, 6],
                  "Locals": [7, 3, 5, 1, 8, 6, 4, 2, 9]}  # fmt: skip
    graph = ng.ConflictGraph.from_rankings({p: [s - 1 for s in r] for p, r in best_first.items()}, moves)
    found = ng.status_quo_analysis(graph, 0)
    assert found.equilibria["SEQ"].tolist() == [4, 8, 7]
    assert found.steps[[4, 7]].tolist() == [1, 3]
    willing = ng.status_quo_analysis(graph, 0, improving=True)
    assert willing.equilibria["SEQ"].tolist() == [4]  # nobody alone likes the way from 5 to 8: it took two together
    coalition = ng.coalition_stability(graph, coalitions=[("Ministry", "Uniroyal")])
    assert coalition.leaving(4, concept="SEQ") == (("Ministry", "Uniroyal"),)
    assert coalition.leaving(7, concept="SEQ") == ()
    assert str(found).startswith(
        "From 0, 9 of 9 states can be reached by moves. Equilibria:\n  Nash: 3\n    4 (moved by Locals)"
    )
    assert list(found.to_frame().loc["4", ["moves", "SEQ"]]) == [1, True]
    assert "none of them would leave" in str(coalition)


def test_all_rankings_of_a_small_conflict() -> None:
    """Every ranking of four states, one by one: the conditions tell exactly the stable ones."""
    graph = ng.ConflictGraph.from_game(ng.NormalFormGame([[[3, 1], [4, 2]], [[3, 4], [1, 2]]], ["A", "B"]))
    for concept in CONCEPTS:
        found = ng.required_preferences(graph, 0, party="A", concept=concept)
        for ranks in product(range(4), repeat=4):
            changed = ng.solve(graph.with_preferences(A=np.array(ranks)), ng.GraphStability((concept,)))
            assert found.met_by(ranks) == changed.stable[concept]["A"][0]
