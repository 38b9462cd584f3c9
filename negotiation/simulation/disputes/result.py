"""What many runs of a dispute give: what was in force in every period, who accused whom, and what it paid."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation.arrays import Array, BoolArray, IntArray, read_only
from negotiation.errors import ParameterError
from negotiation.model.package import Package
from negotiation.runs.result import Run
from negotiation.runs.seeds import Seed
from negotiation.simulation.disputes.protocol import MonthlyDispute
from negotiation.simulation.disputes.steps import Steps
from negotiation.simulation.disputes.strategies import DisputeStrategy
from negotiation.simulation.strategy import label
from negotiation.words import counted

if TYPE_CHECKING:
    import pandas as pd

# What is in exchange in a period, in the order of `Dispute.status`.
STATUSES = ("nothing yet", "broken down", "in part", "complete")


@dataclass(frozen=True, eq=False, repr=False)
class Dispute:
    """The runs of a dispute.

    Parameters
    ----------
    steps : Steps
        The package and its tranches.
    strategies : tuple of DisputeStrategy
        One a party.
    protocol : MonthlyDispute
    keys : ndarray of int, shape (S,)
        The distinct states that occur, see `Steps.relaxed`; `state_payoffs` (S, P) is what each pays per period.
    state : ndarray of int, shape (R, T)
        Which of them each period of each run was in.
    accused, falsely : ndarrays of bool, shape (R, T, P)
        Who was accused, and whether it had delivered.
    anew : ndarray of bool, shape (R, T)
        Whether it was agreed to begin anew in the next period.
    seed : SeedSequence
    run : Run
        How much of the work is done.
    notes : tuple of str
    """

    steps: Steps
    strategies: tuple[DisputeStrategy, ...]
    protocol: MonthlyDispute
    keys: IntArray
    state_payoffs: Array
    state: IntArray
    accused: BoolArray
    falsely: BoolArray
    anew: BoolArray
    seed: Seed
    run: Run
    notes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, steps: Steps, strategies: tuple[DisputeStrategy, ...], protocol: MonthlyDispute,
        parts: Sequence[dict[str, Any]], *, seed: Seed, run: Run, notes: tuple[str, ...],
    ) -> Dispute:  # fmt: skip
        """Put chunks together."""
        shape = (0, protocol.periods)
        joined = {
            name: np.concatenate([part[name] for part in parts]) if parts else np.zeros((*shape, *more), dtype)
            for name, more, dtype in (
                ("keys", (), np.int64), ("accused", (len(strategies),), bool), ("falsely", (len(strategies),), bool),
                ("anew", (), bool),
            )
        }  # fmt: skip
        keys, state = np.unique(joined["keys"], return_inverse=True)
        return cls(
            steps, strategies, protocol, read_only(keys, np.int64), read_only(steps.payoffs(keys)),
            read_only(state.reshape(joined["keys"].shape), np.int64), read_only(joined["accused"], np.bool_),
            read_only(joined["falsely"], np.bool_), read_only(joined["anew"], np.bool_), seed, run, notes,
        )  # fmt: skip

    @property
    def parties(self) -> tuple[str, ...]:
        """Names, in order."""
        return self.steps.talks.party_names

    @property
    def unit(self) -> str:
        """Of payoffs."""
        return self.steps.talks.unit

    @property
    def runs(self) -> int:
        """How many runs were played, ``R``."""
        return len(self.state)

    @cached_property
    def status(self) -> IntArray:
        """What is in exchange, (R, T): positions in ``("nothing yet", "broken down", "in part", "complete")``."""
        kind = np.where(self.keys == self.steps.complete_key, 3, np.where(self.keys == 0, 0, 2))
        out = kind[self.state]
        begun = np.logical_or.accumulate(out > 0, axis=1)
        return np.asarray(np.where((out == 0) & begun, 1, out), dtype=np.int64)

    @property
    def payoffs(self) -> Array:
        """What each party gets in each period, (R, T, P), in the negotiation's unit."""
        return np.asarray(self.state_payoffs[self.state])

    @property
    def mean_payoffs(self) -> Array:
        """The mean over periods, (R, P), in the negotiation's unit."""
        return np.stack([column[self.state].mean(axis=1) for column in self.state_payoffs.T], axis=1)

    @property
    def discounted_payoffs(self) -> Array:
        """Payoffs weighted by the parties' discount factors, (R, P); the mean where none is stated."""
        out = np.empty((self.runs, len(self.parties)))
        for i, party in enumerate(self.steps.talks.parties):
            patience = 1.0 if party.discount_factor is None else party.discount_factor.central
            weights = patience ** np.arange(self.protocol.periods)
            out[:, i] = self.state_payoffs[self.state, i] @ (weights / weights.sum())
        return out

    @property
    def completed_in(self) -> Array:
        """The period, counted from 1, in which all of the package was first in exchange, (R,); NaN if never."""
        done = self.status == 3
        return np.asarray(np.where(done.any(axis=1), done.argmax(axis=1) + 1.0, np.nan))

    @property
    def complete_share(self) -> Array:
        """The share of periods in which all of the package was in exchange, (R,)."""
        return np.asarray((self.status == 3).mean(axis=1))

    @property
    def breakdowns(self) -> IntArray:
        """How often the exchange broke down to nothing after it had begun, (R,)."""
        down = self.status == 1
        return np.asarray(down[:, 0] + (down[:, 1:] & ~down[:, :-1]).sum(axis=1), dtype=np.int64)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a run."""
        import pandas as pd

        out = {
            f"complete in {self.steps.talks.period}": self.completed_in,
            "share of periods complete": self.complete_share,
            "breakdowns": self.breakdowns,
            "broken down at the end": self.status[:, -1] == 1,
            "accusations": self.accused.sum(axis=(1, 2)),
            "false accusations": self.falsely.sum(axis=(1, 2)),
            "begun anew": self.anew.sum(axis=1),
        }
        out |= {f"payoff of {name}": column for name, column in zip(self.parties, self.mean_payoffs.T, strict=True)}
        frame = pd.DataFrame(out)
        frame.index.name = "run"
        frame.attrs["unit"] = self.unit
        return frame

    def paths(self, runs: Sequence[int] | None = None) -> pd.DataFrame:
        """One row a run, period and party: what is in exchange, what the party has relaxed, who is accused, payoffs.

        Parameters
        ----------
        runs : sequence of int, optional
            Which; all of them unless given.
        """
        import pandas as pd

        chosen = np.arange(self.runs) if runs is None else np.asarray(runs, dtype=np.int64)
        t, p = self.protocol.periods, len(self.parties)
        given = self.steps.relaxed(self.keys).sum(axis=2)[self.state[chosen]]
        shape = (len(chosen), t, p)
        return pd.DataFrame({
            "run": np.broadcast_to(chosen[:, None, None], shape).ravel(),
            "period": np.broadcast_to(np.arange(1, t + 1)[None, :, None], shape).ravel(),
            "party": np.broadcast_to(np.array(self.parties, dtype=object), shape).ravel(),
            "exchange": np.broadcast_to(np.array(STATUSES, dtype=object)[self.status[chosen]][:, :, None], shape).ravel(),
            "tranches relaxed": given.ravel(),
            "accused": self.accused[chosen].ravel(),
            "falsely": self.falsely[chosen].ravel(),
            "payoff": self.state_payoffs[self.state[chosen]].ravel(),
        })  # fmt: skip

    def shares(self) -> pd.DataFrame:
        """The share of runs in each status, one row a period."""
        import pandas as pd

        runs = max(self.runs, 1)
        rows = np.stack([(self.status == k).sum(axis=0) / runs for k in range(len(STATUSES))], axis=1)
        return pd.DataFrame(
            rows, columns=list(STATUSES), index=pd.RangeIndex(1, self.protocol.periods + 1, name="period")
        )

    def package_at(self, run: int, period: int) -> Package:
        """The package in force in a run, in a period counted from 1."""
        if not (0 <= run < self.runs and 1 <= period <= self.protocol.periods):
            raise ParameterError(
                f"run {run}, period {period}: there are runs 0 to {self.runs - 1} and periods 1 to {self.protocol.periods}."
            )
        talks = self.steps.talks
        codes = self.steps.codes(self.keys[self.state[run, period - 1]][None])[0]
        options = {issue.name: issue.options[c] for issue, c in zip(talks.issues, codes, strict=True) if c}
        return talks.package(**options) if options else talks.status_quo

    def summary(self) -> pd.DataFrame:
        """Mean, standard error and the range of the middle nine tenths of runs, one row a quantity."""
        import pandas as pd

        table = self.table.astype(float)
        n = table.count()
        return pd.DataFrame({
            "mean": table.mean(), "standard error": table.std(ddof=1) / np.sqrt(n), "5%": table.quantile(0.05),
            "95%": table.quantile(0.95), "runs": n,
        })  # fmt: skip

    def __str__(self) -> str:
        names = ", ".join(f"{p}: {label(s)}" for p, s in zip(self.parties, self.strategies, strict=True))
        moved = counted(int((self.steps.step_of >= 0).sum()), "issue")
        head = (
            f"{counted(self.runs, 'run')} of {counted(self.protocol.periods, self.steps.talks.period)}; {names}; {moved} in "
            f"{counted(self.steps.n_steps, 'tranche')}"
        )
        if not self.runs:
            return f"{head}\n  nothing was played: {self.run.stop}"
        done = np.isfinite(self.completed_in)
        median = (
            f"in the median in {self.steps.talks.period} {np.median(self.completed_in[done]):g}"
            if done.any()
            else "never"
        )
        pays = ", ".join(f"{n} {v:,.1f}" for n, v in zip(self.parties, self.mean_payoffs.mean(axis=0), strict=True))
        lines = [
            head,
            f"  complete at some time in {done.mean():.0%} of runs, {median}; in {self.complete_share.mean():.0%} of all periods",
            f"  broke down in {(self.breakdowns > 0).mean():.0%} of runs, broken down at the end in "
            f"{(self.status[:, -1] == 1).mean():.0%}; {self.falsely.sum() / self.runs:.2g} false accusations a run",
            f"  mean payoffs: {pays} {self.unit}",
        ]
        return "\n".join([*lines, *(f"  note: {note}" for note in (*self.notes, *self.run.notes))])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The summary as a table, for notebooks."""
        head = html.escape(str(self).split("\n")[0])
        return f"<p>{head}</p>{self.summary().to_html(float_format='{:,.3g}'.format)}"
