"""Everybody against everybody, in every seat, on every domain."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation.arrays import Array, IntArray
from negotiation.errors import DuplicateNameError, GameShapeError, WrongTypeError
from negotiation.runs.engine import run_chunks
from negotiation.runs.seeds import Seed, as_seed
from negotiation.simulation.clocked import counts_rounds, is_clocked, meet_all
from negotiation.simulation.domain import Domain, Source, as_domain
from negotiation.simulation.play import MOVE_SECONDS, check_seconds, checked_protocol
from negotiation.simulation.protocol import TalksProtocol, check_count
from negotiation.simulation.protocols.alternating import StackedAlternatingOffers
from negotiation.simulation.results import Simulation, discounted, measured, one_by_one, talk_seed
from negotiation.simulation.simulate import FEW, MANY, stacked, told
from negotiation.simulation.strategy import Strategy, as_strategy, label

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Tournament(Simulation):
    """The negotiations of a tournament; see `Simulation` for the fields."""

    def scores(self) -> pd.DataFrame:
        """One row a strategy, the best first: mean payoff as a share of the party's range, its standard error, agreement rate, …

        Shares are 0 at a party's worst and 1 at its best outcome, so that domains and seats weigh the same. Standard errors take
        negotiations as independent draws.
        """
        import pandas as pd

        shares = self.shares()
        rows = []
        for k, name in enumerate(self.labels):
            at, seat = np.nonzero(self.line_ups == k)
            own = shares[at, seat]
            others = (shares.sum(axis=1)[at] - own) / max(shares.shape[1] - 1, 1)
            agreed = self.agreed[at]
            rows.append(
                {
                    "strategy": name,
                    "share": own.mean() if own.size else np.nan,
                    "standard error": own.std(ddof=1) / np.sqrt(own.size) if own.size > 1 else np.nan,
                    "share of the others": others.mean() if own.size else np.nan,
                    "agreement rate": agreed.mean() if own.size else np.nan,
                    "rounds to agreement": self.rounds[at][agreed].mean() if agreed.any() else np.nan,
                    "turns lost": int(self.fault_counts[at, seat].sum()),
                    "negotiations": own.size,
                }
            )
        return pd.DataFrame(rows).set_index("strategy").sort_values("share", ascending=False, kind="stable")

    def shares(self) -> Array:
        """Payoffs as shares of each party's range in its domain, shape (M, P)."""
        low = np.array([d.utilities.min(axis=0) for d in self.domains])[self.domain_of]
        span = np.array([np.ptp(d.utilities, axis=0) for d in self.domains])[self.domain_of]
        return np.asarray((self.payoffs - low) / np.where(span > 0, span, 1.0))

    def payoff_matrix(self) -> Array:
        """Mean shares by line-up, shape (P, n, …, n): ``[seat, strategy of seat 1, …]``; payoffs of the game between strategies.

        NaN where a line-up was not played.
        """
        n, p = len(self.labels), self.line_ups.shape[1]
        sums, counts = np.zeros((p, *[n] * p)), np.zeros([n] * p)
        at = tuple(self.line_ups.T)
        np.add.at(counts, at, 1)
        shares = self.shares()
        for seat in range(p):
            np.add.at(sums[seat], at, shares[:, seat])
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(sums / counts)

    def _repr_html_(self) -> str:
        """The scores as a table, for notebooks."""
        return str(self.scores()._repr_html_())  # type: ignore[operator]


