"""How long to punish when accusations can be false: long enough to deter, and no longer, as every false alarm costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation.analysis.criteria.self_enforcing import SelfEnforcing
from negotiation.analysis.criteria.self_enforcing_threat import punished_payoffs
from negotiation.analysis.wording import amounts, percent
from negotiation.arrays import Array, read_only
from negotiation.door import checked
from negotiation.errors import ParameterError, WrongTypeError
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.payoffs import payoffs
from negotiation.words import counted

if TYPE_CHECKING:
    import pandas as pd

LONGEST = 10_000  # past this, punishing for ever is as good as longer


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class OptimalPunishment:
    """The shortest punishment that deters every party, and what false alarms leave of the gain.

    Parameters
    ----------
    talks : Negotiation
    package : Package
    criterion : SelfEnforcing
        With the best length in it; the one given where nothing deters.
    deters : bool
        Whether some length deters every party.
    length : int or None
        The best length in periods; ``None`` is for ever.
    without_noise, value, for_ever, punished : ndarray, shape (P,)
        What complying is worth per period: without false alarms; with them and the best length (the punishment's payoff where
        nothing deters); with them and punishment for ever; and while punished. In the talks' unit.
    """

    talks: Negotiation
    package: Package
    criterion: SelfEnforcing
    deters: bool
    length: int | None
    without_noise: Array
    value: Array
    for_ever: Array
    punished: Array

    @property
    def destroyed(self) -> Array:
        """The share of each party's gain over the punishment that noise destroys, shape (P,); NaN without a gain."""
        gain = self.without_noise - self.punished
        return np.where(gain > 0, (self.without_noise - self.value) / np.where(gain > 0, gain, 1.0), np.nan)

    def to_frame(self) -> pd.DataFrame:
        """One row a party."""
        import pandas as pd

        columns = {
            "without noise": self.without_noise,
            "best length": self.value,
            "for ever": self.for_ever,
            "punished": self.punished,
            "gain destroyed": self.destroyed,
        }
        return pd.DataFrame(columns, index=pd.Index(self.talks.party_names, name=self.talks.unit))

    def __str__(self) -> str:
        noise = percent(self.criterion.false_alarm)
        if not self.deters:
            return f"with false alarms in {noise} of periods no punishment deters every party, however long"
        span = "for ever" if self.length is None else f"for {counted(self.length, self.talks.period)}"
        lines = [f"with false alarms in {noise} of periods, punish {span}: the shortest that deters every party"]
        for i, name in enumerate(self.talks.party_names):
            clean, kept, grim = amounts([float(a[i]) for a in (self.without_noise, self.value, self.for_ever)])
            lost = (
                ""
                if np.isnan(self.destroyed[i])
                else f": noise destroys {percent(float(self.destroyed[i]))} of the gain"
            )
            lines.append(f"  {name}: {kept} of {clean} {self.talks.unit}{lost} (punishing for ever leaves {grim})")
        return "\n".join(lines)

    __repr__ = __str__


@checked
def optimal_punishment(
    talks: Negotiation, package: Mapping[str, str], *, criterion: SelfEnforcing | None = None
) -> OptimalPunishment:
    """Find the best length of a trigger's punishment under false accusations.

    Parameters
    ----------
    talks : Negotiation
        Central values count; every party that owns measures has a discount factor.
    package : Package
    criterion : SelfEnforcing, optional
        With ``false_alarm``, and what else is not standard; its length is what is sought.

    Returns
    -------
    OptimalPunishment

    Raises
    ------
    ParameterError
        Tit for tat, or a discount factor is missing.
    UnknownNameError, WrongTypeError

    Notes
    -----
    Longer punishment deters more and costs more: by `trigger_discount_factor` the patience needed falls in ``K``, and the value
    of complying falls in ``K`` for everybody who gains by the package. So the shortest ``K`` that deters all is best for all;
    it is found by bisection. This is the trade-off of Green and Porter, with a signal that is either good or bad.

    References
    ----------
    Green, E. J., Porter, R. H. (1984). Noncooperative collusion under imperfect price information. Econometrica 52, 87-100.
    Abreu, D., Milgrom, P., Pearce, D. (1991). Information and timing in repeated partnerships. Econometrica 59, 1713-1733.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation([ng.Party("A", discount_factor=0.6), ng.Party("B", discount_factor=0.9)],
    ...     [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -1), ng.Stake("A", "y", "lifted", 4),
    ...      ng.Stake("B", "y", "lifted", -1), ng.Stake("B", "x", "lifted", 4)], unit="points per period")
    >>> print(ng.optimal_punishment(talks, talks.package("x", "y"), criterion=ng.SelfEnforcing(false_alarm=0.1)))
    with false alarms in 10% of periods, punish for 1 period: the shortest that deters every party
      A: 2.83 of 3.00 points per period: noise destroys 5.66% of the gain (punishing for ever leaves 2.61)
      B: 2.75 of 3.00 points per period: noise destroys 8.26% of the gain (punishing for ever leaves 1.58)
    """
    chosen = SelfEnforcing() if criterion is None else criterion
    if not isinstance(chosen, SelfEnforcing):
        raise WrongTypeError(f"criterion={criterion!r}; give a SelfEnforcing(...) with its options.")
    if chosen.strategy != "trigger":
        raise ParameterError("tit for tat punishes as long as it is cheated; the best length is asked of a trigger.")
    if why := chosen.why_not(talks):
        raise ParameterError(why)
    full = talks.as_package(package)
    length, deters = _shortest(talks, full, chosen)
    best, grim = replace(chosen, length=length), replace(chosen, length=None)
    punished = np.asarray(punished_payoffs(talks, chosen.punishment))
    return OptimalPunishment(
        talks, full, best if deters else chosen, deters, length, read_only(payoffs(talks, full)),
        read_only(_valued(talks, full, best) if deters else punished), read_only(_valued(talks, full, grim)), read_only(punished),
    )  # fmt: skip


def _shortest(talks: Negotiation, package: Package, criterion: SelfEnforcing) -> tuple[int | None, bool]:
    """The least length that deters all, and whether any does."""
    codes = talks.codes([package])

    def holds(length: int | None) -> bool:
        return bool(replace(criterion, length=length).margins(talks, codes)[0] >= 0)

    if not holds(None):
        return None, False
    if not holds(LONGEST):
        return None, True
    low, high = 0, LONGEST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high, True


def _valued(talks: Negotiation, package: Package, criterion: SelfEnforcing) -> Array:
    """What complying is worth; without false alarms, what it pays, also to those whose patience is unknown."""
    values: Any = criterion.values(talks, package)
    return np.where(np.isnan(values), payoffs(talks, package), values)
