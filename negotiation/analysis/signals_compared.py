"""Cheap talk and costly signals side by side: how much of the proposer's secret each can tell, and who pays for it."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.analysis.revelation import SOLVER
from negotiation.analysis.wording import amount, percent
from negotiation.arrays import Array
from negotiation.door import checked
from negotiation.errors import ParameterError
from negotiation.model.negotiation import Negotiation
from negotiation.reduce.signalling import Channel, Offer, OfferSignals, Types
from negotiation.solvers.bayesian.assessment_result import SignallingEquilibrium, SignallingSolution

if TYPE_CHECKING:
    import pandas as pd

MEANING: Mapping[Channel, str] = {
    "talk": "words",
    "offers": "binding offers",
    "advance": "concessions in advance",
}


@dataclass(frozen=True, slots=True, eq=False)
class SignalChannel:
    """What one kind of message can tell.

    Parameters
    ----------
    name : {"talk", "offers", "advance"}
    solution : SignallingSolution
    """

    name: Channel
    solution: SignallingSolution

    @property
    def told(self) -> tuple[float, float]:
        """The least and the greatest share of the secret that an equilibrium tells, in [0, 1]; see `share_told`."""
        shares = [share_told(e) for e in self.kept]
        return min(shares), max(shares)

    @property
    def kept(self) -> tuple[SignallingEquilibrium, ...]:
        """The equilibria that survive D1, or all if none does."""
        return self.solution.refined("d1") or self.solution.equilibria

    @property
    def most_telling(self) -> SignallingEquilibrium:
        """The equilibrium that tells most; among several the one best for the highest need."""
        return max(self.kept, key=lambda e: (round(share_told(e), 9), float(e.type_payoffs[-1])))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SignalsCompared:
    """Talk, offers and advance concessions on the same secret, from `compare_signals`.

    Parameters
    ----------
    signals : OfferSignals
    channels : tuple of SignalChannel
    """

    signals: OfferSignals
    channels: tuple[SignalChannel, ...]

    def __getitem__(self, name: Channel) -> SignalChannel:
        for channel in self.channels:
            if channel.name == name:
                return channel
        raise ParameterError(f"channel must be 'talk', 'offers' or 'advance', not {name!r}.")

    def to_frame(self) -> pd.DataFrame:
        """One row a kind of message: how much is told at least and at most, and the payoffs where most is told."""
        import pandas as pd

        rows = []
        for channel in self.channels:
            low, high = channel.told
            best = channel.most_telling
            row: dict[str, object] = {"message": MEANING[channel.name], "told at least": low, "told at most": high}
            for name, value in zip(self.signals.types, best.type_payoffs.tolist(), strict=True):
                row[f"{self.signals.proposer}, {name}"] = value
            row[self.signals.responder] = float(best.payoffs[1])
            rows.append(row)
        frame = pd.DataFrame(rows, index=pd.Index([c.name for c in self.channels], name="channel"))
        frame.attrs["unit"] = self.signals.talks.unit
        return frame

    def __str__(self) -> str:
        s = self.signals
        lines = [
            f"How much {s.proposer} can tell {s.responder} about its need (payoffs in {s.talks.unit}, where most is told):"
        ]
        for channel in self.channels:
            low, high = channel.told
            best = channel.most_telling
            paid = ", ".join(
                f"{amount(v, signed=True)} with {t}" for t, v in zip(s.types, best.type_payoffs.tolist(), strict=True)
            )
            share = percent(high) if high - low < 5e-4 else f"{percent(low)} to {percent(high)}"
            lines.append(f"  {MEANING[channel.name]:<22} tell {share} of it; {s.proposer} {paid}; "
                         f"{s.responder} {amount(float(best.payoffs[1]), signed=True)}")  # fmt: skip
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = html.escape(str(self).partition("\n")[0])
        table: str = self.to_frame().to_html()
        return f"<p>{head}</p>{table}"


@checked
def compare_signals(
    talks: Negotiation,
    package: Mapping[str, str] | None = None,
    *,
    proposer: str | None = None,
    responder: str | None = None,
    offers: Sequence[Offer] | None = None,
    types: Types = 2,
    prior: Sequence[float] | None = None,
    private: Sequence[str] | None = None,
) -> SignalsCompared:
    """Compare what words, binding offers and concessions in advance can tell about the proposer's need.

    Parameters
    ----------
    talks, package, proposer, responder, offers, types, prior, private
        As for `signalling_game`, whose three channels are solved.

    Returns
    -------
    SignalsCompared

    Notes
    -----
    With words there is always an equilibrium in which nothing is told. What can be told beyond that depends on whether a proposer
    with low need would want to be taken for one with high need, or the other way round: words are believed only where neither
    pays. A costly signal can be believed where words are not, because it costs one type more than it brings.

    References
    ----------
    Crawford, V. and Sobel, J. (1982). Strategic information transmission. Econometrica 50, 1431-1451.
    Spence, M. (1973). Job market signaling. Quarterly Journal of Economics 87, 355-374.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -2), ng.Stake("B", "x", "lifted", 4), ng.Stake("B", "y", "lifted", -1),
    ...      ng.Stake("A", "y", "lifted", ng.Distribution.uniform(0, 4))])
    >>> compare_signals(talks, talks.package("x", "y"))["talk"].told
    (0.0, 1.0)
    """
    signals = OfferSignals.of(talks, package, proposer=proposer, responder=responder, offers=offers, types=types,
                              prior=prior, private=private)  # fmt: skip
    signals.require_secret()
    return SignalsCompared(signals, tuple(SignalChannel(name, SOLVER.run(signals.game(name))) for name in MEANING))


def share_told(equilibrium: SignallingEquilibrium) -> float:
    """How much of the secret an equilibrium tells: 0 if beliefs stay at the prior, 1 if the type becomes known.

    The expected total variation between belief and prior, as a share of what it is when the type becomes known.
    """
    prior: Array = equilibrium.game.prior
    sent = prior @ equilibrium.sender
    moved = np.abs(equilibrium.beliefs - prior).sum(axis=1) / 2
    most = float((prior * (1 - prior)).sum())
    return float(sent @ moved) / most if most > 0 else 0.0
