"""The inverse question: what must a decision maker prefer for a state to hold?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from negotiation.door import checked
from negotiation.errors import NumericalError, SizeLimitError, UnknownNameError
from negotiation.games.conflict import ConflictGraph
from negotiation.solvers.conflict.reach import name_of, reachable
from negotiation.solvers.conflict.sanctions import Rule
from negotiation.solvers.conflict.stability import left_with

CONCEPTS = ("Nash", "GMR", "SMR", "SEQ")


@dataclass(frozen=True, slots=True)
class Requirement:
    """What one move asks of the mover's preferences.

    Parameters
    ----------
    move : int
        The state that it could move to.
    alternatives : tuple of frozenset of int
        The state has to be at least as good as every state in at least one of these sets: the first holds the move itself,
        the others what a sanction would bring.
    """

    move: int
    alternatives: tuple[frozenset[int], ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RequiredPreferences:
    """What a party must prefer for a state to be stable for it, the others' preferences given: from `required_preferences`.

    Parameters
    ----------
    graph : ConflictGraph
    state : int
    party : str
    concept : str
    requirements : tuple of Requirement
        All have to be met: necessary and sufficient. Moves that ask for nothing are left out.
    holds : bool
        Whether the preferences in the graph meet them.
    level : tuple of int
        Raised alone in the party's ranking, the state holds from where it is level with these states (tied among
        themselves) on, and not before; empty if it holds wherever it stands.
    changes : frozenset of int
        A smallest set of states which the party now likes better and must come to like no better; empty if it holds.
    """

    graph: ConflictGraph
    state: int
    party: str
    concept: str
    requirements: tuple[Requirement, ...]
    holds: bool
    level: tuple[int, ...]
    changes: frozenset[int]

    def met_by(self, ranks: Mapping[int, float] | np.typing.ArrayLike) -> bool:
        """Whether other ranks (S,) of the party would do."""
        row = np.asarray(ranks)
        return all(
            any(all(row[x] <= row[self.state] for x in some) for some in r.alternatives) for r in self.requirements
        )

    def _mentioned(self) -> set[int]:
        sets = [a for r in self.requirements for a in r.alternatives]
        return {self.state, *self.level, *self.changes, *(x for a in sets for x in a)}

    def _lines(self) -> Iterator[str]:
        names = {x: name_of(self.graph, x) for x in self._mentioned()}
        state = names[self.state]
        which = f"which it is{'' if self.holds else ' not'}, {self.party} must like it"
        yield f"For {state} to be {self.concept} stable for {self.party}, {which if self.requirements else 'nothing is needed.'}"
        for r in self.requirements[:8]:
            single = [names[next(iter(a))] for a in r.alternatives if len(a) == 1]
            several = [" and ".join(names[x] for x in sorted(a)) for a in r.alternatives if len(a) > 1]
            options = [*dict.fromkeys(single), *several]
            more = f" or {len(options) - 6} more" if len(options) > 6 else ""
            yield f"  at least as much as {' or '.join(options[:6])}{more}"
        if len(self.requirements) > 8:
            yield f"  … and {len(self.requirements) - 8} more conditions"
        if self.level:
            yield f"Raised alone, it holds once {self.party} likes it as much as {' or '.join(names[x] for x in self.level[:3])}."
        if self.changes:
            worse = ", ".join(names[x] for x in sorted(self.changes))
            yield f"Least change: {self.party} comes to like {worse} no better than it."

    def __str__(self) -> str:
        return "\n".join(self._lines())

    __repr__ = __str__


@checked
def required_preferences(
    graph: ConflictGraph,
    state: int | str | Mapping[str, str],
    *,
    party: str,
    concept: str = "SEQ",
    moves_twice: Rule = "not in a row",
    limit: int = 200_000,
) -> RequiredPreferences:
    """Find what a party must prefer for a state to be stable for it.

    Parameters
    ----------
    graph : ConflictGraph
        The preferences of the others are taken as given; the party's own are what the answer is compared with.
    state : int, str, or in option form mapping of option to setting
    party : str
    concept : {"SEQ", "GMR", "SMR", "Nash"}
    moves_twice : {"not in a row", "never"}
        See `GraphStability`.
    limit : int
        The most alternatives that are listed in all.

    Returns
    -------
    RequiredPreferences

    Raises
    ------
    UnknownNameError, SizeLimitError

    Notes
    -----
    All conditions compare the state with another: it must be at least as good as the state moved to, or as one that the
    others can then bring about (under SMR, also as everything that the party can make of that). The smallest change is
    found by an integer programme.

    References
    ----------
    Kinsara, R. A., Petersons, O., Hipel, K. W. and Kilgour, D. M. (2015). Advanced decision support for the graph model for
    conflict resolution. Journal of Decision Systems 24, 117-145. Wang, J., Hipel, K. W., Fang, L. and Dang, Y. (2018).
    Matrix representations of the inverse problem in the graph model for conflict resolution. European Journal of
    Operational Research 270, 282-293.

    Examples
    --------
    >>> import negotiation as ng
    >>> graph = ng.ConflictGraph.from_options({"US": ["lift"], "China": ["license"]},
    ...     priorities={"US": [{"license": "Y"}, {"lift": "N"}], "China": [{"lift": "Y"}, {"license": "N"}]})
    >>> print(required_preferences(graph, "lift + license", party="China", concept="Nash"))
    For lift + license to be Nash stable for China, which it is not, China must like it
      at least as much as lift
    Raised alone, it holds once China likes it as much as lift.
    Least change: China comes to like lift no better than it.
    """
    at, i = graph.state_index(state), graph.party_index(party)
    if concept not in CONCEPTS:
        raise UnknownNameError("concept", concept, CONCEPTS)
    others = [j for j in range(len(graph.parties)) if j != i]
    found: list[Requirement] = []
    left = limit
    for t in graph.moves[i].from_state(at).tolist():
        alternatives = [frozenset({t})]
        if concept != "Nash":
            for w, _ in reachable(graph, others, t, improving=concept == "SEQ", moves_twice=moves_twice):
                escapes = graph.moves[i].from_state(w).tolist() if concept == "SMR" else []
                alternatives.append(frozenset({w, *escapes}) - {at})
                left -= 1
                if left < 0:
                    raise SizeLimitError(
                        f"more than {limit:,} alternatives; ask for a smaller conflict, or raise the limit."
                    )
        if all(alternatives):  # an empty set asks for nothing: the sanction is the state itself
            found.append(Requirement(t, tuple(dict.fromkeys(alternatives))))
    own = graph.ranks[i]
    holds = all(any(all(own[x] <= own[at] for x in some) for some in r.alternatives) for r in found)
    changes = frozenset[int]() if holds else _least_change(own, at, found)
    return RequiredPreferences(
        graph, at, party, concept, tuple(found), holds, _level(graph, at, i, concept, moves_twice), changes
    )


def _level(graph: ConflictGraph, state: int, party: int, concept: str, moves_twice: Rule) -> tuple[int, ...]:
    """The states with which it has to be level: those at the largest of what moves bring and sanctions leave."""
    lowered = graph.ranks[party] + 1
    lowered[state] = 0
    low = graph.with_preferences(**{graph.parties[party]: lowered})
    own = low.ranks[party]
    targets = low.moves[party].from_state(state)
    worth = own[targets]
    if concept != "Nash":
        worth = np.minimum(worth, left_with(low, party, concept, moves_twice)[targets])
    level = int(worth.max(initial=0))
    return tuple(np.flatnonzero(own == level).tolist()) if level > own[state] else ()


def _least_change(own: np.typing.NDArray[np.int64], state: int, requirements: list[Requirement]) -> frozenset[int]:
    """A smallest set of better states to demote so that every requirement is met."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    unmet = []
    for requirement in requirements:
        better = {frozenset(x for x in some if own[x] > own[state]) for some in requirement.alternatives}
        if frozenset() not in better:
            unmet.append([a for a in better if not any(b < a for b in better)])
    states = sorted(set().union(*(a for alternatives in unmet for a in alternatives)))
    column = {x: k for k, x in enumerate(states)}
    several = [(r, a) for r, alternatives in enumerate(unmet) for a in alternatives if len(a) > 1]
    rows = [[(column[next(iter(a))], 1.0) for a in alternatives if len(a) == 1] for alternatives in unmet]
    for k, (r, a) in enumerate(several):  # an alternative of several states counts if all of them are demoted
        rows[r].append((len(states) + k, 1.0))
        rows += [[(column[x], 1.0), (len(states) + k, -1.0)] for x in a]
    least = np.zeros(len(rows))
    least[: len(unmet)] = 1
    at = np.array([(r, k) for r, row in enumerate(rows) for k, _ in row]).T
    table = coo_array(
        ([v for row in rows for _, v in row], (at[0], at[1])), shape=(len(rows), len(states) + len(several))
    )
    cost = np.concatenate([np.ones(len(states)), np.zeros(len(several))])
    best = milp(
        cost,
        constraints=LinearConstraint(table.tocsr(), least, np.inf),
        integrality=np.ones_like(cost),
        bounds=Bounds(0, 1),
    )
    if best.x is None:
        raise NumericalError(f"the integer programme for the smallest change failed: {best.message}")
    return frozenset(x for x, chosen in zip(states, best.x.tolist(), strict=False) if chosen > 0.5)
