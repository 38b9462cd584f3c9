"""Criterion 5, sequenced: if one party delivers first and the others see it, does everybody deliver?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from negotiation.analysis.proof import added_up, close
from negotiation.analysis.sequence.turns import Turn, central_turns, turn_margins
from negotiation.analysis.verdict import Certificate, Verdict, selected_parties
from negotiation.analysis.wording import amount, amounts, changes, listing
from negotiation.arrays import Array, IntArray
from negotiation.errors import WrongTypeError
from negotiation.model.draws import Draws
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.reduce.sequence import deliveries, orders_of

_MOST_LEAVES = 4_096


@dataclass(frozen=True, slots=True)
class Sequenced:
    """The package is a subgame-perfect outcome when parties deliver one after another, each seeing what was done before.

    At its turn each party decides which of its concessions to make; what it does not make stays at the status quo, and joint
    issues stand as in the package. Nothing binds it, and delivery happens once: this asks what order alone can do.

    The margin is, in the best order, the least that a party loses by not delivering all of its part, all before it having
    delivered; negative where it gains. It holds where the margin is not negative. After a deviation the later parties do
    what is best for them; where they are indifferent, what is worst for who deviated.

    The certificate states under ``orders`` for every order and party its payoff in the package (``keeping``), the package that
    the best it can do otherwise leads to (``leads_to``), its payoff there (``otherwise``), and the margin.

    Parameters
    ----------
    first : str, optional
        Who delivers first; the best order unless given.
    bound : tuple of str
        Parties whose part is enforced from outside.

    References
    ----------
    Selten, R. (1965). Spieltheoretische Behandlung eines Oligopolmodells mit Nachfrageträgheit. Zeitschrift für die gesamte
    Staatswissenschaft 121, 301-324.
    Raiffa, H. (1982). The Art and Science of Negotiation. Harvard University Press, chapter 13.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -1), ng.Stake("A", "y", "lifted", 4),
    ...      ng.Stake("B", "y", "lifted", -2), ng.Stake("B", "x", "lifted", 4)])
    >>> print(ng.is_enough(talks, talks.package("x", "y"), criterion=Sequenced(first="A")).reason)
    A first: B would gain 2 by y: in force; nothing would be delivered.
    >>> print(ng.is_enough(talks, talks.package("x", "y"), criterion=Sequenced(bound=("B",))).reason)
    A would gain 1 by x: in force; only y would be delivered.
    """

    first: str | None = None
    bound: tuple[str, ...] = ()

    name: ClassVar[str] = "sequenced"
    question: ClassVar[str] = "If one party delivers first and the others see it, does everybody deliver?"

    def __post_init__(self) -> None:
        if isinstance(self.bound, str):
            raise WrongTypeError(f"bound is several parties, e.g. ({self.bound!r},), not the text {self.bound!r}.")

    def why_not(self, talks: Negotiation, party: str | None = None) -> str:
        """It always applies."""
        return ""

    def margins(
        self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None, party: str | None = None
    ) -> Array:
        """See `Criterion.margins`."""
        values = talks.terms.central[None, :] if draws is None else draws.values
        asked = selected_parties(talks, party)
        out = np.empty((len(values), len(codes)))
        for d, code in enumerate(codes):
            orders = orders_of(talks, code, self.first, self.bound)
            found = [self._turns(talks, code, order, values, draws)[:, asked].min(axis=1) for order in orders]
            out[:, d] = np.max(found, axis=0)
        return out[0] if draws is None else out

    def _turns(
        self, talks: Negotiation, code: IntArray, order: tuple[str, ...], values: Array, draws: Draws | None
    ) -> Array:
        """What each party loses by deviating, (S, P), found once for whoever asks about the same draws."""
        if draws is None:
            return turn_margins(talks, code, order, values)
        return draws.once(f"turns of {order}", talks, code, lambda: turn_margins(talks, code, order, values))

    def verdict(
        self, talks: Negotiation, package: Package, *, party: str | None = None, proposer: str | None = None
    ) -> Verdict:
        """See `Criterion.verdict`."""
        (code,) = talks.codes([package])
        asked = [talks.party_names[i] for i in selected_parties(talks, party)]
        answers = [_Answer.of(talks, package, code, order) for order in orders_of(talks, code, self.first, self.bound)]
        margin, best = max(
            ((answer.margin(asked), -k) for k, answer in enumerate(answers)), key=lambda pair: (pair[0], pair[1])
        )
        answer = answers[-int(best)]
        facts: dict[str, Any] = {
            "orders": {a.order: a.facts for a in answers},
            "best_order": answer.order,
            "delivered_instead": {a.order: a.instead for a in answers},
        }
        said = [answer] if margin >= 0 or len(answers) > 2 else answers
        reason = " ".join(a.sentence(talks, package, asked) for a in said)
        return Verdict(
            self.name, margin >= 0, margin, talks.unit, reason, Certificate(answer.statement(talks, asked), facts),
            answer.flips(talks, asked), package, party,
        )  # fmt: skip

    def check(self, talks: Negotiation, verdict: Verdict) -> bool:
        """Whether the certificate proves the answer.

        Every payoff is added up again stake by stake. Whether the package is a subgame-perfect outcome is decided anew by
        backward induction over all ways to deliver, up to 4,096 of them; past that, that some order's margin is what it says.
        """
        orders = verdict.certificate.facts["orders"]
        names = [talks.party_names[i] for i in selected_parties(talks, verdict.party)]
        margins = []
        for order, facts in orders.items():
            for name in order:
                here, there = added_up(talks, verdict.package)[name], added_up(talks, facts["leads_to"][name])[name]
                if not close(talks, here, facts["keeping"][name]) or not close(talks, there, facts["otherwise"][name]):
                    return False
                if not close(talks, here - there, facts["margin"][name]) and math.isfinite(facts["margin"][name]):
                    return False
            least = {name: facts["margin"].get(name, math.inf) for name in talks.party_names}
            perfect = is_perfect_outcome(talks, verdict.package, order)
            if perfect is not None and perfect != (min(least.values()) >= 0):
                return False
            margins.append(min(least[name] for name in names))
        same = max(margins) == verdict.margin or close(talks, max(margins), verdict.margin)
        return same and verdict.holds == (verdict.margin >= 0)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What one order brings."""

    order: tuple[str, ...]
    turns: Mapping[str, Turn]
    facts: dict[str, Any]
    instead: Package

    @classmethod
    def of(cls, talks: Negotiation, package: Package, code: IntArray, order: tuple[str, ...]) -> _Answer:
        turns, instead = central_turns(talks, code, order)
        leads = {name: talks.package_from_choices(turn.outcome) for name, turn in turns.items()}
        facts = {
            "keeping": {name: added_up(talks, package)[name] for name in order},
            "leads_to": leads,
            "otherwise": {name: added_up(talks, leads[name])[name] for name in order},
            "margin": {name: turn.margin for name, turn in turns.items()},
        }
        return cls(order, turns, facts, talks.package_from_choices(instead))

    def margin(self, asked: list[str]) -> float:
        """The least margin of those asked about."""
        return min((self.turns[name].margin for name in asked if name in self.turns), default=math.inf)

    def tempted(self, asked: list[str]) -> list[str]:
        """Those who would gain, the last to deliver first."""
        return [name for name in reversed(self.order) if name in asked and self.turns[name].margin < 0]

    def sentence(self, talks: Negotiation, package: Package, asked: list[str]) -> str:
        """What happens in this order."""
        if not self.order:
            return "Nobody has anything to deliver."
        lead = f"{self.order[0]} first: " if len(self.order) > 1 else ""
        tempted = self.tempted(asked)
        if not tempted:
            return f"{lead}{self._kept(talks, package, asked)}."
        gains = amounts([-self.turns[name].margin for name in tempted])
        parts = [
            f"{name} would gain {gain} by {_own_changes(talks, package, self.facts['leads_to'][name], name)}"
            for name, gain in zip(tempted, gains, strict=True)
        ]
        made = f"only {listing(self.instead.moved)}" if self.instead.moved else "nothing"
        return f"{lead}{'; '.join(parts)}; {made} would be delivered."

    def _kept(self, talks: Negotiation, package: Package, asked: list[str]) -> str:
        named = [name for name in self.order if name in asked]
        losses = [self.turns[name].margin for name in named]
        if not named:
            return "those asked about have nothing to deliver"
        parts = [
            f"{name} would lose {loss} by {_own_changes(talks, package, self.facts['leads_to'][name], name)}"
            if value > 0
            else f"{name} would gain nothing by {_own_changes(talks, package, self.facts['leads_to'][name], name)}"
            for name, value, loss in zip(named, losses, amounts(losses), strict=True)
        ]
        return "; ".join(parts)

    def statement(self, talks: Negotiation, asked: list[str]) -> str:
        """The claim of the certificate."""
        if not self.order:
            return "nobody has anything to deliver"
        parts = [f"{name} {amount(self.turns[name].margin, signed=True)}" for name in self.order if name in asked]
        who = ", then ".join(self.order)
        return (
            f"delivering in the order {who} rather than doing otherwise brings {listing(parts or ['nobody anything'])}"
        )

    def flips(self, talks: Negotiation, asked: list[str]) -> str:
        """The condition on stakes under which the answer changes."""
        named = [name for name in self.order if name in asked]
        if not named:
            return ""
        worst = min(named, key=lambda name: self.turns[name].margin)
        value = self.turns[worst].margin
        order = f" ({', then '.join(self.order)})" if len(self.order) > 1 else ""
        if value < 0:
            return f"delivering comes to cost {worst} {amount(-value)} {talks.unit} less, or a bond of as much binds it{order}"
        return f"doing otherwise comes to pay {worst} over {amount(value)} {talks.unit} more{order}"


