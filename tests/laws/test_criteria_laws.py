"""Laws of the criteria, against brute force and against what theory says must not matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
from hypothesis import assume, settings
from hypothesis import given as any_number_of
from hypothesis import strategies as st

import negotiation as ng
from negotiation.analysis.criteria.registry import CRITERIA, as_criterion
from negotiation.analysis.fair_points import SOLUTIONS, SolutionName, drawn_distances, frontier_distances
from negotiation.analysis.rivals import listed_rivals, quick_rivals
from negotiation.analysis.verdict import LinearCriterion
from negotiation.games.profile import regret
from negotiation.model.grid import flat_positions, payoff_grid
from negotiation.model.payoffs import all_codes, payoffs
from negotiation.reduce.best_response import best_response, deviation_gains
from negotiation.testing import negotiations, packages, stake_values
from negotiation.testing.whatifs import scaled

CHOSEN = [
    *(kind() for kind in CRITERIA.values()),
    *(ng.Fair(name) for name in SOLUTIONS[1:]),
    ng.SelfEnforcing("disagreement"),
    ng.SelfEnforcing("escalation", length=4, false_alarm=0.05, detection=0.9, licence=3),
    ng.SelfEnforcing(strategy="tit for tat", lag=2),
    ng.WorthTheDoubt(delivered=("A",)),
    *(ng.Stable(concept) for concept in ("Nash", "GMR", "SMR", "SIM")),
    ng.Stable(scope="moved"),
]
FEW = settings(max_examples=min(settings().max_examples, 100))


def given(**strategies: st.SearchStrategy[object]) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """`hypothesis.given` with at most 100 draws: talks take milliseconds to draw, and each is asked several questions."""
    return lambda law: FEW(any_number_of(**strategies)(law))


any_criterion = st.sampled_from(CHOSEN)
# A secret keeps its range in every draw, and least regret is about the ranges themselves: for these two a draw is not a
# negotiation without ranges.
about_certain_numbers = st.sampled_from([c for c in CHOSEN if not isinstance(c, ng.Revealing | ng.Robust)])


@st.composite
def cases(draw: st.DrawFn, **options: object) -> tuple[ng.Negotiation, ng.Package]:
    """Talks with ratifiers, and one of their packages."""
    talks = draw(negotiations(**options))  # type: ignore[arg-type]
    kinds = st.lists(st.sampled_from(["commercial", "security"]), max_size=2, unique=True).map(tuple)
    for party in talks.parties:
        if draw(st.booleans()):
            issue = draw(st.sampled_from(talks.issues))
            vetoes = {issue.name: draw(st.sampled_from(issue.options))} if draw(st.booleans()) else {}
            at_least = draw(st.integers(-3, 3)) if not vetoes or draw(st.booleans()) else None
            talks = talks.with_party(party.name, ratifiers=(ng.Ratifier("R", draw(kinds), at_least, vetoes),))
    return talks, draw(packages(talks))


def same(a: float, b: float) -> bool:
    return a == b or (np.isnan(a) and np.isnan(b)) or abs(a - b) <= 1e-9 * max(1.0, abs(a))


def as_draws(talks: ng.Negotiation, n: int = 3) -> ng.Draws:
    return ng.draw_stakes(talks, n, rng=np.random.default_rng(0))


# --- what every criterion owes ---------------------------------------------------------------------


@given(criterion=any_criterion, case=cases())
def test_margins_agree_with_the_verdict(criterion: ng.Criterion, case: tuple[ng.Negotiation, ng.Package]) -> None:
    """The array and the sentence say the same, and a verdict holds exactly where its margin is not negative."""
    talks, package = case
    for party in (None, *talks.party_names):
        verdict = criterion.verdict(talks, package, party=party, proposer=None)
        (margin,) = criterion.margins(talks, talks.codes([package]), party=party)
        assert same(float(margin), verdict.margin)
        assert verdict.holds == (None if np.isnan(margin) else bool(margin >= 0))
        assert (verdict.holds is None) == bool(criterion.why_not(talks, party))


@given(criterion=any_criterion, case=cases())
def test_certain_draws_give_the_central_answer(
    criterion: ng.Criterion, case: tuple[ng.Negotiation, ng.Package]
) -> None:
    """Drawing from numbers that are certain changes nothing."""
    talks, package = case
    codes = talks.codes([package, talks.status_quo])
    central, drawn = criterion.margins(talks, codes), criterion.margins(talks, codes, draws=as_draws(talks))
    assert drawn.shape == (3, 2)
    np.testing.assert_allclose(drawn, np.broadcast_to(central, (3, 2)), atol=1e-9)


@given(criterion=about_certain_numbers, case=cases(values=stake_values(numbers="ranges")), seed=st.integers(0, 99))
def test_each_draw_is_a_negotiation_of_its_own(
    criterion: ng.Criterion, case: tuple[ng.Negotiation, ng.Package], seed: int
) -> None:
    """The margin in a draw is that of the talks in which the drawn numbers are certain."""
    talks, package = case
    draws = ng.draw_stakes(talks, 2, rng=np.random.default_rng(seed))
    codes = talks.codes([package])
    for s, row in enumerate(criterion.margins(talks, codes, draws=draws)):
        fixed = settled_at(talks, draws, s)
        assert same(float(row[0]), float(criterion.margins(fixed, codes)[0]))


def settled_at(talks: ng.Negotiation, draws: ng.Draws, s: int) -> ng.Negotiation:
    """The talks with every number as drawn."""
    n = len(talks.stakes)
    parties = tuple(replaced(p, draws.disagreement[s, i], draws.reservation[s, i]) for i, p in enumerate(talks.parties))
    stakes = tuple(replace(x, value=v) for x, v in zip(talks.stakes, draws.values[s, :n], strict=True))
    extra = tuple(replace(x, value=v) for x, v in zip(talks.interactions, draws.values[s, n:], strict=True))
    return talks.replaced(parties=parties, stakes=stakes, interactions=extra)


def replaced(party: ng.Party, disagreement: float, reservation: float) -> ng.Party:
    return ng.Party(
        party.name,
        discount_factor=party.discount_factor,
        credibility=party.credibility,
        disagreement=disagreement,
        reservation=reservation,
        detection_lag=party.detection_lag,
        ratifiers=party.ratifiers,
    )


@given(criterion=any_criterion, case=cases())
def test_certificates_prove_the_verdict(criterion: ng.Criterion, case: tuple[ng.Negotiation, ng.Package]) -> None:
    """Facts alone, added up stake by stake, lead to the same answer."""
    talks, package = case
    for party in (None, talks.party_names[-1]):
        verdict = criterion.verdict(talks, package, party=party, proposer=None)
        assume(verdict.holds is not None)
        assert criterion.check(talks, verdict)  # type: ignore[attr-defined]


@given(criterion=any_criterion, case=cases(), factor=st.integers(2, 1000))
def test_the_unit_does_not_matter(
    criterion: ng.Criterion, case: tuple[ng.Negotiation, ng.Package], factor: int
) -> None:
    """Scaling all stakes and fallbacks scales margins in payoff units and changes no answer."""
    talks, package = case
    bigger = scaled(talks, factor)
    before, after = (criterion.verdict(t, package, party=None, proposer=None) for t in (talks, bigger))
    assert before.holds == after.holds
    assert same(after.margin, before.margin * (1 if before.unit == "discount factor" else factor))


@given(criterion=any_criterion, case=cases(), turned=st.randoms())
def test_the_order_of_parties_and_issues_does_not_matter(
    criterion: ng.Criterion, case: tuple[ng.Negotiation, ng.Package], turned: object
) -> None:
    """Listing parties, issues and stakes in another order changes nothing."""
    talks, package = case
    fields = {}
    for name in ("parties", "issues", "stakes", "interactions"):
        items = list(getattr(talks, name))
        turned.shuffle(items)  # type: ignore[attr-defined]
        fields[name] = tuple(items)
    other = talks.replaced(**fields)
    for party in (None, *talks.party_names):
        before, after = (
            ng.is_enough(t, t.as_package(package), party=party, criterion=criterion) for t in (talks, other)
        )
        assert before.holds == after.holds
        assert same(before.margin, after.margin)


@given(case=cases())
def test_linear_conditions_give_the_margin(case: tuple[ng.Negotiation, ng.Package]) -> None:
    """The smallest of the linear functions at the central stakes is the margin."""
    talks, package = case
    for criterion in CHOSEN:
        if isinstance(criterion, LinearCriterion) and not criterion.why_not(talks):
            conditions = criterion.linear_conditions(talks, package)
            values = [c.coefficients @ talks.terms.central + c.constant for c in conditions]
            assert same(
                min(values, default=np.inf), criterion.verdict(talks, package, party=None, proposer=None).margin
            )


# --- brute force -----------------------------------------------------------------------------------


@given(case=cases())
def test_spontaneous_means_no_regret_in_the_concession_game(case: tuple[ng.Negotiation, ng.Package]) -> None:
    """Regret in the game's table, found by looking at every cell, is what the shortcut says."""
    talks, package = case
    game = ng.concession_game(talks, package=package)
    profile = []
    for name, actions in zip(game.players, game.actions, strict=True):
        moved = talks.concessions_of(name, package)
        label = ", ".join(f"{issue}: {option}" for issue, option in moved.items()) or "nothing moved"
        profile.append(np.eye(len(actions))[actions.index(label)])
    np.testing.assert_allclose(regret(game, profile), deviation_gains(talks, talks.codes([package]))[0], atol=1e-9)
    verdict = ng.is_enough(talks, package, criterion="spontaneous")
    assert bool(verdict) == bool(regret(game, profile).max() <= 1e-9)


