"""Array types and the two helpers every layer needs: arrays that cannot be changed, and names checked once."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def read_only(values: npt.ArrayLike, dtype: Any = np.float64) -> npt.NDArray[Any]:
    """Return a private copy of `values` that refuses to be written to."""
    array = np.array(values, dtype=dtype)
    array.flags.writeable = False
    return array
