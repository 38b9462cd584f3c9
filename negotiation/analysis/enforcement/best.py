"""The best promises that hold by themselves, for each party, and the frontier of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation.analysis.criteria.self_enforcing import SelfEnforcing
from negotiation.analysis.enforcement.grid import gains_grid, issue_grid, paid_back_grid, rows
from negotiation.analysis.wording import amount
from negotiation.arrays import Array, IntArray, read_only
from negotiation.bargain.dominance import efficient
from negotiation.door import checked
from negotiation.errors import ParameterError, WrongTypeError
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.payoffs import payoffs
from negotiation.model.rounding import NOISE, at_stake
from negotiation.words import counted

if TYPE_CHECKING:
    import pandas as pd

LISTED = 4_000_000


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BestSelfEnforcing:
    """The self-enforcing packages that are best for somebody.

    Parameters
    ----------
    talks : Negotiation
    criterion : SelfEnforcing
    best : mapping of str to Package
        For each party asked about, a package worth most to it among all that enforce themselves; of several, the one worth
        most to all together.
    frontier : tuple of Package
        The self-enforcing packages that no other one dominates, from the best of the first party down.
    payoffs : ndarray, shape (F, P)
        Theirs, per period, in the talks' unit.
    critical : ndarray, shape (F, P)
        The patience they need.
    n_sustained, n_packages : int
        How many packages enforce themselves, the status quo possibly among them, and how many there are.
    """

    talks: Negotiation
    criterion: SelfEnforcing
    best: Mapping[str, Package]
    frontier: tuple[Package, ...]
    payoffs: Array
    critical: Array
    n_sustained: int
    n_packages: int

    def __getitem__(self, party: str) -> Package:
        return self.best[party]

    @property
    def share(self) -> float:
        """The share of packages that enforce themselves."""
        return self.n_sustained / self.n_packages

    def to_frame(self) -> pd.DataFrame:
        """One row a package of the frontier: what moves, payoffs, the patience needed."""
        import pandas as pd

        table: list[dict[str, Any]] = []
        for package, worth, needed in zip(self.frontier, self.payoffs, self.critical, strict=True):
            row: dict[str, Any] = {"package": _moved(package)}
            row |= {f"payoff of {n}": float(v) for n, v in zip(self.talks.party_names, worth, strict=True)}
            row |= {f"{n} needs": float(c) for n, c in zip(self.talks.party_names, needed, strict=True)}
            table.append(row)
        return pd.DataFrame(table)

    def __str__(self) -> str:
        count = f"{self.n_sustained:,} of {self.n_packages:,} packages enforce themselves"
        head = f"{count}; {counted(len(self.frontier), 'of them is efficient', 'of them are efficient')}"
        lines = [head]
        for name, package in self.best.items():
            worth = payoffs(self.talks, package)
            each = ", ".join(
                f"{n} {amount(float(v), signed=True)}" for n, v in zip(self.talks.party_names, worth, strict=True)
            )
            lines.append(f"  best for {name}: {each} {self.talks.unit}\n    {_moved(package)}")
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html()
        return f"<p>{str(self).partition(chr(10))[0]}</p>{table}"


@checked
def best_self_enforcing(
    talks: Negotiation,
    *,
    party: str | None = None,
    criterion: SelfEnforcing | None = None,
    limit: int = LISTED,
) -> BestSelfEnforcing:
    """Find the best package for each party among all that enforce themselves, by judging every package.

    Parameters
    ----------
    talks : Negotiation
        Central values count; every party that owns measures has a discount factor.
    party : str, optional
        Only this party's best; everybody's unless given.
    criterion : SelfEnforcing, optional
        How cheating is answered; grim reversion to the status quo unless given.
    limit : int
        The most packages that are judged.

    Returns
    -------
    BestSelfEnforcing
        Its best packages and frontier are judged again one by one.

    Raises
    ------
    ParameterError
        A discount factor is missing.
    SizeLimitError
        More than `limit` packages.
    UnknownNameError, WrongTypeError

    Notes
    -----
    At a given patience, whether a package holds is linear in its payoffs: see `trigger_discount_factor`. One table of payoffs
    with an axis an issue gives the best deviations as maxima along a party's axes. Cost: the number of packages times the
    number of stakes; a million packages take about a second.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation([ng.Party("A", discount_factor=0.6), ng.Party("B", discount_factor=0.9)],
    ...     [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -1), ng.Stake("A", "y", "lifted", 4),
    ...      ng.Stake("B", "y", "lifted", -1), ng.Stake("B", "x", "lifted", 4)])
    >>> best = ng.best_self_enforcing(talks)
    >>> best["A"].moved, best.n_sustained
    (('x', 'y'), 2)
    """
    chosen = SelfEnforcing() if criterion is None else criterion
    if not isinstance(chosen, SelfEnforcing):
        raise WrongTypeError(f"criterion={criterion!r}; give a SelfEnforcing(...) with its options.")
    asked = list(talks.party_names) if party is None else [talks.party_names[talks.party_index(party)]]
    if why := chosen.why_not(talks):
        raise ParameterError(why)
    grid = issue_grid(talks, limit)
    back = paid_back_grid(talks, grid) if chosen.strategy == "tit for tat" else None
    table = rows(grid)
    in_rows = None if back is None else type(back)(rows(back.complying), rows(back.at_best))
    held = np.flatnonzero(chosen.sustained(talks, table, rows(gains_grid(talks, grid)), in_rows))
    worth = table[held]
    first = np.flatnonzero(efficient(_snapped(worth, talks)))
    front = _confirmed(chosen, talks, held[first])
    best = {name: _best(chosen, talks, held, worth, talks.party_index(name)) for name in asked}
    packages = tuple(talks.package_from_choices(row) for row in front)
    shape = (len(front), len(talks.parties))
    return BestSelfEnforcing(
        talks, chosen, {name: talks.package_from_choices(codes) for name, codes in best.items() if codes is not None},
        packages, read_only(payoffs(talks, front) if len(front) else np.empty(shape)),
        read_only(chosen.critical(talks, front) if len(front) else np.empty(shape)), len(held), talks.n_packages,
    )  # fmt: skip


def _snapped(worth: Array, talks: Negotiation) -> Array:
    """Payoffs without their rounding noise, so that equal sums are equal."""
    step = np.where(at_stake(talks) > 0, at_stake(talks), 1.0) * 1e-11
    return np.round(worth / step) * step


def _confirmed(criterion: SelfEnforcing, talks: Negotiation, positions: IntArray) -> IntArray:
    """The packages at positions that the criterion confirms, the best of the first party first, (F, K)."""
    codes = _codes(talks, positions)
    if not len(codes):
        return codes
    codes = codes[criterion.margins(talks, codes) >= 0]
    return codes[np.argsort(-payoffs(talks, codes)[:, 0], kind="stable")] if len(codes) else codes


def _best(criterion: SelfEnforcing, talks: Negotiation, held: IntArray, worth: Array, i: int) -> IntArray | None:
    """What is worth most to one party, then to all, and is confirmed by the criterion."""
    noise = NOISE * float(at_stake(talks)[i])
    order = np.lexsort((-worth.sum(axis=1), -np.round(worth[:, i] / noise) if noise > 0 else worth[:, i]))
    for k in order:
        codes = _codes(talks, held[[k]])
        if criterion.margins(talks, codes)[0] >= 0:
            return np.asarray(codes[0])
    return None


def _codes(talks: Negotiation, positions: IntArray) -> IntArray:
    shape = [len(issue.options) for issue in talks.issues]
    return np.stack(np.unravel_index(positions, shape), axis=1).astype(np.int64)


def _moved(package: Package) -> str:
    """What a package moves, by option."""
    by_option: dict[str, list[str]] = {}
    for issue in package.moved:
        by_option.setdefault(package[issue], []).append(issue)
    return "; ".join(f"{option}: {', '.join(issues)}" for option, issues in by_option.items()) or "the status quo"
