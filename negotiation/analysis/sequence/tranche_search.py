"""The split of a package into steps that minimises the largest temptation: dynamic programming over package states."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from negotiation.arrays import Array, IntArray
from negotiation.errors import SizeLimitError
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.payoffs import payoffs
from negotiation.model.rounding import NOISE, at_stake, settle

# Package states.
MOST_STATES = 2**21


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """Every state between the status quo and a package: one axis an issue that the package moves, axis positions being how far.

    Parameters
    ----------
    issues : tuple of int
        Positions of the issues, one an axis.
    shape : tuple of int
        States of each issue: 2, or more where intermediate options may be passed.
    worth : ndarray, shape (P, n_1, …, n_K)
        What each party has in each state, per period. Joint issues are settled in the last state only.
    owners : tuple of str
        Of each axis.
    codes : ndarray of int, shape (K,)
        The options at the end of each axis.
    graded : bool
        Whether positions between are options too.
    """

    issues: tuple[int, ...]
    shape: tuple[int, ...]
    worth: Array
    owners: tuple[str, ...]
    codes: IntArray
    graded: bool

    @property
    def end(self) -> tuple[int, ...]:
        """The state in which all is delivered."""
        return tuple(n - 1 for n in self.shape)

    def package(self, talks: Negotiation, full: Package, state: tuple[int, ...]) -> Package:
        """What is in place in a state."""
        if state == self.end:
            return full
        row = np.zeros(len(talks.issues), dtype=np.int64)
        row[list(self.issues)] = np.array(state) if self.graded else np.array(state) * self.codes
        return talks.package_from_choices(row)

    def axes(self, party: str) -> tuple[int, ...]:
        """Axes that a party moves along."""
        return tuple(a for a, owner in enumerate(self.owners) if owner == party)


def states_of(talks: Negotiation, code: IntArray, *, graded: bool) -> States:
    """List the states of a package.

    Raises
    ------
    SizeLimitError
        More than 2**21 of them.
    """
    issues = [k for k, issue in enumerate(talks.issues) if code[k] and issue.owner is not None]
    shape = tuple(int(code[k]) + 1 if graded else 2 for k in issues)
    size = math.prod(shape)
    if size > MOST_STATES:
        raise SizeLimitError(
            f"{len(issues)} concessions make {size:,} states, past the limit of {MOST_STATES:,}; split a smaller package"
            f"{', or pass graded=False' if graded else ''}."
        )
    worth = np.zeros((len(talks.parties), *shape))
    axis_of = {k: axis for axis, k in enumerate(issues)}
    for t, conditions in enumerate(talks.terms.conditions):
        where: list[Any] = [slice(None)] * len(shape)
        for k, option in conditions:
            if k not in axis_of:
                place = 0 if option == 0 else -1  # what nobody moves alone stays at the status quo until the end
            elif graded:
                place = option if option < shape[axis_of[k]] else -1
            else:
                place = {0: 0, int(code[k]): 1}.get(option, -1)
            if place < 0:
                break
            if k in axis_of:
                where[axis_of[k]] = place
        else:
            worth[(talks.terms.party[t], *where)] += talks.terms.central[t]
    last: tuple[Any, ...] = (slice(None), *(n - 1 for n in shape))
    worth[last] = payoffs(talks, code[None, :])[0]
    owners = tuple(str(talks.issues[k].owner) for k in issues)
    return States(tuple(issues), shape, worth, owners, code[issues], graded)


def stop_values(talks: Negotiation, states: States) -> Array:
    """What each party has for good if the plan ends with it in a state, (P, n_1, …, n_K).

    What was delivered stays. The party may still deliver what pays itself; then each of the others does the same, one after
    another, doing what hurts the party most where it is indifferent. Nobody can threaten to withhold what it gains by.
    """
    noise = NOISE * at_stake(talks)
    out = np.empty_like(states.worth)
    movers = [name for name in talks.party_names if states.axes(name)]
    for i, name in enumerate(talks.party_names):
        at = np.arange(math.prod(states.shape)).reshape(states.shape)
        flat = states.worth.reshape(len(talks.parties), -1)
        for other in reversed([m for m in movers if m != name]):
            j = talks.party_index(other)
            ends = at
            for axis in states.axes(other):
                ends = _better_along(ends, axis, flat[j], flat[i], noise[j])
            at = ends
        value = flat[i][at]
        for axis in states.axes(name):
            value = _beyond(value, axis, np.maximum)
        out[i] = value
    return out


def _beyond(values: Array, axis: int, best: np.ufunc) -> Array:
    """The least, or the greatest, of the values at and after each position of an axis."""
    moved = np.moveaxis(np.array(values), axis, 0)
    for x in range(len(moved) - 2, -1, -1):
        best(moved[x : x + 1], moved[x + 1 : x + 2], out=moved[x : x + 1])
    return np.moveaxis(moved, 0, axis)


def _better_along(ends: IntArray, axis: int, own: Array, victim: Array, noise: float) -> IntArray:
    """For each state the best of those at or after it along an axis, for `own`; worst for `victim` where that ties."""
    moved = np.moveaxis(np.array(ends), axis, 0)
    for x in range(len(moved) - 2, -1, -1):
        here, there = moved[x], moved[x + 1]
        gain = own[there] - own[here]
        take = (gain > noise) | ((np.abs(gain) <= noise) & (victim[there] < victim[here]))
        moved[x] = np.where(take, there, here)
    return np.moveaxis(moved, 0, axis)


def temptations(talks: Negotiation, states: States, stops: Array) -> Array:
    """What each party would gain by ending the plan in a state rather than going on to the end, (P, n_1, …, n_K)."""
    last: tuple[Any, ...] = (slice(None), *states.end)
    whole = states.worth[last]
    gains = stops - whole.reshape(-1, *[1] * len(states.shape))
    gains = np.moveaxis(settle(np.moveaxis(gains, 0, -1), talks), -1, 0)
    return np.maximum(gains, 0.0)


def best_steps(
    talks: Negotiation, states: States, turns: Sequence[str], tempted: Array
) -> tuple[float, list[tuple[str, tuple[int, ...]]]]:
    """The path in which parties move in the given turns, each adding to its part or passing, with the least largest temptation.

    Parameters
    ----------
    turns : sequence of str
        Who moves in each step.
    tempted : ndarray, shape (P, n_1, …, n_K)
        What a party gains by stopping in a state when its turn comes.

    Returns
    -------
    largest : float
        Infinite when the steps do not suffice.
    path : list of (party, state after its step)
        Passes left out.

    Notes
    -----
    From the last step back: ``G_t(x) = max(τ(x), min over y ≥ x along the mover's axes of G_{t+1}(y))``. The minimum over all
    ``y ≥ x`` is a running minimum along each axis in turn, so a step costs ``O(K 2^K)`` and not ``O(3^K)``.
    """
    goal = np.full(states.shape, np.inf)
    goal[states.end] = 0.0
    values = [goal]
    for name in reversed(turns):
        after = values[-1]
        for axis in states.axes(name):
            after = _beyond(after, axis, np.minimum)
        here = np.maximum(after, tempted[talks.party_index(name)])
        here[states.end] = 0.0
        values.append(here)
    values.reverse()
    at = tuple(0 for _ in states.shape)
    largest, path = float(values[0][at]), []
    if not math.isfinite(largest):
        return largest, []
    for t, name in enumerate(turns):
        if at == states.end:
            break
        following = turns[t + 1] if t + 1 < len(turns) else None
        to = _choose(talks, states, at, name, values[t + 1], tempted, following)
        if to != at:
            path.append((name, to))
        at = to
    return largest, path


def _choose(
    talks: Negotiation,
    states: States,
    at: tuple[int, ...],
    name: str,
    after: Array,
    tempted: Array,
    following: str | None,
) -> tuple[int, ...]:
    """The step to take: least largest temptation from there on, then least for who is next, then the smallest step."""
    axes = states.axes(name)
    region: tuple[Any, ...] = tuple(slice(x, None) if a in axes else x for a, x in enumerate(at))
    worst = np.atleast_1d(after[region])
    shape = after[region].shape
    near = tempted[talks.party_index(following)][region] if following is not None else np.zeros(shape)
    best = worst.min()
    allowed = worst <= best + 1e-12 * max(1.0, abs(float(best)))
    score = np.where(allowed, np.atleast_1d(near), np.inf)
    ties = np.argwhere(score <= score.min())
    moved = ties[int(ties.sum(axis=1).argmin())] if shape else np.zeros(0, dtype=np.int64)
    out = list(at)
    for axis, step in zip(axes, moved.tolist(), strict=True):
        out[axis] += step
    return tuple(out)
