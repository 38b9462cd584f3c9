"""Checking what an offer is said to reveal, in plain Python: payoffs, best replies, Bayes' rule, the change of belief."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from negotiation.analysis.proof import close
from negotiation.model.distribution import Distribution
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.reduce.signalling import ACCEPT, ASK, REFUSE, private_terms

Facts = Mapping[str, Any]
SMALL = 1e-9


def is_proved(talks: Negotiation, proposer: str, facts: Facts) -> bool:
    """Whether payoffs, equilibria and the change of belief are as stated."""
    return (
        payoffs_are_right(talks, proposer, facts)
        and all(is_equilibrium(talks, facts, e) for e in facts["equilibria"])
        and no_pure_one_is_missing(talks, facts)
        and abs(least_change(facts) - facts["shift"]) < 1e-6
    )


def payoffs_are_right(talks: Negotiation, proposer: str, facts: Facts) -> bool:
    """What offers are worth, added up stake by stake, and what each reply then pays to both."""
    responder, offers, T = facts["responder"], facts["offers"], len(facts["types"])
    mine = [[_worth(talks, proposer, offer, facts, t) for offer in offers] for t in range(T)]
    its = [_worth(talks, responder, offer, facts, None) for offer in offers]
    stated = (facts["worth_to_proposer"], facts["worth_to_responder"])
    rows = [*zip(mine, stated[0], strict=True), (its, stated[1])]
    if not all(close(talks, a, b) for right, said in rows for a, b in zip(right, said, strict=True)):
        return False
    (d_i, r_i, w_i), (d_j, r_j, w_j) = _numbers(talks, proposer), _numbers(talks, responder)
    for t, m in product(range(T), range(len(offers))):
        for a, reply in enumerate(facts["replies"]):
            k = facts["names"].index(reply.removeprefix(ASK)) if reply.startswith(ASK) else -1
            pays = {ACCEPT: (mine[t][m], its[m]), REFUSE: (d_i, d_j)}.get(reply)
            agreed = [mine[u][k] >= r_i or close(talks, mine[u][k], r_i) for u in range(T)]
            if pays is None:
                then = (mine[t][k], its[k]) if agreed[t] else (d_i, d_j)
                pays = ((1 - w_i) * d_i + w_i * then[0], (1 - w_j) * d_j + w_j * then[1])
            cell = (facts["sender"][t][m][a], facts["receiver"][t][m][a])
            if not all(close(talks, p, q) for p, q in zip(pays, cell, strict=True)):
                return False
            signed = its[m if reply == ACCEPT else k]
            signs = signed >= r_j or close(talks, signed, r_j)
            more = its[k] > its[m] and not close(talks, its[k], its[m])
            possible = reply == REFUSE or (signs if reply == ACCEPT else signs and more and any(agreed))
            if facts["allowed"][m][a] != possible:
                return False
    return True


def is_equilibrium(talks: Negotiation, facts: Facts, equilibrium: Facts) -> bool:
    """Nobody has anything better to do at any corner of the beliefs, and beliefs follow from what is offered."""
    offers, answers, beliefs = (equilibrium[key] for key in ("offers", "answers", "beliefs"))
    T, M = len(offers), len(answers)
    for t in range(T):
        worth = [_dot(facts["sender"][t][m], answers[m]) for m in range(M)]
        earned = _dot(worth, offers[t])
        if max(worth) > earned and not close(talks, max(worth), earned):
            return False
    for m in range(M):
        weights = [facts["prior"][t] * offers[t][m] for t in range(T)]
        total = math.fsum(weights)
        if total > 0 and (
            len(beliefs[m]) != 1 or any(abs(b - w / total) > SMALL for b, w in zip(beliefs[m][0], weights, strict=True))
        ):
            return False
        for corner in beliefs[m]:
            if min(corner) < 0 or abs(math.fsum(corner) - 1) > SMALL:
                return False
            values = [_dot(corner, [facts["receiver"][t][m][a] for t in range(T)]) for a in range(len(answers[m]))]
            best = max(v for v, ok in zip(values, facts["allowed"][m], strict=True) if ok)
            if any(p > 0 and (not ok or (v < best and not close(talks, v, best)))
                   for p, v, ok in zip(answers[m], values, facts["allowed"][m], strict=True)):  # fmt: skip
                return False
    at = facts["message"]
    made = any(facts["prior"][t] * offers[t][at] > 0 for t in range(T))
    inside = all(any(_same(c, corner) for corner in beliefs[at]) for c in equilibrium["after_the_offer"])
    return inside and bool(equilibrium["after_the_offer"]) and made == facts["is_made"]


def no_pure_one_is_missing(talks: Negotiation, facts: Facts) -> bool:
    """Pure equilibria in which the offer is made are found again by trying every plan; only refined-away ones may be missing."""
    from negotiation.games.signalling import SignallingGame
    from negotiation.solvers.bayesian.assessments import PureAssessments

    game = SignallingGame(facts["prior"], facts["sender"], facts["receiver"], allowed=facts["allowed"])
    listed = {_key(e["offers"], e["answers"]) for e in facts["equilibria"]}
    for e in PureAssessments(limit=5_000).run(game).equilibria:
        survives = facts["refinement"] == "all" or getattr(e, facts["refinement"]).passes
        made = e.sent[facts["message"]]
        is_listed = _key(e.sender.tolist(), e.receiver.tolist()) in listed
        if survives and not is_listed and (made or not facts["is_made"]):
            return False
    return True


def least_change(facts: Facts) -> float:
    """The least total variation between the prior and a belief after the offer."""
    from negotiation.analysis.revelation import least_distance

    return min(least_distance(e["after_the_offer"], facts["prior"]) for e in facts["equilibria"])


def _worth(talks: Negotiation, party: str, package: Package, facts: Facts, type_: int | None) -> float:
    """A package's payoff to a party, its private stakes at the type's quantile."""
    secret = set() if type_ is None else set(private_terms(talks, party, facts["private"]).tolist())
    parts = []
    for k, item in enumerate(talks.terms.items):
        if item.party == party and all(package[i] == o for i, o in item.conditions):
            value = talks.terms.values[k]
            at_quantile = type_ is not None and k in secret and isinstance(value, Distribution)
            parts.append(float(value.ppf(facts["quantiles"][type_])) if at_quantile else item.central)  # type: ignore[union-attr]
    return math.fsum(parts)


def _numbers(talks: Negotiation, name: str) -> tuple[float, float, float]:
    """Disagreement payoff, reservation value and patience."""
    party = talks.party(name)
    patience = 1.0 if party.discount_factor is None else party.discount_factor.central
    return party.disagreement.central, party.reservation_value, patience


def _dot(a: Sequence[float], b: Sequence[float]) -> float:
    return math.fsum(x * y for x, y in zip(a, b, strict=True))


def _same(a: Sequence[float], b: Sequence[float]) -> bool:
    return all(abs(x - y) < SMALL for x, y in zip(a, b, strict=True))


def _key(offers: Sequence[Sequence[float]], answers: Sequence[Sequence[float]]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(row) for row in (*offers, *answers))
