"""Two-level games: win-sets, where they meet, tied hands, and the odds of ratification."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import negotiation as ng
from negotiation.model.payoffs import all_codes
from negotiation.testing import negotiations, packages

FEW = settings(max_examples=min(settings().max_examples, 100))
PIE = 10


def pie(*ratifiers: ng.Ratifier, other: tuple[ng.Ratifier, ...] = ()) -> ng.Negotiation:
    """Ten slices between A and B; at the status quo nobody has any."""
    options = ("none", *(f"{k} to A" for k in range(PIE + 1)))
    stakes = [ng.Stake("A", "x", o, k) for k, o in enumerate(options[1:])]
    stakes += [ng.Stake("B", "x", o, PIE - k) for k, o in enumerate(options[1:])]
    parties = [ng.Party("A", ratifiers=ratifiers), ng.Party("B", ratifiers=other)]
    return ng.Negotiation(parties, [ng.Issue("x", options)], stakes, unit="EUR million per year")


@st.composite
def cases(draw: st.DrawFn) -> tuple[ng.Negotiation, ng.Package]:
    """Talks with up to two ratifiers a party, and one of their packages."""
    talks = draw(negotiations())
    kinds = st.lists(st.sampled_from(["commercial", "security"]), max_size=2, unique=True).map(tuple)
    for party in talks.parties:
        ratifiers = []
        for k in range(draw(st.integers(0, 2))):
            issue = draw(st.sampled_from(talks.issues))
            vetoes = {issue.name: draw(st.sampled_from(issue.options))} if draw(st.booleans()) else {}
            at_least = draw(st.integers(-3, 3)) if not vetoes or draw(st.booleans()) else None
            ratifiers.append(ng.Ratifier(f"R{k}", draw(kinds), at_least, vetoes))
        talks = talks.with_party(party.name, ratifiers=tuple(ratifiers))
    return talks, draw(packages(talks))


# --- win-sets ----------------------------------------------------------------------------------------


@FEW
@given(case=cases())
def test_a_win_set_is_what_is_ratifiable(case: tuple[ng.Negotiation, ng.Package]) -> None:
    """A package is in a party's win-set exactly if the criterion holds for that party, or it names nobody."""
    talks, package = case
    criterion = ng.Ratifiable()
    for party in talks.parties:
        found = ng.win_set(talks, party.name)
        margins = criterion.margins(talks, all_codes(talks), party=party.name)
        assert found.members.tolist() == (margins >= 0).tolist() if party.ratifiers else found.share == 1
        assert (package in found) == (not party.ratifiers or criterion.verdict(talks, package, party=party.name).holds)
        assert len(found) == len(list(found)) == found.size
        assert set(found.kept_out) == {r.name for r in party.ratifiers}


@FEW
@given(case=cases())
def test_the_agreement_is_possible_and_best(case: tuple[ng.Negotiation, ng.Package]) -> None:
    """It is in every win-set, everybody signs it, and no possible package has a larger product of gains."""
    talks, _ = case
    game = ng.two_level_game(talks)
    fallbacks = np.array([p.reservation_value for p in talks.parties])
    gains = ng.payoffs(talks, all_codes(talks)) - fallbacks
    inside = [all(q in w for w in game.win_sets.values()) for q in map(talks.package_from_choices, all_codes(talks))]
    expected = (gains >= -1e-9).all(axis=1) & inside
    assert game.possible.tolist() == expected.tolist()
    assert (game.agreement is None) == (not expected.any())
    if game.agreement is not None:
        best = np.maximum(gains[expected], 0).prod(axis=1).max()
        assert (game.agreement.payoffs - fallbacks).prod() == pytest.approx(best, abs=1e-9)
        for i, name in enumerate(talks.party_names):
            assert game.best[name].payoffs[i] == pytest.approx((gains[expected, i] + fallbacks[i]).max())
    assert len(game.to_frame()) == len(talks.parties)


def test_who_keeps_what_out() -> None:
    doves, hawks = ng.Ratifier("doves", at_least=2), ng.Ratifier("hawks", at_least=7, vetoes={"x": "10 to A"})
    found = ng.win_set(pie(doves, hawks), "A")
    assert found.size == 3
    assert dict(found.kept_out) == {"doves": 0, "hawks": 6}
    assert str(found) == "3 of 12 packages (25%) would pass in A. doves alone keeps out 0; hawks alone keeps out 6."
    other = ng.win_set(pie(doves, hawks, other=(ng.Ratifier("Diet", at_least=2),)), "B")
    assert found.overlap(other) == 2  # 7 and 8 to A
    assert ng.win_set(pie(), "B").share == 1
    assert "names no ratifier" in str(ng.win_set(pie(), "B"))


