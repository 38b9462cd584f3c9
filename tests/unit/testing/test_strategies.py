"""The strategies draw what they promise, reach every feature, and shrink to the simplest."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

import negotiation as ng
from negotiation.testing import (
    bargaining_problems,
    bimatrix_games,
    coalitional_games,
    game_payoffs,
    negotiations,
    normal_form_games,
    packages,
    renamed,
    reordered,
    scaled,
    stake_values,
    stakes,
)

FEATURES: dict[str, Callable[[ng.Negotiation], bool]] = {
    "three parties": lambda talks: len(talks.parties) == 3,
    "graded options": lambda talks: any(len(i.options) == 3 for i in talks.issues),
    "a joint issue": lambda talks: any(i.owner is None for i in talks.issues),
    "an interaction": lambda talks: bool(talks.interactions),
    "a fallback above 0": lambda talks: any(p.reservation_value > 0 for p in talks.parties),
    "doubt": lambda talks: any(p.credibility is not None and p.credibility.central < 1 for p in talks.parties),
    "patience": lambda talks: all(p.discount_factor is not None for p in talks.parties),
    "slow detection": lambda talks: any(p.detection_lag > 1 for p in talks.parties),
    "stakes of two kinds": lambda talks: len({s.kind for s in talks.stakes}) > 1,
    "gains and losses": lambda talks: {np.sign(s.central) for s in talks.stakes} == {-1, 0, 1},
    "a party that owns nothing": lambda talks: any(not talks.measures(p) for p in talks.party_names),
}


def test_every_feature_is_reached() -> None:
    """In as many draws as one test makes while developing."""
    seen: set[str] = set()

    @settings(max_examples=50, derandomize=True, database=None)
    @given(negotiations())
    def draw(talks: ng.Negotiation) -> None:
        seen.update(name for name, has in FEATURES.items() if has(talks))

    draw()
    assert seen == set(FEATURES)


def test_the_simplest_of_all() -> None:
    few = settings(max_examples=5, database=None)
    talks = find(negotiations(), lambda talks: True, settings=few)
    assert (talks.party_names, len(talks.issues), talks.stakes) == (("A", "B"), 1, ())
    assert find(packages(talks), lambda package: True, settings=few) == talks.status_quo
    assert find(normal_form_games(), lambda game: True, settings=few).shape == (1, 1)
    assert find(bargaining_problems(), lambda problem: True, settings=few).utilities.shape == (1, 2)


@given(negotiations(joint_issues=False, max_interactions=0, fallbacks=False, patience=False, max_options=2))
def test_what_is_switched_off_stays_off(talks: ng.Negotiation) -> None:
    assert all(i.owner and len(i.options) == 2 for i in talks.issues)
    assert talks.interactions == ()
    assert all(p == ng.Party(p.name) for p in talks.parties)


@given(negotiations(values=stake_values(numbers="ranges")), st.data())
def test_stakes_and_packages_fit_their_negotiation(talks: ng.Negotiation, data: st.DataObject) -> None:
    changed = talks.with_stakes(data.draw(stakes(talks, values=stake_values(numbers="floats"))))
    assert np.isfinite(ng.payoffs(changed, data.draw(packages(changed)))).all()


@given(bimatrix_games(structure="symmetric", payoffs=game_payoffs(numbers="fractions")))
def test_symmetric_games_are_symmetric(game: ng.NormalFormGame) -> None:
    assert (game.exact_payoffs[0] == game.exact_payoffs[1].T).all()
    assert all(isinstance(v, Fraction) for v in game.exact_payoffs.ravel())


@given(normal_form_games(shape=(2, 1, 3), payoffs=game_payoffs(numbers="floats")))
def test_shapes_can_be_fixed(game: ng.NormalFormGame) -> None:
    assert game.shape == (2, 1, 3)


@given(bargaining_problems())
def test_there_is_something_to_bargain_about(problem: ng.BargainingProblem) -> None:
    assert (problem.gains > 0).all(axis=1).any()


@given(coalitional_games())
def test_the_empty_coalition_is_worth_nothing(game: ng.CoalitionalGame) -> None:
    assert game.values[0] == 0
    assert len(game.values) == 2 ** len(game.players)


@given(negotiations(), st.data())
def test_what_ifs_undo_each_other(talks: ng.Negotiation, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(talks.parties))))
    back = [order.index(k) for k in range(len(order))]
    assert reordered(reordered(talks, parties=order), parties=back) == talks
    names = {name: f"{name}2" for name in talks.party_names}
    assert renamed(renamed(talks, parties=names), parties={new: old for old, new in names.items()}) == talks
    assert scaled(scaled(talks, 4), 0.25) == talks


def test_what_ifs_refuse_nonsense() -> None:
    talks = ng.Negotiation(["A", "B"], [ng.Issue("x")])
    with pytest.raises(ng.ParameterError, match=r"parties must list the positions 0 to 1 once each; given \[0, 0\]"):
        reordered(talks, parties=[0, 0])
    with pytest.raises(ng.ParameterError, match="a number above 0, not -1"):
        scaled(talks, -1)
    with pytest.raises(ng.ParameterError, match="numbers must be"):
        stake_values(numbers="complex")  # type: ignore[arg-type]
    with pytest.raises(ng.ParameterError, match="structure must be"):
        find(bimatrix_games(structure="odd"), lambda game: True)  # type: ignore[arg-type]
