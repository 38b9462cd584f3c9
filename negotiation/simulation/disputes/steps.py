"""A package cut into tranches: which issues each party moves at each step, and the package in force in each state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from negotiation.arrays import Array, BoolArray, IntArray
from negotiation.errors import EmptyPackageError, ParameterError, SizeLimitError, UnknownNameError
from negotiation.model.negotiation import Negotiation
from negotiation.model.payoffs import payoffs

BITS = 62  # parties times tranches, in the key of a state


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """A package in ``K`` tranches.

    Parameters
    ----------
    talks : Negotiation
    agreed : ndarray of int, shape (issues,)
        Option positions of the package.
    step_of : ndarray of int, shape (issues,)
        The tranche of each issue, -1 where the package leaves it alone.
    n_steps : int
    has_part : ndarray of bool, shape (P, K)
        Whether a party has something to deliver in a tranche.
    """

    talks: Negotiation
    agreed: IntArray
    step_of: IntArray
    n_steps: int
    has_part: BoolArray

    @classmethod
    def cut(cls, talks: Negotiation, package: Mapping[str, str], tranches: int | tuple[tuple[str, ...], ...]) -> Steps:
        """Cut a package; see `MonthlyDispute`."""
        agreed = talks.codes([package])[0]
        if not agreed.any():
            raise EmptyPackageError("the package leaves everything at the status quo; there is nothing to exchange.")
        step_of = _evenly(talks, agreed, tranches) if isinstance(tranches, int) else _as_told(talks, agreed, tranches)
        n_steps = int(step_of.max()) + 1
        if n_steps * len(talks.parties) > BITS:
            raise SizeLimitError(
                f"{n_steps} tranches for {len(talks.parties)} parties; at most {BITS // len(talks.parties)}."
            )
        has_part = np.zeros((len(talks.parties), n_steps), dtype=bool)
        for issue, step in zip(talks.issues, step_of, strict=True):
            if step >= 0:
                has_part[slice(None) if issue.owner is None else talks.party_index(issue.owner), step] = True
        return cls(talks, agreed, step_of, n_steps, has_part)

    def key(self, in_force: BoolArray) -> IntArray:
        """The key of states given which tranches each party has relaxed, (..., P, K) to (...)."""
        places = 1 << np.arange(in_force.shape[-1] * in_force.shape[-2], dtype=np.int64)
        return np.asarray(in_force.reshape(*in_force.shape[:-2], -1) @ places, dtype=np.int64)

    def relaxed(self, keys: IntArray) -> BoolArray:
        """Which tranches each party has relaxed, by key: (...) to (..., P, K)."""
        places = np.arange(self.has_part.size, dtype=np.int64)
        return np.asarray(((keys[..., None] >> places) & 1).astype(bool).reshape(*keys.shape, *self.has_part.shape))

    @property
    def complete_key(self) -> int:
        """The key of the state in which all of the package is in exchange."""
        return int(self.key(self.has_part))

    def codes(self, keys: IntArray) -> IntArray:
        """Option positions of the package in force in each of ``S`` states, (S, issues)."""
        relaxed = self.relaxed(keys)
        out = np.zeros((len(keys), len(self.agreed)), dtype=np.int64)
        for k, issue in enumerate(self.talks.issues):
            step = int(self.step_of[k])
            if step < 0:
                continue
            stands = relaxed[:, :, step]
            own = stands.all(axis=1) if issue.owner is None else stands[:, self.talks.party_index(issue.owner)]
            out[own, k] = self.agreed[k]
        return out

    def payoffs(self, keys: IntArray) -> Array:
        """What each of ``S`` states pays per period, (S, P)."""
        return payoffs(self.talks, self.codes(keys))


def _evenly(talks: Negotiation, agreed: IntArray, n_steps: int) -> IntArray:
    """Each owner's issues in as many steps, in order."""
    step_of = np.full(len(agreed), -1, dtype=np.int64)
    for owner in {issue.owner for issue in talks.issues}:
        own = [k for k, issue in enumerate(talks.issues) if issue.owner == owner and agreed[k]]
        for step, part in enumerate(np.array_split(np.array(own, dtype=np.int64), n_steps)):
            step_of[part] = step
    if int(step_of.max()) + 1 < n_steps:
        raise ParameterError(
            f"{n_steps} tranches are too many: the package moves at most {step_of.max() + 1} issues of one owner."
        )
    return step_of


def _as_told(talks: Negotiation, agreed: IntArray, tranches: tuple[tuple[str, ...], ...]) -> IntArray:
    step_of = np.full(len(agreed), -1, dtype=np.int64)
    names = talks.issue_names
    for step, issues in enumerate(tranches):
        for name in issues:
            if name not in names:
                raise UnknownNameError("issue", name, names)
            k = names.index(name)
            if not agreed[k] or step_of[k] >= 0:
                what = "is in two tranches" if step_of[k] >= 0 else "is not moved by the package"
                raise ParameterError(f"issue {name!r} {what}; tranches divide what the package moves.")
            step_of[k] = step
    left = [name for k, name in enumerate(names) if agreed[k] and step_of[k] < 0]
    if left:
        raise ParameterError(f"no tranche has {', '.join(left)}; tranches divide all that the package moves.")
    return step_of
