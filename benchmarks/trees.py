"""Alternating offers as game trees: nodes a second for building and solving, beside Gambit; and a million nodes.

Run with ``python benchmarks/trees.py [--quick]``. pygambit is measured if it is installed. What it returns is checked by our
regret, and equilibria of ours by theirs in ``tests/oracle``. Figures are CPU seconds of one process, the best of three; only
the ratios mean something on another machine.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one core for everybody

import numpy as np

import negotiation as ng

PLAYERS = ("A", "B")
PATIENCE = 0.5


def seconds(work: Callable[[], Any], repeat: int = 3) -> tuple[float, Any]:
    """The least CPU time of a few runs, and the result."""
    times = []
    for _ in range(repeat):
        start = time.process_time()
        result = work()
        times.append(time.process_time() - start)
    return max(min(times), 1e-6), result


def worth(round_: int, kept: int, grid: int) -> tuple[float, float]:
    """Payoffs when the proposer of a round keeps ``kept / grid`` and is accepted."""
    mine, yours = PATIENCE**round_ * kept / grid, PATIENCE**round_ * (grid - kept) / grid
    return (mine, yours) if round_ % 2 == 0 else (yours, mine)


def by_function(rounds: int, grid: int) -> ng.GameTree:
    """From a function of the history."""
    shares = tuple(str(k) for k in range(grid + 1))

    def node(history: tuple[str, ...]) -> dict[str, Any]:
        round_, answered = divmod(len(history), 2)
        if history and history[-1] == "yes":
            return ng.leaf(*worth(round_ - 1, int(history[-2]), grid))
        if round_ == rounds:
            return ng.leaf(0.0, 0.0)
        if answered:
            return ng.decision(PLAYERS[(round_ + 1) % 2], ("yes", "no"))
        return ng.decision(PLAYERS[round_ % 2], shares)

    return ng.GameTree.from_function(node, PLAYERS)


def by_arrays(rounds: int, grid: int) -> ng.GameTree:
    """From arrays, level by level."""
    parents, players, payoffs = [np.array([-1])], [np.array([0])], [np.zeros((1, 2))]
    open_nodes, count = np.array([0]), 1
    for round_ in range(rounds):
        offers = count + np.arange(len(open_nodes) * (grid + 1))
        kept = np.tile(np.arange(grid + 1), len(open_nodes))
        parents.append(np.repeat(open_nodes, grid + 1))
        players.append(np.full(len(offers), (round_ + 1) % 2))
        payoffs.append(np.zeros((len(offers), 2)))
        count += len(offers)
        answers = count + np.arange(2 * len(offers))
        parents.append(np.repeat(offers, 2))
        players.append(np.full(len(answers), (round_ + 1) % 2))
        table = np.zeros((len(answers), 2))
        table[::2, round_ % 2] = PATIENCE**round_ * kept / grid
        table[::2, (round_ + 1) % 2] = PATIENCE**round_ * (grid - kept) / grid
        payoffs.append(table)
        count += len(answers)
        open_nodes = answers[1::2]
    flat = np.concatenate
    return ng.GameTree.from_arrays(flat(parents), flat(players), flat(payoffs), PLAYERS)


def by_gambit(rounds: int, grid: int, *, payoffs: bool = True) -> Any:
    """The same tree in Gambit; with or without payoffs, which take it most of the time."""
    import pygambit

    game = pygambit.Game.new_tree(players=list(PLAYERS), title="offers")
    shares = [str(k) for k in range(grid + 1)]
    outcomes = {}
    nodes = [game.root]
    for round_ in range(rounds):
        following = []
        for node in nodes:
            game.append_move(node, PLAYERS[round_ % 2], shares)
            for kept, offer in enumerate(node.children):
                game.append_move(offer, PLAYERS[(round_ + 1) % 2], ["yes", "no"])
                yes, no = offer.children
                following.append(no)
                key = (round_, kept)
                if payoffs and key not in outcomes:
                    outcomes[key] = game.add_outcome(payoffs=list(worth(round_, kept, grid)), label=f"{round_} {kept}")
                if payoffs:
                    game.set_outcome(yes, outcomes[key])
        nodes = following
    return game


def gambit_regret(tree: ng.GameTree, game: Any, profile: Any) -> float:
    """Our regret of an equilibrium of Gambit's, matched node by node."""
    flat = np.zeros(int(tree.action_offset[-1]))
    stack = [(0, game.root)]
    while stack:
        at, node = stack.pop()
        if node.is_terminal:
            continue
        k = int(tree.infoset[at])
        for a, action in enumerate(node.infoset.actions):
            flat[tree.action_offset[k] + a] = float(profile[action])
        first = int(tree.first_child[at])
        stack += [(first + a, child) for a, child in enumerate(node.children)]
    return float(ng.behaviour_regret(tree, flat).max())


