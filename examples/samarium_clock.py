"""Who is hurt by waiting, and until when? Samarium for fighter magnets against ethane and chip software.

Run with ``python examples/samarium_clock.py``. What a shortage costs comes from the London scenario. How long stocks last has not
been published for any of the three: one rule for what can be stored and one for a gas, for both sides alike, and wide ranges.
Nothing later than 10 June 2025 went into it.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import negotiation as ng

PERIODS, DRAWS, SHOWN = 72, 20_000, (0, 2, 4, 6, 8, 12, 18, 24, 36, 48, 60)
WIDTH = 105

KINDS = ("commercial", "security")
# F-35: 22 to 23 kg of samarium-cobalt magnets a jet; 98 to 156 jets a year, 123 on average from 2021 to 2024 (C_DF_01, C_DF_03).
KILOGRAMS = ng.Distribution.triangular(22 * 98 / 12, 23 * 123 / 12, 23 * 156 / 12)
# Judged: stocks of what can be stored (magnets; licences that run on) last 1 to 24 months, mode the geometric mean; of a gas in
# cold tanks a tenth of that. A number was found for car makers only, 2 to 3 months (C_ST_02), who are not the F-35.
STORABLE, GAS = (1, 4.9, 24), (0.1, 0.49, 2.4)
# A way round takes two to five years, as was expected of new mines in 2010 (C_10_04); judged to hold for the other two as well.
WAY_ROUND = ng.Distribution.triangular(24, 42, 60)

# Samarium: 12.6 USD/kg in October 2024, 40 to 45 in Europe in May 2025 (C_PR_08). By mass a third of SmCo5.
PRICE, SHARE, DEAREST = 12.6, 0.34, ng.Distribution.triangular(1, 3.4, 10)

OFFER = ("the three lifts promised", "samarium alone, military buyers included")


@dataclass(frozen=True)
class Clock:
    """What the script found."""

    central: ng.WaitingCosts
    drawn: ng.WaitingCosts
    solution: ng.PackageOffersSolution
    answers: list[dict[str, float]]
    plot: Path


def loss(talks: ng.Negotiation, party: str, issue: str) -> ng.Distribution:
    """What a lift brings its buyer, commercial and security added end by end, which is what the shortage costs."""
    wanted = [
        s.value for s in talks.stakes if (s.party, s.issue, s.option) == (party, issue, "lifted") and s.kind in KINDS
    ]
    ranges = [(*v.support, v.central) for v in wanted if isinstance(v, ng.Distribution)]
    low, high, mode = (sum(column) for column in zip(*ranges, strict=True))
    return ng.Distribution.log_triangular(low, mode, high)


def controlled(
    talks: ng.Negotiation,
    name: str,
    *,
    buyer: str,
    issue: str,
    months: tuple[float, ...],
    need: ng.Distribution | None = None,
) -> ng.ControlledInput:
    """An input with a stock for so many months (low, mode, high) and a way round; without a need, in shares of a month's."""
    monthly, most = (1.0, 1.0) if need is None else (need.central, need.support[1])
    low, mode, high = (m * monthly for m in months)
    return ng.ControlledInput(
        name,
        need=1.0 if need is None else need,
        stock=ng.Distribution.log_triangular(low, mode, high),
        loss=loss(talks, buyer, issue),
        new_supply=most,
        arrives=WAY_ROUND,
        spend=0.0 if need is None else SHARE * PRICE * need.central / 1e6,
        highest_price=1.0 if need is None else DEAREST,
        issue=issue,
        kinds=KINDS,
    )


def inputs(talks: ng.Negotiation) -> dict[str, list[ng.ControlledInput]]:
    """What each side runs short of."""
    software = controlled(talks, "chip-design software", buyer="China", issue="eda_software", months=STORABLE)
    ethane = controlled(talks, "ethane", buyer="China", issue="ethane", months=GAS)
    magnets = controlled(
        talks, "samarium for fighter magnets", buyer="US", issue="samarium", months=STORABLE, need=KILOGRAMS
    )
    return {"US": [magnets], "China": [software, ethane]}


