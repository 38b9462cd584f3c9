"""The rules of talks: who is asked what, when it is agreed, when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import negotiation as ng
from negotiation.simulation.protocol import Ending, Outcome

LINE = ng.Domain([[4 - k, k] for k in range(5)], names=("A", "B"))
THREE = ng.Domain([[3, 0, 0], [0, 3, 0], [0, 0, 3], [1, 1, 1]], names=("A", "B", "C"))


def kinds(trace: ng.Trace) -> list[tuple[int, str, int | None]]:
    return [(e.party, e.kind, e.outcome) for e in trace.events]


def test_an_offer_of_three_needs_both_others() -> None:
    """B accepts, C does not and makes an offer of its own, which the others accept in turn."""
    moves = [ng.Scripted((3, "accept")), ng.Scripted(("accept", "accept")), ng.Scripted((2,))]
    trace = ng.play(THREE, moves, protocol=ng.StackedAlternatingOffers(rounds=2))
    assert kinds(trace) == [(0, "offer", 3), (1, "accept", 3), (2, "offer", 2), (0, "accept", 2), (1, "accept", 2)]
    assert (trace.agreement, trace.delay, trace.rounds) == (2, 2, 2)


def test_leaving_ends_talks_for_everybody() -> None:
    trace = ng.play(THREE, [ng.Boulware(), lambda view: "leave", ng.Boulware()])
    assert (trace.ending, trace.rounds, trace.agreement) == ("left", 1, None)
    assert kinds(trace)[-1] == (1, "leave", None)


def test_who_has_nothing_to_sign_leaves() -> None:
    """No outcome is worth B's reservation value."""
    hopeless = ng.Domain([[1, 1]], reservation=[0, 2])
    trace = ng.play(hopeless, [ng.Boulware(), ng.Conceder()])
    assert trace.ending == "left"


def test_the_clock_runs_from_zero_to_one_or_in_between() -> None:
    seen: list[float] = []

    def looks(view: ng.View) -> Any:
        seen.append(view.time)
        return 0

    for clock in ("closed", "open"):
        ng.play(LINE, [looks, lambda view: 4], protocol=ng.StackedAlternatingOffers(rounds=4, clock=clock))  # type: ignore[arg-type]
    assert seen == pytest.approx([0, 1 / 3, 2 / 3, 1, 0.2, 0.4, 0.6, 0.8])


def test_talks_extended_by_a_day() -> None:
    """Twice at most, with a note in the record; the clock is set anew."""
    times: list[float] = []

    def looks(view: ng.View) -> Any:
        times.append(round(view.time, 3))
        return 0

    rules = ng.StackedAlternatingOffers(rounds=3, extension=ng.Extension(rounds=2, chance=1.0, most=2))
    trace = ng.play(LINE, [looks, lambda view: 4], protocol=rules)
    assert trace.rounds == 7
    assert [e.note for e in trace.events if e.kind == "extended"] == ["by 2 rounds"] * 2
    assert times == [0, 0.5, 1, 0.75, 1, 0.833, 1]
    never = ng.StackedAlternatingOffers(rounds=3, extension=ng.Extension(chance=0.0))
    assert ng.play(LINE, [looks, lambda view: 4], protocol=never).rounds == 3


def test_extensions_happen_with_their_chance() -> None:
    rules = ng.StackedAlternatingOffers(rounds=1, extension=ng.Extension(rounds=1, chance=0.3))
    found = ng.simulate(LINE, [ng.FixedLevel(1.0)] * 2, runs=400, protocol=rules, executor=1)
    assert (found.rounds == 2).mean() == pytest.approx(0.3, abs=0.07)


