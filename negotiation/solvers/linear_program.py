"""One call to HiGHS for the solvers whose programs always have a solution: tight tolerances, then a second try."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from negotiation.arrays import Array
from negotiation.errors import NumericalError

_TIGHT: dict[str, float] = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
# Simplex ends in a few steps or in thousands, slow ones on large programs: there interior point with crossover is faster.
_TRIES: tuple[tuple[str, dict[str, float]], ...] = (
    ("highs-ds", {**_TIGHT, "maxiter": 1000}),
    ("highs-ipm", _TIGHT),
    ("highs-ds", {}),
    ("highs-ipm", {}),
)
_INFEASIBLE = 2


class Optimum(NamedTuple):
    """Where a program is best, and the prices of its inequalities."""

    x: Array
    prices: Array


def over_simplex(cost: Array, rows: Any, least: Array, *, n: int | None = None) -> Optimum | None:
    """Minimise ``cost @ z`` over ``rows @ z >= least`` with the first `n` entries a distribution, the rest free.

    Returns None when it is infeasible; the prices say what raising each entry of `least` by one costs.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    k = cost.size if n is None else n
    ones = csr_array((np.ones(k), (np.zeros(k, dtype=np.int64), np.arange(k))), shape=(1, cost.size))
    bounds = [(0, None)] * k + [(None, None)] * (cost.size - k)
    given = {"A_ub": -rows, "b_ub": -least} if rows.shape[0] else {}
    solve: Any = linprog  # its stubs want one literal method a call
    message = ""
    for method, options in _TRIES:
        result = solve(cost, A_eq=ones, b_eq=[1.0], bounds=bounds, method=method, options=options, **given)
        if result.status == 0:
            prices = -result.ineqlin.marginals if rows.shape[0] else np.zeros(0)
            return Optimum(np.asarray(result.x, dtype=np.float64), np.asarray(prices, dtype=np.float64))
        if result.status == _INFEASIBLE:
            return None
        message = result.message
    raise NumericalError(f"a linear program that has a solution was not solved: {message} Please report this game.")


def as_distribution(values: Array) -> Array:
    """Nonnegative and summing to one, for what a program returns to rounding."""
    clipped = np.maximum(values, 0.0)
    return np.asarray(clipped / clipped.sum(), dtype=np.float64)


def unit_range(table: Array) -> Array:
    """The table shifted and scaled to [0, 1]; flat tables become 0. Halved first, so that it overflows last."""
    low = table / 2 - table.min() / 2
    return np.asarray(low / (float(low.max()) or 1.0), dtype=np.float64)
