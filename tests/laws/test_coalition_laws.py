"""Laws of the coalitional view: brute force over packages, and credit that adds up."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import negotiation as ng
from negotiation.testing import negotiations, packages

few = settings(max_examples=min(30, settings.default.max_examples))
TALKS = negotiations(min_issues=1, max_issues=4, patience=False)


@few
@given(talks=TALKS)
def test_a_group_is_worth_its_best_package(talks: ng.Negotiation) -> None:
    """Listing every package in which only the group's own measures move gives the same worths."""
    game = ng.coalition_game(talks)
    assert game.players == talks.party_names
    everything = [dict(zip(talks.issue_names, o, strict=True)) for o in product(*(i.options for i in talks.issues))]
    for mask in range(1, 2 ** len(game.players)):
        group = [p for i, p in enumerate(game.players) if mask >> i & 1]
        everybody = len(group) == len(game.players)
        at = [talks.party_index(p) for p in group]
        sums = [
            ng.payoffs(talks, p)[at].sum()
            for p in everything
            if all(
                p[i.name] == i.options[0] or i.owner in group or (i.owner is None and everybody) for i in talks.issues
            )
        ]
        fallback = sum(talks.party(p).disagreement.central for p in group)
        assert game.value(group) == pytest.approx(max(*sums, fallback))


@few
@given(data=st.data())
def test_credit_is_the_shapley_value_of_the_gain_game(data: st.DataObject) -> None:
    """For each party and for all together, and it adds up to the payoffs of the package."""
    talks = data.draw(TALKS)
    package = data.draw(packages(talks))
    assume(package.moved)
    found = ng.concession_credit(talks, package)
    assert found.issues == package.moved
    np.testing.assert_allclose(found.credits.sum(axis=0), ng.payoffs(talks, package), atol=1e-9)
    for i, party in enumerate(talks.party_names):
        game = ng.gain_game(talks, package, party=party)
        np.testing.assert_allclose(found.credits[:, i], ng.shapley(game), atol=1e-9)
    np.testing.assert_allclose(found.total, ng.shapley(ng.gain_game(talks, package)), atol=1e-9)


@few
@given(data=st.data())
def test_the_gain_game_values_parts_of_the_package(data: st.DataObject) -> None:
    """The worth of a set is the payoff of the package in which only that set is moved."""
    talks = data.draw(TALKS)
    package = data.draw(packages(talks))
    assume(package.moved)
    game = ng.gain_game(talks, package, party="A")
    for mask in range(2 ** len(game.players)):
        part = {name: package[name] for i, name in enumerate(game.players) if mask >> i & 1}
        smaller = talks.as_package(part) if part else talks.status_quo
        assert game.values[mask] == pytest.approx(ng.payoffs(talks, smaller)[0])


def test_a_package_that_moves_nothing_has_nothing_to_credit() -> None:
    talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A")])
    for function in (ng.gain_game, ng.concession_credit):
        with pytest.raises(ng.EmptyPackageError, match="moves nothing"):
            function(talks, talks.status_quo)


def test_groups_and_parts_past_their_limits_are_refused() -> None:
    names = [f"p{k}" for k in range(21)]
    talks = ng.Negotiation(names, [ng.Issue(f"x{k}", owner=names[k]) for k in range(21)])
    with pytest.raises(ng.SizeLimitError, match="21 parties; groups are valued for up to 12"):
        ng.coalition_game(talks)
    with pytest.raises(ng.SizeLimitError, match=r"21 issues; .* see concession_credit"):
        ng.gain_game(talks, talks.package(*talks.issue_names))
    assert ng.concession_credit(talks, talks.package(*talks.issue_names)).credits.shape == (21, 21)


def test_london_credit_adds_up_and_says_who_concedes() -> None:
    talks = ng.london_2025()
    offer = talks.package("eda_software", "ethane", "samarium")
    text = str(ng.concession_credit(talks, offer))
    assert talks.unit in text
    assert "ethane: lifted" in text
    assert "made by" in text
    assert "the package" in text
    assert "<table" in ng.concession_credit(talks, offer)._repr_html_()
