"""How the chance that an offer is enough grows with what is offered, and the least that reaches a stated chance."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.analysis.criteria.registry import as_criterion
from negotiation.analysis.offers.family import Family, offers_for
from negotiation.analysis.offers.minimal import smallest
from negotiation.analysis.verdict import Criterion
from negotiation.analysis.wording import amount
from negotiation.arrays import Array, BoolArray, read_only
from negotiation.door import checked
from negotiation.errors import ParameterError, ProbabilityError, SizeLimitError
from negotiation.model.draws import draw_stakes
from negotiation.model.negotiation import Negotiation, Settings
from negotiation.model.package import Package
from negotiation.model.payoffs import payoffs

if TYPE_CHECKING:
    import pandas as pd

# Margins computed in one call, offers times draws, and at a time.
MOST_MARGINS, AT_A_TIME = 2**32, 2**22
SHOWN = 12


@dataclass(frozen=True, slots=True, eq=False)
class AcceptanceCurve:
    """The chance that each offer for an ask is enough, against what it costs the proposer. Axes: ``D`` offers.

    Parameters
    ----------
    packages : tuple of Package, length D
        Each the ask with one offer, the dearest to the proposer last.
    cost : ndarray, shape (D,)
        What the offer costs the proposer at central values: what the ask alone is worth to it less what the package is.
    probability : ndarray, shape (D,)
        The share of draws on which it is enough.
    standard_error : ndarray, shape (D,)
    is_minimal : ndarray of bool, shape (D,)
        Whether no smaller offer reaches `target`; all false without one.
    target : float or None
    criterion : str
    party : str, optional
        For whom it has to be enough; ``None`` for every party.
    proposer : str
    draws : int
    unit : str
        Of the cost.
    notes : tuple of str
    """

    packages: tuple[Package, ...]
    cost: Array
    probability: Array
    standard_error: Array
    is_minimal: BoolArray
    target: float | None
    criterion: str
    party: str | None
    proposer: str
    draws: int
    unit: str
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.packages)

    @property
    def on_curve(self) -> BoolArray:
        """The offers that are likelier to be enough than every cheaper one, (D,)."""
        before = np.concatenate([[-1.0], np.maximum.accumulate(self.probability)[:-1]])
        return np.asarray(self.probability > before)

    @property
    def minimal(self) -> tuple[Package, ...]:
        """The smallest offers that reach the target, the cheapest first."""
        return tuple(p for p, is_one in zip(self.packages, self.is_minimal, strict=True) if is_one)

    def to_frame(self, *, curve: bool = False) -> pd.DataFrame:
        """One row an offer, the cheapest first; with ``curve=True`` those on the curve only."""
        import pandas as pd

        frame = pd.DataFrame(
            {
                "package": [str(p) for p in self.packages],
                "cost": self.cost,
                "probability": self.probability,
                "standard error": self.standard_error,
            }
        )
        if self.target is not None:
            frame["minimal"] = self.is_minimal
        frame.attrs["unit"] = self.unit
        return frame[self.on_curve].reset_index(drop=True) if curve else frame

    def _headline(self) -> str:
        whom = self.party or "every party"
        head = f"offers of {self.proposer}: chance of {self.criterion!r} for {whom} on {self.draws:,} draws, cost in {self.unit}"
        if self.target is None:
            return head
        if not self.is_minimal.any():
            best = int(self.probability.argmax())
            likeliest = f"{self.packages[best]} at {self.probability[best]:.1%}"
            return f"{head}; none reaches {self.target:.0%}: the likeliest is {likeliest}"
        first = int(np.flatnonzero(self.is_minimal)[0])
        cost = amount(float(self.cost[first]))
        return f"{head}; the cheapest that reaches {self.target:.0%} is {self.packages[first]} ({cost})"

    def __str__(self) -> str:
        table = self.to_frame()
        table = table[self.is_minimal] if self.is_minimal.any() else table[self.on_curve]
        lines = [
            self._headline(),
            table.head(SHOWN).to_string(index=False, float_format="{:,.4g}".format, max_colwidth=70),
        ]
        if len(table) > SHOWN:
            lines.append(f"  … and {len(table) - SHOWN} more, see to_frame()")
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        table = self.to_frame(curve=self.target is None).head(50).to_html(index=False, float_format="{:,.4g}".format)
        notes = "".join(f"<p>note: {html.escape(note)}</p>" for note in self.notes)
        return f"<p>{html.escape(self._headline())}</p>{table}{notes}"


@checked
def acceptance_curve(
    talks: Negotiation,
    ask: Settings,
    *,
    proposer: str,
    criterion: str | Criterion = "acceptable",
    party: str | None = None,
    draws: int = 20_000,
    rng: np.random.Generator | None = None,
) -> AcceptanceCurve:
    """Find how likely each possible offer is to be enough, against what it costs.

    Parameters
    ----------
    talks : Negotiation
    ask : sequence of issue names (last option), or mapping of issue to option
    proposer : str
        Whose measures are offered.
    criterion : str or Criterion
        What "enough" means.
    party : str, optional
        For whom; for every party unless named. Name the other side to see what it would accept.
    draws : int
    rng : numpy.random.Generator, optional
        ``numpy.random.default_rng(0)`` unless given. All offers are judged on the same draws.

    Returns
    -------
    AcceptanceCurve
        For `plot_acceptance_curve`.

    Raises
    ------
    EmptyPackageError, OwnershipError, UnknownNameError, ParameterError
    SizeLimitError
        More than 2³² margins, offers times draws.

    Notes
    -----
    Cost ``O(S D T)``; memory does not grow with it.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("z", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -1), ng.Stake("B", "x", "lifted", ng.Distribution.uniform(0, 4)),
    ...      ng.Stake("B", "z", "lifted", -1)])
    >>> ng.acceptance_curve(talks, ["z"], proposer="A", party="B").probability.round(1)
    array([0. , 0.8])
    """
    return _curve(talks, ask, proposer, criterion, party, draws, rng, None)


@checked
def chance_constrained_offers(
    talks: Negotiation,
    ask: Settings,
    *,
    proposer: str,
    probability: float = 0.9,
    criterion: str | Criterion = "acceptable",
    party: str | None = None,
    draws: int = 20_000,
    rng: np.random.Generator | None = None,
) -> AcceptanceCurve:
    """Find the smallest offers that are enough with at least a stated probability.

    Parameters
    ----------
    talks, ask, proposer, criterion, party, draws, rng
        As for `acceptance_curve`.
    probability : float
        The chance to reach, above 0 and at most 1.

    Returns
    -------
    AcceptanceCurve
        With `minimal`: the offers that reach it while no smaller one does.

    Raises
    ------
    ProbabilityError, EmptyPackageError, OwnershipError, UnknownNameError, ParameterError, SizeLimitError

    Notes
    -----
    The estimated share of draws is compared with `probability`; a note names the offers within two standard errors of it.

    References
    ----------
    Charnes, A. and Cooper, W. W. (1959). Chance-constrained programming. Management Science 6, 73-79.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="A"), ng.Issue("z", owner="B")],
    ...     [ng.Stake("B", "x", "lifted", ng.Distribution.uniform(0, 4)), ng.Stake("B", "y", "lifted", 1),
    ...      ng.Stake("B", "z", "lifted", -1), ng.Stake("A", "y", "lifted", -1)])
    >>> ng.chance_constrained_offers(talks, ["z"], proposer="A", party="B").minimal
    (Package(y: lifted, z: lifted; 1 more at the status quo),)
    """
    if isinstance(probability, bool) or not 0 < probability <= 1:
        raise ProbabilityError(f"probability is {probability!r}; the chance to reach lies above 0 and is at most 1.")
    return _curve(talks, ask, proposer, criterion, party, draws, rng, float(probability))


def _curve(
    talks: Negotiation, ask: Settings, proposer: str, criterion: str | Criterion, party: str | None, draws: int,
    rng: np.random.Generator | None, target: float | None,
) -> AcceptanceCurve:  # fmt: skip
    """Judge every offer on the same draws."""
    chosen = as_criterion(criterion)
    if party is not None:
        talks.party_index(party)
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer) or draws < 1:
        raise ParameterError(f"draws must be a whole number from 1, not {draws!r}.")
    family, _ = offers_for(talks, ask, proposer)
    if family.size * int(draws) > MOST_MARGINS:
        raise SizeLimitError(
            f"{family.size:,} offers on {draws:,} draws are too many; ask for fewer draws, or take measures off the table with "
            "without_issues."
        )
    if why := chosen.why_not(talks, party):
        raise ParameterError(f"{chosen.name!r} cannot be applied: {why}")
    notes = [] if rng is not None else ["drawn with numpy.random.default_rng(0), since no rng was given."]
    share = _shares(family, chosen, party, int(draws), np.random.default_rng(0) if rng is None else rng)
    error = np.sqrt(share * (1 - share) / int(draws))
    minimal = np.zeros(family.size, dtype=np.bool_)
    if target is not None:
        minimal = smallest((share >= target).reshape(family.shape)).ravel()
        close = int((np.abs(share - target) <= 2 * error).sum()) if target < 1 else 0
        if close:
            notes.append(
                f"{close} of the offers lie within two standard errors of {target:.0%}; more draws would tell."
            )
    codes = family.codes(np.arange(family.size))
    worth = payoffs(talks, codes)[:, talks.party_index(proposer)]
    cost = worth[0] - worth
    order = np.lexsort((-share, cost))
    return AcceptanceCurve(
        tuple(talks.package_from_choices(codes[k]) for k in order), read_only(cost[order]), read_only(share[order]),
        read_only(error[order]), read_only(minimal[order], np.bool_), target, chosen.name, party, proposer, int(draws),
        talks.unit, tuple(notes),
    )  # fmt: skip


def _shares(family: Family, criterion: Criterion, party: str | None, draws: int, rng: np.random.Generator) -> Array:
    """The share of draws on which each offer is enough, block by block."""
    met = np.zeros(family.size)
    codes = family.codes(np.arange(family.size))
    step = max(1, min(draws, AT_A_TIME // max(1, min(family.size, 1024))))
    for start in range(0, draws, step):
        drawn = draw_stakes(family.talks, min(step, draws - start), rng=rng)
        for first in range(0, family.size, 1024):
            block = slice(first, first + 1024)
            margins = criterion.margins(family.talks, codes[block], draws=drawn, party=party)
            met[block] += (margins >= 0).sum(axis=0)
    return met / draws
