"""Many negotiations: what came out of each, as arrays and tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from negotiation.arrays import Array, IntArray
from negotiation.runs.result import Run
from negotiation.runs.seeds import Seed
from negotiation.simulation.domain import Domain
from negotiation.simulation.measures import MEASURES, Yardstick
from negotiation.simulation.play import run_once
from negotiation.simulation.protocol import Ending, TalksProtocol
from negotiation.simulation.strategy import Strategy
from negotiation.simulation.trace import Trace

if TYPE_CHECKING:
    import pandas as pd

ENDINGS = (Ending.AGREEMENT, Ending.DEADLINE, Ending.LEFT)
# So many faults are kept of one negotiation.
KEPT = 3


class Fault(NamedTuple):
    """A turn that was lost.

    Parameters
    ----------
    negotiation : int
    party : int
    note : str
        Why.
    """

    negotiation: int
    party: int
    note: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Simulation:
    """Negotiations by the hundred; ``M`` of them.

    Parameters
    ----------
    domains : tuple of Domain
    domain_of : ndarray of int, shape (M,)
    strategies : tuple of Strategy
    labels : tuple of str
    line_ups : ndarray of int, shape (M, P)
        Which strategy sat where.
    protocol : TalksProtocol
    outcome : ndarray of int, shape (M,)
        -1 without agreement.
    ending : ndarray of int, shape (M,)
        0 agreement, 1 deadline, 2 somebody left.
    delay, rounds : ndarray of int, shape (M,)
        The turn of the offer agreed on; how many rounds talks took.
    payoffs : ndarray, shape (M, P)
        Discounted by the turns it took.
    fault_counts : ndarray of int, shape (M, P)
        How many turns each party lost.
    faults : tuple of Fault
        The first few of each negotiation.
    measures : mapping of str to ndarray, shape (M,)
        Distances to the frontier and the bargaining solutions, welfare and fairness; empty if not asked for.
    seed : numpy.random.SeedSequence
    run : Run
        How much of the work was done.
    notes : tuple of str
    stakes : ndarray, shape (M, T), optional
        Where they were drawn: those of each negotiation, in the order of ``talks.terms``.
    """

    domains: tuple[Domain, ...]
    domain_of: IntArray
    strategies: tuple[Strategy, ...]
    labels: tuple[str, ...]
    line_ups: IntArray
    protocol: TalksProtocol
    outcome: IntArray
    ending: IntArray
    delay: IntArray
    rounds: IntArray
    payoffs: Array
    fault_counts: IntArray
    faults: tuple[Fault, ...]
    measures: Mapping[str, Array]
    seed: Seed
    run: Run
    notes: tuple[str, ...] = ()
    stakes: Array | None = None

    def __len__(self) -> int:
        return int(self.outcome.size)

    @property
    def names(self) -> tuple[str, ...]:
        """The parties, or seats where the domains differ in them."""
        first = self.domains[0].names
        if all(d.names == first for d in self.domains):
            return first
        return tuple(f"seat {k + 1}" for k in range(len(first)))

    @property
    def unit(self) -> str:
        """Of the payoffs."""
        units = {d.unit for d in self.domains}
        return units.pop() if len(units) == 1 else "mixed units"

    @property
    def agreed(self) -> Array:
        """Which negotiations ended in agreement, shape (M,)."""
        return np.asarray(self.outcome >= 0)

    @property
    def agreement_rate(self) -> float:
        """The share of negotiations that ended in agreement."""
        return float(self.agreed.mean()) if len(self) else float("nan")

    def trace(self, negotiation: int) -> Trace:
        """Play one of them again and show every move; the same as it was then."""
        domain = self.domain_at(negotiation)
        seated = [self.strategies[k] for k in self.line_ups[negotiation]]
        return run_once(domain, seated, self.protocol, talk_seed(self.seed, negotiation), None)

    def domain_at(self, negotiation: int) -> Domain:
        """The domain of one of them, with the stakes drawn for it."""
        domain = self.domains[int(self.domain_of[negotiation])]
        if self.stakes is None or domain.talks is None:
            return domain
        drawn = Domain.from_talks(domain.talks, values=self.stakes[negotiation], limit=domain.n_outcomes)
        return drawn.with_discounting(domain.discount_factors)

    @property
    def table(self) -> pd.DataFrame:
        """One row a negotiation: who sat where, how it ended, when, payoffs, measures, lost turns."""
        import pandas as pd

        names = self.names
        columns: dict[str, Any] = {"domain": self.domain_of} if len(self.domains) > 1 else {}
        told = np.array(self.labels, dtype=object)
        columns |= {f"strategy of {n}": told[self.line_ups[:, p]] for p, n in enumerate(names)}
        columns |= {
            "ending": np.array([str(e) for e in ENDINGS], dtype=object)[self.ending],
            "agreed": self.agreed,
            "outcome": self.outcome,
            "rounds": self.rounds,
            "turn agreed": np.where(self.agreed, self.delay, -1),
        }
        columns |= {f"payoff of {n}": self.payoffs[:, p] for p, n in enumerate(names)}
        columns |= {name: np.asarray(values) for name, values in self.measures.items()}
        columns["turns lost"] = self.fault_counts.sum(axis=1)
        table = pd.DataFrame(columns)
        table.attrs["unit"] = self.unit
        return table

    def by_party(self) -> pd.DataFrame:
        """One row a negotiation and party: strategy, payoff, whether and when there was agreement, turns lost."""
        import pandas as pd

        m, n = self.payoffs.shape
        told, names = np.array(self.labels, dtype=object), np.array(self.names, dtype=object)
        table = pd.DataFrame(
            {
                "negotiation": np.repeat(np.arange(m), n),
                "domain": np.repeat(self.domain_of, n),
                "party": np.tile(names, m),
                "strategy": told[self.line_ups].ravel(),
                "payoff": self.payoffs.ravel(),
                "agreed": np.repeat(self.agreed, n),
                "rounds": np.repeat(self.rounds, n),
                "turns lost": self.fault_counts.ravel(),
            }
        )
        table.attrs["unit"] = self.unit
        return table

    def summary(self) -> pd.Series:
        """Means over negotiations: agreement rate, rounds to agreement, payoffs, measures where they apply."""
        import pandas as pd

        agreed = self.agreed
        out = {
            "negotiations": float(len(self)),
            "agreement rate": self.agreement_rate,
            "rounds to agreement": _mean(self.rounds[agreed]),
        }
        out |= {f"payoff of {n}": _mean(self.payoffs[:, p]) for p, n in enumerate(self.names)}
        out |= {name: _mean(values) for name, values in self.measures.items()}
        return pd.Series(out | {"turns lost": float(self.fault_counts.sum())}, name="mean")

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        if not len(self):
            return f"no negotiation was finished\n  {self.run}"
        means = ", ".join(f"{n} {u:,.4g}" for n, u in zip(self.names, self.payoffs.mean(axis=0), strict=True))
        lines = [
            f"{len(self):,} negotiations, {self.agreement_rate:.1%} agreed; mean payoffs {means}{unit}",
            *([f"  {self.fault_counts.sum():,} turns lost, e.g. {self.faults[0].note}"] if self.faults else []),
            *(f"  note: {note}" for note in (*self.notes, *self.run.notes)),
        ]
        return "\n".join(lines if self.run.is_complete else [*lines, f"  {self.run}"])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The summary as a table, for notebooks."""
        return str(self.summary().to_frame()._repr_html_())  # type: ignore[operator]


