"""Independent methods: exact vertices of small correlated polytopes, an integrated branch, and Gambit where installed."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest

import negotiation as ng

Rows = list[list[Fraction]]


def solve_exactly(rows: Rows, right: list[Fraction]) -> list[Fraction] | None:
    """Gauss-Jordan in rationals; None when singular."""
    n = len(rows)
    table = [[*row, b] for row, b in zip(rows, right, strict=True)]
    for k in range(n):
        pivot = next((r for r in range(k, n) if table[r][k]), None)
        if pivot is None:
            return None
        table[k], table[pivot] = table[pivot], table[k]
        table[k] = [v / table[k][k] for v in table[k]]
        for r in range(n):
            if r != k and table[r][k]:
                table[r] = [v - table[r][k] * w for v, w in zip(table[r], table[k], strict=True)]
    return [row[-1] for row in table]


def exact_vertices(game: ng.NormalFormGame, coarse: bool) -> list[list[Fraction]]:
    """Every vertex of the polytope of (coarse) correlated equilibria, by trying all bases; from the definition."""
    U, cells = game.exact_payoffs, list(np.ndindex(*game.shape))
    rows: Rows = [[Fraction(int(c == d)) for d in cells] for c in cells]
    for i in range(game.n_players):
        for b in range(game.shape[i]):
            gains = [
                [U[(i, *c)] - U[(i, *c[:i], b, *c[i + 1 :])] if c[i] == a else Fraction(0) for c in cells]
                for a in range(game.shape[i])
            ]
            if coarse:
                rows.append([sum(column, Fraction(0)) for column in zip(*gains, strict=True)])
            else:
                rows += [row for a, row in enumerate(gains) if a != b]
    ones, n = [Fraction(1)] * len(cells), len(cells)
    found = []
    for chosen in combinations(range(len(rows)), n - 1):
        point = solve_exactly([ones, *(rows[k] for k in chosen)], [Fraction(1)] + [Fraction(0)] * (n - 1))
        if point is not None and all(sum(a * p for a, p in zip(row, point, strict=True)) >= 0 for row in rows):
            found.append(point)
    return found


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("coarse", [False, True])
def test_optima_are_those_of_the_exact_vertices(seed: int, coarse: bool) -> None:
    """The best and worst over all vertices, in rationals, are what the linear program finds."""
    rng = np.random.default_rng(seed)
    shape = (2, 3) if seed % 6 == 0 else (2, 2)
    game = ng.NormalFormGame(rng.integers(0, 4, (2, *shape)))
    welfare = [float(sum(p * u for p, u in zip(v, game.exact_payoffs.sum(axis=0).ravel(), strict=True)))
               for v in exact_vertices(game, coarse)]  # fmt: skip
    assert ng.correlated_equilibrium(game, coarse=coarse).value == pytest.approx(max(welfare), abs=1e-9)
    assert ng.correlated_equilibrium(game, "worst_welfare", coarse=coarse).value == pytest.approx(
        min(welfare), abs=1e-9
    )


@pytest.mark.parametrize("shape", [(2, 2), (3, 2), (3, 3), (2, 2, 2)])
def test_branch_agrees_with_its_differential_equation(shape: tuple[int, ...]) -> None:
    """Before any fold, Runge-Kutta in the probabilities themselves gives the same play."""
    from scipy.integrate import solve_ivp

    game = ng.NormalFormGame(np.random.default_rng(sum(shape)).integers(0, 5, (len(shape), *shape)))
    ends = np.cumsum((0, *shape))

    def response(p: np.ndarray, lam: float) -> np.ndarray:
        profile = [p[a:b] for a, b in pairwise(ends)]
        out = []
        for i in range(len(shape)):
            e = np.exp(lam * ng.action_values(game, profile, i))
            out.append(e / e.sum())
        return np.concatenate(out)

    def velocity(lam: float, p: np.ndarray) -> np.ndarray:
        """dp/dλ from the implicit function theorem, derivatives by central differences."""
        h, n = 1e-6, p.size
        by_p = np.column_stack([(response(p + h * e, lam) - response(p - h * e, lam)) / (2 * h) for e in np.eye(n)])
        by_lam = (response(p, lam + h) - response(p, lam - h)) / (2 * h)
        return np.linalg.solve(np.eye(n) - by_p, by_lam)

    start = np.concatenate([np.full(m, 1 / m) for m in shape])
    run = solve_ivp(velocity, (0, 0.6), start, rtol=1e-9, atol=1e-11)
    (profile,) = ng.quantal_response(game, 0.6)
    assert np.concatenate(profile) == pytest.approx(run.y[:, -1], abs=1e-7)


def _gambit(game: ng.NormalFormGame) -> Any:
    pygambit = pytest.importorskip("pygambit")
    return pygambit, pygambit.Game.from_arrays(*[np.asarray(t) for t in game.payoffs])


@pytest.mark.parametrize("shape", [(2, 2), (3, 3), (5, 5), (2, 2, 2), (3, 3, 3)])
def test_limit_is_gambits(shape: tuple[int, ...]) -> None:
    """Gambit's tracing of the same branch ends near our limit, and ours is the better equilibrium."""
    rng = np.random.default_rng(10 + sum(shape))
    for _ in range(3):
        game = ng.NormalFormGame(rng.integers(0, 10, (len(shape), *shape)) + rng.random((len(shape), *shape)))
        pygambit, theirs = _gambit(game)
        (found,) = pygambit.nash.logit_solve(theirs).equilibria
        profile = [np.array([float(found[s]) for s in p.strategies]) for p in theirs.players]
        ours = ng.solve(game, ng.LogitPath()).equilibria[0]
        for p, q in zip(ours.profile, profile, strict=True):
            assert p == pytest.approx(q / q.sum(), abs=5e-3)
        assert ours.regret <= 1e-12
