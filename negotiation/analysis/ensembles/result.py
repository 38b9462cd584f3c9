"""What an ensemble says: shares, errors and margins of every criterion on every package, for all and for each party."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.analysis.ensembles.books import Bins, Books
from negotiation.analysis.probability_result import QUANTILES, Probabilities
from negotiation.arrays import Array
from negotiation.errors import ParameterError, UnknownNameError
from negotiation.model.package import Package
from negotiation.runs.result import Run

if TYPE_CHECKING:
    import pandas as pd

EVERY = "every party"


@dataclass(frozen=True, slots=True, eq=False)
class Ensemble(Mapping[str, Probabilities]):
    """Many criteria on many packages over many draws. A mapping of criterion to its `Probabilities` for every party.

    Axes of every array: ``C`` criteria, ``D`` packages, ``Q`` answers: for every party together, then for each party. NaN
    where a criterion cannot be applied, and for single parties where it is the same for all.

    Parameters
    ----------
    packages : tuple of Package, length D
    labels : tuple of str, length D
        What they are called in tables and plots.
    criteria : tuple of str, length C
    units : tuple of str, length C
        Of the margins.
    parties : tuple of str, length Q
        ``"every party"`` first.
    books : Books
        What was counted.
    bins : Bins
        Of the histograms of the margins.
    method : str
    run : Run
        How much of the work was done, and why it ended.
    notes : tuple of str
    shared : str
        What all packages have in common, which labels leave out.
    """

    packages: tuple[Package, ...]
    labels: tuple[str, ...]
    criteria: tuple[str, ...]
    units: tuple[str, ...]
    parties: tuple[str, ...]
    books: Books
    bins: Bins
    method: str
    run: Run
    notes: tuple[str, ...] = ()
    shared: str = ""

    # --- numbers ---------------------------------------------------------------------------------

    @property
    def draws(self) -> int:
        """How many draws stand behind the numbers."""
        return int(self.books.draws.sum())

    @property
    def is_complete(self) -> bool:
        """Whether these are all the draws that were asked for."""
        return self.run.is_complete

    @property
    def value(self) -> Array:
        """The share of draws on which each criterion holds, among those to which it can be applied, (C, D, Q)."""
        return self._shaped(self.books.share()[0])

    @property
    def standard_error(self) -> Array:
        """Of `value`, from sampling alone, (C, D, Q)."""
        return self._shaped(self.books.share()[1])

    @property
    def mean(self) -> Array:
        """The mean margin, in the criterion's unit, (C, D, Q)."""
        return self._shaped(self.books.mean(self.bins.centre)[0])

    @property
    def mean_standard_error(self) -> Array:
        """Of `mean`, (C, D, Q)."""
        return self._shaped(self.books.mean(self.bins.centre)[1])

    @property
    def minimum(self) -> Array:
        """The smallest margin, exactly, (C, D, Q)."""
        return self._shaped(self.books.smallest())

    @property
    def maximum(self) -> Array:
        """The largest margin, exactly, (C, D, Q)."""
        return self._shaped(self.books.largest())

    @property
    def applicable(self) -> Array:
        """The share of draws to which the criterion can be applied, (C, D, Q)."""
        with np.errstate(invalid="ignore"):
            return self._shaped(self.books.counts[..., 0].sum(axis=0) / self.books.draws.sum())

    def quantile(self, q: float) -> Array:
        """The smallest margin with a share of at least `q` of the draws at or below it, (C, D, Q).

        Interpolated within a bin of the histogram; `quantile_bounds` says between what it lies for certain, about a
        thousandth of the margin's range apart.
        """
        return self._shaped(self.books.quantile(_share(q), self.bins)[0])

    def quantile_bounds(self, q: float) -> tuple[Array, Array]:
        """The ends between which the `q` quantile of the draws lies for certain, each (C, D, Q)."""
        low, high = self.books.quantile(_share(q), self.bins)[1:]
        return self._shaped(low), self._shaped(high)

    # --- answers by name -------------------------------------------------------------------------

    def __getitem__(self, criterion: str) -> Probabilities:
        return self.of(criterion)

    def __iter__(self) -> Iterator[str]:
        return iter(self.criteria)

    def __len__(self) -> int:
        return len(self.criteria)

    def of(self, criterion: str, party: str | None = None) -> Probabilities:
        """The probabilities of one criterion, for every party or for one.

        Raises
        ------
        UnknownNameError
            No such criterion or party here.
        """
        if criterion not in self.criteria:
            raise UnknownNameError("criterion", criterion, self.criteria, "this ensemble")
        c = self.criteria.index(criterion)
        if party is not None and party not in self.parties[1:]:
            raise UnknownNameError("party", party, self.parties[1:], "this ensemble")
        q = 0 if party is None else self.parties.index(party)
        quantiles = np.stack([self.quantile(share)[c, :, q] for share in QUANTILES], axis=-1)
        return Probabilities(
            self.packages, self.value[c, :, q], self.standard_error[c, :, q], quantiles, self.applicable[c, :, q],
            draws=self.draws, criterion=criterion, party=party, unit=self.units[c], method=self.method, notes=self.notes,
        )  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """One row for each criterion, package and party to which it applies: all numbers, in the criterion's unit."""
        import pandas as pd

        index = pd.MultiIndex.from_product(
            [self.criteria, self.labels, self.parties], names=["criterion", "package", "party"]
        )
        columns = {
            "probability": self.value, "standard error": self.standard_error, "mean margin": self.mean,
            "its standard error": self.mean_standard_error, "smallest": self.minimum,
            **{f"margin at {q:.0%}": self.quantile(q) for q in QUANTILES},
            "largest": self.maximum, "share applicable": self.applicable,
        }  # fmt: skip
        frame = pd.DataFrame({name: values.ravel() for name, values in columns.items()}, index=index)
        frame["unit"] = np.repeat(self.units, len(self.packages) * len(self.parties))
        known: pd.DataFrame = frame.loc[self.books.counts[..., 0].sum(axis=0) > 0]
        return known

    def table(self, party: str | None = None) -> pd.DataFrame:
        """Probabilities for every party or for one: a row a package, a column a criterion."""
        import pandas as pd

        values = {name: self.of(name, party).value for name in self.criteria}
        return pd.DataFrame(values, index=pd.Index(self.labels, name="package"))

    # --- in words --------------------------------------------------------------------------------

    def _headline(self) -> str:
        kind = "Sobol' draws in 16 scramblings" if self.method == "sobol" else "independent draws"
        known = self.standard_error[:, :, 0]
        error = f"; standard error at most {np.nanmax(known):.2g}" if np.isfinite(known).any() else ""
        part = "" if self.is_complete else f" ({self.run.done:,} of {self.run.n_chunks:,} chunks: {self.run.stop})"
        common = f"; every package with {self.shared}" if self.shared else ""
        return f"Share of {self.draws:,} {kind}{part} on which each criterion holds for {EVERY}{error}{common}"

    def __str__(self) -> str:
        if not self.draws:
            return "\n".join(["No draws yet.", *(f"  note: {note}" for note in self.notes)])
        shown = self.table().to_string(float_format=_percent, na_rep="n/a")
        return "\n".join([self._headline(), shown, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>note: {html.escape(note)}</p>" for note in self.notes)
        table = self.table().to_html(float_format=_percent, na_rep="n/a")
        return f"<p>{html.escape(self._headline())}</p>{table}{notes}"

    def _shaped(self, cells: Array) -> Array:
        return cells.reshape(len(self.criteria), len(self.packages), len(self.parties))


def _share(q: float) -> float:
    if not 0 <= q <= 1:
        raise ParameterError(f"a quantile is asked for by a share in [0, 1], not {q!r}.")
    return float(q)


def _percent(value: float) -> str:
    return f"{value:.1%}"
