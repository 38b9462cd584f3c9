"""The answer to "how likely is it to be enough?", for one package and for many."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from negotiation.arrays import Array
from negotiation.model.package import Package

if TYPE_CHECKING:
    import pandas as pd

# Which quantiles of the margin are kept.
QUANTILES = (0.05, 0.5, 0.95)
_Z = 1.959964  # two-sided 95 %
_T = 2.131450  # the same of Student's t with 15 degrees of freedom: the spread of 16 scramblings is itself an estimate


@dataclass(frozen=True, slots=True)
class Probability:
    """The share of draws on which a criterion holds, and how far to trust it.

    Parameters
    ----------
    value : float
        Among the draws where the criterion can be applied; NaN when it never can.
    standard_error : float
        Of `value`, from sampling alone: it says nothing of how good the ranges are.
    margin_quantiles : tuple of float
        The 5, 50 and 95 percent quantiles of the margin over the draws.
    applicable : float
        The share of draws where the criterion can be applied.
    draws : int
        How many were made.
    package : Package
    criterion : str
    party : str, optional
        For whom; ``None`` for every party.
    unit : str
        Of the margin.
    method : str
    notes : tuple of str
    """

    value: float
    standard_error: float
    margin_quantiles: tuple[float, ...]
    applicable: float
    draws: int
    package: Package
    criterion: str
    party: str | None
    unit: str
    method: str
    notes: tuple[str, ...] = ()

    @property
    def interval(self) -> tuple[float, float]:
        """A 95 percent interval: Wilson's for independent draws, which never has width 0; by Student's t otherwise."""
        if math.isnan(self.value):
            return math.nan, math.nan
        if self.method == "sobol":
            half = _T * self.standard_error
            return max(0.0, self.value - half), min(1.0, self.value + half)
        n = self.draws * self.applicable
        middle = (self.value + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z / (1 + _Z**2 / n) * math.sqrt(self.value * (1 - self.value) / n + (_Z / (2 * n)) ** 2)
        return max(0.0, middle - half), min(1.0, middle + half)

    def __float__(self) -> float:
        return self.value

    def __str__(self) -> str:
        whom = self.party or "every party"
        low, middle, high = self.margin_quantiles
        lines = [
            f"{self.package}: {self.criterion!r} for {whom} on {self.value:.1%} of {self.draws:,} draws "
            f"(standard error {self.standard_error:.2%})",
            f"  margin: median {middle:+,.4g}, 5 to 95 percent {low:+,.4g} to {high:+,.4g} {self.unit}",
        ]
        if self.applicable < 1:
            lines.append(f"  it can be applied on {self.applicable:.1%} of the draws; the share is of those")
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"


@dataclass(frozen=True, slots=True, eq=False)
class Probabilities(Sequence[Probability]):
    """Probabilities of several packages on the same draws. Axes: ``D`` packages.

    Parameters
    ----------
    packages : tuple of Package, length D
    value, standard_error : ndarray, shape (D,)
    margin_quantiles : ndarray, shape (D, 3)
        5, 50 and 95 percent.
    applicable : ndarray, shape (D,)
    draws : int
    criterion : str
    party : str, optional
    unit, method : str
    notes : tuple of str
    """

    packages: tuple[Package, ...]
    value: Array
    standard_error: Array
    margin_quantiles: Array
    applicable: Array
    draws: int
    criterion: str
    party: str | None
    unit: str
    method: str
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.packages)

    @overload
    def __getitem__(self, k: int) -> Probability: ...
    @overload
    def __getitem__(self, k: slice) -> tuple[Probability, ...]: ...
    def __getitem__(self, k: int | slice) -> Probability | tuple[Probability, ...]:
        if isinstance(k, slice):
            return tuple(self[i] for i in range(*k.indices(len(self))))
        return Probability(
            float(self.value[k]), float(self.standard_error[k]), tuple(map(float, self.margin_quantiles[k])),
            float(self.applicable[k]), self.draws, self.packages[k], self.criterion, self.party, self.unit,
            self.method, self.notes,
        )  # fmt: skip

    def __iter__(self) -> Iterator[Probability]:
        return (self[k] for k in range(len(self)))

    def to_frame(self) -> pd.DataFrame:
        """One row a package: probability, standard error, quantiles of the margin."""
        import pandas as pd

        frame = pd.DataFrame({"probability": self.value, "standard error": self.standard_error})
        for k, q in enumerate(QUANTILES):
            frame[f"margin at {q:.0%}"] = self.margin_quantiles[:, k]
        frame.insert(0, "package", [str(p) for p in self.packages])
        if (self.applicable < 1).any():
            frame["share applicable"] = self.applicable
        frame.attrs["unit"] = self.unit
        return frame

    def _headline(self) -> str:
        whom = self.party or "every party"
        return f"{self.criterion!r} for {whom}: share of {self.draws:,} draws; margins in {self.unit}"

    def __str__(self) -> str:
        table = self.to_frame().to_string(index=False, float_format="{:,.4g}".format)
        return "\n".join([self._headline(), table, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>note: {html.escape(note)}</p>" for note in self.notes)
        table = self.to_frame().to_html(index=False, float_format="{:,.4g}".format)
        return f"<p>{html.escape(self._headline())}</p>{table}{notes}"
