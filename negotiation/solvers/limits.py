"""When an enumeration has to stop: a limit on what it finds, a deadline, the user's Ctrl-C; and options checked in words."""

from __future__ import annotations

import time
from numbers import Integral, Real

from negotiation.errors import ParameterError, WrongTypeError
from negotiation.solvers.result import Status

_WHOLE = frozenset({"limit", "threads", "max_steps", "cap", "max_pivots", "max_cells", "quick_cells"})


def check_positive(**options: object) -> None:
    """Raise unless every option is None or a positive number, a whole one where it counts something."""
    for name, value in options.items():
        if value is None:
            continue
        kind = "whole number" if name in _WHOLE else "number"
        if isinstance(value, bool) or not isinstance(value, Integral if name in _WHOLE else Real):
            raise WrongTypeError(f"{name} is {value!r}; it must be a positive {kind}.")
        if not float(value) > 0:
            raise ParameterError(f"{name} is {value!r}; it must be positive.")


def check_tolerance(tol: object) -> None:
    """Raise unless `tol` is a number from 0 up to, but not including, 1: a share of the payoff range."""
    if isinstance(tol, bool) or not isinstance(tol, Real):
        raise WrongTypeError(f"tol is {tol!r}; it must be a number, a share of the payoff range.")
    if not 0 <= float(tol) < 1:
        raise ParameterError(f"tol is {tol!r}; it must be at least 0 and below 1, a share of the payoff range.")


class Watch:
    """A stopwatch with a deadline and a count.

    Parameters
    ----------
    deadline : float, optional
        Seconds from now; None for no deadline.
    limit : int, optional
        How many results are wanted; None for all.
    """

    def __init__(self, deadline: float | None = None, limit: int | None = None) -> None:
        check_positive(deadline=deadline, limit=limit)
        self.limit = limit
        self._end = None if deadline is None else time.monotonic() + deadline
        self.was_interrupted = False

    def is_over(self) -> bool:
        """Whether the deadline has passed."""
        return self._end is not None and time.monotonic() >= self._end

    def extend(self, seconds: float) -> None:
        """Put off the deadline, for time that was not spent on the work."""
        if self._end is not None:
            self._end += seconds

    def remaining(self) -> float | None:
        """Seconds left, at least a little; None without a deadline."""
        return None if self._end is None else max(1e-3, self._end - time.monotonic())

    def is_enough(self, found: int) -> bool:
        """Whether more than the limit has been found: one more tells that the limit cut something off."""
        return self.limit is not None and found > self.limit

    def status(self, found: int, finished: bool) -> Status:
        """What to report after `found` results, when the method did or did not come to its end."""
        if self.limit is not None and found > self.limit:
            return Status.LIMIT
        if finished:
            return Status.COMPLETE
        if self.was_interrupted:
            return Status.INTERRUPTED
        return Status.DEADLINE if self.is_over() else Status.LIMIT
