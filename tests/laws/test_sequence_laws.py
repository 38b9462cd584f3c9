"""Laws of delivery in turn: the shortcut against the tree, bonds against the tree, tranches against every split."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise, product
from typing import Any

import numpy as np
from hypothesis import assume, settings
from hypothesis import given as any_number_of
from hypothesis import strategies as st

import negotiation as ng
from negotiation.analysis.sequence.tranche_search import States, states_of, stop_values, temptations
from negotiation.analysis.sequence.turns import turn_margins
from negotiation.model.payoffs import payoffs
from negotiation.reduce.sequence import orders_of
from negotiation.testing import negotiations, packages

FEW = settings(max_examples=min(settings().max_examples, 60))


def given(**strategies: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """`hypothesis.given` with at most 60 draws."""
    return lambda law: FEW(any_number_of(**strategies)(law))


@st.composite
def cases(draw: st.DrawFn, **options: Any) -> tuple[ng.Negotiation, ng.Package]:
    talks = draw(negotiations(**options))
    return talks, draw(packages(talks))


def is_delivered(game: ng.GameTree) -> bool:
    """Whether all keep in some subgame-perfect equilibrium."""
    found = ng.solve(game, ng.BackwardInduction(limit=5_000))
    assume(found.complete)
    return any({move.rsplit(": ", 1)[1] for move in e.path.split(" → ")} == {"keep"} for e in found.equilibria)


@given(case=cases(max_issues=4))
def test_the_margin_is_not_negative_just_when_the_tree_delivers(case: tuple[ng.Negotiation, ng.Package]) -> None:
    """The criterion's shortcut and backward induction over the whole tree say the same, in every order."""
    talks, package = case
    (code,) = talks.codes([package])
    for order in orders_of(talks, code):
        assume(order)
        margins = turn_margins(talks, code, order, talks.terms.central[None, :])[0]
        assert (margins.min() >= 0) == is_delivered(ng.sequence_game(talks, package, order=order))


@given(case=cases(max_issues=4))
def test_bonds_of_the_size_found_suffice_and_less_does_not(case: tuple[ng.Negotiation, ng.Package]) -> None:
    """With the bonds the tree delivers; with any one of them a little smaller it does not."""
    talks, package = case
    for order, found in ng.bonds(talks, package):
        assume(order)
        amounts = {bond.party: bond.amount for bond in found}
        assert is_delivered(ng.sequence_game(talks, package, order=order, bonds=amounts))
        for name, amount in amounts.items():
            if amount > 0:
                less = amounts | {name: 0.99 * amount}
                assert not is_delivered(ng.sequence_game(talks, package, order=order, bonds=less))


@given(case=cases(max_issues=4))
def test_who_is_bound_is_not_asked(case: tuple[ng.Negotiation, ng.Package]) -> None:
    """When all parties are bound the package is delivered; binding one more party never undoes that for the last to move."""
    talks, package = case
    assert ng.is_enough(talks, package, criterion=ng.Sequenced(bound=talks.party_names))


@given(case=cases(max_issues=4, max_parties=2))
def test_the_last_to_deliver_needs_a_bond_of_its_regret(case: tuple[ng.Negotiation, ng.Package]) -> None:
    """With nobody to answer, the temptation is the gain of doing less with the others' part in hand."""
    talks, package = case
    for order, found in ng.bonds(talks, package):
        assume(order)
        last = talks.party_index(order[-1])
        own = [issue.name for issue in talks.measures(order[-1]) if issue.name in package.moved]
        best = max(
            payoffs(talks, talks.as_package({**package, **{n: talks.issue(n).status_quo for n in drop}}))[last]
            for drop in subsets(own)
        )
        np.testing.assert_allclose(found[-1].amount, best - payoffs(talks, package)[last], atol=1e-9)


def subsets(names: list[str]) -> Iterator[list[str]]:
    for kept in product((False, True), repeat=len(names)):
        yield [name for name, k in zip(names, kept, strict=True) if k]


# --- tranches --------------------------------------------------------------------------------------


