"""A conflict as a picture: states, who would move where, and which states hold."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation.arrays import Array
from negotiation.door import checked
from negotiation.errors import SizeLimitError, UnknownNameError
from negotiation.games.conflict import ConflictGraph
from negotiation.show.canvas import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILLION, axes, legend_below
from negotiation.solvers.conflict.result import ConflictSolution

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
MOST_STATES = 40


@checked
def plot_conflict(
    solution: ConflictSolution,
    *,
    concept: str = "SEQ",
    status_quo: int | str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the states of a conflict, an arrow for every unilateral improvement, and the states that hold filled.

    Parameters
    ----------
    solution : ConflictSolution
        From `solve`; up to 40 states.
    concept : str
        Whose equilibria are filled.
    status_quo : int or str, optional
        A state to mark.
    ax : matplotlib Axes, optional
        A new figure unless given.

    Returns
    -------
    matplotlib Axes
        In option form with two parties a table, one party's settings down and the other's across, so that each moves along
        one direction; else a circle. Moves that the mover likes no better are thin and grey.

    Raises
    ------
    SizeLimitError, UnknownNameError
    """
    graph = solution.graph
    if graph.n_states > MOST_STATES:
        raise SizeLimitError(
            f"{graph.n_states:,} states are too many to draw (at most {MOST_STATES}); name the issues that matter, or move some "
            "together: conflict_graph(talks, groups=...)."
        )
    if concept not in solution.stable:
        raise UnknownNameError("concept", concept, solution.stable)
    spots = _places(graph)
    wide, high = np.ptp(spots, axis=0) + 1
    ax = axes(ax, min(12.0, 2.0 + 2.0 * wide), min(9.0, 1.6 + 1.5 * high))
    kept = set(solution.equilibria[concept].tolist())
    marked = None if status_quo is None else graph.state_index(status_quo)
    boxes = []
    for s, spot in enumerate(spots):
        label = ax.annotate(
            textwrap.fill(graph.states[s].replace("_", " "), 18),
            spot,
            ha="center",
            va="center",
            fontsize="small",
            zorder=5,
            fontweight="bold" if s in kept else "normal",
            bbox={
                "boxstyle": "round,pad=0.4",
                "facecolor": "#FCE8B2" if s in kept else "white",
                "edgecolor": "black" if s == marked else GREY,
                "linewidth": 2.5 if s == marked else 1,
            },
        )
        boxes.append(label.get_bbox_patch())
    for i in range(len(graph.parties)):
        _arrows(ax, graph, i, spots, boxes=boxes)
    low, top = spots.min(axis=0), spots.max(axis=0)
    ax.set_xlim(low[0] - 0.6, top[0] + 0.6)
    ax.set_ylim(low[1] - 0.5, top[1] + 0.5)
    ax.set_axis_off()
    now = "; thick border: where things stand" if marked is not None else ""
    ax.set_title(f"filled: {concept} equilibria{now}", loc="left", fontsize="medium")
    legend_below(ax, 0.1, len(graph.parties) + 1, _handles(graph))
    return ax


def _places(graph: ConflictGraph) -> Array:
    """Where each state stands, (S, 2)."""
    form = graph.options
    if form is not None and not form.is_merged and len(graph.parties) == 2:
        parts = form.own_parts()
        rows, columns = (np.unique(parts[:, i], return_inverse=True)[1].reshape(-1) for i in range(2))
        return np.column_stack([columns, -rows]).astype(np.float64)
    angle = np.pi / 2 - 2 * np.pi * np.arange(graph.n_states) / graph.n_states
    radius = max(1.0, 0.2 * graph.n_states)
    return radius * np.column_stack([np.cos(angle), np.sin(angle)])


def _arrows(ax: Axes, graph: ConflictGraph, party: int, spots: Array, *, boxes: Sequence[Any]) -> None:
    """The moves of one party, bent a little so that there and back, and those of others, can be told apart."""
    own = graph.ranks[party]
    for s in range(graph.n_states):
        for t in graph.moves[party].from_state(s).tolist():
            better = own[t] > own[s]
            back = own[s] > own[t] and s in graph.moves[party].from_state(t)
            if not better and back:
                continue  # the way back is drawn
            far = float(np.abs(spots[t] - spots[s]).max())
            ax.annotate(
                "",
                spots[t],
                spots[s],
                zorder=1,
                arrowprops={
                    "arrowstyle": "-|>" if better else "->",
                    "color": COLOURS[party % len(COLOURS)] if better else "#D0D0D0",
                    "linewidth": 1.8 if better else 0.8,
                    "patchA": boxes[s],
                    "patchB": boxes[t],
                    "shrinkA": 3,
                    "shrinkB": 3,
                    "connectionstyle": f"arc3,rad={0.12 + 0.1 * (far > 1.01)}",
                },
            )


def _handles(graph: ConflictGraph) -> list[object]:
    from matplotlib.lines import Line2D

    lines: list[object] = [
        Line2D([], [], color=COLOURS[i % len(COLOURS)], linewidth=2, label=f"{name} would move")
        for i, name in enumerate(graph.parties)
    ]
    return [*lines, Line2D([], [], color="#D0D0D0", linewidth=1, label="could, and would not")]
