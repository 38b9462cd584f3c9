"""What is believed after the moves, beside what was believed before."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from negotiation.analysis.criteria.registry import as_criterion
from negotiation.analysis.knobs import Knob, knobs
from negotiation.analysis.verdict import Criterion
from negotiation.arrays import Array
from negotiation.errors import ParameterError
from negotiation.model.distribution import Distribution
from negotiation.model.draws import Draws
from negotiation.model.move import MoveRecord
from negotiation.model.negotiation import Negotiation

if TYPE_CHECKING:
    import pandas as pd

QUANTILES = (0.05, 0.5, 0.95)
SHOWN = 12


class Share(NamedTuple):
    """A probability before and after the moves, with what sampling leaves uncertain of each."""

    prior: float
    prior_error: float
    posterior: float
    posterior_error: float


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Draws of everything uncertain after seeing the moves. Axes: ``S`` draws.

    Parameters
    ----------
    talks : Negotiation
    record : MoveRecord
    prior, draws : Draws
        Before the moves, and after: with ``method="importance"`` the same draws, told apart by `weights`.
    weights : ndarray, shape (S,)
        Of `draws`; they add up to one.
    precision : ndarray, shape (S,)
        Of the logit choice, in units of one over `scale`.
    prior_precision : ndarray, shape (S,)
    scale : ndarray, shape (P,)
        Payoff difference to which a precision of 1 refers, for each party.
    effective : float
        Effective sample size of the importance weights, ``1 / Σ w²``.
    method : str
        ``"importance"``, or ``"tempered"`` for sequential Monte Carlo.
    log_evidence : float
        Log-probability of the moves before they were seen.
    notes : tuple of str
    """

    talks: Negotiation
    record: MoveRecord
    prior: Draws
    draws: Draws
    weights: Array
    precision: Array
    prior_precision: Array
    scale: Array
    effective: float
    method: str
    log_evidence: float
    notes: tuple[str, ...] = ()

    def probability(
        self, offer: Mapping[str, str], *, criterion: str | Criterion = "acceptable", party: str | None = None
    ) -> Share:
        """How likely a package is to be enough, before and after the moves.

        Parameters
        ----------
        offer : Package
        criterion : str or Criterion
        party : str, optional
            For whom; for every party unless named.

        Returns
        -------
        Share
            ``(prior, prior_error, posterior, posterior_error)``; the errors are of sampling, with the effective sample size.

        Raises
        ------
        ParameterError
            The criterion cannot be applied.
        """
        chosen = as_criterion(criterion)
        if why := chosen.why_not(self.talks, party):
            raise ParameterError(f"{chosen.name!r} cannot be applied: {why}")
        codes = self.talks.codes([self.talks.as_package(offer)])
        before = chosen.margins(self.talks, codes, draws=self.prior, party=party)[:, 0] >= 0
        after = before
        if self.draws is not self.prior:
            after = chosen.margins(self.talks, codes, draws=self.draws, party=party)[:, 0] >= 0
        p, q = float(before.mean()), float(self.weights @ after)
        # The delta method for a weighted mean: sqrt(Σ w² (x - q)²).
        error = float(np.sqrt(np.square(self.weights) @ np.square(after - q)))
        return Share(p, float(np.sqrt(p * (1 - p) / len(before))), q, error)

    def to_frame(self) -> pd.DataFrame:
        """Prior and posterior of every uncertain number side by side, the most moved first.

        Columns: mean before and after, the shift in prior standard deviations, and the 5, 50 and 95 percent quantiles.
        """
        import pandas as pd

        rows = []
        for knob in knobs(self.talks):
            if isinstance(knob.value, Distribution):
                before, after = (_column(d, knob) for d in (self.prior, self.draws))
                rows.append(self._row(knob.label, before, after))
        rows.append(self._row("precision of choices", self.prior_precision, self.precision))
        frame = pd.DataFrame(rows)
        order = frame["shift"].abs().sort_values(ascending=False, kind="stable").index
        return frame.loc[order].reset_index(drop=True)

    def _row(self, label: str, before: Array, after: Array) -> dict[str, str | float]:
        even = np.full(len(before), 1 / len(before))
        mean, spread, now = float(before.mean()), float(before.std()), float(self.weights @ after)
        row: dict[str, str | float] = {"number": label, "prior mean": mean, "posterior mean": now}
        row["shift"] = (now - mean) / spread if spread > 0 else 0.0
        for name, values, weights in (("prior", before, even), ("posterior", after, self.weights)):
            for q, value in zip(QUANTILES, weighted_quantiles(values, weights, QUANTILES), strict=True):
                row[f"{name} {q:.0%}"] = float(value)
        return row

    def _headline(self) -> str:
        return (
            f"{len(self.record)} moves from {self.record.moves[0].date} to {self.record.moves[-1].date}: what they say of the "
            f"stakes ({self.method}, effective sample size {self.effective:,.0f} of {len(self.weights):,})"
        )

    def __str__(self) -> str:
        frame = self.to_frame()[["number", "prior mean", "posterior mean", "shift"]]
        lines = [self._headline(), frame.head(SHOWN).to_string(index=False, float_format="{:,.3g}".format)]
        lines.append(f"  shift in prior standard deviations; {max(len(frame) - SHOWN, 0)} more numbers moved less")
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>note: {html.escape(note)}</p>" for note in self.notes)
        table = self.to_frame().head(50).to_html(index=False, float_format="{:,.4g}".format)
        return f"<p>{html.escape(self._headline())}</p>{table}{notes}"


def _column(draws: Draws, knob: Knob) -> Array:
    """The drawn values of one number."""
    return np.asarray(getattr(draws, knob.fields[0])[:, knob.column])


def weighted_quantiles(values: Array, weights: Array, at: tuple[float, ...]) -> Array:
    """The smallest values with so large a share of the weight at or below them."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    places = np.searchsorted(reached, np.array(at) * reached[-1] * (1 - 1e-12))
    return np.asarray(values[order][np.minimum(places, len(values) - 1)])
