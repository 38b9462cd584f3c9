"""Games to test on: small tables of small integers, so that ties and degenerate games are the normal case."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from hypothesis import strategies as st

from negotiation.errors import ParameterError
from negotiation.games.coalitional import CoalitionalGame
from negotiation.games.normal_form import NormalFormGame

Numbers = Literal["integers", "floats", "fractions"]
Structure = Literal["any", "zero-sum", "symmetric"]


def game_payoffs(low: int = -3, high: int = 3, *, numbers: Numbers = "integers") -> st.SearchStrategy[Any]:
    """Payoffs of a game.

    Parameters
    ----------
    low, high : int
        The range; few integers make ties likely.
    numbers : {"integers", "floats", "fractions"}
        Fractions have small denominators.

    Returns
    -------
    hypothesis strategy of int, float or Fraction
    """
    if numbers == "integers":
        return st.integers(low, high)
    if numbers == "floats":
        return st.floats(low, high, allow_nan=False, allow_subnormal=False)
    if numbers == "fractions":
        return st.fractions(low, high, max_denominator=6)
    raise ParameterError(f"numbers must be 'integers', 'floats' or 'fractions', not {numbers!r}.")


@st.composite
def normal_form_games(
    draw: st.DrawFn,
    *,
    shape: Sequence[int] | None = None,
    min_players: int = 2,
    max_players: int = 3,
    max_actions: int = 3,
    payoffs: st.SearchStrategy[Any] | None = None,
) -> NormalFormGame:
    """Games in normal form with any number of players.

    Parameters
    ----------
    shape : sequence of int, optional
        Numbers of actions; drawn from the limits below unless given.
    min_players, max_players, max_actions : int
    payoffs : hypothesis strategy, optional
        Of one payoff; `game_payoffs()` unless given.

    Returns
    -------
    hypothesis strategy of NormalFormGame
        Shrinks to few players, few actions and payoffs of 0.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(normal_form_games(), lambda game: game.n_players == 3 and game.payoffs.any()).shape
    (1, 1, 1)
    """
    if shape is None:
        shape = draw(st.lists(st.integers(1, max_actions), min_size=min_players, max_size=max_players))
    size = len(shape) * math.prod(shape)
    cells = draw(st.lists(game_payoffs() if payoffs is None else payoffs, min_size=size, max_size=size))
    return NormalFormGame(_table(cells).reshape(len(shape), *shape))


@st.composite
def bimatrix_games(
    draw: st.DrawFn,
    *,
    min_actions: int = 1,
    max_actions: int = 4,
    structure: Structure = "any",
    payoffs: st.SearchStrategy[Any] | None = None,
) -> NormalFormGame:
    """Games of two players.

    Parameters
    ----------
    min_actions, max_actions : int
        On each side.
    structure : {"any", "zero-sum", "symmetric"}
        Opposed interests, or players who could change places.
    payoffs : hypothesis strategy, optional
        Of one payoff; `game_payoffs()` unless given.

    Returns
    -------
    hypothesis strategy of NormalFormGame
        Shrinks to few actions and payoffs of 0.

    Examples
    --------
    >>> from hypothesis import given
    >>> import negotiation as ng
    >>> @given(game=bimatrix_games(structure="zero-sum"))
    ... def test_what_one_wins_the_other_loses(game):
    ...     assert not game.payoffs.sum(axis=0).any()
    >>> test_what_one_wins_the_other_loses()
    """
    if structure not in ("any", "zero-sum", "symmetric"):
        raise ParameterError(f"structure must be 'any', 'zero-sum' or 'symmetric', not {structure!r}.")
    sizes = st.integers(min_actions, max_actions)
    m = draw(sizes)
    n = m if structure == "symmetric" else draw(sizes)
    size = m * n if structure != "any" else 2 * m * n
    cells = _table(draw(st.lists(game_payoffs() if payoffs is None else payoffs, min_size=size, max_size=size)))
    if structure == "any":
        return NormalFormGame(cells.reshape(2, m, n))
    row = cells.reshape(m, n)
    return NormalFormGame(np.stack([row, -row if structure == "zero-sum" else row.T]))


@st.composite
def coalitional_games(
    draw: st.DrawFn,
    *,
    min_players: int = 2,
    max_players: int = 4,
    values: st.SearchStrategy[Any] | None = None,
) -> CoalitionalGame:
    """Games in characteristic-function form.

    Parameters
    ----------
    min_players, max_players : int
    values : hypothesis strategy, optional
        Of what a coalition is worth; whole numbers from -2 to 6 unless given.

    Returns
    -------
    hypothesis strategy of CoalitionalGame
        Shrinks to two players and coalitions worth 0.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(coalitional_games(), lambda game: game.values[-1] > 3).values
    array([0., 0., 0., 4.])
    """
    n = draw(st.integers(min_players, max_players))
    worth = st.integers(-2, 6) if values is None else values
    return CoalitionalGame([0, *draw(st.lists(worth, min_size=2**n - 1, max_size=2**n - 1))])


def _table(cells: list[Any]) -> np.ndarray[Any, Any]:
    """An array of numbers; of objects when they are not ints or floats that fit."""
    table = np.array(cells)
    return table if table.dtype.kind in "if" else np.array(cells, dtype=object)
