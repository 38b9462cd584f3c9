"""Which states hold, for whom and why: Nash, GMR, SMR, SEQ and SIM of a conflict graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from negotiation.arrays import BoolArray, IntArray
from negotiation.errors import ParameterError, UnknownNameError
from negotiation.games.conflict import ConflictGraph
from negotiation.solvers.conflict.result import ConflictSolution
from negotiation.solvers.conflict.sanctions import Rule, least_value
from negotiation.solvers.conflict.simultaneous import simultaneous

CONCEPTS = ("Nash", "GMR", "SMR", "SEQ", "SIM")


@dataclass(frozen=True, slots=True)
class GraphStability:
    """Stability of every state for every decision maker, from ranks alone.

    A *unilateral improvement* of ``i`` from ``s`` is a move of its own to a state ``t`` that it likes better. The state is

    - **Nash** stable for ``i`` if it has none;
    - **GMR** (general metarationality) if after each the others can bring about a state that ``i`` likes no better than ``s``;
    - **SMR** (symmetric metarationality) if they can, and ``i`` cannot escape to something better than ``s`` from there;
    - **SEQ** (sequential stability) if they can by improvements of their own, so that the sanction is credible;
    - **SIM** (simultaneous stability) if, should others improve at the same moment, ``i`` may end up no better than in ``s``.

    An equilibrium is a state that is stable for everybody. With several opponents, sanctions are sequences of their moves.

    Parameters
    ----------
    concepts : tuple of str
        Which to compute.
    moves_twice : {"not in a row", "never"}
        In a sequence of the opponents' moves: nobody moves twice in a row (Fang, Hipel and Kilgour), or each at most once.

    Notes
    -----
    SIM needs to know what two moves at once lead to. In option form that is plain; in a graph with listed moves it is where both,
    in either order, can lead. It is left out, with a note, where that would take too long.

    Cost: with moves in groups ``O(N² S log S)``; with ``E`` listed moves ``O(N² E)``. No array of states by states is made.

    References
    ----------
    Nash, J. (1951). Non-cooperative games. Annals of Mathematics 54, 286-295.
    Howard, N. (1971). Paradoxes of Rationality. MIT Press.
    Fraser, N. M. and Hipel, K. W. (1984). Conflict Analysis: Models and Resolutions. North-Holland.
    Fang, L., Hipel, K. W. and Kilgour, D. M. (1993). Interactive Decision Making: The Graph Model for Conflict Resolution.
    Wiley, chapter 3.
    Kilgour, D. M. and Hipel, K. W. (2005). The graph model for conflict resolution: past, present, and future. Group Decision and
    Negotiation 14, 441-460.

    Examples
    --------
    >>> import negotiation as ng
    >>> graph = ng.ConflictGraph.from_game(ng.NormalFormGame([[[3, 1], [4, 2]], [[3, 4], [1, 2]]]))
    >>> solved = ng.solve(graph)
    >>> solved.equilibria["Nash"], solved.equilibria["SEQ"]
    (array([3]), array([0, 3]))
    """

    concepts: tuple[str, ...] = CONCEPTS
    moves_twice: Rule = "not in a row"

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "concepts", (self.concepts,) if isinstance(self.concepts, str) else tuple(self.concepts)
        )
        for concept in self.concepts:
            if concept not in CONCEPTS:
                raise UnknownNameError("concept", concept, CONCEPTS)
        if self.moves_twice not in ("not in a row", "never"):
            raise ParameterError(f"moves_twice must be 'not in a row' or 'never', not {self.moves_twice!r}.")

    def why_not(self, game: Any) -> str:
        """See `Solver.why_not`."""
        return (
            ""
            if isinstance(game, ConflictGraph)
            else f"GraphStability solves a ConflictGraph, not a {type(game).__name__}."
        )

    def run(self, game: ConflictGraph) -> ConflictSolution:
        """See `Solver.run`."""
        stable: dict[str, dict[str, BoolArray]] = {}
        notes: list[str] = []
        for concept in self.concepts:
            rows = self._of_everybody(game, concept)
            if isinstance(rows, str):
                notes.append(rows)
                continue
            for row in rows:
                row.flags.writeable = False
            stable[concept] = dict(zip(game.parties, rows, strict=True))
        return ConflictSolution(game, stable, self, tuple(notes))

    def _of_everybody(self, graph: ConflictGraph, concept: str) -> Sequence[BoolArray] | str:
        """One row a party, or why there is none."""
        if concept == "SIM":
            return simultaneous(graph)
        return [stable_for(graph, i, concept, self.moves_twice) for i in range(len(graph.parties))]


def stable_for(graph: ConflictGraph, party: int, concept: str, moves_twice: Rule = "not in a row") -> BoolArray:
    """In which states a party stays: it has no move to a better state from which the others cannot bring it down again, (S,)."""
    own, moves = graph.ranks[party], graph.moves[party]
    if concept == "Nash":
        return np.asarray(moves.best(own) <= own)
    return np.asarray(moves.best(np.minimum(own, left_with(graph, party, concept, moves_twice))) <= own)


def left_with(graph: ConflictGraph, party: int, concept: str, moves_twice: Rule = "not in a row") -> IntArray:
    """The worst that the others can leave a party with after it has moved to each state, as a rank; ``S`` if they cannot move."""
    others = [j for j in range(len(graph.parties)) if j != party]
    own = graph.ranks[party]
    values = graph.moves[party].best(own) if concept == "SMR" else own
    return least_value(graph, others, values, improving=concept == "SEQ", moves_twice=moves_twice)


def for_conflict(graph: ConflictGraph) -> GraphStability:
    """The default: all concepts, nobody moving twice in a row."""
    return GraphStability()
