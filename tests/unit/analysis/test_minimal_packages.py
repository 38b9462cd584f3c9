"""The smallest offers, the most an offer buys: bad input, and what the answers say."""

from __future__ import annotations

import time

import numpy as np
import pytest

import negotiation as ng


def talks(**china: float) -> ng.Negotiation:
    """Three US lifts worth 3, 5 and 8 to China; samarium costs it 6 and magnets 9."""
    lifts, controls = ("ethane", "jets", "chips"), ("samarium", "magnets")
    return ng.Negotiation(
        ["US", ng.Party("China", **china)],
        [ng.Issue(i, owner="US") for i in lifts]
        + [ng.Issue("samarium", ("in force", "licences", "lifted"), owner="China"), ng.Issue("magnets", owner="China")],
        [ng.Stake("China", i, "lifted", v) for i, v in zip((*lifts, *controls), (3, 5, 8, -6, -9), strict=True)]
        + [ng.Stake("US", i, "lifted", v) for i, v in zip((*lifts, *controls), (0.5, -2, -4, 10, 12), strict=True)]
        + [ng.Stake("China", "samarium", "licences", -2), ng.Stake("US", "samarium", "licences", 3)],
        unit="USD million per month",
    )


def lifts(packages: list[ng.Package]) -> list[set[str]]:
    return [{i for i in p.moved if i in ("ethane", "jets", "chips")} for p in packages]


def test_the_list_is_ordered_by_worth_to_the_proposer() -> None:
    found = ng.minimal_packages(talks(), ["samarium"], proposer="US")
    assert lifts(found) == [{"ethane", "jets"}, {"chips"}]
    assert isinstance(found, list)
    assert found.cheapest == found[0]
    assert found.complete
    assert found.notes == ()


def test_best_may_hold_a_concession_that_gains_the_proposer() -> None:
    found = ng.minimal_packages(talks(disagreement=-10), ["samarium"], proposer="US")
    assert lifts(found) == [set()]
    assert lifts([found.best]) == [{"ethane"}]
    assert found.notes == ("worth most to US among all that are enough, though not minimal: it offers ethane: lifted.",)


def test_an_option_asks_for_less() -> None:
    assert lifts(ng.minimal_packages(talks(), {"samarium": "licences"}, proposer="US")) == [{"ethane"}, {"jets"}]


def test_an_offer_that_need_not_be_made() -> None:
    found = ng.minimal_packages(talks(disagreement=-10), ["samarium"], proposer="US")
    assert lifts(found) == [set()]
    assert "nothing" in str(found)


def test_nothing_suffices_is_an_answer() -> None:
    found = ng.minimal_packages(talks(reservation=20), ["samarium", "magnets"], proposer="US")
    assert found == []
    assert found.cheapest is None
    assert found.complete
    assert found.shortfall == 19
    assert found.refusing == ("China",)
    assert "China refuses, 19 USD million per month short" in str(found)
    assert "19" in found._repr_html_()


def test_a_veto_is_no_amount() -> None:
    council = ng.Ratifier("council", vetoes={"samarium": "lifted"})
    t = talks().with_party("China", ratifiers=(council,))
    found = ng.minimal_packages(t, ["samarium"], proposer="US", criterion="ratifiable")
    assert found == []
    assert "whatever it is offered" in found.notes[0]


def test_for_one_party_only() -> None:
    found = ng.minimal_packages(talks(), ["samarium", "magnets"], proposer="US", party="China")
    assert lifts(found) == [{"ethane", "jets", "chips"}]


def test_the_frame_names_offers_and_units() -> None:
    frame = ng.minimal_packages(talks(), ["samarium"], proposer="US").to_frame()
    assert frame["offer"].tolist() == ["ethane: lifted, jets: lifted", "chips: lifted"]
    assert frame["China"].tolist() == [2, 2]
    assert frame.attrs["unit"] == "USD million per month"


