"""A law of payoff functions as a value: what it says, and a search for a counterexample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from negotiation.errors import LawBrokenError
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.stake import Interaction, Stake
from negotiation.testing.talks import negotiations, packages

PayoffFunction = Callable[[Negotiation, Package], npt.ArrayLike]
TOL = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One negotiation, one package and the function on trial; `same` raises the counterexample."""

    law: PayoffLaw
    payoffs: PayoffFunction
    talks: Negotiation
    package: Package
    draw: Callable[[st.SearchStrategy[Any]], Any]

    def of(self, talks: Negotiation, package: Package) -> npt.NDArray[np.float64]:
        """What the function on trial pays, checked for shape and finiteness."""
        values = np.asarray(self.payoffs(talks, package), dtype=np.float64)
        if values.shape != (len(talks.parties),):
            raise self.broken(f"an array of shape {values.shape}, one payoff a party is ({len(talks.parties)},)")
        if not np.isfinite(values).all():
            raise self.broken(f"payoffs that are not finite: {values}")
        return values

    def same(self, got: npt.ArrayLike, expected: npt.ArrayLike, how: str) -> None:
        """Raise the counterexample unless two payoff vectors agree to `TOL` of the stakes' size."""
        size = float(np.abs(self.talks.terms.central).sum()) + float(np.max(np.abs(np.asarray(expected)), initial=0))
        if not np.allclose(got, expected, rtol=0, atol=TOL * max(size, 1e-300)):
            raise self.broken(f"{how}: {np.asarray(got)}, expected {np.asarray(expected)}")

    def broken(self, found: str) -> LawBrokenError:
        """The counterexample as an error."""
        name = getattr(self.payoffs, "__name__", repr(self.payoffs))
        return LawBrokenError(
            f"{name} breaks the law '{self.law.name}': {self.law.statement}\n"
            f"  package: {self.package}\n  found: {found}\n  in the negotiation\n{_describe(self.talks)}"
        )


@dataclass(frozen=True, slots=True)
class PayoffLaw:
    """A law of payoff functions ``f(talks, package) -> array (P,)``.

    Parameters
    ----------
    name : str
    statement : str
        The law in a sentence.
    test : callable
        Takes a `Case`; raises `LawBrokenError`.

    Examples
    --------
    >>> import negotiation as ng
    >>> law = ng.testing.PAYOFF_LAWS[0]
    >>> print(law.name, "-", law.statement)
    shape - every package gives one finite number a party.
    >>> law.check(ng.payoffs, max_examples=5)
    """

    name: str
    statement: str
    test: Callable[[Case], None]

    def check(
        self,
        payoffs: PayoffFunction,
        *,
        talks: st.SearchStrategy[Negotiation] | Negotiation | None = None,
        max_examples: int | None = None,
    ) -> None:
        """Look for a counterexample, and raise the simplest one found.

        Parameters
        ----------
        payoffs : callable
            ``f(talks, package)``, returning one payoff a party.
        talks : Negotiation or hypothesis strategy, optional
            Where to look: one negotiation of your own, or many; `negotiations()` unless given.
        max_examples : int, optional
            How many draws; as the hypothesis profile says unless given.

        Raises
        ------
        LawBrokenError
            With the counterexample. An `AssertionError`, so pytest shows it as a failed test.
        """
        where = st.just(talks) if isinstance(talks, Negotiation) else negotiations() if talks is None else talks
        profile = settings(
            max_examples=settings().max_examples if max_examples is None else max_examples,
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.nested_given],
        )

        @profile
        @given(where, st.data())
        def search(drawn: Negotiation, data: st.DataObject) -> None:
            self.test(Case(self, payoffs, drawn, data.draw(packages(drawn)), data.draw))

        search()

    def __str__(self) -> str:
        return self.name


def _describe(talks: Negotiation) -> str:
    """Parties, issues and stakes, a line each."""
    items: tuple[Stake | Interaction, ...] = (*talks.stakes, *talks.interactions)
    lines = [f"parties: {', '.join(talks.party_names)}; unit: {talks.unit}"]
    lines += [f"{i.name}: {' | '.join(i.options)}, owned by {i.owner or 'nobody alone'}" for i in talks.issues]
    lines += [f"{item.label}: {item.value}" for item in items]
    return "\n".join(f"    {line}" for line in lines)
