"""Whether a package will be ratified when nobody knows what the ratifiers need, and who signs knowing that it may fail."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from negotiation.analysis.criteria.acceptable import reservations
from negotiation.analysis.wording import amount, amounts, percent
from negotiation.arrays import Array, BoolArray
from negotiation.door import checked
from negotiation.errors import ParameterError, UnknownNameError
from negotiation.model.distribution import Distribution
from negotiation.model.draws import draw_stakes
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.party import Ratifier
from negotiation.model.payoffs import payoffs
from negotiation.model.quantity import central
from negotiation.model.rounding import NOISE, at_stake

if TYPE_CHECKING:
    import pandas as pd


class RatifierOdds(NamedTuple):
    """How likely one ratifier is to consent, and what would turn it.

    Parameters
    ----------
    party, ratifier : str
    probability, standard_error : float
        The share of draws in which it consents.
    counts : float
        What it counts in the package at the centre of the stakes.
    needs : float
        What it needs, at the centre; NaN if it only vetoes.
    vetoed : tuple of (issue, option)
        What it vetoes in the package; then no need would help.
    """

    party: str
    ratifier: str
    probability: float
    standard_error: float
    counts: float
    needs: float
    vetoed: tuple[tuple[str, str], ...]

    @property
    def flips_when(self) -> str:
        """The change of its need, or of its veto, that turns its answer at the centre."""
        who = f"{self.party}'s {self.ratifier}"
        if self.vetoed:
            return f"{who} withdraws its veto"
        if math.isnan(self.needs):
            return ""
        if self.counts >= self.needs:
            return f"{who} comes to need more than {amount(self.counts)} (it needs {amount(self.needs)})"
        return f"{who} comes to need {amount(self.counts)} or less (it needs {amount(self.needs)})"

    def __str__(self) -> str:
        flips = f"; flips when {self.flips_when}" if self.flips_when else ""
        return f"{self.party}'s {self.ratifier} consents with {percent(self.probability)}{flips}"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ratification:
    """The odds of a package at home, from `ratification`.

    Parameters
    ----------
    talks : Negotiation
    package : Package
    ratifiers : tuple of RatifierOdds
    parties : mapping of str to float
        The probability that all ratifiers of a party consent, in the same draw.
    probability, standard_error : float
        That all of all parties do.
    expected : mapping of str to float
        What signing is worth to each party: the package if it is ratified, else what failure leaves, audience cost included.
    least_probability : mapping of str to float
        The least probability of ratification at which each party still signs; infinite if it never does.
    draws : int
    """

    talks: Negotiation
    package: Package
    ratifiers: tuple[RatifierOdds, ...]
    parties: Mapping[str, float]
    probability: float
    standard_error: float
    expected: Mapping[str, float]
    least_probability: Mapping[str, float]
    draws: int

    @property
    def signs(self) -> Mapping[str, bool]:
        """Whether each party signs, knowing the odds."""
        return {name: self.probability >= least for name, least in self.least_probability.items()}

    def to_frame(self) -> pd.DataFrame:
        """One row a ratifier."""
        import pandas as pd

        rows = [
            {"party": r.party, "ratifier": r.ratifier, "probability": r.probability, "standard error": r.standard_error,
             "counts": r.counts, "needs": r.needs, "flips when": r.flips_when}
            for r in self.ratifiers
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        lines = [
            f"{self.package}: ratified by all with {percent(self.probability)} "
            f"(standard error {percent(self.standard_error)}, {self.draws:,} draws)"
        ]
        lines += [f"  {r}" for r in self.ratifiers]
        for name, least in self.least_probability.items():
            worth = amounts([self.expected[name]], signed=True)[0]
            if math.isinf(least):
                lines.append(f"  {name} does not sign, however likely ratification is.")
            elif least <= 0:
                lines.append(
                    f"  {name} signs, however likely ratification is; that is worth {worth} {self.talks.unit}."
                )
            else:
                word = "signs" if self.signs[name] else "does not sign"
                lines.append(
                    f"  {name} {word}: signing is worth {worth} {self.talks.unit}, and takes odds of {percent(least)}."
                )
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False)
        return f"<p>{html.escape(str(self).partition(chr(10))[0])}</p>{table}"


@checked
def ratification(
    talks: Negotiation,
    package: Mapping[str, str],
    *,
    draws: int = 10_000,
    rng: np.random.Generator | None = None,
    audience_costs: Mapping[str, float] | None = None,
) -> Ratification:
    """Estimate how likely a package is to be ratified, and whether the parties sign it knowing that.

    Parameters
    ----------
    talks : Negotiation
    package : Package
    draws : int
        Of the stakes and of every ratifier's need that is a distribution.
    rng : numpy.random.Generator, optional
        ``numpy.random.default_rng(0)`` unless given.
    audience_costs : mapping of party to float, optional
        What it costs a party per period to sign and see the package fail at home or abroad; nothing unless given.

    Returns
    -------
    Ratification

    Raises
    ------
    UnknownNameError, ParameterError

    Notes
    -----
    A ratifier consents in a draw if the stakes that it counts reach its need and it vetoes nothing. Signing is worth
    ``p u_i + (1 - p) (d_i - k_i)`` with ``p`` the probability that all consent and ``k_i`` the audience cost, so a party
    signs iff ``p ≥ (r_i - d_i + k_i) / (u_i - d_i + k_i)``, at the centre of the stakes. Needs are drawn independently.

    References
    ----------
    Putnam, R. D. (1988). Diplomacy and domestic politics: the logic of two-level games. International Organization 42, 427-460.
    Iida, K. (1993). When and how do domestic constraints matter? Two-level games with uncertainty. Journal of Conflict Resolution
    37, 403-426.

    Examples
    --------
    >>> import negotiation as ng
    >>> senate = ng.Ratifier("Senate", at_least=ng.Distribution.uniform(0, 4))
    >>> talks = ng.Negotiation([ng.Party("US", ratifiers=(senate,)), "China"],
    ...     [ng.Issue("eda", owner="US"), ng.Issue("ree", owner="China")],
    ...     [ng.Stake("US", "eda", "lifted", -1), ng.Stake("US", "ree", "lifted", 4), ng.Stake("China", "eda", "lifted", 2)])
    >>> found = ng.ratification(talks, talks.package("eda", "ree"), audience_costs={"US": 3})
    >>> round(found.probability, 2), found.least_probability["US"], found.ratifiers[0].flips_when
    (0.75, 0.5, "US's Senate comes to need more than 3 (it needs 2)")
    """
    full = talks.as_package(package)
    generator = np.random.default_rng(0) if rng is None else rng
    costs = _costs(talks, audience_costs)
    stakes = draw_stakes(talks, draws, rng=generator)
    hit = talks.terms.hits(talks.codes([full]))[0]
    odds: list[RatifierOdds] = []
    at_home: dict[str, BoolArray] = {}
    for i, party in enumerate(talks.parties):
        all_consent = np.ones(draws, dtype=np.bool_)
        for ratifier in party.ratifiers:
            counts_it = _counts(talks, i, ratifier) & hit
            vetoed = tuple((issue, o) for issue, o in ratifier.vetoes if full[issue] == o)
            consents = np.full(draws, not vetoed)
            if ratifier.at_least is not None:
                excess = stakes.values[:, counts_it].sum(axis=1) - _needs(ratifier, draws, generator)
                consents &= excess >= -NOISE * at_stake(talks)[i]
            all_consent &= consents
            needs = math.nan if ratifier.at_least is None else central(ratifier.at_least)
            counts = float(talks.terms.central[counts_it].sum())
            odds.append(RatifierOdds(party.name, ratifier.name, *_share(consents), counts, needs, vetoed))
        at_home[party.name] = all_consent
    together, error = _share(np.logical_and.reduce(list(at_home.values())))
    worth, fallback = payoffs(talks, full), np.array([p.disagreement.central for p in talks.parties])
    failing = fallback - costs
    expected = together * worth + (1 - together) * failing
    floor = np.where(np.abs(worth - (r := reservations(talks))) <= NOISE * at_stake(talks), worth, r)
    least = [_least(*row) for row in zip(worth.tolist(), failing.tolist(), floor.tolist(), strict=True)]
    names = talks.party_names
    return Ratification(
        talks, full, tuple(odds), {n: float(a.mean()) for n, a in at_home.items()}, together, error,
        dict(zip(names, expected.tolist(), strict=True)), dict(zip(names, least, strict=True)), draws,
    )  # fmt: skip


def _least(worth: float, failing: float, reservation: float) -> float:
    """The least probability at which the package or failure together reach the reservation value."""
    if worth < reservation:
        return math.inf
    return 0.0 if failing >= reservation else (reservation - failing) / (worth - failing)


def _costs(talks: Negotiation, given: Mapping[str, float] | None) -> Array:
    out = np.zeros(len(talks.parties))
    for name, cost in (given or {}).items():
        if name not in talks.party_names:
            raise UnknownNameError("party", name, talks.party_names, "the audience costs")
        if not (math.isfinite(cost) and cost >= 0):
            raise ParameterError(f"the audience cost of {name} is {cost!r}; expected a number that is not negative.")
        out[talks.party_index(name)] = cost
    return out


def _needs(ratifier: Ratifier, draws: int, rng: np.random.Generator) -> Array:
    need = ratifier.at_least
    return need.ppf(rng.random(draws)) if isinstance(need, Distribution) else np.full(draws, need)


def _counts(talks: Negotiation, party: int, ratifier: Ratifier) -> BoolArray:
    kinds = np.array([not ratifier.kinds or item.kind in ratifier.kinds for item in talks.terms.items], dtype=np.bool_)
    return np.asarray(kinds & (talks.terms.party == party))


def _share(hold: BoolArray) -> tuple[float, float]:
    share = float(hold.mean())
    return share, math.sqrt(share * (1 - share) / hold.size)
