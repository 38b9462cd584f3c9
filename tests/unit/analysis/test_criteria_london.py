"""Every named offer with every named ask of the London scenario: judged, printed within the page, certificates checked."""

from __future__ import annotations

import numpy as np
import pytest

import negotiation as ng
from negotiation.analysis.criteria.registry import CRITERIA, as_criterion

TALKS = ng.london_2025()
OFFERS = [c.name for c in TALKS.concessions if c.party == "US"]
ASKS = [c.name for c in TALKS.concessions if c.party == "China"]


@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize("offer", OFFERS)
def test_every_pair_is_judged_and_proved(offer: str, ask: str) -> None:
    found = ng.assess(TALKS, TALKS.combine(offer, ask), proposer="US")
    assert list(found.holds) == list(CRITERIA)
    assert None not in found.holds.values()
    assert max(map(len, str(found).splitlines())) <= 100
    for verdict in found:
        assert ng.verify(TALKS, verdict), verdict.criterion


def test_frontiers_and_enumeration_agree_on_all_packages_asked_about() -> None:
    """839,808 packages compared one by one, or sixteen frontiers: the same answers, and margins where it is dominated."""
    codes = TALKS.codes([TALKS.combine(offer, ask) for offer in OFFERS for ask in ASKS])
    listed, built = (ng.Efficient(limit).margins(TALKS, codes) for limit in (10**6, 0))
    np.testing.assert_array_equal(listed >= 0, built >= 0)
    np.testing.assert_allclose(listed[listed < 0], built[listed < 0])


def test_frontier_packages_are_efficient_and_the_solutions_are_fair() -> None:
    front = ng.pareto_frontier(TALKS, ties="one")
    assert front.packages is not None
    for package in front.packages[:: len(front) // 5]:
        assert ng.is_enough(TALKS, package, criterion="efficient")
    best = ng.nash_bargaining(TALKS)
    verdict = ng.is_enough(TALKS, front.packages[0], criterion="fair")
    picked = verdict.certificate.facts["packages"]["nash"]
    np.testing.assert_allclose(ng.payoffs(TALKS, picked), best.payoffs)
    assert ng.is_enough(TALKS, picked, criterion="fair")


def test_draws_agree_with_the_talks_that_hold_those_numbers() -> None:
    """Twenty draws at once for all criteria, NaN nowhere."""
    codes = TALKS.codes([TALKS.combine(OFFERS[0], ASKS[-1])])
    draws = ng.draw_stakes(TALKS, 20, rng=np.random.default_rng(3))
    for name in CRITERIA:
        margins = as_criterion(name).margins(TALKS, codes, draws=draws)
        assert margins.shape == (20, 1)
        assert not np.isnan(margins).any()
