"""The 64 bimatrix games of ``normal_form_2p.json``: test suites, game libraries, textbooks, papers; each entry cites its source.

``equilibria`` are all extreme equilibria, ``subsets`` the maximal Nash subsets by their extreme strategies.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import negotiation as ng

CASES = json.loads(Path(__file__).with_suffix("").with_name("normal_form_2p.json").read_text(encoding="utf-8"))
cases = pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])


def fractions(table: list[list[str]]) -> list[list[Fraction]]:
    return [[Fraction(v) for v in line] for line in table]


def exact_game(case: dict[str, Any]) -> ng.NormalFormGame:
    return ng.NormalFormGame([fractions(case["A"]), fractions(case["B"])])


def float_game(case: dict[str, Any]) -> ng.NormalFormGame:
    return ng.NormalFormGame(exact_game(case).payoffs)


def floats(case: dict[str, Any]) -> np.ndarray:
    return np.array([[float(Fraction(v)) for v in x + y] for x, y in case["equilibria"]])


def joined(solution: ng.Solution) -> np.ndarray:
    return np.array([np.concatenate(e.profile) for e in solution.equilibria])


def same_rows(found: np.ndarray, known: np.ndarray) -> bool:
    distance = np.abs(found[:, None, :] - known[None, :, :]).max(axis=2)
    return found.shape == known.shape and bool((distance.min(axis=0) < 1e-9).all())


def test_all_64_games_are_here() -> None:
    assert len(CASES) == 64


@cases
def test_exact_equilibria_are_those_published(case: dict[str, Any]) -> None:
    solution = ng.solve(exact_game(case), ng.VertexEnumeration(exact=True))
    known = {(tuple(map(Fraction, x)), tuple(map(Fraction, y))) for x, y in case["equilibria"]}
    assert {e.profile_exact for e in solution.equilibria} == known
    assert len(solution) == len(known)
    assert solution.complete


@cases
def test_float_equilibria_are_those_published(case: dict[str, Any]) -> None:
    game = float_game(case)
    solution = ng.solve(game)
    assert solution.complete
    assert same_rows(joined(solution), floats(case))
    scale = np.abs(game.payoffs).max() or 1.0
    assert max(e.regret for e in solution.equilibria) <= 1e-9 * scale


@cases
def test_subsets_and_components_are_those_published(case: dict[str, Any]) -> None:
    solution = ng.solve(exact_game(case), ng.VertexEnumeration(exact=True))

    def points(lines: Any) -> frozenset[tuple[float, ...]]:
        return frozenset(tuple(round(float(Fraction(v)), 9) + 0.0 for v in line) for line in lines)

    known = {(points(rows), points(columns)) for rows, columns in case["subsets"]}
    assert {(points(s.rows.tolist()), points(s.columns.tolist())) for s in solution.components} == known
    assert len(solution.components) == len(known)
    assert len({s.connected for s in solution.components}) == case["n_components"]
    if any(note.startswith("degenerate") for note in solution.notes):
        assert case["degenerate"]


@cases
def test_compiled_walk_agrees(case: dict[str, Any]) -> None:
    payoffs = float_game(case).payoffs
    batch = ng.solve_batch(payoffs[None])
    assert batch.complete.all()
    assert same_rows(np.hstack([batch.row, batch.column]), floats(case))


@pytest.mark.parametrize("case", [c for c in CASES if c["zero_sum_value"] is not None], ids=lambda c: c["id"])
def test_all_equilibria_of_a_constant_sum_game_pay_its_value(case: dict[str, Any]) -> None:
    solution = ng.solve(exact_game(case))
    value = float(Fraction(case["zero_sum_value"]))
    assert all(e.payoffs[0] == pytest.approx(value, rel=1e-9, abs=1e-9) for e in solution.equilibria)


@cases
def test_support_enumeration_finds_all_or_says_that_it_may_not(case: dict[str, Any]) -> None:
    if len(case["A"]) + len(case["A"][0]) > 12:
        pytest.skip("many supports: covered by the smaller games")
    solution = ng.solve(exact_game(case), ng.SupportEnumeration(exact=True))
    known = {(tuple(map(Fraction, x)), tuple(map(Fraction, y))) for x, y in case["equilibria"]}
    found = {e.profile_exact for e in solution.equilibria}
    assert found <= known
    assert found == known or not solution.complete
