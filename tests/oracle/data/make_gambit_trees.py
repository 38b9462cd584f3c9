"""Make ``gambit_trees.json``: small random trees, and what Gambit finds in them.

Run once with pygambit 16.7 installed: ``python tests/oracle/data/make_gambit_trees.py``. The tests read the file only.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

try:
    import pygambit
except ImportError:  # the suite collects this file for doctests; only running it needs Gambit
    pygambit = None


def tree(rng: random.Random) -> dict[str, Any]:
    """One random tree of two players, payoffs 0 to 4, in which the second player sometimes does not see the first move."""
    hidden = rng.random() < 0.5

    def leaf() -> dict[str, Any]:
        return {"payoffs": [rng.randint(0, 4), rng.randint(0, 4)]}

    def last(k: str) -> dict[str, Any]:
        if rng.random() < 0.4:
            return leaf()
        return {"player": 1, "infoset": f"c{k}", "actions": ["u", "v"], "children": [leaf(), leaf()]}

    def second(k: int) -> dict[str, Any]:
        name = "b" if hidden else f"b{k}"
        return {"player": 2, "infoset": name, "actions": ["x", "y"], "children": [last(f"{k}x"), last(f"{k}y")]}

    first = {"player": 1, "infoset": "a", "actions": ["l", "m", "r"], "children": [second(0), second(1), leaf()]}
    if rng.random() < 0.5:
        return first
    return {"chance": True, "probs": ["1/4", "3/4"], "actions": ["p", "q"], "children": [leaf(), first]}


def as_gambit(root: dict[str, Any]) -> Any:
    """The same tree in Gambit."""
    game = pygambit.Game.new_tree(players=["1", "2"], title="random")
    seen: dict[str, Any] = {}
    stack, count = [(root, game.root)], 0
    while stack:
        data, node = stack.pop()
        if "payoffs" in data:
            count += 1
            game.set_outcome(node, game.add_outcome(label=f"o{count}", payoffs=data["payoffs"]))
            continue
        if data.get("chance"):
            game.append_move(node, game.players.chance, data["actions"])
            game.set_chance_probs(node.infoset, [pygambit.Rational(p) for p in data["probs"]])
        elif data["infoset"] in seen:
            game.append_infoset(node, seen[data["infoset"]])
        else:
            game.append_move(node, str(data["player"]), data["actions"])
            seen[data["infoset"]] = node.infoset
        stack += list(zip(data["children"], list(node.children), strict=True))
    return game


def payoffs(game: Any, profile: Any) -> list[str]:
    return [str(profile.payoff(player)) for player in game.players]


def main() -> None:
    """Write the file."""
    out = []
    for seed in range(24):
        data = tree(random.Random(seed))
        game = as_gambit(data)
        mixed = pygambit.nash.enummixed_solve(game, rational=True).equilibria
        pure = pygambit.nash.enumpure_solve(game).equilibria
        sequence = pygambit.nash.lcp_solve(game, use_strategic=False, rational=True).equilibria
        out.append({
            "seed": seed,
            "tree": data,
            "payoffs_of_extreme_equilibria": sorted({tuple(payoffs(game, p)) for p in mixed}),
            "n_pure": len(pure),
            "payoffs_by_sequence_form": payoffs(game, sequence[0]),
        })  # fmt: skip
    Path(__file__).with_name("gambit_trees.json").write_text(
        "[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in out) + "\n]\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
