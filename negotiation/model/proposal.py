"""Named offers and asks, and the sources that a scenario quotes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from negotiation.errors import EmptyPackageError, OwnershipError, ParameterError, UnknownNameError
from negotiation.model.issue import Issue, check_name
from negotiation.model.quantity import check_date


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number comes from.

    Parameters
    ----------
    id : str
        What stakes quote.
    title, publisher, url : str
    date : datetime.date, optional
        Of publication.
    """

    id: str
    title: str = ""
    publisher: str = ""
    url: str = ""
    date: dt.date | None = None

    def __post_init__(self) -> None:
        check_date(self.date, f"the date of source {self.id!r}")


@dataclass(frozen=True, slots=True)
class Concessions:
    """A named list of what one party concedes: its offer, or what it is asked for.

    Parameters
    ----------
    name : str
        E.g. ``"three lifts promised"``.
    party : str
        Who concedes.
    options : mapping of str to str
        Issue to option; the party has to own each issue, or it is joint.
    delivery : {"promised", "delivered"}
        Whether others must count on the party's credibility, or hold it in their hands.
    description : str
    """

    name: str
    party: str
    options: tuple[tuple[str, str], ...]
    delivery: Literal["promised", "delivered"] = "promised"
    description: str = ""

    def __post_init__(self) -> None:
        check_name("offer or ask", self.name)
        pairs = self.options.items() if isinstance(self.options, Mapping) else self.options
        object.__setattr__(self, "options", tuple((i, o) for i, o in pairs))
        if not self.options:
            raise EmptyPackageError(f"{self.name!r} concedes nothing; name at least one issue and option.")
        if len(dict(self.options)) != len(self.options):
            raise ParameterError(f"{self.name!r} names an issue twice; give one option for each issue.")
        if self.delivery not in ("promised", "delivered"):
            raise ParameterError(f"delivery of {self.name!r} is {self.delivery!r}; it is 'promised' or 'delivered'.")

    def check(self, parties: Sequence[str], issues: Sequence[Issue]) -> None:
        """Raise an error unless names exist and the party owns what it concedes."""
        if self.party not in parties:
            raise UnknownNameError("party", self.party, parties, f"the offer or ask {self.name!r}")
        known = {issue.name: issue for issue in issues}
        for name, option in self.options:
            if name not in known:
                raise UnknownNameError("issue", name, known, f"the offer or ask {self.name!r}")
            known[name].index(option)
            if known[name].owner not in (self.party, None):
                raise OwnershipError(
                    f"{self.name!r} has {self.party} concede {name!r}, which belongs to {known[name].owner}."
                )

    def without(self, gone: Iterable[str]) -> Concessions:
        """The same list without some issues."""
        return replace(self, options=tuple((i, o) for i, o in self.options if i not in set(gone)))
