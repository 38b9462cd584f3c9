"""What each party would gain by not delivering its part when its turn comes, exactly and for many draws at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from negotiation.arrays import Array, BoolArray, IntArray
from negotiation.errors import SizeLimitError
from negotiation.model.negotiation import Negotiation
from negotiation.model.rounding import NOISE, at_stake
from negotiation.reduce.sequence import deliveries

# Concessions that hang together or tie, and numbers held at once.
MOST_TOGETHER = 16
CHUNK = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """One party's turn: how much better it is to deliver than to do otherwise, and where doing otherwise leads.

    Parameters
    ----------
    margin : float
        Its payoff in the package less that of the best it can do otherwise; infinite when it can do nothing else.
    outcome : ndarray of int, shape (K,)
        The package that follows from the best it can do otherwise.
    """

    margin: float
    outcome: IntArray


def turn_margins(talks: Negotiation, code: IntArray, order: Sequence[str], values: Array) -> Array:
    """How much each party loses by not delivering all of its part at its turn, all before it having delivered.

    Parameters
    ----------
    talks : Negotiation
    code : ndarray of int, shape (K,)
        The package as option positions.
    order : sequence of str
        Who delivers when; parties that deliver nothing, or are bound, are left out.
    values : ndarray, shape (S, T)
        Draws of the stakes.

    Returns
    -------
    ndarray, shape (S, P)
        Negative where it gains; infinite for those not in `order`. The package is a subgame-perfect outcome exactly
        where none is negative. After a deviation the others play the subgame-perfect continuation that is worst for who
        deviated: where they are indifferent that can be a punishment.

    Notes
    -----
    Concessions that no interaction ties to others, and whose owner is not indifferent about them, are decided one by one; all
    others together, ``2**n`` ways for ``n`` of them.
    """
    out = np.full((len(values), len(talks.parties)), np.inf)
    if not order:
        return out
    plan = _Plan.of(talks, code, order, values)
    step = max(1, CHUNK // (plan.codes.shape[0] * (len(talks.parties) + 1)))
    for start in range(0, len(values), step):
        rows = slice(start, start + step)
        out[rows] = _Play(talks, plan, values[rows]).margins
    return out


def central_turns(talks: Negotiation, code: IntArray, order: Sequence[str]) -> tuple[dict[str, Turn], IntArray]:
    """The same at central values, with where deviations lead; and what is delivered in equilibrium, if the package is not."""
    values = talks.terms.central[None, :]
    if not order:
        return {}, code
    play = _Play(talks, _Plan.of(talks, code, order, values), values)
    turns = {
        name: Turn(float(play.margins[0, talks.party_index(name)]), play.outcomes[m]) for m, name in enumerate(order)
    }
    return turns, play.equilibrium()


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """Which concessions are decided together, and which one by one."""

    code: IntArray
    movers: list[int]
    together: list[list[int]]
    alone: list[list[int]]
    codes: IntArray  # (C, K): every way to deliver those decided together
    effects: dict[int, Array]  # issue -> (T,): what delivering it alone adds, by term

    @classmethod
    def of(cls, talks: Negotiation, code: IntArray, order: Sequence[str], values: Array) -> _Plan:
        movers = [talks.party_index(name) for name in order]
        parts = [[k for k, issue in enumerate(talks.issues) if code[k] and issue.owner == name] for name in order]
        free = {k for part in parts for k in part}
        tied, effects = set[int](), {k: np.zeros(len(talks.terms.items)) for k in free}
        for t, conditions in enumerate(talks.terms.conditions):
            within = [(k, o) for k, o in conditions if k in free]
            if any(o not in (0, code[k]) for k, o in within) or any(
                o != code[k] for k, o in conditions if k not in free
            ):
                continue
            if len(within) > 1:
                tied |= {k for k, _ in within}
            elif within:
                ((k, o),) = within
                effects[k][t] = 1.0 if o == code[k] else -1.0
        noise = NOISE * at_stake(talks)
        for mover, part in zip(movers, parts, strict=True):
            mine = talks.terms.party == mover
            tied |= {k for k in part if (np.abs(_added(values, effects[k] * mine)) <= noise[mover]).any()}
        together = [[k for k in part if k in tied] for part in parts]
        if sum(map(len, together)) > MOST_TOGETHER:
            raise SizeLimitError(
                f"{sum(map(len, together))} concessions hang together by interactions, or leave their owner indifferent: more "
                f"than the limit of {MOST_TOGETHER}; ask about fewer of them, or drop an interaction."
            )
        alone = [[k for k in part if k not in tied] for part in parts]
        return cls(code, movers, together, alone, deliveries(code, together), effects)


class _Play:
    """Backward induction over sets of outcomes, on arrays (S, n_1, …, n_M), position 0 of each axis being to deliver all."""

    def __init__(self, talks: Negotiation, plan: _Plan, values: Array) -> None:
        self.talks, self.plan = talks, plan
        hits = talks.terms.hits(plan.codes).astype(np.float64)
        shape = (len(values), *(2 ** len(part) for part in plan.together))
        owner = talks.terms.party
        self.worth: list[Any] = [
            values[:, own] @ hits[:, own].T for own in map(talks.terms.of_party, range(len(talks.parties)))
        ]
        self.worth = [w.reshape(shape) for w in self.worth]
        self.single = {
            k: np.stack([_added(values, effect * (owner == i)) for i in range(len(talks.parties))], axis=1)
            for k, effect in plan.effects.items()
        }
        self.noise = NOISE * at_stake(talks)
        self.margins = np.full((len(values), len(talks.parties)), np.inf)
        self.outcomes: list[IntArray] = [plan.code] * len(plan.movers)
        self.mask: BoolArray = np.ones(shape, dtype=np.bool_)
        for m in reversed(range(len(plan.movers))):
            self._turn(m)

    def _turn(self, m: int) -> None:
        """One party's margin when all before it delivered, and the outcomes that it leaves possible."""
        mover, worth = self.plan.movers[m], self.worth[self.plan.movers[m]]
        later = tuple(range(m + 2, self.mask.ndim))
        least = np.where(self.mask, worth, np.inf).min(axis=later)  # (S, n_1, …, n_m)
        here = least[(slice(None), *[0] * m)]
        lost = self._dropped_later(m)[:, mover]
        own = np.array([self.single[k][:, mover] for k in self.plan.alone[m]]).reshape(
            len(self.plan.alone[m]), len(here)
        )
        gain = np.maximum(0, -own).sum(axis=0)
        forced = np.where((own < 0).any(axis=0), gain, -own.min(axis=0)) if len(own) else np.full(len(here), -np.inf)
        ways = np.concatenate([(here[:, :1] + forced[:, None]), here[:, 1:] + gain[:, None]], axis=1) - lost[:, None]
        best = ways.max(axis=1)
        margin = worth[(slice(None), *[0] * (self.mask.ndim - 1))] - best
        margin[np.abs(margin) <= self.noise[mover]] = 0.0
        self.margins[:, mover] = margin
        if len(here) == 1 and np.isfinite(best[0]):
            self.outcomes[m] = self._leads_to(m, int(ways[0].argmax()), own)
        floor = least.max(axis=m + 1)
        bar = floor.reshape(*floor.shape, *[1] * (self.mask.ndim - floor.ndim)) - self.noise[mover]
        self.mask &= worth >= bar

    def _dropped_later(self, m: int) -> Array:
        """What everybody loses because later parties do not deliver what costs them, (S, P)."""
        out = np.zeros((len(self.margins), len(self.talks.parties)))
        for later in range(m + 1, len(self.plan.movers)):
            for k in self.plan.alone[later]:
                out += np.where(self.single[k][:, self.plan.movers[later], None] < 0, self.single[k], 0.0)
        return out

    def _leads_to(self, m: int, way: int, own: Array) -> IntArray:
        """The package that follows when a party does otherwise, first draw."""
        region = self.mask[(0, *[0] * m, way)]
        worth = np.where(region, self.worth[self.plan.movers[m]][(0, *[0] * m, way)], np.inf)
        after = np.unravel_index(int(worth.argmin()), worth.shape) if worth.ndim else ()
        out = self._cell((*[0] * m, way, *map(int, after)))
        if len(own):
            dropped = own[:, 0] < 0
            if way == 0 and not dropped.any():
                dropped = np.arange(len(own)) == own[:, 0].argmin()
            out[[k for k, d in zip(self.plan.alone[m], dropped, strict=True) if d]] = 0
        self._drop_losing(out, m + 1)
        return out

    def _cell(self, at: tuple[int, ...]) -> IntArray:
        shape = self.mask.shape[1:]
        return np.array(self.plan.codes[int(np.ravel_multi_index(at, shape))])

    def _drop_losing(self, code: IntArray, start: int) -> None:
        """Parties from `start` on do not deliver what costs them."""
        for m in range(start, len(self.plan.movers)):
            for k in self.plan.alone[m]:
                if self.single[k][0, self.plan.movers[m]] < 0:
                    code[k] = 0

    def equilibrium(self) -> IntArray:
        """What is delivered in a subgame-perfect equilibrium: the package if it can be, else the one that delivers most."""
        cells = np.argwhere(self.mask[0])
        codes = np.array([self._cell(tuple(map(int, cell))) for cell in cells])
        out = np.array(codes[int((codes > 0).sum(axis=1).argmax())])
        self._drop_losing(out, 0)
        return out


def _added(values: Array, weights: Array) -> Array:
    """``values @ weights``, of which few are not 0: (S, T) and (T,) to (S,)."""
    at = np.flatnonzero(weights)
    return np.asarray(values[:, at] @ weights[at])
