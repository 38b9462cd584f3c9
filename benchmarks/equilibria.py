"""All equilibria of two-player games, beside QuantEcon, Nashpy, Gambit and lrsnash on the same seeded games.

Run with ``python benchmarks/equilibria.py [--quick]``. QuantEcon comes with ``pip install negotiation[bench]``; pygambit and
lrsnash (Debian's package lrslib) take part where installed. Figures are CPU seconds of this process and its children, medians of
three runs, compilation excluded; only ratios mean something on another machine. Counts of equilibria are compared with
ours, which are checked by their regret; a peer that finds fewer shows as such.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one core for everybody

import numpy as np

import negotiation as ng

Count = Callable[[np.ndarray], int]


def cpu() -> float:
    """CPU seconds of this process and of those it has waited for."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def timed(work: Callable[[], Any], repeat: int = 3) -> tuple[float, Any]:
    """The median CPU time of some runs, and the last result."""
    times, result = [], None
    for _ in range(repeat):
        start = cpu()
        result = work()
        times.append(cpu() - start)
    return float(np.median(times)), result


def quantecon(method: str) -> Count:
    import quantecon.game_theory as theirs

    def count(payoffs: np.ndarray) -> int:
        players = theirs.Player(payoffs[0]), theirs.Player(np.ascontiguousarray(payoffs[1].T))
        return len(getattr(theirs, method)(theirs.NormalFormGame(players)))

    return count


def nashpy(payoffs: np.ndarray) -> int:
    import nashpy as nash

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return len(list(nash.Game(payoffs[0] + 1, payoffs[1] + 1).vertex_enumeration()))


def gambit(payoffs: np.ndarray) -> int:
    import pygambit

    game = pygambit.Game.from_arrays(payoffs[0], payoffs[1])
    return len(pygambit.nash.enummixed_solve(game, rational=False).equilibria)


def lrsnash(payoffs: np.ndarray) -> int:
    m, n = payoffs.shape[1:]
    tables = "\n\n".join("\n".join(" ".join(str(int(v)) for v in row) for row in table) for table in payoffs)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "game")
        path.write_text(f"{m} {n}\n\n{tables}\n", encoding="ascii")
        out = subprocess.run(["lrsnash", path], capture_output=True, text=True, check=True, cwd=folder).stdout
    return int(out.split("Number of equilibria found:")[1].split()[0])


def small_game_peers(n: int) -> dict[str, Count]:
    """Those that can enumerate, by name."""
    peers: dict[str, Count] = {}
    if find_spec("quantecon"):
        peers["quantecon support"] = quantecon("support_enumeration")
        peers["quantecon vertex"] = quantecon("vertex_enumeration")
    if n > 5:
        peers.pop("quantecon support", None)
    if n <= 4:
        peers["nashpy vertex"] = nashpy
    if find_spec("pygambit"):
        peers["gambit enummixed float"] = gambit
    return peers


def batches(sizes: list[int], number: int) -> None:
    """Many small games: microseconds of CPU a game, and the share of games for which a peer counts as many as we do."""
    for kind in ("integers 0-9", "floats"):
        for n in sizes:
            rng = np.random.default_rng(n)
            shape = (max(200, number // n**4), 2, n, n)
            games = rng.integers(0, 10, shape).astype(float) if kind != "floats" else rng.random(shape)
            ng.solve_batch(games[:2])
            ours, batch = timed(lambda games=games: ng.solve_batch(games))
            start = time.perf_counter()
            ng.solve_batch(games)
            wall = time.perf_counter() - start
            assert batch.complete.all()
            assert batch.regret.max() < 1e-9
            ours /= len(games)
            print(
                f"{n}×{n} {kind}: ours {1e6 * ours:9.2f} µs a game CPU ({1e6 * wall / len(games):.2f} wall on "
                f"{os.cpu_count()} cores), {batch.complete.mean():.0%} complete"
            )
            counts = batch.counts()
            for name, count in small_game_peers(n).items():
                some = games[:20] if "nashpy" in name or "gambit" in name else games[:200]

                def run(count: Count = count, some: np.ndarray = some) -> list[int]:
                    found = []
                    for payoffs in some:
                        try:
                            found.append(count(payoffs))
                        except Exception:  # a peer that breaks on a game has not solved it
                            found.append(-1)
                    return found

                count(some[0])
                theirs, found = timed(run)
                theirs /= len(some)
                same = np.mean(np.array(found) == counts[: len(some)])
                failures = found.count(-1)
                broken = f", {failures} exceptions" if failures else ""
                print(
                    f"    {name:24s} {1e6 * theirs:9.1f} µs, {theirs / ours:7.1f} times ours; agrees on {same:.0%}{broken}"
                )


def single(sizes: list[int], games: int) -> None:
    """One random game of integers below 1000: float and exact, beside QuantEcon's vertices and lrsnash."""
    peer = quantecon("vertex_enumeration") if find_spec("quantecon") else None
    ng.solve(ng.NormalFormGame(np.random.default_rng(0).integers(0, 1000, (2, 8, 8))))
    for n in sizes:
        for seed in range(games):
            payoffs = np.random.default_rng([n, seed]).integers(0, 1000, (2, n, n))
            game = ng.NormalFormGame(payoffs)
            repeat = 3 if n < 16 else 1
            ours, solution = timed(lambda game=game: ng.solve(game, ng.VertexEnumeration()), repeat)
            exact, proved = timed(lambda game=game: ng.solve(game, ng.VertexEnumeration(exact=True)), repeat)
            assert solution.complete
            assert proved.complete
            assert len(solution) == len(proved)
            line = f"{n}×{n} seed {seed}: {len(solution)} equilibria; float {ours:.4f} s, exact {exact:.4f} s"
            if any("degenerate" in note for note in solution.notes):
                line += " (degenerate)"
            if peer is not None and n <= 18:
                try:
                    theirs, found = timed(lambda payoffs=payoffs: peer(payoffs.astype(float)), repeat)
                    line += f"; quantecon vertex finds {found}, {theirs / ours:.1f} times our float"
                except Exception as error:
                    line += f"; quantecon vertex: {type(error).__name__}"
            if shutil.which("lrsnash") and n <= 14:
                theirs, found = timed(lambda payoffs=payoffs: lrsnash(payoffs), 1)
                line += f"; lrsnash finds {found}, {theirs / exact:.1f} times our exact"
            print(line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, few games: under a minute")
    quick = parser.parse_args().quick
    batches([2, 3, 4, 5, 8], 100_000 if quick else 1_000_000)
    single([8, 10, 12] if quick else [8, 10, 12, 14, 16, 18], 2 if quick else 3)


if __name__ == "__main__":
    main()
