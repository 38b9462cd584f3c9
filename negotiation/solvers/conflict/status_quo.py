"""Where a conflict can go from where it stands: which stable states can be reached, in how many moves, and by which path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.arrays import BoolArray, IntArray, read_only
from negotiation.door import checked
from negotiation.errors import ParameterError
from negotiation.games.conflict import ConflictGraph
from negotiation.games.conflict_moves import GroupedMoves, Moves
from negotiation.solvers.conflict.reach import Path, Step, name_of, told
from negotiation.solvers.conflict.result import ConflictSolution, Named
from negotiation.solvers.conflict.stability import GraphStability

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class StatusQuoAnalysis:
    """What can be reached from one state, from `status_quo_analysis`.

    Parameters
    ----------
    solution : ConflictSolution
        The stability of all states.
    start : int
        Position of the state from which moves start.
    improving : bool
        Whether each mover had to like each state better than the one before.
    arrived : ndarray of int, shape (S, N)
        The least number of moves after which each party can be the one that brings about each state; -1 if it cannot.
    """

    solution: ConflictSolution
    start: int
    improving: bool
    arrived: IntArray

    @property
    def steps(self) -> IntArray:
        """The least number of moves to each state, 0 for the start, -1 where it cannot be reached: shape (S,)."""
        never = np.iinfo(np.int64).max
        least = np.where(self.arrived < 0, never, self.arrived).min(axis=1)
        least[least == never] = -1
        least[self.start] = 0
        return np.asarray(least)

    @property
    def equilibria(self) -> Mapping[str, IntArray]:
        """Concept to the equilibria that can be reached, the nearest first."""
        steps = self.steps
        found = {c: at[steps[at] >= 0] for c, at in self.solution.equilibria.items()}
        return Named("concept", {c: at[np.argsort(steps[at], kind="stable")] for c, at in found.items()})

    def path(self, state: int | str | Mapping[str, str]) -> Path:
        """A shortest sequence of moves to a state.

        Raises
        ------
        ParameterError
            It cannot be reached.
        """
        graph = self.solution.graph
        at = graph.state_index(state)
        if self.steps[at] < 0:
            raise ParameterError(f"{graph.states[at]} cannot be reached from {graph.states[self.start]}.")
        path: list[Step] = []
        barred = -1
        left = int(self.steps[at])
        while left:
            j = next(j for j in range(len(graph.parties)) if j != barred and self.arrived[at, j] == left)
            path.append(Step(j, at))
            at, barred, left = self._before(at, j, left - 1), j, left - 1
        return tuple(reversed(path))

    def _before(self, state: int, mover: int, steps: int) -> int:
        """A state one move earlier from which `mover`, who has not just moved, could come."""
        graph = self.solution.graph
        came = _sources(graph.moves[mover], state)
        if self.improving:
            came = came[graph.ranks[mover, came] < graph.ranks[mover, state]]
        if steps == 0:
            return self.start
        others = [j for j in range(len(graph.parties)) if j != mover]
        return int(came[(self.arrived[came][:, others] == steps).any(axis=1)][0])

    def told(self, state: int | str | Mapping[str, str]) -> str:
        """A shortest path in words."""
        return told(self.solution.graph, self.path(state)) or "where it stands"

    def to_frame(self) -> pd.DataFrame:
        """One row a state that can be reached: moves, path, and under which concepts it is an equilibrium."""
        import pandas as pd

        steps, graph = self.steps, self.solution.graph
        reached = [int(s) for s in np.argsort(steps, kind="stable") if steps[s] >= 0]
        rows = {"moves": [int(steps[s]) for s in reached], "path": [self.told(s) for s in reached]}
        frame = pd.DataFrame(rows, index=pd.Index([graph.states[s] for s in reached], name="state"))
        for concept, at in self.equilibria.items():
            frame[concept] = np.isin(reached, at)
        return frame

    def _lines(self) -> Iterator[str]:
        graph, how = self.solution.graph, "improvements" if self.improving else "moves"
        n = int((self.steps >= 0).sum())
        yield f"From {name_of(graph, self.start)}, {n:,} of {graph.n_states:,} states can be reached by {how}. Equilibria:"
        for concept, at in self.equilibria.items():
            yield f"  {concept}: {at.size}" if at.size else f"  {concept}: none"
            for s in at[:3].tolist():
                by = " → ".join(graph.parties[step.party] for step in self.path(s)) or "nobody"
                yield f"    {name_of(graph, s)} (moved by {by})"

    def __str__(self) -> str:
        return "\n".join(self._lines())

    __repr__ = __str__


@checked
def status_quo_analysis(
    graph: ConflictGraph,
    start: int | str | Mapping[str, str],
    *,
    improving: bool = False,
    solution: ConflictSolution | None = None,
) -> StatusQuoAnalysis:
    """Find which states can come about from where things stand, and how.

    Parameters
    ----------
    graph : ConflictGraph
    start : int, str, or in option form mapping of option to setting
        Where things stand.
    improving : bool
        Follow only moves to states that the mover likes better. Otherwise all moves.
    solution : ConflictSolution, optional
        That of `solve`, if there already is one; Nash, GMR, SMR and SEQ are computed otherwise.

    Returns
    -------
    StatusQuoAnalysis
        Nobody moves twice in a row.

    Notes
    -----
    A breadth-first search over pairs of a state and its last mover, whole groups of moves at a time: ``O(N S)`` a layer.

    References
    ----------
    Li, K. W., Kilgour, D. M. and Hipel, K. W. (2005). Status quo analysis in the graph model for conflict resolution.
    Journal of the Operational Research Society 56, 699-707.

    Examples
    --------
    >>> import negotiation as ng
    >>> graph = ng.ConflictGraph.from_options({"US": ["lift"], "China": ["license"]},
    ...     priorities={"US": [{"license": "Y"}, {"lift": "N"}], "China": [{"lift": "Y"}, {"license": "N"}]})
    >>> print(status_quo_analysis(graph, "status quo").told("lift + license"))
    China → license; US → lift + license
    """
    solved = GraphStability(("Nash", "GMR", "SMR", "SEQ")).run(graph) if solution is None else solution
    if solved.graph is not graph:
        raise ParameterError("that is the solution of another conflict.")
    at, n = graph.state_index(start), len(graph.parties)
    arrived = np.full((graph.n_states, n), -1, dtype=np.int64)
    layer = np.zeros((graph.n_states, n + 1), dtype=np.bool_)
    layer[at, n] = True  # nobody has moved yet
    step = 0
    while layer.any():
        step += 1
        fresh = np.zeros_like(layer)
        for j in range(n):
            front = np.asarray(layer[:, [k for k in range(n + 1) if k != j]].any(axis=1))
            fresh[:, j] = _onward(graph.moves[j], graph.ranks[j], front, improving) & (arrived[:, j] < 0)
        for j in range(n):
            arrived[fresh[:, j], j] = step
        layer = fresh
    return StatusQuoAnalysis(solved, at, improving, read_only(arrived, np.int64))


def _onward(moves: Moves, ranks: IntArray, front: BoolArray, improving: bool) -> BoolArray:
    """The states to which a party can move from some of those in front."""
    if isinstance(moves, GroupedMoves):
        if improving:
            least = np.full(moves.start.size - 1, np.iinfo(np.int64).max)
            np.minimum.at(least, moves.group[front], ranks[front])
            return np.asarray(ranks > least[moves.group])
        count = np.bincount(moves.group[front], minlength=moves.start.size - 1)
        return np.asarray(count[moves.group] - front > 0)
    used = front[moves.sources]
    if improving:
        used &= ranks[moves.targets] > ranks[moves.sources]
    out = np.zeros(front.size, dtype=np.bool_)
    out[moves.targets[used]] = True
    return out


def _sources(moves: Moves, state: int) -> IntArray:
    """The states from which a party can move to one."""
    if isinstance(moves, GroupedMoves):
        return moves.from_state(state)
    return np.asarray(moves.sources[moves.targets == state])
