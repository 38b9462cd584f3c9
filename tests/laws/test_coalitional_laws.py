"""Laws of coalitional values: axioms, brute force, and certificates that do not come from the solver."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

import negotiation as ng

# Laws whose every draw is a sequence of linear programmes.
few = settings(max_examples=min(40, settings.default.max_examples))


@st.composite
def coalitional_games(draw: st.DrawFn, most: int = 4) -> ng.CoalitionalGame:
    """Worths from few integers, so that coalitions tie."""
    n = draw(st.integers(1, most))
    worth = draw(st.lists(st.integers(-2, 6), min_size=2**n - 1, max_size=2**n - 1))
    return ng.CoalitionalGame([0, *worth])


@few
@given(game=coalitional_games(5))
def test_shapley_is_the_mean_over_all_orders(game: ng.CoalitionalGame) -> None:
    """Brute force over every order of joining."""
    n = game.n_players
    total = np.zeros(n)
    orders = list(itertools.permutations(range(n)))
    for order in orders:
        mask = 0
        for i in order:
            total[i] += game.values[mask | 1 << i] - game.values[mask]
            mask |= 1 << i
    assert np.allclose(ng.shapley(game), total / len(orders), rtol=0, atol=1e-12)


@few
@given(game=coalitional_games(), other=coalitional_games())
def test_shapley_adds_up(game: ng.CoalitionalGame, other: ng.CoalitionalGame) -> None:
    """Everything is divided, and the value of a sum of games is the sum of their values."""
    assert ng.shapley(game).sum() == pytest.approx(game.total, abs=1e-12)
    assume(game.n_players == other.n_players)
    both = ng.CoalitionalGame(game.values + other.values)
    assert np.allclose(ng.shapley(both), ng.shapley(game) + ng.shapley(other), rtol=0, atol=1e-12)


@few
@given(game=coalitional_games(3), alone=st.integers(-3, 3))
def test_who_adds_nothing_to_others_gets_what_it_has_alone(game: ng.CoalitionalGame, alone: int) -> None:
    """A dummy player, for every value."""
    wider = ng.CoalitionalGame(np.concatenate([game.values, game.values + alone]))
    for value in (ng.shapley, ng.banzhaf, ng.prenucleolus):
        assert value(wider)[-1] == pytest.approx(alone, abs=1e-7)


@few
@given(
    game=coalitional_games(),
    scale=st.sampled_from([2.0, 1e9, 1e-6]),
    gifts=st.lists(st.integers(-5, 5), min_size=4, max_size=4),
)
def test_units_and_gifts_do_not_matter(game: ng.CoalitionalGame, scale: float, gifts: list[int]) -> None:
    """Another unit, and a gift to a player wherever it goes, change every value in the obvious way."""
    gift = np.array(gifts[: game.n_players], dtype=float)
    other = ng.CoalitionalGame(scale * (game.values + game.members @ gift))
    for value in (ng.shapley, ng.prenucleolus):
        assert np.allclose(value(other) / scale, value(game) + gift, rtol=0, atol=1e-6)


@few
@given(game=coalitional_games())
def test_prenucleolus_satisfies_kohlbergs_criterion(game: ng.CoalitionalGame) -> None:
    """Coalitions at or above every level of complaint are balanced (Kohlberg 1971, SIAM J. Appl. Math. 20, 62-66)."""
    assert kohlberg(game, ng.prenucleolus(game), floors=False)


@few
@given(game=coalitional_games())
def test_nucleolus_satisfies_kohlbergs_criterion(game: ng.CoalitionalGame) -> None:
    """The same, helped by the players who get no more than they have alone."""
    assume(game.singles.sum() <= game.total)
    shares = ng.nucleolus(game)
    assert (shares >= game.singles - 1e-7).all()
    assert kohlberg(game, shares, floors=True)


def kohlberg(game: ng.CoalitionalGame, shares: np.ndarray, *, floors: bool) -> bool:
    n = game.n_players
    if n == 1:
        return bool(shares[0] == game.total)
    proper = game.members[1:-1].astype(float)
    excess = game.excesses(shares)[1:-1]
    helpers = np.eye(n)[np.abs(shares - game.singles) < 1e-7] if floors else np.zeros((0, n))
    for level in np.unique(np.round(excess, 6)):
        loud = proper[excess >= level - 1e-6]
        # the largest least weight with which the loud coalitions, helped, cover every player exactly once
        found = linprog(
            np.append(np.zeros(len(loud) + len(helpers)), -1.0),
            A_ub=np.hstack([-np.eye(len(loud)), np.zeros((len(loud), len(helpers))), np.ones((len(loud), 1))]),
            b_ub=np.zeros(len(loud)),
            A_eq=np.hstack([loud.T, helpers.T, np.zeros((n, 1))]),
            b_eq=np.ones(n),
            bounds=(0, None),
        )
        if found.status != 0 or found.x[-1] < 1e-9:
            return False
    return True


@few
@given(game=coalitional_games())
def test_the_core_is_what_brute_force_finds(game: ng.CoalitionalGame) -> None:
    """Every choice of equations that fixes a point, kept if no coalition objects."""
    n = game.n_players
    rows, found = game.members.astype(float), set()
    for chosen in itertools.combinations(range(1, 2**n - 1), n - 1):
        system = rows[[*chosen, 2**n - 1]]
        if np.linalg.matrix_rank(system) == n:
            x = np.linalg.solve(system, game.values[[*chosen, 2**n - 1]])
            if (rows @ x >= game.values - 1e-9).all():
                found.add(tuple(np.round(x, 6) + 0.0))
    core = ng.core(game)
    assert core.is_empty == (not found)
    assert {tuple(np.round(v, 6) + 0.0) for v in core.vertices} == found
    assert core.is_empty or (core.contains(core.point, tol=1e-7) and core.contains(ng.nucleolus(game), tol=1e-7))


@few
@given(game=coalitional_games())
def test_convex_games_hold_their_shapley_value_in_the_core(game: ng.CoalitionalGame) -> None:
    """Shapley (1971), and convexity itself against its definition on all pairs of coalitions."""
    v = game.values
    pairs = itertools.product(range(v.size), repeat=2)
    assert game.is_convex == all(v[a | b] + v[a & b] >= v[a] + v[b] for a, b in pairs)
    assert not game.is_convex or ng.core(game).contains(ng.shapley(game))


def test_sampling_comes_near_the_exact_value() -> None:
    """Within four standard errors, and adding up exactly."""
    rng = np.random.default_rng(5)
    weights = rng.integers(1, 9, 12)
    exact = ng.shapley(ng.weighted_voting(weights.sum() / 2, weights.tolist()))
    estimate = ng.sampled_shapley(lambda s: (s @ weights >= weights.sum() / 2).astype(float), 12, draws=2000, rng=rng)
    assert (np.abs(estimate.value - exact) < 4 * estimate.standard_error + 1e-12).all()
    assert estimate.value.sum() == pytest.approx(1)
    assert estimate.standard_error.max() < 0.01


def test_twenty_players_are_within_reach() -> None:
    """A symmetric majority: everybody gets the same by every value, and the least excess is what eleven lack."""
    game = ng.weighted_voting(11, [1] * 20)
    for value in (ng.shapley, ng.nucleolus):
        assert np.allclose(value(game), 1 / 20, rtol=0, atol=1e-9)
    assert ng.least_core(game).excess == pytest.approx(1 - 11 / 20)
    assert ng.core(game).is_empty


def talmud(estate: float, claims: np.ndarray) -> np.ndarray:
    """Half the claims' constrained equal awards, or claims less constrained equal losses: Aumann and Maschler (1985), JET 36."""
    half = claims / 2
    if estate > half.sum():
        return claims - talmud(claims.sum() - estate, claims)
    low, high = 0.0, float(half.max())
    for _ in range(100):
        cap = (low + high) / 2
        low, high = (cap, high) if np.minimum(half, cap).sum() < estate else (low, cap)
    return np.minimum(half, high)


@pytest.mark.parametrize(("n", "estate"), [(3, 300), (9, 100), (14, 150), (17, 250)])
def test_the_nucleolus_of_a_bankruptcy_is_the_talmud_rule(n: int, estate: float) -> None:
    """An independent method for many players, with thousands of coalitions that tie at 0."""
    claims = np.random.default_rng(n).integers(1, 50, n).astype(float)
    estate = min(estate, 0.8 * claims.sum())
    assert np.allclose(ng.nucleolus(ng.bankruptcy(estate, claims.tolist())), talmud(estate, claims), rtol=0, atol=1e-6)
