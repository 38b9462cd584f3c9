"""Probabilities, minimal offers, prices and trades: time by size, every answer checked another way where that is within reach.

Run with ``python benchmarks/offers.py``; about half a minute. CPU seconds, medians, first runs (imports) left out. A report, not
a gate: no other Python library answers these questions; the baseline is the same work done package by package.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one core for everybody
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import time
from collections.abc import Callable
from itertools import combinations, product
from typing import Any

import numpy as np

import negotiation as ng
from negotiation.analysis.criteria.acceptable import Acceptable
from negotiation.analysis.offers.family import offers_for
from negotiation.analysis.offers.minimal_programme import by_programme
from negotiation.analysis.offers.minimal_result import Question

THREE = ("eda_software", "jet_engine_parts", "ethane")


def seconds(work: Callable[[], Any], repeat: int = 3) -> tuple[float, Any]:
    """The median CPU time of `repeat` runs after one that is not counted, and the result."""
    result = work()
    times = []
    for _ in range(repeat):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return float(np.median(times)), result


def trades(lifts: int, controls: int, seed: int = 0) -> ng.Negotiation:
    """Whole stakes of two kinds; lifts cost A and gain B, graded controls the other way round."""
    rng = np.random.default_rng([lifts, controls, seed])
    issues = [ng.Issue(f"lift{k}", owner="A") for k in range(lifts)]
    issues += [ng.Issue(f"control{k}", ("in force", "licences", "lifted"), owner="B") for k in range(controls)]
    stakes = [
        ng.Stake(p, i.name, o, int(rng.integers(1, 40)) * (-1 if i.owner == p else 1), kind=kind)
        for i in issues
        for p in "AB"
        for o in i.options[1:]
        for kind in ("commercial", "security")
    ]
    parties = [ng.Party("A", discount_factor=0.95), ng.Party("B", reservation=3, discount_factor=0.95)]
    return ng.Negotiation(parties, issues, stakes)


def of_probability(talks: ng.Negotiation) -> None:
    """All eight subsets of the three lifts with samarium, 100,000 draws."""
    offers = [talks.package(*some, "samarium") for r in range(4) for some in combinations(THREE, r)]
    slow, _ = seconds(lambda: by_draw(talks, offers, 50), 1)
    print(f"{'eight offers, 100,000 draws':44s}{'seconds':>9s}{'a draw at a time':>20s}")
    answers = {}
    for method in ("independent", "sobol"):
        cost, answers[method] = seconds(lambda m=method: ng.probabilities(talks, offers, method=m))
        print(f"  {method:42s}{cost:9.3f}{slow * 2000 / cost:18,.0f} x")
    gap = np.abs(answers["independent"].value - answers["sobol"].value)
    error = np.hypot(answers["independent"].standard_error, answers["sobol"].standard_error)
    assert (gap <= 4.5 * error + 1e-12).all(), gap
    some = by_draw(talks, offers, 50)
    assert some == ng.probabilities(talks, offers, draws=50).value.tolist()


def by_draw(talks: ng.Negotiation, offers: list[ng.Package], draws: int) -> list[float]:
    """The baseline: one payoff at a time."""
    drawn = ng.draw_stakes(talks, draws, rng=np.random.default_rng(0))
    held = np.zeros(len(offers))
    for s in range(draws):
        for k, offer in enumerate(offers):
            total = [0.0] * len(talks.parties)
            for value, item, party in zip(drawn.values[s], talks.terms.items, talks.terms.party, strict=True):
                if all(offer[issue] == option for issue, option in item.conditions):
                    total[party] += value
            held[k] += all(got >= least for got, least in zip(total, drawn.reservation[s], strict=True))
    return (held / draws).tolist()


def of_minimal_packages() -> None:
    """By listing, by programme, and by comparing all pairs of offers that are enough."""
    print(
        f"\n{'minimal offers for two controls':44s}{'found':>6s}{'listed':>9s}{'programme':>11s}{'pair by pair':>15s}"
    )
    for lifts in (8, 10, 16, 18):
        talks = trades(lifts, 3, seed=1)
        ask = {"control0": "lifted", "control1": "licences"}
        cost, found = seconds(lambda t=talks, a=ask: ng.minimal_packages(t, a, proposer="A"))
        family, asked = offers_for(talks, ask, "A")
        question = Question(talks, Acceptable(), "A", None, tuple(asked.items()))
        programmed, again = seconds(lambda q=question, f=family: by_programme(q, f, 1000), 1)
        assert set(found) == set(again)
        assert found.complete
        assert again.complete
        pairwise = ""
        if lifts <= 10:
            slow, expected = seconds(lambda t=talks, a=ask: brute_force(t, a), 1)
            assert set(found) == expected
            pairwise = f"{slow / cost:13,.0f} x"
        print(f"  {f'2**{lifts} offers':42s}{len(found):6d}{cost:9.3f}{programmed:11.3f}{pairwise:>15s}")
    for lifts in (30, 60, 100):
        talks = trades(lifts, 3)
        cost, found = seconds(lambda t=talks: ng.minimal_packages(t, ["control0"], proposer="A", limit=20), 1)
        assert all(ng.is_enough(talks, p) for p in found)
        known = "all" if found.complete else "first"
        print(f"  {f'2**{lifts} offers, {known} {len(found)}':42s}{len(found):6d}{'':9s}{cost:11.3f}")


def brute_force(talks: ng.Negotiation, ask: dict[str, str]) -> set[ng.Package]:
    """Every offer judged by is_enough, every pair compared."""
    own = [i.name for i in talks.measures("A")]
    every = product(*(talks.issue(i).options for i in own))
    packages = [talks.as_package(ask | dict(zip(own, options, strict=True))) for options in every]
    enough = {frozenset(set(p.moved) & set(own)): p for p in packages if ng.is_enough(talks, p)}
    return {p for offer, p in enough.items() if not any(other < offer for other in enough)}


def of_other_questions(talks: ng.Negotiation) -> None:
    """One line a question, on the shipped scenario and on made-up talks of 60 issues."""
    large = trades(30, 30)
    offer = talks.package(*THREE, "samarium")
    some = large.package("lift0", "lift1", "control0")
    print(f"\n{'seconds':44s}{'London':>9s}{'60 issues':>11s}")
    questions: dict[str, Callable[[ng.Negotiation, ng.Package, str, str], Any]] = {
        "break_even": lambda t, p, me, lift: ng.break_even(t, p),
        "break_even, self_enforcing (searched)": lambda t, p, me, lift: ng.break_even(t, p, criterion="self_enforcing"),
        "most_an_offer_buys": lambda t, p, me, lift: ng.most_an_offer_buys(t, [lift], proposer=me),
        "lottery_deal": lambda t, p, me, lift: ng.lottery_deal(t, me),
        "exchange_rates": lambda t, p, me, lift: ng.exchange_rates(t),
        "logrolling": lambda t, p, me, lift: ng.logrolling(t),
    }
    for name, ask in questions.items():
        small, _ = seconds(lambda a=ask: a(talks, offer, "US", "ethane"), 1)
        wide, _ = seconds(lambda a=ask: a(large, some, "A", "lift0"), 1)
        print(f"  {name:42s}{small:9.3f}{wide:11.3f}")


if __name__ == "__main__":
    london = ng.london_2025()
    print(london, end="\n\n")
    of_probability(london)
    of_minimal_packages()
    of_other_questions(london)
