"""Many negotiations: the same on any number of workers, taken up again, and a tournament that goes on whoever errs."""

from __future__ import annotations

import pickle
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import negotiation as ng
from negotiation.simulation.measures import MEASURES, Yardstick

TRADE = ng.Domain.additive([[[0, 4, 8], [2, 1, 0]], [[2, 1, 0], [0, 4, 8]]], names=("A", "B"))
LINE = ng.Domain([[10 - k, k] for k in range(11)], names=("A", "B"))
MIXED = [ng.Boulware(), ng.MiCRO(), ng.RandomWalker(), ng.NiceTitForTat()]
RULES = ng.StackedAlternatingOffers(rounds=20)


def small_talks() -> ng.Negotiation:
    talks = ng.london_2025()
    return talks.without_issues(
        *(n for n in talks.issue_names if n not in ("ethane", "eda_software", "samarium", "magnets"))
    )


def hangs(view: ng.View) -> Any:
    time.sleep(60)


def errs(view: ng.View) -> Any:
    raise ValueError("no idea")


def nonsense(view: ng.View) -> Any:
    return 99


def test_every_strategy_meets_every_other_in_every_seat() -> None:
    cup = ng.tournament([LINE, TRADE], MIXED, protocol=RULES, repetitions=2)
    assert len(cup) == 2 * 16 * 2
    counts = cup.table.groupby(["domain", "strategy of A", "strategy of B"]).size()
    assert (counts == 2).all()
    assert len(counts) == 32
    without = ng.tournament(LINE, MIXED, protocol=RULES, self_play=False, measures=False)
    assert len(without) == 12
    assert (without.line_ups[:, 0] != without.line_ups[:, 1]).all()
    assert np.isnan(without.payoff_matrix()[0].diagonal()).all()


@pytest.mark.parametrize("strategies", [MIXED, [ng.Boulware(), ng.Conceder(), ng.FixedLevel(0.7)]])
def test_every_record_can_be_played_again(strategies: list[Any]) -> None:
    """One by one and many at a time, the trace is what the table says."""
    cup = ng.tournament([LINE, TRADE], strategies, protocol=RULES)
    table = cup.table
    for m in range(len(cup)):
        trace = cup.trace(m)
        row = table.iloc[m]
        assert (-1 if trace.agreement is None else trace.agreement) == row["outcome"]
        assert (trace.rounds, str(trace.ending)) == (row["rounds"], row["ending"])
        assert trace.payoffs.tolist() == [row["payoff of A"], row["payoff of B"]]
        assert list(trace.strategies) == [row["strategy of A"], row["strategy of B"]]


def test_results_do_not_depend_on_who_does_the_work() -> None:
    """To the bit: here, by two processes, and alone or with other strategies."""
    talks = small_talks()
    one = ng.simulate(
        talks, [ng.RandomWalker(), ng.MiCRO()], runs=80, stakes="drawn", rng=5, executor=1, protocol=RULES
    )
    two = ng.simulate(
        talks, [ng.RandomWalker(), ng.MiCRO()], runs=80, stakes="drawn", rng=5, executor=2, protocol=RULES
    )
    other = ng.simulate(
        talks, [ng.RandomWalker(), ng.MiCRO()], runs=80, stakes="drawn", rng=6, executor=1, protocol=RULES
    )
    assert one.outcome.tolist() == two.outcome.tolist()
    assert one.payoffs.tolist() == two.payoffs.tolist()
    assert one.rounds.tolist() == two.rounds.tolist()
    assert one.payoffs.tolist() != other.payoffs.tolist()


