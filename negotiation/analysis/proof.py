"""Checking certificates without the code that made them: payoffs added up stake by stake, in plain Python."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.rounding import at_stake


def by_party(talks: Negotiation, values: Iterable[float]) -> dict[str, float]:
    """Numbers under the names of the parties."""
    return {name: float(v) for name, v in zip(talks.party_names, values, strict=True)}


def added_up(talks: Negotiation, package: Mapping[str, str]) -> dict[str, float]:
    """The payoffs of a package, added up from the stakes one by one (`math.fsum`), not from arrays."""
    full = talks.as_package(package)
    arising = [item for item in talks.terms.items if all(full[i] == o for i, o in item.conditions)]
    return {name: math.fsum(item.central for item in arising if item.party == name) for name in talks.party_names}


def same_payoffs(talks: Negotiation, package: Package, claimed: Mapping[str, float]) -> bool:
    """Whether claimed payoffs are those of the package, up to rounding."""
    right = added_up(talks, package)
    return set(right) == set(claimed) and all(close(talks, right[name], claimed[name]) for name in right)


def close(talks: Negotiation, a: float, b: float) -> bool:
    """Whether two payoffs are the same up to rounding."""
    return a == b or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9 * float(np.max(at_stake(talks))))
