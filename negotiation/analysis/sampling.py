"""What everything that estimates from draws has in common: how many, in which scramblings, and which stakes to draw."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from negotiation.analysis.offers.linear import conditions_on_stakes
from negotiation.analysis.verdict import Criterion
from negotiation.arrays import BoolArray
from negotiation.errors import ParameterError
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package

# Draws judged at a time: their arrays stay in the processor's cache, and memory small.
BLOCK = 8192
# Scramblings of the Sobol' sequence: their spread is the standard error.
SCRAMBLINGS = 16


def checked_draws(draws: object) -> int:
    """A number of draws, or an error."""
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer) or draws < 1:
        raise ParameterError(f"draws must be a whole number from 1, not {draws!r}.")
    return int(draws)


def sobol_length(draws: int) -> int:
    """Points of each scrambling: a power of two, together at least so many draws."""
    return 1 << max(0, (-(-draws // SCRAMBLINGS) - 1).bit_length())


def terms_that_count(
    talks: Negotiation, criteria: Sequence[Criterion], packages: Sequence[Package], party: str | None = None
) -> BoolArray | None:
    """Which terms enter the margins of any criterion on any package; ``None`` when only a criterion knows."""
    found = [conditions_on_stakes(c, talks, package, party) for c in criteria for package in packages]
    if not found or any(f is None for f in found):
        return None
    return np.asarray(np.any([(f.weights != 0).any(axis=0) for f in found if f is not None], axis=0))