def test_an_interrupted_tournament_is_taken_up_again(tmp_path: Path) -> None:
    """What was done is read from the directory, and the result is the same."""
    options: dict[str, Any] = {"protocol": RULES, "repetitions": 4, "rng": 1, "executor": 1}
    whole = ng.tournament(LINE, MIXED, **options)
    part = ng.tournament(LINE, MIXED, directory=tmp_path / "cup", deadline=1e-6, **options)
    assert len(part) < len(whole)
    assert not part.run.is_complete
    assert part.outcome.tolist() == whole.outcome[: len(part)].tolist()
    assert "a part only: the deadline passed" in str(part)
    assert part.summary()["negotiations"] == len(part)
    rest = ng.tournament(LINE, MIXED, directory=tmp_path / "cup", **options)
    again = ng.tournament(LINE, MIXED, directory=tmp_path / "cup", **options)
    assert again.run.resumed == again.run.n_chunks
    assert whole.outcome.tolist() == rest.outcome.tolist() == again.outcome.tolist()


def test_the_tournament_goes_on_whoever_errs_hangs_or_talks_nonsense() -> None:
    strategies = [ng.Conceder(), errs, hangs, nonsense]
    cup = ng.tournament(LINE, strategies, protocol=ng.StackedAlternatingOffers(rounds=2), move_seconds=0.02)
    assert len(cup) == 16
    notes = {cup.labels[cup.line_ups[f.negotiation, f.party]]: f.note for f in cup.faults}
    assert notes == {
        "errs": "ValueError: no idea",
        "hangs": "no move within 0.02 s",
        "nonsense": "outcome 99 does not exist; rows run from 0 to 10.",
    }
    scores = cup.scores()
    assert scores["turns lost"].to_dict() == {"Conceder": 0, "errs": 16, "hangs": 16, "nonsense": 16}
    assert scores.loc["errs", "agreement rate"] == 0
    assert scores.loc["Conceder", "agreement rate"] == pytest.approx(1 / 4)
    assert "turns lost, e.g." in str(cup)
    assert "ValueError: no idea" in cup.trace(1).faults[0].note


def test_measures_are_distances_in_shares_of_the_range() -> None:
    """On a line every outcome is efficient; without agreement the disagreement point is measured."""
    found = ng.tournament(LINE, [ng.FixedLevel(0.8), ng.FixedLevel(0.2), ng.FixedLevel(0.5)], protocol=RULES)
    table = found.table
    assert set(MEASURES) <= set(table.columns)
    agreed = table[table["agreed"]]
    assert (agreed["distance to frontier"] == 0).all()
    assert agreed["welfare"].tolist() == [10.0] * len(agreed)
    assert (agreed["share of welfare"] == 1).all()
    nash = np.hypot(agreed["payoff of A"] / 10 - 0.5, agreed["payoff of B"] / 10 - 0.5)
    for name in ("Nash", "Kalai-Smorodinsky", "egalitarian"):
        assert agreed[f"distance to {name}"].tolist() == pytest.approx(nash.tolist())
    fair = agreed[["payoff of A", "payoff of B"]]
    assert agreed["fairness"].tolist() == pytest.approx((fair.min(axis=1) / fair.max(axis=1)).tolist())
    failed = table[~table["agreed"]]
    assert failed["distance to Nash"].tolist() == pytest.approx([np.hypot(0.5, 0.5)] * len(failed))
    assert failed["fairness"].isna().all()
    assert (failed["welfare"] == 0).all()


def test_where_nothing_suits_both_there_is_no_solution_to_measure_by() -> None:
    found = ng.tournament(ng.Domain([[1, -1], [-1, 1]]), [ng.Boulware()])
    assert found.table["distance to Nash"].isna().all()
    assert found.agreement_rate == 0


def test_scores_and_the_payoff_matrix_say_the_same() -> None:
    """A strategy's score is its mean over both seats and all opponents."""
    cup = ng.tournament([LINE, TRADE], MIXED, protocol=RULES)
    matrix = cup.payoff_matrix()
    assert matrix.shape == (2, 4, 4)
    for k, name in enumerate(cup.labels):
        expected = (matrix[0, k].mean() + matrix[1, :, k].mean()) / 2
        assert cup.scores().loc[name, "share"] == pytest.approx(expected)
    game = ng.NormalFormGame(matrix, players=cup.names, actions=[cup.labels, cup.labels])
    assert ng.solve(game).equilibria


