"""When an enumeration has to stop: a limit on what it finds, a deadline, the user's Ctrl-C."""

from __future__ import annotations

import time

from negotiation.errors import ParameterError
from negotiation.solvers.result import Status


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
        if deadline is not None and not deadline > 0:
            raise ParameterError(f"a deadline is a positive number of seconds, not {deadline!r}.")
        if limit is not None and not limit > 0:
            raise ParameterError(f"a limit is a positive number of equilibria, not {limit!r}.")
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