@given(case=cases())
def test_best_responses_are_worth_the_regret(case: tuple[ng.Negotiation, ng.Package]) -> None:
    """Replying pays exactly the gain that is stated, and replying twice gains nothing."""
    talks, package = case
    gains = deviation_gains(talks, talks.codes([package]))[0]
    for i in range(len(talks.parties)):
        reply = best_response(talks, package, i)
        assert same(float(payoffs(talks, reply)[i] - payoffs(talks, package)[i]), float(gains[i]))
        assert deviation_gains(talks, talks.codes([reply]))[0, i] == 0
        assert (reply == package) == (gains[i] == 0)


@given(case=cases())
def test_efficient_means_that_nothing_dominates(case: tuple[ng.Negotiation, ng.Package]) -> None:
    """Compare with every package, one at a time."""
    talks, package = case
    mine = payoffs(talks, package)
    gains = [payoffs(talks, row[None])[0] - mine for row in all_codes(talks)]
    dominating = [g for g in gains if g.min() >= 0 and g.max() > 0]
    margin = ng.is_enough(talks, package, criterion="efficient").margin
    if dominating:
        assert same(margin, -max(g.sum() for g in dominating))
    else:
        assert same(margin, min((-g.min() for g in gains if g.any()), default=0.0))


@given(case=cases(max_issues=3))
def test_frontiers_find_the_same_rivals_as_comparing_all(case: tuple[ng.Negotiation, ng.Package]) -> None:
    """The answer never depends on the road; nor does the margin, unless another package pays everybody the same."""
    talks, package = case
    codes = talks.codes([package])
    listed, built = (float(ng.Efficient(limit).margins(talks, codes)[0]) for limit in (10**6, 0))
    assert (listed >= 0) == (built >= 0)
    twins = (np.abs(payoffs(talks, all_codes(talks)) - payoffs(talks, package)).max(axis=1) < 1e-9).sum() > 1
    assert same(listed, built) or (twins and 0 < listed < built) or (twins and built == 0)


