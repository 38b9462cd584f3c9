"""Rank correlations: brought about exactly, and refused where no distribution can have them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import negotiation as ng
from negotiation.model.correlation import nearest_correlation

UNIFORM, LOG = ng.Distribution.uniform(-1, 3), ng.Distribution.log_triangular(1, 5, 400)
A, B, C = "B: x lifted (commercial)", "B: y lifted (commercial)", "A: credibility"


def talks() -> ng.Negotiation:
    return ng.Negotiation(
        [ng.Party("A", credibility=ng.Distribution.triangular(0, 0.4, 1)), ng.Party("B")],
        [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
        [ng.Stake("B", "x", "lifted", UNIFORM), ng.Stake("B", "y", "lifted", LOG), ng.Stake("A", "y", "lifted", 2)],
    )


def drawn(pairs: object, n: int = 40_000, method: str = "independent") -> dict[str, np.ndarray]:
    t = talks()
    d = ng.draw_stakes(t, n, rng=np.random.default_rng(1), method=method, correlation=ng.rank_correlation(t, pairs))
    return {A: d.values[:, 0], B: d.values[:, 1], C: d.credibility[:, 0]}


def spearman(columns: dict[str, np.ndarray], a: str, b: str) -> float:
    return float(stats.spearmanr(columns[a], columns[b])[0])


@given(rho=st.floats(-1, 1), method=st.sampled_from(["independent", "sobol"]))
def test_ranks_are_correlated_as_asked_whatever_the_laws(rho: float, method: str) -> None:
    """Spearman's rho of a sample is the one asked for, up to its standard error of about 1/sqrt(n)."""
    columns = drawn({(A, C): rho}, 4096, method)
    assert spearman(columns, A, C) == pytest.approx(rho, abs=5 / np.sqrt(4096))
    assert spearman(columns, A, B) == pytest.approx(0, abs=5 / np.sqrt(4096))


def test_each_number_keeps_its_law() -> None:
    columns = drawn({(A, B): 0.7, (B, C): -0.4})
    assert stats.kstest(columns[A], "uniform", args=(-1, 4)).pvalue > 0.001
    assert stats.kstest(columns[B], LOG.frozen.cdf).pvalue > 0.001


def test_what_is_not_correlated_is_drawn_as_before() -> None:
    assert np.array_equal(drawn(None)[B], drawn({(A, C): 0.5})[B])
    assert ng.rank_correlation(talks(), {}) is None
    assert ng.rank_correlation(talks(), {(A, B): 0.0}) is None
    assert ng.rank_correlation(talks(), np.eye(3)) is None


def test_a_perfect_correlation_is_the_same_order() -> None:
    columns = drawn({(A, B): 1.0, (A, C): -1.0, (B, C): -1.0}, 500)
    assert np.array_equal(np.argsort(columns[A]), np.argsort(columns[B]))
    assert np.array_equal(np.argsort(columns[A]), np.argsort(columns[C])[::-1])


def test_a_matrix_is_over_all_uncertain_numbers_in_order() -> None:
    assert ng.uncertain_names(talks()) == (A, B, C)
    matrix = np.array([[1, 0.3, 0], [0.3, 1, -0.6], [0, -0.6, 1.0]])
    named = ng.rank_correlation(talks(), {(A, B): 0.3, (C, B): -0.6})
    given = ng.rank_correlation(talks(), matrix)
    assert named is not None
    assert given is not None
    assert np.array_equal(named.factor, given.factor)


def test_stakes_stand_for_themselves() -> None:
    t = talks()
    assert ng.rank_correlation(t, {(t.stakes[0], t.stakes[1]): 0.3}) is not None


def test_contradictions_are_refused_with_the_nearest_that_exist() -> None:
    """A goes with B and B with C, but A against C: and what the message proposes is accepted."""
    with pytest.raises(ng.ParameterError, match="contradict each other") as caught:
        ng.rank_correlation(talks(), {(A, B): 0.9, (B, C): 0.9, (A, C): -0.9})
    import re

    proposed = {
        (a, b): float(rho)
        for a, b, rho in re.findall(r"'([^']+)' with '([^']+)' (-?[\d.]+) instead", str(caught.value))
    }
    assert len(proposed) == 3
    assert ng.rank_correlation(talks(), proposed) is not None


def test_the_nearest_correlation_matrix_of_highams_example() -> None:
    """Higham (2002), section 4: the nearest to the 3 by 3 matrix with -1 in the corners off the diagonal."""
    near = nearest_correlation(np.array([[1, 1, 0], [1, 1, 1], [0, 1, 1.0]]))
    assert near == pytest.approx(np.array([[1, 0.7607, 0.1573], [0.7607, 1, 0.7607], [0.1573, 0.7607, 1]]), abs=1e-4)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({(A, "B: z"): 0.1}, ng.UnknownNameError, "no uncertain number called 'B: z'"),
        ({(A, "A: y lifted (commercial)"): 0.1}, ng.ParameterError, "correlates with nothing"),
        ({(A, "B: credibility"): 0.1}, ng.ParameterError, "correlates with nothing"),
        ({(A, A): 0.1}, ng.ParameterError, "with itself"),
        ({(A, B): 0.1, (B, A): 0.1}, ng.DuplicateNameError, "duplicate correlation"),
        ({(A, B): 1.5}, ng.ParameterError, "between -1 and 1"),
        ({(A, B): float("nan")}, ng.ParameterError, "between -1 and 1"),
        ({(A, B): "high"}, ng.WrongTypeError, "must be a number"),
        ({A: 0.5}, ng.WrongTypeError, "stake, stake"),
        (np.eye(2), ng.ParameterError, "3 by 3"),
        ([[1, 0.5, 0], [0.4, 1, 0], [0, 0, 1]], ng.ParameterError, "symmetric"),
        ([[1, 2, 0], [2, 1, 0], [0, 0, 1]], ng.ParameterError, "between -1 and 1"),
    ],
)
def test_bad_correlations(given: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ng.rank_correlation(talks(), given)
