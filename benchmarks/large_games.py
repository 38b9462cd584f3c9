"""One equilibrium of large games, and pure equilibria and dominance of package games, beside QuantEcon on the same games.

Run with ``python benchmarks/large_games.py [--quick]``. QuantEcon takes part where installed (``pip install
negotiation[bench]``). Every profile is checked by its regret; pure equilibria are compared set by set. Figures are CPU
seconds of one process, medians over games; only the ratios mean something on another machine.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one core for everybody

import numpy as np

import negotiation as ng
from negotiation.solvers.pure import best_response_cells

REGRET = 1e-8
HAS_PEER = find_spec("quantecon") is not None


def timed(work: Callable[..., Any], *arguments: Any, repeat: int = 1, **options: Any) -> tuple[float, Any]:
    """The least CPU time of some repetitions, and the result."""
    best = np.inf
    for _ in range(repeat):
        start = time.process_time()
        result = work(*arguments, **options)
        best = min(best, time.process_time() - start)
    return best, result


def mixed_only(n: int, seed: int) -> np.ndarray:
    """A random game without pure equilibria, the harder case."""
    rng = np.random.default_rng([n, seed])
    while True:
        payoffs = rng.random((2, n, n))
        if not best_response_cells(payoffs).any():
            return payoffs


def covariant(n: int, seed: int, rho: float = -0.7) -> np.ndarray:
    """Payoffs that oppose each other: supports are larger and paths longer (GAMUT's covariant games)."""
    rng = np.random.default_rng([n, seed])
    first, second = rng.standard_normal((2, n, n))
    return np.array([first, rho * first + np.sqrt(1 - rho**2) * second])


def quantecon_game(payoffs: np.ndarray) -> Any:
    from quantecon.game_theory import NormalFormGame, Player

    return NormalFormGame([Player(payoffs[0]), Player(np.ascontiguousarray(payoffs[1].T))])


def capped_lemke_howson(payoffs: np.ndarray) -> tuple[float, Any]:
    """CPU seconds and the profile of the fastest peer; no figure where it is not installed."""
    if not HAS_PEER:
        return np.nan, None
    from quantecon.game_theory import lemke_howson

    return timed(lemke_howson, quantecon_game(payoffs), capping=10)


def one_equilibrium(kind: str, sizes: list[int], games: int, draw: Callable[[int, int], np.ndarray]) -> None:
    """Beside lemke_howson(capping=10), the fastest peer."""
    print(f"\none equilibrium, {kind}: median CPU seconds")
    print(
        f"{'n':>6}{'OneEquilibrium':>16}{'LemkeHowson':>14}{'quantecon':>12}{'ratio, game by game':>22}{'failed peer':>13}"
    )
    for n in sizes:
        rows, failed = [], 0
        for seed in range(games):
            payoffs = draw(n, seed)
            game = ng.NormalFormGame(payoffs)
            ours, first = timed(ng.solve, game, ng.OneEquilibrium())
            pivots, second = timed(ng.solve, game, ng.LemkeHowson())
            for solution in (first, second):
                assert len(solution) == 1
                assert solution.equilibria[0].regret < REGRET
            peer, profile = capped_lemke_howson(payoffs)
            failed += profile is not None and bool(ng.regret(game, profile).max() > REGRET)
            rows.append((ours, pivots, peer))
        a, b, c = np.median(rows, axis=0)
        each = np.median([peer / ours for ours, _, peer in rows])
        print(f"{n:>6}{a:>16.5f}{b:>14.5f}{c:>12.5f}{each:>22.1f}{failed:>10}/{games}")


def package_payoffs(issues: int, seed: int, additive: bool = True) -> np.ndarray:
    """2^issues actions a side, stakes in whole numbers, with or without combinations that count extra."""
    rng = np.random.default_rng([issues, seed])
    bits = (np.arange(2**issues)[:, None] >> np.arange(issues)) & 1
    stakes = rng.integers(-9, 10, (2, 2, issues))
    payoffs = np.array([(bits @ s[0])[:, None] + (bits @ s[1])[None, :] for s in stakes], dtype=float)
    if not additive:
        for i, j in rng.integers(0, issues, (issues, 2)):
            both = np.outer(bits[:, i], bits[:, j])
            payoffs += rng.integers(-9, 10, 2)[:, None, None] * both
    return payoffs


def pure_nash_brute(payoffs: np.ndarray) -> tuple[float, Any]:
    """CPU seconds and the cells that QuantEcon finds; no figure where it is not installed."""
    if not HAS_PEER:
        return np.nan, None
    from quantecon.game_theory import pure_nash_brute as theirs

    return timed(theirs, quantecon_game(payoffs))


def package_games(issues: list[int]) -> None:
    """Pure equilibria and iterated strict dominance of whole tables, beside pure_nash_brute."""
    print("\npackage games: CPU seconds")
    heads = ("actions", "kind", "pure", "dominance", "both", "pure_nash_brute", "pure ratio", "both")
    print("".join(f"{head:>{width}}" for head, width in zip(heads, (12, 14, 10, 11, 10, 17, 12, 8), strict=True)))
    for k in issues:
        for additive in (True, False):
            payoffs = package_payoffs(k, 0, additive)
            game = ng.NormalFormGame(payoffs)
            pure, mark = timed(best_response_cells, payoffs, repeat=5)
            gone, left = timed(ng.iterated_elimination, game, repeat=3)
            cells = np.argwhere(mark)
            peer, brute = pure_nash_brute(payoffs)
            assert brute is None or set(map(tuple, cells.tolist())) == {tuple(map(int, c)) for c in brute}
            assert all(a in kept for cell in cells.tolist() for a, kept in zip(cell, left.kept, strict=True))
            kind = "additive" if additive else "combinations"
            size = f"{2**k}×{2**k}"
            print(
                f"{size:>12}{kind:>14}{pure:>10.4f}{gone:>11.4f}{pure + gone:>10.4f}{peer:>17.3f}"
                f"{peer / pure:>12.0f}{peer / (pure + gone):>8.0f}"
            )


def without_the_table(issues: list[int]) -> None:
    """The same question from the stakes alone."""
    print("\npackage games from their stakes: CPU seconds")
    for k in issues:
        rng = np.random.default_rng(k)
        stakes = [rng.integers(-9, 10, (2, 2)) for _ in range(2 * k)]
        pairs = [
            ({int(rng.integers(k)): 1, k + int(rng.integers(k)): 1}, rng.integers(-9, 10, 2)) for _ in range(k // 2)
        ]
        game = ng.PackageGame(stakes, [0] * k + [1] * k, synergies=pairs)
        seconds, solution = timed(ng.solve, game)
        print(f"  {k} issues a side, {k // 2} combinations: {seconds:.4f} s, {solution.n_pure} pure equilibria")


def zero_sum(sizes: list[int]) -> None:
    print("\nzero-sum games by HiGHS: CPU seconds")
    for n in sizes:
        matrix = np.random.default_rng(n).integers(0, 1000, (n, n)).astype(float)
        game = ng.NormalFormGame([matrix, -matrix])
        seconds, solution = timed(ng.solve, game, ng.Minimax())
        assert solution.equilibria[0].regret < REGRET * 1000
        print(f"  {n}×{n}: {seconds:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller games only")
    quick = parser.parse_args().quick
    if not HAS_PEER:
        print("quantecon is not installed: our own figures only")
    for warm in (3, 4):  # compile, ours and theirs
        payoffs = mixed_only(warm, 0)
        ng.solve(ng.NormalFormGame(payoffs), ng.OneEquilibrium())
        ng.solve(ng.NormalFormGame(payoffs), ng.LemkeHowson())
        capped_lemke_howson(payoffs)
    sizes = [50, 100, 200] if quick else [50, 100, 200, 500, 1000]
    one_equilibrium("random", sizes, 5 if quick else 9, lambda n, s: np.random.default_rng([n, s]).random((2, n, n)))
    one_equilibrium("random without pure equilibria", sizes, 5 if quick else 9, mixed_only)
    one_equilibrium("opposed, correlation -0.7", sizes[:2] if quick else [20, 50, 100], 5, covariant)
    package_games([6, 8] if quick else [6, 8, 10])
    without_the_table([10, 20])
    zero_sum([200, 500] if quick else [200, 500, 1000, 2000])


if __name__ == "__main__":
    main()
