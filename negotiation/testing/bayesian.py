"""Games of incomplete information to test on: few types, small integers, so that ties happen."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from negotiation.games.bayesian import BayesianGame
from negotiation.games.signalling import SignallingGame
from negotiation.testing.games import game_payoffs


@st.composite
def priors(draw: st.DrawFn, size: int, *, positive: bool = True) -> list[Fraction]:
    """A distribution over `size` cells in small fractions; zeros only if `positive` is false."""
    weights = draw(st.lists(st.integers(1 if positive else 0, 4), min_size=size, max_size=size).filter(any))
    return [Fraction(w, sum(weights)) for w in weights]


@st.composite
def signalling_games(
    draw: st.DrawFn,
    *,
    max_types: int = 3,
    max_messages: int = 3,
    max_actions: int = 3,
    positive: bool = True,
    payoffs: st.SearchStrategy[Any] | None = None,
) -> SignallingGame:
    """Sender-receiver games.

    Parameters
    ----------
    max_types, max_messages, max_actions : int
    positive : bool
        Whether every type has positive probability.
    payoffs : hypothesis strategy, optional
        Of one payoff; `game_payoffs()` unless given.

    Returns
    -------
    hypothesis strategy of SignallingGame
    """
    shape = tuple(draw(st.integers(1, most)) for most in (max_types, max_messages, max_actions))
    cells = game_payoffs() if payoffs is None else payoffs
    size = math.prod(shape)
    sender, receiver = (
        np.array(draw(st.lists(cells, min_size=size, max_size=size)), dtype=object).reshape(shape) for _ in range(2)
    )
    prior = np.array(draw(priors(shape[0], positive=positive)), dtype=object)
    return SignallingGame(prior, sender, receiver)


@st.composite
def bayesian_games(
    draw: st.DrawFn,
    *,
    max_players: int = 2,
    max_types: int = 2,
    max_actions: int = 3,
    positive: bool = True,
    payoffs: st.SearchStrategy[Any] | None = None,
) -> BayesianGame:
    """Bayesian games with two players or more, and types that may depend on each other.

    Parameters
    ----------
    max_players, max_types, max_actions : int
    positive : bool
        Whether every combination of types has positive probability.
    payoffs : hypothesis strategy, optional
        Of one payoff; `game_payoffs()` unless given.

    Returns
    -------
    hypothesis strategy of BayesianGame
    """
    n = draw(st.integers(2, max_players))
    types = [draw(st.integers(1, max_types)) for _ in range(n)]
    actions = [draw(st.integers(1, max_actions)) for _ in range(n)]
    size = n * math.prod(types) * math.prod(actions)
    cells = draw(st.lists(game_payoffs() if payoffs is None else payoffs, min_size=size, max_size=size))
    prior = np.array(draw(priors(math.prod(types), positive=positive)), dtype=object)
    return BayesianGame(prior.reshape(types), np.array(cells, dtype=object).reshape(n, *types, *actions))
