"""What a party will do next, and how good such forecasts were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.analysis.evidence.condition import PRECISION, as_precision, condition
from negotiation.analysis.evidence.likelihood import choices_of
from negotiation.analysis.evidence.posterior import Posterior
from negotiation.arrays import Array, read_only
from negotiation.door import checked
from negotiation.errors import GameShapeError, NotFiniteError, OwnershipError, ParameterError, ProbabilityError
from negotiation.model.distribution import Distribution
from negotiation.model.move import Move, MoveRecord, as_record
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.payoffs import payoffs

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class MoveForecast:
    """Probabilities of what one party could do next.

    Parameters
    ----------
    party : str
    alternatives : tuple of Package
        The states it could bring about.
    probability : ndarray, shape (n,)
        Adds up to one.
    prior : ndarray, shape (n,)
        The same before the moves were seen.
    """

    party: str
    alternatives: tuple[Package, ...]
    probability: Array
    prior: Array

    def to_frame(self) -> pd.DataFrame:
        """One row an alternative."""
        import pandas as pd

        states = [str(a) for a in self.alternatives]
        return pd.DataFrame({"state": states, "prior": self.prior, "probability": self.probability})

    def __str__(self) -> str:
        return f"what {self.party} does next:\n{self.to_frame().to_string(index=False, float_format='{:.3f}'.format)}"

    __repr__ = __str__


@checked
def predict_move(posterior: Posterior, party: str, alternatives: Sequence[Mapping[str, str]]) -> MoveForecast:
    """Forecast a party's next choice from where the record ends.

    Parameters
    ----------
    posterior : Posterior
        From `condition`.
    party : str
    alternatives : sequence of mappings of issue to option
        What it could set its own issues to; ``{}`` for leaving all as it stands.

    Returns
    -------
    MoveForecast
        The posterior predictive distribution: logit choice averaged over the posterior draws.

    Raises
    ------
    ParameterError, OwnershipError, UnknownNameError

    Examples
    --------
    >>> import datetime as dt
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A")],
    ...                        [ng.Stake("A", "x", "lifted", ng.Distribution.uniform(-1, 1))])
    >>> seen = [ng.Move(dt.date(2025, 4, 4), "A", {"x": "lifted"}, instead=[{}])]
    >>> next_move = ng.predict_move(ng.condition(talks, seen), "A", [{}, {"x": "in force"}])
    >>> bool(next_move.probability[0] > next_move.prior[0])
    True
    """
    talks = posterior.talks
    who = talks.party_index(party)
    state = posterior.record.state(talks)
    states = [_moved(talks, state, party, a) for a in alternatives]
    if len(set(states)) < 2 or len(set(states)) < len(states):
        raise ParameterError("give at least two alternatives, each another state.")
    codes = talks.codes(states)
    before = payoffs(talks, codes, draws=posterior.prior)[:, :, who] / posterior.scale[who]
    after = payoffs(talks, codes, draws=posterior.draws)[:, :, who] / posterior.scale[who]
    prior = _logit(before, posterior.prior_precision).mean(axis=0)
    found = posterior.weights @ _logit(after, posterior.precision)
    return MoveForecast(party, tuple(states), read_only(found / found.sum()), read_only(prior / prior.sum()))


def _moved(talks: Negotiation, state: Package, party: str, options: Mapping[str, str]) -> Package:
    for issue in options:
        if (owner := talks.issue(issue).owner) not in (party, None):
            raise OwnershipError(f"{party} cannot move {issue!r}: it belongs to {owner}.")
    return talks.as_package({**state, **options})


def _logit(worth: Array, precision: Array) -> Array:
    """Choice probabilities, (S, n)."""
    steps = precision[:, None] * worth
    raw = np.exp(steps - steps.max(axis=1, keepdims=True))
    return np.asarray(raw / raw.sum(axis=1, keepdims=True))


@dataclass(frozen=True, slots=True)
class ForecastScore:
    """Proper scores of one forecast; both are smaller for better ones.

    Parameters
    ----------
    log : float
        ``-log p`` of what happened, in nats.
    brier : float
        ``Σ (p - happened)²``, from 0 to 2.
    log_uniform, brier_uniform : float
        The scores of a forecast that thinks everything equally likely.
    """

    log: float
    brier: float
    log_uniform: float
    brier_uniform: float


def score_forecast(probability: Sequence[float] | Array, happened: int) -> ForecastScore:
    """Score a forecast once it is known what happened.

    Parameters
    ----------
    probability : array_like, shape (n,)
        Adds up to one.
    happened : int
        The position of what happened.

    Returns
    -------
    ForecastScore

    Raises
    ------
    ProbabilityError, NotFiniteError, GameShapeError, ParameterError

    References
    ----------
    Gneiting, T. and Raftery, A. E. (2007). Strictly proper scoring rules, prediction, and estimation. JASA 102, 359-378.

    Examples
    --------
    >>> score = score_forecast([0.75, 0.25], 0)
    >>> round(score.log, 3), score.brier
    (0.288, 0.125)
    """
    p = np.asarray(probability, dtype=np.float64)
    if p.ndim != 1 or p.size < 2:
        raise GameShapeError(
            f"a forecast of shape {p.shape}; give a probability for each of at least two alternatives."
        )
    if not np.isfinite(p).all():
        raise NotFiniteError(f"the forecast {p.tolist()} must be finite.")
    if (p < 0).any() or abs(float(p.sum()) - 1) > 1e-9:
        raise ProbabilityError(f"the forecast {p.tolist()} must not be negative and add up to one, not {p.sum():g}.")
    if isinstance(happened, bool) or not isinstance(happened, int | np.integer) or not 0 <= happened < p.size:
        raise ParameterError(f"happened must be a position from 0 to {p.size - 1}, not {happened!r}.")
    one = np.zeros(p.size)
    one[happened] = 1.0
    with np.errstate(divide="ignore"):
        log = -float(np.log(p[happened]))
    n = p.size
    return ForecastScore(log, float(np.square(p - one).sum()), float(np.log(n)), 1 - 1 / n)


@checked
def score_record(
    talks: Negotiation,
    moves: MoveRecord | Iterable[Move],
    *,
    draws: int = 20_000,
    rng: np.random.Generator | None = None,
    precision: float | Distribution = PRECISION,
) -> pd.DataFrame:
    """Score one-step-ahead forecasts: each move as it was to be expected from those before it.

    Parameters
    ----------
    talks : Negotiation
    moves : MoveRecord, or sequence of Move
    draws, rng, precision
        As for `condition`.

    Returns
    -------
    DataFrame
        One row a move: its probability given those before, log and Brier scores, and those of equal odds.

    Notes
    -----
    The first is expected from the prior. All are computed from the same draws by importance weights; the last column is the
    effective sample size of the weights that a forecast rests on.
    """
    import pandas as pd

    record = as_record(moves)
    found = condition(talks, record, draws=draws, rng=rng, precision=as_precision(precision), method="importance")
    steps = choices_of(talks, record)
    gains = steps.advantages(found.prior)
    logs = np.zeros(len(found.weights))
    rows = []
    for move, gain, who in zip(record.moves, gains, steps.movers, strict=True):
        raw = np.exp(logs - logs.max())
        weights = raw / raw.sum()
        worth = np.column_stack([np.zeros(len(gain)), gain]) / steps.scale[who]
        odds = _logit(worth, found.prior_precision)
        p = weights @ odds
        score = score_forecast(p / p.sum(), 0)
        rows.append(
            {
                "date": move.date,
                "party": move.party,
                "probability": float(p[0]),
                "log score": score.log,
                "Brier score": score.brier,
                "log, equal odds": score.log_uniform,
                "Brier, equal odds": score.brier_uniform,
                "effective draws": 1 / float(np.square(weights).sum()),
            }
        )
        logs += np.log(odds[:, 0])
    return pd.DataFrame(rows)
