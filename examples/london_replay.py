"""From Geneva to London and on: if both sides mean to keep an exchange, how long does it last when accusations can be false?

Run with ``python examples/london_replay.py``. Geneva's truce was three weeks old on 30 May 2025 when both sides had accused each
other of breaking it; London's talks began ten days later. Nothing later than 10 June 2025 is used. Payoffs and lags are those
of the London scenario. Nobody has measured how often compliance is taken for a breach, nor which rule of conduct the sides
follow: the first is a range with a name, the second a list. What comes out is a set of paths under stated rules, no forecast.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd

import negotiation as ng

GIVES = ("eda_software", "jet_engine_parts", "ethane")  # the US
GETS = ("samarium", "dysprosium", "terbium")
MONTHS, RUNS = 24, 4000
# Judgement, the same for both sides: the chance in a month that one side takes compliance for a breach. Low: once in four years;
# high: once in four months. One truce is on record, and it drew accusations within a month.
FALSE_ACCUSATION = {"low": 0.02, "middle": 0.08, "high": 0.25}
# Judgement: talks to begin anew after one month in which nothing is exchanged, as from 30 May to 9 June.
REOPEN_AFTER = 1
CONDUCT: dict[str, Any] = {
    "comply whatever happens": ng.AlwaysComply(),
    "grim: one breach ends it": ng.Grim(),
    "grim, but talks reopen": ng.Reopening(ng.Grim(), after=REOPEN_AFTER),
    "tit for tat": ng.TitForTat(),
    "tit for tat, talks reopen": ng.Reopening(ng.TitForTat(), after=REOPEN_AFTER),
    "generous tit for tat": ng.GenerousTitForTat(),
    "contrite tit for tat": ng.ContriteTitForTat(contrition=2),
    "win-stay, lose-shift": ng.WinStayLoseShift(),
}
# The lags of the scenario are a month for what the US does and two for what China does.
DESIGNS: dict[str, dict[str, Any]] = {
    "as it stands": {},
    "in three tranches": {"tranches": 3},
    "China's licences for six months": {"licence": {"China": 6}},
    "six months on both sides": {"licence": 6},
    "verified within a month": {"lag": 1},
    "verified after four months": {"lag": 4},
}


@dataclass(frozen=True)
class Replay:
    """What the script found."""

    conduct: pd.DataFrame
    designs: pd.DataFrame
    paths: dict[str, ng.Dispute]
    plot: Path


def main() -> Replay:
    """Print one screen, save the plot, and return it all."""
    talks = ng.london_2025()
    package = talks.package(*GIVES, *GETS)
    print(f"{talks.name}: {', '.join(GIVES)} for {', '.join(GETS)}; {MONTHS} months, {RUNS:,} runs each")
    whole = ng.payoffs(talks, package)
    print(f"Complete, it is worth US {whole[0]:,.0f} and China {whole[1]:,.0f} {talks.unit} at central values.\n")

    conduct, paths = by_conduct(talks, package)
    print("Both sides follow the same rule. By how often compliance is taken for a breach (judged: ", end="")
    print(", ".join(f"{k} {v:.0%}" for k, v in FALSE_ACCUSATION.items()), "a month and side):")
    print(conduct.to_string(float_format="{:.0%}".format), "\n")

    designs = by_design(talks, package)
    print(
        f"Tit for tat with talks that reopen, {FALSE_ACCUSATION['middle']:.0%} false accusations, by design of the exchange:"
    )
    print(designs.to_string(formatters=formats(designs)), "\n")
    print(
        "Months: median (95%). Lost to a cheat: what a side that plays tit for tat loses in all if the other never delivers."
    )
    print(
        "Long licences outlast a false accusation, but a cheat enjoys them longer; tranches and early checks do the reverse."
    )
    plot = save_plot(paths)
    print(f"Plot: {plot}")
    return Replay(conduct, designs, paths, plot)


def by_conduct(talks: ng.Negotiation, package: ng.Package) -> tuple[pd.DataFrame, dict[str, ng.Dispute]]:
    """Share of months complete and of runs that break down, for each rule of conduct and each level of noise."""
    rows: dict[str, dict[tuple[str, str], float]] = {}
    paths: dict[str, ng.Dispute] = {}
    for name, strategy in CONDUCT.items():
        row: dict[tuple[str, str], float] = {}
        for level, noise in FALSE_ACCUSATION.items():
            rules = ng.MonthlyDispute(periods=MONTHS, false_alarm=noise)
            found = ng.simulate_dispute(talks, package, strategy, protocol=rules, runs=RUNS, rng=2025)
            row["months complete", level] = float(found.complete_share.mean())
            row["runs that break down", level] = float((found.breakdowns > 0).mean())
            if level == "middle":
                paths[name] = found
        rows[name] = row
    table = pd.DataFrame(rows).T
    order = [(what, level) for what in ("months complete", "runs that break down") for level in FALSE_ACCUSATION]
    return table[order], paths


def by_design(talks: ng.Negotiation, package: ng.Package) -> pd.DataFrame:
    """What each design does to an honest exchange under false accusations, and what it exposes each side to."""
    rows: dict[str, dict[str, Any]] = {}
    for name, design in DESIGNS.items():
        rules = ng.MonthlyDispute(periods=MONTHS, false_alarm=FALSE_ACCUSATION["middle"], **design)
        honest = CONDUCT["tit for tat, talks reopen"]
        found = ng.simulate_dispute(talks, package, honest, protocol=rules, runs=RUNS, rng=2025)
        months = found.completed_in
        row: dict[str, Any] = {
            "months": f"{np.nanmedian(months):.0f} ({np.nanquantile(months, 0.95):.0f})",
            "complete": float(found.complete_share.mean()),
            "breakdowns": float(found.breakdowns.mean()),
        }
        clean = ng.MonthlyDispute(periods=MONTHS, **design)
        for i, party in enumerate(talks.party_names):
            line_up = {n: ng.TitForTat() if n == party else ng.NeverComply() for n in talks.party_names}
            cheated = ng.simulate_dispute(talks, package, line_up, protocol=clean, runs=1, rng=0)
            row[f"lost to a cheat: {party}"] = -float(cheated.payoffs[0, :, i].sum())
        rows[name] = row
    return pd.DataFrame(rows).T


def formats(table: pd.DataFrame) -> dict[str, Callable[[Any], str]]:
    """How each column is printed."""
    own: dict[str, Callable[[Any], str]] = {"months": str, "complete": "{:.0%}".format, "breakdowns": "{:.2f}".format}
    return {str(name): own.get(str(name), "{:,.0f}".format) for name in table}


def save_plot(paths: dict[str, ng.Dispute]) -> Path:
    """Draw the paths under four rules beside this script, and say where."""
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    path = Path(__file__).with_name("output") / "london_replay.png"
    path.parent.mkdir(exist_ok=True)
    shown = ("grim: one breach ends it", "tit for tat", "tit for tat, talks reopen", "contrite tit for tat")
    figure, panels = plt.subplots(2, 2, figsize=(11, 7.5), sharex=True, sharey=True, layout="constrained")
    for ax, name in zip(panels.flat, shown, strict=True):
        ng.plot_dispute(paths[name], title=name, ax=ax)
    figure.savefig(path, dpi=150)
    plt.close(figure)
    return path


if __name__ == "__main__":
    main()
