"""Who can move a conflict from which state to which: listed move by move, or as groups of states, moves within them free."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from negotiation.arrays import IntArray, read_only
from negotiation.errors import GameShapeError, SizeLimitError, UnknownNameError, WrongTypeError

# The most moves that are listed one by one: 8 bytes each, twice.
MOST_MOVES = 2**27


@dataclass(frozen=True, slots=True, eq=False)
class ListedMoves:
    """The moves of one decision maker, state by state.

    Parameters
    ----------
    start : ndarray of int, shape (S + 1,)
    targets : ndarray of int, shape (E,)
        ``targets[start[s]:start[s + 1]]`` are the states that it can move to from ``s``, ascending.
    """

    start: IntArray
    targets: IntArray

    @property
    def n_moves(self) -> int:
        """How many moves there are, ``E``."""
        return int(self.targets.size)

    def from_state(self, state: int) -> IntArray:
        """The states it can move to from one state."""
        return self.targets[self.start[state] : self.start[state + 1]]

    @property
    def sources(self) -> IntArray:
        """The state from which each move starts, shape (E,)."""
        return np.repeat(np.arange(self.start.size - 1), np.diff(self.start))

    def best(self, values: IntArray) -> IntArray:
        """The largest value among a state and the states it can move to, shape (S,)."""
        return self._over(values, np.maximum, values)

    def least(self, values: IntArray, none: int) -> IntArray:
        """The smallest value among the states it can move to, `none` where there are none, shape (S,)."""
        return self._over(values, np.minimum, np.full_like(values, none))

    def _over(self, values: IntArray, fold: np.ufunc, beside: IntArray) -> IntArray:
        out = beside.copy()
        some = np.flatnonzero(np.diff(self.start))
        if some.size:
            out[some] = fold(fold.reduceat(values[self.targets], self.start[some]), beside[some])
        return out


@dataclass(frozen=True, slots=True, eq=False)
class GroupedMoves:
    """The moves of a decision maker that can go from any state of a group to any other of it.

    Parameters
    ----------
    group : ndarray of int, shape (S,)
        The group of each state, from 0. In option form the states that differ in the decision maker's own options alone.
    order : ndarray of int, shape (S,)
        The states, group by group.
    start : ndarray of int, shape (groups + 1,)
        Where each group begins in `order`.
    """

    group: IntArray
    order: IntArray
    start: IntArray

    @classmethod
    def of(cls, labels: IntArray) -> GroupedMoves:
        """Groups of the states with the same label, a number not negative and not much larger than that of states."""
        used = np.zeros(int(labels.max()) + 1, dtype=np.bool_)
        used[labels] = True
        group = (np.cumsum(used) - 1)[labels]
        order = np.argsort(group, kind="stable")
        start = np.concatenate([[0], np.cumsum(np.bincount(group))])
        return cls(read_only(group, np.int64), read_only(order, np.int64), read_only(start, np.int64))

    @property
    def n_moves(self) -> int:
        """How many moves there are."""
        sizes = np.diff(self.start)
        return int((sizes * (sizes - 1)).sum())

    def from_state(self, state: int) -> IntArray:
        """The states it can move to from one state."""
        group = self.group[state]
        members = self.order[self.start[group] : self.start[group + 1]]
        return np.asarray(members[members != state])

    def best(self, values: IntArray) -> IntArray:
        """The largest value among a state and the states it can move to, shape (S,)."""
        best: IntArray = np.asarray(np.maximum.reduceat(values[self.order], self.start[:-1]), dtype=np.int64)
        return best[self.group]

    def listed(self) -> ListedMoves:
        """The same moves one by one.

        Raises
        ------
        SizeLimitError
            More than 2**27 of them.
        """
        check_number(self.n_moves)
        sizes = np.diff(self.start)[self.group]
        start = np.concatenate([[0], np.cumsum(sizes - 1)])
        inside = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        members = self.order[np.repeat(self.start[self.group], sizes) + inside]
        targets = members[members != np.repeat(np.arange(self.group.size), sizes)]
        return ListedMoves(read_only(start, np.int64), read_only(targets, np.int64))


Moves = ListedMoves | GroupedMoves


def check_number(n_moves: int) -> None:
    """Refuse to list more moves than fit."""
    if n_moves > MOST_MOVES:
        raise SizeLimitError(
            f"{n_moves:,} moves are more than the limit of {MOST_MOVES:,}; give the conflict in option form with moves that "
            "can be taken back, which needs no list, or fewer options."
        )


def list_moves(pairs: Iterable[Any], names: Mapping[Any, int], n_states: int, party: str) -> ListedMoves:
    """Check pairs of states, by position or by name, and put them in order; a pair given twice counts once."""
    ends = _positions(pairs, names, n_states, party)
    if (ends[:, 0] == ends[:, 1]).any():
        state = int(ends[ends[:, 0] == ends[:, 1]][0, 0])
        raise GameShapeError(f"{party} has a move from state {state} to itself; staying is no move, leave it out.")
    return in_order(ends[:, 0], ends[:, 1], n_states)


def in_order(sources: IntArray, targets: IntArray, n_states: int) -> ListedMoves:
    """Moves given as two arrays of states, ordered by source and target, each once."""
    flat = np.unique(sources * n_states + targets)
    start = np.searchsorted(flat, np.arange(n_states + 1) * n_states)
    return ListedMoves(read_only(start, np.int64), read_only(flat % n_states, np.int64))


def _positions(pairs: Iterable[Any], names: Mapping[Any, int], n_states: int, party: str) -> IntArray:
    if isinstance(pairs, str | bytes) or not isinstance(pairs, Iterable):
        raise WrongTypeError(f"the moves of {party} are {pairs!r}; expected pairs (from state, to state).")
    if not isinstance(pairs, np.ndarray):
        pairs = list(pairs)
        if any(not isinstance(pair, tuple | list | np.ndarray) or len(pair) != 2 for pair in pairs):
            wrong = next(p for p in pairs if not isinstance(p, tuple | list | np.ndarray) or len(p) != 2)
            raise GameShapeError(f"{party} has {wrong!r} among its moves; a move is a pair (from state, to state).")
        if any(isinstance(end, str) for pair in pairs for end in pair):
            pairs = [tuple(_named(end, names, n_states, party) for end in pair) for pair in pairs]
    ends = np.asarray(pairs)
    if ends.size == 0:
        return np.empty((0, 2), dtype=np.int64)
    if ends.ndim != 2 or ends.shape[1] != 2:
        raise GameShapeError(f"the moves of {party} have shape {ends.shape}; expected (moves, 2).")
    if ends.dtype.kind not in "iu":
        raise WrongTypeError(
            f"the moves of {party} name states by {ends.dtype}; expected whole numbers or state names."
        )
    wrong = ends[(ends < 0) | (ends >= n_states)]
    if wrong.size:
        raise UnknownNameError("state", int(wrong[0]), (f"0 to {n_states - 1}",), f"the moves of {party}")
    return ends.astype(np.int64)


def _named(state: Any, names: Mapping[Any, int], n_states: int, party: str) -> Any:
    if not isinstance(state, str):
        return state
    if state not in names:
        raise UnknownNameError("state", state, list(names), f"the moves of {party}")
    return names[state]
