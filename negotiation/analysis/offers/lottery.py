"""The best deal when packages may be mixed by lottery, and what a little more costs there (its shadow prices)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from negotiation.analysis.offers.best import worth_to
from negotiation.analysis.offers.family import Family
from negotiation.analysis.offers.linear import Linear
from negotiation.analysis.offers.programme import Programme
from negotiation.analysis.wording import amount, percent
from negotiation.arrays import Array, IntArray, read_only
from negotiation.door import checked
from negotiation.errors import NumericalError
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.payoffs import payoffs
from negotiation.model.rounding import at_stake, settle

# Rounds of adding the package that the current prices favour; two parties need a handful.
ROUNDS = 500
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LotteryDeal:
    """A lottery over packages that is best for one party while every other gets what it signs for. ``P`` parties.

    Parameters
    ----------
    packages : tuple of Package
    probabilities : ndarray
        One a package, adding up to 1; at most ``P`` of them are needed.
    payoffs : ndarray, shape (P,)
        Expected.
    prices : ndarray, shape (P,)
        What one more unit for each party costs the proposer, in its own units; 1 for the proposer itself, 0 for a party
        that already gets more than it signs for.
    names : tuple of str
        The parties.
    unit : str
    """

    packages: tuple[Package, ...]
    probabilities: Array
    payoffs: Array
    prices: Array
    names: tuple[str, ...] = ()
    unit: str = ""

    def __str__(self) -> str:
        worth = ", ".join(f"{n} {amount(float(v), signed=True)}" for n, v in zip(self.names, self.payoffs, strict=True))
        prices = ", ".join(f"{n} {amount(float(v))}" for n, v in zip(self.names, self.prices, strict=True))
        odds = (
            f"  {percent(float(p))}: {package}" for p, package in zip(self.probabilities, self.packages, strict=True)
        )
        return "\n".join([f"lottery → {worth} {self.unit}", *odds, f"  price of one more unit: {prices}"])

    __repr__ = __str__


@checked
def lottery_deal(talks: Negotiation, proposer: str) -> LotteryDeal | None:
    """Find the lottery over packages that is best for the proposer while the others get what they sign for.

    Parameters
    ----------
    talks : Negotiation
    proposer : str

    Returns
    -------
    LotteryDeal or None
        ``None`` when no lottery gives everybody what it signs for.

    Notes
    -----
    The linear programme ``max E u_p`` subject to ``E u_i ≥ r_i`` for the others, over all lotteries on packages; its duals
    are the prices. Packages enter as the prices call for them (Dantzig-Wolfe), so none are listed: each round solves one
    linear programme with a column a package seen so far, and one mixed-integer programme. The proposer's own reservation
    value is looked at last. Where the frontier has a corner, prices lie between those of its two sides.

    References
    ----------
    Dantzig, G. B. and Wolfe, P. (1960). Decomposition principle for linear programs. Operations Research 8, 101-111.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "y", "lifted", 6), ng.Stake("A", "x", "lifted", -1), ng.Stake("B", "y", "lifted", -2),
    ...      ng.Stake("B", "x", "lifted", 4)])
    >>> lottery_deal(talks, "A").prices
    array([1.  , 0.25])
    """
    me = talks.party_index(proposer)
    least = np.array([p.reservation_value for p in talks.parties])
    programme = Programme(Family(talks, np.zeros(len(talks.issues), dtype=np.int64), tuple(range(len(talks.issues)))))
    codes = [np.zeros(len(talks.issues), dtype=np.int64)]
    codes += [_favourite(programme, worth_to(talks, name)) for name in talks.party_names]
    scale = float(at_stake(talks).max()) or 1.0
    for _ in range(ROUNDS):
        utilities = payoffs(talks, np.array(codes))
        weights, prices, level, missing = _master(utilities / scale, least / scale, me)
        better = _favourite(programme, _priced(talks, prices))
        gain = float(prices @ (payoffs(talks, better[None, :])[0] - least)) / scale - level
        known = bool((np.array(codes) == better).all(axis=1).any())  # then the gain is the solver's rounding
        if gain <= TOLERANCE or known:
            got = weights @ utilities
            if missing > TOLERANCE or got[me] < least[me] - TOLERANCE * scale:
                return None
            used = np.flatnonzero(weights > TOLERANCE)
            packages = tuple(talks.package_from_choices(codes[k]) for k in used)
            return LotteryDeal(
                packages, read_only(weights[used]), read_only(settle(got, talks)), read_only(prices), talks.party_names,
                talks.unit,
            )  # fmt: skip
        codes.append(better)
    raise NumericalError(f"the best lottery was not found in {ROUNDS} rounds.")


def _favourite(programme: Programme, objective: Array) -> IntArray:
    """The package that maximises an objective over terms."""
    n_terms = len(objective)
    free = Linear(np.zeros((0, n_terms)), np.zeros(0), ())
    best = programme.maximise(programme.on_columns(objective)[0], free)
    if best is None:
        raise NumericalError("a programme without conditions was not solved.")
    return best


def _priced(talks: Negotiation, prices: Array) -> Array:
    """Every term at its central value times the price of its party's payoff."""
    return np.asarray(talks.terms.central * prices[talks.terms.party])


def _master(utilities: Array, least: Array, me: int) -> tuple[Array, Array, float, float]:
    """The linear programme over the packages so far: weights, prices, the prices' level, and what is missing at r.

    What the others miss is bought at a price no package could justify, so that there is always a solution.
    """
    from scipy.optimize import linprog

    n, others = len(utilities), [i for i in range(len(least)) if i != me]
    penalty = 1e6
    costs = np.append(-utilities[:, me], penalty)
    met = np.column_stack([-utilities[:, others].T, -np.ones(len(others))])
    total = np.append(np.ones(n), 0.0)[None, :]
    found = linprog(costs, A_ub=met, b_ub=-least[others], A_eq=total, b_eq=[1.0], method="highs")
    if found.status != 0 or found.x is None:
        raise NumericalError(f"the linear programme over lotteries was not solved: {found.message}")
    prices = np.ones(len(least))
    prices[others] = np.abs(found.ineqlin.marginals)
    level = float(-found.eqlin.marginals[0]) - float(prices @ least)
    return found.x[:n], prices, level, float(found.x[n])
