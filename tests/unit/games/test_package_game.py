"""Package games: payoffs, the table they stand for, and bad input."""

from __future__ import annotations

import pickle
from itertools import product

import numpy as np
import pytest

import negotiation as ng

STAKES = [[[0, -1], [0, 3]], [[0, 2], [0, -1]], [[0, 1, 4], [0, 0, -2]]]


def test_payoffs_add_up_and_combinations_count() -> None:
    game = ng.PackageGame(STAKES, (0, 1, 1), synergies=[({0: 1, 2: 2}, [10, 20])])
    np.testing.assert_array_equal(game.payoffs_of((1, 1, 2)), [-1 + 2 + 4 + 10, 3 - 1 - 2 + 20])
    np.testing.assert_array_equal(game.payoffs_of((0, 1, 2)), [6, -3])


def test_the_table_has_every_package_in_its_place() -> None:
    game = ng.PackageGame(STAKES, (1, 0, 1), synergies=[({0: 1, 1: 1}, [5, 7])])
    table = game.to_normal_form()
    assert table.shape == game.shape == (2, 6)
    assert table.actions[1][4] == "1,1"
    for a, b, c in product(range(2), range(2), range(3)):
        np.testing.assert_array_equal(table.payoffs[:, b, 3 * a + c], game.payoffs_of((a, b, c)))


def test_a_player_without_issues_has_one_action() -> None:
    table = ng.PackageGame(STAKES, (1, 1, 1)).to_normal_form()
    assert table.shape == (1, 12)
    assert table.actions[0] == ("nothing to settle",)


def test_a_table_too_large_is_refused() -> None:
    game = ng.PackageGame([np.zeros((2, 2))] * 40, [0] * 20 + [1] * 20)
    with pytest.raises(ng.SizeLimitError, match="1099511627776 cells"):
        game.to_normal_form()


@pytest.mark.parametrize(
    ("stakes", "owners", "synergies", "error", "message"),
    [
        ([], (), (), ng.GameShapeError, "at least one issue"),
        (STAKES, (0, 1), (), ng.GameShapeError, "2 owners given for 3 issues"),
        ([[0, 1]], (0,), (), ng.GameShapeError, "expected \\(players, options\\)"),
        ([[[0, 1], [0, 1]], [[0, 1]]], (0, 0), (), ng.GameShapeError, "issue 1"),
        ([[[0, np.nan], [0, 1]]], (0,), (), ng.NotFiniteError, "player 0 in option 1 of issue 0 is nan"),
        (STAKES, (0, 1, 2), (), ng.UnknownNameError, "the owner of issue 2"),
        (STAKES, (0, 1, 1), [({}, [0, 0])], ng.ParameterError, "at least one option"),
        (STAKES, (0, 1, 1), [({5: 0}, [0, 0])], ng.UnknownNameError, "issue"),
        (STAKES, (0, 1, 1), [({0: 2}, [0, 0])], ng.UnknownNameError, "option"),
        (STAKES, (0, 1, 1), [({0: 1}, [0, 0, 0])], ng.GameShapeError, "one a player"),
        (STAKES, (0, 1, 1), [({0: 1}, [0, np.inf])], ng.NotFiniteError, "finite"),
    ],
)
def test_bad_input_is_named(stakes, owners, synergies, error, message) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(error, match=message):
        ng.PackageGame(stakes, owners, synergies=synergies)


def test_names_are_unique() -> None:
    with pytest.raises(ng.DuplicateNameError, match="issue"):
        ng.PackageGame(STAKES, (0, 1, 1), issues=("a", "b", "a"))


def test_packages_must_fit() -> None:
    game = ng.PackageGame(STAKES, (0, 1, 1))
    with pytest.raises(ng.GameShapeError, match="2 options given for 3 issues"):
        game.payoffs_of((0, 0))
    with pytest.raises(ng.UnknownNameError, match="issue 3"):
        game.payoffs_of((0, 0, 3))


def test_package_games_are_picklable() -> None:
    game = ng.PackageGame(STAKES, (0, 1, 1), synergies=[({0: 1, 2: 2}, [10, 20])], unit="USD")
    again = pickle.loads(pickle.dumps(game))
    np.testing.assert_array_equal(again.payoffs_of((1, 0, 2)), game.payoffs_of((1, 0, 2)))
    assert repr(again) == repr(game) == "<PackageGame of 3 issues (player 1 1, player 2 2), 1 synergies>"
