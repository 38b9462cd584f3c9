"""Simulation-based calibration: where truths are drawn from the prior and moves made by them, posteriors rank them evenly."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from scipy import stats

import negotiation as ng
from negotiation.analysis.evidence.likelihood import choices_of
from negotiation.model.move import MoveRecord

TALKS = ng.Negotiation(
    ["A", "B"],
    [ng.Issue("x", owner="A"), ng.Issue("y", ("none", "some", "all"), owner="B")],
    [
        ng.Stake("A", "x", "lifted", ng.Distribution.triangular(-3, 1, 3)),
        ng.Stake("B", "y", "some", ng.Distribution.triangular(-2, 1, 4)),
        ng.Stake("B", "y", "all", ng.Distribution.uniform(-5, 3)),
    ],
)
OPTIONS = [("A", ({}, {"x": "lifted"}, {"x": "in force"})), ("B", ({"y": "none"}, {"y": "some"}, {"y": "all"}))]


def simulated(rng: np.random.Generator, moves: int) -> tuple[np.ndarray, MoveRecord]:
    """Stakes from the prior, and moves chosen by logit under them at precision 1 per scale 1."""
    truth = ng.draw_stakes(TALKS, 1, rng=rng)
    state = dict(TALKS.status_quo)
    made = []
    for k in range(moves):
        party, options = OPTIONS[k % 2]
        distinct = list({TALKS.as_package({**state, **o}): o for o in options}.items())
        worth = ng.payoffs(TALKS, [p for p, _ in distinct], draws=truth)[0, :, TALKS.party_index(party)]
        odds = np.exp(worth - worth.max())
        at = int(rng.choice(len(distinct), p=odds / odds.sum()))
        others = [o for j, (_, o) in enumerate(distinct) if j != at]
        made.append(ng.Move(dt.date(2025, 1, 1) + dt.timedelta(days=k), party, distinct[at][1], instead=others))
        state = dict(distinct[at][0])
    return truth.values[0], MoveRecord(made)


def ranks(repeats: int, draws: int, method: str) -> np.ndarray:
    """The weighted rank of each true stake in its posterior, (repeats, 3)."""
    out = np.empty((repeats, 3))
    for k in range(repeats):
        rng = np.random.default_rng([7, k])
        truth, record = simulated(rng, 6)
        scale = choices_of(TALKS, record).scale
        assert scale.max() / scale.min() < 20
        # One precision serves both parties per unit of payoff only where their scales agree: condition each on its own moves.
        for who, columns in ((0, [0]), (1, [1, 2])):
            own = MoveRecord([m for m in record if TALKS.party_index(m.party) == who])
            found = ng.condition(
                TALKS, own, draws=draws, precision=float(choices_of(TALKS, own).scale[who]), rng=rng, method=method
            )
            below = found.draws.values[:, columns] < truth[columns]
            out[k, columns] = found.weights @ below
    return out


@pytest.mark.parametrize("method", ["importance", "tempered"])
def test_truths_fall_evenly_into_their_posteriors(method: str) -> None:
    """Talts et al. (2018): ranks are uniform; by Kolmogorov and Smirnov for each stake."""
    found = ranks(120, 400, method)
    for column in found.T:
        assert stats.kstest(column, "uniform").pvalue > 1e-3


@pytest.mark.slow
def test_truths_fall_evenly_into_their_posteriors_at_length() -> None:
    """The same on 600 disputes."""
    for column in ranks(600, 1000, "importance").T:
        assert stats.kstest(column, "uniform").pvalue > 1e-3
