"""A fallback that moves: stocks run out, substitutes arrive, and with them the price of waiting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.arrays import Array, BoolArray, read_only
from negotiation.errors import ParameterError, UnknownNameError, WrongTypeError
from negotiation.model.distribution import Distribution
from negotiation.model.negotiation import Negotiation
from negotiation.model.quantity import Quantity, as_quantity, central, support

if TYPE_CHECKING:
    import pandas as pd

_QUANTITIES = ("need", "stock", "open_supply", "new_supply", "arrives", "substitution", "loss")


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

    Raises
    ------
    ParameterError
        A negative amount, a need of zero, or a share outside [0, 1).

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

    def __post_init__(self) -> None:
        for field in _QUANTITIES:
            value = as_quantity(getattr(self, field), f"{field} of {self.name!r}")
            object.__setattr__(self, field, value)
            if support(value)[0] < 0:
                raise ParameterError(f"{field} of {self.name!r} can be {support(value)[0]:g}; it must not be negative.")
        if support(self.need)[0] <= 0:
            raise ParameterError(f"the need of {self.name!r} must be above 0.")
        if support(self.substitution)[1] >= 1:
            raise ParameterError(f"substitution of {self.name!r} is a share of the need per period, below 1.")

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
        stock, and what the stock does not cover is short. Cost ``O(S T)``.
        """
        if isinstance(periods, bool) or not isinstance(periods, int) or periods < 1:
            raise ParameterError(f"periods must be a whole number from 1, not {periods!r}.")
        p = self._values(draws, rng)
        t = np.arange(periods, dtype=np.float64)
        need = p["need"] * (1 - p["substitution"]) ** t
        supply = p["open_supply"] + np.where(t >= p["arrives"], p["new_supply"], 0.0)
        used = np.cumsum(np.maximum(need - supply, 0.0), axis=-1)
        short = np.diff(np.maximum(used - p["stock"], 0.0), axis=-1, prepend=0.0)
        stock = np.maximum(p["stock"] - used, 0.0)
        return SupplyPath(self, read_only(stock), read_only(short), read_only(p["loss"] * short / p["need"]))

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
    loss : ndarray
        In the negotiation's unit, per period.
    """

    item: ControlledInput
    stock: Array
    short: Array
    loss: Array

    @property
    def hurts(self) -> BoolArray:
        """In which periods something is short."""
        return np.asarray(self.short > 1e-12 * central(self.item.need))

    @property
    def hurts_from(self) -> Array:
        """First period with a shortage, a number or shape (S,); infinite if there is none."""
        return np.where(self.hurts.any(axis=-1), self.hurts.argmax(axis=-1), np.inf)

    @property
    def hurts_until(self) -> Array:
        """Period after the last shortage; equal to the horizon if it is still short then, 0 if it never is."""
        horizon = self.short.shape[-1]
        return np.where(self.hurts.any(axis=-1), horizon - self.hurts[..., ::-1].argmax(axis=-1), 0)


@dataclass(frozen=True, slots=True, eq=False)
class WaitingCosts:
    """Who is hurt by waiting, and until when.

    Parameters
    ----------
    talks : Negotiation
    paths : mapping of party to tuple of SupplyPath
    disagreement : ndarray, shape (T, P) or (S, T, P)
        The disagreement payoff of every party in every period: its constant one, minus its losses.
    """

    talks: Negotiation
    paths: Mapping[str, tuple[SupplyPath, ...]]
    disagreement: Array

    def to_frame(self) -> pd.DataFrame:
        """One row an input: from when and until when it hurts, and the largest loss per period; medians over draws."""
        import pandas as pd

        rows = []
        for party, paths in self.paths.items():
            for path in paths:
                start, end = float(np.median(path.hurts_from)), float(np.median(path.hurts_until))
                rows.append(
                    {
                        "party": party,
                        "input": path.item.name,
                        "hurts from": start,
                        "hurts until": end,
                        "largest loss": float(np.median(path.loss.max(axis=-1))),
                    }
                )
        table = pd.DataFrame(rows)
        table.attrs["unit"] = self.talks.unit
        return table

    def __str__(self) -> str:
        lines = [f"Losses in {self.talks.unit}; periods are {self.talks.period}s from the start of the control."]
        for row in self.to_frame().to_dict("records"):
            whose = f"{row['party']}, {row['input']}"
            if not np.isfinite(row["hurts from"]):
                lines.append(f"{whose}: not hurt within the horizon.")
                continue
            horizon = self.disagreement.shape[-2]
            end = "the end of the horizon" if row["hurts until"] >= horizon else f"{row['hurts until']:g}"
            lines.append(f"{whose}: hurt from {row['hurts from']:g} until {end}, at most {row['largest loss']:,.3g}.")
        return "\n".join(lines)

    __repr__ = __str__


def waiting_costs(
    talks: Negotiation,
    inputs: Mapping[str, Sequence[ControlledInput]],
    *,
    periods: int,
    draws: int | None = None,
    rng: np.random.Generator | None = None,
) -> WaitingCosts:
    """Turn the inputs that each party depends on into a disagreement path.

    Parameters
    ----------
    talks : Negotiation
    inputs : mapping of party to sequence of ControlledInput
        What each party runs short of while talks fail; parties not named keep their constant disagreement payoff.
    periods : int
        Horizon ``T``.
    draws, rng : optional
        See `ControlledInput.path`.

    Returns
    -------
    WaitingCosts
        Its `disagreement` (T, P) is what alternating offers take as a disagreement path.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["US", "China"], [ng.Issue("samarium", owner="China")], unit="USD million per month")
    >>> print(ng.waiting_costs(talks, {"US": [ng.ControlledInput("magnets", 10, 25, 60)]}, periods=12))
    Losses in USD million per month; periods are months from the start of the control.
    US, magnets: hurt from 2 until the end of the horizon, at most 60.
    """
    for party in inputs:
        if party not in talks.party_names:
            raise UnknownNameError("party", party, talks.party_names, "the inputs")
    paths = {
        party: tuple(item.path(periods, draws=draws, rng=rng) for item in items) for party, items in inputs.items()
    }
    shape = (periods, len(talks.parties)) if draws is None else (draws, periods, len(talks.parties))
    out = np.empty(shape)
    out[...] = [party.disagreement.central for party in talks.parties]
    for name, own in paths.items():
        for path in own:
            out[..., talks.party_index(name)] -= path.loss
    return WaitingCosts(talks, paths, read_only(out))
