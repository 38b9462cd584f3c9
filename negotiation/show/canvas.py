"""What all plots share: axes made when none are given, colours that everybody can tell apart, names short enough to read."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from negotiation.model.negotiation import Negotiation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito's palette, distinguishable with any colour vision.
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
BLUE, VERMILLION, PURPLE, GREY = "#0072B2", "#D55E00", "#CC79A7", "#8C8C8C"


def axes(ax: Axes | None, width: float = 7.5, height: float = 5.0) -> Axes:
    """The axes given, or those of a new figure."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    made: Axes = plt.subplots(figsize=(width, height), layout="constrained")[1]
    return made


def tidy(ax: Axes) -> Axes:
    """Take away the lines that carry nothing."""
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def legend_below(ax: Axes, inches: float, columns: int, handles: Sequence[Any] | None = None) -> None:
    """Put the legend so far under the axes, where it covers nothing."""
    from matplotlib.transforms import ScaledTranslation

    under = ax.transAxes + ScaledTranslation(0, -inches, ax.figure.dpi_scale_trans)
    ax.legend(
        handles=ax.get_legend_handles_labels()[0] if handles is None else handles,
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        bbox_transform=under,
        ncols=columns,
        fontsize="small",
        frameon=False,
    )


def short(talks: Negotiation, issue: str, option: str) -> str:
    """An issue at an option: the name alone if there is only one way to move it."""
    name = issue.replace("_", " ")
    return name if len(talks.issue(issue).options) == 2 else f"{name} ({option})"


def shortened(options: Mapping[str, str], status_quo: Mapping[str, str] | None = None, width: int = 34) -> str:
    """A package in a few lines: the issues it moves, and to what where that is not plain."""
    moved = [i for i in options if status_quo is None or options[i] != status_quo[i]]
    names = [i.replace("_", " ") + ("" if options[i] == "lifted" else f" ({options[i]})") for i in moved]
    return textwrap.fill(", ".join(names) or "the status quo", width)
