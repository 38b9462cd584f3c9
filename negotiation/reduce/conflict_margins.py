"""How stable one package is as a state of a conflict, without the other states of the graph: from both sides of the table apart.

Around a package, a party chooses among the settings ``a`` of its own measures and the others among theirs, ``b``. Its payoff
is ``A(a) + B(b) + X(a, b)``, where ``X`` counts the interactions across. A sanction depends on ``a`` only through the measures
in ``X``, so of all moves with the same setting of those the one that pays best decides.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from negotiation.arrays import Array, BoolArray, IntArray
from negotiation.errors import SizeLimitError
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.rounding import NOISE, at_stake
from negotiation.reduce.conflict_table import ALL_AT_ONCE, table_margins

# Combinations of the measures of one side; numbers held at once; numbers made in all.
MOST_COMBINATIONS, CHUNK, MOST_WORK = 2**22, 4_000_000, 2 * 10**10


class Threat(NamedTuple):
    """The move that decides whether a party stays, and the worst that the others can make of it.

    Parameters
    ----------
    move : Package or None
        Where the party would go; ``None`` if it cannot move.
    answer : Package or None
        Where the others would then bring it; ``None`` if they can do nothing that the concept counts.
    level : float
        The least that staying has to be worth: minus infinity if it cannot move.
    """

    move: Package | None
    answer: Package | None
    level: float


def stability_margins(
    talks: Negotiation,
    codes: IntArray,
    party: int,
    *,
    concept: str,
    movable: BoolArray,
    values: Array | None = None,
) -> Array:
    """What packages are worth to a party beyond the least at which it stays in them.

    Parameters
    ----------
    talks : Negotiation
    codes : ndarray of int, shape (D, K)
    party : int
    concept : {"Nash", "GMR", "SMR", "SEQ", "SIM"}
    movable : ndarray of bool, shape (D, K)
        Which issues their owners can move; all else stays as in the package.
    values : ndarray, shape (S, T), optional
        Draws of the stakes; central values otherwise.

    Returns
    -------
    ndarray, shape (D,), or (S, D) with draws
        The package is stable for the party where it is not negative; infinite where it cannot move.

    Raises
    ------
    SizeLimitError
        A side has more than 2**22 combinations of measures, or there are too many draws for what there is to compare.

    Notes
    -----
    Cost: ``O(S (C_a + X C_b))`` for ``C_a`` and ``C_b`` combinations of own and others' measures and ``X`` settings of own
    measures that interact with those of others; the graph has ``C_a C_b`` states.
    """
    draws = talks.terms.central[None, :] if values is None else values
    out = np.empty((len(draws), len(codes)))
    joint = np.array([issue.owner is None for issue in talks.issues])
    keys: dict[tuple[bytes, bytes], list[int]] = {}
    fixed = np.where(~movable | joint, codes, -1)
    for d, (free, stuck) in enumerate(zip(movable, fixed, strict=True)):
        keys.setdefault((free.tobytes(), stuck.tobytes()), []).append(d)
    for rows in keys.values():
        sides = Sides.of(talks, codes[rows[0]], party, movable[rows[0]])
        if sides.is_quicker_as_table(len(rows), concept):
            for s, draw in enumerate(draws):
                out[s, rows] = _from_table(sides, draw, codes[rows], concept)
            continue
        width = sides.n_numbers(len(rows))
        if width * len(draws) > MOST_WORK:
            raise SizeLimitError(
                f"stability in {len(draws):,} draws takes {width * len(draws):.1e} payoffs, past the limit of {MOST_WORK:.0e}; "
                f"ask for at most {max(1, MOST_WORK // width):,} draws, or take issues off the table with without_issues."
            )
        step = max(1, CHUNK // width)
        for start in range(0, len(draws), step):
            part = slice(start, start + step)
            tables = sides.tables(draws[part])
            for d in rows:
                out[part, d] = _margin(sides, tables, codes[d], concept)
    noise = NOISE * at_stake(talks)[party]
    settled = np.where(np.abs(out) <= noise, 0.0, out)
    return settled[0] if values is None else settled


def threat(talks: Negotiation, code: IntArray, party: int, *, concept: str, movable: BoolArray) -> Threat:
    """The move from a package that decides, at central values, and its worst answer."""
    sides = Sides.of(talks, code, party, movable)
    tables = sides.tables(talks.terms.central[None, :])
    here = sides.positions(code)
    moved, answered = _levels(sides, tables, here, concept)
    level = np.minimum(moved, answered)[0]
    kappa = int(level.argmax())
    if level[kappa] == -np.inf:
        return Threat(None, None, -math.inf)
    own = np.where((sides.kind == kappa) & (np.arange(len(sides.own)) != here[0]), tables.own[0], -np.inf)
    move = code.copy()
    move[sides.own_issues] = sides.own[int(own.argmax())]
    if not answered[0, kappa] < np.inf:
        return Threat(talks.package_from_choices(move), None, float(level[kappa]))
    left = _left(sides, tables, here, kappa, concept)[0]
    answer = move.copy()
    answer[sides.other_issues] = sides.others[int(left.argmin())]
    return Threat(talks.package_from_choices(move), talks.package_from_choices(answer), float(level[kappa]))


class Tables(NamedTuple):
    """Payoffs in draws: ``own`` (S, C_a) to the party, ``others`` (P, S, C_b) to everybody, ``across`` (P, X, S, C_b)."""

    own: Array
    others: Array
    across: Array


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """The measures of a party and those of all others around a package. Axes: C combinations, X kinds of own combination."""

    talks: Negotiation
    party: int
    own_issues: list[int]
    other_issues: list[int]
    own: IntArray  # (C_a, own issues)
    others: IntArray  # (C_b, other issues)
    kind: IntArray  # (C_a,)
    terms: tuple[list[int], list[int], list[int]]  # on the own side, on the other, across
    hits: tuple[
        BoolArray, BoolArray, BoolArray, BoolArray
    ]  # own (C_a, T_a), others (C_b, T_b), across (X, T_x), (C_b, T_x)

    @classmethod
    def of(cls, talks: Negotiation, code: IntArray, party: int, movable: BoolArray) -> Sides:
        """The sides around a package; see `stability_margins`."""
        owners = [None if issue.owner is None else talks.party_index(issue.owner) for issue in talks.issues]
        mine = [k for k, o in enumerate(owners) if movable[k] and o == party]
        theirs = [k for k, o in enumerate(owners) if movable[k] and o is not None and o != party]
        own, others = _combinations(talks, mine), _combinations(talks, theirs)
        live = [
            t
            for t, conditions in enumerate(talks.terms.conditions)
            if all(code[k] == o for k, o in conditions if k not in mine and k not in theirs)
        ]
        ties = [(any(k in mine for k, _ in c), any(k in theirs for k, _ in c)) for c in talks.terms.conditions]
        terms = (
            [t for t in live if ties[t] == (True, False)],
            [t for t in live if not ties[t][0]],
            [t for t in live if ties[t] == (True, True)],
        )
        tied = sorted({mine.index(k) for t in terms[2] for k, _ in talks.terms.conditions[t] if k in mine})
        kind = np.zeros(len(own), dtype=np.int64)
        kinds = np.zeros((1, 0), dtype=np.int64)
        if tied:
            kinds, kind = np.unique(own[:, tied], axis=0, return_inverse=True)
        tied_issues = [mine[q] for q in tied]
        hits = (
            _hits(talks, terms[0], mine, own),
            _hits(talks, terms[1], theirs, others),
            _hits(talks, terms[2], tied_issues, kinds),
            _hits(talks, terms[2], theirs, others),
        )
        return cls(talks, party, mine, theirs, own, others, kind.reshape(-1), terms, hits)

    @property
    def n_kinds(self) -> int:
        """How many settings the own measures have that interact with those of others."""
        return int(self.kind.max()) + 1

    def is_quicker_as_table(self, packages: int, concept: str) -> bool:
        """Whether to judge all packages at once rather than so many of them one by one."""
        if concept not in ALL_AT_ONCE or (concept == "SEQ" and len(self.movers()) > 1):
            return False
        whole = len(self.own) * len(self.others)
        return whole <= MOST_COMBINATIONS and packages * self.n_kinds > 4 * len(self.own)

    def n_numbers(self, packages: int) -> int:
        """How many numbers a draw takes."""
        n = len(self.talks.parties)
        return len(self.own) + len(self.others) * (n * (1 + self.n_kinds) + packages * self.n_kinds)

    def positions(self, code: IntArray) -> tuple[Any, Any]:
        """Which combination each side has in a package (K,), or in several (D, K)."""
        return _position(self.talks, self.own_issues, code), _position(self.talks, self.other_issues, code)

    def tables(self, draws: Array) -> Tables:
        """Payoffs of each side's combinations in draws (S, T)."""
        n, (a, b, x), (hit_a, hit_b, hit_kind, hit_x) = len(self.talks.parties), self.terms, self.hits
        owner = self.talks.terms.party
        own = self._summed(draws, a, self.own_issues, hit_a, self.party)
        others = np.stack([self._summed(draws, b, self.other_issues, hit_b, j) for j in range(n)])
        across = np.zeros((n, self.n_kinds, len(draws), len(self.others)))
        for j in range(n):
            at = np.flatnonzero(owner[x] == j)
            for kappa in range(self.n_kinds if at.size else 0):
                arising = at[hit_kind[kappa, at]]
                across[j, kappa] = draws[:, np.array(x, dtype=np.int64)[arising]] @ hit_x[:, arising].T.astype(
                    np.float64
                )
        return Tables(own, others, across)

    def _summed(self, draws: Array, terms: list[int], issues: list[int], hits: BoolArray, party: int) -> Array:
        """What a party gets from all combinations of some issues, (S, C): issue by issue, then what takes several of them."""
        whose, conditions = self.talks.terms.party, self.talks.terms.conditions
        place = {k: q for q, k in enumerate(issues)}
        tables = [np.zeros((len(draws), len(self.talks.issues[k].options))) for k in issues]
        total, rest = np.zeros((len(draws), 1)), []
        for n, t in enumerate(terms):
            if whose[t] != party:
                continue
            inside = [(place[k], o) for k, o in conditions[t] if k in place]
            if len(inside) == 1:
                tables[inside[0][0]][:, inside[0][1]] += draws[:, t]
            elif inside:
                rest.append(n)
            else:
                total += draws[:, [t]]
        for table in reversed(tables):  # the last issue moves fastest, so long rows stay together
            total = (table[:, :, None] + total[:, None, :]).reshape(len(draws), -1)
        if rest:
            total += draws[:, [terms[n] for n in rest]] @ hits[:, rest].T.astype(np.float64)
        return np.asarray(total)

    def movers(self) -> list[tuple[int, IntArray, IntArray]]:
        """The other parties that have measures: position, group of each of their joint combinations, and members of groups."""
        sizes = tuple(len(self.talks.issues[k].options) for k in self.other_issues)
        out = []
        for j, name in enumerate(self.talks.party_names):
            columns = [q for q, k in enumerate(self.other_issues) if self.talks.issues[k].owner == name]
            if columns:
                rest = self.others.copy()
                rest[:, columns] = 0
                group = np.unique(np.ravel_multi_index(tuple(rest.T), sizes), return_inverse=True)[1].reshape(-1)
                out.append((j, group, np.argsort(group, kind="stable").reshape(int(group.max()) + 1, -1)))
        return out


