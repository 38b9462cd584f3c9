"""A signalling game in rationals, with the beliefs at which each reply is a best one, worked out once a message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from negotiation.games.given import Given
from negotiation.games.signalling import SignallingGame
from negotiation.solvers.bayesian.blocks import BlockGame, options_in, side_vertices
from negotiation.solvers.limits import Watch

Belief = tuple[Fraction, ...]


class Corner(NamedTuple):
    """A belief at which best replies change: its weights, the types it rules out, and the actions that are best at it."""

    belief: Belief
    types: frozenset[int]
    best: frozenset[int]


@dataclass(frozen=True, slots=True)
class ExactGame:
    """A signalling game in rationals.

    Parameters
    ----------
    game : SignallingGame
    prior, sender, receiver : ndarray of Fraction
    corners : tuple of tuples of Corner
        For each message the vertices of the receiver's upper envelope over beliefs. Every reply that is best at some belief
        is best at one of them, and the beliefs at which a set of replies is best are the convex hull of the corners
        at which all of it is.
    """

    game: SignallingGame
    prior: Given
    sender: Given
    receiver: Given
    corners: tuple[tuple[Corner, ...], ...]
    replies: tuple[tuple[int, ...], ...] = field(default=())

    @classmethod
    def of(cls, game: SignallingGame, watch: Watch | None = None) -> ExactGame:
        """Read a game and find the corners of its beliefs."""
        prior, sender, receiver = game.exact
        replies = tuple(game.replies(m) for m in range(len(game.messages)))
        corners = tuple(_corners(receiver, m, own, watch) for m, own in enumerate(replies))
        return cls(game, prior, sender, receiver, corners, replies)

    def cells(self, message: int, among: Iterable[int] | None = None) -> list[frozenset[int]]:
        """Maximal sets of replies that are best together at some belief, on some of the types only if `among` is given."""
        chosen = None if among is None else frozenset(among)
        sets = {c.best for c in self.corners[message] if chosen is None or c.types <= chosen}
        return [s for s in sets if not any(s < other for other in sets)]

    def best_somewhere(self, message: int, among: Iterable[int] | None = None) -> frozenset[int]:
        """Replies that are best at some belief."""
        return frozenset[int]().union(*self.cells(message, among))

    def beliefs(self, message: int, replies: Iterable[int]) -> list[Belief]:
        """Vertices of the set of beliefs at which all of `replies` are best; empty when there is none."""
        wanted = frozenset(replies)
        return sorted({c.belief for c in self.corners[message] if wanted <= c.best})

    def best_replies(self, message: int, weights: Iterable[Fraction]) -> frozenset[int]:
        """Best replies to weights on the types, which need not add up to one."""
        weighted = list(weights)
        worth = {a: sum((w * self.receiver[t, message, a] for t, w in enumerate(weighted)), start=Fraction(0))
                 for a in self.replies[message]}  # fmt: skip
        most = max(worth.values())
        return frozenset(a for a, v in worth.items() if v == most)

    def as_blocks(self) -> tuple[BlockGame, list[tuple[int, int]], list[tuple[int, int]]]:
        """Types choose messages, messages are answered; with the (type, message) and (message, action) of each option.

        Replies that are best at no belief are left out.
        """
        T, M, _ = self.game.shape
        kept = [sorted(self.best_somewhere(m)) for m in range(M)]
        first = [(t, m) for t in range(T) for m in range(M)]
        second = [(m, a) for m in range(M) for a in kept[m]]
        zero = Fraction(0)
        first_worth = [[self.sender[t, m, a] if m == n else zero for n, a in second] for t, m in first]
        second_worth = [
            [self.prior[t] * self.receiver[t, m, a] if m == n else zero for t, n in first] for m, a in second
        ]
        return BlockGame((M,) * T, tuple(map(len, kept)), first_worth, second_worth), first, second


def _corners(receiver: Given, message: int, replies: tuple[int, ...], watch: Watch | None) -> tuple[Corner, ...]:
    """Vertices of the receiver's upper envelope over beliefs after one message."""
    T = receiver.shape[0]
    worth = [[receiver[t, message, a] for t in range(T)] for a in replies]
    return tuple(
        Corner(
            v.weights,
            frozenset(range(T)) - frozenset(options_in(v.unused, T)),
            frozenset(replies[k] for k in options_in(v.best, len(replies))),
        )
        for v in side_vertices((T,), (len(replies),), worth, watch)
    )
