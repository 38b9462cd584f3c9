"""Textbook games of private information that have an answer in closed form: cheap talk, costly signals, sealed bids."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational
from typing import Any

from negotiation.errors import NotFiniteError, ParameterError, WrongTypeError

Real = float | Fraction


@dataclass(frozen=True, slots=True)
class CheapTalk:
    """A partition equilibrium of uniform-quadratic cheap talk, from `cheap_talk`.

    Parameters
    ----------
    bias : float or Fraction
        By how much the sender wants more than the receiver.
    cutoffs : tuple of n + 1 numbers
        The state lies between two of them: that is all that is said. From 0 to 1.
    most : int
        The number of elements of the most informative equilibrium; there is one for every number up to it.
    """

    bias: Real
    cutoffs: tuple[Real, ...]
    most: int

    @property
    def n_messages(self) -> int:
        """How many different things are said."""
        return len(self.cutoffs) - 1

    @property
    def actions(self) -> tuple[Real, ...]:
        """What the receiver does after each: the middle of the element."""
        return tuple((a + b) / 2 for a, b in zip(self.cutoffs, self.cutoffs[1:], strict=False))

    @property
    def residual_variance(self) -> Real:
        """The variance of the state that is left after the message; without talk it is 1/12. The receiver's loss."""
        total: Real = sum((b - a) ** 3 for a, b in zip(self.cutoffs, self.cutoffs[1:], strict=False))
        return total / 12

    @property
    def sender_loss(self) -> Real:
        """The sender's expected loss: the residual variance and the square of the bias."""
        return self.residual_variance + self.bias**2

    def message(self, state: Real) -> int:
        """Which element a state lies in."""
        if not 0 <= state <= 1:
            raise ParameterError(f"the state is {state!r}; it lies in [0, 1].")
        return next(k for k, b in enumerate(self.cutoffs[1:]) if state <= b)


def cheap_talk(bias: float | Fraction, *, elements: int | None = None) -> CheapTalk:
    """How much is said when talk costs nothing and interests differ: Crawford and Sobel's uniform-quadratic example.

    The state is uniform on [0, 1]; the receiver loses ``(a - θ)²`` by its action, the sender ``(a - θ - b)²``.

    Parameters
    ----------
    bias : int, float or Fraction
        ``b``. Exact numbers give exact cutoffs. From 1/4 on nothing can be said.
    elements : int, optional
        Of the partition; the most that an equilibrium can have unless given.

    Raises
    ------
    ParameterError
        A partition finer than any equilibrium, or no bias: then everything is said, in no finite partition.

    References
    ----------
    Crawford, V. and Sobel, J. (1982). Strategic information transmission. Econometrica 50, 1431-1451, section 4.

    Examples
    --------
    >>> [str(c) for c in cheap_talk(Fraction(1, 20)).cutoffs]
    ['0', '2/15', '7/15', '1']
    """
    b = _number(bias, "the bias")
    if b == 0:
        raise ParameterError("without a bias everything is said: the partition has no finite number of elements.")
    size: Real = b if b > 0 else -b
    most = 1
    while 2 * (most + 1) * most * size < 1:
        most += 1
    n = most if elements is None else elements
    if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= most:
        raise ParameterError(f"elements is {n!r}; with a bias of {b} a partition has from 1 to {most} elements.")
    first = (1 - 2 * n * (n - 1) * size) / n
    cuts = [k * first + 2 * k * (k - 1) * size for k in range(n)] + [b * 0 + 1]
    if b < 0:  # the sender wants less: the mirror image
        cuts = [1 - c for c in reversed(cuts)]
    return CheapTalk(b, tuple(cuts), most)


@dataclass(frozen=True, slots=True)
class CostlySignal:
    """The levels of a costly signal that tell two types apart, from `spence`.

    Parameters
    ----------
    separating : pair
        The least and the greatest level that the high type alone sends.
    pooling : pair or None
        The levels that both can send, if the share of the high type is given.
    """

    separating: tuple[Real, Real]
    pooling: tuple[Real, Real] | None

    @property
    def least_cost(self) -> Real:
        """The level that survives the intuitive criterion: the least that the low type would not imitate."""
        return self.separating[0]


def spence(
    *, productivities: tuple[Real, Real], unit_costs: tuple[Real, Real], share_high: Real | None = None
) -> CostlySignal:
    """How large a costly signal has to be to be believed: Spence's market for two types.

    Parameters
    ----------
    productivities : (low, high)
        What the receiver pays for each type if it knows it.
    unit_costs : (low, high)
        What a unit of the signal costs each type; more for the low one.
    share_high : number, optional
        The prior of the high type.

    Notes
    -----
    The low type does not imitate if ``w_H - w_L <= c_L y``, the high type still signals if ``w_H - w_L >= c_H y``. Talk is
    the case of equal costs, in which no level is believed.

    References
    ----------
    Spence, M. (1973). Job market signaling. Quarterly Journal of Economics 87, 355-374.

    Examples
    --------
    >>> spence(productivities=(1, 2), unit_costs=(1, Fraction(1, 2))).separating
    (Fraction(1, 1), Fraction(2, 1))
    """
    low, high = (_number(v, "a productivity") for v in productivities)
    dear, cheap = (_number(v, "a unit cost") for v in unit_costs)
    if not low < high:
        raise ParameterError(f"productivities are (low, high); {low} is not less than {high}.")
    if not dear > cheap > 0:
        raise ParameterError(
            f"unit costs are (of the low type, of the high type); {dear} must exceed {cheap}, both positive."
        )
    pooling: tuple[Real, Real] | None = None
    if share_high is not None:
        share = _probability(share_high, "share_high")
        pooling = (share * 0, share * (high - low) / dear)
    return CostlySignal(((high - low) / dear, (high - low) / cheap), pooling)


