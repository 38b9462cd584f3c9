"""Numbers that may be uncertain: a point, or a distribution with a central value, and where it comes from."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array
from negotiation.errors import DistributionError, NotFiniteError, UnknownNameError, WrongTypeError

# Laws that analysts give by their ends rather than by location and scale; all others are named as in scipy.stats.
_BY_ENDS = {"triangular": ("low", "mode", "high"), "uniform": ("low", "high")}


class Basis(StrEnum):
    """How a number came to be known."""

    FOUND = "found"
    DERIVED = "derived"
    JUDGEMENT = "judgement"


@dataclass(frozen=True, slots=True)
class Distribution:
    """A probability distribution that can be compared, hashed, and written to a file.

    Parameters
    ----------
    name : str
        ``"triangular"`` (low, mode, high), ``"uniform"`` (low, high), or the name of a distribution in `scipy.stats`.
    parameters : mapping of str to float
        Its parameters by name; for `scipy.stats` the shape names, ``loc`` and ``scale``.
    central : float, optional
        The value used where one number is needed. By default the mode of a triangular distribution, else the mean.

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
        if name in _BY_ENDS:
            _check_ends(name, given)
            mean = sum(given.values()) / len(given)
            default = given.get("mode", mean)
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
        parameters = dict(zip(names, frozen.args, strict=False)) | dict(frozen.kwds)
        return cls(law.name, {k: float(parameters[k]) for k in names if k in parameters}, central)

    @classmethod
    def triangular(cls, low: float, mode: float, high: float) -> Distribution:
        """Between `low` and `high`, most likely `mode`: the textbook law for an expert's range."""
        return cls("triangular", {"low": low, "mode": mode, "high": high})

    @classmethod
    def uniform(cls, low: float, high: float) -> Distribution:
        """Anywhere between `low` and `high`."""
        return cls("uniform", {"low": low, "high": high})

    @property
    def frozen(self) -> Any:
        """The same as a frozen `scipy.stats` distribution."""
        from scipy import stats

        p = dict(self.parameters)
        if self.name == "uniform":
            return stats.uniform(p["low"], p["high"] - p["low"])
        if self.name == "triangular":
            width = p["high"] - p["low"]
            return stats.triang((p["mode"] - p["low"]) / width, p["low"], width)
        law = getattr(stats, self.name, None)
        if law is None or not hasattr(law, "ppf"):
            known = (*_BY_ENDS, *(n for n in dir(stats) if hasattr(getattr(stats, n), "ppf")))
            raise UnknownNameError("distribution", self.name, known)
        try:
            return law(**p)
        except TypeError as error:
            raise DistributionError(f"bad parameters for {self.name!r}: {error}.") from error

    @property
    def support(self) -> tuple[float, float]:
        """The ends of the range, which may be infinite."""
        p = dict(self.parameters)
        if self.name in _BY_ENDS:
            return p["low"], p["high"]
        low, high = self.frozen.support()
        return float(low), float(high)

    def ppf(self, quantiles: npt.ArrayLike) -> Array:
        """Quantile function, any shape; draws are made by feeding it uniform numbers."""
        q = np.asarray(quantiles, dtype=np.float64)
        p = dict(self.parameters)
        if self.name == "uniform":
            return p["low"] + q * (p["high"] - p["low"])
        if self.name == "triangular":
            return _triangular_ppf(q, p["low"], p["mode"], p["high"])
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


def _check_ends(name: str, given: Mapping[str, float]) -> None:
    """The ends are all there and in order."""
    wanted = _BY_ENDS[name]
    if set(given) != set(wanted):
        raise DistributionError(f"{name!r} takes {', '.join(wanted)}; given: {', '.join(given) or 'nothing'}.")
    ends = [given[key] for key in wanted]
    if sorted(ends) != ends or ends[0] == ends[-1]:
        raise DistributionError(
            f"{name!r} needs {' <= '.join(wanted)} and a range above 0; given: {', '.join(f'{e:g}' for e in ends)}."
        )


def _triangular_ppf(q: Array, low: float, mode: float, high: float) -> Array:
    """Inverse of the triangular distribution function; scipy.stats.triang is the oracle in the tests."""
    width = high - low
    split = (mode - low) / width
    rising = low + np.sqrt(q * width * (mode - low))
    falling = high - np.sqrt((1 - q) * width * (high - mode))
    return np.where(q < split, rising, falling)


Quantity = float | Distribution


def as_quantity(value: Any, what: str) -> Quantity:
    """A number, or a distribution of ours or of scipy.stats, checked."""
    if isinstance(value, Distribution):
        return value
    if hasattr(value, "ppf"):
        return Distribution.of(value)
    return finite(value, what)


def finite(value: Any, what: str) -> float:
    """Return a finite float, or raise an error that names what it should have been."""
    if isinstance(value, bool) or not isinstance(value, Real | np.number):
        raise WrongTypeError(f"{what} must be a number or a frozen scipy.stats distribution, not {value!r}.")
    number = float(value)
    if not math.isfinite(number):
        raise NotFiniteError(f"{what} is {number}; it must be finite. Give a range if it is unknown.")
    return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """What every number of a scenario carries: where it comes from, and since when it could be known.

    Parameters
    ----------
    source : tuple of str
        Identifiers of sources; a single string is taken as one.
    known_on : datetime.date, optional
        The date on which it was knowable.
    basis : Basis
        ``"found"`` in a source, ``"derived"`` by arithmetic from found values, or a ``"judgement"``.
    reasoning : str
        The arithmetic of a derived value, the line of reasoning of a judgement.
    """

    source: tuple[str, ...] = ()
    known_on: dt.date | None = None
    basis: Basis = Basis.JUDGEMENT
    reasoning: str = ""

    def _settle_sources(self) -> None:
        """Bring source and basis to one form."""
        if isinstance(self.source, str):
            object.__setattr__(self, "source", (self.source,) if self.source else ())
        else:
            object.__setattr__(self, "source", tuple(self.source))
        try:
            object.__setattr__(self, "basis", Basis(self.basis))
        except ValueError:
            raise UnknownNameError("basis", self.basis, [b.value for b in Basis]) from None


@dataclass(frozen=True, slots=True)
class Estimate(Sourced):
    """A number, certain or not, with its source.

    Parameters
    ----------
    value : float or Distribution
        A frozen `scipy.stats` distribution is taken over.
    """

    value: Quantity

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", as_quantity(self.value, "an estimate"))
        self._settle_sources()

    @property
    def central(self) -> float:
        """The one number to use where one is needed."""
        return central(self.value)


def as_estimate(value: Any, what: str) -> Estimate:
    """An `Estimate` as it is, anything else as a judgement without a source."""
    return value if isinstance(value, Estimate) else Estimate(as_quantity(value, what))


def central(value: Quantity) -> float:
    """The central value of a number or a distribution."""
    return value.central if isinstance(value, Distribution) else value


def support(value: Quantity) -> tuple[float, float]:
    """The range of a number (itself) or of a distribution."""
    return value.support if isinstance(value, Distribution) else (value, value)
