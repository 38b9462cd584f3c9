"""Ctrl-C during long work of the solvers for large games: heard within a second, with an honest status."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

import negotiation as ng


@contextmanager
def ctrl_c_after(seconds: float) -> Iterator[None]:
    """What pressing Ctrl-C does, by a timer."""

    def press(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, press)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def opposed(n: int) -> ng.NormalFormGame:
    matrix = np.random.default_rng(n).random((n, n))
    return ng.NormalFormGame([matrix, -matrix])


LONG_WORK = [
    (
        ng.LemkeHowson(label=0, max_pivots=10**9),
        ng.NormalFormGame(np.random.default_rng([1000, 2]).random((2, 1000, 1000))),
    ),
    (ng.Minimax(), opposed(1200)),
    (ng.PolynomialEnumeration(), ng.NormalFormGame(np.random.default_rng(1).random((3, 6, 6, 6)))),
    (ng.SmallSupports(), ng.NormalFormGame(np.random.default_rng(3).random((11, *(2,) * 11)))),
]


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="needs an alarm signal")
@pytest.mark.parametrize(("solver", "game"), LONG_WORK, ids=lambda value: type(value).__name__)
def test_ctrl_c_is_heard_within_a_second(solver: Any, game: ng.NormalFormGame) -> None:
    ng.solve(ng.NormalFormGame(np.random.default_rng(0).random((3, 2, 2, 2))), ng.PolynomialEnumeration(limit=1))
    ng.solve(ng.NormalFormGame(np.random.default_rng(0).random((2, 3, 3))), ng.LemkeHowson())
    start = time.monotonic()
    with ctrl_c_after(0.3):
        solution = solver.run(game)
    assert time.monotonic() - start < 1.3
    assert solution.status is ng.Status.INTERRUPTED
    assert not solution.complete
