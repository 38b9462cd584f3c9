"""One unknown at a time: how far each moves the margin across its range."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.analysis.sensitivity.question import margin_of
from negotiation.analysis.verdict import Criterion
from negotiation.arrays import Array, read_only
from negotiation.door import checked
from negotiation.errors import ProbabilityError
from negotiation.model.distribution import Distribution
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 12


@dataclass(frozen=True, slots=True, eq=False)
class Tornado:
    """The margin with one unknown at either end of its range, the widest swing first. Axes: ``J`` unknowns.

    Parameters
    ----------
    labels : tuple of str, length J
    values : ndarray, shape (J, 2)
        The low and the high value of each.
    margins : ndarray, shape (J, 2)
        The margin there, everything else at its centre.
    centre : float
        The margin with everything at its centre.
    quantiles : tuple of float
        Which quantiles the two values are.
    package : Package
    criterion : str
    party : str, optional
    unit : str
        Of the margins.
    """

    labels: tuple[str, ...]
    values: Array
    margins: Array
    centre: float
    quantiles: tuple[float, float]
    package: Package
    criterion: str
    party: str | None
    unit: str

    @property
    def swings(self) -> Array:
        """From the smallest to the largest of the margins at low, centre and high, (J,)."""
        three = np.column_stack([self.margins, np.full(len(self.labels), self.centre)])
        return np.asarray(three.max(axis=1) - three.min(axis=1))

    @property
    def flips(self) -> tuple[str, ...]:
        """The unknowns that change the answer by themselves at one of the two values."""
        changed = ((self.margins >= 0) != (self.centre >= 0)).any(axis=1)
        return tuple(label for label, does in zip(self.labels, changed, strict=True) if does)

    def to_frame(self) -> pd.DataFrame:
        """One row an unknown."""
        import pandas as pd

        frame = pd.DataFrame(
            {
                "unknown": self.labels,
                "low": self.values[:, 0],
                "high": self.values[:, 1],
                "margin at low": self.margins[:, 0],
                "margin at high": self.margins[:, 1],
                "swing": self.swings,
            }
        )
        frame.attrs["unit"] = self.unit
        return frame

    def _headline(self) -> str:
        low, high = self.quantiles
        return (
            f"{self.package}: margin of {self.criterion!r} for {self.party or 'every party'}, {self.centre:+,.4g} {self.unit} "
            f"at the centre, with one number at its {low:.0%} or {high:.0%} quantile"
        )

    def __str__(self) -> str:
        lines = [self._headline()]
        if self.labels:
            lines.append(self.to_frame().head(SHOWN).to_string(index=False, float_format="{:,.4g}".format))
        if len(self.labels) > SHOWN:
            lines.append(f"  … and {len(self.labels) - SHOWN} more, see to_frame()")
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        table = self.to_frame().to_html(index=False, float_format="{:,.4g}".format)
        return f"<p>{html.escape(self._headline())}</p>{table}"


@checked
def tornado(
    talks: Negotiation,
    offer: Mapping[str, str],
    *,
    criterion: str | Criterion = "acceptable",
    party: str | None = None,
    quantiles: tuple[float, float] = (0.05, 0.95),
) -> Tornado:
    """Turn each unknown to a low and a high quantile of its range, everything else at its centre.

    Parameters
    ----------
    talks : Negotiation
    offer : Package
    criterion : str or Criterion
    party : str, optional
        For whom; for every party unless named.
    quantiles : pair of float
        Low and high, ``0 <= low < high <= 1``; 0 and 1 are the ends of a range that has ends.

    Returns
    -------
    Tornado
        Unknowns that do not move the margin are left out.

    Raises
    ------
    ProbabilityError
        Quantiles out of order or outside [0, 1], or an end of a range that is infinite.
    ParameterError
        The criterion cannot be applied.
    UnknownNameError, WrongTypeError

    Notes
    -----
    Two evaluations of the margin an unknown. It shows each alone; for what they do together see `variance_shares`.

    References
    ----------
    Howard, R. A. (1988). Decision analysis: practice and promise. Management Science 34, 679-695.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A")],
    ...                        [ng.Stake("B", "x", "lifted", ng.Distribution.uniform(-1, 3))])
    >>> ng.tornado(talks, talks.package("x"), quantiles=(0, 1)).margins
    array([[-1.,  0.]])
    """
    low, high = (float(q) for q in quantiles)
    if not 0 <= low < high <= 1:
        raise ProbabilityError(f"quantiles are {quantiles!r}; expected low < high, both in [0, 1].")
    margin = margin_of(talks, offer, criterion, party)
    unknowns = margin.uncertain()
    laws = [k.value for k in unknowns if isinstance(k.value, Distribution)]
    values = np.array([law.ppf([low, high]) for law in laws]).reshape(-1, 2)
    if not np.isfinite(values).all():
        at = unknowns[int(np.argwhere(~np.isfinite(values))[0][0])]
        raise ProbabilityError(
            f"{at.label!r} has no end at quantile {low} or {high}; give e.g. quantiles=(0.05, 0.95)."
        )
    n = len(unknowns)
    centre = np.tile([k.central for k in unknowns], (2 * n, 1)).reshape(2 * n, n)
    centre[np.arange(2 * n), np.repeat(np.arange(n), 2)] = values.ravel()
    margins = margin(unknowns, centre).reshape(n, 2) if n else np.empty((0, 2))
    swing = np.ptp(np.column_stack([margins, np.full(n, margin.centre)]), axis=1)
    order = [int(j) for j in np.argsort(-swing, kind="stable") if swing[j] > 0]
    return Tornado(
        tuple(unknowns[j].label for j in order), read_only(values[order]), read_only(margins[order]), margin.centre,
        (low, high), margin.package, margin.criterion.name, party, margin.unit,
    )  # fmt: skip
