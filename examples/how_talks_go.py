"""How do talks go, and not only where should they end? Play London's measures with the strategies of the literature.

Run with ``python examples/how_talks_go.py``. Who knows only its own payoffs, haggles package by package. The measures on the
table are the three lifts promised and four Chinese controls; payoffs come from the London scenario, nothing later than 10 June
2025 went into it. The strategies are textbook ones: no claim that either side used any of them.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl

import negotiation as ng

ON_THE_TABLE = ("eda_software", "jet_engine_parts", "ethane", "samarium", "dysprosium", "terbium", "magnets")
STRATEGIES = {
    "Boulware": ng.Boulware(),
    "linear": ng.LinearConcession(),
    "conceder": ng.Conceder(),
    "tit for tat": ng.RandomAbsoluteTitForTat(),
    "nice tit for tat": ng.NiceTitForTat(),
    "MiCRO": ng.MiCRO(),
    "hard-headed": ng.HardHeaded(),
    "trade-off": ng.TradeOff(),
}
RUNS = 2000


@dataclass(frozen=True)
class Answer:
    """What the script found."""

    trace: ng.Trace
    cup: ng.Tournament
    drawn: dict[str, ng.Simulation]
    exploited: dict[str, ng.Exploitability]
    plot: Path


def main() -> Answer:
    """Play, print, and return it all."""
    talks = ng.london_2025()
    talks = talks.without_issues(*(name for name in talks.issue_names if name not in ON_THE_TABLE))
    domain = ng.Domain.from_talks(talks)
    print(f"{domain.n_outcomes:,} packages of {len(talks.issues)} measures, in {talks.unit}\n")

    trace = ng.play(domain, {"US": ng.LinearConcession(), "China": ng.Boulware()})
    print(
        f"One negotiation, {trace.strategies[0]} against {trace.strategies[1]}: {trace.ending} in round {trace.rounds} of 100 on"
    )
    print(textwrap.fill(domain.describe(trace.agreement), 100, initial_indent="  ", subsequent_indent="  "))
    print(f"  {', '.join(f'{n} {u:+,.0f}' for n, u in zip(domain.names, trace.payoffs, strict=True))}\n")

    cup = ng.tournament(domain, STRATEGIES, repetitions=2, rng=1, executor=1)
    print("Everybody against everybody, from both seats (share: 0 a party's worst package, 1 its best):")
    columns = ["share", "share of the others", "agreement rate", "rounds to agreement"]
    print(cup.scores()[columns].round(2).to_string(), "\n")

    drawn = {}
    print(f"The same, not knowing the stakes: {RUNS:,} draws from their ranges")
    for us, china in (("Boulware", "Boulware"), ("conceder", "Boulware"), ("Boulware", "conceder")):
        found = ng.simulate(talks, [STRATEGIES[us], STRATEGIES[china]], runs=RUNS, stakes="drawn", rng=1, executor=1)
        low, high = found.table["rounds"].quantile([0.05, 0.95])
        means = ", ".join(f"{n} {u:+,.0f}" for n, u in zip(found.names, found.payoffs.mean(axis=0), strict=True))
        print(
            f"  US {us}, China {china}: {found.agreement_rate:.0%} agree, round {low:.0f} to {high:.0f} (90%), on average {means}"
        )
        drawn[f"{us}, {china}"] = found

    exploited = {}
    patient = domain.with_discounting([0.98, 0.98])
    for name in ("Boulware", "linear", "conceder"):
        for party in domain.names:
            exploited[f"{name}, {party}"] = ng.exploitability(patient, STRATEGIES[name], party=party)
    us, china = exploited["linear, US"].equilibrium
    print(
        f"\nAlternating offers in equilibrium, 0.98 a turn, US first: US {us:+,.0f}, China {china:+,.0f}. Beyond it, knowing that"
    )
    for name in ("Boulware", "linear", "conceder"):
        gains = [exploited[f"{name}, {party}"].value for party in domain.names]
        print(f"  the US is {name} brings China {gains[0]:+,.0f}; knowing that China is brings the US {gains[1]:+,.0f}")
    return Answer(trace, cup, drawn, exploited, plotted(trace))


def plotted(trace: ng.Trace) -> Path:
    """Draw the negotiation offer by offer, among all packages and over time."""
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    path = Path(__file__).with_name("output") / "how_talks_go.png"
    path.parent.mkdir(exist_ok=True)
    figure, (left, right) = plt.subplots(1, 2, figsize=(14, 5.5), layout="constrained")
    ng.plot_trace(trace, ax=left)
    ng.plot_trace(trace, kind="time", ax=right)
    figure.savefig(path, dpi=150)
    plt.close(figure)
    print(f"\nOffer by offer: {path}")
    return path


if __name__ == "__main__":
    main()