def tournament(
    domains: Source | Sequence[Source],
    strategies: Sequence[Any] | Mapping[str, Any],
    *,
    protocol: TalksProtocol | None = None,
    repetitions: int = 1,
    self_play: bool = True,
    measures: bool = True,
    rng: np.random.Generator | Seed | int | None = None,
    move_seconds: float | None = MOVE_SECONDS,
    executor: Executor | int | None = None,
    directory: str | os.PathLike[str] | None = None,
    deadline: float | None = None,
) -> Tournament:
    """Let every strategy meet every other, in every seat, on every domain.

    Parameters
    ----------
    domains : Negotiation, BargainingProblem or Domain, or a sequence of them
    strategies : sequence of strategies, or mapping of names to strategies
    protocol : optional
        `StackedAlternatingOffers` of 100 rounds unless given.
    repetitions : int
        How often each line-up plays on each domain; more than once where chance enters.
    self_play : bool
        Whether all seats may be taken by the same strategy.
    measures : bool
        Whether distances to frontier and solutions, welfare and fairness are found.
    rng : numpy.random.Generator or int, optional
        The seed 0 unless given. The same seed gives the same results with any executor.
    move_seconds : float or None
        See `play`.
    executor, directory, deadline
        Who does the work, where finished parts are kept, and when to stop with what there is.

    Returns
    -------
    Tournament
        ``.scores()``, ``.table``, ``.payoff_matrix()``, ``.trace(k)``.

    Raises
    ------
    WrongTypeError, GameShapeError, DuplicateNameError, ParameterError

    Notes
    -----
    A strategy that errs, hangs or offers nonsense loses its turn, and the tournament goes on: ``.faults`` has the reasons.
    ``n`` strategies make ``n**P`` line-ups. Line-ups of strategies that follow the clock are played many at a time, see
    `simulate`.

    Examples
    --------
    >>> import negotiation as ng
    >>> domain = ng.Domain([[4, 0], [3, 3], [0, 4]], names=("buyer", "seller"))
    >>> cup = ng.tournament(domain, [ng.Boulware(), ng.Conceder(), ng.MiCRO()])
    >>> cup.scores()["share"].idxmax(), len(cup)
    ('Boulware', 9)
    """
    places = _domains(domains)
    named = _named(strategies)
    rules = checked_protocol(protocol, places[0])
    check_count(repetitions, "the number of repetitions")
    check_seconds(move_seconds)
    seed, notes = as_seed(rng)
    work = Cup(places, tuple(named.values()), rules, repetitions, bool(self_play), seed, move_seconds)
    run = run_chunks(work, work.n_chunks, seed=seed, executor=executor, directory=directory, deadline=deadline)
    parts: list[dict[str, Any]] = run.value or []
    core = stacked(parts, "core", (0, 4), np.int64)
    domain_of, line_ups = work.fixtures(0, len(core))
    return Tournament(
        domains=places,
        domain_of=domain_of,
        strategies=work.strategies,
        labels=tuple(named),
        line_ups=line_ups,
        protocol=rules,
        outcome=core[:, 1],
        ending=core[:, 0],
        delay=core[:, 2],
        rounds=core[:, 3] + 1,
        payoffs=stacked(parts, "payoffs", (0, places[0].n_parties), np.float64),
        fault_counts=stacked(parts, "faults", (0, places[0].n_parties), np.int64),
        faults=told(parts),
        measures=measured(places, domain_of, core[:, 1]) if measures else {},
        seed=seed,
        run=run,
        notes=notes,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Cup:
    """A chunk of a tournament, from its position."""

    domains: tuple[Domain, ...]
    strategies: tuple[Strategy, ...]
    protocol: TalksProtocol
    repetitions: int
    self_play: bool
    seed: Seed
    move_seconds: float | None

    @property
    def line_ups(self) -> IntArray:
        """Every way to fill the seats, shape (C, P)."""
        n, p = len(self.strategies), self.domains[0].n_parties
        seats = np.stack(np.unravel_index(np.arange(n**p), [n] * p), axis=1).astype(np.int64)
        return seats if self.self_play else seats[(seats != seats[:, :1]).any(axis=1)]

    @property
    def clocked(self) -> Array:
        """Which strategies can be played many at a time, shape (n,)."""
        return np.array([counts_rounds(self.protocol) and is_clocked(s) for s in self.strategies])

    @property
    def size(self) -> int:
        """Negotiations in a chunk."""
        return MANY if self.clocked.all() else FEW

    @property
    def n_negotiations(self) -> int:
        """How many are played."""
        n, p = len(self.strategies), self.domains[0].n_parties
        return int(n**p - (0 if self.self_play else n)) * len(self.domains) * self.repetitions

    @property
    def n_chunks(self) -> int:
        """How many chunks there are."""
        return -(-self.n_negotiations // self.size)

    def fixtures(self, first: int, last: int) -> tuple[IntArray, IntArray]:
        """Domain (m,) and line-up (m, P) of negotiations `first` to `last`, the latter not included."""
        line_ups = self.line_ups
        where = np.arange(first, last) // self.repetitions
        return where // len(line_ups), line_ups[where % len(line_ups)]

    def __call__(self, chunk: int, rng: np.random.Generator) -> dict[str, Any]:
        """Play the negotiations of a chunk."""
        first = chunk * self.size
        last = min(first + self.size, self.n_negotiations)
        domain_of, line_ups = self.fixtures(first, last)
        core = np.empty((last - first, 4), dtype=np.int64)
        payoffs = np.empty((last - first, line_ups.shape[1]))
        faults, notes = np.zeros(line_ups.shape, dtype=np.int64), []
        fast = self.clocked[line_ups].all(axis=1)
        for k in np.unique(domain_of):
            domain = self.domains[k]
            here = domain_of == k
            if (at := np.flatnonzero(here & fast)).size:
                core[at] = self._at_once(domain, line_ups[at])
            for m in np.flatnonzero(here & ~fast):
                seated = [self.strategies[s] for s in line_ups[m]]
                core[m], (lost, why) = one_by_one(
                    domain, seated, self.protocol, talk_seed(self.seed, first + int(m)), self.move_seconds
                )
                faults[m] = lost
                notes += [(f"{first + m} {party}", note) for party, note in why]
            payoffs[here] = discounted(domain, core[here, 1], core[here, 2])
        return {
            "core": core,
            "payoffs": payoffs,
            "faults": faults,
            "notes": np.array(notes, dtype="U200").reshape(-1, 2),
        }

    def _at_once(self, domain: Domain, line_ups: IntArray) -> IntArray:
        assert isinstance(self.protocol, StackedAlternatingOffers)
        used = np.flatnonzero(self.clocked)
        position = np.full(len(self.strategies), -1, dtype=np.int64)
        position[used] = np.arange(used.size)
        return meet_all(domain, [self.strategies[k] for k in used], position[line_ups], self.protocol)


def _domains(given: Source | Sequence[Source]) -> tuple[Domain, ...]:
    if isinstance(given, str) or not isinstance(given, Sequence):
        return (as_domain(given),)
    places = tuple(map(as_domain, given))
    if not places:
        raise GameShapeError("a tournament needs a domain; none is given.")
    if len({d.n_parties for d in places}) > 1:
        raise GameShapeError("the domains of a tournament have the same number of parties.")
    return places


def _named(strategies: Sequence[Any] | Mapping[str, Any]) -> dict[str, Strategy]:
    if isinstance(strategies, str) or not isinstance(strategies, Sequence | Mapping):
        raise WrongTypeError(f"give a sequence of strategies, or a mapping of names to strategies, not {strategies!r}.")
    if not strategies:
        raise GameShapeError("a tournament needs strategies; none is given.")
    if isinstance(strategies, Mapping):
        return {str(name): as_strategy(s) for name, s in strategies.items()}
    out: dict[str, Strategy] = {}
    for given in map(as_strategy, strategies):
        if label(given) in out:
            raise DuplicateNameError("strategy", label(given), "the tournament")
        out[label(given)] = given
    return out
