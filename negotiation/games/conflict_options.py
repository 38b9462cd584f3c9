"""Conflicts in option form: states are what everybody does, moves are changes of what one does oneself."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from negotiation.arrays import BoolArray, IntArray, read_only
from negotiation.errors import (
    DuplicateNameError,
    GameShapeError,
    ParameterError,
    SizeLimitError,
    UnknownNameError,
    WrongTypeError,
)
from negotiation.games.conflict_moves import GroupedMoves, ListedMoves, Moves, check_number, in_order

Settings = dict[str, str]
Statement = Mapping[str, str] | Callable[[Settings], bool]
BINARY = ("N", "Y")


@dataclass(frozen=True, slots=True, eq=False)
class OptionForm:
    """The options behind the states.

    Parameters
    ----------
    names : tuple of str, length K
        Of the options.
    settings : tuple of tuples of str
        Of each option; the first is how things stand.
    owners : tuple of int
        Whose each option is.
    n_parties : int
    codes : ndarray of int, shape (S, K)
        The setting of every option in every state; where states were merged, in the first of them.
    state_of : ndarray of int, shape (Π settings,)
        The state of each combination, -1 where it is not feasible.
    """

    option_names: tuple[str, ...]
    settings: tuple[tuple[str, ...], ...]
    owners: tuple[int, ...]
    n_parties: int
    codes: IntArray
    state_of: IntArray

    @classmethod
    def full(
        cls, names: Sequence[str], settings: Sequence[Sequence[str]], owners: Sequence[int], n_parties: int
    ) -> OptionForm:
        """Every combination, the last option moving fastest."""
        sizes = [len(s) for s in settings]
        total = math.prod(sizes)
        codes = np.stack(np.unravel_index(np.arange(total), sizes), axis=1) if sizes else np.zeros((1, 0))
        return cls(
            tuple(names), tuple(map(tuple, settings)), tuple(owners), n_parties,
            read_only(codes, np.int64), read_only(np.arange(total), np.int64),
        )  # fmt: skip

    @classmethod
    def of_game(cls, players: Sequence[str], actions: Sequence[Sequence[str]]) -> OptionForm:
        """One option a player, its actions."""
        return cls.full(players, actions, range(len(players)), len(players))

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many settings each option has."""
        return tuple(map(len, self.settings))

    @property
    def is_merged(self) -> bool:
        """Whether some states stand for several combinations."""
        return int((self.state_of >= 0).sum()) > len(self.codes)

    @property
    def strides(self) -> IntArray:
        """By how much one step of each option moves the flat position of a combination, shape (K,)."""
        return np.array([math.prod(self.sizes[k + 1 :]) for k in range(len(self.sizes))], dtype=np.int64)

    def flat(self, codes: IntArray) -> IntArray:
        """Positions of combinations (..., K) among all of them."""
        return np.asarray(codes @ self.strides, dtype=np.int64)

    def own_parts(self) -> IntArray:
        """For each state and party the combination of its own options, as its share of the flat position, (S, N)."""
        out = np.zeros((len(self.codes), self.n_parties), dtype=np.int64)
        for party in range(self.n_parties):
            own = [k for k, owner in enumerate(self.owners) if owner == party]
            out[:, party] = self.codes[:, own] @ self.strides[own]
        return out

    def grouped(self) -> tuple[GroupedMoves, ...]:
        """Each party's moves: between all states that differ in its own options only."""
        whole = self.flat(self.codes)
        return tuple(GroupedMoves.of(whole - part) for part in self.own_parts().T)

    def settings_of(self, state: int) -> Settings:
        """Option to setting in one state."""
        return {name: s[c] for name, s, c in zip(self.option_names, self.settings, self.codes[state], strict=True)}

    def find(self, settings: Mapping[str, str]) -> int:
        """The state with these settings, the others at their first."""
        code = np.zeros(len(self.option_names), dtype=np.int64)
        for k, value in self.pattern(settings):
            code[k] = value
        state = int(self.state_of[self.flat(code)])
        if state < 0:
            raise ParameterError(f"the state {dict(settings)!r} is not feasible.")
        return state

    def pattern(self, settings: Mapping[str, str]) -> list[tuple[int, int]]:
        """Positions of options and settings, checked."""
        out = []
        for name, setting in settings.items():
            if name not in self.option_names:
                raise UnknownNameError("option", name, self.option_names)
            k = self.option_names.index(name)
            if setting not in self.settings[k]:
                raise UnknownNameError("setting", setting, self.settings[k], f"option {name!r}")
            out.append((k, self.settings[k].index(setting)))
        return out

    def matching(self, settings: Mapping[str, str]) -> BoolArray:
        """Which states have these settings."""
        hit = np.ones(len(self.codes), dtype=np.bool_)
        for k, value in self.pattern(settings):
            hit &= self.codes[:, k] == value
        return hit

    def fulfilled(self, statement: Statement) -> BoolArray:
        """In which states a statement holds."""
        if isinstance(statement, Mapping):
            return self.matching(statement)
        if not callable(statement):
            raise WrongTypeError(
                f"{statement!r} is no statement; give a mapping of options to settings, or a function."
            )
        return np.array([bool(statement(self.settings_of(s))) for s in range(len(self.codes))])

    def ranked(
        self,
        parties: Mapping[str, Any],
        preferences: Mapping[str, npt.ArrayLike | Callable[[Settings], float]] | None,
        priorities: Mapping[str, Sequence[Statement]] | None,
    ) -> dict[str, npt.ArrayLike]:
        """Numbers for every state, from the one or the other."""
        if (preferences is None) == (priorities is None):
            raise ParameterError("give either preferences or priorities.")
        given: Mapping[str, Any] = (preferences if priorities is None else priorities) or {}
        for party in (*given, *parties):
            if party not in parties or party not in given:
                where = "the options" if party not in parties else "the preferences"
                raise UnknownNameError("party", party, parties if party not in parties else given, where)
        return {party: self._numbers(given[party], statements=priorities is not None) for party in parties}

    def _numbers(self, given: Any, *, statements: bool) -> npt.ArrayLike:
        if statements:
            table = np.array([self.fulfilled(s) for s in given], dtype=np.bool_).reshape(-1, len(self.codes)).T
            return np.unique(table, axis=0, return_inverse=True)[1].reshape(-1)
        if callable(given):
            return [given(self.settings_of(s)) for s in range(len(self.codes))]
        numbers: npt.ArrayLike = given
        return numbers

    def names(self) -> OptionNames:
        """What is moved in each state."""
        return OptionNames(self)

    def profile_names(self) -> OptionNames:
        """The setting of every option in each state."""
        return OptionNames(self, moved_only=False)


