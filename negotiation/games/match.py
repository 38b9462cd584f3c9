"""Matches: automata play a stage game for a number of turns, and the payoffs are added up, undiscounted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation.arrays import Array, IntArray, as_floats, read_only
from negotiation.errors import GameShapeError, ParameterError, WrongTypeError
from negotiation.games.automaton import Automaton
from negotiation.games.classic_automata import as_automaton
from negotiation.games.normal_form import NormalFormGame

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Match:
    """What was played, and what it paid.

    Parameters
    ----------
    stage : NormalFormGame
    strategies : tuple of N Automaton
    actions : ndarray of int, shape (turns, N)
    payoffs : ndarray, shape (turns, N)
        In the stage game's unit.
    """

    stage: NormalFormGame
    strategies: tuple[Automaton, ...]
    actions: IntArray
    payoffs: Array

    @property
    def scores(self) -> Array:
        """The sum of each player's payoffs, shape (N,), undiscounted."""
        return np.asarray(self.payoffs.sum(axis=0))

    @property
    def moves(self) -> tuple[str, ...]:
        """One string a player: the initials of its actions (their positions where initials are not unique)."""
        letters = []
        for own in self.stage.actions:
            initials = [name[0].upper() for name in own]
            letters.append(initials if len(set(initials)) == len(own) else [str(k) for k in range(len(own))])
        return tuple("".join(letters[i][a] for a in column) for i, column in enumerate(self.actions.T))

    def to_frame(self) -> pd.DataFrame:
        """One row a turn: what each player did and got."""
        import pandas as pd

        columns: dict[str, object] = {}
        for i, name in enumerate(self.stage.players):
            columns[name] = [self.stage.actions[i][a] for a in self.actions[:, i]]
            columns[f"payoff of {name}"] = self.payoffs[:, i]
        return pd.DataFrame(columns, index=pd.RangeIndex(1, len(self.actions) + 1, name="turn"))

    def __str__(self) -> str:
        unit = f" {self.stage.unit}" if self.stage.unit else ""
        lines = [f"{len(self.actions)} turns, undiscounted scores in{unit or ' payoff units'}"]
        rows = zip(self.stage.players, self.strategies, self.scores, self.moves, strict=True)
        for name, strategy, score, moves in rows:
            shown = moves if len(moves) <= 40 else f"{moves[:40]}…"
            lines.append(f"  {name} ({strategy.name}): {score:g}   {shown}")
        return "\n".join(lines)

    __repr__ = __str__


def prisoners_dilemma(
    temptation: Any = 5, reward: Any = 3, *, punishment: Any = 1, sucker: Any = 0, unit: str = ""
) -> NormalFormGame:
    """A prisoner's dilemma; unless told otherwise that of Axelrod's tournaments (5, 3, 1, 0).

    Parameters
    ----------
    temptation, reward, punishment, sucker : number
        What defecting on a cooperator pays, mutual cooperation, mutual defection, and being defected on, falling in this order.
    unit : str

    Raises
    ------
    ParameterError
        Payoffs that do not fall in this order, or are no numbers.

    Examples
    --------
    >>> prisoners_dilemma().payoffs[0].tolist()
    [[3.0, 0.0], [5.0, 1.0]]
    """
    t, r, p, s = (as_floats(v, "payoffs").item() for v in (temptation, reward, punishment, sucker))
    if not t > r > p > s:
        raise ParameterError(
            f"temptation {t:g}, reward {r:g}, punishment {p:g}, sucker {s:g}: in a dilemma each is more than the next."
        )
    names = ("Cooperate", "Defect")
    own = np.array([[reward, sucker], [temptation, punishment]], dtype=object)
    return NormalFormGame(np.stack([own, own.T]), actions=(names, names), unit=unit)


