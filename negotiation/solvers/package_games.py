"""Package games taken apart: issues that no combination ties together are settled one by one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from negotiation.arrays import Array, read_only
from negotiation.games.package_game import Options, PackageGame
from negotiation.solvers.limits import check_positive
from negotiation.solvers.package_result import (
    DominatedOption,
    PackageEquilibrium,
    PackageSolution,
    Part,
    packages_of,
    regret_on_parts,
)
from negotiation.solvers.pure import best_response_cells
from negotiation.solvers.result import Status


@dataclass(frozen=True, slots=True)
class IssueDecomposition:
    """All pure equilibria of a package game, without its table.

    Parameters
    ----------
    limit : int
        At most so many equilibria are listed; `PackageSolution.n_pure` counts them all.
    max_cells : int
        Most cells that the table of one part may have.

    Notes
    -----
    Options that are worse than another whatever else is settled go first, round after round. Then issues are joined
    when a combination that still can come about changes what one of their owners gains. Each part is a small game;
    the equilibria of the whole are all combinations of the parts' equilibria. Cost: one look at each stake and synergy
    a round, plus the parts' tables: linear in the issues when there are no synergies, exponential in the largest part.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> stakes = [rng.integers(-3, 4, (2, 2)) for _ in range(40)]
    >>> game = PackageGame(stakes, owners=[0] * 20 + [1] * 20)
    >>> game.shape, IssueDecomposition().run(game).n_pure
    ((1048576, 1048576), 16)
    """

    limit: int = 1000
    max_cells: int = 2**22

    def __post_init__(self) -> None:
        check_positive(limit=self.limit, max_cells=self.max_cells)

    def why_not(self, game: object) -> str:
        """Why this solver does not take `game`; empty when it does."""
        if not isinstance(game, PackageGame):
            return f"IssueDecomposition takes package games, not {game!r}."
        left, _ = eliminate_options(game)
        for issues in _joined(game, left):
            cells = math.prod(len(left[k]) for k in issues)
            if cells > self.max_cells:
                return f"{len(issues)} issues hang together, with {cells} packages; the limit is {self.max_cells}."
        return ""

    def run(self, game: PackageGame) -> PackageSolution:
        """Eliminate, take apart, solve each part, count the combinations."""
        left, eliminated = eliminate_options(game)
        parts = tuple(_part(game, left, issues) for issues in _joined(game, left))
        settled = tuple(options[0] for options in left)
        count = math.prod(len(part.pure) for part in parts)
        listed = islice(packages_of(settled, parts), self.limit)
        equilibria = tuple(
            PackageEquilibrium(p, read_only(game.payoffs_of(p)), float(regret_on_parts(game, parts, p).max()))
            for p in listed
        )
        complete = count == len(equilibria)
        notes = [f"{len(eliminated)} options eliminated; {len(parts)} parts"]
        if not count:
            notes.append("some part has no pure equilibrium: solve its game for mixed ones")
        status = Status.COMPLETE if complete else Status.LIMIT
        return PackageSolution(
            game, equilibria, self, status, complete, tuple(notes), parts, eliminated, settled, count
        )


Left = list[tuple[int, ...]]


def eliminate_options(game: PackageGame) -> tuple[Left, tuple[DominatedOption, ...]]:
    """Options left of each issue, and those that went because another is surely worth more to the owner."""
    left: Left = [tuple(range(o)) for o in game.n_options]
    gone: list[DominatedOption] = []
    number = 0
    while True:
        round_gone = [d for k in range(len(left)) for d in _dominated_options(game, left, k, number)]
        if not round_gone:
            return left, tuple(gone)
        for d in round_gone:
            left[d.issue] = tuple(a for a in left[d.issue] if a != d.option)
        gone += round_gone
        number += 1


def _dominated_options(game: PackageGame, left: Left, k: int, number: int) -> list[DominatedOption]:
    """Options of one issue whose best case is below another's worst case in every synergy."""
    if len(left[k]) == 1:
        return []
    owner = game.owners[k]
    low = {a: float(game.stakes[k][owner, a]) for a in left[k]}
    high = dict(low)
    for synergy in game.synergies:
        chosen = dict(synergy.when)
        a = chosen.pop(k, None)
        if a not in low or any(b not in left[q] for q, b in chosen.items()):
            continue
        sure = all(left[q] == (b,) for q, b in chosen.items())
        extra = float(synergy.extra[owner])
        low[a] += extra if sure else min(0.0, extra)
        high[a] += extra if sure else max(0.0, extra)
    best = max(low, key=lambda a: low[a])
    return [
        DominatedOption(k, a, best, low[best] - high[a], number) for a in left[k] if a != best and high[a] < low[best]
    ]


def _live(game: PackageGame, left: Left) -> Iterator[tuple[dict[int, int], Array]]:
    """Synergies that can still come about, told by the issues still open."""
    for synergy in game.synergies:
        if all(a in left[k] for k, a in synergy.when):
            yield {k: a for k, a in synergy.when if len(left[k]) > 1}, synergy.extra


def _joined(game: PackageGame, left: Left) -> list[tuple[int, ...]]:
    """Open issues in groups that no synergy of concern to an owner crosses."""
    group = list(range(len(left)))

    def root(k: int) -> int:
        while group[k] != k:
            group[k] = group[group[k]]
            k = group[k]
        return k

    for chosen, extra in _live(game, left):
        if any(extra[game.owners[k]] != 0 for k in chosen):
            first, *others = chosen
            for k in others:
                group[root(k)] = root(first)
    members: dict[int, list[int]] = {}
    for k, options in enumerate(left):
        if len(options) > 1:
            members.setdefault(root(k), []).append(k)
    return [tuple(issues) for issues in members.values()]


def _part(game: PackageGame, left: Left, issues: tuple[int, ...]) -> Part:
    """The game of the owners of some issues, and its pure equilibria."""
    owners = tuple(sorted({game.owners[k] for k in issues}))
    place = {k: q for q, k in enumerate(issues)}
    stakes = [game.stakes[k][np.ix_(owners, left[k])] for k in issues]
    synergies = []
    for chosen, extra in _live(game, left):
        if chosen and all(k in place for k in chosen):
            at = {place[k]: left[k].index(a) for k, a in chosen.items()}
            synergies.append((at, extra[list(owners)]))
    small = PackageGame(
        stakes,
        [owners.index(game.owners[k]) for k in issues],
        synergies=synergies,
        players=[game.players[i] for i in owners],
        issues=[game.issues[k] for k in issues],
        unit=game.unit,
    )
    table = small.to_normal_form()
    pure = tuple(_options(small, cell, issues, left) for cell in np.argwhere(best_response_cells(table.payoffs)))
    return Part(issues, tuple(left[k] for k in issues), owners, table, pure)


def _options(small: PackageGame, cell: np.ndarray, issues: tuple[int, ...], left: Left) -> Options:
    """The options that a cell of a part's table stands for."""
    out = [0] * len(issues)
    for i, action in enumerate(cell):
        own = small.issues_of(i)
        for q, a in zip(own, np.unravel_index(int(action), [small.n_options[q] for q in own]), strict=True):
            out[q] = left[issues[q]][int(a)]
    return tuple(out)


def for_package_game(game: PackageGame) -> IssueDecomposition:
    """The solver that `solve` uses for package games."""
    return IssueDecomposition()
