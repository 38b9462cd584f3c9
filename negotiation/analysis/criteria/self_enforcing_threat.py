"""What a cheater gets once it is found out: the status quo, disagreement, escalation, or its own in kind."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np

from negotiation.arrays import Array, IntArray
from negotiation.errors import SizeLimitError
from negotiation.model.draws import Draws
from negotiation.model.negotiation import Negotiation
from negotiation.model.payoffs import payoffs
from negotiation.reduce.best_response import deviation_gains

Threat = Literal["status quo", "disagreement", "escalation"]
THREATS: tuple[str, ...] = ("status quo", "disagreement", "escalation")
# The most combinations of the others' measures that interactions tie together.
TIED_LIMIT = 2**16


def punished_payoffs(talks: Negotiation, threat: Threat, draws: Draws | None = None) -> Array:
    """What each party gets when punished: (P,), or (S, 1, P) with draws.

    Raises
    ------
    SizeLimitError
        Escalation, and interactions tie too many measures together.
    """
    parties = range(len(talks.parties))
    if threat == "status quo":
        return np.zeros(len(talks.parties))
    central = np.array([p.disagreement.central for p in talks.parties])
    disagreement = central if draws is None else draws.disagreement[:, None, :]
    if threat == "disagreement":
        return disagreement
    values = talks.terms.central[None, :] if draws is None else draws.values
    worst = np.stack([_Escalation.of(talks, i).least(values) for i in parties], axis=-1)
    return np.asarray(np.minimum(worst[0] if draws is None else worst[:, None, :], disagreement))


def strongest_measures(talks: Negotiation, party: int) -> IntArray:
    """The package, as option positions (K,), in which the others hurt a party most, its own measures at the status quo."""
    found = _Escalation.of(talks, party)
    values = talks.terms.central
    out = np.zeros(len(talks.issues), dtype=np.int64)
    for issue, worth in found.free.items():
        out[issue] = int(np.argmin(worth @ values))
    if len(found.tied):
        out[found.issues] = found.tied[int((found.hits @ values).argmin())][found.issues]
    return out


class _Escalation(NamedTuple):
    """The others' measures as they bear on one party. Axes: T terms, C combinations, K issues."""

    free: dict[int, Array]  # issue -> which terms each option brings, (options, T)
    issues: list[int]  # those that interactions tie together
    tied: IntArray  # their combinations, (C, K)
    hits: Array  # (C, T)

    @classmethod
    def of(cls, talks: Negotiation, party: int) -> _Escalation:
        name, terms = talks.party_names[party], talks.terms
        theirs = [k for k, issue in enumerate(talks.issues) if issue.owner not in (name, None)]
        mine = terms.of_party(party).tolist()
        bound = {k for t in mine if len(terms.conditions[t]) > 1 for k, _ in terms.conditions[t]}
        free = {k: _brought(talks, mine, k) for k in theirs if k not in bound}
        issues = [k for k in theirs if k in bound]
        sizes = [len(talks.issues[k].options) for k in issues]
        if math.prod(sizes) > TIED_LIMIT:
            raise SizeLimitError(
                f"interactions of {name} tie {len(issues)} measures of the others together: {math.prod(sizes):,} combinations "
                f"are more than the limit of {TIED_LIMIT:,}; punish by 'disagreement' and state what escalation costs."
            )
        codes = np.zeros((math.prod(sizes), len(talks.issues)), dtype=np.int64)
        if issues:
            codes[:, issues] = np.stack(np.unravel_index(np.arange(len(codes)), sizes), axis=1)
        counted = np.isin(np.arange(len(terms.items)), mine)
        return cls(free, issues, codes, (terms.hits(codes) & counted).astype(np.float64))

    def least(self, values: Array) -> Array:
        """The party's payoff when the others hurt it most, for each draw of the terms (S, T): shape (S,)."""
        worst = (values @ self.hits.T).min(axis=1)
        for brings in self.free.values():
            worst = worst + (values @ brings.T).min(axis=1)
        return np.asarray(worst)


def _brought(talks: Negotiation, mine: list[int], issue: int) -> Array:
    """Which of a party's terms each option of an issue brings by itself, (options, T)."""
    out = np.zeros((len(talks.issues[issue].options), len(talks.terms.items)))
    for t in mine:
        if len(talks.terms.conditions[t]) == 1 and talks.terms.conditions[t][0][0] == issue:
            out[talks.terms.conditions[t][0][1], t] = 1.0
    return out


class PaidBack(NamedTuple):
    """Payoffs while the others withhold their parts, (D, P) or (S, D, P) with draws."""

    complying: Array
    at_best: Array


def paid_back(talks: Negotiation, codes: IntArray, draws: Draws | None = None) -> PaidBack:
    """What each party gets while the others withhold, and nothing joint stands: complying, and at its best."""
    complying, at_best = [], []
    values = None if draws is None else draws.values
    for i, name in enumerate(talks.party_names):
        own = np.array([issue.owner == name for issue in talks.issues])
        alone = np.where(own, codes, 0)
        kept = payoffs(talks, alone, draws=draws)[..., i]
        complying.append(kept)
        at_best.append(kept + deviation_gains(talks, alone, values)[..., i])
    return PaidBack(np.stack(complying, axis=-1), np.stack(at_best, axis=-1))
