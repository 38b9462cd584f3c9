"""Which stakes make the moves rational: linear inequalities instead of probabilities."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation.analysis.criteria.registry import as_criterion
from negotiation.analysis.evidence.likelihood import choices_of
from negotiation.analysis.knobs import ends_of
from negotiation.analysis.offers.linear import conditions_on_stakes
from negotiation.analysis.verdict import Criterion
from negotiation.arrays import Array, read_only
from negotiation.door import checked
from negotiation.errors import NumericalError, ParameterError
from negotiation.model.distribution import Distribution
from negotiation.model.move import Move, MoveRecord, as_record
from negotiation.model.negotiation import Negotiation

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 12


@dataclass(frozen=True, slots=True, eq=False)
class RationalSet:
    """The stakes within their ranges under which no move was a mistake. Axes: ``M`` moves, ``T`` terms.

    Parameters
    ----------
    talks : Negotiation
    record : MoveRecord
    rows : ndarray, shape (R, T)
        Inequalities ``rows @ stakes >= 0``: what was chosen was worth at least as much as each alternative.
    move_of : tuple of int, length R
    ends : ndarray, shape (T, 2)
        The ranges.
    slack : float
        0 where such stakes exist; else the least total by which choices fell short, in payoff units.
    mistakes : tuple of (Move, float)
        Where that shortfall lies: the moves that cannot all be rational.
    bounds : ndarray, shape (T, 2)
        What each stake can be, given the moves; NaN where there are no such stakes.
    """

    talks: Negotiation
    record: MoveRecord
    rows: Array
    move_of: tuple[int, ...]
    ends: Array
    slack: float
    mistakes: tuple[tuple[Move, float], ...]
    bounds: Array

    @property
    def is_empty(self) -> bool:
        """Whether no stakes within the ranges make every move rational."""
        return self.slack > 0

    def margin_bounds(
        self, offer: Mapping[str, str], *, criterion: str | Criterion = "acceptable", party: str | None = None
    ) -> tuple[float, float]:
        """The least and the largest margin of a package over these stakes, other numbers at their centre.

        Raises
        ------
        ParameterError
            The criterion is not linear in the stakes, or the set is empty.
        """
        if self.is_empty:
            raise ParameterError("no stakes make every move rational, so there is nothing to bound; see mistakes.")
        chosen = as_criterion(criterion)
        linear = conditions_on_stakes(chosen, self.talks, self.talks.as_package(offer), party)
        if linear is None:
            raise ParameterError(
                f"{chosen.name!r} is not linear in the stakes; its margin cannot be bounded by these means."
            )
        least = min(
            _extreme(w, self.rows, self.ends) + float(c) for w, c in zip(linear.weights, linear.constants, strict=True)
        )
        # The largest of a minimum: one more variable below every condition.
        t = self.ends.shape[0]
        rows = np.vstack([np.column_stack([linear.weights, -np.ones(len(linear.weights))]),
                          np.column_stack([self.rows, np.zeros(len(self.rows))])])  # fmt: skip
        limits = np.concatenate([linear.constants, np.zeros(len(self.rows))])
        objective = np.append(np.zeros(t), -1.0)
        ends = np.vstack([self.ends, [-np.inf, np.inf]])
        return least, -_solve(objective, -rows, limits, ends)

    def to_frame(self) -> pd.DataFrame:
        """One row an uncertain stake: its range and what the moves leave of it, the most narrowed first."""
        import pandas as pd

        terms = self.talks.terms
        rows = []
        for t in terms.uncertain:
            low, high = self.ends[t]
            a, b = self.bounds[t]
            left = (b - a) / (high - low) if high > low else 1.0
            rows.append(
                {"stake": terms.items[t].label, "low": low, "high": high, "low after": a, "high after": b, "left": left}
            )
        frame = pd.DataFrame(rows, columns=["stake", "low", "high", "low after", "high after", "left"])
        return frame.sort_values("left", kind="stable", ignore_index=True)

    def _headline(self) -> str:
        if self.is_empty:
            worst = "; ".join(f"{move} (short by {short:,.3g})" for move, short in self.mistakes)
            return f"no stakes within the ranges make all {len(self.record)} moves rational: {worst}"
        frame = self.to_frame()
        narrowed = int((frame["left"] < 1 - 1e-9).sum())
        return f"{len(self.record)} moves can all be rational; they narrow {narrowed} of {len(frame)} uncertain stakes"

    def __str__(self) -> str:
        frame = self.to_frame()
        frame = frame[frame["left"] < 1 - 1e-9].head(SHOWN)
        table = (
            [frame.to_string(index=False, float_format="{:,.4g}".format)] if len(frame) and not self.is_empty else []
        )
        return "\n".join([self._headline(), *table])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self._headline())}</p>{self.to_frame().head(50).to_html(index=False)}"


@checked
def rational_set(talks: Negotiation, moves: MoveRecord | Iterable[Move]) -> RationalSet:
    """Find the stakes within their ranges under which what the parties did was rational, with no probabilities assumed.

    Parameters
    ----------
    talks : Negotiation
    moves : MoveRecord, or sequence of Move

    Returns
    -------
    RationalSet
        Bounds of every stake; `margin_bounds` of a package; and which moves conflict if there are no such stakes.

    Raises
    ------
    ParameterError, WrongTypeError, UnknownNameError, OwnershipError

    Notes
    -----
    Revealed preference: ``u_i(a*) ≥ u_i(a)`` for every alternative, linear in the stakes; a range without ends is cut at its 0.1
    and 99.9 percent quantiles. Bounds are two linear programmes a stake that some inequality touches (HiGHS). If the
    inequalities contradict each other or the ranges, the smallest total shortfall says where.

    References
    ----------
    Manski, C. F. (2003). Partial Identification of Probability Distributions. Springer.

    Examples
    --------
    >>> import datetime as dt
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A")],
    ...                        [ng.Stake("A", "x", "lifted", ng.Distribution.uniform(-1, 1))])
    >>> seen = [ng.Move(dt.date(2025, 4, 4), "A", {"x": "lifted"}, instead=[{}])]
    >>> ng.rational_set(talks, seen).bounds
    array([[0., 1.]])
    """
    record = as_record(moves)
    choices = choices_of(talks, record)
    terms = talks.terms
    rows, move_of = [], []
    for m, (codes, who) in enumerate(zip(choices.codes, choices.movers, strict=True)):
        hits = terms.hits(codes).astype(np.float64) * (terms.party == who)
        rows += list(hits[0] - hits[1:])
        move_of += [m] * (len(codes) - 1)
    table = np.array(rows).reshape(len(rows), len(terms.items))
    ends = np.array([ends_of(v) for v in terms.values]).reshape(-1, 2)
    short = _shortfalls(table, ends)
    size = float(np.abs(ends).sum()) or 1.0
    if short.sum() > 1e-7 * size:
        per_move = [float(short[np.array(move_of) == m].sum()) for m in range(len(record))]
        mistakes = tuple((record.moves[m], s) for m, s in enumerate(per_move) if s > 1e-7 * size)
        return RationalSet(talks, record, read_only(table), tuple(move_of), read_only(ends), float(short.sum()), mistakes,
                           read_only(np.full_like(ends, np.nan)))  # fmt: skip
    bounds = ends.copy()
    touched = (table != 0).any(axis=0)
    for t in terms.uncertain:
        if touched[t] and isinstance(terms.values[t], Distribution):
            one = np.zeros(len(terms.items))
            one[t] = 1.0
            bounds[t] = _extreme(one, table, ends), -_extreme(-one, table, ends)
    return RationalSet(talks, record, read_only(table), tuple(move_of), read_only(ends), 0.0, (), read_only(bounds))


def _extreme(objective: Array, rows: Array, ends: Array) -> float:
    """The least value of a linear function over the set."""
    return _solve(objective, -rows, np.zeros(len(rows)), ends)


def _shortfalls(rows: Array, ends: Array) -> Array:
    """By how much each inequality has to be missed, least in total."""
    from scipy.optimize import linprog

    r, t = rows.shape
    bounds: Any = np.vstack([ends, np.tile([0.0, np.inf], (r, 1))])
    cost = np.concatenate([np.zeros(t), np.ones(r)])
    found: Any = linprog(cost, A_ub=np.column_stack([-rows, -np.eye(r)]), b_ub=np.zeros(r), bounds=bounds)
    if found.status != 0:
        raise NumericalError(f"the linear programme of the moves was not solved: {found.message}")
    return np.asarray(found.x[t:])


def _solve(objective: Array, table: Array, limits: Array, ends: Array) -> float:
    """``min objective · x`` with ``table x <= limits`` within the ends."""
    from scipy.optimize import linprog

    bounds: Any = ends
    found: Any = linprog(objective, A_ub=table, b_ub=limits, bounds=bounds)
    if found.status != 0:
        raise NumericalError(f"a linear programme over rational stakes was not solved: {found.message}")
    return 0.0 + float(found.fun)
