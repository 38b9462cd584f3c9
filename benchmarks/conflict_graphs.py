"""Stability of conflict graphs beside plain Python loops over states, moves and answers, and at sizes where those stop.

Run with ``python benchmarks/conflict_graphs.py [--quick]``. Every answer of the loops is compared with ours. The loops do what
the definitions say, state by state, which is what published tools of the graph model do; nothing else has to be installed.
Figures are CPU seconds of one process, ours the least of three runs after one that compiles; only the ratios mean something on
another machine.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one core for everybody

import numpy as np

import negotiation as ng

CONCEPTS = ("Nash", "GMR", "SMR", "SEQ")
SMALL = ((3, 3), (5, 5), (2, 2, 2), (3, 3, 4))
LARGE = ((8, 8), (5, 5, 6), (4, 4, 4, 4), (10, 10))


def timed(work: Callable[[], Any], repeat: int = 1) -> tuple[float, Any]:
    """The least CPU time of some repetitions, and the result."""
    best = np.inf
    for _ in range(repeat):
        start = time.process_time()
        result = work()
        best = min(best, time.process_time() - start)
    return best, result


def conflict(sizes: tuple[int, ...], seed: int, *, levels: int = 1000) -> ng.ConflictGraph:
    """Decision makers with so many yes-no options each, and random preferences with ties."""
    rng = np.random.default_rng([seed, *sizes])
    names = [f"P{i}" for i in range(len(sizes))]
    options = {name: [f"{name}_{k}" for k in range(size)] for name, size in zip(names, sizes, strict=True)}
    return ng.ConflictGraph.from_options(
        options, preferences={name: rng.integers(0, levels, 2 ** sum(sizes)) for name in names}
    )


def listed(graph: ng.ConflictGraph) -> ng.ConflictGraph:
    """The same conflict with its moves one by one."""
    moves = {p: [(s, int(t)) for s in range(graph.n_states) for t in graph.moves_from(s, p)] for p in graph.parties}
    return ng.ConflictGraph(graph.preferences, moves)


def by_loops(graph: ng.ConflictGraph) -> dict[str, dict[str, list[bool]]]:
    """The definitions, in Python."""
    ranks = [row.tolist() for row in graph.ranks]
    moves = [[m.from_state(s).tolist() for s in range(graph.n_states)] for m in graph.moves]
    people = range(len(ranks))

    def reach(start: int, movers: list[int], *, improving: bool) -> set[int]:
        found, seen, todo = set[int](), set[tuple[int, int]](), [(start, -1)]
        while todo:
            s, last = todo.pop()
            for j in movers:
                if j != last:
                    for t in moves[j][s]:
                        if not improving or ranks[j][t] > ranks[j][s]:
                            found.add(t)
                            if (t, j) not in seen:
                                seen.add((t, j))
                                todo.append((t, j))
        return found

    out: dict[str, dict[str, list[bool]]] = {concept: {} for concept in CONCEPTS}
    for i, name in enumerate(graph.parties):
        own, others = ranks[i], [j for j in people if j != i]
        any_moves: dict[int, set[int]] = {}
        improvements: dict[int, set[int]] = {}
        rows: dict[str, list[bool]] = {concept: [] for concept in CONCEPTS}
        for s in range(graph.n_states):
            better = [t for t in moves[i][s] if own[t] > own[s]]
            hold = dict.fromkeys(CONCEPTS, True)
            hold["Nash"] = not better
            for t in better:
                if t not in any_moves:
                    any_moves[t] = reach(t, others, improving=False)
                    improvements[t] = reach(t, others, improving=True)
                harm = [w for w in any_moves[t] if own[w] <= own[s]]
                hold["GMR"] &= bool(harm)
                hold["SMR"] &= any(all(own[x] <= own[s] for x in moves[i][w]) for w in harm)
                hold["SEQ"] &= any(own[w] <= own[s] for w in improvements[t])
            for concept in CONCEPTS:
                rows[concept].append(hold[concept])
        for concept in CONCEPTS:
            out[concept][name] = rows[concept]
    return out


def agree(solution: ng.ConflictSolution, loops: dict[str, dict[str, list[bool]]]) -> bool:
    return all(solution.stable[c][p].tolist() == row for c, rows in loops.items() for p, row in rows.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only the smallest sizes")
    quick = parser.parse_args().quick
    four = ng.GraphStability(CONCEPTS)
    ng.solve(listed(conflict((2, 2, 2), 0)), four)  # compile both methods
    ng.solve(conflict((2, 2, 2), 0), four)
    print("beside plain Python loops, all answers compared: Nash, GMR, SMR and SEQ of every state for every party")
    print(
        f"{'options':<14}{'states':>9}{'moves':>12}{'loops s':>10}{'ours s':>10}{'ratio':>9}{'listed s':>10}{'ratio':>9}"
    )
    for sizes in SMALL[:1] if quick else SMALL:
        graph = conflict(sizes, 1, levels=2 ** sum(sizes))
        slow, loops = timed(lambda graph=graph: by_loops(graph))
        fast, solution = timed(lambda graph=graph: ng.solve(graph, four), 3)
        bare = listed(graph)
        by_list, other = timed(lambda bare=bare: ng.solve(bare, four), 3)
        assert agree(solution, loops)
        assert agree(other, loops)
        print(
            f"{'+'.join(map(str, sizes)):<14}{graph.n_states:>9,}{sum(graph.n_moves.values()):>12,}{slow:>10.3f}{fast:>10.4f}"
            f"{slow / fast:>8.0f}x{by_list:>10.4f}{slow / by_list:>8.0f}x"
        )
    print("\nlarger ones, ours alone (a spot check of ten states against the definition)")
    print(f"{'options':<14}{'states':>9}{'moves':>16}{'making s':>10}{'solving s':>10}{'states a second':>17}")
    for sizes in ((6, 6),) if quick else LARGE:
        making, graph = timed(lambda sizes=sizes: conflict(sizes, 2))
        solving, solution = timed(lambda graph=graph: ng.solve(graph, four), 3)
        for s in np.random.default_rng(3).integers(0, graph.n_states, 10).tolist():
            if len(sizes) == 2:
                held = all(d.answer is not None for d in solution.deviations(s, "P0", concept="SEQ"))
                assert held == solution.stable["SEQ"]["P0"][s]
        print(
            f"{'+'.join(map(str, sizes)):<14}{graph.n_states:>9,}{sum(graph.n_moves.values()):>16,}{making:>10.2f}"
            f"{solving:>10.2f}{graph.n_states / solving:>17,.0f}"
        )


if __name__ == "__main__":
    main()
