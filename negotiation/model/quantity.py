"""Numbers that may be uncertain, and where each comes from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from negotiation.errors import UnknownNameError, WrongTypeError
from negotiation.model.distribution import Distribution, finite


class Basis(StrEnum):
    """How a number came to be known."""

    FOUND = "found"
    DERIVED = "derived"
    JUDGEMENT = "judgement"


Quantity = float | Distribution


def as_quantity(value: Any, what: str) -> Quantity:
    """A number, or a distribution of ours or of scipy.stats, checked."""
    if isinstance(value, Distribution):
        return value
    if hasattr(value, "ppf"):
        return Distribution.of(value)
    return finite(value, what)


def check_date(value: object, what: str) -> None:
    """A date is a day, without a time, or absent."""
    if value is not None and (isinstance(value, dt.datetime) or not isinstance(value, dt.date)):
        raise WrongTypeError(f"{what} is {value!r}; expected a datetime.date without a time of day.")


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
        check_date(self.known_on, "known_on")
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