def test_a_limit_says_that_there_are_more() -> None:
    found = ng.minimal_packages(talks(), ["samarium"], proposer="US", limit=1)
    assert len(found) == 1
    assert not found.complete
    assert "2 offers are minimal" in found.notes[0]


def test_a_criterion_that_cannot_be_applied_says_so() -> None:
    found = ng.minimal_packages(talks(), ["samarium"], proposer="US", criterion="worth_the_doubt")
    assert found == []
    assert not found.complete
    assert "cannot be applied" in found.notes[0]


def test_doubt_asks_for_more() -> None:
    doubted = talks().with_party("US", credibility=0.5).with_party("China", credibility=1.0)
    found = ng.minimal_packages(doubted, ["samarium"], proposer="US", criterion="worth_the_doubt")
    assert lifts(found) == [{"jets", "chips"}]


@pytest.mark.parametrize("ask", [(), [], {}])
def test_an_empty_ask(ask: object) -> None:
    with pytest.raises(ng.EmptyPackageError, match="ask is empty"):
        ng.minimal_packages(talks(), ask, proposer="US")


def test_an_ask_of_ones_own() -> None:
    with pytest.raises(ng.OwnershipError, match="US cannot ask for 'ethane'"):
        ng.minimal_packages(talks(), ["samarium", "ethane"], proposer="US")


def test_unknown_names() -> None:
    with pytest.raises(ng.UnknownNameError, match="samarium"):
        ng.minimal_packages(talks(), ["samarum"], proposer="US")
    with pytest.raises(ng.UnknownNameError, match="licences"):
        ng.minimal_packages(talks(), {"samarium": "license"}, proposer="US")
    with pytest.raises(ng.UnknownNameError, match="party"):
        ng.minimal_packages(talks(), ["samarium"], proposer="USA")
    with pytest.raises(ng.UnknownNameError, match="party"):
        ng.minimal_packages(talks(), ["samarium"], proposer="US", party="Chna")
    with pytest.raises(ng.UnknownNameError, match="criterion"):
        ng.minimal_packages(talks(), ["samarium"], proposer="US", criterion="acceptible")


def test_one_name_is_not_a_list_of_names() -> None:
    with pytest.raises(ng.WrongTypeError, match="several issue names"):
        ng.minimal_packages(talks(), "samarium", proposer="US")


@pytest.mark.parametrize("limit", [0, -1, 1.5, True])
def test_a_bad_limit(limit: object) -> None:
    with pytest.raises(ng.ParameterError, match="limit"):
        ng.minimal_packages(talks(), ["samarium"], proposer="US", limit=limit)


def many(n: int) -> ng.Negotiation:
    """``n`` lifts that cost the US 2, 3, ... and are worth 1 each to China, and a control that costs it 3."""
    issues = [ng.Issue(f"lift{k}", owner="US") for k in range(n)] + [ng.Issue("control", owner="China")]
    stakes = [ng.Stake("US", f"lift{k}", "lifted", -2 - k) for k in range(n)]
    stakes += [ng.Stake("China", f"lift{k}", "lifted", 1) for k in range(n)]
    return ng.Negotiation(
        ["US", "China"],
        issues,
        [*stakes, ng.Stake("US", "control", "lifted", 14), ng.Stake("China", "control", "lifted", -3)],
    )


def test_sixty_measures_by_programme() -> None:
    """Any three lifts are worth the control to China; the US can pay for those that cost at most 14 together."""
    found = ng.minimal_packages(many(60), ["control"], proposer="US")
    expected = {(a, b, c) for a in range(60) for b in range(a) for c in range(b) if a + b + c + 6 <= 14}
    assert {tuple(sorted((int(i[4:]) for i in p.moved if i != "control"), reverse=True)) for p in found} == expected
    assert found.complete
    assert ng.payoffs(many(60), found.cheapest)[0] == 14 - 2 - 3 - 4


def test_a_programme_stops_at_its_limit() -> None:
    found = ng.minimal_packages(many(60), ["control"], proposer="US", limit=2)
    assert len(found) == 2
    assert not found.complete
    assert "stopped at 2 offers" in found.notes[-1]
    assert "not known to be all" in str(found)


