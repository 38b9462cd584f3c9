"""A negotiation as a signalling game: worked by hand, in London, and refused where it makes no sense."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import negotiation as ng
from negotiation.reduce.signalling import OfferSignals


def talks(**of_a: Any) -> ng.Negotiation:
    """A can give x (at 2, worth 4) and z (at 1, worth 3) for y, which costs B 1 and is worth A between 0 and 4."""
    return ng.Negotiation(
        [ng.Party("A", **of_a), ng.Party("B")],
        [ng.Issue("x", owner="A"), ng.Issue("z", owner="A"), ng.Issue("y", owner="B")],
        [
            ng.Stake("A", "x", "lifted", -2),
            ng.Stake("B", "x", "lifted", 4),
            ng.Stake("A", "z", "lifted", -1.5),
            ng.Stake("B", "z", "lifted", 1),
            ng.Stake("B", "y", "lifted", -1),
            ng.Stake("A", "y", "lifted", ng.Distribution.uniform(0, 4)),
        ],
    )


def test_payoffs_worked_by_hand() -> None:
    """Quartiles of 0 to 4 are 1 and 3; x costs 2, z 1.5; only high need takes x when asked, and nobody takes both."""
    game = ng.signalling_game(talks(), talks().package("x", "y"), proposer="A")
    assert game.types == ("low need", "high need")
    assert game.messages == ("nothing", "x", "x + z")
    assert game.actions == ("accept", "refuse", "ask for x")
    np.testing.assert_allclose(game.sender[:, :, 0], [[1, -1, -2.5], [3, 1, -0.5]])
    np.testing.assert_allclose(game.receiver[:, :, 0], [[-1, 3, 4], [-1, 3, 4]])
    np.testing.assert_allclose(game.sender[:, :, 2], [[0, 0, 0], [1, 1, 1]])  # low need walks away from x
    np.testing.assert_allclose(game.receiver[:, :, 2], [[0, 0, 0], [3, 3, 3]])
    assert game.allowed.tolist() == [[False, True, True], [True, True, False], [True, True, False]]
    assert game.players == ("A", "B")


def test_waiting_costs_who_minds_it() -> None:
    """A demand is met a period later: with a discount factor of one half it is worth half."""
    minds = talks(discount_factor=0.5)
    game = ng.signalling_game(minds, minds.package("x", "y"), proposer="A")
    assert game.sender[1, 0, 2] == 0.5
    assert game.receiver[1, 0, 2] == 3


def test_types_are_parts_of_the_range() -> None:
    """Three types at the middle of each third; names and quantiles of one's own; a prior of one's own."""
    package = talks().package("x", "y")
    three = ng.signalling_game(talks(), package, proposer="A", types=3)
    np.testing.assert_allclose(three.sender[:, 0, 0] if three.allowed[0, 0] else three.sender[:, 1, 0] + 2,
                               [4 / 6, 2, 20 / 6])  # fmt: skip
    np.testing.assert_allclose(three.prior, 1 / 3)
    own = ng.signalling_game(talks(), package, proposer="A", types={"calm": 0.25, "keen": 0.5}, prior=(0.9, 0.1))
    assert own.types == ("calm", "keen")
    np.testing.assert_allclose(own.sender[:, 1, 0], [-1, 0])
    np.testing.assert_allclose(own.prior, [0.9, 0.1])


def test_named_offers_and_the_other_side() -> None:
    """Offers by name, by list and by option; the package is among them; B can propose as well as A."""
    named = talks().replaced(concessions=(ng.Concessions("our x", "A", {"x": "lifted"}),))
    package = named.package("x", "y")
    game = ng.signalling_game(named, package, proposer="A", offers=["our x", ("z",), {}])
    assert game.messages == ("our x", "z", "nothing")
    secret = talks().with_stakes(ng.Stake("B", "x", "lifted", ng.Distribution.uniform(2, 6)))
    turned = ng.signalling_game(secret, package, proposer="B")
    assert turned.players == ("B", "A")
    assert turned.messages == ("nothing", "y")


def test_offers_called_alike_are_told_apart() -> None:
    """A named offer may be called as an issue is."""
    odd = talks().replaced(concessions=(ng.Concessions("x", "A", {"z": "lifted"}),))
    game = ng.signalling_game(odd, odd.package("x", "y"), proposer="A", offers=[("z",), ("x",)])
    assert game.messages == ("x", "x (2)")


def test_what_is_vetoed_at_home_is_never_offered_beyond_the_package() -> None:
    """The ladder stops short of a veto."""
    held = talks(ratifiers=(ng.Ratifier("senate", vetoes={"z": "lifted"}),))
    assert ng.signalling_game(held, held.package("x", "y"), proposer="A").messages == ("nothing", "x")


def test_words_and_advance_concessions() -> None:
    """Words leave payoffs alone; what is carried out in advance is paid for whatever follows."""
    package = talks().package("x", "y")
    words = ng.signalling_game(talks(), package, proposer="A", channel="talk")
    assert words.messages == ("says: low need", "says: high need")
    np.testing.assert_array_equal(words.sender[:, 0], words.sender[:, 1])
    ahead = ng.signalling_game(talks(), package, proposer="A", channel="advance")
    assert ahead.messages == ("nothing in advance", "x in advance", "x + z in advance")
    refused = ahead.actions.index("refuse")
    np.testing.assert_allclose(ahead.sender[:, :, refused], [[0, -2, -3.5]] * 2)
    np.testing.assert_allclose(ahead.receiver[:, :, refused], [[0, 4, 5]] * 2)
    compared = ng.compare_signals(talks(), package, proposer="A")
    assert compared["talk"].told == (0, 1)
    frame = compared.to_frame()
    assert list(frame.index) == ["talk", "offers", "advance"]
    assert frame.attrs["unit"] == talks().unit
    assert "words                  tell 0% to 100% of it" in str(compared)
    assert "<table" in compared._repr_html_()
    assert str(pickle.loads(pickle.dumps(compared))) == str(compared)


def test_only_high_need_offers_what_low_need_would_not_pay() -> None:
    """Offering x says that need is high: accepted, it is worth -1 with low need and +1 with high need."""
    package = talks().package("x", "y")
    found = ng.what_an_offer_reveals(talks(), package, proposer="A")
    assert found.solution.complete
    assert found.prior.tolist() == [0.5, 0.5]
    assert found.posterior == (1, 1)
    assert found.shift == (0.5, 0.5)
    assert found.worth == {"low need": -1, "high need": 1}
    assert found.reply(found.prior) == ("accept",)
    assert found.is_made
    frame = found.to_frame()
    assert list(frame.index) == ["nothing", "x", "x + z"]
    assert "B puts 50% on high need" in str(found)
    assert "<table" in found._repr_html_()
    verdict = ng.is_enough(talks(), package, criterion="revealing", proposer="A")
    assert (verdict.holds, verdict.unit) == (True, "probability")
    assert verdict.margin == pytest.approx(0.45)
    assert "A would offer it as readily with low need (accepted, it is then worth -1)" in verdict.flips_when


def test_an_offer_that_both_would_make_says_nothing() -> None:
    """Where z alone buys y, and suits both, they pool on it."""
    cheap = talks().with_stakes(ng.Stake("A", "x", "lifted", 0.5), ng.Stake("A", "z", "lifted", 0.5))
    verdict = ng.is_enough(cheap, cheap.package("x", "z", "y"), criterion="revealing", proposer="A")
    assert not verdict.holds
    assert verdict.margin == pytest.approx(-0.05)


def test_a_gift_gives_nothing_away() -> None:
    """Who asks for nothing has no need to show; the certificate says so and is checked."""
    verdict = ng.is_enough(talks(), talks().package("x"), criterion="revealing", proposer="A")
    assert (verdict.holds, verdict.margin) == (False, -0.05)
    assert verdict.reason == "A asks for nothing in which its need is uncertain, so its offer gives nothing away."
    assert ng.verify(talks(), verdict)


def test_three_lifts_for_samarium() -> None:
    """With low need the US would lose by it, so China reads high need, and asks for more than it would otherwise."""
    london = ng.london_2025()
    offer = london.combine("the three lifts promised", "samarium alone, military buyers included")
    found = ng.what_an_offer_reveals(london, offer, proposer="US")
    assert found.signals.private == ("samarium",)
    assert found.worth["low need"] < 0 < found.worth["high need"]
    assert 0.55 < found.posterior[0] < found.posterior[1] == 1
    assert found.reply(found.prior) == ("accept",)
    assert found.reply(found.typical_belief) == ("ask for all measures since Geneva + semiconductor_equipment",)
    assert found.price_of_looking_desperate["high need"] > 50
    for proposer in ("US", "China"):
        verdict = ng.is_enough(london, offer, criterion="revealing", proposer=proposer)
        assert verdict.holds == (proposer == "US")
        assert ng.verify(london, verdict)


def test_with_more_types_the_expected_need_is_told() -> None:
    """Three types: the lowest does not offer x, the middle one breaks even on it, so need is expected no lower after it."""
    found = ng.what_an_offer_reveals(talks(), talks().package("x", "y"), proposer="A", types=3)
    before, low, high = found.expected_quantile
    assert before == pytest.approx(0.5)
    assert before - 1e-12 <= low < high <= 5 / 6 + 1e-12
    assert "need is expected at the 50% quantile of its range before" in str(found)


def test_more_types_and_other_refinements() -> None:
    """Options are fields; several types use the total variation; a third party needs a named responder."""
    package = talks().package("x", "y")
    for options in ({"types": 3}, {"types": {"calm": 0.2, "keen": 0.9}}, {"refinement": "all"}, {"prior": (0.8, 0.2)}):
        criterion = ng.Revealing(**options)  # type: ignore[arg-type]
        verdict = ng.is_enough(talks(), package, criterion=criterion, proposer="A")
        assert verdict.holds is not None
        assert ng.verify(talks(), verdict, criterion=criterion)
        assert hash(criterion) == hash(ng.Revealing(**options))  # type: ignore[arg-type]
    wider = talks().replaced(parties=(*talks().parties, ng.Party("C")))
    silent = ng.is_enough(wider, package, criterion="revealing")
    assert silent.holds is None
    assert "say Revealing(responder='C')" in silent.reason
    asked = ng.is_enough(wider, package, criterion=ng.Revealing(responder="B"), proposer="A")
    assert asked.holds


def test_a_game_too_large_for_its_deadline_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is made up where nothing was found; an assessment leaves that criterion unanswered."""
    nothing = ng.SignallingSolution(None, (), None, ng.Status.DEADLINE)  # type: ignore[arg-type]
    monkeypatch.setattr(ng.ExtremeAssessments, "run", lambda self, game: nothing)
    package = talks().package("x", "y")
    with pytest.raises(ng.SizeLimitError, match="no equilibrium was found in 20 seconds among 2 × 3 × 3 types"):
        ng.what_an_offer_reveals(talks(), package, proposer="A")
    assert ng.assess(talks(), package, proposer="A")["revealing"].holds is None