@given(case=cases(max_issues=3, values=stake_values(numbers="ranges")), name=st.sampled_from(SOLUTIONS))
def test_draws_by_frontier_and_by_listing_agree(case: tuple[ng.Negotiation, ng.Package], name: SolutionName) -> None:
    """What is quicker for many packages gives what listing them gives."""
    talks, package = case
    codes, draws = talks.codes([package]), as_draws(talks)
    for one, other in zip(
        listed_rivals(talks, codes, draws.values), quick_rivals(talks, codes, draws.values), strict=True
    ):
        if one.dtype != np.int64:  # of several packages that are as good, either may be named
            np.testing.assert_allclose(one, other, atol=1e-9)
    grid, here = payoff_grid(talks, draws.values), payoffs(talks, codes, draws=draws)
    listed = drawn_distances(grid, here, draws.disagreement, name)
    built = frontier_distances(talks, draws.values, here, draws.disagreement, name)
    np.testing.assert_allclose(listed, built, atol=1e-9)


@given(talks=negotiations())
def test_the_grid_holds_the_payoffs_of_every_package(talks: ng.Negotiation) -> None:
    """Broadcasting and matrix products agree, package by package."""
    codes = all_codes(talks)
    np.testing.assert_allclose(payoff_grid(talks).T, payoffs(talks, codes), atol=1e-9)
    np.testing.assert_array_equal(flat_positions(talks, codes), np.arange(talks.n_packages))


