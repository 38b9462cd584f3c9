"""How well can one do against a known strategy, and how much does that cost it? Heuristics measured against theory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from negotiation.arrays import Array, IntArray, read_only
from negotiation.errors import ParameterError, SolverMismatchError, UnknownNameError
from negotiation.runs.seeds import Seed, as_seed
from negotiation.simulation.clocked import counts_rounds
from negotiation.simulation.domain import Domain, Source, as_domain
from negotiation.simulation.moves import Accept, Offer
from negotiation.simulation.play import MOVE_SECONDS, checked_protocol, run_once
from negotiation.simulation.protocol import TalksProtocol
from negotiation.simulation.protocols.alternating import StackedAlternatingOffers
from negotiation.simulation.protocols.clock import share_passed
from negotiation.simulation.strategies.equilibrium import EquilibriumPlayer, equilibrium_game
from negotiation.simulation.strategies.micro import MiCRO
from negotiation.simulation.strategies.simple import FixedLevel, Scripted
from negotiation.simulation.strategies.time_based import TimeBased
from negotiation.simulation.strategy import Strategy, as_strategy, label
from negotiation.simulation.view import View

EXACT = "exact: best response by dynamic programming"
LEAVES = -2


@dataclass(frozen=True, slots=True, eq=False)
class BestResponse:
    """The most a party gets against a strategy that it knows.

    Parameters
    ----------
    value : float
        Its payoff.
    payoffs : ndarray, shape (P,)
        Everybody's, when it responds so.
    strategy : Strategy
        What it plays.
    is_exact : bool
        Whether nothing gets more; otherwise `value` is a lower bound.
    method : str
        How it was found.
    """

    value: float
    payoffs: Array
    strategy: Strategy
    is_exact: bool
    method: str


@dataclass(frozen=True, slots=True, eq=False)
class Exploitability:
    """What knowing a strategy is worth to the other party.

    Parameters
    ----------
    value : float
        How much more the other gets by its best response than in equilibrium, in its payoff unit. 0 for the equilibrium player.
        Negative where the strategy commits to more than the equilibrium gives it.
    own_loss : float
        How much less the strategy gets then than in equilibrium.
    response : BestResponse
    equilibrium : ndarray, shape (2,)
        The payoffs of the subgame-perfect equilibrium.
    names : tuple of str
    strategy : str
    party : int
        Where the strategy sits.
    """

    value: float
    own_loss: float
    response: BestResponse
    equilibrium: Array
    names: tuple[str, ...]
    strategy: str
    party: int

    def __str__(self) -> str:
        me, other = self.names[self.party], self.names[1 - self.party]
        mine = self.response.payoffs[self.party]
        return (
            f"{self.strategy} of {me}: {other} gets {self.response.value:,.4g} by responding best, "
            f"{self.equilibrium[1 - self.party]:,.4g} in equilibrium (exploitability {self.value:,.4g}); {me} then gets "
            f"{mine:,.4g}, {self.equilibrium[self.party]:,.4g} in equilibrium\n  {self.response.method}"
        )


def best_response(
    source: Source,
    strategy: Any,
    *,
    party: int | str = 0,
    protocol: TalksProtocol | None = None,
    candidates: Sequence[Any] | None = None,
    rng: np.random.Generator | Seed | int | None = None,
) -> BestResponse:
    """The most the other party can get against a strategy, in talks of two.

    Parameters
    ----------
    source : Negotiation, BargainingProblem or Domain
    strategy : Strategy
        The one that is known.
    party : int or str
        Where it sits.
    protocol : optional
        `StackedAlternatingOffers` of 100 rounds unless given.
    candidates : sequence of Strategy, optional
        What is tried where there is no exact answer: concession curves, fixed levels, MiCRO and the equilibrium unless given.
    rng : optional
        Chance, where candidates are tried.

    Returns
    -------
    BestResponse
        Exact by dynamic programming over turns if the strategy says ``ignores_history`` (it answers to the turn alone, and
        accepts whatever is at least as good for it as something it accepts) under alternating offers of a known number of
        rounds. Else the best of the candidates, a lower bound.

    Raises
    ------
    ParameterError, UnknownNameError, WrongTypeError

    Examples
    --------
    >>> import negotiation as ng
    >>> domain = ng.Domain([[4, 0], [3, 3], [0, 4]], names=("buyer", "seller"))
    >>> found = best_response(domain, ng.Conceder(), party="seller")
    >>> found.value, found.is_exact
    (4.0, True)
    """
    domain = as_domain(source)
    rules = checked_protocol(protocol, domain)
    seat = _seat(domain, party)
    known = as_strategy(strategy)
    if (
        isinstance(rules, StackedAlternatingOffers)
        and counts_rounds(rules)
        and getattr(known, "ignores_history", False)
    ):
        return _by_turns(domain, known, seat, rules)
    return _of_candidates(domain, known, seat, rules, candidates, as_seed(rng)[0])


def exploitability(
    source: Source,
    strategy: Any,
    *,
    party: int | str = 0,
    protocol: StackedAlternatingOffers | None = None,
    candidates: Sequence[Any] | None = None,
    rng: np.random.Generator | Seed | int | None = None,
) -> Exploitability:
    """How much the other party gains by knowing a strategy, beyond what the equilibrium of alternating offers gives it.

    Parameters
    ----------
    source, strategy, party, protocol, candidates, rng
        See `best_response`.

    Returns
    -------
    Exploitability
        ``.value``, and whether it is exact or a lower bound.

    Raises
    ------
    SolverMismatchError
        The rules are not alternating offers of a known number of rounds, or no outcome is acceptable to both.
    ParameterError, UnknownNameError, WrongTypeError

    Examples
    --------
    >>> import negotiation as ng
    >>> domain = ng.Domain([[4, 0], [3, 3], [0, 4]], discount_factors=[0.9, 0.9], names=("buyer", "seller"))
    >>> exploitability(domain, ng.EquilibriumPlayer(), party="seller").value
    0.0
    """
    domain = as_domain(source)
    rules = StackedAlternatingOffers() if protocol is None else checked_protocol(protocol, domain)
    seat = _seat(domain, party)
    if not isinstance(rules, StackedAlternatingOffers) or not counts_rounds(rules):
        raise SolverMismatchError("the equilibrium is known for alternating offers of a known number of rounds only.")
    game, _ = equilibrium_game(domain, first=rules.first, last_turn=2 * rules.rounds - 2)
    if game is None:
        raise SolverMismatchError(
            "no outcome is worth their reservation values to both parties; there is nothing to exploit."
        )
    equilibrium = game.solve().payoffs
    response = best_response(domain, strategy, party=seat, protocol=rules, candidates=candidates, rng=rng)
    return Exploitability(
        _tidy(response.value - equilibrium[1 - seat], domain, 1 - seat),
        _tidy(equilibrium[seat] - response.payoffs[seat], domain, seat),
        response,
        read_only(equilibrium),
        domain.names,
        label(as_strategy(strategy)),
        seat,
    )


def _tidy(difference: float, domain: Domain, party: int) -> float:
    """Differences that are rounding are none."""
    return 0.0 if abs(difference) <= 1e-9 * float(np.ptp(domain.utilities[:, party])) else float(difference)


def _seat(domain: Domain, party: int | str) -> int:
    if domain.n_parties != 2:
        raise ParameterError(f"best responses are found in talks of two; here are {domain.n_parties} parties.")
    if isinstance(party, str):
        if party not in domain.names:
            raise UnknownNameError("party", party, domain.names)
        return domain.names.index(party)
    if party not in (0, 1):
        raise ParameterError(f"party={party!r}; expected 0 or 1, or a name.")
    return party


# --- exactly ---------------------------------------------------------------------------------------


def _by_turns(domain: Domain, known: Strategy, seat: int, rules: StackedAlternatingOffers) -> BestResponse:
    """Take what is offered, offer what will be taken, or let the turn pass.

    The other's answers do not depend on what was said before, so the state is the turn alone, and the value of passing is the
    best of what later turns allow: one pass over turns finds it.
    """
    me, turns = 1 - seat, 2 * rules.rounds
    offers, accepts_from = probed(domain, known, seat, rules)
    own, theirs = domain.utilities[:, me], domain.utilities[:, seat]
    floor = float(domain.disagreement[me])
    move: Any = "reject"
    best, at = floor, turns
    for turn in range(turns):
        if rules.order(2)[turn % 2] != me:
            continue
        if turn > 0 and offers[turn - 1] == LEAVES:
            break
        options: list[tuple[float, Any]] = []
        if turn > 0 and offers[turn - 1] >= 0:
            options.append((_worth(domain, me, float(own[offers[turn - 1]]), turn - 1), Accept()))
        if turn + 1 < turns:
            taken = np.flatnonzero(theirs >= accepts_from[turn + 1])
            if taken.size:
                x = int(taken[np.argmax(own[taken])])
                options.append((_worth(domain, me, float(own[x]), turn), Offer(x)))
        for value, chosen in options:
            if value > best + 1e-12 * float(np.ptp(own)):
                best, at, move = value, turn, chosen
    passes = sum(rules.order(2)[t % 2] == me for t in range(min(at, turns)))
    script = Scripted((*["reject"] * passes, move))
    seats: list[Strategy] = [known, script] if seat == 0 else [script, known]
    trace = run_once(domain, seats, rules, Seed(0), MOVE_SECONDS)
    return BestResponse(best, read_only(trace.payoffs), script, True, EXACT)


def probed(domain: Domain, known: Strategy, seat: int, rules: StackedAlternatingOffers) -> tuple[IntArray, Array]:
    """What a strategy offers that answers to the turn alone (-2: it leaves), and from which payoff it accepts, each (turns,)."""
    turns = 2 * rules.rounds
    offers, accepts_from = np.full(turns, -1, dtype=np.int64), np.full(turns, np.inf)
    side = domain.seat(seat)
    memory: dict[Any, Any] = {}

    def answer(turn: int, on_table: int | None) -> Any:
        passed = share_passed(turn // 2, rules.rounds, rules.clock)
        asked = "offer" if on_table is None else "move"
        view = View(
            side, seat, domain.names, asked, turn // 2, turn, rules.rounds, turns - 2, passed, on_table,
            None if on_table is None else 1 - seat, None, ((), ()), (), np.random.default_rng(0), memory, domain.options,
            rules, domain if getattr(known, "complete_information", False) else None,
        )  # fmt: skip
        return known.move(view)

    for turn in range(turns):
        if rules.order(2)[turn % 2] != seat:
            continue
        said = answer(turn, None)
        offers[turn] = domain.outcome(said.outcome) if isinstance(said, Offer) else LEAVES
        low, high = 0, side.order.size  # the first rank it accepts lies in between
        while low < high and turn > 0:
            middle = (low + high) // 2
            if isinstance(answer(turn, int(side.order[middle])), Accept):
                high = middle
            else:
                low = middle + 1
        if turn > 0 and low < side.order.size:
            accepts_from[turn] = side.own[side.order[low]]
    return offers, accepts_from


def _worth(domain: Domain, me: int, payoff: float, delay: int) -> float:
    weight = float(domain.discount_factors[me]) ** delay
    return (1 - weight) * float(domain.disagreement[me]) + weight * payoff


# --- by trying -------------------------------------------------------------------------------------


def _of_candidates(
    domain: Domain, known: Strategy, seat: int, rules: TalksProtocol, candidates: Sequence[Any] | None, seed: Seed
) -> BestResponse:
    tried = [as_strategy(c) for c in (_usual() if candidates is None else candidates)]
    if not tried:
        raise ParameterError("no candidates are given; there is nothing to try.")
    found = None
    for candidate in tried:
        seats: list[Strategy] = [known, candidate] if seat == 0 else [candidate, known]
        payoffs = run_once(domain, seats, rules, seed, MOVE_SECONDS).payoffs
        if found is None or payoffs[1 - seat] > found[0]:
            found = float(payoffs[1 - seat]), payoffs, candidate
    assert found is not None
    value, payoffs, candidate = found
    return BestResponse(
        value, read_only(payoffs), candidate, False, f"lower bound: the best of {len(tried)} candidates"
    )


def _usual() -> list[Strategy]:
    """Concession curves from very late to very early, fixed levels, MiCRO and the equilibrium."""
    curves: list[Strategy] = [TimeBased(beta=float(b)) for b in np.geomspace(0.02, 20, 13)]
    levels: list[Strategy] = [FixedLevel(float(x)) for x in np.linspace(0, 1, 41)]
    return [*curves, *levels, MiCRO(), EquilibriumPlayer()]
