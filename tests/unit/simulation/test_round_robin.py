"""Round robins of automata: as matches one by one, as Axelrod's library, with chance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import negotiation as ng

DATA = Path(__file__).parents[2] / "published" / "data" / "axelrod_matches.json"
MATCHES = json.loads(DATA.read_text(encoding="utf-8"))["matches"]


def test_scores_of_axelrods_library() -> None:
    """All published matches of 200 turns, played in one round robin."""
    found = ng.round_robin(turns=200)
    names = list(found.names)
    long = [match for match in MATCHES if match["turns"] == 200]
    assert len(long) > 20
    for match in long:
        i, j = (names.index(name) for name in match["strategies"])
        assert [found.scores[0, i, j], found.scores[0, j, i]] == match["scores"]


def test_every_match_is_that_of_play_match() -> None:
    """Oracle: the loop over single matches, on a stage that is not symmetric."""
    stage = ng.NormalFormGame([[[4, 1], [6, 2]], [[3, 7], [0, 1]]])
    names = ["Grim", "Alternator", "Win-Stay Lose-Shift", "Cyclic DDC"]
    found = ng.round_robin(names, stage, turns=17)
    for i, one in enumerate(names):
        for j, two in enumerate(names):
            match = ng.play_match((one, two), stage, turns=17)
            assert found.totals[0, :, i, j].tolist() == match.payoffs.sum(axis=0).tolist()


def test_noise_is_drawn_from_the_seed() -> None:
    """Two who always cooperate, but for accidents: the mean is that of independent slips."""
    one, same, other = (
        ng.round_robin(["Cooperator", "Tit For Tat"], repetitions=200, noise=0.1, rng=seed) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one.payoffs, same.payoffs)
    assert (one.payoffs != other.payoffs).any()
    expected = 0.81 * 3 + 0.09 * 0 + 0.09 * 5 + 0.01 * 1
    assert one.payoffs[:, 0, 0, 0].mean() == pytest.approx(expected, abs=0.02)
    assert one.ranking()["standard error"].gt(0).all()


def test_mixing_automata_mix() -> None:
    coin = ng.Automaton([[0.25, 0.75]], np.zeros((1, 2, 2), dtype=int), name="coin")
    found = ng.round_robin([coin, "Cooperator"], turns=2000, rng=1)
    assert found.payoffs[0, 0, 0, 1] == pytest.approx(0.25 * 3 + 0.75 * 5, abs=0.1)


def test_a_round_robin_is_a_game_between_strategies() -> None:
    """Among cooperators, defectors and tit for tat, tit for tat on both sides and defection on both are equilibria."""
    found = ng.round_robin(["Tit For Tat", "Defector", "Cooperator"])
    meta = ng.empirical_game(found.payoffs, strategies=found.names, resamples=5)
    supports = [tuple(p.argmax() for p in one.equilibrium.profile) for one in meta.equilibria]
    assert {(0, 0), (1, 1)} <= set(supports)
    assert max(one.equilibrium.regret for one in meta.equilibria) < 1e-9
    assert found.ranking().index[0] in ("Tit For Tat", "Defector")
    assert "round robin of 3 strategies" in str(found)
    assert "<table" in found._repr_html_()


@pytest.mark.parametrize(
    ("arguments", "options", "error"),
    [
        (("Grim",), {}, ng.WrongTypeError),
        ((["Grim", "Grim"],), {}, ng.DuplicateNameError),
        ((["Grimm"],), {}, ng.UnknownNameError),
        (([],), {}, ng.GameShapeError),
        ((None, "dilemma"), {}, ng.WrongTypeError),
        ((None, ng.NormalFormGame(np.zeros((2, 2, 3)))), {}, ng.SolverMismatchError),
        ((None, ng.NormalFormGame(np.zeros((2, 3, 3)))), {}, ng.GameShapeError),
        ((), {"turns": 0}, ng.ParameterError),
        ((), {"repetitions": 0}, ng.ParameterError),
        ((), {"noise": 1.5}, ng.ProbabilityError),
    ],
)
def test_bad_input(arguments: Any, options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        ng.round_robin(*arguments, **options)
