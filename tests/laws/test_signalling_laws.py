"""Laws of signalling games and Bayesian games: what every equilibrium owes, and what must not matter."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import numpy as np
from hypothesis import given as any_number_of
from hypothesis import settings
from hypothesis import strategies as st
from scipy.optimize import linprog

import negotiation as ng
from negotiation.testing import bayesian_games, signalling_games

FEW = settings(max_examples=min(settings().max_examples, 100))


def given(**strategies: st.SearchStrategy[object]) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """`hypothesis.given` with at most 100 draws: an enumeration takes milliseconds, and some have hundreds of equilibria."""
    return lambda law: FEW(any_number_of(**strategies)(law))


small = signalling_games(max_actions=3, positive=False)
tiny = signalling_games(max_types=2, max_messages=2, max_actions=3)


def played(solution: ng.SignallingSolution) -> set[object]:
    return {(e.sender_exact, e.receiver_exact) for e in solution.equilibria}


# --- what an equilibrium owes ----------------------------------------------------------------------


@given(game=small)
def test_beliefs_follow_bayes_rule_where_they_can(game: ng.SignallingGame) -> None:
    """After a message that is sent the belief is the prior times how often each type sends it, made to add up to one."""
    for e in ng.solve(game).equilibria:
        joint = game.prior[:, None] * e.sender
        for m, total in enumerate(joint.sum(axis=0)):
            assert (total > 0) == e.sent[m]
            if e.sent[m]:
                np.testing.assert_allclose(e.beliefs[m], joint[:, m] / total, atol=1e-12)
            assert abs(e.beliefs[m].sum() - 1) < 1e-12
            assert e.beliefs[m].min() >= 0


@given(game=small)
def test_everybody_is_sequentially_rational(game: ng.SignallingGame) -> None:
    """No type gains by another message; no reply is better at any corner of the beliefs that support it."""
    for e in ng.solve(game).equilibria:
        worth = np.einsum("tma,ma->tm", game.sender, e.receiver)
        np.testing.assert_allclose((worth * e.sender).sum(axis=1), worth.max(axis=1), atol=1e-9)
        np.testing.assert_allclose(e.type_payoffs, worth.max(axis=1), atol=1e-9)
        for m, corners in enumerate(e.belief_sets):
            for belief in corners:
                values = belief @ game.receiver[:, m]
                assert values @ e.receiver[m] >= values.max() - 1e-9
        assert e.regret == 0


@given(game=small)
def test_every_game_has_an_equilibrium_and_the_list_is_complete(game: ng.SignallingGame) -> None:
    """Sequential equilibria exist, and small games are worked off."""
    solution = ng.solve(game)
    assert solution.complete
    assert solution.equilibria


@given(game=small)
def test_two_ways_to_pure_equilibria_agree(game: ng.SignallingGame) -> None:
    """Trying every plan, and matching vertices, list the same pure equilibria."""
    pure = ng.solve(game, ng.PureAssessments())
    assert {(e.sender_exact, e.receiver_exact) for e in ng.solve(game).pure} == played(pure)


@given(game=tiny)
def test_perfect_bayesian_equilibria_are_nash(game: ng.SignallingGame) -> None:
    """In the induced normal form, with plans mixed type by type, nobody has any regret."""
    form = game.to_normal_form()
    for e in ng.solve(game).equilibria:
        profile = []
        for rows in e.profile:
            plans = np.ones(1)
            for row in rows:
                plans = np.outer(plans, row).ravel()
            profile.append(plans)
        assert ng.regret(form, profile).max() < 1e-9
        np.testing.assert_allclose(ng.expected_payoffs(form, profile), e.payoffs, atol=1e-9)


@given(game=signalling_games(max_actions=3))
def test_perfect_bayesian_equilibria_are_sequential(game: ng.SignallingGame) -> None:
    """In the game tree behaviour and beliefs are rational and consistent, by Kreps and Wilson's definition."""
    tree = game.to_tree()
    for e in ng.solve(game).equilibria[:5]:
        behaviour = {f"sender as {t}": row for t, row in zip(game.types, e.sender, strict=True)}
        behaviour |= {f"receiver after {m}": row for m, row in zip(game.messages, e.receiver, strict=True)}
        beliefs = {f"receiver after {m}": row for m, row in zip(game.messages, e.beliefs, strict=True)}
        assert ng.check_assessment(tree, behaviour, beliefs)


