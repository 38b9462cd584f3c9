"""The stakes of a negotiation as flat arrays: one row a term, so that payoffs are one matrix product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from negotiation.arrays import Array, BoolArray, IntArray, read_only
from negotiation.model.distribution import Distribution
from negotiation.model.issue import Issue
from negotiation.model.party import Party
from negotiation.model.quantity import Quantity
from negotiation.model.stake import Interaction, Stake


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """Stakes and interactions, flattened. Axes: ``T`` terms, ``P`` parties, ``K`` issues.

    Parameters
    ----------
    items : tuple of Stake or Interaction, length T
    party : ndarray of int, shape (T,)
        Whose term it is.
    central : ndarray, shape (T,)
        Values at the centre.
    conditions : tuple of tuples of (issue position, option position)
        When it arises.
    owners : ndarray of bool, shape (T, P)
        Which other parties have to deliver for it to arise; a party's own measures and joint issues ask for nobody.
    """

    items: tuple[Stake | Interaction, ...]
    party: IntArray
    central: Array
    conditions: tuple[tuple[tuple[int, int], ...], ...]
    owners: BoolArray

    @property
    def values(self) -> tuple[Quantity, ...]:
        """Numbers and distributions, in order."""
        return tuple(item.value for item in self.items)

    @property
    def uncertain(self) -> tuple[int, ...]:
        """Positions of the terms that are distributions."""
        return tuple(t for t, value in enumerate(self.values) if isinstance(value, Distribution))

    def hits(self, codes: IntArray) -> BoolArray:
        """Which terms arise in which packages: codes (D, K) of option positions to bool (D, T)."""
        out = np.ones((codes.shape[0], len(self.items)), dtype=np.bool_)
        for t, conditions in enumerate(self.conditions):
            for issue, option in conditions:
                out[:, t] &= codes[:, issue] == option
        return out

    def of_party(self, party: int) -> IntArray:
        """Positions of a party's terms."""
        return np.flatnonzero(self.party == party)


def flatten(parties: Sequence[Party], issues: Sequence[Issue], items: Sequence[Stake | Interaction]) -> Terms:
    """Turn checked stakes into arrays."""
    party_at = {party.name: i for i, party in enumerate(parties)}
    issue_at = {issue.name: k for k, issue in enumerate(issues)}
    owners = np.zeros((len(items), len(parties)), dtype=np.bool_)
    conditions = []
    for t, item in enumerate(items):
        conditions.append(tuple((issue_at[i], issues[issue_at[i]].index(o)) for i, o in item.conditions))
        for k, _ in conditions[-1]:
            owner = issues[k].owner
            if owner is not None and owner != item.party:
                owners[t, party_at[owner]] = True
    owners.flags.writeable = False
    return Terms(
        tuple(items),
        read_only([party_at[item.party] for item in items], np.int64),
        read_only([item.central for item in items]),
        tuple(conditions),
        owners,
    )


def rows_by_option(terms: Terms, issues: Sequence[Issue], n_parties: int) -> dict[tuple[str, str], Array]:
    """Central value to each party, shape (P,), of every option off the status quo and every interaction, by name."""
    rows = {(issue.name, option): np.zeros(n_parties) for issue in issues for option in issue.options[1:]}
    for item, party in zip(terms.items, terms.party, strict=True):
        names = (" with ".join(i for i, _ in item.conditions), " with ".join(o for _, o in item.conditions))
        rows.setdefault(names, np.zeros(n_parties))[party] += item.central
    return rows
