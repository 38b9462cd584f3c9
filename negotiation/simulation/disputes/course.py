"""Many runs of a dispute at once, period by period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from negotiation.arrays import BoolArray, IntArray
from negotiation.errors import GameShapeError
from negotiation.simulation.disputes.protocol import MonthlyDispute
from negotiation.simulation.disputes.steps import Steps
from negotiation.simulation.disputes.strategies import DisputeMove, DisputeStrategy, Seen
from negotiation.simulation.strategy import label


class Course:
    """The books of ``R`` runs: what was done, what was seen of it, and what stands."""

    def __init__(
        self, steps: Steps, strategies: Sequence[DisputeStrategy], protocol: MonthlyDispute, runs: int,
        rng: np.random.Generator,
    ) -> None:  # fmt: skip
        p, t = len(strategies), protocol.periods
        self.steps, self.strategies, self.rules, self.runs = steps, strategies, protocol, runs
        self.lags = np.array(protocol.lags(steps.talks))
        self.terms = np.array(protocol.licences(steps.talks))
        self.movers: list[int] = np.flatnonzero(steps.has_part.any(axis=1)).tolist()
        self.nature, *self.streams = rng.spawn(p + 1)
        self.memories: list[Any] = [s.begin(runs) for s in strategies]
        self.left = np.zeros((runs, p, steps.n_steps), dtype=np.int64)  # periods for which each tranche stands
        self.stage = np.zeros(runs, dtype=np.int64)  # the newest tranche that is due
        self.entered = np.zeros(runs, dtype=np.int64)  # since when
        self.since = np.zeros(runs, dtype=np.int64)  # when the exchange began (anew)
        self.begun = np.zeros(runs, dtype=bool)
        self.broken = np.zeros(runs, dtype=bool)
        self.accusing = np.zeros((runs, p), dtype=bool)  # who was accused in the period before
        self.failed = np.zeros((t, runs, p), dtype=bool)
        self.slipped = np.zeros((t, runs, p), dtype=bool)
        self.reports = np.zeros((t, runs, p, p), dtype=bool)  # [of period, run, observer, on whom]: a breach
        self.keys = np.zeros((runs, t), dtype=np.int64)
        self.accused = np.zeros((runs, t, p), dtype=bool)
        self.falsely = np.zeros((runs, t, p), dtype=bool)
        self.anew = np.zeros((runs, t), dtype=bool)

    def play(self) -> dict[str, Any]:
        """All periods; the states, who was accused and who falsely, and when the exchange began anew."""
        for period in range(self.rules.periods):
            self._next_tranche(period)
            moves = [self._ask(i, period) for i in range(len(self.strategies))]
            self._put_in_force(period, np.stack([m.withhold for m in moves], axis=1))
            self._hear(period, moves)
            self._begin_anew(period, moves)
        return {"keys": self.keys, "accused": self.accused, "falsely": self.falsely, "anew": self.anew}

    def _newest(self, period: int, j: int) -> tuple[int, BoolArray]:
        """The period that the newest reports on a party are of, and in which runs it counts."""
        at = period - int(self.lags[j])
        return at, at >= self.since if at >= 0 else np.zeros(self.runs, dtype=bool)

    def _next_tranche(self, period: int) -> None:
        """The next tranche is due where the present one was delivered and verified."""
        ready = self.stage < self.steps.n_steps - 1
        for j in self.movers:
            at, _ = self._newest(period, j)
            if at < 0:
                return
            ready &= (at >= self.entered) & ~self.reports[at, :, :, j].any(axis=1)
        self.stage += ready
        self.entered[ready] = period

    def _ask(self, i: int, period: int) -> DisputeMove:
        """One party's move in every run."""
        others = [j for j in range(len(self.strategies)) if j != i]
        seen = np.zeros((self.runs, len(others)), dtype=bool)
        news = np.zeros(self.runs, dtype=bool)
        about = period - 1
        for k, j in enumerate(others):
            at, counts = self._newest(period, j)
            if at >= 0:
                seen[:, k] = self.reports[at, :, i, j] & counts
                news |= counts
            about = min(about, at)
        own = self.failed[about, :, i] & news if about >= 0 else np.zeros(self.runs, dtype=bool)
        slipped = self.slipped[period - 1, :, i] & (self.since < period) if period else own
        view = Seen(
            period,
            seen,
            own,
            news,
            self.accusing[:, i],
            self.accusing[:, others],
            slipped,
            self.broken,
            self.streams[i],
        )
        self.memories[i], move = self.strategies[i].move(self.memories[i], view)
        for what in ("withhold", "accuse", "offer"):
            given = getattr(move, what)
            if np.shape(given) != (self.runs,) or np.asarray(given).dtype != np.bool_:
                raise GameShapeError(
                    f"{label(self.strategies[i])} gave {what} of shape {np.shape(given)} and type {np.asarray(given).dtype}; "
                    f"expected one bool for each of {self.runs} runs."
                )
        return move

    def _put_in_force(self, period: int, withhold: BoolArray) -> None:
        """Grant, keep and let lapse; then what each sees of it."""
        rules, has_part = self.rules, self.steps.has_part
        slips = ~withhold & (self.nature.random(withhold.shape) < rules.slip)
        due = np.arange(self.steps.n_steps) <= self.stage[:, None, None]
        willing: BoolArray = np.array(~withhold & ~slips)
        granted = willing[:, :, None] & due & has_part & (self.left == 0)
        self.left = np.where(granted, self.terms[:, None], self.left)
        stands = self.left > 0
        failed: BoolArray = np.array((due & has_part & ~stands).any(axis=2))
        self.failed[period], self.slipped[period] = failed, failed & slips
        noise = self.nature.random((self.runs, failed.shape[1], failed.shape[1]))
        truth = failed[:, None, :]
        self.reports[period] = np.where(truth, noise >= rules.missed, noise < rules.false_alarm) & has_part.any(axis=1)
        everybody = np.arange(failed.shape[1])
        self.reports[period][:, everybody, everybody] = False
        self.keys[:, period] = self.steps.key(stands)
        self.begun |= stands.any(axis=(1, 2))
        self.broken = self.begun & ~stands.any(axis=(1, 2))
        self.left -= stands

    def _hear(self, period: int, moves: Sequence[DisputeMove]) -> None:
        """Who is accused, by whom it was seen in breach."""
        accused = np.zeros((self.runs, len(moves)), dtype=bool)
        wrong = np.zeros_like(accused)
        for j in self.movers:
            at, counts = self._newest(period, j)
            if at < 0:
                continue
            for i, move in enumerate(moves):
                says = move.accuse & self.reports[at, :, i, j] & counts
                accused[:, j] |= says
                wrong[:, j] |= says & ~self.failed[at, :, j]
        self.accusing = accused
        self.accused[:, period], self.falsely[:, period] = accused, wrong

    def _begin_anew(self, period: int, moves: Sequence[DisputeMove]) -> None:
        """Where every party with a part has offered to."""
        agreed = np.logical_and.reduce([moves[i].offer for i in self.movers])
        if not agreed.any():
            return
        self.anew[:, period] = agreed
        self.stage[agreed] = 0
        self.entered[agreed] = self.since[agreed] = period + 1
        self.accusing[agreed] = False
        self.broken[agreed] = False
        self.memories = [
            _renewed(memory, strategy.begin(self.runs), agreed)
            for memory, strategy in zip(self.memories, self.strategies, strict=True)
        ]


def _renewed(memory: Any, fresh: Any, where: BoolArray) -> Any:
    """Memory with some runs as at the beginning: arrays, or tuples of them."""
    if isinstance(memory, tuple):
        return tuple(_renewed(m, f, where) for m, f in zip(memory, fresh, strict=True))
    old: IntArray = np.asarray(memory)
    return np.where(where.reshape(-1, *[1] * (old.ndim - 1)), fresh, old)