def answers(talks: ng.Negotiation, costs: ng.WaitingCosts) -> tuple[ng.PackageOffersSolution, list[dict[str, float]]]:
    """What saying no is worth to who is asked in each month, and what the offer is worth if agreed then."""
    stages = ng.stakes_over_time(costs)
    offer = talks.combine(*OFFER)
    solution = ng.solve(ng.alternating_offers(stages, proposer="US", deadline=PERIODS))
    rows = []
    for month, stage in enumerate(stages):
        asked = talks.party_names[(month + 1) % 2]
        at = talks.party_index(asked)
        rows.append({"no": float(solution.thresholds(month)[1, at]), "offer": float(ng.payoffs(stage, offer)[at])})
    return solution, rows


def whole_cost(talks: ng.Negotiation, costs: ng.WaitingCosts) -> dict[str, np.ndarray]:
    """What never agreeing within the horizon costs each side in each draw, as an amount per month, discounted."""
    out = {}
    for party, paths in costs.paths.items():
        patience = talks.party(party).discount_factor
        weights = (1.0 if patience is None else patience.central) ** np.arange(PERIODS)
        out[party] = sum(path.loss for path in paths) @ weights / weights.sum()
    return out


def main() -> Clock:
    """Print the answer, save the plot, and return both."""
    talks = ng.london_2025()
    needs = inputs(talks)
    central = ng.waiting_costs(talks, needs, periods=PERIODS)
    drawn = ng.waiting_costs(talks, needs, periods=PERIODS, draws=DRAWS, rng=np.random.default_rng(2025))
    clock = Clock(central, drawn, *answers(talks, central), save_plot(drawn))
    show(talks, clock)
    return clock


def show(talks: ng.Negotiation, clock: Clock) -> None:
    """Print one screen, the answer first."""
    print(f"Who is hurt by waiting, and until when?  ({talks.name}, months from {talks.as_of})\n")
    print("At central values:")
    print(textwrap.indent("\n".join(str(clock.central).splitlines()[1:]), "  "))
    print(f"Over {DRAWS:,} draws from the ranges, medians (5 to 95%):")
    print(textwrap.indent("\n".join(str(clock.drawn).splitlines()[1:]), "  "))
    print(f"Losses in {talks.unit}. Stocks and the way round are judged, by one rule for both sides.")
    metal = clock.central.paths["US"][0]
    dearer = metal.item.spend * (metal.price.max() - 1) * 1e6
    rise = metal.price.max()
    print(
        f"Going without hurts, not the price of metal: at {rise:.1f} times the price a month's costs USD {dearer:,.0f} more."
    )
    whole = whole_cost(talks, clock.drawn)
    sizes = "; ".join(
        f"{n} {np.median(v):,.0f} ({np.quantile(v, 0.05):,.0f} to {np.quantile(v, 0.95):,.0f})"
        for n, v in whole.items()
    )
    more = float((whole["China"] > whole["US"]).mean())
    print(f"Spread over {PERIODS} months: {sizes}. China loses more in {more:.0%} of draws.\n")
    print(f"The offer: {' for '.join(OFFER)}. What saying no is worth to who is")
    print(f"asked, and the offer if agreed then, against no deal ever; a last offer after {PERIODS} months:")
    print(f"{'month':>7}{'China: no':>14}{'offer':>10}{'month':>10}{'US: no':>14}{'offer':>10}")
    for month in SHOWN:
        cells = [
            f"{m:>7}{clock.answers[m]['no']:>14,.0f}{clock.answers[m]['offer']:>10,.0f}" for m in (month, month + 1)
        ]
        print("   ".join(cells))
    first = clock.solution.package
    print("\n" + textwrap.fill(f"Predicted, at once: {first}.", WIDTH, subsequent_indent="  "))
    print(f"Plot: {clock.plot}")


def save_plot(costs: ng.WaitingCosts) -> Path:
    """Draw both sides on the same scales beside this script, and say where."""
    import matplotlib.pyplot as plt

    path = Path(__file__).with_name("output") / "samarium_clock.png"
    path.parent.mkdir(exist_ok=True)
    figure, panels = plt.subplots(1, 2, figsize=(11, 4.2), sharex=True, sharey=True, layout="constrained")
    for ax, party in zip(panels, costs.paths, strict=True):
        ng.plot_waiting(costs, party=party, ax=ax)
    panels[1].set_ylabel("")
    figure.savefig(path, dpi=150)
    plt.close(figure)
    return path


if __name__ == "__main__":
    main()
