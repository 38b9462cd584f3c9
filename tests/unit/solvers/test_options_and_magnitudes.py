"""Options that make no sense are refused in words; payoffs of any magnitude and type are solved."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import negotiation as ng

DILEMMA = ng.NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
PENNIES = np.array([[[1.0, -1], [-1, 1]], [[-1, 1], [1, -1]]])
BAD_LIMITS = [(0, ng.ParameterError), (-3, ng.ParameterError), *((v, ng.WrongTypeError) for v in ("all", 1.5, True))]
SOLVERS = [
    ng.VertexEnumeration(),
    ng.VertexEnumeration(exact=True),
    ng.SupportEnumeration(),
    ng.PolynomialEnumeration(),
    ng.LemkeHowson(),
    ng.Minimax(),
    ng.LogitPath(),
    ng.OneEquilibrium(),
    ng.SmallSupports(),
]


@pytest.mark.parametrize(
    "kind",
    [ng.VertexEnumeration, ng.SupportEnumeration, ng.PureEnumeration, ng.PolynomialEnumeration, ng.IssueDecomposition],
)
@pytest.mark.parametrize(("limit", "error"), BAD_LIMITS)
def test_a_limit_is_a_positive_whole_number(kind: Any, limit: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"limit is .* must be (positive|a positive whole number)\."):
        kind(limit=limit)


@pytest.mark.parametrize(
    "kind", [ng.VertexEnumeration, ng.PolynomialEnumeration, ng.LemkeHowson, ng.Minimax, ng.LogitPath]
)
@pytest.mark.parametrize("deadline", [0, -1.0, float("nan"), "soon"])
def test_a_deadline_is_a_positive_number(kind: Any, deadline: Any) -> None:
    with pytest.raises(
        (ng.ParameterError, ng.WrongTypeError), match=r"deadline is .* must be (positive|a positive number)\."
    ):
        kind(deadline=deadline)


@pytest.mark.parametrize("tol", [-1e-9, float("nan"), 1.0, "small"])
def test_a_tolerance_is_a_share(tol: Any) -> None:
    for kind in (ng.VertexEnumeration, ng.SupportEnumeration, ng.PureEnumeration):
        with pytest.raises((ng.ParameterError, ng.WrongTypeError), match="share of the payoff range"):
            kind(tol=tol)
    with pytest.raises((ng.ParameterError, ng.WrongTypeError), match="share of the payoff range"):
        ng.solve_batch(PENNIES[None], tol=tol)
    with pytest.raises((ng.ParameterError, ng.WrongTypeError), match="share of the payoff range"):
        ng.pure_batch(PENNIES[None], tol=tol)


@pytest.mark.parametrize(
    "options", [{"threads": 0}, {"threads": 1.5}, {"limit": "x"}, {"deadline": -1}, {"progress": 5}]
)
def test_options_of_a_batch(options: dict[str, Any]) -> None:
    with pytest.raises((ng.ParameterError, ng.WrongTypeError)):
        ng.solve_batch(PENNIES[None], **options)


@pytest.mark.parametrize("solver", SOLVERS, ids=repr)
@pytest.mark.parametrize("scale", [1e-300, 1e-30, 1.0, 2.0**31 - 1, 1e13, 2.0**40, 1e30, 1e308])
def test_units_of_any_size(solver: Any, scale: float) -> None:
    (e,) = ng.solve(ng.NormalFormGame(PENNIES * scale), solver).equilibria
    for p in e.profile:
        np.testing.assert_allclose(p, [0.5, 0.5], atol=1e-9)
    assert e.regret <= 1e-9 * scale


def test_a_batch_in_any_unit() -> None:
    scales = np.array([1e-300, 1e-30, 1.0, 1e13, 1e30, 1e308])
    batch = ng.solve_batch(PENNIES * scales[:, None, None, None])
    assert batch.complete.all()
    np.testing.assert_allclose(batch.row, 0.5)


def test_what_is_lost_in_floats_is_solved_in_rationals() -> None:
    big = 2**53
    for payoffs in (
        [[[big, big + 1]]] * 2,
        np.array([[[big, big + 1]]] * 2),
        np.array([[[big, big + 1]]] * 2, np.uint64),
    ):
        game = ng.NormalFormGame(payoffs)
        assert not game.is_float_exact
        assert [e.support for e in ng.solve(game).equilibria] == [((0,), (1,))]
    assert ng.NormalFormGame(np.array([[[3, 5]]] * 2, np.uint8)).is_float_exact


def test_extended_floats_and_mixed_numbers() -> None:
    third = np.longdouble(1) / 3
    game = ng.NormalFormGame(np.array([[[third, 0], [0, third]]] * 2, np.longdouble))
    assert game.exact_payoffs[0, 0, 0] == Fraction(*third.as_integer_ratio())
    assert len(ng.solve(game, ng.VertexEnumeration(exact=True))) == 3
    mixed = ng.NormalFormGame([[[Fraction(1, 3), Decimal("0.1")], [2**70, 0.5]]] * 2)
    assert mixed.exact_payoffs[1].tolist() == [[Fraction(1, 3), Fraction(1, 10)], [2**70, Fraction(1, 2)]]


def test_gaps_and_numbers_that_are_none() -> None:
    with pytest.raises(ng.WrongTypeError, match=r"\(0, 1, 0\).*masked"):
        ng.NormalFormGame(np.ma.masked_array(PENNIES, mask=np.arange(8).reshape(2, 2, 2) == 2))
    with pytest.raises(ng.NotFiniteError, match="signalling"):
        ng.NormalFormGame([[[Decimal("sNaN")]], [[1]]])
    with pytest.raises(ng.WrongTypeError, match=r"not every entry|is not a real number"):
        ng.regret(DILEMMA, (["a", "b"], [1, 0]))
    with pytest.raises(ng.WrongTypeError, match="real number"):
        ng.fit_quantal_response(DILEMMA, [["a", "b"], [0, 0]])
    with pytest.raises(ng.WrongTypeError, match="one list of numbers a player"):
        ng.fit_quantal_response(DILEMMA, None)  # type: ignore[arg-type]
