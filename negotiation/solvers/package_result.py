"""The equilibria of a package game, as a product over parts that do not bear on one another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from negotiation.arrays import Array
from negotiation.games.normal_form import NormalFormGame
from negotiation.games.package_game import Options, PackageGame
from negotiation.solvers.result import Status


@dataclass(frozen=True, slots=True, eq=False)
class DominatedOption:
    """An option its owner never takes: another one is worth more whatever else is settled."""

    issue: int
    option: int
    by: int
    margin: float
    round: int


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Issues that hang together, as a game of their owners.

    Parameters
    ----------
    issues : tuple of int
        Positions in the package game.
    options : tuple of tuples of int
        For each of these issues the options left after elimination.
    owners : tuple of int
        The players of `game`, by position in the package game.
    game : NormalFormGame
        The owners' payoffs as far as they depend on these issues, the others at what elimination leaves of them.
    pure : tuple of tuples of int
        Every pure equilibrium of `game`, as one option for each of these issues.
    """

    issues: tuple[int, ...]
    options: tuple[tuple[int, ...], ...]
    owners: tuple[int, ...]
    game: NormalFormGame
    pure: tuple[Options, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PackageEquilibrium:
    """A pure equilibrium of a package game: one option for every issue."""

    options: Options
    payoffs: Array
    regret: float


@dataclass(frozen=True, slots=True, eq=False)
class PackageSolution:
    """The equilibria of a package game, as a product over its parts.

    Parameters
    ----------
    game : PackageGame
    equilibria : tuple of PackageEquilibrium
        The pure ones, at most as many as the solver's limit.
    solver : IssueDecomposition
    status : Status
    complete : bool
        Whether these are all the pure equilibria.
    notes : tuple of str
    parts : tuple of Part
        A profile is an equilibrium, mixed ones included, exactly if each player's marginal choice on every part is
        one of the part's game: payoffs add up over parts.
    eliminated : tuple of DominatedOption
        Round after round.
    settled : tuple of int
        For each issue the first option that elimination left, the only one for issues in no part.
    n_pure : int
        How many pure equilibria there are, counted without listing them.
    """

    game: PackageGame
    equilibria: tuple[PackageEquilibrium, ...]
    solver: Any
    status: Status
    complete: bool
    notes: tuple[str, ...]
    parts: tuple[Part, ...]
    eliminated: tuple[DominatedOption, ...]
    settled: Options
    n_pure: int

    def __len__(self) -> int:
        return len(self.equilibria)

    def packages(self) -> Iterator[Options]:
        """Every pure equilibrium, one after another, as one option for each issue."""
        yield from packages_of(self.settled, self.parts)

    def regret(self, options: Options) -> Array:
        """How much each player could gain by settling its own issues otherwise, shape (N,), in the game's unit.

        Computed on the parts, for a package made of options that elimination left.
        """
        return regret_on_parts(self.game, self.parts, options)

    def __str__(self) -> str:
        sizes = ", ".join(str(len(p.issues)) for p in self.parts) or "none"
        lines = [f"{self.n_pure} pure equilibria: {self.status.value}", f"  issues in each part: {sizes}"]
        lines += [f"  {e.options}: payoffs {e.payoffs}" for e in self.equilibria[:10]]
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__


def packages_of(settled: Options, parts: tuple[Part, ...]) -> Iterator[Options]:
    """All combinations of the parts' pure equilibria; `settled` holds the options of issues in no part."""
    for choice in product(*(part.pure for part in parts)):
        package = list(settled)
        for part, options in zip(parts, choice, strict=True):
            for k, a in zip(part.issues, options, strict=True):
                package[k] = a
        yield tuple(package)


def regret_on_parts(game: PackageGame, parts: tuple[Part, ...], options: Options) -> Array:
    """What each player could gain on all parts together, shape (N,)."""
    gains = np.zeros(game.n_players)
    for part in parts:
        cell = _cell(part, options, game)
        for i, owner in enumerate(part.owners):
            table = part.game.payoffs[i]
            line = tuple(slice(None) if j == i else a for j, a in enumerate(cell))
            gains[owner] += table[line].max() - table[cell]
    return gains


def _cell(part: Part, options: Options, game: PackageGame) -> tuple[int, ...]:
    """The cell of a part's table at which a package lies."""
    cell = []
    for owner in part.owners:
        own = [q for q, k in enumerate(part.issues) if game.owners[k] == owner]
        at = [part.options[q].index(options[part.issues[q]]) for q in own]
        cell.append(int(np.ravel_multi_index(at, [len(part.options[q]) for q in own])))
    return tuple(cell)
