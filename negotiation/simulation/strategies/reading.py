"""Strategies that look at what the other wants: trade-offs, opponent models, hard-headed, Nice tit for tat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from negotiation.errors import ParameterError
from negotiation.simulation.moves import Leave, Move, Offer
from negotiation.simulation.strategies.opponent_models import BayesianModel, FrequencyModel, OpponentModel, learnt
from negotiation.simulation.strategies.time_based import LinearConcession, TimeBased
from negotiation.simulation.strategy import Bargainer
from negotiation.simulation.view import View

EVEN, HARD = LinearConcession(), TimeBased(beta=0.05)
FREQUENCIES, BAYES = FrequencyModel(), BayesianModel()


def _check_band(band: float) -> None:
    if not 0 <= band <= 1:
        raise ParameterError(
            f"band={band!r}; expected a share of the way from the least acceptable to the best, 0 to 1."
        )


@dataclass(frozen=True, slots=True)
class TradeOff(Bargainer):
    """Of the outcomes that are equally good to oneself, offer the one most like the other's last offer.

    Parameters
    ----------
    curve : TimeBased
        How good that is at which time.
    band : float
        How far above the level outcomes still count as equally good.

    Notes
    -----
    Likeness is the number of issues at the same option; of equally like outcomes the best for oneself is offered. Where outcomes
    have no issues it offers the closest above the level.

    References
    ----------
    Faratin, P., Sierra, C., Jennings, N. R. (2002). Using similarity criteria to make issue trade-offs in automated negotiations.
    Artificial Intelligence 142, 205-237. There likeness is a fuzzy measure of the domain.
    """

    curve: TimeBased = EVEN
    band: float = 0.05

    def __post_init__(self) -> None:
        _check_band(self.band)

    def accepts(self, view: View) -> bool:
        """Whether the offer reaches the level."""
        return self.curve.accepts(view)

    def proposal(self, view: View) -> Move:
        """See the class."""
        if not view.received or view.options is None or not view.seat.is_willing:
            return self.curve.proposal(view)
        level = self.curve.level(view.time)
        same = view.seat.between(level, level + self.band)
        likeness = (view.options[same] == view.options[view.received[-1]]).sum(axis=1)
        return Offer(int(same[np.flatnonzero(likeness == likeness.max())[-1]]))


@dataclass(frozen=True, slots=True)
class OpponentLearner(Bargainer):
    """Of the outcomes that are equally good to oneself, offer the one that is best for the other as far as its offers tell.

    Parameters
    ----------
    model : OpponentModel
        `FrequencyModel` or `BayesianModel`.
    curve : TimeBased
    band : float
        See `TradeOff`.

    References
    ----------
    Baarslag, T., Hendrikx, M. J. C., Hindriks, K. V., Jonker, C. M. (2016). Learning about the opponent in automated bilateral
    negotiation: a comprehensive survey. Autonomous Agents and Multi-Agent Systems 30, 849-898.
    """

    model: OpponentModel = FREQUENCIES
    curve: TimeBased = EVEN
    band: float = 0.05

    def __post_init__(self) -> None:
        _check_band(self.band)

    def accepts(self, view: View) -> bool:
        """Whether the offer reaches the level."""
        return self.curve.accepts(view)

    def proposal(self, view: View) -> Move:
        """See the class."""
        if not view.seat.is_willing:
            return Leave()
        level = self.curve.level(view.time)
        same = view.seat.between(level, level + self.band)
        return Offer(int(same[int(np.argmax(learnt(view, self.model, same)))]))


@dataclass(frozen=True, slots=True)
class HardHeaded(OpponentLearner):
    """Concede next to nothing until the very end, and please the other where that costs nothing.

    `OpponentLearner` with a frequency model and a curve of ``beta=0.05``; the winner of the competition of 2011, without its
    cycling through earlier bids and its treatment of discounts.

    References
    ----------
    van Krimpen, T., Looije, D., Hajizadeh, S. (2013). HardHeaded. In Complex Automated Negotiations: Theories, Models, and
    Software Competitions, 223-227.
    """

    curve: TimeBased = HARD
    band: float = 0.02


@dataclass(frozen=True, slots=True)
class NiceTitForTat(Bargainer):
    """Cooperate at first, then concede towards the Nash point as far as the other has, with offers that are good for the other.

    The other's concession is how far its best offer has come from its first towards the estimated Nash point, in one's own
    payoff; one's level comes down from 1 to that of the Nash point by the same share.

    Parameters
    ----------
    model : OpponentModel
        From which the Nash point is estimated; Bayesian as in the source.
    band : float
        See `TradeOff`.
    late : float
        From this time on it comes down to the Nash point by the deadline whatever the other does. Two of a kind would else wait
        for each other for ever.
    last : float
        From this time on it accepts an offer that is the best so far, if it is acceptable at all.

    References
    ----------
    Baarslag, T., Hindriks, K., Jonker, C. (2013). A tit for tat negotiation strategy for real-time bilateral negotiations. In
    Complex Automated Negotiations: Theories, Models, and Software Competitions, 229-233. Without its corrections for large
    domains and discounts; near the deadline it concedes evenly, where the source adds a bonus.
    """

    model: OpponentModel = BAYES
    band: float = 0.05
    late: float = 0.9
    last: float = 0.98

    def __post_init__(self) -> None:
        _check_band(self.band)
        if not (0 <= self.late <= 1 and 0 <= self.last <= 1):
            raise ParameterError(f"late={self.late!r}, last={self.last!r}; expected times from 0 to 1.")

    def accepts(self, view: View) -> bool:
        """If it reaches one's level; in the last moments, if it is the best so far."""
        if view.on_table is None:
            return False
        worth = view.level(view.on_table)
        if view.time >= self.last and worth >= max(view.level(x) for x in view.received):
            return True
        return worth >= self._level(view)

    def proposal(self, view: View) -> Move:
        """See the class."""
        if not view.seat.is_willing:
            return Leave()
        level = self._level(view)
        same = view.seat.between(level, level + self.band)
        return Offer(int(same[int(np.argmax(learnt(view, self.model, same)))]))

    def _level(self, view: View) -> float:
        """As far down from 1 to the estimated Nash point as the other has come; late in the talks at least as the clock says."""
        if not view.received or not view.seat.is_willing:
            return 1.0
        rows = np.flatnonzero(view.seat.levels >= 0)
        product = view.seat.levels[rows] * learnt(view, self.model, rows)
        nash = view.level(int(rows[int(np.argmax(product))]))
        heard = [view.level(x) for x in view.received]
        way = nash - heard[0]
        share = min(max((max(heard) - heard[0]) / way, 0.0), 1.0) if way > 0 else 1.0
        if view.time >= self.late:
            share = max(share, (view.time - self.late) / (1.0 - self.late) if self.late < 1 else 1.0)
        return 1.0 - share * (1.0 - nash)
