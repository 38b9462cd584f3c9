"""Laws of refinement, selection, security levels and commitment."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import negotiation as ng
from negotiation.testing import bimatrix_games, normal_form_games

# Solving costs milliseconds a draw: the hundreds of draws in CI would take a minute a law.
few = settings(max_examples=min(120, settings.default.max_examples))

GAMES = bimatrix_games()
ANY = normal_form_games()
CRITERIA = st.sampled_from(
    ["payoff_dominance", "risk_dominance", "perfect", "strict", "quasi_strict", "pure", "welfare", "fairest"]
)


def perfect_by_trembles(game: ng.NormalFormGame, player: int, strategy: np.ndarray) -> bool:
    """Whether a strategy is a best response to some completely mixed one: the dual way to see that it is undominated."""
    from scipy.optimize import linprog

    table = game.payoffs[0] if player == 0 else game.payoffs[1].T
    m, n = table.shape
    used = np.flatnonzero(strategy > 1e-9)
    rows = [np.append(table[b] - table[a], 0.0) for a in used for b in range(m) if b != a]
    rows += [np.append(-np.eye(n)[j], 1.0) for j in range(n)]
    best = linprog(
        np.append(np.zeros(n), -1.0), A_ub=rows, b_ub=np.zeros(len(rows)), A_eq=[[*[1.0] * n, 0.0]], b_eq=[1.0],
        bounds=[(0, 1)] * n + [(None, 1)],
    )  # fmt: skip
    return bool(best.status == 0 and -best.fun > 1e-7)


@few
@given(game=GAMES)
def test_indices_of_regular_equilibria_sum_to_one(game: ng.NormalFormGame) -> None:
    """Shapley (1974): a check on the list of equilibria as much as on the index."""
    found = ng.solve(game)
    indices = [ng.equilibrium_index(game, e.profile) for e in found.equilibria]
    assume(found.complete and None not in indices)
    assert sum(indices) == 1


@few
@given(seed=st.integers(0, 10**6))
def test_indices_sum_to_one_with_three_players(seed: int) -> None:
    """Ritzberger (1994), on generic games: a check on the polynomial solver's completeness too."""
    game = ng.NormalFormGame(np.random.default_rng(seed).normal(size=(3, 2, 2, 2)))
    found = ng.solve(game, ng.PolynomialEnumeration())
    assume(found.complete)
    indices = [ng.equilibrium_index(game, e.profile) for e in found.equilibria]
    assume(None not in indices)
    assert sum(indices) == 1


@few
@given(seed=st.integers(0, 10**6))
def test_the_logit_limit_has_index_one_on_generic_games(seed: int) -> None:
    """The branch is a homotopy from a unique solution, so it ends where the index is +1 (Govindan, Wilson 2003)."""
    shape = [(2, 2), (3, 3), (2, 2, 2), (3, 2, 2)][seed % 4]
    game = ng.NormalFormGame(np.random.default_rng(seed).normal(size=(len(shape), *shape)))
    limit = ng.solve(game, ng.LogitPath())
    assume(limit.status is ng.Status.FOUND)
    index = ng.equilibrium_index(game, limit.equilibria[0].profile)
    assume(index is not None)
    assert index == 1


@few
@given(game=GAMES)
def test_perfect_is_what_is_best_against_some_tremble(game: ng.NormalFormGame) -> None:
    """Undominated by the primal program exactly if a best response to a completely mixed strategy by the dual."""
    for e in ng.solve(game).equilibria:
        expected = all(perfect_by_trembles(game, i, p) for i, p in enumerate(e.profile))
        assert ng.is_perfect(game, e.profile) is expected


@few
@given(game=GAMES)
def test_some_equilibrium_is_perfect(game: ng.NormalFormGame) -> None:
    """Selten (1975): every game has one, and in bimatrix games an extreme one."""
    found = ng.solve(game)
    assume(found.complete)
    assert len(ng.select(found, "perfect")) >= 1


@few
@given(game=GAMES)
def test_strict_is_quasi_strict_perfect_and_of_index_one(game: ng.NormalFormGame) -> None:
    for e in ng.solve(game).equilibria:
        if ng.is_strict(game, e.profile):
            assert ng.is_quasi_strict(game, e.profile)
            assert ng.is_perfect(game, e.profile)
            assert ng.equilibrium_index(game, e.profile) == 1


