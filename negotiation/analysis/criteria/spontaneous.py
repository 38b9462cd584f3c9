"""Criterion 4, spontaneous: without commitment and at the same time, would everybody choose its part by itself?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, ClassVar

import numpy as np

from negotiation.analysis.proof import added_up, by_party, close
from negotiation.analysis.verdict import Certificate, Verdict, least, selected_parties
from negotiation.analysis.wording import amount, changes, listing
from negotiation.arrays import Array, IntArray
from negotiation.model.draws import Draws
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.reduce.best_response import best_response, deviation_gains, temptations


@dataclass(frozen=True, slots=True)
class Spontaneous:
    """The package is a Nash equilibrium of the concession game, joint issues standing as in the package.

    The margin is minus the largest regret: what a party would gain by setting its own measures otherwise while all
    others do as the package says. It holds exactly when the margin is 0. In most exchanges it fails, because lifting costs the
    one who lifts: that is why such packages need sequence, enforcement or trust.

    The certificate states each party's ``best_response`` (a package), its payoff there and in the package, and ``regret``.

    References
    ----------
    Nash, J. (1951). Non-cooperative games. Annals of Mathematics 54, 286-295.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -1), ng.Stake("A", "y", "lifted", 4), ng.Stake("B", "y", "lifted", 2)])
    >>> print(ng.is_enough(talks, talks.package("x", "y"), criterion="spontaneous").reason)
    A would gain 1 by x: in force. B has no reason to do otherwise.
    """

    name: ClassVar[str] = "spontaneous"
    question: ClassVar[str] = "Would every party do its part by itself, if the others did theirs?"

    def why_not(self, talks: Negotiation, party: str | None = None) -> str:
        """It always applies."""
        return ""

    def margins(
        self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None, party: str | None = None
    ) -> Array:
        """See `Criterion.margins`."""
        return least(self.party_margins(talks, codes, draws=draws), selected_parties(talks, party))

    def judges_draws_together(self, talks: Negotiation) -> bool:
        """Always: payoffs are matrix products."""
        return True

    def party_margins(self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None) -> Array:
        """See `PartyCriterion.party_margins`."""
        return np.asarray(0.0 - temptations(talks, codes, draws))

    def verdict(
        self, talks: Negotiation, package: Package, *, party: str | None = None, proposer: str | None = None
    ) -> Verdict:
        """See `Criterion.verdict`."""
        gains = deviation_gains(talks, talks.codes([package]))[0]
        asked = selected_parties(talks, party)
        replies = {talks.party_names[i]: best_response(talks, package, i) for i in asked}
        margin = 0.0 - float(gains[asked].max())
        tempted = [i for i in asked if gains[i] > 0]
        sentences = [
            f"{talks.party_names[i]} would gain {amount(gains[i])} by {changes(package, replies[talks.party_names[i]])}."
            for i in sorted(tempted, key=lambda i: -gains[i])
        ]
        content = [talks.party_names[i] for i in asked if i not in tempted]
        if content:
            verb = "has" if len(content) == 1 else "have"
            sentences.append(f"{listing(content)} {verb} no reason to do otherwise.")
        facts: dict[str, Any] = {
            "best_response": replies,
            "payoff_there": {n: added_up(talks, q)[n] for n, q in replies.items()},
            "payoff_here": {n: added_up(talks, package)[n] for n in replies},
            "regret": by_party(talks, gains),
        }
        statement = "; ".join(
            f"the best reply of {n} is {q}, regret {facts['regret'][n]:,.4g}" for n, q in replies.items()
        )
        return Verdict(
            self.name, margin >= 0, margin, talks.unit, " ".join(sentences), Certificate(statement, facts),
            _flips(talks, gains, asked), package, party,
        )  # fmt: skip

    def check(self, talks: Negotiation, verdict: Verdict) -> bool:
        """Whether the certificate proves the answer: each reply pays what it says, and no other own choice pays more.

        All combinations of own options are tried up to 4,096; past that, all changes of one measure of the reply, which
        is the whole proof where a party's measures do not interact.
        """
        facts = verdict.certificate.facts
        for name, reply in facts["best_response"].items():
            own = [issue.name for issue in talks.measures(name)]
            there, here = added_up(talks, reply)[name], added_up(talks, verdict.package)[name]
            same_elsewhere = all(reply[k] == verdict.package[k] for k in reply if k not in own)
            beaten = any(added_up(talks, q)[name] > there and not close(talks, added_up(talks, q)[name], there)
                         for q in _own_choices(talks, reply, own))  # fmt: skip
            if not same_elsewhere or beaten or not close(talks, there - here, facts["regret"][name]):
                return False
        worst = max(facts["regret"][name] for name in facts["best_response"])
        return close(talks, -worst, verdict.margin) and verdict.holds == (verdict.margin >= 0)


def _own_choices(talks: Negotiation, package: Package, own: list[str]) -> Iterator[dict[str, str]]:
    """Packages in which only some own issues differ."""
    options = [talks.issue(name).options for name in own]
    if math.prod(map(len, options)) <= 4096:
        yield from ({**package, **dict(zip(own, choice, strict=True))} for choice in product(*options))
    else:
        yield from ({**package, name: option} for name, some in zip(own, options, strict=True) for option in some)


def _flips(talks: Negotiation, gains: Array, asked: list[int]) -> str:
    """The largest temptation gone, or a first one arising."""
    worst = max(asked, key=lambda i: float(gains[i]))
    if gains[worst] == 0:
        return "some party comes to gain by setting a measure of its own otherwise"
    return f"no such gain is left; the largest is {amount(gains[worst])} {talks.unit}, of {talks.party_names[worst]}"
