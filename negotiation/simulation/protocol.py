"""What a protocol is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from negotiation.errors import ParameterError, ProbabilityError
from negotiation.simulation.referee import Referee


class Ending(StrEnum):
    """How talks ended."""

    AGREEMENT = "agreement"
    DEADLINE = "deadline"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How talks came out.

    Parameters
    ----------
    ending : Ending
    agreement : int or None
    delay : int
        The turn of the offer agreed on; how many turns there were if there is none.
    """

    ending: Ending
    agreement: int | None
    delay: int


@runtime_checkable
class TalksProtocol(Protocol):
    """The rules of talks: a frozen value whose fields are the options."""

    def talk(self, referee: Referee) -> Outcome:
        """Ask parties for moves, record what they do, until there is agreement or talks are over."""

    def why_not(self, n_parties: int) -> str:
        """Why so many parties cannot use it; the empty string if they can."""


def check_count(value: object, what: str, least: int = 1) -> None:
    """A whole number from `least` on."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ParameterError(f"{what} is a whole number from {least}, not {value!r}.")


def check_chance(value: float, what: str) -> None:
    """A probability."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ProbabilityError(f"{what} lies in [0, 1], not {value!r}.")
