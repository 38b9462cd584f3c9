"""Checking a verdict by its certificate alone."""

from __future__ import annotations

from negotiation.analysis.criteria.registry import as_criterion
from negotiation.analysis.verdict import Criterion, Verdict
from negotiation.door import checked
from negotiation.errors import WrongTypeError
from negotiation.model.negotiation import Negotiation


@checked
def verify(talks: Negotiation, verdict: Verdict, *, criterion: Criterion | None = None) -> bool:
    """Whether the facts in a verdict's certificate prove its answer.

    Parameters
    ----------
    talks : Negotiation
        Those that were judged.
    verdict : Verdict
    criterion : Criterion, optional
        The value that gave it, for a criterion of your own; the library's by the verdict's name unless given.

    Returns
    -------
    bool
        Payoffs are added up again stake by stake, and claims tried by another way than the one by which they were found; what
        exactly is said by the criterion's ``check``. A verdict that the criterion cannot be applied has nothing to prove: it
        is right if the criterion still says so.

    Raises
    ------
    WrongTypeError
        The criterion has no ``check``.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A")], [ng.Stake("B", "x", "lifted", 2)])
    >>> ng.verify(talks, ng.is_enough(talks, talks.package("x"), criterion="efficient"))
    True
    """
    chosen = as_criterion(verdict.criterion if criterion is None else criterion)
    if verdict.holds is None:
        return bool(chosen.why_not(talks, verdict.party))
    check = getattr(chosen, "check", None)
    if check is None:
        raise WrongTypeError(f"{chosen!r} has no method check(talks, verdict), so its certificates cannot be checked.")
    return bool(check(talks, verdict))