def test_talks_by_a_deadline_end_on_time() -> None:
    """Ten turns of one hour in nine and a half; with turns of uneven length the number varies."""
    even = ng.StackedAlternatingOffers(rounds=1000, pace=ng.Pace(9.5))
    trace = ng.play(LINE, [ng.FixedLevel(1.0)] * 2, protocol=even)
    assert len(trace.events) == 10
    assert trace.events[-1].time == pytest.approx(9 / 9.5)
    uneven = ng.StackedAlternatingOffers(rounds=1000, pace=ng.Pace(50.0, spread=1.0))
    counts = {len(ng.play(LINE, [ng.FixedLevel(1.0)] * 2, protocol=uneven, rng=k).events) for k in range(10)}
    assert len(counts) > 3


def test_simultaneous_offers_are_not_seen_until_all_are_made() -> None:
    heard: list[int] = []

    def listens(view: ng.View) -> Any:
        heard.append(len(view.history))
        return 4

    ng.play(LINE, [lambda view: 0, listens], protocol=ng.SimultaneousOffers(rounds=3))
    assert heard == [0, 2, 4]


def test_simultaneous_offers_agree_when_both_like_one() -> None:
    """A asks for 3 and B offers it 3: both offers are outcome 1, agreed; crossing offers are settled by lot."""
    same = ng.play(LINE, [lambda view: 1, lambda view: 1], protocol=ng.SimultaneousOffers())
    assert same.agreement == 1
    generous = ng.SimultaneousOffers(rounds=1)
    crossing = {ng.play(LINE, [lambda view: 3, lambda view: 1], protocol=generous, rng=k).agreement for k in range(20)}
    assert crossing == {1, 3}
    assert ng.play(LINE, [lambda view: 1, lambda view: 3], protocol=generous).agreement is None


@pytest.mark.parametrize(("a", "b", "agreed"), [(0.5, 0.5, 2), (0.75, 0.25, 1), (0.75, 0.5, None), (0.25, 0.25, 2)])
def test_nash_demands_are_met_if_compatible(a: float, b: float, agreed: int | None) -> None:
    """Of what is left over both get an even share: the largest product of gains."""
    trace = ng.play(LINE, [ng.FixedLevel(a), ng.FixedLevel(b)], protocol=ng.NashDemand())
    assert trace.agreement == agreed


def test_repeated_demands_come_down() -> None:
    trace = ng.play(LINE, [ng.LinearConcession(), ng.LinearConcession()], protocol=ng.NashDemand(rounds=9))
    assert trace.agreement == 2
    assert trace.rounds == 5


def test_take_it_or_leave_it() -> None:
    """One who goes by the clock takes anything, there is no later; one who insists does not."""
    assert ng.play(LINE, [ng.Boulware(), ng.Boulware()], protocol=ng.TakeItOrLeaveIt()).payoffs.tolist() == [4, 0]
    assert ng.play(LINE, [ng.Boulware(), ng.Boulware()], protocol=ng.TakeItOrLeaveIt(1)).payoffs.tolist() == [0, 4]
    firm = ng.play(LINE, [ng.Boulware(), ng.FixedLevel(0.5)], protocol=ng.TakeItOrLeaveIt())
    assert firm.agreement is None
    assert firm.ending == "deadline"


def test_a_single_text_climbs_to_where_nothing_helps_all() -> None:
    """From the worst text, changes that both want are found; the final text is efficient among its neighbours."""
    domain = ng.Domain.additive([[[0, 2], [0, 3], [0, -1]], [[0, 1], [0, -1], [0, 4]]], names=("A", "B"))
    trace = ng.play(domain, [ng.Boulware(), ng.Boulware()], protocol=ng.SingleText(votes=60))
    assert domain.options is not None
    assert trace.agreement is not None
    assert domain.options[trace.agreement].tolist() == [1, 0, 0]
    noisy = [
        ng.play(domain, [ng.Annealer(), ng.Annealer()], protocol=ng.SingleText(votes=60), rng=k).payoffs.sum()
        for k in range(30)
    ]
    assert max(noisy) > trace.payoffs.sum()


def test_a_text_that_somebody_does_not_sign_is_none() -> None:
    domain = ng.Domain([[0, 0], [1, 1]], [2, 0])
    trace = ng.play(domain, [ng.Boulware(), ng.Boulware()], protocol=ng.SingleText(votes=5))
    assert trace.agreement is None
    assert trace.events[-2].kind == "signature no"


