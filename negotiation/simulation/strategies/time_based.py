"""Strategies that concede with time: Boulware, linear, conceder."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from negotiation.arrays import Array
from negotiation.errors import ParameterError
from negotiation.simulation.moves import Leave, Move, Offer
from negotiation.simulation.strategy import Bargainer
from negotiation.simulation.view import View

Shape = Literal["polynomial", "exponential"]
Choice = Literal["closest", "random"]


@dataclass(frozen=True, slots=True)
class TimeBased(Bargainer):
    """Concede by the clock: at time ``t`` nothing below the level ``1 - (1 - floor) α(t)`` is offered or accepted.

    Levels run from 0 at the least the party may accept to 1 at its best outcome. ``α`` is the share conceded: polynomial,
    ``k + (1 - k) t^(1/β)``, or exponential, ``exp((1 - t)^β ln k)``.

    Parameters
    ----------
    beta : float
        Below 1 it concedes late (Boulware), above 1 early (conceder); 0 never.
    k : float
        The share conceded at the start, in [0, 1]; positive with the exponential shape.
    shape : {"polynomial", "exponential"}
    floor : float
        The level it has come down to at the deadline.
    choose : {"closest", "random"}
        Which outcome is offered: the lowest that reaches the level (equal ones by row), or any that does, by lot.
    tolerance : float
        By how much an outcome may fall short of the level, as NegMAS allows for rounding.

    Raises
    ------
    ParameterError

    References
    ----------
    Faratin, P., Sierra, C., Jennings, N. R. (1998). Negotiation decision functions for autonomous agents. Robotics and
    Autonomous Systems 24, 159-182, sect. 4.1. There α moves the value of each issue; here it moves the utility of the whole
    outcome, as in GENIUS.

    Examples
    --------
    >>> TimeBased(beta=0.5).concession([0, 0.5, 1])
    array([1.  , 0.75, 0.  ])
    """

    beta: float = 1.0
    k: float = 0.0
    shape: Shape = "polynomial"
    floor: float = 0.0
    choose: Choice = "closest"
    tolerance: float = 0.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.beta) and self.beta >= 0):
            raise ParameterError(f"beta={self.beta!r}; expected 0 or more: below 1 Boulware, above 1 conceder.")
        for name in ("k", "floor", "tolerance"):
            if not 0 <= getattr(self, name) <= 1:
                raise ParameterError(f"{name}={getattr(self, name)!r}; expected a share, from 0 to 1.")
        if self.shape not in ("polynomial", "exponential") or self.choose not in ("closest", "random"):
            raise ParameterError(
                f"shape={self.shape!r}, choose={self.choose!r}; expected 'polynomial' or 'exponential', 'closest' or 'random'."
            )
        if self.shape == "exponential" and self.k == 0:
            raise ParameterError("k=0 with the exponential shape never concedes; give a positive share, e.g. 0.05.")

    def level(self, time: float) -> float:
        """The level at a time."""
        return 1.0 - (1.0 - self.floor) * self._conceded(time)

    def concession(self, times: Iterable[float]) -> Array:
        """Levels less the tolerance, shape (T,): all that is needed to play this strategy, unless it chooses by lot."""
        return np.array([max(self.level(t) - self.tolerance, 0.0) for t in times])

    @property
    def follows_the_clock(self) -> bool:
        """Whether `concession` says all: it can then be played many at a time."""
        return self.choose == "closest"

    @property
    def ignores_history(self) -> bool:
        """Whether it answers to the turn alone: there is then an exact best response."""
        return self.choose == "closest"

    def _conceded(self, time: float) -> float:
        if self.shape == "exponential":
            return math.exp((1.0 - time) ** self.beta * math.log(self.k))
        if self.beta == 0:
            return self.k
        return self.k + (1.0 - self.k) * math.pow(time, 1.0 / self.beta)

    def accepts(self, view: View) -> bool:
        """Whether the offer reaches the level."""
        return view.on_table is not None and view.level(view.on_table) >= self._now(view)

    def proposal(self, view: View) -> Move:
        """See `choose`."""
        if self.choose == "closest":
            return view.offer_at(self._now(view))
        if not view.seat.is_willing:
            return Leave()
        return Offer(int(view.rng.choice(view.seat.between(self._now(view), np.inf))))

    def _now(self, view: View) -> float:
        return max(self.level(view.time) - self.tolerance, 0.0)


@dataclass(frozen=True, slots=True)
class Boulware(TimeBased):
    """Hold out, concede near the deadline: `TimeBased` with ``beta=0.25``, after Lemuel Boulware of General Electric."""

    beta: float = 0.25


@dataclass(frozen=True, slots=True)
class LinearConcession(TimeBased):
    """Concede at an even pace: `TimeBased` with ``beta=1``."""

    beta: float = 1.0


@dataclass(frozen=True, slots=True)
class Conceder(TimeBased):
    """Go fast to the least that is acceptable: `TimeBased` with ``beta=4``."""

    beta: float = 4.0
