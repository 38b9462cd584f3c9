"""A negotiation domain of GENIUS: issues with utilities in [0, 1], as a value that the frontier and the solutions take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from negotiation.arrays import Array, IntArray
from negotiation.bargain.problem import BargainingProblem
from negotiation.errors import SizeLimitError, UnknownNameError
from negotiation.model.issue import Issue
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.party import Party
from negotiation.model.stake import Stake


@dataclass(frozen=True, slots=True, eq=False)
class GeniusDomain:
    """Issues and the parties' utilities as GENIUS counts them: sums over issues, from 0 to 1.

    Made by `read_genius`. `pareto_frontier` and the bargaining solutions take it directly, without listing outcomes;
    disagreement is the reservation values.

    Parameters
    ----------
    name : str
    party_names : tuple of str
        One a profile.
    issues : mapping of str to tuple of str
        The options of each issue, in the order of the domain.
    utilities : tuple of K ndarrays, shapes (m_k, P)
        What each option adds to each party's utility: its weight times its evaluation, normalised.
    reservation_values : ndarray, shape (P,)
    discount_factors : ndarray, shape (P,)
        As in the profiles: what utility is multiplied by at the end of a session, 1 for no discounting. Not applied.
    """

    name: str
    party_names: tuple[str, ...]
    issues: Mapping[str, tuple[str, ...]]
    utilities: tuple[Array, ...]
    reservation_values: Array
    discount_factors: Array

    @property
    def unit(self) -> str:
        """Of the utilities."""
        return "utility"

    @property
    def n_packages(self) -> int:
        """The number of outcomes."""
        return prod(len(options) for options in self.issues.values())

    def package(self, **options: str) -> Package:
        """The package with these options; every issue has to be named.

        Issues whose names are no Python names: ``domain.package(**{"External Monitor": "19'' LCD"})``.
        """
        for issue in options:
            if issue not in self.issues:
                raise UnknownNameError("issue", issue, self.issues, self.name)
        for issue, known in self.issues.items():
            if options.get(issue) not in known:
                raise UnknownNameError("option", options.get(issue), known, f"issue {issue!r}")
        return Package({issue: options[issue] for issue in self.issues})

    def payoffs(self, package: Mapping[str, str]) -> Array:
        """What a package is worth to each party, shape (P,), undiscounted."""
        full = self.package(**package)
        rows = [u[options.index(full[i])] for u, (i, options) in zip(self.utilities, self.issues.items(), strict=True)]
        return np.asarray(np.sum(rows, axis=0))

    def package_from_choices(self, choices: Sequence[int] | IntArray) -> Package:
        """The package with these option positions, one an issue."""
        return Package({i: o[int(c)] for (i, o), c in zip(self.issues.items(), choices, strict=True)})

    def as_additive_terms(self) -> tuple[list[Array], list[Any], Array]:
        """Utilities as a sum over issues, for `pareto_frontier` and the solutions."""
        return list(self.utilities), [], self.reservation_values

    def as_bargaining_problem(self, *, limit: int = 20_000_000) -> BargainingProblem:
        """Every outcome as a row, the last issue moving fastest.

        Raises
        ------
        SizeLimitError
        """
        if self.n_packages > limit:
            raise SizeLimitError(
                f"{self.n_packages:,} outcomes; at most {limit:,} are listed. The frontier needs no list."
            )
        sums = np.zeros((1, len(self.party_names)))
        for own in self.utilities:
            sums = (sums[:, None, :] + own).reshape(-1, sums.shape[1])
        return BargainingProblem(sums, self.reservation_values, names=self.party_names, unit=self.unit)

    def to_negotiation(self) -> Negotiation:
        """The same as a `Negotiation`: joint issues, the first option of each the status quo, at which payoffs are 0.

        Payoffs and disagreement are therefore utilities less that of all first options; gains over disagreement are the
        same. Issues with one option only have nothing to settle and are left out. Discount factors below 1 are kept as
        they are; what a period is, GENIUS does not say.
        """
        first = np.sum([own[0] for own in self.utilities], axis=0)
        parties = [
            Party(name, disagreement=float(r - f), discount_factor=float(d) if 0 < d < 1 else None)
            for name, r, f, d in zip(
                self.party_names, self.reservation_values, first, self.discount_factors, strict=True
            )
        ]
        issues = [Issue(name, options) for name, options in self.issues.items() if len(options) > 1]
        stakes = [
            Stake(party, issue, option, float(own[k, i] - own[0, i]))
            for own, (issue, options) in zip(self.utilities, self.issues.items(), strict=True)
            for k, option in enumerate(options)
            for i, party in enumerate(self.party_names)
            if k
        ]
        return Negotiation(parties, issues, stakes, unit="utility per session", name=self.name)

    def __repr__(self) -> str:
        return (
            f"<GeniusDomain {self.name}: {len(self.issues)} issues, {self.n_packages:,} outcomes, "
            f"parties {', '.join(self.party_names)}>"
        )
