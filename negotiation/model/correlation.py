"""Rank correlations between uncertain numbers: checked at the door, brought about by a Gaussian copula."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, IntArray, read_only
from negotiation.door import checked
from negotiation.errors import DuplicateNameError, ParameterError, UnknownNameError, WrongTypeError
from negotiation.model.distribution import Distribution
from negotiation.model.negotiation import Negotiation
from negotiation.model.quantity import Quantity

# The quantities of a party that may be uncertain, in the order in which they are drawn.
PARTY_QUANTITIES = ("credibility", "discount_factor", "disagreement", "reservation")
# Eigenvalues so far below zero are rounding.
_ROUNDING = 1e-10

Correlations = Mapping[tuple[Any, Any], float] | npt.ArrayLike


@dataclass(frozen=True, slots=True, eq=False)
class RankCorrelation:
    """A Gaussian copula for some of the uncertain numbers. Axes: ``U`` correlated numbers.

    Parameters
    ----------
    columns : ndarray of int, shape (U,)
        Which of the uncertain numbers, in the order of `uncertain_names`.
    factor : ndarray, shape (U, U)
        Lower triangular; times its transpose it is the correlation of the normal scores.
    """

    columns: IntArray
    factor: Array

    def apply(self, uniforms: Array) -> Array:
        """Independent uniforms (S, all uncertain numbers) to correlated ones; columns not concerned stay as they are."""
        from scipy.special import ndtr, ndtri

        out = np.array(uniforms, order="F")
        with np.errstate(divide="ignore"):
            scores = ndtri(np.clip(out[:, self.columns], 1e-300, 1 - 2.0**-53))
        out[:, self.columns] = ndtr(scores @ self.factor.T)
        return out


def party_quantities(talks: Negotiation) -> list[Quantity]:
    """Party-level quantities, name by name, party by party; NaN where there is none."""
    out: list[Quantity] = []
    for name in PARTY_QUANTITIES:
        for party in talks.parties:
            estimate = getattr(party, name)
            out.append(float("nan") if estimate is None else estimate.value)
    return out


@checked
def uncertain_names(talks: Negotiation) -> tuple[str, ...]:
    """Names of all uncertain numbers, in the order in which they are drawn.

    Parameters
    ----------
    talks : Negotiation

    Returns
    -------
    tuple of str
        Stakes and interactions by label, then credibility, discount factor, disagreement and reservation of each party.

    Examples
    --------
    >>> import negotiation as ng
    >>> ng.uncertain_names(ng.london_2025())[0], ng.uncertain_names(ng.london_2025())[-1]
    ('US: eda_software lifted (commercial)', 'China: discount_factor')
    """
    return tuple(name for name, value in _quantities(talks) if isinstance(value, Distribution))


@checked
def rank_correlation(talks: Negotiation, given: Correlations | None) -> RankCorrelation | None:
    """Check rank correlations and make the copula.

    Parameters
    ----------
    talks : Negotiation
    given : mapping of (stake, stake) to float, or matrix over all `uncertain_names`
        Spearman's rho. Stakes are named by label, e.g. ``"US: ethane lifted (commercial)"``, or given as they are;
        ``"US: credibility"`` and the like are names too. What is not named is independent.

    Returns
    -------
    RankCorrelation or None
        None where nothing is correlated.

    Raises
    ------
    UnknownNameError, DuplicateNameError, WrongTypeError
    ParameterError
        A rho outside [-1, 1], a number that is certain, or correlations that contradict each other: no joint distribution has
        them; the message holds the nearest ones that exist.

    Notes
    -----
    Normal scores correlated by ``2 sin(π rho / 6)`` have rank correlation rho exactly, whatever the marginal laws.

    References
    ----------
    Pearson, K. (1907). On further methods of determining correlation. Drapers' Company Research Memoirs, Biometric Series IV.
    Higham, N. J. (2002). Computing the nearest correlation matrix. IMA Journal of Numerical Analysis 22, 329-343.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A")],
    ...     [ng.Stake(p, "x", "lifted", ng.Distribution.uniform(-1, 3)) for p in "AB"])
    >>> copula = ng.rank_correlation(talks, {tuple(ng.uncertain_names(talks)): 0.5})
    >>> copula.factor[1].round(3)
    array([0.518, 0.856])
    """
    if given is None:
        return None
    names = uncertain_names(talks)
    rho = _from_pairs(talks, names, given) if isinstance(given, Mapping) else _from_matrix(names, given)
    columns = np.flatnonzero((rho != np.eye(len(names))).any(axis=1))
    if not columns.size:
        return None
    rho = rho[np.ix_(columns, columns)]
    scores = 2 * np.sin(np.pi * rho / 6)
    np.fill_diagonal(scores, 1.0)
    if np.linalg.eigvalsh(scores)[0] < -_ROUNDING:
        raise ParameterError(_contradiction(scores, rho, [names[c] for c in columns]))
    return RankCorrelation(read_only(columns, np.int64), read_only(_cholesky(scores)))


def nearest_correlation(matrix: Array, *, steps: int = 200) -> Array:
    """The nearest correlation matrix in the Frobenius norm, by alternating projections with Dykstra's correction."""
    y, correction = matrix.copy(), np.zeros_like(matrix)
    for _ in range(steps):
        x = y - correction
        values, vectors = np.linalg.eigh(x)
        projected = (vectors * np.maximum(values, 0.0)) @ vectors.T
        correction = projected - x
        y = projected.copy()
        np.fill_diagonal(y, 1.0)
        if np.abs(y - projected).max() < 1e-9:
            break
    return np.asarray(y)


