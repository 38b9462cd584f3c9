"""Coalitional games with known values, from textbooks, from Sage and from the cooperative-games library."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import negotiation as ng
from negotiation.games.classic_coalitional import airport, bankruptcy, glove, weighted_voting


def table(*worth: float) -> ng.CoalitionalGame:
    """Three or four players; coalitions by size, then alphabetically, as the sources list them."""
    n = {7: 3, 15: 4}[len(worth)]
    masks = sorted(range(1, 2**n), key=lambda m: (m.bit_count(), [i for i in range(n) if m >> i & 1]))
    values = np.zeros(2**n)
    values[masks] = worth
    return ng.CoalitionalGame(values)


GAMES = {
    # https://github.com/sagemath/sage, src/sage/game_theory/cooperative_game.py
    "sage_integer": (
        table(6, 12, 42, 12, 42, 42, 42),
        {"shapley": (2, 5, 35), "prenucleolus": (0, 6, 36), "empty": True, "convex": False},
    ),
    # https://github.com/edgarWolf/cooperative-games, tests/test_game.py
    "cg_shap1": (
        table(2, 4, 5, 18, 14, 9, 24),
        {
            "shapley": (19 / 2, 8, 13 / 2),
            "tau": (23 / 2, 7, 11 / 2),
            "core": [(8, 10, 6), (9, 10, 5), (14, 4, 6), (15, 4, 5)],
            "nucleolus": (23 / 2, 7, 11 / 2),
            "empty": False,
            "convex": False,
        },
    ),
    "cg_airport4": (
        table(120, 60, 40, 30, 120, 120, 120, 60, 60, 40, 120, 120, 120, 60, 120),
        {
            "shapley": (Fraction(485, 6), Fraction(125, 6), Fraction(65, 6), 7.5),
            "prenucleolus": (Fraction(260, 3), Fraction(80, 3), Fraction(20, 3), 0),
            "empty": True,
            "convex": False,
        },
    ),
    "cg_core_pt": (
        table(0, 1, 2, 3, 4, 5, 6),
        {"core": [(1, 2, 3)], "shapley": (1, 2, 3), "nucleolus": (1, 2, 3), "empty": False, "convex": False},
    ),
    "cg_banz2": (
        table(0, 0, 0, 1, 2, 1, 4),
        {
            "banzhaf": (1.5, 1, 1.5),
            "convex": True,
            "shapley": (1.5, 1, 1.5),
            "nucleolus": (1.5, 1, 1.5),
            "empty": False,
        },
    ),
    "cg_60core": (
        table(0, 0, 0, 60, 60, 60, 72),
        {"shapley": (24, 24, 24), "nucleolus": (24, 24, 24), "empty": True, "convex": False},
    ),
    # https://github.com/edgarWolf/cooperative-games, tests/test_weigthed_voting_game.py
    "[10; 8,4,1]": (
        weighted_voting(10, [8, 4, 1]),
        {"shapley": (0.5, 0.5, 0), "nucleolus": (0.5, 0.5, 0), "empty": False, "convex": True},
    ),
    # EEC Council 1958-72; Felsenthal & Machover (1998): Luxembourg is a dummy
    "[12; 4,4,4,2,2,1]": (
        weighted_voting(12, [4, 4, 4, 2, 2, 1]),
        {"shapley": (Fraction(7, 30),) * 3 + (0.15, 0.15, 0), "empty": True, "convex": False},
    ),
    # Brams (1975)
    "[51; 50,49,1]": (
        weighted_voting(51, [50, 49, 1]),
        {
            "shapley": (Fraction(2, 3), Fraction(1, 6), Fraction(1, 6)),
            "nucleolus": (1, 0, 0),
            "empty": False,
            "convex": False,
        },
    ),
    # Banzhaf (1965), Weighted voting doesn't work, Rutgers Law Rev. 19, 317-343
    "nassau64": (
        weighted_voting(58, [31, 31, 28, 21, 2, 2]),
        {"swings": (16, 16, 16, 0, 0, 0), "shapley": (Fraction(1, 3),) * 3 + (0, 0, 0), "empty": True, "convex": False},
    ),
    # Shapley & Shubik (1954), APSR 48, 787-792: the Security Council before 1965
    "unsc11": (weighted_voting(27, [5] * 5 + [1] * 6), {"shapley": (Fraction(76, 385),) * 5 + (Fraction(1, 462),) * 6}),
    # Shapley & Shubik (1969), Int. Econ. Rev. 10
    "glove_2L3R": (
        glove([0, 1], 5),
        {
            "shapley": (0.65, 0.65) + (Fraction(7, 30),) * 3,
            "nucleolus": (1, 1, 0, 0, 0),
            "empty": False,
            "convex": False,
        },
    ),
    # Aumann & Maschler (1985), J. Econ. Theory 36, 195-213; Mishnah Ketubot 93a
    "talmud_100": (
        bankruptcy(100, [100, 200, 300]),
        {"nucleolus": (Fraction(100, 3),) * 3, "shapley": (Fraction(100, 3),) * 3, "empty": False, "convex": True},
    ),
    "talmud_300": (
        bankruptcy(300, [100, 200, 300]),
        {"nucleolus": (50, 100, 150), "shapley": (50, 100, 150), "empty": False, "convex": True},
    ),
    "talmud_500": (
        bankruptcy(500, [100, 200, 300]),
        {
            "nucleolus": (Fraction(200, 3), Fraction(500, 3), Fraction(800, 3)),
            "shapley": (Fraction(200, 3), Fraction(500, 3), Fraction(800, 3)),
            "empty": False,
            "convex": True,
        },
    ),
    "bankr4": (
        bankruptcy(150, [30, 60, 90, 120]),
        {"shapley": (15, 30, 45, 60), "nucleolus": (15, 30, 45, 60), "empty": False, "convex": True},
    ),
    # Littlechild & Owen (1973), Management Science 20
    "airport4": (
        airport([12, 20, 28, 30]),
        {
            "shapley": (-3, Fraction(-17, 3), Fraction(-29, 3), Fraction(-35, 3)),
            "nucleolus": (-6, -7, -7.5, -9.5),
            "empty": False,
            "convex": True,
        },
    ),
    # Shapley (1953): unanimity of the first two
    "unan3": (
        table(0, 0, 0, 1, 0, 0, 1),
        {"shapley": (0.5, 0.5, 0), "nucleolus": (0.5, 0.5, 0), "convex": True, "empty": False},
    ),
    # Shapley & Shubik (1967), QJE 81: a landlord and two workers
    "landowner3": (
        table(0, 0, 0, 0.5, 0.5, 0, 1),
        {"shapley": (0.5, 0.25, 0.25), "nucleolus": (0.5, 0.25, 0.25), "empty": False, "convex": True},
    ),
}

ANSWERS = {
    "shapley": ng.shapley,
    "nucleolus": ng.nucleolus,
    "prenucleolus": ng.prenucleolus,
    "tau": ng.tau_value,
    "banzhaf": ng.banzhaf,
    "swings": ng.swings,
    "core": lambda game: ng.core(game).vertices,
    "empty": lambda game: ng.core(game).is_empty,
    "convex": lambda game: game.is_convex,
}


@pytest.mark.parametrize(
    ("name", "answer"), [pytest.param(n, a, id=f"{n}-{a}") for n, (_, answers) in GAMES.items() for a in answers]
)
def test_published_values(name: str, answer: str) -> None:
    game, answers = GAMES[name]
    found: Any = ANSWERS[answer](game)
    assert np.allclose(np.asarray(found, float), np.array(answers[answer], dtype=float), rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", ["sage_integer", "cg_airport4"])
def test_no_nucleolus_without_imputations(name: str) -> None:
    with pytest.raises(ng.ParameterError, match="see prenucleolus"):
        ng.nucleolus(GAMES[name][0])
