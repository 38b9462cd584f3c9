"""The best acceptable package of a family, read off its Pareto frontier: no listing, no programme."""

from __future__ import annotations

import numpy as np

from negotiation.analysis.criteria.acceptable import Acceptable
from negotiation.analysis.offers.best import best_of
from negotiation.analysis.offers.family import Family, met
from negotiation.analysis.offers.minimal_result import Question
from negotiation.arrays import Array, IntArray
from negotiation.bargain.frontier import additive_frontier
from negotiation.errors import SizeLimitError

# Up to so many packages are listed; past that the frontier is quicker, until it holds too many partial packages.
LISTED, LIMIT = 2**12, 200_000


def best_acceptable(question: Question, family: Family, weights: Array) -> IntArray | None:
    """A package (K,) that every party accepts and that maximises a weighted sum of payoffs, weights (P,) not negative.

    Acceptable packages stay so when everybody gets more, so the best of them is on the frontier. Where the frontier is out
    of reach (many parties, long decimals), a mixed-integer programme.
    """
    objective = np.asarray(family.talks.terms.central * weights[family.talks.terms.party])
    if family.size > LISTED:
        try:
            return _on_frontier(family, weights)
        except SizeLimitError:
            pass
    found = best_of(question, family, objective, listed=LISTED).codes
    return found[0] if len(found) else None


def _on_frontier(family: Family, weights: Array) -> IntArray | None:
    """The same among the efficient members of the family."""
    stakes, interactions = _terms(family)
    choices = additive_frontier(stakes, interactions, ties="one", limit=LIMIT).choices
    if choices is None or not len(choices):
        return None
    codes = np.tile(family.base, (len(choices), 1))
    codes[:, family.free] = choices
    codes = codes[met(Acceptable().margins(family.talks, codes))]
    if not len(codes):
        return None
    terms = family.talks.terms
    values = terms.hits(codes) @ (terms.central * weights[terms.party])
    return np.asarray(codes[values.argmax()])


def _terms(family: Family) -> tuple[list[Array], list[tuple[list[tuple[int, int]], Array]]]:
    """Stakes of the free issues, each (m, P), and what depends on several; what is fixed is left out."""
    talks, n = family.talks, len(family.talks.parties)
    stakes = [np.zeros((m, n)) for m in family.shape]
    place = {k: f for f, k in enumerate(family.free)}
    interactions: list[tuple[list[tuple[int, int]], Array]] = []
    for conditions, party, value in zip(talks.terms.conditions, talks.terms.party, talks.terms.central, strict=True):
        if any(k not in place and family.base[k] != o for k, o in conditions):
            continue
        moving = [(place[k], o) for k, o in conditions if k in place]
        worth = np.zeros(n)
        worth[party] = value
        if len(moving) == 1:
            stakes[moving[0][0]][moving[0][1]] += worth
        elif moving:
            interactions.append((moving, worth))
    return stakes, interactions
