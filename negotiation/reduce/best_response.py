"""What each party could gain by changing its own measures alone, exactly and without building the game's table."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from negotiation.arrays import Array, BoolArray, IntArray
from negotiation.errors import SizeLimitError
from negotiation.model.draws import Draws
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.rounding import NOISE, at_stake, settle

# The most combinations of options of issues that interactions tie together.
CLUSTER_LIMIT = 2**20


def deviation_gains(talks: Negotiation, codes: IntArray, values: Array | None = None) -> Array:
    """The largest gain of each party from changing its own measures, all else as in the package.

    Parameters
    ----------
    talks : Negotiation
    codes : ndarray of int, shape (D, K)
        Packages as option positions. Joint issues and the measures of others stay as they are.
    values : ndarray, shape (S, T), optional
        Draws of the stakes; central values otherwise.

    Returns
    -------
    ndarray, shape (D, P), or (S, D, P) with draws
        Not negative: the regret of each party in the concession game.

    Raises
    ------
    SizeLimitError
        Interactions tie so many of a party's measures together that their combinations pass 2**20.

    Notes
    -----
    A party's measures fall into clusters tied by its own interactions; the best response is the best of each cluster.
    Cost: one product (S, T_c) by (T_c, D') for each combination of options of each cluster, ``D'`` being the number of
    different settings of what the others own: linear in measures where nothing interacts.
    """
    draws = talks.terms.central[None, :] if values is None else values
    out = np.zeros((len(draws), len(codes), len(talks.parties)))
    for party in range(len(talks.parties)):
        for cluster in _clusters(talks, party):
            out[:, :, party] += cluster.gain(codes, draws)
    out = settle(out, talks)
    return out[0] if values is None else out


def temptations(talks: Negotiation, codes: IntArray, draws: Draws | None = None) -> Array:
    """`deviation_gains` at the centre (D, P) or in draws (S, D, P), found once for all criteria that look at the same draws."""
    if draws is None:
        return deviation_gains(talks, codes)
    return draws.once("temptations", talks, codes, lambda: deviation_gains(talks, codes, draws.values))


def best_response(talks: Negotiation, package: Package, party: int) -> Package:
    """A best reply of a party with its own measures; those that gain nothing by moving stay as in the package."""
    codes = talks.codes([package])
    chosen = codes[0].copy()
    for cluster in _clusters(talks, party):
        values = (cluster.own * cluster.outside(codes)) @ talks.terms.central[cluster.terms]
        best, now = int(values.argmax()), cluster.present(codes)[0]
        if values[best] - values[now] > NOISE * at_stake(talks)[party]:
            chosen[cluster.issues] = cluster.options[best]
    return talks.package_from_choices(chosen)


def clusters(talks: Negotiation, party: int) -> list[list[int]]:
    """A party's measures, grouped so that none of its interactions reaches from one group into another."""
    name = talks.party_names[party]
    groups = [{k} for k, issue in enumerate(talks.issues) if issue.owner == name]
    for t in talks.terms.of_party(party):
        touched = {k for k, _ in talks.terms.conditions[t]}
        tied = [g for g in groups if g & touched]
        if len(tied) > 1:
            groups = [g for g in groups if not g & touched] + [set().union(*tied)]
    return [sorted(g) for g in groups]


def _clusters(talks: Negotiation, party: int) -> list[_Cluster]:
    """The groups with the party's terms in them, each term looked at once."""
    groups = clusters(talks, party)
    at = {k: n for n, group in enumerate(groups) for k in group}
    terms: list[list[int]] = [[] for _ in groups]
    for t in talks.terms.of_party(party).tolist():
        for n in {at[k] for k, _ in talks.terms.conditions[t] if k in at}:
            terms[n].append(t)
    return [_Cluster.of(talks, party, group, own) for group, own in zip(groups, terms, strict=True)]


@dataclass(frozen=True, slots=True, eq=False)
class _Cluster:
    """Issues that one party sets together, and the party's terms in them. Axes: C combinations, T_c terms."""

    issues: list[int]
    terms: IntArray
    options: IntArray  # (C, issues)
    own: BoolArray  # (C, T_c): whether the combination allows the term
    conditions: list[list[tuple[int, int]]]  # what the term needs of all other issues

    @classmethod
    def of(cls, talks: Negotiation, party: int, issues: list[int], terms: list[int]) -> _Cluster:
        sizes = [len(talks.issues[k].options) for k in issues]
        if math.prod(sizes) > CLUSTER_LIMIT:
            raise SizeLimitError(
                f"interactions tie {len(issues)} measures of {talks.party_names[party]} together: {math.prod(sizes):,} "
                f"combinations are more than the limit of {CLUSTER_LIMIT:,}; drop an interaction or an issue."
            )
        options = np.stack(np.unravel_index(np.arange(math.prod(sizes)), sizes), axis=1)
        at = {k: n for n, k in enumerate(issues)}
        every = talks.terms.conditions
        own = np.ones((len(options), len(terms)), dtype=np.bool_)
        for n, t in enumerate(terms):
            for k, option in every[t]:
                if k in at:
                    own[:, n] &= options[:, at[k]] == option
        needed = [[(k, o) for k, o in every[t] if k not in at] for t in terms]
        return cls(issues, np.array(terms, dtype=np.int64), options, own, needed)

    def outside(self, codes: IntArray) -> BoolArray:
        """Whether all other issues allow the term, (D, T_c)."""
        out = np.ones((len(codes), len(self.terms)), dtype=np.bool_)
        for n, needed in enumerate(self.conditions):
            for issue, option in needed:
                out[:, n] &= codes[:, issue] == option
        return out

    def present(self, codes: IntArray) -> IntArray:
        """Which combination each package has, (D,)."""
        sizes = self.options[-1] + 1
        return np.asarray(np.ravel_multi_index(tuple(codes[:, self.issues].T), tuple(sizes)), dtype=np.int64)

    def gain(self, codes: IntArray, draws: Array) -> Array:
        """The best combination's worth less that of the present one, (S, D)."""
        situations = np.column_stack([self.outside(codes), self.present(codes)])
        distinct, which = np.unique(situations, axis=0, return_inverse=True)
        allowed, now = distinct[:, :-1].astype(np.float64), distinct[:, -1]
        values = draws[:, self.terms]
        present = values @ (allowed * self.own[now]).T
        best = present.copy()
        for combination in self.own:
            np.maximum(best, (values * combination) @ allowed.T, out=best)
        return np.asarray((best - present)[:, which.reshape(-1)])
