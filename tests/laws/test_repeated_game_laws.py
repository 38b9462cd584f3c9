"""Laws of repeated games: thresholds against streams of payoffs, payoff sets against the theory, automata against brute force."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import negotiation as ng
from negotiation.solvers.repeated.payoff_set import flattened, generates_itself
from negotiation.solvers.repeated.polygon import outside
from negotiation.testing import bimatrix_games, normal_form_games

FEW = settings(max_examples=60)
PATIENCE = st.sampled_from([0.1, 0.3, 0.45, 0.6, 0.75, 0.9])
small = bimatrix_games(max_actions=3)


@st.composite
def streams(draw: st.DrawFn) -> dict[str, float]:
    """Payoffs, lag, length and noise of a trigger strategy."""
    u, t, n = (draw(st.integers(-3, 6)) for _ in range(3))
    noise = draw(st.sampled_from([0.0, 0.05, 0.2]))
    return {
        "complying": u, "cheating": t, "punished": n, "lag": draw(st.integers(1, 4)),
        "length": draw(st.sampled_from([1, 2, 5, 20, np.inf])), "false_alarm": noise,
        "detection": draw(st.sampled_from([0.3, 0.7, 1.0])),
    }  # fmt: skip


def worth(delta: float, s: dict[str, float]) -> tuple[float, float]:
    """Complying, and cheating once for as long as it takes to be noticed, by iterating the values of a small Markov chain."""
    u, t, n, e, q = (s[k] for k in ("complying", "cheating", "punished", "false_alarm", "detection"))
    lasting = delta ** s["length"]
    value = 0.0
    for _ in range(6000):
        value = (1 - delta) * u + delta * ((1 - e) * value + e * ((1 - lasting) * n + lasting * value))
    after, cheating = (1 - lasting) * n + lasting * value, value
    for period in reversed(range(int(s["lag"]))):
        alarm = q if period == s["lag"] - 1 else e
        cheating = (1 - delta) * t + delta * (alarm * after + (1 - alarm) * cheating)
    return value, cheating


@FEW
@given(s=streams(), delta=st.sampled_from([0.2, 0.5, 0.8, 0.95]))
def test_the_threshold_parts_where_cheating_pays_from_where_it_does_not(s: dict[str, float], delta: float) -> None:
    """Brute force over one-shot deviations agrees with the inequality at every patience."""
    complying, cheating = worth(delta, s)
    assume(abs(complying - cheating) > 1e-9 and s["cheating"] > s["complying"])
    assert (cheating < complying) == (delta >= ng.trigger_discount_factor(**s))


@FEW
@given(s=streams())
def test_longer_punishment_never_needs_more_patience_and_lag_and_noise_never_less(s: dict[str, float]) -> None:
    """The threshold falls in the length and grows in the lag and in false alarms."""
    needed = ng.trigger_discount_factor(**s)
    assert ng.trigger_discount_factor(**{**s, "length": s["length"] + 1}) <= needed + 1e-12
    assert ng.trigger_discount_factor(**{**s, "lag": s["lag"] + 1}) >= needed - 1e-12
    assert ng.trigger_discount_factor(**{**s, "false_alarm": s["false_alarm"] + 0.05}) >= needed - 1e-12


@FEW
@given(game=normal_form_games(max_players=3, max_actions=2), data=st.data())
def test_grim_thresholds_are_where_grim_automata_become_an_equilibrium(
    game: ng.NormalFormGame, data: st.DataObject
) -> None:
    """Reversion to a pure equilibrium: automata checked at every joint state agree with the closed form."""
    pure = [e for e in ng.solve(game, ng.PureEnumeration()).equilibria if e.is_pure]
    assume(pure)
    punish = tuple(s[0] for s in data.draw(st.sampled_from(pure)).support)
    agreed = tuple(data.draw(st.integers(0, m - 1)) for m in game.shape)
    needed = ng.critical_discount_factor(game, agreed, punish)
    assume((needed.complying >= needed.punished).all())  # else punishment is a reward, and less patience may hold more
    grim = ng.trigger_automata(game, agreed, punish)
    for delta in (0.2, 0.55, 0.85):
        if min(abs(needed.per_player - delta)) > 1e-6:
            held = ng.check_automata(ng.RepeatedGame(game, delta), grim).is_subgame_perfect
            assert held == (agreed == punish or bool((needed.per_player <= delta).all()))


@FEW
@given(game=small, patience=st.lists(PATIENCE, min_size=2, max_size=2, unique=True))
def test_more_patience_sustains_more_when_lotteries_are_drawn_in_public(
    game: ng.NormalFormGame, patience: list[float]
) -> None:
    """The payoff set grows with the discount factor."""
    less, more = (ng.solve(ng.RepeatedGame(game, d)) for d in sorted(patience))
    if not less.is_empty:
        assert outside(more.vertices, less.vertices).max() < 1e-7


@FEW
@given(game=small, delta=PATIENCE)
def test_equilibrium_payoffs_are_feasible_and_above_the_pure_minmax(game: ng.NormalFormGame, delta: float) -> None:
    """Nobody can be held below its minmax, and every vertex is decomposed up to rounding."""
    found = ng.solve(ng.RepeatedGame(game, delta))
    assume(not found.is_empty)
    rational = ng.feasible_payoffs(game, floor="pure minmax")
    assert all(rational.contains(v, tol=1e-7) for v in found.vertices)
    assert found.error < 1e-8
    assert (found.vertices >= rational.floors - 1e-7).all()
    if len(found.inner):
        assert outside(found.vertices, found.inner).max() < 1e-7


@FEW
@given(game=small, delta=PATIENCE)
def test_stage_equilibria_are_equilibrium_payoffs_at_any_patience(game: ng.NormalFormGame, delta: float) -> None:
    """Repeating a pure equilibrium of the stage game is subgame perfect."""
    found = ng.solve(ng.RepeatedGame(game, delta))
    for e in ng.solve(game, ng.PureEnumeration()).equilibria:
        assert found.contains(e.payoffs, tol=1e-8)


@FEW
@given(game=small, delta=PATIENCE)
def test_two_operators_find_the_same_set(game: ng.NormalFormGame, delta: float) -> None:
    """Abreu and Sannikov's few points, and all corners of all continuations (a hair's difference in patience)."""
    fast = ng.solve(ng.RepeatedGame(game, delta))
    slow = ng.solve(ng.RepeatedGame(game, (delta, delta + 1e-12)))
    assert fast.is_empty == slow.is_empty or not fast.gap < 1e-6
    if not fast.is_empty and not slow.is_empty and fast.gap < 1e-6:
        assert max(outside(slow.vertices, fast.vertices).max(), outside(fast.vertices, slow.vertices).max()) < 1e-6


@FEW
@given(game=small, delta=PATIENCE)
def test_the_inner_polygon_generates_itself(game: ng.NormalFormGame, delta: float) -> None:
    """What is claimed to be proved from inside is: every corner is generated by the polygon's own continuations."""
    repeated = ng.RepeatedGame(game, delta)
    found = ng.solve(repeated)
    if len(found.inner) < 3 or not found.gap > 0:
        return  # a point or a segment: equilibria of the stage game
    pure = np.array([e.payoffs for e in ng.solve(game, ng.PureEnumeration()).equilibria]).reshape(-1, 2)
    is_stage = len(pure) and all(np.abs(pure - v).max(axis=1).min() < 1e-12 for v in found.inner)
    assert is_stage or generates_itself(np.array(found.inner), flattened(repeated), room=0.0)


