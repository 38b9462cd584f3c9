"""Laws of ensembles: they say what judging draw after draw says, however the draws are split and summed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import negotiation as ng
from negotiation.analysis.criteria.registry import CRITERIA, as_criterion
from negotiation.analysis.ensembles.books import Bins, Books, n_bins
from negotiation.analysis.ensembles.work import party_margins
from negotiation.model.correlation import PARTY_QUANTITIES
from negotiation.runs.seeds import as_seed, generator
from negotiation.testing import negotiations, packages, stake_values

# Criteria that look at the numbers drawn alone; others read the ranges too, which certain numbers do not have.
OF_NUMBERS = ("acceptable", "worth_the_doubt", "efficient", "spontaneous", "sequenced", "fair", "self_enforcing", "stable",
              "ratifiable", "kept")  # fmt: skip
FEW = settings(max_examples=min(settings().max_examples, 60))


def certain(talks: ng.Negotiation, draws: ng.Draws, s: int) -> ng.Negotiation:
    """The talks in which everything is what one draw says."""
    values = dict(zip(talks.terms.items, draws.values[s].tolist(), strict=True))
    parties = []
    for p, party in enumerate(talks.parties):
        numbers = {name: float(getattr(draws, name)[s, p]) for name in PARTY_QUANTITIES}
        given = {name: value for name, value in numbers.items() if not np.isnan(value)}
        parties.append(ng.Party(party.name, **given, detection_lag=party.detection_lag, ratifiers=party.ratifiers))
    return ng.Negotiation(
        parties,
        talks.issues,
        [replace(item, value=values[item]) for item in talks.stakes],
        [replace(item, value=values[item]) for item in talks.interactions],
        unit=talks.unit,
    )


@given(
    data=st.data(),
    talks=negotiations(values=stake_values(numbers="ranges")),
    seed=st.integers(0, 2**32),
    n=st.integers(1, 12),
)
@FEW
def test_an_ensemble_is_a_loop_over_draws(data: st.DataObject, talks: ng.Negotiation, seed: int, n: int) -> None:
    """Share, mean, ends and quantiles are those of verdicts on the draws, each judged by itself as certain numbers."""
    name = data.draw(st.sampled_from(OF_NUMBERS))
    offer = data.draw(packages(talks))
    criterion = as_criterion(name)
    assume(not criterion.why_not(talks, None))
    answer = ng.ensemble(talks, [offer], [name], draws=n, rng=seed, progress=None)
    draws = ng.draw_stakes(talks, n, rng=generator(as_seed(seed)[0], 0))
    verdicts = [
        criterion.verdict(t := certain(talks, draws, s), t.as_package(offer), party=None, proposer=None)
        for s in range(n)
    ]
    margins = np.array([v.margin for v in verdicts])
    margins = margins[~np.isnan(margins)]
    # What counts as rounding is measured by the central stakes there, by the drawn ones here.
    assume(not ((np.abs(margins) < 1e-9) & (margins != 0)).any())
    assert answer.applicable[0, 0, 0] == pytest.approx(len(margins) / n)
    if not len(margins):
        return
    assert answer.value[0, 0, 0] == pytest.approx((margins >= 0).mean())
    assert answer.minimum[0, 0, 0] == pytest.approx(margins.min(), abs=1e-9)
    assert answer.maximum[0, 0, 0] == pytest.approx(margins.max(), abs=1e-9)
    if np.isfinite(margins).all():
        assert answer.mean[0, 0, 0] == pytest.approx(margins.mean(), abs=1e-9)
    for q in (0.0, 0.3, 0.5, 1.0):
        true = np.sort(margins)[max(0, int(np.ceil(q * len(margins))) - 1)]
        low, high = (bound[0, 0, 0] for bound in answer.quantile_bounds(q))
        assert low - 1e-9 <= true <= high + 1e-9
        assert low <= answer.quantile(q)[0, 0, 0] <= high


@given(data=st.data(), talks=negotiations(values=stake_values(numbers="ranges")), seed=st.integers(0, 2**32))
@FEW
def test_one_look_gives_the_margins_of_all_parties(data: st.DataObject, talks: ng.Negotiation, seed: int) -> None:
    """The margins for every party and for each are those that the criterion gives when asked one by one."""
    codes = talks.codes([data.draw(packages(talks)), data.draw(packages(talks))])
    draws = ng.draw_stakes(talks, 5, rng=np.random.default_rng(seed))
    for name in CRITERIA:
        criterion = as_criterion(name)
        asked = (None, *talks.party_names)
        applies = np.array([not criterion.why_not(talks, q) for q in asked])
        together = party_margins(criterion, talks, codes, draws, applies)
        for q, party in enumerate(asked):
            alone = criterion.margins(talks, codes, draws=draws, party=party) if applies[q] else np.full((5, 2), np.nan)
            assert np.array_equal(together[..., q], alone, equal_nan=True), (name, party)


margins_drawn = st.lists(
    st.lists(
        st.sampled_from([-np.inf, -2.5, -1.0, -1e-3, 0.0, 0.5, 1.0, 3.0, 50.0, np.inf, np.nan]), min_size=2, max_size=2
    ),
    max_size=12,
)


@FEW
@given(chunks=st.lists(margins_drawn, min_size=1, max_size=6), data=st.data(), scramblings=st.sampled_from([1, 2]))
def test_the_order_of_merging_does_not_matter(
    chunks: list[list[list[float]]], data: st.DataObject, scramblings: int
) -> None:
    """Books of chunks added in any order, or of all draws at once: the same counts, ends, histogram; sums up to rounding."""
    bins = Bins.around(np.array([[-2.0, -1.0], [1.0, 1.0], [3.0, 0.0]]))
    results = []
    for k, rows in enumerate(chunks):
        books = Books.empty(2)
        books.count(np.array(rows, dtype=float).reshape(-1, 2), bins, slice(0, 2))
        results.append(books.as_result(k % scramblings))
    orders = [list(range(len(chunks))), data.draw(st.permutations(range(len(chunks))))]
    one, other = (Books.empty(2, scramblings) for _ in orders)
    for books, order in zip((one, other), orders, strict=True):
        for k in order:
            books.add(results[k])
    assert np.array_equal(one.counts, other.counts)
    assert np.array_equal(one.ends, other.ends)
    assert np.array_equal(one.histogram, other.histogram)
    assert one.sums == pytest.approx(other.sums)
    every = np.array([row for rows in chunks for row in rows], dtype=float).reshape(-1, 2)
    for cell in range(2):
        known = every[~np.isnan(every[:, cell]), cell]
        assert one.counts[:, cell, 0].sum() == len(known)
        assert one.counts[:, cell, 1].sum() == (known >= 0).sum()
        smallest, largest = one.smallest()[cell], one.largest()[cell]
        assert (smallest, largest) == (known.min(), known.max()) if len(known) else np.isnan([smallest, largest]).all()
        for q in (0.0, 0.2, 0.5, 0.9, 1.0):
            value, low, high = (x[cell] for x in one.quantile(q, bins))
            if len(known):
                true = np.sort(known)[max(0, int(np.ceil(q * len(known))) - 1)]
                assert low <= value <= high
                assert low <= true <= high
            else:
                assert np.isnan([value, low, high]).all()


@FEW
@given(st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=30))
def test_bins_hold_their_pilot_and_part_the_signs(pilot: list[float]) -> None:
    """No pilot draw falls outside the bins, and no bin holds margins of both signs."""
    margins = np.array(pilot)[:, None]
    bins = Bins.around(margins)
    books = Books.empty(1)
    books.count(margins, bins, slice(0, 1))
    assert books.histogram[0, 0] == books.histogram[0, n_bins(1) + 1] == 0
    edges = bins.edges(n_bins(1))[0]
    if min(pilot) < 0 < max(pilot):
        assert np.abs(edges).min() == 0
