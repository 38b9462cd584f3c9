"""Critical patience as a curve: what a package needs as detection slows, noise grows, punishment or licences get longer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from negotiation.analysis.criteria.self_enforcing import SelfEnforcing
from negotiation.arrays import Array, read_only
from negotiation.door import checked
from negotiation.errors import ParameterError, WrongTypeError
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package

if TYPE_CHECKING:
    import pandas as pd

Varied = Literal["lag", "length", "licence", "false_alarm", "detection"]
_DEFAULTS: dict[str, tuple[float, ...]] = {
    "lag": tuple(range(1, 13)),
    "length": tuple(range(1, 25)),
    "licence": tuple(range(1, 13)),
    "false_alarm": tuple(k / 100 for k in range(21)),
    "detection": tuple(k / 20 for k in range(2, 21)),
}
WHAT = {
    "lag": "{period}s until cheating is noticed",
    "length": "{period}s of punishment",
    "licence": "{period}s until licences lapse",
    "false_alarm": "probability of a false accusation per {period}",
    "detection": "probability that cheating is noticed",
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PatienceCurve:
    """The discount factors that a package needs, along one property of how promises are watched and breaches answered.

    Parameters
    ----------
    talks : Negotiation
    package : Package
    criterion : SelfEnforcing
        What stays as it is.
    vary : str
        The field of `criterion` that is varied.
    values : ndarray, shape (V,)
        In periods, or probabilities.
    critical : ndarray, shape (V, P)
        The least discount factor of each party; 1 where no patience suffices.
    discount_factors : ndarray, shape (P,)
        What each has, at its centre; NaN if unknown.
    """

    talks: Negotiation
    package: Package
    criterion: SelfEnforcing
    vary: str
    values: Array
    critical: Array
    discount_factors: Array

    @property
    def holds(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Where every party is patient enough, shape (V,); false where one's patience is unknown and needed."""
        enough = (self.discount_factors >= self.critical) & (self.critical < 1)
        return np.asarray((enough | (self.critical == 0)).all(axis=1))

    @property
    def what(self) -> str:
        """The property that varies, with its unit."""
        return WHAT[self.vary].format(period=self.talks.period)

    def to_frame(self) -> pd.DataFrame:
        """One row a value: the discount factor that each party needs, and whether the package holds."""
        import pandas as pd

        columns = {f"{name} needs": self.critical[:, i] for i, name in enumerate(self.talks.party_names)}
        return pd.DataFrame(columns | {"holds": self.holds}, index=pd.Index(self.values, name=self.what))

    def __str__(self) -> str:
        has = ", ".join(
            f"{n} has {d:.4g}" if np.isfinite(d) else f"of {n} it is unknown"
            for n, d in zip(self.talks.party_names, self.discount_factors, strict=True)
        )
        head = f"discount factor per {self.talks.period} that each party needs ({has})"
        rows = [f"{'':>10}  " + "  ".join(f"{n:>10}" for n in self.talks.party_names) + "       holds"]
        for value, needed, holds in zip(self.values, self.critical, self.holds, strict=True):
            cells = "  ".join(f"{c:>10.4f}" if c < 1 else f"{'none':>10}" for c in needed)
            rows.append(f"{value:>10g}  {cells}  {'yes' if holds else 'no':>10}")
        return "\n".join([head, f"by {self.what}:", *rows])

    __repr__ = __str__


@checked
def critical_patience(
    talks: Negotiation,
    package: Mapping[str, str],
    *,
    vary: Varied = "lag",
    values: Sequence[float] | None = None,
    criterion: SelfEnforcing | None = None,
) -> PatienceCurve:
    """Find the patience that a package needs, along one property of enforcement.

    Parameters
    ----------
    talks : Negotiation
        Central values count. Discount factors are shown beside the curve where they are known.
    package : Package
    vary : {"lag", "length", "licence", "false_alarm", "detection"}
        Which field of `SelfEnforcing` to vary.
    values : sequence of float, optional
        Whole numbers of periods for the first three, probabilities for the others; a sensible range unless given.
    criterion : SelfEnforcing, optional
        The rest of its fields; grim reversion to the status quo unless given.

    Returns
    -------
    PatienceCurve
        Draw it with `plot_patience`.

    Raises
    ------
    ParameterError, ProbabilityError, UnknownNameError, WrongTypeError

    Notes
    -----
    The curves rise in the lag, the licence and the false alarms, and fall in the length and the detection: see
    `trigger_discount_factor`. Cost: one verdict a value.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation([ng.Party("A", discount_factor=0.6), ng.Party("B", discount_factor=0.9)],
    ...     [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -1), ng.Stake("A", "y", "lifted", 4),
    ...      ng.Stake("B", "y", "lifted", -1), ng.Stake("B", "x", "lifted", 4)])
    >>> ng.critical_patience(talks, talks.package("x", "y"), vary="lag", values=[1, 2, 4]).critical[:, 0].round(3)
    array([0.25 , 0.5  , 0.707])
    """
    chosen = SelfEnforcing() if criterion is None else criterion
    if not isinstance(chosen, SelfEnforcing):
        raise WrongTypeError(f"criterion={criterion!r}; give a SelfEnforcing(...) with its options.")
    if vary not in WHAT:
        raise ParameterError(f"vary={vary!r}; one of {', '.join(map(repr, WHAT))}.")
    if values is None:
        values = [v for v in _DEFAULTS[vary] if vary != "detection" or v >= chosen.false_alarm]
    if isinstance(values, str) or not len(values):
        raise ParameterError(f"values={values!r}; give at least one number.")
    full = talks.as_package(package)
    codes = talks.codes([full])
    critical = np.array([replace(chosen, **_setting(vary, v)).critical(talks, codes)[0] for v in values])
    has = [np.nan if p.discount_factor is None else p.discount_factor.central for p in talks.parties]
    return PatienceCurve(talks, full, chosen, vary, read_only(values), read_only(critical), read_only(has))


def _setting(vary: str, value: float) -> dict[str, Any]:
    """One field of the criterion; whole numbers as such."""
    if vary in ("false_alarm", "detection"):
        return {vary: float(value)}
    return {vary: int(value) if value == int(value) else value}
