"""A dispute of your own: two neighbouring cities, a tram line and a noisy airport.

Everything in it is invented, to show how a negotiation is built in code. Copy it and put your own dispute in its place.

Run with ``python examples/your_own_dispute.py``.
"""

import negotiation as ng

UNIT = "EUR million per year"
FOUND, DERIVED = ng.Basis.FOUND, ng.Basis.DERIVED  # what is neither is a judgement


def two_cities() -> ng.Negotiation:
    """Build the negotiation: who decides, what is settled, what each option is worth to whom."""
    between = ng.Distribution.triangular  # low, most likely, high
    return ng.Negotiation(
        name="Two cities (invented)",
        unit=UNIT,
        parties=[
            ng.Party("Northbank", credibility=0.9, discount_factor=0.95),
            ng.Party("Southbank", credibility=0.7, discount_factor=0.95, reservation=0.5),
        ],
        issues=[
            ng.Issue("tram", ("ends at the river", "to the station", "to the airport"), owner="Northbank"),
            ng.Issue("commuter_parking", ("residents only", "open"), owner="Northbank"),
            ng.Issue("night_flights", ("allowed", "banned after 23:00", "banned"), owner="Southbank"),
            ng.Issue("joint_fair", ("none", "yearly"), description="takes both cities"),
        ],
        stakes=[
            # Found: a number that somebody published.
            ng.Stake("Northbank", "tram", "to the station", -3.1, basis=FOUND, source=("tram operator",)),
            ng.Stake("Northbank", "tram", "to the airport", -5.4, basis=FOUND, source=("tram operator",)),
            # Derived: arithmetic on such numbers, which is spelled out.
            ng.Stake("Southbank", "night_flights", "banned after 23:00", -2.4, basis=DERIVED, source=("airport",),
                     reasoning="1,200 flights a year × EUR 2,000 landing fee"),
            ng.Stake("Southbank", "night_flights", "banned", -4.0, basis=DERIVED, source=("airport",),
                     reasoning="2,000 flights a year × EUR 2,000 landing fee"),
            # Judgements: nobody has measured it, so it is a range, and the reasoning is said.
            ng.Stake("Southbank", "tram", "to the station", between(1, 3, 5), reasoning="shops near the station"),
            ng.Stake("Southbank", "tram", "to the airport", between(3, 6, 10), reasoning="a third more passengers"),
            ng.Stake("Northbank", "night_flights", "banned after 23:00", between(1, 4, 6), kind="domestic",
                     reasoning="nine in ten complaints are about the hour before midnight"),
            ng.Stake("Northbank", "night_flights", "banned", between(2, 6, 9), kind="domestic",
                     reasoning="the rest of the complaints"),
            ng.Stake("Northbank", "commuter_parking", "open", between(-1.5, -0.5, 0), kind="domestic",
                     reasoning="residents will grumble"),
            ng.Stake("Southbank", "commuter_parking", "open", 0.8, basis=DERIVED, source=("traffic count",),
                     reasoning="800 commuters × EUR 1,000 a year"),
            ng.Stake("Northbank", "joint_fair", "yearly", between(0, 0.3, 1), reasoning="as in other cities"),
            ng.Stake("Southbank", "joint_fair", "yearly", between(0, 0.3, 1), reasoning="as in other cities"),
        ],
        interactions=[
            # Worth something only together: visitors of the fair take the tram.
            ng.Interaction("Northbank", (("tram", "to the airport"), ("joint_fair", "yearly")), 0.4),
        ],
    )  # fmt: skip


def main() -> tuple[ng.Assessment, ng.MinimalPackages, ng.Probability]:
    """Print the answers, and return them."""
    talks = two_cities()
    print(f"{talks}\n")
    table = ng.stake_table(talks)
    print(table[["party", "what", "central", "low", "high", "basis", "reasoning"]].to_string(index=False), "\n")

    offer = talks.package("commuter_parking", tram="to the station", night_flights="banned after 23:00")
    assessment = ng.assess(talks, offer, proposer="Northbank")
    print(f"{assessment}\n")

    least = ng.minimal_packages(talks, ask={"night_flights": "banned after 23:00"}, proposer="Northbank")
    print(f"{least}\n")

    likely = ng.probability(talks, offer, draws=20_000)
    print(likely)
    return assessment, least, likely


if __name__ == "__main__":
    main()
