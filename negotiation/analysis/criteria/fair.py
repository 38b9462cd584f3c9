"""Criterion 6, fair: the package that a bargaining solution picks, and how far the package lies from four of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from negotiation.analysis.fair_points import (
    SOLUTIONS,
    SolutionName,
    central_solutions,
    drawn_distances,
    frontier_distances,
)
from negotiation.analysis.proof import added_up, by_party, close, same_payoffs
from negotiation.analysis.verdict import Certificate, Verdict, inapplicable
from negotiation.analysis.wording import amount, changes, listing
from negotiation.arrays import Array, IntArray
from negotiation.errors import UnknownNameError
from negotiation.model.draws import Draws
from negotiation.model.grid import payoff_grid
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.payoffs import payoffs
from negotiation.model.rounding import settle

# Numbers held at once; and up to so many packages, listing them all is quicker in draws than a frontier a draw.
CHUNK, FEW = 8_000_000, 20_000
IN_PROSE = {"nash": "Nash", "kalai_smorodinsky": "Kalai-Smorodinsky"}


@dataclass(frozen=True, slots=True)
class Fair:
    """The package is one that a bargaining solution picks among all packages.

    The margin is minus the distance, in payoff units, from the payoffs of the package to those of the nearest package that
    the solution picks: ``-min_Q ‖u(P) - u(Q)‖`` (Euclidean). It holds exactly when that is 0, so a package that pays everybody
    the same as the solution is as fair. Gains count from the disagreement payoffs; only packages worth disagreement to
    everybody enter, and where there is none the criterion cannot be applied.

    The certificate states for each solution the nearest of its packages (``packages``), its payoffs (``points``) and the
    distance (``distances``).

    Parameters
    ----------
    solution : {"nash", "kalai_smorodinsky", "egalitarian", "utilitarian"}
        By which the answer is given; the distance to all four is in the reason.

    Notes
    -----
    At central values packages are not listed: solutions lie on the frontier, see `pareto_frontier`. In draws all packages are
    evaluated at once, ``O(S P N)``, up to 20,000 packages; past that there is a frontier a draw.

    References
    ----------
    Nash, J. F. (1950). The bargaining problem. Econometrica 18, 155-162.
    Kalai, E., Smorodinsky, M. (1975). Other solutions to Nash's bargaining problem. Econometrica 43, 513-518.
    Kalai, E. (1977). Proportional solutions to bargaining situations. Econometrica 45, 1623-1630.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -1), ng.Stake("B", "x", "lifted", 4),
    ...      ng.Stake("A", "y", "lifted", 4), ng.Stake("B", "y", "lifted", -1)])
    >>> ng.is_enough(talks, talks.package("x", "y"), criterion="fair").holds
    True
    """

    solution: SolutionName = "nash"

    same_for_all: ClassVar[bool] = True
    name: ClassVar[str] = "fair"
    question: ClassVar[str] = "Is it the package that a bargaining solution picks?"

    def __post_init__(self) -> None:
        if self.solution not in SOLUTIONS:
            raise UnknownNameError("bargaining solution", self.solution, SOLUTIONS)

    def why_not(self, talks: Negotiation, party: str | None = None) -> str:
        """No package is worth disagreement to everybody."""
        if len(central_solutions(talks)[self.solution][1]):
            return ""
        return "no package is worth its disagreement payoff to every party, so there is no solution to compare with."

    def judges_draws_together(self, talks: Negotiation) -> bool:
        """While all packages are few enough to be listed; past that, draws take a frontier each."""
        return talks.n_packages <= FEW

    def margins(
        self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None, party: str | None = None
    ) -> Array:
        """See `Criterion.margins`; the same for every party."""
        if draws is None:
            points, packages = central_solutions(talks)[self.solution]
            if not packages:
                return np.full(len(codes), np.nan)
            away = settle(payoffs(talks, codes)[:, None, :] - points, talks)
            return np.asarray(0.0 - np.linalg.norm(away, axis=-1).min(axis=1))
        here = payoffs(talks, codes, draws=draws)
        if talks.n_packages > FEW:
            out = frontier_distances(talks, draws.values, here, draws.disagreement, self.solution)
        else:
            out = self._listed(talks, draws, here)
        noise = 1e-12 * np.abs(draws.values).sum(axis=1, keepdims=True)
        return np.where(out <= noise, 0.0, 0.0 - out)

    def _listed(self, talks: Negotiation, draws: Draws, here: Array) -> Array:
        """Distances in draws (S, D), all packages evaluated, so many draws at a time that memory stays small."""
        numbers = talks.n_packages * len(talks.parties)
        out = np.empty(here.shape[:2])
        step = max(1, CHUNK // numbers)
        for start in range(0, len(draws), step):
            part = slice(start, start + step)
            grid = payoff_grid(talks, draws.values[part], limit=max(CHUNK, numbers))
            out[part] = drawn_distances(grid, here[part], draws.disagreement[part], self.solution)
        return out

    def verdict(
        self, talks: Negotiation, package: Package, *, party: str | None = None, proposer: str | None = None
    ) -> Verdict:
        """See `Criterion.verdict`."""
        if why := self.why_not(talks, party):
            return inapplicable(self, package, why)
        here = payoffs(talks, package)
        facts: dict[str, Any] = {"solution": self.solution, "packages": {}, "points": {}, "distances": {}}
        for name, (points, packages) in central_solutions(talks).items():
            away = np.linalg.norm(settle(here - points, talks), axis=-1)
            nearest = int(away.argmin())
            facts["packages"][name] = packages[nearest]
            facts["points"][name] = by_party(talks, points[nearest])
            facts["distances"][name] = float(away[nearest])
        distance = facts["distances"][self.solution]
        point = facts["points"][self.solution]
        statement = f"{_prose(self.solution)} picks {facts['packages'][self.solution]}: " + ", ".join(
            f"{n} {v:,.4g}" for n, v in point.items()
        )
        flips = (
            "some stake changes which package is picked, or what it pays"
            if distance == 0
            else f"{_prose(self.solution)} comes to pick this package; it now pays {amount(distance)} {talks.unit} apart"
        )
        return Verdict(
            self.name, distance == 0, 0.0 - distance, talks.unit, self._reason(talks, package, here, facts),
            Certificate(statement, facts), flips, package,
        )  # fmt: skip

    def check(self, talks: Negotiation, verdict: Verdict) -> bool:
        """Whether the certificate proves the answer.

        Payoffs are re-added stake by stake and distances taken again. That the stated packages are the ones picked is
        tried against every package, up to 200,000, by the solution's definition.
        """
        facts = verdict.certificate.facts
        here = np.array(list(added_up(talks, verdict.package).values()))
        for name in SOLUTIONS:
            point = np.array([facts["points"][name][n] for n in talks.party_names])
            if not same_payoffs(talks, facts["packages"][name], facts["points"][name]):
                return False
            if not close(talks, float(np.linalg.norm(here - point)), facts["distances"][name]):
                return False
        if talks.n_packages <= 200_000 and not _is_picked(talks, facts):
            return False
        distance = facts["distances"][facts["solution"]]
        return close(talks, -distance, verdict.margin) and verdict.holds == (verdict.margin >= 0)

    def _reason(self, talks: Negotiation, package: Package, here: Array, facts: dict[str, Any]) -> str:
        """``The Nash package (…) would pay A 2 more and B 1 less. Distances: Nash 2.2, …``"""
        point, picked = facts["points"][self.solution], facts["packages"][self.solution]
        distances = ", ".join(f"{_prose(name)} {amount(d)}" for name, d in facts["distances"].items())
        if facts["distances"][self.solution] == 0:
            return f"It pays what the {_prose(self.solution)} package pays. Distances: {distances}."
        moves = settle(np.array(list(point.values())) - here, talks)
        would = listing(
            f"{n} {amount(abs(m))} {'more' if m > 0 else 'less'}" for n, m in by_party(talks, moves).items() if m
        )
        return f"The {_prose(self.solution)} package ({changes(package, picked)}) would pay {would}. Distances: {distances}."


def _prose(solution: str) -> str:
    return IN_PROSE.get(solution, solution)


def _is_picked(talks: Negotiation, facts: Any) -> bool:
    """Whether no package does better by each solution's own measure."""
    grid = payoff_grid(talks)[None]
    fallback = np.array([[p.disagreement.central for p in talks.parties]])
    for name in SOLUTIONS:
        point = np.array([[list(facts["points"][name].values())]])
        if not close(talks, float(drawn_distances(grid, point, fallback, name)[0, 0]), 0.0):
            return False
    return True