def _quantities(talks: Negotiation) -> Iterator[tuple[str, Quantity]]:
    """Everything that may be uncertain, named."""
    yield from ((item.label, item.value) for item in talks.terms.items)
    names = [f"{party}: {quantity}" for quantity in PARTY_QUANTITIES for party in talks.party_names]
    yield from zip(names, party_quantities(talks), strict=True)


def _from_pairs(talks: Negotiation, names: tuple[str, ...], given: Mapping[Any, Any]) -> Array:
    rho = np.eye(len(names))
    seen = set[frozenset[int]]()
    for pair, value in given.items():
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise WrongTypeError(f"correlations are given as {{(stake, stake): rho}}, not with the key {pair!r}.")
        a, b = (_position(talks, names, item) for item in pair)
        if a == b:
            raise ParameterError(f"{names[a]!r} is correlated with itself; name two different ones.")
        if frozenset((a, b)) in seen:
            raise DuplicateNameError("correlation", f"{names[a]} with {names[b]}")
        seen.add(frozenset((a, b)))
        rho[a, b] = rho[b, a] = _in_range(value, f"of {names[a]!r} and {names[b]!r}")
    return rho


def _from_matrix(names: tuple[str, ...], given: npt.ArrayLike) -> Array:
    rho = np.array(given, dtype=np.float64)
    if rho.shape != (len(names), len(names)):
        raise ParameterError(
            f"a correlation matrix here is {len(names)} by {len(names)}, one row for each uncertain number in the order of "
            f"uncertain_names(talks); given: {' by '.join(map(str, rho.shape)) or 'a number'}. Give {{(stake, stake): rho}} to "
            "name only a few."
        )
    if not np.allclose(rho, rho.T, rtol=0, atol=1e-12) or not np.allclose(np.diag(rho), 1.0, rtol=0, atol=1e-12):
        raise ParameterError("a correlation matrix is symmetric and has ones on its diagonal; the one given is not.")
    np.fill_diagonal(rho, 1.0)
    for a, b in np.argwhere(~(np.abs(rho) <= 1)):
        _in_range(rho[a, b], f"of {names[a]!r} and {names[b]!r}")
    return rho


def _position(talks: Negotiation, names: tuple[str, ...], item: Any) -> int:
    """Where an uncertain number stands."""
    name = getattr(item, "label", item)
    if name in names:
        return names.index(name)
    if name in dict(_quantities(talks)):
        raise ParameterError(
            f"{name!r} is a number, or not given, so it correlates with nothing; give it a distribution."
        )
    raise UnknownNameError("uncertain number", name, names)


def _in_range(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise WrongTypeError(f"the rank correlation {what} must be a number, not {value!r}.")
    if not -1 <= float(value) <= 1:
        raise ParameterError(f"the rank correlation {what} is {value!r}; it lies between -1 and 1.")
    return float(value)


def _contradiction(scores: Array, rho: Array, names: list[str]) -> str:
    """Which correlations would have to move, and to what."""
    near = _presentable(6 / np.pi * np.arcsin(np.clip(nearest_correlation(scores), -2, 2) / 2))
    moved = [(int(a), int(b)) for a, b in np.argwhere(np.triu(near != rho, 1))]
    moved.sort(key=lambda ab: -abs(near[ab] - rho[ab]))
    pairs = "; ".join(f"{names[a]!r} with {names[b]!r} {near[a, b]:g} instead of {rho[a, b]:g}" for a, b in moved[:6])
    more = f"; and {len(moved) - 6} more" if len(moved) > 6 else ""
    return (
        "these rank correlations contradict each other: no normal copula has them all (as when two numbers go along with a "
        f"third but not with each other; pairs not named count as 0). Nearby ones that do exist: {pairs}{more}."
    )


def _presentable(rho: Array) -> Array:
    """Rounded to three digits and still possible."""
    for shrink in (1.0, 0.999, 0.995, 0.99, 0.98, 0.95, 0.9):
        rounded = np.round(rho * shrink, 3)
        np.fill_diagonal(rounded, 1.0)
        if np.linalg.eigvalsh(2 * np.sin(np.pi * rounded / 6))[0] >= 0:
            break
    return np.asarray(rounded)


def _cholesky(matrix: Array) -> Array:
    """Lower triangular factor of a positive semidefinite matrix, singular ones included."""
    n = len(matrix)
    out = np.zeros((n, n))
    for j in range(n):
        rest = matrix[j:, j] - out[j:, :j] @ out[j, :j]
        out[j:, j] = rest / np.sqrt(rest[0]) if rest[0] > 1e-12 else 0.0
    return out