@dataclass(frozen=True, slots=True, eq=False)
class OptionNames(Sequence[str]):
    """Names of states, written when they are asked for: what is moved, with its setting where there are several."""

    form: OptionForm
    moved_only: bool = True

    def __len__(self) -> int:
        return len(self.form.codes)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...
    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        if isinstance(at, slice):
            return tuple(self[k] for k in range(*at.indices(len(self))))
        form, code = self.form, self.form.codes[at]
        if not self.moved_only:
            return ", ".join(s[c] for s, c in zip(form.settings, code, strict=True))
        moved = [
            name if len(s) == 2 else f"{name}: {s[c]}"
            for name, s, c in zip(form.option_names, form.settings, code, strict=True)
            if c
        ]
        return " + ".join(moved) or "status quo"

    def __iter__(self) -> Iterator[str]:
        return (self[k] for k in range(len(self)))

    def __repr__(self) -> str:
        return f"<names of {len(self)} states: {self[0]!r}, …>"


def option_form(
    options: Mapping[str, Sequence[str] | Mapping[str, Sequence[str]]],
    *,
    infeasible: Sequence[Mapping[str, str]],
    feasible: Callable[[Settings], bool] | None,
    irreversible: Sequence[str],
    same: Sequence[Mapping[str, str]],
    limit: int,
) -> tuple[OptionForm, tuple[Moves, ...], OptionNames]:
    """Feasible states, merged where they are the same, and everybody's moves; see `ConflictGraph.from_options`."""
    names, settings, owners = _listed(options)
    if math.prod(map(len, settings)) > limit:
        raise SizeLimitError(
            f"{math.prod(map(len, settings)):,} combinations of options are more than the limit of {limit:,}."
        )
    for name in irreversible:
        if name not in names:
            raise UnknownNameError("option", name, names, "irreversible")
    form = OptionForm.full(names, settings, owners, len(options))
    keep = np.ones(len(form.codes), dtype=np.bool_)
    for combination in infeasible:
        keep &= ~form.matching(combination)
    if feasible is not None:
        keep[keep] = [bool(feasible(form.settings_of(int(s)))) for s in np.flatnonzero(keep)]
    if not keep.any():
        raise ParameterError("no state is feasible.")
    if not infeasible and feasible is None and not same and not irreversible:
        return form, form.grouped(), form.names()
    first = np.arange(len(keep))
    for combination in same:
        alike = np.flatnonzero(form.matching(combination) & keep)
        first[np.isin(first, first[alike])] = first[alike].min(initial=len(keep))
    chosen = np.unique(first[keep])
    state_of = np.where(keep, np.searchsorted(chosen, first), -1)
    small = OptionForm(form.option_names, form.settings, form.owners, form.n_parties,
                       read_only(form.codes[chosen], np.int64), read_only(state_of, np.int64))  # fmt: skip
    if not irreversible and not small.is_merged:
        return small, small.grouped(), small.names()
    forward = [names.index(name) for name in irreversible]
    return small, forward_moves(form, state_of, forward, len(chosen)), small.names()


