"""The plots of conflicts and of tied hands: what they show, and what they refuse."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib
import pytest

import negotiation as ng

matplotlib.use("Agg")
import matplotlib.pyplot as plt


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.fixture
def solved() -> ng.ConflictSolution:
    graph = ng.ConflictGraph.from_options(
        {"US": ["lift"], "China": ["license"]},
        priorities={"US": [{"license": "Y"}, {"lift": "N"}], "China": [{"lift": "Y"}, {"license": "N"}]},
    )
    return ng.solve(graph)


def arrows(ax: object) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    return [(a.xyann, a.xy) for a in ax.texts if a.arrow_patch is not None]  # type: ignore[attr-defined]


def test_a_table_of_states_with_an_arrow_for_every_improvement(solved: ng.ConflictSolution) -> None:
    ax = ng.plot_conflict(solved, status_quo="status quo")
    named = {t.get_text(): t for t in ax.texts if t.get_text()}
    assert set(named) == {"status quo", "license", "lift", "lift + license"}
    bold = {name for name, t in named.items() if t.get_fontweight() == "bold"}
    assert bold == {"status quo", "lift + license"}
    # both would rather withhold: two arrows up by the US, two to the left by China
    assert sorted(arrows(ax)) == [((0, -1), (0, 0)), ((1, -1), (0, -1)), ((1, -1), (1, 0)), ((1, 0), (0, 0))]
    assert "SEQ" in ax.get_title(loc="left")


def test_other_graphs_stand_in_a_circle() -> None:
    graph = ng.ConflictGraph({"A": [0, 1, 1], "B": [0, 2, 1]}, {"A": [(0, 1), (1, 2)], "B": [(2, 1)]})
    ax = ng.plot_conflict(ng.solve(graph), concept="Nash")
    assert len(arrows(ax)) == 3
    assert len({(round(t.xy[0], 6), round(t.xy[1], 6)) for t in ax.texts if t.get_text()}) == 3


def test_what_cannot_be_drawn(solved: ng.ConflictSolution) -> None:
    with pytest.raises(ng.UnknownNameError, match="SEK"):
        ng.plot_conflict(solved, concept="SEK")
    with pytest.raises(ng.UnknownNameError, match="peace"):
        ng.plot_conflict(solved, status_quo="peace")
    wide = ng.ConflictGraph.from_options({"A": [f"a{k}" for k in range(6)]}, preferences={"A": range(64)})
    with pytest.raises(ng.SizeLimitError, match="64 states"):
        ng.plot_conflict(ng.solve(wide))


def test_tied_hands() -> None:
    options = ("none", *map(str, range(5)))
    stakes = [ng.Stake("A", "x", o, k) for k, o in enumerate(options[1:])]
    stakes += [ng.Stake("B", "x", o, 4 - k) for k, o in enumerate(options[1:])]
    doubt = ng.Ratifier("Diet", at_least=ng.Distribution.uniform(0, 2))
    talks = ng.Negotiation(
        [ng.Party("A", ratifiers=(ng.Ratifier("hawks", at_least=0),)), ng.Party("B", ratifiers=(doubt,))],
        [ng.Issue("x", options)],
        stakes,
        unit="EUR million per year",
    )
    certain = ng.plot_tied_hands(ng.tied_hands(talks, party="A", ratifier="hawks", needs=range(5)))
    assert certain.get_ylabel() == "EUR million per year"
    assert len(certain.figure.axes) == 1
    drawn = ng.plot_tied_hands(ng.tied_hands(talks, party="A", ratifier="hawks", needs=range(5), draws=200))
    assert len(drawn.figure.axes) == 2
    assert "A expects no more" in drawn.get_title(loc="left")
