"""All criteria on one package, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from negotiation.analysis.assessment import Assessment
from negotiation.analysis.criteria.registry import CRITERIA, as_criterion
from negotiation.analysis.proof import by_party
from negotiation.analysis.verdict import Criterion, PartyCriterion, Verdict, inapplicable
from negotiation.door import checked
from negotiation.errors import EmptyPackageError, OwnershipError, SizeLimitError, WrongTypeError
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.payoffs import payoffs


@checked
def assess(
    talks: Negotiation,
    offer: Mapping[str, str],
    *,
    proposer: str | None = None,
    criteria: Iterable[str | Criterion] | None = None,
) -> Assessment:
    """Judge a proposed package by every criterion.

    Parameters
    ----------
    talks : Negotiation
    offer : Package
        The whole package, what the proposer gives and what it asks for, from ``talks.package(...)``.
    proposer : str, optional
        The party that proposes it: its concessions are the offer, those of the others the ask.
    criteria : iterable of str or Criterion, optional
        Names, or values with options; all that exist, in the order of the library, unless given.

    Returns
    -------
    Assessment
        One `Verdict` a criterion; prints as a table, shows as HTML in a notebook.

    Raises
    ------
    UnknownNameError
        No such party, issue, option or criterion.
    EmptyPackageError
        The status quo: nobody proposes anything.
    OwnershipError
        The proposer gives nothing of its own while others concede.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -1), ng.Stake("A", "y", "lifted", 4), ng.Stake("B", "x", "lifted", 2)])
    >>> assessment = ng.assess(talks, talks.package("x", "y"), proposer="A")
    >>> assessment["acceptable"].holds, assessment["spontaneous"].holds
    (True, False)
    """
    package = talks.as_package(offer)
    if proposer is not None:
        talks.party_index(proposer)
    if not package.moved:
        raise EmptyPackageError(
            "the package moves nothing: it is the status quo, which nobody has to propose; "
            "is_enough(talks, talks.status_quo) still judges it."
        )
    if proposer is not None:
        _check_offer(talks, package, proposer)
    if isinstance(criteria, str):
        raise WrongTypeError(f"criteria must be several names, e.g. ({criteria!r},), not the text {criteria!r}.")
    chosen = [as_criterion(c) for c in (CRITERIA if criteria is None else criteria)]
    verdicts = tuple(_judged(c, talks, package, proposer) for c in chosen)
    objections = _objections(talks, package, chosen, verdicts)
    return Assessment(talks, package, proposer, by_party(talks, payoffs(talks, package)), verdicts, objections)


def _judged(criterion: Criterion, talks: Negotiation, package: Package, proposer: str | None) -> Verdict:
    """The verdict; work past a limit leaves this criterion unanswered, not the others."""
    try:
        return criterion.verdict(talks, package, party=None, proposer=proposer)
    except SizeLimitError as error:
        return inapplicable(criterion, package, str(error))


def _objections(
    talks: Negotiation, package: Package, criteria: Sequence[Criterion], verdicts: Sequence[Verdict]
) -> dict[str, tuple[str, ...]]:
    """For whom those criteria fail that ask something of each party."""
    against: dict[str, list[str]] = {name: [] for name in talks.party_names}
    for criterion, verdict in zip(criteria, verdicts, strict=True):
        if verdict.holds is False and isinstance(criterion, PartyCriterion):
            for name, margin in zip(
                talks.party_names, criterion.party_margins(talks, talks.codes([package]))[0], strict=True
            ):
                if margin < 0:
                    against[name].append(criterion.name)
    return {name: tuple(criteria_of) for name, criteria_of in against.items()}


def _check_offer(talks: Negotiation, package: Package, proposer: str) -> None:
    """A proposer puts something of its own, or something joint, on the table if others concede."""
    owners: Sequence[str | None] = [talks.issue(name).owner for name in package.moved]
    if proposer in owners or None in owners:
        return
    others = {owner: [n for n in package.moved if talks.issue(n).owner == owner] for owner in owners}
    conceding = " and ".join(f"{owner} ({', '.join(names)})" for owner, names in others.items())
    verb = "concedes" if len(others) == 1 else "concede"
    owned = ", ".join(issue.name for issue in talks.measures(proposer)) or "nothing"
    raise OwnershipError(
        f"{proposer} proposes a package in which only {conceding} {verb}; add something that {proposer} owns ({owned}), "
        "or ask is_enough(...)."
    )
