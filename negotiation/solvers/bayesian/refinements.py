"""Is a belief after a surprise plausible: the intuitive criterion and D1, exactly, with the reason in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from negotiation.solvers.bayesian.cone import extreme_rays
from negotiation.solvers.bayesian.exact_game import ExactGame


@dataclass(frozen=True, slots=True)
class Refinement:
    """Whether an equilibrium survives a refinement, and why.

    Parameters
    ----------
    name : str
        ``"intuitive criterion"`` or ``"D1"``.
    passes : bool
    reasons : tuple of str
        For each message that nobody sends, which types it cannot come from, and whether that upsets the equilibrium.
    plausible : tuple of (message, types)
        For each message that nobody sends, the types that it may come from.
    """

    name: str
    passes: bool
    reasons: tuple[str, ...]
    plausible: tuple[tuple[str, tuple[str, ...]], ...]

    def __bool__(self) -> bool:
        return self.passes

    def __str__(self) -> str:
        return f"{self.name}: {'passes' if self.passes else 'fails'}. {' '.join(self.reasons)}".rstrip()


def intuitive_criterion(exact: ExactGame, worth: Sequence[Fraction], unsent: Iterable[int]) -> Refinement:
    """The criterion of Cho and Kreps.

    Parameters
    ----------
    exact : ExactGame
    worth : sequence of T Fraction
        What each type gets in equilibrium.
    unsent : iterable of int
        Messages that nobody sends.

    Notes
    -----
    A type cannot be the sender of a surprise if every best reply to it, whatever the belief, gives that type less than it has.
    The equilibrium fails if some other type would get more than it has from every best reply to beliefs on the types left.

    References
    ----------
    Cho, I.-K. and Kreps, D. M. (1987). Signaling games and stable equilibria. Quarterly Journal of Economics 102,
    179-221, section III.
    """
    game, reasons, plausible, passes = exact.game, [], [], True
    types = range(len(game.types))
    for m in unsent:
        best = exact.best_somewhere(m)
        left = [t for t in types if max(exact.sender[t, m, a] for a in best) >= worth[t]] or list(types)
        plausible.append((game.messages[m], tuple(game.types[t] for t in left)))
        said = _ruled_out(game.types, game.messages[m], left)
        replies = exact.best_somewhere(m, left)
        gainers = [t for t in left if min(exact.sender[t, m, a] for a in replies) > worth[t]]
        if gainers:
            passes = False
            names, answers = (" and ".join(x) for x in (
                [game.types[t] for t in gainers], [game.actions[a] for a in sorted(replies)]))  # fmt: skip
            reasons.append(f"{said}; then {names} gains from it whatever the best reply ({answers}).")
        elif len(left) < len(game.types):
            reasons.append(f"{said}; nobody left gains for sure.")
    return Refinement("intuitive criterion", passes, tuple(reasons), tuple(plausible))


def divinity(exact: ExactGame, worth: Sequence[Fraction], unsent: Iterable[int]) -> Refinement:
    """The criterion D1.

    Parameters
    ----------
    exact, worth, unsent
        As in `intuitive_criterion`.

    Notes
    -----
    A type is left out if another gains strictly from every best reply, mixed ones included, from which the first gains or
    loses nothing. The equilibrium passes if after every surprise some best reply to a belief on the types left keeps all types
    from sending it.

    References
    ----------
    Cho, I.-K. and Kreps, D. M. (1987). Signaling games and stable equilibria. Quarterly Journal of Economics 102,
    179-221, section IV.
    Banks, J. S. and Sobel, J. (1987). Equilibrium selection in signaling games. Econometrica 55, 647-661.
    """
    game, reasons, plausible, passes = exact.game, [], [], True
    types = range(len(game.types))
    for m in unsent:
        cells = [sorted(cell) for cell in exact.cells(m)]
        gains = [[[exact.sender[t, m, a] - worth[t] for a in cell] for cell in cells] for t in types]
        left = [t for t in types if not any(_keener(gains[t], gains[o]) for o in types if o != t)] or list(types)
        plausible.append((game.messages[m], tuple(game.types[t] for t in left)))
        holds = any(_deterred([[exact.sender[t, m, a] - worth[t] for a in cell] for t in types])
                    for cell in map(sorted, exact.cells(m, left)))  # fmt: skip
        said = _ruled_out(game.types, game.messages[m], left)
        if not holds:
            passes = False
            reasons.append(f"{said}; no best reply to such beliefs keeps everybody from sending it.")
        elif len(left) < len(game.types):
            reasons.append(f"{said}; some best reply to such beliefs keeps everybody from sending it.")
    return Refinement("D1", passes, tuple(reasons), tuple(plausible))


def _keener(mine: list[list[Fraction]], other: list[list[Fraction]]) -> bool:
    """Whether the other type gains strictly wherever this one does not lose, and somewhere at all.

    On the mixtures of a cell the worst for the other among those from which this one does not lose is at a corner: a pure
    reply, or a mixture of two at which this one is indifferent.
    """
    if not any(v > 0 for cell in other for v in cell):
        return False
    for own, its in zip(mine, other, strict=True):
        for a, g in zip(own, its, strict=True):
            if a >= 0 and g <= 0:
                return False
            for b, h in zip(own, its, strict=True):
                if a > 0 > b and h * a - g * b <= 0:  # weights -b on the first and a on the second
                    return False
    return True


def _deterred(gains: list[list[Fraction]]) -> bool:
    """Whether some mixture of replies gives no type a gain; ``gains`` has a row a type."""
    return bool(extreme_rays([[-v for v in row] for row in gains], len(gains[0])))


def _ruled_out(types: Sequence[str], message: str, left: Sequence[int]) -> str:
    gone = [name for t, name in enumerate(types) if t not in left]
    return f"{message} would not come from {' or '.join(gone)}" if gone else f"{message} could come from anybody"
