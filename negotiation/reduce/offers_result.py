"""Alternating offers over the packages of a negotiation: what is predicted, in names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from negotiation.arrays import Array
from negotiation.bargain.alternating_result import AlternatingEquilibrium
from negotiation.errors import UnknownNameError
from negotiation.model.package import Package

if TYPE_CHECKING:
    import pandas as pd

    from negotiation.reduce.alternating_offers import PackageOffers

# So many equilibria, and rounds of each, are printed.
SHOWN = 5


class OfferRound(NamedTuple):
    """One round of an equilibrium.

    Parameters
    ----------
    round : int
    proposer : str
    offer : Package or None
        What is proposed and accepted if talks get there; ``None`` where waiting or leaving is better for somebody.
    thresholds : mapping of str to float
        What saying no in this round is worth to each party: as a responder it accepts nothing less.
    values : mapping of str to float
        What each party expects at the start of the round.
    """

    round: int
    proposer: str
    offer: Package | None
    thresholds: Mapping[str, float]
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PackageOffersSolution:
    """The subgame-perfect equilibria of alternating offers over packages; its own properties are those of the first.

    Parameters
    ----------
    game : PackageOffers
    equilibria : tuple of AlternatingEquilibrium
        One with a deadline; else every stationary pure one, best for the first proposer first. Can be empty. Their offers are
        positions in `packages`.
    packages : tuple of Package
        All efficient ones, of every round whose stakes differ.
    notes : tuple of str
    """

    game: PackageOffers
    equilibria: tuple[AlternatingEquilibrium, ...]
    packages: tuple[Package, ...]
    notes: tuple[str, ...] = ()

    @property
    def is_unique(self) -> bool:
        """Whether there is exactly one equilibrium."""
        return len(self.equilibria) == 1

    @property
    def package(self) -> Package | None:
        """What they agree on; ``None`` if they never do."""
        return self._named(self.equilibria[0].outcome) if self.equilibria else None

    @property
    def agreement_round(self) -> int | None:
        """When they agree, counted from 0; ``None`` if never."""
        return self.equilibria[0].agreement_round if self.equilibria else None

    @property
    def payoffs(self) -> Array:
        """What each party expects at the start, as an amount per period, shape (P,); NaN without an equilibrium."""
        return self.equilibria[0].payoffs if self.equilibria else np.full(len(self.game.talks.parties), np.nan)

    def thresholds(self, round_: int = 0) -> Array:
        """The least and the most, over all equilibria, that saying no in a round is worth to each party, shape (2, P)."""
        if not self.equilibria:
            return np.full((2, len(self.game.talks.parties)), np.nan)
        each = np.array([e.thresholds[e.round_index(round_)] for e in self.equilibria])
        return np.array([each.min(axis=0), each.max(axis=0)])

    def counter(self, round_: int = 0, *, equilibrium: int = 0) -> Package | None:
        """What would be proposed in the next round after a refusal; ``None`` if nothing that is accepted."""
        return self._named(self.equilibria[equilibrium].counter(round_)) if self.equilibria else None

    def hardest(self, party: str, round_: int = 0) -> int:
        """Which equilibrium demands most of a party, by position."""
        at = self.game.talks.party_index(party)
        return int(np.argmax([e.thresholds[e.round_index(round_), at] for e in self.equilibria]))

    def rounds(self, equilibrium: int = 0) -> tuple[OfferRound, ...]:
        """One equilibrium, round by round; without a deadline the last `cycle` of them repeat for ever."""
        names = self.game.talks.party_names
        found = self.equilibria[equilibrium]
        return tuple(
            OfferRound(
                t,
                names[int(proposer)],
                self._named(int(offer)),
                dict(zip(names, least.tolist(), strict=True)),
                dict(zip(names, value.tolist(), strict=True)),
            )
            for t, (proposer, offer, least, value) in enumerate(
                zip(found.proposers, found.offers, found.thresholds, found.values, strict=True)
            )
        )

    def to_frame(self, equilibrium: int = 0) -> pd.DataFrame:
        """One row a round: proposer, offer, and each party's threshold and value."""
        import pandas as pd

        rows = [
            {"round": r.round, "proposer": r.proposer, "offer": "none" if r.offer is None else str(r.offer)}
            | {f"threshold of {n}": v for n, v in r.thresholds.items()}
            | {f"value of {n}": v for n, v in r.values.items()}
            for r in self.rounds(equilibrium)
        ]
        table = pd.DataFrame(rows).set_index("round")
        table.attrs["unit"] = self.game.talks.unit
        return table

    def _named(self, position: int | None) -> Package | None:
        return None if position is None or position < 0 else self.packages[position]

    def __str__(self) -> str:
        kind = "subgame-perfect equilibrium" if self.is_unique else "subgame-perfect equilibria"
        lines = [f"{len(self.equilibria)} {kind} of {self.game!r}, in {self.game.talks.unit}"]
        for k, found in enumerate(self.equilibria[:SHOWN]):
            first = self.rounds(k)[0]
            lines.append(f"  {self._prediction(found)}")
            lines += [
                f"    {name} accepts from {first.thresholds[name]:,.4g} on; if it said no, next would be: "
                f"{self.counter(equilibrium=k) or 'nothing that is accepted'}"
                for name in self.game.talks.party_names
                if name != first.proposer
            ]
        if len(self.equilibria) > SHOWN:
            lines.append(f"  and {len(self.equilibria) - SHOWN} more")
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__

    def _prediction(self, found: AlternatingEquilibrium) -> str:
        """``round 0: x: lifted → A +1, B +2``."""
        names = self.game.talks.party_names
        shares = ", ".join(f"{n} {v:+,.4g}" for n, v in zip(names, found.payoffs, strict=True))
        package = self._named(found.outcome)
        when = "no agreement" if package is None else f"agreed in round {found.agreement_round}: {package}"
        return f"{when} → {shares}"


def party_position(name: str, known: tuple[str, ...], where: str) -> int:
    """Position of a party, or an error that says where it was named."""
    if name not in known:
        raise UnknownNameError("party", name, known, where)
    return known.index(name)