@dataclass(frozen=True, slots=True)
class SealedBids:
    """The symmetric equilibrium of an auction with private values, independent and uniform on [0, 1].

    Parameters
    ----------
    bidders : int
    coefficient : Fraction
        The bid is ``coefficient * value ** power``.
    power : int
    expected_revenue : Fraction
    """

    bidders: int
    coefficient: Fraction
    power: int
    expected_revenue: Fraction

    @property
    def slope(self) -> Fraction:
        """The coefficient, where bids are linear in the value."""
        if self.power != 1:
            raise ParameterError(f"bids go with the value to the power of {self.power}; ask for .coefficient.")
        return self.coefficient

    def bid(self, value: Real) -> Real:
        """What a bidder with this value bids."""
        if not 0 <= value <= 1:
            raise ParameterError(f"the value is {value!r}; values lie in [0, 1].")
        return self.coefficient * value**self.power


def first_price_auction(bidders: int) -> SealedBids:
    """First-price auction with values uniform on [0, 1]: shade the bid to ``(n - 1) / n`` of the value.

    References
    ----------
    Vickrey, W. (1961). Counterspeculation, auctions, and competitive sealed tenders. Journal of Finance 16, 8-37.

    Examples
    --------
    >>> first_price_auction(3).slope, first_price_auction(3).expected_revenue
    (Fraction(2, 3), Fraction(1, 2))
    """
    n = _bidders(bidders)
    return SealedBids(n, Fraction(n - 1, n), 1, Fraction(n - 1, n + 1))


def all_pay_auction(bidders: int) -> SealedBids:
    """All-pay auction with values uniform on [0, 1], as in a contest of sunk effort: bid ``(n - 1) / n`` of ``value ** n``.

    References
    ----------
    Krishna, V. (2009). Auction Theory, 2nd edition, section 3.2. Academic Press.
    """
    n = _bidders(bidders)
    return SealedBids(n, Fraction(n - 1, n), n, Fraction(n - 1, n + 1))


@dataclass(frozen=True, slots=True)
class DoubleAuction:
    """The linear equilibrium of a sealed-bid double auction, from `double_auction`.

    Parameters
    ----------
    k : number
        The weight of the buyer's bid in the price.
    buyer, seller : pair
        Slope and intercept of the bid as a function of the value, and of the cost.
    trade_threshold : number
        The least value at which a seller without cost trades; for ``k = 1/2`` value must exceed cost by that much.
    expected_gains, first_best_gains : number
        Of both together, in this equilibrium and if they knew each other's numbers.
    """

    k: Real
    buyer: tuple[Real, Real]
    seller: tuple[Real, Real]
    trade_threshold: Real
    expected_gains: Real
    first_best_gains: Real

    def trades(self, value: Real, cost: Real) -> bool:
        """Whether the bids cross."""
        bid, ask = self.buyer[0] * value + self.buyer[1], self.seller[0] * cost + self.seller[1]
        return bool(bid >= ask)


def double_auction(k: float | Fraction = Fraction(1, 2)) -> DoubleAuction:
    """Bargaining by one sealed bid each, when neither knows how badly the other needs the deal.

    Value and cost are uniform on [0, 1]; if the buyer's bid is at least the seller's, they trade at ``k`` times the one
    and ``1 - k`` times the other.

    Parameters
    ----------
    k : number
        In [0, 1].

    References
    ----------
    Chatterjee, K. and Samuelson, W. (1983). Bargaining under incomplete information. Operations Research 31, 835-851.

    Examples
    --------
    >>> double_auction().expected_gains
    Fraction(9, 64)
    """
    w = _probability(k, "k")
    buyer = (1 / (1 + w), w * (1 - w) / (2 * (1 + w)))
    seller = (1 / (2 - w), (1 - w) / 2)
    a, b, top = (1 + w) / (2 - w), (1 - w) / 2, (2 - w) / 2  # trade where value >= a cost + b, for costs up to top
    gains = (1 - b * b) / 2 * top - (a * b + 1 - b) * top**2 / 2 + (a - a * a / 2) * top**3 / 3
    return DoubleAuction(w, buyer, seller, b, gains, Fraction(1, 6))


def _number(value: Any, what: str) -> Real:
    if isinstance(value, bool) or not isinstance(value, int | float | Rational):
        raise WrongTypeError(f"{what} must be a number, not {value!r}.")
    number: Real = Fraction(value) if isinstance(value, Rational) else float(value)
    if number - number != 0:
        raise NotFiniteError(f"{what} is {value!r}; it must be finite.")
    return number


def _probability(value: Any, what: str) -> Real:
    number = _number(value, what)
    if not 0 <= number <= 1:
        raise ParameterError(f"{what} is {value!r}; it lies in [0, 1].")
    return number


def _bidders(bidders: Any) -> int:
    if isinstance(bidders, bool) or not isinstance(bidders, int) or bidders < 2:
        raise ParameterError(f"bidders must be a whole number from 2, not {bidders!r}.")
    return bidders
