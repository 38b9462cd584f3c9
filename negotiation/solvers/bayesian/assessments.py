"""Perfect Bayesian equilibria of signalling games: all pure ones by trial, and all extreme ones as pairs of vertices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np

from negotiation.arrays import read_only
from negotiation.games.given import Given
from negotiation.games.signalling import SignallingGame
from negotiation.solvers.bayesian.assessment_result import (
    ExactRows,
    Kind,
    SignallingEquilibrium,
    SignallingSolution,
)
from negotiation.solvers.bayesian.blocks import complementary
from negotiation.solvers.bayesian.cone import OutOfTimeError
from negotiation.solvers.bayesian.exact_game import ExactGame
from negotiation.solvers.bayesian.refinements import Refinement, divinity, intuitive_criterion
from negotiation.solvers.limits import Watch
from negotiation.solvers.result import Status

Rows = tuple[tuple[Fraction, ...], ...]


@dataclass(frozen=True, slots=True)
class PureAssessments:
    """Every pure perfect Bayesian equilibrium of a signalling game.

    Parameters
    ----------
    limit : int, optional
        Stop after this many.
    deadline : float, optional
        Stop after this many seconds.

    Notes
    -----
    Each of the ``M**T`` plans of the sender is tried; replies to messages that are sent are best against the posterior, replies
    to others are best at some belief and keep every type from sending them. In rationals, so ties are ties.
    """

    limit: int | None = 100_000
    deadline: float | None = None

    def why_not(self, game: object) -> str:
        """Why this solver does not take `game`; empty when it does."""
        return _why_not("PureAssessments", game)

    def run(self, game: SignallingGame) -> SignallingSolution:
        """Find them all, in the order of the sender's plans."""
        watch, found, finished = Watch(self.deadline, self.limit), list[SignallingEquilibrium](), False
        try:
            exact = ExactGame.of(game, watch)
            make = _Maker(exact)
            for sender, receiver in _pure(exact):
                found.append(make(sender, receiver))
                if watch.is_over() or watch.is_enough(len(found)):
                    break
            else:
                finished = True
        except OutOfTimeError:
            pass
        except KeyboardInterrupt:
            watch.was_interrupted = True
        status = watch.status(len(found), finished)
        notes = (*_notes(game), "pure equilibria; mixed ones were not sought")
        return SignallingSolution(game, tuple(found[: self.limit]), self, status, status is Status.COMPLETE, notes)


@dataclass(frozen=True, slots=True)
class ExtremeAssessments:
    """Every extreme perfect Bayesian equilibrium of a signalling game, pure, semi-separating or mixed otherwise.

    Parameters
    ----------
    limit : int, optional
        Stop after this many.
    deadline : float, optional
        Give up after this many seconds, with the pure equilibria found first.

    Notes
    -----
    The strategies of the types and the values that they leave to the receiver after each message form one polyhedron, replies and
    the values that they leave to the types another. Nash equilibria are the pairs of vertices in which every option is unused
    or best, and mixtures of vertices that are pairwise so. Those remain whose reply to every unsent message
    is best at some belief. All other perfect Bayesian equilibria are mixtures of those listed. In rationals; the number of
    vertices can grow exponentially in ``T M`` and ``M A``.

    In these games every perfect Bayesian equilibrium is a sequential equilibrium if the prior is positive.

    References
    ----------
    Fudenberg, D. and Tirole, J. (1991). Perfect Bayesian equilibrium and sequential equilibrium. Journal of Economic
    Theory 53, 236-260.
    Avis, D., Rosenberg, G., Savani, R., von Stengel, B. (2010). Enumeration of Nash equilibria for two-player games.
    Economic Theory 42, 9-37.
    """

    limit: int | None = 100_000
    deadline: float | None = None

    def why_not(self, game: object) -> str:
        """Why this solver does not take `game`; empty when it does."""
        return _why_not("ExtremeAssessments", game)

    def run(self, game: SignallingGame) -> SignallingSolution:
        """Enumerate the vertices of both sides, and match them."""
        watch, finished = Watch(self.deadline, self.limit), False
        found: list[SignallingEquilibrium] = []
        try:
            exact = ExactGame.of(game, watch)
            make = _Maker(exact)
            for sender, receiver in _extreme(exact, watch):
                found.append(make(sender, receiver))
                if watch.is_over() or watch.is_enough(len(found)):
                    break
            else:
                finished = True
        except OutOfTimeError:
            pass
        except KeyboardInterrupt:
            watch.was_interrupted = True
        notes: tuple[str, ...] = (*_notes(game), "extreme equilibria: all others are mixtures within `components`")
        status = watch.status(len(found), finished)
        if status is Status.DEADLINE and not found:
            found = list(PureAssessments(self.limit, self.deadline).run(game).equilibria)
            notes = (*_notes(game), "too large to find mixed equilibria before the deadline; pure ones only")
        found.sort(key=lambda e: (not e.is_pure, *(-v for row in e.sender_exact for v in row)))
        return SignallingSolution(game, tuple(found[: self.limit]), self, status, status is Status.COMPLETE, notes)


