"""The patience that trigger strategies need: one inequality with a detection lag, a punishment length and noise."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, as_floats
from negotiation.errors import NotFiniteError, ParameterError, ProbabilityError

_HALVINGS = 80  # of (0, 1): more than doubles can tell apart


def trigger_discount_factor(
    *,
    complying: npt.ArrayLike,
    cheating: npt.ArrayLike,
    punished: npt.ArrayLike,
    lag: npt.ArrayLike = 1,
    length: npt.ArrayLike | None = None,
    false_alarm: npt.ArrayLike = 0.0,
    detection: npt.ArrayLike = 1.0,
) -> Any:
    """The least discount factor that keeps a player from cheating under a trigger strategy.

    Parameters
    ----------
    complying, cheating, punished : array_like
        Payoffs per period, ``u``, ``T`` and ``N``, in one unit. Everything broadcasts, so that a curve is one call.
    lag : array_like of int
        Periods until cheating can be noticed, ``D``.
    length : array_like, optional
        Periods of punishment, ``K``; for ever unless given, also at infinity.
    false_alarm : array_like
        The probability ``ε``, each period, that a punishment begins although everybody complies.
    detection : array_like
        The probability ``q`` that cheating is noticed when the lag is over, from ``ε`` to 1.

    Returns
    -------
    float or ndarray
        ``δ*``: cheating does not pay iff ``δ ≥ δ*``. 0 without temptation (``T ≤ u`` and ``u ≥ N``); 1 where no patience
        helps.

    Raises
    ------
    ParameterError, ProbabilityError, NotFiniteError, WrongTypeError

    Notes
    -----
    While all comply, ``V = (1-δ) u + δ [(1-ε) V + ε P]`` with ``P = (1-δ^K) N + δ^K V``. Who cheats gets ``T`` for ``D``
    periods, in which false alarms go on; then it is punished with probability ``q``, and otherwise goes on unnoticed. By the
    one-shot deviation principle, with ``x = δ (1-ε)``, complying is best iff

    ``(T-u) (1 + 1/x + … + 1/x^(D-1)) [(1-δ) / (δ (1-δ^K)) + ε] ≤ (q-ε) (u-N)``.

    The left side falls in ``δ`` and in ``K`` and grows in ``ε`` and ``D``, so there is one threshold, which longer punishment
    lowers and noise and lags raise. In closed form:

    - ``ε = 0, K = ∞``: ``δ*^D = (T-u) / (T-u + q (u-N))``; with ``q = 1`` Friedman's ``(T-u) / (T-N)``.
    - ``D = 1, K = ∞``: ``δ* = (T-u) / ((1-ε) (T-u) + (q-ε) (u-N))``; with ``N = 0`` Mailath and Samuelson's example 7.2.1.

    Elsewhere by bisection to the last bit of a double. A threshold below 1 exists iff the inequality is strict at ``δ = 1``.

    References
    ----------
    Friedman, J. W. (1971). A non-cooperative equilibrium for supergames. Review of Economic Studies 38, 1-12.
    Green, E. J., Porter, R. H. (1984). Noncooperative collusion under imperfect price information. Econometrica 52, 87-100.
    Mailath, G. J., Samuelson, L. (2006). Repeated Games and Reputations. Oxford University Press, sections 2.3 and 7.2.

    Examples
    --------
    >>> trigger_discount_factor(complying=3, cheating=5, punished=1)
    0.5
    >>> trigger_discount_factor(complying=3, cheating=5, punished=1, length=[2, 3, 10]).round(4)
    array([0.618 , 0.5437, 0.5002])
    >>> trigger_discount_factor(complying=2, cheating=3, punished=0, false_alarm=0.2, detection=0.8)
    0.5
    """
    u, t, n = (
        _finite(v, name) for v, name in ((complying, "complying"), (cheating, "cheating"), (punished, "punished"))
    )
    d, k = as_lag(lag), as_length(length)
    e, q = as_noise(false_alarm, detection)
    found = threshold(t - u, u - n, d, k, e, q)
    return float(found) if found.ndim == 0 else found


def threshold(temptation: Array, advantage: Array, lag: Array, length: Array, noise: Array, detection: Array) -> Array:
    """`trigger_discount_factor` for checked arrays: ``T - u``, ``u - N``, ``D``, ``K``, ``ε``, ``q``, which broadcast."""
    arrays = np.broadcast_arrays(temptation, advantage, lag, length, noise, detection)
    b, a, d, k, e, q = (np.asarray(x, dtype=np.float64) for x in arrays)
    held = (a > 0) | ((a == 0) & (b <= 0))
    tempted = (b > 0) & (a > 0)
    b1, deterrent = np.where(tempted, b, 1.0), np.where(tempted, (q - e) * a, 1.0)
    closed = np.isinf(k) & ((e == 0) | (d == 1))
    total = np.where(e == 0, b1 + deterrent, (1 - e) * b1 + deterrent)
    with np.errstate(divide="ignore", over="ignore"):
        exact = np.where(total > 0, (b1 / np.where(total > 0, total, 1.0)) ** (1.0 / d), 1.0)
    found = np.where(closed, np.minimum(exact, 1.0), 0.0)
    if not closed.all():
        found = np.where(closed, found, _bisected(b1, deterrent, d, k, e))
    return np.asarray(np.where(tempted, found, np.where(held, 0.0, 1.0)))


def _bisected(b: Array, deterrent: Array, d: Array, k: Array, e: Array) -> Array:
    """The least δ at which cheating does not pay, to the last bit; 1 where there is none below."""
    low, high = np.zeros_like(b), np.ones_like(b)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        fine = _pressure(middle, b, d, k, e) <= deterrent
        high, low = np.where(fine, middle, high), np.where(fine, low, middle)
    return high


def _pressure(delta: Array, b: Array, d: Array, k: Array, e: Array) -> Array:
    """The left side of the inequality, which falls in δ."""
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        inside = np.clip(delta, 1e-300, 1 - 1e-16)
        x = inside * (1 - e)
        run = np.where(np.abs(1 - x) < 1e-12, d, (x**-d - 1) / (1 / x - 1))
        lasting = -np.expm1(k * np.log(inside))  # 1 - δ^K
        return np.asarray(b * run * ((1 - inside) / (inside * lasting) + e))


def temptation_weight(delta: Array, lag: Array, length: Array, noise: Array) -> Array:
    """What multiplies ``T - u`` in the inequality of `trigger_discount_factor`, whose right side is ``(q-ε) (u-N)``."""
    return _pressure(delta, np.ones_like(delta), lag, length, noise)


def noisy_value(delta: Array, complying: Array, punished: Array, length: Array, noise: Array) -> Array:
    """What complying is worth per period when false alarms set off punishments: ``V`` of `trigger_discount_factor`."""
    kept = 1 - noise + noise * delta**length
    return np.asarray(punished + (1 - delta) * (complying - punished) / (1 - delta * kept))


def tit_for_tat_threshold(temptation: Array, forgone: Array, advantage: Array, lag: Array) -> Array:
    """The least discount factor that makes tit for tat a best reply to itself.

    ``T - u``, ``u - S`` (``S``: complying while the other pays back), ``u - N`` (``N``: both withhold). The other's machine has
    two states, so the best replies are to comply, to cheat always, and to cheat in every other round:
    ``δ^D ≥ max((T-u) / (T-N), (T-u) / (u-S))``.
    """
    one = np.ones(1)
    always = threshold(temptation, advantage, lag, one * np.inf, one * 0.0, one)
    tempted = temptation > 0
    ratio = np.where(tempted & (forgone > 0), temptation, 1.0) / np.where(tempted & (forgone > 0), forgone, 1.0)
    other = np.where(tempted, np.minimum(ratio, 1.0) ** (1.0 / lag), 0.0)
    return np.maximum(always, other)


def _finite(values: npt.ArrayLike, name: str) -> Array:
    out = as_floats(values, name)
    if not np.isfinite(out).all():
        raise NotFiniteError(f"{name}={values!r}; payoffs must be finite.")
    return out


def as_lag(lag: npt.ArrayLike) -> Array:
    """Whole numbers from 1."""
    out = as_floats(lag, "lag")
    if not (np.isfinite(out).all() and (out >= 1).all() and (out == np.floor(out)).all()):
        raise ParameterError(f"lag={lag!r}; a whole number of periods, at least 1.")
    return out


def as_length(length: npt.ArrayLike | None) -> Array:
    """Whole numbers from 1, or infinity."""
    out = as_floats(np.inf if length is None else length, "length")
    if np.isnan(out).any() or (out < 1).any() or (out != np.floor(out)).any():
        raise ParameterError(f"length={length!r}; a whole number of periods, at least 1, or None for ever.")
    return out


def as_noise(false_alarm: npt.ArrayLike, detection: npt.ArrayLike) -> tuple[Array, Array]:
    """Two probabilities, the second not below the first."""
    e, q = as_floats(false_alarm, "false_alarm"), as_floats(detection, "detection")
    for name, values in (("false_alarm", e), ("detection", q)):
        if not ((values >= 0) & (values <= 1)).all():
            raise ProbabilityError(f"{name} must be a probability in [0, 1].")
    if (np.broadcast_arrays(e, q)[0] > np.broadcast_arrays(e, q)[1]).any():
        raise ParameterError(
            "detection is less likely than a false alarm: a signal that praises cheating deters nobody."
        )
    return e, q
