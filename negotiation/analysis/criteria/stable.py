"""Criterion 9, stable as a conflict: would anybody leave the package, considering how the others could answer?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from negotiation.analysis.proof import added_up, close
from negotiation.analysis.verdict import Certificate, Verdict, selected_parties
from negotiation.analysis.wording import amount, amounts, changes, listing
from negotiation.arrays import Array, BoolArray, IntArray
from negotiation.errors import ParameterError, UnknownNameError
from negotiation.games.conflict import ConflictGraph
from negotiation.model.draws import Draws
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.reduce.conflict import conflict_graph, ranked_for
from negotiation.reduce.conflict_margins import Threat, stability_margins, threat

Concept = Literal["Nash", "GMR", "SMR", "SEQ", "SIM"]
CONCEPTS: tuple[Concept, ...] = ("Nash", "GMR", "SMR", "SEQ", "SIM")


@dataclass(frozen=True, slots=True)
class Stable:
    """The package is a stable state of the conflict in which each party can at any time set its own measures otherwise.

    A party would leave for a package that it likes better, unless the others can then bring it down to what it has now or less:
    by any of their measures (GMR), so that no move of its own helps it out again (SMR), by improvements of their own (SEQ), or
    because they improve at the same moment (SIM). Under Nash nothing holds it back, as in `Spontaneous`. Joint issues stand as in
    the package, because nobody can move them alone.

    The margin is the smallest ``u_i(P) - θ_i``, in payoff units. ``θ_i`` is the least that the package has to be worth to a
    party for it to stay, all other packages unchanged: the most, over its moves, of the lesser of what the move brings and what
    the others can leave of it. It is infinite for a party that owns nothing to move.

    The certificate states ``payoffs``, the ``level`` θ of each party, the ``move`` that decides and the ``answer`` to it
    (packages, or None), and under ``stable`` and ``margins`` the same question under all concepts. It is checked by solving the
    whole graph of all packages, once as it is, and with the package worth just θ and a little less.

    Parameters
    ----------
    concept : {"SEQ", "Nash", "GMR", "SMR", "SIM"}
        Sequential stability unless said otherwise: sanctions have to be in the sanctioner's interest.
    scope : {"all", "moved"}
        Which measures the parties can set otherwise: all of theirs, or only those that the package moves.

    References
    ----------
    Fang, L., Hipel, K. W. and Kilgour, D. M. (1993). Interactive Decision Making: The Graph Model for Conflict Resolution. Wiley.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -1), ng.Stake("A", "y", "lifted", 4),
    ...      ng.Stake("B", "y", "lifted", -1), ng.Stake("B", "x", "lifted", 4)])
    >>> print(ng.is_enough(talks, talks.package("x", "y"), criterion="stable").reason)
    A could go from 3 to 4 by x: in force, but B would then rather have y: in force, which leaves it with 0.
    B could go from 3 to 4 by y: in force, but A would then rather have x: in force, which leaves it with 0.
    GMR, SMR, SEQ and SIM stable, not Nash.
    """

    concept: Concept = "SEQ"
    scope: Literal["all", "moved"] = "all"

    name: ClassVar[str] = "stable"
    question: ClassVar[str] = "Would every party stay, considering how the others could answer a move?"

    def __post_init__(self) -> None:
        if self.concept not in CONCEPTS:
            raise UnknownNameError("concept", self.concept, CONCEPTS)
        if self.scope not in ("all", "moved"):
            raise ParameterError(f"scope must be 'all' or 'moved', not {self.scope!r}.")

    def why_not(self, talks: Negotiation, party: str | None = None) -> str:
        """It always applies."""
        return ""

    def margins(
        self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None, party: str | None = None
    ) -> Array:
        """See `Criterion.margins`."""
        values = None if draws is None else draws.values
        each = [self._of_party(talks, codes, i, self.concept, values) for i in selected_parties(talks, party)]
        return np.asarray(np.minimum.reduce(each))

    def party_margins(self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None) -> Array:
        """See `PartyCriterion.party_margins`."""
        values = None if draws is None else draws.values
        each = [self._of_party(talks, codes, i, self.concept, values) for i in range(len(talks.parties))]
        return np.stack(each, axis=-1)

    def verdict(
        self, talks: Negotiation, package: Package, *, party: str | None = None, proposer: str | None = None
    ) -> Verdict:
        """See `Criterion.verdict`."""
        codes, asked = talks.codes([package]), selected_parties(talks, party)
        names = [talks.party_names[i] for i in asked]
        table = {
            concept: {talks.party_names[i]: float(self._of_party(talks, codes, i, concept)[0]) for i in asked}
            for concept in CONCEPTS
        }
        free = self._movable(talks, codes)[0]
        threats = {talks.party_names[i]: threat(talks, codes[0], i, concept=self.concept, movable=free) for i in asked}
        margins = table[self.concept]
        worst = min(names, key=lambda name: margins[name])
        stable = {concept: {name: m >= 0 for name, m in row.items()} for concept, row in table.items()}
        facts: dict[str, Any] = {
            "concept": self.concept,
            "scope": self.scope,
            "payoffs": added_up(talks, package),
            "level": {name: t.level for name, t in threats.items()},
            "move": {name: t.move for name, t in threats.items()},
            "answer": {name: t.answer for name, t in threats.items()},
            "margins": table,
            "stable": stable,
        }
        sentences = [_sentence(talks, package, name, threats[name], margins[name], self.concept) for name in names]
        statement = "; ".join(
            f"{name} stays if the package is worth {threats[name].level:,.4g} to it, all else unchanged"
            for name in names
        )
        return Verdict(
            self.name, margins[worst] >= 0, margins[worst], talks.unit, " ".join([*sentences, _concepts(stable)]),
            Certificate(statement, facts), _flips(talks, worst, margins[worst]), package, party,
        )  # fmt: skip

    def check(self, talks: Negotiation, verdict: Verdict) -> bool:
        """Whether the certificate proves the answer: the whole graph, solved with the package worth what it is, θ, and less."""
        facts = verdict.certificate.facts
        mine = Stable(facts["concept"], facts["scope"])
        free = mine._movable(talks, talks.codes([verdict.package]))[0]
        issues = [name for name, moves in zip(talks.issue_names, free, strict=True) if moves]
        graph = conflict_graph(talks, issues=issues, package=verdict.package)
        state = graph.state_index(verdict.package)
        for name, level in facts["level"].items():
            worth = added_up(talks, verdict.package)[name]
            margin = math.inf if level == -math.inf else worth - level
            claims = {c: facts["stable"][c][name] for c in CONCEPTS}
            if {c: _holds(graph, state, name, c) for c in CONCEPTS} != claims or not close(
                talks, facts["payoffs"][name], worth
            ):
                return False
            if not close(talks, margin, facts["margins"][mine.concept][name]):
                return False
            if not _is_least(talks, graph, state, name, level, concept=mine.concept):
                return False
            if not _is_threat(talks, verdict.package, name, facts["move"][name], facts["answer"][name]):
                return False
        margins = facts["margins"][mine.concept]
        return close(talks, min(margins.values()), verdict.margin) and verdict.holds == (verdict.margin >= 0)

    def _of_party(
        self, talks: Negotiation, codes: IntArray, party: int, concept: str, values: Array | None = None
    ) -> Array:
        return stability_margins(
            talks, codes, party, concept=concept, movable=self._movable(talks, codes), values=values
        )

    def _movable(self, talks: Negotiation, codes: IntArray) -> BoolArray:
        """Which issues can be moved around each package, (D, K)."""
        owned = np.array([issue.owner is not None for issue in talks.issues])
        return np.asarray(owned & ((codes > 0) | (self.scope == "all")))


def _holds(graph: ConflictGraph, state: int, party: str, concept: str) -> bool:
    """Whether a state of the whole graph is stable for a party."""
    from negotiation.solvers.conflict.simultaneous import simultaneous_at
    from negotiation.solvers.conflict.stability import stable_for

    i = graph.party_index(party)
    return simultaneous_at(graph, state, i) if concept == "SIM" else bool(stable_for(graph, i, concept)[state])


def _is_least(talks: Negotiation, graph: ConflictGraph, state: int, party: str, level: float, *, concept: str) -> bool:
    """Whether the state holds if it is worth `level`, and not if it is worth less."""
    i = graph.party_index(party)
    assert graph.values is not None
    row = graph.values[i]
    others = np.delete(row, state)
    if level == -math.inf:
        return _with_worth(talks, graph, i, state, float(row.min()) - 1.0, concept=concept)
    below = others[others < level - 1e-9 * max(1.0, float(np.abs(row).max()))]
    less = (float(below.max()) + level) / 2 if below.size else level - max(1.0, abs(level))
    at_level = _with_worth(talks, graph, i, state, level, concept=concept)
    return at_level and not _with_worth(talks, graph, i, state, less, concept=concept)


def _with_worth(
    talks: Negotiation, graph: ConflictGraph, party: int, state: int, worth: float, *, concept: str
) -> bool:
    """Whether the state would hold for a party to which it is worth something else."""
    assert graph.values is not None
    values = graph.values[party].copy()
    values[state] = worth
    name = graph.parties[party]
    return _holds(graph.with_preferences(**{name: ranked_for(talks, party, values)}), state, name, concept)


def _is_threat(talks: Negotiation, package: Package, party: str, move: Package | None, answer: Package | None) -> bool:
    """Whether the move changes the party's own measures only, and the answer only those of others."""
    if move is None:
        return answer is None
    own = [talks.issue(k).owner for k in package if move[k] != package[k]]
    theirs = [talks.issue(k).owner for k in package if answer is not None and answer[k] != move[k]]
    return bool(own) and set(own) == {party} and not {party, None} & set(theirs)


