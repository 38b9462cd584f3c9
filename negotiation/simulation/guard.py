"""Call what others wrote within a time limit, so that a strategy that hangs cannot hang the tournament."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any


class OutOfTime(BaseException):
    """A call took longer than it was given. Not an `Exception`, so that ``except Exception`` in a strategy does not catch it."""


def within(seconds: float | None, function: Callable[..., Any], *args: Any) -> Any:
    """Call a function; raise `OutOfTime` if it takes longer.

    Notes
    -----
    In the main thread of a process the alarm of the operating system interrupts the call; elsewhere it is made in a thread of
    its own, which is asked to stop. Neither can stop a call that is stuck in compiled code: the first waits for it, the second
    leaves the thread behind.
    """
    if seconds is None:
        return function(*args)
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        return _by_alarm(seconds, function, args)
    return _by_thread(seconds, function, args)


def _by_alarm(seconds: float, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    is_over = False

    def ring(_signal: int, _frame: FrameType | None) -> None:
        if not is_over:  # an alarm that comes while it is being switched off must not escape
            raise OutOfTime

    before = signal.signal(signal.SIGALRM, ring)
    left = signal.setitimer(signal.ITIMER_REAL, seconds, seconds)  # rings again, should the first be swallowed
    try:
        try:
            return function(*args)
        finally:
            is_over = True
    finally:
        signal.setitimer(signal.ITIMER_REAL, *left)
        signal.signal(signal.SIGALRM, before)


def _by_thread(seconds: float, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    import ctypes

    answer: list[Any] = []
    trouble: list[BaseException] = []

    def call() -> None:
        try:
            answer.append(function(*args))
        except BaseException as error:
            trouble.append(error)

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(OutOfTime))
        raise OutOfTime
    if trouble:
        raise trouble[0]
    return answer[0]
