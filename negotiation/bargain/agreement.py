"""What a bargaining solution returns: the outcomes it picks, or the lottery over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from negotiation.arrays import Array, IntArray, read_only

# So many outcomes are printed.
SHOWN = 10


@dataclass(frozen=True, slots=True, eq=False)
class Lottery:
    """Outcomes and the probability of each.

    Parameters
    ----------
    outcomes : ndarray of int, shape (L,)
        Rows of the problem.
    probabilities : ndarray, shape (L,)
        Positive, adding up to one.
    """

    outcomes: IntArray
    probabilities: Array

    def __repr__(self) -> str:
        parts = (f"{int(o)}: {p:.4g}" for o, p in zip(self.outcomes, self.probabilities, strict=True))
        return f"Lottery({', '.join(parts)})"


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """The answer of a bargaining solution.

    Parameters
    ----------
    rule : str
        The solution, e.g. ``"Nash"``.
    outcomes : ndarray of int
        Every optimal outcome, as rows of the problem, ascending; with lotteries the outcomes of the lottery. Empty when no
        outcome is worth at least disagreement to everybody.
    payoffs : ndarray, shape (N,)
        Of the first optimal outcome, or expected from the lottery; the disagreement payoffs when there is none.
    value : float
        What the rule maximises, at its optimum; NaN when there is none.
    all_payoffs : ndarray, shape (outcomes, N)
        Of each of `outcomes`.
    lottery : Lottery, optional
        With lotteries only.
    packages : tuple, optional
        The packages behind `outcomes`, when the problem came from a negotiation.
    names : tuple of str
    unit : str
    notes : tuple of str
        Facts about the answer: ties, players who cannot gain.
    """

    rule: str
    outcomes: IntArray
    payoffs: Array
    value: float
    all_payoffs: Array
    lottery: Lottery | None
    packages: tuple[Any, ...] | None
    names: tuple[str, ...]
    unit: str
    notes: tuple[str, ...]

    @property
    def is_agreement(self) -> bool:
        """Whether there is anything to agree on."""
        return self.outcomes.size > 0

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        shares = ", ".join(f"{name} {u:,.6g}" for name, u in zip(self.names, self.payoffs, strict=True))
        notes = [f"  note: {note}" for note in self.notes]
        if not self.packages:
            return "\n".join([f"{self.rule}: {self._picked()} → {shares}{unit}", *notes])
        odds = [""] * len(self.packages) if self.lottery is None else [f"{p:.3g}: " for p in self.lottery.probabilities]
        lines = [f"  {p}{package}" for p, package in zip(odds[:SHOWN], self.packages, strict=False)]
        if len(self.packages) > SHOWN:
            lines.append(f"  and {len(self.packages) - SHOWN} more")
        return "\n".join([f"{self.rule} → {shares}{unit}", *lines, *notes])

    def _picked(self) -> str:
        """Outcomes by their rows."""
        if self.lottery is not None:
            return repr(self.lottery)
        what = "outcome" if self.outcomes.size == 1 else "outcomes"
        return f"{what} {', '.join(map(str, self.outcomes[:SHOWN].tolist()))}" if self.is_agreement else "no agreement"

    __repr__ = __str__


def make_agreement(
    rule: str,
    problem: Any,
    *,
    outcomes: IntArray,
    value: float,
    lottery: Lottery | None = None,
    packages: Sequence[Any] | None = None,
    notes: Sequence[str] = (),
) -> Agreement:
    """Put an answer together, with the payoffs that follow from outcomes or lottery."""
    rows = np.asarray(outcomes, dtype=np.int64)
    table = problem.utilities[rows]
    if lottery is not None:
        payoffs = lottery.probabilities @ problem.utilities[lottery.outcomes]
    else:
        payoffs = table[0] if rows.size else problem.disagreement
    return Agreement(
        rule,
        read_only(rows, np.int64),
        read_only(payoffs),
        float(value),
        read_only(table),
        lottery,
        None if packages is None else tuple(packages[int(r)] for r in rows),
        problem.names,
        problem.unit,
        tuple(notes),
    )
