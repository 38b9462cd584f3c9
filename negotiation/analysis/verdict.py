"""The answer of one criterion on one package, and what a criterion has to be able to do."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, Protocol, runtime_checkable

import numpy as np

from negotiation.arrays import Array, IntArray
from negotiation.model.draws import Draws
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """Why a verdict is right, in a form that can be checked without the solver that found it.

    Parameters
    ----------
    statement : str
        What is claimed, in names and units.
    facts : mapping of str to object
        The numbers, packages and strategies that prove it; what each key means is said by the criterion.
    """

    statement: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", MappingProxyType(dict(self.facts)))

    def __reduce__(self) -> tuple[Any, ...]:
        return Certificate, (self.statement, dict(self.facts))

    def __str__(self) -> str:
        return self.statement


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """The answer of one criterion on one package.

    Parameters
    ----------
    criterion : str
        Its name, e.g. ``"acceptable"``.
    holds : bool or None
        ``None`` when the criterion cannot be applied; `reason` says why.
    margin : float
        How far from flipping: not negative if it holds; NaN when it cannot be applied.
    unit : str
        Of the margin: the negotiation's payoff unit, or ``"discount factor"``, ``"probability"``.
    reason : str
        One sentence in names and numbers.
    certificate : Certificate
    flips_when : str
        The condition on the stakes under which the answer changes.
    package : Package
    party : str, optional
        Whose verdict it is; ``None`` when it is about all parties.
    """

    criterion: str
    holds: bool | None
    margin: float
    unit: str
    reason: str
    certificate: Certificate
    flips_when: str
    package: Package
    party: str | None = None

    @property
    def answer(self) -> str:
        """``"yes"``, ``"no"``, or ``"cannot say"``."""
        return {True: "yes", False: "no", None: "cannot say"}[self.holds]

    def __bool__(self) -> bool:
        return self.holds is True

    def __str__(self) -> str:
        margin = "" if math.isnan(self.margin) else f" ({self.margin:+.3g} {self.unit})"
        whom = f" for {self.party}" if self.party else ""
        flips = f" Flips when {self.flips_when}." if self.flips_when else ""
        return f"{self.criterion}{whom}: {self.answer}{margin}. {self.reason}{flips}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(str(self))}</p>"


@runtime_checkable
class Criterion(Protocol):
    """A criterion is a frozen value whose fields are its options.

    It may say more, for `ensemble`: ``same_for_all = True`` as a class variable when its margin does not depend on the party,
    ``judges_draws_together(talks)``, which is true when thousands of draws cost little more than one.
    """

    name: ClassVar[str]
    question: ClassVar[str]

    def why_not(self, talks: Negotiation, party: str | None = None) -> str:
        """Why it cannot be applied to these talks; the empty string when it can."""

    def verdict(self, talks: Negotiation, package: Package, *, party: str | None, proposer: str | None) -> Verdict:
        """Judge one package, for one party or (``None``) for all.

        Where `why_not` has an objection, return an `inapplicable` verdict that says it, and what can be said all the same.
        """

    def margins(
        self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None, party: str | None = None
    ) -> Array:
        """Margins of ``D`` packages given as option positions (D, K): shape (D,), or (S, D) with draws.

        The criterion holds where the margin is not negative; NaN where it cannot be applied.
        """


@runtime_checkable
class PartyCriterion(Criterion, Protocol):
    """A criterion that asks something of each party and holds when it holds for all: one look tells everybody's margin."""

    def party_margins(self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None) -> Array:
        """Margins of each party, shape (D, P), or (S, D, P) with draws.

        The same as `margins` for each party; columns of parties to which it cannot be applied mean nothing.
        """


class LinearCondition(NamedTuple):
    """``coefficients @ values + constant ≥ 0``, the values being those of ``talks.terms``, shape (T,).

    Parameters
    ----------
    coefficients : ndarray, shape (T,)
    constant : float
        In the unit of the margin.
    label : str
        Whose condition it is, e.g. ``"China"`` or ``"US: Senate"``.
    """

    coefficients: Array
    constant: float
    label: str


@runtime_checkable
class LinearCriterion(Criterion, Protocol):
    """A criterion whose margin on one package is the smallest of a few linear functions of the stakes."""

    def linear_conditions(
        self, talks: Negotiation, package: Package, party: str | None = None
    ) -> list[LinearCondition]:
        """List the conditions; the margin is the smallest of ``coefficients @ values + constant``."""


@runtime_checkable
class ThresholdCriterion(Criterion, Protocol):
    """A criterion that holds where each party gets at least so much, the same for every package, with the stakes as they are."""

    def floors(self, talks: Negotiation, party: str | None = None) -> Array:
        """The least that each party has to get, at central values, shape (P,); ``-inf`` where nothing is asked."""


@runtime_checkable
class ProposedCriterion(Criterion, Protocol):
    """A criterion whose answer depends on who proposes."""

    def proposed_by(self, proposer: str) -> Criterion:
        """The same, about a package that this party proposes."""


def inapplicable(criterion: Criterion, package: Package, why: str, party: str | None = None) -> Verdict:
    """The verdict of a criterion that cannot be applied."""
    return Verdict(criterion.name, None, math.nan, "", why, Certificate(why), "", package, party)


def selected_parties(talks: Negotiation, party: str | None) -> list[int]:
    """Positions of the parties a question is about: one, or all."""
    return list(range(len(talks.parties))) if party is None else [talks.party_index(party)]


def least(margins: Array, parties: list[int]) -> Array:
    """The smallest margin among the parties, along the last axis."""
    return np.asarray(margins[..., parties].min(axis=-1))
