"""The axioms of bargaining solutions, each for the solutions that satisfy it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import negotiation as ng

Rule = Callable[..., Any]
RULES = [ng.nash_bargaining, ng.kalai_smorodinsky, ng.egalitarian, ng.utilitarian, ng.maximin, ng.equal_loss]
UNIT_FREE = [ng.nash_bargaining, ng.kalai_smorodinsky]
GAINS_ONLY = [ng.nash_bargaining, ng.kalai_smorodinsky, ng.egalitarian, ng.equal_loss]


# Each draw is a handful of linear programmes, or a brute force: the gate's 500 would take minutes.
few = settings(max_examples=min(30, settings.default.max_examples))


@st.composite
def problems(draw: st.DrawFn, most: int = 10, players: int = 3) -> ng.BargainingProblem:
    """Two or three players, payoffs from few integers, some outcomes worse than disagreement."""
    n, rows = draw(st.integers(2, players)), draw(st.integers(1, most))
    row = st.lists(st.integers(0, 6), min_size=n, max_size=n)
    table = draw(st.lists(row, min_size=rows, max_size=rows))
    return ng.BargainingProblem(table, draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)))


def named(rules: list[Rule]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("rule", rules, ids=[r.__name__ for r in rules])


def same(a: Any, b: Any) -> bool:
    return bool(np.allclose(a, b, rtol=0, atol=1e-7))


@named(RULES)
@few
@given(problem=problems(), lotteries=st.booleans())
def test_answers_are_rational_and_efficient(rule: Rule, problem: ng.BargainingProblem, lotteries: bool) -> None:
    """Nobody gets less than disagreement, and no outcome is better for one and as good for all."""
    answer = rule(problem, lotteries=lotteries)
    assume(answer.is_agreement)
    assert (answer.payoffs >= problem.disagreement - 1e-9).all()
    better = (problem.utilities >= answer.payoffs - 1e-12).all(axis=1) & (
        problem.utilities > answer.payoffs + 1e-7
    ).any(axis=1)
    assert not better.any()


@named(RULES)
@few
@given(problem=problems())
def test_no_agreement_only_when_nothing_is_acceptable(rule: Rule, problem: ng.BargainingProblem) -> None:
    """An empty answer means that every outcome is worse than disagreement for somebody, and says so."""
    answer = rule(problem)
    assert answer.is_agreement == problem.rational.any()
    if not answer.is_agreement:
        assert (answer.payoffs == problem.disagreement).all()
        assert answer.notes


@named(UNIT_FREE)
@few
@given(problem=problems(), scale=st.sampled_from([1.0, 2.0, 0.1, 1e9]), lotteries=st.booleans())
def test_units_do_not_matter(rule: Rule, problem: ng.BargainingProblem, scale: float, lotteries: bool) -> None:
    """Each player may count in a unit of its own."""
    units = np.array([scale, 3.0, 1.0])[: problem.n_players]
    other = ng.BargainingProblem(problem.utilities * units, problem.disagreement * units)
    assert same(rule(other, lotteries=lotteries).payoffs / units, rule(problem, lotteries=lotteries).payoffs)
    if not lotteries:
        assert rule(other).outcomes.tolist() == rule(problem).outcomes.tolist()


@named(RULES)
@few
@given(problem=problems(), scale=st.sampled_from([1e9, 1e-6]))
def test_a_common_unit_does_not_matter(rule: Rule, problem: ng.BargainingProblem, scale: float) -> None:
    """Dollars and billions give the same outcomes, for rules that compare players too."""
    other = ng.BargainingProblem(problem.utilities * scale, problem.disagreement * scale)
    assert rule(other).outcomes.tolist() == rule(problem).outcomes.tolist()


@named(GAINS_ONLY)
@few
@given(problem=problems(), shift=st.lists(st.integers(-50, 50), min_size=3, max_size=3), lotteries=st.booleans())
def test_only_gains_matter(rule: Rule, problem: ng.BargainingProblem, shift: list[int], lotteries: bool) -> None:
    """Adding a constant to a player's payoffs, disagreement included, changes nothing."""
    by = np.array(shift[: problem.n_players], dtype=float)
    other = ng.BargainingProblem(problem.utilities + by, problem.disagreement + by)
    assert same(rule(other, lotteries=lotteries).payoffs - by, rule(problem, lotteries=lotteries).payoffs)


@named(RULES)
@few
@given(problem=problems())
def test_names_do_not_matter(rule: Rule, problem: ng.BargainingProblem) -> None:
    """Relabelling players and reordering outcomes relabels and reorders the answer."""
    turned = ng.BargainingProblem(problem.utilities[::-1, ::-1], problem.disagreement[::-1])
    expected = sorted(problem.n_outcomes - 1 - k for k in rule(problem).outcomes)
    assert rule(turned).outcomes.tolist() == expected


