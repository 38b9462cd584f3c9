"""Laws of the solvers for one equilibrium and of dominance, on small games full of ties."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import negotiation as ng
from negotiation.testing import bimatrix_games, normal_form_games

# Solving costs milliseconds a draw: the hundreds of draws in CI would take a minute a law.
few = settings(max_examples=min(120, settings.default.max_examples))

TOL = 1e-9


def relative(game: ng.NormalFormGame, profile: ng.Profile) -> float:
    """The largest regret as a share of the largest payoff range."""
    return float(ng.regret(game, profile).max() / max(np.ptp(game.payoffs, axis=(1, 2)).max(), 1e-300))


def same_supports(ours: ng.Solution, theirs: ng.Solution) -> bool:
    return {e.support for e in ours.equilibria} == {e.support for e in theirs.equilibria}


@few
@given(game=bimatrix_games(max_actions=5), data=st.data())
def test_every_label_ends_in_an_equilibrium(game: ng.NormalFormGame, data: st.DataObject) -> None:
    """Also in degenerate games, where pivoting without a rule for ties would cycle."""
    label = data.draw(st.integers(0, sum(game.shape) - 1))
    (found,) = ng.solve(game, ng.LemkeHowson(label=label)).equilibria
    assert found.regret <= TOL * 6


@few
@given(game=bimatrix_games(max_actions=5), data=st.data())
def test_floats_and_integers_walk_the_same_path(game: ng.NormalFormGame, data: st.DataObject) -> None:
    """The same label, the same rule for ties, the same end."""
    label = data.draw(st.integers(0, sum(game.shape) - 1))
    floats = ng.solve(game, ng.LemkeHowson(label=label))
    exact = ng.solve(game, ng.LemkeHowson(label=label, exact=True))
    assert floats.notes[0].split()[0] == exact.notes[0].split()[0]
    for p, q in zip(floats.equilibria[0].profile, exact.equilibria[0].profile, strict=True):
        np.testing.assert_allclose(p, q, atol=1e-12)


@few
@given(game=bimatrix_games(max_actions=4))
def test_every_label_ends_in_an_equilibrium_that_enumeration_lists(game: ng.NormalFormGame) -> None:
    """Paths end in extreme equilibria, and vertex enumeration has all of these."""
    listed = {e.support for e in ng.solve(game, ng.VertexEnumeration()).equilibria}
    for e in ng.solve(game, ng.LemkeHowson(labels="all")).equilibria:
        assert e.support in listed


@few
@given(game=bimatrix_games(max_actions=4), scale=st.sampled_from([1e-9, 3.0, 1e12]), shift=st.integers(-9, 9))
def test_units_do_not_matter_to_lemke_howson(game: ng.NormalFormGame, scale: float, shift: int) -> None:
    """Dollars or billions, from whatever zero."""
    moved = ng.NormalFormGame((game.payoffs + shift) * scale)
    assert same_supports(ng.solve(moved, ng.LemkeHowson(label=0)), ng.solve(game, ng.LemkeHowson(label=0)))


@few
@given(game=bimatrix_games(structure="zero-sum", max_actions=5))
def test_minimax_strategies_guarantee_the_value(game: ng.NormalFormGame) -> None:
    """And every equilibrium of a zero-sum game is worth the same."""
    found = ng.solve(game, ng.Minimax()).equilibria[0]
    x, y = found.profile
    A = game.payoffs[0]
    np.testing.assert_allclose([(x @ A).min(), (A @ y).max()], found.payoffs[0], atol=1e-9)
    for e in ng.solve(game, ng.VertexEnumeration()).equilibria:
        np.testing.assert_allclose(e.payoffs, found.payoffs, atol=1e-9)


@few
@given(game=bimatrix_games(structure="zero-sum", max_actions=4))
def test_a_saddle_point_is_the_value(game: ng.NormalFormGame) -> None:
    """A pure equilibrium, if there is one, is worth what the linear program says."""
    pure = ng.solve(game, ng.PureEnumeration()).equilibria
    if pure:
        assert ng.solve(game, ng.Minimax()).equilibria[0].payoffs[0] == pure[0].payoffs[0]


@few
@given(
    game=bimatrix_games(structure="zero-sum", max_actions=4),
    weight=st.integers(1, 5),
    rows=st.lists(st.integers(-3, 3), min_size=4, max_size=4),
    columns=st.lists(st.integers(-3, 3), min_size=4, max_size=4),
)
def test_other_units_and_shifts_leave_interests_opposed(
    game: ng.NormalFormGame, weight: int, rows: list[int], columns: list[int]
) -> None:
    """What a player cannot influence does not change what it does."""
    m, n = game.shape
    A = game.payoffs[0] + np.array(columns[:n])
    B = game.payoffs[1] * weight + np.array(rows[:m])[:, None]
    moved = ng.NormalFormGame([A, B])
    solution = ng.solve(moved, ng.Minimax())
    assert solution.equilibria[0].regret <= TOL * 30


@few
@given(game=normal_form_games(max_actions=3))
def test_one_equilibrium_always_exists_and_is_certified(game: ng.NormalFormGame) -> None:
    """Nash (1951)."""
    solution = ng.solve(game, ng.OneEquilibrium())
    assert len(solution) == 1
    assert solution.equilibria[0].regret <= TOL * 6


@few
@given(game=bimatrix_games(max_actions=4))
def test_iterated_strict_dominance_keeps_every_equilibrium(game: ng.NormalFormGame) -> None:
    """By actions and by mixtures."""
    supports = [e.support for e in ng.solve(game, ng.VertexEnumeration()).equilibria]
    for by in ("action", "mixture"):
        kept = ng.iterated_elimination(game, by=by).kept
        assert all(set(s) <= set(k) for support in supports for s, k in zip(support, kept, strict=True))


@few
@given(game=bimatrix_games(max_actions=4))
def test_iterated_weak_dominance_keeps_some_equilibrium(game: ng.NormalFormGame) -> None:
    """What is left is a game, and its equilibria are ones of the whole."""
    left = ng.iterated_elimination(game, kind="weak")
    part = ng.solve(left.reduced, ng.OneEquilibrium()).equilibria[0]
    whole = [np.zeros(m) for m in game.shape]
    for full, kept, own in zip(whole, left.kept, part.profile, strict=True):
        full[list(kept)] = own
    assert ng.regret(game, whole).max() <= TOL * 6


@few
@given(game=normal_form_games(max_actions=3))
def test_every_proof_of_dominance_holds(game: ng.NormalFormGame) -> None:
    """The recorded mixture does better by the recorded margin against everything."""
    for player in range(game.n_players):
        table = np.moveaxis(game.payoffs[player], player, 0).reshape(game.shape[player], -1)
        for kind in ("strict", "weak"):
            for by in ("action", "mixture"):
                for d in ng.dominated_actions(game, player, kind=kind, by=by):
                    gains = sum(p * table[b] for b, p in d.by) - table[d.action]
                    assert abs(d.margin - gains.min()) < 1e-12
                    assert gains.min() > 0 if kind == "strict" else (gains.min() > -1e-9 and gains.max() > 0)


@few
@given(game=normal_form_games(max_actions=3))
def test_dominance_by_actions_is_what_the_definition_says(game: ng.NormalFormGame) -> None:
    """Compared pair by pair."""
    for player in range(game.n_players):
        table = np.moveaxis(game.payoffs[player], player, 0).reshape(game.shape[player], -1)
        strict = [a for a, row in enumerate(table) if (table > row).all(axis=1).any()]
        weak = [a for a, row in enumerate(table) if ((table >= row).all(axis=1) & (table > row).any(axis=1)).any()]
        assert [d.action for d in ng.dominated_actions(game, player)] == strict
        assert [d.action for d in ng.dominated_actions(game, player, kind="weak")] == weak


@few
@given(game=bimatrix_games(max_actions=4))
def test_rationalizable_actions_are_best_responses_to_rationalizable_beliefs(game: ng.NormalFormGame) -> None:
    """What is kept, no mixture of what is kept dominates; and what is not kept, some mixture did."""
    result = ng.rationalizable(game)
    assert ng.rationalizable(result.reduced).removed == ()
    assert all(d.margin > 0 for d in result.removed)


@few
@given(game=normal_form_games(min_players=3, max_actions=2))
def test_enumeration_of_many_players_is_certified_and_has_the_pure_ones(game: ng.NormalFormGame) -> None:
    """Every equilibrium has no regret; the pure ones are those that comparing cells gives."""
    solution = ng.solve(game, ng.PolynomialEnumeration())
    assert all(e.regret <= TOL * 6 for e in solution.equilibria)
    pure = {e.support for e in ng.solve(game, ng.PureEnumeration()).equilibria}
    assert {e.support for e in solution.equilibria if e.is_pure} == pure
    assert len(solution) >= 1


@few
@given(game=normal_form_games(shape=(2, 2, 2)), order=st.permutations(range(3)))
def test_naming_the_players_otherwise_changes_nothing(game: ng.NormalFormGame, order: list[int]) -> None:
    """The same equilibria, players permuted; points of continua may differ, so only where the list is complete."""
    ours = ng.solve(game, ng.PolynomialEnumeration())
    turned = ng.NormalFormGame(game.payoffs[order].transpose(0, *[1 + i for i in order]))
    theirs = ng.solve(turned, ng.PolynomialEnumeration())
    assert ours.complete == theirs.complete
    if ours.complete:
        expected = sorted(np.concatenate([e.profile[i] for i in order]).round(8).tolist() for e in ours.equilibria)
        found = sorted(np.concatenate(e.profile).round(8).tolist() for e in theirs.equilibria)
        np.testing.assert_allclose(found, expected, atol=1e-7)
