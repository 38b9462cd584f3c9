"""Exchange rates as a map: how many of a lift a control costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from negotiation.analysis.offers.exchange_result import ExchangeRates
from negotiation.door import checked
from negotiation.show.canvas import axes, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Rates beyond these are drawn in the darkest colours.
CLIPPED = (0.05, 20.0)
# Above so many cells numbers no longer fit.
NUMBERS = 400


@checked
def plot_exchange_rates(rates: ExchangeRates, *, ax: Axes | None = None) -> Axes:
    """Draw how many of each lift pay for each control.

    Parameters
    ----------
    rates : ExchangeRates
        From `exchange_rates`.
    ax : matplotlib Axes, optional
        A new figure unless given.

    Returns
    -------
    matplotlib Axes

    Notes
    -----
    Numbers up to 1 (purple): one such lift pays for the control. Above (orange): it takes more than it. A cross marks pairs
    where the proposer would have to give more than the control is worth to it; "free" where the owner gains by giving it.
    """
    n_controls, n_lifts = rates.needed.shape
    ax = axes(ax, 3.6 + 0.85 * n_lifts, 2.0 + 0.34 * n_controls)
    size = np.log10(np.clip(rates.needed, *CLIPPED))
    image = ax.imshow(size, cmap="PuOr_r", vmin=np.log10(CLIPPED[0]), vmax=np.log10(CLIPPED[1]), aspect="auto")
    talks = rates.talks
    ax.set_xticks(
        range(n_lifts),
        [short(talks, x.issue, x.option) for x in rates.lifts],
        rotation=35,
        ha="right",
        rotation_mode="anchor",
    )
    ax.set_yticks(range(n_controls), [short(talks, c.issue, c.option) for c in rates.controls])
    if rates.needed.size <= NUMBERS:
        _write(ax, rates, size)
    ticks = np.array([0.05, 0.2, 1, 5, 20])
    bar = ax.figure.colorbar(image, ax=ax, ticks=np.log10(ticks), shrink=0.8)
    bar.ax.set_yticklabels(["≤ 0.05", "0.2", "1", "5", "≥ 20"])
    bar.set_label("lifts needed for the control")
    ax.set_xlabel(f"lift by {rates.proposer}")
    ax.set_title(
        "How many of a lift pay for a control\n× more than the control is worth to the proposer",
        loc="left",
        fontsize="medium",
    )
    ax.tick_params(length=0, labelsize="small")
    ax.spines[:].set_visible(False)
    return ax


def _write(ax: Axes, rates: ExchangeRates, size: np.ndarray) -> None:
    """The rate in every cell, white on dark."""
    for (c, x), needed in np.ndenumerate(rates.needed):
        text = "free" if needed == 0 else "never" if np.isinf(needed) else "<0.01" if needed < 0.01 else f"{needed:.2g}"
        mark = " ×" if needed > rates.affordable[c, x] else ""
        ax.text(
            x,
            c,
            text + mark,
            ha="center",
            va="center",
            fontsize=8,
            color="white" if abs(size[c, x]) > 0.85 else "black",
        )
