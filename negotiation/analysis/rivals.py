"""Which package speaks most strongly against calling another one efficient: by comparing all, or by frontiers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from negotiation.arrays import Array, BoolArray, IntArray
from negotiation.bargain.frontier import additive_frontier
from negotiation.bargain.problem import Interaction
from negotiation.errors import SizeLimitError
from negotiation.model.grid import flat_positions, payoff_grid
from negotiation.model.negotiation import Negotiation
from negotiation.model.rounding import NOISE, at_stake, settle

# Numbers held at once while draws are worked through.
CHUNK = 8_000_000
# Comparisons of payoffs done in all.
MOST_WORK = 5_000_000_000


class Rivals(NamedTuple):
    """For each draw and package, both (S, D): whether it is dominated, and how far.

    ``value`` is the joint gain of the best dominating package, or else the largest least gain of any package that pays
    somebody something else: minus infinity where there is none. ``choices`` (S, D, K) are the options of that package.
    """

    dominated: BoolArray
    value: Array
    choices: IntArray


def listed_rivals(talks: Negotiation, codes: IntArray, values: Array) -> Rivals:
    """Compare with every package; draws are worked through in chunks, ``O(S D N P)`` for ``N`` packages."""
    sizes = [len(issue.options) for issue in talks.issues]
    numbers = talks.n_packages * len(talks.parties)
    at, shape = flat_positions(talks, codes), (len(values), len(codes))
    value, dominated = np.empty(shape), np.empty(shape, dtype=np.bool_)
    where = np.empty(shape, dtype=np.int64)
    step = max(1, CHUNK // numbers)
    for start in range(0, len(values), step):
        part = slice(start, start + step)
        grid = payoff_grid(talks, values[part], limit=max(CHUNK, numbers))
        for d, position in enumerate(at):
            value[part, d], dominated[part, d], where[part, d] = _best_listed(talks, grid, int(position))
    return Rivals(dominated, value, np.stack(np.unravel_index(where, sizes), axis=-1).astype(np.int64))


def frontier_rivals(talks: Negotiation, codes: IntArray, values: Array) -> Rivals:
    """The same without listing packages: ``K + 1`` frontiers a draw.

    A rival of an efficient package settles some issue otherwise, so it lies on the frontier of the packages without that
    option. Where that frontier holds a package that pays the same as the one asked about, rivals that both
    dominate are not seen, and the least gain is that of the next one on it.
    """
    found = dominating_rivals(talks, codes, values)
    for s, d in np.argwhere(~found.dominated):
        found.value[s, d], found.choices[s, d] = _nearest(talks, codes[d], values[s])
    return found


def quick_rivals(talks: Negotiation, codes: IntArray, values: Array) -> Rivals:
    """Exactly what `listed_rivals` finds, listing only in draws in which the frontier does not dominate a package."""
    found = dominating_rivals(talks, codes, values)
    rest = np.flatnonzero(~found.dominated.all(axis=1))
    if rest.size:
        check_work(talks, codes, len(rest), len(values))
        for part, listed in zip(found, listed_rivals(talks, codes, values[rest]), strict=True):
            part[rest] = listed
    return found


def dominating_rivals(talks: Negotiation, codes: IntArray, values: Array) -> Rivals:
    """The best dominating package, which lies on the frontier, one frontier a draw; minus infinity where there is none."""
    shape = (len(values), len(codes))
    value, dominated = np.full(shape, -np.inf), np.zeros(shape, dtype=np.bool_)
    choices = np.broadcast_to(codes, (*shape, codes.shape[1])).copy()
    for s, row in enumerate(values):
        stakes, interactions, _ = talks.as_additive_terms(row)
        front = additive_frontier(stakes, interactions)
        for d, code in enumerate(codes):
            gains = settle(front.payoffs - _worth(stakes, interactions, code), talks)
            dominating = (gains >= 0).all(axis=1) & (gains > 0).any(axis=1)
            if dominating.any() and front.choices is not None:
                best = int(np.where(dominating, gains.sum(axis=1), -np.inf).argmax())
                dominated[s, d], value[s, d], choices[s, d] = True, gains[best].sum(), front.choices[best]
    return Rivals(dominated, value, choices)


def check_work(talks: Negotiation, codes: IntArray, draws: int, asked: int) -> None:
    """Refuse comparisons past the limit, and say how many draws are within it."""
    work = draws * len(codes) * talks.n_packages * len(talks.parties)
    if work > MOST_WORK and draws > 1:
        raise SizeLimitError(
            f"efficiency in {asked:,} draws of {len(codes):,} packages among {talks.n_packages:,} takes {work:.1e} "
            f"comparisons, past the limit of {MOST_WORK:.0e}; ask for at most {max(1, MOST_WORK * asked // work):,} draws."
        )


def _best_listed(talks: Negotiation, grid: Array, position: int) -> tuple[Array, BoolArray, IntArray]:
    """Value, whether dominated, and position of the rival, for each draw of a grid (S, P, N)."""
    noise = NOISE * at_stake(talks)
    least = np.full((grid.shape[0], grid.shape[2]), np.inf)
    total = np.zeros_like(least)
    differs = np.zeros(least.shape, dtype=np.bool_)
    for party in range(grid.shape[1]):
        gain = grid[:, party] - grid[:, party, position, None]
        gain[np.abs(gain) <= noise[party]] = 0.0
        np.minimum(least, gain, out=least)
        total += gain
        differs |= gain != 0
    dominating = (least >= 0) & differs
    dominated = np.asarray(dominating.any(axis=1))
    rivals = np.where(dominated[:, None], dominating, differs)
    score = np.where(rivals, np.where(dominated[:, None], total, least), -np.inf)
    where = score.argmax(axis=1)
    return np.take_along_axis(score, where[:, None], axis=1)[:, 0], dominated, where


def _nearest(talks: Negotiation, code: IntArray, values: Array) -> tuple[float, IntArray]:
    """The largest least gain among packages that settle some issue otherwise, and that package."""
    stakes, interactions, _ = talks.as_additive_terms(values)
    mine = _worth(stakes, interactions, code)
    value, choices = -np.inf, code
    for k, option in enumerate(code.tolist()):
        left = [np.delete(table, option, axis=0) if i == k else table for i, table in enumerate(stakes)]
        still = [(_renumbered(on, k, option), v) for on, v in interactions if (k, option) not in on]
        front = additive_frontier(left, still)
        gains = settle(front.payoffs - mine, talks)
        least = np.where((gains != 0).any(axis=1), gains.min(axis=1), -np.inf)
        best = int(least.argmax())
        if least[best] > value and front.choices is not None:
            value, choices = float(least[best]), front.choices[best].copy()
            choices[k] += choices[k] >= option
    return value, choices


def _worth(stakes: Sequence[Array], interactions: Sequence[Interaction], code: IntArray) -> Array:
    """What one package pays, (P,)."""
    parts = [table[c] for table, c in zip(stakes, code, strict=True)]
    parts += [np.asarray(v) for on, v in interactions if all(code[k] == o for k, o in on)]
    return np.asarray(np.sum(parts, axis=0))


def _renumbered(conditions: Sequence[tuple[int, int]], issue: int, gone: int) -> list[tuple[int, int]]:
    """Conditions after an option of an issue has gone."""
    return [(k, o - 1 if k == issue and o > gone else o) for k, o in conditions]
