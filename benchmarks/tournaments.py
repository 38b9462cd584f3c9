"""Negotiations a second beside NegMAS: time-based agents, stacked alternating offers, 10 binary issues, 100 rounds.

Run with ``python benchmarks/tournaments.py [--quick]``. NegMAS is measured if it is installed; then the traces are compared
offer by offer first. Figures are CPU seconds of one process; only the ratios mean something on another machine.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import time
import warnings
from collections.abc import Callable
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one core for everybody

import numpy as np

import negotiation as ng

ISSUES, ROUNDS = 10, 100
# NegMAS names exponents of time: Boulware 4, linear 1, conceder 1/4. It allows offers to fall short of the level by 1e-4 of the
# utility and, in the search, by 1e-6 more; its clock is (r + 1) / (n + 1).
TOLERANCE = 1e-4 + 1e-6
EXPONENTS = {"Boulware": 4.0, "linear": 1.0, "conceder": 0.25}
RULES = ng.StackedAlternatingOffers(rounds=ROUNDS, clock="open")


def weights(seed: int) -> np.ndarray:
    """Issue weights of two opposed parties, without sums so close that NegMAS takes them for equal."""
    rng = np.random.default_rng([seed, ISSUES])
    while True:
        w = rng.random((2, ISSUES))
        w /= w.sum(axis=1, keepdims=True)
        if all(np.diff(np.sort(domain(w).utilities[:, p])).min() > 1e-5 for p in (0, 1)):
            return w


def domain(w: np.ndarray) -> ng.Domain:
    """One party wants every issue at its second option, the other at its first."""
    return ng.Domain.additive([[[0, 1]] * ISSUES, [[1, 0]] * ISSUES], w, names=("A", "B"))


def ours(name: str) -> ng.TimeBased:
    """The strategy that NegMAS knows by this name."""
    return ng.TimeBased(beta=1 / EXPONENTS[name], tolerance=TOLERANCE)


def in_negmas(w: np.ndarray) -> Callable[[str, str], Any]:
    """A function that runs one negotiation in NegMAS; utilities are built once, as ours are."""
    from negmas import make_issue
    from negmas.preferences import LinearAdditiveUtilityFunction
    from negmas.preferences.value_fun import TableFun
    from negmas.sao import SAOMechanism
    from negmas.sao.negotiators import TimeBasedConcedingNegotiator

    issues = [make_issue(["0", "1"], f"issue {k}") for k in range(ISSUES)]
    sides = [
        LinearAdditiveUtilityFunction(
            values=[TableFun({"0": float(p == 1), "1": float(p == 0)}) for _ in range(ISSUES)],
            weights=w[p].tolist(),
            issues=issues,
            reserved_value=0.0,
        )
        for p in (0, 1)
    ]

    def negotiate(first: str, second: str) -> Any:
        talks = SAOMechanism(issues=issues, n_steps=ROUNDS)
        for side, name in zip(sides, (first, second), strict=True):
            talks.add(TimeBasedConcedingNegotiator(offering_curve=EXPONENTS[name]), ufun=side)
        talks.run()
        return talks

    return negotiate


def offers_of(talks: Any) -> list[tuple[int, ...]]:
    """Every offer of a NegMAS negotiation, in order."""
    return [tuple(map(int, step.offer)) for step in talks.full_trace]


def compare(n_domains: int) -> None:
    """Stop at the first offer that differs."""
    pairs = [(a, b) for a in EXPONENTS for b in EXPONENTS]
    checked = 0
    for seed in range(n_domains):
        w = weights(seed)
        place, theirs = domain(w), in_negmas(w)
        for a, b in pairs:
            trace = ng.play(place, [ours(a), ours(b)], protocol=RULES)
            made = [tuple(map(int, place.options[e.outcome])) for e in trace.events if e.kind == "offer"]
            talks = theirs(a, b)
            agreed = None if talks.agreement is None else tuple(map(int, talks.agreement))
            mine = None if trace.agreement is None else tuple(map(int, place.options[trace.agreement]))
            if made != offers_of(talks) or agreed != mine:
                raise SystemExit(f"the traces differ: domain {seed}, {a} against {b}")
            checked += len(made)
    print(f"traces agree: {n_domains * len(pairs)} negotiations, {checked:,} offers, each the same as NegMAS's")


def rate(work: Callable[[], int], least: float) -> float:
    """Negotiations a CPU second, over at least so many seconds."""
    work()
    count, start = 0, time.process_time()
    while time.process_time() - start < least:
        count += work()
    return count / (time.process_time() - start)


def measure(quick: bool, theirs: float | None) -> None:
    """Print rates and ratios."""
    place = domain(weights(0))
    curves = [ng.TimeBased(beta=float(b), tolerance=TOLERANCE) for b in np.geomspace(0.05, 20, 60 if quick else 300)]
    drawn = talks_with_ranges()
    line_up = [ours("Boulware"), ours("conceder")]

    def tournament() -> int:
        return len(ng.tournament(place, curves, protocol=RULES, measures=False, executor=1, rng=0))

    def own_stakes() -> int:
        n = 2_000 if quick else 20_000
        return len(ng.simulate(drawn, line_up, runs=n, stakes="drawn", protocol=RULES, executor=1, rng=0))

    def one_by_one() -> int:
        for _ in range(20):
            ng.play(place, line_up, protocol=RULES)
        return 20

    print(f"\n{'negotiations a CPU second':<62}{'rate':>10}{'beside NegMAS':>15}")
    if theirs is not None:
        print(f"{'NegMAS, Boulware against conceder':<62}{theirs:>10,.0f}{1:>15}")
    for what, work in (
        (f"tournament of {len(curves)} concession curves, one domain", tournament),
        ("simulate, every negotiation with stakes of its own", own_stakes),
        ("play, one by one with every move on record", one_by_one),
    ):
        found = rate(work, 0.5 if quick else 2.0)
        ratio = "" if theirs is None else f"{found / theirs:,.0f}"
        print(f"{what:<62}{found:>10,.0f}{ratio:>15}")


def talks_with_ranges() -> ng.Negotiation:
    """Ten measures, five on each side, that hurt their owner less than they help the other."""
    issues = [ng.Issue(f"measure {k}", owner="AB"[k % 2]) for k in range(ISSUES)]
    gain, loss = ng.Distribution.triangular(1, 2, 4), ng.Distribution.triangular(-3, -1.5, -0.5)
    stakes = [ng.Stake(p, i.name, "lifted", loss if p == i.owner else gain) for i in issues for p in "AB"]
    return ng.Negotiation(["A", "B"], issues, stakes)


def main() -> None:
    """Compare, then measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    theirs = None
    if importlib.util.find_spec("negmas") is None:
        print("NegMAS is not installed: no comparison")
    else:
        warnings.simplefilter("ignore")
        compare(2 if quick else 10)
        negotiate = in_negmas(weights(0))
        theirs = rate(lambda: negotiate("Boulware", "conceder") and 1, 1.0 if quick else 4.0)
    measure(quick, theirs)


if __name__ == "__main__":
    main()
