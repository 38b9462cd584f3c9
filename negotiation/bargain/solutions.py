"""The classical bargaining solutions, over outcomes and over lotteries."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, as_floats
from negotiation.bargain.agreement import Agreement
from negotiation.bargain.apply_rule import Source, agree
from negotiation.bargain.problem import BargainingProblem
from negotiation.bargain.rules import Rule
from negotiation.errors import GameShapeError, ParameterError


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

    return agree("Nash", problem, rule, lotteries, tol)


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

    return agree("Kalai-Smorodinsky", problem, rule, lotteries, tol)


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

    return agree("egalitarian", problem, rule, lotteries, tol)


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

    return agree("utilitarian", problem, rule, lotteries, tol)


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

    return agree("maximin", problem, rule, lotteries, tol)


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

    return agree("equal-loss", problem, rule, lotteries, tol)


def _can_gain(problem: BargainingProblem, ideal: Array, tol: float) -> npt.NDArray[np.bool_]:
    return np.asarray(ideal - problem.disagreement > tol * np.ptp(problem.utilities, axis=0))


def _weights(weights: npt.ArrayLike | None, problem: BargainingProblem) -> Array:
    if weights is None:
        return np.ones(problem.n_players)
    given = as_floats(weights, "weights")
    if given.shape != (problem.n_players,):
        raise GameShapeError(f"{given.size} weights given for {problem.n_players} players.")
    if not (np.isfinite(given).all() and (given > 0).all()):
        raise ParameterError(f"weights are {given.tolist()}; expected positive finite numbers, one a player.")
    return given
