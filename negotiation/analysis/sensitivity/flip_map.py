"""Where the answer flips when two numbers move together, and the break-even of a third over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.analysis.knobs import Knob
from negotiation.analysis.sensitivity.question import Margin, margin_of
from negotiation.analysis.verdict import Criterion
from negotiation.analysis.wording import amount
from negotiation.arrays import Array, BoolArray, read_only
from negotiation.door import checked
from negotiation.errors import DuplicateNameError, ParameterError, WrongTypeError
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package

if TYPE_CHECKING:
    import pandas as pd

HALVINGS = 60
MOST_POINTS = 2_001


@dataclass(frozen=True, slots=True, eq=False)
class FlipMap:
    """The margin over a grid of two numbers, everything else at its centre. Axes: ``m`` values of one, ``n`` of the other.

    Parameters
    ----------
    labels : pair of str
        The two numbers.
    first : ndarray, shape (m,)
    second : ndarray, shape (n,)
    margins : ndarray, shape (m, n)
        NaN where the criterion cannot be applied.
    centre : pair of float
        The two numbers at their centre.
    ranges : pair of (float, float)
        Their own ranges; an end equals the other for a number that is certain.
    package : Package
    criterion : str
    party : str, optional
    unit : str
        Of the margins.
    """

    labels: tuple[str, str]
    first: Array
    second: Array
    margins: Array
    centre: tuple[float, float]
    ranges: tuple[tuple[float, float], tuple[float, float]]
    package: Package
    criterion: str
    party: str | None
    unit: str

    @property
    def holds(self) -> BoolArray:
        """Where the criterion holds, (m, n)."""
        return np.asarray(self.margins >= 0)

    @property
    def share(self) -> float:
        """Of the grid, where it holds: how large the region is, not how likely."""
        return float(self.holds.mean())

    def to_frame(self) -> pd.DataFrame:
        """Margins with the first number down and the second across."""
        import pandas as pd

        rows, columns = (
            pd.Index(v, name=label) for v, label in zip((self.first, self.second), self.labels, strict=True)
        )
        return pd.DataFrame(self.margins, rows, columns)

    def __str__(self) -> str:
        spans = " and ".join(
            f"{label} from {amount(float(v[0]))} to {amount(float(v[-1]))}"
            for label, v in zip(self.labels, (self.first, self.second), strict=True)
        )
        return (
            f"{self.package}: {self.criterion!r} for {self.party or 'every party'} holds on {self.share:.1%} of the map of "
            f"{spans}; margins {amount(float(np.nanmin(self.margins)), signed=True)} to "
            f"{amount(float(np.nanmax(self.margins)), signed=True)} {self.unit}"
        )

    __repr__ = __str__


@dataclass(frozen=True, slots=True, eq=False)
class BreakEvenSurface:
    """The value of one number at which the answer flips, over a grid of two others.

    Parameters
    ----------
    solved_for : str
    labels : pair of str
        The two others.
    first : ndarray, shape (m,)
    second : ndarray, shape (n,)
    values : ndarray, shape (m, n)
        Where the answer flips, the nearest to the centre; NaN where it does not within `searched`.
    searched : (float, float)
        The interval of the number in which it was looked for.
    package : Package
    criterion : str
    party : str, optional
    """

    solved_for: str
    labels: tuple[str, str]
    first: Array
    second: Array
    values: Array
    searched: tuple[float, float]
    package: Package
    criterion: str
    party: str | None

    def to_frame(self) -> pd.DataFrame:
        """Break-even values with the first number down and the second across."""
        import pandas as pd

        rows, columns = (
            pd.Index(v, name=label) for v, label in zip((self.first, self.second), self.labels, strict=True)
        )
        return pd.DataFrame(self.values, rows, columns)

    def __str__(self) -> str:
        known = self.values[~np.isnan(self.values)]
        low, high = (amount(e) for e in self.searched)
        where = "never flips it"
        if known.size:
            ends = f"{amount(float(known.min()))} and {amount(float(known.max()))}"
            where = f"flips it between {ends}, on {known.size / self.values.size:.0%} of the grid"
        return (
            f"{self.package}: {self.criterion!r} for {self.party or 'every party'} over {self.labels[0]} and {self.labels[1]}: "
            f"{self.solved_for} {where} (searched {low} to {high})"
        )

    __repr__ = __str__


@checked
def flip_map(
    talks: Negotiation,
    offer: Mapping[str, str],
    first: str,
    second: str,
    *,
    criterion: str | Criterion = "acceptable",
    party: str | None = None,
    points: int = 101,
    first_range: tuple[float, float] | None = None,
    second_range: tuple[float, float] | None = None,
) -> FlipMap:
    """Map where the answer flips when two numbers move together.

    Parameters
    ----------
    talks : Negotiation
    offer : Package
    first, second : str
        Labels of numbers as `break_even` shows them, e.g. ``"US: samarium lifted (security)"``, ``"China: credibility"``.
    criterion : str or Criterion
    party : str, optional
    points : int
        Along each axis.
    first_range, second_range : pair of float, optional
        What to map; the number's own range unless given.

    Returns
    -------
    FlipMap
        For `plot_flip_map`.

    Raises
    ------
    UnknownNameError
        No number of that label.
    DuplicateNameError
        Two times the same number.
    ParameterError
        A number without a range and none given, a range out of order, too many points, or a criterion that cannot be applied.

    Notes
    -----
    ``points²`` evaluations of the margin.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("B", "x", "lifted", ng.Distribution.uniform(0, 4)), ng.Stake("B", "y", "lifted", -1)])
    >>> found = ng.flip_map(talks, talks.package("x", "y"), "B: x lifted (commercial)", "B: y lifted (commercial)",
    ...     party="B", points=5, second_range=(-4, 0))
    >>> found.holds.sum(axis=1)
    array([1, 2, 3, 4, 5])
    """
    margin = margin_of(talks, offer, criterion, party)
    knobs = _two(margin, first, second)
    axes = [_axis(k, given, points) for k, given in zip(knobs, (first_range, second_range), strict=True)]
    margins = _on_grid(margin, knobs, axes)
    return FlipMap(
        (first, second), read_only(axes[0]), read_only(axes[1]), read_only(margins), (knobs[0].central, knobs[1].central),
        (knobs[0].span, knobs[1].span), margin.package, margin.criterion.name, party, margin.unit,
    )  # fmt: skip


@checked
def break_even_surface(
    talks: Negotiation,
    offer: Mapping[str, str],
    solve_for: str,
    *,
    over: tuple[str, str],
    criterion: str | Criterion = "acceptable",
    party: str | None = None,
    points: int = 41,
    search: tuple[float, float] | None = None,
    ranges: Sequence[tuple[float, float] | None] = (None, None),
) -> BreakEvenSurface:
    """Find the value of one number at which the answer flips, for each pair of values of two others.

    Parameters
    ----------
    talks : Negotiation
    offer : Package
    solve_for : str
        Label of the number that is solved for.
    over : pair of str
        Labels of the two that move.
    criterion : str or Criterion
    party : str, optional
    points : int
        Along each axis.
    search : pair of float, optional
        Where to look; three widths of the number's range beyond its ends unless given.
    ranges : pair of (float, float) or None
        What to map of the two others; their own ranges unless given.

    Returns
    -------
    BreakEvenSurface

    Raises
    ------
    UnknownNameError, DuplicateNameError, ParameterError
        As for `flip_map`.

    Notes
    -----
    A change of the answer is looked for between 33 values of the number and halved 60 times; of several the nearest to the
    centre is given, and two within one step may be missed. Cost: ``93 points²`` evaluations of the margin.

    Examples
    --------
    >>> import negotiation as ng
    >>> wide = ng.Distribution.uniform(0, 4)
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A")],
    ...     [ng.Stake("B", "x", "lifted", wide, kind=kind) for kind in ("commercial", "security", "domestic")])
    >>> ng.break_even_surface(talks, talks.package("x"), "B: x lifted (commercial)", party="B", points=2, search=(-9, 9),
    ...     over=("B: x lifted (security)", "B: x lifted (domestic)")).values
    array([[ 0., -4.],
           [-4., -8.]])
    """
    margin = margin_of(talks, offer, criterion, party)
    if isinstance(over, str) or len(over) != 2 or len(ranges) != 2:
        raise WrongTypeError(f"over must be the labels of two numbers, not {over!r}, and ranges as many.")
    knobs = _two(margin, *over)
    if solve_for in over:
        raise DuplicateNameError("number", solve_for, "what is solved for and what it is solved over")
    wanted = margin.named(solve_for)
    axes = [_axis(k, given, points) for k, given in zip(knobs, ranges, strict=True)]
    low, high = _ends(wanted, search) if search is not None else _around(wanted)
    pairs = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
    found = _solved(margin, [*knobs, wanted], pairs, np.linspace(low, high, 33))
    return BreakEvenSurface(
        solve_for, (over[0], over[1]), read_only(axes[0]), read_only(axes[1]), read_only(found.reshape(points, points)),
        (low, high), margin.package, margin.criterion.name, party,
    )  # fmt: skip


def _two(margin: Margin, first: str, second: str) -> list[Knob]:
    if first == second:
        raise DuplicateNameError("number", first, "the two that move")
    return [margin.named(first), margin.named(second)]


def _axis(knob: Knob, given: tuple[float, float] | None, points: int) -> Array:
    """Evenly spaced values of one number."""
    if isinstance(points, bool) or not isinstance(points, int | np.integer) or not 2 <= points <= MOST_POINTS:
        raise ParameterError(f"points must be a whole number from 2 to {MOST_POINTS:,}, not {points!r}.")
    low, high = _ends(knob, given)
    return np.linspace(low, high, int(points))


def _ends(knob: Knob, given: tuple[float, float] | None) -> tuple[float, float]:
    """The range given, or the number's own."""
    low, high = knob.span if given is None else (float(given[0]), float(given[1]))
    if not (np.isfinite([low, high]).all() and low < high):
        if given is None:
            raise ParameterError(f"{knob.label!r} is certain ({knob.central:g}); give a range to move it in.")
        raise ParameterError(f"the range of {knob.label!r} is {given!r}; expected low < high, both finite.")
    floor, top = knob.limits
    if low < floor or high > top:
        raise ParameterError(
            f"the range of {knob.label!r} is {low:g} to {high:g}; it can only lie in {floor:g} to {top:g}."
        )
    return low, high


