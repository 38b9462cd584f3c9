"""Laws of the logit branch, its limit and its fit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import negotiation as ng
from negotiation.testing import bimatrix_games, normal_form_games

# Solving costs milliseconds a draw: the hundreds of draws in CI would take a minute a law.
few = settings(max_examples=min(60, settings.default.max_examples))

GAMES = normal_form_games()
PRECISIONS = st.lists(st.sampled_from([0, 0.01, 0.3, 1, 2.5, 7, 40, 1000]), min_size=1, max_size=4)


def logit(game: ng.NormalFormGame, profile: ng.Profile, precision: float) -> list[np.ndarray]:
    """The logit response to a profile, straight from its definition."""
    out = []
    for i in range(game.n_players):
        u = precision * ng.action_values(game, profile, i)
        e = np.exp(u - u.max())
        out.append(e / e.sum())
    return out


@few
@given(game=GAMES, precisions=PRECISIONS)
def test_profiles_are_logit_responses_to_themselves(game: ng.NormalFormGame, precisions: list[float]) -> None:
    """A fixed point of the logit map at every precision asked for, in the order asked for."""
    path = ng.quantal_response(game, precisions)
    assert len(path) == len(precisions)
    for precision, profile in zip(precisions, path, strict=True):
        for p, q in zip(profile, logit(game, profile, precision), strict=True):
            assert p == pytest.approx(q, abs=1e-11 * (1 + precision))
            assert p.sum() == pytest.approx(1, abs=1e-14)


@few
@given(game=GAMES)
def test_without_precision_play_is_uniform(game: ng.NormalFormGame) -> None:
    (profile,) = ng.quantal_response(game, 0)
    for p, m in zip(profile, game.shape, strict=True):
        assert p == pytest.approx(np.full(m, 1 / m), abs=1e-15)


@few
@given(game=GAMES, precision=st.sampled_from([0.05, 0.1]))
def test_at_small_precision_it_is_what_iteration_converges_to(game: ng.NormalFormGame, precision: float) -> None:
    """Where the logit map contracts its fixed point is unique, so iterating it is an independent method."""
    scaled = ng.NormalFormGame(game.payoffs / max(1.0, np.ptp(game.payoffs)))
    profile = [np.full(m, 1 / m) for m in game.shape]
    for _ in range(200):
        profile = logit(scaled, profile, precision)
    (found,) = ng.quantal_response(scaled, precision)
    for p, q in zip(found, profile, strict=True):
        assert p == pytest.approx(q, abs=1e-13)


@few
@given(game=GAMES, power=st.integers(-30, 30), precision=st.sampled_from([0.3, 1, 10]))
def test_precision_is_one_over_the_payoff_unit(game: ng.NormalFormGame, power: int, precision: float) -> None:
    """Payoffs times k at a precision over k are the same play."""
    k = 2.0**power
    (here,) = ng.quantal_response(game, precision)
    (there,) = ng.quantal_response(ng.NormalFormGame(game.payoffs * k), precision / k)
    for p, q in zip(here, there, strict=True):
        assert p == pytest.approx(q, abs=1e-9)


@few
@given(game=GAMES, shift=st.integers(-1000, 1000), precision=st.sampled_from([0.3, 1, 10]))
def test_a_bonus_does_not_change_play(game: ng.NormalFormGame, shift: int, precision: float) -> None:
    (here,) = ng.quantal_response(game, precision)
    (there,) = ng.quantal_response(ng.NormalFormGame(game.payoffs + shift), precision)
    for p, q in zip(here, there, strict=True):
        assert p == pytest.approx(q, abs=1e-9)


@few
@given(game=GAMES, data=st.data())
def test_equal_actions_are_taken_equally_often(game: ng.NormalFormGame, data: st.DataObject) -> None:
    """A copy of an action gets the same probability as its model."""
    player = data.draw(st.integers(0, game.n_players - 1))
    copy = np.take(game.payoffs, [0], axis=player + 1)
    twice = ng.NormalFormGame(np.concatenate([game.payoffs, copy], axis=player + 1))
    for profile in ng.quantal_response(twice, [0.5, 3]):
        assert profile[player][0] == pytest.approx(profile[player][-1], abs=1e-12)


@few
@given(game=GAMES)
def test_the_limit_is_an_equilibrium(game: ng.NormalFormGame) -> None:
    """Whatever the ties, the branch ends in a Nash equilibrium or the solution says that it does not know."""
    found = ng.solve(game, ng.LogitPath())
    assert len(found) == 1
    assert found.equilibria[0].regret == pytest.approx(ng.regret(game, found.equilibria[0].profile).max(), abs=1e-12)
    if found.status is ng.Status.FOUND:
        assert found.equilibria[0].regret <= 1e-8
    else:
        assert any("approximate" in note for note in found.notes)


@few
@given(game=bimatrix_games())
def test_the_limit_is_among_all_equilibria_of_generic_games(game: ng.NormalFormGame) -> None:
    everything = ng.solve(game)
    assume(everything.complete and all(part.is_point for part in everything.components))
    limit = ng.solve(game, ng.LogitPath()).equilibria[0].profile
    assert any(
        all(np.abs(p - q).max() <= 1e-6 for p, q in zip(limit, e.profile, strict=True)) for e in everything.equilibria
    )


@few
@given(game=bimatrix_games(min_actions=2, max_actions=3), precision=st.sampled_from([0.2, 0.5]))
def test_a_fit_gives_back_the_precision_that_made_the_counts(game: ng.NormalFormGame, precision: float) -> None:
    """Counts in the exact proportions of a quantal response are most likely there, at least as likely as at the truth."""
    (profile,) = ng.quantal_response(game, precision)
    truth = sum(100 * float(p @ np.log(p)) for p in profile)
    fit = ng.fit_quantal_response(game, [100 * p for p in profile])
    assert fit.log_likelihood == pytest.approx(truth, abs=1e-9)
    (again,) = ng.quantal_response(game, min(fit.precision, 1e6))
    for p, q in zip(again, profile, strict=True):
        assert p == pytest.approx(q, abs=1e-5)
