"""Textbook families of coalitional games."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from negotiation.arrays import Array, as_floats
from negotiation.errors import NotFiniteError, ParameterError
from negotiation.games.coalitional import CoalitionalGame


def weighted_voting(quota: float, weights: Sequence[float], players: Sequence[str] | None = None) -> CoalitionalGame:
    """Coalitions whose weights reach the quota win 1, the others nothing.

    Examples
    --------
    >>> weighted_voting(51, [50, 49, 1]).values
    array([0., 0., 0., 1., 0., 1., 0., 1.])
    """
    if not as_floats(quota, "quota") > 0:
        raise ParameterError(f"quota={quota!r}; it must be positive, or the empty coalition would win.")
    return CoalitionalGame((_sums(weights, "weights") >= quota).astype(float), players)


def bankruptcy(estate: float, claims: Sequence[float], players: Sequence[str] | None = None) -> CoalitionalGame:
    """A coalition is sure of what the claims of the others leave of the estate (O'Neill; Aumann and Maschler).

    Examples
    --------
    >>> bankruptcy(200, [100, 200]).values
    array([  0.,   0., 100., 200.])
    """
    sums = _sums(claims, "claims")
    if not 0 <= as_floats(estate, "estate") <= sums[-1]:
        raise ParameterError(f"estate={estate!r}; expected 0 to the sum of the claims, {sums[-1]:g}.")
    return CoalitionalGame(np.maximum(estate - sums[::-1], 0.0), players)


def airport(costs: Sequence[float], players: Sequence[str] | None = None) -> CoalitionalGame:
    """A coalition pays for the longest runway that one of its members needs; worth is minus the cost.

    Examples
    --------
    >>> airport([12, 20]).values
    array([  0., -12., -20., -20.])
    """
    worth = np.zeros(1)
    for cost in _checked(costs, "costs"):
        worth = np.concatenate([worth, np.minimum(worth, -cost)])
    return CoalitionalGame(worth, players)


def glove(left: Sequence[int], n: int, players: Sequence[str] | None = None) -> CoalitionalGame:
    """Players in `left` (positions) own a left glove each, the others a right one; a pair is worth 1.

    Examples
    --------
    >>> glove([0], 3).values
    array([0., 0., 0., 1., 0., 1., 0., 1.])
    """
    if isinstance(left, str) or not all(0 <= i < n for i in left) or len(set(left)) < len(left):
        raise ParameterError(f"left={list(left)!r}; expected distinct positions from 0 to {n - 1}.")
    owns = np.isin(np.arange(n), list(left))
    return CoalitionalGame(
        np.minimum(_sums(owns.astype(float), "gloves"), _sums((~owns).astype(float), "gloves")), players
    )


def _sums(weights: Sequence[float] | Array, what: str) -> Array:
    """The sum over each coalition, by bit mask."""
    sums = np.zeros(1)
    for weight in _checked(weights, what):
        sums = np.concatenate([sums, sums + weight])
    return sums


def _checked(numbers: Sequence[float] | Array, what: str) -> Array:
    array = as_floats(numbers, what)
    if array.ndim != 1 or array.size == 0:
        raise ParameterError(f"{what} of shape {array.shape}; give one number a player.")
    if not np.isfinite(array).all():
        raise NotFiniteError(f"{what} {array.tolist()} must be finite.")
    if (array < 0).any():
        raise ParameterError(f"{what} {array.tolist()} must not be negative.")
    return array
