"""The two-level game: which packages the ratifiers of each party let pass, where these win-sets meet, and who gains."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from negotiation.analysis.criteria.acceptable import reservations
from negotiation.analysis.wording import amounts, listing, percent
from negotiation.arrays import Array, BoolArray, IntArray
from negotiation.door import checked
from negotiation.errors import ParameterError, SizeLimitError, UnknownNameError
from negotiation.model.grid import payoff_grid
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.party import Ratifier
from negotiation.model.quantity import central
from negotiation.model.rounding import NOISE, at_stake

if TYPE_CHECKING:
    import pandas as pd

LIMIT = 20_000_000


@dataclass(frozen=True, slots=True)
class Commitment:
    """A demand made in public, and what it costs a government at home to sign for less (its audience cost).

    Parameters
    ----------
    demand : float
        What it said it would get at least, in payoff units.
    cost : float
        What backing down costs it, in payoff units per period, not negative.

    References
    ----------
    Fearon, J. D. (1994). Domestic political audiences and the escalation of international disputes. American Political Science
    Review 88, 577-592.
    Leventoğlu, B. and Tarar, A. (2005). Prenegotiation public commitment in domestic and international bargaining. American
    Political Science Review 99, 419-433.
    """

    demand: float
    cost: float

    def __post_init__(self) -> None:
        if not self.cost >= 0:
            raise ParameterError(f"an audience cost is not negative; given {self.cost!r}.")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WinSet:
    """The packages that every ratifier of a party would let pass, from `win_set`.

    Parameters
    ----------
    talks : Negotiation
    party : str
    members : ndarray of bool, shape (D,)
        Over all packages in the order of `bargaining_problem`: the last issue moves fastest.
    kept_out : mapping of str to int
        Ratifier to how many packages it alone keeps out: those that all the others would let pass.
    """

    talks: Negotiation
    party: str
    members: BoolArray
    kept_out: Mapping[str, int]

    @property
    def size(self) -> int:
        """How many packages are in it."""
        return int(self.members.sum())

    @property
    def share(self) -> float:
        """Of all packages."""
        return float(self.members.mean())

    def __len__(self) -> int:
        return self.size

    def __contains__(self, package: object) -> bool:
        return isinstance(package, Mapping) and bool(self.members[_position(self.talks, package)])

    def __iter__(self) -> Iterator[Package]:
        return (_package(self.talks, int(d)) for d in np.flatnonzero(self.members))

    def overlap(self, other: WinSet) -> int:
        """How many packages are in this and another party's win-set."""
        return int((self.members & other.members).sum())

    def __str__(self) -> str:
        if not self.kept_out:
            return f"{self.party} names no ratifier: all {self.talks.n_packages:,} packages would pass."
        each = "; ".join(f"{name} alone keeps out {n:,}" for name, n in self.kept_out.items())
        return f"{self.size:,} of {self.talks.n_packages:,} packages ({percent(self.share)}) would pass in {self.party}. {each}."

    __repr__ = __str__


class Settlement(NamedTuple):
    """A package and what it pays each party."""

    package: Package
    payoffs: Array


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TwoLevelGame:
    """Where the parties can meet, given who has to consent at home: from `two_level_game`.

    Parameters
    ----------
    talks : Negotiation
    win_sets : mapping of str to WinSet
    signed : ndarray of bool, shape (D, P)
        Which packages each party signs for itself: they pay it at least its reservation value, audience costs deducted.
    possible : ndarray of bool, shape (D,)
        In every win-set, and signed by all.
    agreement : Settlement or None
        The Nash bargaining solution among what is possible; the largest sum of gains where no package has all gain.
    best : mapping of str to Settlement
        The possible package that is best for each party; empty if nothing is possible.
    """

    talks: Negotiation
    win_sets: Mapping[str, WinSet]
    signed: BoolArray
    possible: BoolArray
    agreement: Settlement | None
    best: Mapping[str, Settlement]

    @property
    def n_possible(self) -> int:
        """How many packages are possible."""
        return int(self.possible.sum())

    def to_frame(self) -> pd.DataFrame:
        """One row a party: win-set, what it signs, and the least, agreed and most that possible packages pay it."""
        import pandas as pd

        rows = {}
        for i, name in enumerate(self.talks.party_names):
            ends = [s.payoffs[i] for s in self.best.values()]
            rows[name] = {
                "win-set": self.win_sets[name].size,
                "share": self.win_sets[name].share,
                "signs": int(self.signed[:, i].sum()),
                "at the others' best": min(ends, default=np.nan),
                "agreed": np.nan if self.agreement is None else self.agreement.payoffs[i],
                "at its own best": self.best[name].payoffs[i] if self.best else np.nan,
            }
        frame = pd.DataFrame.from_dict(rows, orient="index")
        frame.attrs["unit"] = self.talks.unit
        return frame

    def __str__(self) -> str:
        lines = [str(w) for w in self.win_sets.values()]
        lines.append(f"{self.n_possible:,} packages are in every win-set and signed by all.")
        if self.agreement is None:
            return "\n".join([*lines, "No deal is possible."])
        texts = amounts(self.agreement.payoffs.tolist(), signed=True)
        pays = listing(f"{name} {text}" for name, text in zip(self.talks.party_names, texts, strict=True))
        return "\n".join([*lines, f"Nash bargaining among them: {self.agreement.package}; {pays} {self.talks.unit}."])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html()
        return f"<p>{html.escape(str(self)).replace(chr(10), '<br>')}</p>{table}"


