"""Regret matching: play what one regrets not having played, in proportion; what is played on average has no regret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, read_only
from negotiation.door import checked
from negotiation.errors import ParameterError, WrongTypeError
from negotiation.games.normal_form import NormalFormGame
from negotiation.games.profile import Profile, action_values, as_profile, regret
from negotiation.solvers.correlated import CorrelatedEquilibrium, disobedience
from negotiation.solvers.limits import Watch
from negotiation.solvers.result import Status, describe_strategy

if TYPE_CHECKING:
    import pandas as pd


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
        What these cannot exceed after so many rounds; in the mean, where play was drawn by lot.
    payoffs : ndarray, shape (N,)
        What each got a round, in the game's unit.
    status : Status
        ``FOUND`` when all rounds were played.
    notes : tuple of str
    """

    game: NormalFormGame
    rounds: int
    plus: bool
    distribution: Array
    profile: Profile
    regrets: Array
    bounds: Array
    payoffs: Array
    status: Status = Status.FOUND
    notes: tuple[str, ...] = ()

    @property
    def equilibrium(self) -> CorrelatedEquilibrium:
        """The play as a coarse correlated equilibrium, up to its regret."""
        return CorrelatedEquilibrium(
            self.game, self.distribution, float(self.payoffs.sum()), self.payoffs, max(0.0, float(self.regrets.max())),
            "learnt", True, self.notes,
        )  # fmt: skip

    @property
    def regret(self) -> float:
        """The largest regret of the mean profile as independent play: small in zero-sum games, not in general."""
        return float(regret(self.game, self.profile).max())

    def to_frame(self) -> pd.DataFrame:
        """One row an action: player, action, share of rounds."""
        import pandas as pd

        rows = [
            {"player": name, "action": action, "share": float(share)}
            for name, own, labels in zip(self.game.players, self.profile, self.game.actions, strict=True)
            for action, share in zip(labels, own, strict=True)
        ]
        return pd.DataFrame(rows)

    def _repr_html_(self) -> str:
        """The shares as a table, for notebooks."""
        return str(self.to_frame()._repr_html_())  # type: ignore[operator]

    def __str__(self) -> str:
        parts = zip(self.game.players, self.profile, self.game.actions, strict=True)
        played = "; ".join(f"{name} {describe_strategy(p, own)}" for name, p, own in parts)
        rows = ", ".join(
            f"{n} {max(r, 0):.2g} (at most {b:.2g})"
            for n, r, b in zip(self.game.players, self.regrets, self.bounds, strict=True)
        )
        name = "regret matching+" if self.plus else "regret matching"
        unit = f" (payoffs in {self.game.unit})" if self.game.unit else ""
        lines = [
            f"{name}, {self.rounds:,} rounds: on average {played}{unit}",
            f"  regret a round: {rows}; of the mean profile as independent play {self.regret:.2g}",
        ]
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__


@checked
def regret_matching(
    game: NormalFormGame,
    rounds: int = 1000,
    *,
    plus: bool = False,
    start: Sequence[npt.ArrayLike] | None = None,
    rng: np.random.Generator | None = None,
    deadline: float | None = None,
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
    rng : numpy.random.Generator, optional
        Draws what is played, and players learn from that alone. Without it they answer the others' mixed actions.
    deadline : float, optional
        Stop after this many seconds with what has been played; so does Ctrl-C.

    Returns
    -------
    RegretMatching

    Raises
    ------
    ParameterError, GameShapeError, ProbabilityError, WrongTypeError

    Notes
    -----
    Without `rng` there is no chance in it, and the bound holds for sure: ``Δ_i √m_i / √T`` a round, ``Δ_i`` being the range of a
    player's payoffs. With `rng` the same holds in the mean. Cost a round: a pass over each payoff table; by lot, over one line
    of it.

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
    if rng is not None and not isinstance(rng, np.random.Generator):
        raise WrongTypeError(f"rng is {rng!r}; give a generator such as numpy.random.default_rng(0), or nothing.")
    table, watch, status = _Table(game, bool(plus), start, rng), Watch(deadline), Status.FOUND
    try:
        while table.done < rounds:
            table.play()
            if watch.is_over() and table.done < rounds:
                status = Status.DEADLINE
                break
    except KeyboardInterrupt:
        if not table.done:
            raise
        status = Status.INTERRUPTED
    T, joint, n = table.done, table.played / table.played.sum(), game.n_players
    spans = np.array([float(np.ptp(own)) for own in game.payoffs])
    cut = () if rounds == T else (f"{status.value}: {T:,} of {rounds:,} rounds were played.",)
    return RegretMatching(
        game, T, bool(plus), read_only(joint), tuple(read_only(s / s.sum()) for s in table.sums),
        read_only(disobedience(game, joint, coarse=True)), read_only(spans * np.sqrt(np.array(game.shape) / T)),
        read_only((game.payoffs * joint).reshape(n, -1).sum(axis=1)), status, cut,
    )  # fmt: skip


class _Table:
    """What is played at the table, and what is owed to every action."""

    def __init__(
        self,
        game: NormalFormGame,
        plus: bool,
        start: Sequence[npt.ArrayLike] | None,
        rng: np.random.Generator | None,
    ) -> None:
        self.game, self.plus, self.rng, self.done = game, plus, rng, 0
        self.mixed = [np.full(m, 1 / m) for m in game.shape] if start is None else list(as_profile(game, start))
        self.owed = [np.zeros(m) for m in game.shape]
        self.played, self.sums = np.zeros(game.shape), [np.zeros(m) for m in game.shape]

    def play(self) -> None:
        """Play a round."""
        now = self.mixed if self.rng is None else [_drawn(p, self.rng.random()) for p in self.mixed]
        self.played += reduce(np.multiply.outer, now)
        for i, p in enumerate(now):
            u = action_values(self.game, now, i) if self.rng is None else self._seen(now, i)
            self.sums[i] += p
            self.owed[i] += u - u @ p
            if self.plus:
                np.maximum(self.owed[i], 0.0, out=self.owed[i])
        self.mixed = [matched(r) for r in self.owed]
        self.done += 1

    def _seen(self, now: list[Array], i: int) -> Array:
        """What each action would have paid against what the others did."""
        at: tuple[Any, ...] = tuple(slice(None) if j == i else int(p.argmax()) for j, p in enumerate(now))
        return np.asarray(self.game.payoffs[(i, *at)])


def _drawn(odds: Array, u: float) -> Array:
    """One action by lot, as a pure strategy."""
    out = np.zeros(len(odds))
    out[min(int(np.searchsorted(np.cumsum(odds), u, side="right")), int(np.flatnonzero(odds)[-1]))] = 1.0
    return out


def matched(owed: Array) -> Array:
    """Probabilities in proportion to positive regrets, uniform where there are none."""
    positive = np.maximum(owed, 0.0)
    total = positive.sum()
    return positive / total if total > 0 else np.full(len(owed), 1 / len(owed))
