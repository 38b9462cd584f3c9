"""Regret matching: play what one regrets not having played, in proportion; what is played on average has no regret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, read_only
from negotiation.door import checked
from negotiation.errors import ParameterError
from negotiation.games.normal_form import NormalFormGame
from negotiation.games.profile import Profile, action_values, as_profile, regret
from negotiation.solvers.correlated import disobedience
from negotiation.solvers.result import describe_strategy


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RegretMatching:
    """What was played on average, and how much anybody regrets.

    Parameters
    ----------
    game : NormalFormGame
    rounds : int
    plus : bool
        Whether negative regrets were forgotten.
    distribution : ndarray, shape (m_1, ..., m_N)
        The mean of what was played, over outcomes: a coarse correlated equilibrium up to `regrets`.
    profile : tuple of N ndarrays
        The mean of each player's mixed actions: in two-player zero-sum games an equilibrium up to `regret`.
    regrets : ndarray, shape (N,)
        What each would have gained a round by its best single action, found from the distribution alone.
    bounds : ndarray, shape (N,)
        What these cannot exceed after so many rounds.
    """

    game: NormalFormGame
    rounds: int
    plus: bool
    distribution: Array
    profile: Profile
    regrets: Array
    bounds: Array

    @property
    def regret(self) -> float:
        """The largest regret of the mean profile as independent play: small in zero-sum games, not in general."""
        return float(regret(self.game, self.profile).max())

    def __str__(self) -> str:
        parts = zip(self.game.players, self.profile, self.game.actions, strict=True)
        played = "; ".join(f"{name} {describe_strategy(p, own)}" for name, p, own in parts)
        rows = ", ".join(
            f"{n} {max(r, 0):.2g} (at most {b:.2g})"
            for n, r, b in zip(self.game.players, self.regrets, self.bounds, strict=True)
        )
        name = "regret matching+" if self.plus else "regret matching"
        return (
            f"{name}, {self.rounds:,} rounds: on average {played}\n"
            f"  regret a round: {rows}; of the mean profile as independent play {self.regret:.2g}"
        )

    __repr__ = __str__


@checked
def regret_matching(
    game: NormalFormGame, rounds: int = 1000, *, plus: bool = False, start: Sequence[npt.ArrayLike] | None = None
) -> RegretMatching:
    """Let every player mix its actions in proportion to what it regrets not having played.

    Parameters
    ----------
    game : NormalFormGame
        Any number of players.
    rounds : int
    plus : bool
        Forget negative regrets (regret matching+), which is usually faster.
    start : sequence of N array_like, optional
        What is played in the first round; uniform unless given.

    Returns
    -------
    RegretMatching

    Raises
    ------
    ParameterError, GameShapeError, ProbabilityError, WrongTypeError

    Notes
    -----
    Players answer the others' mixed actions, not draws from them, so there is no chance in it, and the bound holds for sure:
    ``Δ_i √m_i / √T`` a round, ``Δ_i`` being the range of a player's payoffs. Cost a round: a pass over each payoff table.

    References
    ----------
    Hart, S., Mas-Colell, A. (2000). A simple adaptive procedure leading to correlated equilibrium. Econometrica 68, 1127-1150.
    Tammelin, O., Burch, N., Johanson, M., Bowling, M. (2015). Solving heads-up limit Texas hold'em. IJCAI, 645-652.

    Examples
    --------
    >>> rock_paper_scissors = NormalFormGame([[[0, -1, 1], [1, 0, -1], [-1, 1, 0]], [[0, 1, -1], [-1, 0, 1], [1, -1, 0]]])
    >>> found = regret_matching(rock_paper_scissors, 10_000, start=([1, 0, 0], [1, 0, 0]))
    >>> bool(found.regret < 0.02)
    True
    """
    if isinstance(rounds, bool) or not isinstance(rounds, int | np.integer) or rounds < 1:
        raise ParameterError(f"rounds is {rounds!r}; it must be a whole number of at least 1.")
    play = [np.full(m, 1 / m) for m in game.shape] if start is None else list(as_profile(game, start))
    owed = [np.zeros(m) for m in game.shape]
    joint, sums = np.zeros(game.shape), [np.zeros(m) for m in game.shape]
    for _ in range(rounds):
        joint += reduce(np.multiply.outer, play)
        values = [action_values(game, play, i) for i in range(game.n_players)]
        for i, (u, p) in enumerate(zip(values, play, strict=True)):
            sums[i] += p
            owed[i] += u - u @ p
            if plus:
                np.maximum(owed[i], 0.0, out=owed[i])
        play = [matched(r) for r in owed]
    joint /= rounds
    spans = np.array([float(np.ptp(table)) for table in game.payoffs])
    return RegretMatching(
        game, int(rounds), plus, read_only(joint), tuple(read_only(s / s.sum()) for s in sums),
        read_only(disobedience(game, joint, coarse=True)), read_only(spans * np.sqrt(np.array(game.shape) / rounds)),
    )  # fmt: skip


def matched(owed: Array) -> Array:
    """Probabilities in proportion to positive regrets, uniform where there are none."""
    positive = np.maximum(owed, 0.0)
    total = positive.sum()
    return positive / total if total > 0 else np.full(len(owed), 1 / len(owed))