def test_drawn_stakes_are_known_to_the_parties() -> None:
    """Each run has stakes of its own; played again one by one it is the same, compiled or not."""
    talks = small_talks()
    for strategies in ([ng.Boulware(), ng.Conceder()], [ng.MiCRO(), ng.Conceder()]):
        found = ng.simulate(talks, strategies, runs=25, stakes="drawn", protocol=RULES, measures=True)
        assert len({row.tobytes() for row in found.payoffs}) > 5
        for m in range(25):
            trace = found.trace(m)
            assert (-1 if trace.agreement is None else trace.agreement) == found.outcome[m]
            assert trace.payoffs == pytest.approx(found.payoffs[m])
        assert (found.table["distance to frontier"] >= -1e-12).all()
        assert found.summary()["agreement rate"] == found.agreement_rate


def test_simulations_at_central_values_differ_by_chance_only() -> None:
    found = ng.simulate(LINE, {"B": ng.RandomWalker(), "A": ng.Boulware()}, runs=60)
    assert found.labels == ("Boulware", "RandomWalker")
    assert len(set(found.outcome.tolist())) > 1
    same = ng.simulate(LINE, [ng.Boulware(), ng.Conceder()], runs=60)
    assert len(set(same.outcome.tolist())) == 1
    assert "drawn with the seed 0" in str(same)


