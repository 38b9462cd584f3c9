"""MiCRO: concede one outcome at a time, and only as often as the other does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from negotiation.errors import ParameterError
from negotiation.simulation.moves import Leave, Move, Offer
from negotiation.simulation.strategy import Bargainer
from negotiation.simulation.view import View


@dataclass(frozen=True, slots=True)
class MiCRO(Bargainer):
    """Go down one's own ranking, an outcome a turn, as long as the other has made at least as many different offers.

    Otherwise repeat an earlier offer. Accept what is at least as good as the next offer, or when it is not one's turn to concede,
    as the worst made so far. Needs no model of the other, no clock and no payoffs, ranks are enough.

    Parameters
    ----------
    repeat : {"random", "last"}
        Which earlier offer is repeated.

    Notes
    -----
    With several others, the one with the fewest different offers counts.

    References
    ----------
    de Jonge, D. (2022). An analysis of the linear bilateral ANAC domains using the MiCRO benchmark strategy. IJCAI, 223-229.
    """

    repeat: Literal["random", "last"] = "random"

    def __post_init__(self) -> None:
        if self.repeat not in ("random", "last"):
            raise ParameterError(f"repeat={self.repeat!r}; expected 'random' or 'last'.")

    def accepts(self, view: View) -> bool:
        """If it is no worse than the worst outcome it is ready to propose."""
        made = len(set(view.own_offers))
        least = self._next(view, made) if self._concedes(view, made) else self._at(view, made - 1)
        return least is None or view.on_table is None or bool(view.seat.own[view.on_table] >= view.seat.own[least])

    def proposal(self, view: View) -> Move:
        """See the class."""
        made = len(set(view.own_offers))
        fresh = self._next(view, made)
        if fresh is not None and self._concedes(view, made):
            return Offer(fresh)
        if not view.own_offers:
            return Leave()
        earlier = view.own_offers[-1]
        if self.repeat == "random":
            choices = list(dict.fromkeys(view.own_offers))
            earlier = choices[int(view.rng.integers(len(choices)))]
        return Offer(earlier)

    def _concedes(self, view: View, made: int) -> bool:
        theirs = (len(set(offers)) for k, offers in enumerate(view.offers) if k != view.party)
        return made <= min(theirs, default=0)

    def _next(self, view: View, made: int) -> int | None:
        """The best outcome not offered yet, if it is acceptable."""
        return self._at(view, made) if made < view.seat.order.size and self._is_fine(view, made) else None

    def _is_fine(self, view: View, rank: int) -> bool:
        return bool(view.seat.ranked[-1 - rank] >= 0)

    def _at(self, view: View, rank: int) -> int:
        return int(view.seat.order[-1 - max(rank, 0)])
