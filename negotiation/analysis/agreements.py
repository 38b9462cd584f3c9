"""Where criteria agree about a package and where not, and in a line why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from negotiation.analysis.verdict import Verdict
from negotiation.analysis.wording import listing

# Criteria whose answer is neither good nor bad for the package.
REMARKS = ("revealing",)
# If the first holds, so does the second.
IMPLIED = (("spontaneous", "stable"),)
# Why the first can hold where the second fails: what the one counts and the other does not. Of several reasons for the same
# failure the last is told first.
WHY = {
    (
        "acceptable",
        "worth_the_doubt",
    ): "delivered in full it pays everybody; with the doubt in the promises it does not",
    ("acceptable", "efficient"): "nobody loses by it, yet another package gives somebody more at nobody's cost",
    ("acceptable", "spontaneous"): "the exchange as a whole pays, withholding one's own part of it pays more",
    (
        "acceptable",
        "sequenced",
    ): "the exchange as a whole pays, but once one has moved the other gains by not following",
    ("acceptable", "fair"): "nobody loses by it, but no bargaining solution would divide the gains like this",
    ("acceptable", "better_than_waiting"): "it beats no deal, but not the deal that bargaining on would bring",
    ("acceptable", "self_enforcing"): "signing it pays, keeping it does not pay everybody at the given patience",
    (
        "acceptable",
        "stable",
    ): "the exchange as a whole pays, but somebody can leave it for something that no answer spoils",
    ("acceptable", "ratifiable"): "it pays those who sign, but somebody at home does not consent",
    (
        "acceptable",
        "robust",
    ): "it pays at the centre, but over the ranges another offer leaves its proposer less to regret",
    ("worth_the_doubt", "self_enforcing"): "the promises are believed further than patience would keep them",
    ("worth_the_doubt", "spontaneous"): "it pays even with doubt, but nothing in the moment itself keeps anybody to it",
    ("efficient", "acceptable"): "nothing is wasted, but somebody pays for what the others gain",
    ("efficient", "fair"): "nothing is wasted, but no bargaining solution would divide the gains like this",
    ("fair", "better_than_waiting"): "an even division by gains, but patience gives somebody more",
    ("ratifiable", "acceptable"): "nobody at home objects, but somebody who signs loses by it",
    (
        "robust",
        "acceptable",
    ): "no other offer leaves its proposer less to regret, but at the centre somebody loses by it",
    ("self_enforcing", "sequenced"): "a deal kept up month after month holds it, one exchange after the other does not",
    ("self_enforcing", "spontaneous"): "cheating pays once, losing the deal costs more in the long run",
    ("self_enforcing", "stable"): "what cheating loses for ever holds it, the answers to a single move do not",
    (
        "self_enforcing",
        "worth_the_doubt",
    ): "keeping it is in everybody's interest, but the promises are believed less than that",
    ("sequenced", "spontaneous"): "moving one after the other holds it, moving at the same time does not",
    ("stable", "acceptable"): "nobody would leave it, but somebody would not have signed it",
    (
        "stable",
        "self_enforcing",
    ): "the answers to a single move hold it; at the given patience its loss for good does not",
    ("stable", "spontaneous"): "leaving it pays, but only until the others have answered",
}


class Disagreement(NamedTuple):
    """A criterion that holds beside one that fails, and what the one counts that the other does not."""

    holding: str
    failing: str
    why: str

    def __str__(self) -> str:
        return f"{plain(self.holding)}, but not {plain(self.failing)}: {self.why}."


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Agreements:
    """Who agrees with whom about a package: from ``Assessment.agreements``.

    Parameters
    ----------
    holding, failing, open : tuple of str
        Criteria by answer: yes, no, cannot say.
    disagreements : tuple of Disagreement
        The pairs of a criterion that holds and one that fails whose difference has a short reason.
    implied : tuple of (str, str)
        Pairs that both hold, the second because the first does: they are no two independent yeses.
    objections : mapping of str to tuple of str
        Party to the criteria that fail for it, where a criterion asks something of each party.
    """

    holding: tuple[str, ...]
    failing: tuple[str, ...]
    open: tuple[str, ...]
    disagreements: tuple[Disagreement, ...]
    implied: tuple[tuple[str, str], ...]
    objections: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, verdicts: Sequence[Verdict], objections: Mapping[str, tuple[str, ...]]) -> Agreements:
        """Compare verdicts on one package."""
        yes, no, unknown = (
            tuple(v.criterion for v in verdicts if v.holds is answer and v.criterion not in REMARKS)
            for answer in (True, False, None)
        )
        pairs = tuple(Disagreement(a, b, why) for (a, b), why in WHY.items() if a in yes and b in no)
        implied = tuple((a, b) for a, b in IMPLIED if a in yes and b in yes)
        return cls(yes, no, unknown, pairs, implied, MappingProxyType(dict(objections)))

    def __reduce__(self) -> tuple[Any, ...]:
        fields = (self.holding, self.failing, self.open, self.disagreements, self.implied, dict(self.objections))
        return Agreements, fields

    def lines(self, most: int = 6) -> Iterator[str]:
        """What there is to say, a sentence a line, at most so many disagreements."""
        if self.holding and not self.failing:
            yield f"All {len(self.holding)} that can be applied agree that it is enough."
        elif self.failing and not self.holding:
            yield f"All {len(self.failing)} that can be applied agree that it is not enough."
        for party, criteria in self.objections.items():
            if criteria:
                yield f"For {party} it is not {listing(map(plain, criteria), 'or')}."
        yield from (f"It is {d}" for d in self._telling(most))
        for first, second in self.implied:
            yield f"That it is {plain(first)} makes it {plain(second)}: count them once."

    def _telling(self, most: int) -> list[Disagreement]:
        """A failing criterion explained once before any is explained twice, by the one that holds with the closest question."""
        closest: dict[str, Disagreement] = {}
        for d in self.disagreements:
            closest[d.failing] = d  # later rules are the more special ones
        rest = [d for d in self.disagreements if d not in closest.values()]
        return [*closest.values(), *rest][:most]

    def __str__(self) -> str:
        return "\n".join(self.lines(most=len(self.disagreements)))

    __repr__ = __str__


def plain(criterion: str) -> str:
    """A criterion's name in prose."""
    return criterion.replace("self_", "self-").replace("_", " ")
