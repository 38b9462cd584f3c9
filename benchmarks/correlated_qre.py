"""Correlated equilibria by size, and the logit branch beside Gambit where it is installed.

Run with ``python benchmarks/correlated_qre.py [--quick]``; about a minute. CPU seconds, medians over seeded games; every
answer is checked. A report, not a gate: no other Python library solves for correlated equilibria.
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # spinning threads would count as CPU time

import time
from collections.abc import Callable
from typing import Any

import numpy as np

import negotiation as ng

CORRELATED = [
    (2, 2),
    (5, 5),
    (10, 10),
    (20, 20),
    (40, 40),
    (3,) * 3,
    (6,) * 3,
    (10,) * 3,
    (4,) * 4,
    (2,) * 8,
    (2,) * 10,
]
LOGIT = [(2, 2), (3, 3), (5, 5), (10, 10), (20, 20), (40, 40), (2,) * 3, (3,) * 3, (5,) * 3, (4,) * 4, (2,) * 6]
TRIALS = 5


def games(shape: tuple[int, ...]) -> list[ng.NormalFormGame]:
    """The same seeded games every time: integers below 100."""
    rng = np.random.default_rng([len(shape), *shape])
    return [ng.NormalFormGame(rng.integers(0, 100, (len(shape), *shape))) for _ in range(TRIALS)]


def cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds and the result."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def name(shape: tuple[int, ...]) -> str:
    return f"{shape[0]}^{len(shape)}" if len(shape) > 2 else "×".join(map(str, shape))


def correlated(shapes: list[tuple[int, ...]]) -> None:
    """Time of each objective, and the worst regret over the payoff range."""
    print("correlated equilibrium, CPU seconds (median of", TRIALS, "games)")
    print(f"{'game':>8}{'cells':>8}{'welfare':>10}{'worst':>10}{'fairest':>10}{'coarse':>10}{'regret':>10}")
    for shape in shapes:
        columns, worst = [], 0.0
        for objective, coarse in (("welfare", False), ("worst_welfare", False), ("fairest", False), ("welfare", True)):
            runs = [
                cpu(lambda g=g, o=objective, c=coarse: ng.correlated_equilibrium(g, o, coarse=c)) for g in games(shape)
            ]
            columns.append(np.median([t for t, _ in runs]))
            worst = max(worst, *(r.regret / np.ptp(r.game.payoffs) for _, r in runs))
        cells = int(np.prod(shape))
        print(f"{name(shape):>8}{cells:>8}" + "".join(f"{t:>10.4f}" for t in columns) + f"{worst:>10.0e}", flush=True)


def logit(shapes: list[tuple[int, ...]]) -> None:
    """The branch to its limit, and at 50 precisions; Gambit's tracing of the same branch for comparison."""
    try:
        import pygambit
    except ImportError:
        pygambit = None
        print("\npygambit is not installed: our side only")
    print("\nlogit branch, CPU seconds (median); regret over the payoff range; ratio is Gambit's time over ours")
    print(f"{'game':>8}{'limit':>10}{'regret':>10}{'50 points':>11}{'Gambit':>10}{'regret':>10}{'ratio':>8}{'same':>6}")
    for shape in shapes:
        ours, points, theirs, regrets, their_regrets, same = [], [], [], [0.0], [0.0], 0
        for game in games(shape):
            span = np.ptp(game.payoffs)
            seconds, solution = cpu(lambda g=game: ng.solve(g, ng.LogitPath()))
            ours.append(seconds)
            regrets.append(solution.equilibria[0].regret / span)
            seconds, path = cpu(lambda g=game, s=span: ng.quantal_response(g, np.linspace(0, 20 / s, 50)))
            points.append(seconds)
            assert path.residuals.max() < 1e-9
            if pygambit is None:
                continue
            peer = pygambit.Game.from_arrays(*game.payoffs)
            seconds, result = cpu(lambda p=peer: pygambit.nash.logit_solve(p))
            theirs.append(seconds)
            if result.equilibria:
                found = [np.array([float(result.equilibria[0][s]) for s in p.strategies]) for p in peer.players]
                found = [np.maximum(p, 0) / np.maximum(p, 0).sum() for p in found]
                their_regrets.append(float(ng.regret(game, found).max()) / span)
                ends = zip(found, solution.equilibria[0].profile, strict=True)
                same += max(float(np.abs(p - q).max()) for p, q in ends) < 1e-2
        line = f"{name(shape):>8}{np.median(ours):>10.4f}{max(regrets):>10.0e}{np.median(points):>11.4f}"
        if theirs:
            ratio = np.median(theirs) / np.median(ours)
            line += f"{np.median(theirs):>10.4f}{max(their_regrets):>10.0e}{ratio:>8.1f}{same:>4}/{TRIALS}"
        print(line, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small games only")
    quick = parser.parse_args().quick
    correlated([s for s in CORRELATED if not quick or np.prod(s) <= 250])
    logit([s for s in LOGIT if not quick or np.prod(s) <= 125])
