"""What an offer gives away: the responder's belief about the proposer's need before and after it, and what that costs."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from negotiation.analysis.wording import amount, listing, percent
from negotiation.arrays import Array
from negotiation.door import checked
from negotiation.errors import ParameterError, SizeLimitError
from negotiation.games.signalling import SignallingGame
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.reduce.signalling import Numbers, Offer, OfferSignals, Types
from negotiation.solvers.bayesian.assessment_result import SignallingEquilibrium, SignallingSolution
from negotiation.solvers.bayesian.assessments import ExtremeAssessments

if TYPE_CHECKING:
    import pandas as pd

Kept = Literal["d1", "intuitive", "all"]
WIDTH = 100
SOLVER = ExtremeAssessments(limit=20_000, deadline=20.0)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Revelation:
    """What an offer says about the proposer's need, from `what_an_offer_reveals`.

    Parameters
    ----------
    signals : OfferSignals
        Offers, types, the prior.
    game : SignallingGame
    solution : SignallingSolution
        All perfect Bayesian equilibria.
    message : int
        The offer asked about, as a position in ``game.messages``.
    kept : tuple of SignallingEquilibrium
        Those that count: they survive the refinement, and if in some of these the offer is made, only those.
    is_made : bool
        Whether some type makes the offer in them; otherwise it comes as a surprise.
    refinement : {"d1", "intuitive", "all"}
    notes : tuple of str
    """

    signals: OfferSignals
    game: SignallingGame
    solution: SignallingSolution
    message: int
    kept: tuple[SignallingEquilibrium, ...]
    is_made: bool
    refinement: Kept = "d1"
    notes: tuple[str, ...] = ()

    @property
    def offer(self) -> Package:
        """The package asked about."""
        return self.signals.offers[self.message]

    @property
    def prior(self) -> Array:
        """The probability of each type before the offer, (T,)."""
        return self.game.prior

    @property
    def beliefs(self) -> tuple[Array, ...]:
        """For each equilibrium that counts, the corners (V, T) of the beliefs after the offer: one if it is made."""
        return tuple(_corners(e, self.message, self.is_made, self.refinement) for e in self.kept)

    @property
    def posterior(self) -> tuple[float, float]:
        """The least and the greatest probability of the highest need after the offer."""
        column = np.concatenate([corners[:, -1] for corners in self.beliefs])
        return float(column.min()), float(column.max())

    @property
    def expected_quantile(self) -> tuple[float, float, float]:
        """Where in its range the need is expected to lie, in [0, 1]: before the offer, and the least and greatest after it."""
        quantiles = np.array(self.signals.quantiles)
        after = np.concatenate(self.beliefs) @ quantiles
        return float(self.prior @ quantiles), float(after.min()), float(after.max())

    @property
    def shift(self) -> tuple[float, float]:
        """The least and the greatest distance of the belief after the offer from the prior, in total variation.

        With two types it is the change in the probability of high need.
        """
        least = min(least_distance(corners, self.prior) for corners in self.beliefs)
        most = max(float(np.abs(corners - self.prior).sum(axis=1).max()) / 2 for corners in self.beliefs)
        return least, most

    @property
    def worth(self) -> Mapping[str, float]:
        """What the offer, accepted, is worth to each type of the proposer."""
        mine, _ = self.signals.worth([self.offer])
        return dict(zip(self.signals.types, mine[:, 0].tolist(), strict=True))

    @property
    def typical_belief(self) -> Array:
        """The belief after the offer in the middle of those that count, (T,)."""
        return np.asarray(np.mean([corners.mean(axis=0) for corners in self.beliefs], axis=0))

    def reply(self, belief: Sequence[float] | Array) -> tuple[str, ...]:
        """What the responder does best after the offer at some belief about the types."""
        return self.game.best_replies(self.message, belief)

    @property
    def price_of_looking_desperate(self) -> Mapping[str, float]:
        """What the belief after the offer costs each type: its payoff at the best reply to the prior less that to the belief.

        Of best replies that tie, the one that the type likes best.
        """
        before, after = (self._payoffs(self.reply(b)) for b in (self.prior, self.typical_belief))
        return dict(zip(self.signals.types, (before - after).tolist(), strict=True))

    def _payoffs(self, replies: Sequence[str]) -> Array:
        at = [self.game.actions.index(name) for name in replies]
        return np.asarray(self.game.sender[:, self.message, at].max(axis=1))

    def to_frame(self) -> pd.DataFrame:
        """One row an offer: the probability of the highest need before and after it, who makes it, and the replies.

        ``posterior low`` and ``posterior high`` are over the equilibria that survive; where the offer is not made in any of
        them, over the beliefs that keep everybody from making it.
        """
        import pandas as pd

        rows = []
        for m, name in enumerate(self.game.messages):
            other = revelation(self.signals, self.game, self.solution, m, self.refinement, ())
            low, high = other.posterior
            rows.append(
                {
                    "offer": name,
                    "prior": float(self.prior[-1]),
                    "posterior low": low,
                    "posterior high": high,
                    "made": other.is_made,
                    "reply at prior": listing(other.reply(self.prior), "or"),
                    "reply after it": listing(other.reply(other.typical_belief), "or"),
                }
            )
        return pd.DataFrame(rows).set_index("offer")

    def __str__(self) -> str:
        s, unit = self.signals, self.game.unit
        worth = listing(f"{amount(v, signed=True)} with {t}" for t, v in self.worth.items())
        before, after = (listing(self.reply(b), "or") for b in (self.prior, self.typical_belief))
        made = (
            "is made in an equilibrium" if self.is_made else "is made in no equilibrium that survives: it is a surprise"
        )
        lines = [
            f"{s.proposer} offers {self.game.messages[self.message]}, for {listing(s.private) if s.private else 'nothing'}.",
            f"  before: {s.responder} puts {percent(float(self.prior[-1]))} on {s.types[-1]}",
            f"  after:  {_range(*self.posterior)} (the offer {made})",
            *([] if len(s.types) == 2 else [quantile_sentence(self)]),
            f"  accepted, it is worth to {s.proposer}: {worth} ({unit})",
            f"  best reply at the prior: {before}; after the offer: {after}",
        ]
        prices = {t: v for t, v in self.price_of_looking_desperate.items() if v > 0}
        if prices:
            costs = listing(f"{amount(v)} with {t}" for t, v in prices.items())
            lines.append(f"  what the changed reply costs {s.proposer}: {costs}")
        lines += [f"  note: {note}" for note in self.notes]
        return "\n".join(part for line in lines for part in textwrap.wrap(line, WIDTH, subsequent_indent="    "))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>{self.to_frame().to_html()}"


@checked
def what_an_offer_reveals(
    talks: Negotiation,
    package: Mapping[str, str],
    *,
    proposer: str | None = None,
    responder: str | None = None,
    offers: Sequence[Offer] | None = None,
    types: Types = 2,
    prior: Sequence[float] | None = None,
    private: Sequence[str] | None = None,
    refinement: Kept = "d1",
) -> Revelation:
    """Say what offering a package tells the other side about how badly its proposer needs what it asks for.

    Parameters
    ----------
    talks : Negotiation
    package : Package
        The whole package, what is offered and what is asked for.
    proposer, responder, offers, types, prior, private
        As for `signalling_game`.
    refinement : {"d1", "intuitive", "all"}
        Which equilibria count: those that survive D1, the intuitive criterion, or all.

    Returns
    -------
    Revelation
        Prior, posterior, the best replies to both, and what looking desperate costs.

    Notes
    -----
    Equilibria in which the offer is made count alone if there are any, since it has been seen. If there are none, the beliefs are
    those that keep everybody from making it. Cost: that of `ExtremeAssessments` on a game of few types and at most a handful of
    offers, milliseconds.

    References
    ----------
    Cho, I.-K. and Kreps, D. M. (1987). Signaling games and stable equilibria. Quarterly Journal of Economics 102, 179-221.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -2), ng.Stake("B", "x", "lifted", 4), ng.Stake("B", "y", "lifted", -1),
    ...      ng.Stake("A", "y", "lifted", ng.Distribution.uniform(0, 4))])
    >>> what_an_offer_reveals(talks, talks.package("x", "y")).posterior
    (1.0, 1.0)
    """
    signals = OfferSignals.of(talks, talks.as_package(package), proposer=proposer, responder=responder, offers=offers,
                              types=types, prior=prior, private=private)  # fmt: skip
    signals.require_secret()
    return solved(signals, signals.message(package), refinement)


def solved(signals: OfferSignals, message: int, refinement: Kept, numbers: Numbers | None = None) -> Revelation:
    """Solve the game of offers and keep the equilibria that count."""
    if refinement not in ("d1", "intuitive", "all"):
        raise ParameterError(f"refinement must be 'd1', 'intuitive' or 'all', not {refinement!r}.")
    game = signals.game("offers", numbers)
    solution = SOLVER.run(game)
    if not solution.equilibria:
        raise SizeLimitError(
            f"no equilibrium was found in {SOLVER.deadline:g} seconds among {' × '.join(map(str, game.shape))} types, offers and "
            "replies; ask for fewer types or offers."
        )
    notes = () if solution.complete else (f"not all equilibria were found: {solution.status.value}",)
    return revelation(signals, game, solution, message, refinement, notes)


def revelation(
    signals: OfferSignals, game: SignallingGame, solution: SignallingSolution, message: int, refinement: Kept,
    notes: tuple[str, ...],
) -> Revelation:  # fmt: skip
    """Keep the equilibria that count for one offer."""
    survivors = solution.equilibria
    for name in ("d1", "intuitive"):
        if refinement in (name, "d1"):
            refined = solution.refined(name)
            if refined:
                survivors = refined
                break
            notes = (*notes, f"no equilibrium survives {name}")
    made = tuple(e for e in survivors if e.sent[message])
    return Revelation(signals, game, solution, message, made or survivors, bool(made), refinement, notes)


def _corners(equilibrium: SignallingEquilibrium, message: int, is_made: bool, refinement: Kept) -> Array:
    """Corners of the beliefs after an offer; after a surprise, those on types that it can come from, if there are such."""
    corners = equilibrium.belief_sets[message]
    if is_made or refinement == "all":
        return corners
    game, judged = equilibrium.game, equilibrium.d1 if refinement == "d1" else equilibrium.intuitive
    plausible = dict(judged.plausible).get(game.messages[message], game.types)
    out = [k for k, name in enumerate(game.types) if name not in plausible]
    fine = corners[(corners[:, out] == 0).all(axis=1)]
    return fine if len(fine) else corners


def least_distance(corners: npt.ArrayLike, prior: npt.ArrayLike) -> float:
    """The total variation between the prior, (T,), and the nearest belief among mixtures of the corners, (V, T)."""
    corners, prior = np.asarray(corners, dtype=np.float64), np.asarray(prior, dtype=np.float64)
    if len(corners) == 1:
        return float(np.abs(corners[0] - prior).sum()) / 2
    if len(prior) == 2:
        low, high = float(corners[:, 1].min()), float(corners[:, 1].max())
        return max(low - float(prior[1]), float(prior[1]) - high, 0.0)
    from scipy.optimize import linprog

    V, T = corners.shape
    cost = np.r_[np.zeros(V), np.full(T, 0.5)]
    rows = np.vstack([np.hstack([corners.T, -np.eye(T)]), np.hstack([-corners.T, -np.eye(T)])])
    found: Any = linprog(cost, A_ub=rows, b_ub=np.r_[prior, -prior], A_eq=[np.r_[np.ones(V), np.zeros(T)]], b_eq=[1])
    return max(0.0, float(found.fun))


def _range(low: float, high: float) -> str:
    return percent(low) if high - low < 5e-4 else f"{percent(low)} to {percent(high)}"


def quantile_sentence(found: Revelation) -> str:
    """``  need is expected at the 50% quantile of its range before, 62.8% to 83.3% after``."""
    before, low, high = found.expected_quantile
    return f"  need is expected at the {percent(before)} quantile of its range before, {_range(low, high)} after"


def belief_range(found: Revelation) -> str:
    """The posterior of the highest need in words: ``100%``, or ``66% to 100%``."""
    return _range(*found.posterior)
