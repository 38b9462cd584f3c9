"""A two-player game in integers: the same equilibria, small non-negative numbers, ready for exact pivoting.

Best responses do not change when a player's payoffs are multiplied by a positive number, or when a constant is added for
one action of the *other* player. Both freedoms are used here to make the numbers small.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array
from negotiation.games.normal_form import NormalFormGame

IntTable = list[list[int]]

_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class IntegerForm:
    """The best-response inequalities of both players, ``row y <= 1`` and ``column x <= 1``, in integers.

    Parameters
    ----------
    row : list of m lists of n ints
        What the row player gets, every column shifted to a least entry of 0 (to 1 where the column is constant).
    column : list of n lists of m ints
        What the column player gets, transposed and shifted in the same way.
    is_rounded : bool
        Whether float payoffs were read as short decimals.
    """

    row: IntTable
    column: IntTable
    is_rounded: bool = False

    def largest(self) -> int:
        """The largest entry."""
        return max(max(map(max, self.row)), max(map(max, self.column)))

    def restricted(self, rows: Sequence[int], columns: Sequence[int]) -> IntegerForm:
        """Keep some actions only, and shift again."""
        row = [[self.row[i][j] for j in columns] for i in rows]
        column = [[self.column[j][i] for i in rows] for j in columns]
        return IntegerForm(shifted(row), shifted(column), self.is_rounded)


def integer_form(game: NormalFormGame, read_decimals: bool = False, tol: float = 1e-13) -> IntegerForm:
    """Write a two-player game in integers.

    Parameters
    ----------
    game : NormalFormGame
        With two players.
    read_decimals : bool
        Read floats as the short decimals that they stand for (0.1 + 0.2 as 0.3), when every payoff of a player is
        within `tol` of one, so that ties meant are ties found.
    tol : float
        How far a payoff may be from its decimal, relative to the player's payoff range.
    """
    tables: list[IntTable] = []
    rounded = False
    exact: npt.NDArray[Any] | None = None
    for player in range(2):
        read = decimal_integers(game.payoffs[player], tol) if read_decimals else None
        if read is None:
            exact = game.exact_payoffs if exact is None else exact
            tables.append(common_integers(exact[player].tolist()))
        else:
            tables.append(read[0].tolist())
            rounded |= read[1]
    column = [list(line) for line in zip(*tables[1], strict=True)]
    return IntegerForm(shifted(tables[0]), shifted(column), rounded)


def decimal_integers(table: Array, tol: float) -> tuple[npt.NDArray[np.int64], bool] | None:
    """The table as integers in units of a power of ten, and whether that rounded anything; None if none fits."""
    with np.errstate(over="ignore"):
        spread = float(np.ptp(table))
    largest = float(np.abs(table).max())
    for k in range(_DECIMALS + 1):
        scale = 10.0**k
        if largest * scale >= 2.0**52:
            return None
        whole = np.rint(table * scale)
        if np.abs(whole / scale - table).max() <= tol * spread:
            exact = k == 0 and bool((whole == table).all())
            return whole.astype(np.int64), not exact
    return None


def common_integers(table: list[list[Fraction]]) -> IntTable:
    """Multiply by the least common denominator."""
    scale = math.lcm(*(v.denominator for line in table for v in line))
    return [[v.numerator * (scale // v.denominator) for v in line] for line in table]


def shifted(table: IntTable) -> IntTable:
    """Shift each column to a least entry of 0, or to 1 where it is constant; then divide by the common factor."""
    low = [min(column) for column in zip(*table, strict=True)]
    out = [[v - least for v, least in zip(line, low, strict=True)] for line in table]
    factor = math.gcd(*(v for line in out for v in line)) or 1
    flat = [not any(column) for column in zip(*out, strict=True)]
    return [[1 if one else v // factor for v, one in zip(line, flat, strict=True)] for line in out]
