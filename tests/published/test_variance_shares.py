"""Sobol' indices of functions for which they are known in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import negotiation as ng


def test_the_function_of_ishigami() -> None:
    """Ishigami and Homma (1990): f = sin x1 + 7 sin² x2 + 0.1 x3⁴ sin x1 on (-π, π)³; Saltelli et al. (2008), p. 179."""
    a, b = 7.0, 0.1
    law = stats.uniform(-np.pi, 2 * np.pi)
    found = ng.sobol_indices(
        lambda x: np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0]),
        [law] * 3, draws=2**14, rng=np.random.default_rng(1),
    )  # fmt: skip
    variance = a**2 / 8 + b * np.pi**4 / 5 + b**2 * np.pi**8 / 18 + 1 / 2
    first = np.array([0.5 * (1 + b * np.pi**4 / 5) ** 2, a**2 / 8, 0.0]) / variance
    joint = (b**2 * np.pi**8 / 18 - b**2 * np.pi**8 / 50) / variance
    assert found.variance == pytest.approx(variance, rel=0.01)
    assert found.first == pytest.approx(first, abs=0.01)
    assert found.total == pytest.approx(first + np.array([joint, 0, joint]), abs=0.01)
    assert ((found.first_interval[:, 0] <= first) & (first <= found.first_interval[:, 1])).all()


def test_the_g_function_of_sobol() -> None:
    """Sobol' (1993) and Saltelli et al. (2010), eq. 27: V_i = 1 / (3 (1 + a_i)²), total variance Π (1 + V_i) - 1."""
    a = np.array([0.0, 0.5, 3.0, 9.0, 99.0])
    found = ng.sobol_indices(
        lambda x: np.prod((np.abs(4 * x - 2) + a) / (1 + a), axis=1), [stats.uniform()] * 5, draws=2**14
    )
    parts = 1 / (3 * (1 + a) ** 2)
    variance = np.prod(1 + parts) - 1
    total = parts * np.prod(1 + parts) / (1 + parts) / variance
    assert found.first == pytest.approx(parts / variance, abs=0.01)
    assert found.total == pytest.approx(total, abs=0.01)
