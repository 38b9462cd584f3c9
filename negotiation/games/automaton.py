"""Strategies of repeated games as Moore machines: a state, what it plays, and where it goes after what everybody did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, IntArray, read_only
from negotiation.errors import GameShapeError, ParameterError, ProbabilityError, WrongTypeError


@dataclass(frozen=True, slots=True, eq=False, init=False, repr=False)
class Automaton:
    """A strategy of a repeated game that a machine with finitely many states can play.

    It does not know its seat: the axes of `transitions` are its own action first, then those of the others in the order of
    the players. So one machine can play in any seat, and against itself.

    Parameters
    ----------
    outputs : sequence of int, or array_like, shape (S, m)
        What each state plays: the position of an action, or a distribution over the ``m`` actions.
    transitions : array_like of int, shape (S, m, m_2, ..., m_N)
        The next state after the own action and those of the others.
    start : int
        The state it begins in.
    name : str
    states : sequence of str, optional
        Names of the states; ``0``, ``1``, … unless given.

    Raises
    ------
    GameShapeError, ProbabilityError, ParameterError
        Shapes that do not fit, a distribution that is none, a state that does not exist.

    References
    ----------
    Rubinstein, A. (1986). Finite automata play the repeated prisoner's dilemma. J. of Economic Theory 39, 83-96.
    Mailath, G. J., Samuelson, L. (2006). Repeated Games and Reputations. Oxford University Press, section 2.3.

    Examples
    --------
    Tit for tat: remember in the state what the other did last.

    >>> tit_for_tat = Automaton([0, 1], [[[0, 1], [0, 1]], [[0, 1], [0, 1]]], name="tit for tat")
    >>> tit_for_tat.n_states, tit_for_tat.is_pure
    (2, True)
    """

    outputs: Array
    transitions: IntArray
    start: int
    name: str
    states: tuple[str, ...]

    def __init__(
        self,
        outputs: npt.ArrayLike,
        transitions: npt.ArrayLike,
        *,
        start: int = 0,
        name: str = "automaton",
        states: Sequence[str] | None = None,
    ) -> None:
        moves = _as_whole(transitions, "transitions")
        if moves.ndim < 2 or 0 in moves.shape:
            raise GameShapeError(
                f"transitions of shape {moves.shape}; expected (S, m, m_2, …): state, own action, actions of the others."
            )
        n_states = moves.shape[0]
        if moves.min() < 0 or moves.max() >= n_states:
            raise ParameterError(
                f"transitions lead to state {moves.min() if moves.min() < 0 else moves.max()}; there are states 0 to "
                f"{n_states - 1}."
            )
        if isinstance(start, bool) or not isinstance(start, int) or not 0 <= start < n_states:
            raise ParameterError(f"start={start!r} is no state; there are 0 to {n_states - 1}.")
        labels = tuple(str(s) for s in range(n_states)) if states is None else tuple(states)
        if len(labels) != n_states or len(set(labels)) != n_states:
            raise GameShapeError(f"{len(labels)} names for {n_states} states; give each a name of its own.")
        put = object.__setattr__
        put(self, "outputs", _as_mixtures(outputs, n_states, moves.shape[1]))
        put(self, "transitions", read_only(moves, np.int64))
        put(self, "start", start)
        put(self, "name", str(name))
        put(self, "states", labels)

    @classmethod
    def from_rule(
        cls,
        outputs: Sequence[int],
        rule: Callable[..., int],
        actions: Sequence[int],
        *,
        start: int = 0,
        name: str = "automaton",
        states: Sequence[str] | None = None,
    ) -> Automaton:
        """Make one from a function ``rule(state, own, *others) -> next state``.

        Parameters
        ----------
        outputs : sequence of int
            What each state plays.
        rule : callable
            The state and the position of everybody's action, the own first.
        actions : sequence of int
            How many actions there are, the own number first.
        start, name, states
            See the class.

        Examples
        --------
        >>> Automaton.from_rule([0, 1], lambda state, own, other: max(state, own, other), (2, 2)).transitions[0].tolist()
        [[0, 1], [1, 1]]
        """
        moves = np.empty((len(outputs), *actions), dtype=np.int64)
        for at in product(*map(range, moves.shape)):
            moves[at] = rule(*at)
        return cls(list(outputs), moves, start=start, name=name, states=states)

    @property
    def n_states(self) -> int:
        """The number of states, ``S``."""
        return len(self.states)

    @property
    def n_players(self) -> int:
        """The number of players of the game it plays, ``N``."""
        return self.transitions.ndim - 1

    @property
    def is_pure(self) -> bool:
        """Whether it plays one action with certainty in every state."""
        return bool((self.outputs.max(axis=1) == 1.0).all())

    @property
    def actions(self) -> IntArray:
        """The action of each state, shape (S,); the likeliest where a state mixes."""
        return np.asarray(self.outputs.argmax(axis=1), dtype=np.int64)

    def renamed(self, name: str) -> Automaton:
        """Return the same machine under another name."""
        return Automaton(self.outputs, self.transitions, start=self.start, name=name, states=self.states)

    def in_seat(self, seat: int) -> IntArray:
        """Transitions with the axes in player order, (S, m_1, ..., m_N), for who sits in `seat`."""
        return np.moveaxis(self.transitions, 1, 1 + seat)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self.outputs, self.transitions, self.start, self.name, self.states)

    def __repr__(self) -> str:
        kind = "" if self.is_pure else ", mixes"
        return f"<Automaton {self.name!r}, {self.n_states} state{'s' if self.n_states > 1 else ''}{kind}>"


def _rebuilt(outputs: Array, transitions: IntArray, start: int, name: str, states: tuple[str, ...]) -> Automaton:
    """Unpickle."""
    return Automaton(outputs, transitions, start=start, name=name, states=states)


def _as_whole(values: npt.ArrayLike, what: str) -> IntArray:
    """An array of whole numbers, or an error that says why it is none."""
    try:
        given = np.asarray(values)
    except ValueError:
        raise GameShapeError(f"{what}: rows of different length; give a rectangular array.") from None
    if given.dtype.kind not in "iu":
        raise WrongTypeError(f"{what} must be whole numbers, the positions of states.")
    return np.asarray(given, dtype=np.int64)


def _as_mixtures(outputs: npt.ArrayLike, n_states: int, m: int) -> Array:
    """Outputs as one distribution over actions a state, (S, m)."""
    given = np.asarray(outputs)
    if given.ndim == 1 and given.dtype.kind in "iu":
        if given.size != n_states:
            raise GameShapeError(f"{given.size} outputs for {n_states} states; give one each.")
        if given.min() < 0 or given.max() >= m:
            raise ParameterError(f"an output is action {given.max()}; transitions know actions 0 to {m - 1}.")
        return read_only(np.eye(m)[given])
    if given.shape != (n_states, m) or given.dtype.kind not in "iuf":
        raise GameShapeError(
            f"outputs of shape {given.shape}; expected one action a state, or distributions of shape ({n_states}, {m})."
        )
    mixtures = read_only(given)
    if not np.isfinite(mixtures).all() or mixtures.min() < 0 or np.abs(mixtures.sum(axis=1) - 1).max() > 1e-9:
        raise ProbabilityError(
            "outputs that mix must be distributions: no negative probability, each row summing to one."
        )
    return mixtures
