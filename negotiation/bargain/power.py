"""What each player adds to coalitions: Shapley and Banzhaf values, exact and sampled, and the tau value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import comb

import numpy as np

from negotiation.arrays import Array, BoolArray, read_only
from negotiation.door import checked
from negotiation.errors import ParameterError, SizeLimitError, WrongTypeError
from negotiation.games.coalitional import CoalitionalGame

MOST_PLAYERS = 24


@checked
def shapley(game: CoalitionalGame) -> Array:
    """What each player adds on average when they join one after the other in every order.

    Parameters
    ----------
    game : CoalitionalGame
        Up to 24 players; beyond, see `sampled_shapley`.

    Returns
    -------
    ndarray, shape (n,)

    Notes
    -----
    Exact: the weighted sum of marginal contributions over coalitions, array operations, ``O(n 2**n)``; twenty players
    take well under a second.

    References
    ----------
    Shapley, L. S. (1953). A value for n-person games. In Contributions to the Theory of Games II, 307-317.

    Examples
    --------
    >>> shapley(CoalitionalGame([0, 6, 12, 12, 42, 42, 42, 42]))
    array([ 2.,  5., 35.])
    """
    n = game.n_players
    weights = np.array([1.0 / (n * comb(n - 1, s)) for s in range(n)])
    return _marginal_sums(game, weights)


@checked
def banzhaf(game: CoalitionalGame) -> Array:
    """What each player adds on average when the others are in or out at the toss of a coin, shape (n,).

    Examples
    --------
    >>> banzhaf(CoalitionalGame([0, 0, 0, 1, 0, 2, 1, 4]))
    array([1.5, 1. , 1.5])
    """
    return _marginal_sums(game, np.full(game.n_players, 0.5 ** (game.n_players - 1)))


@checked
def swings(game: CoalitionalGame) -> Array:
    """In how many coalitions each player makes the difference, weighted by how much: the raw Banzhaf count, shape (n,).

    References
    ----------
    Banzhaf, J. F. (1965). Weighted voting doesn't work. Rutgers Law Review 19, 317-343.
    """
    return _marginal_sums(game, np.ones(game.n_players))


@checked
def tau_value(game: CoalitionalGame) -> Array | None:
    """The efficient compromise between what players can hope for and what they can be sure of.

    Returns
    -------
    ndarray, shape (n,), or None
        ``None`` if the game is not quasi-balanced: then there is nothing to compromise between.

    Notes
    -----
    Hope: what a player adds to everybody else, ``M_i = v(N) - v(N without i)``. Sure: the most that is left for it in
    a coalition whose other members get what they hope for.

    References
    ----------
    Tijs, S. H. (1981). Bounds for the core and the tau-value. In Game Theory and Mathematical Economics, 123-132.

    Examples
    --------
    >>> tau_value(CoalitionalGame([0, 2, 4, 18, 5, 14, 9, 24]))
    array([11.5,  7. ,  5.5])
    """
    inside = game.members
    everybody = game.values.size - 1
    hope = game.total - game.values[everybody ^ (1 << np.arange(game.n_players))]
    left = game.values - inside @ hope
    sure = np.array([left[inside[:, i]].max() + hope[i] for i in range(game.n_players)])
    slack = 1e-12 * max(1.0, float(np.abs(game.values).max()))
    if (sure > hope + slack).any() or not sure.sum() - slack <= game.total <= hope.sum() + slack:
        return None
    room = float((hope - sure).sum())
    share = 0.0 if room <= slack else (game.total - float(sure.sum())) / room
    return np.asarray(sure + share * (hope - sure))


@dataclass(frozen=True, slots=True, eq=False)
class SampledValue:
    """A value estimated from draws, and how far off it may be.

    Parameters
    ----------
    value : ndarray, shape (n,)
    standard_error : ndarray, shape (n,)
    draws : int
        Orders drawn.
    """

    value: Array
    standard_error: Array
    draws: int


def sampled_shapley(
    worth: Callable[[BoolArray], Array], n: int, *, draws: int, rng: np.random.Generator
) -> SampledValue:
    """Estimate the Shapley value of many players from random orders.

    Parameters
    ----------
    worth : callable
        From members (C, n), one coalition a row, to their worth (C,).
    n : int
    draws : int
        Random orders; each is used forwards and backwards, which reduces the error.
    rng : numpy.random.Generator

    Returns
    -------
    SampledValue
        Unbiased; adds up to the worth of everybody exactly.

    Notes
    -----
    ``2 (n + 1)`` coalitions an order. Standard errors are over orders.

    References
    ----------
    Castro, J., Gómez, D., Tejada, J. (2009). Polynomial calculation of the Shapley value based on sampling. Computers
    & Operations Research 36, 1726-1730.
    """
    if not callable(worth) or not isinstance(rng, np.random.Generator):
        raise WrongTypeError(
            "sampled_shapley takes a function from members (C, n) to worths (C,), and rng, a numpy Generator."
        )
    if n < 1 or draws < 2:
        raise ParameterError(f"n={n!r}, draws={draws!r}; at least one player and two draws are needed.")
    adds = np.empty((draws, n))
    before = np.tri(n + 1, n, -1, dtype=np.bool_)
    for k in range(draws):
        order = rng.permutation(n)
        both = []
        for sequence in (order, order[::-1]):
            joined = np.zeros((n + 1, n), dtype=np.bool_)
            joined[:, sequence] = before
            both.append(np.empty(n))
            both[-1][sequence] = np.diff(np.asarray(worth(joined), dtype=np.float64))
        adds[k] = (both[0] + both[1]) / 2
    error = adds.std(axis=0, ddof=1) / np.sqrt(draws)
    return SampledValue(read_only(adds.mean(axis=0)), read_only(error), draws)


def _marginal_sums(game: CoalitionalGame, weights: Array) -> Array:
    """For each player, the sum of what it adds, weighted by the size of the coalition that it joins."""
    n = game.n_players
    if n > MOST_PLAYERS:
        raise SizeLimitError(f"{n} players; exact values go up to {MOST_PLAYERS}, see sampled_shapley.")
    factor = weights[game.sizes[: 2 ** (n - 1)]]
    out = np.empty(n)
    for i in range(n):
        table = game.values.reshape(-1, 2, 2**i)
        out[i] = float((table[:, 1, :] - table[:, 0, :]).ravel() @ factor)
    return out
