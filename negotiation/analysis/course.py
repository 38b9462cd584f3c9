"""A course of alternating offers, round by round, and whether anybody would deviate from it: no solver needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from negotiation.analysis.proof import added_up, by_party, close
from negotiation.model.grid import payoff_grid
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.rounding import NOISE, at_stake
from negotiation.reduce.offers_result import PackageOffersSolution

# Up to so many packages, every other offer is tried.
LISTED = 5_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What is offered and accepted in each round, under which rules.

    Parameters
    ----------
    proposers : tuple of str
    offers : tuple of Package or None
        ``None`` where nothing is offered that is accepted.
    thresholds : tuple of mapping
        What saying no is worth to each party in each round.
    values : tuple of mapping
        What each party expects at the start of each round.
    cycle : int
        The last `cycle` rounds repeat for ever; 0 with a deadline.
    discount_factors, outside_options : mapping of party to float
    disagreement : tuple of mapping
        A period without agreement; the last from then on.
    breakdown_risk : float
    """

    proposers: tuple[str, ...]
    offers: tuple[Package | None, ...]
    thresholds: tuple[Mapping[str, float], ...]
    values: tuple[Mapping[str, float], ...]
    cycle: int
    discount_factors: Mapping[str, float]
    outside_options: Mapping[str, float]
    disagreement: tuple[Mapping[str, float], ...]
    breakdown_risk: float

    @classmethod
    def of(cls, solution: PackageOffersSolution, equilibrium: int) -> Course:
        """Write down one equilibrium."""
        game, rounds = solution.game, solution.rounds(equilibrium)
        return cls(
            tuple(r.proposer for r in rounds),
            tuple(r.offer for r in rounds),
            tuple(r.thresholds for r in rounds),
            tuple(r.values for r in rounds),
            solution.equilibria[equilibrium].cycle,
            by_party(game.talks, game.discount_factors),
            by_party(game.talks, game.outside_options),
            tuple(by_party(game.talks, row) for row in game.disagreement),
            game.breakdown_risk,
        )

    @property
    def counter(self) -> Package | None:
        """What follows when the first offer is refused; ``None`` if nothing that is accepted."""
        after = self.next_round(0)
        return None if after is None else self.offers[after]

    def next_round(self, round_: int) -> int | None:
        """Which listed round follows; ``None`` after a deadline."""
        if round_ + 1 < len(self.offers):
            return round_ + 1
        return len(self.offers) - self.cycle if self.cycle else None

    def ended(self, name: str, round_: int) -> float:
        """What a party has from a round on once talks have ended: disagreement, or its outside option."""
        delta, path = self.discount_factors[name], [row[name] for row in self.disagreement]
        stream = path[-1]
        for period in reversed(path[min(round_, len(path) - 1) :]):
            stream = (1 - delta) * period + delta * stream
        return max(stream, self.outside_options[name])

    def refusing(self, talks: Negotiation, round_: int) -> dict[str, float]:
        """What saying no in a round is worth, worked out from the values of the round after."""
        after, out = self.next_round(round_), {}
        for name, delta in self.discount_factors.items():
            period = self.disagreement[min(round_, len(self.disagreement) - 1)][name]
            gone = self.ended(name, round_ + 1)
            later = gone if after is None else self.values[after][name]
            out[name] = (1 - delta) * period + delta * ((1 - self.breakdown_risk) * later + self.breakdown_risk * gone)
        leaves = any(
            self.outside_options[n] > out[n] and not close(talks, self.outside_options[n], out[n])
            for n in out
            if n != self.proposers[round_]
        )
        return {n: self.ended(n, round_) for n in out} if leaves else out


def holds_together(talks: Negotiation, course: Course) -> bool:
    """Whether thresholds and values follow from each other, and no proposer has a better offer that is accepted.

    Parameters
    ----------
    talks : Negotiation
    course : Course

    Returns
    -------
    bool
        Every other offer is tried while there are at most 5 million packages; past that only the equations are checked.
    """
    patience = {p.name: p.discount_factor and p.discount_factor.central for p in talks.parties}
    if patience != dict(course.discount_factors):
        return False
    table = payoff_grid(talks).T if talks.n_packages <= LISTED else None
    return all(_round_holds(talks, course, t, table) for t in range(len(course.offers)))


def _round_holds(talks: Negotiation, course: Course, round_: int, table: np.ndarray | None) -> bool:
    """One round: what saying no is worth, what is expected, and that the proposer does its best."""
    proposer, offer = course.proposers[round_], course.offers[round_]
    refused, claimed = course.refusing(talks, round_), course.thresholds[round_]
    expected = refused if offer is None else added_up(talks, offer)
    if not all(close(talks, refused[n], claimed[n]) for n in refused):
        return False
    if not all(close(talks, expected[n], course.values[round_][n]) for n in refused):
        return False
    if offer is not None and any(
        expected[n] < refused[n] and not close(talks, expected[n], refused[n]) for n in refused
    ):
        return False
    if table is None:
        return True
    least, noise = np.array([claimed[n] for n in talks.party_names]), 1e3 * NOISE * at_stake(talks)
    at = talks.party_index(proposer)
    others = np.arange(len(least)) != at
    accepted = (table[:, others] >= (least + noise)[others]).all(axis=1)
    best = float(table[accepted, at].max(initial=-np.inf))
    return bool(best <= expected[proposer] + noise[at])
