"""How the frontier's cost grows with issues, options and parties, measured and drawn.

Run with ``python benchmarks/frontier_growth.py docs/explanation/frontier-growth.svg [--quick]``: the figure in the docs.
NegMAS is measured if it is installed. Frontiers are compared point by point wherever there are two. CPU seconds of one process,
the median over problems with its range; only ratios and slopes mean something on another machine.
"""

from __future__ import annotations

import argparse
import importlib.util
import warnings
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from bargaining import enumerated, negmas_frontier, points, seconds, trades

import negotiation as ng

Curve = dict[int, list[float]]
DRAWN = 5


def measured(sizes: Iterable[int], make: Callable[[int, int], list[np.ndarray]], budget: float) -> tuple[Curve, Curve]:
    """Seconds and points of `DRAWN` problems of each size, until one takes longer than the budget."""
    times: Curve = {}
    found: Curve = {}
    for size in sizes:
        problems = [make(size, k) for k in range(DRAWN)]
        runs = [seconds(partial(ng.additive_frontier, stakes), 3) for stakes in problems]
        times[size], found[size] = [t for t, _ in runs], [float(len(f)) for _, f in runs]
        if max(times[size]) > budget:
            break
    return times, found


def others(sizes: Iterable[int], budget: float) -> dict[str, Curve]:
    """Full enumeration and NegMAS on binary issues of two players, compared with the frontier."""
    peers: dict[str, Callable[[list[np.ndarray]], Callable[[], Any]]] = {
        "two parties, all listed": lambda stakes: lambda: points(enumerated(stakes))
    }
    if importlib.util.find_spec("negmas") is not None:
        peers["two parties, NegMAS"] = negmas_frontier
    out: dict[str, Curve] = {}
    for name, prepare in peers.items():
        out[name] = {}
        for size in sizes:
            stakes = trades(size)
            spent, front = seconds(prepare(stakes), 1)
            assert front == points(ng.additive_frontier(stakes)), f"{name} finds another frontier"
            out[name][size] = [spent]
            if spent > budget:
                break
    return out


def draw(ax: Any, curve: Curve, label: str, **style: Any) -> None:
    """The median over problems, and their range as a band."""
    sizes = list(curve)
    middle = [float(np.median(curve[s])) for s in sizes]
    (line,) = ax.plot(sizes, middle, marker="o", markersize=3.5, linewidth=1.6, label=label, **style)
    ax.fill_between(
        sizes,
        [min(curve[s]) for s in sizes],
        [max(curve[s]) for s in sizes],
        alpha=0.2,
        color=line.get_color(),
        linewidth=0,
    )


def figure(quick: bool) -> Any:
    """Measure and draw the three panels; print what is drawn."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "frontier"
    import matplotlib.pyplot as plt

    budget = 0.05 if quick else 1.0
    fig, axes = plt.subplots(1, 3, figsize=(11, 4.0), layout="constrained")
    issues = (8, 12, 16, 20, 30, 40, 60, 80, 120, 160)
    panels: list[tuple[Any, str, dict[str, Curve]]] = []
    by_issues, found = measured(issues, lambda k, s: trades(k, seed=s), budget)
    three, found_3 = measured((8, 12, 16, 20, 24, 28, 32), lambda k, s: trades(k, 2, 3, s), budget)
    panels.append(
        (axes[0], "binary issues", {"two parties": by_issues, "three parties": three} | others(issues[:4], budget))
    )
    by_options, _ = measured((2, 4, 8, 16, 32), lambda m, s: trades(20, m, seed=s), budget)
    three_options, _ = measured((2, 3, 4, 6), lambda m, s: trades(12, m, 3, s), budget)
    panels.append(
        (axes[1], "options an issue", {"two parties, 20 issues": by_options, "three parties, 12 issues": three_options})
    )
    curves = {
        f"{k} binary issues": measured((2, 3, 4, 5, 6), lambda n, s, k=k: trades(k, 2, n, s), budget)[0]
        for k in (8, 12, 16)
    }
    panels.append((axes[2], "parties", curves))
    for ax, label, lines in panels:
        for name, curve in lines.items():
            draw(ax, curve, name)
            print(f"{label}: {name}: " + ", ".join(f"{s} {np.median(v):.4f}" for s, v in curve.items()))
        ax.set_yscale("log")
        ax.set_xlabel(label)
        ax.grid(alpha=0.3, which="major")
        ax.spines[["top", "right"]].set_visible(False)
        ax.legend(frameon=False, fontsize="small")
    print("points, two parties: " + ", ".join(f"{s} {np.median(v):,.0f}" for s, v in found.items()))
    print("points, three parties: " + ", ".join(f"{s} {np.median(v):,.0f}" for s, v in found_3.items()))
    axes[0].set_xscale("log")
    axes[0].set_xticks((8, 16, 40, 80, 160), labels=("8", "16", "40", "80", "160"))
    axes[1].set_xscale("log")
    axes[1].set_xticks((2, 4, 8, 16, 32), labels=("2", "4", "8", "16", "32"))
    for ax in axes[:2]:
        ax.minorticks_off()
    axes[2].set_xticks((2, 3, 4, 5, 6))
    axes[0].set_ylabel("CPU seconds")
    return fig


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path, help="where the figure is saved; .svg or .png")
    parser.add_argument("--quick", action="store_true", help="small sizes only")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    figure(given.quick).savefig(given.path, metadata={"Date": None} if given.path.suffix == ".svg" else None)
    print(f"saved {given.path}")


if __name__ == "__main__":
    main()
