"""The moving fallback: stocks, substitutes, prices and the losses that follow."""

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
        ({"highest_price": 0.5}, "highest_price of 'x' can be 0.5; it is a multiple"),
        ({"elasticity": -1}, "must not be negative"),
    ],
)
def test_bad_inputs_are_refused(changes, message):
    fields = {"need": 1, "stock": 1, "loss": 1} | changes
    with pytest.raises(ng.NegotiationError, match=message):
        ng.ControlledInput("x", **fields)


def test_a_party_that_does_not_exist_is_named():
    with pytest.raises(ng.UnknownNameError, match="Chna"):
        ng.waiting_costs(TALKS, {"Chna": []}, periods=3)


def test_prices_draw_in_other_supply_until_nothing_is_short():
    """Four fifths covered and an elasticity of 1: the price rises by a quarter, and the buyer pays it on everything."""
    item = ng.ControlledInput("x", 10, 0, 60, open_supply=8, spend=4, highest_price=3, elasticity=1)
    path = item.path(2)
    np.testing.assert_allclose(path.price, 1.25)
    np.testing.assert_allclose(path.short, 0, atol=1e-12)
    np.testing.assert_allclose(path.loss, 4 * 0.25)
    assert path.hurts_from == 0
    assert path.hurts_until == 2


def test_prices_stop_at_the_highest_and_leave_the_rest_short():
    item = ng.ControlledInput("x", 10, 0, 60, open_supply=4, spend=4, highest_price=1.5, elasticity=1)
    path = item.path(1)
    np.testing.assert_allclose(path.price, 1.5)
    np.testing.assert_allclose(path.short, 4)
    np.testing.assert_allclose(path.loss, 60 * 0.4 + 4 * 0.6 * 0.5)


def test_prices_rise_but_bring_nothing_where_supply_does_not_answer():
    """Without elasticity the price jumps to the highest; with nothing for sale there is nothing to pay it for."""
    path = ng.ControlledInput("x", 10, 15, 60, spend=4, highest_price=2).path(3)
    np.testing.assert_allclose(path.price, [1, 2, 2])
    np.testing.assert_allclose(path.short, [0, 5, 10])
    np.testing.assert_allclose(path.loss, [0, 30 + 4 * 0.5, 60])


@given(
    supply=st.integers(0, 12),
    highest=st.integers(1, 4),
    elasticity=st.integers(0, 3),
    more=st.integers(1, 3),
    sub=st.integers(0, 1),
)
def test_more_elastic_supply_never_leaves_more_short(supply, highest, elasticity, more, sub):
    def at(e):
        return ng.ControlledInput(
            "x", 10, 13, 60, supply, substitution=sub / 10, spend=4, highest_price=highest, elasticity=e
        )

    before, after = at(elasticity).path(8), at(elasticity + more).path(8)
    assert (after.short <= before.short + 1e-9).all()
    assert (after.price <= before.price + 1e-9).all()
    assert (before.price >= 1).all()
    assert (before.short >= -1e-9).all()


def test_a_need_designed_out_to_nothing_is_not_short():
    path = ng.ControlledInput("x", 1, 0, 60, substitution=0.999, highest_price=5).path(200)
    assert np.isfinite(path.loss).all()
    assert path.loss[-1] == pytest.approx(0, abs=1e-12)


def test_the_printed_answer_names_party_input_months_and_unit():
    costs = ng.waiting_costs(
        TALKS,
        {"US": [ng.ControlledInput("magnets", 10, 25, 1800), ng.ControlledInput("ethane", 1, 99, 5)]},
        periods=12,
    )
    assert str(costs).splitlines() == [
        "Losses in USD million per month; periods are months from the start of the control.",
        "US, magnets: hurt from 2 until the end of the horizon, at most 1,800.",
        "US, ethane: not hurt within the horizon.",
    ]
    assert costs.to_frame().attrs["unit"] == "USD million per month"
    assert costs.to_frame()["hurts from"].tolist() == [2, np.inf]


def test_draws_give_medians_and_ranges():
    months = ng.Distribution.triangular(1, 3, 6)
    item = ng.ControlledInput("magnets", need=1, stock=months, loss=60, new_supply=1, arrives=8)
    costs = ng.waiting_costs(TALKS, {"US": [item]}, periods=12, draws=500, rng=np.random.default_rng(1))
    assert costs.disagreement.shape == (500, 12, 2)
    row = costs.to_frame().iloc[0]
    assert 1 <= row["hurts from, 5%"] <= row["hurts from"] <= row["hurts from, 95%"] <= 6
    assert "(" in str(costs)
    with pytest.raises(ng.WrongTypeError, match="draws need rng"):
        item.path(3, draws=5)
