"""The most an offer buys: the best that the proposer can ask for against it and still be accepted."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

from negotiation.analysis.criteria.registry import as_criterion
from negotiation.analysis.offers.best import best_of, worth_to
from negotiation.analysis.offers.family import asks_for
from negotiation.analysis.offers.minimal_result import Question
from negotiation.analysis.verdict import Criterion
from negotiation.analysis.wording import amount
from negotiation.door import checked
from negotiation.model.negotiation import Negotiation, Settings
from negotiation.model.package import Package
from negotiation.model.payoffs import payoffs

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Purchase:
    """What an offer buys.

    Parameters
    ----------
    question : Question
    offer : tuple of (issue, option)
    packages : tuple of Package
        The offer with the best asks; several when they are worth the same to the proposer; none when nothing is accepted.
    worth : float
        To the proposer, the offer paid; NaN when nothing is accepted.
    notes : tuple of str
    """

    question: Question
    offer: tuple[tuple[str, str], ...]
    packages: tuple[Package, ...]
    worth: float
    notes: tuple[str, ...] = ()

    @property
    def bought(self) -> tuple[dict[str, str], ...]:
        """For each of the packages, what is bought: issue to option."""
        given = {issue for issue, _ in self.offer}
        return tuple({i: p[i] for i in p.moved if i not in given} for p in self.packages)

    def to_frame(self) -> pd.DataFrame:
        """One row a package: what is bought, and each party's payoff."""
        import pandas as pd

        talks = self.question.talks
        frame = pd.DataFrame(payoffs(talks, talks.codes(self.packages)), columns=list(talks.party_names))
        frame.insert(0, "bought", [_listed(b) for b in self.bought])
        frame.attrs["unit"] = talks.unit
        return frame

    def __str__(self) -> str:
        q = self.question
        offer = _listed(dict(self.offer))
        if not self.packages:
            head = f"{offer} of {q.proposer} buys nothing"
        else:
            head = f"{offer} of {q.proposer} buys at most {_listed(self.bought[0])}: {amount(self.worth, signed=True)} "
            head += f"{q.talks.unit} for {q.proposer}"
        also = [f"  or, worth the same: {_listed(b)}" for b in self.bought[1:10]]
        return "\n".join([head, *also, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head, _, rest = str(self).partition("\n")
        table = self.to_frame().to_html(index=False, float_format="{:+,.4g}".format) if self.packages else ""
        return f"<p>{html.escape(head)}</p>{table}<p>{html.escape(rest)}</p>"


@checked
def most_an_offer_buys(
    talks: Negotiation,
    offer: Settings,
    *,
    proposer: str,
    criterion: str | Criterion = "acceptable",
    party: str | None = None,
) -> Purchase:
    """Find the asks worth most to the proposer that an offer still pays for.

    Parameters
    ----------
    talks : Negotiation
    offer : sequence of issue names (last option), or mapping of issue to option
        The proposer's own measures; those not named stay at the status quo.
    proposer : str
    criterion : str or Criterion
        What "enough" means; `better_than_waiting` asks the others whether they would say no to the proposer.
    party : str, optional
        For whom it has to hold: by default for every party.

    Returns
    -------
    Purchase

    Raises
    ------
    EmptyPackageError, OwnershipError, UnknownNameError
    SizeLimitError
        More than a million sets of asks, and a criterion that is not linear in what parties get.

    Notes
    -----
    Every issue that the proposer does not own may be asked for, joint ones too. Up to 2**20 sets of asks all are judged,
    and all ties are returned; past that one mixed-integer programme finds one of them, to about a millionth of the largest
    stake.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B"), ng.Issue("z", owner="B")],
    ...     [ng.Stake("A", "y", "lifted", 2), ng.Stake("A", "z", "lifted", 9), ng.Stake("A", "x", "lifted", -1),
    ...      ng.Stake("B", "y", "lifted", -1), ng.Stake("B", "z", "lifted", -4), ng.Stake("B", "x", "lifted", 3)])
    >>> print(ng.most_an_offer_buys(talks, ["x"], proposer="A"))
    x: lifted of A buys at most y: lifted: +1 payoff units per period for A
    """
    chosen = as_criterion(criterion, proposer=proposer)
    if party is not None:
        talks.party_index(party)
    family, offered = asks_for(talks, offer, proposer)
    question = Question(talks, chosen, proposer, party, ())
    given = tuple(offered.items())
    if why := chosen.why_not(talks, party):
        return Purchase(question, given, (), float("nan"), (f"{chosen.name!r} cannot be applied: {why}",))
    best = best_of(question, family, worth_to(talks, proposer))
    if not len(best.codes):
        return Purchase(question, given, (), float("nan"), ("no set of asks is accepted, not even the empty one.",))
    packages = tuple(talks.package_from_choices(row) for row in best.codes)
    worth = float(payoffs(talks, best.codes[:1])[0, talks.party_index(proposer)])
    notes = () if best.has_all_ties else ("other sets of asks may be worth the same.",)
    return Purchase(question, given, packages, worth, notes)


def _listed(settings: dict[str, str]) -> str:
    return ", ".join(f"{issue}: {option}" for issue, option in settings.items()) or "nothing"