def _around(knob: Knob) -> tuple[float, float]:
    """Three widths of the range beyond its ends, within what the number can be at all."""
    low, high = knob.span
    width = high - low or 10 * abs(knob.central) or 1.0
    floor, top = knob.limits
    return max(low - 3 * width, floor), min(high + 3 * width, top)


def _on_grid(margin: Margin, knobs: Sequence[Knob], axes: Sequence[Array]) -> Array:
    """Margins at every pair of values."""
    pairs = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
    return margin(knobs, pairs).reshape(axes[0].size, axes[1].size)


def _solved(margin: Margin, knobs: Sequence[Knob], pairs: Array, grid: Array) -> Array:
    """For each pair, the value of the last number at which the answer flips nearest its centre; NaN where it does not."""
    rows = np.column_stack([np.repeat(pairs, grid.size, axis=0), np.tile(grid, len(pairs))])
    values = margin(knobs, rows).reshape(len(pairs), grid.size)
    changes = ((values[:, 1:] >= 0) != (values[:, :-1] >= 0)) & ~np.isnan(values[:, 1:] + values[:, :-1])
    middles = (grid[1:] + grid[:-1]) / 2
    away = np.where(changes, np.abs(middles - knobs[-1].central), np.inf)
    at = away.argmin(axis=1)
    out = np.full(len(pairs), np.nan)
    some = np.flatnonzero(np.isfinite(away.min(axis=1)))
    if not some.size:
        return out
    a, b = grid[at[some]], grid[at[some] + 1]
    holds_a = values[some, at[some]] >= 0
    at_a, at_b = values[some, at[some]], values[some, at[some] + 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        straight = a - at_a * (b - a) / (at_b - at_a)
    width = b - a
    for _ in range(HALVINGS):
        middle = (a + b) / 2
        same = (margin(knobs, np.column_stack([pairs[some], middle])) >= 0) == holds_a
        a, b = np.where(same, middle, a), np.where(same, b, middle)
    root = np.where(holds_a, a, b)
    out[some] = np.where(np.abs(straight - root) <= 1e-9 * width, straight, root)
    return out
