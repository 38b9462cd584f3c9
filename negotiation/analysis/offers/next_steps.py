"""What to add next: every single step from a package, and what it does for whom."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.analysis.criteria.registry import as_criterion
from negotiation.analysis.verdict import Criterion
from negotiation.arrays import Array, read_only
from negotiation.door import checked
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.payoffs import payoffs

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class NextSteps:
    """Single steps forward from a package. Axes: ``M`` steps, ``P`` parties.

    Parameters
    ----------
    talks : Negotiation
    package : Package
        Where they start.
    criterion : str
    margin : float
        There.
    steps : tuple of Package, length M
        Each differs from the package in one issue, moved to a later option.
    moves : tuple of (issue, option), length M
    changes : ndarray, shape (M, P)
        Of each party's payoff.
    margins : ndarray, shape (M,)
        After the step.
    """

    talks: Negotiation
    package: Package
    criterion: str
    margin: float
    steps: tuple[Package, ...]
    moves: tuple[tuple[str, str], ...]
    changes: Array
    margins: Array

    def to_frame(self) -> pd.DataFrame:
        """One row a step, those that lift the margin most first."""
        import pandas as pd

        frame = pd.DataFrame(self.changes, columns=[f"change for {name}" for name in self.talks.party_names])
        frame.insert(0, "step", [f"{issue}: {option}" for issue, option in self.moves])
        frame.insert(1, "by", [self.talks.issue(issue).owner or "joint" for issue, _ in self.moves])
        frame["margin"] = self.margins
        frame["enough"] = self.margins >= 0
        frame.attrs["unit"] = self.talks.unit
        return frame.sort_values("margin", ascending=False, kind="stable", ignore_index=True)

    def _headline(self) -> str:
        return f"from {self.package} ({self.criterion!r}, margin {self.margin:+,.4g}); payoffs in {self.talks.unit}"

    def __str__(self) -> str:
        return f"{self._headline()}\n{self.to_frame().to_string(index=False, float_format='{:+,.4g}'.format)}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        table = self.to_frame().to_html(index=False, float_format="{:+,.4g}".format)
        return f"<p>{html.escape(self._headline())}</p>{table}"


@checked
def what_to_add(
    talks: Negotiation,
    package: Mapping[str, str],
    *,
    criterion: str | Criterion = "acceptable",
    party: str | None = None,
) -> NextSteps:
    """List every single step forward from a package: what it gives or costs each party, and whether it is then enough.

    Parameters
    ----------
    talks : Negotiation
    package : Package
    criterion : str or Criterion
    party : str, optional
        For whom it has to be enough; for every party unless named.

    Returns
    -------
    NextSteps

    Raises
    ------
    UnknownNameError

    Notes
    -----
    A step moves one issue to a later option, interactions counted. Cost: one evaluation a step.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "y", "lifted", 6), ng.Stake("A", "x", "lifted", -1), ng.Stake("B", "y", "lifted", -2),
    ...      ng.Stake("B", "x", "lifted", 4)])
    >>> ng.what_to_add(talks, talks.package("y")).margins
    array([2.])
    """
    chosen = as_criterion(criterion)
    here = talks.as_package(package)
    if party is not None:
        talks.party_index(party)
    moves = tuple((i.name, o) for i in talks.issues for o in i.options[i.index(here[i.name]) + 1 :])
    steps = tuple(talks.as_package({**here, issue: option}) for issue, option in moves)
    codes = talks.codes([here, *steps])
    values = payoffs(talks, codes)
    margins = np.full(len(codes), np.nan) if chosen.why_not(talks, party) else chosen.margins(talks, codes, party=party)
    return NextSteps(
        talks,
        here,
        chosen.name,
        float(margins[0]),
        steps,
        moves,
        read_only(values[1:] - values[0]),
        read_only(margins[1:]),
    )
