"""Parties: who decides, how patient they are, how far they are believed, and who must consent at home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from negotiation.errors import DiscountFactorError, ParameterError, ProbabilityError
from negotiation.model.issue import check_name
from negotiation.model.quantity import Estimate, Quantity, Sourced, as_estimate, as_quantity, support


@dataclass(frozen=True, slots=True)
class Ratifier(Sourced):
    """A domestic group whose consent a party needs (Putnam's level II).

    Parameters
    ----------
    name : str
        E.g. ``"Senate"`` or ``"national-security staff"``.
    kinds : tuple of str
        The kinds of stake it counts; empty for all of them.
    at_least : float or Distribution, optional
        It consents when those stakes of its party add up to at least this, in payoff units. ``None``: it only vetoes.
    vetoes : mapping of str to str
        Issue and option that it does not accept whatever comes with it.

    References
    ----------
    Putnam, R. D. (1988). Diplomacy and domestic politics: the logic of two-level games. International
    Organization 42, 427-460.
    """

    name: str
    kinds: tuple[str, ...] = ()
    at_least: Quantity | None = None
    vetoes: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        check_name("ratifier", self.name)
        object.__setattr__(self, "kinds", (self.kinds,) if isinstance(self.kinds, str) else tuple(self.kinds))
        pairs = self.vetoes.items() if isinstance(self.vetoes, Mapping) else self.vetoes
        object.__setattr__(self, "vetoes", tuple((str(i), str(o)) for i, o in pairs))
        if self.at_least is not None:
            object.__setattr__(self, "at_least", as_quantity(self.at_least, f"at_least of ratifier {self.name!r}"))
        elif not self.vetoes:
            raise ParameterError(f"ratifier {self.name!r} neither counts stakes (at_least) nor vetoes anything.")
        self._settle_sources()


@dataclass(frozen=True, slots=True)
class Party:
    """A decision maker.

    Every quantity may be a number, a distribution, or an `Estimate` with its source; what is left at ``None`` is
    unknown, and a criterion that needs it says so.

    Parameters
    ----------
    name : str
        Unique within a negotiation.
    discount_factor : optional
        Weight of next period's payoff, strictly between 0 and 1.
    credibility : optional
        The probability that others give to its delivering what it promises, in [0, 1].
    disagreement : optional
        Payoff per period if talks fail; 0 unless said otherwise.
    reservation : optional
        The least it signs for, per period; its disagreement payoff unless said otherwise.
    detection_lag : int
        Periods until the others notice that it has stopped delivering, at least 1.
    ratifiers : tuple of Ratifier
        Who must consent at home.
    description : str

    Raises
    ------
    DiscountFactorError, ProbabilityError, ParameterError, NotFiniteError

    Examples
    --------
    >>> Party("US", discount_factor=0.98, credibility=0.7).reservation_value
    0.0
    """

    name: str
    discount_factor: Estimate | None
    credibility: Estimate | None
    disagreement: Estimate
    reservation: Estimate | None
    detection_lag: int
    ratifiers: tuple[Ratifier, ...]
    description: str

    def __init__(
        self,
        name: str,
        *,
        discount_factor: Estimate | Quantity | None = None,
        credibility: Estimate | Quantity | None = None,
        disagreement: Estimate | Quantity = 0.0,
        reservation: Estimate | Quantity | None = None,
        detection_lag: int = 1,
        ratifiers: tuple[Ratifier, ...] = (),
        description: str = "",
    ) -> None:
        check_name("party", name)
        if isinstance(detection_lag, bool) or not isinstance(detection_lag, int) or detection_lag < 1:
            raise ParameterError(
                f"detection_lag of {name!r} must be a whole number of periods from 1, not {detection_lag!r}."
            )
        put = object.__setattr__
        put(self, "name", name)
        put(self, "discount_factor", _optional(discount_factor, f"the discount factor of {name!r}"))
        put(self, "credibility", _optional(credibility, f"the credibility of {name!r}"))
        put(self, "disagreement", as_estimate(disagreement, f"the disagreement payoff of {name!r}"))
        put(self, "reservation", _optional(reservation, f"the reservation value of {name!r}"))
        put(self, "detection_lag", detection_lag)
        put(self, "ratifiers", tuple(ratifiers))
        put(self, "description", description)
        self._check_ranges()

    @property
    def reservation_value(self) -> float:
        """The least it signs for, at central values, per period."""
        return (self.disagreement if self.reservation is None else self.reservation).central

    def _check_ranges(self) -> None:
        if self.discount_factor is not None:
            low, high = support(self.discount_factor.value)
            at_ends = not isinstance(self.discount_factor.value, float)  # a range may touch 0 or 1: probability zero
            if not (low >= 0 and high <= 1) or (not at_ends and low in (0, 1)):
                raise DiscountFactorError(
                    f"the discount factor of {self.name!r} is {_range(low, high)}; it must lie strictly between 0 and 1 "
                    "(0.99 a month is about 0.89 a year)."
                )
        if self.credibility is not None:
            low, high = support(self.credibility.value)
            if not (low >= 0 and high <= 1):
                raise ProbabilityError(
                    f"the credibility of {self.name!r} is {_range(low, high)}; a probability lies in [0, 1]."
                )


def _optional(value: Estimate | Quantity | None, what: str) -> Estimate | None:
    return None if value is None else as_estimate(value, what)


def _range(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"
