"""Stakes and interactions: what an option, or a combination of options, is worth to a party."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from negotiation.errors import ParameterError, UnknownNameError
from negotiation.model.quantity import Quantity, Sourced, as_quantity, central

KINDS = ("commercial", "security", "leverage", "domestic")


@dataclass(frozen=True, slots=True)
class Stake(Sourced):
    """What one option of one issue is worth to one party per period, relative to the status quo.

    Parameters
    ----------
    party, issue, option : str
        Whose stake, in what.
    value : float or Distribution
        In the negotiation's unit; a frozen `scipy.stats` distribution is taken over. Either sign.
    kind : str
        ``"commercial"``, ``"security"``, ``"leverage"`` or ``"domestic"``; one stake of a kind for each option.
    unit : str
        If given, it must be the negotiation's.
    source, known_on, basis, reasoning
        See `Sourced`; keyword only.

    Examples
    --------
    >>> Stake("US", "ethane", "lifted", 58, source="EIA", basis="derived").central
    58.0
    """

    party: str
    issue: str
    option: str
    value: Quantity
    kind: str = "commercial"
    unit: str = ""

    def __post_init__(self) -> None:
        what = f"the stake of {self.party!r} in {self.issue!r} at {self.option!r}"
        object.__setattr__(self, "value", as_quantity(self.value, what))
        check_kind(self.kind, what)
        self._settle_sources()

    @property
    def central(self) -> float:
        """The one number to use where one is needed."""
        return central(self.value)

    @property
    def conditions(self) -> tuple[tuple[str, str], ...]:
        """Issue and option under which it arises."""
        return ((self.issue, self.option),)

    @property
    def label(self) -> str:
        """Its name in tables, unique within a negotiation."""
        return f"{self.party}: {self.issue} {self.option} ({self.kind})"


@dataclass(frozen=True, slots=True)
class Interaction(Sourced):
    """An extra stake that arises only for a combination of options.

    Parameters
    ----------
    party : str
        Whose stake.
    options : mapping of str to str
        Issue to option; two or more.
    value : float or Distribution
        Extra payoff per period when all of them hold.
    kind, unit
        As for a `Stake`.
    source, known_on, basis, reasoning
        See `Sourced`; keyword only.

    Examples
    --------
    >>> pair = {"jet_engine_parts": "lifted", "samarium": "lifted"}
    >>> Interaction("US", pair, 12.0, kind="security").label
    'US: jet_engine_parts lifted with samarium lifted (security)'
    """

    party: str
    options: tuple[tuple[str, str], ...]
    value: Quantity
    kind: str = "commercial"
    unit: str = ""

    def __post_init__(self) -> None:
        pairs = self.options.items() if isinstance(self.options, Mapping) else self.options
        object.__setattr__(self, "options", tuple((issue, option) for issue, option in pairs))
        if len({issue for issue, _ in self.options}) < 2 or len(dict(self.options)) != len(self.options):
            raise ParameterError(
                f"an interaction needs one option each of two or more issues, not {self.options}; for one issue use a Stake."
            )
        what = f"the interaction {dict(self.options)} of {self.party!r}"
        object.__setattr__(self, "value", as_quantity(self.value, what))
        check_kind(self.kind, what)
        self._settle_sources()

    @property
    def central(self) -> float:
        """The one number to use where one is needed."""
        return central(self.value)

    @property
    def conditions(self) -> tuple[tuple[str, str], ...]:
        """Issues and options under which it arises."""
        return self.options

    @property
    def label(self) -> str:
        """Its name in tables, unique within a negotiation."""
        return f"{self.party}: {' with '.join(f'{i} {o}' for i, o in self.options)} ({self.kind})"


def check_kind(kind: str, where: str) -> None:
    """A kind is one of the four."""
    if kind not in KINDS:
        raise UnknownNameError("kind of stake", kind, KINDS, where)
