"""Critical discount factors of textbook dilemmas under grim reversion, from talks whose payoffs are theirs.

Friedman, J. W. (1971). A non-cooperative equilibrium for supergames. Review of Economic Studies 38, 1-12.
Mailath, G. J., Samuelson, L. (2006). Repeated Games and Reputations, chapters 2-3: ``(T - R) / (T - P)``.
Dixit, A. (1987). Strategic aspects of trade policy; Bagwell, K., Staiger, R. W. (2002). The Economics of the World
Trading System, chapter 6: in a tariff war both sides have to be patient enough.
"""

from __future__ import annotations

import pytest

import negotiation as ng

DILEMMAS = [  # T, R, P, S, critical
    (5, 3, 1, 0, 1 / 2),
    (10, 9, 3, 1, 1 / 7),
    (4, 3, 1, 0, 1 / 3),
    (3, 2, 1, 0, 1 / 2),
    (2, 1, 0, -1, 1 / 2),
    (5.5, 3, 1, 0, 5 / 9),
]


def talks_of(*sides: tuple[float, float, float, float]) -> ng.Negotiation:
    """Two parties with one measure each; payoffs count from the punishment, which is the status quo."""
    stakes, extra = [], []
    for me, (t, r, p, s) in zip("AB", sides, strict=True):
        mine, theirs = ("x", "y") if me == "A" else ("y", "x")
        stakes += [ng.Stake(me, theirs, "lifted", t - p), ng.Stake(me, mine, "lifted", s - p)]
        extra.append(ng.Interaction(me, {"x": "lifted", "y": "lifted"}, (r - p) - (t - p) - (s - p)))
    return ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")], stakes, extra)


@pytest.mark.parametrize(("t", "r", "p", "s", "critical"), DILEMMAS)
def test_prisoners_dilemmas(t: float, r: float, p: float, s: float, critical: float) -> None:
    talks = talks_of((t, r, p, s), (t, r, p, s))
    deal = talks.package("x", "y")
    found = ng.SelfEnforcing().critical(talks, talks.codes([deal]))[0]
    assert found == pytest.approx([critical, critical])
    for patience in (critical - 0.01, critical + 0.01):
        both = talks.with_party("A", discount_factor=patience).with_party("B", discount_factor=patience)
        assert ng.is_enough(both, deal, criterion="self_enforcing").holds == (patience > critical)


def test_a_tariff_war_with_unequal_stakes() -> None:
    """A: 3 for cooperating, 5 for cheating, 1 in a tariff war; B: 4, 5 and 2."""
    talks = talks_of((5, 3, 1, 0), (5, 4, 2, 1))
    found = ng.SelfEnforcing().critical(talks, talks.codes([talks.package("x", "y")]))[0]
    assert found == pytest.approx([1 / 2, 1 / 3])
