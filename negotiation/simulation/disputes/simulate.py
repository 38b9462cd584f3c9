"""A dispute over time, many times over."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np

from negotiation.door import checked
from negotiation.errors import GameShapeError, UnknownNameError, WrongTypeError
from negotiation.model.negotiation import Negotiation
from negotiation.runs.engine import run_chunks
from negotiation.runs.seeds import Seed, as_seed
from negotiation.simulation.disputes.course import Course
from negotiation.simulation.disputes.protocol import MonthlyDispute
from negotiation.simulation.disputes.result import Dispute
from negotiation.simulation.disputes.steps import Steps
from negotiation.simulation.disputes.strategies import DisputeStrategy, as_dispute_strategy
from negotiation.simulation.protocol import check_count

# Runs in a chunk at most, and numbers held at a time.
MANY, CELLS = 10_000, 2_000_000


@checked
def simulate_dispute(
    talks: Negotiation,
    package: Mapping[str, str],
    strategies: Any,
    *,
    protocol: MonthlyDispute | None = None,
    runs: int = 1000,
    rng: np.random.Generator | Seed | int | None = None,
    executor: Executor | int | None = None,
    directory: str | os.PathLike[str] | None = None,
    deadline: float | None = None,
) -> Dispute:
    """Play what follows after a package has been agreed: who delivers, who accuses, and how long it lasts.

    Parameters
    ----------
    talks : Negotiation
    package : Package
        What was agreed. Payoffs are those of the part of it that is in force.
    strategies : one for all, sequence of P, or mapping of party to strategy
        A `DisputeStrategy` such as ``TitForTat()``, an `Automaton` or the name of a classic one.
    protocol : MonthlyDispute, optional
        36 periods without noise unless given.
    runs : int
    rng : numpy.random.Generator or int, optional
        The seed 0 unless given. The same seed gives the same results with any executor.
    executor, directory, deadline
        Who does the work, where finished parts are kept, and when to stop with what there is.

    Returns
    -------
    Dispute
        ``.table`` has one row a run, ``.paths()`` one a period and party, ``.summary()`` the shares.

    Raises
    ------
    WrongTypeError, GameShapeError, UnknownNameError, EmptyPackageError, ParameterError, SizeLimitError

    Notes
    -----
    All runs of a chunk are played together: the cost is that of some dozens of array operations a period, linear in runs.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -1), ng.Stake("A", "y", "lifted", 3),
    ...      ng.Stake("B", "y", "lifted", -1), ng.Stake("B", "x", "lifted", 3)])
    >>> noisy = ng.MonthlyDispute(periods=24, false_alarm=0.05)
    >>> [round(float(ng.simulate_dispute(talks, talks.package("x", "y"), s, protocol=noisy).complete_share.mean()), 2)
    ...  for s in (ng.AlwaysComply(), ng.TitForTat(), ng.ContriteTitForTat(), ng.Grim())]
    [1.0, 0.39, 0.9, 0.39]
    """
    rules = MonthlyDispute() if protocol is None else protocol
    if not isinstance(rules, MonthlyDispute):
        raise WrongTypeError(f"the protocol of a dispute is a MonthlyDispute, not a {type(rules).__name__}.")
    check_count(runs, "the number of runs")
    seated = _seated(talks, strategies)
    rules.lags(talks), rules.licences(talks)  # names are known
    steps = Steps.cut(talks, package, rules.tranches)
    seed, notes = as_seed(rng)
    work = Work(steps, seated, rules, runs)
    run = run_chunks(work, work.n_chunks, seed=seed, executor=executor, directory=directory, deadline=deadline)
    return Dispute.of(steps, seated, rules, run.value or [], seed=seed, run=run, notes=notes)


def _seated(talks: Negotiation, strategies: Any) -> tuple[DisputeStrategy, ...]:
    """One strategy a party."""
    names = talks.party_names
    if isinstance(strategies, Mapping):
        for name in strategies:
            if name not in names:
                raise UnknownNameError("party", name, names)
        missing = [name for name in names if name not in strategies]
        if missing:
            raise GameShapeError(f"no strategy for {', '.join(missing)}; give one a party.")
        given: Sequence[Any] = [strategies[name] for name in names]
    elif isinstance(strategies, Sequence) and not isinstance(strategies, str):
        given = strategies
        if len(given) != len(names):
            raise GameShapeError(f"{len(given)} strategies for {len(names)} parties; give one each, or one for all.")
    else:
        given = [strategies] * len(names)
    return tuple(as_dispute_strategy(s, len(names)) for s in given)


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """A chunk of runs."""

    steps: Steps
    strategies: tuple[DisputeStrategy, ...]
    protocol: MonthlyDispute
    runs: int

    @property
    def size(self) -> int:
        """Runs in a chunk."""
        return max(1, min(MANY, CELLS // (self.protocol.periods * len(self.strategies) ** 2)))

    @property
    def n_chunks(self) -> int:
        """How many chunks there are."""
        return -(-self.runs // self.size)

    def __call__(self, chunk: int, rng: np.random.Generator) -> dict[str, Any]:
        """Play the runs of a chunk."""
        count = min(self.size, self.runs - chunk * self.size)
        return Course(self.steps, self.strategies, self.protocol, count, rng).play()
