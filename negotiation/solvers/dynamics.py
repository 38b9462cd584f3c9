"""Learning and evolution in two-player games: Nashpy's dynamics under this library's names, with frozen results.

Nashpy draws from NumPy's global generator. Each call here seeds that generator from the `rng` given, holds a lock
meanwhile, and puts the global state back, so a result depends on `rng` alone and nobody else's draws change.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, read_only
from negotiation.errors import (
    GameShapeError,
    NotFiniteError,
    NumericalError,
    ParameterError,
    SolverMismatchError,
    WrongTypeError,
)
from negotiation.games.normal_form import NormalFormGame
from negotiation.games.profile import Profile, as_profile, regret
from negotiation.solvers.result import describe_strategy

_GLOBAL_GENERATOR = threading.RLock()


@dataclass(frozen=True, slots=True, eq=False)
class LearningPath:
    """How two players' strategies moved.

    Parameters
    ----------
    game : NormalFormGame
    method : str
    times : ndarray, shape (T,)
        Rounds played (learning) or time (replicator).
    rows, columns : ndarray, shapes (T, m) and (T, n)
        At each time the shares of the row player's and the column player's actions: of all rounds so far, or of the
        population.
    counts : tuple of 2 ndarrays, optional
        For learning, how often each action has been played at the end, prior counts included.
    notes : tuple of str
    """

    game: NormalFormGame
    method: str
    times: Array
    rows: Array
    columns: Array
    counts: tuple[Array, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def final(self) -> Profile:
        """The profile at the end."""
        return self.rows[-1], self.columns[-1]

    @property
    def regret(self) -> float:
        """The largest regret of the final profile, in the game's unit: how far from an equilibrium it is."""
        return float(regret(self.game, self.final).max())

    def __len__(self) -> int:
        return len(self.times)

    def __str__(self) -> str:
        parts = zip(self.game.players, self.final, self.game.actions, strict=True)
        ends = "; ".join(f"{name} {describe_strategy(p, own)}" for name, p, own in parts)
        head = f"{self.method} until {self.times[-1]:g}: {ends}; regret {self.regret:.2g}"
        return "\n".join([head, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__


def fictitious_play(
    game: NormalFormGame,
    rounds: int = 1000,
    *,
    rng: np.random.Generator,
    noise: float = 0.0,
    counts: Sequence[npt.ArrayLike] | None = None,
) -> LearningPath:
    """Let both players answer the other's play so far, over and over.

    Parameters
    ----------
    game : NormalFormGame
        Two players.
    rounds : int
    rng : numpy.random.Generator
        Breaks ties and draws noise; the same generator state gives the same path.
    noise : float
        0: best responses (Brown's fictitious play). More: logit responses to the other's shares, ``noise`` being one
        over the precision, in the game's payoff unit (stochastic fictitious play).
    counts : sequence of 2 array_like, optional
        What each has been seen to do before the first round.

    Returns
    -------
    LearningPath
        ``rounds + 1`` rows; before anything was played the shares are uniform.

    Raises
    ------
    SolverMismatchError, ParameterError, GameShapeError, WrongTypeError
        Not two players; rounds, noise or counts out of range; no generator.
    NumericalError
        Noise so small against the payoffs that the logit shares underflow.

    Notes
    -----
    Forwarded to ``nashpy.learning``; ``O(m n)`` a round. Shares converge to equilibrium in zero-sum, 2 × 2 and potential
    games, not in general.

    References
    ----------
    Brown, G. (1951). Iterative solution of games by fictitious play. In: Activity Analysis of Production and
    Allocation, 374-376.

    Fudenberg, D., Levine, D. (1998). The Theory of Learning in Games. MIT Press, chapters 2 and 4.

    Examples
    --------
    >>> stag_hunt = NormalFormGame([[[9, 0], [8, 7]], [[9, 8], [0, 7]]])
    >>> path = fictitious_play(stag_hunt, 100, rng=np.random.default_rng(1), counts=([0, 1], [0, 1]))
    >>> path.final[0].tolist()
    [0.0, 1.0]
    """
    A, B = tables(game)
    positive_int("rounds", rounds)
    if not (np.isfinite(noise) and noise >= 0):
        raise ParameterError(f"noise is {noise!r}; it must be finite and at least 0.")
    prior = _prior_counts(game, counts)
    with seeded(rng):
        history = _stochastic(A, B, rounds, noise, prior) if noise else _exact(A, B, rounds, prior)
    rows, columns = (_shares(np.array([step[i] for step in history])) for i in (0, 1))
    name = "stochastic fictitious play" if noise else "fictitious play"
    final = tuple(read_only(c) for c in history[-1])
    return LearningPath(game, name, read_only(np.arange(rounds + 1)), read_only(rows), read_only(columns), final)


def replicator(
    game: NormalFormGame,
    start: Sequence[npt.ArrayLike] | None = None,
    *,
    times: npt.ArrayLike | None = None,
) -> LearningPath:
    """Let the shares of actions in two populations grow with what they pay.

    Parameters
    ----------
    game : NormalFormGame
        Two players. A symmetric game started symmetrically is the one-population dynamics.
    start : sequence of 2 array_like, optional
        Shares at the first time; uniform by default, which is often a point of rest.
    times : array_like, shape (T,), optional
        Increasing; 0 to 10 in 1000 steps by default, in units of one over the game's payoff unit.

    Returns
    -------
    LearningPath

    Raises
    ------
    SolverMismatchError, ProbabilityError, GameShapeError, ParameterError
        Not two players; a start that is not a profile; times that do not increase.

    Notes
    -----
    ``dx_a/dt = x_a ((A y)_a - x·A y)``, forwarded to Nashpy's asymmetric replicator dynamics (LSODA). The integrator's
    error can leave shares short of 1 by some 1e-8; they are clipped at 0 and normalised.

    References
    ----------
    Taylor, P., Jonker, L. (1978). Evolutionary stable strategies and game dynamics. Math. Biosciences 40, 145-156.

    Examples
    --------
    >>> dilemma = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    >>> replicator(dilemma, times=[0, 50]).final[0].round(6).tolist()
    [0.0, 1.0]
    """
    from nashpy.learning.replicator_dynamics import asymmetric_replicator_dynamics

    A, B = tables(game)
    x0, y0 = as_profile(game, start) if start is not None else tuple(np.full(m, 1 / m) for m in game.shape)
    t = np.linspace(0, 10, 1000) if times is None else np.asarray(times, dtype=np.float64)
    if t.ndim != 1 or t.size < 2 or not np.isfinite(t).all() or not (np.diff(t) > 0).all():
        raise ParameterError("times must be at least two finite numbers, each later than the one before.")
    rows, columns = asymmetric_replicator_dynamics(A - A.mean(axis=0), B - B.mean(axis=1)[:, None], x0, y0, t)
    rows, columns = (read_only(_shares(np.maximum(np.asarray(part), 0.0))) for part in (rows, columns))
    if not (np.isfinite(rows).all() and np.isfinite(columns).all()):
        raise NumericalError("the integrator lost the replicator dynamics; take times closer together.")
    return LearningPath(game, "replicator dynamics", read_only(t), rows, columns)


def _exact(A: Array, B: Array, rounds: int, prior: list[Array]) -> list[Any]:
    from nashpy.learning.fictitious_play import fictitious_play as play

    return list(play(A, B, rounds, prior))


def _stochastic(A: Array, B: Array, rounds: int, noise: float, prior: list[Array]) -> list[Any]:
    from nashpy.learning.stochastic_fictitious_play import (
        stochastic_fictitious_play as play,
    )

    # Logit choice is unmoved by what every own action gains alike; the largest at 0 cannot overflow.
    A, B = A - A.max(axis=0), B - B.max(axis=1)[:, None]
    try:
        with np.errstate(invalid="ignore"):
            return [step for step, _ in play(A, B, rounds, etha=noise, epsilon_bar=0.0, play_counts=prior)]
    except ValueError as error:
        raise NumericalError(
            f"logit shares underflow: noise {noise:g} is too small for payoffs that range over "
            f"{max(np.ptp(A), np.ptp(B)):g}; take more noise, or 0 for best responses."
        ) from error


@contextmanager
def seeded(rng: np.random.Generator) -> Iterator[None]:
    """Seed NumPy's global generator from `rng` for a while, and put its state back afterwards."""
    if not isinstance(rng, np.random.Generator):
        raise WrongTypeError(f"rng is a numpy.random.Generator, e.g. numpy.random.default_rng(1), not {rng!r}.")
    with _GLOBAL_GENERATOR:
        state = np.random.get_state()  # noqa: NPY002 - what Nashpy draws from
        np.random.seed(int(rng.integers(2**32)))  # noqa: NPY002
        try:
            yield
        finally:
            np.random.set_state(state)  # noqa: NPY002


def tables(game: NormalFormGame) -> tuple[Array, Array]:
    """Both payoff tables of a two-player game, or an error."""
    if not isinstance(game, NormalFormGame):
        raise WrongTypeError(f"dynamics are of normal-form games, not of a {type(game).__name__}.")
    if game.n_players != 2:
        raise SolverMismatchError(f"these dynamics take two players; this game has {game.n_players}.")
    return game.payoffs[0], game.payoffs[1]


def _shares(counts: Array) -> Array:
    """Rows divided by their sums; uniform where nothing has happened yet."""
    total = counts.sum(axis=1, keepdims=True)
    return np.where(total > 0, counts / np.where(total > 0, total, 1.0), 1 / counts.shape[1])


def _prior_counts(game: NormalFormGame, counts: Sequence[npt.ArrayLike] | None) -> list[Array]:
    if counts is None:
        return [np.zeros(m) for m in game.shape]
    prior = [np.array(c, dtype=np.float64) for c in counts]
    if [c.shape for c in prior] != [(m,) for m in game.shape]:
        raise GameShapeError(
            f"counts have shapes {[c.shape for c in prior]}; expected one entry an action: {game.shape}."
        )
    if not all(np.isfinite(c).all() for c in prior):
        raise NotFiniteError("a prior count is NaN or infinite.")
    if min(float(c.min()) for c in prior) < 0:
        raise ParameterError("a prior count is negative.")
    return prior


def positive_int(name: str, value: object) -> None:
    """Refuse what is not a whole number of at least 1."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ParameterError(f"{name} is {value!r}; it must be a whole number of at least 1.")
