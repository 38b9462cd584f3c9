"""Laws of disputes over time: payoffs are those of the package in force, chance depends on the seed, clean play is clean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import negotiation as ng
from negotiation.testing import negotiations

few = settings(max_examples=min(60, settings.default.max_examples))

KEEPERS: list[Any] = [
    ng.AlwaysComply(),
    ng.Grim(),
    ng.TitForTat(),
    ng.GenerousTitForTat(),
    ng.ContriteTitForTat(),
    ng.WinStayLoseShift(),
    ng.Reopening(ng.TitForTat()),
    "Tit For 2 Tats",
]
ANY: list[Any] = [*KEEPERS, ng.NeverComply(), ng.Opportunist(0.3), "Alternator", "Bully"]
protocols = st.builds(
    ng.MonthlyDispute,
    periods=st.integers(1, 9),
    false_alarm=st.sampled_from([0.0, 0.2, 1.0]),
    missed=st.sampled_from([0.0, 0.5]),
    slip=st.sampled_from([0.0, 0.3]),
    licence=st.integers(1, 4),
    lag=st.integers(1, 3),
)


def everything(talks: ng.Negotiation) -> ng.Package:
    """Every issue at its last option."""
    return talks.package(*talks.issue_names)


@few
@given(talks=negotiations(), strategy=st.sampled_from(ANY), protocol=protocols, seed=st.integers(0, 9))
def test_payoffs_are_those_of_the_package_in_force(
    talks: ng.Negotiation, strategy: Any, protocol: ng.MonthlyDispute, seed: int
) -> None:
    """What a period pays is what `payoffs` says of its package, in every run."""
    if isinstance(strategy, str):
        strategy = ng.classic_automata(len(talks.parties))[strategy]
    dispute = ng.simulate_dispute(talks, everything(talks), strategy, protocol=protocol, runs=5, rng=seed)
    for run in range(dispute.runs):
        packages = [dispute.package_at(run, t + 1) for t in range(protocol.periods)]
        np.testing.assert_allclose(dispute.payoffs[run], ng.payoffs(talks, packages))
    np.testing.assert_allclose(dispute.mean_payoffs, dispute.payoffs.mean(axis=1), atol=1e-9)


@few
@given(
    talks=negotiations(), strategy=st.sampled_from(KEEPERS), lag=st.integers(1, 3), tranches=st.integers(1, 3),
    licence=st.integers(1, 4),
)  # fmt: skip
def test_without_noise_who_keeps_keeps(
    talks: ng.Negotiation, strategy: Any, lag: int, tranches: int, licence: int
) -> None:
    """Nobody is accused, nothing breaks down, and the exchange is complete one lag a tranche later, for good."""
    owners = [issue.owner for issue in talks.issues]
    assume(max(map(owners.count, owners)) >= tranches)
    if isinstance(strategy, str):
        strategy = ng.classic_automata(len(talks.parties))[strategy]
    rules = ng.MonthlyDispute(periods=12, lag=lag, tranches=tranches, licence=licence)
    dispute = ng.simulate_dispute(talks, everything(talks), strategy, protocol=rules, runs=3)
    assert (dispute.completed_in == 1 + (tranches - 1) * lag).all()
    assert not dispute.accused.any()
    assert not dispute.breakdowns.any()
    assert (dispute.status[:, (tranches - 1) * lag :] == 3).all()


@few
@given(talks=negotiations(), strategy=st.sampled_from(KEEPERS[:7]), protocol=protocols)
def test_false_accusations_are_of_the_innocent(
    talks: ng.Negotiation, strategy: Any, protocol: ng.MonthlyDispute
) -> None:
    """Who is accused falsely is accused; without false alarms nobody is."""
    dispute = ng.simulate_dispute(talks, everything(talks), strategy, protocol=protocol, runs=5)
    assert not (dispute.falsely & ~dispute.accused).any()
    if protocol.false_alarm == 0:
        assert not dispute.falsely.any()
    assert (dispute.shares().sum(axis=1).round(12) == 1).all()


def test_the_seed_decides_with_any_number_of_workers() -> None:
    """The same seed, the same paths to the bit; another seed, others."""
    talks = swap()
    rules = ng.MonthlyDispute(periods=250, false_alarm=0.1)

    def played(seed: int, workers: int | None) -> ng.Dispute:
        strategies = [ng.GenerousTitForTat(), ng.Opportunist()]
        package = talks.package("x", "y")
        return ng.simulate_dispute(talks, package, strategies, protocol=rules, runs=2500, rng=seed, executor=workers)

    one, other = played(3, None), played(3, 2)
    assert one.run.n_chunks > 1
    np.testing.assert_array_equal(one.state, other.state)
    np.testing.assert_array_equal(one.falsely, other.falsely)
    assert (one.state != played(4, None).state).any()


def swap() -> ng.Negotiation:
    """A prisoner's dilemma: each gives 1 to bring the other 3."""
    issues = [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")]
    stakes = [
        ng.Stake("A", "x", "lifted", -1),
        ng.Stake("A", "y", "lifted", 3),
        ng.Stake("B", "y", "lifted", -1),
        ng.Stake("B", "x", "lifted", 3),
    ]
    return ng.Negotiation(["A", "B"], issues, stakes)


@few
@given(names=st.tuples(*[st.sampled_from(sorted(ng.classic_automata()))] * 2), periods=st.integers(1, 12))
def test_a_dispute_without_noise_is_a_match_of_automata(names: tuple[str, str], periods: int) -> None:
    """Oracle: automata play a swap as `play_match` plays the prisoner's dilemma with the same payoffs."""
    talks = swap()
    rules = ng.MonthlyDispute(periods=periods)
    dispute = ng.simulate_dispute(talks, talks.package("x", "y"), names, protocol=rules, runs=1)
    stage = ng.prisoners_dilemma(3, 2, punishment=0, sucker=-1)
    match = ng.play_match(names, stage, turns=periods)
    np.testing.assert_array_equal(dispute.payoffs[0], match.payoffs)


@pytest.mark.parametrize(
    ("value", "name"),
    [(ng.TitForTat(), "Tit For Tat"), (ng.Grim(), "Grudger"), (ng.WinStayLoseShift(), "Win-Stay Lose-Shift")],
)
def test_strategies_are_the_automata_of_their_name(value: Any, name: str) -> None:
    """Under noise too: the same draws, the same paths."""
    rules = ng.MonthlyDispute(periods=30, false_alarm=0.1, slip=0.05, missed=0.1)
    talks = swap()
    paths = [
        ng.simulate_dispute(talks, talks.package("x", "y"), strategy, protocol=rules, runs=50, rng=1)
        for strategy in (value, name)
    ]
    np.testing.assert_array_equal(paths[0].payoffs, paths[1].payoffs)


def test_grim_survives_as_often_as_nobody_is_falsely_accused() -> None:
    """Closed form: two grim parties are still complete after T periods with probability (1 - ε)^(2 (T - 1))."""
    talks, noise = swap(), 0.05
    rules = ng.MonthlyDispute(periods=10, false_alarm=noise)
    dispute = ng.simulate_dispute(talks, talks.package("x", "y"), ng.Grim(), protocol=rules, runs=20_000, rng=5)
    alive = (dispute.status == 3).mean(axis=0)
    expected = (1 - noise) ** (2 * np.arange(10))
    assert np.abs(alive - expected).max() < 4 * 0.5 / np.sqrt(20_000)


def test_contrition_takes_a_false_accusation_in_one_period() -> None:
    """After one false accusation tit for tat echoes for ever; contrite tit for tat is back after a period."""
    talks = swap()
    rules = ng.MonthlyDispute(periods=40, false_alarm=0.01)

    def after_one(strategy: Any) -> Any:
        found = ng.simulate_dispute(talks, talks.package("x", "y"), strategy, protocol=rules, runs=4000, rng=2)
        once = found.falsely.sum(axis=(1, 2)) == 1
        return (found.status[once] != 3).sum(axis=1), found

    contrite, _ = after_one(ng.ContriteTitForTat())
    assert set(contrite.tolist()) == {1}
    echo, found = after_one(ng.TitForTat())
    once = found.falsely.sum(axis=(1, 2)) == 1
    lasting = 40 - found.falsely[once].any(axis=2).argmax(axis=1)
    assert (echo == lasting).all()


@dataclass(frozen=True)
class CheatFrom:
    """Delivers until a period, then never: a strategy of one's own."""

    period: int

    def begin(self, runs: int) -> Any:
        return np.zeros(runs)

    def move(self, memory: Any, seen: ng.Seen) -> Any:
        no = np.zeros(len(memory), dtype=bool)
        return memory, ng.DisputeMove(np.full(len(memory), seen.period >= self.period), no, no)


@pytest.mark.parametrize("lag", [1, 2, 3])
def test_play_agrees_with_criterion_8(lag: int) -> None:
    """Against a grim party cheating pays in play exactly where `SelfEnforcing` says that patience is too small."""
    talks = swap()
    package = talks.package("x", "y")
    critical = float(ng.SelfEnforcing(lag=lag).critical(talks, talks.codes([package]))[0, 0])
    rules = ng.MonthlyDispute(periods=400, lag=lag)
    for patience, holds in ((critical - 0.01, False), (critical + 0.01, True)):
        us = talks.with_party("A", discount_factor=patience)
        worth = [
            ng.simulate_dispute(us, package, [strategy, ng.Grim()], protocol=rules, runs=1).discounted_payoffs[0, 0]
            for strategy in (ng.AlwaysComply(), ng.NeverComply())
        ]
        assert bool(worth[0] > worth[1]) is holds


@pytest.mark.parametrize(("lag", "licence"), [(1, 1), (1, 6), (2, 3), (4, 2)])
def test_a_cheat_enjoys_a_licence_for_as_long_as_criterion_8_says(lag: int, licence: int) -> None:
    """At the worst time for who is cheated: the lag, and a renewal just before it knew."""
    talks = swap()
    package = talks.package("x", "y")
    told = ng.SelfEnforcing(lag=lag, licence={"B": licence}).lags(talks)[0]
    rules = ng.MonthlyDispute(periods=40, lag=lag, licence={"B": licence})
    enjoyed = []
    for start in range(12, 12 + licence):
        found = ng.simulate_dispute(talks, package, [CheatFrom(start), ng.Grim()], protocol=rules, runs=1)
        enjoyed.append(int((found.payoffs[0, :, 0] == 3).sum()))
    assert max(enjoyed) == told == lag + licence - 1
