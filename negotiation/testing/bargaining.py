"""Bargaining problems to test on: a few outcomes with small whole utilities, so that ties and repeats happen."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from negotiation.bargain.problem import BargainingProblem


@st.composite
def bargaining_problems(
    draw: st.DrawFn,
    *,
    min_players: int = 2,
    max_players: int = 3,
    max_outcomes: int = 8,
    is_worthwhile: bool = True,
    utilities: st.SearchStrategy[Any] | None = None,
) -> BargainingProblem:
    """Finite bargaining problems.

    Parameters
    ----------
    min_players, max_players, max_outcomes : int
    is_worthwhile : bool
        Whether some outcome gives everybody more than disagreement; otherwise there may be none.
    utilities : hypothesis strategy, optional
        Of one utility; whole numbers from -3 to 6 unless given.

    Returns
    -------
    hypothesis strategy of BargainingProblem
        Shrinks to two players, one outcome, utilities near 0.

    Examples
    --------
    >>> import negotiation as ng
    >>> from hypothesis import given
    >>> @given(bargaining_problems())
    ... def test_nobody_loses_by_bargaining(problem):
    ...     assert (ng.nash_bargaining(problem).payoffs >= problem.disagreement).all()
    >>> test_nobody_loses_by_bargaining()
    """
    numbers = st.integers(-3, 6) if utilities is None else utilities
    n = draw(st.integers(min_players, max_players))
    row = st.lists(numbers, min_size=n, max_size=n)
    rows = draw(st.lists(row, min_size=1, max_size=max_outcomes))
    if not is_worthwhile:
        return BargainingProblem(rows, draw(row))
    below = draw(st.lists(st.integers(1, 3), min_size=n, max_size=n))
    chosen = np.asarray(rows[draw(st.integers(0, len(rows) - 1))], dtype=np.float64)
    return BargainingProblem(rows, chosen - below)
