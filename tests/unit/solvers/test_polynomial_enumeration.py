"""N-player enumeration: its proofs, its honesty about degenerate supports, its budgets."""

from __future__ import annotations

import numpy as np
import pytest

import negotiation as ng
from negotiation.solvers import polynomial
from negotiation.solvers.support_system import conditions, fails_inside, is_refuted, isolate, unit_rows

VOLUNTEERS = ng.NormalFormGame(
    [[[[1, 1], [1, 1]], [[2, 0], [0, 0]]], [[[1, 1], [2, 0]], [[1, 1], [0, 0]]], [[[1, 2], [1, 0]], [[1, 0], [1, 0]]]]
)


def roots_of(payoffs: np.ndarray, support: tuple[tuple[int, ...], ...]) -> tuple[np.ndarray, bool]:
    table, E = conditions(payoffs, support)
    result = isolate(unit_rows(table), E, tuple(map(len, support)), max_cells=10**6, until=None)
    return np.array([np.concatenate(p) for p in result.profiles]), result.proved


def test_volunteers_have_seven_equilibria() -> None:
    """Diekmann (1985): each may stay out if another helps; symmetric mixing at the root of one half."""
    solution = ng.solve(VOLUNTEERS, ng.PolynomialEnumeration())
    assert (len(solution), solution.complete) == (7, True)
    mixed = [e for e in solution.equilibria if all(len(s) == 2 for s in e.support)]
    np.testing.assert_allclose([p[0] for p in mixed[0].profile], 0.5**0.5, atol=1e-14)


def test_random_two_player_games_agree_with_vertex_enumeration() -> None:
    """Two independent methods: polytope vertices, and subdivision of simplices."""
    rng = np.random.default_rng(2)
    for _ in range(25):
        game = ng.NormalFormGame(rng.random((2, 3, 4)))
        ours = ng.solve(game, ng.PolynomialEnumeration())
        theirs = ng.solve(game, ng.VertexEnumeration())
        assert ours.complete
        assert sorted(e.support for e in ours.equilibria) == sorted(e.support for e in theirs.equilibria)


@pytest.mark.parametrize("shape", [(2, 2, 2), (3, 3, 3), (2, 3, 4), (2, 2, 2, 2)])
def test_generic_games_have_an_odd_number_of_equilibria_and_the_list_is_proved(shape: tuple[int, ...]) -> None:
    """Wilson (1971), Harsanyi (1973). One overlooked equilibrium would make the number even."""
    for seed in range(12):
        game = ng.NormalFormGame(np.random.default_rng([seed, *shape]).random((len(shape), *shape)))
        solution = ng.solve(game, ng.PolynomialEnumeration())
        assert solution.complete
        assert len(solution) % 2 == 1
        assert max(e.regret for e in solution.equilibria) < 1e-12


def test_roots_of_two_by_two_by_two_match_the_quadratic() -> None:
    """Completely mixed: eliminating two players leaves a quadratic for the third."""
    rng = np.random.default_rng(8)
    full = ((0, 1),) * 3
    for _ in range(40):
        payoffs = rng.random((3, 2, 2, 2))
        d = [np.moveaxis(payoffs[i], i, 0)[0] - np.moveaxis(payoffs[i], i, 0)[1] for i in range(3)]
        form = [(t[0, 0] - t[0, 1] - t[1, 0] + t[1, 1], t[0, 1] - t[1, 1], t[1, 0] - t[1, 1], t[1, 1]) for t in d]
        (a0, b0, c0, e0), (a1, b1, c1, e1), (a2, b2, c2, e2) = form
        # y from player 3's condition and z from player 2's, both in terms of x, put into player 1's condition
        x_y = (np.poly1d([b2, e2]), np.poly1d([a2, c2]))  # y = -(b2 x + e2) / (a2 x + c2)
        x_z = (np.poly1d([b1, e1]), np.poly1d([a1, c1]))
        quadratic = x_y[0] * x_z[0] * a0 - x_y[0] * x_z[1] * b0 - x_z[0] * x_y[1] * c0 + x_y[1] * x_z[1] * e0
        expected = []
        for x in quadratic.roots:
            if abs(x.imag) < 1e-12:
                point = [x.real, float(-x_y[0](x.real) / x_y[1](x.real)), float(-x_z[0](x.real) / x_z[1](x.real))]
                if all(0 < p < 1 for p in point):
                    expected.append(point)
        game = ng.NormalFormGame(payoffs)
        found = [
            [p[0] for p in e.profile]
            for e in ng.solve(game, ng.PolynomialEnumeration()).equilibria
            if e.support == full
        ]
        assert len(found) == len(expected)
        np.testing.assert_allclose(sorted(found), sorted(expected), atol=1e-9)


