"""The same line-up many times: over chance, and over what is not known about the stakes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from negotiation.arrays import Array
from negotiation.errors import ParameterError, WrongTypeError
from negotiation.model.draws import draw_stakes
from negotiation.runs.engine import run_chunks
from negotiation.runs.seeds import Seed, as_seed, generator
from negotiation.simulation.clocked import counts_rounds, is_clocked, meet_all, meet_drawn, sums_of
from negotiation.simulation.domain import Domain, Source, as_domain
from negotiation.simulation.measures import MEASURES, Yardstick
from negotiation.simulation.play import MOVE_SECONDS, Seats, check_seconds, checked_protocol, seat_all
from negotiation.simulation.protocol import TalksProtocol, check_count
from negotiation.simulation.protocols.alternating import StackedAlternatingOffers
from negotiation.simulation.results import (
    Fault,
    Simulation,
    discounted,
    discounted_payoffs,
    measured,
    one_by_one,
    talk_seed,
)
from negotiation.simulation.strategy import Strategy, label

Stakes = Literal["central", "drawn"]
# Negotiations in a chunk: one by one, and all at once; numbers held at a time.
FEW, MANY, CELLS = 32, 50_000, 8_000_000


def simulate(
    source: Source,
    strategies: Seats,
    *,
    runs: int = 1000,
    protocol: TalksProtocol | None = None,
    stakes: Stakes = "central",
    measures: bool | None = None,
    rng: np.random.Generator | Seed | int | None = None,
    move_seconds: float | None = MOVE_SECONDS,
    executor: Executor | int | None = None,
    directory: str | os.PathLike[str] | None = None,
    deadline: float | None = None,
) -> Simulation:
    """Play the same line-up many times.

    Parameters
    ----------
    source : Negotiation, BargainingProblem or Domain
    strategies : sequence of P strategies, or mapping of party to strategy
    runs : int
    protocol : optional
        `StackedAlternatingOffers` of 100 rounds unless given.
    stakes : {"central", "drawn"}
        Payoffs at central values, or in every run at a draw of the stakes of the negotiation; parties know what it is.
    measures : bool, optional
        Whether distances to frontier and solutions, welfare and fairness are found. Drawn stakes need a frontier a run for it, so
        that they are left out there unless asked for.
    rng : numpy.random.Generator or int, optional
        The seed 0 unless given. The same seed gives the same results with any executor.
    move_seconds : float or None
        See `play`.
    executor, directory, deadline
        Who does the work, where finished parts are kept, and when to stop with what there is.

    Returns
    -------
    Simulation
        ``.table`` has one row a run, ``.summary()`` the means, ``.trace(k)`` the moves of one of them.

    Raises
    ------
    WrongTypeError, GameShapeError, UnknownNameError, ParameterError, SizeLimitError

    Notes
    -----
    Strategies that follow the clock (`TimeBased`, `FixedLevel`, and your own with a ``concession``) are played many at a
    time where talks are alternating offers of a known number of rounds; offer by offer the same as one by one.

    Examples
    --------
    >>> import negotiation as ng
    >>> domain = ng.Domain([[4, 0], [3, 3], [0, 4]], names=("buyer", "seller"))
    >>> found = ng.simulate(domain, [ng.RandomWalker(), ng.Boulware()], runs=200)
    >>> found.agreement_rate
    1.0
    """
    domain = as_domain(source)
    rules = checked_protocol(protocol, domain)
    seated = seat_all(strategies, domain)
    check_count(runs, "the number of runs")
    check_seconds(move_seconds)
    if stakes not in ("central", "drawn"):
        raise ParameterError(f"stakes={stakes!r}; expected 'central' or 'drawn'.")
    if stakes == "drawn" and domain.talks is None:
        raise WrongTypeError("only the stakes of a negotiation can be drawn; give the Negotiation itself.")
    if stakes == "drawn" and domain.rows is not None:
        raise WrongTypeError(
            "with drawn stakes other packages are efficient; give the Negotiation, or all of its packages."
        )
    seed, notes = as_seed(rng)
    wanted = stakes == "central" if measures is None else bool(measures)
    work = Work(domain, seated, rules, stakes == "drawn", runs, seed, move_seconds, wanted)
    run = run_chunks(work, work.n_chunks, seed=seed, executor=executor, directory=directory, deadline=deadline)
    return _collected(work, run, notes)


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """A chunk of runs, from its position."""

    domain: Domain
    strategies: tuple[Strategy, ...]
    protocol: TalksProtocol
    is_drawn: bool
    runs: int
    seed: Seed
    move_seconds: float | None
    measures: bool

    @property
    def is_fast(self) -> bool:
        """Whether all runs of a chunk are played at once."""
        return counts_rounds(self.protocol) and all(map(is_clocked, self.strategies))

    @property
    def size(self) -> int:
        """Runs in a chunk."""
        if not self.is_fast:
            return FEW
        return max(1, min(MANY, CELLS // self.domain.utilities.size)) if self.is_drawn else MANY

    @property
    def n_chunks(self) -> int:
        """How many chunks there are."""
        return -(-self.runs // self.size)

    def __call__(self, chunk: int, rng: np.random.Generator) -> dict[str, Any]:
        """Play the runs of a chunk."""
        first = chunk * self.size
        count = min(self.size, self.runs - first)
        out: dict[str, Any] = {
            "faults": np.zeros((count, self.domain.n_parties), dtype=np.int64),
            "notes": np.zeros((0, 2), dtype="U200"),
        }
        if self.is_drawn:
            self._play_drawn(first, count, generator(self.seed, 1, chunk), out)
        elif self.is_fast:
            assert isinstance(self.protocol, StackedAlternatingOffers)
            line_up = np.arange(len(self.strategies))[None, :]
            out["core"] = np.repeat(meet_all(self.domain, self.strategies, line_up, self.protocol), count, axis=0)
        else:
            self._play_each(first, [self.domain] * count, out)
        if not self.is_drawn:
            out["payoffs"] = discounted(self.domain, out["core"][:, 1], out["core"][:, 2])
        return out

    def _play_drawn(self, first: int, count: int, rng: np.random.Generator, out: dict[str, Any]) -> None:
        talks = self.domain.talks
        assert talks is not None
        values = draw_stakes(talks, count, rng=rng).values
        out["stakes"] = values
        if self.is_fast:
            assert isinstance(self.protocol, StackedAlternatingOffers)
            sums = sums_of(talks, values)
            out["core"], reached = meet_drawn(sums, self.domain.reservation, self.strategies, self.protocol)
        else:
            domains = [self._at(row) for row in values]
            self._play_each(first, domains, out)
            reached = np.array([d.utilities[max(row, 0)] for d, row in zip(domains, out["core"][:, 1], strict=True)])
        agreed = out["core"][:, 1] >= 0
        payoffs = np.where(agreed[:, None], reached, self.domain.disagreement)
        out["payoffs"] = discounted_payoffs(payoffs, self.domain, out["core"][:, 2])
        if self.measures:
            each = [
                Yardstick.of(self._at(row)).measure(np.array([x]))
                for row, x in zip(values, out["core"][:, 1], strict=True)
            ]
            out["measures"] = np.array([[float(one[name][0]) for name in MEASURES] for one in each])

    def _at(self, values: Array) -> Domain:
        """The domain at a draw of the stakes."""
        assert self.domain.talks is not None
        drawn = Domain.from_talks(self.domain.talks, values=values, limit=self.domain.n_outcomes)
        return drawn.with_discounting(self.domain.discount_factors)

    def _play_each(self, first: int, domains: list[Domain], out: dict[str, Any]) -> None:
        core, counts, notes = [], [], []
        for k, domain in enumerate(domains):
            seed = talk_seed(self.seed, first + k)
            one, (lost, why) = one_by_one(domain, list(self.strategies), self.protocol, seed, self.move_seconds)
            core.append(one)
            counts.append(lost)
            notes += [(f"{first + k} {party}", note) for party, note in why]
        out["core"] = np.array(core, dtype=np.int64).reshape(-1, 4)
        out["faults"] = np.array(counts, dtype=np.int64).reshape(-1, self.domain.n_parties)
        out["notes"] = np.array(notes, dtype="U200").reshape(-1, 2)


def _collected(work: Work, run: Any, notes: tuple[str, ...]) -> Simulation:
    parts = run.value or [work(0, np.random.default_rng(0))][:0]
    core = stacked(parts, "core", (0, 4), np.int64)
    line_ups = np.tile(np.arange(len(work.strategies)), (len(core), 1))
    zeros = np.zeros(len(core), dtype=np.int64)
    found: Mapping[str, Array] = {}
    if work.measures and work.is_drawn:
        table = stacked(parts, "measures", (0, len(MEASURES)), np.float64)
        found = {name: table[:, k] for k, name in enumerate(MEASURES)}
    elif work.measures:
        found = measured((work.domain,), zeros, core[:, 1])
    return Simulation(
        domains=(work.domain,),
        domain_of=zeros,
        strategies=work.strategies,
        labels=tuple(map(label, work.strategies)),
        line_ups=line_ups,
        protocol=work.protocol,
        outcome=core[:, 1],
        ending=core[:, 0],
        delay=core[:, 2],
        rounds=core[:, 3] + 1,
        payoffs=stacked(parts, "payoffs", (0, work.domain.n_parties), np.float64),
        fault_counts=stacked(parts, "faults", (0, work.domain.n_parties), np.int64),
        faults=told(parts),
        measures=found,
        seed=work.seed,
        run=run,
        notes=notes,
        stakes=stacked(parts, "stakes", (0, 0), np.float64) if work.is_drawn else None,
    )


def stacked(parts: list[dict[str, Any]], name: str, empty: tuple[int, ...], dtype: Any) -> Any:
    """One array of all chunks, in order."""
    return np.concatenate([part[name] for part in parts]) if parts else np.zeros(empty, dtype=dtype)


def told(parts: list[dict[str, Any]]) -> tuple[Fault, ...]:
    """The faults of all chunks."""
    rows = [row for part in parts for row in part["notes"].tolist()]
    return tuple(Fault(int(where.split()[0]), int(where.split()[1]), note) for where, note in rows)
