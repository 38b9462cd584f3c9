"""Trade and sanction games from the literature and from teaching, with the answers that their sources give."""

from fractions import Fraction

import numpy as np
import pytest

import negotiation as ng

# id, source, row payoffs, column payoffs, pure equilibria, mixed equilibria
GAMES = [
    (
        "US-China tariffs, gains in USD billion (https://wizedu.com/questions/686645)",
        [[60, 20], [50, 40]],
        [[60, 50], [20, 40]],
        {(0, 0), (1, 1)},
        [((2 / 3, 1 / 3), (2 / 3, 1 / 3))],
    ),
    (
        "the same question in its literal units (https://justaaa.com/economics/545668)",
        [[-200, 0.6], [-400, 0]],
        [[-200, -400], [0.6, 0]],
        {(0, 0)},
        [],
    ),
    (
        "Krugman (1987), Is free trade passé?, J. Econ. Perspectives 1(2), 131-144, table 1",
        [[-5, 100], [0, 0]],
        [[-5, 0], [100, 0]],
        {(0, 1), (1, 0)},
        [((20 / 21, 1 / 21), (20 / 21, 1 / 21))],
    ),
    (
        "Tsebelis (1990), Are sanctions effective?, J. Conflict Resolution 34, 3-28, with a heavier penalty",
        [[-7, 3], [1, 0]],
        [[2, -1], [-1, 1]],
        set(),
        [((2 / 5, 3 / 5), (3 / 11, 8 / 11))],
    ),
]


@pytest.mark.parametrize(("source", "row", "column", "pure", "mixed"), GAMES, ids=[g[0][:30] for g in GAMES])
def test_bimatrix_games_have_the_equilibria_of_their_source(source, row, column, pure, mixed):
    solution = ng.solve(ng.NormalFormGame([row, column]))
    assert solution.complete
    found = {tuple(s[0] for s in e.support) for e in solution.equilibria if e.is_pure}
    assert found == pure
    others = [e.profile for e in solution.equilibria if not e.is_pure]
    assert len(others) == len(mixed)
    for profile, expected in zip(others, mixed, strict=True):
        np.testing.assert_allclose(profile, expected, atol=1e-12)


def test_export_subsidies_at_nash_are_a_fifth_of_the_market():
    """Brander & Spencer (1985), J. Int. Econ. 18, 83-100, linear case: bilateral subsidies 1/5, output 2/5 each."""
    grid = [Fraction(k, 20) for k in range(11)]
    output = [[(1 + 2 * own - other) / 3 for other in grid] for own in grid]
    welfare = np.array([[q * q - own * q for q in row] for own, row in zip(grid, output, strict=True)])
    game = ng.NormalFormGame(np.array([welfare, welfare.T]))
    subsidies = {tuple(grid[s[0]] for s in e.support) for e in ng.solve(game, ng.PureEnumeration()).equilibria}
    assert (Fraction(1, 5), Fraction(1, 5)) in subsidies
    assert output[4][4] == Fraction(2, 5)


def test_a_trade_war_is_a_prisoners_dilemma():
    """Harrison & Rutström (1991), Econ. J. 101, 420-435: barriers are the Nash outcome, repeal is better for both."""
    repeal, barriers = 0, 1
    game = ng.NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    (only,) = ng.solve(game).equilibria
    assert only.support == ((barriers,), (barriers,))
    assert (game.payoffs[:, repeal, repeal] > only.payoffs).all()
