"""Stacked alternating offers, and the take-it-or-leave-it offer that is its shortest case."""

from __future__ import annotations

from dataclasses import dataclass

from negotiation.simulation.moves import Accept, Leave, Offer
from negotiation.simulation.protocol import Ending, Outcome, check_count
from negotiation.simulation.protocols.clock import ClockName, Extension, Pace, check_clock, share_passed
from negotiation.simulation.referee import Referee


@dataclass(frozen=True, slots=True)
class StackedAlternatingOffers:
    """Parties take turns; each accepts the offer on the table or makes one of its own; an offer all others accept is agreed.

    Parameters
    ----------
    rounds : int
        In a round everybody has one turn. With a `pace`, a limit that is not reached in time.
    first : int
        Who begins, by position.
    clock : {"closed", "open"}
        What share of the time has passed in a round: from 0 to 1, or ``(round + 1) / (rounds + 1)`` as NegMAS counts.
    pace : Pace, optional
        Ends talks at a moment instead.
    extension : Extension, optional
        Lets talks that have not ended go on for some more rounds.

    Raises
    ------
    ParameterError, ProbabilityError

    Notes
    -----
    A turn that is lost, or a refusal without a counter-offer, takes the offer off the table. What is offered in the very last
    turn of two parties cannot be answered.

    References
    ----------
    Aydoğan, R., Festen, D., Hindriks, K. V., Jonker, C. M. (2017). Alternating offers protocols for multilateral negotiation. In
    Modern Approaches to Agent-based Complex Automated Negotiation, 153-167.

    Examples
    --------
    >>> import negotiation as ng
    >>> domain = ng.Domain([[4, 0], [3, 3], [0, 4]])
    >>> print(ng.play(domain, [ng.Boulware(), ng.Conceder()], protocol=ng.StackedAlternatingOffers(rounds=3)))
    agreement after 3 rounds (player 1: Boulware, player 2: Conceder) → player 1 3, player 2 3
         0 player 1: offer outcome 0 → player 1 4, player 2 0
         0 player 2: offer outcome 2 → player 1 0, player 2 4
         1 player 1: offer outcome 0 → player 1 4, player 2 0
         1 player 2: offer outcome 1 → player 1 3, player 2 3
         2 player 1: accept outcome 1 → player 1 3, player 2 3
    """

    rounds: int = 100
    first: int = 0
    clock: ClockName = "closed"
    pace: Pace | None = None
    extension: Extension | None = None

    def __post_init__(self) -> None:
        check_count(self.rounds, "the number of rounds")
        check_count(self.first, "the party that begins", 0)
        check_clock(self.clock)

    def why_not(self, n_parties: int) -> str:
        """See `TalksProtocol.why_not`."""
        if n_parties < 2:
            return "alternating offers take two parties or more."
        return (
            ""
            if self.first < n_parties
            else f"party {self.first} cannot begin; positions run from 0 to {n_parties - 1}."
        )

    def order(self, n_parties: int) -> list[int]:
        """Who moves in which place of a round."""
        return [(self.first + k) % n_parties for k in range(n_parties)]

    def talk(self, referee: Referee) -> Outcome:
        """See `TalksProtocol.talk`."""
        n, rounds, extended, elapsed = referee.n_parties, self.rounds, 0, 0.0
        table = _Table(referee)
        round_ = 0
        while True:
            deadline = rounds if self.pace is None else None
            referee.announce(rounds=deadline, last_turn=None if deadline is None else n * deadline - 2)
            while round_ < rounds and (self.pace is None or elapsed < self.pace.deadline):
                for place, party in enumerate(self.order(n)):
                    passed = share_passed(round_, rounds, self.clock)
                    if self.pace is not None:
                        passed = elapsed / self.pace.deadline
                        elapsed += self.pace.turn(referee.rng)
                    referee.at(round=round_, turn=n * round_ + place, time=passed)
                    if (done := table.turn(party)) is not None:
                        return done
                round_ += 1
            if self.extension is None or extended >= self.extension.most or self.pace is not None:
                break
            if referee.rng.random() >= self.extension.chance:
                break
            extended += 1
            rounds += self.extension.rounds
            referee.record(-1, "extended", note=f"by {self.extension.rounds} rounds")
        return Outcome(Ending.DEADLINE, None, n * round_)


class _Table:
    """The offer on the table, and who has agreed to it."""

    def __init__(self, referee: Referee) -> None:
        self.referee = referee
        self.offer: int | None = None
        self.by: int | None = None
        self.made = 0  # the turn in which it was made
        self.yes = 0

    def turn(self, party: int) -> Outcome | None:
        """One party's turn; the outcome if talks end with it."""
        referee = self.referee
        asked = "offer" if self.offer is None else "move"
        move = referee.ask(party, asked, on_table=self.offer, by=self.by)
        if isinstance(move, Offer):
            self.offer, self.by, self.made, self.yes = move.outcome, party, referee.turn, 1
            referee.record(party, "offer", self.offer)
        elif isinstance(move, Accept):
            self.yes += 1
            referee.record(party, "accept", self.offer)
            if self.yes == referee.n_parties:
                return Outcome(Ending.AGREEMENT, self.offer, self.made)
        else:
            if isinstance(move, Leave):
                referee.record(party, "leave")
                return Outcome(Ending.LEFT, None, referee.turn + 1)
            if move is not None:
                referee.record(party, "reject", self.offer)
            self.offer, self.by, self.yes = None, None, 0
        return None


@dataclass(frozen=True, slots=True)
class TakeItOrLeaveIt:
    """One party makes one offer; it is agreed if all others accept it.

    Parameters
    ----------
    proposer : int

    Notes
    -----
    The proposer moves at time 0, the others answer at time 1: for whoever goes by the clock there is no later.

    References
    ----------
    Güth, W., Schmittberger, R., Schwarze, B. (1982). An experimental analysis of ultimatum bargaining. Journal of Economic
    Behavior & Organization 3, 367-388.
    """

    proposer: int = 0

    def __post_init__(self) -> None:
        check_count(self.proposer, "the proposer", 0)

    def why_not(self, n_parties: int) -> str:
        """See `TalksProtocol.why_not`."""
        if n_parties < 2:
            return "an offer takes somebody to answer it."
        return "" if self.proposer < n_parties else f"party {self.proposer} does not exist."

    def talk(self, referee: Referee) -> Outcome:
        """See `TalksProtocol.talk`."""
        referee.announce(rounds=1, last_turn=0)
        referee.at(round=0, turn=0, time=0.0)
        move = referee.ask(self.proposer, "offer")
        if not isinstance(move, Offer):
            if move is not None:
                referee.record(self.proposer, "leave")
            return Outcome(Ending.LEFT, None, 1)
        referee.record(self.proposer, "offer", move.outcome)
        n = referee.n_parties
        for k in range(1, n):
            party = (self.proposer + k) % n
            referee.at(round=0, turn=k, time=1.0)
            answer = referee.ask(party, "answer", on_table=move.outcome, by=self.proposer)
            if not isinstance(answer, Accept):
                if answer is not None:
                    referee.record(party, "reject", move.outcome)
                return Outcome(Ending.DEADLINE, None, 1)
            referee.record(party, "accept", move.outcome)
        return Outcome(Ending.AGREEMENT, move.outcome, 0)
