"""Conflicts as graphs: states, who can move from which to which, and how each decision maker ranks them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, IntArray, read_only
from negotiation.errors import DuplicateNameError, GameShapeError, NotFiniteError, UnknownNameError, WrongTypeError
from negotiation.games.conflict_moves import Moves, list_moves
from negotiation.games.conflict_options import OptionForm, Settings, Statement, forward_moves, option_form
from negotiation.games.normal_form import NormalFormGame
from negotiation.words import counted


@dataclass(frozen=True, slots=True, eq=False, init=False, repr=False)
class ConflictGraph:
    """A conflict in the graph model: it works from ranks alone, because ministries rank and do not price.

    Parameters
    ----------
    preferences : mapping of party to array_like, shape (S,)
        How each decision maker ranks the states: higher is better, equal numbers are ties. Only the order counts; payoffs
        are ranks too.
    moves : mapping of party to iterable of (from, to)
        The moves that each can make by itself, by position or name of the states. A party not named has none. A move that
        can be taken back is two pairs.
    states : sequence of str, optional
        Names, unique; ``"0"``, ``"1"``, … unless given.

    Raises
    ------
    GameShapeError, WrongTypeError, NotFiniteError, UnknownNameError, DuplicateNameError
        Preferences that differ in length, are no finite numbers; moves of nobody, to nowhere or from a state to itself.

    Notes
    -----
    `from_rankings` takes lists of states, best first; `from_options` makes states and moves of what each decision maker can do;
    `from_game` of a game in normal form; `conflict_graph` of a negotiation.

    References
    ----------
    Kilgour, D. M., Hipel, K. W. and Fang, L. (1987). The graph model for conflicts. Automatica 23, 41-55.
    Fang, L., Hipel, K. W. and Kilgour, D. M. (1993). Interactive Decision Making: The Graph Model for Conflict Resolution.
    Wiley.

    Examples
    --------
    The prisoner's dilemma: both silent (0), one of them speaks (1 and 2), both do (3).

    >>> graph = ConflictGraph({"A": [3, 4, 1, 2], "B": [3, 1, 4, 2]},
    ...     {"A": [(0, 1), (1, 0), (2, 3), (3, 2)], "B": [(0, 2), (2, 0), (1, 3), (3, 1)]})
    >>> graph
    <ConflictGraph 4 states, A (4 moves), B (4 moves)>
    """

    parties: tuple[str, ...]
    ranks: IntArray
    moves: tuple[Moves, ...]
    states: Sequence[str]
    options: OptionForm | None
    values: Array | None
    unit: str

    def __init__(
        self,
        preferences: Mapping[str, npt.ArrayLike],
        moves: Mapping[str, Iterable[tuple[int | str, int | str]]],
        *,
        states: Sequence[str] | None = None,
    ) -> None:
        ranks, values = _ranks(preferences)
        n_states = ranks.shape[1]
        names = tuple(map(str, range(n_states))) if states is None else tuple(states)
        if len(names) != n_states:
            raise GameShapeError(f"{len(names)} names of states given for {n_states} states.")
        positions: dict[str, int] = {}
        for k, name in enumerate(names):
            if not isinstance(name, str):
                raise WrongTypeError(f"the name of a state is {name!r}, which is not text.")
            if positions.setdefault(name, k) != k:
                raise DuplicateNameError("state", name)
        if not isinstance(moves, Mapping):
            raise WrongTypeError(f"moves must map each party to pairs of states, not be a {type(moves).__name__}.")
        for party in moves:
            if party not in preferences:
                raise UnknownNameError("party", party, preferences, "the preferences, but it has moves")
        listed = [list_moves(moves.get(party, ()), positions, n_states, party) for party in preferences]
        self._put(tuple(preferences), ranks, tuple(listed), names, None, values, "")

    def _put(
        self,
        parties: tuple[str, ...],
        ranks: IntArray,
        moves: tuple[Moves, ...],
        states: Sequence[str],
        options: OptionForm | None,
        values: Array | None,
        unit: str,
    ) -> None:
        for name, value in zip(self.__slots__, (parties, ranks, moves, states, options, values, unit), strict=True):
            object.__setattr__(self, name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, tuple(getattr(self, name) for name in self.__slots__)

    @classmethod
    def from_rankings(
        cls,
        rankings: Mapping[str, Sequence[Any]],
        moves: Mapping[str, Iterable[tuple[int | str, int | str]]],
        *,
        states: Sequence[str] | None = None,
    ) -> ConflictGraph:
        """Make a conflict of each party's list of states, best first; states in a list of their own are tied.

        Parameters
        ----------
        rankings : mapping of party to sequence of states or of lists of states
            By position or name; each state once.
        moves, states
            See the class.

        Raises
        ------
        GameShapeError, UnknownNameError, DuplicateNameError
            A state that is left out, does not exist or stands twice.

        Examples
        --------
        >>> graph = ConflictGraph.from_rankings({"A": ["peace", ["raid", "war"]]}, {"A": [("peace", "raid")]},
        ...     states=["peace", "raid", "war"])
        >>> graph.preferences["A"]
        array([1, 0, 0])
        """
        names = {name: k for k, name in enumerate(states or ())}
        placed = {party: _placed(party, ranking, names) for party, ranking in rankings.items()}
        return cls(placed, moves, states=states)

    @classmethod
    def from_options(
        cls,
        options: Mapping[str, Sequence[str] | Mapping[str, Sequence[str]]],
        *,
        preferences: Mapping[str, npt.ArrayLike | Callable[[Settings], float]] | None = None,
        priorities: Mapping[str, Sequence[Statement]] | None = None,
        infeasible: Iterable[Mapping[str, str]] = (),
        feasible: Callable[[Settings], bool] | None = None,
        irreversible: Iterable[str] = (),
        same: Iterable[Mapping[str, str]] = (),
        limit: int = 2**22,
    ) -> ConflictGraph:
        """Make a conflict of what each decision maker can do; a move changes any of one's own options.

        Parameters
        ----------
        options : mapping of party to names of options, or to mapping of option to its settings
            A name alone has the settings ``"N"`` and ``"Y"``. Names are unique among all parties.
        preferences : mapping of party to array_like (S,) or function of a state
            Of the states that are feasible, the last option moving fastest; a function gets a dict of option to setting.
        priorities : mapping of party to sequence of statements, most important first
            Instead of `preferences` (option prioritising): of two states the better one fulfils the first statement in which
            they differ. A statement is a mapping of options to settings, all of which hold, or a function of a state.
        infeasible : iterable of mapping of option to setting
            Combinations that cannot be.
        feasible : function of a state, optional
            Whether a state can be, where that is easier to say.
        irreversible : iterable of str
            Options that only move forward in the order of their settings.
        same : iterable of mapping of option to setting
            All states with these settings are one and the same state, such as one party having left.
        limit : int
            The most combinations that are looked at.

        Raises
        ------
        ParameterError, SizeLimitError
            No state is feasible, or too many combinations; and see the class.

        Notes
        -----
        Where nothing is irreversible or merged, moves are not listed: they are groups of states, so that a million states
        take no more than a few arrays of that length.

        Examples
        --------
        >>> graph = ConflictGraph.from_options({"US": ["lift"], "China": ["license"]},
        ...     priorities={"US": [{"license": "Y"}, {"lift": "N"}], "China": [{"lift": "Y"}, {"license": "N"}]})
        >>> list(graph.states), graph.preferences["US"]
        (['status quo', 'license', 'lift', 'lift + license'], array([1, 3, 0, 2]))
        """
        form, moves, names = option_form(
            options,
            infeasible=tuple(infeasible),
            feasible=feasible,
            irreversible=tuple(irreversible),
            same=tuple(same),
            limit=limit,
        )
        given = form.ranked(options, preferences, priorities)
        ranks, values = _ranks(given)
        if ranks.shape[1] != len(names):
            raise GameShapeError(f"preferences over {ranks.shape[1]} states given; {len(names)} are feasible.")
        return _rebuild(tuple(options), ranks, moves, names, form, values, "")

    @classmethod
    def from_game(cls, game: NormalFormGame) -> ConflictGraph:
        """See a game in normal form as a conflict: states are pure profiles, a move changes one's own action.

        Parameters
        ----------
        game : NormalFormGame
            States are its cells, the last player's action moving fastest.

        Examples
        --------
        >>> graph = ConflictGraph.from_game(NormalFormGame([[[3, 1], [4, 2]], [[3, 4], [1, 2]]], actions=[("C", "D")] * 2))
        >>> list(graph.states)
        ['C, C', 'C, D', 'D, C', 'D, D']
        """
        form = OptionForm.of_game(game.players, game.actions)
        table = game.payoffs.reshape(game.n_players, -1)
        ranks, values = _ranks(dict(zip(game.players, table, strict=True)))
        return _rebuild(game.players, ranks, form.grouped(), form.profile_names(), form, values, game.unit)

    @property
    def n_states(self) -> int:
        """The number of states, ``S``."""
        return int(self.ranks.shape[1])

    @property
    def n_moves(self) -> dict[str, int]:
        """How many moves each party has."""
        return {party: moves.n_moves for party, moves in zip(self.parties, self.moves, strict=True)}

    @property
    def preferences(self) -> dict[str, IntArray]:
        """Each party's ranks of the states, from 0, the worst, with no gaps: shape (S,)."""
        return dict(zip(self.parties, self.ranks, strict=True))

    def party_index(self, party: str) -> int:
        """Position of a party."""
        if party not in self.parties:
            raise UnknownNameError("party", party, self.parties)
        return self.parties.index(party)

    def state_index(self, state: int | str | Mapping[str, str]) -> int:
        """Position of a state, given by position, by name, or in option form by its settings (what is not named at the first)."""
        if isinstance(state, Mapping):
            if self.options is None:
                raise WrongTypeError("this conflict is not in option form; give a state by position or name.")
            return self.options.find(state)
        if isinstance(state, str):
            if state not in self.states:
                raise UnknownNameError("state", state, self.states[:200])
            return int(self.states.index(state))
        if isinstance(state, bool) or not isinstance(state, int | np.integer):
            raise WrongTypeError(f"{state!r} is not a state; give its position or name.")
        if not 0 <= state < self.n_states:
            raise UnknownNameError("state", int(state), (f"0 to {self.n_states - 1}",))
        return int(state)

    def moves_from(self, state: int | str | Mapping[str, str], party: str) -> IntArray:
        """The states to which a party can move from one state, ascending."""
        return np.sort(self.moves[self.party_index(party)].from_state(self.state_index(state)))

    def improvements_from(self, state: int | str | Mapping[str, str], party: str) -> IntArray:
        """Those that it likes better than where it is: its unilateral improvements."""
        at, own = self.state_index(state), self.ranks[self.party_index(party)]
        targets = self.moves_from(at, party)
        better: IntArray = targets[own[targets] > own[at]]
        return better

    def with_preferences(self, **preferences: npt.ArrayLike) -> ConflictGraph:
        """Return the conflict with other preferences of some parties, shape (S,) each."""
        for party in preferences:
            self.party_index(party)
        ranks = self.ranks.copy()
        if preferences:
            fresh = _ranks(preferences)[0]
            if fresh.shape[1] != self.n_states:
                raise GameShapeError(f"preferences over {fresh.shape[1]} states given; there are {self.n_states}.")
            ranks[[self.party_index(party) for party in preferences]] = fresh
            ranks.flags.writeable = False
        return _rebuild(self.parties, ranks, self.moves, self.states, self.options, None, "")

    def __repr__(self) -> str:
        each = ", ".join(f"{party} ({n:,} moves)" for party, n in self.n_moves.items())
        return f"<ConflictGraph {counted(self.n_states, 'state')}, {each}>"


