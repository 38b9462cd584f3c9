"""Yardsticks: insist on a fixed level, offer at random, vote with a temperature, play from a script."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from negotiation.arrays import Array
from negotiation.errors import ParameterError
from negotiation.simulation.moves import Leave, Move, Offer
from negotiation.simulation.strategy import Bargainer
from negotiation.simulation.view import View


@dataclass(frozen=True, slots=True)
class FixedLevel(Bargainer):
    """Offer and accept nothing below a fixed level, from 0 (the least it may accept) to 1 (its best): a demand in Nash's game.

    Parameters
    ----------
    level : float
    """

    level: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.level <= 1:
            raise ParameterError(f"level={self.level!r}; expected from 0, the least acceptable, to 1, the best.")

    follows_the_clock: ClassVar[bool] = True
    ignores_history: ClassVar[bool] = True

    def concession(self, times: Any) -> Array:
        """See `TimeBased.concession`."""
        return np.full(len(times), self.level)

    def accepts(self, view: View) -> bool:
        """Whether the offer reaches the level."""
        return view.on_table is not None and view.level(view.on_table) >= self.level

    def proposal(self, view: View) -> Move:
        """The outcome closest above the level."""
        return view.offer_at(self.level)


@dataclass(frozen=True, slots=True)
class RandomWalker(Bargainer):
    """Offer any outcome above a level, by lot; accept what is at least as good as the next one drawn.

    Parameters
    ----------
    floor : float
        From 0 (all it may accept) to 1 (its best only).

    References
    ----------
    Baarslag, T., Fujita, K., Gerding, E. H., et al. (2013). Evaluating practical negotiating agents: results and analysis of the
    2011 international competition. Artificial Intelligence 198, 73-103: the random walker as a baseline.
    """

    floor: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.floor <= 1:
            raise ParameterError(f"floor={self.floor!r}; expected from 0 to 1.")

    def proposal(self, view: View) -> Move:
        """Drawn once a turn, so that what is accepted and what is offered agree."""
        if not view.seat.is_willing:
            return Leave()
        key = ("walk", view.turn)
        if key not in view.memory:
            view.memory[key] = int(view.rng.choice(view.seat.between(self.floor, np.inf)))
        return Offer(view.memory[key])


@dataclass(frozen=True, slots=True)
class Annealer(Bargainer):
    """Vote for changes of a mediator's text that hurt, with a probability that falls with the hurt and with time.

    ``exp(-loss / temperature)``, the loss as a share of its payoff range, the temperature falling linearly to 0. Elsewhere it
    bargains as `LinearConcession` does.

    Parameters
    ----------
    temperature : float
        At the start.

    References
    ----------
    Klein, M., Faratin, P., Sayama, H., Bar-Yam, Y. (2003). Negotiating complex contracts. Group Decision and Negotiation 12,
    111-125.
    """

    temperature: float = 0.2

    def __post_init__(self) -> None:
        if not (math.isfinite(self.temperature) and self.temperature > 0):
            raise ParameterError(f"temperature={self.temperature!r}; expected a positive number.")

    def prefers(self, view: View) -> bool:
        """See the class."""
        if view.on_table is None or view.text is None:
            return False
        own = view.seat.own
        loss = float(own[view.text] - own[view.on_table]) / (float(np.ptp(own)) or 1.0)
        warmth = self.temperature * (1.0 - view.time)
        return loss <= 0 or (warmth > 0 and bool(view.rng.random() < math.exp(-loss / warmth)))

    def proposal(self, view: View) -> Move:
        """Concede linearly."""
        return view.offer_at(1.0 - view.time)


@dataclass(frozen=True, slots=True)
class Scripted:
    """Make the moves of a list, one after the other, then refuse; what `replay` is made of.

    Parameters
    ----------
    moves : tuple
        Moves, outcomes or words as a strategy may return them; an exception is raised.
    """

    moves: tuple[Any, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "moves", tuple(self.moves))

    def move(self, view: View) -> Any:
        """The next of the list."""
        at = view.memory["at"] = view.memory.get("at", -1) + 1
        given = self.moves[at] if at < len(self.moves) else "reject"
        if isinstance(given, BaseException):
            raise given
        return given
