"""Do these strategies hold each other? Automata checked by the one-shot deviation principle, and valued exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation.arrays import Array, IntArray, read_only
from negotiation.door import checked
from negotiation.errors import ParameterError
from negotiation.games.automaton import Automaton
from negotiation.games.match import seated
from negotiation.games.repeated import RepeatedGame
from negotiation.solvers.repeated.joint import Joint, best_reply_values, joint_of
from negotiation.words import counted

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AutomatonCheck:
    """Whether automata are an equilibrium of a repeated game, with the proof.

    Parameters
    ----------
    game : RepeatedGame
    automata : tuple of N Automaton
    states : ndarray of int, shape (J, N)
        The joint states that some history reaches, deviations included; play begins in row 0.
    values : ndarray, shape (J, N)
        What following the automata from each joint state is worth, per period, in the stage game's unit.
    gains : ndarray, shape (J, N)
        What the best one-shot deviation adds in each joint state: one other action, then back to the automaton.
    deviations : ndarray of int, shape (J, N)
        The action of that deviation.
    nash_gains : ndarray, shape (N,)
        What the best strategy of any kind adds from the start of play.
    tol : float
        Gains up to this, relative to the payoff range, count as none.
    """

    game: RepeatedGame
    automata: tuple[Automaton, ...]
    states: IntArray
    values: Array
    gains: Array
    deviations: IntArray
    nash_gains: Array
    tol: float

    @property
    def is_subgame_perfect(self) -> bool:
        """Whether no one-shot deviation pays after any history; then no deviation at all does."""
        return bool(self.gains.max() <= self._noise)

    @property
    def is_nash(self) -> bool:
        """Whether no strategy pays more against the others from the start of play."""
        return bool(self.nash_gains.max() <= self._noise)

    @property
    def payoffs(self) -> Array:
        """What play from the start is worth to each player, per period, shape (N,)."""
        return np.asarray(self.values[0])

    @property
    def _noise(self) -> float:
        return self.tol * (float(np.ptp(self.game.stage.payoffs)) or 1.0)

    def to_frame(self) -> pd.DataFrame:
        """One row a joint state: what each plays, what it is worth, and what the best one-shot deviation adds."""
        import pandas as pd

        rows, stage = [], self.game.stage
        for j, state in enumerate(self.states):
            row: dict[str, Any] = {}
            for i, name in enumerate(stage.players):
                machine = self.automata[i]
                row[f"state of {name}"] = machine.states[state[i]]
                row[f"{name} plays"] = stage.actions[i][int(machine.actions[state[i]])]
                row[f"worth to {name}"] = float(self.values[j, i])
                row[f"gain of {name}"] = float(self.gains[j, i])
            rows.append(row)
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        stage, unit = self.game.stage, f" {self.game.stage.unit}" if self.game.stage.unit else ""
        kind = (
            "subgame perfect"
            if self.is_subgame_perfect
            else "a Nash equilibrium only"
            if self.is_nash
            else "no equilibrium"
        )
        pays = ", ".join(
            f"{n} ({a.name}) {v:.6g}" for n, a, v in zip(stage.players, self.automata, self.payoffs, strict=True)
        )
        lines = [f"{kind}: {pays}{unit}; {counted(len(self.states), 'joint state')}"]
        j, i = np.unravel_index(int(self.gains.argmax()), self.gains.shape)
        if not self.is_subgame_perfect:
            where = ", ".join(
                f"{n} in {a.states[s]!r}" for n, a, s in zip(stage.players, self.automata, self.states[j], strict=True)
            )
            action = stage.actions[i][int(self.deviations[j, i])]
            lines.append(
                f"  with {where}: {stage.players[i]} gains {self.gains[j, i]:.6g}{unit} by playing {action!r} once"
            )
        if not self.is_nash:
            k = int(self.nash_gains.argmax())
            lines.append(
                f"  from the start: the best reply of {stage.players[k]} adds {self.nash_gains[k]:.6g}{unit} per period"
            )
        return "\n".join(lines)

    __repr__ = __str__


@checked
def check_automata(game: RepeatedGame, automata: Sequence[Automaton | str], *, tol: float = 1e-9) -> AutomatonCheck:
    """Judge automata by the one-shot deviation principle, in every joint state that some history reaches.

    Parameters
    ----------
    game : RepeatedGame
        Any number of players.
    automata : sequence of N Automaton or str
        One a player; a name is one of `classic_automata`.
    tol : float
        Gains up to this, relative to the payoff range, count as none.

    Returns
    -------
    AutomatonCheck

    Raises
    ------
    GameShapeError, UnknownNameError, WrongTypeError
    SizeLimitError
        More than 20,000 joint states.

    Notes
    -----
    Values solve ``v = (1-δ) g + δ P v``. With discounting, a profile is subgame perfect iff no player gains by one deviation
    followed by a return to its strategy, in any subgame; subgames are joint states here (Mailath and Samuelson, proposition
    2.2.1). For Nash equilibrium, the best reply of any kind is found by policy iteration against the others' machines.

    References
    ----------
    Blackwell, D. (1965). Discounted dynamic programming. Annals of Mathematical Statistics 36, 226-235.
    Mailath, G. J., Samuelson, L. (2006). Repeated Games and Reputations. Oxford University Press, sections 2.2-2.3.

    Examples
    --------
    >>> import negotiation as ng
    >>> game = ng.RepeatedGame(ng.prisoners_dilemma(), 0.7)
    >>> print(check_automata(game, ("Grim", "Grim")))
    subgame perfect: player 1 (Grim) 3, player 2 (Grim) 3; 2 joint states
    >>> print(str(check_automata(game, ("Tit For Tat", "Tit For Tat"))).splitlines()[0])
    a Nash equilibrium only: player 1 (Tit For Tat) 3, player 2 (Tit For Tat) 3; 4 joint states
    """
    machines = seated(game.stage, automata)
    if not 0 <= tol < 1:
        raise ParameterError(f"tol={tol!r}; a share of the payoff range between 0 and 1, such as 1e-9.")
    joint, deltas = joint_of(game.stage, machines), game.discount_factors
    values = joint.values(deltas)
    gains, deviations = one_shot_gains(joint, deltas, values)
    nash = [best_reply_values(joint, i, deltas[i])[0][0] - values[0, i] for i in range(game.n_players)]
    return AutomatonCheck(
        game, machines, read_only(joint.states, np.int64), read_only(values), read_only(gains),
        read_only(deviations, np.int64), read_only(np.maximum(nash, 0.0)), tol,
    )  # fmt: skip


def one_shot_gains(joint: Joint, deltas: Array, values: Array) -> tuple[Array, IntArray]:
    """What the best single deviation adds in each joint state, and which it is, both (J, N)."""
    gains, deviations = np.empty_like(values), np.empty(values.shape, dtype=np.int64)
    for i, delta in enumerate(deltas.tolist()):
        q = joint.action_values(i, delta, values[:, i])
        deviations[:, i] = q.argmax(axis=1)
        gains[:, i] = q.max(axis=1) - values[:, i]
    return gains, deviations


@dataclass(frozen=True, slots=True, eq=False)
class AutomatonPlay:
    """The path that pure automata play, and what it is worth.

    Parameters
    ----------
    game : RepeatedGame
    automata : tuple of N Automaton
    actions : ndarray of int, shape (L, N)
        What is played until the first repetition.
    cycle_start : int
        From this period on the path repeats.
    values : ndarray, shape (N,)
        Discounted payoffs per period, in the stage game's unit.
    """

    game: RepeatedGame
    automata: tuple[Automaton, ...]
    actions: IntArray
    cycle_start: int
    values: Array

    def exact_values(self) -> tuple[Fraction, ...]:
        """The discounted payoffs per period as rationals, from payoffs and discount factors as given.

        ``(1-δ) [Σ_{t<c} δ^t g_t + Σ_{c≤t<L} δ^t g_t / (1 - δ^(L-c))]``. Digits grow with the length of the path.
        """
        table = self.game.stage.exact_payoffs
        deltas = self.game.exact_discount_factors
        return tuple(self._exact_value(table[i], delta) for i, delta in enumerate(deltas))

    def _exact_value(self, table: Any, delta: Fraction) -> Fraction:
        flow = [Fraction(table[tuple(a)]) * delta**t for t, a in enumerate(self.actions.tolist())]
        once, again = sum(flow[: self.cycle_start], Fraction(0)), sum(flow[self.cycle_start :], Fraction(0))
        return (1 - delta) * (once + again / (1 - delta ** (len(flow) - self.cycle_start)))


@checked
def play_automata(game: RepeatedGame, automata: Sequence[Automaton | str]) -> AutomatonPlay:
    """Play pure automata against each other for ever: the path, its cycle, and its discounted value.

    Parameters
    ----------
    game : RepeatedGame
    automata : sequence of N Automaton or str
        One a player; a name is one of `classic_automata`.

    Returns
    -------
    AutomatonPlay

    Raises
    ------
    ParameterError
        An automaton mixes; `check_automata` values those.
    GameShapeError, UnknownNameError, WrongTypeError

    Examples
    --------
    >>> from fractions import Fraction
    >>> import negotiation as ng
    >>> play = play_automata(ng.RepeatedGame(ng.prisoners_dilemma(), Fraction(1, 2)), ("Tit For Tat", "Alternator"))
    >>> play.exact_values(), play.cycle_start
    ((Fraction(7, 3), Fraction(19, 6)), 1)
    """
    machines = seated(game.stage, automata)
    if mixing := [m.name for m in machines if not m.is_pure]:
        raise ParameterError(f"{', '.join(map(repr, mixing))} mixes, so there is no one path; see check_automata.")
    moves = [m.in_seat(i) for i, m in enumerate(machines)]
    state, seen, path = tuple(m.start for m in machines), dict[tuple[int, ...], int](), list[tuple[int, ...]]()
    while state not in seen:
        seen[state] = len(path)
        played = tuple(int(m.actions[s]) for m, s in zip(machines, state, strict=True))
        path.append(played)
        state = tuple(int(table[(s, *played)]) for table, s in zip(moves, state, strict=True))
    actions, start = np.array(path, dtype=np.int64), seen[state]
    values = _discounted(game, actions, start)
    return AutomatonPlay(game, machines, read_only(actions, np.int64), start, read_only(values))


def _discounted(game: RepeatedGame, actions: IntArray, start: int) -> Array:
    """Discounted averages of a path that repeats from `start` on, (N,)."""
    flow = np.stack([table[tuple(actions.T)] for table in game.stage.payoffs], axis=1)
    deltas = game.discount_factors
    weighted = flow * deltas ** np.arange(len(flow))[:, None]
    again = weighted[start:].sum(axis=0) / -np.expm1((len(flow) - start) * np.log(deltas))
    return np.asarray((1 - deltas) * (weighted[:start].sum(axis=0) + again))
