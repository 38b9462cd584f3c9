"""The concession game: every party sets its own measures, all at the same time, and nothing binds them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np

from negotiation.arrays import IntArray
from negotiation.door import checked
from negotiation.errors import SizeLimitError
from negotiation.games.normal_form import NormalFormGame
from negotiation.model.negotiation import Negotiation
from negotiation.model.payoffs import payoffs


@checked
def concession_game(
    talks: Negotiation,
    *,
    parties: Sequence[str] | None = None,
    package: Mapping[str, str] | None = None,
    limit: int = 4_000_000,
) -> NormalFormGame:
    """The game in which each party chooses the options of its own measures.

    Parameters
    ----------
    talks : Negotiation
    parties : sequence of str, optional
        The players; every party unless named. The measures of others stay as in `package`.
    package : Package, optional
        Where joint issues, and the measures of those who do not play, stand: the status quo unless given.
    limit : int
        The most cells that are built.

    Returns
    -------
    NormalFormGame
        Central payoffs in the talks' unit. An action is named by what it moves, e.g. ``"ethane: lifted"``, and
        ``"nothing moved"`` is each player's first; a party without measures has that action alone.

    Raises
    ------
    SizeLimitError
        The number of cells is the product over players of the numbers of options of their measures.
    UnknownNameError, DuplicateNameError

    Notes
    -----
    Whether a package is an equilibrium needs no table: see `Spontaneous`. Cost: as the number of cells.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -1), ng.Stake("A", "y", "lifted", 4)])
    >>> game = ng.concession_game(talks)
    >>> game.actions[0]
    ('nothing moved', 'x: lifted')
    >>> game.payoffs[0]
    array([[ 0.,  4.],
           [-1.,  3.]])
    """
    players = list(talks.party_names if parties is None else parties)
    seats = [talks.party_index(name) for name in players]
    baseline = talks.codes([talks.status_quo if package is None else package])[0]
    owned = [[k for k, issue in enumerate(talks.issues) if issue.owner == name] for name in players]
    sizes = [math.prod(len(talks.issues[k].options) for k in own) for own in owned]
    _check_size(players, sizes, limit)
    choices = [_combinations(talks, own) for own in owned]
    codes = np.empty((*sizes, len(talks.issues)), dtype=np.int64)
    codes[...] = baseline
    for seat, (own, options) in enumerate(zip(owned, choices, strict=True)):
        codes[..., own] = options.reshape(*(size if s == seat else 1 for s, size in enumerate(sizes)), len(own))
    table = payoffs(talks, codes.reshape(-1, len(talks.issues)))[:, seats]
    actions = [[_name(talks, own, row) for row in options] for own, options in zip(owned, choices, strict=True)]
    return NormalFormGame(table.T.reshape(len(players), *sizes), players, actions, talks.unit)


def _combinations(talks: Negotiation, own: list[int]) -> IntArray:
    """Every combination of options of some issues, (C, issues), the status quo first."""
    rows = list(product(*(range(len(talks.issues[k].options)) for k in own)))
    return np.array(rows, dtype=np.int64).reshape(len(rows), len(own))


def _name(talks: Negotiation, own: list[int], options: IntArray) -> str:
    """An action named by what it moves."""
    moved = [f"{talks.issues[k].name}: {talks.issues[k].options[o]}" for k, o in zip(own, options, strict=True) if o]
    return ", ".join(moved) or "nothing moved"


def _check_size(players: list[str], sizes: list[int], limit: int) -> None:
    if math.prod(sizes) > limit:
        each = ", ".join(f"{name} {n:,}" for name, n in zip(players, sizes, strict=True))
        raise SizeLimitError(
            f"the concession game has {math.prod(sizes):,} cells ({each} actions), past the limit of {limit:,}; "
            "whether one package is an equilibrium needs no table: is_enough(..., criterion='spontaneous')."
        )
