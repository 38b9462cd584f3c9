"""Families of packages: some issues move freely, the rest stays where it is put."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from negotiation.analysis.verdict import Criterion
from negotiation.arrays import Array, BoolArray, IntArray, read_only
from negotiation.errors import EmptyPackageError
from negotiation.model.negotiation import Negotiation, Settings
from negotiation.model.package import Package

# Above this many packages a family is no longer listed.
LISTED = 2**20
# Packages judged at a time: keeps the arrays of one block in the processor's cache.
BLOCK = 2**14


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """Every package that agrees with a base outside the free issues. Axes: ``F`` free issues, ``D`` packages.

    Parameters
    ----------
    talks : Negotiation
    base : ndarray of int, shape (K,)
        Option positions where nothing is free.
    free : tuple of int, length F
        Positions of the issues that move.
    """

    talks: Negotiation
    base: IntArray
    free: tuple[int, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Options of each free issue."""
        return tuple(len(self.talks.issues[k].options) for k in self.free)

    @property
    def size(self) -> int:
        """How many packages."""
        return prod(self.shape)

    @property
    def is_listable(self) -> bool:
        """Whether listing every package is within reach."""
        return self.size <= LISTED

    def codes(self, positions: IntArray) -> IntArray:
        """Option positions, shape (D, K), of members of the family counted with the last free issue moving fastest."""
        out = np.tile(self.base, (len(positions), 1))
        if self.free:
            out[:, self.free] = np.stack(np.unravel_index(positions, self.shape), axis=1)
        return out

    def margins(self, criterion: Criterion, party: str | None) -> Array:
        """The margin of every member, shape (size,)."""
        out = np.empty(self.size)
        for start in range(0, self.size, BLOCK):
            block = np.arange(start, min(start + BLOCK, self.size))
            out[block] = criterion.margins(self.talks, self.codes(block), party=party)
        return out


def met(margins: Array) -> BoolArray:
    """Where a criterion holds: the margin is not negative (NaN: it cannot be applied, so it does not)."""
    return np.asarray(margins >= 0)


def offers_for(talks: Negotiation, ask: Settings, proposer: str) -> tuple[Family, dict[str, str]]:
    """Everything a proposer could offer for an ask, and the ask in options.

    Raises
    ------
    EmptyPackageError, OwnershipError, UnknownNameError
        The ask is empty, or the proposer's own, or unknown.
    """
    talks.party_index(proposer)
    asked = named(ask, "ask", "issues of the other side, e.g. ask=('samarium',)")
    package = talks.offer(proposer, gives=(), asks=asked)
    free = tuple(k for k, issue in enumerate(talks.issues) if issue.owner == proposer)
    settings = {name: package[name] for name in asked}
    return Family(talks, read_only(talks.codes([package])[0], np.int64), free), settings


def asks_for(talks: Negotiation, offer: Settings, proposer: str) -> tuple[Family, dict[str, str]]:
    """Everything a proposer could ask for against an offer, joint issues included, and the offer in options."""
    talks.party_index(proposer)
    offered = named(offer, "offer", "measures of the proposer, e.g. offer=('ethane',)")
    package = talks.offer(proposer, gives=offered, asks=())
    free = tuple(k for k, i in enumerate(talks.issues) if i.owner != proposer and i.name not in set(offered))
    settings = {name: package[name] for name in offered}
    return Family(talks, read_only(talks.codes([package])[0], np.int64), free), settings


def named(settings: Settings, what: str, hint: str) -> Settings:
    """Settings that name something; a package stands for the issues it moves."""
    if isinstance(settings, Package):
        settings = {name: settings[name] for name in settings.moved}
    if isinstance(settings, Iterable) and not isinstance(settings, str | Mapping):
        settings = tuple(settings)
    if not settings:
        raise EmptyPackageError(f"the {what} is empty; name {hint}.")
    return settings