def _from_table(sides: Sides, draw: Array, codes: IntArray, concept: str) -> Array:
    """Margins (D,) of many packages in one draw (T,), read off the table of all of them."""
    tables = sides.tables(draw[None, :])

    def worth(j: int) -> Array:
        return np.asarray(tables.others[j] + tables.across[j, :, 0][sides.kind])

    movers = sides.movers()
    noise = float(NOISE * at_stake(sides.talks)[movers[0][0]]) if movers else 0.0
    other = worth(movers[0][0]) if concept == "SEQ" and movers else None
    if concept == "SEQ" and other is None:
        concept = "Nash"  # nobody is there to answer
    whole = table_margins(tables.own[0][:, None] + worth(sides.party), other, concept=concept, noise=noise)
    return np.asarray(whole[sides.positions(codes)])


def _margin(sides: Sides, tables: Tables, code: IntArray, concept: str) -> Array:
    """Margins (S,) of one package."""
    here = sides.positions(code)
    stay = tables.own[:, here[0]] + _worth(sides, tables, here[1])[sides.kind[here[0]]]
    moved, answered = _levels(sides, tables, here, concept)
    return np.asarray(stay - np.minimum(moved, answered).max(axis=1))


def _levels(sides: Sides, tables: Tables, here: tuple[int, int], concept: str) -> tuple[Array, Array]:
    """For each kind of own move the most that it brings, and the least that the others leave of it, both (S, X)."""
    best = _best_of_kind(sides, tables.own, leave_out=here[0])
    moved = best + _worth(sides, tables, here[1]).T
    if concept == "Nash":
        return moved, np.full_like(moved, np.inf)
    left = np.stack([_left(sides, tables, here, k, concept).min(axis=1) for k in range(sides.n_kinds)], axis=1)
    if concept == "SMR":
        return moved, left
    nothing = np.isinf(left)
    return moved, np.where(nothing, np.inf, best + np.where(nothing, 0.0, left))


