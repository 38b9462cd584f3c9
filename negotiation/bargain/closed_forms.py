"""Bargaining over a divisible surplus, in closed form: alternating offers, deadlines, random proposers, legislatures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, BoolArray, as_floats
from negotiation.bargain.problem import check_player, check_whole
from negotiation.errors import DiscountFactorError, GameShapeError, ParameterError, ProbabilityError


def rubinstein(
    discount_factors: Sequence[float] | Array,
    surplus: float = 1.0,
    first: int = 0,
    outside_options: npt.ArrayLike | None = None,
) -> Array:
    """Divide a surplus by alternating offers without a deadline.

    Parameters
    ----------
    discount_factors : array_like, shape (N,)
        What a share next round is worth now, ``0 <= delta < 1``; 0 is somebody who cannot wait at all.
    surplus : float
        What is divided.
    first : int
        Who proposes first; then the others in turn, by position.
    outside_options : array_like, shape (N,), optional
        What a player gets by leaving for good instead of answering an offer; the rest get nothing then.

    Returns
    -------
    ndarray, shape (N,)
        The shares agreed on at once.

    Raises
    ------
    DiscountFactorError, ParameterError

    Notes
    -----
    Two players: the unique subgame-perfect equilibrium, in which the first proposer gets
    ``(1 - delta_2) / (1 - delta_1 delta_2)``. An outside option matters only when it is worth more than waiting, and
    then it is all that its owner gets when answering ("deal me out"). More players need unanimity: the unique
    stationary equilibrium; others exist when players are patient. Solved as a linear system for each pattern of binding
    outside options.

    References
    ----------
    Rubinstein, A. (1982). Perfect equilibrium in a bargaining model. Econometrica 50, 97-109.
    Binmore, K., Shaked, A., Sutton, J. (1989). An outside option experiment. Quarterly Journal of Economics 104, 753-770.
    Osborne, M. J., Rubinstein, A. (1990). Bargaining and Markets, sections 3.8, 3.12 and 3.13.

    Examples
    --------
    >>> rubinstein([0.5, 0.5]).round(4)
    array([0.6667, 0.3333])
    >>> rubinstein([0.5, 0.5], outside_options=[0, 0.5])
    array([0.5, 0.5])
    """
    delta = check_discount_factors(discount_factors)
    n = delta.size
    check_player(first, n)
    _check_surplus(surplus)
    outside = np.full(n, -np.inf) if outside_options is None else as_floats(outside_options, "outside_options")
    if outside.shape != (n,) or np.isnan(outside).any():
        raise GameShapeError(f"outside options {outside.tolist()} for {n} players; give one number a player.")
    if np.maximum(outside, 0).sum() > surplus:
        raise ParameterError(
            f"outside options {outside.tolist()} add up to more than the surplus of {surplus:g}: there is nothing to divide."
        )
    return np.asarray(_stationary_shares(delta, surplus, outside)[first])


def stahl(discount_factors: Sequence[float] | Array, deadline: int, *, surplus: float = 1.0, first: int = 0) -> Array:
    """Divide a surplus by alternating offers with a deadline.

    Parameters
    ----------
    discount_factors : array_like, shape (N,)
        ``0 <= delta < 1``.
    deadline : int
        How many offers there can be; after the last refusal nobody gets anything.
    surplus : float
    first : int
        Who makes the first offer; then the others in turn.

    Returns
    -------
    ndarray, shape (N,)
        The shares agreed on at once.

    References
    ----------
    Ståhl, I. (1972). Bargaining Theory. Stockholm School of Economics.

    Examples
    --------
    >>> stahl([0.9, 0.9], 3)
    array([0.91, 0.09])
    """
    delta = check_discount_factors(discount_factors)
    check_player(first, delta.size)
    _check_surplus(surplus)
    check_whole(deadline, "deadline", "at least one offer is needed")
    shares = np.zeros(delta.size)
    for round_ in reversed(range(deadline)):
        proposer = (first + round_) % delta.size
        shares = delta * shares
        shares[proposer] = 0.0
        shares[proposer] = surplus - shares.sum()
    return shares


def random_proposer(
    discount_factors: Sequence[float] | Array, recognition: npt.ArrayLike, *, surplus: float = 1.0
) -> Array:
    """Divide a surplus when chance picks who proposes in each round.

    Parameters
    ----------
    discount_factors : array_like, shape (N,)
        ``0 <= delta < 1``.
    recognition : array_like, shape (N,)
        Each player's chance to propose; adds up to one.
    surplus : float

    Returns
    -------
    ndarray, shape (N,)
        Expected shares before the first proposer is known; unanimity, stationary equilibrium.

    References
    ----------
    Binmore, K. (1987). Perfect equilibria in bargaining models. In The Economics of Bargaining, 77-105.
    Muthoo, A. (1999). Bargaining Theory with Applications, section 7.2.4.

    Examples
    --------
    >>> random_proposer([0.9, 0.9], [0.75, 0.25]).round(10)
    array([0.75, 0.25])
    """
    delta = check_discount_factors(discount_factors)
    _check_surplus(surplus)
    p = as_floats(recognition, "recognition")
    if p.shape != delta.shape:
        raise GameShapeError(f"{p.size} recognition probabilities for {delta.size} players.")
    if (p < 0).any() or not np.isclose(p.sum(), 1.0):
        raise ProbabilityError(f"recognition probabilities {p.tolist()} are not a distribution.")
    # v_i = p_i (surplus - sum_{j != i} delta_j v_j) + (1 - p_i) delta_i v_i
    system = np.eye(p.size) + p[:, None] * delta[None, :]
    np.fill_diagonal(system, 1.0 - (1.0 - p) * delta)
    return np.asarray(np.linalg.solve(system, p * surplus))


def baron_ferejohn(n: int, quota: int, *, discount_factor: float = 1.0, surplus: float = 1.0) -> tuple[float, float]:
    """Divide a surplus in a legislature: proposers drawn at random, closed rule, `quota` of `n` votes decide.

    Parameters
    ----------
    n : int
        Members, alike.
    quota : int
        Votes needed, the proposer's own included.
    discount_factor : float
        ``0 <= delta <= 1``: under closed rule the answer stands without impatience too.
    surplus : float

    Returns
    -------
    proposer, partner : float
        The shares of the proposer, and of each of the ``quota - 1`` members whose votes it buys.

    References
    ----------
    Baron, D. P., Ferejohn, J. A. (1989). Bargaining in legislatures. American Political Science Review 83, 1181-1206.

    Examples
    --------
    >>> baron_ferejohn(5, 3)
    (0.6, 0.2)
    """
    _check_surplus(surplus)
    check_whole(n, "n")
    check_whole(quota, "quota")
    if not 1 <= quota <= n:
        raise ParameterError(f"quota={quota!r} of n={n!r} members; expected 1 <= quota <= n.")
    if not 0 <= discount_factor <= 1:
        raise DiscountFactorError(f"discount factor {discount_factor!r} is not between 0 and 1.")
    partner = discount_factor * surplus / n
    return surplus - (quota - 1) * partner, partner


def check_discount_factors(values: Sequence[float] | Array, least: int = 2) -> Array:
    """Discount factors (N,), each at least 0 (cannot wait) and below 1 (at 1 nobody minds waiting for ever)."""
    delta = as_floats(values, "discount_factors")
    if delta.ndim != 1 or delta.size < least:
        raise GameShapeError(f"discount factors of shape {delta.shape}; give one number a player, {least} or more.")
    for i, d in enumerate(delta.tolist()):
        if not 0 <= d < 1:
            raise DiscountFactorError(f"discount factor {d!r} of player {i + 1}; expected 0 <= delta < 1.")
    return delta


def _check_surplus(surplus: float) -> None:
    if not (np.isfinite(surplus) and surplus > 0):
        raise ParameterError(f"surplus={surplus!r}; expected a positive finite number.")


def _stationary_shares(delta: Array, surplus: float, outside: Array) -> Array:
    """Shares (proposer, player): each answer is worth waiting for one's next share, or one's outside option."""
    n = delta.size
    binding = np.zeros((n, n), dtype=np.bool_)
    seen: set[bytes] = set()
    while binding.tobytes() not in seen:
        seen.add(binding.tobytes())
        shares = _solve_pattern(delta, surplus, outside, binding)
        waiting = delta * np.roll(shares, -1, axis=0)
        binding = (outside > waiting) & ~np.eye(n, dtype=np.bool_)
    return shares


def _solve_pattern(delta: Array, surplus: float, outside: Array, binding: BoolArray) -> Array:
    n = delta.size
    system, right = np.zeros((n * n, n * n)), np.zeros(n * n)
    for k in range(n):
        for i in range(n):
            row = k * n + i
            system[row, row] = 1.0
            if i == k:
                system[row, k * n : (k + 1) * n] = 1.0
                right[row] = surplus
            elif binding[k, i]:
                right[row] = outside[i]
            else:
                system[row, ((k + 1) % n) * n + i] -= delta[i]
    return np.asarray(np.linalg.solve(system, right).reshape(n, n))
