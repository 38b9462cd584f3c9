"""Who goes first? The same package delivered all at once, by one side first, in tranches, or by licences that lapse.

Run with ``python examples/who_goes_first.py``. Every number comes from the scenario that ships with the library.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

import negotiation as ng

OFFER, ASK = "the three lifts promised", "every control lifted for good"
WIDTH = 110


@dataclass(frozen=True)
class Answer:
    """What the script found."""

    verdict: ng.Verdict
    threats: tuple[ng.EmptyThreat, ...]
    comparison: ng.SequenceComparison
    split: ng.Tranches


def main() -> Answer:
    """Print the answer, and return it."""
    talks = ng.london_2025()
    package = talks.combine(OFFER, ASK)
    answer = Answer(
        ng.is_enough(talks, package, criterion="sequenced"),
        empty_promises(talks),
        ng.compare_sequences(talks, package, steps=(4, 8)),
        ng.tranches(talks, package, steps=8),
    )
    print(f"Who goes first?  ({OFFER} for {ASK})\n")
    print(
        textwrap.fill(f"Order alone: {answer.verdict.answer}. {answer.verdict.reason}", WIDTH, subsequent_indent="  ")
    )
    print()
    print(answer.comparison)
    print("\nThe split into at most 8 steps that tempts least:")
    for line in str(answer.split).splitlines():
        print(textwrap.fill(line, WIDTH, subsequent_indent="     "))
    print("\nChina's promise to answer in kind, eda_software and ethane for samarium and magnets, US first:")
    for threat in answer.threats:
        print(textwrap.fill(f"  {threat}", WIDTH, subsequent_indent="     "))
    return answer


def empty_promises(talks: ng.Negotiation) -> tuple[ng.EmptyThreat, ...]:
    """China says that it keeps its part exactly when the US does: what of that would it not carry out?"""
    game = ng.sequence_game(talks, talks.package("eda_software", "ethane", "samarium", "magnets"), first="US")
    plan = {name: "keep" if name in ("US: start", "China: keep") else "break" for name in game.infosets}
    return ng.find_empty_threats(game, plan)


if __name__ == "__main__":
    main()