def _left(sides: Sides, tables: Tables, here: tuple[int, int], kappa: int, concept: str) -> Array:
    """What each combination of the others leaves to the party, (S, C_b), infinite where the concept does not count it.

    Without the worth of the move itself; under SMR with the best that the party can then make of it.
    """
    i = sides.party
    if concept == "SMR":
        best = _best_of_kind(sides, tables.own)
        escapes = [best[:, k, None] + tables.others[i] + tables.across[i, k] for k in range(sides.n_kinds)]
        left = np.maximum.reduce(escapes)
    else:
        left = tables.others[i] + tables.across[i, kappa]
    counted = np.ones(left.shape, dtype=np.bool_)
    if concept == "SEQ":
        counted = _by_improvements(sides, tables, here[1], kappa)
    elif concept == "SIM":
        counted = _at_once(sides, tables, here)
    counted[:, here[1]] = False
    return np.where(counted, left, np.inf)


def _by_improvements(sides: Sides, tables: Tables, start: int, kappa: int) -> BoolArray:
    """What the others can reach by improvements from where the party has moved, (S, C_b)."""
    movers, noise = sides.movers(), NOISE * at_stake(sides.talks)
    values = tables.others + tables.across[:, kappa]
    if len(movers) == 1:
        j = movers[0][0]
        return np.asarray(values[j] > values[j][:, [start]] + noise[j])
    seen: BoolArray = np.zeros(values.shape[1:], dtype=np.bool_)
    for s in range(len(seen)):
        frontier = np.array([start])
        while frontier.size:
            fresh = np.zeros(seen.shape[1], dtype=np.bool_)
            for j, group, members in movers:
                fibres = members[group[frontier]]
                better = values[j, s][fibres] > values[j, s][frontier, None] + noise[j]
                fresh[fibres[better]] = True
            frontier = np.flatnonzero(fresh & ~seen[s])
            seen[s] |= fresh
    return seen


