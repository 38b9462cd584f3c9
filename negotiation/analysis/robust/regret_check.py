"""The largest regret of one offer against one rival, added up stake by stake: what certificates are checked by."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from negotiation.analysis.knobs import ends_of
from negotiation.analysis.robust.regrets import fallback_ends
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package

Ends = tuple[float, float]


class Regrets:
    """Ranges of all stakes by party, read once.

    Parameters
    ----------
    talks : Negotiation
    proposer : str
    """

    def __init__(self, talks: Negotiation, proposer: str) -> None:
        self.proposer = proposer
        self.fallback = ends_of(talks.party(proposer).disagreement.value)
        self.signs_for = {p.name: fallback_ends(p) for p in talks.parties if p.name != proposer}
        self.ends = [(item.party, item.conditions, ends_of(item.value)) for item in talks.terms.items]
        total = math.fsum(abs(e) for _, _, ends in self.ends for e in ends)
        self.slack = 1e-12 * (total + math.fsum(abs(e) for ends in self.signs_for.values() for e in ends))

    def arising(self, package: Package) -> dict[str, dict[int, Ends]]:
        """For each party the ranges of its stakes that arise in a package, by position."""
        out: dict[str, dict[int, Ends]] = {name: {} for name in (self.proposer, *self.signs_for)}
        for k, (party, conditions, ends) in enumerate(self.ends):
            if all(package[issue] == option for issue, option in conditions):
                out[party][k] = ends
        return out

    def against(self, package: Mapping[str, dict[int, Ends]], rival: Mapping[str, dict[int, Ends]]) -> float:
        """By how much the rival can be better, at worst; minus infinity where it never is in question."""
        cases = [-math.inf]
        mine, theirs = package[self.proposer], rival[self.proposer]
        if all(self._both(name, package[name], rival[name]) for name in self.signs_for):
            gained = _highest(v for k, v in theirs.items() if k not in mine)
            cases.append(gained - _lowest(v for k, v in mine.items() if k not in theirs))
        if self._may_prefer(package, rival):
            cases.append(_highest(theirs.values()) - self.fallback[0])
        return max(cases)

    def against_walking_away(self, package: Mapping[str, dict[int, Ends]]) -> float:
        """By how much no deal can be better: only where the package is accepted and bad; nothing is lost where it is refused."""
        accepted = all(self._both(name, package[name], package[name]) for name in self.signs_for)
        refused = any(self._refuses(name, package[name]) for name in self.signs_for)
        bad = self.fallback[1] - _lowest(package[self.proposer].values()) if accepted else -math.inf
        return max(bad, 0.0 if refused else -math.inf)

    def _both(self, name: str, one: dict[int, Ends], other: dict[int, Ends]) -> bool:
        """Whether at some stakes a responder accepts both."""
        shared = _highest(v for k, v in one.items() if k in other) - self.signs_for[name][0]
        return all(
            shared + _highest(v for k, v in a.items() if k not in b) >= -self.slack
            for a, b in ((one, other), (other, one))
        )

    def _refuses(self, name: str, package: dict[int, Ends]) -> bool:
        """Whether at some stakes a responder refuses."""
        return _lowest(package.values()) - self.signs_for[name][1] < -self.slack

    def _may_prefer(self, package: Mapping[str, dict[int, Ends]], rival: Mapping[str, dict[int, Ends]]) -> bool:
        """Whether at some stakes everybody accepts the rival and somebody refuses the package."""
        willing = all(self._both(name, rival[name], rival[name]) for name in self.signs_for)
        return willing and any(self._prefers(name, package[name], rival[name]) for name in self.signs_for)

    def _prefers(self, name: str, package: dict[int, Ends], rival: dict[int, Ends]) -> bool:
        """Whether at some stakes one responder accepts the rival and refuses the package."""
        low, high = self.signs_for[name]
        both = [v for k, v in package.items() if k in rival]
        needed = -_highest(v for k, v in rival.items() if k not in package)  # of what both hold, less the fallback
        least, most = _lowest(both) - high, _highest(both) - low
        lacking = _lowest(v for k, v in package.items() if k not in rival)
        return most >= needed - self.slack and max(least, needed) + lacking < -self.slack


def _highest(ends: Iterable[Ends]) -> float:
    return math.fsum(high for _, high in ends)


def _lowest(ends: Iterable[Ends]) -> float:
    return math.fsum(low for low, _ in ends)
