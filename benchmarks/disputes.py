"""A round robin of repeated games beside the Axelrod library: 30 strategies, 200 turns; and how fast disputes are played.

Run with ``python benchmarks/disputes.py [--quick]``. Axelrod is measured if it is installed; then every match's score is compared
first. Strategies are the 13 classic ones and finite-state machines drawn from a seed. CPU seconds of one process; only
the ratios mean something on another machine.
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

TURNS, STRATEGIES, STATES = 200, 30, 4
PEERS = {  # names there
    "Cooperator": "Cooperator",
    "Defector": "Defector",
    "Tit For Tat": "TitForTat",
    "Suspicious Tit For Tat": "SuspiciousTitForTat",
    "Tit For 2 Tats": "TitFor2Tats",
    "Two Tits For Tat": "TwoTitsForTat",
    "Grudger": "Grudger",
    "Win-Stay Lose-Shift": "WinStayLoseShift",
    "Alternator": "Alternator",
    "Bully": "Bully",
    "Cyclic CCD": "CyclerCCD",
    "Cyclic DDC": "CyclerDDC",
}


def machines(seed: int = 2025) -> list[dict[str, Any]]:
    """Mealy machines: for each state and the other's action the next state and the next action; an action to begin with."""
    rng = np.random.default_rng(seed)
    return [
        {
            "name": f"machine {k}",
            "next": rng.integers(0, STATES, size=(STATES, 2)),
            "action": rng.integers(0, 2, size=(STATES, 2)),
            "first": int(rng.integers(0, 2)),
        }
        for k in range(STRATEGIES - len(PEERS))
    ]


def as_moore(machine: dict[str, Any]) -> ng.Automaton:
    """The same machine with its last action as part of the state, which is what an `Automaton` plays from."""
    return ng.Automaton.from_rule(
        [a for _ in range(STATES) for a in (0, 1)],
        lambda s, own, other: int(2 * machine["next"][s // 2, other] + machine["action"][s // 2, other]),
        (2, 2),
        start=machine["first"],
        name=machine["name"],
    )


def seconds(work: Callable[[], Any], repeat: int) -> tuple[float, Any]:
    """The least CPU time of some repetitions, and what came out."""
    best, out = float("inf"), None
    for _ in range(repeat):
        start = time.process_time()
        out = work()
        best = min(best, time.process_time() - start)
    return best, out


def beside_axelrod(drawn: list[dict[str, Any]], ours: ng.RoundRobin, repeat: int) -> float | None:
    """CPU seconds of the other library for the same matches, after a check that all scores agree."""
    if importlib.util.find_spec("axelrod") is None:
        print("axelrod is not installed: no comparison")
        return None
    warnings.simplefilter("ignore")
    import axelrod as axl

    letters = (axl.Action.C, axl.Action.D)

    def players() -> list[Any]:
        theirs = [getattr(axl, name)() for name in PEERS.values()]
        for m in drawn:
            steps = [
                (s, letters[o], int(m["next"][s, o]), letters[m["action"][s, o]]) for s in range(STATES) for o in (0, 1)
            ]
            theirs.append(axl.FSMPlayer(transitions=tuple(steps), initial_state=0, initial_action=letters[m["first"]]))
        return theirs

    def play() -> Any:
        return axl.Tournament(players(), turns=TURNS, repetitions=1).play(progress_bar=False, processes=None)

    used, results = seconds(play, repeat)
    mine = ours.scores[0] / TURNS
    theirs = np.array(results.payoff_matrix, dtype=float)
    if np.abs(mine - theirs).max() > 1e-9:
        raise SystemExit(f"scores differ by up to {np.abs(mine - theirs).max():g} a turn")
    print(f"all {mine.size} scores agree")
    return used


def dispute_rate(runs: int, repeat: int) -> float:
    """Months of two-party disputes a CPU second, tit for tat under false accusations."""
    issues = [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")]
    stakes = [ng.Stake(p, i, "lifted", 3 if (p, i) in (("A", "y"), ("B", "x")) else -1) for p in "AB" for i in "xy"]
    talks = ng.Negotiation(["A", "B"], issues, stakes)
    rules = ng.MonthlyDispute(periods=36, false_alarm=0.05)

    def play() -> ng.Dispute:
        return ng.simulate_dispute(talks, talks.package("x", "y"), ng.TitForTat(), protocol=rules, runs=runs, rng=1)

    return runs * rules.periods / seconds(play, repeat)[0]


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    drawn = machines()
    automata = [*PEERS, *map(as_moore, drawn)]
    used, ours = seconds(lambda: ng.round_robin(automata, turns=TURNS), 2 if quick else 5)
    print(f"round robin of {len(automata)} strategies, {TURNS} turns: {used:.3f} s")
    theirs = beside_axelrod(drawn, ours, 1)
    if theirs is not None:
        print(f"axelrod: {theirs:.3f} s, {theirs / used:,.0f} times as long")
    noisy, _ = seconds(lambda: ng.round_robin(automata, turns=TURNS, repetitions=10, noise=0.05, rng=1), 1)
    print(f"the same with noise, 10 repetitions: {noisy:.3f} s")
    print(f"disputes: {dispute_rate(2_000 if quick else 20_000, 1 if quick else 3):,.0f} months a second")


if __name__ == "__main__":
    main()
