"""Probability distributions that can be compared, hashed and written to a file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array
from negotiation.errors import DistributionError, NotFiniteError, UnknownNameError, WrongTypeError
from negotiation.model.laws import LAWS


@dataclass(frozen=True, slots=True)
class Distribution:
    """A probability distribution that can be compared, hashed, and written to a file.

    Parameters
    ----------
    name : str
        ``"triangular"``, ``"log-triangular"`` (low, mode, high), ``"uniform"`` (low, high), or the name of a distribution
        in `scipy.stats`.
    parameters : mapping of str to float
        Its parameters by name; for `scipy.stats` the shape names, ``loc`` and ``scale``.
    central : float, optional
        The value used where one number is needed. By default the mode of a (log-)triangular distribution,
        else the mean.

    Raises
    ------
    DistributionError
        Unknown name or parameters, ends out of order, or no finite mean.

    Examples
    --------
    >>> Distribution("triangular", {"low": 56, "mode": 58, "high": 61}).central
    58.0
    >>> from scipy import stats
    >>> Distribution.of(stats.norm(10, 2)).central
    10.0
    """

    name: str
    parameters: tuple[tuple[str, float], ...]
    central: float

    def __init__(
        self, name: str, parameters: Mapping[str, float] | tuple[tuple[str, float], ...], central: float | None = None
    ) -> None:
        given = {key: finite(value, f"parameter {key!r} of {name!r}") for key, value in dict(parameters).items()}
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "parameters", tuple(given.items()))
        if name in LAWS:
            LAWS[name].check(name, given)
            default = given["mode"] if "mode" in given else (given["low"] + given["high"]) / 2
        else:
            default = self._checked_mean()
        chosen = default if central is None else finite(central, f"the central value of {name!r}")
        object.__setattr__(self, "central", chosen)

    @classmethod
    def of(cls, frozen: Any, central: float | None = None) -> Distribution:
        """Take over a frozen `scipy.stats` distribution."""
        law = getattr(frozen, "dist", None)
        if law is None or not hasattr(frozen, "ppf"):
            raise DistributionError(
                f"{frozen!r} is not a frozen distribution; give for example scipy.stats.norm(10, 2)."
            )
        names = [*(law.shapes.split(", ") if law.shapes else []), "loc", "scale"]
        given = dict(zip(names, frozen.args, strict=False)) | dict(frozen.kwds)
        parameters = {k: float(given[k]) for k in names if k in given}
        if law.name == "uniform":  # the one name that is both scipy's and ours
            low = parameters.get("loc", 0.0)
            parameters = {"low": low, "high": low + parameters.get("scale", 1.0)}
        return cls(law.name, parameters, central)

    @classmethod
    def triangular(cls, low: float, mode: float, high: float) -> Distribution:
        """Between `low` and `high`, most likely `mode`: the textbook law for an expert's range."""
        return cls("triangular", {"low": low, "mode": mode, "high": high})

    @classmethod
    def log_triangular(cls, low: float, mode: float, high: float) -> Distribution:
        """Triangular in the logarithm: for a range over orders of magnitude, all of one sign."""
        return cls("log-triangular", {"low": low, "mode": mode, "high": high})

    @classmethod
    def uniform(cls, low: float, high: float) -> Distribution:
        """Anywhere between `low` and `high`."""
        return cls("uniform", {"low": low, "high": high})

    @property
    def frozen(self) -> Any:
        """The same as a frozen `scipy.stats` distribution."""
        from scipy import stats

        p = dict(self.parameters)
        if self.name in LAWS:
            return _as_scipy(self)
        law = getattr(stats, self.name, None)
        if law is None or not hasattr(law, "ppf"):
            known = (*LAWS, *(n for n in dir(stats) if hasattr(getattr(stats, n), "ppf")))
            raise UnknownNameError("distribution", self.name, known)
        try:
            return law(**p)
        except TypeError as error:
            raise DistributionError(f"bad parameters for {self.name!r}: {error}.") from error

    @property
    def support(self) -> tuple[float, float]:
        """The ends of the range, which may be infinite."""
        p = dict(self.parameters)
        if self.name in LAWS:
            return p["low"], p["high"]
        low, high = self.frozen.support()
        return float(low), float(high)

    def ppf(self, quantiles: npt.ArrayLike) -> Array:
        """Quantile function, any shape; draws are made by feeding it uniform numbers."""
        q = np.asarray(quantiles, dtype=np.float64)
        p = dict(self.parameters)
        if self.name in LAWS:
            return LAWS[self.name].ppf(q, p)
        return np.asarray(self.frozen.ppf(q), dtype=np.float64)

    def _checked_mean(self) -> float:
        with np.errstate(all="ignore"):
            mean = float(self.frozen.mean())
        if not math.isfinite(mean):
            raise DistributionError(
                f"{self.name!r} with {dict(self.parameters)} has no finite mean ({mean}), so payoffs have no expectation; "
                "truncate it, or give a range."
            )
        return mean

    def __str__(self) -> str:
        return f"{self.name}({', '.join(f'{key} {value:g}' for key, value in self.parameters)})"


def _as_scipy(distribution: Distribution) -> Any:
    """One of our laws as a frozen scipy.stats distribution."""
    from scipy import stats

    p = dict(distribution.parameters)
    width = p["high"] - p["low"]
    if distribution.name == "uniform":
        return stats.uniform(p["low"], width)
    if distribution.name == "triangular":
        return stats.triang((p["mode"] - p["low"]) / width, p["low"], width)

    class FromQuantiles(stats.rv_continuous):
        def _ppf(self, q: Any, *args: Any) -> Any:
            return distribution.ppf(q)

        def _cdf(self, x: Any, *args: Any) -> Any:
            return LAWS[distribution.name].cdf(np.asarray(x, dtype=np.float64), p)

    return FromQuantiles(a=p["low"], b=p["high"], name=distribution.name)()


def finite(value: Any, what: str) -> float:
    """Return a finite float, or raise an error that names what it should have been."""
    if isinstance(value, bool) or not isinstance(value, Real | np.number):
        raise WrongTypeError(f"{what} must be a number or a frozen scipy.stats distribution, not {value!r}.")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise NotFiniteError(f"{what} is {number}; it must be finite. Give a range if it is unknown.")
    return number
