"""The classical bargaining solutions, over outcomes and over lotteries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array
from negotiation.bargain.agreement import Agreement, make_agreement
from negotiation.bargain.dominance import efficient, snapped
from negotiation.bargain.frontier import pareto_frontier
from negotiation.bargain.lotteries import best_lottery, ideal_payoffs
from negotiation.bargain.problem import (
    BargainingProblem,
    SupportsAdditiveTerms,
    SupportsBargainingProblem,
    as_floats,
    as_problem,
)
from negotiation.bargain.rules import Rule
from negotiation.errors import GameShapeError, ParameterError

Source = BargainingProblem | SupportsAdditiveTerms | SupportsBargainingProblem
MakeRule = Callable[[BargainingProblem, Array], Rule]


def nash_bargaining(
    problem: Source, *, lotteries: bool = False, weights: npt.ArrayLike | None = None, tol: float = 1e-12
) -> Agreement:
    """Maximise the product of the players' gains over disagreement.

    Parameters
    ----------
    problem : BargainingProblem, or a negotiation
        A negotiation is answered on its frontier, without enumerating packages.
    lotteries : bool
        Choose among lotteries over outcomes rather than outcomes; the answer has the same shape, with ``.lottery``.
    weights : array_like, shape (N,), optional
        Bargaining powers, positive: the gains' exponents. Equal unless given.
    tol : float
        Outcomes whose products differ by less than this share tie.

    Returns
    -------
    Agreement
        ``.outcomes`` every optimal row, ``.payoffs`` (N,), ``.lottery``, ``.value`` the product, ``.notes``.

    Notes
    -----
    Among outcomes worth at least disagreement to everybody. A player who cannot gain in any of them is left out of the
    product. If gains are never joint, every product is zero: every efficient outcome ties, and a note says so.
    Logarithms are compared, so units do not matter.

    Over lotteries the answer is unique in payoffs: two players, exact on the edges of the hull; more, a
    concave programme solved through its dual in N unknowns, then polished.

    References
    ----------
    Nash, J. F. (1950). The bargaining problem. Econometrica 18, 155-162.
    Harsanyi, J. C., Selten, R. (1972). A generalized Nash solution for two-person bargaining games with incomplete
    information. Management Science 18, 80-106.

    Examples
    --------
    >>> r = nash_bargaining(BargainingProblem([[2, 8], [5, 5], [7, 2]], [1, 1]))
    >>> r.outcomes, r.payoffs, r.value
    (array([1]), array([5., 5.]), 16.0)
    >>> nash_bargaining(BargainingProblem([[0, 1], [2, 0]], [0, 0]), lotteries=True).payoffs
    array([1. , 0.5])
    """

    def rule(p: BargainingProblem, ideal: Array) -> Rule:
        gain = ideal - p.disagreement
        return Rule(
            "product", p.disagreement, np.where(gain > 0, gain, 1.0), _weights(weights, p), _can_gain(p, ideal, tol)
        )

    return _solution("Nash", problem, rule, lotteries, tol)


def kalai_smorodinsky(problem: Source, *, lotteries: bool = False, tol: float = 1e-12) -> Agreement:
    """Give every player the same share of the most it could hope for.

    Parameters
    ----------
    problem, lotteries, tol
        As in `nash_bargaining`.

    Returns
    -------
    Agreement
        ``.value`` is the smallest share.

    Notes
    -----
    Over outcomes: maximise the minimum over players of ``(u_i - d_i) / (ideal_i - d_i)``, where the ideal is the most
    that any outcome worth disagreement to everybody gives the player; all efficient outcomes that attain it are
    returned. (Not the outcome with the smallest spread, which some programs call by this name.)

    Over lotteries: the point of the hull where the shares are equal; if some player can be given more at no cost to
    the least, it is (Imai's lexicographic extension, which for two players is the original).

    References
    ----------
    Kalai, E., Smorodinsky, M. (1975). Other solutions to Nash's bargaining problem. Econometrica 43, 513-518.
    Imai, H. (1983). Individual monotonicity and lexicographic maxmin solution. Econometrica 51, 389-401.

    Examples
    --------
    >>> kalai_smorodinsky(BargainingProblem([[0, 1], [2, 0]], [0, 0]), lotteries=True).payoffs
    array([1. , 0.5])
    """

    def rule(p: BargainingProblem, ideal: Array) -> Rule:
        gain = ideal - p.disagreement
        return Rule(
            "minimum", p.disagreement, np.where(gain > 0, gain, 1.0), _weights(None, p), _can_gain(p, ideal, tol)
        )

    return _solution("Kalai-Smorodinsky", problem, rule, lotteries, tol)


def egalitarian(
    problem: Source, *, lotteries: bool = False, weights: npt.ArrayLike | None = None, tol: float = 1e-12
) -> Agreement:
    """Make the smallest gain over disagreement as large as it can be.

    Parameters
    ----------
    problem, lotteries, tol
        As in `nash_bargaining`.
    weights : array_like, shape (N,), optional
        Gains are compared in proportion to these; equal unless given.

    Returns
    -------
    Agreement
        ``.value`` is the smallest gain.

    Notes
    -----
    Compares utilities between players, so their unit has to be the same. Efficient outcomes that attain the smallest gain
    are all returned; over lotteries, who can be given more at no cost to the least is (lexicographic).

    References
    ----------
    Kalai, E. (1977). Proportional solutions to bargaining situations. Econometrica 45, 1623-1630.

    Examples
    --------
    >>> egalitarian(BargainingProblem([[0, 1], [2, 0]], [0, 0]), lotteries=True).payoffs.round(6)
    array([0.666667, 0.666667])
    """

    def rule(p: BargainingProblem, ideal: Array) -> Rule:
        w = _weights(weights, p)
        return Rule("minimum", p.disagreement, w, w, np.ones(p.n_players, dtype=np.bool_))

    return _solution("egalitarian", problem, rule, lotteries, tol)


def utilitarian(
    problem: Source, *, lotteries: bool = False, weights: npt.ArrayLike | None = None, tol: float = 1e-12
) -> Agreement:
    """Maximise the (weighted) sum of utilities, among outcomes worth disagreement to everybody.

    Parameters
    ----------
    problem, lotteries, weights, tol
        As in `nash_bargaining`.

    Returns
    -------
    Agreement
        ``.value`` is the sum.

    References
    ----------
    Thomson, W. (1994). Cooperative models of bargaining. Handbook of Game Theory 2, 1237-1284.

    Examples
    --------
    >>> utilitarian(BargainingProblem([[2, 8], [5, 5], [7, 3]], [1, 1])).outcomes
    array([0, 1, 2])
    """

    def rule(p: BargainingProblem, ideal: Array) -> Rule:
        every = np.ones(p.n_players, dtype=np.bool_)
        return Rule("sum", np.zeros(p.n_players), np.ones(p.n_players), _weights(weights, p), every)

    return _solution("utilitarian", problem, rule, lotteries, tol)


def maximin(problem: Source, *, lotteries: bool = False, tol: float = 1e-12) -> Agreement:
    """Make the utility of whoever has least as large as it can be, among outcomes worth disagreement to everybody.

    Parameters
    ----------
    problem, lotteries, tol
        As in `nash_bargaining`. Unlike `egalitarian` it looks at utilities, not at gains.

    Returns
    -------
    Agreement
        ``.value`` is the smallest utility.

    References
    ----------
    Rawls, J. (1971). A Theory of Justice. Harvard University Press.

    Examples
    --------
    >>> maximin(BargainingProblem([[2, 8], [4, 5], [7, 3]], [1, 1])).outcomes
    array([1])
    """

    def rule(p: BargainingProblem, ideal: Array) -> Rule:
        ones = np.ones(p.n_players)
        return Rule("minimum", np.zeros(p.n_players), ones, ones, np.ones(p.n_players, dtype=np.bool_))

    return _solution("maximin", problem, rule, lotteries, tol)


def equal_loss(problem: Source, *, lotteries: bool = False, tol: float = 1e-12) -> Agreement:
    """Make the largest loss against the ideal as small as it can be, among outcomes worth disagreement to everybody.

    Parameters
    ----------
    problem, lotteries, tol
        As in `nash_bargaining`.

    Returns
    -------
    Agreement
        ``.value`` is minus the largest loss.

    References
    ----------
    Chun, Y. (1988). The equal-loss principle for bargaining problems. Economics Letters 26, 103-106.

    Examples
    --------
    >>> equal_loss(BargainingProblem([[2, 8], [4, 5], [7, 3]], [1, 1])).outcomes
    array([1])
    """

    def rule(p: BargainingProblem, ideal: Array) -> Rule:
        ones = np.ones(p.n_players)
        return Rule("minimum", ideal, ones, ones, np.ones(p.n_players, dtype=np.bool_))

    return _solution("equal-loss", problem, rule, lotteries, tol)


def _solution(name: str, source: Source, make_rule: MakeRule, lotteries: bool, tol: float) -> Agreement:
    """Resolve the source, apply the rule to outcomes or lotteries, and say what there is to say."""
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


def _can_gain(problem: BargainingProblem, ideal: Array, tol: float) -> npt.NDArray[np.bool_]:
    return np.asarray(ideal - problem.disagreement > tol * np.ptp(problem.utilities, axis=0))


def _say(problem: BargainingProblem, rule: Rule, notes: list[str]) -> None:
    out = (problem.names[i] for i in np.flatnonzero(~rule.counts))
    notes.extend(f"{name} cannot gain over disagreement and is left out of the comparison" for name in out)


def _weights(weights: npt.ArrayLike | None, problem: BargainingProblem) -> Array:
    if weights is None:
        return np.ones(problem.n_players)
    given = as_floats(weights, "weights")
    if given.shape != (problem.n_players,):
        raise GameShapeError(f"{given.size} weights given for {problem.n_players} players.")
    if not (np.isfinite(given).all() and (given > 0).all()):
        raise ParameterError(f"weights are {given.tolist()}; expected positive finite numbers, one a player.")
    return given
