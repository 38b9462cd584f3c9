"""The check at the door of public functions: is the first argument of the kind that its annotation names?"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from negotiation.errors import WrongTypeError

_P = ParamSpec("_P")
_R = TypeVar("_R")

_HINTS = {
    "Negotiation": "read one with load(path), or describe it with Negotiation(parties, issues, stakes)",
    "NormalFormGame": "make one with NormalFormGame(payoffs)",
    "CoalitionalGame": "make one with CoalitionalGame(values)",
    "BayesianGame": "make one with BayesianGame(prior, payoffs)",
    "SignallingGame": "make one with SignallingGame(prior, sender, receiver)",
}


def checked(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Refuse a first argument whose class is none of those in its annotation, e.g. ``talks: Negotiation``.

    Kinds are told by the names of classes, so that no module has to be loaded for the check.

    Raises
    ------
    WrongTypeError
        When the function that it returns is called.
    """
    name, annotation = next(iter(function.__annotations__.items()))
    kinds = [kind.strip() for kind in str(annotation).split("|")]
    wanted = frozenset(kinds)

    @wraps(function)
    def door(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        given = args[0] if args else kwargs.get(name, door)
        if given is not door and type(given).__name__ not in wanted:
            _refuse(function.__name__, kinds, given)
        return function(*args, **kwargs)

    return door


def _refuse(function: str, kinds: list[str], given: object) -> None:
    """Raise unless a base class is of a wanted kind."""
    if any(base.__name__ in kinds for base in type(given).__mro__):
        return
    what = f"the text {given!r}" if isinstance(given, str) else "None" if given is None else f"a {type(given).__name__}"
    hint = next((f"; {_HINTS[kind]}" for kind in kinds if kind in _HINTS), "")
    wanted = " or ".join(f"{'an' if kind[0] in 'AEIOU' else 'a'} {kind}" for kind in kinds)
    raise WrongTypeError(f"{function} takes {wanted} first, not {what}{hint}.")
