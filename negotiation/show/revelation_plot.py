"""What each offer would say about the proposer's need: belief before and after, offer by offer."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from negotiation.analysis.revelation import Revelation
from negotiation.analysis.wording import listing, percent
from negotiation.door import checked
from negotiation.show.canvas import BLUE, GREY, ORANGE, axes, legend_below, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@checked
def plot_revelation(found: Revelation, *, ax: Axes | None = None) -> Axes:
    """Draw what the responder believes after each offer, against the prior.

    Parameters
    ----------
    found : Revelation
        From `what_an_offer_reveals`; the offer asked about is in bold.
    ax : matplotlib Axes, optional
        A new figure unless given.

    Returns
    -------
    matplotlib Axes
        A bar an offer from the least to the greatest probability of the highest need: orange where the offer is made in an
        equilibrium, blue where it would be a surprise. At the right the best replies to the belief.
    """
    from matplotlib.lines import Line2D

    table = found.to_frame()
    signals, rows = found.signals, np.arange(len(table))
    ax = axes(ax, 9.0, 1.9 + 0.62 * len(table))
    low, high = table["posterior low"].to_numpy(dtype=float), table["posterior high"].to_numpy(dtype=float)
    colours = [ORANGE if made else BLUE for made in table["made"]]
    ax.hlines(rows, low, high, colors=colours, linewidth=9)
    ax.scatter(low, rows, c=colours, s=64, zorder=3)
    ax.scatter(high, rows, c=colours, s=64, zorder=3)
    prior = float(found.prior[-1])
    ax.axvline(prior, color=GREY, linestyle="--", linewidth=1.2)
    ax.annotate(
        f"prior {percent(prior)}",
        (prior, -0.55),
        xytext=(4, 0),
        textcoords="offset points",
        fontsize="small",
        color=GREY,
    )
    for row, reply in zip(rows, table["reply after it"], strict=True):
        text = textwrap.fill(f"{signals.responder}: {reply}", 40)
        ax.annotate(text, (1.04, row), va="center", fontsize="small", annotation_clip=False)
    ax.set_yticks(rows, [textwrap.fill(name, 30) for name in table.index])
    ax.get_yticklabels()[found.message].set_fontweight("bold")
    ax.set_ylim(len(table) - 0.4, -0.75)
    ax.set_xlim(-0.03, 1.6)
    ax.set_xticks(np.linspace(0, 1, 5), [f"{v:.0%}" for v in np.linspace(0, 1, 5)])
    ax.set_xlabel(
        f"the chance that {signals.responder} puts on {signals.types[-1]} of {signals.proposer} after the offer"
    )
    asked = textwrap.shorten(listing(signals.private), 70, placeholder=" …") if signals.private else "nothing"
    ax.set_title(f"What {signals.proposer}'s offers for {asked} would say", loc="left", fontsize="medium")
    ax.tick_params(axis="y", length=0)
    ax.spines["bottom"].set_bounds(0, 1)
    handles = [
        Line2D([], [], color=ORANGE, linewidth=7, label="made in an equilibrium"),
        Line2D([], [], color=BLUE, linewidth=7, label="a surprise: beliefs that deter it"),
    ]
    legend_below(ax, 0.5, 2, handles)
    return tidy(ax)
