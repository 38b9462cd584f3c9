"""Rules of conduct against each other in a dispute: every line-up many times, as a game between rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation.arrays import Array, read_only
from negotiation.door import checked
from negotiation.errors import DuplicateNameError, GameShapeError, WrongTypeError
from negotiation.model.negotiation import Negotiation
from negotiation.runs.seeds import Seed, as_seed
from negotiation.simulation.disputes.protocol import MonthlyDispute
from negotiation.simulation.disputes.simulate import simulate_dispute
from negotiation.simulation.disputes.strategies import DisputeStrategy, as_dispute_strategy
from negotiation.simulation.empirical import EmpiricalGame, empirical_game
from negotiation.simulation.protocol import check_count
from negotiation.simulation.strategy import label

if TYPE_CHECKING:
    import pandas as pd

ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DisputeTournament:
    """Rules of conduct against each other.

    Parameters
    ----------
    talks : Negotiation
    names : tuple of str
        Of the ``n`` rules.
    strategies : tuple of DisputeStrategy
    payoffs : ndarray, shape (R, P, n, ..., n)
        Discounted by the parties' patience, the weights adding up to one, in the negotiation's unit: ``[run, party, rule of the
        first party, …]``.
    complete : ndarray, shape (n, ..., n)
        The share of periods in which all of the package was in exchange.
    seed : SeedSequence
    notes : tuple of str
    """

    talks: Negotiation
    names: tuple[str, ...]
    strategies: tuple[DisputeStrategy, ...]
    payoffs: Array
    complete: Array
    seed: Seed
    notes: tuple[str, ...] = ()

    def game(self, *, resamples: int = 200) -> EmpiricalGame:
        """The game between rules, its equilibria and their error; see `empirical_game`."""
        return empirical_game(
            self.payoffs, strategies=self.names, players=self.talks.party_names, unit=self.talks.unit, resamples=resamples,
            rng=self.seed,
        )  # fmt: skip

    def gain_of_leaving(self) -> pd.DataFrame:
        """For each rule that all follow: what each party would gain by another of the rules alone, and which.

        Zero where the rule is a best reply to itself among these. In the negotiation's unit, at mean payoffs.
        """
        import pandas as pd

        means, rows = self.payoffs.mean(axis=0), []
        for k in range(len(self.names)):
            row: dict[str, Any] = {"complete": float(self.complete[(k,) * means.shape[0]])}
            for i, party in enumerate(self.talks.party_names):
                at: list[Any] = [k] * means.shape[0]
                at[i] = slice(None)
                own = means[i][tuple(at)]
                gain = float(own.max() - own[k])
                best = self.names[int(own.argmax())] if gain > ROUNDING * float(np.abs(own).max()) else ""
                row |= {f"gain of {party}": gain if best else 0.0, f"{party} by": best}
            rows.append(row)
        return pd.DataFrame(rows, index=pd.Index(self.names, name="all follow"))

    def __str__(self) -> str:
        head = f"{len(self.names)} rules of conduct, {len(self.payoffs):,} runs a line-up; gains in {self.talks.unit}"
        table = self.gain_of_leaving().to_string(float_format="{:,.2f}".format)
        return "\n".join([head, table, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """What leaving each rule gains, for notebooks."""
        return str(self.gain_of_leaving()._repr_html_())  # type: ignore[operator]


@checked
def dispute_tournament(
    talks: Negotiation,
    package: Mapping[str, str],
    strategies: Sequence[Any] | Mapping[str, Any],
    *,
    protocol: MonthlyDispute | None = None,
    runs: int = 200,
    rng: np.random.Generator | Seed | int | None = None,
    executor: Executor | int | None = None,
) -> DisputeTournament:
    """Let every rule of conduct meet every other over the same package, from every seat.

    Parameters
    ----------
    talks : Negotiation
    package : Package
    strategies : sequence of n strategies, or mapping of names to strategies
        See `simulate_dispute`.
    protocol : MonthlyDispute, optional
        36 periods without noise unless given.
    runs : int
        Of each of the ``n**P`` line-ups.
    rng : numpy.random.Generator or int, optional
        The seed 0 unless given; each line-up has a stream of its own.
    executor : optional
        Who does the work.

    Returns
    -------
    DisputeTournament

    Raises
    ------
    WrongTypeError, GameShapeError, DuplicateNameError, UnknownNameError, ParameterError

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -1), ng.Stake("A", "y", "lifted", 3),
    ...      ng.Stake("B", "y", "lifted", -1), ng.Stake("B", "x", "lifted", 3)])
    >>> cup = ng.dispute_tournament(talks, talks.package("x", "y"), [ng.AlwaysComply(), ng.NeverComply(), ng.TitForTat()])
    >>> cup.gain_of_leaving()["gain of A"].round(9).tolist()
    [1.0, 0.0, 0.0]
    """
    if isinstance(strategies, str) or not isinstance(strategies, Sequence | Mapping):
        raise WrongTypeError(f"strategies are several, e.g. [Grim(), TitForTat()], not {strategies!r}.")
    check_count(runs, "the number of runs")
    given = list(strategies.values() if isinstance(strategies, Mapping) else strategies)
    seated = tuple(as_dispute_strategy(s, len(talks.parties)) for s in given)
    names = tuple(strategies) if isinstance(strategies, Mapping) else tuple(map(label, seated))
    if not seated:
        raise GameShapeError("no strategy; give at least one.")
    for k, name in enumerate(names):
        if name in names[:k]:
            raise DuplicateNameError("strategy", name)
    seed, notes = as_seed(rng)
    shape = (len(seated),) * len(talks.parties)
    payoffs, complete = np.empty((runs, len(talks.parties), *shape)), np.empty(shape)
    for k, line_up in enumerate(product(range(len(seated)), repeat=len(talks.parties))):
        own = Seed(seed.entropy, spawn_key=(*seed.spawn_key, 1, k))
        found = simulate_dispute(
            talks, package, [seated[s] for s in line_up], protocol=protocol, runs=runs, rng=own, executor=executor
        )
        payoffs.reshape(runs, len(talks.parties), -1)[:, :, k] = found.discounted_payoffs
        complete[line_up] = found.complete_share.mean()
    return DisputeTournament(talks, names, seated, read_only(payoffs), read_only(complete), seed, notes)
