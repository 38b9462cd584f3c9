"""Random trees beside what Gambit 16.7 found in them; ``data/make_gambit_trees.py`` made the file."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import negotiation as ng

CASES = json.loads((Path(__file__).parent / "data" / "gambit_trees.json").read_text(encoding="utf-8"))
cases = pytest.mark.parametrize("case", CASES, ids=lambda c: f"seed {c['seed']}")
Case = dict[str, Any]


def rows(payoffs: Any) -> set[tuple[float, ...]]:
    return {tuple(round(float(Fraction(v)), 9) + 0.0 for v in row) for row in payoffs}


@cases
def test_extreme_equilibria_of_plans_pay_what_gambit_says(case: Case) -> None:
    found = ng.solve(ng.GameTree.from_nested(case["tree"]), ng.ReducedNormalForm(exact=True))
    assert found.complete
    assert rows(e.payoffs for e in found.equilibria) == rows(case["payoffs_of_extreme_equilibria"])


@cases
def test_pure_equilibria_of_reduced_plans_are_as_many(case: Case) -> None:
    game = ng.GameTree.from_nested(case["tree"]).to_normal_form()
    assert len(ng.solve(game, ng.PureEnumeration())) == case["n_pure"]


@cases
def test_both_sequence_forms_give_equilibria(case: Case) -> None:
    """Not the same one, perhaps; ours has no regret, and Gambit's payoffs are those of some equilibrium of the plans."""
    tree = ng.GameTree.from_nested(case["tree"])
    (ours,) = ng.solve(tree, ng.SequenceForm(exact=True)).equilibria
    assert ours.regret == pytest.approx(0, abs=1e-12)
    points = np.array([e.payoffs for e in ng.solve(tree, ng.ReducedNormalForm()).equilibria])
    theirs = np.array([float(Fraction(v)) for v in case["payoffs_by_sequence_form"]])
    assert (points.min(axis=0) <= theirs + 1e-9).all()
    assert (points.max(axis=0) >= theirs - 1e-9).all()
