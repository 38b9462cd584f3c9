"""The offers with which the proposer can regret least, whatever the stakes turn out to be within their ranges."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.analysis.offers.family import Family, offers_for
from negotiation.analysis.robust.regrets import WALK_AWAY, largest_regrets
from negotiation.analysis.wording import amount
from negotiation.arrays import Array, read_only
from negotiation.door import checked
from negotiation.model.negotiation import Negotiation, Settings
from negotiation.model.package import Package
from negotiation.model.payoffs import payoffs

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 12


@dataclass(frozen=True, slots=True, eq=False)
class RobustOffers:
    """Every offer for an ask by its largest regret, the smallest first. Axes: ``D`` offers.

    Parameters
    ----------
    packages : tuple of Package, length D
        Each the ask with one offer.
    largest_regret : ndarray, shape (D,)
        Of the proposer, in payoff units: by how much another choice could turn out better, at worst.
    rivals : tuple of Package or None, length D
        What would have been better in that worst case; ``None`` for walking away.
    accepted : tuple of bool, length D
        Whether the offer is accepted in its worst case (and regretted for what it costs) or refused.
    proposer : str
    unit : str
    """

    packages: tuple[Package, ...]
    largest_regret: Array
    rivals: tuple[Package | None, ...]
    accepted: tuple[bool, ...]
    proposer: str
    unit: str

    @property
    def best(self) -> tuple[Package, ...]:
        """The minimax-regret offers: all that share the smallest largest regret."""
        least = self.largest_regret[0]
        slack = 1e-9 * max(1.0, abs(float(self.largest_regret[-1])))
        return tuple(p for p, r in zip(self.packages, self.largest_regret, strict=True) if r <= least + slack)

    def __len__(self) -> int:
        return len(self.packages)

    def to_frame(self) -> pd.DataFrame:
        """One row an offer: its largest regret, and what would have been better there."""
        import pandas as pd

        frame = pd.DataFrame(
            {
                "package": [str(p) for p in self.packages],
                "largest regret": self.largest_regret,
                "at worst it is": ["accepted" if a else "refused" for a in self.accepted],
                "better then": ["walking away" if r is None else str(r) for r in self.rivals],
            }
        )
        frame.attrs["unit"] = self.unit
        return frame

    def _headline(self) -> str:
        first = self.best[0]
        return (
            f"{self.proposer} regrets least, wherever the stakes lie in their ranges, with {first}: at most "
            f"{amount(float(self.largest_regret[0]))} {self.unit}"
        )

    def __str__(self) -> str:
        table = self.to_frame().head(SHOWN)
        lines = [self._headline(), table.to_string(index=False, float_format="{:,.4g}".format, max_colwidth=60)]
        if len(self) > SHOWN:
            lines.append(f"  … and {len(self) - SHOWN} more, see to_frame()")
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        table = self.to_frame().head(50).to_html(index=False, float_format="{:,.4g}".format)
        return f"<p>{html.escape(self._headline())}</p>{table}"


@checked
def robust_offers(talks: Negotiation, ask: Settings, *, proposer: str) -> RobustOffers:
    """Find the offers that minimise the proposer's largest regret over the ranges of all stakes.

    Parameters
    ----------
    talks : Negotiation
    ask : sequence of issue names (last option), or mapping of issue to option
        What the proposer wants of the others.
    proposer : str
        Whose measures are offered.

    Returns
    -------
    RobustOffers

    Raises
    ------
    EmptyPackageError, OwnershipError, UnknownNameError
        An ask that is empty, the proposer's own, or unknown.
    SizeLimitError
        More than 8,192 offers.

    Notes
    -----
    An offer that the others accept is worth its payoff to the proposer, one that somebody refuses the disagreement payoff,
    and so is walking away. The largest regret of an offer is the most by which another choice could have been better at any
    stakes and fallbacks within their ranges, each free of the others; a range without ends is cut at its 0.1 and 99.9
    percent quantiles. It is exact (`largest_regrets`), needs no probabilities, and says nothing of how likely the worst
    case is. Cost: ``O(D² T)`` for ``D`` offers and ``T`` stakes.

    References
    ----------
    Savage, L. J. (1951). The theory of statistical decision. Journal of the American Statistical Association 46, 55-67.

    Examples
    --------
    >>> import negotiation as ng
    >>> wide = ng.Distribution.uniform(1, 6)
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue(n, owner="A") for n in ("x", "y")] + [ng.Issue("z", owner="B")],
    ...     [ng.Stake("A", "z", "lifted", 9), ng.Stake("A", "x", "lifted", -1), ng.Stake("A", "y", "lifted", -2),
    ...      ng.Stake("B", "z", "lifted", -4), ng.Stake("B", "x", "lifted", wide), ng.Stake("B", "y", "lifted", 3)])
    >>> offers = ng.robust_offers(talks, ["z"], proposer="A")
    >>> offers.best, float(offers.largest_regret[0])
    ((Package(x: lifted, y: lifted, z: lifted),), 2.0)
    """
    family, _ = offers_for(talks, ask, proposer)
    return ranked(family, proposer)


def ranked(family: Family, proposer: str) -> RobustOffers:
    """The offers of a family by their largest regret, those worth more to the proposer first among equals."""
    talks = family.talks
    found = largest_regrets(family, proposer)
    worth = payoffs(talks, found.codes)[:, talks.party_index(proposer)]
    order = [int(k) for k in np.lexsort((-worth, np.round(found.largest, 9)))]
    packages = [talks.package_from_choices(row) for row in found.codes]
    rivals = [None if r == WALK_AWAY else packages[int(r)] for r in found.rival]
    return RobustOffers(
        tuple(packages[k] for k in order),
        read_only(found.largest[order]),
        tuple(rivals[k] for k in order),
        tuple(bool(found.was_accepted[k]) for k in order),
        proposer,
        talks.unit,
    )
