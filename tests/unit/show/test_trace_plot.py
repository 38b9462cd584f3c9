"""A negotiation, drawn offer by offer."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib as mpl
import pytest

import negotiation as ng

mpl.use("Agg")

import matplotlib.pyplot as plt

LINE = ng.Domain([[10 - k, k] for k in range(11)], names=("A", "B"), unit="EUR per day")


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def test_offers_lie_where_their_payoffs_are() -> None:
    trace = ng.play(LINE, [ng.Boulware(), ng.Conceder()], protocol=ng.StackedAlternatingOffers(rounds=8))
    ax = ng.plot_trace(trace)
    lines = {line.get_label(): line for line in ax.get_lines()}
    for p, name in enumerate("AB"):
        drawn = lines[f"offers of {name}"].get_xydata().tolist()
        assert drawn == LINE.utilities[list(trace.offers(p))].tolist()
    assert lines["agreed"].get_xydata().tolist() == [trace.payoffs.tolist()]
    assert lines["no agreement"].get_xydata().tolist() == [[0, 0]]
    assert ax.get_xlabel() == "payoff of A, EUR per day"
    assert "Boulware (A) and Conceder (B): agreement" in ax.get_title("left")


def test_a_negotiation_is_stepped_through_move_by_move() -> None:
    """Before the end there is no agreement to show."""
    trace = ng.play(LINE, [ng.Boulware(), ng.Conceder()], protocol=ng.StackedAlternatingOffers(rounds=8))
    for kind in ("payoffs", "time"):
        labels = {line.get_label() for line in ng.plot_trace(trace, kind=kind, upto=2).get_lines()}  # type: ignore[arg-type]
        assert "agreed" not in labels
        assert any(label.endswith(("offers of A", "A: own offers")) for label in labels)


def test_over_time_everybody_sees_its_own_scale() -> None:
    domain = ng.Domain([[3, 0, 0], [0, 3, 0], [0, 0, 3], [1, 1, 1]], names=("A", "B", "C"))
    trace = ng.play(domain, [ng.LinearConcession()] * 3, protocol=ng.StackedAlternatingOffers(rounds=10))
    ax = ng.plot_trace(trace)
    assert ax.get_ylabel() == "0: least acceptable, 1: best outcome"
    assert len([line for line in ax.get_lines() if line.get_label().endswith("own offers")]) == 3
    with pytest.raises(ng.ParameterError, match="payoffs of 3 parties do not fit on a page"):
        ng.plot_trace(trace, kind="payoffs")
    with pytest.raises(ng.ParameterError, match="expected 'payoffs' or 'time'"):
        ng.plot_trace(trace, kind="space")  # type: ignore[arg-type]


def test_talks_in_which_nothing_is_offered_are_drawn_too() -> None:
    trace = ng.play(LINE, [lambda view: "leave", ng.Boulware()])
    for kind in ("payoffs", "time"):
        assert "no agreement after 1 round" in ng.plot_trace(trace, kind=kind).get_title("left")  # type: ignore[arg-type]
