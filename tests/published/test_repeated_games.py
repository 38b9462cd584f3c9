"""Repeated games whose answers are in the literature, and matches as Axelrod's library plays them."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import negotiation as ng

MATCHES = json.loads((Path(__file__).parent / "data" / "axelrod_matches.json").read_text(encoding="utf-8"))["matches"]

# Friedman (1971), Review of Economic Studies 38, 1-12: (T - R) / (T - P)
GRIM = [
    ((5, 3, 1, 0), Fraction(1, 2)),
    ((10, 9, 3, 1), Fraction(1, 7)),
    ((4, 3, 1, 0), Fraction(1, 3)),
    ((3, 2, 1, 0), Fraction(1, 2)),
    ((2, 1, 0, -1), Fraction(1, 2)),
    ((Fraction(11, 2), 3, 1, 0), Fraction(5, 9)),
]


@pytest.mark.parametrize(("payoffs", "critical"), GRIM)
def test_grim_trigger_in_the_prisoners_dilemma(payoffs: tuple[Any, ...], critical: Fraction) -> None:
    t, r, p, s = payoffs
    stage = ng.prisoners_dilemma(t, r, punishment=p, sucker=s)
    both, never = ("Cooperate",) * 2, ("Defect",) * 2
    found = [
        ng.critical_discount_factor(stage, both, never),
        ng.critical_discount_factor(stage, both),
        ng.critical_discount_factor(stage, both, [float(p), float(p)]),
        ng.critical_discount_factor(stage, both, "minmax"),
        ng.trigger_discount_factor(complying=float(r), cheating=float(t), punished=float(p)),
        ng.sustaining_discount_factors(stage, ("Grim", "Grim"))[0].low,
    ]
    assert found == pytest.approx([float(critical)] * 6, abs=1e-11)
    for delta, holds in ((critical, True), (critical - Fraction(1, 10**6), False)):
        check = ng.check_automata(ng.RepeatedGame(stage, delta), ("Grim", "Grim"))
        assert check.is_subgame_perfect is holds


@pytest.mark.parametrize("payoffs", [row[0] for row in GRIM])
def test_tit_for_tat_as_a_nash_equilibrium(payoffs: tuple[Any, ...]) -> None:
    """Axelrod (1984); Mailath and Samuelson (2006), section 2.3: δ ≥ max((T-R)/(T-P), (T-R)/(R-S))."""
    t, r, p, s = map(float, payoffs)
    stage = ng.prisoners_dilemma(t, r, punishment=p, sucker=s)
    tit_for_tat = ng.classic_automata()["Tit For Tat"]
    needed = max((t - r) / (t - p), (t - r) / (r - s))
    found = ng.critical_discount_factor(stage, (tit_for_tat, tit_for_tat))
    assert found == pytest.approx(min(needed, 1.0), abs=1e-9)


def test_an_asymmetric_tariff_war() -> None:
    """Dixit (1987); Bagwell and Staiger (2002), ch. 6: A 3, 5, 1 and B 4, 5, 2 need 1/2 and 1/3."""
    stage = ng.NormalFormGame([[[3, 0], [5, 1]], [[4, 5], [1, 2]]], players=("A", "B"))
    found = ng.critical_discount_factor(stage, (0, 0), (1, 1))
    assert found.per_player == pytest.approx([1 / 2, 1 / 3])
    assert found == pytest.approx(1 / 2)


@pytest.mark.parametrize(("n", "critical", "profits"), [(2, 9 / 17, (18, 81 / 4, 16)), (5, 9 / 14, (7.2, 12.96, 4))])
def test_cournot_collusion_with_nash_reversion(n: int, critical: float, profits: tuple[float, ...]) -> None:
    """Friedman (1971); Tirole (1988), ch. 6: (n+1)²/((n+1)²+4n), demand 12 - Q, no costs, three outputs each."""
    collusive, nash = 12 / (2 * n), 12 / (n + 1)
    cheat = (12 - (n - 1) * collusive) / 2
    outputs = np.array([collusive, cheat, nash])
    chosen = np.stack(np.meshgrid(*[outputs] * n, indexing="ij"))
    stage = ng.NormalFormGame(np.maximum(12 - chosen.sum(axis=0), 0) * chosen)
    found = ng.critical_discount_factor(stage, (0,) * n, (2,) * n)
    assert (found.complying[0], found.cheating[0], found.punished[0]) == pytest.approx(profits)
    assert found == pytest.approx(critical)
    assert found == pytest.approx((n + 1) ** 2 / ((n + 1) ** 2 + 4 * n))
    assert found.notes == ()


@pytest.mark.parametrize("n", [2, 4])
def test_bertrand_collusion(n: int) -> None:
    """Tirole (1988), section 6.3: undercutting takes the whole market, then price is cost: 1 - 1/n."""
    assert ng.trigger_discount_factor(complying=1 / n, cheating=1, punished=0) == pytest.approx(1 - 1 / n)


def test_a_grim_trigger_under_imperfect_public_monitoring() -> None:
    """Mailath and Samuelson (2006), example 7.2.1: a good signal comes with 4/5 after effort, 1/5 otherwise; δ ≥ 1/(3p-2q)."""
    stage = ng.NormalFormGame([[[2, -1], [3, 0]], [[2, 3], [-1, 0]]])
    p, q = 4 / 5, 1 / 5
    found = ng.critical_discount_factor(stage, (0, 0), (1, 1), false_alarm=1 - p, detection=1 - q)
    assert found == pytest.approx(1 / (3 * p - 2 * q))


def test_the_payoff_set_of_abreu_and_sannikov() -> None:
    """Abreu and Sannikov (2014), Theoretical Economics 9, 313-338, as in the tests of QuantEcon: δ = 0.3, six vertices."""
    stage = ng.NormalFormGame([[[16, 3, 0], [21, 10, -1], [9, 5, -5]], [[9, 13, 3], [1, 4, 0], [0, -4, -15]]])
    found = ng.solve(ng.RepeatedGame(stage, Fraction(3, 10)))
    published = [
        (1.12568240, 2.8), (7.33770472, 0), (7.86308964, 0), (19.7917977, 2.8), (15.5630896, 9.1), (7.33770472, 10.9826253),
    ]  # fmt: skip
    assert found.vertices == pytest.approx(np.array(published), abs=1e-7)
    assert found.complete
    assert found.error < 1e-9
    assert found.gap < 1e-8


@pytest.mark.parametrize(
    ("a", "b", "pure", "mixed"),
    [
        ([[3, 0], [5, 1]], [[3, 5], [0, 1]], (1, 1), (1, 1)),
        ([[1, -1], [-1, 1]], [[-1, 1], [1, -1]], (1, 1), (0, 0)),
        ([[6, 2], [7, 0]], [[6, 7], [2, 0]], (2, 2), (2, 2)),
    ],
    ids=["prisoner's dilemma", "matching pennies", "chicken (Aumann 1974)"],
)
def test_minmax_payoffs(a: Any, b: Any, pure: tuple[int, ...], mixed: tuple[int, ...]) -> None:
    """Pure and mixed minmax, and the floors of the feasible and individually rational payoffs."""
    stage = ng.NormalFormGame([a, b])
    assert [ng.minmax(stage, i, mixed=False).value for i in range(2)] == list(pure)
    assert [ng.minmax(stage, i).value for i in range(2)] == pytest.approx(mixed, abs=1e-9)
    assert ng.feasible_payoffs(stage).floors == pytest.approx(mixed, abs=1e-9)
    assert ng.feasible_payoffs(stage, floor="pure minmax").floors == pytest.approx(pure)


@pytest.mark.parametrize("match", MATCHES, ids=lambda m: f"{' v '.join(m['strategies'])}, {m['turns']}")
def test_matches_of_axelrods_library(match: dict[str, Any]) -> None:
    """Both scores and the first moves, strategies by name."""
    played = ng.play_match(match["strategies"], turns=match["turns"])
    assert played.scores.tolist() == match["scores"]
    assert "/".join(moves[:12] for moves in played.moves) == match["first_moves"]
