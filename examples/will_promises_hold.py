"""Will the promises of London hold by themselves? What patience, false accusations, slow detection and licences do to them.

Run with ``python examples/will_promises_hold.py``. Stakes, patience and lags are those of the London scenario, at central values;
nothing later than 10 June 2025 went into it. How likely false accusations are nobody has published: they are varied, not judged.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

import negotiation as ng

WIDTH = 110
THREE = ("eda_software", "jet_engine_parts", "ethane")
ASK = ("samarium", "dysprosium", "terbium")
ANSWERS = {  # how a breach is answered
    "for ever, the status quo": ng.SelfEnforcing(),
    "for six months": ng.SelfEnforcing(length=6),
    "in kind (tit for tat)": ng.SelfEnforcing(strategy="tit for tat"),
    "for ever; 5% false accusations a month": ng.SelfEnforcing(false_alarm=0.05),
    "for six months; 5% false accusations": ng.SelfEnforcing(length=6, false_alarm=0.05),
    "China's licences run for six months": ng.SelfEnforcing(licence={"China": 6}),
    "China's licences run for a year": ng.SelfEnforcing(licence={"China": 12}),
}


@dataclass(frozen=True)
class Promises:
    """What the script found."""

    verdicts: dict[str, ng.Verdict]
    curves: dict[str, ng.PatienceCurve]
    punishment: ng.OptimalPunishment
    best: ng.BestSelfEnforcing


def last_that_holds(curve: ng.PatienceCurve) -> float:
    """The largest value up to which the package holds; 0 if nowhere."""
    held = curve.values[curve.holds]
    return float(held.max()) if len(held) else 0.0


def main() -> Promises:
    """Print which promises hold, and return the results."""
    talks = ng.london_2025()
    deal = talks.package(*THREE, *ASK)
    print(f"The US lifts {', '.join(THREE)}; China lifts {', '.join(ASK)}.\nDoes it hold if a breach is answered ...")
    verdicts = {name: ng.is_enough(talks, deal, criterion=criterion) for name, criterion in ANSWERS.items()}
    for name, verdict in verdicts.items():
        needs = verdict.certificate.facts["critical"]
        each = ", ".join(f"{p} needs {c:.3f}" if c < 1 else f"{p} at no patience" for p, c in needs.items())
        print(f"  {name:<40} {verdict.answer:>4}   {each}")
    print("Each is taken to have 0.98 a month, a judgement with a range from 0.9 to 0.999.\n")

    curves = {vary: ng.critical_patience(talks, deal, vary=vary) for vary in ("lag", "licence", "false_alarm")}
    lag, licence, noise = (last_that_holds(curve) for curve in curves.values())
    print(f"It holds while cheating is noticed within {lag:g} months, while licences lapse within {licence:g},")
    print(f"and up to {noise:.0%} false accusations a month.")
    punishment = ng.optimal_punishment(talks, deal, criterion=ng.SelfEnforcing(false_alarm=0.05))
    print(punishment, end="\n\n")

    best = ng.best_self_enforcing(talks)
    for line in str(best).splitlines():
        print(textwrap.fill(line, WIDTH, subsequent_indent="    "))
    return Promises(verdicts, curves, punishment, best)


if __name__ == "__main__":
    main()
