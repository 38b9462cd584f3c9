"""Shares of a divisible surplus: Rubinstein, Ståhl, outside options, unanimity, random proposers, legislatures."""

from __future__ import annotations

import numpy as np
import pytest

import negotiation as ng


def close(found: object, expected: object) -> bool:
    return bool(np.allclose(np.asarray(found, float), np.asarray(expected, float), rtol=0, atol=1e-12))


@pytest.mark.parametrize(
    ("delta", "own_when_first", "other_when_first"),
    [((1 / 2, 1 / 2), 2 / 3, 2 / 3), ((0, 1 / 2), 1 / 2, 1)],
)
def test_two_players(delta: tuple[float, float], own_when_first: float, other_when_first: float) -> None:
    """Rubinstein (1982), Econometrica 50, 97-109."""
    assert close(ng.rubinstein(delta), (own_when_first, 1 - own_when_first))
    assert close(ng.rubinstein(delta, first=1), (1 - other_when_first, other_when_first))
    assert close(ng.rubinstein(delta, surplus=30.0)[0], 30 * own_when_first)


@pytest.mark.parametrize(
    ("delta", "option", "first", "second"),
    [((9 / 10, 9 / 10), 3 / 10, 10 / 19, 10 / 19), ((1 / 2, 1 / 2), 1 / 2, 1 / 2, 3 / 4)],
)
def test_deal_me_out(delta: tuple[float, float], option: float, first: float, second: float) -> None:
    """Binmore, Shaked & Sutton (1989), QJE 104, 753-770: an outside option counts only when better than waiting."""
    assert close(ng.rubinstein(delta, outside_options=(0, option))[0], first)
    assert close(ng.rubinstein(delta, first=1, outside_options=(0, option))[1], second)


@pytest.mark.parametrize(
    ("delta", "deadline", "share"), [((0.9, 0.9), 1, 1), ((0.9, 0.9), 3, 91 / 100), ((0.9, 0.8), 5, 539 / 625)]
)
def test_deadlines(delta: tuple[float, float], deadline: int, share: float) -> None:
    """Ståhl (1972), Bargaining Theory; Osborne & Rubinstein (1990), section 3.10."""
    assert close(ng.stahl(delta, deadline)[0], share)


@pytest.mark.parametrize(
    ("n", "delta", "shares"),
    [(3, 1 / 2, (4 / 7, 2 / 7, 1 / 7)), (4, 4 / 5, (125 / 369, 100 / 369, 80 / 369, 64 / 369))],
)
def test_unanimity(n: int, delta: float, shares: tuple[float, ...]) -> None:
    """Sutton (1986), Rev. Econ. Stud. 53; Osborne & Rubinstein (1990), section 3.13: the stationary equilibrium."""
    assert close(ng.rubinstein([delta] * n), shares)


def test_random_proposer() -> None:
    """Muthoo (1999), section 7.2.4: the value is the chance to propose."""
    assert close(ng.random_proposer((9 / 10, 9 / 10), (3 / 4, 1 / 4)), (3 / 4, 1 / 4))


@pytest.mark.parametrize(
    ("n", "quota", "proposer", "partner"), [(3, 2, 2 / 3, 1 / 3), (5, 3, 3 / 5, 1 / 5), (101, 51, 51 / 101, 1 / 101)]
)
def test_legislatures(n: int, quota: int, proposer: float, partner: float) -> None:
    """Baron & Ferejohn (1989), APSR 83, 1181-1206, closed rule."""
    assert close(ng.baron_ferejohn(n, quota), (proposer, partner))


@pytest.mark.parametrize(("rates", "share"), [((0.1, 0.2), 2 / 3), ((0.1, 0.1), 1 / 2), ((0.3, 0.1), 1 / 4)])
def test_short_periods_lead_to_weighted_nash(rates: tuple[float, float], share: float) -> None:
    """Binmore, Rubinstein & Wolinsky (1986), RAND J. Econ. 17, 176-188: powers r2 : r1 as the period shrinks."""
    delta = np.exp(-np.array(rates) * 1e-7)
    assert ng.rubinstein(delta)[0] == pytest.approx(share, abs=1e-7)
    nash = ng.nash_bargaining(ng.BargainingProblem([[0, 1], [1, 0]], [0, 0]), lotteries=True, weights=rates[::-1])
    assert nash.payoffs[0] == pytest.approx(share, abs=1e-12)
