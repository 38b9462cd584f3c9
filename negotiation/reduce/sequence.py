"""A package agreed but not enforced: one party moves, the others see it, and each decides which of its concessions to make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations, product
from typing import Any

import numpy as np

from negotiation.arrays import IntArray
from negotiation.door import checked
from negotiation.errors import DuplicateNameError, SizeLimitError, UnknownNameError, WrongTypeError
from negotiation.games.tree import GameTree
from negotiation.model.negotiation import Negotiation
from negotiation.model.payoffs import payoffs

KEEP, BREAK = "keep", "break"
_MOST_ORDERS_OF = 5


@checked
def sequence_game(
    talks: Negotiation,
    package: Mapping[str, str],
    *,
    first: str | None = None,
    order: Sequence[str] | None = None,
    bound: Iterable[str] = (),
    bonds: Mapping[str, float] | None = None,
    limit: int = 1_000_000,
) -> GameTree:
    """See a package as a game in which parties deliver one after another.

    Parameters
    ----------
    talks : Negotiation
    package : Package
    first : str, optional
        Who delivers first; the others follow in the order of the talks. The first party that has a part, unless given.
    order : sequence of str, optional
        The whole order instead.
    bound : iterable of str
        Parties whose part is enforced from outside: they keep it, whatever happens.
    bonds : mapping of str to float, optional
        What each party has deposited and loses if it breaks its part after all before it kept theirs, in the talks' unit.
    limit : int
        The most leaves.

    Returns
    -------
    GameTree
        Of perfect information. Each party that concedes something chooses which of its concessions to make: ``"keep"`` all,
        ``"break"`` all, or ``"only ..."`` some. What it does not make stays at the status quo. Joint issues stand as in the
        package.

    Raises
    ------
    UnknownNameError, DuplicateNameError
    SizeLimitError
        More leaves than `limit`: ``2**k`` for ``k`` concessions.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -1), ng.Stake("A", "y", "lifted", 4),
    ...      ng.Stake("B", "y", "lifted", -1), ng.Stake("B", "x", "lifted", 4)])
    >>> game = sequence_game(talks, talks.package("x", "y"), first="A")
    >>> ng.solve(game).equilibria[0].path
    'A: break → B: break'
    >>> game = sequence_game(talks, talks.package("x", "y"), first="A", bonds={"B": 1.5})
    >>> ng.solve(game).equilibria[0].path
    'A: keep → B: keep'
    """
    code = talks.codes([package])[0]
    movers = order_of(talks, code, first, order, bound)
    held = {talks.party_index(name): float(amount) for name, amount in (bonds or {}).items()}
    parts = [[k for k, issue in enumerate(talks.issues) if issue.owner == name and code[k]] for name in movers]
    leaves = 2 ** sum(map(len, parts))
    if leaves > limit:
        raise SizeLimitError(
            f"{sum(map(len, parts))} concessions make {leaves:,} ways to deliver, past the limit of {limit:,}; the criterion "
            "'sequenced' needs no tree: is_enough(..., criterion='sequenced')."
        )
    codes = deliveries(code, parts)
    worth = payoffs(talks, codes).reshape(*(2 ** len(part) for part in parts), len(talks.parties)).copy()
    for m, name in enumerate(movers):
        party = talks.party_index(name)
        broken: tuple[Any, ...] = (*[0] * m, slice(1, None), ..., party)
        worth[broken] -= held.get(party, 0.0)
    names = [[_name(talks, part, dropped) for dropped in _drops(part)] for part in parts]
    return GameTree(_nested(worth, movers, names), talks.party_names, unit=talks.unit, title="delivery in turn")


def order_of(
    talks: Negotiation,
    code: IntArray,
    first: str | None = None,
    order: Sequence[str] | None = None,
    bound: Iterable[str] = (),
) -> tuple[str, ...]:
    """The parties that have something to deliver, in the order in which they do."""
    free = movers_of(talks, code, bound)
    if order is not None:
        if isinstance(order, str):
            raise WrongTypeError(f"order is several parties, e.g. ({order!r},), not the text {order!r}.")
        for k, name in enumerate(order):
            talks.party_index(name)
            if name in order[:k]:
                raise DuplicateNameError("party", name, "the order")
        missing = [name for name in free if name not in order]
        if missing:
            raise UnknownNameError("turn", missing[0], order, "the order, though it has something to deliver")
        return tuple(name for name in order if name in free)
    if first is not None:
        talks.party_index(first)
        free = sorted(free, key=lambda name: name != first)
    return tuple(free)


def movers_of(talks: Negotiation, code: IntArray, bound: Iterable[str] = ()) -> list[str]:
    """Parties with concessions in the package, those that are bound left out, in the order of the talks."""
    kept = {talks.party_names[talks.party_index(name)] for name in bound}
    owners = {issue.owner for issue, c in zip(talks.issues, code, strict=True) if c}
    return [name for name in talks.party_names if name in owners and name not in kept]


def orders_of(
    talks: Negotiation, code: IntArray, first: str | None = None, bound: Iterable[str] = ()
) -> list[tuple[str, ...]]:
    """Every order in which the parties can deliver; those that begin with `first` if it has something to deliver.

    Raises
    ------
    SizeLimitError
        More than five parties deliver.
    """
    movers = movers_of(talks, code, bound)
    if len(movers) > _MOST_ORDERS_OF:
        raise SizeLimitError(f"{len(movers)} parties deliver in too many orders to try all; at most {_MOST_ORDERS_OF}.")
    found = list(permutations(movers))
    if first is not None:
        talks.party_index(first)
        found = [order for order in found if order[:1] == (first,)] or found
    return found


def deliveries(code: IntArray, parts: Sequence[Sequence[int]]) -> IntArray:
    """Every way to deliver some concessions of each part, (C, K): all kept first, the last part moving fastest."""
    drops = [_drops(part) for part in parts]
    rows = np.tile(code, (2 ** sum(map(len, parts)), 1))
    for row, picks in zip(rows, product(*drops), strict=True):
        for dropped in picks:
            row[list(dropped)] = 0
    return rows


def _drops(part: Sequence[int]) -> list[tuple[int, ...]]:
    """Which issues of a part are not delivered: none first, all last."""
    return [tuple(k for b, k in enumerate(part) if mask >> (len(part) - 1 - b) & 1) for mask in range(2 ** len(part))]


def _name(talks: Negotiation, part: Sequence[int], dropped: Sequence[int]) -> str:
    if not dropped:
        return KEEP
    made = [talks.issues[k].name for k in part if k not in dropped]
    return f"only {', '.join(made)}" if made else BREAK


def _nested(worth: Any, movers: Sequence[str], names: Sequence[Sequence[str]]) -> dict[str, Any]:
    """The tree as nested nodes, from the leaves up."""
    shape = worth.shape[:-1]
    level = [{"payoffs": row.tolist()} for row in worth.reshape(-1, worth.shape[-1])]
    for m in reversed(range(len(movers))):
        width = shape[m]
        level = [
            {"player": movers[m], "actions": list(names[m]), "children": level[start : start + width]}
            for start in range(0, len(level), width)
        ]
    return level[0]
