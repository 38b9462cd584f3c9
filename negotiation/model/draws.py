"""Draws of the uncertain numbers of a negotiation: stakes, credibilities, discount factors, fallbacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from negotiation.arrays import Array, BoolArray, IntArray
from negotiation.errors import ParameterError, WrongTypeError
from negotiation.model.correlation import PARTY_QUANTITIES, RankCorrelation, party_quantities
from negotiation.model.distribution import Distribution
from negotiation.model.negotiation import Negotiation
from negotiation.model.quantity import Quantity

Method = Literal["independent", "sobol"]


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """`S` draws of everything uncertain.

    Parameters
    ----------
    values : ndarray, shape (S, T)
        Every stake and interaction, in the order of ``talks.terms``; columns of numbers that are certain are constant.
    credibility, discount_factor : ndarray, shape (S, P)
        NaN where a party has none.
    reservation : ndarray, shape (S, P)
        The least each party signs for: its reservation value, or its disagreement payoff.
    disagreement : ndarray, shape (S, P)
    method : str
        How they were drawn.
    """

    values: Array
    credibility: Array
    discount_factor: Array
    reservation: Array
    disagreement: Array
    method: Method
    _found: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    def __len__(self) -> int:
        return len(self.values)

    def once(self, what: str, talks: Negotiation, codes: IntArray, find: Callable[[], Array]) -> Array:
        """What `find` finds in these draws about packages, read-only; found once however many criteria ask for it."""
        key = (what, codes.tobytes())
        known = self._found.get(key)
        if known is None or known[0] is not talks:
            found = find()
            found.flags.writeable = False
            known = self._found[key] = (talks, found)
        result: Array = known[1]
        return result

    def part(self, rows: slice) -> Draws:
        """Some of the draws."""
        return Draws(self.values[rows], self.credibility[rows], self.discount_factor[rows], self.reservation[rows],
                     self.disagreement[rows], self.method)  # fmt: skip


def draw_stakes(
    talks: Negotiation,
    draws: int,
    *,
    rng: np.random.Generator,
    method: Method = "independent",
    terms: BoolArray | None = None,
    correlation: RankCorrelation | None = None,
) -> Draws:
    """Draw every uncertain number of a negotiation.

    Parameters
    ----------
    talks : Negotiation
    draws : int
        How many, ``S``.
    rng : numpy.random.Generator
        The only source of randomness.
    method : {"independent", "sobol"}
        Independent draws, or a scrambled Sobol' sequence (`scipy.stats.qmc`), best with a power of two.
    terms : ndarray of bool, shape (T,), optional
        Which stakes and interactions are wanted; the others stay at their centre, which is quicker. It does not change
        what is drawn for the wanted ones.
    correlation : RankCorrelation, optional
        From `rank_correlation`; without it all numbers are drawn as independent of each other.

    Returns
    -------
    Draws

    Notes
    -----
    By inversion: each uncertain number gets a column of uniforms and its quantile function. Cost ``O(S T)``.
    """
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer) or draws < 1:
        raise ParameterError(f"draws must be a whole number from 1, not {draws!r}.")
    if not isinstance(rng, np.random.Generator):
        raise WrongTypeError(f"rng must be a numpy Generator, e.g. numpy.random.default_rng(1), not {rng!r}.")
    return draws_from_uniforms(
        talks, _uniforms(int(draws), n_uncertain(talks), rng, method), method, terms, correlation
    )


def draws_from_uniforms(
    talks: Negotiation,
    uniforms: Array,
    method: Method,
    terms: BoolArray | None = None,
    correlation: RankCorrelation | None = None,
) -> Draws:
    """Draws by inversion, from a column of uniforms for each uncertain number, shape (S, `n_uncertain`)."""
    quantities = [*talks.terms.values, *party_quantities(talks)]
    n_terms, n_parties = len(talks.terms.items), len(talks.parties)
    wanted = np.ones(len(quantities), dtype=np.bool_)
    if terms is not None:
        wanted[:n_terms] = terms
    columns = _fill(quantities, uniforms if correlation is None else correlation.apply(uniforms), wanted)
    parts = {
        name: columns[:, n_terms + k * n_parties : n_terms + (k + 1) * n_parties]
        for k, name in enumerate(PARTY_QUANTITIES)
    }
    reservation = np.where(np.isnan(parts["reservation"]), parts["disagreement"], parts["reservation"])
    return Draws(columns[:, :n_terms], parts["credibility"], parts["discount_factor"], reservation,
                 parts["disagreement"], method)  # fmt: skip


def n_uncertain(talks: Negotiation) -> int:
    """How many numbers are distributions, those of the parties included."""
    return sum(isinstance(q, Distribution) for q in (*talks.terms.values, *party_quantities(talks)))


def _uniforms(n: int, n_columns: int, rng: np.random.Generator, method: Method) -> Array:
    """A column of uniforms for each uncertain quantity."""
    if method == "independent":
        return rng.random((n_columns, n)).T
    if method == "sobol":
        from scipy.stats import qmc

        bits = max(1, (n - 1).bit_length())
        sample = qmc.Sobol(max(n_columns, 1), scramble=True, rng=rng).random_base2(bits)
        return np.asarray(sample[:n, :n_columns], dtype=np.float64)
    raise ParameterError(f"method must be 'independent' or 'sobol', not {method!r}.")


def _fill(quantities: list[Quantity], uniforms: Array, wanted: BoolArray) -> Array:
    """Push the uniforms through the quantile functions; what is not wanted stays at its centre."""
    out = np.empty((uniforms.shape[0], len(quantities)), order="F")
    column = 0
    for k, quantity in enumerate(quantities):
        if isinstance(quantity, Distribution):
            out[:, k] = quantity.ppf(uniforms[:, column]) if wanted[k] else quantity.central
            column += 1
        else:
            out[:, k] = quantity
    out.flags.writeable = False
    return out
