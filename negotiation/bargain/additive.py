"""The frontier of a sum over issues without listing packages: dynamic programming over issues, pruning what is dominated."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, IntArray, as_floats
from negotiation.bargain.dominance import efficient_groups, snapped
from negotiation.bargain.problem import Interaction
from negotiation.errors import GameShapeError, NotFiniteError, ParameterError, SizeLimitError

_EXACT = 2.0**53
_ROUNDING = 8 * np.finfo(float).eps
_FEW = 32


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Issues settled together: which options were added to which partial package, for every partial package kept.

    Those of kept package ``f`` stand at ``starts[f]:starts[f + 1]`` of `parents` and `options`; more than one when
    partial packages are worth the same. `options` counts combinations, the last issue's option fastest.
    """

    issues: tuple[int, ...]
    sizes: tuple[int, ...]
    parents: IntArray
    options: IntArray
    starts: IntArray

    def write(self, edges: IntArray, choices: IntArray) -> None:
        """Write the options of some edges into the columns of the issues, in place."""
        left = self.options[edges]
        for issue, m in zip(self.issues[:0:-1], self.sizes[:0:-1], strict=True):
            left, choices[:, issue] = np.divmod(left, m)
        choices[:, self.issues[0]] = left


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """All issues settled: the efficient payoffs (F, N), how many packages have each, and the layers that lead there."""

    payoffs: Array
    counts: Array
    layers: tuple[Layer, ...]

    @property
    def n_issues(self) -> int:
        """The number of issues, ``K``."""
        return sum(len(layer.issues) for layer in self.layers)

    def one_each(self) -> IntArray:
        """One package for each payoff, shape (F, K)."""
        at = np.arange(self.payoffs.shape[0])
        choices = np.zeros((at.size, self.n_issues), dtype=np.int64)
        for layer in reversed(self.layers):
            edge = layer.starts[at]
            layer.write(edge, choices)
            at = layer.parents[edge]
        return choices

    def all_of_them(self) -> tuple[IntArray, IntArray]:
        """Every efficient package, shape (E, K), and which payoff each has, shape (E,)."""
        at = np.arange(self.payoffs.shape[0])
        point = at.copy()
        choices = np.zeros((at.size, self.n_issues), dtype=np.int64)
        for layer in reversed(self.layers):
            ends = np.append(layer.starts[1:], layer.parents.size)
            n = ends[at] - layer.starts[at]
            edge = np.repeat(layer.starts[at] - np.cumsum(n) + n, n) + np.arange(int(n.sum()))
            choices, point = np.repeat(choices, n, axis=0), np.repeat(point, n)
            layer.write(edge, choices)
            at = layer.parents[edge]
        return choices, point


