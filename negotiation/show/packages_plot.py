"""Packages in payoff space: what is possible, what is efficient, what is acceptable, and where an offer lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from negotiation.arrays import Array
from negotiation.bargain.frontier import Frontier, additive_frontier
from negotiation.door import checked
from negotiation.errors import ParameterError, SizeLimitError
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.payoffs import all_codes, payoffs
from negotiation.show.canvas import BLUE, GREEN, GREY, VERMILLION, axes, legend_below, shortened, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Up to so many packages are drawn one by one; of more, a sample of as many as SAMPLE, always the same one.
DOTS, SAMPLE = 4_096, 20_000
Highlight = Mapping[str, str] | Sequence[Package] | Mapping[str, Package]


@checked
def plot_packages(
    talks: Negotiation,
    *,
    highlight: Highlight | None = None,
    parties: tuple[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the packages in the payoffs of two parties.

    Parameters
    ----------
    talks : Negotiation
    highlight : Package, or sequence of packages, or mapping of label to package, optional
        Offers to mark and name.
    parties : (str, str), optional
        Across and up; the first two unless named.
    ax : matplotlib Axes, optional
        A new figure unless given.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ParameterError
        Two times the same party.
    UnknownNameError

    Notes
    -----
    Up to 4,096 packages are drawn one by one; of more, the density of 20,000 drawn with a fixed seed. The frontier is that of
    the two parties and exact, found without listing packages; the line joins the points that lotteries can reach. The shaded
    corner is where both get what they sign for.
    """
    across, up = parties or talks.party_names[:2]
    pair = [talks.party_index(across), talks.party_index(up)]
    if across == up:
        raise ParameterError(f"{across!r} is named twice; a plot of packages needs two different parties.")
    marked = _labelled(talks, highlight)
    ax = axes(ax, 8.0, 5.8)
    _draw_cloud(ax, talks, pair)
    _draw_frontier(ax, talks, pair)
    _draw_fallbacks(ax, talks, pair)
    _draw_marks(ax, talks, pair, marked)
    ax.set_xlabel(f"payoff of {across} ({talks.unit})")
    ax.set_ylabel(f"payoff of {up} ({talks.unit})")
    ax.set_title(f"{talks.name}: {talks.n_packages:,} packages", loc="left")
    legend_below(ax, 0.6, 3)
    return tidy(ax)


def _labelled(talks: Negotiation, highlight: Highlight | None) -> dict[str, Package]:
    """What to mark, under the names to write."""
    if highlight is None:
        return {}
    if isinstance(highlight, Package):
        return {shortened(highlight, talks.status_quo): highlight}
    if not isinstance(highlight, Mapping):
        return {shortened(p, talks.status_quo): talks.as_package(p) for p in highlight}
    if all(isinstance(value, str) for value in highlight.values()):
        package = talks.as_package({k: v for k, v in highlight.items() if isinstance(v, str)})
        return {shortened(package, talks.status_quo): package}
    return {label: talks.as_package(p) for label, p in highlight.items() if not isinstance(p, str)}


def _draw_cloud(ax: Axes, talks: Negotiation, pair: list[int]) -> None:
    """All packages as dots, or the density of a sample."""
    if talks.n_packages <= DOTS:
        points = payoffs(talks, all_codes(talks))[:, pair]
        ax.scatter(points[:, 0], points[:, 1], s=9, color=GREY, alpha=0.5, linewidths=0, label="packages")
        return
    rng = np.random.default_rng(0)
    codes = np.column_stack([rng.integers(0, len(issue.options), SAMPLE) for issue in talks.issues])
    points = payoffs(talks, codes)[:, pair]
    ax.hexbin(*points.T, gridsize=55, cmap="Greys", bins="log", mincnt=1, linewidths=0.1, alpha=0.75, zorder=0)
    ax.scatter([], [], marker="h", color=GREY, label=f"density of {SAMPLE:,} packages at random")


def _draw_frontier(ax: Axes, talks: Negotiation, pair: list[int]) -> None:
    """Efficient packages, and the line of those that lotteries can reach."""
    try:
        frontier = _frontier(talks, pair)
    except SizeLimitError:
        ax.plot([], [], " ", label="frontier: too many packages")
        return
    points, straight = frontier.payoffs, frontier.payoffs[frontier.supported]
    ax.scatter(points[:, 0], points[:, 1], s=10, color=BLUE, linewidths=0, zorder=3, label="efficient for the two")
    ax.plot(*straight[np.lexsort(straight.T[::-1])].T, color=BLUE, linewidth=1, zorder=2, label="reached by lotteries")


def _frontier(talks: Negotiation, pair: list[int]) -> Frontier:
    """The frontier of two of the parties."""
    stakes, interactions, _ = talks.as_additive_terms()
    two: list[Array] = [np.asarray(s)[:, pair] for s in stakes]
    return additive_frontier(two, [(c, np.asarray(v)[pair]) for c, v in interactions], limit=2_000_000)


def _draw_fallbacks(ax: Axes, talks: Negotiation, pair: list[int]) -> None:
    """What each signs for, what each gets without agreement, and the corner that both accept."""
    (x, y), names = (talks.parties[i].reservation_value for i in pair), [talks.party_names[i] for i in pair]
    ax.axvline(x, color=GREEN, linewidth=1, linestyle="--", zorder=1)
    ax.axhline(
        y,
        color=GREEN,
        linewidth=1,
        linestyle="--",
        zorder=1,
        label=f"signed for: {names[0]} {x:,.4g}, {names[1]} {y:,.4g}",
    )
    right, top = ax.get_xlim()[1], ax.get_ylim()[1]
    if right > x and top > y:
        ax.fill_between([x, right], y, top, color=GREEN, alpha=0.07, linewidth=0, zorder=0, label="both accept")
        ax.set_xlim(right=right)
        ax.set_ylim(top=top)
    d = [talks.parties[i].disagreement.central for i in pair]
    ax.scatter(d[0], d[1], marker="X", s=55, color="black", zorder=4, label=f"no agreement ({d[0]:,.4g}, {d[1]:,.4g})")


def _draw_marks(ax: Axes, talks: Negotiation, pair: list[int], marked: Mapping[str, Package]) -> None:
    """Stars with names beside them, on the side where there is room."""
    if not marked:
        return
    points = payoffs(talks, list(marked.values()))[:, pair]
    ax.scatter(points[:, 0], points[:, 1], marker="*", s=190, color=VERMILLION, edgecolor="white", zorder=6)
    low, high = np.array([ax.get_xlim(), ax.get_ylim()]).T
    for label, point in zip(marked, points, strict=True):
        left, below = (point - low) / (high - low) > (0.55, 0.5)
        ax.annotate(
            f"{label}\n({point[0]:+,.4g}, {point[1]:+,.4g})",
            point,
            xytext=(-14 if left else 14, -14 if below else 14),
            textcoords="offset points",
            ha="right" if left else "left",
            va="top" if below else "bottom",
            fontsize="small",
            bbox={"boxstyle": "round", "facecolor": "white", "edgecolor": VERMILLION, "alpha": 0.9},
            zorder=7,
        )
