"""Tit for tat in bargaining: answer a concession with one of the same size, as seen in one's own payoff."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from negotiation.errors import ParameterError
from negotiation.simulation.moves import Move
from negotiation.simulation.protocol import check_count
from negotiation.simulation.strategies.time_based import Boulware, TimeBased
from negotiation.simulation.strategy import Bargainer
from negotiation.simulation.view import View

Rule = Callable[[float, list[float]], float]
OPENING = Boulware()
# By so much of the way from the least acceptable to the best a wish may be missed: sums and ratios are rounded.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class RelativeTitForTat(Bargainer):
    """Lower one's demand by the proportion in which the other has lowered its own: ``d[-lag] / d[-1-lag]``.

    A demand ``d`` is what an offer of the other withholds: one less its worth ``v`` to oneself, as a share of one's payoff
    range. One's own demand is what one's last offer is worth to oneself. Of several others, all offers count.

    Parameters
    ----------
    lag : int
        Which concession is answered: 1 the latest.
    opening : TimeBased
        What it does until the other has made ``lag + 1`` offers.

    References
    ----------
    Faratin, P., Sierra, C., Jennings, N. R. (1998). Negotiation decision functions for autonomous agents. Robotics and Autonomous
    Systems 24, 159-182, sect. 4.3. There the value of each issue is imitated, such as a price; here the utility of the
    whole outcome, and a concession is what it gives to oneself, as if there were nothing to be gained by both.
    """

    lag: int = 1
    opening: TimeBased = OPENING

    def __post_init__(self) -> None:
        check_count(self.lag, "the lag")

    def proposal(self, view: View) -> Move:
        """See the class."""
        return _answer(view, self.lag + 1, self.opening, lambda own, v: _ratio(v[-self.lag], v[-1 - self.lag]) * own)


@dataclass(frozen=True, slots=True)
class RandomAbsoluteTitForTat(Bargainer):
    """Concede by the amount by which the other has, give or take a random amount: own last offer less ``v[-lag] - v[-1-lag]``.

    Parameters
    ----------
    lag : int
    most : float
        The largest random change either way, as a share of one's payoff range: it gets out of standstill.
    opening : TimeBased
        See `RelativeTitForTat`.

    References
    ----------
    Faratin, Sierra, Jennings (1998), sect. 4.3, see `RelativeTitForTat`.
    """

    lag: int = 1
    most: float = 0.02
    opening: TimeBased = OPENING

    def __post_init__(self) -> None:
        check_count(self.lag, "the lag")
        if not 0 <= self.most <= 1:
            raise ParameterError(f"most={self.most!r}; expected a share of the payoff range, from 0 to 1.")

    def proposal(self, view: View) -> Move:
        """See the class."""
        return _answer(
            view,
            self.lag + 1,
            self.opening,
            lambda own, v: own - (v[-self.lag] - v[-1 - self.lag]) + self._noise(view),
        )

    def _noise(self, view: View) -> float:
        """Drawn once a turn, so that what is accepted and what is offered agree."""
        key = ("noise", view.turn)
        if key not in view.memory:
            view.memory[key] = float(view.rng.uniform(-self.most, self.most))
        return float(view.memory[key])


@dataclass(frozen=True, slots=True)
class AveragedTitForTat(Bargainer):
    """Lower one's demand by the proportion in which the other has over its last `window` steps: ``d[-1] / d[-1-window]``.

    Parameters
    ----------
    window : int
        1 is `RelativeTitForTat`.
    opening : TimeBased

    References
    ----------
    Faratin, Sierra, Jennings (1998), sect. 4.3, see `RelativeTitForTat`.
    """

    window: int = 3
    opening: TimeBased = OPENING

    def __post_init__(self) -> None:
        check_count(self.window, "the window")

    def proposal(self, view: View) -> Move:
        """See the class."""
        return _answer(view, self.window + 1, self.opening, lambda own, v: _ratio(v[-1], v[-1 - self.window]) * own)


def _ratio(now: float, before: float) -> float:
    """How much of the other's demand is left, from what its offers are worth now and before; 1 where it demanded nothing."""
    return (1.0 - now) / (1.0 - before) if before < 1 else 1.0


def _answer(view: View, needed: int, opening: TimeBased, rule: Rule) -> Move:
    """Offer the outcome closest above what the rule makes of one's last offer and the other's offers, within what is possible."""
    if len(view.received) < needed or not view.own_offers:
        return opening.proposal(view)
    own = view.seat.own
    worst, span = float(own.min()), float(own.max() - own.min()) or 1.0
    seen = [(float(own[x]) - worst) / span for x in view.received[-needed - 1 :]]
    mine = (float(own[view.own_offers[-1]]) - worst) / span
    wanted = worst + span * min(max(rule(mine, seen), 0.0), 1.0)
    floor = max(worst, view.seat.reservation)
    room = float(own.max()) - floor
    return view.offer_at(max((wanted - floor) / room - ROUNDING, 0.0) if room > 0 else 0.0)
