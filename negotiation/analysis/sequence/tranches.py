"""A package delivered in alternating tranches: the split with the least largest temptation, and the patience it needs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.analysis.sequence.tranche_search import States, best_steps, states_of, stop_values, temptations
from negotiation.analysis.wording import amounts, changes
from negotiation.arrays import Array
from negotiation.door import checked
from negotiation.errors import ParameterError
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.payoffs import payoffs
from negotiation.reduce.sequence import orders_of

if TYPE_CHECKING:
    import pandas as pd

MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Tranche:
    """One step.

    Parameters
    ----------
    party : str
        Who delivers.
    before, after : Package
        What is in place.
    temptation : float
        What it would gain by ending the plan here, all that was delivered staying in place, rather than seeing the package
        through; 0 when it would lose. In the unit of the talks.
    patience : float
        The least discount factor per period with which it goes on, if stopping ends in the status quo once noticed. 1 when no
        patience is enough.
    """

    party: str
    before: Package
    after: Package
    temptation: float
    patience: float

    @property
    def delivers(self) -> str:
        """What changes, in words."""
        return changes(self.before, self.after)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Tranches:
    """A package split into steps, from `tranches`.

    Parameters
    ----------
    talks : Negotiation
    package : Package
    steps : tuple of Tranche
    temptation : float
        The largest along the way: no split into as many alternating steps has a smaller one.
    """

    talks: Negotiation
    package: Package
    steps: tuple[Tranche, ...]
    temptation: float

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def first(self) -> str | None:
        """Who delivers first."""
        return self.steps[0].party if self.steps else None

    @property
    def bonds(self) -> dict[str, float]:
        """For each party its largest temptation: a bond of that size makes it see the package through."""
        out = dict.fromkeys(self.talks.party_names, 0.0)
        for step in self.steps:
            out[step.party] = max(out[step.party], step.temptation)
        return out

    @property
    def patience(self) -> dict[str, float]:
        """For each party the least discount factor with which it never gains by stopping; 1 when no patience is enough."""
        out = dict.fromkeys(self.talks.party_names, 0.0)
        for step in self.steps:
            out[step.party] = max(out[step.party], step.patience)
        return out

    def to_frame(self) -> pd.DataFrame:
        """One row a step: who delivers what, temptation and patience needed before it, payoffs after it."""
        import pandas as pd

        rows = []
        for k, step in enumerate(self.steps, start=1):
            worth = payoffs(self.talks, step.after)
            rows.append(
                {"step": k, "party": step.party, "delivers": step.delivers, "temptation": step.temptation,
                 "patience": step.patience}
                | {f"payoff of {n}": float(v) for n, v in zip(self.talks.party_names, worth, strict=True)}
            )  # fmt: skip
        frame = pd.DataFrame(rows)
        frame.attrs["unit"] = self.talks.unit
        return frame

    def __str__(self) -> str:
        if not self.steps:
            return "Nothing to deliver."
        (most,) = amounts([self.temptation])
        lines = [f"{len(self.steps)} steps; the largest temptation to stop is {most} {self.talks.unit}"]
        texts = amounts([step.temptation for step in self.steps])
        for k, (step, text) in enumerate(zip(self.steps, texts, strict=True), start=1):
            needs = "no patience is enough" if step.patience >= 1 else f"discount factor {step.patience:.3f}"
            lines.append(f"  {k}. {step.party}: {step.delivers}  (gains {text} by stopping before; {needs})")
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False)
        return f"<p>{str(self).splitlines()[0]}</p>{table}"


@checked
def tranches(
    talks: Negotiation, package: Mapping[str, str], *, steps: int, first: str | None = None, graded: bool = True
) -> Tranches:
    """Split a package into alternating steps so that the largest temptation to stop on the way is as small as can be.

    Parameters
    ----------
    talks : Negotiation
    package : Package
    steps : int
        The most steps, all parties' together. Parties take turns; a turn may be passed.
    first : str, optional
        Who delivers first; the better order unless given.
    graded : bool
        Whether an issue may pass through the options between the status quo and the one agreed, e.g. six-month licences.

    Returns
    -------
    Tranches

    Raises
    ------
    ParameterError
        Fewer steps than parties that deliver, or more than 200.
    SizeLimitError
        More than 2**21 states between the status quo and the package.

    Notes
    -----
    What is delivered is not taken back; a party can end the plan at its turn. Then it may still deliver what pays itself, and
    so may the others: nobody can threaten to withhold what it gains by. What it has for good by ending the plan, less what
    the whole package brings, is its temptation. Where the last step costs who takes it, that cost is a temptation no split
    removes; splits make it smaller, and with it the bond. Joint issues are settled last.

    The patience needed is another reading: the one who stops has what stopping brings for its detection lag ``D`` and then
    the status quo, ``(1 - δ^D) u_stop``, against the payoffs of the coming steps, one a period, and the package from then on.

    Exact, by dynamic programming over all states (20 concessions: a million); see `best_steps`. Many splits can share
    the least largest temptation; then each step is chosen to tempt the next party least, and to be small.

    References
    ----------
    Admati, A. R., Perry, M. (1991). Joint projects without commitment. Review of Economic Studies 58, 259-276.
    Schelling, T. C. (1960). The Strategy of Conflict. Harvard University Press, chapter 2.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("w", owner="A"), ng.Issue("x", owner="A"), ng.Issue("y", owner="B"),
    ...     ng.Issue("z", owner="B")], [ng.Stake(p, i, "lifted", -2 if o else 5)
    ...     for p, i, o in [("A", "w", 1), ("A", "x", 1), ("B", "y", 1), ("B", "z", 1), ("B", "w", 0), ("B", "x", 0),
    ...                     ("A", "y", 0), ("A", "z", 0)]])
    >>> deal = talks.package("w", "x", "y", "z")
    >>> [tranches(talks, deal, steps=k).temptation for k in (2, 3, 4)]
    [4.0, 2.0, 2.0]
    """
    return splits(talks, talks.as_package(package), (steps,), first=first, graded=graded)[0]


def splits(
    talks: Negotiation, package: Package, numbers: Sequence[int], *, first: str | None = None, graded: bool = True
) -> list[Tranches]:
    """The same for several numbers of steps; the states are listed once."""
    (code,) = talks.codes([package])
    orders = orders_of(talks, code, first)
    movers = orders[0]
    for steps in numbers:
        if isinstance(steps, bool) or not isinstance(steps, int) or not len(movers) <= steps <= MOST_STEPS:
            raise ParameterError(
                f"steps must be a whole number from {len(movers)}, one for each party that delivers, to {MOST_STEPS}, not "
                f"{steps!r}."
            )
    if not movers or not numbers:
        return [Tranches(talks, package, (), 0.0) for _ in numbers]
    states = states_of(talks, code, graded=graded)
    stops = stop_values(talks, states)
    tempted = temptations(talks, states, stops)
    out = []
    for steps in numbers:
        found: list[tuple[float, int, list[tuple[str, tuple[int, ...]]]]] = []
        for order in orders:
            turns = [order[t % len(order)] for t in range(steps)]
            largest, path = best_steps(talks, states, turns, tempted)
            found.append((largest, len(found), path))
        _, _, path = min(found, key=lambda item: item[:2])
        out.append(_measured(talks, package, states, path, stops, tempted))
    return out


def _measured(
    talks: Negotiation,
    full: Package,
    states: States,
    path: list[tuple[str, tuple[int, ...]]],
    stops: Array,
    tempted: Array,
) -> Tranches:
    """The steps of a path, with what each party compares before its step."""
    places = [tuple(0 for _ in states.shape), *(state for _, state in path)]
    packages = [states.package(talks, full, place) for place in places]
    out = []
    for t, (name, _) in enumerate(path):
        i = talks.party_index(name)
        coming = [float(states.worth[(i, *place)]) for place in places[t + 1 :]]
        patience = least_patience(float(stops[(i, *places[t])]), coming, talks.party(name).detection_lag)
        out.append(Tranche(name, packages[t], packages[t + 1], float(tempted[(i, *places[t])]), patience))
    return Tranches(talks, full, tuple(out), max((step.temptation for step in out), default=0.0))


def least_patience(now: float, coming: Sequence[float], lag: int) -> float:
    """The least discount factor from which on going on is worth stopping; 1 when there is none below.

    Stopping pays ``now`` for ``lag`` periods and then 0; going on pays ``coming`` period by period, the last one for ever. In
    average terms ``(1 - δ) Σ δ^s c_s + δ^(n-1) c_(n-1) ≥ (1 - δ^lag) now``. Looked
    for on a grid of 1/2,000, then by bisection.
    """
    stream = np.asarray(coming, dtype=np.float64)
    noise = 1e-12 * max(1.0, float(np.abs(stream).max()), abs(now))

    periods = np.arange(len(stream))

    def gain(delta: float | Array) -> Array:
        d = np.atleast_1d(delta)[:, None]
        weights = d**periods * (1 - d)
        weights[:, -1] = d[:, 0] ** (len(stream) - 1)
        return np.asarray(weights @ stream - (1 - d[:, 0] ** lag) * now + noise)

    grid = np.linspace(0.0, 1.0, 2_001)[:-1]
    bad = grid[gain(grid) < 0]
    if not bad.size:
        return 0.0
    low, high = float(bad[-1]), float(bad[-1]) + 1 / 2_000
    if high >= 1.0 - 1e-9 and gain(1.0 - 1e-9)[0] < 0:
        return 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if gain(middle)[0] < 0 else (low, middle)
    return min(1.0, high) if math.isfinite(high) else 1.0