def _sentence(talks: Negotiation, package: Package, party: str, found: Threat, margin: float, concept: str) -> str:
    """``A could go from 3 to 4 by x: in force, but B would then rather have y: in force, which leaves it with 0.``"""
    if found.move is None:
        return f"{party} owns nothing that it could move."
    here, there = added_up(talks, package)[party], added_up(talks, found.move)[party]
    if there <= here or close(talks, there, here):
        return f"{party} has no better package within its own measures."
    by = changes(package, found.move)
    if found.answer is None:
        texts = amounts([here, there])
        tail = {"Nash": "", "SEQ": ", and no answer is in the others' interest"}.get(
            concept, ", and nothing answers it"
        )
        return f"{party} can go from {texts[0]} to {texts[1]} by {by}{tail}."
    texts = amounts([here, there, added_up(talks, found.answer)[party]])
    who = listing(dict.fromkeys(str(talks.issue(k).owner) for k in package if found.answer[k] != found.move[k]))
    would = {"SEQ": f"{who} would then rather have", "SIM": f"{who} might at the same moment have"}
    answer = f"{would.get(concept, f'{who} could answer with')} {changes(found.move, found.answer)}"
    if margin >= 0:
        return f"{party} could go from {texts[0]} to {texts[1]} by {by}, but {answer}, which leaves it with {texts[2]}."
    return f"{party} can go from {texts[0]} to {texts[1]} by {by}; {answer}, which still leaves it with {texts[2]}."


def _concepts(stable: Mapping[Concept, Mapping[str, bool]]) -> str:
    """``GMR, SMR and SEQ stable, not Nash.``"""
    yes = [str(c) for c, row in stable.items() if all(row.values())]
    no = [str(c) for c in stable if c not in yes]
    if not yes:
        return "Not stable under any concept."
    return f"{listing(yes)} stable{', not ' + listing(no, 'or') if no else ''}."


def _flips(talks: Negotiation, party: str, margin: float) -> str:
    """In what the package is worth to the party nearest to its level."""
    if math.isinf(margin):
        return ""
    change = f"falls by more than {amount(margin)}" if margin >= 0 else f"rises by {amount(-margin)}"
    return f"what the package is worth to {party}, all others unchanged, {change} {talks.unit}"
