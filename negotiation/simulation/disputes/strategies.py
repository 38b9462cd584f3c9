"""Strategies for disputes over time: small frozen values that play all runs at once.

A strategy of one's own has two methods. ``begin(runs)`` gives its memory, an array with one row a run; ``move(memory, seen)``
the new memory and a `DisputeMove`. All it knows is in `Seen`; its only source of chance is ``seen.rng``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from negotiation.arrays import Array, BoolArray, IntArray
from negotiation.errors import GameShapeError, WrongTypeError
from negotiation.games.automaton import Automaton
from negotiation.games.classic_automata import as_automaton
from negotiation.simulation.protocol import check_chance, check_count
from negotiation.simulation.strategy import label


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What a party knows when it moves, in each of ``R`` runs.

    Parameters
    ----------
    period : int
        The first is 0.
    others : ndarray of bool, shape (R, P - 1)
        For each of the others, in order, whether the newest report on it says that it did not deliver; False before the first.
    own : ndarray of bool, shape (R,)
        Whether the party itself did not deliver in the period which the newest report is about.
    news : ndarray of bool, shape (R,)
        Whether there is a report at all since the exchange began (anew).
    accused, accusing : ndarrays of bool, shape (R,) and (R, P - 1)
        Whether somebody accused the party in the period before, and which of the others somebody accused.
    slipped : ndarray of bool, shape (R,)
        Whether it had wanted to deliver then.
    broken : ndarray of bool, shape (R,)
        Whether the exchange had begun, and nothing of the package was in exchange any more in the period before.
    rng : numpy.random.Generator
    """

    period: int
    others: BoolArray
    own: BoolArray
    news: BoolArray
    accused: BoolArray
    accusing: BoolArray
    slipped: BoolArray
    broken: BoolArray
    rng: np.random.Generator

    @property
    def breach(self) -> BoolArray:
        """Whether anybody else was seen not to deliver, shape (R,)."""
        return np.asarray(self.others.any(axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class DisputeMove:
    """What a party does in each of ``R`` runs: withhold (or comply), accuse who was seen in breach, offer to begin anew."""

    withhold: BoolArray
    accuse: BoolArray
    offer: BoolArray


@runtime_checkable
class DisputeStrategy(Protocol):
    """Who plays a dispute; see the module."""

    def begin(self, runs: int) -> Any:
        """Memory before the first period, an array whose first axis is the run."""

    def move(self, memory: Any, seen: Seen) -> tuple[Any, DisputeMove]:
        """The new memory, and what to do."""


class _Plain:
    """The frame of strategies with no memory or one number a run: honest accusations, no offers."""

    __slots__ = ()

    def begin(self, runs: int) -> IntArray:
        """See `DisputeStrategy.begin`."""
        return np.zeros(runs, dtype=np.int64)

    def move(self, memory: IntArray, seen: Seen) -> tuple[IntArray, DisputeMove]:
        """See `DisputeStrategy.move`."""
        memory, withhold = self.decide(memory, seen)
        return memory, DisputeMove(withhold, seen.breach, np.zeros(len(withhold), dtype=bool))

    def decide(self, memory: IntArray, seen: Seen) -> tuple[IntArray, BoolArray]:
        """The new memory, and whether to withhold."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class AlwaysComply(_Plain):
    """Delivers whatever happens.

    References
    ----------
    Axelrod, R. (1984). The Evolution of Cooperation. Basic Books.
    """

    def decide(self, memory: IntArray, seen: Seen) -> tuple[IntArray, BoolArray]:
        """Never."""
        return memory, np.zeros(len(memory), dtype=bool)


@dataclass(frozen=True, slots=True)
class NeverComply(_Plain):
    """Promises and never delivers.

    References
    ----------
    Axelrod, R. (1984). The Evolution of Cooperation. Basic Books.
    """

    def decide(self, memory: IntArray, seen: Seen) -> tuple[IntArray, BoolArray]:
        """Always."""
        return memory, np.ones(len(memory), dtype=bool)


@dataclass(frozen=True, slots=True)
class Grim(_Plain):
    """Delivers until it sees one breach, then never again.

    References
    ----------
    Friedman, J. W. (1971). A non-cooperative equilibrium for supergames. Review of Economic Studies 38, 1-12.
    """

    def decide(self, memory: IntArray, seen: Seen) -> tuple[IntArray, BoolArray]:
        """Once the memory is 1."""
        memory = np.maximum(memory, seen.breach)
        return memory, memory > 0


@dataclass(frozen=True, slots=True)
class TitForTat(_Plain):
    """Delivers first, then does what the newest report says of the other; with several others, withholds if any did not deliver.

    References
    ----------
    Axelrod, R., Hamilton, W. D. (1981). The evolution of cooperation. Science 211, 1390-1396.
    """

    def decide(self, memory: IntArray, seen: Seen) -> tuple[IntArray, BoolArray]:
        """After a breach."""
        return memory, seen.breach


@dataclass(frozen=True, slots=True)
class GenerousTitForTat(_Plain):
    """Tit for tat that lets a breach pass with some probability.

    Parameters
    ----------
    generosity : float
        1/3 is the most that keeps defectors from gaining in the dilemma of Axelrod's tournaments:
        ``min(1 - (T - R) / (R - S), (R - P) / (T - P))``.

    References
    ----------
    Nowak, M. A., Sigmund, K. (1992). Tit for tat in heterogeneous populations. Nature 355, 250-253.
    Molander, P. (1985). The optimal level of generosity in a selfish, uncertain environment. J. of Conflict Resolution
    29, 611-618.
    """

    generosity: float = 1 / 3

    def __post_init__(self) -> None:
        check_chance(self.generosity, "generosity")

    def decide(self, memory: IntArray, seen: Seen) -> tuple[IntArray, BoolArray]:
        """After a breach that is not forgiven."""
        return memory, seen.breach & (seen.rng.random(len(memory)) >= self.generosity)


@dataclass(frozen=True, slots=True)
class ContriteTitForTat(_Plain):
    """Tit for tat with a conscience: who slipped or stands accused takes the punishment without paying it back.

    It is in bad standing after a slip of its own, and after an accusation, right or wrong, unless it was just punishing; its
    good name is back once it has delivered. It withholds, and accuses, only while its own standing is good. Since accusations
    are heard by both, they turn what one alone has seen into what both know, and a false alarm costs one period.

    Parameters
    ----------
    contrition : int
        Periods after a fault in which it pays nothing back: as many as the others take to answer and it takes to see that, the
        sum of both lags less one.

    References
    ----------
    Boyd, R. (1989). Mistakes allow evolutionary stability in the repeated prisoner's dilemma game. J. of Theoretical Biology
    136, 47-56.
    Wu, J., Axelrod, R. (1995). How to cope with noise in the iterated prisoner's dilemma. J. of Conflict Resolution 39, 183-189.
    """

    contrition: int = 1

    def __post_init__(self) -> None:
        check_count(self.contrition, "the number of periods of contrition")

    def move(self, memory: IntArray, seen: Seen) -> tuple[IntArray, DisputeMove]:
        """After a breach that is no answer to a fault of its own; memory: 1 punishing, 1 + k in bad standing for k periods."""
        at_fault = seen.slipped | (seen.accused & (memory != 1))
        withhold = seen.breach & ~at_fault & (memory < 2)
        memory = np.where(at_fault, 1 + self.contrition, np.where(withhold, 1, np.where(memory > 2, memory - 1, 0)))
        return memory, DisputeMove(withhold, withhold, np.zeros(len(withhold), dtype=bool))


@dataclass(frozen=True, slots=True)
class WinStayLoseShift(_Plain):
    """Goes on as before after the others delivered, and does the opposite after they did not.

    References
    ----------
    Nowak, M., Sigmund, K. (1993). A strategy of win-stay, lose-shift that outperforms tit-for-tat. Nature 364, 56-58.
    """

    def decide(self, memory: IntArray, seen: Seen) -> tuple[IntArray, BoolArray]:
        """By the last report."""
        return memory, np.where(seen.news, seen.own ^ seen.breach, False)


@dataclass(frozen=True, slots=True)
class Opportunist(_Plain):
    """Delivers as tit for tat does, but withholds with some probability in any period for no reason.

    Parameters
    ----------
    rate : float
        Per period.

    References
    ----------
    Axelrod, R. (1984). The Evolution of Cooperation. Basic Books: Joss, who cheats in one of ten moves.
    """

    rate: float = 0.1

    def __post_init__(self) -> None:
        check_chance(self.rate, "rate")

    def decide(self, memory: IntArray, seen: Seen) -> tuple[IntArray, BoolArray]:
        """After a breach, and now and then."""
        return memory, seen.breach | (seen.rng.random(len(memory)) < self.rate)


@dataclass(frozen=True, slots=True)
class PlaysAutomaton(_Plain):
    """An automaton of repeated games whose first action complies and whose second withholds.

    Parameters
    ----------
    automaton : Automaton
        It moves on with every new report, on what it did then and what it saw.
    """

    automaton: Automaton

    @property
    def name(self) -> str:
        """The automaton's own."""
        return self.automaton.name

    def begin(self, runs: int) -> IntArray:
        """The state it starts in."""
        return np.full(runs, self.automaton.start, dtype=np.int64)

    def decide(self, memory: IntArray, seen: Seen) -> tuple[IntArray, BoolArray]:
        """What the state says."""
        steps = self.automaton.transitions
        actions = (seen.own.astype(np.int64), *seen.others.T.astype(np.int64))
        memory = np.where(seen.news, steps[(memory, *actions)], memory)
        odds: Array = self.automaton.outputs[memory, 1]
        certain = self.automaton.is_pure
        return memory, odds > 0.5 if certain else seen.rng.random(len(memory)) < odds


@dataclass(frozen=True, slots=True)
class Reopening:
    """Another strategy, with offers to begin anew after some periods in which nobody delivered.

    Parameters
    ----------
    strategy : DisputeStrategy, Automaton or str
        What is played between.
    after : int
        Periods of breakdown after which it offers, and from then on accepts, to begin anew.

    Examples
    --------
    >>> Reopening(Grim(), after=2).after
    2
    """

    strategy: Any
    after: int = 3

    def __post_init__(self) -> None:
        check_count(self.after, "the number of periods before an offer")
        object.__setattr__(self, "strategy", as_dispute_strategy(self.strategy))

    @property
    def name(self) -> str:
        """Both in words."""
        return f"{label(self.strategy)}, reopening after {self.after}"

    def begin(self, runs: int) -> tuple[Any, IntArray]:
        """See `DisputeStrategy.begin`."""
        return self.strategy.begin(runs), np.zeros(runs, dtype=np.int64)

    def move(self, memory: tuple[Any, IntArray], seen: Seen) -> tuple[Any, DisputeMove]:
        """See `DisputeStrategy.move`."""
        inner, still = memory
        still = np.where(seen.broken, still + 1, 0)
        inner, move = self.strategy.move(inner, seen)
        return (inner, still), DisputeMove(move.withhold, move.accuse, move.offer | (still >= self.after))


def as_dispute_strategy(given: Any, n_parties: int | None = None) -> DisputeStrategy:
    """A strategy value, an automaton, or the name of a classic one.

    Raises
    ------
    WrongTypeError, UnknownNameError, GameShapeError
    """
    if isinstance(given, type):
        raise WrongTypeError(f"{given.__name__} is a class; give a value, {given.__name__}().")
    if isinstance(given, str):
        given = as_automaton(given, n_parties or 2)
    if isinstance(given, Automaton):
        given = PlaysAutomaton(given)
    if not (hasattr(given, "begin") and hasattr(given, "move")):
        raise WrongTypeError(
            f"{given!r} plays no disputes: give TitForTat(), an Automaton, or a value with begin(runs) and move(memory, seen)."
        )
    inner = given.strategy if isinstance(given, Reopening) else given
    if n_parties is not None and isinstance(inner, PlaysAutomaton):
        known = inner.automaton.transitions.shape[1:]
        if known != (2,) * n_parties:
            raise GameShapeError(
                f"{inner.automaton.name!r} knows {known} actions; here are {n_parties} parties "
                "with two each, comply and withhold."
            )
    strategy: DisputeStrategy = given
    return strategy
