"""Would a stricter ratifier at home get the US, or China, a better deal in London?

Run with ``python examples/tied_hands.py``. Who has to consent, and how much they need, is invented here: nobody has published
it. The stakes are those of the scenario. Each side's new ratifier counts everything its party counts; what the other one needs is
uncertain, which is what makes a strong position risky.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import negotiation as ng

WIDTH = 105
NEEDS = {"US": ("Congress", np.arange(0.0, 241.0, 20.0)), "China": ("Politburo", np.arange(0.0, 1001.0, 100.0))}
DOUBT = {"US": ng.Distribution.uniform(0, 120), "China": ng.Distribution.uniform(0, 600)}
DRAWS = 400


@dataclass(frozen=True)
class Answer:
    """What the script found."""

    game: ng.TwoLevelGame
    curves: dict[str, ng.TiedHands]
    odds: ng.Ratification
    plot: Path


def with_ratifiers(talks: ng.Negotiation) -> ng.Negotiation:
    """The talks with one more ratifier on each side, whose need nobody knows."""
    for party, (name, _) in NEEDS.items():
        one_more = ng.Ratifier(name, at_least=DOUBT[party], reasoning="invented for this example")
        talks = talks.with_party(party, ratifiers=(*talks.party(party).ratifiers, one_more))
    return talks


def main() -> Answer:
    """Print the answer, save the plot, and return both."""
    talks = with_ratifiers(ng.london_2025())
    curves = {
        party: ng.tied_hands(
            talks, party=party, ratifier=name, needs=needs.tolist(), draws=DRAWS, rng=np.random.default_rng(2025)
        )
        for party, (name, needs) in NEEDS.items()
    }
    game = ng.two_level_game(talks)
    assert game.agreement is not None
    odds = ng.ratification(
        talks, game.agreement.package, audience_costs={"US": 50, "China": 50}, rng=np.random.default_rng(2025)
    )
    answer = Answer(game, curves, odds, save_plot(curves))
    show(talks, answer)
    return answer


def show(talks: ng.Negotiation, answer: Answer) -> None:
    """Print one screen, the answer first."""
    print(f"Does tying one's hands pay?  ({talks.name}; in {talks.unit})\n")
    for curve in answer.curves.values():
        print(textwrap.fill(str(curve), WIDTH, subsequent_indent="  "))
    for party, curve in answer.curves.items():
        print(f"\nWhat {party}'s {curve.ratifier} needs, and what the parties may then expect:")
        print(curve.to_frame().round(2).iloc[::2].to_string())
    print("\nWith needs at their centre:")
    print("\n".join(textwrap.fill(line, WIDTH, subsequent_indent="  ") for line in str(answer.game).splitlines()))
    print("\nWould that package pass, if signing and failing costs a government 50 at home?")
    print("\n".join(str(answer.odds).splitlines()[1:]))
    print(f"\nPlot: {answer.plot}")


def save_plot(curves: dict[str, ng.TiedHands]) -> Path:
    """Draw both curves beside this script, and say where."""
    import matplotlib.pyplot as plt

    path = Path(__file__).with_name("output") / "tied_hands.png"
    path.parent.mkdir(exist_ok=True)
    figure, panels = plt.subplots(1, 2, figsize=(13, 4.6), layout="constrained")
    for panel, curve in zip(panels, curves.values(), strict=True):
        ng.plot_tied_hands(curve, ax=panel)
    figure.savefig(path, dpi=120)
    plt.close(figure)
    return path


if __name__ == "__main__":
    main()
