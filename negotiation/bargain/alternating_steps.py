"""Solving alternating offers: one round back in time, as array operations over packages or over candidate futures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from negotiation.arrays import Array, BoolArray, IntArray

_CELLS = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Play:
    """The game on efficient packages: utilities (F, N), disagreement path (R, N), slack (N,) for ties by rounding."""

    utilities: Array
    delta: Array
    path: Array
    risk: float
    outside: Array
    order: tuple[int, ...]
    slack: Array

    def proposer(self, round_: int) -> int:
        """Who proposes in a round."""
        return self.order[round_ % len(self.order)]

    def responders(self, round_: int) -> list[int]:
        """The others, in the order in which they answer."""
        n = self.delta.size
        return [(self.proposer(round_) + k) % n for k in range(1, n)]

    def period(self, round_: int) -> Array:
        """What a period without agreement is worth in a round."""
        return np.asarray(self.path[min(round_, self.path.shape[0] - 1)])

    def ends(self, rounds: int) -> Array:
        """What it is worth that talks have ended, at the start of each round, shape (rounds + 1, N)."""
        out = np.empty((rounds + 1, self.delta.size))
        stream = self.path[-1]
        for t in range(max(rounds, self.path.shape[0]), -1, -1):
            stream = (1 - self.delta) * self.period(t) + self.delta * stream
            if t <= rounds:
                out[t] = np.maximum(stream, self.outside)
        return out


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """One equilibrium on efficient packages; see `AlternatingEquilibrium`."""

    proposers: IntArray
    offers: IntArray
    thresholds: Array
    values: Array
    talks_end: BoolArray
    cycle: int = 0


class Chooser:
    """The proposer's best package that every responder accepts, for many thresholds at once."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.sorted: dict[int, IntArray] = {}
        for p in set(play.order):
            others = [(p + k) % play.delta.size for k in range(play.delta.size - 1, 0, -1)]
            keys = [-play.utilities[:, i] for i in (*others, p)]
            self.sorted[p] = np.lexsort(keys).astype(np.int64)
        self.columns = {p: np.ascontiguousarray(play.utilities[rows].T) for p, rows in self.sorted.items()}

    def best(self, proposer: int, thresholds: Array) -> IntArray:
        """Rows of the packages, -1 where no package is accepted by all; thresholds (C, N), the proposer's ignored."""
        rows, columns = self.sorted[proposer], self.columns[proposer]
        needed = thresholds - self.play.slack
        if self.play.delta.size == 2:
            at = np.searchsorted(columns[1 - proposer], needed[:, 1 - proposer], side="left")
        else:
            at = self._first(columns, needed, proposer)
        return np.where(at < rows.size, rows[np.minimum(at, rows.size - 1)], -1).astype(np.int64)

    def _first(self, columns: Array, needed: Array, proposer: int) -> IntArray:
        count, size = needed.shape[0], columns.shape[1]
        out = np.empty(count, dtype=np.int64)
        step = max(1, _CELLS // size)
        for low in range(0, count, step):
            part = needed[low : low + step]
            fits = np.ones((part.shape[0], size), dtype=np.bool_)
            for i in range(columns.shape[0]):
                if i != proposer:
                    fits &= columns[i][None, :] >= part[:, i, None]
            at = fits.argmax(axis=1)
            out[low : low + step] = np.where(fits[np.arange(part.shape[0]), at], at, size)
        return out


def step_back(
    play: Play, chooser: Chooser, round_: int, after: Array, ended: Array, ended_next: Array
) -> tuple[IntArray, Array, Array, BoolArray]:
    """From values of the round after, (C, N), to this round's offers, thresholds, values and whether a responder leaves.

    A refusal ends the round; a responder for whom leaving is then better than waiting leaves, which ends the talks.
    """
    p = play.proposer(round_)
    waiting = (1 - play.delta) * play.period(round_) + play.delta * ((1 - play.risk) * after + play.risk * ended_next)
    others = play.responders(round_)
    leaves: BoolArray = np.any(play.outside[others] > waiting[:, others] + play.slack[others], axis=1)
    refused: Array = np.where(leaves[:, None], ended, waiting)
    rows = chooser.best(p, refused)
    agreed = (rows >= 0) & (play.utilities[rows, p] >= refused[:, p] - play.slack[p])
    values = np.where(agreed[:, None], play.utilities[rows], refused)
    return np.where(agreed, rows, -1), refused, values, np.asarray(leaves & ~agreed)


def walk_back(play: Play, rounds: int, after: Array, cycle: int = 0) -> list[Path]:
    """Backward induction over rounds, from each of several values (C, N) of what follows the last of them."""
    chooser, ends = Chooser(play), play.ends(rounds)
    count, n = after.shape
    offers, leaves = np.empty((count, rounds), dtype=np.int64), np.empty((count, rounds), dtype=np.bool_)
    thresholds, values = np.empty((count, rounds, n)), np.empty((count, rounds, n))
    for t in reversed(range(rounds)):
        offers[:, t], thresholds[:, t], after, leaves[:, t] = step_back(play, chooser, t, after, ends[t], ends[t + 1])
        values[:, t] = after
    proposers = np.array([play.proposer(t) for t in range(rounds)], dtype=np.int64)
    return [Path(proposers, offers[c], thresholds[c], values[c], leaves[c], cycle) for c in range(count)]


def solve_finite(play: Play, deadline: int) -> list[Path]:
    """After the last refusal talks have ended."""
    return walk_back(play, deadline, play.ends(deadline)[-1:])


def solve_stationary(play: Play) -> tuple[list[Path], list[str]]:
    """All equilibria that are stationary once the disagreement path has come to rest, walked back to the start."""
    n_turns = len(play.order)
    rest = -(-(play.path.shape[0] - 1) // n_turns) * n_turns
    found = _fixed_values(play, rest)
    notes = [
        "without a deadline: every equilibrium in pure strategies that is stationary; "
        "indifferent players accept, and agree rather than wait"
    ]
    if not found:
        notes.append("none is stationary; set a deadline for a prediction by backward induction")
    if len(found) > 1:
        notes.append(
            f"{len(found)} stationary equilibria: packages are a grid, and patience makes refusing cheap on it"
        )
    paths = walk_back(play, rest + n_turns, np.array(found).reshape(-1, play.delta.size), n_turns)
    lead = play.proposer(0)
    return sorted(paths, key=lambda path: -float(path.values[0, lead])), notes


def _fixed_values(play: Play, rest: int) -> list[Array]:
    """Values at the start of a cycle of turns that reproduce themselves, distinct, each (N,)."""
    n_turns = len(play.order)
    still = Play(play.utilities, play.delta, play.path[-1:], play.risk, play.outside, play.order, play.slack)
    chooser = Chooser(still)
    ended = still.ends(0)[0]
    stay = 1 - play.delta * (1 - play.risk)
    never = ((1 - play.delta) * still.path[-1] + play.delta * play.risk * ended) / stay
    candidates = np.vstack([still.utilities, ended, never])
    found: list[Array] = []
    for turn in range(n_turns):
        values = candidates
        for back in range(n_turns):  # from the start of this turn, once round, to the start of this turn
            values = step_back(still, chooser, (turn - 1 - back) % n_turns, values, ended, ended)[2]
        fixed = candidates[(np.abs(values - candidates) <= still.slack).all(axis=1)]
        for back in range(turn):  # to the start of the cycle
            fixed = step_back(still, chooser, turn - 1 - back, fixed, ended, ended)[2]
        for value in fixed:
            if not any((np.abs(value - other) <= still.slack).all() for other in found):
                found.append(value)
    return found
