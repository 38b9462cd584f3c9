"""Checking the certificate of criterion 8: streams of payoffs added up period by period, in plain Python."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from negotiation.analysis.proof import added_up, close
from negotiation.analysis.verdict import Verdict, selected_parties
from negotiation.model.negotiation import Negotiation


def is_proved(talks: Negotiation, verdict: Verdict) -> bool:
    """Whether payoffs are right, and each party's stream of complying beats cheating exactly from its threshold on."""
    facts = verdict.certificate.facts
    margins = []
    for name in [talks.party_names[i] for i in selected_parties(talks, verdict.party)]:
        if not (_payoffs_are_right(talks, verdict, name) and _threshold_is_right(talks, facts, name)):
            return False
        delta = facts["discount_factor"][name]
        margins.append((1.0 if delta is None else delta) - facts["critical"][name])
    return abs(min(margins) - verdict.margin) < 1e-9 and verdict.holds == (verdict.margin >= 0)


def _payoffs_are_right(talks: Negotiation, verdict: Verdict, name: str) -> bool:
    facts = verdict.certificate.facts
    u, t, n = facts["complying"][name], facts["cheating"][name], facts["punished"][name]
    if not close(talks, added_up(talks, verdict.package)[name], u):
        return False
    if not close(talks, added_up(talks, facts["cheats_by"][name])[name], t) or (t < u and not close(talks, t, u)):
        return False
    return facts["strategy"] == "tit for tat" or close(talks, n, _punished(talks, facts, name))


def _punished(talks: Negotiation, facts: Mapping[str, Any], name: str) -> float:
    """What the punishment pays, from the stakes."""
    disagreement = talks.party(name).disagreement.central
    if facts["punishment"] == "status quo":
        return 0.0
    if facts["punishment"] == "disagreement":
        return disagreement
    return min(added_up(talks, facts["punished_by"][name])[name], disagreement)


def _threshold_is_right(talks: Negotiation, facts: Mapping[str, Any], name: str) -> bool:
    """At the party's own patience, and a little to both sides of the threshold, cheating pays exactly below it."""
    if not talks.measures(name):
        return bool(facts["critical"][name] == 0)
    critical, own = facts["critical"][name], facts["discount_factor"][name]
    worth = _tit_for_tat if facts["strategy"] == "tit for tat" else _trigger
    for delta in (critical - 1e-4, critical + 1e-4, *([] if own is None else [own])):
        if not 0 < delta < 1:
            continue
        complying, cheating = worth(facts, name, delta)
        if (cheating > complying) == (delta >= critical) and not close(talks, cheating, complying):
            return False
    return True


def _trigger(facts: Mapping[str, Any], name: str, delta: float) -> tuple[float, float]:
    """Complying and cheating under a trigger strategy, per period."""
    u, t, n = facts["complying"][name], facts["cheating"][name], facts["punished"][name]
    e, q, lag = facts["false_alarm"], facts["detection"], facts["lag"][name]
    lasting = delta ** facts["length"] if facts["length"] is not None else 0.0
    # V = (1-δ) u + δ [(1-ε) V + ε ((1-δ^K) n + δ^K V)]
    value = ((1 - delta) * u + delta * e * (1 - lasting) * n) / (1 - delta * (1 - e) - delta * e * lasting)
    after = (1 - lasting) * n + lasting * value
    stream, unnoticed = [], 1.0
    for period in range(lag):
        stream.append(unnoticed * (1 - delta) * t)
        alarm = q if period == lag - 1 else e
        stream.append(unnoticed * delta * alarm * after)
        unnoticed *= delta * (1 - alarm)
    return value, math.fsum([*stream, unnoticed * value])


def _tit_for_tat(facts: Mapping[str, Any], name: str, delta: float) -> tuple[float, float]:
    """Complying, and the better of cheating always and in every other round."""
    u, t, n = facts["complying"][name], facts["cheating"][name], facts["punished"][name]
    weight = delta ** facts["lag"][name]
    always = (1 - weight) * t + weight * n
    in_turn = (t + weight * facts["sucker"][name]) / (1 + weight)
    return u, max(always, in_turn)