@given(game=small)
def test_labels_say_what_is_learned(game: ng.SignallingGame) -> None:
    """Pooling leaves the prior, separating leaves no doubt, and a game with one type does both."""
    for e in ng.solve(game).equilibria:
        learned = [e.beliefs[m] for m in range(len(game.messages)) if e.sent[m]]
        if e.is_pooling:
            assert all(np.allclose(b, game.prior) for b in learned)
        elif e.is_separating:
            assert all(np.isclose(b.max(), 1) for b in learned)
        else:
            assert any(not np.allclose(b, game.prior) for b in learned)


@given(game=small)
def test_d1_is_the_stronger_refinement(game: ng.SignallingGame) -> None:
    """What survives D1 survives the intuitive criterion (Cho and Kreps 1987), and nothing unsent means nothing to explain."""
    for e in ng.solve(game).equilibria:
        assert e.intuitive.passes or not e.d1.passes
        if not e.off_path:
            assert e.intuitive.passes
            assert e.d1.passes


@given(game=small, seed=st.integers(0, 99))
def test_mixtures_within_a_component_are_equilibria(game: ng.SignallingGame, seed: int) -> None:
    """Any mixture of its sender's strategies with any of its receiver's, with a belief after every message."""
    rng, solution = np.random.default_rng(seed), ng.solve(game)
    components = solution.components
    assert {k for c in components for k in c.equilibria} == set(range(len(solution)))
    for c in components[:10]:
        sender, receiver = (
            np.tensordot(rng.dirichlet(np.ones(len(own))), np.array(own, dtype=float), axes=1)
            for own in (c.first, c.second)
        )
        worth = np.einsum("tma,ma->tm", game.sender, receiver)
        np.testing.assert_allclose((worth * sender).sum(axis=1), worth.max(axis=1), atol=1e-9)
        for m, weights in enumerate((game.prior[:, None] * sender).T):
            values = game.receiver[:, m]
            used = np.flatnonzero(receiver[m] > 0)
            if weights.sum() > 0:
                assert (weights @ values)[used].min() >= (weights @ values).max() - 1e-9
            else:
                rows = [values[:, b] - values[:, a] for a in used for b in range(values.shape[1])]
                found = linprog(np.zeros(len(weights)), A_ub=rows, b_ub=np.full(len(rows), 1e-9),
                                A_eq=np.ones((1, len(weights))), b_eq=[1])  # fmt: skip
                assert found.status == 0


@given(game=bayesian_games(positive=False), seed=st.integers(0, 99))
def test_mixtures_within_a_component_are_bayes_nash(game: ng.BayesianGame, seed: int) -> None:
    """Any mixture of one player's strategies with any of the other's."""
    rng, solution = np.random.default_rng(seed), ng.solve(game)
    assert {k for c in solution.components for k in c.equilibria} == set(range(len(solution)))
    for c in solution.components[:10]:
        mixed = []
        for i, own in enumerate((c.first, c.second)):
            filled = np.array([[row or (np.nan,) * len(game.actions[i]) for row in s] for s in own], dtype=float)
            mixed.append(np.tensordot(rng.dirichlet(np.ones(len(own))), filled, axes=1))
        assert max(np.nanmax(r) for r in ng.interim_regret(game, mixed)) < 1e-9


# --- what must not matter --------------------------------------------------------------------------


@given(game=small, factor=st.integers(2, 10**6), seed=st.integers(0, 99))
def test_units_and_constants_do_not_matter(game: ng.SignallingGame, factor: int, seed: int) -> None:
    """Scaling payoffs, paying each type a constant, or the receiver one for each type and message, changes no strategy."""
    rng = np.random.default_rng(seed)
    T, M, _ = game.shape
    prior, sender, receiver = game.exact
    shifted = ng.SignallingGame(
        prior,
        sender * factor + rng.integers(-9, 9, (T, 1, 1)).astype(object),
        receiver * factor + rng.integers(-9, 9, (T, M, 1)).astype(object),
    )
    before, after = ng.solve(game), ng.solve(shifted)
    assert played(before) == played(after)
    assert [(e.kind, e.intuitive.passes, e.d1.passes) for e in before.equilibria] == [
        (e.kind, e.intuitive.passes, e.d1.passes) for e in after.equilibria
    ]


