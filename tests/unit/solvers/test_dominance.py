"""Dominance by actions and by mixtures, and what common knowledge of rationality leaves."""

from __future__ import annotations

import numpy as np
import pytest

import negotiation as ng

DILEMMA = ng.NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]], players=("US", "China"))
# The third row is worse than a half and a half of the others, and no worse than either alone.
BY_MIXTURE = ng.NormalFormGame([[[3, 0], [0, 3], [1, 1]], [[1, 1], [1, 1], [1, 1]]])


def test_the_dominated_action_and_its_proof() -> None:
    (found,) = ng.dominated_actions(DILEMMA, "US")
    assert (found.player, found.action, found.margin) == (0, 0, 1.0)
    assert found.by == ((1, 1.0),)


def test_mixtures_dominate_more() -> None:
    assert ng.dominated_actions(BY_MIXTURE, 0) == ()
    (found,) = ng.dominated_actions(BY_MIXTURE, 0, by="mixture")
    assert found.action == 2
    assert dict(found.by) == pytest.approx({0: 0.5, 1: 0.5})
    assert found.margin == pytest.approx(0.5)


def test_weak_dominance_needs_one_advantage_and_no_drawback() -> None:
    game = ng.NormalFormGame([[[1, 1], [1, 0], [1, 1]], [[0, 0], [0, 0], [0, 0]]])
    assert ng.dominated_actions(game, 0) == ()
    assert [d.action for d in ng.dominated_actions(game, 0, kind="weak")] == [1]
    assert ng.dominated_actions(game, 1, kind="weak") == ()


def test_weak_dominance_by_a_mixture() -> None:
    game = ng.NormalFormGame([[[2, 0, 1], [0, 2, 1], [1, 1, 0]], np.zeros((3, 3))])
    assert ng.dominated_actions(game, 0, kind="weak") == ()
    assert [d.action for d in ng.dominated_actions(game, 0, kind="weak", by="mixture")] == [2]


def test_rounds_and_proofs_are_recorded() -> None:
    """A chain: each round only one action becomes dominated."""
    game = ng.NormalFormGame([[[1, 1, 0], [0, 0, 2]], [[1, 2, 0], [0, 2, 1]]], players=("row", "column"))
    result = ng.iterated_elimination(game)
    assert [(d.round, d.player, d.action) for d in result.removed] == [(0, 1, 0), (0, 1, 2), (1, 0, 1)]
    assert result.kept == ((0,), (1,))
    assert result.is_dominance_solvable
    assert result.rounds == 2
    assert result.reduced.shape == (1, 1)
    assert str(result).startswith("3 actions removed in 2 rounds; left: row 0; column 1")


def test_proofs_are_given_in_the_positions_of_the_whole_game() -> None:
    game = ng.NormalFormGame([[[0, 0], [1, 0], [2, 1]], [[1, 0], [1, 0], [1, 0]]])
    by_round = {(d.player, d.action): (d.round, d.by) for d in ng.iterated_elimination(game).removed}
    assert by_round == {(0, 0): (0, ((2, 1.0),)), (0, 1): (0, ((2, 1.0),)), (1, 1): (0, ((0, 1.0),))}


def test_three_players_are_told_that_beliefs_may_be_correlated() -> None:
    game = ng.NormalFormGame(np.random.default_rng(0).integers(0, 4, (3, 2, 2, 2)))
    assert "correlated" in ng.rationalizable(game).notes[0]


def test_weak_elimination_says_that_order_matters() -> None:
    assert "order" in ng.iterated_elimination(DILEMMA, kind="weak").notes[0]


@pytest.mark.parametrize(("name", "value"), [("kind", "very"), ("by", "luck")])
def test_unknown_words_are_refused(name: str, value: str) -> None:
    for function in (
        lambda **k: ng.dominated_actions(DILEMMA, 0, **k),
        lambda **k: ng.iterated_elimination(DILEMMA, **k),
    ):
        with pytest.raises(ng.ParameterError, match=f"{name} is {value!r}"):
            function(**{name: value})


def test_an_unknown_player_is_refused() -> None:
    with pytest.raises(ng.UnknownNameError, match="player"):
        ng.dominated_actions(DILEMMA, "Chine")


def test_a_game_of_a_thousand_packages_a_side_is_reduced_to_one() -> None:
    bits = (np.arange(1024)[:, None] >> np.arange(10)) & 1
    rng = np.random.default_rng(3)
    own, other = (bits @ rng.choice([-3, -2, -1, 1, 2, 3], 10) for _ in range(2))
    game = ng.NormalFormGame([own[:, None] + 2.0 * other, other[None, :] + 3.0 * own[:, None]])
    result = ng.iterated_elimination(game)
    assert result.kept == ((int(own.argmax()),), (int(other.argmax()),))
