"""Is the US promising to lift three restrictions enough?

Run with ``python examples/is_three_enough.py``. Every number comes from the scenario that ships with the library,
``negotiation/scenarios/london_2025.toml``, which holds what could be known on 10 June 2025, with sources.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import negotiation as ng

# Names in the scenario, and short ones for the table.
ASKS = {
    "every control lifted for good": "all lifted for good",
    "licences for civilian buyers for six months": "civilian, six months",
    "samarium alone, military buyers included": "samarium alone",
}
OFFERS = {
    "the three lifts promised": "three promised",
    "the three lifts delivered": "three delivered",
    "all measures since Geneva": "all since Geneva",
    "everything": "everything",
}
PROMISE = "the three lifts promised"
DRAWS = 20_000
WIDTH = 105


@dataclass(frozen=True)
class Cell:
    """One offer for one ask: what each party expects of it, and in what share of the draws it loses nothing."""

    expected: dict[str, float]
    share: dict[str, float]
    share_for_all: float

    @property
    def is_enough(self) -> bool:
        """Whether no party expects less than it signs for."""
        return min(self.expected.values()) >= 0


@dataclass(frozen=True)
class Answer:
    """What the script found."""

    cells: dict[tuple[str, str], Cell]
    break_even: ng.BreakEven
    assessment: ng.Assessment
    plot: Path


def judge(talks: ng.Negotiation, offer: str, ask: str) -> Cell:
    """Judge an offer for an ask: promises count with the doubt in them, what is delivered first counts in full."""
    if talks.concession(offer).delivery == "delivered":
        talks = talks.with_party(talks.concession(offer).party, credibility=1.0)
    package = talks.combine(offer, ask)

    def share(party: str | None) -> float:
        rng = np.random.default_rng(2025)
        return ng.probability(talks, package, criterion="worth_the_doubt", party=party, draws=DRAWS, rng=rng).value

    expected = {
        name: ng.is_enough(talks, package, party=name, criterion="worth_the_doubt").margin for name in talks.party_names
    }
    return Cell(expected, {name: share(name) for name in talks.party_names}, share(None))


def sentence(party: str, cells: dict[tuple[str, str], Cell]) -> str:
    """The answer for one party: for which asks the promise is worth it."""
    found = {ask: cells[PROMISE, ask] for ask in ASKS}
    texts = {ask: f"{ask} ({c.expected[party]:+,.0f}; {c.share[party]:.0%} of draws)" for ask, c in found.items()}
    worth = [texts[ask] for ask, c in found.items() if c.expected[party] >= 0]
    short = [texts[ask] for ask, c in found.items() if c.expected[party] < 0]
    if not short:
        return f"{party}: yes, for each ask. {'; '.join(worth)}."
    if not worth:
        return f"{party}: no, for none of the asks. {'; '.join(short)}."
    return f"{party}: only for {'; '.join(worth)}. Not for {'; '.join(short)}."


def table(cells: dict[tuple[str, str], Cell]) -> list[str]:
    """Asks down, offers across: what each party expects, and in what share of the draws nobody loses."""
    lines = [" " * 20 + "".join(f"{label:>21}" for label in OFFERS.values())]
    for ask, label in ASKS.items():
        row = f"{label:<20}"
        for offer in OFFERS:
            cell = cells[offer, ask]
            amounts = " / ".join(f"{value:+,.0f}" for value in cell.expected.values())
            row += f"{amounts}{'' if cell.is_enough else ' no'} {cell.share_for_all:>4.0%}".rjust(21)
        lines.append(row)
    return lines


def main() -> Answer:
    """Print the answer, save the plot, and return both."""
    talks = ng.london_2025()
    package = talks.combine(PROMISE, next(iter(ASKS)))
    answer = Answer(
        {(offer, ask): judge(talks, offer, ask) for offer in OFFERS for ask in ASKS},
        ng.break_even(talks, package, criterion="worth_the_doubt"),
        ng.assess(talks, package, proposer="US"),
        save_plot(talks, package),
    )
    show(talks, answer)
    return answer


def show(talks: ng.Negotiation, answer: Answer) -> None:
    """Print one screen, the answer first."""
    print(f"Is the US promising to lift three restrictions enough?  ({talks.name}, known on {talks.as_of})\n")
    for party in reversed(talks.party_names):
        print(textwrap.fill(sentence(party, answer.cells), WIDTH, subsequent_indent="  "))
    believed = " and ".join(f"{p.name} at {p.credibility.central:.0%}" for p in talks.parties if p.credibility)
    print(f"\nWhat {' / '.join(talks.party_names)} expect, in {talks.unit}, believing the promises of {believed};")
    print("'no' where a party expects to lose; and the share of draws from the ranges in which nobody loses:")
    print("\n".join(table(answer.cells)))
    holds = ", ".join(f"{verdict.criterion.replace('_', ' ')} {verdict.answer}" for verdict in answer.assessment)
    print("\n" + textwrap.fill(f"Three promised for {next(iter(ASKS))}, by criterion: {holds}.", WIDTH))
    print(
        "\nWhat you have to believe for that to be enough: none of these beyond where it flips, the others at centre."
    )
    for point in answer.break_even.points[:6]:
        print(f"  {point}")
    stakes = ng.stake_table(talks)
    judged = int((stakes["basis"] == "judgement").sum())
    print(
        f"\n{judged} of {len(stakes)} stakes are judgements with wide ranges: nobody has published what one lift is worth."
    )
    print(
        f"{len(talks.sources)} sources stand beside the numbers: negotiation/scenarios/london_2025.toml. Plot: {answer.plot}"
    )


def save_plot(talks: ng.Negotiation, package: ng.Package) -> Path:
    """Draw the packages in payoff space beside this script, and say where."""
    import matplotlib.pyplot as plt

    path = Path(__file__).with_name("output") / "is_three_enough.png"
    path.parent.mkdir(exist_ok=True)
    figure, axes = plt.subplots(figsize=(8, 6), layout="constrained")
    ng.plot_packages(talks, highlight=package, ax=axes)
    figure.savefig(path, dpi=150)
    plt.close(figure)
    return path


if __name__ == "__main__":
    main()
