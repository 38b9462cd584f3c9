"""The referee: asks for moves, takes the turn from whoever errs, hangs or talks nonsense, and keeps the record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from negotiation.errors import NegotiationError, ParameterError
from negotiation.simulation.domain import Domain
from negotiation.simulation.guard import OutOfTime, within
from negotiation.simulation.moves import Accept, Leave, Offer, Reject, as_move
from negotiation.simulation.strategy import Strategy
from negotiation.simulation.view import Event, View

# What may be answered to which question.
_ANSWERS: dict[str, tuple[type, ...]] = {
    "move": (Offer, Accept, Reject, Leave),
    "offer": (Offer, Reject, Leave),
    "demand": (Offer, Leave),
    "answer": (Accept, Reject, Leave),
    "vote": (Accept, Reject, Leave),
    "sign": (Accept, Reject, Leave),
}


class Referee:
    """One negotiation under way; what a protocol's ``talk`` is given.

    Parameters
    ----------
    domain : Domain
    strategies : sequence of Strategy
    rng : numpy.random.Generator
        Split into a stream for each party and one for the rules.
    protocol : object
        The rules, which everybody knows.
    move_seconds : float or None
        How long a move may take.
    """

    def __init__(
        self,
        domain: Domain,
        strategies: Sequence[Strategy],
        *,
        rng: np.random.Generator,
        protocol: object = None,
        move_seconds: float | None = None,
    ) -> None:
        self.domain, self.strategies = domain, tuple(strategies)
        self.protocol, self.move_seconds = protocol, move_seconds
        *self.streams, self.rng = rng.spawn(len(self.strategies) + 1)
        self.events: list[Event] = []
        self.offers: list[list[int]] = [[] for _ in self.strategies]
        self.memories: list[dict[Any, Any]] = [{} for _ in self.strategies]
        self.round = self.turn = 0
        self.time = 0.0
        self.rounds: int | None = None
        self.last_turn: int | None = None

    @property
    def n_parties(self) -> int:
        """How many sit at the table."""
        return len(self.strategies)

    def announce(self, *, rounds: int | None, last_turn: int | None) -> None:
        """Say until when talks last."""
        self.rounds, self.last_turn = rounds, last_turn

    def at(self, *, round: int, turn: int, time: float) -> None:
        """Set the clock."""
        self.round, self.turn, self.time = round, turn, float(min(max(time, 0.0), 1.0))

    def record(self, party: int, kind: str, outcome: int | None = None, note: str = "") -> None:
        """Write down what happened now."""
        self.events.append(Event(self.round, self.turn, self.time, party, kind, outcome, note))
        if kind == "offer" and party >= 0 and outcome is not None:
            self.offers[party].append(outcome)

    def ask(
        self,
        party: int,
        asked: str,
        *,
        on_table: int | None = None,
        by: int | None = None,
        text: int | None = None,
        history: Sequence[Event] | None = None,
        offers: Sequence[Sequence[int]] | None = None,
        answers: tuple[type, ...] | None = None,
    ) -> Any:
        """Ask a party for its move; None if it loses its turn, which is recorded with the reason.

        `history` and `offers` are what it has seen; all that was recorded unless given. A protocol with questions of its own says
        which kinds of moves answer them. What the party does is not recorded: protocols do.
        """
        seen = self.events if history is None else history
        said = self.offers if offers is None else offers
        strategy = self.strategies[party]
        view = View(
            self.domain.seat(party),
            party,
            self.domain.names,
            asked,
            self.round,
            self.turn,
            self.rounds,
            self.last_turn,
            self.time,
            on_table,
            by,
            text,
            tuple(map(tuple, said)),
            tuple(seen),
            self.streams[party],
            self.memories[party],
            self.domain.options,
            self.protocol,
            self.domain if getattr(strategy, "complete_information", False) else None,
        )
        try:
            return self._checked(within(self.move_seconds, strategy.move, view), asked, answers)
        except OutOfTime:
            self.record(party, "fault", note=f"no move within {self.move_seconds:g} s")
        except (Exception, SystemExit) as error:
            self.record(party, "fault", note=_told(error))
        return None

    def _checked(self, given: Any, asked: str, answers: tuple[type, ...] | None) -> Any:
        """The move, with the offered outcome as a row.

        Raises
        ------
        WrongTypeError, ParameterError
            It is nonsense.
        """
        allowed = _ANSWERS[asked] if answers is None else answers
        move = given if isinstance(given, allowed) else as_move(given)
        if not isinstance(move, allowed):
            raise ParameterError(f"{type(move).__name__} is no answer when asked for: {asked}.")
        return Offer(self.domain.outcome(move.outcome)) if isinstance(move, Offer) else move


def _told(error: BaseException) -> str:
    """What went wrong, in one line that fits a table."""
    kind = type(error).__name__
    try:
        said = (str(error).strip().splitlines() or [""])[0][:200]
    except Exception:  # an error of a user's own may err when it is printed
        said = ""
    return said if isinstance(error, NegotiationError) and said else f"{kind}: {said}" if said else kind
