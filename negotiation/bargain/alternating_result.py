"""Alternating offers over a finite set of packages: its subgame-perfect equilibria as a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.arrays import Array, BoolArray, IntArray
from negotiation.bargain.problem import check_player
from negotiation.errors import ParameterError, UnknownNameError

if TYPE_CHECKING:
    from negotiation.bargain.alternating import AlternatingOffers


@dataclass(frozen=True, slots=True, eq=False)
class AlternatingEquilibrium:
    """One subgame-perfect equilibrium, round by round. ``T`` rounds are listed.

    Parameters
    ----------
    proposers : ndarray of int, shape (T,)
    offers : ndarray of int, shape (T,)
        The package proposed in each round, as a row of the utilities, if talks get there; -1 where the proposer prefers
        to make no offer that is accepted.
    thresholds : ndarray, shape (T, N)
        The least that each player accepts in each round as a responder, per period.
    values : ndarray, shape (T, N)
        What each player expects at the start of each round, as an amount per period.
    talks_end : ndarray of bool, shape (T,)
        Where no offer is accepted because a responder leaves.
    breakdown_risk : float
    cycle : int
        Without a deadline, the last `cycle` rounds repeat for ever; 0 with one.
    """

    proposers: IntArray
    offers: IntArray
    thresholds: Array
    values: Array
    talks_end: BoolArray
    breakdown_risk: float = 0.0
    cycle: int = 0

    @property
    def agreement_round(self) -> int | None:
        """The round in which they agree if talks do not break down before, counted from 0; ``None`` if never."""
        agreed, ended = np.flatnonzero(self.offers >= 0), np.flatnonzero(self.talks_end)
        if agreed.size == 0 or (ended.size and ended[0] < agreed[0]) or (self.breakdown_risk == 1 and agreed[0] > 0):
            return None
        return int(agreed[0])

    @property
    def outcome(self) -> int | None:
        """The package they agree on, as a row of the utilities; ``None`` if never."""
        at = self.agreement_round
        return None if at is None else int(self.offers[at])

    @property
    def payoffs(self) -> Array:
        """What each player expects at the start, as an amount per period, shape (N,)."""
        return np.asarray(self.values[0])

    def round_index(self, round_: int) -> int:
        """The listed round that a round is like."""
        listed = self.offers.size
        if 0 <= round_ < listed:
            return round_
        if round_ >= listed and self.cycle:
            return listed - self.cycle + (round_ - listed) % self.cycle
        raise ParameterError(f"round {round_!r}: rounds 0 to {listed - 1} are played.")

    def counter(self, round_: int = 0) -> int | None:
        """What would be proposed after a refusal in this round; ``None`` if nothing that is accepted."""
        if not self.cycle and round_ + 1 >= self.offers.size:
            return None
        row = int(self.offers[self.round_index(round_ + 1)])
        return None if row < 0 else row


@dataclass(frozen=True, slots=True, eq=False)
class AlternatingSolution:
    """The subgame-perfect equilibria of an alternating-offers game; its own properties are those of the first.

    Parameters
    ----------
    game : AlternatingOffers
    equilibria : tuple of AlternatingEquilibrium
        One with a deadline; else every stationary pure one, best for the first proposer first. Can be empty.
    notes : tuple of str
    """

    game: AlternatingOffers
    equilibria: tuple[AlternatingEquilibrium, ...]
    notes: tuple[str, ...] = ()

    @property
    def is_unique(self) -> bool:
        """Whether there is exactly one."""
        return len(self.equilibria) == 1

    @property
    def outcome(self) -> int | None:
        """The predicted package, as a row of the utilities; ``None`` if no agreement is reached."""
        return self.equilibria[0].outcome if self.equilibria else None

    @property
    def agreement_round(self) -> int | None:
        """When they agree, counted from 0."""
        return self.equilibria[0].agreement_round if self.equilibria else None

    @property
    def payoffs(self) -> Array:
        """What each player expects at the start, per period, shape (N,); NaN when there is no equilibrium."""
        if not self.equilibria:
            return np.full(len(self.game.names), np.nan)
        return self.equilibria[0].payoffs

    def thresholds(self, round_: int = 0) -> Array:
        """The least and the most that each player insists on as a responder, over all equilibria, shape (2, N)."""
        if not self.equilibria:
            return np.full((2, len(self.game.names)), np.nan)
        each = np.array([e.thresholds[e.round_index(round_)] for e in self.equilibria])
        return np.array([each.min(axis=0), each.max(axis=0)])

    def margins(self, player: int | str, round_: int = 0) -> Array:
        """By how much each package (D,) is better for a responder than refusing it, in the equilibrium most demanding of it.

        Not negative where accepting is optimal in every equilibrium.
        """
        if isinstance(player, str):
            if player not in self.game.names:
                raise UnknownNameError("player", player, self.game.names)
            player = self.game.names.index(player)
        check_player(player, len(self.game.names), "player")
        return np.asarray(self.game.utilities[:, player] - self.thresholds(round_)[1, player])

    def __str__(self) -> str:
        lines = [f"{len(self.equilibria)} subgame-perfect equilibri{'um' if self.is_unique else 'a'} of {self.game!r}"]
        for e in self.equilibria[:10]:
            shares = ", ".join(f"{n} {v:,.6g}" for n, v in zip(self.game.names, e.payoffs, strict=True))
            when = "no agreement" if e.outcome is None else f"package {e.outcome} in round {e.agreement_round}"
            lines.append(f"  {when} → {shares} {self.game.unit}".rstrip())
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__
