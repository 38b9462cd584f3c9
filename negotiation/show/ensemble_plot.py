"""How likely each package is to be enough by each criterion, in one table of shades."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from negotiation.analysis.ensembles.result import EVERY, Ensemble
from negotiation.door import checked
from negotiation.show.canvas import GREY, axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@checked
def plot_ensemble(result: Ensemble, *, party: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the share of draws on which each criterion holds, packages by criteria.

    Parameters
    ----------
    result : Ensemble
        From `ensemble`.
    party : str, optional
        For whom; for every party unless named.
    ax : matplotlib Axes, optional
        A new figure unless given.

    Returns
    -------
    matplotlib Axes
        Each cell holds the share and, small, its standard error; grey where a criterion cannot be applied.

    Raises
    ------
    UnknownNameError
        No such party.
    """
    answers = [result.of(criterion, party) for criterion in result.criteria]
    shares = np.array([a.value for a in answers]).T
    errors = np.array([a.standard_error for a in answers]).T
    n_packages, n_criteria = shares.shape
    ax = axes(ax, 3.2 + 1.15 * n_criteria, 1.5 + 0.5 * n_packages)
    ax.set_facecolor(GREY)
    ax.imshow(np.ma.masked_invalid(shares), cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (row, column), share in np.ndenumerate(shares):
        if np.isnan(share):
            ax.text(column, row, "n/a", ha="center", va="center", color="white", fontsize="small")
            continue
        colour = "white" if share > 0.6 else "black"
        ax.text(column, row - 0.12, f"{share:.1%}", ha="center", va="center", color=colour)
        ax.text(
            column,
            row + 0.28,
            f"±{errors[row, column]:.2%}",
            ha="center",
            va="center",
            color=colour,
            fontsize="x-small",
        )
    ax.set_xticks(range(n_criteria), [textwrap.fill(c.replace("_", " "), 13) for c in result.criteria])
    ax.set_yticks(range(n_packages), [textwrap.fill(label.replace("_", " "), 40) for label in result.labels])
    ax.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    ax.set_xticks(np.arange(n_criteria + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(n_packages + 1) - 0.5, minor=True)
    ax.grid(which="minor", color="white", linewidth=1.5)
    ax.tick_params(which="minor", length=0)
    ax.spines[:].set_visible(False)
    part = "" if result.is_complete else ", a part of those asked for"
    common = (
        "\n"
        + textwrap.shorten(f"all with {result.shared}".replace("_", " "), max(45, 13 * n_criteria), placeholder=" …")
        if result.shared
        else ""
    )
    ax.set_title(
        f"Holds for {party or EVERY}: share of {result.draws:,} draws{part} (± standard error){common}",
        loc="left",
        fontsize="medium",
        pad=12,
    )
    return ax