def least_by_trying_all(talks: ng.Negotiation, states: States, turns: tuple[str, ...], tempted: np.ndarray) -> float:
    """Every sequence of states that the turns allow, one by one."""

    def best(at: tuple[int, ...], t: int) -> float:
        if at == states.end:
            return 0.0
        if t == len(turns):
            return np.inf
        axes = states.axes(turns[t])
        ranges = [range(x, states.shape[a]) if a in axes else (x,) for a, x in enumerate(at)]
        onward = min(best(to, t + 1) for to in product(*ranges))
        return max(onward, float(tempted[(talks.party_index(turns[t]), *at)]))

    return best(tuple(0 for _ in states.shape), 0)


@given(case=cases(max_issues=4, max_parties=2), steps=st.integers(2, 4))
def test_no_split_tempts_less(case: tuple[ng.Negotiation, ng.Package], steps: int) -> None:
    """The split found is as good as the best of all splits, tried one by one; and its steps lead where they say."""
    talks, package = case
    (code,) = talks.codes([package])
    orders = orders_of(talks, code)
    assume(orders[0])
    states = states_of(talks, code, graded=True)
    tempted = temptations(talks, states, stop_values(talks, states))
    known = min(
        least_by_trying_all(talks, states, tuple(order[t % len(order)] for t in range(steps)), tempted)
        for order in orders
    )
    found = ng.tranches(talks, package, steps=steps)
    np.testing.assert_allclose(found.temptation, known, atol=1e-9)
    assert len(found) <= steps
    at = talks.status_quo
    for step in found.steps:
        assert step.before == at
        assert {talks.issue(n).owner for n in step.after if step.after[n] != at[n]} <= {step.party, None}
        at = step.after
    assert at == package


@given(case=cases(max_issues=4))
def test_more_steps_never_tempt_more(case: tuple[ng.Negotiation, ng.Package]) -> None:
    """Passing is allowed, so further steps can be left unused."""
    talks, package = case
    found = [ng.tranches(talks, package, steps=k).temptation for k in range(3, 8)]
    assert all(after <= before + 1e-12 for before, after in pairwise(found))


@given(case=cases(max_issues=4), factor=st.integers(2, 1000))
def test_the_unit_of_tranches_and_bonds_does_not_matter(case: tuple[ng.Negotiation, ng.Package], factor: int) -> None:
    """Scaled stakes scale temptations and bonds."""
    from negotiation.testing import scaled

    talks, package = case
    bigger = scaled(talks, factor)
    small, large = (ng.tranches(t, package, steps=4) for t in (talks, bigger))
    np.testing.assert_allclose(large.temptation, factor * small.temptation, atol=1e-9 * factor)
    for (_, one), (_, other) in zip(ng.bonds(talks, package), ng.bonds(bigger, package), strict=True):
        np.testing.assert_allclose([b.amount for b in other], [factor * b.amount for b in one], atol=1e-9 * factor)


@st.composite
def exchanges(draw: st.DrawFn) -> ng.Negotiation:
    """Two parties with up to three measures each; small whole stakes, and one interaction across."""
    owners = ["A"] * draw(st.integers(1, 3)) + ["B"] * draw(st.integers(1, 3))
    issues = [ng.Issue(f"x{k}", owner=owner) for k, owner in enumerate(owners)]
    stakes = [ng.Stake(p, issue.name, "lifted", draw(st.integers(-3, 3))) for p in "AB" for issue in issues]
    ends = {issues[0].name: "lifted", issues[-1].name: "lifted"}
    extra = [ng.Interaction(p, ends, draw(st.integers(-3, 3))) for p in "AB"]
    return ng.Negotiation(["A", "B"], issues, stakes, extra)


@given(talks=exchanges())
def test_two_steps_are_one_party_first(talks: ng.Negotiation) -> None:
    """With one step a party, the temptations are the bonds of the better order."""
    package = talks.package(*talks.issue_names)
    found = ng.tranches(talks, package, steps=2)
    least = min(max(b.amount for b in held) for _, held in ng.bonds(talks, package))
    np.testing.assert_allclose(found.temptation, least, atol=1e-9)
