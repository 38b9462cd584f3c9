"""A player who does what the theory of alternating offers says, so that heuristics can be measured against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from negotiation.arrays import IntArray
from negotiation.bargain.alternating import AlternatingOffers
from negotiation.bargain.alternating_result import AlternatingEquilibrium
from negotiation.errors import ParameterError
from negotiation.simulation.domain import Domain
from negotiation.simulation.moves import Move, Offer
from negotiation.simulation.protocols.alternating import StackedAlternatingOffers, TakeItOrLeaveIt
from negotiation.simulation.strategy import Bargainer
from negotiation.simulation.view import View

Plan = tuple[AlternatingEquilibrium | None, IntArray]


@dataclass(frozen=True, slots=True)
class EquilibriumPlayer(Bargainer):
    """Offer and accept as in the subgame-perfect equilibrium of alternating offers; knows everybody's payoffs.

    Parameters
    ----------
    tol : float
        Payoffs closer than this share of the range count as equal.

    Notes
    -----
    For two parties with stacked alternating offers, and any number with a take-it-or-leave-it offer: there the game of
    `AlternatingOffers` is the same. Its discount factors are the domain's (per turn), its deadline the last turn whose offer
    can be answered. Where nothing better than disagreement can be had it offers its best. Elsewhere it loses its turns and
    the record says why. Of several stationary equilibria without a deadline it plays the one best for the first proposer.

    References
    ----------
    Rubinstein, A. (1982). Perfect equilibrium in a bargaining model. Econometrica 50, 97-109.
    """

    tol: float = 1e-12
    complete_information: ClassVar[bool] = True
    ignores_history: ClassVar[bool] = True

    def accepts(self, view: View) -> bool:
        """If it is worth at least what saying no is."""
        found, rows = self._plan(view)
        if found is None or view.on_table is None:
            return False
        made = self._turn(view) - 1
        least = found.thresholds[found.round_index(made), view.party]
        slack = self.tol * float(np.ptp(view.domain.utilities[rows, view.party]))
        return bool(view.seat.own[view.on_table] >= least - slack)

    def proposal(self, view: View) -> Move:
        """The package of the equilibrium; where none is accepted, the best of the acceptable ones for oneself."""
        found, rows = self._plan(view)
        if found is None:
            return view.offer_at(1.0)
        at = self._turn(view)
        row = int(found.offers[found.round_index(at)]) if at < found.offers.size or found.cycle else -1
        return view.offer_at(1.0) if row < 0 else Offer(int(rows[row]))

    def _turn(self, view: View) -> int:
        """The turn, counted so that an answer follows the offer: all answers to a single offer are turn 1."""
        return min(view.turn, 1) if isinstance(view.protocol, TakeItOrLeaveIt) else view.turn

    def _plan(self, view: View) -> Plan:
        """The equilibrium under the deadline announced, and the rows its offers refer to."""
        key = ("plan", view.last_turn)
        if key not in view.memory:
            view.memory[key] = _solved(view, self.tol)
        found: Plan = view.memory[key]
        return found


def _solved(view: View, tol: float) -> Plan:
    if isinstance(view.protocol, TakeItOrLeaveIt):
        first = view.protocol.proposer
    elif isinstance(view.protocol, StackedAlternatingOffers) and len(view.names) == 2:
        first = view.protocol.first
    else:
        raise ParameterError(
            f"no equilibrium is known here for {len(view.names)} parties under {type(view.protocol).__name__}; play "
            "alternating offers of two, or one offer to take or leave."
        )
    game, rows = equilibrium_game(view.domain, first=first, last_turn=view.last_turn)
    found = () if game is None else game.solve(tol=tol).equilibria
    return (found[0] if found else None), rows


def equilibrium_game(domain: Domain, *, first: int, last_turn: int | None) -> tuple[AlternatingOffers | None, IntArray]:
    """Alternating offers over the outcomes that are worth their reservation values to all, and their rows; None if none is."""
    rows = rational_rows(domain)
    if rows.size == 0:
        return None, rows
    game = AlternatingOffers(
        domain.utilities[rows],
        np.minimum(domain.discount_factors, np.nextafter(1, 0)),
        disagreement=domain.disagreement,
        deadline=None if last_turn is None else last_turn + 1,
        first=first,
        names=domain.names,
        unit=domain.unit,
    )
    return game, rows


def rational_rows(domain: Domain) -> IntArray:
    """Outcomes worth their reservation values to all."""
    return np.flatnonzero((domain.utilities >= domain.reservation).all(axis=1))
