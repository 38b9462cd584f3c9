"""Which concession a deal's worth is due to."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.arrays import Array, read_only
from negotiation.door import checked
from negotiation.errors import EmptyPackageError
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ConcessionCredit:
    """The worth of a package to each party, attributed to the concessions in it.

    Parameters
    ----------
    talks : Negotiation
    package : Package
    issues : tuple of str, length M
        Those that the package moves.
    credits : ndarray, shape (M, P)
        Per period, in the talks' unit; each column adds up to the party's payoff.
    """

    talks: Negotiation
    package: Package
    issues: tuple[str, ...]
    credits: Array

    @property
    def total(self) -> Array:
        """What each concession adds for all parties together, shape (M,)."""
        return np.asarray(self.credits.sum(axis=1))

    def to_frame(self) -> pd.DataFrame:
        """One row a concession: who makes it, its credit for each party and in total; the sums last."""
        import pandas as pd

        rows = np.vstack([self.credits, self.credits.sum(axis=0)])
        frame = pd.DataFrame(rows, columns=list(self.talks.party_names))
        frame["together"] = rows.sum(axis=1)
        frame.insert(0, "made by", [self.talks.issue(i).owner or "jointly" for i in self.issues] + [""])
        frame.index = pd.Index([f"{i}: {self.package[i]}" for i in self.issues] + ["the package"], name="concession")
        frame.attrs["unit"] = self.talks.unit
        return frame

    def __str__(self) -> str:
        table = self.to_frame().reset_index().to_string(index=False, float_format="{:+,.4g}".format)
        return f"What each concession is worth to whom, in {self.talks.unit}\n{table}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<p>In {html.escape(self.talks.unit)}</p>{self.to_frame().to_html(float_format='{:+,.4g}'.format)}"


@checked
def concession_credit(talks: Negotiation, package: Mapping[str, str]) -> ConcessionCredit:
    """Attribute what a package is worth to each party to the concessions in it, by their Shapley values.

    Parameters
    ----------
    talks : Negotiation
    package : Package
        Of any size.

    Returns
    -------
    ConcessionCredit

    Raises
    ------
    EmptyPackageError
        The package moves nothing.
    UnknownNameError

    Notes
    -----
    The Shapley value of the game in which concessions are made one after the other in a random order (`gain_game`): a stake
    goes to its own concession, an interaction in equal parts to the concessions that it takes. In closed form, so exact for
    any number of concessions, at central values.

    References
    ----------
    Shapley, L. S. (1953). A value for n-person games. Contributions to the Theory of Games II, 307-317.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "y", "lifted", 6), ng.Stake("A", "x", "lifted", -1), ng.Stake("B", "x", "lifted", 4)],
    ...     [ng.Interaction("A", {"x": "lifted", "y": "lifted"}, 2)])
    >>> print(ng.concession_credit(talks, talks.package("x", "y")))
    What each concession is worth to whom, in payoff units per period
     concession made by  A  B  together
      x: lifted       A +0 +4        +4
      y: lifted       B +7 +0        +7
    the package         +7 +4       +11
    """
    full = talks.as_package(package)
    if not full.moved:
        raise EmptyPackageError("the package moves nothing, so there is nothing to credit.")
    terms, row = talks.terms, {talks.issue_index(name): m for m, name in enumerate(full.moved)}
    credits = np.zeros((len(full.moved), len(talks.parties)))
    for t in np.flatnonzero(terms.hits(talks.codes([full]))[0]):
        needed = [row[k] for k, _ in terms.conditions[t]]
        credits[needed, terms.party[t]] += terms.central[t] / len(needed)
    return ConcessionCredit(talks, full, full.moved, read_only(credits))
