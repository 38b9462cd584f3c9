"""What the parties gain by trading across issues instead of settling each alone, and by keeping each on the table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product

import numpy as np

from negotiation.analysis.criteria.acceptable import Acceptable
from negotiation.analysis.offers.efficient import best_acceptable
from negotiation.analysis.offers.family import Family
from negotiation.analysis.offers.logrolling_result import IssueValue, Logrolling, Trade
from negotiation.analysis.offers.minimal_result import Question
from negotiation.arrays import Array, IntArray, read_only
from negotiation.door import checked
from negotiation.model.negotiation import Negotiation
from negotiation.model.payoffs import payoffs


@checked
def logrolling(talks: Negotiation) -> Logrolling:
    """Compare settling every issue alone with trading across issues.

    Parameters
    ----------
    talks : Negotiation

    Returns
    -------
    Logrolling
        Both packages with their payoffs, the pairs of issues that make the trade, and what each issue off the table costs
        each party.

    Notes
    -----
    An issue settled alone takes the option with the largest total payoff among those that hurt nobody, the rest at the
    status quo: what one side would have to give up is then never given. Trading, the parties pick the package with the
    largest total among those that give each what it signs for (payoffs are in one unit, so they can be added). A pair of
    issues trades if settling the two together, hurting nobody, beats settling each alone. What an issue is worth to a
    party is the drop in the most it can get, the others accepting, if the issue stays at the status quo. All exact,
    by listing up to 4,096 packages, past that by the frontier without each issue.

    References
    ----------
    Raiffa, H. (1982). The Art and Science of Negotiation. Harvard University Press, chapters 10-11.
    Tollison, R. D. and Willett, T. D. (1979). An economic theory of mutually advantageous issue linkages in international
    negotiations. International Organization 33, 425-449.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "y", "lifted", 6), ng.Stake("A", "x", "lifted", -1), ng.Stake("B", "y", "lifted", -2),
    ...      ng.Stake("B", "x", "lifted", 4)])
    >>> ng.logrolling(talks).gains
    array([5., 2.])
    """
    question = Question(talks, Acceptable(), talks.party_names[0], None, ())
    aims = np.vstack([np.ones(len(talks.parties)), np.eye(len(talks.parties))])
    best = [best_acceptable(question, _family(talks, None), aim) for aim in aims]
    alone, alone_totals = _settled_alone(talks)
    total = best[0]
    return Logrolling(
        talks,
        talks.package_from_choices(alone),
        read_only(payoffs(talks, alone[None, :])[0]),
        None if total is None else talks.package_from_choices(total),
        read_only(np.full(len(talks.parties), np.nan) if total is None else payoffs(talks, total[None, :])[0]),
        _trades(talks, alone_totals),
        () if total is None else tuple(_issue_value(question, k, aims, best) for k in range(len(talks.issues))),
    )


def _family(talks: Negotiation, off: int | None) -> Family:
    """All packages, or those with one issue at the status quo."""
    free = tuple(k for k in range(len(talks.issues)) if k != off)
    return Family(talks, np.zeros(len(talks.issues), dtype=np.int64), free)


def _settled_alone(talks: Negotiation) -> tuple[IntArray, Array]:
    """The option each issue takes alone (K,), and the total payoff of that (K,)."""
    chosen, totals = np.zeros(len(talks.issues), dtype=np.int64), np.zeros(len(talks.issues))
    for k, issue in enumerate(talks.issues):
        codes = np.zeros((len(issue.options), len(talks.issues)), dtype=np.int64)
        codes[:, k] = np.arange(len(issue.options))
        values = payoffs(talks, codes)
        total = np.where((values >= 0).all(axis=1), values.sum(axis=1), -np.inf)
        chosen[k], totals[k] = total.argmax(), total.max()
    return chosen, totals


def _trades(talks: Negotiation, alone: Array) -> tuple[Trade, ...]:
    """Pairs of issues that do better together, the best first."""
    pairs, rows = [], []
    for j, k in combinations(range(len(talks.issues)), 2):
        for a, b in product(range(1, len(talks.issues[j].options)), range(1, len(talks.issues[k].options))):
            row = np.zeros(len(talks.issues), dtype=np.int64)
            row[j], row[k] = a, b
            rows.append(row)
            pairs.append((j, k, a, b))
    if not rows:
        return ()
    values = payoffs(talks, np.array(rows))
    gains = values.sum(axis=1) - [alone[j] + alone[k] for j, k, _, _ in pairs]
    good = (values >= 0).all(axis=1) & (gains > 1e-12 * np.abs(values).max())
    best: dict[tuple[int, int], int] = {}
    for n in np.flatnonzero(good):
        key = pairs[n][:2]
        if key not in best or gains[n] > gains[best[key]]:
            best[key] = int(n)
    found = [(n, *pairs[n]) for n in sorted(best.values(), key=lambda n: -gains[n])]
    return tuple(
        Trade(
            (talks.issues[j].name, talks.issues[j].options[a]),
            (talks.issues[k].name, talks.issues[k].options[b]),
            tuple(values[n].tolist()),
            float(gains[n]),
        )
        for n, j, k, a, b in found
    )


def _issue_value(question: Question, k: int, aims: Array, best: Sequence[IntArray | None]) -> IssueValue:
    """What keeping one issue at the status quo costs: in total, and of the most each party can get."""
    talks = question.talks
    drops = []
    for aim, found in zip(aims, best, strict=True):
        if found is None or found[k] == 0:  # the best package does not need it
            drops.append(0.0)
            continue
        without = best_acceptable(question, _family(talks, k), aim)
        values = [np.inf if c is None else float(payoffs(talks, c[None, :])[0] @ aim) for c in (found, without)]
        drops.append(abs(values[0] - values[1]))
    return IssueValue(talks.issues[k].name, drops[0], tuple(drops[1:]))
