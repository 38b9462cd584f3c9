"""Which states of the London talks hold, and what would have to be preferred for the swap to hold?

Run with ``python examples/which_states_are_stable.py``. First from payoffs, the measures moved in three bundles; then from ranks
alone, as a ministry would state them, without a single number.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import negotiation as ng

WIDTH = 105
US, CHINA = "the three lifts promised", "every control lifted for good"
PARTLY = "licences for civilian buyers for six months"
SWAP = "three lifts + samarium + other controls"
DRAWS = 2_000


@dataclass(frozen=True)
class Answer:
    """What the script found."""

    solution: ng.ConflictSolution
    from_here: ng.StatusQuoAnalysis
    required: ng.RequiredPreferences
    verdicts: dict[str, ng.Verdict]
    share: float
    from_ranks: ng.ConflictSolution
    plot: Path


def bundled(talks: ng.Negotiation) -> ng.ConflictGraph:
    """The conflict over three bundles: the lifts promised, samarium, and everything else that China controls."""
    controls = [issue.name for issue in talks.measures("China") if issue.name != "samarium"]
    lifts = [name for name, _ in talks.concession(US).options]
    return ng.conflict_graph(
        talks,
        groups={"three lifts": lifts, "samarium": ["samarium"], "other controls": controls},
        package=talks.combine(US, CHINA),
    )


def ranked() -> ng.ConflictGraph:
    """The same question as two ministries might put it: what matters most, what next."""
    return ng.ConflictGraph.from_options(
        {"US": ["three lifts"], "China": ["samarium", "other controls"]},
        priorities={
            "US": [{"samarium": "Y"}, {"other controls": "Y"}, {"three lifts": "N"}],
            "China": [{"three lifts": "Y"}, {"samarium": "N"}, {"other controls": "N"}],
        },
    )


def main() -> Answer:
    """Print the answer, save the plot, and return both."""
    talks = ng.london_2025()
    solution = ng.solve(bundled(talks))
    packages = {ask: talks.combine(US, ask) for ask in (CHINA, PARTLY)}
    verdicts = {ask: ng.is_enough(talks, package, criterion="stable") for ask, package in packages.items()}
    share = ng.probability(
        talks, packages[CHINA], criterion="stable", draws=DRAWS, rng=np.random.default_rng(2025)
    ).value
    answer = Answer(
        solution,
        ng.status_quo_analysis(solution.graph, "status quo", solution=solution),
        ng.required_preferences(solution.graph, SWAP, party="US"),
        verdicts,
        share,
        ng.solve(ranked()),
        save_plot(solution),
    )
    show(talks, answer)
    return answer


def show(talks: ng.Negotiation, answer: Answer) -> None:
    """Print one screen, the answer first."""

    def say(text: str) -> None:
        print(textwrap.fill(text, WIDTH, subsequent_indent="  "))

    swap = answer.solution.at(SWAP)
    print(f"Which states hold?  ({talks.name}; three bundles of measures, payoffs at the centre)\n")
    print(answer.solution)
    print(f"\nIs the whole swap stable?\n{swap.to_string()}")
    for party in talks.party_names:
        say(answer.solution.why(SWAP, party))
    print()
    say(f"From where things stand: {answer.from_here.told(SWAP)}.")
    print("\nWhat must be preferred?")
    print(answer.required)
    print(f"\nAmong all {talks.n_packages:,} packages, by the criterion 'stable':")
    for ask, verdict in answer.verdicts.items():
        say(f"three lifts for {ask}: {verdict.answer} ({verdict.margin:+,.3g} {verdict.unit})")
    say(f"for {CHINA}: stable in {answer.share:.0%} of {DRAWS:,} draws from the ranges of the stakes")
    print("\nFrom ranks alone:")
    print(answer.from_ranks)
    print(f"\nPlot: {answer.plot}")


def save_plot(solution: ng.ConflictSolution) -> Path:
    """Draw the graph beside this script, and say where."""
    import matplotlib.pyplot as plt

    path = Path(__file__).with_name("output") / "which_states_are_stable.png"
    path.parent.mkdir(exist_ok=True)
    figure, axes = plt.subplots(figsize=(11, 5), layout="constrained")
    ng.plot_conflict(solution, status_quo="status quo", ax=axes)
    figure.savefig(path, dpi=150)
    plt.close(figure)
    return path


if __name__ == "__main__":
    main()
