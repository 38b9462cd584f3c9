"""When talks are over: after so many rounds, at a deadline in time, and when they are extended by a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from negotiation.arrays import Array
from negotiation.errors import ParameterError
from negotiation.simulation.protocol import check_chance, check_count

ClockName = Literal["closed", "open"]


@dataclass(frozen=True, slots=True)
class Extension:
    """Talks that have not ended by the deadline may go on: "talks extended by a day".

    Parameters
    ----------
    rounds : int
        How many rounds the extension lasts.
    chance : float
        The probability, each time the deadline passes, that talks are extended.
    most : int
        How often at most.

    Notes
    -----
    Nobody knows before. When it is announced the clock is set anew, so the share of time that has passed falls, and whoever goes
    by the clock asks for more again.
    """

    rounds: int = 10
    chance: float = 1.0
    most: int = 1

    def __post_init__(self) -> None:
        check_count(self.rounds, "the number of rounds of an extension")
        check_count(self.most, "how often talks are extended", 0)
        check_chance(self.chance, "the chance of an extension")


@dataclass(frozen=True, slots=True)
class Pace:
    """How long an offer takes, for talks that end at a moment and not after a number of rounds.

    Parameters
    ----------
    deadline : float
        When talks end, in whatever unit of time.
    per_turn : float
        How long a turn takes on average, in the same unit.
    spread : float
        The standard deviation of a turn's length relative to its mean; 0 for turns of equal length. Lengths are
        gamma-distributed.
    """

    deadline: float
    per_turn: float = 1.0
    spread: float = 0.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.deadline) and self.deadline > 0 and np.isfinite(self.per_turn) and self.per_turn > 0):
            raise ParameterError(f"deadline and per_turn are positive, not {self.deadline!r} and {self.per_turn!r}.")
        if not 0 <= self.spread < np.inf:
            raise ParameterError(f"spread is 0 or more, not {self.spread!r}.")

    def turn(self, rng: np.random.Generator) -> float:
        """How long one turn takes."""
        if self.spread == 0:
            return self.per_turn
        shape = self.spread**-2
        return float(rng.gamma(shape, self.per_turn / shape))


def share_passed(round_: int, rounds: int, clock: ClockName) -> float:
    """The share of time that has passed in a round.

    ``"closed"``: 0 in the first and 1 in the last round, so that who goes by the clock has conceded everything in time.
    ``"open"``: ``(round + 1) / (rounds + 1)``, as NegMAS counts; never 0 or 1.
    """
    if clock == "open":
        return (round_ + 1) / (rounds + 1)
    return round_ / (rounds - 1) if rounds > 1 else 1.0


def times(rounds: int, clock: ClockName) -> Array:
    """`share_passed` of every round, shape (rounds,)."""
    return np.array([share_passed(r, rounds, clock) for r in range(rounds)])


def check_clock(clock: str) -> None:
    """One of the two."""
    if clock not in ("closed", "open"):
        raise ParameterError(f"clock={clock!r}; expected 'closed' or 'open'.")
