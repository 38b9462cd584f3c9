"""What drives an answer: bars of variance shares, a tornado, a map of where it flips."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from negotiation.analysis.robust.chances import AcceptanceCurve
from negotiation.analysis.sensitivity.flip_map import FlipMap
from negotiation.analysis.sensitivity.sobol import VarianceShares
from negotiation.analysis.sensitivity.tornado import Tornado
from negotiation.door import checked
from negotiation.model.package import Package
from negotiation.show.canvas import BLACK, BLUE, GREY, SKY, VERMILLION, axes, legend_below, shortened, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def _named(label: str, width: int = 46) -> str:
    return textwrap.shorten(label.replace("_", " ").removesuffix(" (commercial)"), width, placeholder=" …")


def _title(package: Package, what: str) -> str:
    return f"{shortened({i: package[i] for i in package.moved}, width=70)}\n{what}"


@checked
def plot_variance_shares(result: VarianceShares, *, most: int = 12, ax: Axes | None = None) -> Axes:
    """Draw the share of the variance that each unknown brings, alone and with the others.

    Parameters
    ----------
    result : VarianceShares
        From `variance_shares`.
    most : int
        How many unknowns, those with the largest total index first.
    ax : matplotlib Axes, optional
        A new figure unless given.

    Returns
    -------
    matplotlib Axes
    """
    order = np.argsort(-result.total, kind="stable")[:most]
    ax = axes(ax, 9.0, 1.8 + 0.42 * max(len(order), 1))
    rows = np.arange(len(order))
    for shift, values, ends, colour, label in (
        (-0.19, result.first, result.first_interval, BLUE, "alone (first order)"),
        (0.19, result.total, result.total_interval, SKY, "with all it interacts with (total)"),
    ):
        bar = values[order]
        error = np.abs(ends[order].T - bar)
        ax.barh(rows + shift, np.maximum(bar, 0), height=0.36, color=colour, label=label)
        ax.errorbar(bar, rows + shift, xerr=error, fmt="none", ecolor=BLACK, capsize=2, linewidth=0.8)
    ax.set_yticks(rows, [_named(result.labels[k]) for k in order])
    ax.set_ylim(len(order) - 0.4, -0.6)
    ax.set_xlim(left=0)
    what = "whether it holds" if result.of == "holds" else "its margin"
    ax.set_xlabel(f"share of the variance of {what}; bars: 95% intervals")
    whom = result.party or "every party"
    ax.set_title(_title(result.package, f"what drives {result.criterion!r} for {whom}"), loc="left", fontsize="medium")
    ax.tick_params(axis="y", length=0, labelsize="small")
    legend_below(ax, 0.6, 2)
    return tidy(ax)


@checked
def plot_tornado(result: Tornado, *, most: int = 12, ax: Axes | None = None) -> Axes:
    """Draw how far each unknown alone moves the margin.

    Parameters
    ----------
    result : Tornado
        From `tornado`.
    most : int
        How many unknowns, the widest swing first.
    ax : matplotlib Axes, optional
        A new figure unless given.

    Returns
    -------
    matplotlib Axes
    """
    n = min(most, len(result.labels))
    ax = axes(ax, 9.0, 1.8 + 0.36 * max(n, 1))
    rows = np.arange(n)
    for column, colour, q in ((0, SKY, result.quantiles[0]), (1, BLUE, result.quantiles[1])):
        ends = result.margins[:n, column]
        ax.barh(
            rows, ends - result.centre, left=result.centre, height=0.6, color=colour, label=f"at its {q:.0%} quantile"
        )
    ax.axvline(result.centre, color=BLACK, linewidth=0.8, label="everything at its centre")
    ax.axvline(0, color=VERMILLION, linestyle="--", linewidth=1.2, label="here the answer flips")
    ax.set_yticks(rows, [_named(label) for label in result.labels[:n]])
    ax.set_ylim(n - 0.4, -0.6)
    ax.set_xlabel(f"margin, {result.unit}")
    whom = result.party or "every party"
    ax.set_title(
        _title(result.package, f"{result.criterion!r} for {whom}, one number at a time"), loc="left", fontsize="medium"
    )
    ax.tick_params(axis="y", length=0, labelsize="small")
    legend_below(ax, 0.6, 2)
    return tidy(ax)


@checked
def plot_flip_map(result: FlipMap, *, ax: Axes | None = None) -> Axes:
    """Draw the margin over two numbers, with the line on which the answer flips.

    Parameters
    ----------
    result : FlipMap
        From `flip_map`.
    ax : matplotlib Axes, optional
        A new figure unless given.

    Returns
    -------
    matplotlib Axes
    """
    ax = axes(ax, 7.5, 5.6)
    known = result.margins[np.isfinite(result.margins)]
    limit = float(np.abs(known).max()) if known.size else 1.0
    picture = ax.pcolormesh(
        result.first, result.second, result.margins.T, cmap="PuOr", vmin=-limit, vmax=limit, shading="nearest", rasterized=True
    )  # fmt: skip
    if known.size and known.min() < 0 <= known.max():
        ax.contour(result.first, result.second, result.margins.T, levels=[0.0], colors=[BLACK], linewidths=1.5)
    inside = all(a[0] <= c <= a[-1] for a, c in zip((result.first, result.second), result.centre, strict=True))
    if inside:
        ax.plot(*result.centre, "*", color=VERMILLION, markersize=14, markeredgecolor="white", label="centre")
        legend_below(ax, 0.55, 1)
    bar = ax.figure.colorbar(picture, ax=ax)
    bar.set_label(f"margin, {result.unit}")
    ax.set_xlabel(_named(result.labels[0], 60))
    ax.set_ylabel(_named(result.labels[1], 60))
    whom = result.party or "every party"
    ax.set_title(
        _title(result.package, f"{result.criterion!r} for {whom}; on the line the answer flips"),
        loc="left",
        fontsize="medium",
    )
    return ax


@checked
def plot_acceptance_curve(result: AcceptanceCurve, *, ax: Axes | None = None) -> Axes:
    """Draw how likely each offer is to be enough against what it costs, and the best for each cost.

    Parameters
    ----------
    result : AcceptanceCurve
        From `acceptance_curve` or `chance_constrained_offers`.
    ax : matplotlib Axes, optional
        A new figure unless given.

    Returns
    -------
    matplotlib Axes
    """
    ax = axes(ax, 8.0, 5.0)
    on = result.on_curve
    ax.plot(result.cost, result.probability, ".", color=GREY, markersize=4, label="an offer")
    ax.step(
        result.cost[on], result.probability[on], where="post", color=BLUE, linewidth=1.8, label="likeliest for the cost"
    )
    ax.plot(result.cost[on], result.probability[on], "o", color=BLUE, markersize=4)
    if result.target is not None:
        ax.axhline(result.target, color=VERMILLION, linestyle="--", linewidth=1.2, label=f"{result.target:.0%}")
        ax.plot(
            result.cost[result.is_minimal], result.probability[result.is_minimal], "D", color=VERMILLION, markersize=6,
            label="smallest that reach it",
        )  # fmt: skip
    ax.set_ylim(-0.03, 1.05)
    ax.set_xlabel(f"what the offer costs {result.proposer} at the centre, {result.unit}")
    ax.set_ylabel(f"chance of {result.criterion!r} for {result.party or 'every party'}")
    ax.set_title(f"{len(result):,} offers of {result.proposer}", loc="left")
    legend_below(ax, 0.6, 2)
    return tidy(ax)
