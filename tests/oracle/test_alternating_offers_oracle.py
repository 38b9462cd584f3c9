"""Alternating offers beside independent methods: the game tree by plain recursion, and the closed forms in the limit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import negotiation as ng

TOL = 1e-9


# Each draw is a handful of linear programmes, or a brute force: the gate's 500 would take minutes.
few = settings(max_examples=min(80, settings.default.max_examples))


@st.composite
def games(draw: st.DrawFn) -> dict[str, Any]:
    """Small games with everything in them; payoffs from few integers, discount factors that cause ties."""
    n = draw(st.integers(2, 3))
    row = st.lists(st.integers(-1, 4), min_size=n, max_size=n)
    path = st.lists(row, min_size=1, max_size=3)
    return {
        "utilities": draw(st.lists(row, min_size=1, max_size=6)),
        "discount_factors": draw(st.lists(st.sampled_from([0.0, 0.5, 0.75]), min_size=n, max_size=n)),
        "disagreement": draw(path),
        "deadline": draw(st.integers(1, 4)),
        "breakdown_risk": draw(st.sampled_from([0.0, 0.25, 1.0])),
        "outside_options": draw(
            st.none() | st.lists(st.sampled_from([-np.inf, 0.0, 1.0, 2.0]), min_size=n, max_size=n)
        ),
        "first": draw(st.integers(0, n - 1)),
    }


class Tree:
    """The same game as a tree, every package at every node, no shortcuts."""

    def __init__(self, game: dict[str, Any]) -> None:
        self.game = game
        self.u = np.array(game["utilities"], dtype=float)
        self.delta = np.array(game["discount_factors"])
        self.n = self.delta.size
        self.outside = [-np.inf] * self.n if game["outside_options"] is None else game["outside_options"]

    def period(self, t: int) -> np.ndarray:
        path = self.game["disagreement"]
        return np.array(path[min(t, len(path) - 1)], dtype=float)

    def end(self, t: int) -> np.ndarray:
        far = t + 6
        tail = self.period(far)
        for s in reversed(range(t, far)):
            tail = (1 - self.delta) * self.period(s) + self.delta * tail
        return np.maximum(tail, self.outside)

    def refusal(self, t: int, proposer: int) -> np.ndarray:
        """What follows when an offer is refused in round t."""
        risk = self.game["breakdown_risk"]
        later = (1 - risk) * self.value(t + 1) + risk * self.end(t + 1)
        wait = (1 - self.delta) * self.period(t) + self.delta * later
        if any(self.outside[i] > wait[i] + TOL for i in range(self.n) if i != proposer):
            return self.end(t)
        return wait

    def value(self, t: int) -> np.ndarray:
        """What the players expect at the start of round t."""
        if t == self.game["deadline"]:
            return self.end(t)
        p = (self.game["first"] + t) % self.n
        order = [(p + k) % self.n for k in range(self.n)]
        refused = self.refusal(t, p)
        accepted = [u for u in self.u if all(u[i] >= refused[i] - TOL for i in order)]
        return max(accepted, key=lambda u: tuple(u[order])) if accepted else refused


@few
@given(game=games())
def test_backward_induction_agrees_with_the_tree(game: dict[str, Any]) -> None:
    """Values and thresholds at the root, to the last digit that floats have."""
    answer = ng.AlternatingOffers(**game).solve()
    tree = Tree(game)
    assert np.allclose(answer.payoffs, tree.value(0), rtol=0, atol=TOL)
    assert np.allclose(answer.thresholds()[0], tree.refusal(0, game["first"]), rtol=0, atol=TOL)
    if answer.agreement_round == 0:
        assert np.allclose(answer.payoffs, tree.u[answer.outcome])


@few
@given(game=games())
def test_stationary_equilibria_withstand_one_step_deviations(game: dict[str, Any]) -> None:
    """Without a deadline: putting an equilibrium's values after its first cycle gives the same values before it."""
    game = game | {"deadline": None}
    for equilibrium in ng.AlternatingOffers(**game).solve().equilibria:
        tree = Tree(game | {"deadline": equilibrium.cycle})
        last = equilibrium.round_index(equilibrium.offers.size)
        tree.game["disagreement"] = tree.game["disagreement"][-1:]
        start = equilibrium.values[last]

        def value(t: int, tree: Tree = tree, start: np.ndarray = start) -> np.ndarray:
            return start if t == tree.game["deadline"] else Tree.value(tree, t)

        tree.value = value  # type: ignore[method-assign]
        assert np.allclose(value(0), start, rtol=0, atol=1e-7)


