"""Frontiers without listing packages beside full enumeration and NegMAS; alternating offers by rounds and packages.

Run with ``python benchmarks/bargaining.py [--quick]``. NegMAS and pygambit are measured if they are installed. Every frontier is
compared point by point with the others. Figures are CPU seconds of one process, medians; only the ratios mean something on
another machine.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import os
import time
import warnings
from collections.abc import Callable
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one core for everybody

import numpy as np

import negotiation as ng


def seconds(work: Callable[[], Any], repeat: int = 5) -> tuple[float, Any]:
    """The median CPU time of `repeat` runs, at least a few milliseconds in all, and the result."""
    times = []
    while len(times) < repeat or (sum(times) < 0.02 and len(times) < 200):
        start = time.process_time()
        result = work()
        times.append(time.process_time() - start)
    return float(np.median(times)), result


def trades(issues: int, options: int = 2, players: int = 2, seed: int = 0) -> list[np.ndarray]:
    """Integer stakes below 100 that oppose the players on every issue; the first option is worth nothing."""
    rng = np.random.default_rng([issues, options, players, seed])
    stakes = []
    for _ in range(issues):
        worth = rng.integers(1, 100, (options, players)) * np.where(rng.random(players) < 0.5, 1, -1)
        worth[:, 0] = -np.sign(worth[0, 1]) * np.abs(worth[:, 0])
        worth[0] = 0
        stakes.append(worth)
    return stakes


def enumerated(stakes: list[np.ndarray]) -> ng.Frontier:
    """List every package, then take the frontier of the table."""
    sums = np.zeros((1, stakes[0].shape[1]))
    for stake in stakes:
        sums = (sums[:, None, :] + stake).reshape(-1, sums.shape[1])
    return ng.pareto_frontier(ng.BargainingProblem(sums, np.zeros(sums.shape[1])), ties="one")


def negmas_frontier(stakes: list[np.ndarray]) -> Callable[[], set[tuple[float, ...]]]:
    """NegMAS's own function on the same utilities; building them is not counted."""
    from negmas import make_issue
    from negmas.preferences import LinearAdditiveUtilityFunction, pareto_frontier
    from negmas.preferences.value_fun import TableFun

    issues = [make_issue([str(o) for o in range(len(s))], f"issue {k}") for k, s in enumerate(stakes)]
    sides = [
        LinearAdditiveUtilityFunction(
            values=[TableFun({str(o): float(s[o, i]) for o in range(len(s))}) for s in stakes],
            weights=[1.0] * len(stakes),
            issues=issues,
        )
        for i in range(stakes[0].shape[1])
    ]
    return lambda: set(pareto_frontier(sides, issues=issues)[0])


def points(front: ng.Frontier) -> set[tuple[float, ...]]:
    return {tuple(row) for row in front.payoffs.tolist()}


def beside_others(quick: bool) -> None:
    has_negmas = importlib.util.find_spec("negmas") is not None
    print("\nfrontier of binary issues, two players")
    print(f"{'issues':>8}{'points':>8}{'additive':>12}{'enumeration':>13}{'ratio':>9}{'NegMAS':>10}{'ratio':>9}")
    for k in (10, 12, 14) if quick else (10, 12, 14, 16, 18, 20, 40, 60, 100):
        stakes = trades(k)
        own, front = seconds(lambda stakes=stakes: ng.additive_frontier(stakes))
        row = f"{k:>8}{len(front):>8}{own:>12.5f}"
        if k <= 20:
            full, table = seconds(lambda stakes=stakes: enumerated(stakes), 3)
            assert points(front) == points(table)
            row += f"{full:>13.4f}{full / own:>8.0f}×"
        if has_negmas and k <= 16:
            work = negmas_frontier(stakes)
            peer, found = seconds(work, 3)
            assert points(front) == found, "NegMAS finds another frontier"
            row += f"{peer:>10.3f}{peer / own:>8.0f}×"
        print(row)


def growth(quick: bool) -> None:
    print("\ngrowth: CPU seconds (points)")
    cases: list[tuple[str, list[list[np.ndarray]]]] = [
        ("issues 20, 40, 80, 160; 2 options, 2 players", [trades(k) for k in (20, 40, 80, 160)]),
        ("options 2, 4, 8, 16; 20 issues, 2 players", [trades(20, m) for m in (2, 4, 8, 16)]),
        ("players 2, 3, 4; 12 issues, 2 options", [trades(12, 2, n) for n in (2, 3, 4)]),
        ("issues 10, 15, 20, 25; 3 players", [trades(k, 2, 3) for k in (10, 15, 20, 25)]),
    ]
    for name, families in cases:
        out = []
        for stakes in families[: 2 if quick else None]:
            spent, front = seconds(lambda stakes=stakes: ng.additive_frontier(stakes), 3)
            out.append(f"{spent:.4f} ({len(front):,})")
        print(f"  {name}: {', '.join(out)}")


