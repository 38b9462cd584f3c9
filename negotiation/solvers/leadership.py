"""Stackelberg: one player commits, pure or mixed, and the other answers with a best response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from negotiation.arrays import Array, read_only
from negotiation.errors import NumericalError, ParameterError, SolverMismatchError, WrongTypeError
from negotiation.games.normal_form import NormalFormGame
from negotiation.games.profile import Profile
from negotiation.solvers.linear_program import as_distribution, over_simplex, unit_range
from negotiation.solvers.result import describe_strategy

Commitment = Literal["pure", "mixed"]
Ties = Literal["strong", "weak"]


@dataclass(frozen=True, slots=True, eq=False)
class StackelbergEquilibrium:
    """A commitment and the answer to it.

    Parameters
    ----------
    game : NormalFormGame
    leader : int
    commitment : {"pure", "mixed"}
    ties : {"strong", "weak"}
        Whether the follower breaks ties for the leader or against.
    profile : tuple of 2 ndarrays
        The leader's strategy and the follower's action, in the order of the players.
    payoffs : ndarray, shape (2,)
    follower_regret : float
        What the follower could gain by another answer, in the game's unit: zero up to rounding.
    ties_kept : tuple of pairs (int or None, int)
        Every other optimum of the same value: leader's action (None if mixed) and follower's action.
    notes : tuple of str
    """

    game: NormalFormGame
    leader: int
    commitment: str
    ties: str
    profile: Profile
    payoffs: Array
    follower_regret: float
    ties_kept: tuple[tuple[int | None, int], ...] = ()
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        first, second = self.leader, 1 - self.leader
        names, own = self.game.players, self.game.actions
        unit = f" {self.game.unit}" if self.game.unit else ""
        head = (
            f"{names[first]} commits to {describe_strategy(self.profile[first], own[first])}, {names[second]} answers "
            f"{describe_strategy(self.profile[second], own[second])}: {names[first]} {self.payoffs[first]:g}, "
            f"{names[second]} {self.payoffs[second]:g}{unit} ({self.commitment} commitment, {self.ties} ties)"
        )
        also = [f"{len(self.ties_kept)} other optima of the same value"] if self.ties_kept else []
        return "\n".join([head, *(f"  note: {note}" for note in (*also, *self.notes))])

    __repr__ = __str__


def stackelberg(
    game: NormalFormGame,
    leader: int | str = 0,
    *,
    commitment: Commitment = "mixed",
    ties: Ties = "strong",
    tol: float = 1e-9,
) -> StackelbergEquilibrium:
    """Find the best commitment of one player when the other sees it and answers.

    Parameters
    ----------
    game : NormalFormGame
        Two players.
    leader : int or str
        By position or by name.
    commitment : {"mixed", "pure"}
        To a lottery over actions that the follower sees before it is drawn, or to one action.
    ties : {"strong", "weak"}
        A follower who is indifferent helps the leader, or hurts. Weak ties need a pure commitment: with a mixed one the
        best payoff is in general approached and not reached.
    tol : float
        Follower's answers within `tol` times its payoff range count as equally good, leader's values likewise.

    Returns
    -------
    StackelbergEquilibrium

    Raises
    ------
    SolverMismatchError
        More or fewer than two players.
    ParameterError, UnknownNameError, WrongTypeError
        An option or a player that does not exist.

    Notes
    -----
    Pure: one pass. Mixed: for each follower's action j one linear program, the leader's best strategy among those
    to which j is a best response; the best of these is the strong Stackelberg equilibrium. With strong ties the
    leader gets at least its best Nash payoff.

    References
    ----------
    Conitzer, V., Sandholm, T. (2006). Computing the optimal strategy to commit to. Proc. 7th ACM Conf. on Electronic
    Commerce, 82-90.

    von Stengel, B., Zamir, S. (2010). Leadership games with convex strategy sets. Games and Economic Behavior 69,
    446-457.

    Examples
    --------
    >>> game = NormalFormGame([[[2, 4], [1, 3]], [[1, 0], [0, 1]]])
    >>> print(stackelberg(game))
    player 1 commits to 0 0.5 + 1 0.5, player 2 answers 1: player 1 3.5, player 2 0.5 (mixed commitment, strong ties)
    """
    if not isinstance(game, NormalFormGame):
        raise WrongTypeError(f"Stackelberg equilibria are of normal-form games, not of a {type(game).__name__}.")
    if game.n_players != 2:
        raise SolverMismatchError(f"stackelberg takes two players; this game has {game.n_players}.")
    if commitment not in ("pure", "mixed") or ties not in ("strong", "weak"):
        raise ParameterError(
            f"commitment {commitment!r}, ties {ties!r}; expected 'pure' or 'mixed', 'strong' or 'weak'."
        )
    if commitment == "mixed" and ties == "weak":
        raise ParameterError(
            "weak ties with a mixed commitment have a supremum that is not reached in general; take ties='strong' "
            "(the leader gets as close as it likes in generic games) or commitment='pure'."
        )
    first = game.player_index(leader)
    L, F = (game.payoffs[0], game.payoffs[1]) if first == 0 else (game.payoffs[1].T, game.payoffs[0].T)
    if commitment == "pure":
        strategy, answer, also = _pure(L, F, ties, tol)
    else:
        strategy, answer, also = _mixed(L, F, tol)
    return _result(game, first, commitment, ties, strategy, answer, also)


def _pure(L: Array, F: Array, ties: Ties, tol: float) -> tuple[Array, int, tuple[tuple[int | None, int], ...]]:
    """The best row when every row is answered by a best column, ties for or against the leader."""
    top = F.max(axis=1, keepdims=True)
    answers = top - F <= tol * _span(F)
    seen = np.where(answers, L, -np.inf if ties == "strong" else np.inf)
    value = seen.max(axis=1) if ties == "strong" else seen.min(axis=1)
    row = int(value.argmax())
    close = np.argwhere(
        answers & (np.abs(L - value[row]) <= tol * _span(L)) & (value >= value[row] - tol * _span(L))[:, None]
    )
    column = int(seen[row].argmax() if ties == "strong" else seen[row].argmin())
    also = tuple((int(i), int(j)) for i, j in close if (i, j) != (row, column))
    return np.eye(L.shape[0])[row], column, also


def _mixed(L: Array, F: Array, tol: float) -> tuple[Array, int, tuple[tuple[int | None, int], ...]]:
    """The best of one linear program for each answer."""
    scaled, gap = unit_range(L), unit_range(F)
    best: list[tuple[float, int, Array]] = []
    for j in range(L.shape[1]):
        rows = np.delete(gap[:, [j]] - gap, j, axis=1).T
        size = np.abs(rows).max(axis=1, initial=0.0)
        rows = rows[size > 0] / size[size > 0, None]
        if (rows.max(axis=1, initial=-1.0) < 0).any():
            continue  # some answer beats j against every action
        optimum = over_simplex(-scaled[:, j], rows, np.zeros(rows.shape[0]))
        if optimum is not None:
            x = as_distribution(optimum.x)
            best.append((float(x @ scaled[:, j]), j, x))
    if not best:
        raise NumericalError("no answer is a best response to any commitment, by rounding; please report this game.")
    value, answer, strategy = max(best, key=lambda found: found[0])
    also = tuple((None, j) for v, j, _ in best if j != answer and v >= value - tol)
    return strategy, answer, also


def _result(
    game: NormalFormGame,
    first: int,
    commitment: str,
    ties: str,
    strategy: Array,
    answer: int,
    also: tuple[tuple[int | None, int], ...],
) -> StackelbergEquilibrium:
    reply = np.eye(game.shape[1 - first])[answer]
    pair = (strategy, reply) if first == 0 else (reply, strategy)
    profile = tuple(read_only(p) for p in pair)
    paid = read_only([profile[0] @ table @ profile[1] for table in game.payoffs])
    options = strategy @ game.payoffs[1] if first == 0 else game.payoffs[0] @ strategy
    slack = max(0.0, float(options.max() - options[answer]))
    return StackelbergEquilibrium(game, first, commitment, ties, profile, paid, slack, also)


def _span(table: Array) -> float:
    return float(2 * (table.max() / 2 - table.min() / 2))