def grouped_conflict(
    values: Array,
    form: OptionForm,
    *,
    parties: tuple[str, ...],
    ranks: IntArray | None = None,
    states: Sequence[str] | None = None,
    unit: str = "",
    forward: Sequence[int] = (),
) -> ConflictGraph:
    """A conflict in option form from payoffs (N, S), every combination a state; options in `forward` move forward only."""
    made = _ranks(dict(zip(parties, values, strict=True)))[0] if ranks is None else ranks
    names = form.names() if states is None else states
    moves: tuple[Moves, ...] = form.grouped()
    if forward:
        moves = forward_moves(form, np.arange(len(form.codes)), list(forward), len(form.codes))
    return _rebuild(parties, made, moves, names, form, read_only(values), unit)


def _rebuild(
    parties: tuple[str, ...],
    ranks: IntArray,
    moves: tuple[Moves, ...],
    states: Sequence[str],
    options: OptionForm | None,
    values: Array | None,
    unit: str,
) -> ConflictGraph:
    graph = object.__new__(ConflictGraph)
    graph._put(parties, ranks, moves, states, options, values, unit)
    return graph


def _ranks(preferences: Mapping[str, npt.ArrayLike]) -> tuple[IntArray, Array | None]:
    """Dense ranks (N, S), and the numbers given where they are finite as floats."""
    if not isinstance(preferences, Mapping):
        raise WrongTypeError(f"preferences must map each party to ranks, not be a {type(preferences).__name__}.")
    if not preferences:
        raise GameShapeError("a conflict needs at least one decision maker; preferences are empty.")
    rows = {party: _row(party, row) for party, row in preferences.items()}
    sizes = {party: row.size for party, row in rows.items()}
    if len(set(sizes.values())) > 1:
        each = ", ".join(f"{party} {n}" for party, n in sizes.items())
        raise GameShapeError(f"the parties rank different numbers of states: {each}; give each one number a state.")
    if not next(iter(sizes.values())):
        raise GameShapeError("a conflict needs at least one state; the preferences are empty.")
    dense = np.array([np.unique(row, return_inverse=True)[1].reshape(-1) for row in rows.values()])
    values = np.array([row.astype(np.float64) for row in rows.values()])
    return read_only(dense, np.int64), read_only(values)


