"""Criterion 8, self-enforcing: nobody gains by cheating when cheating, once noticed, ends the deal for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from negotiation.analysis.proof import added_up, by_party, close
from negotiation.analysis.verdict import Certificate, Verdict, inapplicable, least, selected_parties
from negotiation.analysis.wording import amounts, changes, listing
from negotiation.arrays import Array, IntArray
from negotiation.errors import ParameterError
from negotiation.model.draws import Draws
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.payoffs import payoffs
from negotiation.model.rounding import NOISE, settle
from negotiation.reduce.best_response import best_response, deviation_gains

UNIT = "discount factor"


@dataclass(frozen=True, slots=True)
class SelfEnforcing:
    """Grim reversion sustains the package: each party is patient enough not to cheat.

    Each period every party complies or cheats. Cheating pays ``T_i`` (the best own deviation while the others comply) for
    the ``D_i`` periods until it is noticed, and ``N_i`` for ever after. Complying is best iff

    ``(1 - δ^D) T + δ^D N ≤ u``,  that is  ``δ ≥ δ* = (((T - u) / (T - N))^(1/D)``.

    - ``T = u`` and ``u ≥ N``: no temptation, ``δ* = 0``; likewise for a party that owns nothing it could withhold.
    - ``u ≤ N < T``, or ``u < N``: being punished is no worse than complying, so no patience helps: ``δ* = 1``.

    The margin is the smallest ``δ_i - δ*_i``, in units of the discount factor per period.

    The certificate states for each party ``complying`` (u), ``cheating`` (T), ``punished`` (N), ``lag`` (D), ``critical`` (δ*),
    ``discount_factor`` and ``cheats_by`` (the package when it cheats).

    Parameters
    ----------
    punishment : {"status quo", "disagreement"}
        What follows when cheating is noticed: every measure back in force (payoff 0), or each party's disagreement payoff.

    Notes
    -----
    That the status quo is a credible punishment (a Nash equilibrium of the concession game, as Friedman requires) is
    checked and said when it is not so. Cost: that of `deviation_gains`.

    References
    ----------
    Friedman, J. W. (1971). A non-cooperative equilibrium for supergames. Review of Economic Studies 38, 1-12.
    Mailath, G. J. and Samuelson, L. (2006). Repeated Games and Reputations. Oxford University Press, chapters 2-3.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation([ng.Party("A", discount_factor=0.6), ng.Party("B", discount_factor=0.9)],
    ...     [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -1), ng.Stake("A", "y", "lifted", 4),
    ...      ng.Stake("B", "y", "lifted", -1), ng.Stake("B", "x", "lifted", 4)])
    >>> round(ng.is_enough(talks, talks.package("x", "y"), criterion="self_enforcing").margin, 3)
    0.35
    """

    punishment: Literal["status quo", "disagreement"] = "status quo"

    name: ClassVar[str] = "self_enforcing"
    question: ClassVar[str] = "Is every party patient enough not to cheat, if cheating ends the deal once noticed?"

    def __post_init__(self) -> None:
        if self.punishment not in ("status quo", "disagreement"):
            raise ParameterError(f"punishment must be 'status quo' or 'disagreement', not {self.punishment!r}.")

    def why_not(self, talks: Negotiation, party: str | None = None) -> str:
        """Nobody says how patient those are who could cheat."""
        unknown = [
            talks.party_names[i]
            for i in selected_parties(talks, party)
            if talks.parties[i].discount_factor is None and talks.measures(talks.party_names[i])
        ]
        if not unknown:
            return ""
        return f"no discount factor is given for {listing(unknown)}: say it, with_party(..., discount_factor=0.99)."

    def margins(
        self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None, party: str | None = None
    ) -> Array:
        """See `Criterion.margins`; in units of the discount factor, NaN where one is needed that nobody states."""
        return least(self.party_margins(talks, codes, draws=draws), selected_parties(talks, party))

    def party_margins(self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None) -> Array:
        """See `PartyCriterion.party_margins`."""
        patience = _patience(talks) if draws is None else draws.discount_factor[:, None, :]
        patience = np.where(np.isnan(patience) & _owns_nothing(talks), 1.0, patience)
        margins = patience - self.critical(talks, codes, draws=draws)
        return np.where(np.abs(margins) < NOISE, 0.0, margins)

    def critical(self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None) -> Array:
        """The least discount factor of each party that sustains each package: (D, P), or (S, D, P) with draws."""
        complying = payoffs(talks, codes, draws=draws)
        punished = self._punished(talks, draws)
        temptation = deviation_gains(talks, codes, None if draws is None else draws.values)
        lags = np.array([p.detection_lag for p in talks.parties])
        needed = critical_patience(temptation, settle(complying - punished, talks), lags)
        return np.where(_owns_nothing(talks), 0.0, needed)

    def verdict(
        self, talks: Negotiation, package: Package, *, party: str | None = None, proposer: str | None = None
    ) -> Verdict:
        """See `Criterion.verdict`."""
        codes, asked = talks.codes([package]), selected_parties(talks, party)
        critical = self.critical(talks, codes)[0]
        facts = self._facts(talks, package, critical)
        sentences = [self._sentence(talks, package, i, facts) for i in asked]
        if self.punishment == "status quo" and (breakers := _not_credible(talks)):
            sentences.append(f"The punishment itself is no equilibrium: {breakers}.")
        reason = " ".join(sentences)
        if why := self.why_not(talks, party):
            return inapplicable(self, package, f"{why} {reason}", party)
        margin = float(self.margins(talks, codes, party=party)[0])
        statement = "; ".join(f"{talks.party_names[i]} needs a discount factor of {critical[i]:.4g}" for i in asked)
        patience = np.where(np.isnan(_patience(talks)), 1.0, _patience(talks))
        worst = min(asked, key=lambda i: float(patience[i] - critical[i]))
        return Verdict(
            self.name, margin >= 0, margin, UNIT, reason, Certificate(statement, facts),
            _flips(talks, worst, float(critical[worst]), margin), package, party,
        )  # fmt: skip

    def check(self, talks: Negotiation, verdict: Verdict) -> bool:
        """Whether the certificate proves the answer: the streams of complying and of cheating, summed and compared."""
        facts = verdict.certificate.facts
        margins = []
        for name in [talks.party_names[i] for i in selected_parties(talks, verdict.party)]:
            u, t, n = facts["complying"][name], facts["cheating"][name], facts["punished"][name]
            right = close(talks, added_up(talks, verdict.package)[name], u)
            cheated = close(talks, added_up(talks, facts["cheats_by"][name])[name], t)
            if not right or not cheated or (t < u and not close(talks, t, u)):
                return False
            delta, critical = facts["discount_factor"][name], facts["critical"][name]
            if talks.measures(name):
                weight = delta ** facts["lag"][name]
                cheated_worth = (1 - weight) * t + weight * n
                if (cheated_worth > u) == (delta >= critical) and not close(talks, cheated_worth, u):
                    return False
            margins.append((1.0 if delta is None else delta) - critical)
        return abs(min(margins) - verdict.margin) < 1e-9 and verdict.holds == (verdict.margin >= 0)

    def _punished(self, talks: Negotiation, draws: Draws | None = None) -> Array:
        """What each party gets when punished: (P,), or (S, 1, P) with draws."""
        if self.punishment == "status quo":
            return np.zeros(len(talks.parties))
        if draws is not None:
            return draws.disagreement[:, None, :]
        return np.array([p.disagreement.central for p in talks.parties])

    def _facts(self, talks: Negotiation, package: Package, critical: Array) -> dict[str, Any]:
        """See the class."""
        u = payoffs(talks, package)
        t = u + deviation_gains(talks, talks.codes([package]))[0]
        return {
            "complying": by_party(talks, u),
            "cheating": by_party(talks, t),
            "punished": by_party(talks, self._punished(talks)),
            "lag": {p.name: p.detection_lag for p in talks.parties},
            "critical": by_party(talks, critical),
            "discount_factor": {p.name: p.discount_factor and p.discount_factor.central for p in talks.parties},
            "cheats_by": {name: best_response(talks, package, i) for i, name in enumerate(talks.party_names)},
            "punishment": self.punishment,
        }

    def _sentence(self, talks: Negotiation, package: Package, party: int, facts: dict[str, Any]) -> str:
        """``A: cheating pays 4 for 1 period and then 0, complying 3; that takes a discount factor of 0.25 (it has 0.6).``"""
        name = talks.party_names[party]
        u, t, n, critical = (facts[key][name] for key in ("complying", "cheating", "punished", "critical"))
        cheating, complying, punished = amounts([t, u, n])
        if not talks.measures(name):
            return f"{name} owns nothing that it could withhold."
        if critical == 0:
            return f"{name} is not tempted: no deviation pays more than {complying}."
        if critical == 1:
            return f"{name} gets {complying} for complying and {punished} when punished: no patience would hold it."
        lag = facts["lag"][name]
        span = f"{lag} {talks.period}{'s' if lag > 1 else ''}"
        has = facts["discount_factor"][name]
        own = "" if has is None else f" (it has {has:.4g})"
        return (
            f"{name}: cheating pays {cheating} for {span} and then {punished}, complying {complying}; "
            f"that takes a discount factor of {critical:.3g}{own}."
        )


def critical_patience(temptation: Array, advantage: Array, lag: Array) -> Array:
    """The least discount factor under grim reversion: ``T - u``, ``u - N`` and ``D`` to ``δ*``, see `SelfEnforcing`."""
    tempted = (temptation > 0) & (advantage > 0)
    total = np.where(tempted, temptation + advantage, 1.0)
    inner = np.where(tempted, temptation, 0.0) / total
    critical = inner ** (1.0 / lag)
    return np.where((advantage < 0) | ((advantage <= 0) & (temptation > 0)), 1.0, critical)


def _patience(talks: Negotiation) -> Array:
    """Discount factors at their centre, NaN where unknown."""
    return np.array([np.nan if p.discount_factor is None else p.discount_factor.central for p in talks.parties])


def _owns_nothing(talks: Negotiation) -> list[bool]:
    return [not talks.measures(name) for name in talks.party_names]


def _not_credible(talks: Negotiation) -> str:
    """Who would not return to the status quo for good, and what it would do instead."""
    status_quo = talks.status_quo
    gains = deviation_gains(talks, talks.codes([status_quo]))[0]
    return "; ".join(
        f"{name} would rather have {changes(status_quo, best_response(talks, status_quo, i))}"
        for i, name in enumerate(talks.party_names)
        if gains[i] > 0
    )


def _flips(talks: Negotiation, worst: int, critical: float, margin: float) -> str:
    """In the patience of the party nearest to its threshold."""
    name = talks.party_names[worst]
    if critical == 1:
        return f"complying becomes worth more to {name} than being punished"
    if critical == 0:
        return "some party comes to gain by withholding what it promised"
    return (
        f"the discount factor of {name} {'falls below' if margin >= 0 else 'reaches'} {critical:.3g} per {talks.period}"
    )
