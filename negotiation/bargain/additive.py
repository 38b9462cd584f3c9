"""The frontier of a sum over issues without listing packages: dynamic programming over issues, pruning what is dominated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, IntArray
from negotiation.bargain.dominance import efficient_groups, snapped
from negotiation.bargain.problem import Interaction, as_floats
from negotiation.errors import GameShapeError, NotFiniteError, ParameterError, SizeLimitError

_EXACT = 2.0**53


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One settled issue: which option was added to which partial package, for every partial package kept.

    Those of kept package ``f`` stand at ``starts[f]:starts[f + 1]`` of `parents` and `options`; more than one when
    partial packages are worth the same.
    """

    issue: int
    parents: IntArray
    options: IntArray
    starts: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """All issues settled: the efficient payoffs (F, N), how many packages have each, and the layers that lead there."""

    payoffs: Array
    counts: Array
    layers: tuple[Layer, ...]

    def one_each(self) -> IntArray:
        """One package for each payoff, shape (F, K)."""
        at = np.arange(self.payoffs.shape[0])
        choices = np.zeros((at.size, len(self.layers)), dtype=np.int64)
        for layer in reversed(self.layers):
            edge = layer.starts[at]
            choices[:, layer.issue] = layer.options[edge]
            at = layer.parents[edge]
        return choices

    def all_of_them(self) -> tuple[IntArray, IntArray]:
        """Every efficient package, shape (E, K), and which payoff each has, shape (E,)."""
        at = np.arange(self.payoffs.shape[0])
        point = at.copy()
        choices = np.zeros((at.size, len(self.layers)), dtype=np.int64)
        for layer in reversed(self.layers):
            ends = np.append(layer.starts[1:], layer.parents.size)
            n = ends[at] - layer.starts[at]
            edge = np.repeat(layer.starts[at] - np.cumsum(n) + n, n) + np.arange(int(n.sum()))
            choices, point = np.repeat(choices, n, axis=0), np.repeat(point, n)
            choices[:, layer.issue] = layer.options[edge]
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
        if not np.isfinite(table).all():
            raise NotFiniteError(f"stakes of issue {k} hold {table[~np.isfinite(table)][0]}; they must be finite.")
    tables = [t.copy() for t in tables]
    joint: list[tuple[dict[int, int], Array]] = []
    for where, worth in interactions:
        conditions, value = _checked(where, worth, [t.shape[0] for t in tables], tables[0].shape[1])
        if len(conditions) == 1:
            ((issue, option),) = conditions.items()
            tables[issue][option] += value
        elif conditions:
            joint.append((conditions, value))
    return _in_exact_unit(tables, joint, tol)


def settle(terms: Sum, limit: int) -> Settled:
    """Add one issue after another, keeping the partial packages that nothing dominates whatever follows.

    While interactions wait for issues still to come, partial packages are compared only with those that agree on the
    issues concerned.
    """
    n_players = terms.stakes[0].shape[1]
    payoffs, counts = np.zeros((1, n_players)), np.ones(1)
    order = elimination_order(terms.sizes, [set(where) for where, _ in terms.interactions])
    waiting = list(terms.interactions)
    active: list[int] = []
    digits = np.zeros((1, 0), dtype=np.int64)
    layers: list[Layer] = []
    for issue in order:
        stake = terms.stakes[issue]
        m = stake.shape[0]
        if payoffs.shape[0] * m > limit:
            raise SizeLimitError(
                f"{payoffs.shape[0] * m:,} partial packages after {len(layers) + 1} of {len(order)} issues, over the limit of "
                f"{limit:,}; raise limit=, drop interactions, or round the stakes so that more packages tie."
            )
        sums = (payoffs[:, None, :] + stake).reshape(-1, n_players)
        active.append(issue)
        digits = np.column_stack([np.repeat(digits, m, axis=0), np.tile(np.arange(m), payoffs.shape[0])])
        for where, value in [i for i in waiting if i[0].keys() <= set(active)]:
            hit = np.logical_and.reduce([digits[:, active.index(k)] == option for k, option in where.items()])
            sums[hit] += value
        waiting = [i for i in waiting if not i[0].keys() <= set(active)]
        open_columns = [c for c, k in enumerate(active) if any(k in where for where, _ in waiting)]
        active, digits = [active[c] for c in open_columns], digits[:, open_columns]
        rows, starts = efficient_groups(snapped(sums, terms.gaps), _keys(digits, [terms.sizes[k] for k in active]))
        layers.append(Layer(issue, rows // m, rows % m, starts))
        counts = np.add.reduceat(counts[rows // m], starts)
        payoffs, digits = sums[rows[starts]], digits[rows[starts]]
    return Settled(payoffs / terms.unit, counts, tuple(layers))


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


def _in_exact_unit(tables: list[Array], joint: list[tuple[dict[int, int], Array]], tol: float) -> Sum:
    terms = np.concatenate([t.ravel() for t in tables] + [v for _, v in joint])
    reach = sum((np.abs(t).max(axis=0) for t in tables), np.zeros(tables[0].shape[1]))
    reach = reach + sum((np.abs(v) for _, v in joint), np.zeros_like(reach))
    for power in range(16):
        unit = 10.0**power
        whole = np.rint(terms * unit)
        if reach.max() * unit >= _EXACT:
            break
        if np.array_equal(whole / unit, terms):
            return Sum(
                tuple(np.rint(t * unit) for t in tables),
                tuple((where, np.rint(v * unit)) for where, v in joint),
                unit,
                np.zeros_like(reach),
            )
    return Sum(tuple(tables), tuple(joint), 1.0, tol * reach)