@given(talks=negotiations(max_issues=3))
def test_the_frontier_holds_exactly_the_efficient_packages(talks: ng.Negotiation) -> None:
    """Two roads to efficiency: the criterion package by package, and the frontier without enumeration."""
    codes = all_codes(talks)
    holds = as_criterion("efficient").margins(talks, codes) >= 0
    on_frontier = set(ng.pareto_frontier(talks).packages)
    assert {talks.package_from_choices(c) for c in codes[holds]} == on_frontier


@given(case=cases(max_issues=3), name=st.sampled_from(SOLUTIONS))
def test_fair_means_picked_by_the_solution(case: tuple[ng.Negotiation, ng.Package], name: str) -> None:
    """The solution over the list of all packages picks this one, or one that pays everybody the same."""
    talks, package = case
    verdict = ng.is_enough(talks, package, criterion=ng.Fair(name))  # type: ignore[arg-type]
    problem = ng.bargaining_problem(talks)
    solve = {"nash": ng.nash_bargaining, "kalai_smorodinsky": ng.kalai_smorodinsky,
             "egalitarian": ng.egalitarian, "utilitarian": ng.utilitarian}[name]  # fmt: skip
    picked = problem.utilities[solve(problem).outcomes]
    if len(picked) == 0:
        assert verdict.holds is None
    else:
        away = np.linalg.norm(picked - payoffs(talks, package), axis=1).min()
        assert same(verdict.margin, -float(away))


# --- theory ----------------------------------------------------------------------------------------


@given(talks=negotiations())
def test_the_status_quo_is_acceptable_when_nobody_holds_out(talks: ng.Negotiation) -> None:
    """With fallbacks of at most 0, doing nothing is acceptable."""
    for party in talks.parties:
        fallback = min(party.reservation_value, 0.0)
        talks = talks.with_party(party.name, reservation=fallback)
    assert ng.is_enough(talks, talks.status_quo)


@given(case=cases())
def test_certain_delivery_leaves_no_doubt(case: tuple[ng.Negotiation, ng.Package]) -> None:
    """Believing everybody fully, worth the doubt is acceptable."""
    talks, package = case
    trusting = ng.WorthTheDoubt(delivered=talks.party_names)
    assert same(ng.is_enough(talks, package, criterion=trusting).margin, ng.is_enough(talks, package).margin)


@given(case=cases())
def test_grim_reversion_is_decided_by_the_discounted_streams(case: tuple[ng.Negotiation, ng.Package]) -> None:
    """Summed period by period over a long horizon, cheating beats complying exactly below the critical patience."""
    talks, package = case
    criterion = ng.SelfEnforcing()
    critical = criterion.critical(talks, talks.codes([package]))[0]
    gains = deviation_gains(talks, talks.codes([package]))[0]
    horizon = np.arange(4000)
    for i, party in enumerate(talks.parties):
        u, lag = float(payoffs(talks, package)[i]), party.detection_lag
        stream = np.where(horizon < lag, u + gains[i], 0.0)
        for delta in (0.3, 0.6, 0.9, 0.97):
            complying, cheating = float((delta**horizon * u).sum()), float((delta**horizon * stream).sum())
            if talks.measures(party.name) and abs(cheating - complying) > 1e-6:
                assert (cheating > complying) == (delta < critical[i])


