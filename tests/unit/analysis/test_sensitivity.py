"""Variance shares, tornado, maps of where it flips, and what finding out would be worth: answers by hand, and bad input."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import negotiation as ng

WIDE, NARROW = ng.Distribution.uniform(-3, 3), ng.Distribution.uniform(-1, 1)


@pytest.fixture
def talks() -> ng.Negotiation:
    return ng.Negotiation(
        ["A", ng.Party("B", credibility=ng.Distribution.uniform(0, 1))],
        [ng.Issue("x", owner="A"), ng.Issue("y", owner="B"), ng.Issue("idle", owner="B")],
        [
            ng.Stake("B", "x", "lifted", WIDE),
            ng.Stake("B", "x", "lifted", NARROW, kind="security"),
            ng.Stake("B", "y", "lifted", -1),
            ng.Stake("A", "y", "lifted", ng.Distribution.uniform(0, 4)),
            ng.Stake("A", "idle", "lifted", WIDE),
        ],
    )


def test_shares_of_a_sum_are_shares_of_its_variance(talks):
    shares = ng.variance_shares(talks, talks.package("x", "y"), party="B", of="margin", rng=np.random.default_rng(3))
    assert shares.labels[:2] == ("B: x lifted (commercial)", "B: x lifted (security)")
    assert shares.first[:2] == pytest.approx([0.9, 0.1], abs=0.01)
    assert shares.total[:2] == pytest.approx([0.9, 0.1], abs=0.01)
    assert shares.variance == pytest.approx(36 / 12 + 4 / 12, rel=0.01)


def test_numbers_that_do_not_count_are_left_out(talks):
    shares = ng.variance_shares(talks, talks.package("x"), party="B", draws=256)
    assert "A: idle lifted (commercial)" not in shares.labels


def test_whether_it_holds_is_driven_with_interactions(talks):
    shares = ng.variance_shares(talks, talks.package("x", "y"), draws=1024)
    assert shares.of == "holds"
    assert (shares.total[:2] > shares.first[:2]).all()
    assert "what drives whether it holds" in str(shares)
    assert "<table" in shares._repr_html_()


def test_an_answer_that_never_changes_has_no_shares():
    sure = ng.Negotiation(
        ["A", "B"], [ng.Issue("x", owner="A")], [ng.Stake("B", "x", "lifted", ng.Distribution.uniform(1, 2))]
    )
    shares = ng.variance_shares(sure, sure.package("x"), party="B", draws=64)
    assert shares.variance == 0
    assert not shares.total.any()
    assert "nothing uncertain drives it" in shares.notes[-1]


def test_the_same_generator_gives_the_same_shares(talks):
    a, b = (ng.variance_shares(talks, talks.package("x"), draws=64, rng=np.random.default_rng(7)) for _ in range(2))
    assert np.array_equal(a.first, b.first)
    assert np.array_equal(a.total_interval, b.total_interval)


@pytest.mark.parametrize("draws", [0, 1, 3, 1000, -4, 2.0, True, "64"])
def test_draws_are_a_power_of_two(talks, draws):
    with pytest.raises(ng.ParameterError, match="power of two"):
        ng.variance_shares(talks, talks.package("x"), draws=draws)


def test_what_drives_is_holds_or_margin(talks):
    with pytest.raises(ng.ParameterError, match="'holds' or 'margin'"):
        ng.variance_shares(talks, talks.package("x"), of="both")


def test_a_criterion_that_cannot_be_applied_is_driven_by_nothing(talks):
    with pytest.raises(ng.ParameterError, match="'ratifiable' cannot be applied"):
        ng.tornado(talks, talks.package("x"), criterion="ratifiable")


def test_too_much_work_is_refused(talks):
    with pytest.raises(ng.SizeLimitError, match="ask for at most"):
        ng.sobol_indices(lambda x: x[:, 0], [WIDE] * 3000, draws=4096)


def test_a_tornado_by_hand(talks):
    found = ng.tornado(talks, talks.package("x", "y"), party="B", quantiles=(0, 1))
    assert found.labels == ("B: x lifted (commercial)", "B: x lifted (security)")
    assert found.margins.tolist() == [[-4, 2], [-2, 0]]
    assert found.centre == -1
    assert found.flips == ("B: x lifted (commercial)", "B: x lifted (security)")
    assert "0% or 100% quantile" in str(found)


@pytest.mark.parametrize("quantiles", [(0.9, 0.1), (-0.1, 0.5), (0.5, 0.5), (0.1, 1.1), (float("nan"), 1)])
def test_quantiles_in_order(talks, quantiles):
    with pytest.raises(ng.ProbabilityError, match="low < high"):
        ng.tornado(talks, talks.package("x"), quantiles=quantiles)


def test_ranges_without_ends_have_no_end_quantiles():
    from scipy import stats

    talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A")], [ng.Stake("B", "x", "lifted", stats.norm(1, 1))])
    with pytest.raises(ng.ProbabilityError, match="has no end at quantile"):
        ng.tornado(talks, talks.package("x"), party="B", quantiles=(0, 1))
    found = ng.tornado(talks, talks.package("x"), party="B", quantiles=(0.5, 0.975))
    assert found.margins[0] == pytest.approx([1, 2.96], abs=0.001)


def test_a_map_by_hand(talks):
    names = ("B: x lifted (commercial)", "B: x lifted (security)")
    found = ng.flip_map(talks, talks.package("x", "y"), *names, party="B", points=3)
    assert found.first.tolist() == [-3, 0, 3]
    assert found.margins.tolist() == [[-5, -4, -3], [-2, -1, 0], [1, 2, 3]]
    assert found.holds.sum() == 4
    assert found.to_frame().shape == (3, 3)
    assert "holds on 44.4% of the map" in str(found)


def test_a_surface_by_hand(talks):
    found = ng.break_even_surface(
        talks, talks.package("x", "y"), "B: y lifted (commercial)", party="B", points=3, search=(-9, 9),
        over=("B: x lifted (commercial)", "B: x lifted (security)"),
    )  # fmt: skip
    assert found.values.tolist() == [[4, 3, 2], [1, 0, -1], [-2, -3, -4]]
    assert "flips it between -4 and 4, on 100% of the grid" in str(found)


def test_a_surface_agrees_with_break_even_at_the_centre():
    talks = ng.london_2025()
    offer = talks.combine("the three lifts promised", "samarium alone, military buyers included")
    over = ("US: samarium lifted (security)", "US: eda_software lifted (security)")
    wanted = "US: eda_software lifted (leverage)"
    found = ng.break_even_surface(talks, offer, wanted, over=over, party="US", points=3, search=(-2000, 2000),
                                  ranges=((50, 150), (-150, -50)))  # fmt: skip
    point = next(p for p in ng.break_even(talks, offer, party="US").points if p.label == wanted)
    assert found.values[1, 1] == pytest.approx(point.flips_at, rel=1e-6)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (
            lambda t, p: ng.flip_map(t, p, "B: x", "B: y lifted (commercial)"),
            ng.UnknownNameError,
            "no number called 'B: x'",
        ),
        (lambda t, p: ng.flip_map(t, p, "B: y lifted (commercial)", "B: credibility"), ng.ParameterError, "is certain"),
        (
            lambda t, p: ng.flip_map(t, p, "B: credibility", "B: credibility"),
            ng.DuplicateNameError,
            "the two that move",
        ),
        (
            lambda t, p: ng.flip_map(t, p, "B: credibility", "B: x lifted (security)", first_range=(0, 2)),
            ng.ParameterError,
            "can only lie in 0 to 1",
        ),
        (
            lambda t, p: ng.flip_map(t, p, "B: credibility", "B: x lifted (security)", second_range=(2, 1)),
            ng.ParameterError,
            "low < high",
        ),
        (
            lambda t, p: ng.flip_map(t, p, "B: credibility", "B: x lifted (security)", points=1),
            ng.ParameterError,
            "points",
        ),
        (
            lambda t, p: ng.break_even_surface(
                t, p, "B: credibility", over=("B: credibility", "B: x lifted (security)")
            ),
            ng.DuplicateNameError,
            "solved for",
        ),
        (lambda t, p: ng.break_even_surface(t, p, "B: credibility", over="ab"), ng.WrongTypeError, "two numbers"),
        (lambda t, p: ng.value_of_information(t, [], party="B"), ng.EmptyPackageError, "at least one"),
        (lambda t, p: ng.value_of_information(t, "xy", party="B"), ng.WrongTypeError, "not a package"),
        (lambda t, p: ng.value_of_information(t, [p, p], party="B"), ng.DuplicateNameError, "the choices"),
        (lambda t, p: ng.value_of_information(t, p, party="C"), ng.UnknownNameError, "no party called 'C'"),
        (lambda t, p: ng.value_of_information(t, p, party="B", draws=1), ng.ParameterError, "from 2"),
    ],
)
def test_bad_questions_are_refused_in_words(talks, call, error, words):
    with pytest.raises(error, match=words):
        call(talks, talks.package("x", "y"))


def test_what_one_unknown_is_worth_by_nested_draws(talks):
    """EVPPI by the definition: many draws of the unknown, the mean of everything else for each."""
    package = talks.package("x", "y")
    value = ng.value_of_information(talks, package, party="A", draws=50_000, rng=np.random.default_rng(5))
    # A signs y at the stake's mean 2 times B's credibility 1/2: worth 1. Never below 0, so nothing is worth finding out.
    assert value.chosen == str(package)
    assert value.expected.tolist() == pytest.approx([1.0, 0.0])
    assert not value.each.any()
    value = ng.value_of_information(talks, package, party="B", draws=200_000, rng=np.random.default_rng(5))
    # B: commercial U(-3, 3) + security U(-1, 1) - 1, on average -1: no deal. Knowing the first: E max(v - 1, 0) = (3-1)²/2/6.
    assert value.chosen == "no deal"
    assert value.labels[0] == "B: x lifted (commercial)"
    assert value.each[0] == pytest.approx(4 / 12, abs=1e-4)
    assert value.each[1] == 0  # at most 1 - 1: never enough to change the choice
    exact = np.maximum(np.add.outer(np.linspace(-3, 3, 2001), np.linspace(-1, 1, 2001)) - 1, 0).mean()
    assert value.all == pytest.approx(exact, abs=5 * value.standard_error)
    assert "would not change the choice" in str(value)


def test_results_travel(talks):
    package = talks.package("x", "y")
    for result in (
        ng.variance_shares(talks, package, draws=64),
        ng.tornado(talks, package),
        ng.flip_map(talks, package, "B: credibility", "B: x lifted (security)", points=3),
        ng.value_of_information(talks, package, party="B", draws=100),
    ):
        assert str(pickle.loads(pickle.dumps(result))) == str(result)
