"""Disputes over time: licences, lags, tranches, offers to begin anew; what is printed; bad input."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import negotiation as ng


@pytest.fixture
def talks() -> ng.Negotiation:
    """Two measures a side."""
    issues = [ng.Issue(name, owner=owner) for name, owner in zip("abxy", ("A", "A", "B", "B"), strict=True)]
    stakes = [ng.Stake(p, i, "lifted", 3 if (p == "A") == (i in "xy") else -1) for p in "AB" for i in "abxy"]
    return ng.Negotiation(["A", "B"], issues, stakes, unit="EUR million per month")


def statuses(found: ng.Dispute, run: int = 0) -> str:
    """A letter a period: nothing yet, broken down, in part, complete."""
    return "".join("nbpc"[k] for k in found.status[run])


def play(talks: ng.Negotiation, strategies: Any, **options: Any) -> ng.Dispute:
    return ng.simulate_dispute(
        talks, talks.package(*talks.issue_names), strategies, protocol=ng.MonthlyDispute(**options), runs=3
    )


def test_a_licence_stands_until_it_lapses(talks: ng.Negotiation) -> None:
    """Who is cheated can only let it lapse."""
    cheat = {"A": ng.TitForTat(), "B": ng.NeverComply()}
    assert statuses(play(talks, cheat, periods=8)) == "pbbbbbbb"
    assert statuses(play(talks, cheat, periods=8, licence=6)) == "ppppppbb"
    assert statuses(play(talks, cheat, periods=8, licence={"A": 3})) == "pppbbbbb"
    assert statuses(play(talks, cheat, periods=8, licence={"B": 3})) == "pbbbbbbb"


def test_what_is_seen_late_is_answered_late(talks: ng.Negotiation) -> None:
    cheat = {"A": ng.TitForTat(), "B": ng.NeverComply()}
    assert statuses(play(talks, cheat, periods=6, lag={"B": 3})) == "pppbbb"
    assert statuses(play(talks, cheat, periods=6, lag={"A": 3})) == "pbbbbb"


def test_tranches_limit_what_a_cheat_can_take(talks: ng.Negotiation) -> None:
    cheat = {"A": ng.TitForTat(), "B": ng.NeverComply()}
    whole, cut = (play(talks, cheat, periods=6, tranches=n) for n in (1, 2))
    assert whole.payoffs[0].sum(axis=0).tolist() == [-2, 6]
    assert cut.payoffs[0].sum(axis=0).tolist() == [-1, 3]
    told = play(talks, ng.AlwaysComply(), periods=3, tranches=(("a", "x", "y"), ("b",)))
    assert told.package_at(0, 1) == talks.package("a", "x", "y")
    assert told.package_at(0, 2) == talks.package("a", "b", "x", "y")


def test_both_must_offer_to_begin_anew(talks: ng.Negotiation) -> None:
    rules = {"periods": 12, "false_alarm": 0.0}
    once = ng.Automaton.from_rule([0, 1], lambda s, own, other: 1, (2, 2), name="once")
    kept = {"A": ng.Reopening(once, after=2), "B": ng.Reopening(ng.Grim(), after=3)}
    assert statuses(play(talks, kept, **rules)) == "cpbbbbcpbbbb"
    assert play(talks, kept, **rules).anew[0].nonzero()[0].tolist() == [5, 11]
    alone = {"A": ng.Reopening(once, after=2), "B": ng.Grim()}
    assert statuses(play(talks, alone, **rules)) == "cpbbbbbbbbbb"


def test_what_has_no_owner_takes_all() -> None:
    """A joint issue stands when everybody delivers."""
    talks = ng.Negotiation(["A", "B"], [ng.Issue("pact", ("none", "signed"))], [ng.Stake("A", "pact", "signed", 2)])
    assert (play(talks, ng.TitForTat(), periods=3).mean_payoffs[:, 0] == 2).all()
    assert (play(talks, [ng.TitForTat(), ng.NeverComply()], periods=3).mean_payoffs == 0).all()


def test_tables_and_print(talks: ng.Negotiation) -> None:
    found = ng.simulate_dispute(
        talks,
        talks.package("a", "x"),
        ng.TitForTat(),
        protocol=ng.MonthlyDispute(periods=12, false_alarm=0.1),
        runs=50,
        rng=1,
    )
    assert len(found.table) == 50
    assert len(found.paths()) == 50 * 12 * 2
    assert found.paths([3]).run.unique().tolist() == [3]
    assert found.summary().loc["payoff of A", "mean"] == pytest.approx(found.mean_payoffs[:, 0].mean())
    text = str(found)
    for words in ("50 runs of 12 months", "A: TitForTat", "EUR million per month", "false accusations a run"):
        assert words in text
    assert "<table" in found._repr_html_()
    again = pickle.loads(pickle.dumps(found))
    np.testing.assert_array_equal(again.state, found.state)
    assert ng.plot_dispute(found, title="noise").get_ylabel() == "share of 50 runs"


def test_no_time_for_any_run(talks: ng.Negotiation) -> None:
    """What is left is empty, and says so."""
    found = ng.simulate_dispute(talks, talks.package("a", "x"), ng.TitForTat(), runs=50, deadline=1e-9)
    assert found.runs == 0
    assert "nothing was played" in str(found)
    assert len(found.table) == len(found.paths()) == 0
    assert found.shares().sum().sum() == 0


def test_rules_meet_each_other(talks: ng.Negotiation) -> None:
    """Line-ups pay what they pay alone; tit for tat is its own best reply without noise, complying is not."""
    rules = {"comply": ng.AlwaysComply(), "never": ng.NeverComply(), "tit for tat": ng.TitForTat()}
    protocol = ng.MonthlyDispute(periods=12, false_alarm=0.05)
    package = talks.package(*talks.issue_names)
    cup = ng.dispute_tournament(talks, package, rules, runs=20, rng=1)
    gains = cup.gain_of_leaving()
    assert gains.loc["tit for tat", "gain of A"] == gains.loc["never", "gain of B"] == 0
    assert gains.loc["comply", "gain of A"] == pytest.approx(2)
    assert gains.loc["comply", "A by"] == "never"
    assert gains.loc["tit for tat", "A by"] == ""
    alone = ng.simulate_dispute(talks, package, [rules["never"], rules["tit for tat"]])
    np.testing.assert_allclose(cup.payoffs[:, :, 1, 2], np.tile(alone.discounted_payoffs[0], (20, 1)))
    game = cup.game(resamples=10)
    assert game.game.players == ("A", "B")
    assert game.game.unit == "EUR million per month"
    assert {("tit for tat",) * 2, ("never",) * 2} <= {
        tuple(cup.names[p.argmax()] for p in one.equilibrium.profile) for one in game.equilibria
    }
    noisy = [ng.dispute_tournament(talks, package, rules, protocol=protocol, runs=20, rng=s).payoffs for s in (1, 1, 2)]
    np.testing.assert_array_equal(noisy[0], noisy[1])
    assert (noisy[0] != noisy[2]).any()
    assert "all follow" in str(cup)
    for wrong, error in (("Grim", ng.WrongTypeError), ([], ng.GameShapeError), (["Grim"] * 2, ng.DuplicateNameError)):
        with pytest.raises(error):
            ng.dispute_tournament(talks, package, wrong)


def test_patience_weighs_payoffs(talks: ng.Negotiation) -> None:
    """Weights of periods add up to one; who states no discount factor gets the mean."""
    patient = talks.with_party("A", discount_factor=0.5)
    found = ng.simulate_dispute(
        patient, patient.package("a", "x"), {"A": ng.TitForTat(), "B": ng.NeverComply()},
        protocol=ng.MonthlyDispute(periods=2), runs=1,
    )  # fmt: skip
    assert found.discounted_payoffs[0].tolist() == pytest.approx([-1 / 1.5, 1.5])


class Nonsense:
    """A strategy that answers for too few runs."""

    def begin(self, runs: int) -> Any:
        return np.zeros(runs)

    def move(self, memory: Any, seen: ng.Seen) -> Any:
        no = np.zeros(1, dtype=bool)
        return memory, ng.DisputeMove(no, no, no)


@pytest.mark.parametrize(
    ("strategies", "options", "error", "words"),
    [
        (ng.TitForTat, {}, ng.WrongTypeError, "is a class"),
        (3, {}, ng.WrongTypeError, "plays no disputes"),
        ("Tit For Tatt", {}, ng.UnknownNameError, "did you mean"),
        ([ng.Grim()], {}, ng.GameShapeError, "1 strategies for 2 parties"),
        ({"A": ng.Grim()}, {}, ng.GameShapeError, "no strategy for B"),
        ({"C": ng.Grim()}, {}, ng.UnknownNameError, "C"),
        (ng.classic_automata(3)["Grim"], {}, ng.GameShapeError, "2 parties"),
        (Nonsense(), {}, ng.GameShapeError, "one bool for each of 3 runs"),
        (ng.Grim(), {"tranches": 3}, ng.ParameterError, "3 tranches"),
        (ng.Grim(), {"tranches": (("a", "q"),)}, ng.UnknownNameError, "q"),
        (ng.Grim(), {"tranches": (("a", "b"), ("a", "x", "y"))}, ng.ParameterError, "two tranches"),
        (ng.Grim(), {"tranches": (("a", "b"),)}, ng.ParameterError, "no tranche has x, y"),
        (ng.Grim(), {"tranches": (("a",), ())}, ng.ParameterError, "empty"),
        (ng.Grim(), {"tranches": 0}, ng.ParameterError, "tranches"),
        (ng.Grim(), {"licence": {"C": 6}}, ng.UnknownNameError, "C"),
        (ng.Grim(), {"licence": 0}, ng.ParameterError, "licence"),
        (ng.Grim(), {"lag": 0}, ng.ParameterError, "lag"),
        (ng.Grim(), {"periods": 0}, ng.ParameterError, "periods"),
        (ng.Grim(), {"false_alarm": 1.5}, ng.ProbabilityError, "false_alarm"),
        (ng.Grim(), {"slip": -0.1}, ng.ProbabilityError, "slip"),
    ],
)
def test_bad_input(
    talks: ng.Negotiation, strategies: Any, options: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=f"(?i){words}"):
        play(talks, strategies, **options)


def test_bad_input_of_other_kinds(talks: ng.Negotiation) -> None:
    with pytest.raises(ng.EmptyPackageError, match="nothing to exchange"):
        ng.simulate_dispute(talks, talks.status_quo, ng.Grim())
    with pytest.raises(ng.WrongTypeError, match="MonthlyDispute"):
        ng.simulate_dispute(talks, talks.package("a"), ng.Grim(), protocol="monthly")  # type: ignore[arg-type]
    with pytest.raises(ng.ParameterError, match="periods 1 to 2"):
        play(talks, ng.Grim(), periods=2).package_at(0, 3)
    with pytest.raises(ng.ProbabilityError, match="generosity"):
        ng.GenerousTitForTat(2.0)
    with pytest.raises(ng.ParameterError, match="contrition"):
        ng.ContriteTitForTat(0)
    with pytest.raises(ng.ParameterError, match="offer"):
        ng.Reopening(ng.Grim(), after=0)
