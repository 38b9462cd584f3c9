"""Lemke-Howson in integers: no rounding at any magnitude, for those who ask and for where floats drift.

Fraction-free pivoting of a dictionary: all entries stay integers over one common denominator, the last pivot.
"""

from __future__ import annotations

import math
import time
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from negotiation.games.normal_form import NormalFormGame
from negotiation.solvers.result import Equilibrium, Solution, Status, certify

if TYPE_CHECKING:
    from negotiation.solvers.lemke_howson import LemkeHowson

Table = npt.NDArray[np.object_]
Strategy = tuple[Fraction, ...]


class _Dictionary:
    """``{z >= 0, M z <= 1}`` at a vertex: basic = (rhs − T · nonbasic) / D. Variables: ``("z", i)``, ``("s", i)``."""

    def __init__(self, M: Table) -> None:
        f, d = M.shape
        self.T, self.D = M.copy(), 1
        self.rhs = np.array([1] * f, dtype=object)
        self.basic: list[tuple[str, int]] = [("s", i) for i in range(f)]
        self.nonbasic: list[tuple[str, int]] = [("z", j) for j in range(d)]

    def pivot(self, entering: tuple[str, int]) -> tuple[str, int]:
        """Let `entering` in; return who leaves."""
        c = self.nonbasic.index(entering)
        r = self._leaving_row(c)
        T, p, D = self.T, self.T[r, c], self.D
        column, row, value = T[:, c].copy(), T[r].copy(), self.rhs[r]
        self.T = (T * p - column[:, None] * row[None, :]) // D
        self.rhs = (self.rhs * p - column * value) // D
        self.T[r], self.rhs[r] = row, value
        self.T[:, c] = -column
        self.T[r, c] = D
        self.D = p
        self.basic[r], self.nonbasic[c] = entering, self.basic[r]
        return self.nonbasic[c]

    def _leaving_row(self, c: int) -> int:
        """Lexicographic ratio test; ties end because the slacks' part of the dictionary has full rank."""
        rows = [i for i in range(len(self.basic)) if self.T[i, c] > 0]
        rows = self._least(rows, self.rhs, c)
        q = 0
        while len(rows) > 1:
            slack = ("s", q)
            if slack in self.nonbasic:
                line = self.T[:, self.nonbasic.index(slack)]
            else:
                line = np.array([self.D if b == slack else 0 for b in self.basic], dtype=object)
            rows = self._least(rows, line, c)
            q += 1
        return rows[0]

    def _least(self, rows: list[int], values: Table, c: int) -> list[int]:
        best = rows[:1]
        for i in rows[1:]:
            ours, theirs = values[i] * self.T[best[0], c], values[best[0]] * self.T[i, c]
            if ours < theirs:
                best = [i]
            elif ours == theirs:
                best.append(i)
        return best

    def strategy(self) -> Strategy:
        """Basic z, divided by their sum."""
        weights = [0] * sum(kind == "z" for kind, _ in self.basic + self.nonbasic)
        for (kind, i), value in zip(self.basic, self.rhs, strict=True):
            if kind == "z":
                weights[i] = value
        total = sum(weights)
        return tuple(Fraction(w, total) for w in weights)


def run_exact(solver: LemkeHowson, game: NormalFormGame, *, until: float | None = None) -> Solution:
    """Follow the labels of the solver's schedule in integers."""
    A, B = game.exact_payoffs
    tables = _positive_integers(B.T), _positive_integers(A)
    if until is None and solver.deadline is not None:
        until = time.monotonic() + solver.deadline
    found: dict[Any, Equilibrium] = {}
    pivots, status = 0, Status.FOUND
    try:
        for label in _labels(solver, sum(game.shape)):
            strategies, used, cut = _path(tables, label, game.shape[0], solver.max_pivots - pivots, until)
            pivots += used
            if cut is not None:
                status = cut
                break
            found.setdefault(strategies, _exact_equilibrium(game, A, B, *strategies))
            if solver.labels == "one":
                break
    except KeyboardInterrupt:
        status = Status.INTERRUPTED
    note = f"{pivots} pivots in integers; every best-response inequality holds exactly"
    return Solution(game, tuple(found.values()), solver, status, notes=(note,))


def _labels(solver: LemkeHowson, n: int) -> range:
    return range(n) if solver.label is None else range(solver.label, solver.label + 1)


def _path(
    tables: tuple[Table, Table], label: int, m: int, most: int, until: float | None
) -> tuple[tuple[Strategy, Strategy], int, Status | None]:
    """One whole path; the strategies at its end, the pivots it took, and why it was cut short if it was."""
    sides = _Dictionary(tables[0]), _Dictionary(tables[1])
    first, index = (0, label) if label < m else (1, label - m)
    side, entering = first, ("z", index)
    for count in range(1, most + 1):
        kind, i = sides[side].pivot(entering)
        if i == index and (side == first) == (kind == "z"):  # the label dropped is picked up again
            return (sides[0].strategy(), sides[1].strategy()), count, None
        if until is not None and time.monotonic() >= until:
            return ((), ()), count, Status.DEADLINE
        side, entering = 1 - side, ("s" if kind == "z" else "z", i)
    return ((), ()), most, Status.LIMIT


def _positive_integers(table: Table) -> Table:
    """The table shifted and scaled to positive integers; best responses stay."""
    low, high = table.min(), table.max()
    shifted = table - low + (high - low or 1)
    scale = math.lcm(*(v.denominator for v in shifted.ravel()))
    whole = [int(v * scale) for v in shifted.ravel()]
    divisor = math.gcd(*whole)
    out = np.empty(table.size, dtype=object)
    out[:] = [v // divisor for v in whole]
    return out.reshape(table.shape)


def _exact_equilibrium(game: NormalFormGame, A: Table, B: Table, x: Strategy, y: Strategy) -> Equilibrium:
    """Check every best-response inequality in rationals, then report in floats too."""
    row_values, column_values = A @ np.array(y, dtype=object), np.array(x, dtype=object) @ B
    for own, values in ((x, row_values), (y, column_values)):
        best = max(values)
        if any(p > 0 and v != best for p, v in zip(own, values, strict=True)):
            raise ArithmeticError("an end point of an exact path is not an equilibrium; please report this game.")
    floats = [np.array([float(p) for p in s]) for s in (x, y)]
    return certify(game, [f / f.sum() for f in floats], exact=(x, y))
