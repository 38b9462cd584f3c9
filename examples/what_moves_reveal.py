"""What do the moves from April to June 2025 say about the stakes, and about whether three lifts are enough?

Run with ``python examples/what_moves_reveal.py``. The moves are in ``negotiation/scenarios/london_moves_2025.toml``, with
sources; what else could have been done is judged by one rule for both sides. Nothing later than 10 June 2025 went into it.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import negotiation as ng

OFFER = ("the three lifts promised", "samarium alone, military buyers included")
DRAWS = 20_000


@dataclass(frozen=True)
class Evidence:
    """What the script found."""

    posterior: ng.Posterior
    shares: dict[str, tuple[float, float]]
    rational: ng.RationalSet
    course: ng.Timeline
    scores: dict[str, float]
    plot: Path


def main() -> Evidence:
    """Print the answer, save the plot, and return both."""
    talks, moves = ng.london_2025(), ng.london_moves()
    offer = talks.combine(*OFFER)
    posterior = ng.condition(talks, moves, draws=DRAWS, rng=np.random.default_rng(2025))
    shares = {}
    for party in talks.party_names:
        share = posterior.probability(offer, party=party)
        shares[party] = (share.prior, share.posterior)
    course = ng.timeline(talks, moves, offer, draws=4_000, seed=2025)
    frame = ng.score_record(talks, moves, draws=DRAWS, rng=np.random.default_rng(2025))
    scores = {"log": float(frame["log score"].mean()), "equal odds": float(frame["log, equal odds"].mean())}
    found = Evidence(posterior, shares, ng.rational_set(talks, moves), course, scores, save_plot(course))
    show(talks, offer, found)
    return found


def show(talks: ng.Negotiation, offer: ng.Package, found: Evidence) -> None:
    """Print one screen, the answer first."""
    print(f"What did {len(found.posterior.record)} moves say?  ({talks.name}; 4 April to 10 June 2025)\n")
    print(textwrap.fill(f"The offer: {' for '.join(OFFER)}. Delivered in full, it is acceptable", 105))
    for party, (before, after) in found.shares.items():
        print(f"  to {party} on {before:.0%} of draws before the moves, {after:.0%} after")
    print("\nWhat moved most, in prior standard deviations (means before and after, USD million per month):")
    for _, row in found.posterior.to_frame().head(7).iterrows():
        print(f"  {row['number']:<48}{row['shift']:>+7.2f}{row['prior mean']:>12,.3g}{row['posterior mean']:>12,.3g}")
    print("\nWithout probabilities:", str(found.rational).splitlines()[0])
    print(found.rational.to_frame().head(4).to_string(index=False, float_format="{:,.3g}".format))
    print("\nMonth by month, acceptable to both:")
    for _, row in found.course.monthly().iterrows():
        print(f"  {row['month']}: {row['probability']:.0%} (standard error {row['standard error']:.1%})")
    print(
        f"\nEach move was expected from those before it with a log score of {found.scores['log']:.2f} on average; "
        f"equal odds score {found.scores['equal odds']:.2f}."
    )
    print(
        "Effective draws:",
        f"{found.posterior.effective:,.0f} of {DRAWS:,} ({found.posterior.method}).",
        f"Plot: {found.plot}",
    )


def save_plot(course: ng.Timeline) -> Path:
    """Draw the course of the answer beside this script, and say where."""
    import matplotlib.pyplot as plt

    path = Path(__file__).with_name("output") / "what_moves_reveal.png"
    path.parent.mkdir(exist_ok=True)
    figure, ax = plt.subplots(figsize=(9, 5.2), layout="constrained")
    ng.plot_timeline(course, ax=ax)
    figure.savefig(path, dpi=120)
    plt.close(figure)
    return path


if __name__ == "__main__":
    main()
