"""Ensembles: draws a second for each criterion, on one core and two, beside plain Python loops; what a chunk costs where.

Run with ``python benchmarks/ensembles.py [draws]``; about a minute for the million draws it takes by default. London, eight
offers: every set of the three lifts, for licences. Answers are compared before times are. A report, not a gate: no other
library answers these questions in draws; the baselines are loops over payoffs, and over nashpy's vertex enumeration.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one core for everybody
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
import warnings
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np

import negotiation as ng
from negotiation.runs.seeds import as_seed, generator

THREE = ("eda_software", "jet_engine_parts", "ethane")
TOGETHER = ("acceptable", "worth_the_doubt", "spontaneous", "self_enforcing", "ratifiable", "kept")
ONE_BY_ONE = ("sequenced", "stable", "efficient", "fair", "better_than_waiting")
SEED = 7


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Wall and CPU seconds of one run, and the result."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return time.perf_counter() - wall, time.process_time() - cpu, result


def ensemble(talks: ng.Negotiation, offers: list[ng.Package], draws: int, **options: Any) -> ng.Ensemble:
    return ng.ensemble(talks, offers, **{"draws": draws, "rng": SEED, "progress": None, "executor": 1, **options})


def by_criterion(talks: ng.Negotiation, offers: list[ng.Package], draws: int) -> None:
    """Each criterion alone, drawing included: for every party and for each, with quantiles."""
    print(f"{'criterion, alone':34s}{'draws':>12s}{'CPU s':>9s}{'draws a second':>17s}")
    for names, n in ((TOGETHER, draws // 5), (ONE_BY_ONE, 512)):
        for name in names:
            ensemble(talks, offers, 64, criteria=[name])  # compiled, imported
            _, cpu, _ = timed(lambda name=name, n=n: ensemble(talks, offers, n, criteria=[name]))
            print(f"  {name:32s}{n:12,d}{cpu:9.2f}{n / cpu:17,.0f}")


def together(talks: ng.Negotiation, offers: list[ng.Package], draws: int) -> None:
    """All criteria that judge draws together, on one core and on two."""
    answers, walls, cpus = {}, {}, {}
    for executor in (1, 2):
        before = cpu_of_all()
        walls[executor], _, answers[executor] = timed(lambda e=executor: ensemble(talks, offers, draws, executor=e))
        cpus[executor] = cpu_of_all() - before
    assert np.array_equal(answers[1].books.sums, answers[2].books.sums)  # to the bit
    cells = answers[1].value.size
    print(f"\n{len(answers[1])} criteria by 8 offers by 3 answers on {draws:,} draws: the same to the bit on both")
    print(f"  {'':8s}{'wall s':>9s}{'CPU s of all':>14s}{'draws/CPU s':>14s}{'margins/CPU s':>16s}")
    for executor, cpu in cpus.items():
        name = f"{executor} core{'s' if executor > 1 else ''}"
        print(f"  {name:8s}{walls[executor]:9.1f}{cpu:14.1f}{draws / cpu:14,.0f}{draws * cells / cpu:16,.0f}")
    clock, idle = walls[1] / walls[2], 2 * cpus[1] / cpus[2]
    print(f"  1 to 2 cores: {clock:.2f} times as fast by the clock; by CPU time, on idle cores, {idle:.2f}")


def cpu_of_all() -> float:
    """CPU seconds of this process and of those it has started and ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def beside_loops(talks: ng.Negotiation, offers: list[ng.Package], n: int = 100) -> None:
    """A plain loop over draws and offers: payoffs added one by one; the exchange game solved by nashpy."""
    draws = ng.draw_stakes(talks, n, rng=generator(as_seed(SEED)[0], 0))
    print(f"\n{'beside a plain Python loop':34s}{'loop, draws/s':>15s}{'ensemble':>12s}{'ratio':>9s}")
    for name, loop in (("acceptable", loop_payoffs), ("kept", loop_nashpy)):
        _, slow, shares = timed(lambda loop=loop: loop(talks, offers, draws))
        assert np.allclose(shares, ensemble(talks, offers, n, criteria=[name])[name].value), name
        many = 100_000
        _, quick, _ = timed(lambda name=name, many=many: ensemble(talks, offers, many, criteria=[name]))
        what = name + (" (nashpy)" if name == "kept" else "")
        print(f"  {what:32s}{n / slow:15,.0f}{many / quick:12,.0f}{slow / n / (quick / many):9,.0f}")


def loop_payoffs(talks: ng.Negotiation, offers: list[ng.Package], draws: ng.Draws) -> Any:
    """How often every party gains, stake by stake."""
    held = np.zeros(len(offers))
    for s in range(len(draws)):
        for k, offer in enumerate(offers):
            total = dict.fromkeys(talks.party_names, 0.0)
            for value, item in zip(draws.values[s].tolist(), talks.terms.items, strict=True):
                if all(offer[issue] == option for issue, option in item.conditions):
                    total[item.party] += value
            held[k] += all(worth >= 0 for worth in total.values())
    return held / len(draws)


def loop_nashpy(talks: ng.Negotiation, offers: list[ng.Package], draws: ng.Draws) -> Any:
    """How often some equilibrium of keep or break keeps the package with at least 1/2."""
    import nashpy

    held = np.zeros(len(offers))
    for k, offer in enumerate(offers):
        cells = [_cell(talks, offer, moves) for moves in ((0, 0), (0, 1), (1, 0), (1, 1))]
        worth = ng.payoffs(talks, cells, draws=draws)
        for s in range(len(draws)):
            tables = worth[s].T.reshape(2, 2, 2)
            tables = tables - tables.min() + 1
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = list(nashpy.Game(*tables).vertex_enumeration())
            held[k] += max(row[0] * column[0] for row, column in found) >= 0.5
    return held / len(draws)


def _cell(talks: ng.Negotiation, offer: ng.Package, moves: tuple[int, int]) -> ng.Package:
    """The package left when some break their part."""
    breakers = {name for name, move in zip(talks.party_names, moves, strict=True) if move}
    return talks.as_package(
        {k: talks.issue(k).status_quo if talks.issue(k).owner in breakers else o for k, o in offer.items()}
    )


def overhead(chunks: int = 200) -> None:
    """What giving out a chunk costs, with work that does nothing."""
    print(f"\n{'milliseconds a chunk of no work':34s}")
    seed = as_seed(SEED)[0]

    def show(name: str, executor: Any) -> None:
        few, many = (
            timed(lambda n=n: ng.run_chunks(nothing, n, seed=seed, executor=executor, progress=None))[0]
            for n in (8, 8 + chunks)
        )
        print(f"  {name:32s}{(many - few) / chunks * 1000:9.2f}")

    show("this process", 1)
    show("2 processes", 2)
    try:
        import distributed
    except ImportError:
        print("  (distributed is not installed)")
        return
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster,
        distributed.Client(cluster) as client,
    ):
        show("Dask, 2 worker processes", client)


def nothing(chunk: int, rng: np.random.Generator) -> dict[str, Any]:
    return {"chunk": chunk}


def main(draws: int = 1_000_000) -> None:
    talks = ng.london_2025()
    asked = dict(talks.concession("licences for civilian buyers for six months").options)
    offers = [
        talks.as_package({**dict.fromkeys(some, "lifted"), **asked})
        for r in range(4)
        for some in combinations(THREE, r)
    ]
    print(f"numpy {np.__version__}, {os.cpu_count()} cores, one run\n")
    by_criterion(talks, offers, draws)
    together(talks, offers, draws)
    beside_loops(talks, offers)
    overhead()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
