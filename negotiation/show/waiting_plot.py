"""Who is hurt by waiting, month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from negotiation.analysis.waiting import WaitingCosts
from negotiation.door import checked
from negotiation.errors import UnknownNameError
from negotiation.show.canvas import BLUE, GREEN, PURPLE, SKY, VERMILLION, axes, legend_below, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, SKY)
BAND = (0.05, 0.95)


@checked
def plot_waiting(costs: WaitingCosts, *, party: str, ax: Axes | None = None) -> Axes:
    """Draw what waiting costs one party per period, input by input: at central values, and the 5 to 95 percent of draws.

    Parameters
    ----------
    costs : WaitingCosts
        From `waiting_costs`; with draws there are bands.
    party : str
        One that has inputs.
    ax : matplotlib Axes, optional
        A new figure unless given. To compare parties, give axes that share both scales.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    UnknownNameError
        The party has no inputs.
    """
    if party not in costs.paths:
        raise UnknownNameError("party", party, costs.paths, "the waiting costs")
    ax = axes(ax, 8.0, 4.0)
    periods = costs.disagreement.shape[-2]
    top = ax.get_ylim()[1] if any(a.has_data() for a in ax.get_shared_y_axes().get_siblings(ax)) else 0.0
    edges = np.arange(periods + 1)
    for k, path in enumerate(costs.paths[party]):
        colour = COLOURS[k % len(COLOURS)]
        middle = high = path.item.path(periods).loss
        ax.step(edges, np.append(middle, middle[-1]), where="post", color=colour, linewidth=2, label=path.item.name)
        if path.loss.ndim > 1:
            low, high = (np.quantile(path.loss, q, axis=0) for q in BAND)
            ax.fill_between(
                edges, np.append(low, low[-1]), np.append(high, high[-1]), step="post", color=colour, alpha=0.2, linewidth=0
            )  # fmt: skip
        top = max(top, 1.05 * float(np.max([middle, high])))
    ax.set_xlim(0, periods)
    ax.set_ylim(0, top or 1.0)
    ax.set_xticks(range(0, periods + 1, 12 if costs.talks.period == "month" and periods > 24 else max(1, periods // 8)))
    ax.set_xlabel(f"{costs.talks.period}s without agreement")
    ax.set_ylabel(f"loss, {costs.talks.unit}")
    bands = "; bands: 5 to 95% of draws" if any(p.loss.ndim > 1 for p in costs.paths[party]) else ""
    ax.set_title(f"{party}: central values{bands}", loc="left", fontsize="medium")
    legend_below(ax, 0.55, 2)
    return tidy(ax)
