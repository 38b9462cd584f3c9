"""Hypothesis strategies for game trees: few small integers, so that ties happen, and information sets of perfect recall."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from negotiation.games.tree import GameTree


@st.composite
def game_trees(
    draw: st.DrawFn,
    *,
    max_decisions: int = 5,
    max_actions: int = 3,
    n_players: int | None = None,
    perfect_information: bool | None = None,
    chance: bool = True,
) -> GameTree:
    """Small trees with integer payoffs.

    Parameters
    ----------
    max_decisions : int
        The most nodes at which somebody moves.
    max_actions : int
        The most actions a node.
    n_players : int, optional
        Two or three unless given.
    perfect_information : bool, optional
        Whether everybody sees all; either unless given.
    chance : bool
        Whether chance may move.
    """
    n = draw(st.integers(2, 3)) if n_players is None else n_players
    seen = draw(st.booleans()) if perfect_information is None else perfect_information
    left = draw(st.integers(1, max_decisions))
    root: dict[str, Any] = {}
    # Of each open node what every player did and knew: nodes that share it may share an information set.
    open_nodes: list[tuple[dict[str, Any], tuple[tuple[Any, ...], ...]]] = [(root, ((),) * n)]
    known: dict[Any, list[str]] = {}
    while open_nodes:
        node, memory = open_nodes.pop(0)
        if left == 0:
            node["payoffs"] = [draw(st.integers(0, 3)) for _ in range(n)]
            continue
        left -= 1
        width = draw(st.integers(1 if left else 2, max_actions))
        node["children"] = [{} for _ in range(width)]
        node["actions"] = [str(a) for a in range(width)]
        if chance and draw(st.integers(0, 4)) == 0:
            weights = [draw(st.integers(0, 2)) for _ in range(width)]
            weights[0] += not any(weights)
            node |= {"chance": True, "probs": [f"{w}/{sum(weights)}" for w in weights]}
            open_nodes += [(child, memory) for child in node["children"]]
            continue
        player = draw(st.integers(0, n - 1))
        alike = known.setdefault((player, memory[player], width), [])
        fresh = f"{player + 1}.{sum(map(len, known.values()))}"
        name = draw(st.sampled_from([*alike, fresh])) if alike and not seen else fresh
        if name == fresh:
            alike.append(name)
        node |= {"player": player + 1, "infoset": name}
        for a, child in enumerate(node["children"]):
            own = (*memory[player], (name, a))
            open_nodes.append((child, (*memory[:player], own, *memory[player + 1 :])))
    return GameTree(root, [f"P{i + 1}" for i in range(n)])