def changed(**options: Any) -> Callable[[], object]:
    return lambda: ng.signalling_game(talks(), talks().package("x", "y"), **{"proposer": "A", **options})


WIDE = talks().replaced(parties=(*talks().parties, ng.Party("C")))
BAD: dict[str, tuple[Callable[[], object], type[Exception], str]] = {
    "nothing is uncertain": (changed(proposer="B"), ng.ParameterError, "B has no stake with a range in x"),
    "an issue without a secret": (changed(private=["x"]), ng.ParameterError, "no stake with a range in x"),
    "an unknown issue": (changed(private=["w"]), ng.UnknownNameError, "no issue called 'w'"),
    "an unknown proposer": (changed(proposer="C"), ng.UnknownNameError, "no party called 'C'"),
    "answering oneself": (changed(responder="A"), ng.GameShapeError, "A cannot answer its own offer"),
    "nobody named among several": (
        lambda: ng.signalling_game(WIDE),
        ng.GameShapeError,
        "2 other parties .*name the responder",
    ),
    "no type": (changed(types=0), ng.ParameterError, "a number from 1 to 5"),
    "too many types": (changed(types=6), ng.ParameterError, "a number from 1 to 5"),
    "quantiles that fall": (changed(types={"a": 0.9, "b": 0.1}), ng.ParameterError, "rising quantiles"),
    "a quantile at the end": (changed(types={"a": 0.0}), ng.ParameterError, r"in \(0, 1\)"),
    "a prior of another length": (changed(prior=(1,)), ng.GameShapeError, "1 entries for 2 types"),
    "a prior that does not add up": (changed(prior=(0.5, 0.6)), ng.ProbabilityError, "add up to 1"),
    "a negative prior": (changed(prior=(1.5, -0.5)), ng.ProbabilityError, "add up to 1"),
    "a prior that is no number": (changed(prior=(float("nan"), 1)), ng.ProbabilityError, "add up to 1"),
    "an offer of what is the other's": (changed(offers=[("y",)]), ng.OwnershipError, "belongs to B"),
    "one text for offers": (changed(offers="x"), ng.WrongTypeError, "several offers in a list"),
    "no offers": (changed(offers=[]), ng.EmptyPackageError, "no offer is given"),
    "an unknown named offer": (changed(offers=["ours"]), ng.UnknownNameError, "no named offer"),
    "an unknown channel": (changed(channel="smoke"), ng.ParameterError, "'offers', 'talk' or 'advance'"),
    "an unknown refinement": (
        lambda: ng.what_an_offer_reveals(talks(), talks().package("x", "y"), refinement="d2"),  # type: ignore[arg-type]
        ng.ParameterError,
        "'d1', 'intuitive' or 'all'",
    ),
    "an unknown refinement of the criterion": (
        lambda: ng.Revealing(refinement="d2"),  # type: ignore[arg-type]
        ng.ParameterError,
        "'d1', 'intuitive' or 'all'",
    ),
    "a threshold of nothing": (lambda: ng.Revealing(least=0), ng.ParameterError, r"lies in \(0, 1\]"),
    "too many games": (
        lambda: ng.Revealing(most_games=1).margins(talks(), talks().codes([talks().package("x")] * 2)),
        ng.SizeLimitError,
        "ask for at most 1",
    ),
    "no secret to compare": (
        lambda: ng.compare_signals(talks(), talks().package("x", "y"), proposer="B"),
        ng.ParameterError,
        "so it has no secret",
    ),
    "nothing is asked for": (
        lambda: ng.what_an_offer_reveals(talks(), talks().package("x"), proposer="A"),
        ng.ParameterError,
        "no stake with a range in what is asked of others",
    ),
    "a package that is none of the offers": (
        lambda: OfferSignals.of(talks(), talks().package("x", "y")).message(talks().package("z")),
        ng.UnknownNameError,
        "no offer called",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_refused_in_words(what: str) -> None:
    """Each with an error of ours that names what was given and what was expected."""
    make, error, words = BAD[what]
    with pytest.raises(error, match=words):
        make()
