"""The stability of every state of a conflict, as a value that prints, explains itself and turns into a table."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import shorten
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from negotiation.arrays import BoolArray, IntArray
from negotiation.errors import UnknownNameError
from negotiation.games.conflict import ConflictGraph
from negotiation.solvers.conflict.reach import Deviation, deviations, told

if TYPE_CHECKING:
    import pandas as pd

V = TypeVar("V")
# Names of states in print: how many, and how many characters together.
SHOWN, ROOM = 12, 84


class Named(dict[str, V]):
    """A mapping that answers a wrong name with the right ones."""

    __slots__ = ("kind",)

    def __init__(self, kind: str, values: Mapping[str, V]) -> None:
        self.kind = kind
        super().__init__(values)

    def __missing__(self, name: object) -> V:
        raise UnknownNameError(self.kind, name, self, "this solution")

    def __reduce__(self) -> tuple[Any, ...]:
        return Named, (self.kind, dict(self))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ConflictSolution:
    """Which states are stable, from `solve`.

    Parameters
    ----------
    graph : ConflictGraph
    stable : mapping of concept to mapping of party to ndarray of bool, shape (S,)
        ``stable["SEQ"]["China"][s]``: whether China stays in state ``s``.
    solver : GraphStability
    notes : tuple of str
        What was left out, and why.
    """

    graph: ConflictGraph
    stable: Mapping[str, Mapping[str, BoolArray]]
    solver: Any
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        inner = {c: Named("party", dict(rows)) for c, rows in self.stable.items()}
        object.__setattr__(self, "stable", Named("concept", inner))

    @property
    def complete(self) -> bool:
        """Every state was judged: always so for the concepts listed in `stable`."""
        return True

    @property
    def equilibria(self) -> Mapping[str, IntArray]:
        """Concept to the positions of the states that are stable for everybody, ascending."""
        all_of = {c: np.logical_and.reduce(list(rows.values())) for c, rows in self.stable.items()}
        return Named("concept", {c: np.flatnonzero(hold) for c, hold in all_of.items()})

    @property
    def equilibrium_names(self) -> Mapping[str, tuple[str, ...]]:
        """Concept to the names of the states that are stable for everybody."""
        names = {c: tuple(self.graph.states[int(s)] for s in at) for c, at in self.equilibria.items()}
        return Named("concept", names)

    def deviations(
        self, state: int | str | Mapping[str, str], party: str, *, concept: str = "SEQ"
    ) -> tuple[Deviation, ...]:
        """Every improvement that a party has from a state, and how the others answer it.

        Parameters
        ----------
        state : int, str, or in option form mapping of option to setting
        party : str
        concept : {"SEQ", "GMR", "SMR", "Nash"}

        Returns
        -------
        tuple of Deviation
            The state is stable for the party if each has an answer.
        """
        at, who = self.graph.state_index(state), self.graph.party_index(party)
        if concept not in self.stable:
            raise UnknownNameError("concept", concept, self.stable)
        return deviations(self.graph, at, who, concept=concept, moves_twice=self.solver.moves_twice)

    def why(self, state: int | str | Mapping[str, str], party: str, *, concept: str = "SEQ") -> str:
        """Say why a state is stable for a party, or why not.

        Examples
        --------
        >>> import negotiation as ng
        >>> graph = ng.ConflictGraph.from_options({"US": ["lift"], "China": ["license"]},
        ...     priorities={"US": [{"license": "Y"}, {"lift": "N"}], "China": [{"lift": "Y"}, {"license": "N"}]})
        >>> print(ng.solve(graph).why("lift + license", "US"))
        lift + license is SEQ stable for US: it could move to license, but then China → status quo.
        """
        found = self.deviations(state, party, concept=concept)
        name = self.graph.states[self.graph.state_index(state)]
        if not found:
            return f"{name} is {concept} stable for {party}: it has no move to a state that it likes better."
        open_ = [d for d in found if d.answer is None]
        if open_:
            to = " or ".join(self.graph.states[d.to] for d in open_[:3])
            more = f" or {len(open_) - 3} more" if len(open_) > 3 else ""
            return f"{name} is not {concept} stable for {party}: it can move to {to}{more}, and nothing answers that."
        answered = [f"to {self.graph.states[d.to]}, but then {told(self.graph, d.answer or ())}" for d in found[:3]]
        more = f"; {len(found) - 3} more such moves are answered too" if len(found) > 3 else ""
        return f"{name} is {concept} stable for {party}: it could move {'; or '.join(answered)}{more}."

    def at(self, state: int | str | Mapping[str, str]) -> pd.DataFrame:
        """One state: a row a party, a column a concept."""
        import pandas as pd

        s = self.graph.state_index(state)
        return pd.DataFrame({c: {p: bool(row[s]) for p, row in rows.items()} for c, rows in self.stable.items()})

    def to_frame(self, *, equilibria_only: bool = False) -> pd.DataFrame:
        """One row a state, columns of concept and party, ``"all"`` for the equilibria.

        Parameters
        ----------
        equilibria_only : bool
            Leave out states that are an equilibrium under no concept.
        """
        import pandas as pd

        columns: dict[tuple[str, str], BoolArray] = {}
        for concept, rows in self.stable.items():
            columns |= {(concept, party): row for party, row in rows.items()}
            columns[concept, "all"] = np.logical_and.reduce(list(rows.values()))
        kept = np.arange(self.graph.n_states)
        if equilibria_only:
            kept = np.flatnonzero(np.logical_or.reduce([v for (_, who), v in columns.items() if who == "all"]))
        index = pd.Index([self.graph.states[int(s)] for s in kept], name="state")
        return pd.DataFrame({key: row[kept] for key, row in columns.items()}, index=index)

    def _lines(self) -> Iterator[str]:
        graph = self.graph
        yield f"{graph.n_states:,} states, {', '.join(graph.parties)}; stable for all of them:"
        for concept, at in self.equilibria.items():
            shown, length = list[str](), 0
            for s in at[:SHOWN]:
                length += len(graph.states[int(s)])
                if shown and length > ROOM:
                    break
                shown.append(shorten(graph.states[int(s)], ROOM, placeholder=" …"))
            more = f"; … and {at.size - len(shown):,} more" if at.size > len(shown) else ""
            yield f"  {concept:<4} {at.size:>{len(f'{graph.n_states:,}')},}: {'; '.join(shown) or 'none'}{more}"
        yield from (f"  note: {note}" for note in self.notes)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head, *rows = self._lines()
        return f"<p>{html.escape(head)}</p><ul>{''.join(f'<li>{html.escape(r.strip())}</li>' for r in rows)}</ul>"