@given(case=cases())
def test_a_lag_in_detection_makes_enforcement_harder(case: tuple[ng.Negotiation, ng.Package]) -> None:
    """Noticing later never lowers the patience that is needed."""
    talks, package = case
    slower = talks
    for party in talks.parties:
        slower = slower.with_party(party.name, detection_lag=party.detection_lag + 1)
    soon, late = (ng.SelfEnforcing().critical(t, t.codes([package])) for t in (talks, slower))
    assert (late >= soon - 1e-12).all()


@given(case=cases())
def test_spontaneous_packages_that_beat_the_status_quo_enforce_themselves(
    case: tuple[ng.Negotiation, ng.Package],
) -> None:
    """A stage equilibrium that pays everybody at least the punishment needs no patience at all."""
    talks, package = case
    assume(ng.is_enough(talks, package, criterion="spontaneous") and payoffs(talks, package).min() >= 0)
    assert (ng.SelfEnforcing().critical(talks, talks.codes([package])) == 0).all()


@given(case=cases())
def test_keeping_in_the_exchange_game_pays_the_package(case: tuple[ng.Negotiation, ng.Package]) -> None:
    """All keep: the package. All break: the status quo."""
    talks, package = case
    game = ng.exchange_game(talks, package)
    np.testing.assert_allclose(game.payoffs[(slice(None), *[0] * game.n_players)], payoffs(talks, package), atol=1e-9)
    np.testing.assert_allclose(game.payoffs[(slice(None), *[-1] * game.n_players)], 0, atol=1e-9)


@given(case=cases())
def test_the_concession_game_is_the_payoffs_of_its_packages(case: tuple[ng.Negotiation, ng.Package]) -> None:
    """Every cell is the payoff of the package in which each party has set its measures so."""
    talks, package = case
    game = ng.concession_game(talks, package=package)
    joint = {k: o for k, o in package.items() if talks.issue(k).owner is None}
    for cell in product(*map(range, game.shape)):
        moved = [game.actions[i][a] for i, a in enumerate(cell) if a]
        options = dict(part.split(": ") for label in moved for part in label.split(", ")) | joint
        expected = payoffs(talks, talks.as_package({**talks.status_quo, **options}))
        np.testing.assert_allclose(game.payoffs[(slice(None), *cell)], expected, atol=1e-9)


@given(case=cases(), scope=st.sampled_from(["all", "moved"]))
def test_stability_margins_are_nested(case: tuple[ng.Negotiation, ng.Package], scope: str) -> None:
    """What holds under Nash holds by more under SEQ and SMR, and by most under GMR; simultaneous answers help too."""
    talks, _ = case
    codes = all_codes(talks)
    nash, gmr, smr, seq, sim = (
        ng.Stable(concept, scope).margins(talks, codes)  # type: ignore[arg-type]
        for concept in ("Nash", "GMR", "SMR", "SEQ", "SIM")
    )
    for less, more in ((nash, smr), (nash, seq), (nash, sim), (smr, gmr), (seq, gmr)):
        assert (less <= more + 1e-9).all()


@given(case=cases(), concept=st.sampled_from(["Nash", "GMR", "SMR", "SEQ"]))
def test_packages_judged_together_and_one_by_one(case: tuple[ng.Negotiation, ng.Package], concept: str) -> None:
    """The table of all packages says of each what is said of it alone, draw by draw."""
    talks, _ = case
    codes, criterion = all_codes(talks), ng.Stable(concept)  # type: ignore[arg-type]
    alone = [float(criterion.margins(talks, code[None, :])[0]) for code in codes]
    np.testing.assert_allclose(criterion.margins(talks, codes), alone, atol=1e-9)
    np.testing.assert_allclose(criterion.margins(talks, codes, draws=as_draws(talks))[1], alone, atol=1e-9)
