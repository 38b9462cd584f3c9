"""Each strategy does what its source says, on payoffs small enough to follow by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import negotiation as ng

# Eleven outcomes on a line: what one gains the other loses.
LINE = ng.Domain([[10 - k, k] for k in range(11)], names=("A", "B"))
# Two issues of three options: A wants high options of the first and cares little for the second, B the other way round.
TRADE = ng.Domain.additive([[[0, 4, 8], [2, 1, 0]], [[2, 1, 0], [0, 4, 8]]], names=("A", "B"))


def offers_of(strategy: Any, others: list[Any], rounds: int, domain: ng.Domain = LINE, rng: int = 0) -> list[float]:
    """What A's offers are worth to it while B makes these offers and accepts nothing."""
    protocol = ng.StackedAlternatingOffers(rounds=rounds, first=1)
    trace = ng.play(domain, [strategy, ng.Scripted(tuple(others))], protocol=protocol, rng=rng)
    assert not trace.faults
    return [float(domain.utilities[x, 0]) for x in trace.offers("A")]


@pytest.mark.parametrize("beta", [0.02, 0.25, 0.5, 1.0, 2.0, 4.0])
@pytest.mark.parametrize("k", [0.0, 0.1])
@pytest.mark.parametrize("floor", [0.0, 0.4])
def test_polynomial_concession_curve(beta: float, k: float, floor: float) -> None:
    """Faratin et al. 1998: alpha = k + (1 - k) t^(1/beta)."""
    times = np.linspace(0, 1, 11)
    expected = 1 - (1 - floor) * (k + (1 - k) * times ** (1 / beta))
    assert ng.TimeBased(beta=beta, k=k, floor=floor).concession(times) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("beta", [0.1, 1.0, 5.0])
@pytest.mark.parametrize("k", [0.01, 0.2])
def test_exponential_concession_curve(beta: float, k: float) -> None:
    """Faratin et al. 1998: alpha = exp((1 - t)^beta ln k); from k at the start to 1 at the deadline."""
    curve = ng.TimeBased(beta=beta, k=k, shape="exponential")
    times = np.linspace(0, 1, 11)
    assert curve.concession(times) == pytest.approx(1 - np.exp((1 - times) ** beta * math.log(k)), abs=1e-12)
    assert curve.level(0) == pytest.approx(1 - k)
    assert curve.level(1) == 0


def test_boulware_is_above_linear_is_above_conceder() -> None:
    times = np.linspace(0.01, 0.99, 50)
    late, even, early = (s.concession(times) for s in (ng.Boulware(), ng.LinearConcession(), ng.Conceder()))
    assert (late > even).all()
    assert (even > early).all()
    assert even == pytest.approx(1 - times)


def test_a_hardliner_never_concedes() -> None:
    assert offers_of(ng.TimeBased(beta=0), [10] * 6, 6) == [10] * 6


def test_relative_tit_for_tat_answers_in_proportion() -> None:
    """B demands all, then 8, 8 and 7 of 10: A comes down to 8/10, stays, and comes down to 7/8 of that."""
    assert offers_of(ng.RelativeTitForTat(), [10, 8, 8, 7], 4) == [10, 8, 8, 7]


def test_relative_tit_for_tat_asks_for_more_when_the_other_does() -> None:
    """Up to its best."""
    assert offers_of(ng.RelativeTitForTat(), [10, 8, 10, 10], 4) == [10, 8, 10, 10]


def test_absolute_tit_for_tat_answers_by_the_same_amount() -> None:
    """B's offers are worth 0, 1, 3, 2 to A."""
    assert offers_of(ng.RandomAbsoluteTitForTat(most=0), [10, 9, 7, 8], 4) == [10, 9, 7, 8]


def test_random_absolute_tit_for_tat_gets_out_of_standstill() -> None:
    """Within the largest random change."""
    made = offers_of(ng.RandomAbsoluteTitForTat(most=0.3), [10] * 30, 30)
    assert min(made) < 10
    assert np.abs(np.diff(made)).max() <= 4


def test_averaged_tit_for_tat_looks_over_its_window() -> None:
    """Over two steps B comes down from 10 to 8, then from 9 to 8: A offers 8, then the closest above 8 * 8/9."""
    opening = ng.TimeBased(beta=0)
    assert offers_of(ng.AveragedTitForTat(window=2, opening=opening), [10, 9, 8, 8], 4) == [10, 10, 8, 8]


def test_longer_lags_answer_older_concessions() -> None:
    opening = ng.TimeBased(beta=0)
    assert offers_of(ng.RelativeTitForTat(lag=2, opening=opening), [10, 8, 8, 8], 4) == [10, 10, 8, 8]


def test_micro_matches_new_offers_one_by_one() -> None:
    """As long as B has made at least as many different offers it makes a new one, else it repeats its last."""
    assert offers_of(ng.MiCRO(repeat="last"), [10, 9, 9, 9, 8, 8], 6) == [10, 9, 8, 8, 7, 7]


def test_micro_accepts_what_it_would_offer_next() -> None:
    trace = ng.play(LINE, [ng.MiCRO(), ng.MiCRO()])
    assert trace.agreement == 5
    assert trace.payoffs.tolist() == [5, 5]


def test_trade_offs_are_as_good_to_oneself_and_more_like_the_others_offer() -> None:
    """At the same level A gives B the second issue, which costs it little."""
    protocol = ng.StackedAlternatingOffers(rounds=4, first=1)
    row = TRADE.row_of(np.array([0, 2]))
    trace = ng.play(
        TRADE, [ng.TradeOff(band=0.25, curve=ng.TimeBased(beta=0, k=0.25)), ng.Scripted((row,) * 4)], protocol=protocol
    )
    assert TRADE.options is not None
    made = TRADE.options[list(trace.offers("A"))]
    assert made.tolist() == [[2, 2]] * 4


