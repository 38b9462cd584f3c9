"""Criteria that are linear in the stakes: their conditions, and the weights that hold for every package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from negotiation.analysis.verdict import Criterion
from negotiation.arrays import Array, read_only
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
    Found by asking the criterion once a term, for the smallest package in which the term arises, and once for the
    package with every issue at its last option as a check.
    """
    reference = conditions_on_stakes(criterion, talks, talks.status_quo, party)
    if reference is None:
        return None
    weights = np.zeros_like(reference.weights)
    for t, item in enumerate(talks.terms.items):
        found = conditions_on_stakes(criterion, talks, talks.as_package(dict(item.conditions)), party)
        if found is None or not _alike(found, reference):
            return None
        weights[:, t] = found.weights[:, t]
    last = talks.package(*talks.issue_names)
    check = conditions_on_stakes(criterion, talks, last, party)
    hits = talks.terms.hits(talks.codes([last]))[0]
    if check is None or not _alike(check, reference) or not np.allclose(check.weights, weights * hits):
        return None
    return Linear(read_only(weights), reference.constants, reference.labels)


def _alike(a: Linear, b: Linear) -> bool:
    """Whether two packages meet the same conditions up to which terms arise."""
    return a.labels == b.labels and np.array_equal(a.constants, b.constants)
