"""Laws that analysts give by their ends rather than by location and scale: uniform, triangular, log-triangular."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from negotiation.arrays import Array, BoolArray
from negotiation.errors import DistributionError

Ends = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Law:
    """How a distribution follows from its ends.

    Parameters
    ----------
    ends : tuple of str
        Names of its parameters, in ascending order.
    ppf, cdf : callable
        Quantile and distribution function of an array, given the ends.
    one_sign : bool
        Whether the ends must all be positive or all negative.
    """

    ends: tuple[str, ...]
    ppf: Callable[[Array, Ends], Array]
    cdf: Callable[[Array, Ends], Array]
    one_sign: bool = False

    def check(self, name: str, given: Ends) -> None:
        """Raise an error unless the ends are all there and in order."""
        if set(given) != set(self.ends):
            raise DistributionError(f"{name!r} takes {', '.join(self.ends)}; given: {', '.join(given) or 'nothing'}.")
        ends = [given[key] for key in self.ends]
        shown = ", ".join(f"{end:g}" for end in ends)
        if sorted(ends) != ends or ends[0] == ends[-1]:
            raise DistributionError(f"{name!r} needs {' <= '.join(self.ends)} and a range above 0; given: {shown}.")
        if self.one_sign and not (ends[0] > 0 or ends[-1] < 0):
            raise DistributionError(
                f"{name!r} needs ends of one sign, none of them 0, to take their logarithm; given: {shown}. "
                "Use 'triangular' for a range that touches 0."
            )


def _uniform_ppf(q: Array, p: Ends) -> Array:
    return p["low"] + q * (p["high"] - p["low"])


def _uniform_cdf(x: Array, p: Ends) -> Array:
    return np.clip((x - p["low"]) / (p["high"] - p["low"]), 0.0, 1.0)


def _triangular_ppf(q: Array, p: Ends) -> Array:
    """Inverse of the triangular distribution function; scipy.stats.triang is the oracle in the tests."""
    low, mode, high = p["low"], p["mode"], p["high"]
    width = high - low
    rises: BoolArray = np.asarray(q * width < mode - low)
    root = np.sqrt(np.where(rises, q * width * (mode - low), (1 - q) * width * (high - mode)))
    return np.where(rises, low + root, high - root)


def _triangular_cdf(x: Array, p: Ends) -> Array:
    low, mode, high = p["low"], p["mode"], p["high"]
    x, width = np.clip(x, low, high), high - low
    rising = (x - low) ** 2 / (width * (mode - low)) if mode > low else np.zeros_like(x)
    falling = 1 - (high - x) ** 2 / (width * (high - mode)) if high > mode else np.ones_like(x)
    return np.where(x < mode, rising, falling)


def _logarithms(p: Ends) -> tuple[dict[str, float], float]:
    """Ends of the logarithm of the magnitude, ascending, and the sign."""
    sign = 1.0 if p["low"] > 0 else -1.0
    small, large = ("low", "high") if sign > 0 else ("high", "low")
    logs = {"low": p[small], "mode": p["mode"], "high": p[large]}
    return {key: float(np.log(abs(value))) for key, value in logs.items()}, sign


def _log_triangular_ppf(q: Array, p: Ends) -> Array:
    logs, sign = _logarithms(p)
    magnitude = np.exp(_triangular_ppf(q if sign > 0 else 1 - q, logs))
    return np.clip(sign * magnitude, p["low"], p["high"])


def _log_triangular_cdf(x: Array, p: Ends) -> Array:
    logs, sign = _logarithms(p)
    inside = np.clip(x, p["low"], p["high"])
    share = _triangular_cdf(np.log(np.abs(inside)), logs)
    return share if sign > 0 else 1 - share


LAWS: dict[str, Law] = {
    "uniform": Law(("low", "high"), _uniform_ppf, _uniform_cdf),
    "triangular": Law(("low", "mode", "high"), _triangular_ppf, _triangular_cdf),
    "log-triangular": Law(("low", "mode", "high"), _log_triangular_ppf, _log_triangular_cdf, one_sign=True),
}
