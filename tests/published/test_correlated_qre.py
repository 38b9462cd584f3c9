"""Correlated equilibria and logit quantal responses with published or independently verified answers.

Payoffs and facts from the sources named in each table row; points to 15 digits were computed there with 60 digits.
"""

from __future__ import annotations

import numpy as np
import pytest

import negotiation as ng

CHICKEN = [[[6, 2], [7, 0]], [[6, 7], [2, 0]]]
BATTLE = [[[3, 0], [0, 2]], [[2, 0], [0, 3]]]
DILEMMA = [[[3, 0], [5, 1]], [[3, 5], [0, 1]]]
NAU_4 = [
    [[[3, 1], [0, 0]], [[0, 0], [1, 2]]],
    [[[0, 0], [2, 1]], [[1, 3], [0, 0]]],
    [[[2, 0], [0, 0]], [[0, 0], [0, 3]]],
]
NAU_6 = [
    [[[2, 1, 1, 2], [0, 0, 0, 0]], [[0, 0, 0, 0], [1, 2, 2, 1]]],
    [[[0, 0, 0, 0], [1, 2, 1, 2]], [[2, 1, 2, 1], [0, 0, 0, 0]]],
    [[[0, 2, 1, 1], [1, 1, 2, 0]], [[1, 1, 0, 2], [2, 0, 1, 1]]],
]
OCHS = [[[1.1141, 0], [0, 0.2785]], [[0, 1.1141], [1.1141, 0]]]
GOEREE_HOLT_44 = [[[44, 40], [40, 80]], [[40, 80], [80, 40]]]
PENNIES = [[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]
BATTLE_21 = [[[2, 0], [0, 1]], [[1, 0], [0, 2]]]

# source, payoffs, distribution, payoffs it gives
DISTRIBUTIONS = [
    ("Aumann (1974), J. Math. Econ. 1: the fair die on three cells", CHICKEN, [[1 / 3, 1 / 3], [1 / 3, 0]], (5, 5)),
    ("Aumann (1974): the best for both together", CHICKEN, [[1 / 2, 1 / 4], [1 / 4, 0]], (21 / 4, 21 / 4)),
    ("Nau, Gómez Canovas, Hansen (2004), IJGT 32, sec. 3: the fair coin", BATTLE, [[1 / 2, 0], [0, 1 / 2]], (2.5, 2.5)),
    ("standard: dominance leaves one", DILEMMA, [[0, 0], [0, 1]], (1, 1)),
]

# source, payoffs, objective, sign, value
OPTIMA = [
    ("Aumann (1974)", CHICKEN, None, 1, 21 / 2),
    ("Aumann (1987), Econometrica 55", CHICKEN, (1, 0), 1, 7),
    ("Aumann (1987)", CHICKEN, "worst_welfare", 1, 36 / 5),
    ("Aumann (1987), the same by weights", CHICKEN, (-1, -1), -1, 36 / 5),
    ("Nau et al. (2004), sec. 3", BATTLE, "welfare", 1, 5),
    ("Nau et al. (2004), sec. 3: the mixed equilibrium", BATTLE, "worst_welfare", 1, 12 / 5),
    ("standard", DILEMMA, "welfare", 1, 2),
]

# source, payoffs, number of vertices of the polytope of correlated equilibria
VERTICES = [
    ("Aumann's chicken", CHICKEN, 5),
    ("Nau et al. (2004), sec. 3", BATTLE, 5),
    ("the dilemma", DILEMMA, 1),
    ("Nau et al. (2004), sec. 4", NAU_4, 33),
    ("Nau et al. (2004), sec. 6", NAU_6, 6),
]

# source, payoffs, precision, first player's first probability, second player's first probability
POINTS = [
    ("McKelvey, Palfrey (1995), GEB 10, Ochs's game", OCHS, 1, 0.586784036663789804, 0.451807031389501080),
    ("the same", OCHS, 2, 0.617521945925901574, 0.371981664218250159),
    ("the same", OCHS, 3, 0.616896850099135927, 0.314016361811706149),
    ("Goeree, Holt (2001), AER 91, table 1", GOEREE_HOLT_44, 0.01, 0.456079637521619502, 0.508783168902675879),
    ("the same", GOEREE_HOLT_44, 0.05, 0.356170656633076553, 0.639989223790615332),
    ("the same", GOEREE_HOLT_44, 0.1, 0.350051440624540969, 0.768451567400296882),
    ("McKelvey, Palfrey (1995): symmetric", PENNIES, 0, 0.5, 0.5),
    ("the same", PENNIES, 1, 0.5, 0.5),
    ("the same", PENNIES, 10, 0.5, 0.5),
    ("McKelvey, Palfrey (1995): principal branch", BATTLE_21, 0.5, 0.545363572968185531, 0.454636427031814469),
    ("the same", BATTLE_21, 1, 0.571150753282999606, 0.428849246717000394),
]


@pytest.mark.parametrize(("source", "payoffs", "joint", "paid"), DISTRIBUTIONS)
def test_published_distributions_leave_nothing_to_gain(source: str, payoffs: list, joint: list, paid: tuple) -> None:
    game = ng.NormalFormGame(payoffs)
    assert ng.disobedience(game, joint).max() <= 1e-12
    assert np.allclose((game.payoffs * np.array(joint)).sum(axis=(1, 2)), paid, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("source", "payoffs", "objective", "sign", "value"), OPTIMA)
def test_optima_over_correlated_equilibria(
    source: str, payoffs: list, objective: object, sign: int, value: float
) -> None:
    found = ng.correlated_equilibrium(ng.NormalFormGame(payoffs), objective)
    assert sign * found.value == pytest.approx(value, abs=1e-9)
    assert found.regret <= 1e-9


@pytest.mark.parametrize(("source", "payoffs", "count"), VERTICES)
def test_random_objectives_reach_every_vertex_of_the_polytope(source: str, payoffs: list, count: int) -> None:
    """A random linear objective is best at one vertex; enough of them find them all and nothing else."""
    game = ng.NormalFormGame(payoffs)
    rng = np.random.default_rng(2004)
    seen = set()
    for _ in range(1200 if count > 10 else 150):
        best = ng.correlated_equilibrium(game, rng.normal(size=game.shape))
        seen.add(tuple((best.distribution.ravel() + 1e-12).round(6).tolist()))
    assert len(seen) == count


@pytest.mark.parametrize(("source", "payoffs", "precision", "first", "second"), POINTS)
def test_published_quantal_responses(source: str, payoffs: list, precision: float, first: float, second: float) -> None:
    (profile,) = ng.quantal_response(ng.NormalFormGame(payoffs), [precision])
    assert profile[0][0] == pytest.approx(first, abs=2e-15)
    assert profile[1][0] == pytest.approx(second, abs=2e-15)


def test_published_fit() -> None:
    """Gambit's tutorial on quantal response, a block of Ochs (1995) as fitted by McKelvey and Palfrey (1995)."""
    fit = ng.fit_quantal_response(ng.NormalFormGame(OCHS), ([8432 / 125, 7568 / 125], [5856 / 125, 10144 / 125]))
    assert fit.precision == pytest.approx(1.8456097536855862, abs=1e-7)
    assert fit.log_likelihood == pytest.approx(-174.76453191087447, abs=1e-10)
    assert fit.profile[0] == pytest.approx([0.615651314427859, 0.3843486855721409], abs=1e-8)
    assert fit.profile[1] == pytest.approx([0.3832909400456291, 0.616709059954371], abs=1e-8)
