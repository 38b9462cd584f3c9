"""Payoffs by hand on small talks, draws that follow their distributions, credibility."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import negotiation as ng
from negotiation.model.payoffs import all_codes

TALKS = ng.Negotiation(
    [
        ng.Party("US", credibility=0.5, reservation=ng.Distribution.uniform(0, 2)),
        ng.Party("China", credibility=ng.Distribution.uniform(0.25, 0.75), disagreement=1),
    ],
    [
        ng.Issue("ethane", owner="US"),
        ng.Issue("samarium", ("in force", "licensed", "lifted"), "China"),
        ng.Issue("fair"),
    ],
    [
        ng.Stake("US", "ethane", "lifted", 2),
        ng.Stake("US", "ethane", "lifted", -0.5, kind="security"),
        ng.Stake("China", "ethane", "lifted", ng.Distribution.triangular(1, 2, 6)),
        ng.Stake("US", "samarium", "licensed", 3),
        ng.Stake("US", "samarium", "lifted", stats.norm(8, 1)),  # type: ignore[arg-type]
        ng.Stake("China", "samarium", "lifted", -1),
        ng.Stake("China", "fair", "lifted", 0.25),
    ],
    [ng.Interaction("US", (("ethane", "lifted"), ("samarium", "lifted")), 1)],
)
RNG_SEED = 20250610


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        (TALKS.status_quo, [0, 0]),
        (TALKS.package("ethane"), [1.5, 2]),
        (TALKS.package(samarium="licensed"), [3, 0]),
        (TALKS.package("samarium"), [8, -1]),
        (TALKS.package("ethane", "samarium"), [1.5 + 8 + 1, 2 - 1]),
        (TALKS.package("ethane", "samarium", "fair"), [10.5, 1.25]),
    ],
    ids=str,
)
def test_payoffs_add_up(package: ng.Package, expected: list[float]) -> None:
    np.testing.assert_allclose(ng.payoffs(TALKS, package), expected)


def test_each_counts_its_own_in_full_and_the_others_times_their_credibility() -> None:
    package = TALKS.package("ethane", "samarium", "fair")
    doubted = ng.payoffs(TALKS, package, credibility=[0.5, 0.25])
    # US: own ethane in full, samarium and the interaction wait for China; China: ethane waits for the US; the fair is joint.
    np.testing.assert_allclose(doubted, [1.5 + 0.25 * (8 + 1), 0.5 * 2 - 1 + 0.25])


def test_an_interaction_waits_for_every_other_party_in_it() -> None:
    talks = ng.Negotiation(
        ["A", "B", "C"],
        [ng.Issue("x", owner="B"), ng.Issue("y", owner="C")],
        interactions=[ng.Interaction("A", (("x", "lifted"), ("y", "lifted")), 8)],
    )
    got = ng.payoffs(talks, talks.package("x", "y"), credibility=[1, 0.5, 0.25])
    np.testing.assert_allclose(got, [1, 0, 0])


def test_shapes() -> None:
    several = [TALKS.package("ethane"), TALKS.package("samarium")]
    draws = ng.draw_stakes(TALKS, 5, rng=np.random.default_rng(RNG_SEED))
    assert ng.payoffs(TALKS, several[0]).shape == (2,)
    assert ng.payoffs(TALKS, several).shape == (2, 2)
    assert ng.payoffs(TALKS, several[0], draws=draws).shape == (5, 2)
    assert ng.payoffs(TALKS, several, draws=draws).shape == (5, 2, 2)
    assert ng.payoffs(TALKS, all_codes(TALKS)).shape == (12, 2)
    assert len(draws) == 5


def test_all_codes_list_every_package_once_the_last_issue_fastest() -> None:
    codes = all_codes(TALKS)
    assert len({tuple(row) for row in codes.tolist()}) == TALKS.n_packages
    assert codes[:3].tolist() == [[0, 0, 0], [0, 0, 1], [0, 1, 0]]


@pytest.mark.parametrize("method", ["independent", "sobol"])
def test_draws_follow_their_distributions(method: str) -> None:
    """Kolmogorov-Smirnov at one in a million: a wrong law fails, a fixed seed cannot flicker."""
    draws = ng.draw_stakes(TALKS, 4096, rng=np.random.default_rng(RNG_SEED), method=method)  # type: ignore[arg-type]
    triangular, normal = stats.triang(0.2, 1, 5), stats.norm(8, 1)
    columns = {s.label: draws.values[:, t] for t, s in enumerate(TALKS.terms.items)}
    assert stats.kstest(columns["China: ethane lifted (commercial)"], triangular.cdf).pvalue > 1e-6
    assert stats.kstest(columns["US: samarium lifted (commercial)"], normal.cdf).pvalue > 1e-6
    assert stats.kstest(draws.credibility[:, 1], stats.uniform(0.25, 0.5).cdf).pvalue > 1e-6
    assert stats.kstest(draws.reservation[:, 0], stats.uniform(0, 2).cdf).pvalue > 1e-6
    assert np.unique(columns["US: ethane lifted (commercial)"]).tolist() == [2.0]
    # Independent of each other.
    assert abs(np.corrcoef(draws.credibility[:, 1], draws.reservation[:, 0])[0, 1]) < 0.08


def test_without_a_reservation_value_a_party_signs_for_its_fallback() -> None:
    draws = ng.draw_stakes(TALKS, 3, rng=np.random.default_rng(RNG_SEED))
    assert draws.reservation[:, 1].tolist() == [1, 1, 1]
    assert TALKS.party("China").reservation_value == 1
    assert TALKS.party("US").reservation_value == 1  # the centre of 0 to 2
    assert np.isnan(draws.discount_factor).all()


def test_the_same_seed_gives_the_same_draws() -> None:
    first, second = (ng.draw_stakes(TALKS, 9, rng=np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(first.values, second.values)
    assert not first.values.flags.writeable


def test_sobol_draws_are_closer_to_the_mean() -> None:
    """What quasi-Monte Carlo is for: the same number of draws, a far smaller error."""
    exact = (1 + 2 + 6) / 3
    package = TALKS.package("ethane")

    def error(method: str, seed: int) -> float:
        draws = ng.draw_stakes(TALKS, 1024, rng=np.random.default_rng(seed), method=method)  # type: ignore[arg-type]
        return abs(float(ng.payoffs(TALKS, package, draws=draws)[:, 1].mean()) - exact)

    assert np.median([error("sobol", s) for s in range(9)]) < np.median([error("independent", s) for s in range(9)]) / 5


def test_tables_are_in_names_and_say_the_unit() -> None:
    table = ng.payoff_table(TALKS)
    assert table.attrs["unit"] == TALKS.unit
    assert table.loc[("ethane", "lifted"), "US"] == 1.5
    assert table.loc[("ethane with samarium", "lifted with lifted"), "US"] == 1
    several = ng.payoff_table(TALKS, [TALKS.package("ethane"), TALKS.status_quo])
    assert several.to_numpy().tolist() == [[1.5, 2], [0, 0]]
    stakes = ng.stake_table(TALKS)
    assert stakes["basis"].tolist() == ["judgement"] * 8
    assert stakes.loc[2, ["low", "central", "high"]].tolist() == [1, 2, 6]
