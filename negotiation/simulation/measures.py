"""How good outcomes are: distance to the frontier and to each bargaining solution, welfare, fairness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from negotiation.arrays import Array, IntArray
from negotiation.bargain.agreement import Agreement
from negotiation.bargain.frontier import pareto_frontier
from negotiation.bargain.problem import BargainingProblem
from negotiation.bargain.solutions import egalitarian, kalai_smorodinsky, nash_bargaining, utilitarian
from negotiation.simulation.domain import Domain

SOLUTIONS: dict[str, Callable[[BargainingProblem], Agreement]] = {
    "Nash": nash_bargaining,
    "Kalai-Smorodinsky": kalai_smorodinsky,
    "egalitarian": egalitarian,
    "utilitarian": utilitarian,
}
DISTANCES = ("distance to frontier", *(f"distance to {name}" for name in SOLUTIONS))
MEASURES = (*DISTANCES, "welfare", "share of welfare", "fairness")


@dataclass(frozen=True, slots=True, eq=False)
class Yardstick:
    """The points of a domain that outcomes are measured against, as shares of each party's payoff range."""

    domain: Domain
    low: Array
    span: Array
    frontier: Array
    solutions: dict[str, Array]
    ideal: Array
    best_welfare: float

    @classmethod
    def of(cls, domain: Domain) -> Yardstick:
        """Find frontier and solutions."""
        low, span = domain.utilities.min(axis=0), np.ptp(domain.utilities, axis=0)
        span = np.where(span > 0, span, 1.0)
        front = pareto_frontier(domain.as_bargaining_problem(), ties="one")
        problem = BargainingProblem(front.payoffs, domain.disagreement)
        rational = problem.utilities[problem.rational]
        gains = rational - domain.disagreement
        found = {name: (rule(problem).all_payoffs - low) / span for name, rule in SOLUTIONS.items()}
        return cls(
            domain,
            low,
            span,
            (front.payoffs - low) / span,
            found,
            gains.max(axis=0) if len(gains) else np.zeros(domain.n_parties),
            float(gains.sum(axis=1).max()) if len(gains) else np.nan,
        )

    def measure(self, outcomes: IntArray) -> dict[str, Array]:
        """Measures of outcomes (M,), -1 for no agreement; each (M,).

        Distances are Euclidean, in shares of each party's payoff range; without agreement that of the disagreement point.
        Welfare is the sum of the gains over disagreement, in the domain's unit; fairness the smallest of the parties' gains
        relative to their largest possible ones, divided by the largest: 1 if all get the same share. NaN without agreement,
        or where somebody loses.
        """
        rows, back = np.unique(outcomes, return_inverse=True)
        table = np.where((rows >= 0)[:, None], self.domain.utilities[rows], self.domain.disagreement)
        points = (table - self.low) / self.span
        targets = {"frontier": self.frontier, **self.solutions}
        out = {f"distance to {name}": _nearest(points, to) for name, to in targets.items()}
        gains = table - self.domain.disagreement
        out["welfare"] = gains.sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            out["share of welfare"] = out["welfare"] / self.best_welfare
            shares = gains / self.ideal
            fair = shares.min(axis=1) / shares.max(axis=1)
        out["fairness"] = np.where((rows >= 0) & (gains >= 0).all(axis=1), fair, np.nan)
        return {name: values[back.ravel()] for name, values in out.items()}


def _nearest(points: Array, targets: Array) -> Array:
    """The distance of each point (M, P) from the nearest target (F, P); NaN if there is none."""
    if len(targets) == 0:
        return np.full(len(points), np.nan)
    out = np.empty(len(points))
    step = max(1, 2_000_000 // targets.size)
    for k in range(0, len(points), step):
        part = points[k : k + step]
        out[k : k + step] = np.sqrt(((part[:, None, :] - targets[None]) ** 2).sum(axis=2).min(axis=1))
    return out
