"""Laws of talks: nobody signs what hurts it, units do not matter, records are complete, many at a time is one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import negotiation as ng
from negotiation.simulation.clocked import Sums, meet_all, meet_drawn
from negotiation.testing import domains, line_ups, negotiations

# A draw plays whole negotiations.
few = settings(max_examples=min(150, settings.default.max_examples))

PROTOCOLS: list[Any] = [
    ng.StackedAlternatingOffers(rounds=6),
    ng.StackedAlternatingOffers(rounds=1, first=1),
    ng.StackedAlternatingOffers(rounds=5, clock="open"),
    ng.StackedAlternatingOffers(rounds=4, extension=ng.Extension(rounds=2, chance=0.5, most=3)),
    ng.StackedAlternatingOffers(rounds=20, pace=ng.Pace(9.0, spread=0.5)),
    ng.SimultaneousOffers(rounds=6),
    ng.NashDemand(),
    ng.NashDemand(rounds=5),
    ng.TakeItOrLeaveIt(proposer=1),
    ng.SingleText(votes=12),
]
protocols = st.sampled_from(PROTOCOLS)


def as_one_issue(domain: ng.Domain) -> Sums:
    """Every outcome an option of a single issue."""
    none = np.zeros(0, dtype=np.int64)
    table = np.ascontiguousarray(domain.utilities.T)[None]
    return Sums(table, np.array([domain.n_outcomes]), np.zeros((1, 0)), none, none, np.zeros(1, dtype=np.int64))


@st.composite
def talks(draw: st.DrawFn) -> tuple[ng.Domain, list[Any], Any]:
    domain = draw(domains())
    return domain, draw(line_ups(domain.n_parties)), draw(protocols)


@few
@given(talks=talks(), seed=st.integers(0, 3))
def test_nobody_signs_less_than_its_reservation_value(talks: tuple[ng.Domain, list[Any], Any], seed: int) -> None:
    """Strategies of the library are individually rational, agreements are outcomes, and payoffs are those of the outcome."""
    domain, strategies, protocol = talks
    trace = ng.play(domain, strategies, protocol=protocol, rng=seed)
    if trace.agreement is None:
        assert trace.payoffs.tolist() == domain.disagreement.tolist()
        assert trace.ending != "agreement"
    else:
        assert (domain.utilities[trace.agreement] >= domain.reservation).all()
        assert trace.payoffs.tolist() == domain.utilities[trace.agreement].tolist()
    for fault in trace.faults:
        assert fault.note.startswith("no equilibrium is known here")


@few
@given(talks=talks(), seed=st.integers(0, 3))
def test_a_record_played_again_is_the_same(talks: tuple[ng.Domain, list[Any], Any], seed: int) -> None:
    """From the moves alone; and from the strategies with the same seed."""
    domain, strategies, protocol = talks
    trace = ng.play(domain, strategies, protocol=protocol, rng=seed)
    assert trace.same_moves(ng.replay(trace))
    assert trace.same_moves(ng.play(domain, strategies, protocol=protocol, rng=seed))


@few
@given(talks=talks(), scale=st.sampled_from([0.25, 2.0, 1024.0]), shift=st.integers(-8, 8))
def test_units_do_not_matter(talks: tuple[ng.Domain, list[Any], Any], scale: float, shift: int) -> None:
    """Payoffs of one party in another unit, from another zero: the same moves."""
    domain, strategies, protocol = talks
    factor = np.ones(domain.n_parties)
    factor[0] = scale
    offset = np.zeros(domain.n_parties)
    offset[0] = shift
    other = ng.Domain(
        domain.utilities * factor + offset,
        domain.disagreement * factor + offset,
        reservation=domain.reservation * factor + offset,
        options=domain.options,
    )
    first = ng.play(domain, strategies, protocol=protocol)
    second = ng.play(other, strategies, protocol=protocol)
    assert first.agreement == second.agreement
    assert [(e.party, e.kind, e.outcome) for e in first.events] == [(e.party, e.kind, e.outcome) for e in second.events]


@given(
    domain=domains(),
    betas=st.lists(st.sampled_from([0.0, 0.2, 1.0, 3.0]), min_size=3, max_size=3),
    floor=st.sampled_from([0.0, 0.3]),
    rounds=st.integers(1, 7),
    first=st.integers(0, 1),
    clock=st.sampled_from(["closed", "open"]),
)
def test_many_at_a_time_is_one_by_one(
    domain: ng.Domain, betas: list[float], floor: float, rounds: int, first: int, clock: Any
) -> None:
    """Both compiled loops end as the referee does, ties, reservation values and third parties included."""
    protocol = ng.StackedAlternatingOffers(rounds=rounds, first=first, clock=clock)
    n = domain.n_parties
    strategies = [ng.TimeBased(beta=b, floor=floor, tolerance=0.01 * k) for k, b in enumerate(betas[:n])]
    trace = ng.play(domain, strategies, protocol=protocol)
    ending = ["agreement", "deadline", "left"].index(trace.ending)
    expected = [ending, -1 if trace.agreement is None else trace.agreement, trace.delay, trace.rounds - 1]
    assert meet_all(domain, strategies, np.arange(n)[None, :], protocol)[0].tolist() == expected
    listed = as_one_issue(domain)
    assert meet_drawn(listed, domain.reservation, strategies, protocol)[0][0].tolist() == expected


@few
@given(domain=domains(max_parties=2, is_discounted=True), rounds=st.integers(1, 4), first=st.integers(0, 1))
def test_equilibrium_players_agree_with_the_solver(domain: ng.Domain, rounds: int, first: int) -> None:
    """Outcome, turn and payoffs are those of the subgame-perfect equilibrium, whatever the payoffs and ties."""
    protocol = ng.StackedAlternatingOffers(rounds=rounds, first=first)
    trace = ng.play(domain, [ng.EquilibriumPlayer()] * 2, protocol=protocol)
    acceptable = (domain.utilities >= domain.reservation).all(axis=1)
    if not acceptable.any():
        assert trace.agreement is None
        return
    game = ng.AlternatingOffers(
        domain.utilities[acceptable],
        domain.discount_factors,
        disagreement=domain.disagreement,
        deadline=2 * rounds - 1,
        first=first,
    )
    answer = ng.solve(game)
    assert trace.payoffs == pytest.approx(answer.payoffs, abs=1e-9)
    if answer.outcome is not None:
        assert trace.agreement == np.flatnonzero(acceptable)[answer.outcome]
        assert trace.delay == answer.agreement_round


@few
@given(domain=domains(max_parties=2, is_discounted=True), rounds=st.integers(1, 4), party=st.integers(0, 1))
def test_the_equilibrium_cannot_be_exploited(domain: ng.Domain, rounds: int, party: int) -> None:
    """Knowing that the other plays the equilibrium is worth nothing beyond it."""
    if not (domain.utilities >= domain.reservation).all(axis=1).any():
        return
    protocol = ng.StackedAlternatingOffers(rounds=rounds)
    found = ng.exploitability(domain, ng.EquilibriumPlayer(), party=party, protocol=protocol)
    assert found.response.is_exact
    if (domain.reservation == domain.disagreement).all():
        assert found.value == pytest.approx(0, abs=1e-9)


@few
@given(domain=domains(max_parties=2, max_outcomes=5, is_discounted=True), beta=st.sampled_from([0.0, 0.3, 2.0]))
def test_nothing_beats_the_best_response(domain: ng.Domain, beta: float) -> None:
    """Every sequence of moves of the other party, tried one by one, gets at most the value that was found, and one gets it."""
    known, protocol = ng.TimeBased(beta=beta), ng.StackedAlternatingOffers(rounds=2)
    found = ng.best_response(domain, known, party="player 1", protocol=protocol)
    moves: list[Any] = [*range(domain.n_outcomes), "reject", "accept"]
    best = domain.disagreement[1]
    for first in moves:
        for second in moves:
            trace = ng.play(domain, [known, ng.Scripted((first, second))], protocol=protocol)
            best = max(best, trace.payoffs[1])
    assert found.value == pytest.approx(best, abs=1e-9)
    assert found.payoffs[1] == pytest.approx(best, abs=1e-9)


@few
@given(domain=domains(), seed=st.integers(0, 5))
def test_voters_who_refuse_what_hurts_never_lose_by_a_single_text(domain: ng.Domain, seed: int) -> None:
    """The text only gets better for everybody, vote by vote."""
    trace = ng.play(domain, [ng.Boulware()] * domain.n_parties, protocol=ng.SingleText(votes=10), rng=seed)
    texts = [e.outcome for e in trace.events if e.kind == "final text"]
    assert (domain.utilities[texts[0]] >= domain.utilities[0]).all()


@few
@given(domain=domains(max_parties=2, max_outcomes=8))
def test_micro_goes_down_its_ranking_and_never_ahead(domain: ng.Domain) -> None:
    """New offers come in the order of its own payoffs, and it has made at most one more of them than the other."""
    trace = ng.play(domain, [ng.MiCRO(), ng.MiCRO()], protocol=ng.StackedAlternatingOffers(rounds=12))
    made: tuple[list[int], list[int]] = ([], [])
    for e in trace.events:
        if e.kind == "offer" and e.outcome is not None and e.outcome not in made[e.party]:
            made[e.party].append(e.outcome)
            assert len(made[e.party]) <= len(made[1 - e.party]) + 1
    for p in (0, 1):
        assert (np.diff(domain.utilities[made[p], p]) <= 0).all()
        assert (domain.utilities[made[p], p] >= domain.reservation[p]).all()


@given(
    domain=domains(max_parties=2),
    beta=st.sampled_from([0.25, 1.0, 4.0]),
    rounds=st.integers(2, 9),
)
def test_offers_follow_the_concession_curve(domain: ng.Domain, beta: float, rounds: int) -> None:
    """Each is the least of one's outcomes that reach the level of the time, by brute force."""
    trace = ng.play(
        domain, [ng.TimeBased(beta=beta), lambda view: "reject"], protocol=ng.StackedAlternatingOffers(rounds)
    )
    own = domain.utilities[:, 0]
    floor = max(own.min(), domain.reservation[0])
    if own.max() <= floor:
        return
    for e in (e for e in trace.events if e.kind == "offer"):
        level = 1 - (e.round / (rounds - 1)) ** (1 / beta)
        reached = [x for x in range(domain.n_outcomes) if (own[x] - floor) / (own.max() - floor) >= level]
        assert e.outcome == min(reached, key=lambda x: (own[x], x))