def test_texts_of_a_negotiation_start_at_the_status_quo_or_where_told() -> None:
    talks = ng.london_2025().without_issues("student_visas")
    small = talks.without_issues(*talks.issue_names[4:])
    start = small.package(small.issue_names[0])
    trace = ng.play(small, [lambda view: "reject"] * 2, protocol=ng.SingleText(votes=1, start=start))
    finals = [e.outcome for e in trace.events if e.kind == "final text"]
    assert ng.Domain.from_talks(small).describe(finals[0]) == str(start)


def test_packages_are_offered_by_name() -> None:
    """A strategy may return a package; the record has its row and its words."""
    talks = ng.london_2025()
    small = talks.without_issues(*talks.issue_names[3:])
    package = small.package(*small.issue_names[:2])
    trace = ng.play(small, [lambda view: package, lambda view: "accept"])
    domain = ng.Domain.from_talks(small)
    assert trace.agreement == domain.outcome(package)
    assert domain.describe(trace.agreement) == str(package)
    assert trace.payoffs == pytest.approx(ng.payoffs(small, package))
    assert str(package) in str(trace)


def test_domains_of_a_negotiation_list_all_or_the_efficient_packages() -> None:
    talks = ng.london_2025()
    small = talks.without_issues(*talks.issue_names[5:])
    full, efficient = ng.Domain.from_talks(small), ng.Domain.from_talks(small, which="efficient")
    front = ng.pareto_frontier(small, ties="one")
    assert full.utilities == pytest.approx(ng.bargaining_problem(small).utilities)
    assert efficient.utilities == pytest.approx(front.payoffs)
    for row in range(efficient.n_outcomes):
        assert efficient.utilities[row] == pytest.approx(full.utilities[int(efficient.rows[row])])  # type: ignore[index]
    with pytest.raises(ng.SizeLimitError, match="negotiate over the efficient ones"):
        ng.Domain.from_talks(talks, limit=1000)
    with pytest.raises(ng.ParameterError, match="not among the efficient ones"):
        efficient.outcome(small.status_quo)


def test_normalised_domains_run_from_zero_to_one() -> None:
    scaled = ng.Domain([[2, -5], [6, 5]], [1, 0], reservation=[4, 0]).normalised()
    assert scaled.utilities.tolist() == [[0, 0], [1, 1]]
    assert scaled.reservation.tolist() == [0.5, 0.5]
    assert scaled.disagreement.tolist() == [-0.25, 0.5]


def test_discounted_payoffs_count_the_turns_of_offers() -> None:
    """Agreement on the offer of turn 2 is worth the disagreement payoff for two turns and the outcome from then on."""
    domain = ng.Domain([[4, 0], [0, 4]], [1, 0], discount_factors=[0.5, 0.9], names=("A", "B"))
    trace = ng.play(
        domain, [ng.Scripted((0, 1)), ng.Scripted(("reject", "accept"))], protocol=ng.StackedAlternatingOffers(3)
    )
    assert trace.delay == 2
    assert trace.payoffs == pytest.approx([0.75 * 1 + 0.25 * 0, 0.81 * 4])
    assert np.allclose(trace.payoffs, domain.payoff(1, delay=2))


class Summed:
    """What a reader of files may give: sums over issues, listed on demand."""

    stakes = (np.array([[0.0, 3.0], [2.0, 0.0]]), np.array([[0.0, 2.0], [1.0, 1.0], [3.0, 0.0]]))

    def as_additive_terms(self) -> Any:
        return self.stakes, [], np.zeros(2)

    def package_from_choices(self, choices: Any) -> Any:
        return tuple(choices)

    def as_bargaining_problem(self) -> ng.BargainingProblem:
        rows = [a + b for a in self.stakes[0] for b in self.stakes[1]]
        return ng.BargainingProblem(rows, [0, 0], names=("A", "B"))