def interactions(quick: bool) -> None:
    """Interactions along a chain, and among issues drawn at random; enumeration checks what it can."""
    print("\ninteractions, 2 players: CPU seconds (points)")
    for k, kind in itertools.product((16,) if quick else (16, 40), ("chain", "random")):
        rng = np.random.default_rng(k)
        stakes = trades(k)
        pairs = [(i, i + 1) for i in range(k - 1)]
        if kind == "random":
            pairs = [tuple(sorted(rng.choice(k, 2, replace=False).tolist())) for _ in range(k // 2)]
        extra = [(((i, 1), (j, 1)), rng.integers(-50, 50, 2)) for i, j in pairs]
        spent, front = seconds(lambda s=stakes, e=extra: ng.additive_frontier(s, e), 3)
        if k <= 16:
            codes = np.array(list(itertools.product((0, 1), repeat=k)))
            sums = codes @ np.array([s[1] for s in stakes])
            for ((i, _), (j, _)), value in extra:
                sums = sums + (codes[:, i] & codes[:, j])[:, None] * value
            assert points(front) == points(ng.pareto_frontier(ng.BargainingProblem(sums, [0, 0])))
        print(f"  {k} issues, {len(pairs)} interactions ({kind}): {spent:.4f} ({len(front):,})")


def alternating(quick: bool) -> None:
    print("\nalternating offers: CPU seconds")
    rng = np.random.default_rng(0)
    sizes = ((100, 100), (1000, 1000)) if quick else ((100, 100), (1000, 1000), (10_000, 10_000))
    for players, (rounds, packages) in itertools.product((2, 3), sizes):
        table = np.abs(rng.standard_normal((packages, players)))
        table /= np.linalg.norm(table, axis=1)[:, None]  # on a sphere: all efficient
        delta = [0.99, 0.98, 0.97][:players]
        finite, _ = seconds(ng.AlternatingOffers(table, delta, deadline=rounds).solve, 1)
        endless, answer = seconds(ng.AlternatingOffers(table, delta).solve, 1)
        print(
            f"  {players} players, {packages:,} efficient packages: {rounds:,} rounds {finite:.3f}; "
            f"no deadline {endless:.3f} ({len(answer.equilibria)} stationary equilibria)"
        )
    if importlib.util.find_spec("pygambit") is not None:
        share = np.arange(20) / 19
        table = np.column_stack([share, 1 - share])
        built, (tree, nodes) = seconds(lambda: gambit_tree(table, 3), 1)
        own, answer = seconds(ng.AlternatingOffers(table, [0.9, 0.9], deadline=3).solve)
        walked, value = seconds(lambda: rolled_back(tree), 1)
        assert np.allclose(value, answer.payoffs), "the tree has another subgame-perfect outcome"
        print(
            f"  20 packages, 3 rounds: {own:.5f}; pygambit to build the tree of {nodes:,} nodes {built:.2f}, "
            f"{built / own:,.0f}×; rolled back node by node {walked:.2f}, the same payoffs"
        )


def rolled_back(tree: Any) -> list[float]:
    """Payoffs of backward induction over pygambit's nodes: indifferent responders accept, proposers think of the other."""
    order, stack = [], [tree.root]
    while stack:
        order.append(stack.pop())
        stack.extend(order[-1].children)
    values: dict[Any, list[float]] = {}
    for node in reversed(order):
        if not node.children:
            try:
                values[node] = [float(node.outcome[p]) for p in tree.players]
            except (KeyError, TypeError):  # the last refusal has no outcome
                values[node] = [0.0, 0.0]
            continue
        at = int(node.player.label) - 1
        options = [values.pop(child) for child in node.children]
        among = [v for v in options if v[at] >= max(o[at] for o in options) - 1e-12]
        is_answer = len(options) == 2  # accept, refuse
        values[node] = options[0] if is_answer and options[0] in among else max(among, key=lambda v, at=at: v[1 - at])
    return values[tree.root]


def gambit_tree(table: np.ndarray, rounds: int) -> tuple[Any, int]:
    """Build the game tree, every refusal with a subtree of its own; and the number of decision nodes."""
    import pygambit

    game = pygambit.Game.new_tree(players=["1", "2"])
    offers = [str(k) for k in range(len(table))]
    level, nodes = [game.root], 0
    for t in range(rounds):
        following = []
        outcomes = [game.add_outcome(f"{t} {k}", [float(v) * 0.9**t for v in row]) for k, row in enumerate(table)]
        for node in level:
            game.append_move(node, str(1 + t % 2), offers)
            for k, child in enumerate(list(node.children)):
                game.append_move(child, str(2 - t % 2), ["accept", "refuse"])
                agreed, refused = child.children
                game.set_outcome(agreed, outcomes[k])
                following.append(refused)
            nodes += 1 + len(offers)
        level = following
    return game, nodes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes only")
    quick = parser.parse_args().quick
    warnings.simplefilter("ignore")
    beside_others(quick)
    growth(quick)
    interactions(quick)
    alternating(quick)


if __name__ == "__main__":
    main()
