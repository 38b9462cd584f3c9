"""The answer to "what would have to be different?": break-even points, and the condition on all stakes together."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from negotiation.analysis.wording import amount, amounts
from negotiation.model.package import Package

if TYPE_CHECKING:
    import pandas as pd

# How many points are printed.
SHOWN = 12


@dataclass(frozen=True, slots=True)
class BreakEvenPoint:
    """At which values of one number the answer flips, all others at their centre.

    Parameters
    ----------
    label, party, kind : str
        Which number, whose, and what it is (``"stake"``, ``"credibility"``, ...).
    central, low, high : float
        Its value at the centre and its range; `low` and `high` equal `central` when it is certain.
    flips_below, flips_above : float
        The nearest value below and above the centre at which the answer changes; NaN if it does not.
    """

    label: str
    party: str
    kind: str
    central: float
    low: float
    high: float
    flips_below: float
    flips_above: float

    @property
    def flips_at(self) -> float:
        """The nearer of the two, NaN if the answer never flips."""
        ends = [v for v in (self.flips_below, self.flips_above) if not math.isnan(v)]
        return min(ends, key=lambda v: abs(v - self.central), default=math.nan)

    @property
    def change(self) -> float:
        """From the centre to where it flips; its sign is the direction."""
        return self.flips_at - self.central

    @property
    def distance(self) -> float:
        """The same in widths of the range; NaN when the number is certain or the answer never flips."""
        width = self.high - self.low
        return self.change / width if width > 0 else math.nan

    @property
    def is_within_range(self) -> bool:
        """Whether the answer flips at a value inside the range."""
        return any(self.low <= v <= self.high for v in (self.flips_below, self.flips_above))

    def __str__(self) -> str:
        if math.isnan(self.flips_at):
            return f"{self.label}: never flips alone (centre {amount(self.central)})"
        where = "inside" if self.is_within_range else "outside"
        reach = f", {where} its range {amount(self.low)} to {amount(self.high)}" if self.high > self.low else ""
        return f"{self.label}: flips at {amount(self.flips_at)} (centre {amount(self.central)}{reach})"


@dataclass(frozen=True, slots=True)
class Belief:
    """One condition on all stakes together: ``Σ coefficient · stake ≥ threshold``.

    Parameters
    ----------
    label : str
        Whose condition it is.
    terms : tuple of (label, coefficient, central value)
    threshold : float
    """

    label: str
    terms: tuple[tuple[str, float, float], ...]
    threshold: float

    @property
    def coefficients(self) -> Mapping[str, float]:
        """Coefficient of each stake and interaction by its label."""
        return {label: weight for label, weight, _ in self.terms}

    @property
    def margin(self) -> float:
        """Left side minus right side at the centre."""
        return math.fsum(weight * value for _, weight, value in self.terms) - self.threshold

    @property
    def inequality(self) -> str:
        """In names, a stake that hurts at the centre written as a cost with a minus."""
        named = self._joined([_named(label, weight, value) for label, weight, value in self.terms])
        return f"{named} >= {amount(self.threshold)}"

    def __str__(self) -> str:
        texts = amounts([abs(weight * value) for _, weight, value in self.terms])
        total = amount(self.margin + self.threshold)
        sums = f"{self._joined(texts)} = {total}" if len(texts) > 1 else total
        return f"{self.label}: {self.inequality}; at the centre {sums}, so {amount(self.margin, signed=True)}"

    def _joined(self, texts: list[str]) -> str:
        """Terms with their signs between them."""
        out = ""
        for text, (_, weight, value) in zip(texts, self.terms, strict=True):
            minus = weight * value < 0
            out += (" - " if minus else " + ") + text if out else ("-" if minus else "") + text
        return out or "0"


def _named(label: str, weight: float, value: float) -> str:
    """A term in an inequality; the party is dropped, for the condition names it, and so is the plain commercial kind."""
    name = label.partition(": ")[2].removesuffix(" (commercial)")
    factor = "" if math.isclose(abs(weight), 1) else f"{abs(weight):.3g}·"
    return f"{factor}{'cost of ' if value < 0 else ''}{name}"


@dataclass(frozen=True, slots=True)
class BreakEven:
    """What would flip the answer.

    Parameters
    ----------
    package : Package
    criterion : str
    party : str, optional
        For whom; ``None`` for every party.
    margin : float
        At the centre of everything; not negative if the criterion holds there.
    unit : str
        Of the margin.
    points : tuple of BreakEvenPoint
        One for each number that the margin depends on, the nearest in widths of its range first.
    beliefs : tuple of Belief
        What one has to believe; empty if the criterion is not linear in the stakes.
    notes : tuple of str
    """

    package: Package
    criterion: str
    party: str | None
    margin: float
    unit: str
    points: tuple[BreakEvenPoint, ...]
    beliefs: tuple[Belief, ...]
    notes: tuple[str, ...] = ()

    @property
    def holds(self) -> bool | None:
        """Whether the criterion holds at the centre; ``None`` when it cannot be applied."""
        return None if math.isnan(self.margin) else self.margin >= 0

    def __getitem__(self, label: str) -> BreakEvenPoint:
        from negotiation.errors import UnknownNameError

        for point in self.points:
            if point.label == label:
                return point
        raise UnknownNameError("number in play", label, [p.label for p in self.points])

    def to_frame(self) -> pd.DataFrame:
        """One row a number: centre, range, where the answer flips, how far that is."""
        import pandas as pd

        columns = ["number", "kind", "centre", "low", "high", "flips at", "in range", "distance in ranges"]
        rows = [
            (p.label, p.kind, p.central, p.low, p.high, p.flips_at, p.is_within_range, p.distance) for p in self.points
        ]
        frame = pd.DataFrame(rows, columns=columns)
        frame["flips below"] = [p.flips_below for p in self.points]
        frame["flips above"] = [p.flips_above for p in self.points]
        frame.attrs["unit"] = self.unit
        return frame

    def _lines(self) -> list[str]:
        whom = self.party or "every party"
        answer = {True: "holds", False: "does not hold", None: "cannot be judged"}[self.holds]
        margin = "" if math.isnan(self.margin) else f" (margin {amount(self.margin, signed=True)} {self.unit})"
        lines = [f"{self.package}: {self.criterion!r} for {whom} {answer}{margin}"]
        if self.beliefs:
            lines += ["What you have to believe for it to hold:", *(f"  {b}" for b in self.beliefs)]
        return lines

    def __str__(self) -> str:
        lines = self._lines()
        if self.points:
            lines += ["Flips, one number at a time, the others at their centre:"]
            lines += [f"  {p}" for p in self.points[:SHOWN]]
        if len(self.points) > SHOWN:
            lines.append(f"  … and {len(self.points) - SHOWN} more, see to_frame()")
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = "".join(f"<p>{html.escape(line)}</p>" for line in self._lines())
        notes = "".join(f"<p>note: {html.escape(note)}</p>" for note in self.notes)
        return f"{head}{self.to_frame().to_html(index=False, float_format='{:,.4g}'.format)}{notes}"
