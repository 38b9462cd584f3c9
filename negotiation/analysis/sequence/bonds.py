"""How large a deposit makes a party deliver when its turn comes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from negotiation.analysis.sequence.turns import central_turns
from negotiation.analysis.wording import amount, changes
from negotiation.door import checked
from negotiation.errors import EmptyPackageError
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.reduce.sequence import orders_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Bond:
    """The smallest deposit that makes one party deliver at its turn.

    Parameters
    ----------
    party : str
    amount : float
        For each period in which a breach would last, in the unit of the talks; 0 when no bond is needed.
    periods : int
        How long a breach lasts before it is noticed: the party's detection lag.
    breaks_by : Package
        What its best breach leads to.
    """

    party: str
    amount: float
    periods: int
    breaks_by: Package

    @property
    def deposit(self) -> float:
        """What has to be put up: the amount a period times the periods until a breach is noticed, in money of one period."""
        return self.amount * self.periods


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Bonds:
    """The bonds that make a package hold, for every order of delivery; from `bonds`.

    Parameters
    ----------
    talks : Negotiation
    package : Package
    orders : mapping of tuple of str to tuple of Bond
        For each order one bond a party, in that order.
    """

    talks: Negotiation
    package: Package
    orders: Mapping[tuple[str, ...], tuple[Bond, ...]]

    def __post_init__(self) -> None:
        object.__setattr__(self, "orders", MappingProxyType(dict(self.orders)))

    def __reduce__(self) -> tuple[Any, ...]:
        return Bonds, (self.talks, self.package, dict(self.orders))

    def __iter__(self) -> Iterator[tuple[tuple[str, ...], tuple[Bond, ...]]]:
        return iter(self.orders.items())

    def __getitem__(self, first: str) -> dict[str, float]:
        """The amounts by party when `first` delivers first (the first such order)."""
        for order, found in self.orders.items():
            if order[:1] == (first,):
                return {bond.party: bond.amount for bond in found}
        self.talks.party_index(first)
        raise EmptyPackageError(f"{first} delivers nothing in this package, or is bound, so it does not go first.")

    @property
    def smallest(self) -> tuple[str, ...]:
        """The order that needs the least deposited in all."""
        return min(self.orders, key=lambda order: sum(bond.deposit for bond in self.orders[order]))

    def to_frame(self) -> pd.DataFrame:
        """One row an order and party."""
        import pandas as pd

        rows = [
            {"order": " → ".join(order), "party": b.party, "bond": b.amount, "periods": b.periods, "deposit": b.deposit,
             "breaks by": changes(self.package, b.breaks_by)}
            for order, found in self.orders.items() for b in found
        ]  # fmt: skip
        frame = pd.DataFrame(rows)
        frame.attrs["unit"] = self.talks.unit
        return frame

    def __str__(self) -> str:
        period = self.talks.period
        money = self.talks.unit.rsplit(" per ", 1)[0]
        lines = [
            f"The smallest bonds that make each party deliver at its turn, in {self.talks.unit} that a breach lasts:"
        ]
        for order, found in self.orders.items():
            parts = [
                f"{b.party} {amount(b.amount)}"
                + (
                    f" (noticed after {b.periods} {period}{'s' * (b.periods > 1)}: {money} {amount(b.deposit)})"
                    if b.amount
                    else ""
                )
                for b in found
            ]
            lines.append(f"  {', then '.join(order) or 'nobody delivers'}: {'; '.join(parts) or 'none'}")
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False)
        return f"<p>Bonds in {self.talks.unit}</p>{table}"


@checked
def bonds(
    talks: Negotiation, package: Mapping[str, str], *, first: str | None = None, bound: Iterable[str] = ()
) -> Bonds:
    """The smallest bonds that make every party deliver its part of a package at its turn.

    Parameters
    ----------
    talks : Negotiation
    package : Package
    first : str, optional
        Who delivers first; every order unless given.
    bound : iterable of str
        Parties whose part is enforced already.

    Returns
    -------
    Bonds
        A bond is lost when its owner does not deliver all of its part though all before it did. With bonds of these sizes the
        package is a subgame-perfect outcome of `sequence_game` in that order; with less of one that is not 0 it is not.

    Raises
    ------
    UnknownNameError
    SizeLimitError
        More than five parties deliver, or too many concessions hang together.

    Notes
    -----
    The bond is what a party gains by the best it can do instead, the others then doing what is best for them. The last
    party's is therefore the whole cost of its part; an earlier one's is less by what the others then withhold.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -1), ng.Stake("A", "y", "lifted", 4),
    ...      ng.Stake("B", "y", "lifted", -2), ng.Stake("B", "x", "lifted", 4)])
    >>> bonds(talks, talks.package("x", "y"))["A"]
    {'A': 0.0, 'B': 2.0}
    """
    full = talks.as_package(package)
    (code,) = talks.codes([full])
    found = {}
    for order in orders_of(talks, code, first, tuple(bound)):
        turns, _ = central_turns(talks, code, order)
        found[order] = tuple(
            Bond(
                name, max(0.0, -turn.margin), talks.party(name).detection_lag, talks.package_from_choices(turn.outcome)
            )
            for name, turn in turns.items()
        )
    return Bonds(talks, full, found)
