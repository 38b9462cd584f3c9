"""Protocols in which everybody moves at once: simultaneous offers, and Nash's demand game."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from negotiation.arrays import IntArray
from negotiation.simulation.moves import Leave, Offer
from negotiation.simulation.protocol import Ending, Outcome, check_count
from negotiation.simulation.protocols.clock import ClockName, check_clock, share_passed
from negotiation.simulation.referee import Referee


@dataclass(frozen=True, slots=True)
class SimultaneousOffers:
    """In every round all offer at once; an offer is agreed if everybody likes it at least as well as its own.

    If several offers are, one is drawn by lot: the agreement rule of the monotonic concession protocol.

    Parameters
    ----------
    rounds : int
    clock : {"closed", "open"}
        See `StackedAlternatingOffers`.

    References
    ----------
    Rosenschein, J. S., Zlotkin, G. (1994). Rules of Encounter. MIT Press, ch. 3.
    Endriss, U. (2006). Monotonic concession protocols for multilateral negotiation. AAMAS, 392-399.
    """

    rounds: int = 100
    clock: ClockName = "closed"

    def __post_init__(self) -> None:
        check_count(self.rounds, "the number of rounds")
        check_clock(self.clock)

    def why_not(self, n_parties: int) -> str:
        """See `TalksProtocol.why_not`."""
        return "" if n_parties >= 2 else "simultaneous offers take two parties or more."

    def talk(self, referee: Referee) -> Outcome:
        """See `TalksProtocol.talk`."""
        referee.announce(rounds=self.rounds, last_turn=self.rounds - 1)
        for round_ in range(self.rounds):
            referee.at(round=round_, turn=round_, time=share_passed(round_, self.rounds, self.clock))
            offers, left = ask_everybody(referee, "offer")
            if left:
                return Outcome(Ending.LEFT, None, round_ + 1)
            agreed = _liked_by_all(referee, offers)
            if agreed.size:
                outcome = int(agreed[0] if agreed.size == 1 else referee.rng.choice(agreed))
                referee.record(-1, "agreed", outcome)
                return Outcome(Ending.AGREEMENT, outcome, round_)
        return Outcome(Ending.DEADLINE, None, self.rounds)


@dataclass(frozen=True, slots=True)
class NashDemand:
    """Everybody demands a payoff at once; if some outcome gives everybody what it demands, that is agreed.

    A demand is made by naming an outcome: its payoff to oneself. Of the outcomes that meet all demands the one with the largest
    product of gains over disagreement is taken, equal ones by lot.

    Parameters
    ----------
    rounds : int
        How often demands may be made until they are compatible; once, at time 0, in Nash's game.
    clock : {"closed", "open"}

    References
    ----------
    Nash, J. F. (1953). Two-person cooperative games. Econometrica 21, 128-140.
    """

    rounds: int = 1
    clock: ClockName = "closed"

    def __post_init__(self) -> None:
        check_count(self.rounds, "the number of rounds")
        check_clock(self.clock)

    def why_not(self, n_parties: int) -> str:
        """See `TalksProtocol.why_not`."""
        return "" if n_parties >= 2 else "a demand game takes two parties or more."

    def talk(self, referee: Referee) -> Outcome:
        """See `TalksProtocol.talk`."""
        referee.announce(rounds=self.rounds, last_turn=self.rounds - 1)
        for round_ in range(self.rounds):
            passed = 0.0 if self.rounds == 1 else share_passed(round_, self.rounds, self.clock)
            referee.at(round=round_, turn=round_, time=passed)
            demands, left = ask_everybody(referee, "demand")
            if left:
                return Outcome(Ending.LEFT, None, round_ + 1)
            met = _met(referee, demands)
            if met.size:
                outcome = int(met[0] if met.size == 1 else referee.rng.choice(met))
                referee.record(-1, "agreed", outcome)
                return Outcome(Ending.AGREEMENT, outcome, round_)
        return Outcome(Ending.DEADLINE, None, self.rounds)


def ask_everybody(referee: Referee, asked: str) -> tuple[list[int | None], bool]:
    """What each party offers without seeing what the others do, and whether somebody left."""
    seen, said = tuple(referee.events), tuple(map(tuple, referee.offers))
    out: list[int | None] = []
    left = False
    for party in range(referee.n_parties):
        move = referee.ask(party, asked, history=seen, offers=said)
        outcome = move.outcome if isinstance(move, Offer) else None
        left = left or isinstance(move, Leave)
        if move is not None:
            kind = "offer" if outcome is not None else "leave" if isinstance(move, Leave) else "reject"
            referee.record(party, kind, outcome)
        out.append(outcome)
    return out, left


def _liked_by_all(referee: Referee, offers: list[int | None]) -> IntArray:
    """The offers that nobody likes less than its own; none if somebody made no offer."""
    table = referee.domain.utilities
    made = [x for x in offers if x is not None]
    if len(made) < len(offers):
        return np.zeros(0, dtype=np.int64)
    wanted = table[made, np.arange(len(made))]
    return np.array([x for x in sorted(set(made)) if (table[x] >= wanted).all()], dtype=np.int64)


def _met(referee: Referee, demands: list[int | None]) -> IntArray:
    """Outcomes that meet all demands with the largest product of gains; none if somebody made no demand."""
    domain = referee.domain
    if any(x is None for x in demands):
        return np.zeros(0, dtype=np.int64)
    wanted = np.array([domain.utilities[x, i] for i, x in enumerate(demands)])
    fits = np.flatnonzero((domain.utilities >= wanted).all(axis=1))
    if fits.size == 0:
        return fits
    gains = np.maximum(domain.utilities[fits] - domain.disagreement, 0.0).prod(axis=1)
    return np.asarray(fits[gains == gains.max()], dtype=np.int64)
