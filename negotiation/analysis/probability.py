"""How likely a package is to be enough, given the ranges of everything uncertain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from negotiation.analysis.criteria.registry import as_criterion
from negotiation.analysis.probability_result import QUANTILES, Probabilities, Probability
from negotiation.analysis.sampling import BLOCK, SCRAMBLINGS, checked_draws, sobol_length, terms_that_count
from negotiation.analysis.verdict import Criterion
from negotiation.arrays import Array, BoolArray, read_only
from negotiation.door import checked
from negotiation.errors import EmptyPackageError, WrongTypeError
from negotiation.model.draws import Draws, Method, draw_stakes
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package


@checked
def probability(
    talks: Negotiation,
    offer: Mapping[str, str],
    *,
    criterion: str | Criterion = "acceptable",
    draws: int = 100_000,
    rng: np.random.Generator | None = None,
    party: str | None = None,
    method: Method = "independent",
) -> Probability:
    """Estimate the probability that a package is enough.

    Parameters
    ----------
    talks : Negotiation
    offer : Package
    criterion : str or Criterion
        What "enough" means.
    draws : int
        How many draws of everything uncertain.
    rng : numpy.random.Generator, optional
        Where randomness comes from; ``numpy.random.default_rng(0)`` unless given, so that a cell run twice says the
        same.
    party : str, optional
        For whom; for every party unless named.
    method : {"independent", "sobol"}
        Independent draws, or 16 scramblings of a Sobol' sequence, each rounded up to a power of two.

    Returns
    -------
    Probability
        With `value`, `standard_error`, quantiles of the margin, and the share of draws where the criterion applied.

    Raises
    ------
    ParameterError, WrongTypeError, UnknownNameError

    Notes
    -----
    The share of draws on which the margin is not negative. Standard error: ``sqrt(p (1 - p) / S)`` for independent draws;
    for Sobol' draws the spread of the means of the independent scramblings over the square root of their number. Numbers
    are drawn as independent of each other. The same generator gives the same draws whatever is asked about them, so
    answers for two packages or parties can be compared draw by draw. Cost ``O(S T)``.

    References
    ----------
    Owen, A. B. (1997). Monte Carlo variance of scrambled net quadrature. SIAM Journal on Numerical Analysis 34, 1884-1910.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A")],
    ...                        [ng.Stake("B", "x", "lifted", ng.Distribution.uniform(-1, 3))])
    >>> p = ng.probability(talks, talks.package("x"), party="B")
    >>> round(p.value, 2), round(p.standard_error, 4)
    (0.75, 0.0014)
    """
    many = probabilities(talks, [offer], criterion=criterion, draws=draws, rng=rng, party=party, method=method)
    return many[0]


@checked
def probabilities(
    talks: Negotiation,
    offers: Iterable[Mapping[str, str]],
    *,
    criterion: str | Criterion = "acceptable",
    draws: int = 100_000,
    rng: np.random.Generator | None = None,
    party: str | None = None,
    method: Method = "independent",
) -> Probabilities:
    """Estimate for several packages, on the same draws, the probability that each is enough.

    Parameters
    ----------
    talks : Negotiation
    offers : sequence of Package
    criterion, draws, rng, party, method
        As for `probability`.

    Returns
    -------
    Probabilities
        A sequence of `Probability`, with arrays `value` and `standard_error`.

    Raises
    ------
    ParameterError, WrongTypeError, UnknownNameError

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A")],
    ...                        [ng.Stake("B", "x", "lifted", ng.Distribution.uniform(-1, 3))])
    >>> ng.probabilities(talks, [talks.status_quo, talks.package("x")], party="B").value.round(2)
    array([1.  , 0.75])
    """
    if isinstance(offers, Mapping | str):
        raise WrongTypeError("give several packages in a list; for one use probability().")
    chosen = as_criterion(criterion)
    packages = [talks.as_package(offer) for offer in offers]
    if not packages:
        raise EmptyPackageError("no package to judge; give at least one.")
    count = checked_draws(draws)
    if party is not None:
        talks.party_index(party)
    notes = [] if rng is not None else ["drawn with numpy.random.default_rng(0), since no rng was given."]
    source = np.random.default_rng(0) if rng is None else rng
    codes = talks.codes(packages)
    if why := chosen.why_not(talks, party):
        notes.append(f"{chosen.name!r} cannot be applied: {why}")
        batches = [np.full((count, len(packages)), np.nan)]
    else:
        batches = [
            np.atleast_2d(chosen.margins(talks, codes, draws=batch, party=party))
            for batch in _batches(talks, count, source, method, terms_that_count(talks, [chosen], packages, party))
        ]
    unit = chosen.verdict(talks, packages[0], party=party, proposer=None).unit if not why else ""
    return _summary(packages, batches, method=method, criterion=chosen.name, party=party, unit=unit, notes=tuple(notes))


def _batches(
    talks: Negotiation, draws: int, rng: np.random.Generator, method: Method, terms: BoolArray | None
) -> Iterator[Draws]:
    """Blocks of independent draws, or one scrambling of the sequence after the other."""
    if method == "sobol":
        for _ in range(SCRAMBLINGS):
            yield draw_stakes(talks, sobol_length(draws), rng=rng, method=method, terms=terms)
        return
    for start in range(0, draws, BLOCK):
        yield draw_stakes(talks, min(BLOCK, draws - start), rng=rng, method=method, terms=terms)


def _summary(packages: list[Package], batches: list[Array], *, method: Method, **facts: Any) -> Probabilities:
    """Shares, standard errors and quantiles, a column a package."""
    margins = np.concatenate(batches)
    applied = ~np.isnan(margins)
    n = applied.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = (margins >= 0).sum(axis=0) / n
        if method == "sobol":
            means = np.stack([(b >= 0).sum(axis=0) / (~np.isnan(b)).sum(axis=0) for b in batches])
            error = means.std(axis=0, ddof=1) / np.sqrt(len(batches))
        else:
            error = np.sqrt(value * (1 - value) / n)
    quantiles = np.full((len(packages), len(QUANTILES)), np.nan)
    for k in np.flatnonzero(n):
        quantiles[k] = _quantiles(margins[applied[:, k], k])
    return Probabilities(
        tuple(packages),
        read_only(value),
        read_only(error),
        read_only(quantiles),
        read_only(n / len(margins)),
        draws=len(margins),
        method=method,
        **facts,
    )


def _quantiles(margins: Array) -> Array:
    """The smallest margins with so large a share of the draws at or below them: no arithmetic, so they may be infinite."""
    at = np.maximum(np.ceil(np.array(QUANTILES) * len(margins)).astype(np.int64) - 1, 0)
    return np.asarray(np.partition(margins, at)[at])
