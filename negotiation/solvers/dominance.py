"""Actions that nobody should use: dominated by another action or by a mixture, at once or round after round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from negotiation.arrays import Array
from negotiation.door import checked
from negotiation.errors import ParameterError
from negotiation.games.normal_form import NormalFormGame
from negotiation.solvers.dominance_search import search, table_of

Kind = Literal["strict", "weak"]
By = Literal["action", "mixture"]


@dataclass(frozen=True, slots=True, eq=False)
class Dominated:
    """One dominated action and the proof of it.

    Parameters
    ----------
    player, action : int
        Whose, and which, by position in the game asked about.
    by : tuple of (action, probability) pairs
        The action, with probability 1, or the mixture that does better.
    margin : float
        Its smallest advantage over all that the others may do, in the game's unit; zero or more for weak dominance.
    round : int
        The round of elimination in which it went; 0 is the first.
    """

    player: int
    action: int
    by: tuple[tuple[int, float], ...]
    margin: float
    round: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Elimination:
    """What is left of a game after its dominated actions are taken out, and in what order they went.

    Parameters
    ----------
    game : NormalFormGame
        The game that was reduced.
    kept : tuple of tuples of int
        For each player the actions that are left, by position.
    removed : tuple of Dominated
        Round after round.
    notes : tuple of str
        What the result stands for.
    """

    game: NormalFormGame
    kept: tuple[tuple[int, ...], ...]
    removed: tuple[Dominated, ...]
    notes: tuple[str, ...] = ()

    @property
    def reduced(self) -> NormalFormGame:
        """The game that is left."""
        return self.game.restricted(self.kept)

    @property
    def rounds(self) -> int:
        """Rounds in which something went."""
        return 1 + max((d.round for d in self.removed), default=-1)

    @property
    def is_dominance_solvable(self) -> bool:
        """Whether one action is left to everybody."""
        return all(len(own) == 1 for own in self.kept)

    def __str__(self) -> str:
        left = "; ".join(
            f"{name} {', '.join(labels[a] for a in own)}"
            for name, labels, own in zip(self.game.players, self.game.actions, self.kept, strict=True)
        )
        lines = [f"{len(self.removed)} actions removed in {self.rounds} rounds; left: {left}"]
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])


@checked
def dominated_actions(
    game: NormalFormGame, player: int | str, *, kind: Kind = "strict", by: By = "action", tol: float = 0.0
) -> tuple[Dominated, ...]:
    """Every action of one player that another action, or a mixture of actions, dominates.

    Parameters
    ----------
    game : NormalFormGame
    player : int or str
        By position or by name.
    kind : {"strict", "weak"}
        Better against everything the others may do; or never worse and better against something.
    by : {"action", "mixture"}
        Whether mixtures of actions may dominate too.
    tol : float
        An advantage counts from `tol` times the player's payoff range; by mixtures from at least 1e-9 times.

    Returns
    -------
    tuple of Dominated
        In the order of the actions.

    Raises
    ------
    ParameterError
        `kind` or `by` is neither of its words.

    Notes
    -----
    By action: at most ``m² S`` comparisons for S profiles of the others, in practice near ``m S``, one look at the
    table. By mixture: a linear program for each action that is not a best response to a pure profile.

    References
    ----------
    Pearce, D. (1984). Rationalizable strategic behavior and the problem of perfection. Econometrica 52, 1029-1050.

    Examples
    --------
    >>> dilemma = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    >>> [(d.action, d.margin) for d in dominated_actions(dilemma, 0)]
    [(0, 1.0)]
    """
    _check_words(kind, by)
    own = game.player_index(player)
    return tuple(Dominated(own, *found) for found in search(table_of(game.payoffs, own), kind, by, tol))


@checked
def iterated_elimination(
    game: NormalFormGame, *, kind: Kind = "strict", by: By = "action", tol: float = 0.0
) -> Elimination:
    """Take out dominated actions of all players, round after round, until none is left.

    Parameters
    ----------
    game : NormalFormGame
    kind, by, tol
        As for `dominated_actions`.

    Returns
    -------
    Elimination
        In every round all actions go that are dominated then, of all players at once.

    Notes
    -----
    With strict dominance the order does not matter and every Nash equilibrium is kept. With weak dominance it does,
    and equilibria can be lost; what remains still holds at least one of them.

    Examples
    --------
    >>> dilemma = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    >>> iterated_elimination(dilemma).kept
    ((1,), (1,))
    """
    _check_words(kind, by)
    kept = [np.arange(m) for m in game.shape]
    payoffs: Array = game.payoffs
    removed: list[Dominated] = []
    number = 0
    while True:
        gone = [search(table_of(payoffs, i), kind, by, tol) for i in range(game.n_players)]
        if not any(gone):
            break
        for i, found in enumerate(gone):
            names = kept[i].tolist()
            removed += [
                Dominated(i, names[a], tuple((names[b], p) for b, p in weights), margin, number)
                for a, weights, margin in found
            ]
        stay = [np.delete(np.arange(k.size), [a for a, _, _ in found]) for k, found in zip(kept, gone, strict=True)]
        payoffs = payoffs[np.ix_(np.arange(game.n_players), *stay)]
        kept = [k[s] for k, s in zip(kept, stay, strict=True)]
        number += 1
    notes = ("weak dominance: another order of elimination may leave something else",) if kind == "weak" else ()
    return Elimination(game, tuple(tuple(k.tolist()) for k in kept), tuple(removed), notes)


@checked
def rationalizable(game: NormalFormGame, *, tol: float = 0.0) -> Elimination:
    """Return the actions that are left by common knowledge of rationality.

    Parameters
    ----------
    game : NormalFormGame
    tol : float
        As for `dominated_actions`.

    Returns
    -------
    Elimination
        `kept` are the rationalizable actions.

    Notes
    -----
    An action is a best response to some belief if and only if no mixture strictly dominates it, so these are the actions
    that survive iterated strict dominance by mixtures. With three players or more this lets a player believe that the
    others' choices are correlated; independent beliefs may exclude more.

    References
    ----------
    Bernheim, B. D. (1984). Rationalizable strategic behavior. Econometrica 52, 1007-1028.

    Examples
    --------
    >>> game = NormalFormGame([[[3, 0], [0, 3], [1, 1]], [[1, 1], [1, 1], [1, 1]]])
    >>> rationalizable(game).kept
    ((0, 1), (0, 1))
    """
    left = iterated_elimination(game, kind="strict", by="mixture", tol=tol)
    if game.n_players == 2:
        return left
    note = "beliefs may be correlated; with independent beliefs fewer actions may be rationalizable"
    return Elimination(game, left.kept, left.removed, (note,))


def _check_words(kind: str, by: str) -> None:
    if kind not in ("strict", "weak"):
        raise ParameterError(f"kind is {kind!r}; expected 'strict' or 'weak'.")
    if by not in ("action", "mixture"):
        raise ParameterError(f"by is {by!r}; expected 'action' or 'mixture'.")
