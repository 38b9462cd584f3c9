"""Break-even points, their distance from the range, and what one has to believe."""

from __future__ import annotations

import math

import pytest

import negotiation as ng


def talks() -> ng.Negotiation:
    """China gets 5 (0 to 20) for a control that costs it 4, believes the US at 0.9, and signs for 0.2."""
    return ng.Negotiation(
        [ng.Party("US", credibility=0.9), ng.Party("China", reservation=0.2, credibility=1.0, discount_factor=0.9)],
        [ng.Issue("ethane", owner="US"), ng.Issue("samarium", owner="China")],
        [
            ng.Stake("China", "ethane", "lifted", ng.Distribution.triangular(0, 5, 20)),
            ng.Stake("China", "samarium", "lifted", -4),
            ng.Stake("US", "ethane", "lifted", -1),
            ng.Stake("US", "samarium", "lifted", 7),
        ],
        unit="USD million per month",
    )


def both(t: ng.Negotiation) -> ng.Package:
    return t.package("ethane", "samarium")


def test_each_number_that_counts_has_a_point() -> None:
    result = ng.break_even(talks(), both(talks()), party="China")
    assert {p.label: round(p.flips_at, 9) for p in result.points} == {
        "China: ethane lifted (commercial)": 4.2,
        "China: samarium lifted (commercial)": -4.8,
        "China: reservation value": 1.0,
    }


def test_distance_is_in_widths_of_the_range() -> None:
    point = ng.break_even(talks(), both(talks()), party="China")["China: ethane lifted (commercial)"]
    assert point.distance == pytest.approx(-0.8 / 20)
    assert point.is_within_range
    assert math.isnan(point.flips_above)
    assert "inside its range 0 to 20" in str(point)


def test_a_certain_number_has_no_distance() -> None:
    point = ng.break_even(talks(), both(talks()), party="China")["China: samarium lifted (commercial)"]
    assert math.isnan(point.distance)
    assert point.change == pytest.approx(-0.8)
    assert not point.is_within_range


def test_doubt_has_a_break_even_too() -> None:
    result = ng.break_even(talks(), both(talks()), party="China", criterion="worth_the_doubt")
    assert result["US: credibility"].flips_at == pytest.approx(0.84)
    assert result["China: ethane lifted (commercial)"].flips_at == pytest.approx(4.2 / 0.9)
    assert "0.9·ethane lifted" in str(result.beliefs[0])


def test_a_discount_factor_has_one_where_it_counts() -> None:
    t = talks().with_party("US", discount_factor=0.9)
    result = ng.break_even(t, both(t), party="China", criterion="self_enforcing")
    point = result["China: discount factor"]
    needed = ng.is_enough(t, both(t), party="China", criterion="self_enforcing")
    assert point.flips_at == pytest.approx(point.central - needed.margin, abs=1e-6)
    assert result.beliefs == ()
    assert "not linear" in result.notes[0]


def test_another_party_can_make_flipping_impossible() -> None:
    t = talks().with_party("US", reservation=10)
    result = ng.break_even(t, both(t))
    assert math.isnan(result["China: ethane lifted (commercial)"].flips_at)
    assert "never flips alone" in str(result["China: ethane lifted (commercial)"])
    assert result["US: samarium lifted (commercial)"].flips_at == pytest.approx(11)


def test_the_belief_in_names_and_in_numbers() -> None:
    belief = ng.break_even(talks(), both(talks()), party="China").beliefs[0]
    assert belief.inequality == "ethane lifted - cost of samarium lifted >= 0.2"
    assert dict(belief.coefficients) == {
        "China: ethane lifted (commercial)": 1.0,
        "China: samarium lifted (commercial)": 1.0,
    }
    assert belief.threshold == 0.2
    assert belief.margin == pytest.approx(0.8)


def test_the_status_quo_rests_on_no_stake() -> None:
    result = ng.break_even(talks(), talks().status_quo, party="China")
    assert [p.label for p in result.points] == ["China: reservation value"]
    assert result.beliefs[0].inequality == "0 >= 0.2"


def test_a_range_without_ends_is_cut_far_out() -> None:
    from scipy import stats

    t = talks().with_stakes(ng.Stake("China", "ethane", "lifted", stats.norm(5, 1)))
    point = ng.break_even(t, both(t), party="China")["China: ethane lifted (commercial)"]
    assert (point.low, point.high) == pytest.approx(stats.norm(5, 1).ppf([0.001, 0.999]))


def test_the_nearest_comes_first_and_prints() -> None:
    result = ng.break_even(talks(), both(talks()), party="China")
    assert result.points[0].label == "China: ethane lifted (commercial)"
    assert result.holds
    assert "What you have to believe" in str(result)
    assert "holds" in result._repr_html_()
    assert result.to_frame().columns[0] == "number"
    assert result.to_frame().attrs["unit"] == "USD million per month"


def test_a_criterion_that_cannot_be_applied_says_so() -> None:
    t = talks().with_party("US", credibility=None)
    result = ng.break_even(t, both(t), criterion="worth_the_doubt")
    assert result.holds is None
    assert "cannot be applied" in str(result)


def test_unknown_names() -> None:
    with pytest.raises(ng.UnknownNameError):
        ng.break_even(talks(), both(talks()), party="Japan")
    with pytest.raises(ng.UnknownNameError):
        ng.break_even(talks(), both(talks()))["China: nothing"]
