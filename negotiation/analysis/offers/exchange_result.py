"""Exchange rates between concessions, as tables and text."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.analysis.offers.lottery import LotteryDeal
from negotiation.analysis.wording import amount
from negotiation.arrays import Array
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.rounding import at_stake

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Control:
    """One option of another party's measure, and its price.

    Parameters
    ----------
    issue, option, owner : str
    cost : float
        To its owner per period, alone: the least it has to be given for it.
    worth : float
        To the proposer, alone: the most it would give for it.
    paid_by : tuple of str
        The lifts (issue: option) each of which every party accepts for it alone.
    cheapest : Package, optional
        The control with the minimal offer that every party accepts and that is worth most to the proposer.
    shortfall : float
        If there is none, what the nearest offer lacks.
    note : str
        If there is none, who refuses.
    """

    issue: str
    option: str
    owner: str
    cost: float
    worth: float
    paid_by: tuple[str, ...]
    cheapest: Package | None
    shortfall: float
    note: str = ""

    @property
    def label(self) -> str:
        """Issue and option."""
        return f"{self.issue}: {self.option}"


@dataclass(frozen=True, slots=True)
class Lift:
    """One option of the proposer's own measure, and what it buys.

    Parameters
    ----------
    issue, option : str
    cost : float
        To the proposer per period, alone.
    worth : mapping of str to float
        To each other party, alone.
    buys : Package, optional
        The lift with the asks worth most to the proposer that every party accepts; ``None`` if even asking nothing is refused.
    singles : tuple of (issue, option)
        Every ask that it buys by itself.
    """

    issue: str
    option: str
    cost: float
    worth: Mapping[str, float]
    buys: Package | None
    singles: tuple[tuple[str, str], ...]

    @property
    def label(self) -> str:
        """Issue and option."""
        return f"{self.issue}: {self.option}"

    @property
    def bought(self) -> str:
        """What it buys, in names, grouped by option."""
        if self.buys is None:
            return "nothing: refused alone"
        groups: dict[str, list[str]] = {}
        for issue in self.buys.moved:
            if issue != self.issue:
                groups.setdefault(self.buys[issue], []).append(issue)
        return "; ".join(f"{option}: {', '.join(issues)}" for option, issues in groups.items()) or "nothing"


@dataclass(frozen=True, slots=True, eq=False)
class ExchangeRates:
    """What concessions cost in each other. Axes: ``C`` controls, ``L`` lifts.

    Parameters
    ----------
    talks : Negotiation
    proposer : str
    controls : tuple of Control, length C
    lifts : tuple of Lift, length L
    needed : ndarray, shape (C, L)
        How many of the lift the owner of the control needs for it: at most 1 if one pays for it, 0 if the owner gains by
        giving the control, infinite if it gains nothing by the lift.
    affordable : ndarray, shape (C, L)
        How many of the lift the proposer can pay for the control and still gain; infinite if the lift costs it nothing.
    deal : LotteryDeal, optional
        The best deal for the proposer when packages may be mixed by lottery, with the price of a little more for each party.
    notes : tuple of str
    """

    talks: Negotiation
    proposer: str
    controls: tuple[Control, ...]
    lifts: tuple[Lift, ...]
    needed: Array
    affordable: Array
    deal: LotteryDeal | None
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Lifts needed for each control: one row a control, one column a lift."""
        return self._matrix(self.needed)

    def affordable_frame(self) -> pd.DataFrame:
        """Lifts that the proposer can pay for each control."""
        return self._matrix(self.affordable)

    def control_frame(self) -> pd.DataFrame:
        """One row a control: cost to its owner, worth to the proposer, the cheapest offer for it."""
        import pandas as pd

        n = len(self.lifts)
        rows = [(c.label, c.owner, c.cost, c.worth, f"{len(c.paid_by)} of {n}", self._price(c)) for c in self.controls]
        columns = [
            "control",
            "owner",
            "costs owner",
            f"worth to {self.proposer}",
            "lifts that pay alone",
            "cheapest offer",
        ]
        frame = pd.DataFrame(rows, columns=columns)
        frame.attrs["unit"] = self.talks.unit
        return frame

    def lift_frame(self) -> pd.DataFrame:
        """One row a lift: cost to the proposer, worth to the others, what it buys."""
        import pandas as pd

        rows = [
            {"lift": x.label, f"costs {self.proposer}": x.cost} | self._worths(x) | {"buys": x.bought}
            for x in self.lifts
        ]
        frame = pd.DataFrame(rows)
        frame.attrs["unit"] = self.talks.unit
        return frame

    def to_add(self) -> pd.DataFrame:
        """Every option at the prices of the lottery deal, the best first: what to add next to either side's part.

        ``surplus`` is its worth to the proposer plus the worth to the others at their prices; above 0 it belongs in the deal.
        """
        import pandas as pd

        prices = np.ones(len(self.talks.parties)) if self.deal is None else self.deal.prices
        noise = 1e-12 * float(at_stake(self.talks) @ prices)
        rows = []
        for issue in self.talks.issues:
            for option in issue.options[1:]:
                worth = self._alone(issue.name, option)
                share = (
                    0.0
                    if self.deal is None
                    else float(
                        sum(
                            p
                            for q, p in zip(self.deal.packages, self.deal.probabilities, strict=True)
                            if q[issue.name] == option
                        )
                    )
                )
                named = {f"to {n}": float(w) for n, w in zip(self.talks.party_names, worth, strict=True)}
                surplus = float(prices @ worth)
                rows.append(
                    {"option": f"{issue.name}: {option}", "owner": issue.owner or "joint"}
                    | named
                    | {"surplus": surplus if abs(surplus) > noise else 0.0, "in the deal": share}
                )
        frame = pd.DataFrame(rows).sort_values("surplus", ascending=False, kind="stable", ignore_index=True)
        frame.attrs["unit"] = self.talks.unit
        return frame

    @property
    def marginal(self) -> str:
        """What a little more costs, in a sentence a party."""
        if self.deal is None:
            return "no lottery over packages gives every party what it signs for, so nothing has a price at the margin"
        texts = [
            f"one more unit for {name} costs {self.proposer} {amount(float(price))}"
            for name, price in zip(self.talks.party_names, self.deal.prices, strict=True)
            if name != self.proposer
        ]
        return "at the best lottery deal " + "; ".join(texts)

    def __str__(self) -> str:
        talks, text = self.talks, "{:,.3g}".format
        return "\n".join(
            [
                f"{talks.name}: prices in {talks.unit}, offers by {self.proposer}",
                self.control_frame().to_string(index=False, float_format=text),
                "",
                self.lift_frame().to_string(index=False, float_format=text, max_colwidth=72),
                "",
                f"{self.marginal[0].upper()}{self.marginal[1:]}.",
                *(f"  note: {note}" for note in self.notes),
            ]
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        tables = [self.control_frame(), self.lift_frame()]
        parts = [t.to_html(index=False, float_format="{:,.3g}".format) for t in tables]
        rates = self.to_frame().to_html(float_format="{:,.2g}".format)
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in (self.marginal, *self.notes))
        return f"<p>Prices in {html.escape(self.talks.unit)}</p>{''.join(parts)}<p>Lifts needed</p>{rates}{notes}"

    def _matrix(self, values: Array) -> pd.DataFrame:
        import pandas as pd

        frame = pd.DataFrame(values, index=[c.label for c in self.controls], columns=[x.label for x in self.lifts])
        frame.index.name, frame.columns.name = "control", f"lift by {self.proposer}"
        return frame

    def _price(self, control: Control) -> str:
        if control.cheapest is None:
            return f"none: {amount(control.shortfall)} short"
        given = self.talks.concessions_of(self.proposer, control.cheapest)
        return ", ".join(f"{i}: {o}" for i, o in given.items()) or "nothing"

    def _worths(self, lift: Lift) -> dict[str, float]:
        return {f"worth to {name}": value for name, value in lift.worth.items() if not math.isnan(value)}

    def _alone(self, issue: str, option: str) -> Array:
        terms = self.talks.terms
        hit = terms.hits(self.talks.codes([self.talks.as_package({issue: option})]))[0]
        out = np.zeros(len(self.talks.parties))
        np.add.at(out, terms.party[hit], terms.central[hit])
        return out
