"""How patient must players be? Critical discount factors of a profile under a punishment, or of automata."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, as_floats, read_only
from negotiation.door import checked
from negotiation.errors import GameShapeError, NotFiniteError, ParameterError
from negotiation.games.automaton import Automaton
from negotiation.games.classic_automata import as_actions
from negotiation.games.match import seated
from negotiation.games.normal_form import NormalFormGame
from negotiation.games.profile import action_values, as_profile, expected_payoffs, regret
from negotiation.solvers.api import solve
from negotiation.solvers.repeated.automata import one_shot_gains
from negotiation.solvers.repeated.joint import best_reply_values, joint_of
from negotiation.solvers.repeated.minmax import minmax_values
from negotiation.solvers.repeated.trigger import as_lag, as_length, as_noise, threshold
from negotiation.solvers.result import Equilibrium

_PUNISHMENTS = ("nash", "minmax", "pure minmax")


class CriticalDiscountFactor(float):
    """The least discount factor that sustains a profile: a number, the largest over the players, that knows how it came about.

    1.0 means that no patience sustains it.

    Attributes
    ----------
    players : tuple of str
    per_player : ndarray, shape (N,)
        The least discount factor of each.
    complying, cheating, punished : ndarray, shape (N,)
        Payoffs per period, in the stage game's unit.
    notes : tuple of str
    """

    players: tuple[str, ...]
    per_player: Array
    complying: Array
    cheating: Array
    punished: Array
    notes: tuple[str, ...]

    @classmethod
    def of(
        cls, players: tuple[str, ...], per_player: Array, payoffs: tuple[Array, Array, Array], notes: tuple[str, ...]
    ) -> CriticalDiscountFactor:
        """Put the parts together."""
        made = cls(float(per_player.max()))
        made.players, made.per_player, made.notes = players, read_only(per_player), notes
        made.complying, made.cheating, made.punished = map(read_only, payoffs)
        return made

    def sustains(self, discount_factor: npt.ArrayLike) -> bool:
        """Whether this patience, one number or one a player, is enough: at the threshold it is, if that is below 1."""
        return bool((as_floats(discount_factor, "discount_factor") >= self.per_player).all()) and self < 1

    def __str__(self) -> str:
        each = ", ".join(f"{n} {v:.6g}" for n, v in zip(self.players, self.per_player, strict=True))
        head = f"critical discount factor {float(self):.6g} ({each})"
        return "\n".join([head, *(f"  note: {note}" for note in self.notes)])


@checked
def critical_discount_factor(
    stage: NormalFormGame,
    profile: Sequence[Any] | Equilibrium,
    punishment: Any = "nash",
    *,
    lag: int = 1,
    length: int | None = None,
    false_alarm: float = 0.0,
    detection: float = 1.0,
) -> CriticalDiscountFactor:
    """Find the least discount factor at which a trigger strategy sustains a profile of the stage game.

    Parameters
    ----------
    stage : NormalFormGame
        Any number of players.
    profile : sequence of N int, str or array_like, or Equilibrium, or sequence of N Automaton
        What is to be played in every period: an action a player by position or name, or a mixed strategy a player. Or
        automata, whose threshold as a Nash equilibrium is found; then no punishment is named.
    punishment : profile, sequence of N float, Equilibrium, {"nash", "minmax", "pure minmax"}
        What follows a deviation: a profile (positions, names or mixed strategies), or payoffs, which are told from positions
        by being floats. ``"nash"``: for each player the equilibrium of the stage game that is worst for it.
    lag, length, false_alarm, detection
        See `trigger_discount_factor`.

    Returns
    -------
    CriticalDiscountFactor
        A float, with a value for each player; 1.0 where no patience suffices.

    Raises
    ------
    GameShapeError, UnknownNameError, ProbabilityError, NotFiniteError, ParameterError
    SizeLimitError
        The equilibria of the stage game are out of reach: name a punishment.

    Notes
    -----
    With ``u_i`` the payoff of the profile, ``T_i`` that of the best deviation and ``N_i`` that of the punishment, grim
    reversion needs ``δ_i ≥ (T_i - u_i) / (T_i - N_i)``. Mixed strategies are compared in expectation, as when a public lottery
    is obeyed or every mix is seen. Who gets less than its punishment counts as not held, 1.0, though it may obey out of
    impatience. A punishment that is no equilibrium of the stage game is not credible by itself; that is noted. Minmax
    punishments need the folk theorem's rewards for those who carry them out: the threshold is then the least that any
    punishment at all could bring about. For automata: the end of the interval of discount factors up to 1 on which they are
    mutual best replies, by bisection.

    References
    ----------
    Friedman, J. W. (1971). A non-cooperative equilibrium for supergames. Review of Economic Studies 38, 1-12.
    Fudenberg, D., Maskin, E. (1986). The folk theorem in repeated games. Econometrica 54, 533-554.

    Examples
    --------
    >>> import negotiation as ng
    >>> dilemma = ng.prisoners_dilemma()
    >>> float(ng.critical_discount_factor(dilemma, ("Cooperate", "Cooperate")))
    0.5
    >>> tit_for_tat = ng.classic_automata()["Tit For Tat"]
    >>> round(ng.critical_discount_factor(dilemma, (tit_for_tat, tit_for_tat)), 9)
    0.666666667
    """
    if not isinstance(profile, Equilibrium | str) and any(isinstance(p, Automaton) for p in profile):
        return _of_automata(stage, profile, punishment)
    mixed = as_mixed(stage, profile, "profile")
    complying = expected_payoffs(stage, mixed)
    cheating = np.array([action_values(stage, mixed, i).max() for i in range(stage.n_players)])
    punished, notes = _punished(stage, punishment)
    tempted = _settled(cheating - complying, stage)
    noise = as_noise(false_alarm, detection)
    needed = threshold(tempted, _settled(complying - punished, stage), as_lag(lag), as_length(length), *noise)
    return CriticalDiscountFactor.of(stage.players, needed, (complying, cheating, punished), notes)


def as_mixed(stage: NormalFormGame, profile: Any, what: str) -> tuple[Array, ...]:
    """A profile of actions or of mixed strategies, or an equilibrium, as mixed strategies."""
    if isinstance(profile, Equilibrium):
        return as_profile(stage, profile.profile)
    if isinstance(profile, str) or not hasattr(profile, "__len__") or len(profile) != stage.n_players:
        raise GameShapeError(
            f"{what}={profile!r}: give an action or a mixed strategy for each of {stage.n_players} players."
        )
    if all(_is_action(p) for p in profile):
        actions = as_actions(stage, [p if isinstance(p, str) else int(p) for p in profile])
        return tuple(read_only(np.eye(m)[a]) for m, a in zip(stage.shape, actions, strict=True))
    seats = enumerate(zip(stage.shape, profile, strict=True))
    rows = [np.eye(m)[stage.action_index(i, p)] if _is_action(p) else p for i, (m, p) in seats]
    return as_profile(stage, [as_floats(p, what) for p in rows])


def _is_action(value: Any) -> bool:
    return isinstance(value, str | int | np.integer) and not isinstance(value, bool)


def _settled(differences: Array, stage: NormalFormGame) -> Array:
    """Differences that are only rounding, as zero."""
    scale = float(np.abs(stage.payoffs).max())
    return np.where(np.abs(differences) <= 1e-14 * scale, 0.0, differences)


def _punished(stage: NormalFormGame, punishment: Any) -> tuple[Array, tuple[str, ...]]:
    """What each player gets when punished, and what has to be said about it."""
    if isinstance(punishment, str):
        if punishment not in _PUNISHMENTS:
            known = ", ".join(map(repr, _PUNISHMENTS))
            raise ParameterError(f"punishment={punishment!r}; give {known}, a profile, or payoffs.")
        if punishment == "nash":
            return _worst_equilibria(stage)
        note = "minmax bounds what any punishment can do; those who carry it out have to be rewarded"
        return minmax_values(stage, mixed=punishment == "minmax"), (note,)
    if _are_payoffs(punishment):
        values = as_floats(punishment, "punishment")
        if values.shape != (stage.n_players,):
            raise GameShapeError(f"{values.size} punishment payoffs for {stage.n_players} players; give one each.")
        if not np.isfinite(values).all():
            raise NotFiniteError(f"punishment={punishment!r}; payoffs must be finite.")
        return values, ()
    mixed = as_mixed(stage, punishment, "punishment")
    gains = _settled(regret(stage, mixed), stage)
    who = [n for n, g in zip(stage.players, gains, strict=True) if g > 1e-12 * (float(np.ptp(stage.payoffs)) or 1.0)]
    notes = (f"the punishment is no equilibrium of the stage game: {', '.join(who)} would leave it",) if who else ()
    return expected_payoffs(stage, mixed), notes


def _are_payoffs(punishment: Any) -> bool:
    """Whether a punishment is given as floats rather than as a profile."""
    if isinstance(punishment, np.ndarray):
        return punishment.ndim == 1 and punishment.dtype.kind == "f"
    if isinstance(punishment, Equilibrium) or not hasattr(punishment, "__len__"):
        return False
    numbers = all((np.isscalar(p) and not isinstance(p, str)) or hasattr(p, "numerator") for p in punishment)
    return numbers and not all(_is_action(p) for p in punishment)


def _worst_equilibria(stage: NormalFormGame) -> tuple[Array, tuple[str, ...]]:
    """For each player the stage-game equilibrium that is worst for it."""
    solution = solve(stage)
    if not len(solution):
        raise ParameterError(
            "no equilibrium of the stage game was found to punish with: name a punishment, a profile or payoffs."
        )
    worst = np.min([e.payoffs for e in solution.equilibria], axis=0)
    note = f"punishments are the worst of {len(solution)} equilibria found, which may not be all"
    return worst, () if solution.complete else (note,)


def _of_automata(stage: NormalFormGame, profile: Sequence[Any], punishment: Any) -> CriticalDiscountFactor:
    """The threshold above which automata are mutual best replies."""
    if not (isinstance(punishment, str) and punishment == "nash"):
        raise ParameterError("automata bring their own punishment; leave punishment out.")
    intervals = [sustaining_discount_factors(stage, profile, concept="nash", player=i) for i in range(stage.n_players)]
    needed = np.array([rows[-1].low if rows and rows[-1].high == 1.0 else 1.0 for rows in intervals])
    machines = seated(stage, profile)
    joint = joint_of(stage, machines)
    now = joint.weights()[0] @ stage.payoffs.reshape(stage.n_players, -1).T
    unknown = np.full(stage.n_players, np.nan)
    return CriticalDiscountFactor.of(stage.players, needed, (now, unknown, unknown), ())


class Interval(NamedTuple):
    """Discount factors from `low` to `high`; 1.0 as `high` means up to, but without, 1."""

    low: float
    high: float


@checked
def sustaining_discount_factors(
    stage: NormalFormGame,
    automata: Sequence[Automaton | str],
    *,
    concept: str = "subgame perfect",
    player: int | str | None = None,
    points: int = 400,
    tol: float = 1e-9,
) -> tuple[Interval, ...]:
    """Find the discount factors, the same for all, at which automata are an equilibrium.

    Parameters
    ----------
    stage : NormalFormGame
    automata : sequence of N Automaton or str
    concept : {"subgame perfect", "nash"}
    player : int or str, optional
        Ask only whether this player has no better strategy.
    points : int
        Where it is looked, evenly over (0, 1); the ends of intervals are then found by bisection, to about 12 digits.
    tol : float
        Gains up to this, relative to the payoff range, count as none.

    Returns
    -------
    tuple of Interval
        From low to high; none if they are an equilibrium at no discount factor that was looked at. An interval shorter than
        ``1 / points``, such as the single discount factor at which tit for tat is subgame perfect, can be missed.

    Raises
    ------
    ParameterError, GameShapeError, UnknownNameError, WrongTypeError, SizeLimitError

    Examples
    --------
    Win-stay, lose-shift needs a reward that is worth more than half of what temptation and punishment pay together.

    >>> import negotiation as ng
    >>> mild = ng.NormalFormGame([[[4, 0], [5, 1]], [[4, 5], [0, 1]]])
    >>> sustaining_discount_factors(mild, ("Pavlov", "Pavlov"))
    (Interval(low=0.333333333333, high=1.0),)
    """
    if concept not in ("subgame perfect", "nash"):
        raise ParameterError(f"concept={concept!r}; 'subgame perfect' or 'nash'.")
    if isinstance(points, bool) or not isinstance(points, int) or points < 2:
        raise ParameterError(f"points={points!r}; at least 2.")
    joint = joint_of(stage, seated(stage, automata))
    asked = list(range(stage.n_players)) if player is None else [stage.player_index(player)]
    noise = tol * (float(np.ptp(stage.payoffs)) or 1.0)

    def gain(delta: float) -> float:
        return _largest_gain(joint, delta, asked, concept)

    grid = [*((np.arange(points) + 0.5) / points).tolist(), 1 - 1e-5]
    good = [gain(delta) <= noise for delta in grid]
    out = []
    for k, here in enumerate(good):
        if here and (k == 0 or not good[k - 1]):
            low = 0.0 if k == 0 else _edge(grid[k], grid[k - 1], gain, noise)
            last = next((m for m in range(k, len(grid)) if not good[m]), len(grid)) - 1
            high = 1.0 if last == len(grid) - 1 else _edge(grid[last], grid[last + 1], gain, noise)
            out.append(Interval(low, high))
    return tuple(out)


def _largest_gain(joint: Any, delta: float, asked: Sequence[int], concept: str) -> float:
    deltas = np.full(joint.stage.n_players, delta)
    values = joint.values(deltas)
    if concept == "nash":
        return max(float(best_reply_values(joint, i, delta)[0][0] - values[0, i]) for i in asked)
    return float(one_shot_gains(joint, deltas, values)[0][:, list(asked)].max())


def _edge(inside: float, outside: float, gain: Callable[[float], float], noise: float) -> float:
    """Where the gain becomes positive: where it passes one and ten times the noise, drawn back to zero on a line."""
    passed = []
    for level in (noise, 10 * noise):
        near, far = inside, outside
        for _ in range(48):
            middle = (near + far) / 2
            near, far = (middle, far) if gain(middle) <= level else (near, middle)
        passed.append(near)
    return float(np.clip(round(passed[0] - (passed[1] - passed[0]) / 9, 12), 0.0, 1.0))
