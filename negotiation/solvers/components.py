"""From extreme equilibria to the whole equilibrium set: the maximal Nash subsets of a two-player game.

Extreme equilibria are the edges of a bipartite graph between extreme strategies of the two players. Every maximal
complete bipartite part of it spans a product of polytopes of equilibria, and their union is the set of all equilibria.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

Edge = tuple[int, int]
Clique = tuple[tuple[int, ...], tuple[int, ...]]


def connected_parts(edges: Sequence[Edge]) -> list[list[Edge]]:
    """Split a bipartite graph into its connected parts, in the order of their first edge."""
    parent: dict[tuple[str, int], tuple[str, int]] = {}

    def root(node: tuple[str, int]) -> tuple[str, int]:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for x, y in edges:
        parent[root(("x", x))] = root(("y", y))
    parts: dict[tuple[str, int], list[Edge]] = {}
    for edge in edges:
        parts.setdefault(root(("x", edge[0])), []).append(edge)
    return list(parts.values())


def maximal_bicliques(edges: Sequence[Edge]) -> Iterator[Clique]:
    """Yield every maximal complete bipartite part with at least one edge, without repeats.

    Notes
    -----
    The closed sets of rows are the intersections of the columns' neighbourhoods; they are generated column by column.
    Their number can grow exponentially in the size of a connected part, so the result is an iterator that can be cut.

    References
    ----------
    Avis, D., Rosenberg, G., Savani, R., von Stengel, B. (2010). Enumeration of Nash equilibria for two-player games.
    Economic Theory 42, 9-37.
    """
    near: dict[int, int] = {}
    for x, y in edges:
        near[y] = near.get(y, 0) | (1 << x)
    columns = sorted(near)
    seen: set[int] = set()
    stack = list(dict.fromkeys(near.values()))
    seen.update(stack)
    while stack:
        rows = stack.pop()
        yield _bits(rows), tuple(y for y in columns if near[y] & rows == rows)
        for other in near.values():
            common = rows & other
            if common and common not in seen:
                seen.add(common)
                stack.append(common)


def _bits(mask: int) -> tuple[int, ...]:
    out = []
    while mask:
        low = mask & -mask
        out.append(low.bit_length() - 1)
        mask ^= low
    return tuple(out)