def _own_changes(talks: Negotiation, package: Package, leads_to: Package, party: str) -> str:
    """What a party itself does otherwise."""
    own = {issue.name: leads_to[issue.name] for issue in talks.measures(party)}
    return changes(package, own)


def is_perfect_outcome(talks: Negotiation, package: Package, order: tuple[str, ...]) -> bool | None:
    """Whether a package is a subgame-perfect outcome, by sets of outcomes from the last turn back; None when too large.

    A second way: in plain Python, on payoffs added up stake by stake.
    """
    (code,) = talks.codes([package])
    parts = [[k for k, issue in enumerate(talks.issues) if code[k] and issue.owner == name] for name in order]
    if 2 ** sum(map(len, parts)) > _MOST_LEAVES:
        return None
    worth = [added_up(talks, talks.package_from_choices(row)) for row in deliveries(code, parts)]
    level: list[set[int]] = [{z} for z in range(len(worth))]
    for name, part in zip(reversed(order), reversed(parts), strict=True):
        width, upper = 2 ** len(part), []
        for start in range(0, len(level), width):
            branches = level[start : start + width]
            bar = max(min(worth[z][name] for z in branch) for branch in branches)
            upper.append(
                {z for branch in branches for z in branch if worth[z][name] >= bar or close(talks, worth[z][name], bar)}
            )
        level = upper
    return 0 in level[0]
