"""Laws of game trees, against brute force over all pure profiles and against what theory says must not matter."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
from hypothesis import assume, settings
from hypothesis import given as any_number_of
from hypothesis import strategies as st

import negotiation as ng
from negotiation.games.tree_arrays import LEAF
from negotiation.solvers.trees.behaviour import exact_regret
from negotiation.solvers.trees.subgames import subgame_roots
from negotiation.testing import bimatrix_games, game_trees

FEW = settings(max_examples=min(settings().max_examples, 100))


def given(**strategies: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """`hypothesis.given` with at most 100 draws."""
    return lambda law: FEW(any_number_of(**strategies)(law))


def plays(tree: ng.GameTree, choices: tuple[int, ...], start: int) -> np.ndarray:
    """What pure choices pay from a node on, by walking the tree."""
    total, stack = np.zeros(tree.n_players), [(start, 1.0)]
    while stack:
        node, odds = stack.pop()
        if tree.player[node] == LEAF:
            total += odds * tree.payoffs[node]
        elif tree.player[node] >= 0:
            stack.append((int(tree.first_child[node]) + choices[tree.infoset[node]], odds))
        else:
            first = int(tree.first_child[node])
            stack += [(c, odds * float(tree.edge_prob[c])) for c in range(first, first + int(tree.n_children[node]))]
    return total


def perfect_profiles(tree: ng.GameTree) -> set[tuple[int, ...]]:
    """Pure subgame-perfect equilibria, by trying every profile against every deviation in every subgame."""
    widths = [len(tree.infoset_actions(k)) for k in range(tree.n_infosets)]
    assume(math.prod(widths) <= 150)
    profiles = list(product(*map(range, widths)))
    roots = np.flatnonzero(subgame_roots(tree)).tolist()
    value = {(p, r): plays(tree, p, r) for p in profiles for r in roots}
    own = [set(np.flatnonzero(tree.infoset_player == i).tolist()) for i in range(tree.n_players)]

    def is_perfect(profile: tuple[int, ...]) -> bool:
        return all(
            value[other, r][i] <= value[profile, r][i] + 1e-9
            for i in range(tree.n_players)
            for other in profiles
            if all(a == b for k, (a, b) in enumerate(zip(profile, other, strict=True)) if k not in own[i])
            for r in roots
        )

    return {p for p in profiles if is_perfect(p)}


def pure(solution: ng.TreeSolution) -> list[tuple[int, ...]]:
    return [tuple(int(c) for c in e.choices) for e in solution.equilibria if e.is_pure]


@given(tree=game_trees(perfect_information=True))
def test_backward_induction_keeps_every_tie(tree: ng.GameTree) -> None:
    """The pure equilibria listed, their number, payoffs and actions are those that brute force finds."""
    known = perfect_profiles(tree)
    for solver in (ng.BackwardInduction(exact=True), ng.BackwardInduction(exact=False)):
        found = ng.solve(tree, solver)
        assert found.complete
        assert found.n_equilibria == len(pure(found)) == len(known)
        assert set(pure(found)) == known
        payoffs = {tuple(np.round(plays(tree, p, 0), 9)) for p in known}
        assert {tuple(row) for row in np.round(found.payoff_set, 9)} == payoffs
    used = {(k, a) for p in known for k, a in enumerate(p)}
    for k, name in enumerate(tree.infosets):
        allowed = found.optimal_actions[name]
        # An action that is best in its own subgame may be played in no equilibrium of the whole, never the other way round.
        assert {tree.infoset_actions(k)[a] for j, a in used if j == k} <= set(allowed)


@given(tree=game_trees(perfect_information=False, n_players=2))
def test_subgame_by_subgame_finds_every_pure_perfect_equilibrium(tree: ng.GameTree) -> None:
    """Pure ones among those listed are exactly those that brute force finds, where the list is complete."""
    known = perfect_profiles(tree)
    found = ng.solve(tree)
    assume(found.complete)
    assert set(pure(found)) == known
    assert len(pure(found)) == len(known)


@given(tree=game_trees())
def test_subgame_perfect_equilibria_are_equilibria(tree: ng.GameTree) -> None:
    """No regret in the whole, none in any subgame, no empty threat."""
    for e in ng.solve(tree, ng.BackwardInduction(limit=20)).equilibria:
        assert e.regret <= 1e-9
        assert e.is_subgame_perfect
        assert not e.threats
        assert ng.behaviour_regret(tree, e.behaviour).max() <= 1e-9


@given(tree=game_trees(perfect_information=True), data=st.data())
def test_one_shot_deviations_decide_perfection(tree: ng.GameTree, data: st.DataObject) -> None:
    """A profile is perfect just when no single change of one move pays anywhere."""
    known = perfect_profiles(tree)
    profile = tuple(data.draw(st.integers(0, len(tree.infoset_actions(k)) - 1)) for k in range(tree.n_infosets))
    behaviour = {name: tree.infoset_actions(k)[profile[k]] for k, name in enumerate(tree.infosets)}
    at_root = tree.player[0] >= 0 and (
        max(plays(tree, profile, int(tree.first_child[0]) + a)[tree.player[0]] for a in range(int(tree.n_children[0])))
        > plays(tree, profile, 0)[tree.player[0]] + 1e-9
    )
    assert (profile in known) == (not ng.find_empty_threats(tree, behaviour) and not at_root)


@given(tree=game_trees(), factor=st.integers(2, 10**6), shift=st.integers(-50, 50))
def test_units_and_zero_points_do_not_matter(tree: ng.GameTree, factor: int, shift: int) -> None:
    """Scaling and shifting payoffs changes no equilibrium."""
    other = tree.with_payoffs(tree.payoffs * factor + shift)
    before, after = (ng.solve(t, ng.BackwardInduction(limit=50)) for t in (tree, other))
    assume(before.complete and after.complete)
    rows = [{tuple(np.round(e.probabilities, 9)) for e in s.equilibria} for s in (before, after)]
    assert rows[0] == rows[1]


@given(tree=game_trees(n_players=2))
def test_the_order_of_players_does_not_matter(tree: ng.GameTree) -> None:
    """Players listed the other way round have the same equilibria, payoffs swapped."""
    other = ng.GameTree.from_arrays(
        tree.parent,
        np.where(tree.player >= 0, 1 - tree.player, tree.player),
        tree.payoffs[:, ::-1],
        tree.players[::-1],
        infoset=tree.infoset,
        edge_prob=tree.edge_prob,
    )
    before, after = (ng.solve(t) for t in (tree, other))
    assert before.n_equilibria == after.n_equilibria
    if before.complete:
        rows = {tuple(np.round(row, 6) + 0.0) for row in before.payoff_set}
        assert rows == {tuple(np.round(row[::-1], 6) + 0.0) for row in after.payoff_set}


@given(tree=game_trees())
def test_plans_and_behaviour_pay_the_same(tree: ng.GameTree) -> None:
    """Every cell of the full normal form is what its plans pay when walked through the tree."""
    widths = [len(tree.infoset_actions(k)) for k in range(tree.n_infosets)]
    assume(math.prod(widths) <= 100)
    game = tree.to_normal_form(reduced=False)
    sets = [np.flatnonzero(tree.infoset_player == i).tolist() for i in range(tree.n_players)]
    lists = [list(product(*(range(widths[k]) for k in own))) for own in sets]
    for cell in product(*map(range, game.shape)):
        choices = {
            k: a for own, plans, at in zip(sets, lists, cell, strict=True) for k, a in zip(own, plans[at], strict=True)
        }
        paid = plays(tree, tuple(choices[k] for k in range(tree.n_infosets)), 0)
        np.testing.assert_allclose(game.payoffs[(slice(None), *cell)], paid, atol=1e-9)


@given(tree=game_trees(n_players=2))
def test_equilibria_of_plans_are_equilibria_of_the_tree(tree: ng.GameTree) -> None:
    """Mixtures of plans turned into behaviour leave nobody a regret, and pay the same as in the normal form."""
    found = ng.solve(tree, ng.ReducedNormalForm(exact=True, limit=60))
    for e in found.equilibria:
        assert e.exact is not None
        assert exact_regret(tree, np.array(e.exact, dtype=object)) == 0
    game = ng.solve(tree.to_normal_form(), ng.VertexEnumeration(limit=60))
    if found.complete and game.complete:
        assert {tuple(np.round(e.payoffs, 6)) for e in found.equilibria} == {
            tuple(np.round(e.payoffs, 6)) for e in game.equilibria
        }


@given(tree=game_trees(n_players=2))
def test_the_sequence_form_finds_an_equilibrium(tree: ng.GameTree) -> None:
    """Exactly, in floats, and by either method where both apply."""
    exact = ng.solve(tree, ng.SequenceForm(exact=True)).equilibria[0]
    assert exact_regret(tree, np.array(exact.exact, dtype=object)) == 0
    (quick,) = ng.solve(tree, ng.SequenceForm()).equilibria
    assert quick.regret <= 1e-8
    if tree.is_constant_sum:
        np.testing.assert_allclose(quick.payoffs, exact.payoffs, atol=1e-8)


@given(game=bimatrix_games())
def test_normal_forms_survive_the_way_through_a_tree(game: ng.NormalFormGame) -> None:
    """Moving one after another unseen is moving at once."""
    back = ng.GameTree.from_normal_form(game).to_normal_form()
    np.testing.assert_array_equal(back.payoffs, game.payoffs)
    assert (back.players, back.actions) == (game.players, game.actions)


@given(tree=game_trees())
def test_three_ways_to_write_a_tree_agree(tree: ng.GameTree) -> None:
    """From nested nodes, from a function of the history, and from arrays."""

    def node(history: tuple[str, ...]) -> dict[str, Any]:
        at = tree.node(*history)
        if tree.player[at] == LEAF:
            return ng.leaf(*tree.payoffs[at].tolist())
        if tree.player[at] < 0:
            first = int(tree.first_child[at])
            return ng.chance({a: tree.exact_odds(first + k) for k, a in enumerate(tree.actions(at))})
        name = tree.infoset_name(int(tree.infoset[at]))
        return ng.decision(tree.players[tree.player[at]], tree.actions(at), infoset=name)

    implicit = ng.GameTree.from_function(node, tree.players)
    arrays = ng.GameTree.from_arrays(
        tree.parent, tree.player, tree.payoffs, tree.players, infoset=tree.infoset, edge_prob=tree.edge_prob
    )
    for other in (implicit, arrays):
        for field in ("parent", "player", "infoset", "edge_prob", "payoffs", "edge_action", "action_offset"):
            np.testing.assert_allclose(getattr(other, field), getattr(tree, field))
    assert implicit.infosets == tree.infosets


@given(tree=game_trees())
def test_perfect_equilibria_with_their_beliefs_are_sequential_where_every_set_is_reached(tree: ng.GameTree) -> None:
    """Where Bayes' rule says every belief, a subgame-perfect equilibrium of agents who all are reached is sequential."""
    for e in ng.solve(tree, ng.BackwardInduction(limit=5)).equilibria:
        beliefs = e.beliefs
        reached = all(not np.isnan(row).any() for row in beliefs.values())
        whole = ng.check_assessment(tree, e.behaviour, {n: b for n, b in beliefs.items() if not np.isnan(b).any()})
        if tree.is_perfect_information:
            assert whole
        elif reached and not whole:
            assert not whole.rational or not whole.consistent