@few
@given(domain=domains(max_parties=2, is_discounted=True), first=st.integers(0, 1))
def test_without_a_deadline_in_rounds_the_stationary_equilibrium_is_played(domain: ng.Domain, first: int) -> None:
    """Where there is one: the first that the solver lists, agreed in its turn."""
    acceptable = (domain.utilities >= domain.reservation).all(axis=1)
    if not acceptable.any():
        return
    game = ng.AlternatingOffers(
        domain.utilities[acceptable], domain.discount_factors, disagreement=domain.disagreement, first=first
    )
    equilibria = ng.solve(game).equilibria
    if not equilibria or equilibria[0].outcome is None:
        return
    protocol = ng.StackedAlternatingOffers(rounds=50, first=first, pace=ng.Pace(1000.0))
    trace = ng.play(domain, [ng.EquilibriumPlayer()] * 2, protocol=protocol)
    assert trace.agreement == np.flatnonzero(acceptable)[equilibria[0].outcome]
    assert trace.delay == equilibria[0].agreement_round


@few
@given(
    talks=negotiations(max_issues=4, patience=False),
    betas=st.lists(st.sampled_from([0.2, 1.0, 3.0]), min_size=3, max_size=3),
)
def test_sums_over_issues_are_added_to_the_bit(talks: ng.Negotiation, betas: list[float]) -> None:
    """Interactions and graded issues included, the compiled loop pays what listing all packages pays, and agrees on the same."""
    strategies = [ng.TimeBased(beta=b) for b in betas[: len(talks.parties)]]
    if len(talks.parties) < 2:
        return
    rules = ng.StackedAlternatingOffers(rounds=5)
    found = ng.simulate(talks, strategies, runs=2, stakes="drawn", protocol=rules, executor=1, measures=False)
    for m in range(2):
        trace = found.trace(m)
        assert found.outcome[m] == (-1 if trace.agreement is None else trace.agreement)
        assert found.payoffs[m].tolist() == trace.payoffs.tolist()