def _mean(values: Array | IntArray) -> float:
    """Of the finite ones; NaN if there are none."""
    known = np.asarray(values)[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")


def talk_seed(seed: Seed, negotiation: int) -> Seed:
    """The chance of one negotiation: depends on its position only, not on who plays it or with which others."""
    return Seed(seed.entropy, spawn_key=(*seed.spawn_key, 0, negotiation))


def one_by_one(
    domain: Domain, strategies: list[Strategy], protocol: TalksProtocol, seed: Seed, move_seconds: float | None
) -> tuple[tuple[int, int, int, int], tuple[list[int], list[tuple[int, str]]]]:
    """Play one negotiation; ending, outcome, delay and last round, and its faults."""
    trace = run_once(domain, strategies, protocol, seed, move_seconds)
    outcome = -1 if trace.agreement is None else trace.agreement
    faults = trace.faults
    lost = [sum(f.party == p for f in faults) for p in range(domain.n_parties)]
    core = (ENDINGS.index(trace.ending), outcome, trace.delay, max(trace.rounds - 1, 0))
    return core, (lost, [(f.party, f.note) for f in faults[:KEPT]])


def discounted(domain: Domain, outcome: IntArray, delay: IntArray) -> Array:
    """`Domain.payoff` of many outcomes, shape (M, P)."""
    return discounted_payoffs(
        np.where((outcome >= 0)[:, None], domain.utilities[outcome], domain.disagreement), domain, delay
    )


def discounted_payoffs(payoffs: Array, domain: Domain, delay: IntArray) -> Array:
    """Payoffs (M, P) of agreements, or of disagreement, seen from the start of talks."""
    weight = domain.discount_factors[None, :] ** delay[:, None]
    return np.asarray((1 - weight) * domain.disagreement + weight * payoffs)


def measured(domains: tuple[Domain, ...], domain_of: IntArray, outcome: IntArray) -> dict[str, Array]:
    """All measures of all negotiations."""
    out = {name: np.full(outcome.size, np.nan) for name in MEASURES}
    for k, domain in enumerate(domains):
        at = np.flatnonzero(domain_of == k)
        if at.size:
            for name, values in Yardstick.of(domain).measure(outcome[at]).items():
                out[name][at] = values
    return out
