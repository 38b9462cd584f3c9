"""Stability of conflict graphs against the definitions, written out state by state in plain Python."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from hypothesis import given, settings

import negotiation as ng
from negotiation.testing import conflict_graphs, option_conflicts

FEW = settings(max_examples=min(settings().max_examples, 150))


def reach(graph: ng.ConflictGraph, movers: list[int], state: int, *, improving: bool, rule: str) -> set[int]:
    """What a coalition can bring about: Fang, Hipel and Kilgour's induction, keeping the last movers of every state."""

    def steps(party: int, s: int) -> list[int]:
        own = graph.ranks[party]
        return [t for t in graph.moves[party].from_state(s).tolist() if not improving or own[t] > own[s]]

    if rule == "never":

        def onward(s: int, left: list[int]) -> set[int]:
            out: set[int] = set()
            for j in left:
                for t in steps(j, s):
                    out |= {t} | onward(t, [k for k in left if k != j])
            return out

        return onward(state, movers)
    last: dict[int, set[int]] = {}
    for j in movers:
        for t in steps(j, state):
            last.setdefault(t, set()).add(j)
    while True:
        before = {s: set(who) for s, who in last.items()}
        for s, who in before.items():
            for j in movers:
                if who != {j}:
                    for t in steps(j, s):
                        last.setdefault(t, set()).add(j)
        if before == last:
            return set(last)


def is_stable(graph: ng.ConflictGraph, party: int, s: int, concept: str, rule: str) -> bool:
    own = graph.ranks[party]
    others = [j for j in range(len(graph.parties)) if j != party]
    for t in graph.moves[party].from_state(s).tolist():
        if own[t] <= own[s]:
            continue
        if concept == "Nash":
            return False
        found = [w for w in reach(graph, others, t, improving=concept == "SEQ", rule=rule) if own[w] <= own[s]]
        if concept == "SMR":
            found = [w for w in found if all(own[x] <= own[s] for x in graph.moves[party].from_state(w).tolist())]
        if not found:
            return False
    return True


def is_simultaneously_stable(graph: ng.ConflictGraph, party: int, s: int) -> bool:
    """In option form: everybody's changes put together."""
    form = graph.options
    assert form is not None
    better = [graph.improvements_from(s, p).tolist() for p in graph.parties]
    others = [j for j in range(len(graph.parties)) if j != party and better[j]]
    here = form.settings_of(s)
    for t in better[party]:
        sanctioned = False
        for size in range(1, len(others) + 1):
            for group in combinations(others, size):
                for made in product(*(better[j] for j in group)):
                    joint = {**here}
                    for j, w in ((party, t), *zip(group, made, strict=True)):
                        there = form.settings_of(w)
                        joint |= {n: there[n] for n, o in zip(form.option_names, form.owners, strict=True) if o == j}
                    try:
                        end = form.find(joint)
                    except ng.ParameterError:
                        continue
                    sanctioned |= bool(graph.ranks[party, end] <= graph.ranks[party, s])
        if not sanctioned:
            return False
    return True


@pytest.mark.parametrize("rule", ["not in a row", "never"])
@FEW
@given(graph=conflict_graphs(max_parties=4))
def test_listed_moves(rule: str, graph: ng.ConflictGraph) -> None:
    """The backward search over all states at once agrees with the definition applied to each."""
    solved = ng.solve(graph, ng.GraphStability(("Nash", "GMR", "SMR", "SEQ"), moves_twice=rule))
    for concept, rows in solved.stable.items():
        for i, row in enumerate(rows.values()):
            assert row.tolist() == [is_stable(graph, i, s, concept, rule) for s in range(graph.n_states)]


@pytest.mark.parametrize("rule", ["not in a row", "never"])
@FEW
@given(graph=option_conflicts())
def test_option_form(rule: str, graph: ng.ConflictGraph) -> None:
    """Groups of states do what their moves one by one would do, infeasible and irreversible ones included."""
    solved = ng.solve(graph, ng.GraphStability(moves_twice=rule))
    for concept, rows in solved.stable.items():
        for i, row in enumerate(rows.values()):
            if concept == "SIM":
                expected = [is_simultaneously_stable(graph, i, s) for s in range(graph.n_states)]
            else:
                expected = [is_stable(graph, i, s, concept, rule) for s in range(graph.n_states)]
            assert row.tolist() == expected


@FEW
@given(graph=option_conflicts())
def test_simultaneous_moves_without_options(graph: ng.ConflictGraph) -> None:
    """Where all moves can be taken back, the squares of a bare graph tell what the options say."""
    solved = ng.solve(graph, ng.GraphStability(("SIM",)))
    pairs = {p: [(s, int(t)) for s in range(graph.n_states) for t in graph.moves_from(s, p)] for p in graph.parties}
    if all((t, s) in set(own) for own in pairs.values() for s, t in own):
        bare = ng.solve(ng.ConflictGraph(graph.preferences, pairs), ng.GraphStability(("SIM",)))
        for party in graph.parties:
            assert bare.stable["SIM"][party].tolist() == solved.stable["SIM"][party].tolist()


@FEW
@given(graph=conflict_graphs(max_parties=3))
def test_reasons_are_right(graph: ng.ConflictGraph) -> None:
    """Each deviation that is answered is answered by moves that exist, and a state holds if all are."""
    solved = ng.solve(graph)
    for concept in ("Nash", "GMR", "SMR", "SEQ"):
        for i, party in enumerate(graph.parties):
            for s in range(graph.n_states):
                found = solved.deviations(s, party, concept=concept)
                assert all(d.answer is not None for d in found) == solved.stable[concept][party][s]
                for d in found:
                    at, before = d.to, i
                    for step in d.answer or ():
                        assert step.party not in (i, before)
                        assert step.state in graph.moves_from(at, graph.parties[step.party])
                        at, before = step.state, step.party
                    assert d.answer is None or graph.ranks[i, at] <= graph.ranks[i, s]
                assert party in solved.why(s, party, concept=concept)
