"""What happened in one negotiation, move by move; it can be printed, plotted, and played again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import shorten
from typing import TYPE_CHECKING

import numpy as np

from negotiation.arrays import Array
from negotiation.simulation.domain import Domain
from negotiation.simulation.protocol import Ending, TalksProtocol
from negotiation.simulation.view import Event

if TYPE_CHECKING:
    import pandas as pd

# So many moves at the start and at the end are printed, outcomes no wider than this.
SHOWN, WIDTH = 6, 80


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Trace:
    """One negotiation.

    Parameters
    ----------
    domain : Domain
    strategies : tuple of str
        Who sat where, by label.
    protocol : TalksProtocol
    events : tuple of Event
    ending : Ending
    agreement : int or None
        The outcome agreed on.
    delay : int
        The turn of the offer that was agreed on; the number of turns if there is none.
    seed : numpy.random.SeedSequence
        From which it can be played again.
    """

    domain: Domain
    strategies: tuple[str, ...]
    protocol: TalksProtocol
    events: tuple[Event, ...]
    ending: Ending
    agreement: int | None
    delay: int
    seed: np.random.SeedSequence

    @property
    def payoffs(self) -> Array:
        """What everybody has from it, discounted by the turns it took, shape (P,), in the domain's unit."""
        return self.domain.payoff(self.agreement, delay=self.delay)

    @property
    def rounds(self) -> int:
        """How many rounds it took."""
        return max((e.round for e in self.events), default=-1) + 1

    @property
    def faults(self) -> tuple[Event, ...]:
        """Turns that were lost, and why."""
        return tuple(e for e in self.events if e.kind == "fault")

    def offers(self, party: int | str) -> tuple[int, ...]:
        """What a party offered, in order."""
        at = self.domain.names.index(party) if isinstance(party, str) else party
        return tuple(e.outcome for e in self.events if e.party == at and e.kind == "offer" and e.outcome is not None)

    def same_moves(self, other: Trace) -> bool:
        """Whether the same happened, move by move."""
        return self.events == other.events and (self.agreement, self.ending) == (other.agreement, other.ending)

    def to_frame(self) -> pd.DataFrame:
        """One row a move: round, turn, time, who, what, the outcome and what it is worth to everybody."""
        import pandas as pd

        names = self.domain.names
        rows = [
            {
                "round": e.round,
                "turn": e.turn,
                "time": e.time,
                "party": names[e.party] if e.party >= 0 else "the rules",
                "move": e.kind,
                "outcome": -1 if e.outcome is None else e.outcome,
                **{
                    f"payoff of {n}": float("nan") if e.outcome is None else float(self.domain.utilities[e.outcome, i])
                    for i, n in enumerate(names)
                },
                "note": e.note,
            }
            for e in self.events
        ]
        table = pd.DataFrame(rows)
        table.attrs["unit"] = self.domain.unit
        return table

    def _lines(self) -> Iterator[str]:
        names = self.domain.names
        for e in self.events:
            who = names[e.party] if e.party >= 0 else "(rules)"
            what = "" if e.outcome is None else " " + shorten(self.domain.describe(e.outcome), WIDTH, placeholder=" …")
            worth = (
                ""
                if e.outcome is None
                else f" → {', '.join(f'{n} {u:,.4g}' for n, u in zip(names, self.domain.utilities[e.outcome], strict=True))}"
            )
            yield f"  {e.round:>4} {who}: {e.kind}{what}{worth}{f' ({e.note})' if e.note else ''}"

    def __str__(self) -> str:
        names = self.domain.names
        shares = ", ".join(f"{n} {u:,.6g}" for n, u in zip(names, self.payoffs, strict=True))
        seats = ", ".join(f"{n}: {s}" for n, s in zip(names, self.strategies, strict=True))
        unit = f" {self.domain.unit}" if self.domain.unit else ""
        head = f"{self.ending} after {self.rounds} round{'s' if self.rounds != 1 else ''} ({seats}) → {shares}{unit}"
        lines = list(self._lines())
        if len(lines) > 2 * SHOWN:
            lines = [*lines[:SHOWN], f"       … {len(lines) - 2 * SHOWN} more moves", *lines[-SHOWN:]]
        return "\n".join([head, *lines])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The moves as a table, for notebooks."""
        return str(self.to_frame()._repr_html_())  # type: ignore[operator]