def for_signalling(game: SignallingGame) -> ExtremeAssessments:
    """All equilibria, given up for the pure ones after half a minute."""
    return ExtremeAssessments(deadline=30.0)


def _pure(exact: ExactGame) -> Iterator[tuple[Rows, Rows]]:
    """Pure strategies of both sides, one equilibrium after the other."""
    T, M, A = exact.game.shape
    s = exact.sender
    for sent in product(range(M), repeat=T):
        weights = [[exact.prior[t] if sent[t] == m else Fraction(0) for t in range(T)] for m in range(M)]
        choices = [
            sorted(exact.best_replies(m, weights[m]) if any(weights[m]) else exact.best_somewhere(m)) for m in range(M)
        ]
        used = sorted(set(sent))
        for answers in product(*(choices[m] for m in used)):
            reply = dict(zip(used, answers, strict=True))
            worth = [s[t, sent[t], reply[sent[t]]] for t in range(T)]
            if any(s[t, m, a] > worth[t] for t in range(T) for m, a in reply.items()):
                continue
            rest = [
                [reply[m]] if m in reply else [a for a in choices[m] if all(s[t, m, a] <= worth[t] for t in range(T))]
                for m in range(M)
            ]
            for full in product(*rest):
                yield _units(sent, M), _units(full, A)


def _extreme(exact: ExactGame, watch: Watch) -> Iterator[tuple[Rows, Rows]]:
    """Strategies of both sides at complementary vertices whose replies off the path are best at some belief."""
    T, M, A = exact.game.shape
    blocks, first, second = exact.as_blocks()
    xs, ys = blocks.vertices(watch)
    cells = [exact.cells(m) for m in range(M)]
    spread = [_spread(y.weights, second, M, A) for y in ys]
    believable = [
        [any({a for a in range(A) if row[a]} <= cell for cell in cells[m]) for m, row in enumerate(rows)]
        for rows in spread
    ]
    for i, j in complementary(xs, ys, len(first), len(second)):
        sender = _spread(xs[i].weights, first, T, M)
        reached = [any(exact.prior[t] and sender[t][m] for t in range(T)) for m in range(M)]
        if all(on or ok for on, ok in zip(reached, believable[j], strict=True)):
            yield sender, spread[j]


