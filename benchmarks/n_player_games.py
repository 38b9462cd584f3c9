"""Games with three players and more: all equilibria and one equilibrium, beside pygambit where it is installed.

Run with ``python benchmarks/n_player_games.py [--quick] [--python PATH]``; PATH is an interpreter that has pygambit, this one by
default. Each of its calls runs in a process of its own with ten seconds, because some end in a crash or not at all.
Figures are CPU seconds, medians over games; every answer is checked by its regret here.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from typing import Any

import numpy as np

import negotiation as ng
from negotiation.solvers.pure import best_response_cells

SHAPES = [(2, 2, 2), (3, 3, 3), (2, 2, 2, 2), (4, 3, 3)]
LARGER = [(3, 3, 3), (5, 5, 5), (8, 8, 8), (4, 4, 4, 4), (3,) * 5, (2,) * 8]
PEER = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np, pygambit as gb
method, payoffs = json.load(sys.stdin)
game = gb.Game.from_arrays(*[np.array(p) for p in payoffs])
start = time.process_time()
result = getattr(gb.nash, method)(game)
seconds = time.process_time() - start
profiles = [[[float(e[s]) for s in p.strategies] for p in game.players] for e in result.equilibria]
print(json.dumps([seconds, profiles]))
"""


def peer(python: str, method: str, payoffs: np.ndarray) -> tuple[float, Any] | None:
    """CPU seconds and profiles, or None when there was no answer."""
    try:
        done = subprocess.run(
            [python, "-c", PEER],
            input=json.dumps([method, payoffs.tolist()]),
            capture_output=True,
            text=True,
            timeout=12,
        )
        return tuple(json.loads(done.stdout))
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return None


def ours(game: ng.NormalFormGame, solver: Any) -> tuple[float, ng.Solution]:
    start = time.process_time()
    solution = ng.solve(game, solver)
    return time.process_time() - start, solution


def random_payoffs(shape: tuple[int, ...], seed: int, mixed: bool = False) -> np.ndarray:
    rng = np.random.default_rng([seed, *shape])
    while True:
        payoffs = rng.random((len(shape), *shape))
        if not mixed or not best_response_cells(payoffs).any():
            return payoffs


def has_gambit(python: str) -> bool:
    return subprocess.run([python, "-c", "import pygambit"], capture_output=True).returncode == 0


def all_equilibria(python: str, with_peer: bool, games: int) -> None:
    print("\nall equilibria, random games: median CPU seconds; found of all proved to exist")
    for shape in SHAPES:
        seconds, theirs, total, found = [], [], 0, 0
        for seed in range(games):
            payoffs = random_payoffs(shape, seed)
            game = ng.NormalFormGame(payoffs)
            took, solution = ours(game, ng.PolynomialEnumeration())
            assert solution.complete
            assert len(solution) % 2 == 1  # generic games
            assert max(e.regret for e in solution.equilibria) < 1e-10
            seconds.append(took)
            total += len(solution)
            if with_peer and (answer := peer(python, "enumpoly_solve", payoffs)):
                theirs.append(answer[0])
                points = [np.concatenate(p) for p in answer[1]]
                mine = [np.concatenate(e.profile) for e in solution.equilibria]
                found += sum(any(np.abs(m - p).max() < 1e-5 for p in points) for m in mine)
        line = (
            f"  {' × '.join(map(str, shape)):>14}: PolynomialEnumeration {np.median(seconds):.4f} ({total} of {total})"
        )
        if theirs:
            line += f", pygambit enumpoly {np.median(theirs):.4f} ({found} of {total})"
        print(line)


def one_equilibrium(python: str, with_peer: bool, games: int) -> None:
    print("\none equilibrium, random games without pure ones: median CPU seconds, games solved, largest regret")
    for shape in LARGER:
        tables = [random_payoffs(shape, seed, mixed=True) for seed in range(games)]
        answers = [ours(ng.NormalFormGame(t), ng.SmallSupports(deadline=10)) for t in tables]
        solved = [s.equilibria[0].regret for _, s in answers if s.equilibria]
        line = f"  {' × '.join(map(str, shape)):>30}: SmallSupports {np.median([t for t, _ in answers]):.3f}"
        line += f" {len(solved)}/{games} {max(solved):.0e}"
        for method in ("ipa_solve", "gnm_solve", "logit_solve") if with_peer else ():
            rows = [peer(python, method, t) for t in tables]
            regrets = [
                min((ng.regret(ng.NormalFormGame(t), clean(p)).max() for p in row[1]), default=np.inf)
                for t, row in zip(tables, rows, strict=True)
                if row
            ]
            good = [r for r in regrets if r < 1e-5]
            middle = np.median([row[0] if row else np.inf for row in rows])
            line += f" | {method[:-6]} {middle:.3f} {len(good)}/{games} {max(good, default=np.nan):.0e}"
        print(line, flush=True)


def clean(profile: list[list[float]]) -> list[np.ndarray]:
    clipped = [np.clip(p, 0, None) for p in profile]
    return [p / p.sum() for p in clipped]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="an interpreter that has pygambit")
    parser.add_argument("--games", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="three games of each kind")
    options = parser.parse_args()
    games = 3 if options.quick else options.games
    with_peer = has_gambit(options.python)
    if not with_peer:
        print("pygambit is not installed: our own figures only")
    ours(ng.NormalFormGame(random_payoffs((2, 2, 2), 0)), ng.PolynomialEnumeration())  # compile
    all_equilibria(options.python, with_peer, games)
    one_equilibrium(options.python, with_peer, games)


if __name__ == "__main__":
    main()
