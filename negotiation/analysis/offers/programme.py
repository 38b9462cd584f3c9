"""Families of packages too large to list, as mixed-integer programmes: which options to choose under linear conditions."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from negotiation.analysis.offers.family import Family
from negotiation.analysis.offers.linear import Linear
from negotiation.arrays import Array, IntArray
from negotiation.errors import NumericalError

# Conditions are loosened by this share of their largest coefficient, so that a margin of exactly 0 is not lost to
# rounding; every package found is judged again by the criterion itself.
LOOSENED = 1e-9
_ALWAYS, _NEVER = -1, -2


class OutOfTimeError(Exception):
    """A programme was stopped at its deadline; never leaves the package."""


class Cut(NamedTuple):
    """``row @ x <= most`` over the columns of a programme."""

    row: Array
    most: float


@dataclass(frozen=True, slots=True, eq=False)
class Programme:
    """One 0-1 column for each free issue and option but the first; one more for each combination that a stake needs.

    Parameters
    ----------
    family : Family
    deadline : float, optional
        On the clock of `time.monotonic`: a programme still running then raises `OutOfTimeError`.
    """

    family: Family
    deadline: float | None = None
    columns: tuple[tuple[int, int], ...] = field(init=False)
    products: tuple[tuple[int, ...], ...] = field(init=False)
    at: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        issues = self.family.talks.issues
        columns = [(k, o) for k in self.family.free for o in range(1, len(issues[k].options))]
        place = {column: n for n, column in enumerate(columns)}
        products: dict[tuple[int, ...], int] = {}
        at = []
        for conditions in self.family.talks.terms.conditions:
            moving = tuple(sorted(place[c] for c in conditions if c in place))
            fixed = [c for c in conditions if c[0] not in self.family.free]
            if any(self.family.base[k] != o for k, o in fixed):
                at.append(_NEVER)
            elif len(moving) < 2:
                at.append(moving[0] if moving else _ALWAYS)
            else:
                at.append(len(columns) + products.setdefault(moving, len(products)))
        object.__setattr__(self, "columns", tuple(columns))
        object.__setattr__(self, "products", tuple(products))
        object.__setattr__(self, "at", tuple(at))

    def on_columns(self, values: Array) -> tuple[Array, float]:
        """Values of the terms, shape (T,), as a row over columns and products, and what arises in any case."""
        row, constant = np.zeros(len(self.columns) + len(self.products)), 0.0
        for value, column in zip(values, self.at, strict=True):
            if column >= 0:
                row[column] += value
            elif column == _ALWAYS:
                constant += value
        return row, constant

    def sizes(self) -> Array:
        """How far each column goes from the status quo, products counting nothing."""
        return np.array([o for _, o in self.columns] + [0] * len(self.products), dtype=np.float64)

    def maximise(self, objective: Array, conditions: Linear, cuts: Sequence[Cut] = ()) -> IntArray | None:
        """The option positions (K,) of a best package that meets the conditions, or ``None`` if there is none."""
        rows, least = self._condition_rows(conditions)
        scale = np.abs(rows).max(axis=1, initial=0.0)
        scale = np.where(scale > 0, scale, np.where(least == 0, 1.0, np.abs(least)))
        return self._solved(objective, rows / scale[:, None], least / scale - LOOSENED, cuts)

    def nearest(self, conditions: Linear) -> IntArray:
        """The option positions of a package with the largest smallest margin."""
        rows, least = self._condition_rows(conditions)
        scale = float(np.abs(rows).max(initial=0.0)) or float(np.abs(least).max(initial=0.0)) or 1.0
        slack = np.column_stack([rows / scale, -np.ones(len(rows))])
        best = self._solved(np.append(np.zeros(rows.shape[1]), 1.0), slack, least / scale, ())
        if best is None:
            raise NumericalError("the programme for the nearest offer, which always has a solution, was not solved.")
        return best

    def at_most(self, codes: IntArray) -> list[Cut]:
        """Only packages that go nowhere further than these options."""
        beyond = np.array([o > codes[k] for k, o in self.columns] + [False] * len(self.products), dtype=np.float64)
        return [Cut(beyond, 0.0)]

    def not_beyond(self, codes: IntArray) -> Cut:
        """No package that goes at least as far as these options everywhere."""
        reached = [codes[k] > 0 and o >= codes[k] for k, o in self.columns]
        moved = sum(codes[k] > 0 for k in self.family.free)
        return Cut(np.array(reached + [False] * len(self.products), dtype=np.float64), moved - 1.0)

    def not_again(self, codes: IntArray) -> Cut:
        """Not this package."""
        chosen = np.array([codes[k] == o for k, o in self.columns] + [False] * len(self.products))
        off = np.zeros(len(chosen))
        off[: len(self.columns)] = ~chosen[: len(self.columns)]
        return Cut(np.where(chosen, 1.0, 0.0) - off, float(chosen.sum()) - 1.0)

    def _condition_rows(self, conditions: Linear) -> tuple[Array, Array]:
        """Conditions as ``rows @ x >= least``."""
        central = self.family.talks.terms.central
        pairs = [self.on_columns(w * central) for w in conditions.weights]
        rows = np.array([row for row, _ in pairs]).reshape(len(pairs), len(self.columns) + len(self.products))
        return rows, -conditions.constants - np.array([constant for _, constant in pairs])

    def _structure(self) -> list[Cut]:
        """One option an issue; a product is 1 exactly when its columns all are."""
        n = len(self.columns) + len(self.products)
        cuts = []
        for k in self.family.free:
            row = np.array([float(issue == k) for issue, _ in self.columns] + [0.0] * len(self.products))
            if row.sum() > 1:
                cuts.append(Cut(row, 1.0))
        for y, factors in enumerate(self.products, start=len(self.columns)):
            for x in factors:
                row = np.zeros(n)
                row[y], row[x] = 1.0, -1.0
                cuts.append(Cut(row, 0.0))
            row = np.zeros(n)
            row[list(factors)], row[y] = 1.0, -1.0
            cuts.append(Cut(row, len(factors) - 1.0))
        return cuts

    def _solved(self, objective: Array, rows: Array, least: Array, cuts: Sequence[Cut]) -> IntArray | None:
        """Solve with scipy.optimize.milp to a gap of zero; columns past columns and products are free numbers."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        n, n_choices = len(objective), len(self.columns)
        if not n_choices:
            return self.family.base.copy() if (rows.shape[1] or (least <= 0).all()) else None
        every = [*self._structure(), *cuts]
        blocks = [LinearConstraint(rows, lb=least)]
        if every:
            wide = np.zeros((len(every), n))
            wide[:, : n_choices + len(self.products)] = [cut.row for cut in every]
            blocks.append(LinearConstraint(wide, ub=[cut.most for cut in every]))
        lower, upper = np.zeros(n), np.ones(n)
        lower[n_choices + len(self.products) :], upper[n_choices + len(self.products) :] = -np.inf, np.inf
        size = float(np.abs(objective).max(initial=0.0)) or 1.0
        options: Any = {"mip_rel_gap": 0.0}
        if self.deadline is not None:
            options["time_limit"] = max(self.deadline - time.monotonic(), 1e-3)
        found = milp(
            -objective / size,
            integrality=(np.arange(n) < n_choices).astype(np.int64),
            bounds=Bounds(lower, upper),
            constraints=blocks,
            options=options,
        )
        if found.status == 2:
            return None
        if found.status == 1 and self.deadline is not None:
            raise OutOfTimeError
        if found.x is None:
            raise NumericalError(f"the mixed-integer programme was not solved: {found.message}")
        codes = self.family.base.copy()
        codes[list(self.family.free)] = 0
        for (k, o), value in zip(self.columns, found.x, strict=False):
            if value > 0.5:
                codes[k] = o
        return codes