def test_tables_are_tidy_and_results_picklable() -> None:
    talks = small_talks()
    found = ng.simulate(talks, [ng.Boulware(), ng.RandomWalker()], runs=10)
    long = found.by_party()
    assert len(long) == 20
    assert long.groupby("party")["payoff"].mean()["US"] == pytest.approx(found.payoffs[:, 0].mean())
    assert found.table.attrs["unit"] == talks.unit
    assert "agreement rate" in found._repr_html_()
    back = pickle.loads(pickle.dumps(found))
    assert back.trace(3).same_moves(found.trace(3))
    cup = ng.tournament(TRADE, MIXED, protocol=RULES)
    assert "Boulware" in cup._repr_html_()
    trace = pickle.loads(pickle.dumps(cup.trace(0)))
    frame = trace.to_frame()
    assert list(frame.columns[:6]) == ["round", "turn", "time", "party", "move", "outcome"]
    assert len(frame) == len(trace.events)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: ng.tournament([], MIXED), ng.GameShapeError, "needs a domain"),
        (lambda: ng.tournament(LINE, []), ng.GameShapeError, "needs strategies"),
        (lambda: ng.tournament(LINE, "ab"), ng.WrongTypeError, "give a sequence of strategies"),
        (lambda: ng.tournament("file", MIXED), ng.WrongTypeError, "cannot negotiate over a str"),
        (lambda: ng.tournament(LINE, [ng.MiCRO(), ng.MiCRO()]), ng.DuplicateNameError, "duplicate strategy 'MiCRO'"),
        (lambda: ng.tournament([LINE, ng.Domain([[1, 2, 3]])], MIXED), ng.GameShapeError, "same number of parties"),
        (lambda: ng.tournament(LINE, MIXED, repetitions=0), ng.ParameterError, "number of repetitions"),
        (lambda: ng.simulate(LINE, MIXED[:2], runs=0), ng.ParameterError, "number of runs"),
        (lambda: ng.simulate(LINE, MIXED[:2], stakes="guessed"), ng.ParameterError, "expected 'central' or 'drawn'"),
        (lambda: ng.simulate(LINE, MIXED[:2], stakes="drawn"), ng.WrongTypeError, "only the stakes of a negotiation"),
        (lambda: ng.simulate(LINE, MIXED[:2], rng="seed"), ng.WrongTypeError, "rng must be"),
        (lambda: ng.best_response(LINE, ng.Boulware(), party="C"), ng.UnknownNameError, "no party called 'C'"),
        (lambda: ng.best_response(LINE, ng.Boulware(), party=2), ng.ParameterError, "expected 0 or 1"),
        (lambda: ng.best_response(LINE, ng.MiCRO(), candidates=[]), ng.ParameterError, "nothing to try"),
        (lambda: ng.best_response(ng.Domain([[1, 2, 3]]), ng.MiCRO()), ng.ParameterError, "talks of two"),
        (
            lambda: ng.exploitability(LINE, ng.MiCRO(), protocol=ng.NashDemand()),  # type: ignore[arg-type]
            ng.SolverMismatchError,
            "alternating offers of a known number of rounds only",
        ),
        (
            lambda: ng.exploitability(ng.Domain([[1, -1]]), ng.Boulware()),
            ng.SolverMismatchError,
            "there is nothing to exploit",
        ),
    ],
)
def test_what_is_asked_for_is_checked_before_anything_is_played(call: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call()


def test_efficient_packages_change_with_the_stakes() -> None:
    efficient = ng.Domain.from_talks(small_talks(), which="efficient")
    with pytest.raises(ng.WrongTypeError, match="other packages are efficient"):
        ng.simulate(efficient, MIXED[:2], stakes="drawn")


def test_best_responses_wait_for_those_who_concede() -> None:
    """A conceder gives all in the end; without a cost of time the other waits for it. One who insists gives nothing more."""
    found = ng.best_response(LINE, ng.Conceder(), party="A", protocol=RULES)
    assert (found.value, found.is_exact) == (10, True)
    firm = ng.best_response(LINE, ng.FixedLevel(0.7), party="A", protocol=RULES)
    assert firm.value == 3
    impatient = ng.best_response(LINE.with_discounting([0.9, 0.9]), ng.Conceder(), party="A", protocol=RULES)
    assert 0 < impatient.value < 10


def test_where_history_counts_the_best_response_is_a_lower_bound() -> None:
    found = ng.best_response(LINE, ng.MiCRO(), party="A", protocol=ng.StackedAlternatingOffers(rounds=30))
    assert not found.is_exact
    assert "lower bound: the best of" in found.method
    assert found.value >= ng.play(LINE, [ng.MiCRO(), ng.MiCRO()]).payoffs[1]


def test_exploitability_compares_with_the_equilibrium() -> None:
    """One who insists on 7 of 10 keeps the other below its equilibrium payoff; a conceder is exploited."""
    domain = LINE.with_discounting([0.9, 0.9])
    firm = ng.exploitability(domain, ng.FixedLevel(0.7), party="B", protocol=RULES)
    soft = ng.exploitability(domain, ng.Conceder(), party="A", protocol=RULES)
    assert firm.value < 0 < soft.value
    assert firm.own_loss < 0 < soft.own_loss
    assert "exact" in str(soft)
    assert "Conceder of A: B gets" in str(soft)


def test_fairness_compares_shares_of_what_each_could_have() -> None:
    """Half of what each could at best have, in whatever units, is fair; welfare is compared with the largest there is."""
    domain = ng.Domain([[10, 0], [5, 1], [0, 2], [8, 0.5]], names=("A", "B"))
    found = Yardstick.of(domain).measure(np.array([1, 3, 0, -1]))
    assert found["fairness"][:3].tolist() == pytest.approx([1, 0.25 / 0.8, 0])
    assert np.isnan(found["fairness"][3])
    assert found["welfare"].tolist() == [6, 8.5, 10, 0]
    assert found["share of welfare"].tolist() == pytest.approx([0.6, 0.85, 1, 0])
    assert found["distance to egalitarian"][0] == 0
    assert found["distance to frontier"].tolist() == pytest.approx(
        [0, 0, 0, min(np.hypot(0.5, 0.5), np.hypot(0.8, 0.25))]
    )
