"""A negotiation as a coalitional game: parties that agree among themselves, or the concessions of one package."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from negotiation.arrays import Array, IntArray
from negotiation.bargain.frontier import additive_frontier
from negotiation.door import checked
from negotiation.errors import EmptyPackageError, SizeLimitError
from negotiation.games.coalitional import CoalitionalGame
from negotiation.model.negotiation import Negotiation

MOST_PARTIES, MOST_CONCESSIONS = 12, 20


@checked
def coalition_game(talks: Negotiation, *, limit: int = 20_000_000) -> CoalitionalGame:
    """What each group of parties can make of its own measures, for itself.

    Parameters
    ----------
    talks : Negotiation
        Up to 12 parties.
    limit : int
        Of partial packages held at a time.

    Returns
    -------
    CoalitionalGame
        Players are the parties, worths in the talks' unit per period: `shapley`, `nucleolus`, `core`, `least_core` say how the
        gain could be divided, who is needed for it, and which group could do better by itself.

    Raises
    ------
    SizeLimitError

    Notes
    -----
    ``v(S)`` is the largest sum of the payoffs of the members of ``S`` over packages in which only measures owned in ``S``
    move, joint issues only when everybody is in, and at least the sum of their disagreement payoffs. Outsiders stay at the
    status quo, and what a group does to outsiders does not count for it. It takes payoffs that can be added and
    side payments, in money or in other concessions; `nash_bargaining` and the others do without. Packages are not listed: one
    search like that of `additive_frontier` a group, ``2**P`` of them.

    References
    ----------
    von Neumann, J., Morgenstern, O. (1944). Theory of Games and Economic Behavior. Princeton University Press.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["US", "China", "Japan"],
    ...     [ng.Issue("magnets", owner="China"), ng.Issue("chips", owner="US"), ng.Issue("oxide", owner="Japan")],
    ...     [ng.Stake("US", "magnets", "lifted", 9), ng.Stake("China", "magnets", "lifted", -2),
    ...      ng.Stake("US", "oxide", "lifted", 4), ng.Stake("Japan", "oxide", "lifted", -1),
    ...      ng.Stake("China", "chips", "lifted", 5), ng.Stake("US", "chips", "lifted", -3)])
    >>> game = ng.coalition_game(talks)
    >>> game.value(["US", "China"]), game.value(["US", "Japan"]), game.total
    (9.0, 3.0, 12.0)
    >>> ng.shapley(game)
    array([6. , 4.5, 1.5])
    """
    n = len(talks.parties)
    if n > MOST_PARTIES:
        raise SizeLimitError(f"{n} parties; groups are valued for up to {MOST_PARTIES}.")
    alone = np.array([p.disagreement.central for p in talks.parties])
    values = [0.0]
    for mask in range(1, 2**n):
        members = np.flatnonzero((mask >> np.arange(n)) & 1)
        values.append(max(_best_sum(talks, members, limit), float(alone[members].sum())))
    return CoalitionalGame(values, talks.party_names)


def _best_sum(talks: Negotiation, members: IntArray, limit: int) -> float:
    """The most that the members' payoffs can add up to by their own measures."""
    names = {talks.party_names[i] for i in members}
    everybody = len(names) == len(talks.parties)
    stakes, interactions, _ = talks.as_additive_terms()
    moves = [issue.owner in names or (everybody and issue.owner is None) for issue in talks.issues]
    kept = [k for k, can in enumerate(moves) if can]
    if not kept:
        return 0.0
    place = {k: at for at, k in enumerate(kept)}
    sums = [stakes[k][:, members].sum(axis=1, keepdims=True) for k in kept]
    extra = [
        ([(place[k], o) for k, o in conditions], worth[members].sum(keepdims=True))
        for conditions, worth in interactions
        if all(k in place for k, _ in conditions)
    ]
    return float(additive_frontier(sums, extra, limit=limit).payoffs[-1, 0])


@checked
def gain_game(talks: Negotiation, package: Mapping[str, str], *, party: str | None = None) -> CoalitionalGame:
    """What each part of a package would bring by itself.

    Parameters
    ----------
    talks : Negotiation
    package : Package
        Up to 20 issues off the status quo.
    party : str, optional
        Whose payoff; the sum of all parties' unless named.

    Returns
    -------
    CoalitionalGame
        Players are the issues that the package moves; the worth of a set is the payoff, per period, of the package in which
        only those are moved. For what each of them is credited with see also `concession_credit`, which needs no list.

    Raises
    ------
    EmptyPackageError
        The package moves nothing.
    SizeLimitError

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "y", "lifted", 6), ng.Stake("A", "x", "lifted", -1)],
    ...     [ng.Interaction("A", {"x": "lifted", "y": "lifted"}, 2)])
    >>> ng.shapley(ng.gain_game(talks, talks.package("x", "y"), party="A"))
    array([0., 7.])
    """
    full = talks.as_package(package)
    if not full.moved:
        raise EmptyPackageError("the package moves nothing, so there is nothing to credit.")
    if len(full.moved) > MOST_CONCESSIONS:
        raise SizeLimitError(
            f"the package moves {len(full.moved)} issues; sets of up to {MOST_CONCESSIONS} are listed; see concession_credit."
        )
    terms = talks.terms
    hit = terms.hits(talks.codes([full]))[0]
    if party is not None:
        hit = hit & (terms.party == talks.party_index(party))
    player = {talks.issue_index(name): i for i, name in enumerate(full.moved)}
    values: Array = np.zeros(2 ** len(full.moved))
    masks = np.arange(values.size)
    for t in np.flatnonzero(hit):
        needed = sum(1 << player[k] for k, _ in terms.conditions[t])
        values[(masks & needed) == needed] += terms.central[t]
    return CoalitionalGame(values, full.moved)
