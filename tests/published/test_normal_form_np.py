"""Games with three players and more whose equilibria are published; payoffs, answers and sources in the data file.

Where the sources give a count or a closed form, the coordinates were computed from it and verified in rationals or to 45
digits; the strings here keep 20 of them.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import negotiation as ng

CASES = json.loads((Path(__file__).parent / "data" / "normal_form_np.json").read_text(encoding="utf-8"))
BY_ID = {case["id"]: case for case in CASES}
WHOLE = [case for case in CASES if case["listed"] == "all"]


def numbers(nested: Any) -> Any:
    return [numbers(v) for v in nested] if isinstance(nested, list) else Fraction(nested)


def game_of(case: dict[str, Any]) -> ng.NormalFormGame:
    return ng.NormalFormGame(numbers(case["payoffs"]))


def points(case: dict[str, Any]) -> np.ndarray:
    return np.array([[float(Fraction(p)) for s in profile for p in s] for profile in case["equilibria"]])


def found_points(solution: ng.Solution) -> np.ndarray:
    return np.array([np.concatenate(e.profile) for e in solution.equilibria])


def assert_same(ours: np.ndarray, theirs: np.ndarray) -> None:
    assert ours.shape == theirs.shape
    if not len(ours):
        return
    apart = np.abs(ours[:, None, :] - theirs[None, :, :]).max(axis=2)
    assert apart.min(axis=0).max() < 1e-9
    assert apart.min(axis=1).max() < 1e-9


@pytest.mark.parametrize("case", WHOLE, ids=lambda case: case["id"])
def test_all_equilibria_are_found_and_proved_to_be_all(case: dict[str, Any]) -> None:
    solution = ng.solve(game_of(case), ng.PolynomialEnumeration())
    assert_same(found_points(solution), points(case))
    assert solution.complete
    assert max(e.regret for e in solution.equilibria) < 1e-9


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_pure_equilibria_are_the_published_ones(case: dict[str, Any]) -> None:
    listed = points(case)
    pure = listed[np.all((listed == 0) | (listed == 1), axis=1)]
    solution = ng.solve(game_of(case), ng.PureEnumeration())
    assert_same(found_points(solution).reshape(len(solution), listed.shape[1]), pure)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_one_equilibrium_is_one_of_them(case: dict[str, Any]) -> None:
    for solver in (ng.OneEquilibrium(), ng.SmallSupports()):
        (found,) = ng.solve(game_of(case), solver).equilibria
        assert found.regret < 1e-9
        if case["listed"] == "all":
            assert np.abs(points(case) - np.concatenate(found.profile)).max(axis=1).min() < 1e-9


def test_nau_irrational_equilibrium_in_closed_form() -> None:
    """Nau, Gómez Canovas, Hansen (2004), section 4."""
    (found,) = ng.solve(game_of(BY_ID["nau_sec4"]), ng.PolynomialEnumeration()).equilibria
    q = (-13 + np.sqrt(601)) / 24
    first = [p[0] for p in found.profile]
    np.testing.assert_allclose(first, [(9 * q - 1) / (7 * q + 2), q, (2 - 3 * q) / (q + 1)], atol=1e-14)


def test_nau_continua_are_reported_not_hidden() -> None:
    """Nau et al. (2004), section 5: three pure, two with one player mixing, and a continuum of completely mixed ones.

    The two are ends of whole intervals: where players 1 and 2 choose (0, 1) or (1, 0), player 3 may put any weight from a
    quarter up on its first action.
    """
    game = game_of(BY_ID["nau_sec5"])
    solution = ng.solve(game, ng.PolynomialEnumeration())
    assert not solution.complete
    assert any("degenerate" in note for note in solution.notes)
    assert sorted(sum(len(s) == 2 for s in e.support) for e in solution.equilibria) == [0, 0, 0, 1, 1, 3]
    for weight, regret in [(0.25, 0.0), (0.6, 0.0), (0.2, 0.2)]:
        third = [weight, 1 - weight]
        for profile in (([1, 0], [0, 1], third), ([0, 1], [1, 0], third)):
            assert ng.regret(game, profile).max() == pytest.approx(regret, abs=1e-12)


@pytest.mark.parametrize("name", ["sage3", "selten_horse_nf"])
def test_components_of_equilibria_make_a_list_incomplete(name: str) -> None:
    """Selten (1975), figure 1, and the game of pi's digits in Sage's documentation have continua."""
    assert not ng.solve(game_of(BY_ID[name]), ng.PolynomialEnumeration()).complete


def test_mckelvey_mclennan_bound_is_reached() -> None:
    """McKelvey, McLennan (1996): nine equilibria in 2 × 2 × 2, two of them completely mixed."""
    solution = ng.solve(game_of(BY_ID["mm2x2x2"]), ng.PolynomialEnumeration())
    assert len(solution) == BY_ID["mm2x2x2"]["published"]["count"] == 9
    assert sum(all(len(s) == 2 for s in e.support) for e in solution.equilibria) == 2
