"""Strategies that err, hang or talk nonsense lose their turn, with the reason on record, and talks go on."""

from __future__ import annotations

import sys
import threading
import time
from typing import Any

import numpy as np
import pytest

import negotiation as ng
from negotiation.simulation.guard import OutOfTime, within

DOMAIN = ng.Domain([[4, 0], [3, 3], [0, 4]], names=("A", "B"))
FIVE = ng.StackedAlternatingOffers(rounds=5)


def errs(view: ng.View) -> Any:
    return 1 / 0


def hangs(view: ng.View) -> Any:
    while True:
        pass


def sleeps(view: ng.View) -> Any:
    time.sleep(60)


def swallows_the_alarm_once(view: ng.View) -> Any:
    try:
        time.sleep(60)
    except BaseException:
        time.sleep(60)


def exits(view: ng.View) -> Any:
    sys.exit("enough")


def recurses(view: ng.View) -> Any:
    return recurses(view)


def writes_in_the_books(view: ng.View) -> Any:
    view.seat.own[0] = 100


class MuteError(Exception):
    def __str__(self) -> str:
        raise ValueError("an error that cannot be printed")


def errs_without_a_word(view: ng.View) -> Any:
    raise MuteError


def peeks(view: ng.View) -> Any:
    return view.domain.utilities[0, 1]


@pytest.mark.parametrize(
    ("strategy", "why"),
    [
        (errs, "ZeroDivisionError: division by zero"),
        (exits, "SystemExit: enough"),
        (errs_without_a_word, "MuteError"),
        (recurses, "RecursionError: maximum recursion depth exceeded"),
        (writes_in_the_books, "ValueError: assignment destination is read-only"),
        (peeks, "a strategy sees its own payoffs only; one that needs the others' says complete_information = True."),
        (lambda view: None, "None is not a move; return an outcome to offer, or 'accept', 'reject' or 'leave'."),
        (lambda view: "agreed", "'agreed' is not a move; return an outcome to offer"),
        (lambda view: True, "True is not a move"),
        (lambda view: 3, "outcome 3 does not exist; rows run from 0 to 2."),
        (lambda view: -1, "outcome -1 does not exist"),
        (lambda view: float("nan"), "nan is not an outcome; give a row from 0 to 2 or a package."),
        (lambda view: {"x": "lifted"}, "{'x': 'lifted'} is not an outcome"),
        (lambda view: ng.Offer(np.array([1, 2])), "array([1, 2]) is not an outcome"),
    ],
)
def test_a_strategy_that_errs_or_talks_nonsense_loses_its_turn(strategy: Any, why: str) -> None:
    trace = ng.play(DOMAIN, [strategy, ng.Boulware()], protocol=FIVE)
    assert trace.ending == "deadline"
    assert len(trace.faults) == 5
    for fault in trace.faults:
        assert fault.party == 0
        assert fault.note.startswith(why)
    assert len(trace.offers("B")) == 5
    assert trace.payoffs.tolist() == [0, 0]


@pytest.mark.parametrize("strategy", [hangs, sleeps, swallows_the_alarm_once])
def test_a_strategy_that_hangs_loses_its_turn(strategy: Any) -> None:
    start = time.monotonic()
    trace = ng.play(
        DOMAIN, [ng.Conceder(), strategy], protocol=ng.StackedAlternatingOffers(rounds=2), move_seconds=0.05
    )
    assert time.monotonic() - start < 5
    assert [f.note for f in trace.faults] == ["no move within 0.05 s"] * 2


def test_a_strategy_that_hangs_outside_the_main_thread_loses_its_turn() -> None:
    """There the alarm of the operating system cannot be used."""
    found: list[ng.Trace] = []
    protocol = ng.StackedAlternatingOffers(rounds=1)
    thread = threading.Thread(
        target=lambda: found.append(ng.play(DOMAIN, [ng.Conceder(), hangs], protocol=protocol, move_seconds=0.05))
    )
    thread.start()
    thread.join(20)
    assert [f.note for f in found[0].faults] == ["no move within 0.05 s"]


def test_calls_in_another_thread_give_back_results_and_errors() -> None:
    """As calls in the main thread do."""
    answers: list[Any] = []

    def work() -> None:
        answers.append(within(5.0, lambda a, b: a + b, 1, 2))
        for wrong, kind in ((lambda: 1 / 0, ZeroDivisionError), (lambda: time.sleep(20), OutOfTime)):
            try:
                within(0.2, wrong)
            except kind as error:
                answers.append(type(error).__name__)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    assert answers == [3, "ZeroDivisionError", "OutOfTime"]


def test_the_offer_on_the_table_lapses_with_a_lost_turn() -> None:
    """Whoever loses its turn has not accepted; the other is asked for a new offer."""
    asked: list[str] = []

    def notes(view: ng.View) -> Any:
        asked.append(view.asked)
        return 0

    ng.play(DOMAIN, [notes, errs], protocol=ng.StackedAlternatingOffers(rounds=3))
    assert asked == ["offer", "offer", "offer"]


@pytest.mark.parametrize(
    ("protocol", "answer"),
    [
        (ng.SimultaneousOffers(rounds=3), "accept"),
        (ng.NashDemand(), "accept"),
        (ng.TakeItOrLeaveIt(), "accept"),
        (ng.SingleText(votes=3), 1),
        (FIVE, "accept"),
    ],
)
def test_an_answer_to_another_question_is_nonsense(protocol: Any, answer: Any) -> None:
    """An acceptance with nothing on the table, an offer in a vote."""
    trace = ng.play(DOMAIN, [lambda view: answer, ng.Boulware()], protocol=protocol)
    assert trace.faults
    assert "is no answer when asked for" in trace.faults[0].note
    assert trace.faults[0].party == 0


