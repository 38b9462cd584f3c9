"""Play one negotiation, or play a recorded one again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from negotiation.door import checked
from negotiation.errors import GameShapeError, ParameterError, UnknownNameError, WrongTypeError
from negotiation.runs.seeds import Seed, as_seed
from negotiation.simulation.domain import Domain, Source, as_domain
from negotiation.simulation.moves import WORDS, Offer
from negotiation.simulation.protocol import TalksProtocol
from negotiation.simulation.protocols.alternating import StackedAlternatingOffers
from negotiation.simulation.referee import Referee
from negotiation.simulation.strategies.simple import Scripted
from negotiation.simulation.strategy import Strategy, as_strategy, label
from negotiation.simulation.trace import Trace

Seats = Sequence[Any] | Mapping[str, Any]
# How long a move may take, in seconds.
MOVE_SECONDS = 5.0
_SAYS = {"vote yes": "accept", "vote no": "reject", "signature yes": "accept", "signature no": "reject"}


def play(
    source: Source,
    strategies: Seats,
    *,
    protocol: TalksProtocol | None = None,
    rng: np.random.Generator | Seed | int | None = None,
    move_seconds: float | None = MOVE_SECONDS,
) -> Trace:
    """Play one negotiation.

    Parameters
    ----------
    source : Negotiation, BargainingProblem or Domain
        What is negotiated over. Of a negotiation all packages are listed, see `Domain.from_talks`.
    strategies : sequence of P strategies, or mapping of party to strategy
    protocol : optional
        `StackedAlternatingOffers` of 100 rounds unless given.
    rng : numpy.random.Generator or int, optional
        Chance, for strategies and rules; the seed 0 unless given.
    move_seconds : float or None
        How long a move may take; None for no limit.

    Returns
    -------
    Trace
        Every move, and what came out. A strategy that errs, hangs or offers nonsense loses its turn; ``trace.faults`` says why.

    Raises
    ------
    WrongTypeError, GameShapeError, UnknownNameError, ParameterError
        Before the first move.

    Examples
    --------
    >>> import negotiation as ng
    >>> domain = ng.Domain([[4, 0], [3, 3], [0, 4]], names=("buyer", "seller"))
    >>> trace = ng.play(domain, {"buyer": ng.Boulware(), "seller": ng.MiCRO()}, protocol=ng.StackedAlternatingOffers(10))
    >>> trace.agreement, trace.payoffs
    (1, array([3., 3.]))
    """
    domain = as_domain(source)
    rules = checked_protocol(protocol, domain)
    seated = seat_all(strategies, domain)
    check_seconds(move_seconds)
    return run_once(domain, seated, rules, as_seed(rng)[0], move_seconds)


def run_once(
    domain: Domain, strategies: Sequence[Strategy], protocol: TalksProtocol, seed: Seed, move_seconds: float | None
) -> Trace:
    """One negotiation, all checked before."""
    fresh = Seed(seed.entropy, spawn_key=seed.spawn_key)  # spawning moves a seed on; the record keeps it as it was
    referee = Referee(
        domain, strategies, rng=np.random.default_rng(fresh), protocol=protocol, move_seconds=move_seconds
    )
    came = protocol.talk(referee)
    told = tuple(map(label, strategies))
    return Trace(domain, told, protocol, tuple(referee.events), came.ending, came.agreement, came.delay, seed)


@checked
def replay(trace: Trace) -> Trace:
    """Play a recorded negotiation again from its moves alone, under the same rules and chance.

    Returns
    -------
    Trace
        ``trace.same_moves(replay(trace))`` is true: the record is all that happened.
    """
    return run_once(trace.domain, scripts(trace), trace.protocol, trace.seed, None)


def scripts(trace: Trace) -> tuple[Scripted, ...]:
    """Each party's moves as a strategy, for playing them against others."""
    out = []
    for party in range(trace.domain.n_parties):
        moves: list[Any] = []
        for e in trace.events:
            if e.party == party:
                word = _SAYS.get(e.kind, e.kind)
                moves.append(
                    ParameterError(e.note) if word == "fault" else WORDS[word] if word in WORDS else Offer(e.outcome)
                )
        out.append(Scripted(tuple(moves)))
    return tuple(out)


# --- checks at the door ----------------------------------------------------------------------------


def checked_protocol(protocol: TalksProtocol | None, domain: Domain) -> TalksProtocol:
    """The rules, if the parties of the domain can use them."""
    rules = StackedAlternatingOffers() if protocol is None else protocol
    if isinstance(rules, type) or not (hasattr(rules, "talk") and hasattr(rules, "why_not")):
        raise WrongTypeError(
            f"{protocol!r} is not a protocol; give a value such as StackedAlternatingOffers(rounds=100)."
        )
    if reason := rules.why_not(domain.n_parties):
        raise ParameterError(reason)
    return rules


def seat_all(strategies: Seats, domain: Domain) -> tuple[Strategy, ...]:
    """One strategy a party, in order."""
    if isinstance(strategies, Mapping):
        for name in strategies:
            if name not in domain.names:
                raise UnknownNameError("party", name, domain.names, "the strategies")
        missing = [name for name in domain.names if name not in strategies]
        if missing:
            raise GameShapeError(
                f"no strategy for {', '.join(missing)}; give one for each of {', '.join(domain.names)}."
            )
        return tuple(as_strategy(strategies[name]) for name in domain.names)
    if not isinstance(strategies, Sequence) or isinstance(strategies, str):
        raise WrongTypeError(f"give a sequence of strategies, one a party, not {strategies!r}.")
    if len(strategies) != domain.n_parties:
        raise GameShapeError(
            f"{len(strategies)} strategies for {domain.n_parties} parties: one for each of {', '.join(domain.names)}."
        )
    return tuple(map(as_strategy, strategies))


def check_seconds(move_seconds: float | None) -> None:
    """A positive number of seconds, or none."""
    if move_seconds is not None and not (isinstance(move_seconds, int | float) and move_seconds > 0):
        raise ParameterError(f"move_seconds is a positive number of seconds or None, not {move_seconds!r}.")