def test_past_listing_a_criterion_has_to_be_linear() -> None:
    class Opaque(ng.Acceptable):
        linear_conditions = None

    with pytest.raises(ng.SizeLimitError, match="not linear"):
        ng.minimal_packages(many(21), ["control"], proposer="US", criterion=Opaque())


def test_nothing_suffices_past_listing() -> None:
    found = ng.minimal_packages(many(25).with_party("China", reservation=30), ["control"], proposer="US", party="China")
    assert found == []
    assert found.shortfall == pytest.approx(8)


def test_what_an_offer_buys() -> None:
    bought = ng.most_an_offer_buys(talks(), ["chips"], proposer="US")
    assert bought.bought == ({"samarium": "lifted"},)
    assert bought.worth == 6
    assert "chips: lifted of US buys at most samarium: lifted" in str(bought)
    assert bought.to_frame()["China"].tolist() == [2]


def test_an_offer_that_buys_nothing() -> None:
    refused = ng.most_an_offer_buys(talks(reservation=4), ["ethane"], proposer="US")
    assert refused.packages == ()
    assert "buys nothing" in str(refused)
    assert "not even the empty one" in refused._repr_html_()


def test_an_offer_of_what_is_not_owned() -> None:
    with pytest.raises(ng.OwnershipError):
        ng.most_an_offer_buys(talks(), ["samarium"], proposer="US")
    with pytest.raises(ng.EmptyPackageError, match="offer is empty"):
        ng.most_an_offer_buys(talks(), [], proposer="US")


def like_a_safe(n: int = 60) -> ng.Negotiation:
    """Large stakes that nearly cancel, so that programmes have to search for the right combination."""
    rng = np.random.default_rng(0)
    stakes = []
    for k in range(n):
        cost = float(rng.integers(500_000, 1_000_000))
        giver, taker = ("US", "China") if k % 2 == 0 else ("China", "US")
        stakes.append(ng.Stake(giver, f"i{k}", "lifted", -cost))
        stakes.append(ng.Stake(taker, f"i{k}", "lifted", cost + float(rng.integers(-1000, 1000))))
    issues = [ng.Issue(f"i{k}", owner=("US", "China")[k % 2]) for k in range(n)]
    return ng.Negotiation(["US", "China"], issues, stakes)


def test_a_search_stops_in_time_and_says_so() -> None:
    """Whatever was found is enough, and the answer admits that there may be more."""
    hard = like_a_safe()
    start = time.perf_counter()
    found = ng.minimal_packages(hard, ["i1", "i3", "i5", "i7"], proposer="US", limit=10_000, seconds=0.5)
    assert time.perf_counter() - start < 20
    assert not found.complete
    assert "more seconds" in found.notes[0] or "allow more" in found.notes[0]
    assert all(ng.is_enough(hard, package) for package in found)


@pytest.mark.parametrize("seconds", [0, -1, "1"])
def test_bad_seconds(seconds: object) -> None:
    with pytest.raises(ng.ParameterError, match="seconds must be a positive number"):
        ng.minimal_packages(talks(), ["samarium"], proposer="US", seconds=seconds)  # type: ignore[arg-type]


def test_prices_are_found_where_thousands_of_packages_nearly_tie() -> None:
    """At the prices of the best lottery no option left out has a surplus, and none that is in has a deficit, but for rounding."""
    hard = like_a_safe()
    deal = ng.lottery_deal(hard, "US")
    assert deal is not None
    worth = deal.prices @ np.array([ng.payoffs(hard, hard.package(i.name)) for i in hard.issues]).T
    used = np.array([deal.probabilities @ [p[i.name] == "lifted" for p in deal.packages] for i in hard.issues])
    assert (worth[used < 1e-6] <= 1).all()
    assert (worth[used > 1 - 1e-6] >= -1).all()
    assert deal.payoffs[1] == pytest.approx(0, abs=1)
