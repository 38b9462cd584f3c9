"""Keep or break: against all equilibria found game by game, and clear when it cannot say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import negotiation as ng
from negotiation.testing import negotiations, packages, stake_values

FEW = settings(max_examples=min(settings().max_examples, 60))


def hunt(miss: float = 1.0) -> ng.Negotiation:
    """A stag hunt: to give is worth 3 to each if both do, and costs 1 if the other does not."""
    both = {"x": "lifted", "y": "lifted"}
    return ng.Negotiation(
        ["A", "B"],
        [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
        [ng.Stake("A", "x", "lifted", -miss), ng.Stake("B", "y", "lifted", -miss)],
        [ng.Interaction("A", both, 4), ng.Interaction("B", both, 4)],
    )


def test_a_stag_hunt_has_a_best_a_worst_and_a_mixed_equilibrium() -> None:
    """Kept for certain, never, or with 1/4 each, so 1/16: 4 q = 1."""
    t = hunt()
    offer = t.package("x", "y")
    best = ng.is_enough(t, offer, criterion=ng.Kept())
    assert (best.holds, best.margin, best.unit) == (True, 0.5, "probability")
    assert "3 equilibria" in best.reason
    assert "0% to 100%" in best.reason
    worst = ng.is_enough(t, offer, criterion=ng.Kept(0.1, "worst"))
    assert (worst.holds, worst.margin) == (False, pytest.approx(-0.1))
    chances = sorted(row[0] * column[0] for row, column in best.certificate.facts["equilibria"])
    assert chances == pytest.approx([0, 1 / 16, 1])
    for verdict, criterion in ((best, ng.Kept()), (worst, ng.Kept(0.1, "worst"))):
        assert ng.verify(t, verdict, criterion=criterion)
        assert not ng.verify(hunt(9.0), verdict, criterion=criterion)


@given(
    data=st.data(), talks=negotiations(max_parties=2, values=stake_values(numbers="ranges")), seed=st.integers(0, 99)
)
@FEW
def test_draws_are_solved_as_game_by_game(data: st.DataObject, talks: ng.Negotiation, seed: int) -> None:
    """The margin in each draw is that of all equilibria of its exchange game, found one game at a time."""
    offer = data.draw(packages(talks))
    draws = ng.draw_stakes(talks, 3, rng=np.random.default_rng(seed))
    criterion = ng.Kept(0.5, data.draw(st.sampled_from(["best", "worst"])))
    together = criterion.margins(talks, talks.codes([offer]), draws=draws)[:, 0]
    shape = ng.exchange_game(talks, offer).payoffs.shape[1:]
    cells = [
        talks.as_package(
            {k: o if talks.issue(k).owner in kept else talks.issue(k).status_quo for k, o in offer.items()}
        )
        for kept in (
            {n for n, move in zip(talks.party_names, moves, strict=True) if not move}
            | ({None} if not any(moves) else set())
            for moves in np.ndindex(shape)
        )
    ]
    for s in range(3):
        worth = ng.payoffs(talks, cells, draws=draws)[s].T.reshape(2, *shape)
        kept = [p.profile[0][0] * p.profile[1][0] for p in ng.solve(ng.NormalFormGame(worth)).equilibria]
        chance = max(kept) if criterion.equilibrium == "best" else min(kept)
        assert together[s] == pytest.approx(chance - 0.5, abs=1e-9)


def test_it_is_asked_for_by_name_in_an_ensemble() -> None:
    """Kept when the cost of giving stays below the 4 that both giving is worth: uniform on [2, 6], so for both with 1/4."""
    t = hunt()
    cost = ng.Distribution.uniform(-6, -2)
    t = ng.Negotiation(
        t.parties, t.issues, [ng.Stake("A", "x", "lifted", cost), ng.Stake("B", "y", "lifted", cost)], t.interactions
    )
    answer = ng.ensemble(t, [t.package("x", "y")], ["kept"], draws=20_000, rng=1, progress=None)["kept"]
    assert answer.value[0] == pytest.approx(0.25, abs=4 * answer.standard_error[0])
    assert "kept" not in {v.criterion for v in ng.assess(t, t.package("x", "y")).verdicts}


def test_what_it_cannot_say_and_bad_options() -> None:
    t = ng.Negotiation(["A", "B", "C"], [ng.Issue("x", owner="A")])
    verdict = ng.is_enough(t, t.package("x"), criterion="kept")
    assert verdict.holds is None
    assert "two parties, and here are 3" in verdict.reason
    for least in (0, -1, 1.5, float("nan")):
        with pytest.raises(ng.ParameterError, match="least"):
            ng.Kept(least)
    with pytest.raises(ng.ParameterError, match="best"):
        ng.Kept(equilibrium="likely")  # type: ignore[arg-type]
