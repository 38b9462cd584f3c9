"""Ways to deliver one package, side by side: all at once, one party first, in tranches, or by licences that lapse."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from negotiation.analysis.proof import added_up
from negotiation.analysis.sequence.bonds import bonds
from negotiation.analysis.sequence.tranches import Tranches, least_patience, splits
from negotiation.analysis.sequence.turns import turn_margins
from negotiation.analysis.wording import amounts
from negotiation.door import checked
from negotiation.errors import EmptyPackageError, UnknownNameError
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.reduce.sequence import movers_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Delivery:
    """One way to deliver a package.

    Parameters
    ----------
    name : str
        ``"all at once"``, ``"China first"``, ``"5 tranches"``, or by the option of its licences.
    package : Package
        What is delivered in the end.
    order : tuple of str
        Who delivers in which step; empty when all do at once.
    bonds : mapping of str to float
        For each party the most that it would gain by not delivering when its turn comes, all before it having delivered: a
        bond of that size makes it deliver. In the unit of the talks.
    patience : mapping of str to float
        For each party the least discount factor per period with which it delivers without a bond, if not delivering ends in the
        status quo once noticed; 1 when no patience is enough.
    payoffs : mapping of str to float
        Of the package, per period.
    tranches : Tranches, optional
        The steps, where there are several a party.
    """

    name: str
    package: Package
    order: tuple[str, ...]
    bonds: Mapping[str, float]
    patience: Mapping[str, float]
    payoffs: Mapping[str, float]
    tranches: Tranches | None = None

    @property
    def temptation(self) -> float:
        """The largest of the bonds."""
        return max(self.bonds.values(), default=0.0)

    @property
    def holds(self) -> bool:
        """Whether nobody needs a bond."""
        return self.temptation == 0

    @property
    def n_steps(self) -> int:
        """How many steps it takes; 1 when all deliver at once."""
        return max(1, len(self.order))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SequenceComparison:
    """Ways to deliver a package, from `compare_sequences`; a sequence of `Delivery`.

    Parameters
    ----------
    talks : Negotiation
    package : Package
    deliveries : tuple of Delivery
    """

    talks: Negotiation
    package: Package
    deliveries: tuple[Delivery, ...]

    def __iter__(self) -> Iterator[Delivery]:
        return iter(self.deliveries)

    def __len__(self) -> int:
        return len(self.deliveries)

    def __getitem__(self, name: str) -> Delivery:
        for delivery in self.deliveries:
            if delivery.name == name:
                return delivery
        raise UnknownNameError("way to deliver", name, [d.name for d in self.deliveries])

    def to_frame(self) -> pd.DataFrame:
        """One row a way to deliver."""
        import pandas as pd

        parties = self.talks.party_names
        rows = [
            {"steps": d.n_steps, "largest temptation": d.temptation}
            | {f"bond of {n}": d.bonds.get(n, 0.0) for n in parties}
            | {f"patience of {n}": d.patience.get(n, 0.0) for n in parties}
            | {f"payoff of {n}": d.payoffs[n] for n in parties}
            for d in self.deliveries
        ]
        frame = pd.DataFrame(rows, index=pd.Index([d.name for d in self.deliveries], name="delivery"))
        frame.attrs["unit"] = self.talks.unit
        return frame

    def __str__(self) -> str:
        parties = self.talks.party_names
        heads = ["delivery", "steps", *(f"bond {n}" for n in parties), *(f"δ {n}" for n in parties),
                 *(f"worth to {n}" for n in parties)]  # fmt: skip
        rows = [self._row(d) for d in self.deliveries]
        widths = [max(len(row[c]) for row in (heads, *rows)) for c in range(len(heads))]
        lines = [
            "  ".join(
                f"{cell:<{w}}" if c == 0 else f"{cell:>{w}}"
                for c, (cell, w) in enumerate(zip(row, widths, strict=True))
            )
            for row in (heads, *rows)
        ]
        lag = ", ".join(f"{p.name} {p.detection_lag}" for p in self.talks.parties)
        return "\n".join([
            f"In {self.talks.unit}. bond: what a party would gain by not delivering at its turn; 0: it delivers by itself.",
            "δ: the discount factor with which it delivers without a bond, if not delivering ends in the status quo once",
            f"noticed (after {lag} {self.talks.period}s); never: no patience is enough.",
            "",
            *lines,
        ])  # fmt: skip

    __repr__ = __str__

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html()
        return f"<p>In {html.escape(self.talks.unit)}</p>{table}"

    def _row(self, delivery: Delivery) -> list[str]:
        parties = self.talks.party_names
        needs = [delivery.patience.get(n, 0.0) for n in parties]
        return [
            delivery.name,
            str(delivery.n_steps),
            *amounts([delivery.bonds.get(n, 0.0) for n in parties]),
            *("never" if need >= 1 else f"{need:.3f}" for need in needs),
            *amounts([delivery.payoffs[n] for n in parties]),
        ]


@checked
def compare_sequences(
    talks: Negotiation, package: Mapping[str, str], *, steps: Sequence[int] = (4, 8)
) -> SequenceComparison:
    """Compare ways to deliver a package: all at once, each party first, in tranches, and by licences that lapse.

    Parameters
    ----------
    talks : Negotiation
    package : Package
    steps : sequence of int
        How many tranches to try.

    Returns
    -------
    SequenceComparison
        For each way, what each party would gain by not delivering when its turn comes (the bond that would hold it), the
        patience that holds it without a bond, and payoffs. Where issues have an option between the status quo and the one
        agreed, such as six-month licences, a row for each such option shows the package in which they stop there, in the order
        with the smallest bond.

    Raises
    ------
    EmptyPackageError
        Nobody delivers anything in the package.
    ParameterError, SizeLimitError
        See `tranches` and `bonds`.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -1), ng.Stake("A", "y", "lifted", 4),
    ...      ng.Stake("B", "y", "lifted", -2), ng.Stake("B", "x", "lifted", 4)])
    >>> found = compare_sequences(talks, talks.package("x", "y"), steps=())
    >>> [(way.name, dict(way.bonds)) for way in found]
    [('all at once', {'A': 1.0, 'B': 2.0}), ('A first', {'A': 0.0, 'B': 2.0}), ('B first', {'B': 0.0, 'A': 1.0})]
    """
    full = talks.as_package(package)
    (code,) = talks.codes([full])
    movers = movers_of(talks, code)
    if not movers:
        raise EmptyPackageError("nobody delivers anything in this package, so there is nothing to put in order.")
    found = [_at_once(talks, full, movers)]
    if len(movers) > 1:
        found += [_one_first(talks, full, name, f"{name} first") for name in movers]
    for split in splits(talks, full, tuple(steps)):
        if len(split) > len(movers) and all(d.tranches is None or len(split) != d.n_steps for d in found):
            found.append(_in_tranches(talks, full, split))
    for option, variant in graded_variants(talks, full).items():
        options = [_one_first(talks, variant, name, option) for name in movers]
        found.append(min(options, key=lambda d: d.temptation))
    return SequenceComparison(talks, full, tuple(found))


def graded_variants(talks: Negotiation, package: Package) -> dict[str, Package]:
    """For each option between the status quo and what is agreed, the package in which issues that have it stop there."""
    out: dict[str, dict[str, str]] = {}
    for issue in talks.issues:
        at = issue.options.index(package[issue.name])
        for option in issue.options[1:at]:
            out.setdefault(option, dict(package))[issue.name] = option
    return {option: talks.as_package(options) for option, options in out.items()}


def _at_once(talks: Negotiation, package: Package, movers: list[str]) -> Delivery:
    """Everybody delivers unseen: each compares delivering with keeping back, the others delivering."""
    (code,) = talks.codes([package])
    worth = added_up(talks, package)
    gains, patience = {}, {}
    for name in movers:
        margin = float(turn_margins(talks, code, (name,), talks.terms.central[None, :])[0, talks.party_index(name)])
        gains[name] = max(0.0, -margin)
        lag = talks.party(name).detection_lag
        patience[name] = least_patience(worth[name] + gains[name], [worth[name]], lag)
    return Delivery("all at once", package, (), gains, patience, worth)


def _one_first(talks: Negotiation, package: Package, first: str, name: str) -> Delivery:
    """Each delivers its whole part at its turn."""
    order, found = next(iter(bonds(talks, package, first=first)))
    worth = added_up(talks, package)
    patience = {}
    place = dict(talks.status_quo)
    stages = []
    for party in order:
        place |= {issue.name: package[issue.name] for issue in talks.measures(party)}
        stages.append(added_up(talks, place if party != order[-1] else package))
    for m, bond in enumerate(found):
        stop = added_up(talks, bond.breaks_by)[bond.party]
        coming = [stage[bond.party] for stage in stages[m:]]
        patience[bond.party] = least_patience(stop, coming, talks.party(bond.party).detection_lag)
    return Delivery(name, package, order, {b.party: b.amount for b in found}, patience, worth)


def _in_tranches(talks: Negotiation, package: Package, split: Tranches) -> Delivery:
    """As `tranches` splits it."""
    active = {step.party for step in split.steps}
    return Delivery(
        f"{len(split)} tranches",
        package,
        tuple(step.party for step in split.steps),
        {name: value for name, value in split.bonds.items() if name in active},
        {name: value for name, value in split.patience.items() if name in active},
        added_up(talks, package),
        split,
    )
