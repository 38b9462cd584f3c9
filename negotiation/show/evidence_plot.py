"""What moves said of the stakes, and how they moved an answer."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from negotiation.analysis.evidence.posterior import Posterior
from negotiation.analysis.evidence.timeline import Timeline
from negotiation.door import checked
from negotiation.show.canvas import BLACK, BLUE, GREY, axes, legend_below, shortened, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@checked
def plot_posterior(result: Posterior, *, most: int = 10, ax: Axes | None = None) -> Axes:
    """Draw the 5 to 95 percent range of the numbers that moved most, before and after, in widths of the range before.

    Parameters
    ----------
    result : Posterior
        From `condition`.
    most : int
        How many numbers.
    ax : matplotlib Axes, optional
        A new figure unless given.

    Returns
    -------
    matplotlib Axes
    """
    frame = result.to_frame().head(most)
    ax = axes(ax, 9.0, 1.8 + 0.42 * max(len(frame), 1))
    low, high = frame["prior 5%"].to_numpy(), frame["prior 95%"].to_numpy()
    width = np.where(high > low, high - low, 1.0)
    rows = np.arange(len(frame))
    for shift, name, colour in ((-0.15, "prior", GREY), (0.15, "posterior", BLUE)):
        ends = [(frame[f"{name} {q}"].to_numpy() - low) / width for q in ("5%", "50%", "95%")]
        ax.hlines(rows + shift, ends[0], ends[2], color=colour, linewidth=5, label=f"{name}, 5 to 95%")
        ax.plot(ends[1], rows + shift, "o", color=BLACK, markersize=4)
    names = [textwrap.shorten(str(n).replace("_", " "), 46, placeholder=" …") for n in frame["number"]]
    ax.set_yticks(rows, names)
    ax.set_ylim(len(frame) - 0.4, -0.6)
    ax.set_xlabel("in widths of the 5 to 95% range before the moves; dots: medians")
    ax.set_title(f"what {len(result.record)} moves say", loc="left")
    ax.tick_params(axis="y", length=0, labelsize="small")
    legend_below(ax, 0.6, 2)
    return tidy(ax)


@checked
def plot_timeline(result: Timeline, *, ax: Axes | None = None) -> Axes:
    """Draw how likely a package was to be enough as the moves came in, with two standard errors.

    Parameters
    ----------
    result : Timeline
        From `timeline`.
    ax : matplotlib Axes, optional
        A new figure unless given.

    Returns
    -------
    matplotlib Axes
    """
    ax = axes(ax, 9.0, 4.8)
    at = np.arange(len(result.dates))
    low, high = (np.clip(result.probability + s * 2 * result.standard_error, 0, 1) for s in (-1, 1))
    ax.fill_between(at, low, high, color=BLUE, alpha=0.2, linewidth=0)
    ax.plot(at, result.probability, "o-", color=BLUE)
    labels = [
        f"{d:%d %b} · {textwrap.shorten(e, 44, placeholder=' …')}"
        for d, e in zip(result.dates, result.events, strict=True)
    ]
    ax.set_xticks(at, labels, rotation=38, ha="right", fontsize="x-small")
    ax.set_ylim(0, 1)
    ax.set_ylabel(f"chance of {result.criterion!r}\nfor {result.party or 'every party'}")
    package = shortened({i: result.package[i] for i in result.package.moved}, width=80)
    ax.set_title(package, loc="left", fontsize="medium")
    return tidy(ax)
