"""An input that another party controls, and what becomes of it: stocks run out, prices rise, substitutes arrive."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from negotiation.arrays import Array, BoolArray, read_only
from negotiation.errors import ParameterError, WrongTypeError
from negotiation.model.distribution import Distribution
from negotiation.model.quantity import Quantity, as_quantity, central, support

_QUANTITIES = (
    "need", "stock", "loss", "open_supply", "new_supply", "arrives", "substitution", "spend", "highest_price", "elasticity",
)  # fmt: skip

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class ControlledInput:
    """An input that another party controls: what is in store, what is needed, and what comes in its place.

    Every quantity is a number or a distribution. Amounts are in any one physical unit, e.g. kg; times in periods of the
    negotiation.

    Parameters
    ----------
    name : str
        E.g. ``"samarium-cobalt magnets"``.
    need : float or Distribution
        Amount used per period while there is enough.
    stock : float or Distribution
        Amount in store when the control starts.
    loss : float or Distribution
        What the party loses per period when none of its need is met, in the negotiation's unit; a part of the need unmet
        loses that part.
    open_supply : float or Distribution
        Amount per period that still comes through the control: licences granted, other suppliers.
    new_supply : float or Distribution
        Amount per period from new sources once they have arrived.
    arrives : float or Distribution
        Period in which the new sources start.
    substitution : float or Distribution
        Share of the need that is designed out each period, from 0 (no substitute) to below 1.
    spend : float or Distribution
        What a period's need costs at the normal price, in the negotiation's unit.
    highest_price : float or Distribution
        How far the price can rise while something is short, as a multiple of the normal price; 1 for no rise.
    elasticity : float or Distribution
        How other supply answers: by so many percent it grows when the price rises by one percent. Without it, or with no rise,
        what is short stays short.
    issue : str
        The issue that controls it, for `stakes_over_time`.
    kinds : tuple of str
        The kinds of stake in that issue that are about this input; all of them unless named.

    Raises
    ------
    ParameterError
        A negative amount, a need of zero, a share outside [0, 1), or a highest price below the normal one.

    Examples
    --------
    >>> magnets = ControlledInput("magnets", need=10, stock=25, loss=60)
    >>> magnets.path(5).loss
    array([ 0.,  0., 30., 60., 60.])
    """

    name: str
    need: Quantity
    stock: Quantity
    loss: Quantity
    open_supply: Quantity = 0.0
    new_supply: Quantity = 0.0
    arrives: Quantity = 0.0
    substitution: Quantity = 0.0
    spend: Quantity = 0.0
    highest_price: Quantity = 1.0
    elasticity: Quantity = 0.0
    issue: str = ""
    kinds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", (self.kinds,) if isinstance(self.kinds, str) else tuple(self.kinds))
        for field in _QUANTITIES:
            value = as_quantity(getattr(self, field), f"{field} of {self.name!r}")
            object.__setattr__(self, field, value)
            if support(value)[0] < 0:
                raise ParameterError(f"{field} of {self.name!r} can be {support(value)[0]:g}; it must not be negative.")
        if support(self.need)[0] <= 0:
            raise ParameterError(f"the need of {self.name!r} must be above 0.")
        if support(self.substitution)[1] >= 1:
            raise ParameterError(f"substitution of {self.name!r} is a share of the need per period, below 1.")
        if support(self.highest_price)[0] < 1:
            raise ParameterError(
                f"highest_price of {self.name!r} can be {support(self.highest_price)[0]:g}; it is a multiple of the normal "
                "price, from 1 up."
            )

    def path(self, periods: int, *, draws: int | None = None, rng: np.random.Generator | None = None) -> SupplyPath:
        """Follow stock, shortage and loss while the control lasts.

        Parameters
        ----------
        periods : int
            How many, ``T``.
        draws : int, optional
            Draw the uncertain quantities this many times with `rng`; central values otherwise.

        Returns
        -------
        SupplyPath
            Arrays of shape (T,), or (S, T) with draws.

        Notes
        -----
        In period ``t`` the need is ``need (1 - substitution)^t``; what open and new supply do not cover is taken from the
        stock, and what the stock does not cover is short. While something is short the price rises until other supply fills
        the gap, or to the highest price: with a share ``m`` of the need covered, to ``p = min(highest_price,
        m^(-1/elasticity))``, at which ``m p^elasticity`` of the need is covered, all of it at that price. The loss is ``loss``
        for the part of the need that stays unmet, and ``spend (p - 1)`` for the part that is met. Cost ``O(S T)``.
        """
        check_whole_periods(periods)
        p = self._values(draws, rng)
        t = np.arange(periods, dtype=np.float64)
        need = p["need"] * (1 - p["substitution"]) ** t
        supply = p["open_supply"] + np.where(t >= p["arrives"], p["new_supply"], 0.0)
        used = np.cumsum(np.maximum(need - supply, 0.0), axis=-1)
        missing = np.diff(np.maximum(used - p["stock"], 0.0), axis=-1, prepend=0.0)
        met, price = _priced(1 - _share(missing, need), p["highest_price"], p["elasticity"])
        short = np.where(price > 1, need * (1 - met), missing)
        loss = p["loss"] * short / p["need"] + p["spend"] * (need - short) / p["need"] * (price - 1)
        stock = np.maximum(p["stock"] - used, 0.0)
        return SupplyPath(self, read_only(stock), read_only(short), read_only(price), read_only(loss))

    def _values(self, draws: int | None, rng: np.random.Generator | None) -> dict[str, Array]:
        """Every quantity as an array that broadcasts against time."""
        if draws is None:
            return {f: np.array([central(getattr(self, f))]) for f in _QUANTITIES}
        if not isinstance(rng, np.random.Generator):
            raise WrongTypeError("draws need rng, a numpy Generator, e.g. numpy.random.default_rng(1).")
        out = {}
        for f in _QUANTITIES:
            value = getattr(self, f)
            sample = value.ppf(rng.random(draws)) if isinstance(value, Distribution) else np.full(draws, value)
            out[f] = sample[:, None]
        return out


def check_whole_periods(periods: object) -> None:
    """Raise unless the horizon is a whole number of periods."""
    if isinstance(periods, bool) or not isinstance(periods, int) or periods < 1:
        raise ParameterError(f"periods must be a whole number from 1, not {periods!r}.")


def _share(part: Array, whole: Array) -> Array:
    """Part over whole in [0, 1], rounding removed at both ends; 0 where there is no whole (a need designed out to nothing)."""
    share = np.divide(part, whole, out=np.zeros(np.broadcast_shapes(part.shape, whole.shape)), where=whole > 0)
    return np.asarray(np.where(share < _ROUNDING, 0.0, np.where(share > 1 - _ROUNDING, 1.0, share)))


def _priced(met: Array, highest: Array, elasticity: Array) -> tuple[Array, Array]:
    """The share of the need that is met once the price has risen, and that price over the normal one."""
    with np.errstate(divide="ignore", over="ignore"):
        clearing = np.where(elasticity > 0, met ** (-1 / np.where(elasticity > 0, elasticity, 1.0)), np.inf)
    price = np.where(met < 1, np.minimum(clearing, highest), 1.0)
    return np.minimum(met * price**elasticity, 1.0), price


@dataclass(frozen=True, slots=True, eq=False)
class SupplyPath:
    """What happens to a controlled input while nothing is agreed. Shapes (T,), or (S, T) with draws.

    Parameters
    ----------
    item : ControlledInput
    stock : ndarray
        Left at the end of each period, in the input's physical unit.
    short : ndarray
        Need that is not met in the period, in the same unit.
    price : ndarray
        A multiple of the normal price.
    loss : ndarray
        In the negotiation's unit, per period.
    """

    item: ControlledInput
    stock: Array
    short: Array
    price: Array
    loss: Array

    @property
    def hurts(self) -> BoolArray:
        """In which periods something is short, or costs more than it would."""
        return np.asarray((self.short > 1e-12 * central(self.item.need)) | ((self.price > 1) & (self.loss > 0)))

    @property
    def hurts_from(self) -> Array:
        """First period that hurts, a number or shape (S,); infinite if there is none."""
        return np.where(self.hurts.any(axis=-1), self.hurts.argmax(axis=-1), np.inf)

    @property
    def hurts_until(self) -> Array:
        """Period after the last that hurts; equal to the horizon if it still does then, 0 if it never does."""
        horizon = self.hurts.shape[-1]
        return np.where(self.hurts.any(axis=-1), horizon - self.hurts[..., ::-1].argmax(axis=-1), 0)