@pytest.mark.parametrize(
    ("strategies", "error", "words"),
    [
        ([ng.Boulware()], ng.GameShapeError, "1 strategies for 2 parties: one for each of A, B"),
        ([ng.Boulware, ng.Boulware()], ng.WrongTypeError, r"Boulware is a class; give a value, Boulware\("),
        ([ng.Boulware(), 3], ng.WrongTypeError, "3 is not a strategy: it has no method move"),
        ({"A": ng.Boulware()}, ng.GameShapeError, "no strategy for B"),
        ({"A": ng.Boulware(), "C": ng.Boulware()}, ng.UnknownNameError, "no party called 'C' in the strategies"),
        ("ab", ng.WrongTypeError, "give a sequence of strategies"),
    ],
)
def test_seats_are_checked_before_the_first_move(strategies: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        ng.play(DOMAIN, strategies)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: ng.StackedAlternatingOffers(rounds=0), ng.ParameterError, "number of rounds is a whole number from 1"),
        (lambda: ng.StackedAlternatingOffers(clock="sand"), ng.ParameterError, "expected 'closed' or 'open'"),
        (
            lambda: ng.play(DOMAIN, [errs, errs], protocol=ng.StackedAlternatingOffers(first=2)),
            ng.ParameterError,
            "party 2",
        ),
        (lambda: ng.play(DOMAIN, [errs, errs], protocol=ng.TakeItOrLeaveIt(4)), ng.ParameterError, "party 4 does not"),
        (lambda: ng.play(DOMAIN, [errs, errs], protocol=FIVE.__class__), ng.WrongTypeError, "is not a protocol"),
        (lambda: ng.play(DOMAIN, [errs, errs], move_seconds=0), ng.ParameterError, "move_seconds is a positive number"),
        (lambda: ng.play([[1, 2]], [errs, errs]), ng.WrongTypeError, "cannot negotiate over a list"),
        (lambda: ng.Extension(chance=2), ng.ProbabilityError, "chance of an extension lies in"),
        (lambda: ng.Pace(0), ng.ParameterError, "deadline and per_turn are positive"),
        (lambda: ng.Pace(1, spread=-1), ng.ParameterError, "spread is 0 or more"),
        (lambda: ng.TimeBased(beta=-1), ng.ParameterError, "beta=-1; expected 0 or more"),
        (lambda: ng.TimeBased(k=2), ng.ParameterError, "k=2; expected a share"),
        (lambda: ng.TimeBased(shape="exponential"), ng.ParameterError, "never concedes; give a positive share"),
        (lambda: ng.TimeBased(choose="best"), ng.ParameterError, "expected 'polynomial' or 'exponential'"),
        (lambda: ng.RelativeTitForTat(lag=0), ng.ParameterError, "the lag is a whole number from 1"),
        (lambda: ng.AveragedTitForTat(window=0), ng.ParameterError, "the window is a whole number from 1"),
        (lambda: ng.RandomAbsoluteTitForTat(most=2), ng.ParameterError, "most=2; expected a share"),
        (lambda: ng.MiCRO(repeat="first"), ng.ParameterError, "expected 'random' or 'last'"),
        (lambda: ng.FixedLevel(2), ng.ParameterError, "level=2; expected from 0"),
        (lambda: ng.RandomWalker(-1), ng.ParameterError, "floor=-1; expected from 0"),
        (lambda: ng.Annealer(0), ng.ParameterError, "temperature=0; expected a positive number"),
        (lambda: ng.TradeOff(band=2), ng.ParameterError, "band=2; expected a share"),
        (lambda: ng.NiceTitForTat(late=2), ng.ParameterError, "late=2, last=0.98; expected times"),
        (lambda: ng.FrequencyModel(rate=-1), ng.ParameterError, "rate=-1; expected 0 or more"),
        (lambda: ng.BayesianModel(spread=0), ng.ParameterError, "spread=0; expected a share and a positive number"),
        (lambda: ng.Domain([[1, 2]], reservation=[0]), ng.GameShapeError, "reservation values of shape"),
        (
            lambda: ng.Domain([[1, 2]], discount_factors=[1, 2]),
            ng.DiscountFactorError,
            "expected 0 < delta <= 1 a turn",
        ),
        (lambda: ng.Domain([[1, 2]], options=[[0], [1]]), ng.GameShapeError, "options of shape"),
        (
            lambda: ng.Domain([[1, 2]], options=[[0]], issues=["a", "b"]),
            ng.GameShapeError,
            "2 issue names for 1 issues",
        ),
        (lambda: ng.Domain([[1, np.inf]]), ng.NotFiniteError, "inf; it must be finite"),
        (lambda: ng.Domain([1, 2]), ng.GameShapeError, "expected"),
        (lambda: ng.Domain.additive([[[0, 1]], [[0, 1, 2]]]), ng.GameShapeError, "give every party the same issues"),
        (lambda: ng.Domain.additive([[[0, 1]]], [[1, 2]]), ng.GameShapeError, "weights of shape"),
        (lambda: DOMAIN.with_discounting(), ng.DiscountFactorError, "no discount factors are known here"),
    ],
)
def test_options_are_checked_where_they_are_given(make: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        make()


def test_a_single_text_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ng.ParameterError, match="outcome 7 does not exist"):
        ng.play(DOMAIN, [ng.Boulware(), ng.Boulware()], protocol=ng.SingleText(start=7))
