"""Payoff sets of two-player repeated games, beside QuantEcon's ``RepeatedGame.equilibrium_payoffs`` where it is installed.

Run with ``python benchmarks/repeated_games.py [--quick]``. The same games in the same process, compiled code warmed up first;
medians over games of the least CPU seconds of five calls, ours with the proof from inside included. Answers are compared as sets,
and what the other raises is counted by kind; its times are of games that both answer.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from typing import Any

import numpy as np

import negotiation as ng
from negotiation.solvers.repeated.polygon import outside

DELTAS = (0.3, 0.6, 0.9)
SIZES = (2, 3, 5, 10, 20)


def peer_solver() -> Any:
    """A function from payoffs and discount factor to vertices, or None without QuantEcon."""
    try:
        import quantecon.game_theory as gt
    except ImportError:
        return None

    def solve(payoffs: np.ndarray, delta: float) -> np.ndarray:
        players = [gt.Player(payoffs[0]), gt.Player(payoffs[1].T)]
        game = gt.RepeatedGame(gt.NormalFormGame(players), delta)
        # Its default punishments start at 0, which is right for payoffs that are not negative; ours are drawn so.
        return np.asarray(game.equilibrium_payoffs(method="abreu_sannikov").points)

    return solve


def timed(function: Any, *args: Any, repeats: int = 5) -> tuple[float, Any]:
    """The least CPU seconds of a few calls, and the answer; an exception counts as an answer."""
    best, answer = np.inf, None
    for _ in range(repeats):
        start = time.process_time()
        try:
            answer = function(*args)
        except Exception as error:
            answer = error
        best = min(best, time.process_time() - start)
    return best, answer


def agree(ours: np.ndarray, theirs: np.ndarray, scale: float) -> bool:
    """Whether two sets are the same up to a millionth of the payoff range."""
    from negotiation.solvers.kernels.self_generation import hull

    other = hull(np.ascontiguousarray(theirs, dtype=np.float64), 1e-12 * scale)
    return bool(max(outside(ours, other).max(), outside(other, ours).max()) < 1e-6 * scale)


def compare(size: int, games: int, peer: Any) -> None:
    rng = np.random.default_rng([7, size])
    rows, same, both, empty, raised = [], 0, 0, 0, Counter[str]()
    for k in range(games):
        payoffs = rng.random((2, size, size))
        delta = DELTAS[k % len(DELTAS)]
        game = ng.RepeatedGame(ng.NormalFormGame(payoffs), delta)
        took, found = timed(ng.solve, game)
        assert found.complete
        assert found.error < 1e-9
        empty += found.is_empty
        if peer is None:
            rows.append((took, np.nan))
            continue
        theirs_took, theirs = timed(peer, payoffs, delta)
        if isinstance(theirs, Exception):
            raised[type(theirs).__name__] += 1
        elif not found.is_empty:
            rows.append((took, theirs_took))  # times of games that both answer
            both += 1
            same += agree(found.vertices, theirs, float(np.ptp(payoffs)))
    mine, theirs_median = np.median(rows, axis=0)
    line = f"{size:>3} x {size:<3} ours {mine * 1e3:8.3f} ms; nothing sustained in {empty} of {games}"
    if peer is not None:
        line += (
            f"; QuantEcon {theirs_median * 1e3:8.3f} ms, ratio {theirs_median / mine:6.2f}; same set {same} of {both}"
        )
        line += "".join(f"; {kind} {n} times" for kind, n in raised.items())
    print(line)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few games, small ones")
    quick = parser.parse_args().quick
    peer = peer_solver()
    print("subgame-perfect payoff sets, random games with payoffs in [0, 1], δ = 0.3, 0.6, 0.9; median CPU time")
    if peer is None:
        print("QuantEcon is not installed here: our times alone")
    warm = np.random.default_rng(0).random((2, 3, 3))
    ng.solve(ng.RepeatedGame(ng.NormalFormGame(warm), 0.6))
    if peer is not None:
        timed(peer, warm, 0.6, repeats=1)
    for size in SIZES[:3] if quick else SIZES:
        compare(size, 9 if quick else 30, peer)


if __name__ == "__main__":
    main()