@given(game=small, seed=st.integers(0, 99))
def test_the_order_of_types_messages_and_actions_does_not_matter(game: ng.SignallingGame, seed: int) -> None:
    """Listing them in another order lists the same equilibria in another order."""
    rng = np.random.default_rng(seed)
    t, m, a = (rng.permutation(size) for size in game.shape)
    prior, sender, receiver = game.exact
    other = ng.SignallingGame(prior[t], sender[np.ix_(t, m, a)], receiver[np.ix_(t, m, a)])
    moved = {
        (
            tuple(tuple(e.sender_exact[i][k] for k in m) for i in t),
            tuple(tuple(e.receiver_exact[k][j] for j in a) for k in m),
            e.intuitive.passes,
            e.d1.passes,
        )
        for e in ng.solve(game).equilibria
    }
    found = {(e.sender_exact, e.receiver_exact, e.intuitive.passes, e.d1.passes) for e in ng.solve(other).equilibria}
    assert found == moved


@given(game=small)
def test_floats_and_fractions_give_the_same_answer(game: ng.SignallingGame) -> None:
    """A prior in floats is read as the fractions it stands for."""
    assert played(ng.solve(game.with_prior(game.prior))) == played(ng.solve(game))


@given(game=small)
def test_solutions_survive_a_pickle(game: ng.SignallingGame) -> None:
    """Games and solutions can be sent to another process."""
    solution = ng.solve(game)
    again = pickle.loads(pickle.dumps(solution))
    assert played(again) == played(solution)
    assert str(again) == str(solution)


# --- Bayesian games --------------------------------------------------------------------------------


@given(game=bayesian_games(positive=False))
def test_no_type_regrets_its_action(game: ng.BayesianGame) -> None:
    """Every equilibrium of every two-player game has no interim regret, in floats as in rationals."""
    solution = ng.solve(game)
    assert solution.complete
    assert solution.equilibria
    for e in solution.equilibria:
        for regrets in ng.interim_regret(game, e.strategies):
            assert np.nanmax(regrets) < 1e-9
        expected = [np.nansum(game.type_probabilities(i) * e.interim[i]) for i in range(2)]
        np.testing.assert_allclose(expected, e.payoffs, atol=1e-9)


@given(game=bayesian_games(max_players=3, max_actions=2, positive=False))
def test_agent_form_and_induced_form_have_the_same_pure_equilibria(game: ng.BayesianGame) -> None:
    """Optimal for each type is optimal for all at once, when every type counted is possible."""
    agents, plans = (
        ng.solve(game.agent_form(), ng.PureEnumeration()),
        ng.solve(game.induced_form(), ng.PureEnumeration()),
    )
    assert len(agents.equilibria) == len(plans.equilibria)
    if game.n_players == 2:
        assert len(agents.equilibria) == sum(e.is_pure for e in ng.solve(game).equilibria)


@given(game=bayesian_games(), factor=st.integers(2, 1000), constant=st.integers(-9, 9))
def test_units_do_not_matter_with_types_either(game: ng.BayesianGame, factor: int, constant: int) -> None:
    """Scaled and shifted payoffs have the same equilibria."""
    prior, payoffs = game.exact
    other = ng.BayesianGame(prior, payoffs * factor + constant)
    before, after = ([e.strategies_exact for e in ng.solve(g).equilibria] for g in (game, other))
    assert before == after


@given(game=bayesian_games())
def test_without_private_information_it_is_a_normal_form(game: ng.BayesianGame) -> None:
    """With one type a player the interim payoffs are those of the game in normal form."""
    first = game.exact[1][(slice(None), *[slice(0, 1)] * game.n_players)]
    known = ng.BayesianGame(np.ones((1,) * game.n_players), first)
    plain = ng.NormalFormGame(first.reshape(game.n_players, *first.shape[1 + game.n_players :]))
    expected = {tuple(map(tuple, e.profile)) for e in ng.solve(plain).equilibria}
    found = {tuple(tuple(s[0]) for s in e.strategies) for e in ng.solve(known).equilibria}
    assert found == expected
