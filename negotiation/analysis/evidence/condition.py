"""Conditioning on moves: stakes weighted by how well they explain what the parties have been seen to do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np

from negotiation.analysis.evidence.likelihood import Choices, choices_of
from negotiation.analysis.evidence.posterior import Posterior
from negotiation.analysis.sampling import checked_draws
from negotiation.arrays import Array, read_only
from negotiation.door import checked
from negotiation.errors import ParameterError, WrongTypeError
from negotiation.model.distribution import Distribution
from negotiation.model.draws import Draws, draws_from_uniforms, n_uncertain
from negotiation.model.move import Move, MoveRecord, as_record
from negotiation.model.negotiation import Negotiation

# A precision of 1 chooses what is worth one scale more 73% of the time; 0.1 hardly minds, 10 hardly errs.
PRECISION = Distribution.log_triangular(0.1, 1.0, 10.0)
# Below so many effective draws, or so small a share, weights alone are not to be trusted.
FEW, SHARE = 200, 0.01
# Tempering: the effective share kept at each step, moves of each particle a step, and the most steps.
KEPT, SWEEPS, MOST_STEPS = 0.5, 8, 200
Method = Literal["auto", "importance", "tempered"]


@checked
def condition(
    talks: Negotiation,
    moves: MoveRecord | Iterable[Move],
    *,
    draws: int = 20_000,
    rng: np.random.Generator | None = None,
    precision: float | Distribution = PRECISION,
    method: Method = "auto",
) -> Posterior:
    """Find what the parties' moves say about everything uncertain.

    Parameters
    ----------
    talks : Negotiation
    moves : MoveRecord, or sequence of Move
        Moves by themselves start at the status quo.
    draws : int
    rng : numpy.random.Generator, optional
        ``numpy.random.default_rng(0)`` unless given.
    precision : float or Distribution
        Of the logit choice, per scale of each party (see Notes); uncertain itself unless a number is given.
    method : {"auto", "importance", "tempered"}
        Weighted draws from the prior; sequential Monte Carlo; or the latter only where the weights collapse.

    Returns
    -------
    Posterior

    Raises
    ------
    ParameterError, WrongTypeError, UnknownNameError, OwnershipError

    Notes
    -----
    Of the states ``a`` in reach a party chose ``a*`` with probability ``exp(λ u_i(a*) / c_i) / Σ_a exp(λ u_i(a) / c_i)``,
    independently move by move: ``u_i`` its payoff per period in the state that results, ``c_i`` the median size of the
    differences it chose between, so that ``λ`` has no unit and is the same for both sides. Moves are taken at their face: a
    control imposed for its effect on the talks looks like one that pays by itself, and stakes of kind
    ``leverage`` carry that motive.

    Importance weights are the likelihoods of prior draws. Where fewer than 200 draws, or 1 percent, are effective, the
    likelihood is raised step by step (Del Moral et al. 2006), each time so far that half the draws stay effective; draws are
    then resampled and moved by Crank–Nicolson steps in the Gaussian space of the quantile functions, which keep the prior and
    need no derivatives. Cost: ``O(S T)`` a likelihood; tempering takes about eight a step.

    References
    ----------
    McFadden, D. (1974). Conditional logit analysis of qualitative choice behavior. In: Frontiers in Econometrics, 105-142.
    Del Moral, P., Doucet, A. and Jasra, A. (2006). Sequential Monte Carlo samplers. J. R. Statist. Soc. B 68, 411-436.
    Cotter, S. et al. (2013). MCMC methods for functions. Statistical Science 28, 424-446.

    Examples
    --------
    >>> import datetime as dt
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A")],
    ...                        [ng.Stake("A", "x", "lifted", ng.Distribution.uniform(-1, 1))])
    >>> seen = [ng.Move(dt.date(2025, 4, 4), "A", {"x": "lifted"}, instead=[{}])]
    >>> share = ng.condition(talks, seen, precision=5.0).probability(talks.package("x"), party="A")
    >>> round(share.prior, 1), share.posterior > 0.7
    (0.5, True)
    """
    record = as_record(moves)
    source = np.random.default_rng(0) if rng is None else rng
    if not isinstance(source, np.random.Generator):
        raise WrongTypeError(f"rng must be a numpy Generator, e.g. numpy.random.default_rng(1), not {rng!r}.")
    if method not in ("auto", "importance", "tempered"):
        raise ParameterError(f"method must be 'auto', 'importance' or 'tempered', not {method!r}.")
    notes = [] if rng is not None else ["drawn with numpy.random.default_rng(0), since no rng was given."]
    world = _World(talks, choices_of(talks, record), as_precision(precision))
    n = checked_draws(draws)
    uniforms = world.uniforms(n, source)
    prior, prior_precision = world.at(uniforms)
    likelihood = world.choices.log_likelihoods(prior, prior_precision).sum(axis=1)
    weights, evidence = normalised(likelihood)
    effective = 1 / float(np.square(weights).sum())
    collapsed = effective < max(FEW, SHARE * n)
    if method == "tempered" or (method == "auto" and collapsed):
        uniforms, evidence, steps = _tempered(world, uniforms, likelihood, source)
        after, precision_after = world.at(uniforms)
        notes.append(f"importance weights left {effective:,.0f} effective draws; tempered in {steps} steps instead.")
        even = np.full(n, 1 / n)
        return Posterior(talks, record, prior, after, read_only(even), read_only(precision_after), prior_precision,
                         world.choices.scale, effective, "tempered", evidence, tuple(notes))  # fmt: skip
    if collapsed:
        notes.append(f"only {effective:,.0f} of {n:,} draws are effective: take method='tempered', or more draws.")
    return Posterior(talks, record, prior, prior, read_only(weights), prior_precision, prior_precision,
                     world.choices.scale, effective, "importance", evidence, tuple(notes))  # fmt: skip


def as_precision(precision: float | Distribution) -> Distribution | float:
    """A positive number, or a distribution of positive numbers."""
    if isinstance(precision, Distribution):
        if precision.support[0] < 0:
            raise ParameterError(f"precision is {precision}; it must not be negative.")
        return precision
    if isinstance(precision, bool) or not isinstance(precision, int | float | np.number):
        raise WrongTypeError(f"precision must be a number or a Distribution, not {precision!r}.")
    if not (np.isfinite(precision) and precision >= 0):
        raise ParameterError(f"precision is {precision!r}; it must be finite and not negative.")
    return float(precision)


def normalised(log_weights: Array) -> tuple[Array, float]:
    """Weights that add up to one, and the log of their mean before."""
    top = float(log_weights.max())
    raw = np.exp(log_weights - top)
    return raw / raw.sum(), top + float(np.log(raw.mean()))


class _World:
    """Everything uncertain and the precision as one vector of uniforms, a row a draw."""

    def __init__(self, talks: Negotiation, choices: Choices, precision: Distribution | float) -> None:
        self.talks, self.choices, self.precision = talks, choices, precision
        self.columns = n_uncertain(talks)

    def uniforms(self, n: int, rng: np.random.Generator) -> Array:
        """Draws from the prior; the precision in the last column."""
        return np.column_stack([rng.random((self.columns, n)).T, rng.random(n)])

    def at(self, uniforms: Array) -> tuple[Draws, Array]:
        """The draws and precisions that uniforms stand for."""
        drawn = draws_from_uniforms(self.talks, uniforms[:, : self.columns], "independent")
        if isinstance(self.precision, Distribution):
            return drawn, read_only(self.precision.ppf(uniforms[:, -1]))
        return drawn, read_only(np.full(len(uniforms), self.precision))

    def log_likelihood(self, uniforms: Array) -> Array:
        """Of all moves, (S,)."""
        return np.asarray(self.choices.log_likelihoods(*self.at(uniforms)).sum(axis=1))


def _tempered(world: _World, uniforms: Array, likelihood: Array, rng: np.random.Generator) -> tuple[Array, float, int]:
    """Draws from the posterior by raising the likelihood step by step, the log-evidence, and the number of steps."""
    from scipy.special import ndtr, ndtri

    at, reach, evidence, steps = 0.0, 0.5, 0.0, 0
    z = ndtri(np.clip(uniforms, 1e-15, 1 - 1e-15))
    while at < 1 and steps < MOST_STEPS:
        step = _next_step(likelihood, 1 - at)
        weights, gained = normalised(step * likelihood)
        at, evidence, steps = min(1.0, at + step), evidence + gained, steps + 1
        rows = _resampled(weights, rng)
        z, likelihood = z[rows], likelihood[rows]
        for _ in range(SWEEPS):
            fresh = np.sqrt(1 - reach**2) * z + reach * rng.standard_normal(z.shape)
            proposed = world.log_likelihood(ndtr(fresh))
            accepted = np.log(rng.random(len(z))) < at * (proposed - likelihood)
            z[accepted], likelihood = fresh[accepted], np.where(accepted, proposed, likelihood)
            # Towards one in four accepted, the usual aim of a random walk in many dimensions.
            reach = float(np.clip(reach * np.exp(accepted.mean() - 0.25), 0.02, 0.98))
    return ndtr(z), evidence, steps


def _next_step(likelihood: Array, most: float) -> float:
    """The largest step that leaves so large a share of the draws effective."""

    def effective(step: float) -> float:
        weights, _ = normalised(step * likelihood)
        return 1 / float(np.square(weights).sum()) / len(likelihood)

    if effective(most) >= KEPT:
        return most
    low, high = 0.0, most
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if effective(middle) >= KEPT else (low, middle)
    return max(low, most * 1e-6)


def _resampled(weights: Array, rng: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Positions drawn in proportion to the weights, systematically: each as often as its share, rounded up or down."""
    n = len(weights)
    points = (rng.random() + np.arange(n)) / n
    return np.minimum(np.searchsorted(np.cumsum(weights), points), n - 1)
