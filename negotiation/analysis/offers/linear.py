"""Criteria that are linear in the stakes: their conditions, and the weights that hold for every package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from negotiation.analysis.verdict import Criterion, ThresholdCriterion
from negotiation.arrays import Array, BoolArray, read_only
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """Margins ``weights · values + constants``, of which the least counts. Axes: ``J`` conditions, ``T`` terms.

    Parameters
    ----------
    weights : ndarray, shape (J, T)
    constants : ndarray, shape (J,)
    labels : tuple of str, length J
        Usually the party whose condition it is.
    """

    weights: Array
    constants: Array
    labels: tuple[str, ...]


def conditions_on_stakes(
    criterion: Criterion, talks: Negotiation, package: Package, party: str | None = None
) -> Linear | None:
    """What a criterion demands of the stakes for one package; ``None`` if it is not linear in them."""
    conditions = getattr(criterion, "linear_conditions", None)
    rows: Sequence[tuple[Array, float, str]] | None = conditions and conditions(talks, package, party)
    if not rows:
        return None
    weights = np.array([row[0] for row in rows], dtype=np.float64)
    return Linear(read_only(weights), read_only([row[1] for row in rows]), tuple(str(row[2]) for row in rows))


def weights_on_terms(criterion: Criterion, talks: Negotiation, party: str | None = None) -> Linear | None:
    """What each term counts for whenever it arises, in any package; ``None`` if that depends on the package.

    Notes
    -----
    Found by asking the criterion about packages in which every term arises at least once: all issues at their first, second,
    … option past the status quo, then one package for each combination not met so far. Terms met twice must count the same.
    A criterion that asks for so much for each party is linear in packages, though its thresholds depend on the stakes.
    """
    if isinstance(criterion, ThresholdCriterion):
        return _above_floors(talks, criterion.floors(talks, party))
    reference = conditions_on_stakes(criterion, talks, talks.status_quo, party)
    if reference is None:
        return None
    weights = np.full_like(reference.weights, np.nan)
    for package in _covering(talks):
        found = conditions_on_stakes(criterion, talks, package, party)
        if found is None or not _alike(found, reference):
            return None
        hit = talks.terms.hits(talks.codes([package]))[0]
        known = hit & ~np.isnan(weights).any(axis=0)
        if found.weights[:, ~hit].any() or not np.allclose(found.weights[:, known], weights[:, known]):
            return None
        weights[:, hit] = found.weights[:, hit]
    return Linear(read_only(weights), reference.constants, reference.labels)


def _above_floors(talks: Negotiation, floors: Array) -> Linear:
    """What each party gets beyond its floor."""
    asked = np.flatnonzero(np.isfinite(floors))
    weights = talks.terms.party[None, :] == asked[:, None]
    return Linear(
        read_only(weights.astype(np.float64)), read_only(-floors[asked]), tuple(talks.party_names[i] for i in asked)
    )


def _covering(talks: Negotiation) -> list[Package]:
    """Packages in which between them every term arises."""
    longest = max(len(issue.options) for issue in talks.issues)
    last = np.array([len(issue.options) - 1 for issue in talks.issues])
    rows = [np.minimum(step, last) for step in range(1, longest)]
    arisen: BoolArray = np.asarray(talks.terms.hits(np.array(rows)).any(axis=0))
    out = [talks.package_from_choices(row) for row in rows]
    return out + [
        talks.as_package(dict(item.conditions))
        for item, seen in zip(talks.terms.items, arisen, strict=True)
        if not seen
    ]


def _alike(a: Linear, b: Linear) -> bool:
    """Whether two packages meet the same conditions up to which terms arise."""
    return a.labels == b.labels and np.array_equal(a.constants, b.constants)
