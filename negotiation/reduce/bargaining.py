"""A negotiation as a bargaining problem: every package an outcome, talks failing the disagreement."""

from __future__ import annotations

import numpy as np

from negotiation.bargain.problem import BargainingProblem
from negotiation.door import checked
from negotiation.model.grid import payoff_grid
from negotiation.model.negotiation import Negotiation


@checked
def bargaining_problem(talks: Negotiation, *, limit: int = 20_000_000) -> BargainingProblem:
    """List every package with what it is worth to every party.

    Parameters
    ----------
    talks : Negotiation
    limit : int
        The most packages that are listed.

    Returns
    -------
    BargainingProblem
        Row ``d`` of the utilities is package ``all_codes(talks)[d]``: the last issue moves fastest. Disagreement payoffs
        and stakes are at their central values, in the talks' unit.

    Raises
    ------
    SizeLimitError
        `pareto_frontier` and the bargaining solutions take the talks themselves and need no list.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -1), ng.Stake("A", "y", "lifted", 4), ng.Stake("B", "x", "lifted", 2)])
    >>> ng.bargaining_problem(talks)
    <BargainingProblem 4 outcomes, players A, B, in payoff units per period>
    """
    grid = payoff_grid(talks, limit=limit * len(talks.parties))
    disagreement = np.array([p.disagreement.central for p in talks.parties])
    return BargainingProblem(grid.T, disagreement, names=talks.party_names, unit=talks.unit)
