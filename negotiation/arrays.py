"""Array types, and the helpers that every layer needs: arrays that cannot be changed, and numbers read with an error in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.errors import GameShapeError, WrongTypeError

Array = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def read_only(values: npt.ArrayLike, dtype: Any = np.float64) -> npt.NDArray[Any]:
    """Return a private copy of `values` that refuses to be written to."""
    array = np.array(values, dtype=dtype)
    array.flags.writeable = False
    return array


def as_floats(values: npt.ArrayLike, what: str) -> Array:
    """Numbers as an array of floats, or an error that says what could not be read."""
    try:
        raw = np.asarray(values)
    except ValueError:
        raise GameShapeError(f"{what}: rows of different length; give a rectangular array.") from None
    if raw.dtype.kind in "cSUMm":
        raise WrongTypeError(f"{what}: {raw.ravel().tolist()[0]!r} is not a real number.")
    try:
        return np.asarray(raw, dtype=np.float64)
    except (TypeError, ValueError):
        raise WrongTypeError(f"{what}: not every entry is a number.") from None
