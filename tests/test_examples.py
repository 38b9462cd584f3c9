"""Every example runs, and its conclusion is what the prose around it says."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"


def run(name: str) -> Any:
    """What an example's main() returns."""
    return runpy.run_path(str(EXAMPLES / f"{name}.py"))["main"]()


def test_your_own_dispute(capsys: pytest.CaptureFixture[str]) -> None:
    """The offer suits both on central values; the least offer is a mix; the odds are far from certain."""
    assessment, least, likely = run("your_own_dispute")
    assert assessment.payoffs == pytest.approx({"Northbank": 4 - 3.1 - 0.5, "Southbank": 3 + 0.8 - 2.4})
    assert assessment["acceptable"].holds
    assert assessment["acceptable"].margin == pytest.approx(0.4)
    assert not assessment["spontaneous"].holds
    assert all(package["night_flights"] == "banned after 23:00" for package in least)
    assert 0.2 < likely.value < 0.8
    printed = capsys.readouterr().out
    for word in ("invented", "EUR million per year", "judgement", "derived", "found", "as in other cities"):
        assert word in printed


def test_which_states_are_stable(capsys: pytest.CaptureFixture[str]) -> None:
    """The whole swap holds although neither side would keep it by itself; licences alone do not buy it; ranks say the same."""
    answer = run("which_states_are_stable")
    swap = "three lifts + samarium + other controls"
    assert swap in answer.solution.equilibrium_names["SEQ"]
    assert answer.solution.equilibrium_names["Nash"] == ("status quo",)
    assert [verdict.holds for verdict in answer.verdicts.values()] == [True, False]
    assert 0.1 < answer.share < 0.6
    assert answer.from_ranks.equilibrium_names["Nash"] == ("status quo",)
    assert swap in answer.from_ranks.equilibrium_names["SEQ"]
    assert len(answer.from_here.path(swap)) == 2
    assert answer.required.holds
    assert answer.plot.stat().st_size > 10_000
    assert len(capsys.readouterr().out.splitlines()) < 60


def test_tied_hands(capsys: pytest.CaptureFixture[str]) -> None:
    """A stricter ratifier gains China something, up to a point, and the US nothing; failure gets likelier all along."""
    answer = run("tied_hands")
    us, china = answer.curves["US"], answer.curves["China"]
    assert us.expected[:, 0].argmax() == 0
    assert china.expected[:, 1].max() > china.expected[0, 1] + 100
    assert 0 < china.strongest < china.breaks_at
    assert all((curve.no_deal[1:] >= curve.no_deal[:-1]).all() for curve in answer.curves.values())
    assert answer.game.agreement is not None
    assert answer.game.agreement.package in answer.game.win_sets["China"]
    assert 0.2 < answer.odds.probability < 0.9
    assert answer.plot.stat().st_size > 10_000
    assert len(capsys.readouterr().out.splitlines()) < 60


def test_test_your_payoffs(capsys: pytest.CaptureFixture[str]) -> None:
    """The sound function keeps every law; the slip is found out by the law on interactions."""
    n_laws, found = run("test_your_payoffs")
    assert n_laws == 13
    assert "with_a_slip breaks the law 'one interaction'" in found
    assert "my_payoffs keeps all 13 laws" in capsys.readouterr().out


def test_samarium_clock(capsys: pytest.CaptureFixture[str]) -> None:
    """Both sides' stocks run out at about the same time, China loses more, and saying no beats the offer in every month."""
    clock = run("samarium_clock")
    found = clock.central.to_frame().set_index("input")
    assert (
        found.loc["samarium for fighter magnets", "hurts from"] == found.loc["chip-design software", "hurts from"] == 4
    )
    assert set(found["hurts until"]) == {42}
    months = clock.drawn.to_frame().set_index("input").loc["samarium for fighter magnets"]
    assert months["hurts from, 5%"] <= 1 < 12 < months["hurts from, 95%"]
    assert all(row["no"] > row["offer"] for row in clock.answers)
    assert clock.solution.agreement_round == 0
    assert clock.solution.package["samarium"] == "six-month licences"
    assert clock.plot.stat().st_size > 10_000
    printed = capsys.readouterr().out
    assert "China loses more in 91% of draws" in printed
    assert len(printed.splitlines()) <= 36
    assert max(map(len, printed.splitlines())) <= 115


def test_what_an_offer_reveals(capsys: pytest.CaptureFixture[str]) -> None:
    """Three lifts for samarium speak of high need, so China asks for more; from China the same package gives nothing away."""
    found, compared = run("what_an_offer_reveals")
    low, high = found.posterior
    assert 0.5 < low < high == 1
    assert found.worth["low need"] < 0 < found.worth["high need"]
    assert found.price_of_looking_desperate["high need"] > 0
    assert compared["offers"].told[1] == pytest.approx(1)
    printed = capsys.readouterr().out
    assert "If US proposes it, revealing: yes" in printed
    assert "If China proposes it, revealing: no" in printed
    assert len(printed.splitlines()) <= 45
    assert max(map(len, printed.splitlines())) <= 110


def test_how_likely_is_enough(capsys: pytest.CaptureFixture[str]) -> None:
    """Ethane alone is the likeliest to be enough; no exchange holds by itself; worries that move together help larger offers."""
    answer = run("how_likely_is_enough")
    shares = answer.independent.table()["acceptable"]
    assert shares.idxmax() == "ethane"
    assert 0.8 < shares["ethane"] < 0.87
    assert 0.25 < shares["eda software + jet engine parts + ethane"] < 0.29
    assert (answer.independent["spontaneous"].value < 0.001).all()
    every_lift = answer.together["acceptable"].value[-1] - answer.independent["acceptable"].value[-1]
    assert every_lift > 0.03 > 10 * answer.together["acceptable"].standard_error[-1]
    printed = capsys.readouterr().out
    assert "not judged: efficient" in printed
    assert all(len(line) <= 120 for line in printed.splitlines())


