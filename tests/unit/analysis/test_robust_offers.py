"""Offers by least regret and by chance: answers by hand, London, and bad input."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import negotiation as ng


@pytest.fixture
def talks() -> ng.Negotiation:
    return ng.Negotiation(
        ["A", "B"],
        [ng.Issue("x", owner="A"), ng.Issue("y", owner="A"), ng.Issue("z", owner="B")],
        [
            ng.Stake("A", "z", "lifted", 9),
            ng.Stake("A", "x", "lifted", -1),
            ng.Stake("A", "y", "lifted", -2),
            ng.Stake("B", "z", "lifted", -4),
            ng.Stake("B", "x", "lifted", ng.Distribution.uniform(1, 6)),
            ng.Stake("B", "y", "lifted", 3),
        ],
    )


def test_regrets_by_hand(talks):
    """x alone may be refused when both would not (regret 6), both cost 2 more than x alone where that is accepted."""
    offers = ng.robust_offers(talks, ["z"], proposer="A")
    by_offer = dict(zip(map(str, offers.packages), offers.largest_regret.tolist(), strict=True))
    assert by_offer == {
        "x: lifted, y: lifted, z: lifted": 2.0,
        "x: lifted, z: lifted": 6.0,
        "y: lifted, z: lifted": 8.0,
        "z: lifted": 8.0,
    }
    assert offers.best == (talks.package("x", "y", "z"),)
    assert offers.rivals[0] == talks.package("x", "z")
    assert offers.accepted == (True, False, False, False)
    assert "at most 2 payoff units" in str(offers)
    assert "<table" in offers._repr_html_()


def test_a_deal_that_may_turn_out_bad_is_regretted_against_walking_away():
    talks = ng.Negotiation(
        ["A", "B"],
        [ng.Issue("x", owner="A"), ng.Issue("z", owner="B")],
        [
            ng.Stake("A", "z", "lifted", ng.Distribution.uniform(0, 4)),
            ng.Stake("A", "x", "lifted", -3),
            ng.Stake("B", "x", "lifted", 1),
        ],
    )
    offers = ng.robust_offers(talks, ["z"], proposer="A")
    both = offers.packages.index(talks.package("x", "z"))
    assert offers.largest_regret[both] == 3.0  # B gives z for nothing too, so x was given away
    only = ng.robust_offers(talks.with_stakes(ng.Stake("B", "z", "lifted", -1)), ["z"], proposer="A")
    both = only.packages.index(talks.package("x", "z"))
    assert (only.largest_regret[both], only.rivals[both]) == (3.0, None)


def test_the_verdict_says_what_would_have_been_better(talks):
    verdict = ng.is_enough(talks, talks.package("x", "z"), criterion="robust", proposer="A")
    assert (verdict.holds, verdict.margin) == (False, -4.0)
    assert verdict.reason == (
        "A could come to regret it by at most 6 (it is refused, where y: lifted would have been better); of the other 3 offers "
        "the one with y: lifted keeps that to 2."
    )
    assert ng.verify(talks, verdict)
    best = ng.is_enough(talks, talks.package("x", "y", "z"), criterion=ng.Robust("A"))
    assert (best.holds, best.margin) == (True, 4.0)
    assert ng.verify(talks, best)


def test_a_false_certificate_is_not_believed(talks):
    from dataclasses import replace

    verdict = ng.is_enough(talks, talks.package("x", "z"), criterion="robust", proposer="A")
    facts = dict(verdict.certificate.facts["proposers"]["A"])
    for key, value in (
        ("largest_regret", 1.0),
        ("least_other", 3.0),
        ("offers", 3),
        ("best_other", talks.package("z")),
    ):
        false = ng.Certificate("", {"proposers": {"A": facts | {key: value}}})
        assert not ng.verify(talks, replace(verdict, certificate=false))
    assert not ng.verify(talks, replace(verdict, certificate=ng.Certificate("", {"proposers": {}})))
    assert not ng.verify(talks, replace(verdict, margin=1.0, holds=True))


def test_without_a_proposer_each_is_asked(talks):
    """B owns z alone: not conceding it, it regrets nothing, since x alone is no exchange that A would refuse."""
    package = talks.package("x", "z")
    both = ng.is_enough(talks, package, criterion="robust")
    each = [ng.is_enough(talks, package, criterion="robust", party=name) for name in talks.party_names]
    assert both.margin == min(v.margin for v in each)
    assert set(both.certificate.facts["proposers"]) == {"A", "B"}
    assert all(ng.verify(talks, v) for v in (both, *each))


def test_whom_it_cannot_be_asked_about(talks):
    other = ng.is_enough(talks, talks.package("x", "z"), criterion=ng.Robust("A"), party="B")
    assert "not of B" in other.reason
    idle = talks.without_issues("z")
    verdict = ng.is_enough(idle, idle.package("x"), criterion="robust", proposer="B")
    assert verdict.reason == "B owns nothing that it could offer instead."
    assert np.isnan(ng.Robust("B").margins(idle, idle.codes([idle.package("x")]))).all()


def test_margins_are_the_same_on_every_draw(talks):
    draws = ng.draw_stakes(talks, 3, rng=np.random.default_rng(0))
    codes = talks.codes([talks.package("x", "z"), talks.package("x", "y", "z")])
    assert ng.Robust("A").margins(talks, codes, draws=draws).tolist() == [[-4, 4]] * 3


def test_chances_by_hand(talks):
    curve = ng.acceptance_curve(talks, ["z"], proposer="A", party="B", rng=np.random.default_rng(1))
    assert curve.cost.tolist() == [0, 1, 2, 3]
    assert curve.probability == pytest.approx([0, 0.4, 0, 1], abs=0.02)
    assert curve.on_curve.tolist() == [True, True, False, True]
    sure = ng.chance_constrained_offers(talks, ["z"], proposer="A", party="B", probability=0.9)
    assert sure.minimal == (talks.package("x", "y", "z"),)
    half = ng.chance_constrained_offers(talks, ["z"], proposer="A", party="B", probability=0.3)
    assert half.minimal == (talks.package("x", "z"),)
    assert "the cheapest that reaches 30% is x: lifted, z: lifted (1)" in str(half)


def test_a_chance_that_no_offer_reaches_is_an_answer(talks):
    poor = talks.with_stakes(ng.Stake("B", "z", "lifted", -40))
    found = ng.chance_constrained_offers(poor, ["z"], proposer="A", party="B")
    assert found.minimal == ()
    assert "none reaches 90%" in str(found)


def test_chances_are_those_of_probability(talks):
    curve = ng.acceptance_curve(talks, ["z"], proposer="A", draws=4096, rng=np.random.default_rng(3))
    package = talks.package("x", "z")
    alone = ng.probability(talks, package, draws=4096, rng=np.random.default_rng(3))
    assert curve.probability[curve.packages.index(package)] == pytest.approx(alone.value, abs=0.03)


def test_london_is_answered():
    talks = ng.london_2025()
    ask = dict(talks.concession("samarium alone, military buyers included").options)
    offers = ng.robust_offers(talks, ask, proposer="US")
    assert len(offers) == 2**7
    assert (np.diff(offers.largest_regret) >= -1e-9).all()
    curve = ng.chance_constrained_offers(talks, ask, proposer="US", party="China", probability=0.9, draws=2_000)
    assert curve.minimal
    assert pickle.loads(pickle.dumps(curve)).minimal == curve.minimal
    assert pickle.loads(pickle.dumps(offers)).best == offers.best


@pytest.mark.parametrize("probability", [0, -1, 1.1, float("nan"), True])
def test_the_chance_to_reach_is_a_probability(talks, probability):
    with pytest.raises(ng.ProbabilityError):
        ng.chance_constrained_offers(talks, ["z"], proposer="A", probability=probability)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda t: ng.robust_offers(t, [], proposer="A"), ng.EmptyPackageError),
        (lambda t: ng.robust_offers(t, ["x"], proposer="A"), ng.OwnershipError),
        (lambda t: ng.robust_offers(t, ["w"], proposer="A"), ng.UnknownNameError),
        (lambda t: ng.robust_offers(t, ["z"], proposer="C"), ng.UnknownNameError),
        (lambda t: ng.acceptance_curve(t, ["z"], proposer="A", draws=0), ng.ParameterError),
        (lambda t: ng.acceptance_curve(t, ["z"], proposer="A", draws=2**32), ng.SizeLimitError),
        (lambda t: ng.acceptance_curve(t, ["z"], proposer="A", criterion="ratifiable"), ng.ParameterError),
    ],
)
def test_bad_questions_are_refused(talks, call, error):
    with pytest.raises(error):
        call(talks)


def test_too_many_offers_are_refused():
    talks = ng.Negotiation(["A", "B"], [*(ng.Issue(f"i{k}", owner="A") for k in range(14)), ng.Issue("z", owner="B")])
    with pytest.raises(ng.SizeLimitError, match="16,384 offers are too many"):
        ng.robust_offers(talks, ["z"], proposer="A")
