"""How a dispute goes, over many runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from negotiation.door import checked
from negotiation.show.canvas import BLUE, SKY, VERMILLION, axes, legend_below, tidy
from negotiation.simulation.disputes.result import STATUSES, Dispute

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# From the bottom up: complete, in part, nothing yet, broken down.
ORDER, COLOURS = (3, 2, 0, 1), (BLUE, SKY, "#D9D9D9", VERMILLION)


@checked
def plot_dispute(dispute: Dispute, *, title: str = "", ax: Axes | None = None) -> Axes:
    """Draw the share of runs in which the exchange is complete, partial or broken down, period by period.

    Parameters
    ----------
    dispute : Dispute
    title : str
    ax : matplotlib Axes, optional
        A new figure unless given.

    Returns
    -------
    matplotlib Axes
        The share of runs with a false accusation in each period is a dashed line.
    """
    ax = axes(ax, 7.0, 4.0)
    shares = dispute.shares()
    edges = np.arange(dispute.protocol.periods + 1) + 0.5
    low = np.zeros(dispute.protocol.periods)
    for k, colour in zip(ORDER, COLOURS, strict=True):
        high = low + shares[STATUSES[k]].to_numpy()
        if high.max() > low.max() or (high > low).any():
            ax.stairs(high, edges, baseline=low, fill=True, color=colour, label=STATUSES[k])
        low = high
    if dispute.falsely.any():
        wrong = dispute.falsely.any(axis=2).mean(axis=0)
        ax.stairs(wrong, edges, color="black", linestyle="--", linewidth=1, baseline=None, label="false accusation")
    ax.set_xlim(edges[0], edges[-1])
    ax.set_ylim(0, 1)
    ax.set_xlabel(dispute.steps.talks.period)
    ax.set_ylabel(f"share of {dispute.runs:,} runs")
    if title:
        ax.set_title(title, loc="left", fontsize="medium")
    legend_below(ax, 0.45, 5)
    return tidy(ax)
