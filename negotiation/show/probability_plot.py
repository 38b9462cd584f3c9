"""How likely each of several offers is to be enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from negotiation.analysis.probability_result import Probabilities, Probability
from negotiation.door import checked
from negotiation.errors import ParameterError
from negotiation.show.canvas import BLACK, BLUE, axes, shortened, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@checked
def plot_probability(
    result: Probability | Probabilities, *, labels: Sequence[str] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the probability that each offer is enough, with its 95 percent interval.

    Parameters
    ----------
    result : Probability or Probabilities
        From `probability` or `probabilities`.
    labels : sequence of str, optional
        Names of the offers; by default the issues in which they differ, what they share going into the title.
    ax : matplotlib Axes, optional
        A new figure unless given.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ParameterError
        Not one label an offer.
    """
    answers = [result] if isinstance(result, Probability) else list(result)
    shared, names = _names(answers)
    if labels is not None and len(labels) != len(answers):
        raise ParameterError(f"{len(labels)} labels for {len(answers)} offers; give one each.")
    ax = axes(ax, 8.0, 1.6 + 0.4 * len(answers))
    value = np.array([a.value for a in answers])
    ends = np.array([a.interval for a in answers])
    rows = np.arange(len(answers))
    ax.barh(rows, value, color=BLUE, height=0.6)
    ax.errorbar(value, rows, xerr=np.abs(ends.T - value), fmt="none", ecolor=BLACK, capsize=3, linewidth=1)
    for row, v, high in zip(rows, value, ends[:, 1], strict=True):
        text = "cannot be applied" if np.isnan(v) else f"{v:.1%}"
        ax.annotate(
            text, (np.nan_to_num(high), row), xytext=(6, 0), textcoords="offset points", va="center", fontsize="small"
        )
    ax.set_yticks(rows, names if labels is None else list(labels))
    ax.set_ylim(len(answers) - 0.4, -0.6)
    ax.set_xlim(0, 1.12)
    ax.set_xticks(np.linspace(0, 1, 6), [f"{v:.0%}" for v in np.linspace(0, 1, 6)])
    first = answers[0]
    ax.set_xlabel(f"share of {first.draws:,} draws on which it is enough (95% interval)")
    common = f"\nall with {shared}" if shared else ""
    ax.set_title(f"{first.criterion!r} for {first.party or 'every party'}{common}", loc="left", fontsize="medium")
    ax.tick_params(axis="y", length=0)
    return tidy(ax)


def _names(answers: Sequence[Probability]) -> tuple[str, list[str]]:
    """What all offers share, and what is particular to each."""
    packages = [{i: a.package[i] for i in a.package.moved} for a in answers]
    shared = dict(set.intersection(*(set(p.items()) for p in packages))) if len(packages) > 1 else {}
    order = [i for i in packages[0] if i in shared]
    rest = [{i: o for i, o in p.items() if i not in shared} for p in packages]
    names = [shortened(p, width=40) if p else "nothing else" for p in rest]
    return (shortened({i: shared[i] for i in order}, width=80) if shared else ""), names
