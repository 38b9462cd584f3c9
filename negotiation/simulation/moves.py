"""What a party can do when it is its turn, and what a strategy may return for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from negotiation.errors import WrongTypeError


@dataclass(frozen=True, slots=True)
class Offer:
    """Propose an outcome, given by row or as a package.

    Parameters
    ----------
    outcome : int or Package
    """

    outcome: Any


@dataclass(frozen=True, slots=True)
class Accept:
    """Agree to what is on the table; in a vote, yes."""


@dataclass(frozen=True, slots=True)
class Reject:
    """Refuse what is on the table and propose nothing; in a vote, no."""


@dataclass(frozen=True, slots=True)
class Leave:
    """End the talks for everybody."""


Move = Offer | Accept | Reject | Leave

WORDS: dict[str, Move] = {"accept": Accept(), "reject": Reject(), "leave": Leave()}


def as_move(given: Any) -> Move:
    """Take a move, the word ``"accept"``, ``"reject"`` or ``"leave"``, or an outcome that is offered.

    Raises
    ------
    WrongTypeError

    Examples
    --------
    >>> as_move(3), as_move("accept")
    (Offer(outcome=3), Accept())
    """
    if isinstance(given, Move):
        return given
    if isinstance(given, str) and given in WORDS:
        return WORDS[given]
    if given is None or isinstance(given, str | bool):
        raise WrongTypeError(f"{given!r} is not a move; return an outcome to offer, or 'accept', 'reject' or 'leave'.")
    return Offer(given)
