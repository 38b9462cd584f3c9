"""How patient parties must be for a package to hold, as watching it gets harder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from negotiation.analysis.enforcement.patience import PatienceCurve
from negotiation.door import checked
from negotiation.show.canvas import BLUE, GREEN, GREY, PURPLE, SKY, VERMILLION, axes, legend_below, shortened, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, SKY)


@checked
def plot_patience(curve: PatienceCurve, *, ax: Axes | None = None) -> Axes:
    """Draw the discount factor that each party needs, and the one it has; where the package does not hold is shaded.

    Parameters
    ----------
    curve : PatienceCurve
        From `critical_patience`.
    ax : matplotlib Axes, optional
        A new figure unless given.

    Returns
    -------
    matplotlib Axes
        A party whose curve is not drawn would not be held by any patience there.
    """
    ax = axes(ax, 7.5, 4.5)
    whole = curve.vary in ("lag", "length", "licence")
    for i, name in enumerate(curve.talks.party_names):
        colour, needed = COLOURS[i % len(COLOURS)], np.where(curve.critical[:, i] < 1, curve.critical[:, i], np.nan)
        ax.plot(curve.values, needed, color=colour, linewidth=2, marker="o" if whole else "", label=f"{name} needs")
        has = curve.discount_factors[i]
        if np.isfinite(has):
            # Dashes of each party begin elsewhere, so that equal discount factors stay visible.
            ax.axhline(has, color=colour, linewidth=1.2, linestyle=(4 * i, (4, 4)), label=f"{name} has {has:g}")
    _shade(ax, curve)
    ax.set_ylim(0, 1.02)
    ax.set_xlabel(curve.what)
    ax.set_ylabel(f"discount factor per {curve.talks.period}")
    if whole:
        ax.locator_params(axis="x", integer=True)
    moved = shortened(curve.package, curve.talks.status_quo, width=70)
    ax.set_title(f"patience needed for\n{moved}", loc="left", fontsize="medium")
    legend_below(ax, 0.5, 5)
    return tidy(ax)


def _shade(ax: Axes, curve: PatienceCurve) -> None:
    """Grey where some party is not patient enough."""
    order = np.argsort(curve.values)
    at, fails = curve.values[order], ~curve.holds[order]
    if not fails.any() or len(at) < 2:
        return
    edges = np.concatenate([[at[0]], (at[1:] + at[:-1]) / 2, [at[-1]]])
    label = "does not hold"
    for k in np.flatnonzero(fails):
        ax.axvspan(edges[k], edges[k + 1], color=GREY, alpha=0.2, linewidth=0, label=label)
        label = "_"  # named once
