"""All perfect Bayesian equilibria of signalling games, type by type and by plans, beside pygambit where it is installed.

Run with ``python benchmarks/signalling_games.py [--quick] [--python PATH] [--games N]``; PATH is an interpreter that has
pygambit, this one by default. pygambit and `VertexEnumeration` get the induced normal form, whose Nash equilibria are a
superset; each of pygambit's calls runs in a process of its own with twenty seconds. Figures are CPU seconds, medians over
seeded games. Every outcome found type by type is looked for among those of the plans.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from fractions import Fraction
from typing import Any

import numpy as np

import negotiation as ng

SHAPES = [(2, 2, 2), (2, 2, 3), (2, 3, 2), (3, 2, 3), (2, 3, 3), (3, 3, 2), (3, 3, 3), (3, 4, 3)]
MOST_CELLS = 300
SECONDS = 20
PEER = """
import json, sys, time
import numpy as np, pygambit as gb
payoffs = [np.array(p) for p in json.load(sys.stdin)]
game = gb.Game.from_arrays(*payoffs)
start = time.process_time()
result = gb.nash.enummixed_solve(game, rational=False)
seconds = time.process_time() - start
print(json.dumps([seconds, [[[float(e[s]) for s in p.strategies] for p in game.players] for e in result.equilibria]]))
"""


def random_game(shape: tuple[int, int, int], seed: int) -> ng.SignallingGame:
    rng = np.random.default_rng([seed, *shape])
    weights = rng.integers(1, 6, shape[0])
    prior = np.array([Fraction(int(w), int(weights.sum())) for w in weights], dtype=object)
    return ng.SignallingGame(prior, rng.integers(-50, 51, shape), rng.integers(-50, 51, shape))


def peer(python: str, form: ng.NormalFormGame) -> tuple[float, Any] | None:
    """CPU seconds and profiles, or None when there was no answer in time."""
    try:
        done = subprocess.run(
            [python, "-c", PEER],
            input=json.dumps(form.payoffs.tolist()),
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        return tuple(json.loads(done.stdout))
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return None


def timed(game: Any, solver: Any) -> tuple[float, Any]:
    start = time.process_time()
    solution = ng.solve(game, solver)
    return time.process_time() - start, solution


def by_type(plans: Any, options: int, decisions: int) -> np.ndarray:
    table = np.asarray(plans, dtype=float).reshape((options,) * decisions)
    return np.array([table.sum(axis=tuple(k for k in range(decisions) if k != d)) for d in range(decisions)])


def outcome(game: ng.SignallingGame, sender: np.ndarray, receiver: np.ndarray) -> tuple[float, ...]:
    """What types send and what is answered on the path."""
    sent = (sender > 1e-9).any(axis=0)
    return tuple(np.round(np.concatenate([sender.ravel(), (receiver * sent[:, None]).ravel()]), 6) + 0.0)


def agree(game: ng.SignallingGame, ours: ng.SignallingSolution, profiles: list[Any]) -> bool:
    """Whether every outcome of ours is among those of the plans, extreme equilibria of which come in full."""
    T, M, A = game.shape
    theirs = {outcome(game, by_type(x, M, T), by_type(y, A, M)) for x, y in profiles}
    mine = {outcome(game, e.sender, e.receiver) for e in ours.equilibria}
    return mine <= theirs


def main() -> None:
    """Print medians, ratios and agreement."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--games", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="two games of each shape")
    options = parser.parse_args()
    n_games = 2 if options.quick else options.games
    has_peer = subprocess.run([options.python, "-c", "import pygambit"], capture_output=True).returncode == 0
    ng.solve(ng.NormalFormGame([[[1] * 6] * 6] * 2))  # compile
    print("types × messages × actions: median CPU seconds (ratio to the first), outcomes agree")
    for shape in SHAPES:
        games = [random_game(shape, seed) for seed in range(n_games)]
        mine = [timed(game, ng.ExtremeAssessments()) for game in games]
        assert all(s.complete and max(e.regret for e in s.equilibria) == 0 for _, s in mine)
        base = float(np.median([t for t, _ in mine]))
        found = sum(len(s) for _, s in mine)
        line = f"  {' × '.join(map(str, shape)):>9}: type by type {base:.4f} ({found} equilibria)"
        T, M, A = shape
        if M**T * A**M <= MOST_CELLS:
            forms = [game.to_normal_form() for game in games]
            plans = [timed(form, ng.VertexEnumeration(deadline=SECONDS)) for form in forms]
            good = [agree(g, s, [e.profile for e in p.equilibria]) for g, (_, s), (_, p) in zip(games, mine, plans, strict=True)
                    if p.complete]  # fmt: skip
            assert all(good), "an outcome found type by type is none of the plans'"
            middle = float(np.median([t if p.complete else np.inf for t, p in plans]))
            line += f" | plans {middle:.4f} ({middle / base:.1f}×), {sum(good)} of {len(good)} agree"
            rows = [peer(options.python, form) for form in forms] if has_peer else []
            if rows:
                good = [agree(g, s, row[1]) for g, (_, s), row in zip(games, mine, rows, strict=True) if row]
                middle = float(np.median([row[0] if row else np.inf for row in rows]))
                line += f" | pygambit enummixed {middle:.4f} ({middle / base:.1f}×), {sum(good)} of {len(good)} agree"
        else:
            line += f" | plans: {M**T} × {A**M} cells, not tried"
        print(line, flush=True)


if __name__ == "__main__":
    main()
