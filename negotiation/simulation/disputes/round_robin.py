"""Round robins of repeated games: automata against automata, all matches and repetitions at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.arrays import Array, IntArray, read_only
from negotiation.errors import DuplicateNameError, GameShapeError, SolverMismatchError, WrongTypeError
from negotiation.games.automaton import Automaton
from negotiation.games.classic_automata import as_automaton, classic_automata
from negotiation.games.match import prisoners_dilemma
from negotiation.games.normal_form import NormalFormGame
from negotiation.runs.seeds import Seed, as_seed, generator
from negotiation.simulation.protocol import check_chance, check_count

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RoundRobin:
    """The scores of a round robin.

    Parameters
    ----------
    stage : NormalFormGame
    strategies : tuple of n Automaton
    turns : int
    totals : ndarray, shape (R, 2, n, n)
        Payoffs summed over the turns, ``[repetition, seat, strategy in the first seat, strategy in the second]``, in the stage's
        unit.
    notes : tuple of str
    """

    stage: NormalFormGame
    strategies: tuple[Automaton, ...]
    turns: int
    totals: Array
    notes: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Of the strategies, in order."""
        return tuple(s.name for s in self.strategies)

    @property
    def payoffs(self) -> Array:
        """Mean payoffs a turn, shaped like `totals`: what `empirical_game` takes."""
        return np.asarray(self.totals / self.turns)

    @property
    def scores(self) -> Array:
        """Each strategy's score against each other, summed over the turns, (R, n, n): ``[repetition, strategy, opponent]``.

        The mean of both seats; with a symmetric stage and no chance they are the same.
        """
        return np.asarray((self.totals[:, 0] + self.totals[:, 1].swapaxes(1, 2)) / 2)

    def ranking(self) -> pd.DataFrame:
        """One row a strategy, the best first: its mean score a turn against the others (not itself), standard error, wins.

        A win is a higher score than the other's in a match, as a share of all matches with others.
        """
        import pandas as pd

        scores, n = self.scores, len(self.strategies)
        others = ~np.eye(n, dtype=bool)
        a_turn = np.where(others, scores, 0.0).sum(axis=2) / max(n - 1, 1) / self.turns
        wins = ((scores > scores.swapaxes(1, 2)) & others).sum(axis=2).mean(axis=0) / max(n - 1, 1)
        error = a_turn.std(axis=0, ddof=1) / np.sqrt(len(scores)) if len(scores) > 1 else np.full(n, np.nan)
        frame = pd.DataFrame(
            {"score a turn": a_turn.mean(axis=0), "standard error": error, "wins": wins}, index=self.names
        )
        frame.index.name = "strategy"
        frame.attrs["unit"] = self.stage.unit
        return frame.sort_values("score a turn", ascending=False, kind="stable")

    def __str__(self) -> str:
        unit = f" ({self.stage.unit})" if self.stage.unit else ""
        lines = [
            f"round robin of {len(self.strategies)} strategies, {self.turns} turns, {len(self.payoffs)} repetition(s){unit}"
        ]
        lines += [
            f"  {k + 1:>3} {name:<28} {row.iloc[0]:.3f}"
            for k, (name, row) in enumerate(self.ranking().head(20).iterrows())
        ]
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The ranking as a table, for notebooks."""
        return str(self.ranking()._repr_html_())  # type: ignore[operator]


def round_robin(
    strategies: Sequence[Automaton | str] | None = None,
    stage: NormalFormGame | None = None,
    *,
    turns: int = 200,
    repetitions: int = 1,
    noise: float = 0.0,
    rng: np.random.Generator | Seed | int | None = None,
) -> RoundRobin:
    """Let every automaton play a repeated game against every other and itself, as Axelrod did.

    Parameters
    ----------
    strategies : sequence of Automaton or str, optional
        All `classic_automata` unless given.
    stage : NormalFormGame, optional
        Of two players with as many actions; Axelrod's prisoner's dilemma (5, 3, 1, 0) unless given.
    turns : int
    repetitions : int
        More than once where chance enters.
    noise : float
        The probability, for each player and turn, that another action than the intended one is played, all others alike.
    rng : numpy.random.Generator or int, optional
        The seed 0 unless given; used where chance enters.

    Returns
    -------
    RoundRobin

    Raises
    ------
    SolverMismatchError, GameShapeError, DuplicateNameError, UnknownNameError, WrongTypeError, ParameterError, ProbabilityError

    Notes
    -----
    A handful of array operations a turn for all ``R n²`` matches together.

    References
    ----------
    Axelrod, R. (1980). Effective choice in the prisoner's dilemma. J. of Conflict Resolution 24, 3-25.
    Knight, V. et al. (2016). An open framework for the reproducible study of the iterated prisoner's dilemma. J. of Open Research
    Software 4, e35.

    Examples
    --------
    >>> round_robin(["Tit For Tat", "Defector", "Cooperator"], turns=10).scores[0].tolist()
    [[30.0, 9.0, 30.0], [14.0, 10.0, 50.0], [30.0, 0.0, 30.0]]
    """
    game = prisoners_dilemma() if stage is None else stage
    machines = _entered(strategies, game)
    check_count(turns, "the number of turns")
    check_count(repetitions, "the number of repetitions")
    check_chance(noise, "noise")
    chance = noise > 0 or not all(m.is_pure for m in machines)
    seed, told = as_seed(rng)
    notes = told if chance else ("no chance in it: all repetitions are the same.",) if repetitions > 1 else ()
    played = 1 if not chance else repetitions
    totals = _play(machines, game, turns, played, noise, generator(seed, 0) if chance else None)
    totals = np.repeat(totals, repetitions // played, axis=0)
    return RoundRobin(game, machines, turns, read_only(totals), notes)


def _entered(strategies: Sequence[Automaton | str] | None, game: NormalFormGame) -> tuple[Automaton, ...]:
    """Automata that fit the stage, each with a name of its own."""
    if not isinstance(game, NormalFormGame):
        raise WrongTypeError(f"the stage is a NormalFormGame, not a {type(game).__name__}.")
    if game.n_players != 2 or game.shape[0] != game.shape[1]:
        raise SolverMismatchError(
            f"a round robin takes a stage of two players with as many actions; this one has shape {game.shape}."
        )
    if isinstance(strategies, str | Automaton):
        raise WrongTypeError(f"strategies are several, e.g. ['Tit For Tat', 'Grim'], not {strategies!r}.")
    given = list(classic_automata().values()) if strategies is None else list(strategies)
    machines = tuple(as_automaton(s) for s in given)
    if not machines:
        raise GameShapeError("no strategy; give at least one.")
    for k, machine in enumerate(machines):
        if machine.transitions.shape[1:] != game.shape:
            raise GameShapeError(
                f"{machine.name!r} knows {machine.transitions.shape[1:]} actions; the stage has {game.shape}."
            )
        if machine.name in [m.name for m in machines[:k]]:
            raise DuplicateNameError("strategy", machine.name)
    return machines


def _play(
    machines: tuple[Automaton, ...], game: NormalFormGame, turns: int, repetitions: int, noise: float,
    rng: np.random.Generator | None,
) -> Array:  # fmt: skip
    """Total payoffs, (R, 2, n, n). States of all automata are numbered through, so that a turn is a few look-ups."""
    n, m = len(machines), game.shape[0]
    offsets = np.concatenate([[0], np.cumsum([a.n_states for a in machines])])
    following = np.concatenate([a.transitions + o for a, o in zip(machines, offsets[:-1], strict=True)]).reshape(-1)
    odds = np.concatenate([a.outputs for a in machines]).cumsum(axis=1)
    action = np.concatenate([a.actions for a in machines])
    begin = np.array([a.start for a in machines], dtype=np.int64) + offsets[:-1]
    shape = (repetitions, n, n)
    one, two = (np.broadcast_to(x, shape).reshape(-1).copy() for x in (begin[:, None], begin[None, :]))
    seen = np.zeros((m * m, one.size), dtype=np.int64)  # how often each outcome was played
    everywhere = np.arange(one.size)
    for _ in range(turns):
        a, b = (action[s] if rng is None else _drawn(odds[s], m, noise, rng) for s in (one, two))
        seen[a * m + b, everywhere] += 1
        one = following[(one * m + a) * m + b]
        two = following[(two * m + b) * m + a]
    return np.stack([(table.reshape(-1) @ seen).reshape(shape) for table in game.payoffs], axis=1)


def _drawn(odds: Array, m: int, noise: float, rng: np.random.Generator) -> IntArray:
    """An action for each match: as the state says, or by accident another."""
    action = np.minimum((rng.random(len(odds))[:, None] >= odds).sum(axis=1), m - 1)
    if noise and m > 1:
        wrong = rng.random(len(odds)) < noise
        action = np.where(wrong, (action + rng.integers(1, m, size=len(odds))) % m, action)
    return np.asarray(action, dtype=np.int64)