@checked
def win_set(talks: Negotiation, party: str, *, limit: int = LIMIT) -> WinSet:
    """List the packages that every ratifier of a party would let pass.

    Parameters
    ----------
    talks : Negotiation
    party : str
        One without ratifiers decides alone: everything would pass.
    limit : int
        The most packages that are gone through.

    Returns
    -------
    WinSet
        At central stakes and needs; exactly the packages that are `Ratifiable` for the party.

    Raises
    ------
    UnknownNameError, SizeLimitError

    Notes
    -----
    Cost: ``O(D)`` a ratifier for ``D`` packages; nothing is listed but one bit a package.

    References
    ----------
    Putnam, R. D. (1988). Diplomacy and domestic politics: the logic of two-level games. International Organization 42, 427-460.

    Examples
    --------
    >>> import negotiation as ng
    >>> staff = ng.Ratifier("staff", kinds=("security",), at_least=-2)
    >>> talks = ng.Negotiation([ng.Party("US", ratifiers=(staff,)), "China"],
    ...     [ng.Issue("eda", owner="US"), ng.Issue("ree", owner="China")],
    ...     [ng.Stake("US", "eda", "lifted", -5, "security"), ng.Stake("US", "ree", "lifted", 4, "security")])
    >>> print(ng.win_set(talks, "US"))
    3 of 4 packages (75%) would pass in US. staff alone keeps out 1.
    """
    i = talks.party_index(party)
    if talks.n_packages > limit:
        raise SizeLimitError(
            f"a win-set among {talks.n_packages:,} packages is past the limit of {limit:,}; take issues off the table with "
            "without_issues."
        )
    passed = {r.name: lets_pass(talks, i, r, limit=limit) for r in talks.parties[i].ratifiers}
    members = np.logical_and.reduce([np.ones(talks.n_packages, dtype=np.bool_), *passed.values()])
    kept = {}
    for name, own in passed.items():
        others = [p for n, p in passed.items() if n != name]
        kept[name] = int((np.logical_and.reduce([~own, *others])).sum())
    members.flags.writeable = False
    return WinSet(talks, party, members, kept)


