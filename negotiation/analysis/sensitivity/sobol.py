"""Variance shares: how much of the uncertainty of an answer each unknown brings, alone and with the others."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from negotiation.analysis.sensitivity.question import margin_of
from negotiation.analysis.verdict import Criterion
from negotiation.arrays import Array, read_only
from negotiation.door import checked
from negotiation.errors import ParameterError, SizeLimitError, WrongTypeError
from negotiation.model.distribution import Distribution
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package

if TYPE_CHECKING:
    import pandas as pd

# Numbers of a draw, times draws, times unknowns: what one call may evaluate.
MOST_WORK = 4e9
RESAMPLES = 200
SHOWN = 12


class Marginal(Protocol):
    """Anything with a quantile function."""

    def ppf(self, q: Any, /) -> Any:
        """Quantiles."""


@dataclass(frozen=True, slots=True, eq=False)
class VarianceShares:
    """Sobol' indices of one answer. Axes: ``J`` unknowns.

    Parameters
    ----------
    labels : tuple of str, length J
        The unknowns.
    first : ndarray, shape (J,)
        The share of the variance that would go, on average, if this one unknown were found out.
    total : ndarray, shape (J,)
        The share that would stay, on average, if everything else were found out: its own and what it shares with others.
    first_interval, total_interval : ndarray, shape (J, 2)
        95 percent bootstrap intervals; sampling error alone, so an index near 0 may come out slightly negative.
    variance : float
        Of the answer.
    of : str
        ``"holds"`` (1 where the criterion holds, else 0) or ``"margin"``.
    draws : int
        Base draws; the answer was computed ``(J + 2) · draws`` times.
    package : Package
    criterion : str
    party : str, optional
    notes : tuple of str
    """

    labels: tuple[str, ...]
    first: Array
    total: Array
    first_interval: Array
    total_interval: Array
    variance: float
    of: str
    draws: int
    package: Package
    criterion: str
    party: str | None
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row an unknown, the largest total index first."""
        import pandas as pd

        frame = pd.DataFrame(
            {
                "unknown": self.labels,
                "first order": self.first,
                "first, low": self.first_interval[:, 0],
                "first, high": self.first_interval[:, 1],
                "total": self.total,
                "total, low": self.total_interval[:, 0],
                "total, high": self.total_interval[:, 1],
            }
        )
        return frame.sort_values("total", ascending=False, ignore_index=True)

    def _headline(self) -> str:
        whom = self.party or "every party"
        what = "whether it holds" if self.of == "holds" else "its margin"
        return f"{self.package}: what drives {what} ({self.criterion!r} for {whom}), shares of the variance"

    def __str__(self) -> str:
        table = self.to_frame()
        lines = [self._headline()]
        if len(table):
            lines.append(table.head(SHOWN).to_string(index=False, float_format="{:.3f}".format))
        if len(table) > SHOWN:
            lines.append(f"  … and {len(table) - SHOWN} more, see to_frame()")
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>note: {html.escape(note)}</p>" for note in self.notes)
        table = self.to_frame().to_html(index=False, float_format="{:.3f}".format)
        return f"<p>{html.escape(self._headline())}</p>{table}{notes}"