def _at_once(sides: Sides, tables: Tables, here: tuple[int, int]) -> BoolArray:
    """What the others make of it if some of them improve on the package itself, each by itself, (S, C_b)."""
    noise = NOISE * at_stake(sides.talks)
    values = tables.others + tables.across[:, sides.kind[here[0]]]
    counted = np.ones(values.shape[1:], dtype=np.bool_)
    for j, group, members in sides.movers():
        alone = members[group[here[1]]]  # what j can set, all others as they are
        better = values[j][:, alone] > values[j][:, [here[1]]] + noise[j]
        better[:, alone == here[1]] = True
        offset = np.searchsorted(alone, here[1])
        place = np.empty(len(group), dtype=np.int64)
        place[members] = np.arange(members.shape[1])  # within each group members stand in the same order
        counted &= better[:, place]
        assert alone[offset] == here[1]
    return counted


def _worth(sides: Sides, tables: Tables, b: int) -> Array:
    """What one combination of the others brings the party, by kind of its own: (X, S)."""
    i = sides.party
    return np.asarray(tables.others[i][None, :, b] + tables.across[i][:, :, b])


def _best_of_kind(sides: Sides, own: Array, leave_out: int | None = None) -> Array:
    """The best own combination of each kind, (S, X)."""
    counted = own
    if leave_out is not None:
        counted = own.copy()
        counted[:, leave_out] = -np.inf
    if sides.n_kinds == 1:
        return np.asarray(counted.max(axis=1, keepdims=True))
    order = np.argsort(sides.kind, kind="stable")
    starts = np.searchsorted(sides.kind[order], np.arange(sides.n_kinds))
    return np.asarray(np.maximum.reduceat(counted[:, order], starts, axis=1))


def _combinations(talks: Negotiation, issues: Sequence[int]) -> IntArray:
    """All settings of some issues, the last moving fastest."""
    sizes = [len(talks.issues[k].options) for k in issues]
    if math.prod(sizes) > MOST_COMBINATIONS:
        raise SizeLimitError(
            f"{len(issues)} measures have {math.prod(sizes):,} combinations, past the limit of {MOST_COMBINATIONS:,}; take "
            "issues off the table with without_issues, or ask for Stable(scope='moved')."
        )
    if not sizes:
        return np.zeros((1, 0), dtype=np.int64)
    return np.stack(np.unravel_index(np.arange(math.prod(sizes)), sizes), axis=1).astype(np.int64)


def _position(talks: Negotiation, issues: Sequence[int], code: IntArray) -> Any:
    """The position of a package's setting of some issues among all of them; (D,) for several packages."""
    sizes = tuple(len(talks.issues[k].options) for k in issues)
    if not sizes:
        return np.zeros(code.shape[:-1], dtype=np.int64)[()]
    return np.ravel_multi_index(tuple(code[..., list(issues)].T), sizes)


def _hits(talks: Negotiation, terms: Sequence[int], issues: Sequence[int], codes: IntArray) -> BoolArray:
    """Whether combinations of some issues allow terms, (C, T)."""
    out = np.ones((len(codes), len(terms)), dtype=np.bool_)
    at = {k: q for q, k in enumerate(issues)}
    for n, t in enumerate(terms):
        for k, option in talks.terms.conditions[t]:
            if k in at:
                out[:, n] &= codes[:, at[k]] == option
    return out
