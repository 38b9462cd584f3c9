"""What would be enough: the smallest offers for each ask, and the most that the three lifts buy.

Run with ``python examples/what_would_be_enough.py``.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

import negotiation as ng

ASKS = (
    "every control lifted for good",
    "licences for civilian buyers for six months",
    "samarium alone, military buyers included",
)
THREE = ("eda_software", "jet_engine_parts", "ethane")
SHOWN = 4


@dataclass(frozen=True)
class Answer:
    """What the script found."""

    minimal: dict[str, ng.MinimalPackages]
    bought: ng.Purchase


def main() -> Answer:
    """Print what would be enough, and return it."""
    talks = ng.london_2025()
    print(f"What would be enough?  ({talks.name}, known on {talks.as_of}; {talks.unit}, promises believed at 50%)\n")
    minimal = {}
    for ask in ASKS:
        wanted = dict(talks.concession(ask).options)
        minimal[ask] = ng.minimal_packages(talks, ask=wanted, proposer="US", criterion="worth_the_doubt")
        show(talks, ask, minimal[ask])
    bought = ng.most_an_offer_buys(talks, offer=THREE, proposer="US", criterion="worth_the_doubt")
    print("The most that the three lifts buy, among all packages that are worth the doubt to both:")
    print(textwrap.fill(str(bought), 100, initial_indent="  ", subsequent_indent="  "))
    return Answer(minimal, bought)


def show(talks: ng.Negotiation, ask: str, offers: ng.MinimalPackages) -> None:
    """Print the smallest offers for one ask: what each lifts, and what the package is then worth to each party."""
    print(f"For {ask}: {len(offers)} smallest offers")
    for package in offers[:SHOWN]:
        worth = ng.is_enough(talks, package, criterion="worth_the_doubt").margin
        veto = "" if ng.is_enough(talks, package, party="US", criterion="ratifiable") else "  (vetoed in Washington)"
        print(f"  {', '.join(talks.concessions_of('US', package)):<58} least gain {worth:+6,.1f}{veto}")
    if len(offers) > SHOWN:
        print(f"  … and {len(offers) - SHOWN} more")
    for note in offers.notes:
        print(textwrap.fill(note, 100, initial_indent="  ", subsequent_indent="  "))
    print()


if __name__ == "__main__":
    main()
