"""Every exception of the library.

Each derives from `NegotiationError` and from the built-in that fits, so ``except ValueError`` works for those
who do not know us. A message says what is wrong, what was given, what was expected, and a hint.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

__all__ = [
    "DiscountFactorError",
    "DistributionError",
    "DuplicateNameError",
    "EmptyPackageError",
    "FileFormatError",
    "GameShapeError",
    "ImperfectRecallError",
    "LawBrokenError",
    "MissingExtraError",
    "NegotiationError",
    "NotFiniteError",
    "NumericalError",
    "OwnershipError",
    "ParameterError",
    "ProbabilityError",
    "RunDirectoryError",
    "ScenarioFileError",
    "SizeLimitError",
    "SolverMismatchError",
    "UnitMismatchError",
    "UnknownNameError",
    "WorkerLostError",
    "WrongTypeError",
]


class NegotiationError(Exception):
    """The base of every exception this library raises on purpose."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[NegotiationError], args: tuple[object, ...], state: dict[str, object]) -> NegotiationError:
    """An exception that comes from another process, whatever its constructor takes."""
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class UnknownNameError(NegotiationError, LookupError):
    """A name does not exist where it was looked up."""

    def __init__(self, kind: str, name: object, known: Iterable[str], where: str = "") -> None:
        self.kind, self.name, self.known = kind, name, tuple(known)
        near = get_close_matches(str(name), self.known, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        place = f" in {where}" if where else ""
        listed = ", ".join(map(str, self.known[:20])) or "none"
        more = f" and {len(self.known) - 20} more" if len(self.known) > 20 else ""
        super().__init__(f"no {kind} called {name!r}{place}; known: {listed}{more}.{hint}")


class DuplicateNameError(NegotiationError, ValueError):
    """A name that must be unique is given twice."""

    def __init__(self, kind: str, name: object, where: str = "") -> None:
        self.kind, self.name = kind, name
        place = f" in {where}" if where else ""
        super().__init__(f"duplicate {kind} {name!r}{place}; every {kind} needs a name of its own.")


class WrongTypeError(NegotiationError, TypeError):
    """A value has a type that cannot be used here."""


class ParameterError(NegotiationError, ValueError):
    """A parameter lies outside the values it may take."""


class NotFiniteError(NegotiationError, ValueError):
    """A number is NaN or infinite where a finite one is needed."""


class NumericalError(NegotiationError, ArithmeticError):
    """Rounding defeated a method that must succeed in theory; nothing is returned rather than something wrong."""


class ProbabilityError(NegotiationError, ValueError):
    """A probability lies outside [0, 1], or probabilities do not add up to one."""


class DiscountFactorError(NegotiationError, ValueError):
    """A discount factor does not lie strictly between 0 and 1."""


class UnitMismatchError(NegotiationError, ValueError):
    """Two quantities in different units or periods would have to be added."""


class DistributionError(NegotiationError, ValueError):
    """A distribution cannot be used as a stake: unknown, frozen wrongly, or without a finite mean."""


class EmptyPackageError(NegotiationError, ValueError):
    """A package names nothing."""


class OwnershipError(NegotiationError, ValueError):
    """Somebody would give what somebody else owns."""


class ScenarioFileError(NegotiationError, ValueError):
    """A scenario file cannot be read; the message names the file, the key and the mend."""


class FileFormatError(NegotiationError, ValueError):
    """A file in the format of another program cannot be read; the message names the file, the line and the mend."""


class GameShapeError(NegotiationError, ValueError):
    """Payoffs, strategies or labels do not have the shape that the game needs."""


class ImperfectRecallError(NegotiationError, ValueError):
    """A player of a game tree would forget what it did or knew."""


class SolverMismatchError(NegotiationError, ValueError):
    """A solver was asked for a game that it does not solve."""


class SizeLimitError(NegotiationError, ValueError):
    """The work asked for is past a stated limit."""


class MissingExtraError(NegotiationError, ImportError):
    """Something is asked for that needs a library which is not installed with the rest."""

    def __init__(self, what: str, library: str, extra: str) -> None:
        self.library, self.extra = library, extra
        super().__init__(f"{what} needs {library}; install it with: pip install 'negotiation[{extra}]'.")


class RunDirectoryError(NegotiationError, OSError):
    """A run directory cannot be used: in use, another job's, full, or not to be written to."""


class WorkerLostError(NegotiationError, RuntimeError):
    """The processes that worked on a chunk died, again and again."""


class LawBrokenError(NegotiationError, AssertionError):
    """A payoff function breaks a law that every payoff function keeps; the message holds a counterexample."""
