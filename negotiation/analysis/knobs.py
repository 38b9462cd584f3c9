"""The numbers of a negotiation one could be wrong about, and draws in which one of them is turned at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from negotiation.arrays import Array
from negotiation.model.distribution import Distribution
from negotiation.model.draws import Draws
from negotiation.model.negotiation import Negotiation
from negotiation.model.party import Party
from negotiation.model.quantity import Estimate, Quantity, central, support

# Of a range without ends, what lies between these quantiles counts as the range.
TAILS = (0.001, 0.999)


@dataclass(frozen=True, slots=True)
class Knob:
    """One number of a negotiation.

    Parameters
    ----------
    label, party : str
    kind : str
        ``"stake"``, ``"interaction"``, ``"reservation value"``, ``"disagreement payoff"``, ``"credibility"``,
        ``"discount factor"``.
    value : float or Distribution
    fields : tuple of str
        The fields of `Draws` it fills.
    column : int
    """

    label: str
    party: str
    kind: str
    value: Quantity
    fields: tuple[str, ...]
    column: int

    @property
    def central(self) -> float:
        """Its value at the centre."""
        return central(self.value)

    @property
    def span(self) -> tuple[float, float]:
        """Its range: the ends of the distribution, or far quantiles where it has none; the number itself if certain."""
        return ends_of(self.value)

    @property
    def limits(self) -> tuple[float, float]:
        """The values it can take at all."""
        if self.kind == "credibility":
            return 0.0, 1.0
        if self.kind == "discount factor":
            return 1e-9, 1 - 1e-9
        return -np.inf, np.inf


def knobs(talks: Negotiation) -> list[Knob]:
    """Every stake and interaction, then what is known of each party."""
    n_stakes = len(talks.stakes)
    terms = [
        Knob(item.label, item.party, "stake" if t < n_stakes else "interaction", item.value, ("values",), t)
        for t, item in enumerate(talks.terms.items)
    ]
    return terms + [knob for i, party in enumerate(talks.parties) for knob in _of_party(party, i)]


def _of_party(party: Party, column: int) -> list[Knob]:
    """A disagreement payoff moves the reservation value with it unless that is given by itself."""
    fallback: tuple[str, ...] = ("disagreement", "reservation") if party.reservation is None else ("disagreement",)
    known: list[tuple[str, Estimate | None, tuple[str, ...]]] = [
        ("reservation value", party.reservation, ("reservation",)),
        ("disagreement payoff", party.disagreement, fallback),
        ("credibility", party.credibility, ("credibility",)),
        ("discount factor", party.discount_factor, ("discount_factor",)),
    ]
    return [
        Knob(f"{party.name}: {kind}", party.name, kind, estimate.value, fields, column)
        for kind, estimate, fields in known
        if estimate is not None
    ]


def turned(talks: Negotiation, which: Sequence[Knob], values: Array) -> Draws:
    """Draws in which row ``s`` has everything at its centre but ``which[s]``, which is at ``values[s]``."""
    columns = _centre(talks, len(which))
    for row, (knob, value) in enumerate(zip(which, values, strict=True)):
        for field in knob.fields:
            columns[field][row, knob.column] = value
    return Draws(**columns, method="independent")


def together(talks: Negotiation, which: Sequence[Knob], values: Array) -> Draws:
    """Draws (S rows) in which ``which[j]`` is at ``values[:, j]`` and everything else at its centre."""
    columns = _centre(talks, len(values))
    for j, knob in enumerate(which):
        for field in knob.fields:
            columns[field][:, knob.column] = values[:, j]
    return Draws(**columns, method="independent")


def _centre(talks: Negotiation, n: int) -> dict[str, Array]:
    """Fields of `Draws` in which everything is at its centre, ``n`` rows."""
    parties = talks.parties
    return {
        "values": np.tile(talks.terms.central, (n, 1)),
        "credibility": _tiled([p.credibility for p in parties], n),
        "discount_factor": _tiled([p.discount_factor for p in parties], n),
        "reservation": np.tile([p.reservation_value for p in parties], (n, 1)),
        "disagreement": _tiled([p.disagreement for p in parties], n),
    }


def _tiled(estimates: Sequence[Estimate | None], n: int) -> Array:
    return np.tile([np.nan if e is None else e.central for e in estimates], (n, 1))


def ends_of(value: Quantity) -> tuple[float, float]:
    """The ends of a range; far quantiles where it has none."""
    low, high = support(value)
    if isinstance(value, Distribution) and not np.isfinite([low, high]).all():
        far = value.ppf(np.array(TAILS))
        low, high = (float(f) if not np.isfinite(e) else e for f, e in zip(far, (low, high), strict=True))
    return low, high
