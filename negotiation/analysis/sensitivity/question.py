"""One verdict as a function of the numbers it depends on: what every question about sensitivity asks again and again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from negotiation.analysis.criteria.registry import as_criterion
from negotiation.analysis.knobs import Knob, knobs, together
from negotiation.analysis.offers.linear import conditions_on_stakes
from negotiation.analysis.verdict import Criterion
from negotiation.arrays import Array, IntArray
from negotiation.errors import ParameterError, UnknownNameError
from negotiation.model.distribution import Distribution
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package

# Rows of draws judged at a time.
BLOCK = 8192


@dataclass(frozen=True, slots=True, eq=False)
class Margin:
    """The margin of one package under one criterion, as a function of some numbers with the others at their centre.

    Parameters
    ----------
    talks : Negotiation
    criterion : Criterion
    package : Package
    party : str or None
    codes : ndarray of int, shape (1, K)
    unit : str
        Of the margin.
    centre : float
        The margin with everything at its centre.
    """

    talks: Negotiation
    criterion: Criterion
    package: Package
    party: str | None
    codes: IntArray
    unit: str
    centre: float

    def __call__(self, which: Sequence[Knob], values: Array) -> Array:
        """Margins (S,) with ``which[j]`` at ``values[:, j]``, shape (S, J), everything else at its centre."""
        out = np.empty(len(values))
        for start in range(0, len(values), BLOCK):
            rows = slice(start, start + BLOCK)
            draws = together(self.talks, which, values[rows])
            out[rows] = self.criterion.margins(self.talks, self.codes, draws=draws, party=self.party)[:, 0]
        return out

    def uncertain(self) -> list[Knob]:
        """The numbers with a range that the margin can depend on.

        For a criterion that is linear in the stakes these are known; for another all that have a range, less those of stakes
        for which a turn to either end of the range changes nothing while the criterion does not compare packages.
        """
        every = [k for k in knobs(self.talks) if isinstance(k.value, Distribution)]
        linear = conditions_on_stakes(self.criterion, self.talks, self.package, self.party)
        if linear is None:
            return every
        counts = (linear.weights != 0).any(axis=0)
        return [k for k in every if k.fields != ("values",) or counts[k.column]]

    def named(self, label: str) -> Knob:
        """The number with this label.

        Raises
        ------
        UnknownNameError
        """
        every = {knob.label: knob for knob in knobs(self.talks)}
        if label not in every:
            raise UnknownNameError("number", label, every)
        return every[label]


def margin_of(talks: Negotiation, offer: Mapping[str, str], criterion: str | Criterion, party: str | None) -> Margin:
    """The margin as a function, checked.

    Raises
    ------
    ParameterError
        The criterion cannot be applied to these talks.
    UnknownNameError, WrongTypeError
    """
    chosen = as_criterion(criterion)
    package = talks.as_package(offer)
    if party is not None:
        talks.party_index(party)
    if why := chosen.why_not(talks, party):
        raise ParameterError(f"{chosen.name!r} cannot be applied, so nothing can drive it: {why}")
    verdict = chosen.verdict(talks, package, party=party, proposer=None)
    return Margin(talks, chosen, package, party, talks.codes([package]), verdict.unit, float(verdict.margin))
