"""The answer to "what is the smallest offer that is enough?": a list of packages, and what is known about them."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.analysis.verdict import Criterion
from negotiation.arrays import Array, IntArray
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.payoffs import payoffs

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What was asked: enough of what, by whom, for whom.

    Parameters
    ----------
    talks : Negotiation
    criterion : Criterion
    proposer : str
    party : str, optional
        For whom it has to be enough; ``None`` for all.
    asked : tuple of (issue, option)
    """

    talks: Negotiation
    criterion: Criterion
    proposer: str
    party: str | None
    asked: tuple[tuple[str, str], ...]

    def best_first(self, codes: IntArray) -> IntArray:
        """Packages ordered by what they are worth to the proposer, then by how little they move."""
        worth = payoffs(self.talks, codes)[:, self.talks.party_index(self.proposer)]
        return codes[np.lexsort([*codes.T[::-1], codes.sum(axis=1), -worth])]

    def margins(self, codes: IntArray, party: str | None = None) -> Array:
        """Margins of packages, for the party asked about unless another is named."""
        return self.criterion.margins(self.talks, codes, party=party or self.party)

    def offered(self, package: Package) -> str:
        """The proposer's part of a package, in names."""
        kept = self.talks.concessions_of(self.proposer, package)
        return ", ".join(f"{issue}: {option}" for issue, option in kept.items()) or "nothing"

    def found(self, codes: IntArray, best: IntArray, limit: int, notes: Sequence[str] = ()) -> MinimalPackages:
        """The answer when something suffices; codes in order of worth to the proposer."""
        facts = list(notes)
        if len(codes) > limit:
            facts.append(f"{len(codes):,} offers are minimal; the {limit:,} worth most to {self.proposer} are given.")
        packages = [self.talks.package_from_choices(row) for row in codes[:limit]]
        favourite = self.talks.package_from_choices(best)
        if favourite not in packages:
            facts.append(
                f"worth most to {self.proposer} among all that are enough, though not minimal: it offers "
                f"{self.offered(favourite)}."
            )
        return MinimalPackages(
            self, packages, best=favourite, notes=tuple(facts), complete=not notes and len(codes) <= limit
        )

    def nothing(self, nearest: IntArray) -> MinimalPackages:
        """The answer when nothing suffices, given the offer that comes nearest."""
        package = self.talks.package_from_choices(nearest)
        short = float(self.margins(nearest[None, :])[0])
        unit = self.criterion.verdict(self.talks, package, party=self.party, proposer=self.proposer).unit
        asked = [self.party] if self.party else self.talks.party_names
        each = {name: float(self.margins(nearest[None, :], name)[0]) for name in asked}
        refusing = tuple(name for name, margin in each.items() if not margin >= 0)
        who = "; ".join(f"{name} refuses, {_lacking(each[name], unit)}" for name in refusing)
        note = (
            f"nothing that {self.proposer} could offer is enough for {self.ask}. Nearest: {self.offered(package)}; "
            f"{who or _lacking(short, unit)}."
        )
        return MinimalPackages(self, notes=(note,), complete=True, shortfall=-short, nearest=package, refusing=refusing)

    @property
    def ask(self) -> str:
        """The ask in names."""
        return ", ".join(f"{issue}: {option}" for issue, option in self.asked)

    def __str__(self) -> str:
        whom = self.party or "every party"
        return f"offers of {self.proposer} that make {self.ask} {self.criterion.name!r} for {whom}"


def _lacking(margin: float, unit: str) -> str:
    """By how much a margin falls short, in words."""
    return f"{-margin:,.4g} {unit} short" if np.isfinite(margin) else "whatever it is offered"


class MinimalPackages(list[Package]):
    """Packages with the smallest offers that are enough: a list, the one worth most to the proposer first.

    Parameters
    ----------
    question : Question
    packages : sequence of Package
        Each holds the ask and a minimal offer.
    best : Package, optional
        Among all packages that are enough, minimal or not, one worth most to the proposer: it may hold a concession that
        is not needed when the proposer gains by it.
    complete : bool
        Whether these are provably all minimal offers.
    notes : tuple of str
        Facts about the answer.
    shortfall : float
        When nothing suffices, by how much the nearest offer fails, in the criterion's unit; else 0.
    nearest : Package, optional
        That offer, with the ask.
    refusing : tuple of str
        Who refuses it.
    """

    def __init__(
        self,
        question: Question,
        packages: Sequence[Package] = (),
        *,
        best: Package | None = None,
        complete: bool,
        notes: tuple[str, ...] = (),
        shortfall: float = 0.0,
        nearest: Package | None = None,
        refusing: tuple[str, ...] = (),
    ) -> None:
        super().__init__(packages)
        self.question = question
        self.best = best
        self.complete = complete
        self.notes = notes
        self.shortfall = shortfall
        self.nearest = nearest
        self.refusing = refusing

    @property
    def cheapest(self) -> Package | None:
        """The minimal offer that is worth most to the proposer, with the ask; ``None`` when nothing suffices."""
        return self[0] if self else None

    def to_frame(self) -> pd.DataFrame:
        """One row a package: the offer, each party's payoff and the margin, units in ``.attrs["unit"]``."""
        import pandas as pd

        q = self.question
        codes = q.talks.codes(self)
        frame = pd.DataFrame(payoffs(q.talks, codes), columns=list(q.talks.party_names))
        frame.insert(0, "offer", [q.offered(p) for p in self])
        frame["margin"] = q.margins(codes)
        frame.attrs["unit"] = q.talks.unit
        return frame

    def __str__(self) -> str:
        return "\n".join([self._headline(), *([self._table()] if self else []), *self._noted()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        table = self.to_frame().head(50).to_html(index=False, float_format="{:+,.4g}".format) if self else ""
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self._noted())
        return f"<p>{html.escape(self._headline())}</p>{table}{notes}"

    def _headline(self) -> str:
        count = f"{len(self)} minimal" if self else "no"
        asked = str(self.question)
        if len(self) == 1:
            asked = asked.replace("offers of", "offer of", 1).replace("that make ", "that makes ", 1)
        known = "" if self.complete else " (not known to be all)"
        return f"{count} {asked}{known}; payoffs in {self.question.talks.unit}"

    def _table(self) -> str:
        return str(self.to_frame().head(20).to_string(index=False, float_format="{:+,.4g}".format))

    def _noted(self) -> list[str]:
        hidden = [f"and {len(self) - 20} more"] if len(self) > 20 else []
        return [f"  note: {note}" for note in (*hidden, *self.notes)]
