"""The payoffs keep every law, and every law catches a payoff function that breaks it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import negotiation as ng
from negotiation.testing import (
    PAYOFF_LAWS,
    LawBrokenError,
    PayoffLaw,
    check_payoff_laws,
    negotiations,
    packages,
    scaled,
    stake_values,
)

Payoffs = Callable[[ng.Negotiation, ng.Package], np.ndarray]


@pytest.mark.parametrize("law", PAYOFF_LAWS, ids=str)
def test_payoffs_keep_the_law(law: PayoffLaw) -> None:
    law.check(ng.payoffs)


def test_payoffs_keep_the_laws_with_ranges_and_floats() -> None:
    check_payoff_laws(ng.payoffs, talks=negotiations(values=stake_values(numbers="ranges")), max_examples=20)
    check_payoff_laws(
        ng.payoffs, talks=negotiations(values=stake_values(-1000, 1000, numbers="floats")), max_examples=20
    )


# --- every law can fail --------------------------------------------------------------------------

_calls = count()


def _scalar(talks: ng.Negotiation, package: ng.Package) -> np.ndarray:
    return ng.payoffs(talks, package).sum()


def _moody(talks: ng.Negotiation, package: ng.Package) -> np.ndarray:
    return ng.payoffs(talks, package) + next(_calls)


def _signing_bonus(talks: ng.Negotiation, package: ng.Package) -> np.ndarray:
    return ng.payoffs(talks, package) + 1


def _no_interest(talks: ng.Negotiation, package: ng.Package) -> np.ndarray:
    return np.zeros(len(talks.parties))


def _no_interactions(talks: ng.Negotiation, package: ng.Package) -> np.ndarray:
    return ng.payoffs(talks.replaced(interactions=()), package)


def _envious(talks: ng.Negotiation, package: ng.Package) -> np.ndarray:
    values = ng.payoffs(talks, package)
    return values - values.mean()


def _capped(talks: ng.Negotiation, package: ng.Package) -> np.ndarray:
    return np.clip(ng.payoffs(talks, package), -2, 2)


def _first_party_weighs_double(talks: ng.Negotiation, package: ng.Package) -> np.ndarray:
    values = ng.payoffs(talks, package)
    values[0] *= 2
    return values


def _first_issue_counts_double(talks: ng.Negotiation, package: ng.Package) -> np.ndarray:
    first = talks.issues[0]
    return ng.payoffs(talks, package) + ng.payoffs(talks, talks.as_package({first.name: package[first.name]}))


def _knows_names(talks: ng.Negotiation, package: ng.Package) -> np.ndarray:
    return ng.payoffs(talks, package) * (1 + ("x1" in talks.issue_names))


def _averages(talks: ng.Negotiation, package: ng.Package) -> np.ndarray:
    return ng.payoffs(talks, package) / len(talks.issues)


def _security_first(talks: ng.Negotiation, package: ng.Package) -> np.ndarray:
    heavy = [ng.Stake(s.party, s.issue, s.option, s.central * 9, s.kind) for s in talks.stakes if s.kind == "security"]
    return ng.payoffs(talks.with_stakes(*heavy), package)


WRONG = {
    "shape": _scalar,
    "repeatable": _moody,
    "status quo": _signing_bonus,
    "one stake": _no_interest,
    "one interaction": _no_interactions,
    "own stakes": _envious,
    "additive": _capped,
    "unit": _signing_bonus,
    "order of parties": _first_party_weighs_double,
    "order of issues": _first_issue_counts_double,
    "names": _knows_names,
    "idle issue": _averages,
    "kinds": _security_first,
}


@pytest.mark.parametrize("law", PAYOFF_LAWS, ids=str)
def test_the_law_catches_a_function_that_breaks_it(law: PayoffLaw) -> None:
    with pytest.raises(LawBrokenError, match=f"breaks the law '{law.name}'.*\n  package: .*\n  found: "):
        law.check(WRONG[law.name], max_examples=300)


def test_the_counterexample_names_the_negotiation() -> None:
    with pytest.raises(LawBrokenError) as error:
        check_payoff_laws(_signing_bonus, max_examples=20)
    assert "3 of 13 laws broken" in str(error.value)
    assert "_signing_bonus breaks the law 'status quo': the status quo pays 0 to everybody." in str(error.value)
    assert "x1: in force | lifted, owned by A" in str(error.value)


def test_a_negotiation_of_ones_own_can_be_the_place_to_look() -> None:
    talks = ng.Negotiation(["US", "China"], [ng.Issue("ethane", owner="US")], [ng.Stake("US", "ethane", "lifted", 7)])
    check_payoff_laws(ng.payoffs, talks=talks)
    with pytest.raises(LawBrokenError, match="US: ethane lifted"):
        check_payoff_laws(_envious, talks=talks)


# --- what the laws do not say: several packages at once, draws, credibility -------------------------


@given(negotiations(), st.data())
def test_many_packages_at_once_pay_what_each_pays_alone(talks: ng.Negotiation, data: st.DataObject) -> None:
    several = data.draw(st.lists(packages(talks), min_size=1, max_size=4))
    np.testing.assert_allclose(ng.payoffs(talks, several), [ng.payoffs(talks, p) for p in several], atol=1e-12)


@given(negotiations(values=stake_values(numbers="ranges")), st.data(), st.integers(0, 2**32))
def test_a_draw_pays_what_talks_with_the_drawn_stakes_pay(
    talks: ng.Negotiation, data: st.DataObject, seed: int
) -> None:
    package = data.draw(packages(talks))
    draws = ng.draw_stakes(talks, 3, rng=np.random.default_rng(seed))
    got = ng.payoffs(talks, package, draws=draws)
    for row, values in zip(got, draws.values, strict=True):
        n = len(talks.stakes)
        stakes = [
            ng.Stake(s.party, s.issue, s.option, v, s.kind) for s, v in zip(talks.stakes, values[:n], strict=True)
        ]
        extra = [
            ng.Interaction(q.party, q.options, v, q.kind) for q, v in zip(talks.interactions, values[n:], strict=True)
        ]
        fixed = talks.replaced(stakes=tuple(stakes), interactions=tuple(extra))
        np.testing.assert_allclose(row, ng.payoffs(fixed, package), atol=1e-9)


@given(negotiations(), st.data())
def test_full_credibility_changes_nothing(talks: ng.Negotiation, data: st.DataObject) -> None:
    package = data.draw(packages(talks))
    sure = ng.payoffs(talks, package, credibility=np.ones(len(talks.parties)))
    np.testing.assert_array_equal(sure, ng.payoffs(talks, package))


@given(negotiations(joint_issues=False), st.data())
def test_nobody_doubts_its_own_concessions(talks: ng.Negotiation, data: st.DataObject) -> None:
    package = data.draw(packages(talks))
    alone = [talks.as_package(talks.concessions_of(p, package) or talks.status_quo) for p in talks.party_names]
    doubted = ng.payoffs(talks, package, credibility=np.zeros(len(talks.parties)))
    np.testing.assert_allclose(doubted, [ng.payoffs(talks, own)[i] for i, own in enumerate(alone)], atol=1e-12)


@given(negotiations(values=stake_values(numbers="ranges")), st.data(), st.sampled_from([2.0, 1000.0, 1e-6]))
def test_another_unit_gives_the_same_draws(talks: ng.Negotiation, data: st.DataObject, factor: float) -> None:
    package = data.draw(packages(talks))
    first, second = (
        ng.payoffs(t, package, draws=ng.draw_stakes(t, 5, rng=np.random.default_rng(1)))
        for t in (talks, scaled(talks, factor))
    )
    np.testing.assert_allclose(second / factor, first, atol=1e-9)