@checked
def variance_shares(
    talks: Negotiation,
    offer: Mapping[str, str],
    *,
    criterion: str | Criterion = "acceptable",
    party: str | None = None,
    of: Literal["holds", "margin"] = "holds",
    draws: int = 4096,
    rng: np.random.Generator | None = None,
) -> VarianceShares:
    """Find which unknowns drive an answer: first-order and total Sobol' indices.

    Parameters
    ----------
    talks : Negotiation
    offer : Package
    criterion : str or Criterion
    party : str, optional
        For whom; for every party unless named.
    of : {"holds", "margin"}
        Whether the criterion holds, or by how much.
    draws : int
        Base draws, a power of two.
    rng : numpy.random.Generator, optional
        ``numpy.random.default_rng(0)`` unless given.

    Returns
    -------
    VarianceShares

    Raises
    ------
    ParameterError
        Draws that are no power of two, or a criterion that cannot be applied.
    SizeLimitError
        More work than 4·10⁹ numbers.
    UnknownNameError, WrongTypeError

    Notes
    -----
    ``S_j = Var E[Y | X_j] / Var Y``, ``T_j = 1 - Var E[Y | all but X_j] / Var Y``, by Saltelli's design and the estimators
    of Saltelli et al. (2010), as `scipy.stats.sobol_indices` has them. The unknowns are taken as independent: with
    correlated ones the shares have no such meaning. Cost: ``(J + 2) S`` evaluations of the margin, memory one block.

    References
    ----------
    Sobol', I. M. (2001). Global sensitivity indices for nonlinear mathematical models. Mathematics and Computers in
    Simulation 55, 271-280.
    Saltelli, A. et al. (2010). Variance based sensitivity analysis of model output. Computer Physics Communications 181, 259-270.

    Examples
    --------
    >>> import negotiation as ng
    >>> wide, narrow = ng.Distribution.uniform(-3, 3), ng.Distribution.uniform(-1, 1)
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A")],
    ...     [ng.Stake("B", "x", "lifted", wide), ng.Stake("B", "x", "lifted", narrow, kind="security")])
    >>> shares = ng.variance_shares(talks, talks.package("x"), party="B", of="margin")
    >>> shares.first.round(2)
    array([0.9, 0.1])
    """
    if of not in ("holds", "margin"):
        raise ParameterError(f"of must be 'holds' or 'margin', not {of!r}.")
    margin = margin_of(talks, offer, criterion, party)
    unknowns = margin.uncertain()

    def answer(values: Array) -> Array:
        found = margin(unknowns, values)
        if np.isnan(found).any():
            raise ParameterError(f"{margin.criterion.name!r} cannot be applied on some draws, so it has no variance.")
        return (found >= 0).astype(np.float64) if of == "holds" else found

    notes = [] if rng is not None else ["drawn with numpy.random.default_rng(0), since no rng was given."]
    estimate = sobol_indices(
        answer, [k.value for k in unknowns if isinstance(k.value, Distribution)], draws=draws, rng=rng
    )
    if estimate.variance == 0:
        notes.append("the answer is the same on every draw: nothing uncertain drives it.")
    return VarianceShares(
        tuple(k.label for k in unknowns), estimate.first, estimate.total, estimate.first_interval,
        estimate.total_interval, estimate.variance, of, draws, margin.package, margin.criterion.name, party, tuple(notes),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class SobolIndices:
    """First-order and total indices of a function. Axes: ``J`` inputs.

    Parameters
    ----------
    first, total : ndarray, shape (J,)
    first_interval, total_interval : ndarray, shape (J, 2)
        95 percent bootstrap intervals.
    variance : float
        Of the function's values.
    """

    first: Array
    total: Array
    first_interval: Array
    total_interval: Array
    variance: float


def sobol_indices(
    function: Callable[[Array], Array],
    marginals: Sequence[Marginal],
    *,
    draws: int = 4096,
    rng: np.random.Generator | None = None,
) -> SobolIndices:
    """Sobol' indices of any function of independent inputs, evaluated column by column so that memory stays flat.

    Parameters
    ----------
    function : callable, (S, J) to (S,)
    marginals : sequence of distributions, length J
        Anything with ``ppf``: ours, or frozen ones of `scipy.stats`.
    draws : int
        A power of two.
    rng : numpy.random.Generator, optional

    Returns
    -------
    SobolIndices

    Raises
    ------
    ParameterError, SizeLimitError, WrongTypeError

    Examples
    --------
    >>> from scipy.stats import uniform
    >>> found = sobol_indices(lambda x: x[:, 0] + 2 * x[:, 1], [uniform(), uniform()])
    >>> found.first.round(2)
    array([0.2, 0.8])
    """
    source = np.random.default_rng(0) if rng is None else rng
    _check(draws, source)
    d = len(marginals)
    if draws * d * (d + 2) > MOST_WORK:
        most = int(MOST_WORK / (d * (d + 2)))
        raise SizeLimitError(f"{d} unknowns at {draws:,} draws are too much work; ask for at most {most:,} draws.")
    if d == 0:
        return _none(0)
    from scipy.stats import qmc

    base = qmc.Sobol(2 * d, scramble=True, rng=source).random_base2(draws.bit_length() - 1)
    base = np.clip(base, 2.0**-33, 1 - 2.0**-33)  # so that no quantile is infinite
    a = np.column_stack([law.ppf(base[:, j]) for j, law in enumerate(marginals)])
    b = np.column_stack([law.ppf(base[:, d + j]) for j, law in enumerate(marginals)])
    at_a, at_b = function(a), function(b)
    mixed = np.empty((d, draws))
    for j in range(d):
        kept = a[:, j].copy()
        a[:, j] = b[:, j]
        mixed[j] = function(a)
        a[:, j] = kept
    variance = float(np.concatenate([at_a, at_b]).var())
    if variance <= 1e-24 * float(np.square([at_a, at_b]).mean()):
        return _none(d)
    first, total = _estimates(at_a, at_b, mixed)
    ends = _bootstrapped(at_a, at_b, mixed, source)
    return SobolIndices(read_only(first), read_only(total), read_only(ends[0]), read_only(ends[1]), variance)


def _check(draws: int, rng: object) -> None:
    """Draws are a power of two, randomness a generator."""
    whole = isinstance(draws, int | np.integer) and not isinstance(draws, bool)
    if not whole or draws < 2 or draws & (draws - 1):
        raise ParameterError(f"draws must be a power of two from 2, e.g. 4096, not {draws!r}.")
    if not isinstance(rng, np.random.Generator):
        raise WrongTypeError(f"rng must be a numpy Generator, e.g. numpy.random.default_rng(1), not {rng!r}.")


def _none(d: int) -> SobolIndices:
    """No variance, nothing to share."""
    zero, ends = read_only(np.zeros(d)), read_only(np.zeros((d, 2)))
    return SobolIndices(zero, zero, ends, ends, 0.0)


def _estimates(at_a: Array, at_b: Array, mixed: Array) -> tuple[Array, Array]:
    """First-order and total indices from the values on the design."""
    from scipy.stats import sobol_indices as estimate

    values: Any = {"f_A": at_a[None, :], "f_B": at_b[None, :], "f_AB": mixed[:, None, :]}
    found = estimate(func=values, n=at_a.size)
    return np.atleast_1d(found.first_order.squeeze()), np.atleast_1d(found.total_order.squeeze())


def _bootstrapped(at_a: Array, at_b: Array, mixed: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """95 percent intervals, (J, 2) each, from resampled rows of the design."""
    n = at_a.size
    first, total = [], []
    for _ in range(RESAMPLES):
        rows = rng.integers(0, n, n)
        with np.errstate(divide="ignore", invalid="ignore"):
            pair = _estimates(at_a[rows], at_b[rows], mixed[:, rows])
        first.append(pair[0])
        total.append(pair[1])
    ends = [np.nanquantile(np.array(sample), [0.025, 0.975], axis=0).T for sample in (first, total)]
    return ends[0], ends[1]
