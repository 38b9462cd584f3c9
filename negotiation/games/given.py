"""Tables of numbers as they were given: checked once, kept for exact arithmetic, read as floats where that is enough."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from numbers import Number
from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array
from negotiation.errors import (
    DuplicateNameError,
    GameShapeError,
    NotFiniteError,
    ProbabilityError,
    WrongTypeError,
)

Given = npt.NDArray[np.object_]
_SHORT = 10_000  # the largest denominator that a float is read as


def given_table(values: Any, what: str, axes: str) -> Given:
    """Numbers as one array of the objects given, or an error that says which is none.

    Parameters
    ----------
    values : array_like
        Ints of any size, floats, `fractions.Fraction` or `decimal.Decimal`.
    what : str
        For the message, e.g. ``"the sender's payoffs"``.
    axes : str
        The axes expected, for the message, e.g. ``"types, messages, actions"``.
    """
    n_axes = axes.count(",") + 1
    try:
        table = np.array(values, dtype=object)
    except ValueError:
        table = np.empty(0, dtype=object)
    if table.ndim != n_axes or any(isinstance(v, Sequence | np.ndarray) for v in table.ravel()[:1]):
        raise GameShapeError(
            f"{what} must be a table with the axes ({axes}) and no ragged rows; given {_shape(values)}."
        )
    if 0 in table.shape:
        raise GameShapeError(f"{what} are empty: shape {table.shape} for the axes ({axes}); each needs at least one.")
    for k, value in enumerate(table.ravel().tolist()):
        if isinstance(value, bool | complex | str) or not isinstance(value, Number | Decimal):
            at = tuple(int(i) for i in np.unravel_index(k, table.shape))
            raise WrongTypeError(f"{what}: the entry at {at} is not a number: {value!r}.")
    try:
        floats = table.astype(np.float64)
    except OverflowError:
        raise NotFiniteError(f"{what}: an entry is too large for a float; choose a larger unit.") from None
    bad = np.argwhere(~np.isfinite(floats))
    if bad.size:
        at = tuple(int(i) for i in bad[0])
        raise NotFiniteError(f"{what}: the entry at {at} is {floats[tuple(bad[0])]}; it must be finite.")
    table.flags.writeable = False
    return table


def check_distribution(table: Given, what: str, tol: float = 1e-9) -> None:
    """Raise an error unless numbers are not negative and add up to one."""
    floats = table.astype(np.float64)
    if floats.min() < 0:
        raise ProbabilityError(f"{what} has a negative probability, {floats.min():g}; each lies in [0, 1].")
    if abs(floats.sum() - 1) > tol:
        raise ProbabilityError(f"the probabilities of {what} sum to {floats.sum():.12g}, not 1.")


def check_names(kind: str, names: Sequence[str] | None, expected: int, first: int = 0) -> tuple[str, ...]:
    """Names, unique and as many as expected; the kind and a number, from `first` on, unless given."""
    if names is None:
        return tuple(f"{kind} {k}" for k in range(first, first + expected))
    if isinstance(names, str):
        raise WrongTypeError(f"{kind} names must be several texts, not the text {names!r}.")
    labels = tuple(names)
    if len(labels) != expected:
        raise GameShapeError(f"{len(labels)} {kind} names given, {expected} needed.")
    for k, label in enumerate(labels):
        if not isinstance(label, str):
            raise WrongTypeError(f"{kind} name {label!r} is not text.")
        if not label.strip() or not label.isprintable():
            raise GameShapeError(f"bad {kind} name {label!r}: a name is non-empty and printable.")
        if label in labels[:k]:
            raise DuplicateNameError(kind, label)
    return labels


def as_floats(table: Given) -> Array:
    """In double precision, read-only."""
    floats = np.asarray(table.astype(np.float64))
    floats.flags.writeable = False
    return floats


def as_fractions(table: Given, tol: float = 1e-13) -> npt.NDArray[np.object_]:
    """As `fractions.Fraction`; a float is read as the simple fraction or short decimal that it stands for.

    Parameters
    ----------
    table : ndarray of object
    tol : float
        A float is read as a fraction with a denominator up to 10,000 that lies within `tol` times the largest entry, so that
        ties that were meant are ties (1/3 in thirds, 0.1 + 0.2 as 0.3); otherwise as the decimal that it prints as.
    """
    largest = float(np.abs(table.astype(np.float64)).max(initial=0.0))
    out = np.empty(table.size, dtype=object)
    out[:] = [_read(v, tol * largest) for v in table.ravel().tolist()]
    return out.reshape(table.shape)


def _read(value: Any, near: float) -> Fraction:
    if not isinstance(value, float | np.floating):
        return Fraction(int(value)) if isinstance(value, np.integer) else Fraction(value)
    short = Fraction(float(value)).limit_denominator(_SHORT)
    return short if abs(float(short) - float(value)) <= near else Fraction(repr(float(value)))


def _shape(values: Any) -> str:
    try:
        return f"shape {np.shape(values)}"
    except ValueError:
        return "rows of different lengths"