def _listed(
    options: Mapping[str, Sequence[str] | Mapping[str, Sequence[str]]],
) -> tuple[list[str], list[tuple[str, ...]], list[int]]:
    """Names, settings and owners of all options."""
    if not isinstance(options, Mapping) or not options:
        raise WrongTypeError("options must map each party to the names of its options.")
    names: list[str] = []
    settings: list[tuple[str, ...]] = []
    owners: list[int] = []
    for owner, (party, own) in enumerate(options.items()):
        if isinstance(own, str):
            raise WrongTypeError(
                f"the options of {party} must be several names, e.g. ({own!r},), not the text {own!r}."
            )
        for name in own:
            if name in names:
                raise DuplicateNameError("option", name)
            some = tuple(own[name]) if isinstance(own, Mapping) else BINARY
            if len(some) < 2 or len(set(some)) < len(some):
                raise GameShapeError(
                    f"option {name!r} has the settings {some!r}; expected at least two, all different."
                )
            names.append(name)
            settings.append(some)
            owners.append(owner)
    return names, settings, owners


def forward_moves(form: OptionForm, state_of: IntArray, forward: list[int], n_states: int) -> tuple[Moves, ...]:
    """Moves between feasible combinations that turn no irreversible option back, seen as moves between states."""
    kept = np.flatnonzero(state_of >= 0)
    small = OptionForm(form.option_names, form.settings, form.owners, form.n_parties, form.codes[kept], state_of)
    out: list[ListedMoves] = []
    for party, grouped in enumerate(small.grouped()):
        check_number(grouped.n_moves)
        free = grouped.listed()
        sources, targets = kept[free.sources], kept[free.targets]
        allowed = np.ones(sources.size, dtype=np.bool_)
        for k in forward:
            if form.owners[k] == party:
                allowed &= form.codes[targets, k] >= form.codes[sources, k]
        ends = state_of[sources[allowed]], state_of[targets[allowed]]
        apart = ends[0] != ends[1]
        out.append(in_order(ends[0][apart], ends[1][apart], n_states))
    return tuple(out)
