"""How far a run is, in a terminal or a notebook; silent elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any, Literal

from negotiation.errors import WrongTypeError

Progress = Callable[[int, int], object]

_DELAY, _EVERY = 1.0, 0.2  # seconds before a bar appears, and between two looks of it


def as_progress(progress: Progress | Literal["auto"] | None) -> Progress:
    """A function of (chunks done, chunks in all): the given one, a bar where somebody can see it, or nothing."""
    if progress is None:
        return _nothing
    if callable(progress):
        return progress
    if progress != "auto":
        raise WrongTypeError(f"progress must be 'auto', None or a function of (done, in all), not {progress!r}.")
    if _in_notebook():
        return Bar(_NotebookLine())
    return Bar(_terminal_line) if sys.stderr is not None and sys.stderr.isatty() else _nothing


class Bar:
    """``[#####-----]  50 %  12/24 chunks, 8 s left``, shown once the work has taken a second.

    Parameters
    ----------
    show : callable
        Shows a line; called with the empty string by `close`.
    """

    def __init__(self, show: Callable[[str], object]) -> None:
        self._show = show
        self._first: tuple[float, int] | None = None
        self._last = 0.0

    def __call__(self, done: int, total: int) -> None:
        """Show it, unless that was just done."""
        now = time.monotonic()
        start, before = self._first = self._first or (now, done)
        if now - start < _DELAY or (now - self._last < _EVERY and done < total):
            return
        self._last = now
        left = (now - start) / (done - before) * (total - done) if done > before else float("nan")
        filled = 20 * done // total
        wait = f", {left:,.0f} s left" if left == left else ""
        self._show(f"[{'#' * filled}{'-' * (20 - filled)}] {done / total:4.0%}  {done:,}/{total:,} chunks{wait}")

    def close(self) -> None:
        """Take it away, if it was ever shown."""
        if self._last:
            self._show("")


def _terminal_line(text: str) -> None:
    sys.stderr.write(f"\r\x1b[2K{text}")
    sys.stderr.flush()


class _NotebookLine:
    """A line of output that is written over."""

    def __init__(self) -> None:
        self._handle: Any = None

    def __call__(self, text: str) -> None:
        from IPython.display import HTML, display

        shown: Any = HTML(f"<code>{text}</code>" if text else "")
        if self._handle is None:
            self._handle = display(shown, display_id=True)
        else:
            self._handle.update(shown)


def _in_notebook() -> bool:
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return type(shell).__name__ == "ZMQInteractiveShell"


def _nothing(done: int, total: int) -> None:
    pass
