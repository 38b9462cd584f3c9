"""Laws of what an offer reveals: proofs, units, order, draws, and what more need can and cannot do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from hypothesis import assume, settings
from hypothesis import given as any_number_of
from hypothesis import strategies as st

import negotiation as ng
from negotiation.reduce.signalling import OfferSignals, private_terms
from negotiation.testing import negotiations, packages, stake_values
from negotiation.testing.whatifs import scaled

FEW = settings(max_examples=min(settings().max_examples, 30))


def given(**strategies: st.SearchStrategy[object]) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """`hypothesis.given` with at most 30 draws: each solves a few signalling games."""
    return lambda law: FEW(any_number_of(**strategies)(law))


@st.composite
def cases(draw: st.DrawFn) -> tuple[ng.Negotiation, ng.Package]:
    """Talks of two parties with ranges, at least one of which has a secret, and a package."""
    talks = draw(negotiations(max_parties=2, min_issues=2, max_issues=4, values=stake_values(numbers="ranges")))
    assume(not ng.Revealing().why_not(talks))
    return talks, draw(packages(talks))


Case = tuple[ng.Negotiation, ng.Package]


@given(case=cases())
def test_margins_agree_with_the_verdict_and_certificates_prove_it(case: Case) -> None:
    """The array and the sentence say the same; facts alone lead to the answer, and other facts do not."""
    talks, package = case
    for party in (None, *talks.party_names):
        verdict = ng.Revealing().verdict(talks, package, party=party)
        (margin,) = ng.Revealing().margins(talks, talks.codes([package]), party=party)
        assert (verdict.holds is None) == bool(np.isnan(margin)) == bool(ng.Revealing().why_not(talks, party))
        if verdict.holds is not None:
            assert margin == verdict.margin
            assert verdict.holds == (margin >= 0)
            assert -0.05 <= margin <= 0.95
            assert ng.verify(talks, verdict)
            assert not ng.verify(talks, replace(verdict, margin=verdict.margin + 0.01))


@given(case=cases(), factor=st.integers(2, 1000))
def test_the_unit_does_not_matter(case: Case, factor: int) -> None:
    """Beliefs are the same in dollars and in thousands."""
    talks, package = case
    before, after = (ng.Revealing().verdict(t, package).margin for t in (talks, scaled(talks, factor)))
    assert abs(before - after) < 1e-9


@given(case=cases(), turned=st.randoms())
def test_the_order_of_parties_and_issues_does_not_matter(case: Case, turned: object) -> None:
    """Listing parties, issues and stakes in another order changes nothing."""
    talks, package = case
    fields = {}
    for name in ("parties", "issues", "stakes", "interactions"):
        items = list(getattr(talks, name))
        turned.shuffle(items)  # type: ignore[attr-defined]
        fields[name] = tuple(items)
    other = talks.replaced(**fields)
    for party in (None, *talks.party_names):
        before, after = (ng.Revealing().verdict(t, t.as_package(package), party=party).margin for t in (talks, other))
        assert abs(before - after) < 1e-9 or (np.isnan(before) and np.isnan(after))


@given(case=cases(), seed=st.integers(0, 99))
def test_in_a_draw_all_but_the_secret_is_known(case: Case, seed: int) -> None:
    """The margin in a draw is that of the talks in which every number but the secret is as drawn."""
    talks, package = case
    draws = ng.draw_stakes(talks, 2, rng=np.random.default_rng(seed))
    codes, n = talks.codes([package]), len(talks.stakes)
    for name in talks.party_names:
        asked = [i for i in package.moved if talks.issue(i).owner not in (name, None)]
        secret = set(private_terms(talks, name, asked).tolist())
        margins = ng.Revealing().margins(talks, codes, draws=draws, party=name)
        for s in range(2):
            values = [old if k in secret else float(v)
                      for k, (old, v) in enumerate(zip(talks.terms.values, draws.values[s], strict=True))]  # fmt: skip
            fixed = talks.replaced(
                stakes=tuple(replace(x, value=v) for x, v in zip(talks.stakes, values[:n], strict=True)),
                interactions=tuple(replace(x, value=v) for x, v in zip(talks.interactions, values[n:], strict=True)),
            )
            for i, party in enumerate(talks.party_names):
                fixed = fixed.with_party(party, disagreement=float(draws.disagreement[s, i]),
                                         reservation=float(draws.reservation[s, i]))  # fmt: skip
            expected = float(ng.Revealing().margins(fixed, codes, party=name)[0])
            same = abs(margins[s, 0] - expected) < 1e-9
            nothing_left = np.isnan(expected) and (np.isnan(margins[s, 0]) or margins[s, 0] == -0.05)
            assert same or nothing_left


@given(case=cases())
def test_who_needs_it_more_gets_no_less_from_it(case: Case) -> None:
    """Every offer, and every reply to it, is worth at least as much to a type with more need; the responder does not care."""
    talks, package = case
    for name in talks.party_names:
        signals = OfferSignals.of(talks, package, proposer=name, types=3)
        game = signals.game()
        assert (np.diff(game.sender, axis=0) >= -1e-9 * (1 + np.abs(game.sender).max())).all()
        central = ng.payoffs(talks, signals.offers)[:, talks.party_index(signals.responder)]
        np.testing.assert_allclose(signals.worth(signals.offers)[1], central, atol=1e-9)


@given(case=cases())
def test_without_a_doubt_nothing_is_revealed(case: Case) -> None:
    """With one type there is nothing to learn."""
    talks, package = case
    verdict = ng.Revealing(types=1).verdict(talks, package)
    assert not verdict.holds
    assert verdict.margin == -0.05


@given(case=cases())
def test_every_channel_has_an_equilibrium(case: Case) -> None:
    """Words, offers and advance concessions can each be solved; of words nothing needs to be believed."""
    talks, package = case
    for name in talks.party_names:
        asked = [i for i in package.moved if talks.issue(i).owner not in (name, None)]
        if len(private_terms(talks, name, asked)):
            compared = ng.compare_signals(talks, package, proposer=name)
            for channel in compared.channels:
                assert channel.solution.complete
                low, high = channel.told
                assert 0 <= low <= high <= 1 + 1e-9
            assert compared["talk"].told[0] == 0
