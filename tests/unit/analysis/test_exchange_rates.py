"""Exchange rates, the lottery deal behind them, logrolling and next steps, on cases that can be done by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.optimize import linprog

import negotiation as ng
from negotiation.model.payoffs import all_codes
from negotiation.testing import negotiations

# Each draw is a handful of linear programmes, or a brute force: the gate's 500 would take minutes.
few = settings(max_examples=min(30, settings.default.max_examples))


def talks() -> ng.Negotiation:
    """Two lifts of A (ethane gains it, jets cost it 2) for two controls of B, one of which B would give for nothing."""
    return ng.Negotiation(
        ["A", "B"],
        [
            ng.Issue("ethane", owner="A"),
            ng.Issue("jets", owner="A"),
            ng.Issue("samarium", owner="B"),
            ng.Issue("visas", owner="B"),
            ng.Issue("forum"),
        ],
        [
            ng.Stake("A", "ethane", "lifted", 1),
            ng.Stake("A", "jets", "lifted", -2),
            ng.Stake("A", "samarium", "lifted", 6),
            ng.Stake("A", "visas", "lifted", 1),
            ng.Stake("B", "jets", "lifted", 8),
            ng.Stake("B", "ethane", "lifted", -1),
            ng.Stake("B", "samarium", "lifted", -4),
            ng.Stake("B", "visas", "lifted", 2),
        ],
        unit="USD million per month",
    )


def test_rates_by_hand() -> None:
    """Rows samarium and visas, columns ethane and jets."""
    rates = ng.exchange_rates(talks())
    assert rates.needed.tolist() == [[np.inf, 0.5], [0.0, 0.0]]
    assert rates.affordable.tolist() == [[np.inf, 3.0], [np.inf, 0.5]]
    assert rates.to_frame().index.tolist() == ["samarium: lifted", "visas: lifted"]
    assert rates.affordable_frame().columns.tolist() == ["ethane: lifted", "jets: lifted"]


def test_prices_of_controls_and_what_lifts_buy() -> None:
    rates = ng.exchange_rates(talks(), proposer="A")
    samarium, visas = rates.controls
    assert (samarium.cost, samarium.worth, samarium.owner) == (4, 6, "B")
    assert samarium.paid_by == ("jets: lifted",)
    assert samarium.cheapest == talks().package("jets", "samarium")
    assert visas.cheapest == talks().package("visas")
    ethane, jets = rates.lifts
    assert (jets.cost, dict(jets.worth)) == (2, {"B": 8})
    assert jets.bought == "lifted: samarium, visas"
    assert jets.singles == (("samarium", "lifted"),)  # visas alone are worth less to A than jets
    assert ethane.bought == "lifted: visas"


def test_what_nothing_buys_says_what_is_missing() -> None:
    rates = ng.exchange_rates(talks().with_party("B", reservation=30))
    assert rates.controls[0].cheapest is None
    assert rates.controls[0].shortfall == 26
    assert rates.lifts[0].bought == "nothing: refused alone"
    assert rates.deal is None
    assert "nothing has a price" in str(rates)
    assert "B signs for 30" in str(rates)


def test_it_prints_in_names_and_units() -> None:
    rates = ng.exchange_rates(talks())
    assert "USD million per month" in str(rates)
    assert "joint issues have no rate: forum" in str(rates)
    assert "<table" in rates._repr_html_()
    assert rates.to_add()["surplus"].is_monotonic_decreasing
    assert rates.control_frame().attrs["unit"] == "USD million per month"


def test_somebody_has_to_own_something_on_both_sides() -> None:
    with pytest.raises(ng.ParameterError, match="B owns no measure"):
        ng.exchange_rates(talks().without_issues("samarium", "visas"), proposer="B")
    with pytest.raises(ng.ParameterError, match="no party but A owns"):
        ng.exchange_rates(talks().without_issues("samarium", "visas"))
    with pytest.raises(ng.UnknownNameError):
        ng.exchange_rates(talks(), proposer="C")


def test_the_price_of_a_little_more() -> None:
    """With samarium at 9 for B, jets and visas pay 10: every further unit for B costs A jets, 2 for 8."""
    t = talks().with_party("B", reservation=1)
    deal = ng.lottery_deal(t, "A")
    assert deal.prices == pytest.approx([1, 0.25])
    tighter = ng.lottery_deal(t.with_party("B", reservation=1.5), "A")
    assert deal.payoffs[0] - tighter.payoffs[0] == pytest.approx(0.5 * 0.25)


@few
@given(talks=negotiations(max_issues=4, patience=False))
def test_the_lottery_deal_is_that_of_the_full_programme(talks: ng.Negotiation) -> None:
    """Calling packages in by price gives the value of the linear programme over all of them."""
    utilities = ng.payoffs(talks, all_codes(talks))
    least = np.array([p.reservation_value for p in talks.parties])
    full = linprog(
        -utilities[:, 0],
        A_ub=-utilities[:, 1:].T,
        b_ub=-least[1:],
        A_eq=np.ones((1, len(utilities))),
        b_eq=[1],
    )
    deal = ng.lottery_deal(talks, "A")
    if full.status != 0 or -full.fun < least[0] - 1e-9:
        assert deal is None
        return
    assert deal.payoffs[0] == pytest.approx(-full.fun, abs=1e-7)
    assert (deal.payoffs >= least - 1e-7).all()
    assert deal.probabilities.sum() == pytest.approx(1)
    assert deal.probabilities @ ng.payoffs(talks, deal.packages) == pytest.approx(deal.payoffs)


def test_logrolling_by_hand() -> None:
    """Alone only visas hurt nobody; together jets pay for samarium."""
    result = ng.logrolling(talks())
    assert result.alone == talks().package("visas")
    assert result.together["jets"] == result.together["samarium"] == "lifted"
    assert result.alone_payoffs.tolist() == [1, 2]
    assert result.together_payoffs.sum() == 6 + 2 + 3
    assert [str(t) for t in result.trades] == ["jets: lifted for samarium: lifted", "jets: lifted for visas: lifted"][
        :1
    ]
    costs = {v.issue: v for v in result.issues}
    assert costs["samarium"].total == 2
    assert costs["samarium"].parties == (4.0, 0.0)  # without it A gets ethane and visas at most: 2 of 6
    assert costs["forum"].total == 0
    assert "jets: lifted for samarium: lifted" in str(result)
    assert "<table" in result._repr_html_()


def test_no_acceptable_package_at_all() -> None:
    result = ng.logrolling(talks().with_party("B", reservation=30))
    assert result.together is None
    assert result.issues == ()
    assert "No package gives every party" in str(result)


@few
@given(talks=negotiations(max_issues=4, patience=False))
def test_logrolling_is_that_of_brute_force(talks: ng.Negotiation) -> None:
    """Of all packages: the largest acceptable total, the most each party can get, and both without each issue."""
    codes = all_codes(talks)
    values = ng.payoffs(talks, codes)
    least = np.array([p.reservation_value for p in talks.parties])
    accepted = (values >= least).all(axis=1)
    result = ng.logrolling(talks)
    if not accepted.any():
        assert result.together is None
        return
    aims = np.vstack([np.ones(len(least)), np.eye(len(least))])
    best = (values @ aims.T)[accepted].max(axis=0)
    assert result.together_payoffs.sum() == best[0]
    for k, issue in enumerate(result.issues):
        kept = accepted & (codes[:, k] == 0)
        left = (values @ aims.T)[kept].max(axis=0) if kept.any() else np.full(len(best), -np.inf)
        assert [issue.total, *issue.parties] == (best - left).tolist()


def test_what_to_add_next() -> None:
    t = talks()
    steps = ng.what_to_add(t, t.package("samarium"))
    by_move = dict(zip(steps.moves, steps.margins.tolist(), strict=True))
    assert by_move["jets", "lifted"] == 4
    assert by_move["visas", "lifted"] == -2
    assert ("samarium", "lifted") not in by_move
    assert steps.to_frame()["step"][0] == "jets: lifted"
    assert steps.to_frame()["enough"].tolist() == [True, False, False, False]
    assert "from samarium: lifted" in str(steps)
