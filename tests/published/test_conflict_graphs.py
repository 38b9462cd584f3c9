"""Published conflicts in the graph model: which states are stable for whom, from textbooks and from the examples of gmcr-py.

The rankings, moves and answers are in ``data/conflicts.json`` with their sources; states there count from 1.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import negotiation as ng

CASES = json.loads((Path(__file__).parent / "data" / "conflicts.json").read_text(encoding="utf-8"))
CONCEPTS = ("Nash", "GMR", "SMR", "SEQ")


def graph_of(case: dict[str, Any]) -> ng.ConflictGraph:
    rankings = {
        p["name"]: [[s - 1 for s in e] if isinstance(e, list) else e - 1 for e in p["ranking"]] for p in case["parties"]
    }
    moves = {p["name"]: [(int(s) - 1, t - 1) for s, to in p["moves"].items() for t in to] for p in case["parties"]}
    return ng.ConflictGraph.from_rankings(rankings, moves, states=[f"state {k + 1}" for k in range(case["n_states"])])


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])
def test_equilibria(case: dict[str, Any]) -> None:
    solved = ng.solve(graph_of(case))
    for concept in CONCEPTS:
        assert (solved.equilibria[concept] + 1).tolist() == case["equilibria"][concept]


@pytest.mark.parametrize("case", [c for c in CASES if c["stable"]], ids=lambda c: c["id"])
def test_stability_for_each_party(case: dict[str, Any]) -> None:
    solved = ng.solve(graph_of(case))
    for party, rows in case["stable"].items():
        for concept, states in rows.items():
            assert (np.flatnonzero(solved.stable[concept][party]) + 1).tolist() == states


def test_elmira_from_options() -> None:
    """Groundwater at Elmira from what each can do (Hipel et al. 1993): the nine states, and the three strong equilibria.

    The Ministry may modify its order and Uniroyal accept or abandon, none of which is taken back; once the plant is abandoned
    nothing else counts. Rankings as in the listed case, whose states are numbered in another order.
    """
    order = ["status quo", "modify", "accept", "modify, accept", "insist", "modify, insist", "accept, insist",
             "modify, accept, insist", "abandon"]  # fmt: skip
    rankings = {
        "Ministry": [7, 3, 4, 8, 5, 1, 2, 6, 9],
        "Uniroyal": [1, 4, 8, 5, 9, 3, 7, 2, 6],
        "Local government": [7, 3, 5, 1, 8, 6, 4, 2, 9],
    }

    def name(s: dict[str, str]) -> str:
        if s["response"] == "abandon":
            return "abandon"
        parts = (
            ["modify"] * (s["modify"] == "Y")
            + ["accept"] * (s["response"] == "accept")
            + ["insist"] * (s["insist"] == "Y")
        )
        return ", ".join(parts) or "status quo"

    graph = ng.ConflictGraph.from_options(
        {
            "Ministry": ["modify"],
            "Uniroyal": {"response": ("delay", "accept", "abandon")},
            "Local government": ["insist"],
        },
        preferences={p: lambda s, r=r: -r.index(order.index(name(s)) + 1) for p, r in rankings.items()},
        irreversible=("modify", "response"),
        same=({"response": "abandon"},),
    )
    solved = ng.solve(graph)
    assert graph.n_states == 9
    strong = {name(graph.options.settings_of(s)) for s in solved.equilibria["SEQ"].tolist()}
    assert strong == {"insist", "modify, accept, insist", "abandon"}
    weak = {name(graph.options.settings_of(s)) for s in solved.equilibria["GMR"].tolist()} - strong
    assert weak == {"status quo", "modify, accept"}