def test_no_deal_where_win_sets_do_not_meet() -> None:
    game = ng.two_level_game(pie(ng.Ratifier("hawks", at_least=7), other=(ng.Ratifier("Diet", at_least=4),)))
    assert game.agreement is None
    assert game.n_possible == 0
    assert "No deal is possible." in str(game)
    assert np.isnan(game.to_frame().loc["A", "agreed"])
    assert "<table" in game._repr_html_()


# --- tied hands --------------------------------------------------------------------------------------


def test_schelling_on_a_pie() -> None:
    """The larger the need of A's ratifier, the more A gets, slice by slice, until B's own leaves nothing."""
    talks = pie(ng.Ratifier("hawks", at_least=0), other=(ng.Ratifier("Diet", at_least=2),))
    found = ng.tied_hands(talks, party="A", ratifier="hawks", needs=range(11))
    assert found.agreed[:, 0].tolist() == [5, 5, 5, 5, 5, 5, 6, 7, 8, 0, 0]
    assert found.win_set.tolist() == [12, *range(10, 0, -1)]
    assert found.possible.tolist() == [9, *range(8, 0, -1), 0, 0]
    assert (found.strongest, found.breaks_at) == (8, 9)
    assert str(found) == (
        "If A's hawks needs 0, A gets +5; it gets most, +8, if it needs 8 (B -3), in EUR million per year. "
        "From 9 on nothing is possible."
    )


def test_the_price_of_a_strong_position_is_the_risk_of_no_deal() -> None:
    """B's need is uncertain: past some point more is lost in failures than won in the bargain."""
    talks = pie(ng.Ratifier("hawks", at_least=0), other=(ng.Ratifier("Diet", at_least=ng.Distribution.uniform(0, 4)),))
    found = ng.tied_hands(talks, party="A", ratifier="hawks", needs=range(11), draws=4000)
    assert (np.diff(found.no_deal) >= 0).all()
    assert found.no_deal[[5, 7, 8]] == pytest.approx([0, 0.25, 0.5], abs=0.03)
    assert found.expected[7, 0] == pytest.approx(7 * 0.75, abs=0.2)
    assert found.strongest == 6
    assert list(found.to_frame().columns)[-1] == "no deal"


@FEW
@given(case=cases(), needs=st.lists(st.integers(-4, 4), min_size=1, max_size=4, unique=True))
def test_tied_hands_agrees_with_the_game_played_anew(case: tuple[ng.Negotiation, ng.Package], needs: list[int]) -> None:
    """Each need gives what `two_level_game` gives with that need written in."""
    talks, _ = case
    name, others = talks.party_names[0], talks.parties[0].ratifiers[1:]
    talks = talks.with_party(name, ratifiers=(ng.Ratifier("R0", ("commercial",), 0), *others))
    found = ng.tied_hands(talks, party=name, ratifier="R0", needs=needs)
    for k, need in enumerate(sorted(needs)):
        again = ng.two_level_game(talks.with_party(name, ratifiers=(ng.Ratifier("R0", ("commercial",), need), *others)))
        assert found.win_set[k] == again.win_sets[name].size
        assert found.possible[k] == again.n_possible
        if again.agreement is not None:
            fallbacks = np.array([p.reservation_value for p in talks.parties])
            assert (found.agreed[k] - fallbacks).prod() == pytest.approx((again.agreement.payoffs - fallbacks).prod())


def test_needs_that_a_party_makes_no_use_of() -> None:
    found = ng.tied_hands(pie(ng.Ratifier("hawks", at_least=0)), party="A", ratifier="hawks", needs=[0, 20])
    assert str(found) == (
        "A gets +5 EUR million per year, and no more if A's hawks needs more. From 20 on nothing is possible."
    )
    assert len(ng.tied_hands(pie(ng.Ratifier("hawks", at_least=0)), party="A", ratifier="hawks").needs) == 25