@named([rule for rule in RULES if rule is not ng.utilitarian])
@few
@given(problem=problems(players=2))
def test_symmetric_problems_have_symmetric_lotteries(rule: Rule, problem: ng.BargainingProblem) -> None:
    """If swapping the players changes nothing, unique answers treat them alike."""
    table = np.vstack([problem.utilities, problem.utilities[:, ::-1]])
    answer = rule(ng.BargainingProblem(table, [problem.disagreement.min()] * 2), lotteries=True)
    assert same(answer.payoffs[0], answer.payoffs[1])


@named([ng.nash_bargaining, ng.egalitarian, ng.utilitarian, ng.maximin])
@few
@given(problem=problems(), data=st.data())
def test_irrelevant_alternatives_do_not_matter(rule: Rule, problem: ng.BargainingProblem, data: st.DataObject) -> None:
    """Taking away outcomes that were not chosen leaves those that were."""
    chosen = rule(problem).outcomes.tolist()
    assume(chosen)
    if rule is ng.nash_bargaining:  # when some player can gain nowhere, the product is over the others
        assume((problem.gains[chosen] > 0).all())
    others = [k for k in range(problem.n_outcomes) if k not in chosen]
    gone = data.draw(st.sets(st.sampled_from(others))) if others else set()
    kept = [k for k in range(problem.n_outcomes) if k not in gone]
    assert [kept[k] for k in rule(problem.restricted(kept)).outcomes] == chosen


@few
@given(problem=problems(), more=st.lists(st.lists(st.integers(0, 6), min_size=3, max_size=3), max_size=4))
def test_more_to_agree_on_hurts_nobody_under_the_egalitarian_rule(problem: ng.BargainingProblem, more: Any) -> None:
    """Strong monotonicity of the smallest gain, over outcomes and over lotteries."""
    extra = np.array(more, dtype=float).reshape(-1, 3)[:, : problem.n_players]
    larger = ng.BargainingProblem(np.vstack([problem.utilities, extra]), problem.disagreement)
    for lotteries in (False, True):
        before, after = (ng.egalitarian(p, lotteries=lotteries) for p in (problem, larger))
        assert not before.is_agreement or after.value >= before.value - 1e-9


@few
@given(problem=problems(players=2), data=st.data())
def test_better_chances_for_one_do_not_hurt_it_under_kalai_smorodinsky(
    problem: ng.BargainingProblem, data: st.DataObject
) -> None:
    """Individual monotonicity over lotteries: new outcomes that leave the other's ideal alone do not hurt the first player."""
    before = ng.kalai_smorodinsky(problem, lotteries=True)
    assume(before.is_agreement and (before.payoffs > problem.disagreement).all())
    chances = problem.utilities[problem.rational, 1].max(initial=0)
    row = st.tuples(st.integers(0, 9), st.integers(0, int(chances)))
    extra = np.array(data.draw(st.lists(row, min_size=1, max_size=4)), dtype=float)
    larger = ng.BargainingProblem(np.vstack([problem.utilities, extra]), problem.disagreement)
    ideals = [ng.nash_bargaining(p, lotteries=True, weights=(1e-9, 1)).payoffs[1] for p in (problem, larger)]
    assume(abs(ideals[0] - ideals[1]) < 1e-6)
    assert ng.kalai_smorodinsky(larger, lotteries=True).payoffs[0] >= before.payoffs[0] - 1e-6


@few
@given(problem=problems(), weights=st.lists(st.integers(1, 4), min_size=3, max_size=3))
def test_nash_lotteries_carry_their_certificate(problem: ng.BargainingProblem, weights: list[int]) -> None:
    """At prices ``w / gain`` no outcome is worth more than the answer: the first-order condition of the concave programme."""
    w = np.array(weights[: problem.n_players], dtype=float)
    answer = ng.nash_bargaining(problem, lotteries=True, weights=w)
    gains = answer.payoffs - problem.disagreement
    assume(answer.is_agreement and gains.min() > 1e-6)
    assert ((problem.gains @ (w / gains)).max() - w.sum()) <= 1e-8 * w.sum()
    assert answer.lottery.outcomes.size <= problem.n_players + 1


@few
@given(problem=problems())
def test_lotteries_do_at_least_as_well(problem: ng.BargainingProblem) -> None:
    """Outcomes are lotteries, so the best lottery is at least as good, where the rule does not move with the set."""
    for rule in (ng.nash_bargaining, ng.egalitarian, ng.utilitarian, ng.maximin):
        discrete, mixed = rule(problem), rule(problem, lotteries=True)
        if discrete.is_agreement and not any("left out" in note for note in (*discrete.notes, *mixed.notes)):
            assert mixed.value >= discrete.value - 1e-7 * max(1.0, abs(discrete.value))
