"""The moving fallback: stocks, substitutes and the losses that follow."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import negotiation as ng

TALKS = ng.Negotiation(["US", "China"], [ng.Issue("samarium", owner="China")], unit="USD million per month")


def test_nothing_hurts_while_the_stock_lasts():
    path = ng.ControlledInput("magnets", need=10, stock=25, loss=60).path(6)
    np.testing.assert_allclose(path.stock, [15, 5, 0, 0, 0, 0])
    np.testing.assert_allclose(path.short, [0, 0, 5, 10, 10, 10])
    assert path.hurts_from == 2
    assert path.hurts_until == 6


def test_new_supply_ends_the_hurt_when_it_arrives():
    path = ng.ControlledInput("magnets", need=10, stock=0, loss=60, new_supply=10, arrives=4).path(8)
    np.testing.assert_allclose(path.loss, [60, 60, 60, 60, 0, 0, 0, 0])
    assert path.hurts_until == 4


def test_substitution_shrinks_the_loss_geometrically():
    path = ng.ControlledInput("magnets", need=10, stock=0, loss=60, substitution=0.5).path(4)
    np.testing.assert_allclose(path.loss, [60, 30, 15, 7.5])


def test_the_disagreement_path_is_the_constant_minus_the_losses():
    talks = TALKS.with_party("China", disagreement=-3)
    costs = ng.waiting_costs(talks, {"US": [ng.ControlledInput("magnets", 10, 10, 60)]}, periods=3)
    np.testing.assert_allclose(costs.disagreement, [[0, -3], [-60, -3], [-60, -3]])


def test_draws_of_a_certain_input_equal_its_central_path():
    item = ng.ControlledInput("magnets", 10, 25, 60, substitution=0.1)
    drawn = item.path(12, draws=5, rng=np.random.default_rng(1))
    np.testing.assert_allclose(drawn.loss, np.tile(item.path(12).loss, (5, 1)))


@given(
    need=st.integers(1, 9),
    stock=st.integers(0, 40),
    supply=st.integers(0, 9),
    new=st.integers(0, 9),
    arrives=st.integers(0, 8),
)
def test_mass_is_conserved(need, stock, supply, new, arrives):
    """What is needed is bought, taken from stock, or short; period by period, by a plain loop."""
    path = ng.ControlledInput("x", need, stock, 1, supply, new, arrives).path(10)
    left = float(stock)
    for t in range(10):
        gap = max(need - supply - (new if t >= arrives else 0), 0)
        taken = min(gap, left)
        left -= taken
        assert path.stock[t] == pytest.approx(left)
        assert path.short[t] == pytest.approx(gap - taken)


@given(more=st.integers(0, 20))
def test_a_larger_stock_never_hurts_sooner(more):
    base = ng.ControlledInput("x", 3, 7, 1).path(20)
    richer = ng.ControlledInput("x", 3, 7 + more, 1).path(20)
    assert richer.hurts_from >= base.hurts_from
    assert (np.cumsum(richer.loss) <= np.cumsum(base.loss) + 1e-12).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"need": 0}, "need of 'x' must be above 0"),
        ({"stock": -1}, "must not be negative"),
        ({"substitution": 1}, "below 1"),
        ({"loss": float("nan")}, "finite"),
    ],
)
def test_bad_inputs_are_refused(changes, message):
    fields = {"need": 1, "stock": 1, "loss": 1} | changes
    with pytest.raises(ng.NegotiationError, match=message):
        ng.ControlledInput("x", **fields)


def test_a_party_that_does_not_exist_is_named():
    with pytest.raises(ng.UnknownNameError, match="Chna"):
        ng.waiting_costs(TALKS, {"Chna": []}, periods=3)
