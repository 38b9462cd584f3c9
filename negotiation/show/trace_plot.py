"""One negotiation, offer by offer: in the space of payoffs, or over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from negotiation.bargain.frontier import pareto_frontier
from negotiation.bargain.solutions import kalai_smorodinsky, nash_bargaining
from negotiation.door import checked
from negotiation.errors import ParameterError
from negotiation.show.canvas import BLACK, BLUE, GREEN, GREY, PURPLE, SKY, VERMILLION, axes, legend_below, tidy
from negotiation.simulation.trace import Trace

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, SKY)
# Of more outcomes than this, so many drawn by lot are shown.
DOTS = 4000


@checked
def plot_trace(
    trace: Trace, *, kind: Literal["payoffs", "time"] | None = None, upto: int | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the offers of a negotiation.

    Parameters
    ----------
    trace : Trace
    kind : {"payoffs", "time"}, optional
        ``"payoffs"``: offers among all outcomes, one party's payoff across and the other's up, with the frontier, the Nash
        and Kalai-Smorodinsky points and what the parties have without agreement. ``"time"``: what each offer is worth to
        the party that makes it and to whoever hears it, turn by turn. Payoffs for two parties, time for more, unless given.
    upto : int, optional
        Only the first so many moves, to step through a negotiation.
    ax : matplotlib Axes, optional
        A new figure unless given.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ParameterError
        Payoffs of more than two parties.
    """
    chosen = kind or ("payoffs" if trace.domain.n_parties == 2 else "time")
    if chosen not in ("payoffs", "time"):
        raise ParameterError(f"kind={kind!r}; expected 'payoffs' or 'time'.")
    if chosen == "payoffs" and trace.domain.n_parties != 2:
        raise ParameterError(f"payoffs of {trace.domain.n_parties} parties do not fit on a page; take kind='time'.")
    ax = axes(ax, 8.0, 5.0)
    (_in_payoffs if chosen == "payoffs" else _over_time)(trace, upto, ax)
    ax.set_title(_headline(trace), loc="left", fontsize="medium")
    return tidy(ax)


def _headline(trace: Trace) -> str:
    seats = " and ".join(f"{s} ({n})" for n, s in zip(trace.domain.names, trace.strategies, strict=True))
    how = "agreement" if trace.agreement is not None else "no agreement"
    return f"{seats}: {how} after {trace.rounds} round{'s' if trace.rounds != 1 else ''}"


def _in_payoffs(trace: Trace, upto: int | None, ax: Axes) -> None:
    domain = trace.domain
    table, names = domain.utilities, domain.names
    shown = np.arange(len(table))
    if len(table) > DOTS:
        shown = np.random.default_rng(0).choice(len(table), DOTS, replace=False)
    ax.plot(*table[shown].T, ".", color=GREY, alpha=0.35, markersize=3, markeredgewidth=0, zorder=1, rasterized=True)
    problem = domain.as_bargaining_problem()
    front = pareto_frontier(problem, ties="one").payoffs
    front = front[np.argsort(front[:, 0])]
    ax.plot(*front.T, color=GREY, linewidth=1, zorder=2, label=f"frontier ({len(table):,} outcomes)")
    for p, name in enumerate(names):
        made = [e.outcome for e in trace.events[:upto] if e.kind == "offer" and e.party == p and e.outcome is not None]
        path = table[made]
        ax.plot(
            *path.T, "o-", color=COLOURS[p], linewidth=0.8, markersize=4, alpha=0.8, zorder=3, label=f"offers of {name}"
        )
        if made:
            ax.annotate("first", path[0], xytext=(5, 5), textcoords="offset points", fontsize="small", color=COLOURS[p])
    for rule, mark, colour in ((nash_bargaining, "s", GREEN), (kalai_smorodinsky, "D", PURPLE)):
        answer = rule(problem)
        if answer.is_agreement:
            ax.plot(*answer.payoffs, mark, color=colour, fillstyle="none", markersize=10, zorder=4, label=answer.rule)
    ax.plot(*domain.disagreement, "x", color=BLACK, markersize=8, zorder=4, label="no agreement")
    if trace.agreement is not None and (upto is None or upto >= len(trace.events)):
        ax.plot(*table[trace.agreement], "*", color=BLACK, markersize=16, zorder=5, label="agreed")
    unit = f", {domain.unit}" if domain.unit else ""
    ax.set_xlabel(f"payoff of {names[0]}{unit}")
    ax.set_ylabel(f"payoff of {names[1]}{unit}")
    legend_below(ax, 0.5, 4)


def _over_time(trace: Trace, upto: int | None, ax: Axes) -> None:
    domain = trace.domain
    offers = [e for e in trace.events[:upto] if e.kind == "offer" and e.party >= 0 and e.outcome is not None]
    for p, name in enumerate(domain.names):
        seat = domain.seat(p)
        own = [(e.turn, seat.levels[e.outcome]) for e in offers if e.party == p]
        heard = [(e.turn, seat.levels[e.outcome]) for e in offers if e.party != p]
        if own:
            ax.plot(
                *zip(*own, strict=True), "o-", color=COLOURS[p], markersize=3, linewidth=1, label=f"{name}: own offers"
            )
        if heard:
            ax.plot(
                *zip(*heard, strict=True), ":", color=COLOURS[p], linewidth=1.2, label=f"{name}: what it is offered"
            )
    if trace.agreement is not None and (upto is None or upto >= len(trace.events)):
        at = [float(domain.seat(p).levels[trace.agreement]) for p in range(domain.n_parties)]
        ax.plot([trace.delay] * len(at), at, "*", color=BLACK, markersize=12, linestyle="none", label="agreed")
    ax.axhline(0, color=GREY, linewidth=0.8)
    ax.set_xlabel("turn")
    ax.set_ylabel("0: least acceptable, 1: best outcome")
    legend_below(ax, 0.5, 3)
