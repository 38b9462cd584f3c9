"""A negotiation as a conflict: states are packages, moves are changes of one's own measures, ranks come from payoffs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, IntArray
from negotiation.door import checked
from negotiation.errors import DuplicateNameError, OwnershipError, ParameterError, SizeLimitError, UnknownNameError
from negotiation.games.conflict import ConflictGraph, grouped_conflict
from negotiation.games.conflict_options import OptionForm
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.payoffs import payoffs
from negotiation.model.rounding import NOISE, at_stake

CHUNK = 65_536


@checked
def conflict_graph(
    talks: Negotiation,
    *,
    issues: Sequence[str] | None = None,
    package: Mapping[str, str] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    irreversible: Sequence[str] = (),
    preferences: Mapping[str, npt.ArrayLike | Callable[[Package], float]] | None = None,
    limit: int = 2**22,
) -> ConflictGraph:
    """The conflict in which each party can at any time set its own measures otherwise.

    Parameters
    ----------
    talks : Negotiation
    issues : sequence of str, optional
        The measures that can be moved; all of them unless named.
    package : Package, optional
        Where everything else stands: the status quo unless given. A joint issue takes everybody, so nobody can move it alone: it
        always stands as in this package.
    groups : mapping of str to sequence of str, optional
        Measures of one party that are moved together, under one name: all at the status quo, or all as in `package` where that
        moves them and at their last option otherwise. They replace `issues`.
    irreversible : sequence of str
        Issues, or groups, that only move forward in the order of their options, such as goods once delivered. Their moves are
        listed one by one, which limits the number of states.
    preferences : mapping of party to array_like (S,) or function of a package, optional
        Ranks of a user's own, higher is better; payoffs at the centre of the stakes otherwise. Differences that are rounding
        noise are ties.
    limit : int
        The most states that are made.

    Returns
    -------
    ConflictGraph
        In option form, the last issue moving fastest; ``graph.state_index(package)`` finds a package's state. Solve it with
        `solve`.

    Raises
    ------
    UnknownNameError, OwnershipError, SizeLimitError
        A joint issue is named, a group has several owners, or there are more states than `limit`.

    Notes
    -----
    The number of states is the product of the numbers of options of the issues; moves are not listed. Cost: ``O(S P)`` for ``S``
    states and ``P`` parties.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -1), ng.Stake("A", "y", "lifted", 4),
    ...      ng.Stake("B", "y", "lifted", -1), ng.Stake("B", "x", "lifted", 4)])
    >>> solved = ng.solve(ng.conflict_graph(talks))
    >>> solved.equilibrium_names["Nash"], solved.equilibrium_names["SEQ"]
    (('status quo',), ('status quo', 'x + y'))
    """
    fixed = talks.codes([talks.status_quo if package is None else package])[0]
    if groups is not None:
        if issues is not None:
            raise ParameterError("give either issues or groups.")
        form, values = _in_groups(talks, fixed, groups, limit)
    else:
        form, values = _by_issue(talks, fixed, movable_issues(talks, issues), limit)
    for name in irreversible:
        if name not in form.option_names:
            raise UnknownNameError("issue", name, form.option_names, "irreversible")
    forward = [form.option_names.index(name) for name in irreversible]
    if preferences is None:
        ranks = ranked(talks, values)
        return grouped_conflict(values, form, parties=talks.party_names, ranks=ranks, unit=talks.unit, forward=forward)
    for party in (*talks.party_names, *preferences):
        if party not in preferences or party not in talks.party_names:
            known = preferences if party not in preferences else talks.party_names
            raise UnknownNameError("party", party, known, "the preferences")
    own = {name: _own(talks, form, fixed, preferences[name], grouped=groups) for name in talks.party_names}
    bare = ConflictGraph(own, {})
    if bare.n_states != len(form.codes):
        raise ParameterError(f"preferences over {bare.n_states:,} states given; there are {len(form.codes):,}.")
    numbers = values if bare.values is None else bare.values
    return grouped_conflict(numbers, form, parties=talks.party_names, ranks=bare.ranks, forward=forward)


def movable_issues(talks: Negotiation, names: Sequence[str] | None) -> list[int]:
    """Positions of the measures named, or of all; a joint issue is refused."""
    if names is None:
        return [k for k, issue in enumerate(talks.issues) if issue.owner is not None]
    chosen: list[int] = []
    for name in names:
        k = talks.issue_index(name)
        if talks.issues[k].owner is None:
            raise OwnershipError(
                f"{name!r} is joint, so nobody can move it alone; leave it out, it stands as in the package."
            )
        if k in chosen:
            raise DuplicateNameError("issue", name)
        chosen.append(k)
    return sorted(chosen)


def ranked(talks: Negotiation, values: Array) -> IntArray:
    """Dense ranks (P, S) of payoffs; what differs by rounding noise is tied."""
    return np.array([ranked_for(talks, party, row) for party, row in enumerate(values)])


def ranked_for(talks: Negotiation, party: int, values: Array) -> IntArray:
    """Dense ranks (S,) of what one party gets."""
    out = np.empty(values.size, dtype=np.int64)
    order = np.argsort(values, kind="stable")
    out[order] = np.concatenate([[0], np.cumsum(np.diff(values[order]) > NOISE * at_stake(talks)[party])])
    return out


def payoffs_around(talks: Negotiation, fixed: IntArray, free: Sequence[int], values: Array | None = None) -> Array:
    """Payoffs (P, S) of all settings of some issues, the last moving fastest, the others staying as they are.

    Each stake adds to the slice in which it arises: ``O(S P)`` for stakes on single issues.
    """
    amounts = talks.terms.central if values is None else values
    sizes = [len(talks.issues[k].options) for k in free]
    tables = [np.zeros((len(talks.parties), m)) for m in sizes]
    rest = []
    for t, conditions in enumerate(talks.terms.conditions):
        if any(fixed[k] != o for k, o in conditions if k not in free):
            continue
        inside = [(free.index(k), o) for k, o in conditions if k in free]
        if len(inside) == 1:
            tables[inside[0][0]][talks.terms.party[t], inside[0][1]] += amounts[t]
        else:
            rest.append((talks.terms.party[t], inside, amounts[t]))
    grid = np.zeros((len(talks.parties), 1))
    for table in tables:
        grid = (grid[:, :, None] + table[:, None, :]).reshape(len(talks.parties), -1)
    shaped = grid.reshape(len(talks.parties), *sizes)
    for party, inside, amount in rest:
        chosen = dict(inside)
        shaped[(party, *(chosen.get(q, slice(None)) for q in range(len(sizes))))] += amount
    return grid


def _by_issue(talks: Negotiation, fixed: IntArray, free: list[int], limit: int) -> tuple[OptionForm, Array]:
    """One option an issue; what cannot move has one setting."""
    sizes = [len(talks.issues[k].options) for k in free]
    if math.prod(sizes) > limit:
        raise SizeLimitError(
            f"{len(free)} measures make {math.prod(sizes):,} states, past the limit of {limit:,}; name the issues that matter, "
            "or move some together in groups."
        )
    settings = [i.options if k in free else (i.options[fixed[k]],) for k, i in enumerate(talks.issues)]
    owners = [
        talks.party_index(i.owner) if i.owner is not None and k in free else -1 for k, i in enumerate(talks.issues)
    ]
    form = OptionForm.full(talks.issue_names, settings, owners, len(talks.parties))
    return form, payoffs_around(talks, fixed, free)


def _in_groups(
    talks: Negotiation, fixed: IntArray, groups: Mapping[str, Sequence[str]], limit: int
) -> tuple[OptionForm, Array]:
    """One option a group."""
    seen: set[int] = set()
    members, owners = [], []
    for name, issues in groups.items():
        inside = movable_issues(talks, issues)
        of = {talks.issues[k].owner for k in inside}
        if len(of) != 1:
            raise OwnershipError(
                f"group {name!r} has the owners {', '.join(sorted(map(str, of))) or 'nobody'}; give it one."
            )
        if twice := seen & set(inside):
            raise DuplicateNameError("issue", talks.issues[twice.pop()].name, "the groups")
        seen |= set(inside)
        members.append(inside)
        owners.append(talks.party_index(str(of.pop())))
    if 2 ** len(groups) > limit:
        raise SizeLimitError(f"{len(groups)} groups make {2 ** len(groups):,} states, past the limit of {limit:,}.")
    form = OptionForm.full(list(groups), [("N", "Y")] * len(groups), owners, len(talks.parties))
    return form, np.concatenate([payoffs(talks, part) for part in _codes(talks, form, fixed, members)]).T


def _codes(talks: Negotiation, form: OptionForm, fixed: IntArray, members: list[list[int]]) -> list[IntArray]:
    """Packages of the states, in chunks."""
    out = []
    for start in range(0, len(form.codes), CHUNK):
        part = form.codes[start : start + CHUNK]
        codes = np.tile(fixed, (len(part), 1))
        for column, inside in enumerate(members):
            for k in inside:
                moved = fixed[k] or len(talks.issues[k].options) - 1
                codes[:, k] = part[:, column] * moved
        out.append(codes)
    return out


def _own(
    talks: Negotiation,
    form: OptionForm,
    fixed: IntArray,
    given: npt.ArrayLike | Callable[[Package], float],
    *,
    grouped: Mapping[str, Sequence[str]] | None,
) -> npt.ArrayLike:
    """A user's ranks, from a table or from a function of the package."""
    if not callable(given):
        return given
    if grouped is not None:
        members = [movable_issues(talks, issues) for issues in grouped.values()]
        codes = np.concatenate(_codes(talks, form, fixed, members))
        return [given(talks.package_from_choices(code)) for code in codes]
    return [given(talks.as_package(form.settings_of(s))) for s in range(len(form.codes))]
