"""Criterion 10, ratifiable: the package lies in every party's domestic win-set."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from negotiation.analysis.proof import close
from negotiation.analysis.verdict import Certificate, LinearCondition, Verdict, inapplicable, least, selected_parties
from negotiation.analysis.wording import amount, amounts, listing
from negotiation.arrays import Array, BoolArray, IntArray
from negotiation.model.draws import Draws
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.party import Ratifier
from negotiation.model.quantity import central
from negotiation.model.rounding import NOISE, at_stake


class Consent(NamedTuple):
    """What one ratifier counts (``gets``), needs (NaN: it only vetoes), and which settings it vetoes."""

    party: str
    ratifier: str
    gets: float
    needs: float
    vetoed: tuple[tuple[str, str], ...]

    @property
    def given(self) -> bool:
        """Whether it consents."""
        return not self.vetoed and not self.gets < self.needs - 1e-9 * abs(self.needs)

    def __str__(self) -> str:
        who = f"{self.party}'s {self.ratifier}"
        if self.vetoed:
            return f"{who} vetoes {', '.join(f'{i}: {o}' for i, o in self.vetoed)}"
        if math.isnan(self.needs):
            return f"{who} vetoes nothing in it"
        gets, needs = amounts([self.gets, self.needs])
        return f"{who} counts {gets} and needs {needs}"


@dataclass(frozen=True, slots=True)
class Ratifiable:
    """Every ratifier of every party consents: the stakes it counts add up to what it needs, and it vetoes nothing.

    The margin is the smallest excess of a ratifier's sum over its need, in payoff units; minus infinity where something is
    vetoed, because nothing buys a veto; infinity where the only ratifiers are ones that veto and do not. A party without
    ratifiers decides alone and is left out. A need that is a distribution counts with its central value.

    The certificate states the `Consent` of each ratifier.

    References
    ----------
    Putnam, R. D. (1988). Diplomacy and domestic politics: the logic of two-level games. International
    Organization 42, 427-460: the win-set of a level-II constituency is the set of level-I agreements that it would ratify.

    Examples
    --------
    >>> import negotiation as ng
    >>> staff = ng.Ratifier("staff", kinds=("security",), at_least=-2)
    >>> talks = ng.Negotiation([ng.Party("US", ratifiers=(staff,)), "China"], [ng.Issue("eda", owner="US")],
    ...     [ng.Stake("US", "eda", "lifted", -5, "security"), ng.Stake("US", "eda", "lifted", 9)])
    >>> print(ng.is_enough(talks, talks.package("eda"), criterion="ratifiable").reason)
    US's staff counts -5 and needs -2. China names no ratifier.
    """

    name: ClassVar[str] = "ratifiable"
    question: ClassVar[str] = "Does every party whose consent is needed at home give it?"

    def why_not(self, talks: Negotiation, party: str | None = None) -> str:
        """Nobody asked about has a ratifier."""
        asked = [talks.parties[i] for i in selected_parties(talks, party)]
        if any(p.ratifiers for p in asked):
            return ""
        names = listing(p.name for p in asked)
        return f"no ratifier is given for {names}: name whose consent is needed at home, with_party(..., ratifiers=(...,))."

    def margins(
        self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None, party: str | None = None
    ) -> Array:
        """See `Criterion.margins`."""
        if self.why_not(talks, party):
            return np.full((len(codes),) if draws is None else (len(draws), len(codes)), np.nan)
        return least(self.party_margins(talks, codes, draws=draws), selected_parties(talks, party))

    def judges_draws_together(self, talks: Negotiation) -> bool:
        """Always: payoffs are matrix products."""
        return True

    def party_margins(self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None) -> Array:
        """See `PartyCriterion.party_margins`; infinity for a party of whose ratifiers nobody objects to anything."""
        values = talks.terms.central[None, :] if draws is None else draws.values
        hits, noise = talks.terms.hits(codes), NOISE * at_stake(talks)
        out = np.full((len(values), len(codes), len(talks.parties)), np.inf)
        for i, ratifier in _ratifiers(talks, None):
            if ratifier.at_least is not None:
                counted = (hits & _counted(talks, i, ratifier)).astype(np.float64)
                excess = values @ counted.T - central(ratifier.at_least)
                np.minimum(out[..., i], np.where(np.abs(excess) <= noise[i], 0.0, excess), out=out[..., i])
            for issue, option in ratifier.vetoes:
                k = talks.issue_index(issue)
                out[:, codes[:, k] == talks.issues[k].index(option), i] = -np.inf
        return out[0] if draws is None else out

    def linear_conditions(
        self, talks: Negotiation, package: Package, party: str | None = None
    ) -> list[LinearCondition]:
        """See `LinearCriterion.linear_conditions`: one a ratifier that counts; a veto is a constant of minus infinity."""
        hit = talks.terms.hits(talks.codes([package]))[0]
        out = []
        for i, ratifier in _ratifiers(talks, party):
            label = f"{talks.party_names[i]}: {ratifier.name}"
            if ratifier.at_least is not None:
                counted = (hit & _counted(talks, i, ratifier)).astype(np.float64)
                out.append(LinearCondition(counted, 0.0 - central(ratifier.at_least), label))
            if any(package[issue] == option for issue, option in ratifier.vetoes):
                out.append(LinearCondition(np.zeros(len(hit)), -math.inf, f"{label} (veto)"))
        return out

    def verdict(
        self, talks: Negotiation, package: Package, *, party: str | None = None, proposer: str | None = None
    ) -> Verdict:
        """See `Criterion.verdict`."""
        if why := self.why_not(talks, party):
            return inapplicable(self, package, why, party)
        margin = float(self.margins(talks, talks.codes([package]), party=party)[0])
        consents = [_consent(talks, package, i, ratifier) for i, ratifier in _ratifiers(talks, party)]
        alone = [talks.party_names[i] for i in selected_parties(talks, party) if not talks.parties[i].ratifiers]
        sentences = [f"{c}." for c in sorted(consents, key=lambda c: c.given)]
        if alone:
            sentences.append(f"{listing(alone)} name{'s' if len(alone) == 1 else ''} no ratifier.")
        statement = "; ".join(map(str, consents))
        return Verdict(
            self.name, margin >= 0, margin, talks.unit, " ".join(sentences),
            Certificate(statement, {"consents": tuple(consents)}), _flips(talks, consents, margin), package, party,
        )  # fmt: skip

    def check(self, talks: Negotiation, verdict: Verdict) -> bool:
        """Whether the certificate proves the answer: each ratifier's stakes added up one by one, its vetoes looked up."""
        consents: dict[tuple[str, str], Consent] = {
            (c.party, c.ratifier): c for c in verdict.certificate.facts["consents"]
        }
        margin = math.inf
        for i, ratifier in _ratifiers(talks, verdict.party):
            party = talks.party_names[i]
            stated = consents[party, ratifier.name]
            counted = math.fsum(
                item.central
                for item in talks.terms.items
                if item.party == party
                and (not ratifier.kinds or item.kind in ratifier.kinds)
                and all(verdict.package[k] == o for k, o in item.conditions)
            )
            if not close(talks, counted, stated.gets):
                return False
            if ratifier.at_least is not None:
                margin = min(margin, counted - central(ratifier.at_least))
            if any(verdict.package[k] == o for k, o in ratifier.vetoes):
                margin = -math.inf
        return close(talks, margin, verdict.margin) and verdict.holds == all(c.given for c in consents.values())


