"""Shares of draws with their errors, against cases whose probability is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

import negotiation as ng


def talks(law: ng.Distribution | None = None) -> ng.Negotiation:
    """B gains between -1 and 3 by x, evenly: it accepts with probability 3/4."""
    value = ng.Distribution.uniform(-1, 3) if law is None else law
    return ng.Negotiation(
        [ng.Party("A", credibility=ng.Distribution.uniform(0, 1)), ng.Party("B")],
        [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
        [ng.Stake("B", "x", "lifted", value), ng.Stake("B", "y", "lifted", ng.Distribution.uniform(-1, 1))],
    )


def test_the_error_covers_the_truth_as_often_as_it_should() -> None:
    """Of 300 estimates about 95 % lie within 1.96 standard errors of 3/4: between 90 % and 99 % for a right error."""
    t = talks()
    answers = [
        ng.probability(t, t.package("x"), draws=400, party="B", rng=np.random.default_rng(seed)) for seed in range(300)
    ]
    covered = np.mean([abs(a.value - 0.75) <= 1.96 * a.standard_error for a in answers])
    assert 0.90 <= covered <= 0.99
    inside = np.mean([a.interval[0] <= 0.75 <= a.interval[1] for a in answers])
    assert 0.90 <= inside <= 0.99


def test_sobol_covers_too_and_is_closer() -> None:
    """x + y >= 0 with x in [-1, 3] and y in [-1, 1] has probability 3/4."""
    t = talks()
    answers = [
        ng.probability(t, t.package("x", "y"), draws=256, party="B", rng=np.random.default_rng(seed), method="sobol")
        for seed in range(100)
    ]
    covered = np.mean([abs(a.value - 0.75) <= 3 * a.standard_error + 1e-12 for a in answers])
    assert covered >= 0.93
    independent = ng.probability(t, t.package("x", "y"), draws=256, party="B")
    assert np.mean([a.standard_error for a in answers]) < independent.standard_error / 2


def test_sobol_rounds_up_to_powers_of_two() -> None:
    assert ng.probability(talks(), talks().package("x"), draws=1000, method="sobol").draws == 16 * 64


def test_quantiles_of_the_margin() -> None:
    answer = ng.probability(talks(), talks().package("x"), party="B", draws=50_000)
    assert answer.margin_quantiles == pytest.approx((-0.8, 1.0, 2.8), abs=0.05)


def test_a_credibility_may_be_uncertain() -> None:
    """x is worth 2 if delivered, with odds c uniform, against 1: enough when c >= 1/2."""
    t = talks(ng.Distribution.uniform(1.9999, 2.0001)).with_party("B", reservation=1)
    answer = ng.probability(t, t.package("x"), party="B", criterion="worth_the_doubt", draws=20_000)
    assert answer.value == pytest.approx(0.5, abs=4 * answer.standard_error)


def test_a_veto_has_a_margin_without_end() -> None:
    """A margin of minus infinity is a quantile like any other."""
    council = ng.Ratifier("council", vetoes={"x": "lifted"})
    t = talks().with_party("B", ratifiers=(council,))
    answer = ng.probability(t, t.package("x"), criterion="ratifiable", draws=100)
    assert answer.value == 0
    assert answer.margin_quantiles == (-math.inf,) * 3


def test_the_same_twice_without_a_generator() -> None:
    a, b = (ng.probability(talks(), talks().package("x")) for _ in range(2))
    assert a == b
    assert "default_rng(0)" in a.notes[0]


def test_a_generator_moves_on() -> None:
    rng = np.random.default_rng(1)
    a, b = (ng.probability(talks(), talks().package("x"), rng=rng, party="B", draws=999).value for _ in range(2))
    assert a != b


def test_certainty_has_an_interval_of_some_width() -> None:
    answer = ng.probability(talks(), talks().status_quo, draws=1000)
    assert answer.value == 1
    assert answer.standard_error == 0
    assert 0.99 < answer.interval[0] < 1


def test_many_are_arrays_and_single_answers() -> None:
    t = talks()
    many = ng.probabilities(t, [t.status_quo, t.package("x")], party="B", draws=1000)
    assert many.value.shape == many.standard_error.shape == (2,)
    assert many[1] == ng.probability(t, t.package("x"), party="B", draws=1000)
    assert [float(p) for p in many] == many.value.tolist()
    assert many[0:2] == (many[0], many[1])
    assert many.to_frame()["probability"].tolist() == many.value.tolist()
    assert "probability" in str(many)
    assert "<table" in many._repr_html_()


def test_what_cannot_be_applied_is_not_a_number() -> None:
    t = talks().with_party("A", credibility=None)
    answer = ng.probability(t, t.package("x"), criterion="worth_the_doubt", draws=10)
    assert math.isnan(answer.value)
    assert answer.applicable == 0
    assert "cannot be applied" in str(answer)
    assert all(math.isnan(end) for end in answer.interval)


@pytest.mark.parametrize("draws", [0, -5, 2.5, True])
def test_bad_draws(draws: object) -> None:
    with pytest.raises(ng.ParameterError, match="draws"):
        ng.probability(talks(), talks().package("x"), draws=draws)


def test_bad_input() -> None:
    t = talks()
    with pytest.raises(ng.ParameterError, match="method"):
        ng.probability(t, t.package("x"), method="latin")
    with pytest.raises(ng.WrongTypeError, match="Generator"):
        ng.probability(t, t.package("x"), rng=np.random.RandomState(1))
    with pytest.raises(ng.UnknownNameError):
        ng.probability(t, t.package("x"), party="C")
    with pytest.raises(ng.WrongTypeError, match="several packages"):
        ng.probabilities(t, t.package("x"))
    with pytest.raises(ng.EmptyPackageError, match="no package"):
        ng.probabilities(t, [])
