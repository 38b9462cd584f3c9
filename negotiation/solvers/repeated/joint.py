"""Automata that play each other, as one machine: the joint states that some history reaches, and what they are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from negotiation.arrays import Array, IntArray
from negotiation.errors import SizeLimitError
from negotiation.games.automaton import Automaton
from negotiation.games.normal_form import NormalFormGame

STATE_LIMIT = 20_000
_DENSE = 500


@dataclass(frozen=True, slots=True, eq=False)
class Joint:
    """The product of N automata. Axes: J joint states, M action profiles in C order.

    Parameters
    ----------
    stage : NormalFormGame
    states : ndarray of int, shape (J, N)
        The state of each machine; row 0 is where play begins.
    following : ndarray of int, shape (J, M)
        The next joint state after each action profile.
    mixtures : tuple of N ndarrays, shape (J, m_i)
        What each plays.
    """

    stage: NormalFormGame
    states: IntArray
    following: IntArray
    mixtures: tuple[Array, ...]

    def weights(self) -> Array:
        """The probability of each action profile, (J, M)."""
        out = np.ones((len(self.states), 1))
        for own in self.mixtures:
            out = (out[:, :, None] * own[:, None, :]).reshape(len(out), -1)
        return out

    def values(self, deltas: Array) -> Array:
        """What play from each joint state is worth to each player per period, (J, N): linear equations."""
        weights = self.weights()
        now = weights @ self.stage.payoffs.reshape(self.stage.n_players, -1).T
        out = np.empty_like(now)
        for delta in dict.fromkeys(deltas.tolist()):
            same = deltas == delta
            out[:, same] = self._solved(weights, (1 - delta) * now[:, same], delta)
        return out

    def _solved(self, weights: Array, now: Array, delta: float) -> Array:
        """``(I - δ P)^-1 now``."""
        n = len(self.states)
        if n <= _DENSE:
            matrix = np.zeros((n, n))
            np.add.at(matrix, (np.arange(n)[:, None], self.following), weights)
            return np.asarray(np.linalg.solve(np.eye(n) - delta * matrix, now))
        from scipy.sparse import csc_array, eye_array
        from scipy.sparse.linalg import splu

        rows = np.repeat(np.arange(n), weights.shape[1])
        sparse = csc_array((weights.ravel(), (rows, self.following.ravel())), shape=(n, n))
        return np.asarray(splu((eye_array(n) - delta * sparse).tocsc()).solve(now))

    def action_values(self, player: int, delta: float, values: Array) -> Array:
        """What each action of a player is worth now, if `values` (J,) are what follows: (J, m_i)."""
        shape = self.stage.shape
        table = (1 - delta) * self.stage.payoffs[player].reshape(1, -1) + delta * values[self.following]
        table = np.moveaxis(table.reshape(len(table), *shape), 1 + player, 1)
        for own in [m for i, m in enumerate(self.mixtures) if i != player]:
            table = np.einsum("jab...,jb->ja...", table, own)
        return np.asarray(table)


def joint_of(stage: NormalFormGame, machines: Sequence[Automaton], limit: int = STATE_LIMIT) -> Joint:
    """Everything that any history, deviations included, can lead to.

    Raises
    ------
    SizeLimitError
    """
    moves = [m.in_seat(i).reshape(m.n_states, -1) for i, m in enumerate(machines)]
    start = tuple(m.start for m in machines)
    index, queue, following = {start: 0}, [start], []
    for state in queue:  # grows while it is read
        after = list(zip(*(table[s].tolist() for table, s in zip(moves, state, strict=True)), strict=True))
        for new in after:
            if new not in index:
                index[new] = len(queue)
                queue.append(new)
        following.append([index[new] for new in after])
        if len(queue) > limit:
            raise SizeLimitError(
                f"the automata reach more than {limit:,} joint states; use machines with fewer states than "
                f"{' × '.join(str(m.n_states) for m in machines)}."
            )
    states = np.array(queue, dtype=np.int64)
    mixtures = tuple(m.outputs[states[:, i]] for i, m in enumerate(machines))
    return Joint(stage, states, np.array(following, dtype=np.int64), mixtures)


def best_reply_values(joint: Joint, player: int, delta: float) -> tuple[Array, IntArray]:
    """What the best strategy of any kind against the others' machines is worth in each joint state, (J,), and its actions.

    Policy iteration; exact, as the others' machines are a finite Markov decision problem. The player's own machine plays no part.
    """
    shape, n = joint.stage.shape, len(joint.states)
    others = np.ones((n, 1))
    for i, own in enumerate(joint.mixtures):
        own = np.ones((n, shape[i])) if i == player else own
        others = (others[:, :, None] * own[:, None, :]).reshape(n, -1)  # the others' weights, whatever the player does
    policy = joint.mixtures[player].argmax(axis=1)
    chosen = np.unravel_index(np.arange(others.shape[1]), shape)[player]
    now_all = joint.stage.payoffs[player].reshape(-1)
    for _ in range(10_000):
        weights = others * (chosen[None, :] == policy[:, None])
        values = joint._solved(weights, (1 - delta) * (weights @ now_all)[:, None], delta)[:, 0]
        q = joint.action_values(player, delta, values)
        better = q.max(axis=1) > q[np.arange(n), policy] + 1e-12 * (np.abs(values).max() + 1e-300)
        if not better.any():
            break
        policy = np.where(better, q.argmax(axis=1), policy)
    return values, np.asarray(policy, dtype=np.int64)