@few
@given(game=ANY, data=st.data())
def test_what_is_no_equilibrium_is_not_refined(game: ng.NormalFormGame, data: st.DataObject) -> None:
    """A pure profile with regret is neither strict, nor quasi-strict, nor perfect, and has no index."""
    profile = [np.eye(m)[data.draw(st.integers(0, m - 1))] for m in game.shape]
    assume(ng.regret(game, profile).max() > 0)
    assert not ng.is_strict(game, profile)
    assert not ng.is_quasi_strict(game, profile)
    assert not ng.is_perfect(game, profile)
    assert ng.equilibrium_index(game, profile) is None


@few
@given(game=GAMES, by=CRITERIA, k=st.integers(1, 10**9))
def test_selection_keeps_a_part_and_units_do_not_matter(game: ng.NormalFormGame, by: str, k: int) -> None:
    found, scaled = ng.solve(game), ng.solve(game.scaled(k))
    chosen, again = ng.select(found, by), ng.select(scaled, by)
    assert set(chosen.indices) <= set(range(len(found)))
    assert chosen.reason
    assert len(chosen) == len(again)


@few
@given(game=GAMES)
def test_payoff_dominance_keeps_something_and_nothing_dominated(game: ng.NormalFormGame) -> None:
    found = ng.solve(game)
    chosen = ng.select(found, "payoff_dominance")
    assert chosen.equilibria
    for kept in chosen.equilibria:
        for other in found.equilibria:
            assert not ((other.payoffs > kept.payoffs + 1e-6).all())


@few
@given(game=ANY, data=st.data())
def test_security_levels_are_certified_by_their_threats(game: ng.NormalFormGame, data: st.DataObject) -> None:
    """The strategy guarantees the value, the threat allows no more, and mixing never hurts."""
    player = data.draw(st.integers(0, game.n_players - 1))
    table = np.moveaxis(game.payoffs[player], player, 0).reshape(game.shape[player], -1)
    mixed, pure = ng.maxmin(game, player), ng.maxmin(game, player, mixed=False)
    assert (mixed.strategy @ table).min() == pytest.approx(mixed.value, abs=1e-12)
    assert (table @ mixed.threat.ravel()).max() == pytest.approx(mixed.value, abs=1e-8)
    assert mixed.value >= pure.value - 1e-9
    regrets = table.max(axis=0) - table
    least, single = ng.minimax_regret(game, player), ng.minimax_regret(game, player, mixed=False)
    assert (least.strategy @ regrets).max() == pytest.approx(least.value, abs=1e-12)
    assert single.value == regrets.max(axis=1).min()
    assert -1e-12 <= least.value <= single.value + 1e-9
    assert least.gap <= 1e-8


@few
@given(game=GAMES)
def test_no_equilibrium_pays_less_than_the_security_level(game: ng.NormalFormGame) -> None:
    for e in ng.solve(game).equilibria:
        for player in range(2):
            assert e.payoffs[player] >= ng.maxmin(game, player).value - 1e-7


@few
@given(game=GAMES, leader=st.integers(0, 1))
def test_a_leader_gets_at_least_its_best_equilibrium(game: ng.NormalFormGame, leader: int) -> None:
    """With ties broken its way: mixed at least pure, and mixed at least every Nash and every correlated payoff."""
    mixed = ng.stackelberg(game, leader)
    pure = ng.stackelberg(game, leader, commitment="pure")
    weak = ng.stackelberg(game, leader, commitment="pure", ties="weak")
    assert mixed.payoffs[leader] >= pure.payoffs[leader] - 1e-8
    assert pure.payoffs[leader] >= weak.payoffs[leader]
    assert mixed.follower_regret <= 1e-8
    for e in ng.solve(game).equilibria:
        assert mixed.payoffs[leader] >= e.payoffs[leader] - 1e-7
    best = ng.correlated_equilibrium(game, np.eye(2)[leader])
    assert mixed.payoffs[leader] >= best.value - 1e-7


@few
@given(game=bimatrix_games(structure="zero-sum"))
def test_commitment_is_worth_nothing_in_zero_sum_games(game: ng.NormalFormGame) -> None:
    value = ng.maxmin(game, 0).value
    assert ng.stackelberg(game).payoffs[0] == pytest.approx(value, abs=1e-7)
    assert -ng.maxmin(game, 1).value == pytest.approx(value, abs=1e-8)