def test_a_double_root_stays_open() -> None:
    """Player conditions that touch without crossing: a singular root can be found but not proved single."""
    x = np.array([1.0, -1.0])
    first, second = np.multiply.outer(x, x), np.multiply.outer(x, x)
    third = np.multiply.outer(x, x)
    payoffs = np.zeros((3, 2, 2, 2))
    payoffs[0, 0], payoffs[1][:, 0], payoffs[2][:, :, 0] = first, second, third
    solution = ng.solve(ng.NormalFormGame(payoffs), ng.PolynomialEnumeration())
    assert not solution.complete
    assert "degenerate" in solution.notes[-1]
    assert any(all(len(s) == 2 for s in e.support) for e in solution.equilibria)


def test_contradicting_conditions_are_refuted_exactly() -> None:
    """Minimum effort: the middle effort beats a half and a half of the others, so nobody mixes just these."""
    low, cost = 1, 10
    effort = np.indices((3, 3, 3))
    payoffs = np.array([low + 11 * effort.min(axis=0) - cost * effort[i] for i in range(3)], dtype=object)
    support = ((0, 2), (0, 2), (0, 1, 2))
    table, E = conditions(payoffs, support)
    assert not fails_inside(table.astype(float), E)
    assert is_refuted(table, E)
    assert ng.solve(ng.NormalFormGame(payoffs), ng.PolynomialEnumeration()).complete


def test_conditions_that_can_hold_are_not_refuted() -> None:
    game = ng.NormalFormGame(np.array([[[2, 0], [0, 1]], [[1, 0], [0, 2]]]))
    assert not is_refuted(*conditions(game.exact_payoffs, ((0, 1), (0, 1))))


def test_roots_outside_the_simplices_are_no_equilibria() -> None:
    game = np.array([[[3.0, 1.0], [2.0, 0.5]], [[0.0, 1.0], [1.0, 0.0]]])
    points, proved = roots_of(game, ((0, 1), (0, 1)))
    assert proved
    assert not len(points) or (points < 0).any()


def test_limit_deadline_and_ctrl_c_give_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    some = ng.solve(VOLUNTEERS, ng.PolynomialEnumeration(limit=2))
    assert (len(some), some.status, some.complete) == (2, ng.Status.LIMIT, False)
    late = ng.solve(VOLUNTEERS, ng.PolynomialEnumeration(deadline=1e-9))
    assert (late.status, late.complete) == (ng.Status.DEADLINE, False)
    look, calls = polynomial.SupportSearch.look, iter(range(100))

    def stopped(self: polynomial.SupportSearch, support: object) -> None:
        if next(calls) == 2:
            raise KeyboardInterrupt
        look(self, support)  # type: ignore[arg-type]

    monkeypatch.setattr(polynomial.SupportSearch, "look", stopped)
    assert ng.solve(VOLUNTEERS, ng.PolynomialEnumeration()).status is ng.Status.INTERRUPTED


@pytest.mark.parametrize("name", ["limit", "deadline", "tol", "max_cells"])
def test_options_are_positive(name: str) -> None:
    with pytest.raises(ng.ParameterError, match="must be positive"):
        ng.PolynomialEnumeration(**{name: 0})


@pytest.mark.parametrize(("high", "number", "complete"), [(1e11, 3, True), (1e14, 2, False)])
def test_tiny_probabilities_are_found_or_reported(high: float, number: int, complete: bool) -> None:
    """The mixed equilibrium has probability 1 / high: past what floats can tell from nought, the list is not complete."""
    game = ng.NormalFormGame([[[high, 0], [0, 1]], [[1, 0], [0, high]]])
    solution = ng.solve(game, ng.PolynomialEnumeration())
    assert (len(solution), solution.complete) == (number, complete)


def test_one_player_picks_the_best() -> None:
    solution = ng.solve(ng.NormalFormGame([[1, 5, 2]]), ng.PolynomialEnumeration())
    assert [e.support for e in solution.equilibria] == [((1,),)]
