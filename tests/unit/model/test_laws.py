"""Laws given by their ends: triangular, log-triangular, uniform."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import negotiation as ng

GRID = np.linspace(0, 1, 41)
LAWS = [
    ng.Distribution.uniform(-3, 5),
    ng.Distribution.triangular(56, 58, 61),
    ng.Distribution.triangular(0, 0, 2),
    ng.Distribution.triangular(-2, 0, 0),
    ng.Distribution.log_triangular(10, 100, 1000),
    ng.Distribution.log_triangular(-1000, -100, -10),
    ng.Distribution.log_triangular(1, 1, 30),
]


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_quantiles_invert_the_distribution_function_that_scipy_sees(law):
    frozen = law.frozen
    np.testing.assert_allclose(frozen.cdf(law.ppf(GRID)), GRID, atol=1e-12)
    np.testing.assert_allclose(frozen.ppf(GRID), law.ppf(GRID), rtol=1e-12, atol=1e-12)
    assert law.support == pytest.approx(frozen.support())


def test_the_centre_of_a_symmetric_range_of_magnitudes_is_its_median():
    assert ng.Distribution.log_triangular(10, 100, 1000).ppf(0.5) == pytest.approx(100)
    assert ng.Distribution.log_triangular(-1000, -100, -10).ppf(0.5) == pytest.approx(-100)
    assert ng.Distribution.triangular(10, 100, 1000).ppf(0.5) > 300


@given(ends=st.lists(st.integers(1, 1000), min_size=3, max_size=3), q=st.floats(0, 1))
def test_a_cost_is_a_gain_turned_around(ends, q):
    low, mode, high = sorted(ends)
    if low == high:
        high += 1
    gain = ng.Distribution.log_triangular(low, mode, high)
    cost = ng.Distribution.log_triangular(-high, -mode, -low)
    assert gain.ppf(q) == pytest.approx(-cost.ppf(1 - q))
    assert low <= gain.ppf(q) <= high


def test_a_range_of_magnitudes_cannot_touch_zero():
    with pytest.raises(ng.DistributionError, match="one sign, none of them 0"):
        ng.Distribution.log_triangular(0, 1, 10)
    with pytest.raises(ng.DistributionError, match="low <= mode <= high"):
        ng.Distribution.log_triangular(5, 1, 10)
