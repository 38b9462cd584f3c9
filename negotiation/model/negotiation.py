"""The negotiation itself: parties, issues and stakes, checked once and then never changed."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from negotiation.arrays import Array, IntArray
from negotiation.errors import (
    DuplicateNameError,
    EmptyPackageError,
    OwnershipError,
    UnknownNameError,
    WrongTypeError,
)
from negotiation.model.checks import check
from negotiation.model.issue import Issue
from negotiation.model.package import Package
from negotiation.model.party import Party
from negotiation.model.proposal import Concessions, Source
from negotiation.model.stake import Interaction, Stake
from negotiation.model.terms import Terms, flatten, rows_by_option
from negotiation.words import counted

# Issue names (each at its last option), or issue to option.
Settings = Sequence[str] | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Negotiation:
    """Parties, the issues between them, and what each option is worth to whom.

    A frozen value: every what-if is a ``with_*`` method that returns a new one.

    Parameters
    ----------
    parties : sequence of Party
    issues : sequence of Issue
    stakes : sequence of Stake
        What is not mentioned is worth nothing.
    interactions : sequence of Interaction
    unit : str
        Of every payoff, as an amount per period, e.g. ``"USD million per month"``.
    name, description : str
    as_of : datetime.date, optional
        No source may be younger.
    concessions : sequence of Concessions
        Named offers and asks.
    sources : sequence of Source

    Raises
    ------
    UnknownNameError, DuplicateNameError, OwnershipError, UnitMismatchError, ParameterError
        Each names the part at fault and the mend.

    Examples
    --------
    >>> talks = Negotiation(
    ...     parties=[Party("US"), Party("China")],
    ...     issues=[Issue("ethane", owner="US"), Issue("samarium", owner="China")],
    ...     stakes=[Stake("US", "samarium", "lifted", 5), Stake("China", "ethane", "lifted", 3)],
    ... )
    >>> talks.package("ethane", samarium="lifted")
    Package(ethane: lifted, samarium: lifted)
    """

    parties: tuple[Party, ...]
    issues: tuple[Issue, ...]
    stakes: tuple[Stake, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    unit: str = "payoff units per period"
    name: str = "negotiation"
    description: str = ""
    as_of: dt.date | None = None
    concessions: tuple[Concessions, ...] = ()
    sources: tuple[Source, ...] = ()
    terms: Terms = field(init=False, repr=False, compare=False)

    def __init__(
        self,
        parties: Iterable[Party | str],
        issues: Iterable[Issue],
        stakes: Iterable[Stake] = (),
        interactions: Iterable[Interaction] = (),
        *,
        unit: str = "payoff units per period",
        name: str = "negotiation",
        description: str = "",
        as_of: dt.date | None = None,
        concessions: Iterable[Concessions] = (),
        sources: Iterable[Source] = (),
    ) -> None:
        put = object.__setattr__
        put(self, "parties", tuple(Party(p) if isinstance(p, str) else p for p in parties))
        put(self, "issues", tuple(issues))
        put(self, "stakes", tuple(stakes))
        put(self, "interactions", tuple(interactions))
        put(self, "unit", unit)
        put(self, "name", name)
        put(self, "description", description)
        put(self, "as_of", as_of)
        put(self, "concessions", tuple(concessions))
        put(self, "sources", tuple(sources))
        check(self)
        put(self, "terms", flatten(self.parties, self.issues, (*self.stakes, *self.interactions)))

    # --- names -----------------------------------------------------------------------------------

    @property
    def party_names(self) -> tuple[str, ...]:
        """Names of the parties, in order."""
        return tuple(p.name for p in self.parties)

    @property
    def issue_names(self) -> tuple[str, ...]:
        """Names of the issues, in order."""
        return tuple(i.name for i in self.issues)

    @property
    def period(self) -> str:
        """The period of the unit, e.g. ``"month"``."""
        return self.unit.rsplit(" per ", 1)[1]

    @property
    def n_packages(self) -> int:
        """How many packages there are: the product of the numbers of options."""
        product = 1
        for issue in self.issues:
            product *= len(issue.options)
        return product

    def party(self, name: str) -> Party:
        """Look up a party by name."""
        return self.parties[self.party_index(name)]

    def party_index(self, name: str) -> int:
        """Position of a party."""
        if name not in self.party_names:
            raise UnknownNameError("party", name, self.party_names)
        return self.party_names.index(name)

    def issue(self, name: str) -> Issue:
        """Look up an issue by name."""
        return self.issues[self.issue_index(name)]

    def issue_index(self, name: str) -> int:
        """Position of an issue."""
        if name not in self.issue_names:
            raise UnknownNameError("issue", name, self.issue_names)
        return self.issue_names.index(name)

    def measures(self, party: str) -> tuple[Issue, ...]:
        """The issues that a party owns."""
        self.party_index(party)
        return tuple(issue for issue in self.issues if issue.owner == party)

    def concession(self, name: str) -> Concessions:
        """Look up a named offer or ask."""
        for item in self.concessions:
            if item.name == name:
                return item
        raise UnknownNameError("named offer or ask", name, [c.name for c in self.concessions])

    # --- packages --------------------------------------------------------------------------------

    @property
    def status_quo(self) -> Package:
        """Every issue at its first option: payoff 0 to everybody."""
        return Package({issue.name: issue.status_quo for issue in self.issues}, moved=())

    def package(self, *lifted: str, **options: str) -> Package:
        """Make a package: names go to their last option, keywords to the named one, the rest stays at the status quo.

        Raises
        ------
        EmptyPackageError
            Nothing named.
        UnknownNameError, DuplicateNameError

        Examples
        --------
        >>> talks = Negotiation(["A", "B"], [Issue("x", owner="A"), Issue("y", ("none", "half", "all"), "B")])
        >>> talks.package("x", y="half")
        Package(x: lifted, y: half)
        """
        if not lifted and not options:
            raise EmptyPackageError("the package is empty; name what is lifted, or use talks.status_quo.")
        chosen: dict[str, str] = {}
        for name in lifted:
            if name in chosen or name in options:
                raise DuplicateNameError("issue", name, "the package")
            chosen[name] = self.issue(name).options[-1]
        return self.as_package(chosen | options)

    def as_package(self, options: Mapping[str, str]) -> Package:
        """Check a mapping of issues to options and fill in the status quo."""
        if not isinstance(options, Mapping):
            raise WrongTypeError(f"{options!r} is not a package; make one with talks.package(...).")
        if not options:
            raise EmptyPackageError("the package is empty; name what is lifted, or use talks.status_quo.")
        for name, option in options.items():
            self.issue(name).index(option)
        full = {issue.name: options.get(issue.name, issue.status_quo) for issue in self.issues}
        return Package(full, moved=tuple(i.name for i in self.issues if full[i.name] != i.status_quo))

    def offer(
        self, by: str, *, gives: Sequence[str] | Mapping[str, str], asks: Sequence[str] | Mapping[str, str]
    ) -> Package:
        """Make a package from what one party gives and what it asks for.

        Parameters
        ----------
        by : str
            The proposer.
        gives, asks : sequence of issue names (last option) or mapping of issue to option
            What the proposer concedes, and what it wants of the others; the proposer has to own the one and not the other.

        Raises
        ------
        OwnershipError
            It gives what it does not own, or asks for what it owns.
        """
        given, asked = self._settings(gives), self._settings(asks)
        for name in given:
            if self.issue(name).owner not in (by, None):
                raise OwnershipError(
                    f"{by} cannot give {name!r}: it belongs to {self.issue(name).owner}. {by} owns "
                    f"{', '.join(i.name for i in self.measures(by)) or 'nothing'}."
                )
        self.check_ask(asked, by)
        return self.as_package(given | asked)

    def check_ask(self, asked: Iterable[str], proposer: str) -> None:
        """Raise an error if a party asks for what it owns itself."""
        self.party_index(proposer)
        for name in asked:
            if self.issue(name).owner == proposer:
                raise OwnershipError(f"{proposer} cannot ask for {name!r}: it owns it. Put it among what it gives.")

    def combine(self, *names: str) -> Package:
        """Make a package from named offers and asks, e.g. ``talks.combine("three lifts promised", "samarium alone")``."""
        chosen: dict[str, str] = {}
        for name in names:
            for issue, option in self.concession(name).options:
                if chosen.setdefault(issue, option) != option:
                    raise DuplicateNameError("setting of issue", issue, f"the combination of {', '.join(names)}")
        return self.as_package(chosen)

    def concessions_of(self, party: str, package: Mapping[str, str]) -> dict[str, str]:
        """The part of a package that a party owns and moves: its concessions."""
        full = self.as_package(package)
        return {name: full[name] for name in full.moved if self.issue(name).owner == party}

    def codes(self, packages: Iterable[Mapping[str, str]]) -> IntArray:
        """Option positions of packages, shape (D, K)."""
        rows = [[issue.index(full[issue.name]) for issue in self.issues] for full in map(self.as_package, packages)]
        return np.array(rows, dtype=np.int64).reshape(len(rows), len(self.issues))

    def package_from_choices(self, choices: Sequence[int] | IntArray) -> Package:
        """The package with these option positions, one an issue."""
        full = {issue.name: issue.options[int(c)] for issue, c in zip(self.issues, choices, strict=True)}
        return Package(full, moved=tuple(i.name for i in self.issues if full[i.name] != i.status_quo))

    def as_additive_terms(
        self, values: Array | None = None
    ) -> tuple[list[Array], list[tuple[tuple[tuple[int, int], ...], Array]], Array]:
        """The payoffs as a sum over issues, for methods that need no list of packages.

        Parameters
        ----------
        values : ndarray, shape (T,), optional
            Values of the stakes and interactions, in the order of ``talks.terms``; central ones otherwise.

        Returns
        -------
        stakes : list of K arrays, shapes (m_k, P)
            What each option of each issue is worth to each party.
        interactions : list of (conditions, (P,))
            ``conditions`` are pairs of issue and option positions.
        disagreement : ndarray, shape (P,)
            At central values.
        """
        amounts = self.terms.central if values is None else values
        stakes = [np.zeros((len(issue.options), len(self.parties))) for issue in self.issues]
        interactions = []
        for t, conditions in enumerate(self.terms.conditions):
            worth = np.zeros(len(self.parties))
            worth[self.terms.party[t]] = amounts[t]
            if len(conditions) > 1:
                interactions.append((conditions, worth))
            else:
                stakes[conditions[0][0]][conditions[0][1]] += worth
        return stakes, interactions, np.array([p.disagreement.central for p in self.parties])

    def _settings(self, names: Settings) -> dict[str, str]:
        if isinstance(names, str):
            raise WrongTypeError(f"give several issue names, e.g. ({names!r},), not the text {names!r}.")
        if isinstance(names, Mapping):
            return {name: self.issue(name).options[self.issue(name).index(option)] for name, option in names.items()}
        return {name: self.issue(name).options[-1] for name in names}

    # --- what-ifs --------------------------------------------------------------------------------

    def replaced(self, **changes: Any) -> Negotiation:
        """Return the negotiation with some of its fields replaced, checked again."""
        return replace(self, **changes)

    def with_party(self, name: str, **changes: Any) -> Negotiation:
        """Return the negotiation with a party changed, e.g. ``talks.with_party("US", credibility=0.5)``."""
        fresh = replace(self.party(name), **changes)
        return self.replaced(parties=tuple(fresh if p.name == name else p for p in self.parties))

    def with_stakes(self, *stakes: Stake) -> Negotiation:
        """Return the negotiation with stakes added; one for the same party, issue, option and kind is replaced."""
        fresh = {stake.label: stake for stake in (*self.stakes, *stakes)}
        return self.replaced(stakes=tuple(fresh.values()))

    def with_interactions(self, *interactions: Interaction) -> Negotiation:
        """Return the negotiation with interactions added; one with the same label is replaced."""
        fresh = {item.label: item for item in (*self.interactions, *interactions)}
        return self.replaced(interactions=tuple(fresh.values()))

    def with_issues(self, *issues: Issue) -> Negotiation:
        """Return the negotiation with issues added."""
        return self.replaced(issues=(*self.issues, *issues))

    def without_issues(self, *names: str) -> Negotiation:
        """Return the negotiation with issues taken off the table, and every stake and interaction in them."""
        gone = {self.issue(name).name for name in names}
        return self.replaced(
            issues=tuple(i for i in self.issues if i.name not in gone),
            stakes=tuple(s for s in self.stakes if s.issue not in gone),
            interactions=tuple(i for i in self.interactions if not gone & dict(i.options).keys()),
            concessions=tuple(c.without(gone) for c in self.concessions if dict(c.options).keys() - gone),
            parties=tuple(_without_vetoes(p, gone) for p in self.parties),
        )

    def __str__(self) -> str:
        judged = sum(item.basis == "judgement" for item in (*self.stakes, *self.interactions))
        date = f", as of {self.as_of}" if self.as_of else ""
        sizes = [
            counted(len(self.issues), "issue"),
            counted(self.n_packages, "package"),
            counted(len(self.stakes), "stake"),
        ]
        extra = f"{counted(len(self.interactions), 'interaction')} ({judged} of them judgements)"
        return f"{self.name}: {', '.join(self.party_names)}; {', '.join(sizes)} and {extra}, in {self.unit}{date}"

    def __repr__(self) -> str:
        return f"<Negotiation {self}>"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(name)}</th>" for name in ("issue", "option", *self.party_names))
        body = "".join(
            f"<tr><td>{html.escape(issue)}</td><td>{html.escape(option)}</td>"
            f"{''.join(f'<td>{value:,.4g}</td>' for value in values)}</tr>"
            for (issue, option), values in rows_by_option(self.terms, self.issues, len(self.parties)).items()
        )
        return f"<p>{html.escape(str(self))}</p><table><tr>{head}</tr>{body}</table>"


def _without_vetoes(party: Party, gone: set[str]) -> Party:
    """The party with its ratifiers' vetoes on vanished issues dropped."""
    kept = []
    for ratifier in party.ratifiers:
        vetoes = tuple((i, o) for i, o in ratifier.vetoes if i not in gone)
        if vetoes or ratifier.at_least is not None:
            kept.append(replace(ratifier, vetoes=vetoes))
    return replace(party, ratifiers=tuple(kept))
