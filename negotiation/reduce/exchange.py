"""The exchange game: a package is agreed, and each party keeps its part or breaks it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np

from negotiation.arrays import IntArray
from negotiation.door import checked
from negotiation.games.normal_form import NormalFormGame
from negotiation.model.negotiation import Negotiation
from negotiation.model.payoffs import payoffs

KEEP, BREAK = "keep", "break"


@checked
def exchange_game(talks: Negotiation, package: Mapping[str, str]) -> NormalFormGame:
    """The game in which each party keeps its part of a package or breaks it.

    Parameters
    ----------
    talks : Negotiation
    package : Package

    Returns
    -------
    NormalFormGame
        Actions ``"keep"`` and ``"break"``, in this order, for a party that has a part; a party that concedes nothing has
        ``"keep"`` alone. Who breaks leaves its measures at the status quo. What is joint takes all: it stands
        when everybody keeps, so where the package settles a joint issue every party has both actions.

    Raises
    ------
    UnknownNameError, EmptyPackageError

    Notes
    -----
    ``2**P`` cells at most. A prisoner's dilemma when every part costs who gives it less than it is worth to the others.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -1), ng.Stake("A", "y", "lifted", 4), ng.Stake("B", "x", "lifted", 2)])
    >>> ng.exchange_game(talks, talks.package("x", "y")).payoffs[0]
    array([[ 3., -1.],
           [ 4.,  0.]])
    """
    rows, sizes = exchange_cells(talks, talks.codes([package])[0])
    table = payoffs(talks, rows)
    actions = [(KEEP, BREAK)[:size] for size in sizes]
    return NormalFormGame(table.T.reshape(len(sizes), *sizes), talks.party_names, actions, talks.unit)


def exchange_cells(talks: Negotiation, agreed: IntArray) -> tuple[IntArray, list[int]]:
    """The package that stands in each cell of the game, shape (cells, K), and how many actions each party has."""
    owners = [issue.owner for issue in talks.issues]
    joint = any(owner is None and option for owner, option in zip(owners, agreed, strict=True))
    has_part = [
        joint or any(o == name and c for o, c in zip(owners, agreed, strict=True)) for name in talks.party_names
    ]
    sizes = [2 if part else 1 for part in has_part]
    rows = []
    for moves in product(*map(range, sizes)):
        kept = {name for name, move in zip(talks.party_names, moves, strict=True) if move == 0} | (
            {None} if not any(moves) else set()
        )
        rows.append([c if owner in kept else 0 for owner, c in zip(owners, agreed, strict=True)])
    return np.array(rows, dtype=np.int64), sizes
