"""What a party sees when it is asked: its own payoffs, what was said, the clock. Not the others' payoffs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from negotiation.arrays import IntArray
from negotiation.errors import WrongTypeError
from negotiation.simulation.domain import Domain
from negotiation.simulation.moves import Leave, Move, Offer
from negotiation.simulation.seat import Seat


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in talks.

    Parameters
    ----------
    round, turn : int
        Counted from 0. In a round everybody has a turn; where all move at once, a round is a turn.
    time : float
        Share of the time until the deadline that has passed, in [0, 1].
    party : int
        Who did it; -1 for the mediator or the rules.
    kind : str
        ``"offer"``, ``"accept"``, ``"reject"``, ``"leave"``, ``"vote yes"``, …; ``"fault"`` for a turn that was lost.
        Protocols may have words of their own.
    outcome : int, optional
        What was offered, accepted or voted on.
    note : str
        Why, where it matters: the reason of a fault.
    """

    round: int
    turn: int
    time: float
    party: int
    kind: str
    outcome: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What a strategy's ``move`` is given. Everything in it is read-only but `memory`.

    Parameters
    ----------
    seat : Seat
        The party's own payoffs and reservation value.
    party : int
        Its position among `names`.
    names : tuple of str
    asked : str
        ``"move"``: accept what is on the table or offer something; ``"offer"``: offer, nothing is on the table; ``"answer"``:
        accept or reject; ``"vote"``: on a change of the text; ``"sign"``: accept the final text or not; ``"demand"``: an
        outcome whose own payoff is demanded.
    round, turn : int
    rounds : int or None
        How many rounds were announced.
    last_turn : int or None
        The last turn whose offer can still be answered, as announced.
    time : float
        Share of the time until the announced deadline that has passed, in [0, 1].
    on_table : int or None
        The outcome to answer or to vote on.
    by : int or None
        Who proposed it; -1 for a mediator.
    text : int or None
        With a single text, what it says now.
    offers : tuple of tuples of int
        What each party has offered so far, in order.
    history : tuple of Event
        What this party has seen happen.
    rng : numpy.random.Generator
        Its own stream of random numbers.
    memory : dict
        Its own notes, empty at the start of talks, kept until their end.
    options : ndarray of int, shape (D, K), or None
        Which option of which issue each outcome takes.
    protocol : object
        The rules, known to everybody.
    everything : Domain or None
        See `domain`.
    """

    seat: Seat
    party: int
    names: tuple[str, ...]
    asked: str
    round: int
    turn: int
    rounds: int | None
    last_turn: int | None
    time: float
    on_table: int | None
    by: int | None
    text: int | None
    offers: tuple[tuple[int, ...], ...]
    history: tuple[Event, ...]
    rng: np.random.Generator
    memory: dict[Any, Any]
    options: IntArray | None
    protocol: object
    everything: Domain | None = None

    @property
    def domain(self) -> Domain:
        """Everybody's payoffs: only for a strategy that says ``complete_information = True``.

        Raises
        ------
        WrongTypeError
        """
        if self.everything is None:
            raise WrongTypeError(
                "a strategy sees its own payoffs only; one that needs the others' says complete_information = True."
            )
        return self.everything

    @property
    def own_offers(self) -> tuple[int, ...]:
        """What this party has offered so far."""
        return self.offers[self.party]

    @property
    def received(self) -> tuple[int, ...]:
        """What the others have offered so far, in the order of the table, the latest last."""
        if len(self.offers) == 2:
            return self.offers[1 - self.party]
        return tuple(
            e.outcome for e in self.history if e.kind == "offer" and e.party != self.party and e.outcome is not None
        )

    def level(self, outcome: int) -> float:
        """How good an outcome is for this party: 0 at the least it may accept, 1 at its best."""
        return float(self.seat.levels[outcome])

    def offer_at(self, level: float) -> Move:
        """Offer the outcome that is least for this party among those that reach a level; leave if none is acceptable."""
        return Offer(self.seat.at_least(level)) if self.seat.is_willing else Leave()
