"""Plots return Axes with units, names and what they claim to show; they mutate nothing but the axes given."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import matplotlib
import numpy as np
import pytest

import negotiation as ng

matplotlib.use("Agg")
UNIT = "USD million per month"


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    import matplotlib.pyplot as plt

    yield
    plt.close("all")


def talks(n: int = 3) -> ng.Negotiation:
    triangular = ng.Distribution.triangular
    issues = [ng.Issue(f"lift_{k}", owner="US") for k in range(n)]
    issues += [ng.Issue(f"control_{k}", ("in force", "licences", "lifted"), owner="China") for k in range(n)]
    stakes = [ng.Stake(p, f"lift_{k}", "lifted", triangular(*v)) for k in range(n) for p, v in
              (("US", (-9 - k, -2 - k, 1)), ("China", (0, 5 + k, 11)))]  # fmt: skip
    stakes += [ng.Stake(p, f"control_{k}", o, v) for k in range(n) for p, o, v in
               (("US", "licences", 3), ("US", "lifted", 7), ("China", "licences", -1.5), ("China", "lifted", -4.5))]  # fmt: skip
    return ng.Negotiation(
        [ng.Party("US", credibility=0.8), ng.Party("China", reservation=2)], issues, stakes, unit=UNIT
    )


def words(ax: matplotlib.axes.Axes) -> str:
    """Everything that is written in the figure."""
    figure = ax.figure
    figure.canvas.draw()
    return " ".join(t.get_text() for t in figure.findobj(matplotlib.text.Text))


def inside_the_figure(ax: matplotlib.axes.Axes) -> bool:
    """Whether no title, label or annotation is cut off."""
    figure = ax.figure
    figure.canvas.draw()
    box = figure.get_tightbbox(figure.canvas.get_renderer())
    width, height = figure.get_size_inches()
    return bool(box.x0 >= -0.02 and box.y0 >= -0.02 and box.x1 <= width + 0.02 and box.y1 <= height + 0.02)


def test_packages_are_drawn_with_the_offer_marked() -> None:
    t = talks()
    offer = t.package("lift_0", "control_0")
    ax = ng.plot_packages(t, highlight=offer)
    text = words(ax)
    assert ax.get_xlabel() == f"payoff of US ({UNIT})"
    assert ax.get_ylabel() == f"payoff of China ({UNIT})"
    assert "lift 0, control 0" in text
    assert "(+5, +0.5)" in text
    assert "signed for: US 0, China 2" in text
    assert inside_the_figure(ax)
    star = ax.collections[-1].get_offsets()
    assert np.allclose(star, ng.payoffs(t, offer))


def test_the_frontier_drawn_is_the_frontier() -> None:
    t = talks()
    ax = ng.plot_packages(t)
    drawn = next(c for c in ax.collections if c.get_label() == "efficient for the two").get_offsets()
    exact = np.unique(ng.pareto_frontier(t).payoffs, axis=0)
    assert np.allclose(np.unique(np.asarray(drawn), axis=0), exact)


def test_many_packages_are_a_density_and_always_the_same() -> None:
    t = talks(6)
    counts = [ng.plot_packages(t).collections[0].get_array() for _ in range(2)]
    assert np.array_equal(*counts)
    assert "density of 20,000 packages at random" in words(ng.plot_packages(t))


def test_several_offers_by_name_on_axes_of_ones_own() -> None:
    import matplotlib.pyplot as plt

    t = talks()
    _, ax = plt.subplots()
    offers = {"small": t.package("lift_0"), "large": t.package("lift_0", "lift_1")}
    assert ng.plot_packages(t, highlight=offers, parties=("China", "US"), ax=ax) is ax
    assert ax.get_xlabel().startswith("payoff of China")
    assert {"small", "large"} <= {t.split("\n")[0] for t in (a.get_text() for a in ax.texts)}
    ng.plot_packages(t, highlight=list(offers.values()))
    ng.plot_packages(t, highlight=dict(offers["small"]))


def test_bad_parties() -> None:
    with pytest.raises(ng.ParameterError, match="named twice"):
        ng.plot_packages(talks(), parties=("US", "US"))
    with pytest.raises(ng.UnknownNameError):
        ng.plot_packages(talks(), parties=("US", "Japan"))


@pytest.mark.parametrize("party", [None, "China"])
def test_break_even_names_the_numbers(party: str | None) -> None:
    t = talks()
    result = ng.break_even(t, t.package("lift_0", "lift_1", "control_0"), party=party)
    ax = ng.plot_break_even(result)
    first = result.points[0].label.replace("_", " ").removesuffix(" (commercial)")
    assert ax.get_yticklabels()[0].get_text() == first
    assert "widths of the range" in ax.get_xlabel()
    assert inside_the_figure(ax)


def test_break_even_without_any_range() -> None:
    t = talks()
    ax = ng.plot_break_even(ng.break_even(t, t.package("control_0"), party="US"))
    assert "more numbers" in ax.get_xlabel()


def test_probabilities_are_named_by_what_differs() -> None:
    t = talks()
    offers = [t.package(*s, "control_0") for r in range(3) for s in combinations(("lift_0", "lift_1"), r)]
    result = ng.probabilities(t, offers, draws=500)
    ax = ng.plot_probability(result)
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "nothing else",
        "lift 0",
        "lift 1",
        "lift 0, lift 1",
    ]
    assert "all with control 0" in ax.get_title(loc="left")
    assert [p.get_width() for p in ax.patches] == result.value.tolist()
    assert inside_the_figure(ax)
    assert ng.plot_probability(result[0]).get_yticklabels()[0].get_text() == "control 0"
    with pytest.raises(ng.ParameterError, match="labels"):
        ng.plot_probability(result, labels=["one"])


def test_an_ensemble_is_a_table_of_shares_and_errors() -> None:
    t = talks()
    offers = [
        t.package(*names, control_0="licences") for n in (1, 2) for names in combinations(("lift_0", "lift_1"), n)
    ]
    result = ng.ensemble(t, offers, draws=500, progress=None)
    for party in (None, "China"):
        ax = ng.plot_ensemble(result, party=party)
        text = words(ax)
        assert f"{result.of('acceptable', party).value[0]:.1%}" in text
        for word in (
            party or "every party",
            "500 draws",
            "lift 0, lift 1",
            "all with control 0: licences",
            "n/a",
            "worth the",
        ):
            assert word in text
    with pytest.raises(ng.UnknownNameError):
        ng.plot_ensemble(result, party="EU")
    with pytest.raises(ng.WrongTypeError, match="plot_ensemble takes an Ensemble first"):
        ng.plot_ensemble(t)


def test_exchange_rates_are_written_in_the_cells() -> None:
    rates = ng.exchange_rates(talks())
    ax = ng.plot_exchange_rates(rates)
    assert len(ax.texts) == rates.needed.size
    assert ax.texts[0].get_text() == "0.3"  # licences cost China 1.5, lift 0 gives it 5
    assert inside_the_figure(ax)


def test_exchange_rates_that_cannot_be_paid() -> None:
    t = talks(1).with_stakes(ng.Stake("China", "lift_0", "lifted", -1), ng.Stake("US", "control_0", "lifted", 0.5))
    assert [text.get_text() for text in ng.plot_exchange_rates(ng.exchange_rates(t)).texts] == ["never ×", "never ×"]


def clock(draws: int | None = None) -> ng.WaitingCosts:
    months = ng.Distribution.triangular(1, 3, 8)
    inputs = {
        "US": [ng.ControlledInput("magnets", 1, months, 60, new_supply=1, arrives=30)],
        "China": [ng.ControlledInput("software", 1, 2, 90), ng.ControlledInput("ethane", 1, 0, 20)],
    }
    rng = None if draws is None else np.random.default_rng(3)
    return ng.waiting_costs(talks(), inputs, periods=36, draws=draws, rng=rng)


def test_waiting_is_drawn_input_by_input_with_unit_and_months() -> None:
    ax = ng.plot_waiting(clock(), party="China")
    text = words(ax)
    assert ax.get_ylabel() == f"loss, {UNIT}"
    assert "months without agreement" in text
    assert "China: central values" in text
    assert "bands" not in text
    assert {"software", "ethane"} <= {t.get_text() for t in ax.get_legend().get_texts()}
    lines = {line.get_label(): line.get_ydata() for line in ax.get_lines()}
    np.testing.assert_allclose(lines["software"], [0, 0, *[90] * 35])
    assert inside_the_figure(ax)


def test_waiting_shows_the_range_of_draws_as_a_band() -> None:
    costs = clock(400)
    ax = ng.plot_waiting(costs, party="US")
    assert "bands: 5 to 95% of draws" in words(ax)
    (band,) = ax.collections
    high = np.quantile(costs.paths["US"][0].loss, 0.95, axis=0)
    assert band.get_paths()[0].vertices[:, 1].max() == pytest.approx(high.max())


def test_waiting_keeps_the_scale_of_axes_that_share_it() -> None:
    import matplotlib.pyplot as plt

    _, panels = plt.subplots(1, 2, sharey=True)
    tops = [
        ng.plot_waiting(clock(), party=party, ax=ax).get_ylim()[1]
        for party, ax in zip(("China", "US"), panels, strict=True)
    ]
    assert tops[0] == tops[1] >= 90


def test_waiting_of_a_party_without_inputs_is_refused() -> None:
    costs = ng.waiting_costs(talks(), {"US": []}, periods=3)
    with pytest.raises(ng.UnknownNameError, match="no party called 'China' in the waiting costs; known: US"):
        ng.plot_waiting(costs, party="China")


def test_what_offers_say_is_drawn_offer_by_offer() -> None:
    """A row an offer, the one asked about in bold, the prior as a line, replies at the right."""
    t = ng.london_2025()
    offer = t.combine("the three lifts promised", "samarium alone, military buyers included")
    found = ng.what_an_offer_reveals(t, offer, proposer="US")
    ax = ng.plot_revelation(found)
    labels = [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()]
    assert labels == list(found.game.messages)
    assert [label.get_fontweight() == "bold" for label in ax.get_yticklabels()] == [
        m == offer for m in found.signals.offers
    ]
    assert any("prior 50%" in text.get_text() for text in ax.texts)
    assert inside_the_figure(ax)
