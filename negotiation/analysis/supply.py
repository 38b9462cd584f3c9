"""A fallback that moves: stocks run out, substitutes arrive, and with them the price of waiting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation.arrays import Array, BoolArray, read_only
from negotiation.door import checked
from negotiation.errors import ParameterError, UnknownNameError, WrongTypeError
from negotiation.model.distribution import Distribution
from negotiation.model.negotiation import Negotiation
from negotiation.model.party import Party
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
    issue : str
        The issue that controls it, for `stakes_over_time`.
    kinds : tuple of str
        The kinds of stake in that issue that are about this input; all of them unless named.

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
        """One row an input: from when and until when it hurts, and the largest loss per period.

        With draws these are medians, and columns with the 5 and 95 percent quantiles follow.
        """
        import pandas as pd

        rows: list[dict[str, str | float]] = []
        for party, paths in self.paths.items():
            for path in paths:
                found = {"hurts from": path.hurts_from, "hurts until": path.hurts_until}
                found["largest loss"] = path.loss.max(axis=-1)
                row: dict[str, str | float] = {"party": party, "input": path.item.name}
                row |= {name: _quantile(values, 0.5) for name, values in found.items()}
                if path.loss.ndim > 1:
                    row |= {f"{n}, {q:.0%}": _quantile(v, q) for n, v in found.items() for q in (0.05, 0.95)}
                rows.append(row)
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
            texts = {n: self._ranged(row, n) for n in ("hurts from", "hurts until", "largest loss")}
            lines.append(
                f"{whose}: hurt from {texts['hurts from']} until {texts['hurts until']}, at most {texts['largest loss']}."
            )
        return "\n".join(lines)

    def _ranged(self, row: Mapping[Any, Any], name: str) -> str:
        """``5 (2 to 17)``, the range where there are draws."""
        middle, ends = self._worded(row[name], name), [f"{name}, 5%", f"{name}, 95%"]
        if ends[0] not in row:
            return middle
        low, high = (self._worded(row[end], name) for end in ends)
        return f"{middle} ({low} to {high})"

    def _worded(self, value: float, name: str) -> str:
        if name == "largest loss":
            return f"{value:,.3g}"
        if not np.isfinite(value):
            return "never"
        ends = name == "hurts until" and value >= self.disagreement.shape[-2]
        return "the end of the horizon" if ends else f"{value:g}"

    __repr__ = __str__


def _quantile(values: Array, q: float) -> float:
    """A value that occurs, also where some are infinite."""
    return float(np.quantile(values, q, method="inverted_cdf"))


@checked
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


@checked
def stakes_over_time(costs: WaitingCosts) -> tuple[Negotiation, ...]:
    """The negotiation as it is in each period, when what a lift brings is that it ends a shortage.

    Payoffs are relative to the status quo *as it moves*: while the stock lasts a lift spares nothing yet, and once substitutes
    have arrived nothing any more. So every stake of the party in the input's issue (of the input's kinds) is multiplied, in
    period ``t``, by the share of its need that would be short from then on, discounted: ``(1 - δ) Σ_s δ^s short(t+s) / need``.

    Parameters
    ----------
    costs : WaitingCosts
        At central values, with inputs that name their `issue`. After its horizon shortages stay as they are at its end.

    Returns
    -------
    tuple of Negotiation, length T
        With central values for the stakes that change. `alternating_offers` takes it: an agreement in round ``t`` is
        worth what the ``t``-th says.

    Raises
    ------
    ParameterError
        Costs with draws, no input that names an issue, or no discount factor for a party that has one.
    UnknownNameError
        An issue that the talks do not have.

    Notes
    -----
    Interactions, and what the owner gives up by lifting, do not change.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation([ng.Party("US", discount_factor=0.5), "China"], [ng.Issue("samarium", owner="China")],
    ...     [ng.Stake("US", "samarium", "lifted", 60)])
    >>> magnets = ng.ControlledInput("magnets", need=10, stock=20, loss=60, issue="samarium")
    >>> stages = stakes_over_time(ng.waiting_costs(talks, {"US": [magnets]}, periods=4))
    >>> [float(ng.payoffs(stage, stage.package("samarium"))[0]) for stage in stages]
    [15.0, 30.0, 60.0, 60.0]
    """
    talks, shares = costs.talks, list[tuple[int, ControlledInput, Array]]()
    if costs.disagreement.ndim > 2:
        raise ParameterError("stakes change along one path; ask for waiting_costs without draws.")
    for name, paths in costs.paths.items():
        for path in paths:
            if path.item.issue:
                talks.issue(path.item.issue)
                shares.append((talks.party_index(name), path.item, _still_short(talks.party(name), path)))
    if not shares:
        raise ParameterError("no input names its issue; say ControlledInput(..., issue='samarium').")
    return tuple(_stakes_at(talks, shares, t) for t in range(costs.disagreement.shape[0]))


def _still_short(party: Party, path: SupplyPath) -> Array:
    """The share of the need that is short from each period on, discounted, (T,)."""
    if party.discount_factor is None:
        raise ParameterError(
            f"no discount factor is given for {party.name}: say it, with_party(..., discount_factor=0.99)."
        )
    delta = party.discount_factor.central
    out = np.array(path.short / central(path.item.need))
    for t in reversed(range(len(out) - 1)):
        out[t] = (1 - delta) * out[t] + delta * out[t + 1]
    return out


def _stakes_at(talks: Negotiation, shares: Sequence[tuple[int, ControlledInput, Array]], period: int) -> Negotiation:
    """The talks with the stakes of one period."""
    changed = []
    for party, item, share in shares:
        for stake in talks.stakes:
            about = stake.issue == item.issue and (not item.kinds or stake.kind in item.kinds)
            if about and stake.party == talks.party_names[party]:
                changed.append(replace(stake, value=central(stake.value) * float(share[period])))
    return talks.with_stakes(*changed)
