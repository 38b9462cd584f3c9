"""The short question: is this package enough?"""

from __future__ import annotations

from collections.abc import Mapping

from negotiation.analysis.criteria.registry import as_criterion
from negotiation.analysis.verdict import Criterion, Verdict
from negotiation.door import checked
from negotiation.model.negotiation import Negotiation


@checked
def is_enough(
    talks: Negotiation,
    package: Mapping[str, str],
    *,
    party: str | None = None,
    criterion: str | Criterion = "acceptable",
    proposer: str | None = None,
) -> Verdict:
    """Judge a package by one criterion.

    Parameters
    ----------
    talks : Negotiation
    package : Package
        From ``talks.package(...)``.
    party : str, optional
        For whom; for every party unless named.
    criterion : str or Criterion
        A name such as ``"acceptable"``, or a value with options.
    proposer : str, optional
        Who proposes; some criteria depend on it.

    Returns
    -------
    Verdict
        Truthy when it holds; with margin, reason, certificate, and what would flip it.

    Raises
    ------
    UnknownNameError
        No such party or criterion, or an issue or option that the talks do not have.
    """
    chosen = as_criterion(criterion)
    full = talks.as_package(package)
    for name in (party, proposer):
        if name is not None:
            talks.party_index(name)
    return chosen.verdict(talks, full, party=party, proposer=proposer)
