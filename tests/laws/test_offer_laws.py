"""Laws of offers: minimal ones against brute force, break-even values put back in, probabilities that are certain."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import negotiation as ng
from negotiation.analysis.break_even import break_even
from negotiation.analysis.criteria.acceptable import Acceptable
from negotiation.analysis.offers.best import best_of, worth_to
from negotiation.analysis.offers.family import asks_for, offers_for
from negotiation.analysis.offers.minimal_programme import by_programme
from negotiation.analysis.offers.minimal_result import Question
from negotiation.testing import negotiations, packages, scaled, stake_values

# Integer stakes from a few values, graded measures, interactions, joint issues, two or three parties, fallbacks.
TALKS = negotiations(min_issues=2, max_issues=5, patience=False)

# Laws that judge many packages a draw, or say again what another test says: the gate's 500 draws would take a minute each.
few = settings(max_examples=min(35, settings.default.max_examples))


def with_an_ask(talks: ng.Negotiation) -> str | None:
    """An issue that the first party does not own, if there is one."""
    return next((i.name for i in talks.issues if i.owner != "A"), None)


def offers(talks: ng.Negotiation, ask: str) -> list[ng.Package]:
    """Every package in which A offers something or nothing for the ask, one by one."""
    own = talks.measures("A")
    last = talks.issue(ask).options[-1]
    return [
        talks.as_package({ask: last} | dict(zip([i.name for i in own], options, strict=True)))
        for options in product(*(i.options for i in own))
    ]


def is_smaller(talks: ng.Negotiation, a: ng.Package, b: ng.Package) -> bool:
    """Whether A offers at most as much of everything in the one as in the other, and less of something."""
    return a != b and all(i.index(a[i.name]) <= i.index(b[i.name]) for i in talks.measures("A"))


@few
@given(talks=TALKS, party=st.sampled_from([None, "A", "B"]))
def test_minimal_packages_are_those_of_brute_force(talks: ng.Negotiation, party: str | None) -> None:
    """Judging every offer with is_enough and comparing all pairs gives the same packages, and the same facts about them."""
    ask = with_an_ask(talks)
    assume(ask is not None)
    verdicts = [ng.is_enough(talks, p, party=party) for p in offers(talks, ask)]
    enough = [v.package for v in verdicts if v]
    minimal = {p for p in enough if not any(is_smaller(talks, q, p) for q in enough)}
    found = ng.minimal_packages(talks, [ask], proposer="A", party=party)
    assert set(found) == minimal
    assert len(found) == len(minimal)
    assert found.complete
    if enough:
        assert found.cheapest in minimal
        assert ng.payoffs(talks, found.cheapest)[0] == max(ng.payoffs(talks, list(minimal))[:, 0])
        assert found.best in enough
        assert ng.payoffs(talks, found.best)[0] == max(ng.payoffs(talks, enough)[:, 0])
        assert found.shortfall == 0
    else:
        assert found.shortfall == -max(v.margin for v in verdicts)
        assert found.refusing
        assert not any(ng.is_enough(talks, found.nearest, party=name) for name in found.refusing)


@few
@given(talks=TALKS, party=st.sampled_from([None, "B"]))
def test_programmes_find_what_listing_finds(talks: ng.Negotiation, party: str | None) -> None:
    """Mixed-integer programmes with cuts, meant for offers past listing, agree on those that can be listed."""
    ask = with_an_ask(talks)
    assume(ask is not None)
    listed = ng.minimal_packages(talks, [ask], proposer="A", party=party)
    family, asked = offers_for(talks, [ask], "A")
    found = by_programme(Question(talks, Acceptable(), "A", party, tuple(asked.items())), family, 1000)
    assert set(found) == set(listed)
    assert found.complete
    assert found.shortfall == pytest.approx(listed.shortfall)
    if listed.best:
        assert ng.payoffs(talks, found.best)[0] == pytest.approx(ng.payoffs(talks, listed.best)[0])


@settings(max_examples=20)
@given(talks=TALKS, patience=st.tuples(*[st.sampled_from([0.3, 0.8])] * 3), deadline=st.sampled_from([2, 3, None]))
def test_minimal_offers_that_nobody_would_wait_out(
    talks: ng.Negotiation, patience: tuple[float, ...], deadline: int | None
) -> None:
    """Under alternating offers: is_enough on every offer, the search by listing, and the one by programmes agree."""
    ask = with_an_ask(talks)
    assume(ask is not None)
    for name, delta in zip(talks.party_names, patience, strict=False):
        talks = talks.with_party(name, discount_factor=delta)
    criterion = ng.BetterThanWaiting(deadline=deadline, order=talks.party_names)
    found = ng.minimal_packages(talks, [ask], proposer="A", criterion=criterion)
    verdicts = [ng.is_enough(talks, p, criterion=criterion, proposer="A") for p in offers(talks, ask)]
    enough = [v.package for v in verdicts if v]
    assert set(found) == {p for p in enough if not any(is_smaller(talks, q, p) for q in enough)}
    if verdicts[0].holds is not None:
        family, asked = offers_for(talks, [ask], "A")
        programmed = by_programme(
            Question(talks, criterion.proposed_by("A"), "A", None, tuple(asked.items())), family, 1000
        )
        assert set(programmed) == set(found)


@few
@given(talks=TALKS)
def test_the_most_an_offer_buys_is_that_of_brute_force(talks: ng.Negotiation) -> None:
    """No set of asks that everybody accepts is worth more, all that are worth as much are given, and so says a programme."""
    assume(talks.measures("A"))
    offer = talks.measures("A")[0].name
    others = [i for i in talks.issues if i.owner != "A"]
    every = [
        talks.as_package({offer: talks.issue(offer).options[-1]} | dict(zip([i.name for i in others], o, strict=True)))
        for o in product(*(i.options for i in others))
    ]
    accepted = [p for p in every if ng.is_enough(talks, p)]
    found = ng.most_an_offer_buys(talks, [offer], proposer="A")
    most = max((ng.payoffs(talks, p)[0] for p in accepted), default=None)
    assert set(found.packages) == {p for p in accepted if ng.payoffs(talks, p)[0] == most}
    family, _ = asks_for(talks, [offer], "A")
    programmed = best_of(Question(talks, Acceptable(), "A", None, ()), family, worth_to(talks, "A"), listed=0)
    assert {talks.package_from_choices(row) for row in programmed.codes} <= set(found.packages)
    assert bool(len(programmed.codes)) == bool(accepted)


def with_value(talks: ng.Negotiation, point: ng.BreakEvenPoint, value: float) -> ng.Negotiation:
    """The negotiation with one number replaced."""
    for stake in talks.stakes:
        if stake.label == point.label:
            return talks.with_stakes(replace(stake, value=value))
    for item in talks.interactions:
        if item.label == point.label:
            return talks.with_interactions(replace(item, value=value))
    return talks.with_party(point.party, **{point.kind.removesuffix(" payoff").removesuffix(" value"): value})


@few
@given(data=st.data(), party=st.sampled_from([None, "B"]))
def test_a_break_even_value_put_in_makes_the_margin_zero(data: st.DataObject, party: str | None) -> None:
    """At the value margin 0; a step back towards the centre the old answer, a step beyond the other; never is never."""
    talks = data.draw(TALKS)
    package = data.draw(packages(talks))
    result = break_even(talks, package, party=party)
    for point in result.points:
        for value, far in ((point.flips_below, -1000.0), (point.flips_above, 1000.0)):
            if np.isnan(value):
                assert ng.is_enough(with_value(talks, point, far), package, party=party).holds == result.holds
                continue
            out = np.sign(value - point.central) or (1.0 if value == point.flips_above else -1.0)
            at = [
                ng.is_enough(with_value(talks, point, value + d * out), package, party=party) for d in (-0.25, 0, 0.25)
            ]
            assert at[1].margin == pytest.approx(0, abs=1e-9)
            if abs(value - point.central) >= 0.25:
                assert at[0].holds == result.holds
            assert at[2].holds != result.holds


@few
@given(data=st.data())
def test_what_is_not_listed_does_not_matter(data: st.DataObject) -> None:
    """Numbers without a break-even point can be anything."""
    talks = data.draw(TALKS)
    package = data.draw(packages(talks))
    result = break_even(talks, package)
    listed = {point.label for point in result.points}
    for item in talks.terms.items:
        if item.label not in listed:
            changed = with_value(talks, ng.BreakEvenPoint(item.label, "", "", 0, 0, 0, 0, 0), 999.0)
            assert ng.is_enough(changed, package).margin == pytest.approx(result.margin)


@few
@given(data=st.data())
def test_searching_finds_the_exact_break_even_values(data: st.DataObject) -> None:
    """The search for criteria that are not linear, used on one that is, gives the same values."""
    talks = data.draw(TALKS)
    package = data.draw(packages(talks))
    exact = {p.label: (p.flips_below, p.flips_above) for p in break_even(talks, package).points}
    searched = {p.label: (p.flips_below, p.flips_above) for p in break_even(talks, package, criterion=Opaque()).points}
    assert {k: v for k, v in searched.items() if not np.isnan(v).all()}.keys() == {
        k for k, v in exact.items() if not np.isnan(v).all()
    }
    for label, values in searched.items():
        assert values == pytest.approx(exact[label], abs=1e-9, nan_ok=True)


class Opaque(Acceptable):
    """Acceptable, but it does not say that it is linear."""

    linear_conditions = None


@few
@given(data=st.data())
def test_beliefs_are_the_margin(data: st.DataObject) -> None:
    """The smallest of the conditions on all stakes together is the margin of the verdict."""
    talks = data.draw(TALKS)
    package = data.draw(packages(talks))
    result = break_even(talks, package)
    assert min(b.margin for b in result.beliefs) == pytest.approx(result.margin, abs=1e-9)


@few
@given(data=st.data())
def test_certain_talks_have_certain_answers(data: st.DataObject) -> None:
    """Without ranges the probability is 0 or 1, as the verdict says, and has no error."""
    talks = data.draw(TALKS)
    package = data.draw(packages(talks))
    for method in ("independent", "sobol"):
        answer = ng.probability(talks, package, draws=64, method=method)
        assert answer.value == float(ng.is_enough(talks, package).holds)
        assert answer.standard_error == 0


RANGES = negotiations(max_issues=4, values=stake_values(numbers="ranges"), patience=False)


@few
@given(data=st.data(), seed=st.integers(0, 2**32))
def test_a_probability_does_not_depend_on_what_else_is_asked(data: st.DataObject, seed: int) -> None:
    """Draws are common: alone, among others, or by a criterion that does not say which stakes it needs, it is the same."""
    talks = data.draw(RANGES)
    some = [data.draw(packages(talks)) for _ in range(3)]
    many = ng.probabilities(talks, some, draws=200, rng=np.random.default_rng(seed))
    opaque = ng.probabilities(talks, some, draws=200, rng=np.random.default_rng(seed), criterion=Opaque())
    alone = [ng.probability(talks, p, draws=200, rng=np.random.default_rng(seed)).value for p in some]
    assert many.value.tolist() == alone == opaque.value.tolist()


@few
@given(data=st.data(), factor=st.sampled_from([2.0**-20, 8.0, 2.0**30]))
def test_units_do_not_matter(data: st.DataObject, factor: float) -> None:
    """Dollars and billions give the same minimal offers and odds; break-even values scale."""
    talks = data.draw(RANGES)
    package = data.draw(packages(talks))
    other = scaled(talks, factor)
    ask = with_an_ask(talks)
    if ask is not None:
        assert list(ng.minimal_packages(talks, [ask], proposer="A")) == list(
            ng.minimal_packages(other, [ask], proposer="A")
        )
    assert ng.probability(talks, package, draws=100).value == ng.probability(other, package, draws=100).value
    for a, b in zip(break_even(talks, package).points, break_even(other, package).points, strict=True):
        assert a.label == b.label
        assert b.flips_at == pytest.approx(a.flips_at * factor, nan_ok=True)