def test_how_talks_go(capsys: pytest.CaptureFixture[str]) -> None:
    """Late concessions pay against early ones, in either seat and on most draws; early ones can be exploited more."""
    answer = run("how_talks_go")
    assert answer.trace.agreement is not None
    scores = answer.cup.scores()["share"]
    assert scores["Boulware"] > scores["linear"] > scores["conceder"]
    assert len(answer.cup.faults) == 0
    early, late = answer.drawn["conceder, Boulware"], answer.drawn["Boulware, conceder"]
    assert (late.payoffs[:, 0] >= early.payoffs[:, 0]).mean() > 0.9
    assert (early.payoffs[:, 1] >= late.payoffs[:, 1]).mean() > 0.9
    for party in ("US", "China"):
        worth = [answer.exploited[f"{name}, {party}"].value for name in ("Boulware", "linear", "conceder")]
        assert worth == sorted(worth)
        assert all(answer.exploited[f"{name}, {party}"].response.is_exact for name in ("Boulware", "conceder"))
    assert answer.plot.exists()
    printed = capsys.readouterr().out
    assert "648 packages of 7 measures" in printed
    assert all(len(line) <= 120 for line in printed.splitlines() if "how_talks_go.png" not in line)


def test_what_moves_reveal(capsys: pytest.CaptureFixture[str]) -> None:
    """The moves make both sides look keener on their own controls, and no move has to have been a mistake."""
    answer = run("what_moves_reveal")
    assert not answer.rational.is_empty
    for before, after in answer.shares.values():
        assert after <= before + 0.02
    assert answer.scores["log"] < answer.scores["equal odds"]
    frame = answer.posterior.to_frame().set_index("number")
    assert frame.loc["US: ai_chips lifted (leverage)", "shift"] < -0.5
    assert answer.plot.exists()
    printed = capsys.readouterr().out
    assert "Without probabilities: 9 moves can all be rational" in printed
    assert all(len(line) <= 120 for line in printed.splitlines() if "Plot:" not in line)


def test_will_promises_hold(capsys: pytest.CaptureFixture[str]) -> None:
    """The deal holds under grim reversion; half a year of punishment, false accusations and long licences each undo it."""
    found = run("will_promises_hold")
    answers = [verdict.answer for verdict in found.verdicts.values()]
    assert answers == ["yes", "yes", "no", "yes", "no", "yes", "no"]
    assert found.verdicts["for ever, the status quo"].certificate.facts["critical"]["US"] == pytest.approx(
        0.826, abs=5e-4
    )
    assert found.punishment.length == 8
    assert found.punishment.destroyed == pytest.approx([0.268, 0.268], abs=5e-4)
    assert found.best.n_packages == 839_808
    assert 0 < found.best.n_sustained < found.best.n_packages
    printed = capsys.readouterr().out
    for word in ("judgement", "false accusations", "USD million per month", "best for China"):
        assert word in printed


def test_who_goes_first(capsys: pytest.CaptureFixture[str]) -> None:
    """Order alone is not enough either way: the second needs a bond, tranches shrink it, answering in kind is no promise."""
    answer = run("who_goes_first")
    assert not answer.verdict
    ways = answer.comparison
    assert ways["US first"].bonds == pytest.approx({"US": 0, "China": ways["all at once"].bonds["China"]})
    assert ways["China first"].bonds == pytest.approx({"China": 0, "US": -answer.verdict.margin})
    assert not any(way.holds for way in ways)
    assert answer.split.temptation < min(ways["US first"].temptation, ways["China first"].temptation) / 4
    assert ways["5 tranches"].tranches is not None
    (threat,) = answer.threats
    assert (threat.player, threat.planned, threat.instead) == ("China", "keep", "break")
    printed = capsys.readouterr().out
    assert "six-month licences" in printed
    assert all(len(line) <= 120 for line in printed.splitlines())


def test_london_replay(capsys: pytest.CaptureFixture[str]) -> None:
    """False accusations break tit for tat and grim, hardly the contrite; licences protect against noise and expose to cheats."""
    answer = run("london_replay")
    shares = answer.conduct["months complete"]
    assert (shares["low"] >= shares["middle"]).all()
    assert (shares["middle"] >= shares["high"]).all()
    assert shares.loc["contrite tit for tat", "middle"] > shares.loc["generous tit for tat", "middle"] > 0.7
    assert shares.loc["tit for tat", "middle"] < 0.5
    assert shares.loc["grim: one breach ends it", "middle"] < 0.35 < shares.loc["grim, but talks reopen", "middle"]
    designs = answer.designs
    base, licences = designs.loc["as it stands"], designs.loc["six months on both sides"]
    assert licences["complete"] > 0.95 > base["complete"]
    for party in ("US", "China"):
        lost = f"lost to a cheat: {party}"
        assert designs.loc["in three tranches", lost] < base[lost] < licences[lost]
        assert (
            designs.loc["verified after four months", lost] > base[lost] >= designs.loc["verified within a month", lost]
        )
    assert answer.plot.stat().st_size > 10_000
    printed = capsys.readouterr().out
    assert len(printed.splitlines()) <= 40
    assert all(len(line) <= 140 for line in printed.splitlines() if "Plot:" not in line)