def play_match(
    strategies: Sequence[Automaton | str],
    stage: NormalFormGame | None = None,
    *,
    turns: int = 200,
    noise: float = 0.0,
    rng: np.random.Generator | None = None,
) -> Match:
    """Let automata play a stage game for a number of turns.

    Parameters
    ----------
    strategies : sequence of N Automaton or str
        One a player; a name is one of `classic_automata`.
    stage : NormalFormGame, optional
        Axelrod's prisoner's dilemma (5, 3, 1, 0) unless given.
    turns : int
    noise : float
        The probability, for each player and turn, that another action than the intended one is played, all others alike.
    rng : numpy.random.Generator, optional
        Needed with noise, or where an automaton mixes.

    Returns
    -------
    Match
        Its scores are sums over the turns, not discounted.

    Raises
    ------
    GameShapeError
        Not one strategy a player, or automata that were made for other numbers of actions.
    UnknownNameError, WrongTypeError, ParameterError

    References
    ----------
    Axelrod, R. (1984). The Evolution of Cooperation. Basic Books.

    Examples
    --------
    >>> print(play_match(("Tit For Tat", "Alternator"), turns=6))
    6 turns, undiscounted scores in payoff units
      player 1 (Tit For Tat): 13   CCDCDC
      player 2 (Alternator): 18   CDCDCD
    """
    game = prisoners_dilemma() if stage is None else stage
    if not isinstance(game, NormalFormGame):
        raise WrongTypeError(f"the stage is a NormalFormGame, not a {type(game).__name__}.")
    if isinstance(turns, bool) or not isinstance(turns, int | np.integer) or turns < 1:
        raise ParameterError(f"turns={turns!r}; a match has at least one turn, a whole number.")
    if not 0 <= noise <= 1:
        raise ParameterError(f"noise={noise!r}; a probability lies in [0, 1].")
    machines = seated(game, strategies)
    if rng is None and (noise or not all(m.is_pure for m in machines)):
        raise ParameterError(
            "chance plays a part (noise, or a strategy that mixes): give rng=np.random.default_rng(seed)."
        )
    actions = _played(machines, game.shape, int(turns), noise, rng)
    table = np.moveaxis(game.payoffs, 0, -1)
    return Match(game, machines, read_only(actions, np.int64), read_only(table[tuple(actions.T)]))


def seated(stage: NormalFormGame, strategies: Sequence[Automaton | str]) -> tuple[Automaton, ...]:
    """The automata, one a player, checked to fit their seats.

    Raises
    ------
    GameShapeError, UnknownNameError, WrongTypeError
    """
    if isinstance(strategies, str | Automaton) or len(strategies) != stage.n_players:
        raise GameShapeError(f"give one strategy for each of {stage.n_players} players, not {strategies!r}.")
    machines = tuple(as_automaton(s, stage.n_players) for s in strategies)
    for seat, machine in enumerate(machines):
        fits = (stage.shape[seat], *stage.shape[:seat], *stage.shape[seat + 1 :])
        if machine.transitions.shape[1:] != fits:
            raise GameShapeError(
                f"{machine.name!r} knows {machine.transitions.shape[1:]} actions (own first, then the others'); in the seat "
                f"of {stage.players[seat]!r} there are {fits}."
            )
    return machines


def _played(
    machines: Sequence[Automaton], shape: Sequence[int], turns: int, noise: float, rng: np.random.Generator | None
) -> IntArray:
    """The actions of every turn, (turns, N)."""
    moves = [m.in_seat(i) for i, m in enumerate(machines)]
    states = [m.start for m in machines]
    out = np.empty((turns, len(machines)), dtype=np.int64)
    for turn in range(turns):
        for i, machine in enumerate(machines):
            action = int(machine.actions[states[i]])
            if rng is not None:
                action = int(rng.choice(shape[i], p=machine.outputs[states[i]]))
                if noise and shape[i] > 1 and rng.random() < noise:
                    action = (action + int(rng.integers(1, shape[i]))) % shape[i]
            out[turn, i] = action
        states = [int(table[(s, *out[turn])]) for table, s in zip(moves, states, strict=True)]
    return out
