"""How stable all packages are at once: payoffs as a table of one party's measures against everybody else's."""

from __future__ import annotations

import numpy as np

from negotiation.arrays import Array

ALL_AT_ONCE = ("Nash", "GMR", "SMR", "SEQ")


def table_margins(own: Array, other: Array | None, *, concept: str, noise: float) -> Array:
    """What every package is worth to a party beyond the least at which it stays in it.

    Parameters
    ----------
    own : ndarray, shape (C_a, C_b)
        What the party gets, its own combinations of measures down and those of the others across.
    other : ndarray, shape (C_a, C_b)
        What the one party gets that owns all other measures; for SEQ alone.
    concept : {"Nash", "GMR", "SMR", "SEQ"}
    noise : float
        Differences of `other` up to this are none.

    Returns
    -------
    ndarray, shape (C_a, C_b)
        Infinite where the party cannot move.

    Notes
    -----
    ``θ(a, b) = max over a' ≠ a of min(u(a', b), X(a', b))`` with ``X`` what the others can leave of it. Cost ``O(C_a
    C_b)``, for SEQ with a factor ``log C_b``.
    """
    if concept == "Nash":
        held = own
    elif concept == "GMR":
        held = np.minimum(own, without_itself(own, np.minimum, axis=1))
    elif concept == "SMR":
        held = np.minimum(own, without_itself(own.max(axis=0, keepdims=True), np.minimum, axis=1))
    else:
        assert other is not None
        held = np.minimum(own, _least_above(own, other, noise))
    level = without_itself(held, np.maximum, axis=0)
    return np.where(np.isinf(level), np.inf, own - np.where(np.isinf(level), 0.0, level))


def without_itself(values: Array, fold: np.ufunc, *, axis: int) -> Array:
    """The largest or smallest along an axis but for each element itself; infinitely bad where it stands alone."""
    none = np.inf if fold is np.minimum else -np.inf
    best = fold.reduce(values, axis=axis, keepdims=True)
    where = (values.argmin if fold is np.minimum else values.argmax)(axis=axis, keepdims=True)
    rest = values.copy()
    np.put_along_axis(rest, where, none, axis=axis)
    second = fold.reduce(rest, axis=axis, keepdims=True)
    out = np.broadcast_to(best, values.shape).copy()
    np.put_along_axis(out, where, second, axis=axis)
    return out


def _least_above(own: Array, other: Array, noise: float) -> Array:
    """The least of `own` in the same row among what is better in `other` by more than noise, infinite if nothing is."""
    order = np.argsort(other, axis=1)
    sorted_other = np.take_along_axis(other, order, axis=1)
    ends = np.full((len(own), 1), np.inf)
    suffix = np.minimum.accumulate(np.take_along_axis(own, order, axis=1)[:, ::-1], axis=1)[:, ::-1]
    suffix = np.concatenate([suffix, ends], axis=1)
    out = np.empty_like(own)
    for a in range(len(own)):
        first = np.searchsorted(sorted_other[a], other[a] + noise, side="right")
        out[a] = suffix[a, first]
    return out