@settings(max_examples=25)
@given(game=normal_form_games(max_players=3, max_actions=2))
def test_rational_payoffs_are_feasible(game: ng.NormalFormGame) -> None:
    """The set above a floor is part of the set without, and never empty above the mixed minmax."""
    everything = ng.feasible_payoffs(game, floor="none")
    rational = ng.feasible_payoffs(game)
    assert all(everything.contains(v, tol=1e-7) for v in rational.vertices)
    if game.n_players == 2:
        assert not rational.is_empty
        for e in ng.solve(game).equilibria:
            assert rational.contains(e.payoffs, tol=1e-7)
    for i in range(game.n_players):
        assert ng.minmax(game, i).value <= ng.minmax(game, i, mixed=False).value + 1e-9


@st.composite
def machines(draw: st.DrawFn, n_states: int = 2) -> ng.Automaton:
    """Automata with two states and two actions."""
    outputs = [draw(st.integers(0, 1)) for _ in range(n_states)]
    states = st.integers(0, n_states - 1)
    return ng.Automaton(outputs, [[[draw(states) for _ in range(2)] for _ in range(2)] for _ in range(n_states)])


@FEW
@given(game=normal_form_games(shape=(2, 2)), pair=st.tuples(machines(), machines()), delta=PATIENCE)
def test_no_deviating_automaton_beats_what_the_check_says(
    game: ng.NormalFormGame, pair: tuple[ng.Automaton, ng.Automaton], delta: float
) -> None:
    """The best reply over all strategies is that of the best machine whose states are the other's states."""
    repeated = ng.RepeatedGame(game, delta)
    check = ng.check_automata(repeated, pair)
    other, best = pair[1], -np.inf
    for plan in product(range(2), repeat=other.n_states):  # what to do in each state of the other
        shadow = ng.Automaton(list(plan), np.swapaxes(other.transitions, 1, 2), start=other.start)
        best = max(best, float(ng.play_automata(repeated, (shadow, other)).values[0]))
    scale = np.ptp(game.payoffs) or 1.0
    assert abs(best - ng.play_automata(repeated, pair).values[0] - check.nash_gains[0]) < 1e-9 * scale


@FEW
@given(game=normal_form_games(shape=(2, 2)), pair=st.tuples(machines(), machines()), delta=PATIENCE)
def test_subgame_perfect_automata_are_mutual_best_replies(
    game: ng.NormalFormGame, pair: tuple[ng.Automaton, ng.Automaton], delta: float
) -> None:
    """One-shot deviations decide: subgame perfect implies Nash, and its payoffs lie in the payoff set."""
    check = ng.check_automata(ng.RepeatedGame(game, delta), pair)
    if check.is_subgame_perfect:
        assert check.is_nash
        assert ng.solve(ng.RepeatedGame(game, delta)).contains(check.payoffs, tol=1e-7)


@FEW
@given(
    pair=st.tuples(machines(), machines()), delta=st.fractions(min_value="1/10", max_value="9/10", max_denominator=20)
)
def test_values_of_play_agree_however_they_are_found(pair: tuple[ng.Automaton, ng.Automaton], delta: object) -> None:
    """Linear equations, the path and its cycle, exact rationals, and a long undiscounted match weighted by hand."""
    repeated = ng.RepeatedGame(ng.prisoners_dilemma(), delta)  # type: ignore[arg-type]
    play = ng.play_automata(repeated, pair)
    assert np.allclose(play.values, ng.check_automata(repeated, pair).payoffs, atol=1e-9)
    assert np.allclose(play.values, [float(v) for v in play.exact_values()], atol=1e-12)
    d = float(repeated.discount_factors[0])
    match = ng.play_match(pair, turns=300)
    assert np.allclose((1 - d) * d ** np.arange(300) @ match.payoffs, play.values, atol=1e-9)