def _row(party: Any, row: npt.ArrayLike) -> npt.NDArray[Any]:
    if not isinstance(party, str) or not party:
        raise WrongTypeError(f"the name of a party is {party!r}; expected text.")
    try:
        numbers = np.asarray(row)
        if numbers.dtype.kind == "b":
            return numbers.astype(np.int64)
        if numbers.dtype.kind not in "iuf" or (numbers.dtype.kind == "f" and not isinstance(row, np.ndarray)):
            numbers = np.asarray(row, dtype=object)  # whole numbers that a float would round keep their order
    except ValueError:
        raise GameShapeError(f"the preferences of {party} are ragged; give one number a state.") from None
    if numbers.ndim != 1:
        raise GameShapeError(
            f"the preferences of {party} have shape {numbers.shape}; expected (S,), one number a state."
        )
    if numbers.dtype.kind in "iu":
        return numbers
    for k, value in enumerate(numbers if numbers.dtype.kind != "f" else ()):
        if isinstance(value, bool | str | complex) or value is None or not hasattr(value, "__float__"):
            raise WrongTypeError(f"the preference of {party} for state {k} is {value!r}; expected a real number.")
    try:
        bad = np.flatnonzero(~np.isfinite(numbers.astype(np.float64)))
    except OverflowError:
        raise NotFiniteError(f"a preference of {party} is too large for a float; ranks are enough.") from None
    if bad.size:
        raise NotFiniteError(f"the preference of {party} for state {bad[0]} is {numbers[bad[0]]}; it must be finite.")
    return numbers


def _placed(party: str, ranking: Sequence[Any], names: Mapping[str, int]) -> IntArray:
    """Ranks of a list of states, best first."""
    places: dict[int, int] = {}
    for level, entry in enumerate(ranking):
        for state in entry if isinstance(entry, list | tuple) else (entry,):
            if isinstance(state, str) and state not in names:
                raise UnknownNameError("state", state, names, f"the ranking of {party}")
            at = names[state] if isinstance(state, str) else int(state)
            if at in places:
                raise DuplicateNameError("state", state, f"the ranking of {party}")
            places[at] = -level
    missing = sorted(set(range(len(names) or len(places))) ^ set(places))
    if missing:
        what = "leaves out" if missing[0] not in places else "names a state past the last one:"
        last = max(len(names), len(places)) - 1
        raise GameShapeError(f"the ranking of {party} {what} {missing[0]}; rank every state from 0 to {last} once.")
    return np.array([places[k] for k in range(len(places))], dtype=np.int64)
