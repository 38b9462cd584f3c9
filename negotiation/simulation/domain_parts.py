"""The parts of a domain, checked: numbers a party, discount factors, option positions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, IntArray, as_floats, read_only
from negotiation.bargain.problem import SupportsAdditiveTerms
from negotiation.errors import DiscountFactorError, GameShapeError, NotFiniteError
from negotiation.model.negotiation import Negotiation


def options_of(source: SupportsAdditiveTerms) -> IntArray:
    """Option positions of all outcomes of a sum over issues, the last issue moving fastest."""
    sizes = [len(np.asarray(stakes)) for stakes in source.as_additive_terms()[0]]
    return np.stack(np.unravel_index(np.arange(int(np.prod(sizes))), sizes), axis=1).astype(np.int64)


def codes_of_rows(talks: Negotiation, rows: IntArray) -> IntArray:
    """Option positions (D, K) of packages given by their position among all."""
    shape = [len(issue.options) for issue in talks.issues]
    return np.stack(np.unravel_index(rows, shape), axis=1).astype(np.int64)


def number_a_party(given: npt.ArrayLike, n: int, what: str) -> Array:
    """One finite number a party, shape (n,)."""
    values = as_floats(given, what)
    if values.shape != (n,):
        raise GameShapeError(f"{what} of shape {values.shape}; give one number a party, shape ({n},).")
    if not np.isfinite(values).all():
        raise NotFiniteError(f"{what} are {values.tolist()}; they must be finite.")
    return values


def as_discounts(given: npt.ArrayLike | None, n: int) -> Array:
    """Discount factors per turn, in (0, 1]; 1 unless given."""
    if given is None:
        return np.ones(n)
    values = number_a_party(given, n, "discount factors")
    if not ((values > 0) & (values <= 1)).all():
        raise DiscountFactorError(f"discount factors are {values.tolist()}; expected 0 < delta <= 1 a turn.")
    return values


def as_options(options: npt.ArrayLike, n_outcomes: int) -> IntArray:
    """Option positions from 0, a row an outcome."""
    codes = as_floats(options, "options")
    if codes.ndim != 2 or codes.shape[0] != n_outcomes or (codes < 0).any() or (codes % 1 != 0).any():
        raise GameShapeError(
            f"options of shape {codes.shape} for {n_outcomes} outcomes; give a row of option positions from 0 an outcome."
        )
    return read_only(codes, np.int64)


def issue_names(issues: Sequence[str] | None, codes: IntArray | None) -> tuple[str, ...]:
    """One name for each column of the options."""
    n = 0 if codes is None else codes.shape[1]
    if issues is None:
        return tuple(f"issue {k + 1}" for k in range(n))
    if len(issues) != n:
        raise GameShapeError(f"{len(issues)} issue names for {n} issues; the options have one column an issue.")
    return tuple(issues)