class _Maker:
    """Makes equilibria of strategies; refinements depend only on the types' payoffs and on what is sent."""

    def __init__(self, exact: ExactGame) -> None:
        self.exact = exact
        self.refined: dict[tuple[object, ...], tuple[Refinement, Refinement]] = {}

    def __call__(self, sender: ExactRows, receiver: ExactRows) -> SignallingEquilibrium:
        e, game = self.exact, self.exact.game
        T, M, _ = game.shape
        sends, answers = _used(sender), _used(receiver)
        weights = [[e.prior[t] * sender[t][m] for t in range(T)] for m in range(M)]
        sent = tuple(any(w) for w in weights)
        sets = [[_to_one(weights[m])] if sent[m] else e.beliefs(m, [a for a, _ in answers[m]]) for m in range(M)]
        beliefs = [s[0] if len(s) == 1 else [sum(c) / len(s) for c in zip(*s, strict=True)] for s in sets]
        worth = [[_weighted(e.sender[t, m], answers[m]) for m in range(M)] for t in range(T)]
        got = [_weighted(worth[t], sends[t]) for t in range(T)]
        regrets = [max(worth[t]) - got[t] for t in range(T)]
        earned = Fraction(0)
        for m in range(M):
            believed = [(t, b) for t, b in enumerate(beliefs[m]) if b]
            value = {a: _weighted(e.receiver[:, m, a], believed) for a in e.replies[m]}
            mine = sum((p * value[a] for a, p in answers[m]), start=Fraction(0))
            regrets.append(max(value.values()) - mine)
            if sent[m]:
                earned += sum(weights[m]) * mine
        intuitive, d1 = self._refinements(tuple(got), tuple(m for m in range(M) if not sent[m]))
        payoffs = [float(sum(p * v for p, v in zip(e.prior, got, strict=True))), float(earned)]
        return SignallingEquilibrium(
            game, _floats(sender), _floats(receiver), _floats(beliefs), tuple(_floats(s) for s in sets), sent,
            self._kind(weights), read_only(payoffs), _floats([got])[0], float(max(regrets)), intuitive, d1,
            sender, receiver, tuple(map(tuple, sets)),
        )  # fmt: skip

    def _kind(self, weights: Sequence[Sequence[Fraction]]) -> Kind:
        rows = [row for row in weights if any(row)]
        if all(w == p * sum(row) for row in rows for w, p in zip(row, self.exact.prior, strict=True)):
            return "pooling"
        return "separating" if all(sum(map(bool, row)) == 1 for row in rows) else "semi-separating"

    def _refinements(self, worth: tuple[Fraction, ...], unsent: tuple[int, ...]) -> tuple[Refinement, Refinement]:
        key = (worth, unsent)
        if key not in self.refined:
            self.refined[key] = (
                intuitive_criterion(self.exact, worth, unsent),
                divinity(self.exact, worth, unsent),
            )
        return self.refined[key]


def _floats(rows: Sequence[Sequence[Fraction]]) -> np.ndarray:
    return read_only([[float(v) for v in row] for row in rows])


def _used(rows: ExactRows) -> list[list[tuple[int, Fraction]]]:
    """For each row the positions in use and their weights."""
    return [[(k, w) for k, w in enumerate(row) if w] for row in rows]


def _weighted(values: Sequence[Fraction] | Given, used: Sequence[tuple[int, Fraction]]) -> Fraction:
    if len(used) == 1 and used[0][1] == 1:
        return Fraction(values[used[0][0]])
    return sum((w * values[k] for k, w in used), start=Fraction(0))


def _to_one(weights: Sequence[Fraction]) -> tuple[Fraction, ...]:
    total = sum(weights)
    return tuple(w / total if w else w for w in weights)


def _units(chosen: Sequence[int], size: int) -> Rows:
    return tuple(tuple(Fraction(int(k == c)) for k in range(size)) for c in chosen)


def _spread(weights: Sequence[Fraction], names: Sequence[tuple[int, int]], rows: int, columns: int) -> Rows:
    out = [[Fraction(0)] * columns for _ in range(rows)]
    for (i, k), w in zip(names, weights, strict=True):
        out[i][k] = w
    return tuple(tuple(row) for row in out)


def _notes(game: SignallingGame) -> tuple[str, ...]:
    never = [name for name, p in zip(game.types, game.prior, strict=True) if p == 0]
    if not never:
        return ()
    return (f"{' and '.join(never)} has probability 0: it does its best, and nobody who sees a message thinks of it",)


def _why_not(solver: str, game: object) -> str:
    return "" if isinstance(game, SignallingGame) else f"{solver} takes signalling games, not {game!r}."
