"""Stakes that change with time: each period by itself, the same equilibrium as with a moving fallback, and bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import negotiation as ng


def talks(*more: ng.Stake) -> ng.Negotiation:
    """The US wants samarium, which costs China nothing to grant; ethane and students are to trade with."""
    issues = [ng.Issue("samarium", owner="China"), ng.Issue("ethane", owner="US"), ng.Issue("students", owner="US")]
    stakes = [
        ng.Stake("US", "samarium", "lifted", 60, kind="commercial"),
        ng.Stake("US", "samarium", "lifted", 20, kind="security"),
        ng.Stake("US", "ethane", "lifted", -10),
        ng.Stake("China", "ethane", "lifted", 30),
        ng.Stake("US", "students", "lifted", -30),
        ng.Stake("China", "students", "lifted", 35),
    ]
    parties = [ng.Party("US", discount_factor=0.5), ng.Party("China", discount_factor=0.75)]
    return ng.Negotiation(parties, issues, [*stakes, *more], unit="USD million per month")


def magnets(**changes) -> ng.ControlledInput:
    return ng.ControlledInput(**{"name": "magnets", "need": 10, "stock": 20, "loss": 80, "issue": "samarium"} | changes)


def worth(stages, name="samarium"):
    return [float(ng.payoffs(stage, stage.package(name))[0]) for stage in stages]


def test_a_lift_is_worth_the_discounted_share_that_would_be_lost():
    """Short from month 2 on: 80 (1 - δ) δ² (1 + δ + ...) = 80 δ² at the start."""
    stages = ng.stakes_over_time(ng.waiting_costs(talks(), {"US": [magnets()]}, periods=4))
    np.testing.assert_allclose(worth(stages), [20, 40, 80, 80])
    np.testing.assert_allclose(worth(stages, "ethane"), [-10] * 4)


def test_a_lift_is_worth_nothing_once_substitutes_have_arrived():
    item = magnets(stock=0, new_supply=10, arrives=2)
    stages = ng.stakes_over_time(ng.waiting_costs(talks(), {"US": [item]}, periods=4))
    np.testing.assert_allclose(worth(stages), [60, 40, 0, 0])


def test_only_stakes_of_the_named_kinds_move():
    item = magnets(stock=0, new_supply=10, arrives=1, kinds="security")
    stages = ng.stakes_over_time(ng.waiting_costs(talks(), {"US": [item]}, periods=2))
    np.testing.assert_allclose(worth(stages), [60 + 10, 60])


def test_a_loss_that_is_a_higher_price_counts_as_a_share_of_the_loss():
    item = magnets(stock=0, open_supply=10 / 2, spend=16, highest_price=2, elasticity=1)
    stages = ng.stakes_over_time(ng.waiting_costs(talks(), {"US": [item]}, periods=1))
    np.testing.assert_allclose(worth(stages), [80 * 16 / 80])


@settings(max_examples=60, deadline=None)
@given(stock=st.integers(0, 50), arrives=st.integers(1, 8), deadline=st.integers(1, 8), first=st.integers(0, 1))
def test_moving_stakes_and_a_moving_fallback_are_the_same_game(stock, arrives, deadline, first):
    """With samarium in every package, a moving status quo is the losses as a fallback, shifted."""
    item = magnets(stock=stock, new_supply=10, arrives=arrives)
    costs = ng.waiting_costs(talks(), {"US": [item]}, periods=20)
    stages = ng.stakes_over_time(costs)
    relative = ng.solve(ng.alternating_offers(stages, proposer=("US", "China")[first], deadline=deadline))
    packages = [talks().package("samarium", *extra) for extra in ([], ["ethane"], ["students"], ["ethane", "students"])]
    table = ng.payoffs(talks(), packages) - [80, 0]
    absolute = ng.solve(
        ng.AlternatingOffers(table, [0.5, 0.75], disagreement=costs.disagreement, deadline=deadline, first=first)
    )
    shift = np.array([worth(stages)[0], 0])
    np.testing.assert_allclose(relative.payoffs - shift, absolute.payoffs, atol=1e-9)


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ([magnets(issue="")], "no input names its issue"),
        ([magnets(loss=0)], "loss of 'magnets' is 0"),
        (
            [magnets(), magnets(name="oxide")],
            "'magnets' and 'oxide' are both about US's commercial stake in 'samarium'",
        ),
    ],
)
def test_inputs_that_move_nothing_or_the_same_stake_are_refused(items, message):
    with pytest.raises(ng.ParameterError, match=message):
        ng.stakes_over_time(ng.waiting_costs(talks(), {"US": items}, periods=2))


def test_draws_unknown_issues_and_unknown_patience_are_refused():
    drawn = ng.waiting_costs(talks(), {"US": [magnets()]}, periods=2, draws=3, rng=np.random.default_rng(1))
    with pytest.raises(ng.ParameterError, match="along one path"):
        ng.stakes_over_time(drawn)
    with pytest.raises(ng.UnknownNameError, match="samarum"):
        ng.stakes_over_time(ng.waiting_costs(talks(), {"US": [magnets(issue="samarum")]}, periods=2))
    impatient = ng.Negotiation(["US", "China"], talks().issues, talks().stakes, unit=talks().unit)
    with pytest.raises(ng.ParameterError, match="no discount factor is given for US"):
        ng.stakes_over_time(ng.waiting_costs(impatient, {"US": [magnets()]}, periods=2))
