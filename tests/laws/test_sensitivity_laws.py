"""What has to be true of every answer about sensitivity, information and robust offers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import negotiation as ng
from negotiation.analysis.offers.family import offers_for
from negotiation.analysis.robust.regret_check import Regrets
from negotiation.analysis.robust.regrets import largest_regrets
from negotiation.testing import negotiations, packages


def small() -> st.SearchStrategy[ng.Negotiation]:
    """Two or three parties, few issues, ranges and ties."""
    return negotiations(max_parties=3, max_issues=4)


def an_ask(talks: ng.Negotiation, proposer: str) -> list[str]:
    return [i.name for i in talks.issues if i.owner not in (proposer, None)][:2]


@given(talks=small())
@settings(max_examples=60)
def test_largest_regrets_added_up_stake_by_stake_are_the_same(talks: ng.Negotiation) -> None:
    """Matrix products over all pairs, and sums in plain Python for each."""
    proposer = talks.party_names[0]
    ask = an_ask(talks, proposer)
    assume(ask and talks.measures(proposer))
    family, _ = offers_for(talks, ask, proposer)
    assume(family.size <= 16)
    found = largest_regrets(family, proposer)
    regrets = Regrets(talks, proposer)
    worlds = [regrets.arising(talks.package_from_choices(row)) for row in found.codes]
    for world, regret in zip(worlds, found.largest, strict=True):
        again = max(regrets.against_walking_away(world), *(regrets.against(world, w) for w in worlds))
        assert regret == pytest.approx(again, abs=1e-9 * (1 + abs(again)))


@given(talks=small(), seed=st.integers(0, 2**16))
@settings(max_examples=60)
def test_no_stakes_within_the_ranges_are_regretted_more(talks: ng.Negotiation, seed: int) -> None:
    """Whatever is drawn, hindsight never beats an offer by more than its largest regret."""
    proposer = talks.party_names[0]
    ask = an_ask(talks, proposer)
    assume(ask and talks.measures(proposer))
    family, _ = offers_for(talks, ask, proposer)
    assume(family.size <= 64)
    found = largest_regrets(family, proposer)
    draws = ng.draw_stakes(talks, 50, rng=np.random.default_rng(seed))
    worth = ng.payoffs(talks, found.codes, draws=draws)
    others = [j for j in range(len(talks.parties)) if j]
    accepted = (worth[:, :, others] >= draws.reservation[:, None, others]).all(axis=2)
    value = np.where(accepted, worth[:, :, 0], draws.disagreement[:, :1])
    best = np.maximum(value.max(axis=1), draws.disagreement[:, 0])
    slack = 1e-9 * (1 + float(np.abs(found.largest).max()))
    assert ((best[:, None] - value).max(axis=0) <= found.largest + slack).all()


@given(data=st.data(), talks=small())
@settings(max_examples=25)
def test_certificates_of_robust_verdicts_are_proved(data: st.DataObject, talks: ng.Negotiation) -> None:
    """By sums in plain Python; the margin is that of `margins`."""
    package = data.draw(packages(talks))
    proposer = talks.party_names[0]
    assume(len(talks.measures(proposer)) in (1, 2))
    verdict = ng.is_enough(talks, package, criterion="robust", proposer=proposer)
    assert ng.verify(talks, verdict)
    assert verdict.margin == ng.Robust(proposer).margins(talks, talks.codes([package]))[0]


@given(data=st.data(), talks=small())
@settings(max_examples=40)
def test_knowing_more_is_never_worth_less(data: st.DataObject, talks: ng.Negotiation) -> None:
    """One unknown is worth nothing or something, and everything at least as much, up to the error of its estimate."""
    package = data.draw(packages(talks))
    value = ng.value_of_information(talks, package, party=talks.party_names[-1], draws=2_000)
    assert (value.each >= 0).all()
    slack = 6 * value.standard_error + 1e-3 * float(np.abs(value.expected).max()) + 1e-9
    assert value.all >= value.each.max(initial=0.0) - slack
    assert value.all >= 0


@given(data=st.data(), talks=small())
@settings(max_examples=40)
def test_a_tornado_is_the_verdict_with_one_stake_replaced(data: st.DataObject, talks: ng.Negotiation) -> None:
    """The margin at either end is that of the same talks with the end in the place of the range."""
    package = data.draw(packages(talks))
    found = ng.tornado(talks, package, quantiles=(0, 1))
    stakes = {s.label: s for s in talks.stakes}
    for label, values, margins in zip(found.labels, found.values, found.margins, strict=True):
        if label in stakes:
            old = stakes[label]
            for value, margin in zip(values, margins, strict=True):
                fresh = ng.Stake(old.party, old.issue, old.option, float(value), kind=old.kind)
                there = ng.is_enough(talks.with_stakes(fresh), package).margin
                assert margin == pytest.approx(there, abs=1e-9 * (1 + abs(there)))
    assert (np.diff(found.swings) <= 1e-12).all()


@given(talks=small())
@settings(max_examples=25)
def test_smallest_offers_that_reach_a_chance_are_those_of_the_list(talks: ng.Negotiation) -> None:
    """Every offer that reaches it is at least as large as a minimal one, and none below a minimal one reaches it."""
    proposer = talks.party_names[0]
    ask = an_ask(talks, proposer)
    assume(ask)
    other = talks.party_names[1]
    found = ng.chance_constrained_offers(talks, ask, proposer=proposer, party=other, probability=0.6, draws=64)
    codes = talks.codes(found.packages)
    reach = found.probability >= 0.6
    for k in range(len(found)):
        below = (codes <= codes[k]).all(axis=1) & reach & (np.arange(len(found)) != k)
        assert found.is_minimal[k] == (reach[k] and not below.any())
