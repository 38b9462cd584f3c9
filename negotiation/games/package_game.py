"""Package games told by their stakes: as many issues as you like, and no table of 2^n × 2^m payoffs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, read_only
from negotiation.errors import (
    DuplicateNameError,
    GameShapeError,
    NotFiniteError,
    ParameterError,
    SizeLimitError,
    UnknownNameError,
)
from negotiation.games.normal_form import NormalFormGame

Options = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Synergy:
    """What a combination of options adds to the stakes.

    Parameters
    ----------
    when : tuple of (issue, option) pairs, by position
        All of these have to be chosen.
    extra : ndarray, shape (N,)
        What each player gets on top.
    """

    when: tuple[tuple[int, int], ...]
    extra: Array


@dataclass(frozen=True, slots=True, eq=False, init=False, repr=False)
class PackageGame:
    """A game in which each player settles its own issues, and payoffs add up over issues and combinations.

    Parameters
    ----------
    stakes : sequence of K array_like, shapes (N, o_1), ..., (N, o_K)
        ``stakes[k][i, a]`` is what option ``a`` of issue ``k`` is worth to player ``i``.
    owners : sequence of int
        For each issue the player who settles it.
    synergies : iterable of (mapping of issue to option, array_like of shape (N,)), optional
        Extra payoffs for combinations of options, by position.
    players, issues : sequence of str, optional
        Names, unique.
    unit : str, optional
        The unit of the payoffs. Shown, never converted.

    Raises
    ------
    GameShapeError, NotFiniteError, DuplicateNameError, ParameterError, UnknownNameError
        Stakes that do not fit, are not finite, names that repeat, an owner or an option that does not exist.

    Notes
    -----
    As a table the game has ``Π o_k`` cells; told like this it has ``Σ N o_k`` numbers and the synergies.

    Examples
    --------
    >>> game = PackageGame([[[0, -1], [0, 3]], [[0, 2], [0, -1]]], owners=(0, 1))
    >>> game.shape, game.payoffs_of((1, 1))
    ((2, 2), array([1., 2.]))
    """

    stakes: tuple[Array, ...]
    owners: tuple[int, ...]
    synergies: tuple[Synergy, ...]
    players: tuple[str, ...]
    issues: tuple[str, ...]
    unit: str

    def __init__(
        self,
        stakes: Sequence[npt.ArrayLike],
        owners: Sequence[int],
        *,
        synergies: Iterable[tuple[Mapping[int, int], npt.ArrayLike]] = (),
        players: Sequence[str] | None = None,
        issues: Sequence[str] | None = None,
        unit: str = "",
    ) -> None:
        tables = tuple(read_only(s) for s in stakes)
        n = _check_stakes(tables, owners)
        for k, owner in enumerate(owners):
            if not 0 <= owner < n:
                raise UnknownNameError("player", owner, (f"0 to {n - 1}",), f"the owner of issue {k}")
        names = tuple(players) if players is not None else tuple(f"player {i + 1}" for i in range(n))
        titles = tuple(issues) if issues is not None else tuple(f"issue {k + 1}" for k in range(len(tables)))
        _check_names("player", names, n)
        _check_names("issue", titles, len(tables))
        object.__setattr__(self, "stakes", tables)
        object.__setattr__(self, "owners", tuple(int(o) for o in owners))
        object.__setattr__(self, "synergies", tuple(_synergy(w, e, tables, n) for w, e in synergies))
        object.__setattr__(self, "players", names)
        object.__setattr__(self, "issues", titles)
        object.__setattr__(self, "unit", unit)

    @property
    def n_players(self) -> int:
        """The number of players, ``N``."""
        return len(self.players)

    @property
    def n_options(self) -> tuple[int, ...]:
        """The number of options of each issue, ``(o_1, ..., o_K)``."""
        return tuple(s.shape[1] for s in self.stakes)

    def issues_of(self, player: int) -> tuple[int, ...]:
        """The issues a player settles, by position."""
        return tuple(k for k, owner in enumerate(self.owners) if owner == player)

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of actions of each player in normal form: combinations of options of its own issues."""
        sizes = [1] * self.n_players
        for k, owner in enumerate(self.owners):
            sizes[owner] *= self.n_options[k]
        return tuple(sizes)

    def payoffs_of(self, options: Sequence[int]) -> Array:
        """What each player gets from one option for every issue, shape (N,)."""
        if len(options) != len(self.stakes):
            raise GameShapeError(f"{len(options)} options given for {len(self.stakes)} issues; give one an issue.")
        for k, a in enumerate(options):
            if not 0 <= a < self.n_options[k]:
                raise UnknownNameError("option", a, (f"0 to {self.n_options[k] - 1}",), self.issues[k])
        total = np.zeros(self.n_players)
        for stake, a in zip(self.stakes, options, strict=True):
            total += stake[:, a]
        for synergy in self.synergies:
            if all(options[k] == a for k, a in synergy.when):
                total += synergy.extra
        return total

    def to_normal_form(self, limit: int = 2**24) -> NormalFormGame:
        """Return the same game as a table.

        Parameters
        ----------
        limit : int
            Most cells the table may have for each player.

        Raises
        ------
        SizeLimitError
            The table would be larger than `limit`.

        Notes
        -----
        A player's actions are the combinations of options of its issues, in the issues' order, the last one moving
        fastest; their names are the options, as in ``"1,0,1"``.
        """
        sizes = self.n_options
        cells = 1
        for size in sizes:
            cells *= size
        if cells > limit:
            raise SizeLimitError(f"the table would have {cells} cells a player, past the limit of {limit}.")
        table = np.zeros((self.n_players, *sizes))
        for k, stake in enumerate(self.stakes):
            table += stake.reshape(self.n_players, *[sizes[k] if q == k else 1 for q in range(len(sizes))])
        for synergy in self.synergies:
            chosen = dict(synergy.when)
            at = tuple(chosen.get(k, slice(None)) for k in range(len(sizes)))
            table[(slice(None), *at)] += synergy.extra.reshape(-1, *[1] * (len(sizes) - len(chosen)))
        order = [k for i in range(self.n_players) for k in self.issues_of(i)]
        table = table.transpose(0, *[1 + k for k in order]).reshape(self.n_players, *self.shape)
        return NormalFormGame(table, self.players, [self._action_names(i) for i in range(self.n_players)], self.unit)

    def _action_names(self, player: int) -> list[str]:
        own = self.issues_of(player)
        if not own:
            return ["nothing to settle"]
        return [",".join(map(str, a)) for a in product(*(range(self.n_options[k]) for k in own))]

    def __repr__(self) -> str:
        counts = ", ".join(f"{name} {len(self.issues_of(i))}" for i, name in enumerate(self.players))
        return f"<PackageGame of {len(self.stakes)} issues ({counts}), {len(self.synergies)} synergies>"

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (
            self.stakes,
            self.owners,
            tuple((dict(s.when), s.extra) for s in self.synergies),
            self.players,
            self.issues,
            self.unit,
        )


