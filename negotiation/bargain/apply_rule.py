"""Apply a bargaining rule to outcomes or to lotteries over them, and say what there is to say about the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from negotiation.arrays import Array, as_floats
from negotiation.bargain.agreement import Agreement, make_agreement
from negotiation.bargain.dominance import efficient, snapped
from negotiation.bargain.frontier import pareto_frontier
from negotiation.bargain.lotteries import best_lottery, ideal_payoffs
from negotiation.bargain.problem import (
    BargainingProblem,
    SupportsAdditiveTerms,
    SupportsBargainingProblem,
    as_problem,
)
from negotiation.bargain.rules import Rule
from negotiation.errors import ParameterError

Source = BargainingProblem | SupportsAdditiveTerms | SupportsBargainingProblem
MakeRule = Callable[[BargainingProblem, Array], Rule]


def agree(name: str, source: Source, make_rule: MakeRule, lotteries: bool, tol: float) -> Agreement:
    """Resolve the source, apply the rule to outcomes or lotteries, and say what there is to say."""
    if not 0 <= tol < 1:
        raise ParameterError(f"tol={tol!r}; expected a share of the payoff range, 0 <= tol < 1.")
    problem, packages, notes = _resolve(source, tol)
    return (_over_lotteries if lotteries else _over_outcomes)(name, problem, make_rule, packages, notes, tol)


def _over_outcomes(
    name: str,
    problem: BargainingProblem,
    make_rule: MakeRule,
    packages: Sequence[Any] | None,
    notes: list[str],
    tol: float,
) -> Agreement:
    rational = np.flatnonzero(_rational(problem, tol))
    if rational.size == 0:
        make_rule(problem, problem.disagreement)
        return _nothing(name, problem, packages, notes)
    table = problem.utilities[rational]
    rule = make_rule(problem, table.max(axis=0))
    tied = np.flatnonzero(rule.best(table, tol))
    chosen = rational[tied[efficient(snapped(table[tied], tol * np.ptp(problem.utilities, axis=0)))]]
    _say(problem, rule, notes)
    if rule.kind == "product" and rule.value(problem.utilities[chosen[0]]) == 0 and rule.counts.any():
        notes.append("no outcome gives every player a gain: every product is zero, and all efficient outcomes tie")
    if chosen.size > 1:
        notes.append(f"{chosen.size} outcomes tie")
    value = rule.value(problem.utilities[chosen[0]])
    return make_agreement(name, problem, outcomes=chosen, value=value, packages=packages, notes=notes)


def _over_lotteries(
    name: str,
    problem: BargainingProblem,
    make_rule: MakeRule,
    packages: Sequence[Any] | None,
    notes: list[str],
    tol: float,
) -> Agreement:
    front = pareto_frontier(problem, ties="one", tol=tol).outcomes
    assert front is not None
    table = problem.utilities[front]
    ideal = ideal_payoffs(table, problem.disagreement)
    rule = make_rule(problem, problem.disagreement if ideal is None else ideal)
    found = None if ideal is None else best_lottery(table, problem.disagreement, rule)
    if found is None:
        return _nothing(name, problem, packages, notes)
    lottery = type(found)(front[found.outcomes], found.probabilities)
    _say(problem, rule, notes)
    value = rule.value(lottery.probabilities @ problem.utilities[lottery.outcomes])
    if (
        rule.kind == "product"
        and rule.counts.any()
        and (value == 0 or (problem.n_players > 2 and not rule.counts.all()))
    ):
        notes.append("not all players can gain together: those who can share gains lexicographically")
    return make_agreement(
        name, problem, outcomes=lottery.outcomes, value=value, lottery=lottery, packages=packages, notes=notes
    )


def _nothing(name: str, problem: BargainingProblem, packages: Sequence[Any] | None, notes: list[str]) -> Agreement:
    why = "no outcome is worth at least disagreement to every player; the payoffs are those of disagreement"
    return make_agreement(
        name, problem, outcomes=np.zeros(0, dtype=np.int64), value=np.nan, packages=packages, notes=[*notes, why]
    )


def _resolve(source: Source, tol: float) -> tuple[BargainingProblem, Sequence[Any] | None, list[str]]:
    """A problem over outcomes; of a negotiation, over its frontier, where every solution here lies."""
    if isinstance(source, BargainingProblem) or not isinstance(source, SupportsAdditiveTerms):
        return as_problem(source), None, []
    front = pareto_frontier(source, tol=tol)
    stated = as_floats(source.as_additive_terms()[2], "disagreement")
    names = getattr(source, "party_names", None)
    problem = BargainingProblem(front.payoffs, stated, names=names, unit=getattr(source, "unit", ""))
    return problem, front.packages, ["outcomes are positions on the frontier", *front.notes]


def _rational(problem: BargainingProblem, tol: float) -> Array:
    slack = tol * np.ptp(problem.utilities, axis=0)
    return np.asarray((problem.utilities >= problem.disagreement - slack).all(axis=1))


def _say(problem: BargainingProblem, rule: Rule, notes: list[str]) -> None:
    out = (problem.names[i] for i in np.flatnonzero(~rule.counts))
    notes.extend(f"{name} cannot gain over disagreement and is left out of the comparison" for name in out)
