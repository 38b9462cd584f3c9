"""Laws of correlated equilibria, on games in which ties are the normal case."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import negotiation as ng
from negotiation.testing import normal_form_games

# Solving costs milliseconds a draw: the hundreds of draws in CI would take a minute a law.
few = settings(max_examples=min(60, settings.default.max_examples))

GAMES = normal_form_games()
KINDS = st.booleans()
NAMES = st.sampled_from(["welfare", "worst_welfare", "fairest"])


def joint(profile: tuple[np.ndarray, ...]) -> np.ndarray:
    """The distribution over combinations when everybody mixes alone."""
    out = np.ones(())
    for p in profile:
        out = np.multiply.outer(out, p)
    return out


@few
@given(game=GAMES, objective=NAMES, coarse=KINDS)
def test_what_is_returned_is_an_equilibrium(game: ng.NormalFormGame, objective: str, coarse: bool) -> None:
    """A distribution, with payoffs and value as it says, that nobody gains by disobeying."""
    found = ng.correlated_equilibrium(game, objective, coarse=coarse)
    assert found.distribution.shape == game.shape
    assert found.distribution.min() >= 0
    assert found.distribution.sum() == pytest.approx(1, abs=1e-12)
    assert ng.disobedience(game, found.distribution, coarse).max() == found.regret <= 1e-8
    value = found.payoffs.min() if objective == "fairest" else found.payoffs.sum()
    assert found.value == pytest.approx(value, abs=1e-12)


@few
@given(game=GAMES)
def test_nash_is_correlated_is_coarse(game: ng.NormalFormGame) -> None:
    """Every Nash equilibrium is a correlated one and every correlated one a coarse one."""
    for e in ng.solve(game).equilibria:
        assert ng.disobedience(game, joint(e.profile)).max() <= 1e-8
    found = ng.correlated_equilibrium(game, "worst_welfare")
    assert ng.disobedience(game, found.distribution, coarse=True).max() <= found.regret + 1e-12


@few
@given(game=GAMES)
def test_larger_sets_have_better_and_worse_ends(game: ng.NormalFormGame) -> None:
    """The best coarse one is at least the best correlated one, which is at least the best Nash; the worst at most."""
    nash = [e.payoffs.sum() for e in ng.solve(game).equilibria]
    best = [ng.correlated_equilibrium(game, coarse=c).value for c in (False, True)]
    worst = [ng.correlated_equilibrium(game, "worst_welfare", coarse=c).value for c in (False, True)]
    assert best[1] >= best[0] - 1e-8
    assert worst[1] <= worst[0] + 1e-8
    assert worst[0] <= best[0] + 1e-8
    if nash:
        assert best[0] >= max(nash) - 1e-8
        assert worst[0] <= min(nash) + 1e-8


@few
@given(game=GAMES, coarse=KINDS)
def test_no_objective_helps_the_poorest_more_than_fairest(game: ng.NormalFormGame, coarse: bool) -> None:
    """The least payoff of the fairest is at least that under any other objective."""
    fairest = ng.correlated_equilibrium(game, "fairest", coarse=coarse)
    for objective in ["welfare", *np.eye(game.n_players)]:
        other = ng.correlated_equilibrium(game, objective, coarse=coarse)
        assert fairest.value >= other.payoffs.min() - 1e-8


@few
@given(game=GAMES, objective=NAMES, power=st.integers(-30, 30), coarse=KINDS)
def test_units_do_not_matter(game: ng.NormalFormGame, objective: str, power: int, coarse: bool) -> None:
    """Payoffs in another unit give the same value in that unit."""
    scale = 10.0**power
    here = ng.correlated_equilibrium(game, objective, coarse=coarse)
    there = ng.correlated_equilibrium(ng.NormalFormGame(game.payoffs * scale), objective, coarse=coarse)
    assert there.value / scale == pytest.approx(here.value, abs=1e-8)
    assert there.regret / scale <= 1e-8


@few
@given(game=GAMES, shift=st.lists(st.integers(-1000, 1000), min_size=3, max_size=3), coarse=KINDS)
def test_a_bonus_moves_the_value_by_as_much(game: ng.NormalFormGame, shift: list[int], coarse: bool) -> None:
    """Adding a constant to each player's payoffs adds their sum to the welfare."""
    bonus = np.array(shift[: game.n_players], dtype=float)
    moved = ng.NormalFormGame(game.payoffs + bonus.reshape(-1, *[1] * game.n_players))
    here, there = (ng.correlated_equilibrium(g, coarse=coarse).value for g in (game, moved))
    assert there == pytest.approx(here + bonus.sum(), abs=1e-7)


@few
@given(game=GAMES, data=st.data(), coarse=KINDS)
def test_order_of_actions_does_not_matter(game: ng.NormalFormGame, data: st.DataObject, coarse: bool) -> None:
    """Relabelling one player's actions keeps the value."""
    player = data.draw(st.integers(0, game.n_players - 1))
    order = data.draw(st.permutations(range(game.shape[player])))
    moved = ng.NormalFormGame(np.take(game.payoffs, order, axis=player + 1))
    here, there = (ng.correlated_equilibrium(g, coarse=coarse).value for g in (game, moved))
    assert there == pytest.approx(here, abs=1e-8)


@few
@given(game=GAMES, data=st.data())
def test_a_dominated_action_changes_nothing(game: ng.NormalFormGame, data: st.DataObject) -> None:
    """An action that is always worse than another is never recommended."""
    player = data.draw(st.integers(0, game.n_players - 1))
    model = data.draw(st.integers(0, game.shape[player] - 1))
    worse = np.take(game.payoffs, [model], axis=player + 1).copy()
    worse[player] -= 1
    larger = ng.NormalFormGame(np.concatenate([game.payoffs, worse], axis=player + 1))
    found = ng.correlated_equilibrium(larger)
    assert np.take(found.distribution, -1, axis=player).max() <= 1e-8
    assert found.value == pytest.approx(ng.correlated_equilibrium(game).value, abs=1e-7)


@few
@given(game=normal_form_games(max_players=2), data=st.data())
def test_two_players_swapped_swap_their_payoffs(game: ng.NormalFormGame, data: st.DataObject) -> None:
    """The best for the one is the best for the other in the game with places changed."""
    if game.n_players == 2:
        mirror = ng.NormalFormGame(game.payoffs[::-1].transpose(0, 2, 1))
        assert ng.correlated_equilibrium(game, [1, 0]).value == pytest.approx(
            ng.correlated_equilibrium(mirror, [0, 1]).value, abs=1e-8
        )
