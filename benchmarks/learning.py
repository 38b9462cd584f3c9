"""Counterfactual regret beside the linear programme, on poker of Kuhn with more cards and on deep random trees.

Run with ``python benchmarks/learning.py [--quick]``. Both methods are ours: the sequence form is exact, and what is learnt must
lie within its own regret of it. Figures are CPU seconds of one process; only the ratios mean something on another machine.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from itertools import permutations
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one core for everybody

import numpy as np

import negotiation as ng

PAYOFFS = {"pp": 1, "bp": 0, "pbp": 0, "bb": 2, "pbb": 2}  # stakes at a showdown; none where somebody folds


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU time, and the result."""
    start = time.process_time()
    result = work()
    return max(time.process_time() - start, 1e-6), result


def kuhn(cards: int) -> ng.GameTree:
    """Kuhn's poker (1950) with any number of cards."""
    deals = {f"{a} {b}": (a, b) for a, b in permutations(range(cards), 2)}
    odds = dict.fromkeys(deals, f"1/{len(deals)}")

    def node(history: tuple[str, ...]) -> Any:
        if not history:
            return ng.chance(odds)
        own, moves = deals[history[0]], "".join(m[0] for m in history[1:])
        if moves in PAYOFFS:
            stake = PAYOFFS[moves] * (1 if own[0] > own[1] else -1) or (1 if moves == "bp" else -1)
            return ng.leaf(stake, -stake)
        who = len(moves) % 2
        return ng.decision(("first", "second")[who], ("pass", "bet"), infoset=f"{own[who]} {moves}")

    return ng.GameTree.from_function(node, ("first", "second"))


def deep(levels: int) -> ng.GameTree:
    """Two moves at each node, drawn payoffs; the second player does not see the first's last move."""
    n = 2 ** (levels + 1) - 1
    parent = (np.arange(n) - 1) // 2
    parent[0] = -1
    depth = np.floor(np.log2(np.arange(n) + 1)).astype(np.int64)
    infoset = np.where(depth % 2 == 1, n + parent, np.arange(n))
    worth = np.random.default_rng(0).normal(size=n)
    return ng.GameTree.from_arrays(
        parent, depth % 2, np.stack([worth, -worth], axis=1), ("first", "second"), infoset=infoset
    )


def compare(name: str, tree: ng.GameTree, target: float) -> None:
    """One line: both methods on one tree."""
    learner = ng.CounterfactualRegret(1_000_000, target=target, deadline=120)
    by_learning, learnt = seconds(lambda: ng.solve(tree, learner))
    by_programme, exact = seconds(lambda: ng.solve(tree, ng.SequenceForm("lp", exact=False, deadline=None)))
    value, found = exact.equilibria[0].payoffs[0], learnt.equilibria[0].payoffs[0]
    assert abs(value - found) <= learnt.regrets[-1].max() + 1e-9, "the learner is further off than its regret says"
    print(
        f"{name:<22}{tree.n_nodes:>9,} nodes  linear programme {by_programme:8.3f} s   CFR+ {by_learning:8.3f} s to regrets "
        f"of {learnt.exploitability[-1]:.1e} in {learnt.iterations:,} iterations   ratio {by_programme / by_learning:6.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller trees")
    quick = parser.parse_args().quick
    small = kuhn(3)
    ng.solve(small, ng.CounterfactualRegret(1))  # compiles, or reads what was compiled
    ng.solve(small, ng.SequenceForm("lp", exact=False))
    taken, _ = seconds(lambda: ng.solve(small, ng.CounterfactualRegret(100_000)))
    print(f"Kuhn poker: {taken / 100_000 * 1e6:.2f} microseconds an iteration")
    for cards in (3, 13) if quick else (3, 13, 52):
        compare(f"Kuhn, {cards} cards", kuhn(cards), 1e-4)
    for levels in (8, 10) if quick else (10, 12, 14):
        compare(f"random, {levels} moves deep", deep(levels), 1e-3)


if __name__ == "__main__":
    main()