def test_audience_costs_tie_hands_too() -> None:
    """A demand of 7 made in public: with a small cost A backs down and loses by it, with a large one B gives way."""
    free = ng.two_level_game(pie()).agreement
    small = ng.two_level_game(pie(), commitments={"A": ng.Commitment(7, 1)}).agreement
    large = ng.two_level_game(pie(), commitments={"A": ng.Commitment(7, 10)}).agreement
    assert free is not None
    assert small is not None
    assert large is not None
    assert free.payoffs.tolist() == [5, 5]
    assert small.payoffs.tolist() == [7, 3]
    assert large.payoffs.tolist() == [7, 3]
    both = {"A": ng.Commitment(7, 10), "B": ng.Commitment(7, 10)}
    assert ng.two_level_game(pie(), commitments=both).agreement is None
    with pytest.raises(ng.ParameterError, match="not negative"):
        ng.Commitment(7, -1)
    with pytest.raises(ng.UnknownNameError):
        ng.two_level_game(pie(), commitments={"C": ng.Commitment(7, 1)})


# --- ratification ------------------------------------------------------------------------------------


def test_odds_of_uncertain_needs() -> None:
    """Two ratifiers with uniform needs pass 6 slices with 0.6 and 0.3; together 0.18; signing has to beat the audience cost."""
    talks = pie(
        ng.Ratifier("House", at_least=ng.Distribution.uniform(0, 10)),
        ng.Ratifier("Senate", at_least=ng.Distribution.uniform(3, 13)),
    )
    found = ng.ratification(talks, talks.package(x="6 to A"), audience_costs={"A": 2}, draws=40_000)
    house, senate = found.ratifiers
    assert house.probability == pytest.approx(0.6, abs=4 * house.standard_error)
    assert senate.probability == pytest.approx(0.3, abs=4 * senate.standard_error)
    assert found.probability == pytest.approx(0.18, abs=4 * found.standard_error)
    assert found.parties["B"] == 1
    assert found.expected["A"] == pytest.approx(found.probability * 6 - (1 - found.probability) * 2)
    assert found.least_probability == {"A": 0.25, "B": 0}
    assert dict(found.signs) == {"A": False, "B": True}
    assert senate.flips_when == "A's Senate comes to need 6 or less (it needs 8)"
    assert house.flips_when == "A's House comes to need more than 6 (it needs 5)"
    assert "A does not sign: signing is worth" in str(found)
    assert list(found.to_frame()["ratifier"]) == ["House", "Senate"]
    assert "<table" in found._repr_html_()
    assert str(pickle.loads(pickle.dumps(found))) == str(found)


@FEW
@given(case=cases())
def test_certain_needs_are_ratified_or_not(case: tuple[ng.Negotiation, ng.Package]) -> None:
    """Without doubt the odds are 0 or 1, as the criterion says."""
    talks, package = case
    found = ng.ratification(talks, package, draws=3)
    verdict = ng.Ratifiable().verdict(talks, package)
    assert found.probability == (1.0 if verdict.holds is not False else 0.0)
    for r in found.ratifiers:
        assert r.probability in (0, 1)


def test_the_flip_of_a_need_turns_the_answer() -> None:
    for need, holds in ((6, True), (6.001, False)):
        talks = pie(ng.Ratifier("hawks", at_least=need))
        assert ng.is_enough(talks, talks.package(x="6 to A"), criterion="ratifiable").holds is holds


def test_vetoes_and_bad_input() -> None:
    talks = pie(ng.Ratifier("hawks", vetoes={"x": "6 to A"}))
    found = ng.ratification(talks, talks.package(x="6 to A"))
    assert found.probability == 0
    assert found.ratifiers[0].flips_when == "A's hawks withdraws its veto"
    with pytest.raises(ng.UnknownNameError, match="audience costs"):
        ng.ratification(talks, talks.status_quo, audience_costs={"C": 1})
    with pytest.raises(ng.ParameterError, match="not negative"):
        ng.ratification(talks, talks.status_quo, audience_costs={"A": -1})
    with pytest.raises(ng.UnknownNameError, match="no ratifier called 'hawk'"):
        ng.tied_hands(talks, party="A", ratifier="hawk")
    with pytest.raises(ng.ParameterError, match="finite"):
        ng.tied_hands(talks, party="A", ratifier="hawks", needs=[float("nan")])
    with pytest.raises(ng.ParameterError, match="whole number from 0"):
        ng.tied_hands(talks, party="A", ratifier="hawks", draws=-1)
    with pytest.raises(ng.UnknownNameError):
        ng.win_set(talks, "C")
    with pytest.raises(ng.SizeLimitError):
        ng.win_set(talks, "A", limit=3)
    with pytest.raises(ng.SizeLimitError):
        ng.two_level_game(talks, limit=3)
    with pytest.raises(ng.WrongTypeError):
        ng.win_set("talks", "A")  # type: ignore[arg-type]
