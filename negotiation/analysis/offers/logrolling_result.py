"""What trading across issues brings, as tables and text."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.analysis.wording import amount
from negotiation.arrays import Array, read_only
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Trade:
    """Two issues that do better settled together.

    Parameters
    ----------
    first, second : (issue, option)
        How they are settled.
    payoffs : tuple of float
        Of the two together, party by party.
    gain : float
        In total, over settling each alone.
    """

    first: tuple[str, str]
    second: tuple[str, str]
    payoffs: tuple[float, ...]
    gain: float

    def __str__(self) -> str:
        return f"{': '.join(self.first)} for {': '.join(self.second)}"


@dataclass(frozen=True, slots=True)
class IssueValue:
    """What taking one issue off the table costs.

    Parameters
    ----------
    issue : str
    total : float
        Of the largest total payoff; infinite if nothing acceptable is left.
    parties : tuple of float
        Of the most each party can get while the others accept.
    """

    issue: str
    total: float
    parties: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Logrolling:
    """Settling each issue alone against trading across issues. Axes: ``P`` parties.

    Parameters
    ----------
    talks : Negotiation
    alone : Package
        Every issue settled by itself.
    alone_payoffs : ndarray, shape (P,)
    together : Package, optional
        The acceptable package with the largest total; ``None`` if no package is acceptable.
    together_payoffs : ndarray, shape (P,)
    trades : tuple of Trade
        The pairs of issues that make the trade, the best first.
    issues : tuple of IssueValue
        What each issue off the table costs; empty if no package is acceptable.
    """

    talks: Negotiation
    alone: Package
    alone_payoffs: Array
    together: Package | None
    together_payoffs: Array
    trades: tuple[Trade, ...]
    issues: tuple[IssueValue, ...]

    @property
    def gains(self) -> Array:
        """What each party gains by trading across issues, shape (P,)."""
        return read_only(self.together_payoffs - self.alone_payoffs)

    def to_frame(self) -> pd.DataFrame:
        """Payoffs of both ways and their difference: one row a way, one column a party and the total."""
        import pandas as pd

        rows = np.array([self.alone_payoffs, self.together_payoffs, self.gains])
        names = ["each issue alone", "traded across issues", "gain"]
        frame = pd.DataFrame(rows, index=names, columns=list(self.talks.party_names))
        frame["total"] = rows.sum(axis=1)
        frame.attrs["unit"] = self.talks.unit
        return frame

    def trade_frame(self) -> pd.DataFrame:
        """One row a pair of issues that trades."""
        import pandas as pd

        frame = pd.DataFrame([t.payoffs for t in self.trades], columns=list(self.talks.party_names))
        frame.insert(0, "trade", [str(t) for t in self.trades])
        frame["gain"] = [t.gain for t in self.trades]
        frame.attrs["unit"] = self.talks.unit
        return frame

    def issue_frame(self) -> pd.DataFrame:
        """One row an issue: what taking it off the table costs each party and in total, the dearest first."""
        import pandas as pd

        frame = pd.DataFrame([v.parties for v in self.issues], columns=list(self.talks.party_names))
        frame.insert(0, "off the table", [v.issue for v in self.issues])
        frame["total"] = [v.total for v in self.issues]
        frame.attrs["unit"] = self.talks.unit
        return frame.sort_values("total", ascending=False, kind="stable", ignore_index=True)

    def __str__(self) -> str:
        text = "{:+,.4g}".format
        lines = [f"{self.talks.name}: payoffs in {self.talks.unit}", self.to_frame().to_string(float_format=text)]
        lines.append(f"Alone: {self.alone}.")
        if self.together is None:
            lines.append("No package gives every party what it signs for.")
            return "\n".join(lines)
        lines.append(f"Traded: {self.together}.")
        if self.trades:
            lines += ["Pairs that trade:", *(f"  {t}: {amount(t.gain, signed=True)}" for t in self.trades[:SHOWN])]
        lines += [
            "Off the table, an issue costs:",
            self.issue_frame().head(SHOWN).to_string(index=False, float_format=text),
        ]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        tables = (self.to_frame(), self.trade_frame().head(SHOWN), self.issue_frame())
        parts = "".join(t.to_html(float_format="{:+,.4g}".format) for t in tables)
        return f"<p>Payoffs in {html.escape(self.talks.unit)}</p>{parts}"