@checked
def two_level_game(
    talks: Negotiation, *, commitments: Mapping[str, Commitment] | None = None, limit: int = LIMIT
) -> TwoLevelGame:
    """Bring the win-sets of all parties together: what is possible, and what would be agreed.

    Parameters
    ----------
    talks : Negotiation
    commitments : mapping of party to Commitment, optional
        Demands made in public: below its demand a package is worth the audience cost less to that party, which may keep it from
        signing.
    limit : int
        The most packages that are gone through.

    Returns
    -------
    TwoLevelGame

    Raises
    ------
    UnknownNameError, SizeLimitError

    Notes
    -----
    Agreement is the Nash solution over packages, gains counted from reservation values, audience costs deducted.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", ("0", "1", "2", "3"), "A")],
    ...     [ng.Stake(p, "x", o, v) for p, row in {"A": (1, 2, 3), "B": (3, 2, 1)}.items() for o, v in zip("123", row)])
    >>> hawk = ng.Ratifier("hawks", at_least=3)
    >>> for t in (talks, talks.with_party("A", ratifiers=(hawk,))):
    ...     print(ng.two_level_game(t).agreement.payoffs)
    [2. 2.]
    [3. 1.]
    """
    values = payoff_grid(talks, limit=limit * len(talks.parties)).T
    values = after_audience_costs(talks, values, commitments or {})
    gains = np.where(np.abs(d := values - reservations(talks)) <= NOISE * at_stake(talks), 0.0, d)
    sets = {name: win_set(talks, name, limit=limit) for name in talks.party_names}
    signed = gains >= 0
    possible = np.logical_and.reduce([signed.all(axis=1), *(w.members for w in sets.values())])
    at = np.flatnonzero(possible)
    if not at.size:
        return TwoLevelGame(talks, sets, signed, possible, None, {})
    order = by_nash_product(gains[at])
    best = {name: int(at[values[at, i].argmax()]) for i, name in enumerate(talks.party_names)}
    settled = {name: Settlement(_package(talks, d), values[d]) for name, d in best.items()}
    chosen = int(at[order[0]])
    return TwoLevelGame(talks, sets, signed, possible, Settlement(_package(talks, chosen), values[chosen]), settled)


def lets_pass(talks: Negotiation, party: int, ratifier: Ratifier, *, limit: int = LIMIT) -> BoolArray:
    """Which packages a ratifier consents to, (D,)."""
    out = not_vetoed(talks, ratifier)
    if ratifier.at_least is not None:
        out &= counted(talks, party, ratifier, limit=limit) >= central(ratifier.at_least)
    return out


def counted(talks: Negotiation, party: int, ratifier: Ratifier, *, limit: int = LIMIT) -> Array:
    """What a ratifier counts in every package, (D,); what differs from its need by rounding noise is put there."""
    kinds = [
        item.party == talks.party_names[party] and (not ratifier.kinds or item.kind in ratifier.kinds)
        for item in talks.terms.items
    ]
    sums = payoff_grid(talks, (talks.terms.central * np.array(kinds))[None, :], limit=limit * len(talks.parties))[
        0, party
    ]
    need = central(ratifier.at_least) if ratifier.at_least is not None else 0.0
    return np.where(np.abs(sums - need) <= NOISE * at_stake(talks)[party], need, sums)


def not_vetoed(talks: Negotiation, ratifier: Ratifier) -> BoolArray:
    """Which packages hold nothing that a ratifier vetoes, (D,)."""
    sizes = [len(issue.options) for issue in talks.issues]
    out = np.ones(sizes, dtype=np.bool_)
    for issue, option in ratifier.vetoes:
        k = talks.issue_index(issue)
        out[(slice(None),) * k + (talks.issues[k].index(option),)] = False
    return out.reshape(-1)


def after_audience_costs(talks: Negotiation, values: Array, commitments: Mapping[str, Commitment]) -> Array:
    """Payoffs (D, P) less the cost of backing down where a package pays less than was demanded."""
    out = values.copy()
    for name, commitment in commitments.items():
        i = talks.party_index(name)
        out[:, i] -= commitment.cost * (values[:, i] < commitment.demand - NOISE * at_stake(talks)[i])
    return out


def by_nash_product(gains: Array) -> IntArray:
    """Positions of gains (D, P), all not negative, in the order of their product, then of their sum, best first."""
    with np.errstate(divide="ignore"):
        product = np.log(gains).sum(axis=1)
    return np.lexsort((-gains.sum(axis=1), -product))


def ratifier_of(talks: Negotiation, party: str, name: str) -> Ratifier:
    """Look up a ratifier."""
    own = talks.party(party).ratifiers
    for ratifier in own:
        if ratifier.name == name:
            return ratifier
    raise UnknownNameError("ratifier", name, [r.name for r in own], party)


def _package(talks: Negotiation, position: int) -> Package:
    sizes = [len(issue.options) for issue in talks.issues]
    return talks.package_from_choices(np.array(np.unravel_index(position, sizes)))


def _position(talks: Negotiation, package: Mapping[str, str]) -> int:
    sizes = tuple(len(issue.options) for issue in talks.issues)
    return int(np.ravel_multi_index(tuple(talks.codes([package])[0]), sizes))
