"""A mediator's single text: changes are put to the vote one by one; what nobody refuses stays in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from negotiation.simulation.moves import Accept, Leave
from negotiation.simulation.protocol import Ending, Outcome, check_count
from negotiation.simulation.protocols.clock import ClockName, check_clock, share_passed
from negotiation.simulation.referee import Referee

# Draws of a change before any other outcome will do: only where not every combination of options is an outcome.
TRIES = 20


@dataclass(frozen=True, slots=True)
class SingleText:
    """A mediator changes one text, issue by issue; a change that everybody votes for stays; at the end all sign or not.

    Parameters
    ----------
    votes : int
        How many changes are put to the vote.
    start : int or Package, optional
        The first text: the first outcome (for a negotiation the status quo) unless given.
    changes : int
        How many issues a change touches. Where outcomes have no issues, a change is any other outcome.
    clock : {"closed", "open"}

    Notes
    -----
    The mediator knows nobody's payoffs: changes are drawn by lot. Whoever only votes for what does not hurt it (as the strategies
    here do, but for `Annealer`) gets stuck where every change hurts somebody.

    References
    ----------
    Fisher, R. (1978). International Mediation: A Working Guide. International Peace Academy. Klein, M., Faratin, P., Sayama,
    H., Bar-Yam, Y. (2003). Negotiating complex contracts. Group Decision and Negotiation 12, 111-125.
    """

    votes: int = 200
    start: Any = None
    changes: int = 1
    clock: ClockName = "closed"

    def __post_init__(self) -> None:
        check_count(self.votes, "the number of votes")
        check_count(self.changes, "the number of issues changed")
        check_clock(self.clock)

    def why_not(self, n_parties: int) -> str:
        """See `TalksProtocol.why_not`."""
        return "" if n_parties >= 2 else "a mediator takes two parties or more."

    def talk(self, referee: Referee) -> Outcome:
        """See `TalksProtocol.talk`."""
        referee.announce(rounds=self.votes, last_turn=self.votes)
        text = 0 if self.start is None else referee.domain.outcome(self.start)
        neighbours = _Neighbours(referee, self.changes)
        for round_ in range(self.votes):
            referee.at(round=round_, turn=round_, time=share_passed(round_, self.votes, self.clock))
            change = neighbours.draw(text)
            referee.record(-1, "text", change)
            verdicts = self._poll(referee, "vote", change, text)
            if None in verdicts:
                return Outcome(Ending.LEFT, None, round_ + 1)
            text = change if all(verdicts) else text
        referee.at(round=self.votes, turn=self.votes, time=1.0)
        referee.record(-1, "final text", text)
        signed = self._poll(referee, "sign", text, text)
        if all(signed):
            return Outcome(Ending.AGREEMENT, text, self.votes)
        return Outcome(Ending.LEFT if None in signed else Ending.DEADLINE, None, self.votes + 1)

    def _poll(self, referee: Referee, asked: str, on_table: int, text: int) -> list[bool | None]:
        """Everybody's yes or no, None from who leaves; a turn that is lost is a no."""
        word = "vote" if asked == "vote" else "signature"
        seen = tuple(referee.events)
        out: list[bool | None] = []
        for party in range(referee.n_parties):
            move = referee.ask(party, asked, on_table=on_table, by=-1, text=text, history=seen)
            if isinstance(move, Leave):
                referee.record(party, "leave")
                out.append(None)
                continue
            yes = isinstance(move, Accept)
            if move is not None:
                referee.record(party, f"{word} {'yes' if yes else 'no'}", on_table)
            out.append(yes)
        return out


class _Neighbours:
    """Draws changes of a text."""

    def __init__(self, referee: Referee, changes: int) -> None:
        self.rng, self.domain, self.changes = referee.rng, referee.domain, changes
        options = referee.domain.options
        self.sizes = np.zeros(0, dtype=np.int64) if options is None else options.max(axis=0).astype(np.int64) + 1
        self.movable = np.flatnonzero(self.sizes > 1)

    def draw(self, text: int) -> int:
        """A text that differs in so many issues; any other outcome where that leads nowhere."""
        for _ in range(TRIES if self.movable.size else 0):
            assert self.domain.options is not None
            new = self.domain.options[text].astype(np.int64)
            for k in self.rng.choice(self.movable, size=min(self.changes, self.movable.size), replace=False):
                new[k] = (new[k] + self.rng.integers(1, self.sizes[k])) % self.sizes[k]
            if (row := self.domain.row_of(new)) is not None:
                return row
        if self.domain.n_outcomes == 1:
            return text
        return int((text + self.rng.integers(1, self.domain.n_outcomes)) % self.domain.n_outcomes)
