"""Where each number would have to lie for the answer to change, and what one has to believe for it to hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from negotiation.analysis.break_even_result import Belief, BreakEven, BreakEvenPoint
from negotiation.analysis.criteria.registry import as_criterion
from negotiation.analysis.knobs import Knob, knobs, turned
from negotiation.analysis.offers.linear import Linear, conditions_on_stakes
from negotiation.analysis.verdict import Criterion
from negotiation.arrays import Array, IntArray
from negotiation.door import checked
from negotiation.model.negotiation import Negotiation
from negotiation.model.rounding import at_stake

# How far beyond its centre a number is turned, in multiples of its range, its size, or all a party has at stake.
REACH = 10.0
# Rows of draws judged at a time.
BLOCK = 4096
Margin = Callable[[Sequence[Knob], Array], Array]


@checked
def break_even(
    talks: Negotiation,
    offer: Mapping[str, str],
    *,
    criterion: str | Criterion = "acceptable",
    party: str | None = None,
) -> BreakEven:
    """Find, for each number that matters, the value at which the answer flips, others at their centre.

    Parameters
    ----------
    talks : Negotiation
    offer : Package
    criterion : str or Criterion
        What "enough" means.
    party : str, optional
        For whom; for every party unless named.

    Returns
    -------
    BreakEven
        A point for each stake, interaction, fallback, credibility and discount factor that the margin depends on, the
        nearest first; and for a criterion that is linear in the stakes the condition on all of them together.

    Raises
    ------
    UnknownNameError, WrongTypeError

    Notes
    -----
    A criterion with linear conditions ``w · s + c ≥ 0`` holds for values of one stake in an interval whose ends are exact.
    Anything else is turned over a grid that reaches ten times its range, its size, or all a party has at stake; where
    the answer changes between two points of the grid, the change is found by 60 halvings, so two changes
    closer than the grid may be missed. Cost: one evaluation of the margin for each of about 50 points a number, and 60
    for each change; for a criterion that compares a package with all others (``"efficient"``, ``"fair"``) that is slow.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", ng.Party("B", reservation=3)], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("B", "y", "lifted", -1), ng.Stake("B", "x", "lifted", 5)])
    >>> result = ng.break_even(talks, talks.package("x", "y"), party="B")
    >>> print(result.beliefs[0])
    B: x lifted - cost of y lifted >= 3; at the centre 5 - 1 = 4, so +1
    """
    chosen = as_criterion(criterion)
    package = talks.as_package(offer)
    if party is not None:
        talks.party_index(party)
    if why := chosen.why_not(talks, party):
        note = f"{chosen.name!r} cannot be applied: {why}"
        return BreakEven(package, chosen.name, party, float("nan"), talks.unit, (), (), (note,))
    codes = talks.codes([package])
    verdict = chosen.verdict(talks, package, party=party, proposer=None)
    linear = conditions_on_stakes(chosen, talks, package, party)

    def margin(which: Sequence[Knob], values: Array) -> Array:
        return _margins(talks, chosen, codes, party, which, values)

    candidates = knobs(talks)
    points: list[BreakEvenPoint] = []
    if linear is not None:
        points += _exact(talks, linear, [k for k in candidates if k.fields == ("values",)])
        candidates = [k for k in candidates if k.fields != ("values",)]
    points += _searched(talks, candidates, margin)
    beliefs = () if linear is None else _beliefs(talks, linear)
    notes = (
        ()
        if linear is not None
        else (
            f"{chosen.name!r} is not linear in the stakes, so there is no one condition on all of them; each number was "
            f"turned to {REACH:g} times what is at stake.",
        )
    )
    points.sort(key=lambda p: (np.isnan(p.flips_at), np.nan_to_num(abs(p.distance), nan=np.inf), abs(p.change)))
    return BreakEven(package, chosen.name, party, verdict.margin, verdict.unit, tuple(points), beliefs, notes)


def _margins(
    talks: Negotiation, criterion: Criterion, codes: IntArray, party: str | None, which: Sequence[Knob], values: Array
) -> Array:
    """The margin with one number turned at a time, shape (S,)."""
    out = np.empty(len(which))
    for start in range(0, len(which), BLOCK):
        rows = slice(start, start + BLOCK)
        draws = turned(talks, which[rows], values[rows])
        out[rows] = criterion.margins(talks, codes, draws=draws, party=party)[:, 0]
    return out


def _exact(talks: Negotiation, linear: Linear, stakes: Sequence[Knob]) -> list[BreakEvenPoint]:
    """The ends of the interval of each stake on which every condition is met."""
    margins = linear.weights @ talks.terms.central + linear.constants
    out = []
    for knob in stakes:
        w = linear.weights[:, knob.column]
        if not w.any():
            continue
        with np.errstate(divide="ignore", invalid="ignore"):
            roots = knob.central - margins / w
        low = roots[w > 0].max(initial=-np.inf)
        high = roots[w < 0].min(initial=np.inf)
        possible = (margins[w == 0] >= 0).all() and low <= high
        inside = (margins >= 0).all()
        below = low if inside else high if high < knob.central else np.nan
        above = high if inside else low if low > knob.central else np.nan
        out.append(_point(knob, below if possible else np.nan, above if possible else np.nan))
    return out


def _searched(talks: Negotiation, candidates: Sequence[Knob], margin: Margin) -> list[BreakEvenPoint]:
    """The nearest change of the answer on either side, by grid and bisection."""
    grids = [_grid(talks, knob) for knob in candidates]
    if not grids:
        return []
    which = [knob for knob, grid in zip(candidates, grids, strict=True) for _ in grid]
    judged = np.split(margin(which, np.concatenate(grids)), np.cumsum([len(g) for g in grids])[:-1])
    ends: list[tuple[Knob, int, float, float, float, float]] = []
    in_play = []
    for k, (knob, grid, values) in enumerate(zip(candidates, grids, judged, strict=True)):
        if np.nanmax(values, initial=-np.inf) <= np.nanmin(values, initial=np.inf):
            continue
        in_play.append(k)
        sides = _changes(grid, values, knob.central)
        ends += [(knob, k, grid[i], grid[i + 1], values[i], values[i + 1]) for i in sides]
    roots = _bisected(ends, margin)
    points = []
    for k in in_play:
        found = [(root, end[2] >= end[0].central) for root, end in zip(roots, ends, strict=True) if end[1] == k]
        below = max((r for r, is_above in found if not is_above), default=np.nan)
        above = min((r for r, is_above in found if is_above), default=np.nan)
        points.append(_point(candidates[k], below, above))
    return points


def _grid(talks: Negotiation, knob: Knob) -> Array:
    """Points from far below to far above the centre, dense within the range."""
    low, high = knob.span
    lowest, highest = knob.limits
    if np.isfinite(lowest):
        return np.unique(np.clip([knob.central, low, high, *np.linspace(lowest, highest, 51)], lowest, highest))
    size = max(high - low, abs(knob.central), float(at_stake(talks).max())) or 1.0
    steps = REACH * size * np.geomspace(1e-3, 1, 16)
    return np.unique(
        np.concatenate([np.linspace(low, high, 21), knob.central - steps, [knob.central], knob.central + steps])
    )


def _changes(grid: Array, values: Array, centre: float) -> list[int]:
    """The intervals of the grid, at most one on either side of the centre, in which the answer changes."""
    holds = values >= 0
    known = ~np.isnan(values)
    at = np.flatnonzero((holds[1:] != holds[:-1]) & known[1:] & known[:-1])
    below, above = at[grid[at + 1] <= centre], at[grid[at] >= centre]
    return [*below[-1:].tolist(), *above[:1].tolist()]


def _bisected(ends: Sequence[tuple[Knob, int, float, float, float, float]], margin: Margin) -> Array:
    """Where the answer changes inside each interval: by halving, tidied where the margin is a straight line."""
    if not ends:
        return np.empty(0)
    which = [end[0] for end in ends]
    a, b, at_a, at_b = (np.array([end[k] for end in ends]) for k in (2, 3, 4, 5))
    with np.errstate(invalid="ignore", over="ignore"):
        straight = a - at_a * (b - a) / (at_b - at_a)
    width, holds_a = b - a, at_a >= 0
    for _ in range(60):
        middle = (a + b) / 2
        same = (margin(which, middle) >= 0) == holds_a
        a, b = np.where(same, middle, a), np.where(same, b, middle)
    root = np.where(holds_a, a, b)
    return np.where(np.abs(straight - root) <= 1e-9 * width, straight, root)


def _point(knob: Knob, below: float, above: float) -> BreakEvenPoint:
    low, high = knob.span
    finite = [float(v) if np.isfinite(v) else float("nan") for v in (below, above)]
    return BreakEvenPoint(knob.label, knob.party, knob.kind, knob.central, low, high, *finite)


def _beliefs(talks: Negotiation, linear: Linear) -> tuple[Belief, ...]:
    """Each condition with the names of the terms that count in it."""
    centre = talks.terms.central
    out = []
    for w, constant, label in zip(linear.weights, linear.constants, linear.labels, strict=True):
        largest_first = sorted(np.flatnonzero(w), key=lambda t: -float(w[t] * centre[t]))
        terms = tuple((talks.terms.items[t].label, float(w[t]), float(centre[t])) for t in largest_first)
        out.append(Belief(label, terms, 0.0 - float(constant)))
    return tuple(out)