@dataclass(frozen=True, slots=True, eq=False)
class Sum:
    """Checked terms of a sum over issues: stakes, interactions of two issues or more, and the unit they are counted in.

    `gaps` (N,) is how close two sums have to be to count as equal; 0 when the arithmetic is exact.
    """

    stakes: tuple[Array, ...]
    interactions: tuple[tuple[dict[int, int], Array], ...]
    unit: float
    gaps: Array

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of options of each issue."""
        return tuple(s.shape[0] for s in self.stakes)


def as_sum(stakes: Sequence[npt.ArrayLike], interactions: Sequence[Interaction], tol: float) -> Sum:
    """Check the terms and, where they are whole multiples of a power of ten, count in that unit, which is exact."""
    tables = [as_floats(s, f"stakes of issue {k}") for k, s in enumerate(stakes)]
    if not tables:
        raise GameShapeError("no issues; give one array of stakes (m_k, N) an issue.")
    for k, table in enumerate(tables):
        if table.ndim != 2 or 0 in table.shape or table.shape[1] != tables[0].shape[1]:
            raise GameShapeError(
                f"stakes of issue {k} have shape {table.shape}; expected (options, players), with {tables[0].shape[-1]} players."
            )
    sizes, n_players = [t.shape[0] for t in tables], tables[0].shape[1]
    extra = [_checked(where, worth, sizes, n_players) for where, worth in interactions]
    worth = np.concatenate([*tables, *(value[None, :] for _, value in extra)])
    if not np.isfinite(worth).all():
        k = next(k for k, t in enumerate(tables) if not np.isfinite(t).all())
        raise NotFiniteError(f"stakes of issue {k} hold {tables[k][~np.isfinite(tables[k])][0]}; they must be finite.")
    starts = np.concatenate([[0], np.cumsum(sizes), sum(sizes) + np.arange(1, len(extra) + 1)])
    reach = np.maximum.reduceat(np.abs(worth), starts[:-1]).sum(axis=0)
    unit = _exact_unit(worth, float(reach.max()))
    gaps = np.zeros(n_players) if unit else tol * reach
    counted = np.rint(worth * unit) if unit else worth
    parts = [counted[low:high] for low, high in itertools.pairwise(starts.tolist())]
    joint: list[tuple[dict[int, int], Array]] = []
    for (conditions, _), part in zip(extra, parts[len(tables) :], strict=True):
        if len(conditions) == 1:
            ((issue, option),) = conditions.items()
            parts[issue][option] += part[0]
        elif conditions:
            joint.append((conditions, part[0]))
    return Sum(tuple(parts[: len(tables)]), tuple(joint), unit or 1.0, gaps)


def settle(terms: Sum, limit: int) -> Settled:
    """Add one issue after another, keeping the partial packages that nothing dominates whatever follows.

    While interactions wait for issues still to come, partial packages are compared only with those that agree on the
    issues concerned.
    """
    n_players, sizes = terms.stakes[0].shape[1], terms.sizes
    payoffs, counts = np.zeros((1, n_players)), np.ones(1)
    order = elimination_order(sizes, [set(where) for where, _ in terms.interactions])
    waiting = list(terms.interactions)
    active: list[int] = []
    digits = np.zeros((1, 0), dtype=np.int64)
    layers: list[Layer] = []
    while order:
        issues = _next_issues(order, sizes, payoffs.shape[0], bool(waiting))
        del order[: len(issues)]
        stake = terms.stakes[issues[0]]
        for issue in issues[1:]:
            stake = (stake[:, None, :] + terms.stakes[issue]).reshape(-1, n_players)
        m = stake.shape[0]
        if payoffs.shape[0] * m > limit:
            raise SizeLimitError(
                f"{payoffs.shape[0] * m:,} partial packages with {len(order)} of {len(sizes)} issues to go, over the "
                f"limit of {limit:,}; raise limit=, drop interactions, or round the stakes so that more packages tie."
            )
        sums = (payoffs[:, None, :] + stake).reshape(-1, n_players)
        keys = None
        if waiting:
            active.append(issues[0])
            digits = np.column_stack([np.repeat(digits, m, axis=0), np.tile(np.arange(m), payoffs.shape[0])])
            _add_complete(sums, waiting, active, digits)
            waiting = [i for i in waiting if not i[0].keys() <= set(active)]
            still = [c for c, k in enumerate(active) if any(k in where for where, _ in waiting)]
            active, digits = [active[c] for c in still], digits[:, still]
            keys = _keys(digits, [sizes[k] for k in active])
        rows, starts = efficient_groups(snapped(sums, terms.gaps), keys)
        parents = rows // m
        layers.append(Layer(issues, tuple(sizes[k] for k in issues), parents, rows - parents * m, starts))
        chosen = rows[starts]
        counts = counts[parents] if rows.size == starts.size else np.add.reduceat(counts[parents], starts)
        payoffs = sums[chosen]
        digits = digits[chosen] if keys is not None else np.zeros((chosen.size, 0), dtype=np.int64)
    return Settled(payoffs / terms.unit, counts, tuple(layers))


def _next_issues(order: Sequence[int], sizes: Sequence[int], n_partial: int, alone: bool) -> tuple[int, ...]:
    """The next issue; several at once, if no interaction is open, while their combinations are few: fewer array operations."""
    taken, combinations = 1, sizes[order[0]]
    while not alone and taken < len(order):
        combinations *= sizes[order[taken]]
        if combinations > _FEW or combinations * n_partial > 16 * _FEW:
            break
        taken += 1
    return tuple(order[:taken])


def _add_complete(
    sums: Array, waiting: Sequence[tuple[dict[int, int], Array]], active: Sequence[int], digits: IntArray
) -> None:
    """Add, in place, the interactions all of whose issues are settled."""
    for where, value in waiting:
        if where.keys() <= set(active):
            hit = np.logical_and.reduce([digits[:, active.index(k)] == option for k, option in where.items()])
            sums[hit] += value


def elimination_order(sizes: Sequence[int], scopes: Sequence[set[int]]) -> list[int]:
    """Order issues so that few combinations of options have to be kept apart; issues without interactions come last."""
    coupled = set().union(*scopes) if scopes else set()
    order: list[int] = []
    while len(order) < len(coupled):
        left = coupled.difference(order)

        def width(issue: int, left: set[int] = left) -> tuple[float, int]:
            after = left - {issue}
            still = {k for scope in scopes if scope & after for k in scope - after}
            return float(np.prod([float(sizes[k]) for k in still])), issue

        order.append(min(left, key=width))
    return order + [k for k in range(len(sizes)) if k not in coupled]


def _keys(digits: IntArray, sizes: Sequence[int]) -> IntArray | None:
    if not sizes:
        return None
    packed = np.zeros(digits.shape[0], dtype=np.int64)
    for column, m in zip(digits.T, sizes, strict=True):
        packed = np.unique(packed * m + column, return_inverse=True)[1].ravel()
    return packed


def _checked(
    where: Sequence[tuple[int, int]], worth: npt.ArrayLike, sizes: Sequence[int], n_players: int
) -> tuple[dict[int, int], Array]:
    """The conditions as a mapping; empty when they contradict each other, so that the interaction never arises."""
    value = as_floats(worth, "interaction")
    if value.shape != (n_players,) or not np.isfinite(value).all():
        raise GameShapeError(f"an interaction is worth {worth!r}; expected {n_players} finite numbers, one a player.")
    conditions: dict[int, int] = {}
    if not where:
        raise ParameterError("an interaction needs at least one (issue, option).")
    for issue, option in where:
        if not (0 <= issue < len(sizes) and 0 <= option < sizes[issue]):
            raise ParameterError(f"an interaction names issue {issue}, option {option}, which does not exist.")
        if conditions.setdefault(int(issue), int(option)) != option:
            return {}, value
    return conditions, value


def _exact_unit(worth: Array, reach: float) -> float:
    """The power of ten in which every number is whole up to rounding and every sum exact; 0 if there is none."""
    for power in range(13):
        unit = 10.0**power
        if reach * unit >= _EXACT:
            return 0.0
        if (np.abs(np.rint(worth * unit) / unit - worth) <= _ROUNDING * np.abs(worth)).all():
            return unit
    return 0.0
