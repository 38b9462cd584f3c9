"""Largest regrets found another way: a linear programme over all stakes for each rival and each way things can go."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings

import negotiation as ng
from negotiation.analysis.knobs import ends_of
from negotiation.analysis.offers.family import offers_for
from negotiation.analysis.robust.regrets import largest_regrets
from negotiation.arrays import Array
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.testing import negotiations

# By how much of all that is at stake somebody has to fall short to refuse: above the tolerance of the linear programmes.
REFUSED_BY = 1e-6


def regret_against(
    talks: Negotiation, package: Package, rivals: Sequence[Package], proposer: str, *, enough: float = math.inf
) -> float:
    """The most by which one of the rivals, or walking away, can be better for the proposer than the package.

    Parameters
    ----------
    talks : Negotiation
    package : Package
    rivals : sequence of Package
    proposer : str
    enough : float
        Stop as soon as the regret is known to reach this.
    """
    world = _World(talks, proposer)
    own = world.worth(package)
    worst = -math.inf
    refusals = [None, *world.refusing(package)]
    for rival in [None, *rivals]:
        for refusal in refusals:
            rows = [] if rival is None else world.accepted(rival)
            gain = world.fallback if rival is None else world.worth(rival)
            if refusal is None:
                worst = max(worst, world.largest(gain - own, [*rows, *world.accepted(package)], None))
            else:
                worst = max(worst, world.largest(gain - world.fallback, rows, refusal))
            if worst >= enough:
                return worst
    return worst


class _World:
    """Everything uncertain as one vector within its ends: the terms, the fallback of each party, the proposer's ``d``."""

    def __init__(self, talks: Negotiation, proposer: str) -> None:
        self.talks, self.me = talks, talks.party_index(proposer)
        stated = [p.disagreement if p.reservation is None else p.reservation for p in talks.parties]
        ends = [*map(ends_of, talks.terms.values), *(ends_of(s.value) for s in stated)]
        self.ends = np.array([*ends, ends_of(talks.parties[self.me].disagreement.value)])
        self.fallback = np.zeros(len(self.ends))
        self.fallback[-1] = 1.0
        self.scale = float(np.abs(self.ends).sum()) or 1.0

    def _worth(self, package: Package, party: int) -> Array:
        out = np.zeros(len(self.ends))
        hits = self.talks.terms.hits(self.talks.codes([package]))[0]
        out[: len(hits)] = hits & (self.talks.terms.party == party)
        return out

    def worth(self, package: Package) -> Array:
        """The proposer's payoff as weights on everything uncertain."""
        return self._worth(package, self.me)

    def _surplus(self, package: Package, party: int) -> Array:
        """A party's payoff less its fallback."""
        out = self._worth(package, party)
        out[len(self.talks.terms.items) + party] = -1.0
        return out

    def accepted(self, package: Package) -> list[Array]:
        """Rows that must be at least 0 for everybody else to accept."""
        return [self._surplus(package, j) for j in range(len(self.talks.parties)) if j != self.me]

    def refusing(self, package: Package) -> list[Array]:
        """Rows of which one must be above 0 for the package to be refused by somebody."""
        return [-row for row in self.accepted(package)]

    def largest(self, objective: Array, accepted: Sequence[Array], refused: Array | None) -> float:
        """The largest objective within the ends while packages are accepted and one is refused; minus infinity if none can be.

        In units of all that is at stake, so that the programme's own tolerance means the same for dollars and billions.
        """
        from scipy.optimize import linprog

        rows = [*accepted, *([] if refused is None else [refused])]
        used = np.flatnonzero(np.abs([objective, *rows]).max(axis=0))
        if not used.size:
            return 0.0 if refused is None else -math.inf
        limits = np.zeros(len(rows))
        if refused is not None:
            limits[-1] = -REFUSED_BY
        ends: Any = self.ends[used] / self.scale
        table: Any = -np.array(rows)[:, used] if rows else None
        found: Any = linprog(-objective[used], A_ub=table, b_ub=limits if rows else None, bounds=ends)
        return -float(found.fun) * self.scale if found.status == 0 else -math.inf


@given(talks=negotiations(max_parties=3, max_issues=4))
@settings(max_examples=30)
def test_largest_regrets_are_those_of_linear_programmes(talks: ng.Negotiation) -> None:
    """Interval sums and linear programmes over all stakes at once find the same worst case for every offer."""
    proposer = talks.party_names[0]
    ask = [i.name for i in talks.issues if i.owner not in (proposer, None)][:2]
    assume(ask and talks.measures(proposer))
    family, _ = offers_for(talks, ask, proposer)
    assume(family.size <= 9)
    found = largest_regrets(family, proposer)
    listed = [talks.package_from_choices(row) for row in found.codes]
    scale = 1.0 + float(np.abs(found.largest).max())
    for package, regret in zip(listed, found.largest, strict=True):
        assert regret == pytest.approx(regret_against(talks, package, listed, proposer), abs=1e-7 * scale)