def _rebuild(stakes, owners, synergies, players, issues, unit):  # type: ignore[no-untyped-def]
    return PackageGame(stakes, owners, synergies=synergies, players=players, issues=issues, unit=unit)


def _check_stakes(tables: tuple[Array, ...], owners: Sequence[int]) -> int:
    if not tables:
        raise GameShapeError("a package game needs at least one issue.")
    if len(owners) != len(tables):
        raise GameShapeError(f"{len(owners)} owners given for {len(tables)} issues; give one an issue.")
    n = tables[0].shape[0] if tables[0].ndim == 2 else 0
    for k, table in enumerate(tables):
        if table.ndim != 2 or table.shape[0] != n or table.shape[1] == 0:
            raise GameShapeError(
                f"the stakes of issue {k} have shape {table.shape}; expected (players, options), {n} players."
            )
        if not np.isfinite(table).all():
            i, a = np.argwhere(~np.isfinite(table))[0]
            raise NotFiniteError(f"the stake of player {i} in option {a} of issue {k} is {table[i, a]}.")
    return n


def _check_names(kind: str, names: tuple[str, ...], expected: int) -> None:
    if len(names) != expected:
        raise GameShapeError(f"{len(names)} {kind} names given, {expected} needed.")
    for k, name in enumerate(names):
        if name in names[:k]:
            raise DuplicateNameError(kind, name)


def _synergy(when: Mapping[int, int], extra: npt.ArrayLike, tables: tuple[Array, ...], n: int) -> Synergy:
    added = read_only(extra)
    if added.shape != (n,):
        raise GameShapeError(f"a synergy adds payoffs of shape {added.shape}; expected ({n},), one a player.")
    if not np.isfinite(added).all():
        raise NotFiniteError(f"a synergy adds {added[~np.isfinite(added)][0]}; payoffs must be finite.")
    if not when:
        raise ParameterError("a synergy needs at least one option that brings it about.")
    for k, a in when.items():
        if not 0 <= k < len(tables):
            raise UnknownNameError("issue", k, (f"0 to {len(tables) - 1}",), "a synergy")
        if not 0 <= a < tables[k].shape[1]:
            raise UnknownNameError("option", a, (f"0 to {tables[k].shape[1] - 1}",), f"issue {k}")
    return Synergy(tuple(sorted((int(k), int(a)) for k, a in when.items())), added)
