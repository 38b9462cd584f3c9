"""How evidence moved an answer, move by move."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.analysis.evidence.condition import PRECISION, Method, condition
from negotiation.analysis.verdict import Criterion
from negotiation.arrays import Array, read_only
from negotiation.door import checked
from negotiation.model.distribution import Distribution
from negotiation.model.move import Move, MoveRecord, as_record
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """How likely a package is to be enough as evidence comes in. Axes: ``M`` moves.

    Parameters
    ----------
    dates : tuple of datetime.date, length M + 1
        The first is the day before the first move: the prior.
    events : tuple of str, length M + 1
    probability, standard_error : ndarray, shape (M + 1,)
    effective : ndarray, shape (M + 1,)
        Effective sample size behind each.
    package : Package
    criterion : str
    party : str, optional
    notes : tuple of str
    """

    dates: tuple[dt.date, ...]
    events: tuple[str, ...]
    probability: Array
    standard_error: Array
    effective: Array
    package: Package
    criterion: str
    party: str | None
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row a move, the prior first."""
        import pandas as pd

        return pd.DataFrame(
            {
                "date": self.dates,
                "event": self.events,
                "probability": self.probability,
                "standard error": self.standard_error,
                "effective draws": self.effective,
            }
        )

    def monthly(self) -> pd.DataFrame:
        """The last value of each month."""
        frame = self.to_frame()
        frame["month"] = [f"{d.year}-{d.month:02d}" for d in self.dates]
        return frame.groupby("month", as_index=False).last()[["month", "probability", "standard error", "event"]]

    def _headline(self) -> str:
        return (
            f"{self.package}: {self.criterion!r} for {self.party or 'every party'}, from {self.probability[0]:.1%} before the "
            f"moves to {self.probability[-1]:.1%} after {len(self.dates) - 1}"
        )

    def __str__(self) -> str:
        table = self.to_frame().to_string(index=False, float_format="{:,.3f}".format, max_colwidth=60)
        return "\n".join([self._headline(), table, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self._headline())}</p>{self.to_frame().to_html(index=False, float_format='{:,.3f}'.format)}"


@checked
def timeline(
    talks: Negotiation,
    moves: MoveRecord | Iterable[Move],
    offer: Mapping[str, str],
    *,
    criterion: str | Criterion = "acceptable",
    party: str | None = None,
    draws: int = 20_000,
    seed: int = 0,
    precision: float | Distribution = PRECISION,
    method: Method = "auto",
) -> Timeline:
    """Follow the probability that a package is enough from before the first move to after the last.

    Parameters
    ----------
    talks : Negotiation
    moves : MoveRecord, or sequence of Move
    offer : Package
    criterion : str or Criterion
    party : str, optional
    draws, precision, method
        As for `condition`.
    seed : int
        Each step conditions draws made from the same seed, so that the steps differ by the moves alone.

    Returns
    -------
    Timeline
        For `plot_timeline`; `monthly` gives it month by month.

    Raises
    ------
    ParameterError, WrongTypeError, UnknownNameError, OwnershipError

    Notes
    -----
    One call of `condition` a move.

    Examples
    --------
    >>> import negotiation as ng
    >>> wide = ng.Distribution.uniform(-1, 1)
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A")], [ng.Stake("A", "x", "lifted", wide)])
    >>> seen = [ng.Move(dt.date(2025, 4, 4), "A", {"x": "lifted"}, instead=[{}])]
    >>> found = ng.timeline(talks, seen, talks.package("x"), party="A", precision=5.0)
    >>> bool(found.probability[1] > found.probability[0])
    True
    """
    record = as_record(moves)
    package = talks.as_package(offer)
    shares, effective, notes = [], [float(draws)], []
    for k in range(1, len(record) + 1):
        found = condition(
            talks, record.first(k), draws=draws, rng=np.random.default_rng(seed), precision=precision, method=method
        )
        shares.append(found.probability(package, criterion=criterion, party=party))
        effective.append(found.effective if found.method == "importance" else float(draws))
        notes += [f"after move {k}: {note}" for note in found.notes]
    first = record.moves[0].date - dt.timedelta(days=1)
    return Timeline(
        (first, *(m.date for m in record.moves)),
        ("before the moves", *(f"{m.party}: {m.description or 'moves'}" for m in record.moves)),
        read_only([shares[0].prior, *(s.posterior for s in shares)]),
        read_only([shares[0].prior_error, *(s.posterior_error for s in shares)]),
        read_only(effective),
        package,
        str(criterion if isinstance(criterion, str) else criterion.name),
        party,
        tuple(notes),
    )
