"""Break-even values against the ranges in which the numbers are believed to lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from negotiation.analysis.break_even_result import BreakEven, BreakEvenPoint
from negotiation.analysis.wording import amount
from negotiation.door import checked
from negotiation.show.canvas import BLACK, BLUE, SKY, VERMILLION, axes, legend_below, shortened, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# How many widths of its range a flip may lie away before it is drawn at the edge, with an arrow.
FARTHEST = 2.5


@checked
def plot_break_even(result: BreakEven, *, most: int = 12, ax: Axes | None = None) -> Axes:
    """Draw for each number where the answer flips, in widths of its range.

    Parameters
    ----------
    result : BreakEven
        From `break_even`.
    most : int
        How many numbers, the nearest to flipping first.
    ax : matplotlib Axes, optional
        A new figure unless given.

    Returns
    -------
    matplotlib Axes

    Notes
    -----
    Every number is drawn from its centre, at 0; the bar is its range; the diamond is the value at which the answer flips,
    filled if it lies within the range. Numbers that never flip the answer, or have no range, are counted under the axis.
    """
    shown = [p for p in result.points if not np.isnan(p.distance)][:most]
    ax = axes(ax, 9.0, 2.0 + 0.42 * max(len(shown), 1))
    edge = min(FARTHEST, max([1.0, *(abs(p.distance) for p in shown)])) * 1.08
    for row, point in enumerate(shown):
        _draw_point(ax, row, point, edge)
    ax.set_yticks(range(len(shown)), [_label(p) for p in shown])
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.set_xlim(-edge * 1.02, edge * 1.02)
    ax.axvline(0, color=BLACK, linewidth=0.8, zorder=0)
    hidden = len(result.points) - len(shown)
    more = f"\n({hidden} more numbers: farther, without a range, or never flip it alone)" if hidden else ""
    ax.set_xlabel(f"change from the centre, in widths of the range{more}")
    whom = result.party or "every party"
    answer = {True: "enough", False: "not enough", None: "cannot be judged"}[result.holds]
    ax.set_title(
        f"{shortened({i: result.package[i] for i in result.package.moved}, width=70)}\n"
        f"{answer} for {whom} ({result.criterion}: {result.margin:+,.4g} {result.unit})",
        loc="left",
        fontsize="medium",
    )
    handles = [
        ax.plot([], [], color=SKY, linewidth=8, label="range")[0],
        ax.plot([], [], "D", color=VERMILLION, label="flips inside the range")[0],
        ax.plot([], [], "D", markerfacecolor="white", markeredgecolor=BLUE, label="flips outside")[0],
    ]
    legend_below(ax, 0.75, 3, handles)
    ax.tick_params(axis="y", length=0, labelsize="small")
    return tidy(ax)


def _label(point: BreakEvenPoint) -> str:
    return point.label.replace("_", " ").removesuffix(" (commercial)")


def _draw_point(ax: Axes, row: int, point: BreakEvenPoint, edge: float) -> None:
    """One number: its range, its centre, where it flips, in words too."""
    width = point.high - point.low
    ends = [(v - point.central) / width for v in (point.low, point.high)]
    ax.plot(np.clip(ends, -edge, edge), [row, row], color=SKY, linewidth=8, solid_capstyle="butt", zorder=1)
    ax.plot(0, row, "|", color=BLACK, markersize=12, zorder=2)
    inside, distance = point.is_within_range, point.distance
    beyond = abs(distance) > edge
    marker = ("<" if distance < 0 else ">") if beyond else "D"
    face = VERMILLION if inside else "white"
    at = float(np.clip(distance, -edge, edge))
    ax.plot(
        at,
        row,
        marker,
        markersize=7,
        markerfacecolor=face,
        markeredgecolor=VERMILLION if inside else BLUE,
        zorder=3,
        clip_on=False,
    )
    inward = abs(at) > 0.72 * edge
    side = (-1 if at > 0 else 1) if inward else (1 if at > 0 else -1)
    ax.annotate(
        f"{amount(point.flips_at)} (centre {amount(point.central)})",
        (at, row),
        xytext=(9 * side, 0),
        textcoords="offset points",
        ha="left" if side > 0 else "right",
        va="center",
        fontsize="x-small",
        bbox={"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.75},
        zorder=4,
    )