def test_whatever_can_be_seen_as_a_bargaining_problem_is_negotiated_over() -> None:
    """With its issues, if it says what they are: the mediator changes one at a time."""
    trace = ng.play(Summed(), [ng.OpponentLearner(), ng.TradeOff()])
    assert trace.domain.options is not None
    assert trace.domain.options.tolist() == [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]]
    assert trace.domain.utilities[5].tolist() == [5, 0]
    assert trace.agreement is not None
    plain = ng.play(ng.BargainingProblem([[2, 1], [1, 2]], [0, 0]), [ng.Boulware(), ng.Boulware()])
    assert plain.agreement is not None
    assert "<table" in plain._repr_html_()


def test_labels_of_strategies_that_hold_arrays() -> None:
    from dataclasses import field

    from negotiation.simulation.strategy import label

    @dataclass(frozen=True)
    class Weighs:
        weights: Any = field(default_factory=lambda: np.ones(2))

        def move(self, view: ng.View) -> Any:
            return 0

    assert label(Weighs()) == "Weighs"
    assert label(Weighs(np.zeros(2))) == "Weighs(weights=array([0., 0.]))"


def test_efficient_packages_of_a_draw_are_those_of_the_draw() -> None:
    talks = ng.london_2025()
    small = talks.without_issues(*talks.issue_names[5:])
    values = ng.draw_stakes(small, 1, rng=np.random.default_rng(1)).values[0]
    efficient, full = (ng.Domain.from_talks(small, which=w, values=values) for w in ("efficient", "all"))  # type: ignore[arg-type]
    front = ng.pareto_frontier(full.as_bargaining_problem(), ties="one")
    assert sorted(efficient.utilities.ravel()) == pytest.approx(sorted(front.payoffs.ravel()))


@dataclass(frozen=True)
class Accuse:
    """A move that no protocol of the library knows."""


@dataclass(frozen=True)
class Keep:
    """Another."""


@dataclass(frozen=True)
class Months:
    """Every month all accuse or keep quiet; what the others did is seen wrongly with a probability."""

    months: int = 12
    noise: float = 0.0

    def why_not(self, n_parties: int) -> str:
        return ""

    def talk(self, referee: Any) -> Outcome:
        seen: list[list[ng.Event]] = [[] for _ in range(referee.n_parties)]
        for month in range(self.months):
            referee.at(round=month, turn=month, time=month / self.months)
            moves = [referee.ask(p, "month", history=seen[p], answers=(Accuse, Keep)) for p in range(referee.n_parties)]
            for p, move in enumerate(moves):
                if move is not None:
                    referee.record(p, type(move).__name__.lower())
                for watcher in range(referee.n_parties):
                    truly = isinstance(move, Accuse)
                    shown = truly != (watcher != p and referee.rng.random() < self.noise)
                    seen[watcher].append(ng.Event(month, month, 0.0, p, "accuse" if shown else "keep"))
        return Outcome(Ending.DEADLINE, None, self.months)


def test_a_protocol_may_have_moves_of_its_own_and_show_them_with_noise() -> None:
    """Tit for tat: quiet for ever without noise, quarrels after the first mistake with it; other moves lose the turn."""

    def answers_in_kind(view: ng.View) -> Any:
        theirs = [e.kind for e in view.history if e.party != view.party]
        return Accuse() if theirs and theirs[-1] == "accuse" else Keep()

    quiet = ng.play(LINE, [answers_in_kind, answers_in_kind], protocol=Months())
    assert {e.kind for e in quiet.events} == {"keep"}
    noisy = ng.play(LINE, [answers_in_kind, answers_in_kind], protocol=Months(months=60, noise=0.1))
    assert {e.kind for e in noisy.events} == {"keep", "accuse"}
    wrong = ng.play(LINE, [answers_in_kind, lambda view: 3], protocol=Months(months=2))
    assert [f.note for f in wrong.faults] == ["Offer is no answer when asked for: month."] * 2
