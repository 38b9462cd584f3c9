"""What solving a tree gives: behaviour profiles with their proofs, threats that are empty, and what is known of the rest."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation.arrays import Array, IntArray, read_only
from negotiation.games.tree import GameTree
from negotiation.solvers.result import Status, describe_strategy
from negotiation.solvers.trees.bayes import bayes

if TYPE_CHECKING:
    import pandas as pd

_MOST_SHOWN = 20
_MOST_SETS = 12


@dataclass(frozen=True, slots=True)
class EmptyThreat:
    """A plan that its owner would not carry out if it came to it.

    Parameters
    ----------
    player, infoset : str
        Who, and where.
    history : tuple of str
        Moves that lead there.
    planned, instead : str
        What the profile says, and what pays more once there, the others playing on as they do.
    gain : float
        How much more, in the tree's payoff unit.
    """

    player: str
    infoset: str
    history: tuple[str, ...]
    planned: str
    instead: str
    gain: float

    def __str__(self) -> str:
        after = " / ".join(self.history) or "the start"
        return f"{self.player} after {after}: says {self.planned}, would do {self.instead} (+{self.gain:.4g})"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BehaviourEquilibrium:
    """One equilibrium of a tree in behaviour strategies, and the proof that it is one.

    Parameters
    ----------
    tree : GameTree
    probabilities : ndarray, shape (A,)
        For every action of every information set; `behaviour` shows them by name.
    payoffs : ndarray, shape (N,)
        Expected payoffs, in the tree's unit.
    regret : float
        The most that any player could gain by another strategy alone, found by dynamic programming over its own moves.
    subgame_regret : float
        The same in the subgame where it is largest; zero when the equilibrium is subgame perfect. NaN when not looked at.
    threats : tuple of EmptyThreat
        Plans off the path that would not be carried out; empty when the equilibrium is subgame perfect.
    exact : tuple of Fraction, optional
        The probabilities in rationals, when exact arithmetic was asked for; the regret is then exactly zero.
    """

    tree: GameTree
    probabilities: Array
    payoffs: Array
    regret: float
    subgame_regret: float = float("nan")
    threats: tuple[EmptyThreat, ...] = ()
    exact: tuple[Fraction, ...] | None = None

    @property
    def behaviour(self) -> Mapping[str, Array]:
        """For each information set by name the probability of each action."""
        offset = self.tree.action_offset
        return MappingProxyType(
            {name: self.probabilities[offset[k] : offset[k + 1]] for k, name in enumerate(self.tree.infosets)}
        )

    @property
    def behaviour_exact(self) -> Mapping[str, tuple[Fraction, ...]] | None:
        """The same in rationals, when exact arithmetic was asked for."""
        if self.exact is None:
            return None
        offset = self.tree.action_offset
        return MappingProxyType(
            {name: self.exact[offset[k] : offset[k + 1]] for k, name in enumerate(self.tree.infosets)}
        )

    @property
    def profile(self) -> tuple[Mapping[str, Array], ...]:
        """For each player its behaviour strategy: information set to probabilities."""
        behaviour, owner = self.behaviour, self.tree.infoset_player
        names = list(behaviour)
        return tuple(
            MappingProxyType({names[k]: behaviour[names[k]] for k in np.flatnonzero(owner == i)})
            for i in range(self.tree.n_players)
        )

    @property
    def choices(self) -> IntArray:
        """The likeliest action at each information set, shape (I,); all there is to know of a pure equilibrium."""
        offset = self.tree.action_offset.tolist()
        rows = (self.probabilities[start:end] for start, end in pairwise(offset))
        return np.array([int(row.argmax()) for row in rows], dtype=np.int64)

    @property
    def is_pure(self) -> bool:
        """Whether nobody mixes."""
        return int(np.count_nonzero(self.probabilities)) == self.tree.n_infosets

    @property
    def is_subgame_perfect(self) -> bool | None:
        """Whether it is an equilibrium of every subgame; None when not looked at."""
        if np.isnan(self.subgame_regret):
            return None
        return self.subgame_regret <= 1e-9 * max(1.0, float(np.ptp(self.tree.payoffs)))

    @property
    def beliefs(self) -> Mapping[str, Array]:
        """For each information set the probability of each of its nodes, once there.

        By Bayes' rule within the smallest subgame that holds it; NaN where that subgame is played so that it is not reached.
        """
        return MappingProxyType(bayes(self.tree, self.probabilities))

    @property
    def path(self) -> str:
        """What is played: the moves that happen for certain, in order, and where chance or mixing begins."""
        moves: list[str] = []
        node, odds = 0, self.probabilities
        while self.tree.n_children[node]:
            first, k = int(self.tree.first_child[node]), int(self.tree.infoset[node])
            if k < 0:
                return " → ".join([*moves, "chance moves"])
            row = odds[self.tree.action_offset[k] : self.tree.action_offset[k + 1]]
            who = self.tree.players[self.tree.player[node]]
            if np.count_nonzero(row) != 1:
                return " → ".join([*moves, f"{who} mixes: {describe_strategy(row, self.tree.actions(node))}"])
            move = int(row.argmax())
            moves.append(f"{who}: {self.tree.actions(node)[move]}")
            node = first + move
            if len(moves) == _MOST_SETS:
                return " → ".join([*moves, "…"])
        return " → ".join(moves)

    def __str__(self) -> str:
        worth = ", ".join(f"{name} {v:g}" for name, v in zip(self.tree.players, self.payoffs, strict=True))
        threats = "".join(f"; empty threat: {t}" for t in self.threats[:3])
        return f"{self.path}; pays {worth}; regret {self.regret:.2g}{threats}"

    __repr__ = __str__


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TreeSolution:
    """The equilibria of a tree, and what is known about them.

    Parameters
    ----------
    game : GameTree
    equilibria : tuple of BehaviourEquilibrium
    solver : object
        The solver value that made it, options included.
    status : Status
    complete : bool
        True only when these are provably all of the kind sought; see `notes`.
    notes : tuple of str
    payoff_set : ndarray, shape (V, N)
        The distinct payoffs of all equilibria of the kind sought, listed or not, sorted.
    n_equilibria : int or None
        How many there are of the kind sought, listed or not; None when that is not known.
    optimal : ndarray of bool, shape (A,), optional
        For backward induction: which actions are chosen in some subgame-perfect equilibrium of the subgame where they stand.
    """

    game: GameTree
    equilibria: tuple[BehaviourEquilibrium, ...]
    solver: Any
    status: Status
    complete: bool = False
    notes: tuple[str, ...] = ()
    payoff_set: Array = field(default_factory=lambda: np.zeros((0, 0)))
    n_equilibria: int | None = None
    optimal: Any = None

    def __len__(self) -> int:
        return len(self.equilibria)

    @property
    def optimal_actions(self) -> Mapping[str, tuple[str, ...]]:
        """For each information set the actions that some subgame-perfect equilibrium chooses there."""
        if self.optimal is None:
            return MappingProxyType({})
        offset = self.game.action_offset
        return MappingProxyType({
            name: tuple(
                action for a, action in enumerate(self.game.infoset_actions(k)) if self.optimal[offset[k] + a]
            )
            for k, name in enumerate(self.game.infosets)
        })  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """One row an equilibrium: what is played at each information set (the first 50), payoffs, regret."""
        import pandas as pd

        rows = []
        for e in self.equilibria:
            row: dict[str, Any] = {}
            for k in range(min(self.game.n_infosets, 50)):
                part = e.probabilities[self.game.action_offset[k] : self.game.action_offset[k + 1]]
                row[self.game.infoset_name(k)] = describe_strategy(part, self.game.infoset_actions(k))
            row |= {f"payoff of {name}": float(v) for name, v in zip(self.game.players, e.payoffs, strict=True)}
            rows.append(row | {"regret": e.regret, "subgame perfect": e.is_subgame_perfect})
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        count = f"{len(self)} equilibri{'um' if len(self) == 1 else 'a'}"
        if self.n_equilibria is not None and self.n_equilibria > len(self):
            count += f" of {self.n_equilibria:,}"
        unit = f" (payoffs in {self.game.unit})" if self.game.unit else ""
        lines = [f"{count}, {'complete' if self.complete else 'not known to be complete'}: {self.status.value}{unit}"]
        lines += [f"  {k}: {e}" for k, e in enumerate(self.equilibria[:_MOST_SHOWN])]
        if len(self) > _MOST_SHOWN:
            lines.append(f"  … and {len(self) - _MOST_SHOWN} more")
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head, *rest = str(self).split("\n")
        notes = "".join(f"<p>note: {html.escape(note)}</p>" for note in self.notes)
        table: str = self.to_frame().head(_MOST_SHOWN).to_html()
        return f"<p>{html.escape(head)}</p>{table if rest else ''}{notes}"


def frozen_row(values: Any) -> Array:
    """Probabilities that cannot be changed."""
    return read_only(np.asarray(values, dtype=np.float64))
