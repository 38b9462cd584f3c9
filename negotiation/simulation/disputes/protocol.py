"""The rules of a dispute that goes on: what can be done in a period, and how well it is seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from negotiation.errors import ParameterError, UnknownNameError
from negotiation.model.negotiation import Negotiation
from negotiation.simulation.protocol import check_chance, check_count

# Periods, one number for all or by the party whose moves they concern.
Periods = int | Mapping[str, int] | tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class MonthlyDispute:
    """Every period each party relaxes its part of a package or reimposes it, may accuse, and may offer to begin anew.

    A period goes like this. Each party decides to comply or to withhold, on what it has seen so far. Who complies relaxes its
    measures of the tranches that are due; who withholds puts all of them back in force, except that a licence once given
    stands until it lapses. Payoffs are those of the package in force. What a party did is seen by each of the others after
    that party's lag, with noise; whoever sees a breach may accuse, and accusations are heard by all in the next
    period. The next tranche is due once the present one has been verified and nobody has seen a breach. When every party that has
    a part offers to begin anew, all start again from the first tranche, with a clean slate.

    Parameters
    ----------
    periods : int
        How many are played.
    false_alarm : float
        The probability, per period and observer, that delivery is seen as a breach: false accusations begin here.
    missed : float
        The probability, likewise, that a breach is seen as delivery.
    slip : float
        The probability, per period and party, that a party which wants to comply fails to: a licence comes late.
    licence : int or mapping of str to int
        Periods for which a concession stands once given, for all or by the party that gives it; 1: it can be taken back
        in the next period. As in `SelfEnforcing`.
    lag : int or mapping of str to int, optional
        Periods until the others can answer what a party does; 1: in the next period. The detection lags of the parties
        unless given.
    tranches : int or sequence of sequences of str
        In how many steps the package is exchanged, each party's measures split evenly in the order of the issues; or which
        issues are due at each step, all that the package moves. What has no owner stands when everybody delivers its step.

    Raises
    ------
    ParameterError, ProbabilityError

    References
    ----------
    Green, E. J., Porter, R. H. (1984). Noncooperative collusion under imperfect price information. Econometrica 52, 87-100.
    Wu, J., Axelrod, R. (1995). How to cope with noise in the iterated prisoner's dilemma. J. of Conflict Resolution 39, 183-189.
    Kandori, M., Matsushima, H. (1998). Private observation, communication and collusion. Econometrica 66, 627-652.

    Examples
    --------
    >>> MonthlyDispute(periods=24, false_alarm=0.05, licence={"China": 6}).licence
    (('China', 6),)
    """

    periods: int = 36
    false_alarm: float = 0.0
    missed: float = 0.0
    slip: float = 0.0
    licence: Periods = 1
    lag: Periods | None = None
    tranches: int | tuple[tuple[str, ...], ...] = 1

    def __post_init__(self) -> None:
        put = object.__setattr__
        check_count(self.periods, "the number of periods")
        for what in ("false_alarm", "missed", "slip"):
            check_chance(getattr(self, what), what)
        for what in ("licence", "lag"):
            value = getattr(self, what)
            if isinstance(value, Mapping):
                put(self, what, value := tuple(value.items()))
            for number in [n for _, n in value] if isinstance(value, tuple) else [] if value is None else [value]:
                check_count(number, f"a {what} in periods")
        if isinstance(self.tranches, int):
            check_count(self.tranches, "the number of tranches")
        else:
            put(self, "tranches", tuple(tuple(step) for step in self.tranches))
            if not self.tranches or not all(self.tranches) or any(isinstance(s, str) for s in self.tranches):
                raise ParameterError(
                    "tranches are a number, or the names of issues due at each step, none of them empty."
                )

    def licences(self, talks: Negotiation) -> tuple[int, ...]:
        """For how many periods a concession stands, by party."""
        return _by_party(talks, self.licence, (1,) * len(talks.parties))

    def lags(self, talks: Negotiation) -> tuple[int, ...]:
        """After how many periods what a party does can be answered, by party."""
        own = tuple(p.detection_lag for p in talks.parties)
        return own if self.lag is None else _by_party(talks, self.lag, own)


def _by_party(talks: Negotiation, given: Periods, default: tuple[int, ...]) -> tuple[int, ...]:
    if isinstance(given, int):
        return (given,) * len(default)
    told = dict(given)
    for name in told:
        if name not in talks.party_names:
            raise UnknownNameError("party", name, talks.party_names)
    return tuple(told.get(name, d) for name, d in zip(talks.party_names, default, strict=True))
