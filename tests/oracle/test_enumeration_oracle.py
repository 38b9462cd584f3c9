"""Enumeration against a method that shares nothing with it: every square subsystem, in fractions."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

import negotiation as ng
from negotiation.solvers.exact_walk import walk_vertices
from negotiation.solvers.integer_form import integer_form

Point = tuple[Fraction, ...]


def gauss(M: list[list[Fraction]]) -> list[Fraction] | None:
    """Solve the system with the right-hand side in the last column; None if singular."""
    k = len(M)
    for a in range(k):
        p = next((i for i in range(a, k) if M[i][a] != 0), None)
        if p is None:
            return None
        M[a], M[p] = M[p], M[a]
        M[a] = [v / M[a][a] for v in M[a]]
        for i in range(k):
            if i != a:
                M[i] = [v - M[i][a] * w for v, w in zip(M[i], M[a], strict=True)]
    return [line[-1] for line in M]


def extreme_points(table: list[list[int]]) -> dict[Point, tuple[frozenset[int], frozenset[int]]]:
    """Vertices of ``{z >= 0, table z <= 1}`` but the origin, with (zeros, tight)."""
    c, d = len(table), len(table[0])
    out = {}
    for k in range(1, min(c, d) + 1):
        for J in combinations(range(c), k):
            for S in combinations(range(d), k):
                part = gauss([[*(Fraction(table[j][s]) for s in S), Fraction(1)] for j in J])
                if part is None or min(part) < 0:
                    continue
                z = [Fraction(0)] * d
                for s, v in zip(S, part, strict=True):
                    z[s] = v
                values = [sum(a * v for a, v in zip(line, z, strict=True)) for line in table]
                if max(values) <= 1:
                    zeros = frozenset(s for s in range(d) if z[s] == 0)
                    out[tuple(z)] = (zeros, frozenset(j for j in range(c) if values[j] == 1))
    return out


def oracle(A: np.ndarray, B: np.ndarray) -> set[tuple[Point, Point]]:
    positive = [(t - t.min() + 1).tolist() for t in (A, B.T)]
    m, n = A.shape
    first, second = extreme_points(positive[1]), extreme_points(positive[0])
    out = set()
    for x, (zeros, tight) in first.items():
        for y, (zeros_y, tight_y) in second.items():
            if len(zeros | tight_y) == m and len(tight | zeros_y) == n:
                out.add((tuple(v / sum(x) for v in x), tuple(v / sum(y) for v in y)))
    return out


def small_games(seed: int, number: int) -> Iterator[np.ndarray]:
    rng = np.random.default_rng(seed)
    for _ in range(number):
        m, n = rng.integers(1, 5, 2)
        yield rng.integers(0, rng.integers(2, 6), (2, m, n))


@pytest.mark.parametrize("seed", range(8))
def test_enumeration_agrees_with_all_subsystems(seed: int) -> None:
    for payoffs in small_games(seed, 25):
        expected = oracle(*payoffs)
        solution = ng.solve(ng.NormalFormGame(payoffs), ng.VertexEnumeration(exact=True))
        assert {e.profile_exact for e in solution.equilibria} == expected, payoffs.tolist()
        assert solution.complete


def test_batches_agree_with_exact_enumeration_on_thousands_of_games_with_ties() -> None:
    rng = np.random.default_rng(11)
    for m, n, high, number in (
        (2, 2, 3, 600),
        (3, 3, 4, 600),
        (3, 5, 3, 300),
        (5, 3, 10, 300),
        (4, 4, 2, 200),
        (6, 6, 2, 30),
    ):
        games = rng.integers(0, high, (number, 2, m, n))
        batch = ng.solve_batch(games)
        assert batch.complete.all()
        ends = np.cumsum(batch.counts())
        for g, payoffs in enumerate(games):
            solution = ng.solve(ng.NormalFormGame(payoffs), ng.VertexEnumeration(tol=0))
            part = slice(ends[g] - batch.counts()[g], ends[g])
            found = np.hstack([batch.row[part], batch.column[part]])
            expected = np.array([np.concatenate(e.profile) for e in solution.equilibria])
            assert found.shape == expected.shape, payoffs.tolist()
            np.testing.assert_allclose(found, expected, atol=1e-9)


def batch_and_exact(games: np.ndarray) -> None:
    """Every game of the batch against the exact enumeration of it alone: the same equilibria in the same order."""
    batch = ng.solve_batch(games)
    assert batch.complete.all()
    ends = np.cumsum(batch.counts())
    for g, payoffs in enumerate(games):
        solution = ng.solve(ng.NormalFormGame(payoffs), ng.VertexEnumeration(exact=True))
        part = slice(ends[g] - batch.counts()[g], ends[g])
        expected = np.array([np.concatenate(e.profile) for e in solution.equilibria])
        np.testing.assert_allclose(np.hstack([batch.row[part], batch.column[part]]), expected, atol=1e-9)


@pytest.mark.parametrize(("m", "n"), [(2, 5), (5, 2), (8, 3), (3, 8), (5, 5), (5, 8)])
@pytest.mark.parametrize("high", [2, 1000, 2**29])
def test_square_systems_agree_with_exact_enumeration_on_long_games_and_large_numbers(m: int, n: int, high: int) -> None:
    number = 25 if m * n < 40 else 6
    batch_and_exact(np.random.default_rng([m, n, high]).integers(0, high, (number, 2, m, n)).astype(float))


def test_ties_of_payoffs_that_are_not_decimals_are_left_to_the_exact_walk() -> None:
    batch_and_exact(np.random.default_rng(5).integers(0, 3, (60, 2, 3, 3)) / 3)


@pytest.mark.parametrize("unit", [1e-60, 1e-9, 1e60])
def test_units_past_the_reach_of_products_change_no_batch(unit: float) -> None:
    games = np.random.default_rng(6).random((40, 2, 4, 4))
    plain, scaled = ng.solve_batch(games), ng.solve_batch(games * unit)
    np.testing.assert_array_equal(plain.game, scaled.game)
    np.testing.assert_allclose(plain.row, scaled.row, atol=1e-9)
    assert scaled.complete.all()


def test_a_system_that_is_nearly_singular_is_not_trusted() -> None:
    """Two columns that differ by 1e-15 of the range for the row player: the sign is in doubt, the answer exact."""
    A = np.array([[0.1, 0.1 + 1e-16, 0.7], [0.3, 0.3, 0.2], [1 / 3, 1 / 3 - 1e-16, 0.9]])
    games = np.array([[A, A.T[::-1]], [A, A], [A[:, ::-1], A.T]])
    batch_and_exact(games)


@pytest.mark.parametrize("n", [6, 9, 11])
def test_the_walk_in_floats_agrees_with_the_walk_in_integers(n: int) -> None:
    rng = np.random.default_rng(n)
    game = ng.NormalFormGame(rng.integers(0, 10**6, (2, n, n - 1)))
    by_floats = ng.solve(game, ng.VertexEnumeration(exact=True))
    from negotiation.solvers.extreme import exact_extremes
    from negotiation.solvers.limits import Watch

    by_integers = exact_extremes(integer_form(game), Watch())
    assert by_floats.complete
    assert by_integers.finished
    assert len(by_floats) == len(by_integers.pairs)


def test_a_cube_has_its_corners() -> None:
    corners = [v for v in walk_vertices([[1, 0, 0], [0, 1, 0], [0, 0, 1]]) if v is not None]
    assert len(corners) == 8


def test_quantecon_agrees_where_it_is_right() -> None:
    peer = pytest.importorskip("quantecon.game_theory", exc_type=ImportError)
    rng = np.random.default_rng(3)
    for _ in range(20):
        A, B = rng.random((2, 4, 4))
        theirs = peer.vertex_enumeration(peer.NormalFormGame((peer.Player(A), peer.Player(B.T.copy()))))
        assert len(theirs) == len(ng.solve(ng.NormalFormGame([A, B])))
