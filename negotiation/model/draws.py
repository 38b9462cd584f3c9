"""Draws of the uncertain numbers of a negotiation: stakes, credibilities, discount factors, fallbacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from negotiation.arrays import Array, BoolArray
from negotiation.errors import ParameterError, WrongTypeError
from negotiation.model.distribution import Distribution
from negotiation.model.negotiation import Negotiation
from negotiation.model.quantity import Quantity

Method = Literal["independent", "sobol"]
# The quantities of a party that may be uncertain, in the order in which they are drawn.
PARTY_QUANTITIES = ("credibility", "discount_factor", "disagreement", "reservation")


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

    def __len__(self) -> int:
        return len(self.values)


def draw_stakes(
    talks: Negotiation,
    draws: int,
    *,
    rng: np.random.Generator,
    method: Method = "independent",
    terms: BoolArray | None = None,
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

    Returns
    -------
    Draws

    Notes
    -----
    By inversion: each uncertain number gets a column of uniforms and its quantile function. Cost ``O(S T)``. Numbers
    are drawn as independent of each other.
    """
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer) or draws < 1:
        raise ParameterError(f"draws must be a whole number from 1, not {draws!r}.")
    if not isinstance(rng, np.random.Generator):
        raise WrongTypeError(f"rng must be a numpy Generator, e.g. numpy.random.default_rng(1), not {rng!r}.")
    quantities = [*talks.terms.values, *_party_quantities(talks)]
    n_terms, n_parties = len(talks.terms.items), len(talks.parties)
    wanted = np.ones(len(quantities), dtype=np.bool_)
    if terms is not None:
        wanted[:n_terms] = terms
    columns = _fill(quantities, _uniforms(int(draws), quantities, rng, method), wanted)
    parts = {
        name: columns[:, n_terms + k * n_parties : n_terms + (k + 1) * n_parties]
        for k, name in enumerate(PARTY_QUANTITIES)
    }
    reservation = np.where(np.isnan(parts["reservation"]), parts["disagreement"], parts["reservation"])
    return Draws(columns[:, :n_terms], parts["credibility"], parts["discount_factor"], reservation,
                 parts["disagreement"], method)  # fmt: skip


def _party_quantities(talks: Negotiation) -> list[Quantity]:
    """Party-level quantities, name by name, party by party; NaN where there is none."""
    out: list[Quantity] = []
    for name in PARTY_QUANTITIES:
        for party in talks.parties:
            estimate = getattr(party, name)
            out.append(float("nan") if estimate is None else estimate.value)
    return out


def _uniforms(n: int, quantities: list[Quantity], rng: np.random.Generator, method: Method) -> Array:
    """A column of uniforms for each uncertain quantity."""
    n_uncertain = sum(isinstance(q, Distribution) for q in quantities)
    if method == "independent":
        return rng.random((n_uncertain, n)).T
    if method == "sobol":
        from scipy.stats import qmc

        bits = max(1, (n - 1).bit_length())
        sample = qmc.Sobol(max(n_uncertain, 1), scramble=True, rng=rng).random_base2(bits)
        return np.asarray(sample[:n, :n_uncertain], dtype=np.float64)
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
