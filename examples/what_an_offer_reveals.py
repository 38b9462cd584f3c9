"""What does offering three lifts say about how badly the US needs samarium?

Run with ``python examples/what_an_offer_reveals.py``.
"""

import textwrap

import negotiation as ng

SAMARIUM = "samarium alone, military buyers included"


def main() -> tuple[ng.Revelation, ng.SignalsCompared]:
    """Print prior, offer and posterior, the price of looking desperate, and what other signals could tell; return both."""
    talks = ng.london_2025()
    offer = talks.combine("the three lifts promised", SAMARIUM)
    found = ng.what_an_offer_reveals(talks, offer, proposer="US")
    print(found)
    print("\nThe chance that the US needs samarium badly (the upper half of the range of its stake), offer by offer:")
    table = found.to_frame()[["prior", "posterior low", "posterior high", "made"]]
    print(table.rename(columns={"posterior low": "after, from", "posterior high": "to"}).round(2).to_string())
    compared = ng.compare_signals(talks, offer, proposer="US")
    print(f"\n{compared}")
    for proposer in talks.party_names:
        verdict = ng.is_enough(talks, offer, criterion="revealing", proposer=proposer)
        print("\n" + textwrap.fill(f"If {proposer} proposes it, {verdict}", 100))
    return found, compared


if __name__ == "__main__":
    main()