def _ratifiers(talks: Negotiation, party: str | None) -> list[tuple[int, Ratifier]]:
    """Party position and ratifier, for the parties asked about."""
    return [(i, r) for i in selected_parties(talks, party) for r in talks.parties[i].ratifiers]


def _counted(talks: Negotiation, party: int, ratifier: Ratifier) -> BoolArray:
    """Which terms a ratifier counts, (T,)."""
    kinds = np.array([not ratifier.kinds or item.kind in ratifier.kinds for item in talks.terms.items], dtype=np.bool_)
    return np.asarray(kinds & (talks.terms.party == party))


def _consent(talks: Negotiation, package: Package, party: int, ratifier: Ratifier) -> Consent:
    hit = talks.terms.hits(talks.codes([package]))[0] & _counted(talks, party, ratifier)
    vetoed = tuple((issue, option) for issue, option in ratifier.vetoes if package[issue] == option)
    needs = math.nan if ratifier.at_least is None else central(ratifier.at_least)
    return Consent(talks.party_names[party], ratifier.name, float(talks.terms.central[hit].sum()), needs, vetoed)


def _flips(talks: Negotiation, consents: list[Consent], margin: float) -> str:
    """The veto withdrawn, or the nearest ratifier's sum changed."""
    if math.isinf(margin):
        vetoes = [c for c in consents if c.vetoed]
        return listing(f"{c.party}'s {c.ratifier} withdraws its veto" for c in vetoes) if vetoes else ""
    nearest = min((c for c in consents if not math.isnan(c.needs)), key=lambda c: c.gets - c.needs)
    verb = f"falls by more than {amount(margin)}" if margin >= 0 else f"rises by {amount(-margin)}"
    return f"what {nearest.party}'s {nearest.ratifier} counts {verb} {talks.unit}"
