"""What the parties have been seen to do: dated moves, and records of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from negotiation.errors import DuplicateNameError, OwnershipError, ParameterError, WrongTypeError
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.quantity import check_date

Options = tuple[tuple[str, str], ...]


def _options(settings: Mapping[str, str] | Iterable[tuple[str, str]], what: str) -> Options:
    if isinstance(settings, str):
        raise WrongTypeError(
            f"{what} is the text {settings!r}; give issue and option, e.g. {{'samarium': 'in force'}}."
        )
    pairs = settings.items() if isinstance(settings, Mapping) else settings
    return tuple(sorted((str(i), str(o)) for i, o in pairs))


@dataclass(frozen=True, slots=True)
class Move:
    """What one party did on one day, and what it could have done instead.

    Parameters
    ----------
    date : datetime.date
    party : str
    chose : mapping of issue to option
        What it set its own issues to; those not named stay as they were. Empty for leaving all as it stood.
    instead : sequence of such mappings
        What else it could have done, ``{}`` for leaving all as it stood. At least one that differs.
    description, source : str
        ``source`` quotes a `Source` of the negotiation.

    Raises
    ------
    ParameterError, WrongTypeError, DuplicateNameError

    Examples
    --------
    >>> Move(dt.date(2025, 4, 4), "China", {"samarium": "in force"}, instead=[{}])
    2025-04-04 China: samarium in force, rather than no change
    """

    date: dt.date
    party: str
    chose: Options
    instead: tuple[Options, ...]
    description: str
    source: str

    def __init__(
        self,
        date: dt.date,
        party: str,
        chose: Mapping[str, str] | Iterable[tuple[str, str]],
        *,
        instead: Sequence[Mapping[str, str] | Iterable[tuple[str, str]]],
        description: str = "",
        source: str = "",
    ) -> None:
        check_date(date, "the date of a move")
        if date is None:
            raise WrongTypeError("a move has a date, e.g. datetime.date(2025, 4, 4).")
        if isinstance(instead, Mapping | str):
            raise WrongTypeError("instead is a list of what else could have been done, e.g. [{}].")
        put = object.__setattr__
        put(self, "date", date)
        put(self, "party", party)
        put(self, "chose", _options(chose, "what a move chose"))
        put(self, "instead", tuple(_options(a, "an alternative") for a in instead))
        put(self, "description", description)
        put(self, "source", source)
        if not self.instead:
            raise ParameterError(
                f"{party} on {date} had no alternative, so the move says nothing; give e.g. instead=[{{}}]."
            )
        if len({self.chose, *self.instead}) < 1 + len(self.instead):
            raise DuplicateNameError("alternative", _worded(self.chose), f"the move of {party} on {date}")

    def __reduce__(self) -> tuple[object, ...]:
        return _restored, (self.date, self.party, self.chose, self.instead, self.description, self.source)

    def __repr__(self) -> str:
        others = " or ".join(_worded(a) for a in self.instead)
        return f"{self.date} {self.party}: {_worded(self.chose)}, rather than {others}"


def _restored(date: dt.date, party: str, chose: Options, instead: tuple[Options, ...], text: str, source: str) -> Move:
    return Move(date, party, chose, instead=instead, description=text, source=source)


def _worded(options: Options) -> str:
    by_option: dict[str, list[str]] = {}
    for issue, option in options:
        by_option.setdefault(option, []).append(issue)
    return "; ".join(f"{', '.join(issues)} {option}" for option, issues in by_option.items()) or "no change"


@dataclass(frozen=True, slots=True)
class MoveRecord:
    """Moves in the order of their dates, and how things stood before the first.

    Parameters
    ----------
    moves : sequence of Move
    start : mapping of issue to option
        Before the first move; issues not named at their status quo.

    Raises
    ------
    ParameterError
        No moves, or moves out of order.

    Examples
    --------
    >>> record = MoveRecord([Move(dt.date(2025, 4, 4), "China", {"samarium": "in force"}, instead=[{}])],
    ...     start={"samarium": "lifted"})
    >>> record.until(dt.date(2025, 4, 1))
    ()
    """

    moves: tuple[Move, ...]
    start: Options

    def __init__(self, moves: Iterable[Move], start: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        listed = tuple(moves)
        for move in listed:
            if not isinstance(move, Move):
                raise WrongTypeError(f"{move!r} is not a Move.")
        if not listed:
            raise ParameterError("a record without moves says nothing; give at least one Move.")
        for before, after in pairwise(listed):
            if after.date < before.date:
                raise ParameterError(
                    f"moves are out of order: {after.date} stands after {before.date}; sort them by date."
                )
        object.__setattr__(self, "moves", listed)
        object.__setattr__(self, "start", _options(start, "the start of a record"))

    def __len__(self) -> int:
        return len(self.moves)

    def __iter__(self) -> Iterator[Move]:
        return iter(self.moves)

    def until(self, date: dt.date) -> tuple[Move, ...]:
        """The moves up to and on a day."""
        return tuple(m for m in self.moves if m.date <= date)

    def first(self, n: int) -> MoveRecord:
        """The record of the first so many moves."""
        return replace(self, moves=self.moves[:n], start=self.start)

    def choices(self, talks: Negotiation) -> list[tuple[int, list[Package]]]:
        """For each move the mover's position, and the states it chose among, the one it chose first.

        Raises
        ------
        UnknownNameError
            A party, issue or option that the talks do not have.
        OwnershipError
            Somebody moves what somebody else owns.
        ParameterError
            A move after the day to which the talks speak, or two alternatives that come to the same.
        """
        state = dict(talks.as_package({**talks.status_quo, **dict(self.start)}))
        out = []
        for move in self.moves:
            who = talks.party_index(move.party)
            if talks.as_of is not None and move.date > talks.as_of:
                raise ParameterError(
                    f"{move} is later than {talks.as_of}, to which the talks speak; use talks of a later date."
                )
            states = [self._after(talks, state, move, options) for options in (move.chose, *move.instead)]
            if len(set(states)) < len(states):
                raise ParameterError(f"two alternatives of {move} come to the same state; they cannot be told apart.")
            out.append((who, states))
            state = dict(states[0])
        return out

    def _after(self, talks: Negotiation, state: Mapping[str, str], move: Move, options: Options) -> Package:
        for issue, _ in options:
            owner = talks.issue(issue).owner
            if owner not in (move.party, None):
                raise OwnershipError(f"{move.party} cannot move {issue!r} on {move.date}: it belongs to {owner}.")
        return talks.as_package({**state, **dict(options)})

    def state(self, talks: Negotiation) -> Package:
        """How things stand after the last move."""
        return self.choices(talks)[-1][1][0]


def as_record(moves: MoveRecord | Iterable[Move]) -> MoveRecord:
    """A record as it is; moves by themselves start at the status quo."""
    if isinstance(moves, MoveRecord):
        return moves
    if isinstance(moves, Move | str | Mapping):
        raise WrongTypeError("give several moves in a list, or a MoveRecord.")
    return MoveRecord(moves)
