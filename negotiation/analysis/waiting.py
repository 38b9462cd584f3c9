"""Who is hurt by waiting, and until when: the disagreement path that shortages make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation.analysis.supply import ControlledInput, SupplyPath, check_whole_periods
from negotiation.arrays import Array, read_only
from negotiation.door import checked
from negotiation.errors import UnknownNameError, WrongTypeError
from negotiation.model.negotiation import Negotiation

if TYPE_CHECKING:
    import pandas as pd


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
            return f"{value:,.0f}" if value >= 100 else f"{value:,.3g}"
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
    check_whole_periods(periods)
    if not isinstance(inputs, Mapping):
        raise WrongTypeError(
            f"inputs map each party to a sequence of ControlledInput; {type(inputs).__name__} does not."
        )
    for party, items in inputs.items():
        for item in items:
            if not isinstance(item, ControlledInput):
                raise WrongTypeError(f"the inputs of {party!r} hold {item!r}; expected ControlledInput values.")
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