@pytest.mark.parametrize("model", [ng.FrequencyModel(), ng.BayesianModel()])
def test_models_learn_what_the_other_wants(model: Any) -> None:
    """B keeps the second issue and trades the first: the learner finds its weights and best options in order."""
    state = model.start([3, 3])
    for k, offer in enumerate([[0, 2], [0, 2], [1, 2], [0, 2], [1, 2], [2, 2]]):
        model.update(state, np.array(offer), k / 10)
    first, second = model.issue_values(state)
    assert second.max() > first.max()
    assert np.argmax(second) == 2
    assert np.argmax(first) == 0
    assert first.max() + second.max() == pytest.approx(1)


def test_learners_offer_what_is_good_for_the_other_at_no_cost() -> None:
    """Against one who only ever asks for the second issue, the learner gives it up at once, as a plain curve does not."""
    row = TRADE.row_of(np.array([0, 2]))
    curve = ng.TimeBased(beta=0, k=0.25)
    for strategy in (ng.OpponentLearner(band=0.25, curve=curve), ng.HardHeaded(band=0.25, curve=curve)):
        trace = ng.play(
            TRADE, [strategy, ng.Scripted((row,) * 3)], protocol=ng.StackedAlternatingOffers(rounds=3, first=1)
        )
        assert TRADE.options is not None
        assert TRADE.options[list(trace.offers("A"))].tolist() == [[2, 2]] * 3


def test_nice_tit_for_tat_concedes_as_far_as_the_other_has() -> None:
    """Nothing for nothing; the more B gives, the more A gives, and no more than to the Nash point."""
    patient = ng.NiceTitForTat(late=1.0)
    assert offers_of(patient, [10] * 5, 6)[:5] == [10] * 5
    yielding = offers_of(patient, [10, 9, 8, 7, 6], 6)
    assert yielding[0] == 10
    assert yielding == sorted(yielding, reverse=True)
    assert 4 <= yielding[4] < 10


def test_two_nice_tit_for_tats_meet_near_the_middle_and_the_deadline() -> None:
    """Both wait for the other until it is late."""
    trace = ng.play(LINE, [ng.NiceTitForTat(), ng.NiceTitForTat()])
    assert trace.agreement is not None
    assert trace.rounds > 90
    assert np.abs(trace.payoffs - 5).max() <= 2


def test_random_walkers_stay_above_their_floor() -> None:
    made = offers_of(ng.RandomWalker(floor=0.6), [10] * 40, 40)
    assert min(made) >= 6
    assert len(set(made)) > 2


def test_an_annealer_votes_for_what_hurts_at_first_only() -> None:
    """At temperature 0, at the end, it does not."""
    votes: dict[bool, int] = {True: 0, False: 0}
    for seed in range(40):
        trace = ng.play(LINE, [ng.Annealer(5.0), lambda view: "accept"], protocol=ng.SingleText(votes=2), rng=seed)
        early, late = (e for e in trace.events if e.kind.startswith("vote") and e.party == 0)
        votes[True] += early.kind == "vote yes"
        votes[False] += late.kind == "vote yes" and (late.outcome or 0) > (
            early.outcome if early.kind == "vote yes" else 0
        )
    assert votes[True] > 20
    assert votes[False] == 0


def test_the_equilibrium_player_takes_all_with_the_last_word() -> None:
    """Without a cost of time, whoever makes the last offer that can be answered gets its best acceptable outcome."""
    for first, expected in ((0, [10, 0]), (1, [0, 10])):
        trace = ng.play(LINE, [ng.EquilibriumPlayer()] * 2, protocol=ng.StackedAlternatingOffers(rounds=3, first=first))
        assert trace.payoffs.tolist() == expected


def test_equilibrium_play_comes_near_rubinsteins_split() -> None:
    """Over a fine grid, with a deadline far away."""
    fine = ng.Domain([[1 - k / 1000, k / 1000] for k in range(1001)], discount_factors=[0.9, 0.8])
    trace = ng.play(fine, [ng.EquilibriumPlayer()] * 2)
    assert trace.payoffs == pytest.approx(ng.rubinstein([0.9, 0.8]), abs=5e-3)


def test_equilibrium_players_need_rules_that_are_solved() -> None:
    trace = ng.play(LINE, [ng.EquilibriumPlayer(), ng.Boulware()], protocol=ng.NashDemand())
    assert trace.faults[0].note.startswith("no equilibrium is known here for 2 parties under NashDemand")


def test_an_ultimatum_is_played_by_three() -> None:
    """The proposer leaves the others what they have without agreement."""
    split = [[a, b, 4 - a - b] for a in range(5) for b in range(5 - a)]
    domain = ng.Domain(split, [0, 1, 1])
    trace = ng.play(domain, [ng.EquilibriumPlayer()] * 3, protocol=ng.TakeItOrLeaveIt())
    assert trace.payoffs.tolist() == [2, 1, 1]


def test_labels_tell_strategies_apart() -> None:
    from negotiation.simulation.strategy import FunctionStrategy, label

    assert label(ng.Boulware()) == "Boulware"
    assert label(ng.TimeBased(beta=0.5)) == "TimeBased(beta=0.5)"
    assert label(ng.OpponentLearner(ng.BayesianModel())) == "OpponentLearner(model=BayesianModel)"
    assert label(FunctionStrategy(offers_of)) == "offers_of"
