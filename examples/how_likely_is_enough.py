"""How likely is it that each set of lifts is enough, by which criterion, and does it matter that stakes move together?

Run with ``python examples/how_likely_is_enough.py``.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from itertools import combinations

import negotiation as ng

ASK = "licences for civilian buyers for six months"
THREE = ("eda_software", "jet_engine_parts", "ethane")
DRAWS = 100_000


@dataclass(frozen=True)
class Answer:
    """What the script found: stakes drawn as independent, and with US security worries rising and falling together."""

    independent: ng.Ensemble
    together: ng.Ensemble


def main() -> Answer:
    """Print how likely each offer is to be enough, and return it."""
    talks = ng.london_2025()
    asked = dict(talks.concession(ASK).options)
    sets = [some for r in range(len(THREE) + 1) for some in combinations(THREE, r)]
    offers = {
        " + ".join(s).replace("_", " ") or "no lift": talks.as_package({**dict.fromkeys(s, "lifted"), **asked})
        for s in sets
    }
    print(f"How likely is it to be enough?  ({talks.name}, known on {talks.as_of})\nFor {ASK}.\n")
    independent = ng.ensemble(talks, offers, draws=DRAWS, rng=2025)
    show(independent)
    together = ng.ensemble(talks, offers, draws=DRAWS, rng=2025, correlations=worries_together(talks))
    print(
        "\nIf what the lifts cost US security is all high or all low together (rank correlation 0.7), not each for itself:"
    )
    shift = together["acceptable"].value - independent["acceptable"].value
    for label, share, moved in zip(offers, together["acceptable"].value, shift, strict=True):
        print(f"  {label:<40} acceptable {share:6.1%}  ({moved:+.1%})")
    return Answer(independent, together)


def worries_together(talks: ng.Negotiation) -> dict[tuple[str, str], float]:
    """A rank correlation for every pair of the US's security stakes in the three lifts: a judgement, to see what it changes."""
    worries = [f"US: {lift} lifted (security)" for lift in THREE]
    return dict.fromkeys(combinations(worries, 2), 0.7)


def show(answer: ng.Ensemble) -> None:
    """Print the table within the width of a page."""
    for line in str(answer).splitlines():
        print(
            line if line.startswith(" ") and "note" not in line else textwrap.fill(line, 118, subsequent_indent="    ")
        )


if __name__ == "__main__":
    main()
