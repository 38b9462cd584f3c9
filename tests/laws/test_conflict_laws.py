"""Laws of stability in the graph model."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import negotiation as ng
from negotiation.games.conflict_moves import GroupedMoves
from negotiation.testing import bimatrix_games, conflict_graphs, option_conflicts

FEW = settings(max_examples=min(settings().max_examples, 150))
any_conflict = conflict_graphs(max_parties=4) | option_conflicts()


@FEW
@given(graph=any_conflict)
def test_concepts_are_nested(graph: ng.ConflictGraph) -> None:
    """Nash implies SEQ and SMR, each of which implies GMR, for every party and state; Nash implies SIM."""
    solved = ng.solve(graph)
    for party in graph.parties:
        nash, gmr, smr, seq, sim = (solved.stable[c][party] for c in ("Nash", "GMR", "SMR", "SEQ", "SIM"))
        for inner, outer in ((nash, seq), (nash, smr), (nash, sim), (seq, gmr), (smr, gmr)):
            assert not (inner & ~outer).any()


@FEW
@given(graph=conflict_graphs(max_parties=4), turned=st.randoms(use_true_random=False))
def test_names_and_order_do_not_matter(graph: ng.ConflictGraph, turned: object) -> None:
    """Renumbering states and parties renumbers the answer."""
    to = list(range(graph.n_states))
    parties = list(graph.parties)
    turned.shuffle(to)  # type: ignore[attr-defined]
    turned.shuffle(parties)  # type: ignore[attr-defined]
    back = np.argsort(to)
    moves = {p: [(to[s], to[int(t)]) for s in range(graph.n_states) for t in graph.moves_from(s, p)] for p in parties}
    other = ng.ConflictGraph({p: graph.preferences[p][back] for p in parties}, moves)
    before, after = ng.solve(graph), ng.solve(other)
    for concept, rows in before.stable.items():
        for party in parties:
            assert after.stable[concept][party][to].tolist() == rows[party].tolist()


@FEW
@given(graph=any_conflict, stretch=st.integers(1, 10**12), shift=st.floats(-1e6, 1e6))
def test_only_the_order_of_preferences_matters(graph: ng.ConflictGraph, stretch: int, shift: float) -> None:
    """Any increasing function of the ranks leaves everything as it is."""
    other = graph.with_preferences(
        **{p: np.cbrt(r.astype(float)) * stretch + shift for p, r in graph.preferences.items()}
    )
    before, after = ng.solve(graph), ng.solve(other)
    for concept, rows in before.stable.items():
        for party, row in rows.items():
            assert after.stable[concept][party].tolist() == row.tolist()


@FEW
@given(game=bimatrix_games())
def test_nash_states_of_a_game_are_its_pure_equilibria(game: ng.NormalFormGame) -> None:
    """A conflict made of a game in normal form has its pure equilibria as Nash states."""
    graph = ng.ConflictGraph.from_game(game)
    found = ng.solve(game, ng.PureEnumeration()).equilibria
    cells = {np.ravel_multi_index([int(p.argmax()) for p in e.profile], game.shape) for e in found}
    assert set(ng.solve(graph).equilibria["Nash"].tolist()) == cells


@FEW
@given(graph=conflict_graphs(max_parties=3))
def test_a_party_without_moves_is_always_content(graph: ng.ConflictGraph) -> None:
    """Whoever cannot move has no reason to."""
    idle = ng.ConflictGraph({**graph.preferences, "idle": graph.ranks[0]}, {
        p: [(s, int(t)) for s in range(graph.n_states) for t in graph.moves_from(s, p)] for p in graph.parties
    })  # fmt: skip
    solved = ng.solve(idle)
    before = ng.solve(graph)
    for concept, rows in solved.stable.items():
        assert rows["idle"].all()
        for party in graph.parties:
            assert rows[party].tolist() == before.stable[concept][party].tolist()


@FEW
@given(graph=option_conflicts())
def test_groups_and_lists_agree(graph: ng.ConflictGraph) -> None:
    """Moves within groups, listed one by one, give the same answer."""
    if not all(isinstance(m, GroupedMoves) for m in graph.moves):
        return
    moves = {p: [(s, int(t)) for s in range(graph.n_states) for t in graph.moves_from(s, p)] for p in graph.parties}
    listed = ng.ConflictGraph(graph.preferences, moves)
    concepts = ng.GraphStability(("Nash", "GMR", "SMR", "SEQ"))
    grouped, one_by_one = ng.solve(graph, concepts), ng.solve(listed, concepts)
    for concept, rows in grouped.stable.items():
        for party, row in rows.items():
            assert one_by_one.stable[concept][party].tolist() == row.tolist()
