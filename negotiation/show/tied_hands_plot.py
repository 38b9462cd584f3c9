"""What a stricter ratifier does to the bargain, and to the odds of having one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.analysis.tied_hands import TiedHands
from negotiation.door import checked
from negotiation.show.canvas import BLACK, BLUE, GREEN, PURPLE, VERMILLION, axes, legend_below, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = (BLUE, VERMILLION, GREEN, PURPLE)


@checked
def plot_tied_hands(curve: TiedHands, *, ax: Axes | None = None) -> Axes:
    """Draw what each party gets against what one ratifier needs.

    Parameters
    ----------
    curve : TiedHands
        From `tied_hands`. Thin lines: what is agreed at central needs. With draws, thick lines are what is expected, and the
        dotted one is the share of draws without a deal, on the right.
    ax : matplotlib Axes, optional
        A new figure unless given.

    Returns
    -------
    matplotlib Axes
    """
    ax = axes(ax, 7.5, 4.2)
    for i, name in enumerate(curve.talks.party_names):
        colour = COLOURS[i % len(COLOURS)]
        width, alpha = (1.0, 0.7) if curve.draws else (2.2, 1.0)
        steps = curve.agreed[:, i]
        ax.step(curve.needs, steps, where="post", color=colour, label=f"{name}: agreed", linewidth=width, alpha=alpha)
        if curve.draws:
            ax.plot(curve.needs, curve.expected[:, i], color=colour, linewidth=2.4, label=f"{name}: expected")
    if curve.draws:
        right = ax.twinx()
        right.plot(curve.needs, curve.no_deal, color=BLACK, linestyle=":", linewidth=1.5)
        right.set_ylim(0, 1.02)
        right.set_ylabel("share of draws without a deal (dotted)")
        right.spines["top"].set_visible(False)
    ax.axvline(curve.strongest, color="#BBBBBB", linewidth=1, zorder=0)
    ax.set_xlabel(f"what {curve.party}'s {curve.ratifier} needs, {curve.talks.unit}")
    ax.set_ylabel(curve.talks.unit)
    own = curve.expected[:, curve.talks.party_index(curve.party)]
    best = f"{curve.party} expects most at {curve.strongest:,.4g} (grey line)"
    ax.set_title(
        best if own.max() > own[0] else f"{curve.party} expects no more if it needs more", loc="left", fontsize="medium"
    )
    legend_below(ax, 0.55, 4)
    shown = tidy(ax)
    if curve.draws:
        shown.spines["right"].set_visible(False)
    return shown
