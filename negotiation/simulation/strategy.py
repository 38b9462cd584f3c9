"""What a strategy is, and the frame that those of this library share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

from negotiation.errors import WrongTypeError
from negotiation.simulation.moves import Accept, Move, Reject
from negotiation.simulation.view import View


@runtime_checkable
class Strategy(Protocol):
    """Anything with a method ``move(view)``; a plain function of the view will do as well.

    It returns a move (`Offer`, `Accept`, `Reject`, `Leave`), an outcome to offer (a row or a package), or one of the words
    ``"accept"``, ``"reject"``, ``"leave"``. It keeps no state of its own between calls: ``view.history`` and ``view.memory``
    do, and ``view.rng`` is its only source of chance, so that a run can be repeated.

    Two facts a strategy may state about itself, as class attributes: ``complete_information = True`` if it needs the others'
    payoffs (``view.domain``), and a method ``concession(times)`` if all it does follows from the clock, see `TimeBased`: such
    strategies are played many at a time.
    """

    def move(self, view: View) -> Move | Any:
        """What to do when asked."""


class Bargainer:
    """The frame of the strategies here: what to do with offers, and sensible answers to votes and signatures.

    A subclass says what it would offer now (`proposal`). It accepts what is at least as good for it as that, and never anything
    below its reservation value. To a mediator's change of the text it says yes if it does not lose by it; it signs a text that
    is worth its reservation value.
    """

    __slots__ = ()
    complete_information: ClassVar[bool] = False

    def move(self, view: View) -> Move:
        """See `Strategy.move`."""
        if view.asked == "vote":
            return Accept() if self.prefers(view) else Reject()
        if view.asked == "sign":
            return Accept() if is_acceptable(view) else Reject()
        if view.on_table is not None and is_acceptable(view) and self.accepts(view):
            return Accept()
        return Reject() if view.asked == "answer" else self.proposal(view)

    def prefers(self, view: View) -> bool:
        """In a vote: whether the text on the table is at least as good as the present one."""
        new, old = view.on_table, view.text
        return new is not None and (old is None or bool(view.seat.own[new] >= view.seat.own[old]))

    def accepts(self, view: View) -> bool:
        """Whether to take what is on the table, which is worth the reservation value: if it is no worse than the next offer."""
        planned = self.proposal(view)
        outcome = getattr(planned, "outcome", None)
        return outcome is None or (
            view.on_table is not None and bool(view.seat.own[view.on_table] >= view.seat.own[int(outcome)])
        )

    def proposal(self, view: View) -> Move:
        """What to offer now."""
        raise NotImplementedError


def is_acceptable(view: View) -> bool:
    """Whether what is on the table is worth the reservation value."""
    return view.on_table is not None and bool(view.seat.own[view.on_table] >= view.seat.reservation)


@dataclass(frozen=True, slots=True)
class FunctionStrategy:
    """A plain function of the view as a strategy."""

    function: Callable[[View], Any]

    def move(self, view: View) -> Any:
        """See `Strategy.move`."""
        return self.function(view)


def as_strategy(given: Any) -> Strategy:
    """Take a strategy value, or a function of the view.

    Raises
    ------
    WrongTypeError
        A class instead of a value, or something that has no ``move``.
    """
    if isinstance(given, type):
        raise WrongTypeError(f"{given.__name__} is a class; give a value, {given.__name__}(...).")
    if hasattr(given, "move"):
        strategy: Strategy = given
        return strategy
    if callable(given):
        return FunctionStrategy(given)
    raise WrongTypeError(f"{given!r} is not a strategy: it has no method move(view) and is not a function.")


def label(strategy: Any) -> str:
    """A strategy's name in tables: its class, and the options that differ from their defaults."""
    if isinstance(strategy, FunctionStrategy):
        return getattr(strategy.function, "__name__", "function")
    own = getattr(strategy, "name", None)
    if isinstance(own, str):
        return own
    kind = type(strategy).__name__
    if not is_dataclass(strategy):
        return kind
    told = [
        f"{f.name}={_told(getattr(strategy, f.name))}"
        for f in fields(strategy)
        if f.repr and not _is_default(strategy, f)
    ]
    return f"{kind}({', '.join(told)})" if told else kind


def _is_default(strategy: Any, option: Field[Any]) -> bool:
    """Whether an option has its default value, told by their spelling: values may be arrays."""
    default = option.default if option.default_factory is MISSING else option.default_factory()
    return repr(getattr(strategy, option.name)) == repr(default)


def _told(value: Any) -> str:
    return label(value) if is_dataclass(value) else f"{value:g}" if isinstance(value, float) else repr(value)
