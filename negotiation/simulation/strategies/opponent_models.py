"""What the other wants, learnt from its offers: by frequencies, and by Bayes' rule."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from negotiation.arrays import Array, IntArray
from negotiation.errors import ParameterError
from negotiation.simulation.view import View


class OpponentModel(Protocol):
    """Learns from offers issue by issue. The state is its own; it is kept in the strategy's memory."""

    def start(self, sizes: list[int]) -> Any:
        """The state before the first offer, for issues with so many options."""

    def update(self, state: Any, offer: IntArray, time: float) -> None:
        """Take in an offer, as option positions (K,), made at a time in [0, 1]."""

    def issue_values(self, state: Any) -> list[Array]:
        """What each option of each issue adds to the other's utility, K arrays (m_k,); the best options add up to about 1."""


@dataclass(frozen=True, slots=True)
class FrequencyModel:
    """The other insists on what matters to it: issues it seldom changes weigh much, options it often asks for are good.

    Parameters
    ----------
    rate : float
        What is added to the weight of an issue that stays the same from one offer to the next.

    References
    ----------
    van Krimpen, T., Looije, D., Hajizadeh, S. (2013). HardHeaded. In Complex Automated Negotiations: Theories, Models, and
    Software Competitions, 223-227.
    """

    rate: float = 0.1

    def __post_init__(self) -> None:
        if not (math.isfinite(self.rate) and self.rate >= 0):
            raise ParameterError(f"rate={self.rate!r}; expected 0 or more.")

    def start(self, sizes: list[int]) -> dict[str, Any]:
        """See `OpponentModel.start`."""
        return {"weights": np.full(len(sizes), 1 / len(sizes)), "counts": [np.ones(m) for m in sizes], "last": None}

    def update(self, state: dict[str, Any], offer: IntArray, time: float) -> None:
        """See `OpponentModel.update`."""
        if state["last"] is not None:
            weights = state["weights"] + self.rate * (state["last"] == offer)
            state["weights"] = weights / weights.sum()
        for count, option in zip(state["counts"], offer, strict=True):
            count[option] += 1
        state["last"] = offer

    def issue_values(self, state: dict[str, Any]) -> list[Array]:
        """See `OpponentModel.issue_values`."""
        return [w * count / count.max() for w, count in zip(state["weights"], state["counts"], strict=True)]


@dataclass(frozen=True, slots=True)
class BayesianModel:
    """Hypotheses for each issue about its weight and its best option, weighed by how well they explain the offers.

    The weight is one of the ranks ``2 r / (K (K + 1))``; the value of an option falls linearly with its distance from the
    best. An offer made at time ``t`` is taken to be worth about ``1 - concession * t`` to the other. Issues are updated one
    by one, the others at their expectation, which is the scalable form of the source.

    Parameters
    ----------
    concession : float
        How much the other is expected to have conceded at the deadline.
    spread : float
        The standard deviation of what an offer is worth around that.

    References
    ----------
    Hindriks, K., Tykhonov, D. (2008). Opponent modelling in automated multi-issue negotiation using Bayesian learning. AAMAS,
    331-338.
    """

    concession: float = 0.5
    spread: float = 0.15

    def __post_init__(self) -> None:
        if not 0 <= self.concession <= 1 or not (math.isfinite(self.spread) and self.spread > 0):
            raise ParameterError(
                f"concession={self.concession!r}, spread={self.spread!r}; expected a share and a positive number."
            )

    def start(self, sizes: list[int]) -> dict[str, Any]:
        """See `OpponentModel.start`."""
        n = len(sizes)
        ranks = 2 * np.arange(1, n + 1) / (n * (n + 1))
        shapes = [1 - np.abs(np.subtract.outer(np.arange(m), np.arange(m))) / max(m - 1, 1) for m in sizes]
        return {"ranks": ranks, "shapes": shapes, "odds": [np.full((n, m), 1 / (n * m)) for m in sizes]}

    def update(self, state: dict[str, Any], offer: IntArray, time: float) -> None:
        """See `OpponentModel.update`."""
        expected = np.array([v[o] for v, o in zip(self.issue_values(state), offer, strict=True)])
        assumed = 1 - self.concession * time
        fresh = []
        for k, (odds, shape) in enumerate(zip(state["odds"], state["shapes"], strict=True)):
            worth = state["ranks"][:, None] * shape[:, offer[k]][None, :] + expected.sum() - expected[k]
            likely = odds * np.exp(-0.5 * ((worth - assumed) / self.spread) ** 2)
            fresh.append(likely / likely.sum() if likely.sum() > 0 else odds)
        state["odds"] = fresh

    def issue_values(self, state: dict[str, Any]) -> list[Array]:
        """See `OpponentModel.issue_values`."""
        out = [state["ranks"] @ odds @ shape for odds, shape in zip(state["odds"], state["shapes"], strict=True)]
        total = sum(float(v.max()) for v in out)
        return [v / total for v in out]


def learnt(view: View, model: OpponentModel, outcomes: IntArray) -> Array:
    """What outcomes are worth to the other as far as its offers tell, shape of `outcomes`: from 0, its worst, to 1, its best.

    All 1 as long as nothing is known. Expectations over hypotheses differ less than the truth does, so they are stretched.
    """
    codes = view.options
    if codes is None:  # outcomes without issues are options of one issue
        codes = np.arange(view.seat.own.size)[:, None]
    if "model" not in view.memory:
        sizes = [int(m) + 1 for m in codes.max(axis=0)]
        view.memory["model"], view.memory["heard"] = model.start(sizes), 0
    state = view.memory["model"]
    made = [
        (e.outcome, e.time) for e in view.history[view.memory["heard"] :] if e.kind == "offer" and e.party != view.party
    ]
    for outcome, time in made:
        if outcome is not None:
            model.update(state, codes[outcome].astype(np.int64), time)
    view.memory["heard"] = len(view.history)
    above = [v - v.min() for v in model.issue_values(state)]
    total = sum(float(v.max()) for v in above)
    if total <= 0:
        return np.ones(len(outcomes))
    rows = codes[outcomes]
    return np.asarray(sum((v[rows[:, k]] / total for k, v in enumerate(above)), np.zeros(len(rows))))