def building(rounds: int, grid: int) -> None:
    """Nodes a second."""
    spent, tree = seconds(lambda: by_arrays(rounds, grid))
    n = tree.n_nodes
    print(f"building {n:,} nodes ({rounds} rounds, {grid + 1} offers); nodes a CPU second:")
    print(f"  from arrays     {n / spent:>12,.0f}")
    spent, other = seconds(lambda: by_function(rounds, grid), 1)
    assert np.array_equal(other.payoffs, tree.payoffs)
    print(f"  from a function {n / spent:>12,.0f}")
    if importlib.util.find_spec("pygambit"):
        by_gambit(1, 2)  # imports it
        for what, payoffs in (("moves alone", False), ("with payoffs", True)):
            gambit, _ = seconds(lambda payoffs=payoffs: by_gambit(rounds, grid, payoffs=payoffs), 1)
            print(
                f"  pygambit        {n / gambit:>12,.0f}   {what}; ours from a function takes {spent / gambit:.2f} of its time"
            )


def solving(rounds: int, grid: int) -> None:
    """Backward induction, sequence form, and Gambit's solvers for trees."""
    tree = by_arrays(rounds, grid)
    found = ng.solve(tree)
    for name, solver in (("all subgame perfect", None), ("one, sequence form", ng.SequenceForm())):
        if name.startswith("one") and tree.action_offset[-1] > 500:
            continue
        spent, found = seconds(lambda solver=solver: ng.solve(tree, solver))
        assert max(e.regret for e in found.equilibria) < 1e-9
        print(f"  {name:<28} {spent:>10.4f} s   {len(found)} equilibria, payoffs {found.payoff_set.round(4).tolist()}")
    if importlib.util.find_spec("pygambit") and tree.n_nodes < 100:  # larger ones took it minutes
        import pygambit

        game = by_gambit(rounds, grid)
        for name, work in (
            ("pygambit lcp, sequence form", lambda: pygambit.nash.lcp_solve(game, rational=False)),
            ("pygambit enumpure, agents", lambda: pygambit.nash.enumpure_solve(game, use_strategic=False)),
        ):
            if "enumpure" in name and tree.n_nodes > 60:
                continue
            spent, result = seconds(work, 1)
            worst = max((gambit_regret(tree, game, p) for p in result.equilibria), default=float("nan"))
            print(f"  {name:<28} {spent:>10.4f} s   {len(result.equilibria)} equilibria, largest regret {worst:.1e}")


def million() -> None:
    """A binary tree of 2**20 - 1 nodes with random payoffs, and one with payoffs 0 to 3 in which nearly everything ties."""
    n = 2**20 - 1
    parent = (np.arange(n) - 1) // 2
    parent[0] = -1
    player = np.floor(np.log2(np.arange(1, n + 1))).astype(np.int64) % 2
    for name, high in (("no ties", 2**40), ("ties everywhere", 4)):
        payoffs = np.random.default_rng(0).integers(0, high, (n, 2)).astype(np.float64)
        built, tree = seconds(lambda payoffs=payoffs: ng.GameTree.from_arrays(parent, player, payoffs, PLAYERS), 1)
        ng.solve(tree) if high > 4 else None  # compiles
        spent, found = seconds(lambda tree=tree: ng.solve(tree), 1)
        many = f"{found.n_equilibria:,}" if found.n_equilibria else "more than 4.6e18"
        print(f"{n:,} nodes, {name}: built in {built:.2f} s, solved and certified in {spent:.2f} s; {many} equilibria")


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes only")
    quick = parser.parse_args().quick
    ng.solve(by_arrays(4, 10))  # compiles
    building(3, 10 if quick else 30)
    for rounds, grid in ((2, 3), (2, 10), (3, 10)) if quick else ((2, 3), (2, 10), (3, 10), (3, 60)):
        print(f"solving {rounds} rounds, {grid + 1} offers ({by_arrays(rounds, grid).n_nodes:,} nodes); CPU seconds:")
        solving(rounds, grid)
    if not quick:
        million()


if __name__ == "__main__":
    main()
