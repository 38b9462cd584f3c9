"""Schelling's conjecture: a ratifier that is harder to please makes for a better bargain, until there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from negotiation.analysis.criteria.acceptable import reservations
from negotiation.analysis.win_sets import LIMIT, by_nash_product, counted, not_vetoed, ratifier_of
from negotiation.analysis.wording import amount, amounts, listing, percent
from negotiation.arrays import Array, IntArray, read_only
from negotiation.door import checked
from negotiation.errors import ParameterError
from negotiation.model.distribution import Distribution
from negotiation.model.grid import payoff_grid
from negotiation.model.negotiation import Negotiation
from negotiation.model.rounding import NOISE, at_stake

if TYPE_CHECKING:
    import pandas as pd

BLOCK = 4096


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TiedHands:
    """What one ratifier's need does to the bargain, from `tied_hands`. Axis ``M``: the needs tried.

    Parameters
    ----------
    talks : Negotiation
    party, ratifier : str
    needs : ndarray, shape (M,)
        In payoff units, ascending.
    win_set : ndarray of int, shape (M,)
        Packages that all the party's ratifiers would let pass.
    possible : ndarray of int, shape (M,)
        Packages that pass everywhere and are signed by all.
    agreed : ndarray, shape (M, P)
        What the Nash solution among these pays each party; the disagreement payoffs where there are none.
    expected : ndarray, shape (M, P)
        The same, averaged over draws of the needs that are uncertain.
    no_deal : ndarray, shape (M,)
        The share of draws without a possible package.
    draws : int
    """

    talks: Negotiation
    party: str
    ratifier: str
    needs: Array
    win_set: IntArray
    possible: IntArray
    agreed: Array
    expected: Array
    no_deal: Array
    draws: int

    @property
    def strongest(self) -> float:
        """The need at which the party expects most, the least demanding if there are several."""
        own = self.expected[:, self.talks.party_index(self.party)]
        return float(self.needs[int(own.argmax())])

    @property
    def breaks_at(self) -> float:
        """The first need at which central values leave nothing possible; infinite if all leave something."""
        none = np.flatnonzero(self.possible == 0)
        return float(self.needs[none[0]]) if none.size else float("inf")

    def to_frame(self) -> pd.DataFrame:
        """One row a need."""
        import pandas as pd

        frame = pd.DataFrame(
            {"win-set": self.win_set, "possible": self.possible}, index=pd.Index(self.needs, name="need")
        )
        for i, name in enumerate(self.talks.party_names):
            frame[f"agreed: {name}"] = self.agreed[:, i]
        if self.draws:
            for i, name in enumerate(self.talks.party_names):
                frame[f"expected: {name}"] = self.expected[:, i]
            frame["no deal"] = self.no_deal
        frame.attrs["unit"] = self.talks.unit
        return frame

    def __str__(self) -> str:
        i = self.talks.party_index(self.party)
        free, best = self.expected[0], self.expected[int(np.searchsorted(self.needs, self.strongest))]
        who = f"{self.party}'s {self.ratifier}"
        risk = self.no_deal[int(np.searchsorted(self.needs, self.strongest))]
        texts = amounts([free[i], best[i]], signed=True)
        moved = listing(
            f"{name} {amount(best[j] - free[j], signed=True)}"
            for j, name in enumerate(self.talks.party_names)
            if name != self.party
        )
        breaks = "" if np.isinf(self.breaks_at) else f" From {amount(self.breaks_at)} on nothing is possible."
        if best[i] <= free[i]:
            return f"{self.party} gets {texts[0]} {self.talks.unit}, and no more if {who} needs more.{breaks}"
        odds = f", with no deal in {percent(float(risk))} of draws" if self.draws else ""
        return (
            f"If {who} needs {amount(self.needs[0])}, {self.party} gets {texts[0]}; it gets most, {texts[1]}, if it needs "
            f"{amount(self.strongest)}{odds} ({moved}), in {self.talks.unit}.{breaks}"
        )

    __repr__ = __str__


@checked
def tied_hands(
    talks: Negotiation,
    *,
    party: str,
    ratifier: str,
    needs: Sequence[float] | None = None,
    draws: int = 0,
    rng: np.random.Generator | None = None,
    limit: int = LIMIT,
) -> TiedHands:
    """Try what a ratifier that needs more, or less, does to the agreement.

    Parameters
    ----------
    talks : Negotiation
    party, ratifier : str
        Whose need is varied; one that so far only vetoes counts all its party's stakes of its kinds.
    needs : sequence of float, optional
        What to try, in payoff units; 25 values from the least to the most that it can count unless given.
    draws : int
        How often to draw the needs of all other ratifiers that are uncertain, for the risk of no deal; stakes stay at their
        centre.
    rng : numpy.random.Generator, optional
        ``numpy.random.default_rng(0)`` unless given.
    limit : int
        The most packages that are gone through.

    Returns
    -------
    TiedHands

    Raises
    ------
    UnknownNameError, ParameterError, SizeLimitError

    Notes
    -----
    Agreement is the Nash solution among the packages that pass everywhere and are signed by all. The order of packages by
    Nash product is the same for all needs, so each agreement is the first in that order that passes. Schelling: "the power
    to constrain an adversary may depend on the power to bind oneself". It holds here as a tendency only, since packages are
    lumpy.

    References
    ----------
    Schelling, T. C. (1960). The Strategy of Conflict. Harvard University Press, chapter 2.
    Putnam, R. D. (1988). Diplomacy and domestic politics: the logic of two-level games. International Organization 42, 427-460.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation([ng.Party("A", ratifiers=(ng.Ratifier("hawks", at_least=0),)), "B"],
    ...     [ng.Issue("x", ("0", "1", "2", "3"), "A")],
    ...     [ng.Stake(p, "x", o, v) for p, row in {"A": (1, 2, 3), "B": (3, 2, 1)}.items() for o, v in zip("123", row)])
    >>> ng.tied_hands(talks, party="A", ratifier="hawks", needs=(0, 3, 4)).agreed.tolist()
    [[2.0, 2.0], [3.0, 1.0], [0.0, 0.0]]
    """
    chosen = ratifier_of(talks, party, ratifier)
    own = talks.party_index(party)
    sums = counted(talks, own, replace(chosen, at_least=0.0), limit=limit)
    if needs is None:
        needs = np.linspace(sums.min(), sums.max(), 25).tolist()
    tried = np.unique(np.asarray(needs, dtype=np.float64))
    if not tried.size or not np.isfinite(tried).all():
        raise ParameterError(f"needs are one or more finite numbers, not {needs!r}.")
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer) or draws < 0:
        raise ParameterError(f"draws is a whole number from 0, not {draws!r}.")
    at_home, elsewhere = _passing(talks, own, chosen.name, limit)
    gains = payoff_grid(talks, limit=limit * len(talks.parties)).T - reservations(talks)
    signed = (gains >= -NOISE * at_stake(talks)).all(axis=1)
    candidates = np.flatnonzero(signed & at_home & elsewhere.vetoes)
    candidates = candidates[by_nash_product(np.maximum(gains[candidates], 0.0))]
    noise = NOISE * at_stake(talks)[own]
    found = [sums[candidates] >= need - noise for need in tried]
    passing = np.array([s[candidates] for s in elsewhere.sums]).reshape(len(elsewhere.sums), candidates.size)
    centre = np.array([[n.central if isinstance(n, Distribution) else n for n in elsewhere.needs]])
    generator = np.random.default_rng(0) if rng is None else rng
    sampled = np.array([_drawn(n, int(draws), generator) for n in elsewhere.needs]).reshape(len(passing), int(draws)).T
    failing = np.array([p.disagreement.central for p in talks.parties])
    worth = np.concatenate([gains[candidates] + reservations(talks), failing[None, :]])
    agreed, expected, no_deal, possible = [], [], [], []
    for mine in found:
        (first,) = _first(passing, centre, mine)
        agreed.append(worth[first])
        possible.append(int((mine & (passing >= centre.T).all(axis=0)).sum()))
        firsts = _first(passing, sampled, mine) if draws else np.array([first])
        expected.append(worth[firsts].mean(axis=0))
        no_deal.append(float((firsts == candidates.size).mean()))
    size = [int((at_home & (sums >= need - noise)).sum()) for need in tried]
    return TiedHands(
        talks, party, ratifier, read_only(tried), read_only(size, np.int64), read_only(possible, np.int64),
        read_only(agreed), read_only(expected), read_only(no_deal), int(draws),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Others:
    """All other ratifiers that count: what they count (D,) and need, and what nobody of another party vetoes."""

    sums: list[Array]
    needs: list[float | Distribution]
    vetoes: np.typing.NDArray[np.bool_]


def _passing(talks: Negotiation, own: int, name: str, limit: int) -> tuple[np.typing.NDArray[np.bool_], _Others]:
    """What passes at home but for the need that is varied, at central needs; and the conditions of all other ratifiers."""
    home = np.ones(talks.n_packages, dtype=np.bool_)
    others = _Others([], [], home.copy())
    for i, party in enumerate(talks.parties):
        for r in party.ratifiers:
            (home if i == own else others.vetoes)[:] &= not_vetoed(talks, r)
            if r.at_least is None or (i == own and r.name == name):
                continue
            sums = counted(talks, i, r, limit=limit)
            others.sums.append(sums)
            others.needs.append(r.at_least)
            if i == own:
                home &= sums >= (r.at_least.central if isinstance(r.at_least, Distribution) else r.at_least)
    return home, others


def _drawn(need: float | Distribution, draws: int, rng: np.random.Generator) -> Array:
    return need.ppf(rng.random(draws)) if isinstance(need, Distribution) else np.full(draws, need)


def _first(passing: Array, needs: Array, allowed: np.typing.NDArray[np.bool_]) -> IntArray:
    """For each row of needs (S, R) the first candidate that is allowed and counts enough for all, ``C`` if none."""
    n = allowed.size
    out = np.full(len(needs), n, dtype=np.int64)
    open_ = np.arange(len(needs))
    for start in range(0, n, BLOCK):
        if not open_.size:
            break
        part = slice(start, start + BLOCK)
        ok = np.broadcast_to(allowed[part], (open_.size, allowed[part].size)).copy()
        for r in range(len(passing)):
            ok &= passing[r, part] >= needs[open_, r, None]
        some = ok.any(axis=1)
        out[open_[some]] = start + ok[some].argmax(axis=1)
        open_ = open_[~some]
    return out