@pytest.mark.parametrize("delta", [(0.9, 0.8), (0.5, 0.5), (0.6, 0.95)])
@pytest.mark.parametrize("first", [0, 1])
def test_fine_grids_lead_to_rubinstein(delta: tuple[float, float], first: int) -> None:
    """Every stationary equilibrium on a grid of shares comes within a few steps of the closed form, and closer as it refines."""
    exact = ng.rubinstein(delta, first=first)
    errors = []
    for steps in (10, 100, 1000, 10_000):
        share = np.arange(steps + 1) / steps
        answer = ng.AlternatingOffers(np.column_stack([share, 1 - share]), delta, first=first).solve()
        worst = max(np.abs(e.payoffs - exact).max() for e in answer.equilibria)
        assert worst <= 1 / steps / (1 - max(delta)) + 1e-12
        errors.append(worst)
    assert errors[-1] < 3e-3
    assert errors == sorted(errors, reverse=True)


def test_deadlines_on_a_grid_lead_to_stahl() -> None:
    """Nine tenths and ninths: the grid of hundredths holds the exact answer of three rounds."""
    share = np.arange(101) / 100
    table = np.column_stack([share, 1 - share])
    assert ng.AlternatingOffers(table, (0.9, 0.9), deadline=3).solve().payoffs == pytest.approx((0.91, 0.09))
    fine = np.arange(10_001) / 10_000
    answer = ng.AlternatingOffers(np.column_stack([fine, 1 - fine]), (0.9, 0.8), deadline=5).solve()
    assert answer.payoffs == pytest.approx(ng.stahl((0.9, 0.8), 5), abs=1e-3)


def test_three_players_by_unanimity() -> None:
    """A grid of three shares comes near Sutton's stationary division."""
    steps = 56
    table = np.array([(a, b, steps - a - b) for a in range(steps + 1) for b in range(steps + 1 - a)]) / steps
    answer = ng.AlternatingOffers(table, (0.5, 0.5, 0.5)).solve()
    assert all(np.abs(e.payoffs - (4 / 7, 2 / 7, 1 / 7)).max() <= 4 / steps for e in answer.equilibria)
    assert any(np.allclose(e.payoffs, (4 / 7, 2 / 7, 1 / 7)) for e in answer.equilibria)


def test_outside_options_deal_me_out() -> None:
    """Binmore, Shaked & Sutton (1989) on a grid: only an option better than waiting counts."""
    share = np.arange(1001) / 1000
    table = np.column_stack([share, 1 - share])
    for option, delta in ((0.3, 0.9), (0.5, 0.5)):
        answer = ng.AlternatingOffers(table, (delta, delta), outside_options=(-np.inf, option)).solve()
        exact = ng.rubinstein((delta, delta), outside_options=(0, option))
        assert max(np.abs(e.payoffs - exact).max() for e in answer.equilibria) < 0.011


def test_breakdown_risk_without_impatience_is_like_impatience() -> None:
    """Binmore, Rubinstein & Wolinsky (1986): a risk of q acts like a discount factor of 1 - q, here on top of 0.99."""
    share = np.arange(2001) / 2000
    table = np.column_stack([share, 1 - share])
    answer = ng.AlternatingOffers(table, (0.99, 0.99), breakdown_risk=0.2).solve()
    exact = ng.rubinstein((0.99 * 0.8, 0.99 * 0.8))
    assert max(np.abs(e.payoffs - exact).max() for e in answer.equilibria) < 0.005
