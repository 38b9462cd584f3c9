"""Payoffs of packages: central values, draws of the stakes, and credibility, as matrix products."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, IntArray
from negotiation.door import checked
from negotiation.errors import ProbabilityError, SizeLimitError
from negotiation.model.negotiation import Negotiation

if TYPE_CHECKING:
    from negotiation.model.draws import Draws


@checked
def payoffs(
    talks: Negotiation,
    package: Mapping[str, str] | Iterable[Mapping[str, str]] | IntArray,
    *,
    draws: Draws | None = None,
    credibility: npt.ArrayLike | None = None,
) -> Array:
    """What packages are worth to every party, per period.

    Parameters
    ----------
    talks : Negotiation
    package : Package, or sequence of D packages, or int array (D, K) of option positions
    draws : Draws, optional
        Draws of the stakes from `draw_stakes`; central values otherwise.
    credibility : array_like, shape (P,) or (S, P), optional
        The probability that each party delivers. Each party counts its own concessions in full and those of others
        times their credibility (for an interaction, the product over the others involved). Without it, all is delivered.

    Returns
    -------
    ndarray, shape (P,) for one package, (D, P) for several, (S, P) or (S, D, P) with draws
        In the negotiation's unit. The status quo pays 0.

    Notes
    -----
    ``u_i(P) = Σ_issues s_i(issue, option) + Σ_interactions⊆P q_i``. Cost: one product of (S, T_i) by (T_i, D) a party,
    ``T_i`` being its stakes: linear in draws, packages and stakes.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A")],
    ...                        [ng.Stake("A", "x", "lifted", -1), ng.Stake("B", "x", "lifted", 4)])
    >>> ng.payoffs(talks, talks.package("x"))
    array([-1.,  4.])
    """
    single = isinstance(package, Mapping)
    codes = as_codes(talks, [package] if isinstance(package, Mapping) else package)
    terms = talks.terms
    hits = terms.hits(codes).astype(np.float64)
    values = terms.central[None, :] if draws is None else draws.values
    if credibility is not None:
        values = _delivered(talks, values, credibility, np.flatnonzero(hits.any(axis=0)))
    out = np.empty((values.shape[0], codes.shape[0], len(talks.parties)))
    for p in range(len(talks.parties)):
        own = terms.of_party(p)
        own = own[hits[:, own].any(axis=0)]
        out[:, :, p] = values[:, own] @ hits[:, own].T
    if single:
        out = out[:, 0]
    return out[0] if draws is None and values.shape[0] == 1 else out


def as_codes(talks: Negotiation, packages: Iterable[Mapping[str, str]] | IntArray) -> IntArray:
    """Option positions, shape (D, K), of packages or of positions already."""
    if isinstance(packages, np.ndarray):
        return packages
    return talks.codes(packages)


def _delivered(talks: Negotiation, values: Array, credibility: npt.ArrayLike, terms: IntArray) -> Array:
    """Values of some terms times the chance that they are delivered, (S, T); the other columns mean nothing."""
    weights = delivery_weights(talks, credibility, terms)
    out = np.zeros((max(len(values), len(weights)), values.shape[1]), order="F")
    for t, weight in zip(terms, weights.T, strict=True):
        np.multiply(values[:, t], weight, out=out[:, t])
    return out


def delivery_weights(talks: Negotiation, credibility: npt.ArrayLike, terms: IntArray | None = None) -> Array:
    """The weight of every term (or some) given how likely each party is to deliver: (P,) or (S, P) to (1, T) or (S, T)."""
    c = np.atleast_2d(np.asarray(credibility, dtype=np.float64))
    if not ((c >= 0) & (c <= 1)).all():
        raise ProbabilityError(f"credibility must lie in [0, 1], one a party; given {credibility!r}.")
    owners = talks.terms.owners if terms is None else talks.terms.owners[terms]
    weights = np.ones((c.shape[0], len(owners)), order="F")
    for p in range(len(talks.parties)):
        for t in np.flatnonzero(owners[:, p]):
            weights[:, t] *= c[:, p]
    return weights


def all_codes(talks: Negotiation, limit: int = 20_000_000) -> IntArray:
    """Option positions of every package, shape (D, K), the last issue moving fastest.

    Raises
    ------
    SizeLimitError
        More than `limit` packages.
    """
    if talks.n_packages > limit:
        raise SizeLimitError(
            f"{talks.n_packages:,} packages are more than the limit of {limit:,}; ask a question that needs no list of "
            "them (the frontier, minimal packages), or take issues off the table with without_issues."
        )
    shape = [len(issue.options) for issue in talks.issues]
    return np.stack(np.unravel_index(np.arange(talks.n_packages), shape), axis=1).astype(np.int64)
