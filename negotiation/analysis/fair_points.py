"""Where the bargaining solutions lie among all packages: at the centre from the frontier, in draws all at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np

from negotiation.arrays import Array, BoolArray
from negotiation.bargain.agreement import Agreement
from negotiation.bargain.dominance import efficient
from negotiation.bargain.frontier import additive_frontier, pareto_frontier
from negotiation.bargain.problem import BargainingProblem
from negotiation.bargain.solutions import egalitarian, kalai_smorodinsky, nash_bargaining, utilitarian
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package

SolutionName = Literal["nash", "kalai_smorodinsky", "egalitarian", "utilitarian"]
SOLUTIONS: tuple[SolutionName, ...] = get_args(SolutionName)
_RULES: dict[SolutionName, Callable[[BargainingProblem], Agreement]] = {
    "nash": nash_bargaining,
    "kalai_smorodinsky": kalai_smorodinsky,
    "egalitarian": egalitarian,
    "utilitarian": utilitarian,
}


def central_solutions(talks: Negotiation) -> dict[SolutionName, tuple[Array, tuple[Package, ...]]]:
    """Every optimal efficient payoff (F, P) of each solution and a package for each, at central values; without enumeration.

    Empty where no package is worth disagreement to every party.
    """
    front = pareto_frontier(talks, ties="one")
    packages = front.packages or ()
    fallback = np.array([p.disagreement.central for p in talks.parties])
    problem = BargainingProblem(front.payoffs, fallback)
    out: dict[SolutionName, tuple[Array, tuple[Package, ...]]] = {}
    for name, rule in _RULES.items():
        rows = rule(problem).outcomes
        out[name] = front.payoffs[rows], tuple(packages[row] for row in rows)
    return out


def drawn_distances(grid: Array, at: Array, disagreement: Array, solution: SolutionName, tol: float = 1e-12) -> Array:
    """Distance of packages from the nearest optimal package of a solution, draw by draw.

    Parameters
    ----------
    grid : ndarray, shape (S, P, N)
        Payoffs of all packages.
    at : ndarray, shape (S, D, P)
        Payoffs of the packages asked about.
    disagreement : ndarray, shape (S, P)

    Returns
    -------
    ndarray, shape (S, D)
        NaN where no package is worth disagreement to every party.
    """
    slack = tol * np.ptp(grid, axis=2)
    gains = grid - disagreement[:, :, None]
    rational = (gains >= -slack[:, :, None]).all(axis=1)
    ideal = np.where(rational[:, None, :], gains, -np.inf).max(axis=2)
    score = np.where(rational, _score(gains, ideal, slack, solution), -np.inf)
    top = score.max(axis=1, keepdims=True)
    loose = {"nash": tol * gains.shape[1], "kalai_smorodinsky": 10 * tol}.get(
        solution, tol * gains.shape[1] * np.abs(grid).max(axis=(1, 2))[:, None]
    )
    tied: BoolArray = np.asarray(rational & ((score >= top - loose) | np.isneginf(top)))
    out = np.full(at.shape[:2], np.nan)
    count = tied.sum(axis=1)
    single = np.flatnonzero(count == 1)
    best = np.take_along_axis(grid[single], tied[single].argmax(axis=1)[:, None, None], axis=2)[:, :, 0]
    out[single] = np.linalg.norm(at[single] - best[:, None, :], axis=-1)
    for s in np.flatnonzero(count > 1):
        rows = grid[s][:, tied[s]].T
        rows = rows[efficient(rows)]
        out[s] = np.linalg.norm(at[s][:, None, :] - rows[None], axis=-1).min(axis=1)
    return out


def frontier_distances(
    talks: Negotiation, values: Array, at: Array, disagreement: Array, solution: SolutionName
) -> Array:
    """The same as `drawn_distances` without listing packages, from one frontier a draw: ``values`` (S, T) to (S, D)."""
    out = np.full(at.shape[:2], np.nan)
    for s, row in enumerate(values):
        stakes, interactions, _ = talks.as_additive_terms(row)
        problem = BargainingProblem(additive_frontier(stakes, interactions).payoffs, disagreement[s])
        picked = problem.utilities[_RULES[solution](problem).outcomes]
        if len(picked):
            out[s] = np.linalg.norm(at[s][:, None, :] - picked, axis=-1).min(axis=1)
    return out


def _score(gains: Array, ideal: Array, slack: Array, solution: SolutionName) -> Array:
    """What each solution maximises, (S, N); parties that cannot gain stay out of products and shares."""
    if solution == "utilitarian":
        return np.asarray(gains.sum(axis=1))
    if solution == "egalitarian":
        return np.asarray(gains.min(axis=1))
    counts: BoolArray = np.asarray(ideal > slack)
    shares = gains / np.where(counts, ideal, 1.0)[:, :, None]
    if solution == "kalai_smorodinsky":
        least = np.where(counts[:, :, None], shares, np.inf).min(axis=1)
        return np.where(counts.any(axis=1, keepdims=True), least, 0.0)
    with np.errstate(divide="ignore"):
        logs = np.log(np.maximum(shares, 0.0))
    return np.asarray(np.where(counts[:, :, None], logs, 0.0).sum(axis=1))
