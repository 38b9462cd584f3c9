"""The Pareto frontier: of a table of outcomes, and of a sum over issues without listing packages."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, BoolArray, IntArray, as_floats, read_only
from negotiation.bargain.additive import as_sum, settle
from negotiation.bargain.dominance import contenders, efficient_groups, snapped, supported
from negotiation.bargain.problem import (
    BargainingProblem,
    Interaction,
    SupportsAdditiveTerms,
    SupportsBargainingProblem,
    as_problem,
)
from negotiation.errors import ParameterError

if TYPE_CHECKING:
    import pandas as pd

Ties = Literal["all", "one"]
# So many rows are shown in notebooks.
SHOWN = 50


@dataclass(frozen=True, slots=True, eq=False)
class Frontier:
    """Efficient outcomes: nothing gives every player at least as much and one of them more.

    Parameters
    ----------
    payoffs : ndarray, shape (F, N)
    outcomes : ndarray of int, shape (F,), optional
        Rows of the table, when it was found in one.
    choices : ndarray of int, shape (F, K), optional
        The option of each issue, when it was found in a sum over issues.
    packages : tuple, optional
        The packages themselves, when it was found in a negotiation.
    counts : ndarray, shape (F,)
        How many outcomes have these very payoffs; beyond 2**53 rounded.
    notes : tuple of str
        Facts about the answer: ties that are not listed.
    is_exact : bool
        Whether sums were compared exactly; if not, up to the tolerance of the search.
    names : tuple of str, optional
        The players, when they have names.
    unit : str
        Of the payoffs.
    """

    payoffs: Array
    outcomes: IntArray | None = None
    choices: IntArray | None = None
    packages: tuple[Any, ...] | None = None
    counts: Array = field(default_factory=lambda: np.zeros(0))
    notes: tuple[str, ...] = ()
    is_exact: bool = True
    names: tuple[str, ...] = ()
    unit: str = ""
    _memo: dict[str, Any] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return int(self.payoffs.shape[0])

    @property
    def supported(self) -> BoolArray:
        """Which points lotteries cannot improve on, shape (F,): what a mediator who weighs the players can reach."""
        if "supported" not in self._memo:
            self._memo["supported"] = read_only(supported(self.payoffs), np.bool_)
        mark: BoolArray = self._memo["supported"]
        return mark

    def to_frame(self) -> pd.DataFrame:
        """One row an efficient outcome: its payoffs, whether lotteries cannot improve on it, how many have its payoffs."""
        import pandas as pd

        names = self.names or tuple(f"player {i + 1}" for i in range(self.payoffs.shape[1]))
        frame = pd.DataFrame(self.payoffs, columns=list(names))
        frame["supported"], frame["outcomes alike"] = self.supported, self.counts
        if self.packages is not None:
            frame.index = pd.Index([str(package) for package in self.packages], name="package")
        elif self.outcomes is not None:
            frame.index = pd.Index(self.outcomes, name="outcome")
        frame.attrs["unit"] = self.unit
        return frame

    def _repr_html_(self) -> str:
        rest = f"<p>and {len(self) - SHOWN:,} more</p>" if len(self) > SHOWN else ""
        unit = f", in {html.escape(self.unit)}" if self.unit else ""
        return f"<p>{len(self):,} efficient outcomes{unit}</p>{self.to_frame().head(SHOWN).to_html()}{rest}"

    def __repr__(self) -> str:
        points = np.unique(self.payoffs, axis=0).shape[0] if len(self) else 0
        return f"<Frontier {len(self):,} efficient outcomes, {points:,} different payoffs>"


def pareto_frontier(
    problem: BargainingProblem | SupportsAdditiveTerms | SupportsBargainingProblem,
    *,
    rational_only: bool = False,
    ties: Ties = "all",
    tol: float = 1e-12,
    limit: int = 20_000_000,
) -> Frontier:
    """Find every efficient outcome of a bargaining problem or a negotiation.

    Parameters
    ----------
    problem : BargainingProblem, or a negotiation
        A negotiation's packages are not enumerated: its stakes are added issue by issue, see `additive_frontier`.
    rational_only : bool
        Leave out efficient outcomes that give somebody less than disagreement.
    ties : {"all", "one"}
        Efficient outcomes with equal payoffs: list all of them, or the first. In a negotiation, where there can be
        astronomically many, one each is listed when there are more than 100,000, and a note says so.
    tol : float
        Payoffs closer than `tol` times the player's payoff range count as equal: sums that differ by rounding.
    limit : int
        Of partial packages held at a time.

    Returns
    -------
    Frontier
        ``.outcomes`` (rows, ascending) for a table, ``.packages`` for a negotiation; ``.payoffs``, ``.supported``.

    Raises
    ------
    SizeLimitError
        More partial packages than `limit`.

    Notes
    -----
    A table of D outcomes costs ``O(D log D)`` for two and, on average, three players; ``O(D F N)`` beyond.

    Examples
    --------
    >>> f = pareto_frontier(BargainingProblem([[0, 0], [2, 8], [5, 5], [4, 4], [7, 2], [5, 5]], [1, 1]))
    >>> f.outcomes
    array([1, 2, 4, 5])
    >>> f.supported
    array([ True,  True,  True,  True])
    """
    _check_options(ties, tol)
    if not isinstance(problem, BargainingProblem) and isinstance(problem, SupportsAdditiveTerms):
        return _frontier_of_terms(problem, rational_only, ties, tol, limit)
    table = as_problem(problem)
    gaps = tol * np.ptp(table.utilities, axis=0)
    running = contenders(table.utilities, gaps)
    rows, starts = efficient_groups(snapped(table.utilities[running], gaps))
    rows = running[rows]
    sizes = np.diff(np.append(starts, rows.size))
    counts = np.repeat(sizes, sizes)
    if ties == "one":
        rows, counts = rows[starts], sizes
    if rational_only:
        kept = (table.utilities[rows] >= table.disagreement - gaps).all(axis=1)
        rows, counts = rows[kept], counts[kept]
    by_row = np.argsort(rows)
    outcomes = rows[by_row]
    return Frontier(
        read_only(table.utilities[outcomes]),
        outcomes=read_only(outcomes, np.int64),
        counts=read_only(counts[by_row]),
        names=table.names,
        unit=table.unit,
    )


def additive_frontier(
    stakes: Sequence[npt.ArrayLike],
    interactions: Sequence[Interaction] = (),
    *,
    ties: Ties = "one",
    tol: float = 1e-12,
    limit: int = 20_000_000,
    most: int = 100_000,
) -> Frontier:
    """Find the frontier of a sum over issues without listing packages.

    Parameters
    ----------
    stakes : sequence of K array_like, shapes (m_1, N), ..., (m_K, N)
        What each option of each issue is worth to each player.
    interactions : sequence of (conditions, value)
        Conditions is a sequence of (issue, option) pairs; the value (N,) is added when all of them are chosen.
    ties : {"one", "all"}
        One package for each efficient payoff, or all of them. The counts are right either way.
    tol : float
        Sums closer than `tol` times the largest possible sum count as equal. Not used where the arithmetic is exact.
    limit : int
        Of partial packages held at a time.
    most : int
        With ``ties="all"``: if more packages than this tie, one each is listed and a note says so.

    Returns
    -------
    Frontier
        ``.choices`` (F, K) and ``.payoffs`` (F, N), by ascending payoff of the first player, then the next.

    Raises
    ------
    GameShapeError, NotFiniteError, ParameterError
        Terms that do not fit each other.
    SizeLimitError
        More partial packages than `limit`.

    Notes
    -----
    A partial package that another dominates stays dominated whatever is added to both, so it can be dropped at once
    (Nemhauser & Ullmann). With interactions that holds between partial packages that agree on the issues whose
    interactions are still open; the issues are ordered so that few are open at a time.

    Exact where every stake is a decimal of up to twelve places, up to rounding, such as 0.1 or 12.75: sums are then counted
    in whole multiples of the last place. Cost: over issues, the sum of the partial frontier's size times options, times
    the combinations of options that are open. Frontiers of two players grew about quadratically with issues in
    ``benchmarks/bargaining.py``; they grow fast with players.

    References
    ----------
    Nemhauser, G. L., Ullmann, Z. (1969). Discrete dynamic programming and capital allocation. Management Science 15,
    494-505.

    Examples
    --------
    >>> f = additive_frontier([[[0, 0], [3, -1]], [[0, 0], [-2, 5]]], [(((0, 1), (1, 1)), [1, 1])])
    >>> f.payoffs
    array([[ 2.,  5.],
           [ 3., -1.]])
    >>> f.choices
    array([[1, 1],
           [1, 0]])
    """
    _check_options(ties, tol)
    terms = as_sum(stakes, interactions, tol)
    done = settle(terms, limit)
    notes: list[str] = []
    total = float(done.counts.sum())
    payoffs, counts = done.payoffs, done.counts
    if ties == "all" and len(counts) < total <= most:
        choices, point = done.all_of_them()
        payoffs, counts = payoffs[point], counts[point]
    else:
        choices = done.one_each()
        if ties == "all" and total > most:
            notes.append(f"{total:,.0f} packages are efficient; one is listed for each of {len(counts):,} payoffs")
    columns = [*payoffs.T[::-1]] if len(counts) == len(done.counts) else [*choices.T[::-1], *payoffs.T[::-1]]
    order = np.lexsort(columns)
    return Frontier(
        read_only(payoffs[order]),
        choices=read_only(choices[order], np.int64),
        counts=read_only(counts[order]),
        notes=tuple(notes),
        is_exact=not terms.gaps.any(),
    )


def _frontier_of_terms(
    source: SupportsAdditiveTerms, rational_only: bool, ties: Ties, tol: float, limit: int
) -> Frontier:
    stakes, interactions, disagreement = source.as_additive_terms()
    found = additive_frontier(stakes, interactions, ties=ties, tol=tol, limit=limit)
    kept = np.arange(len(found))
    if rational_only:
        gaps = tol * np.abs(found.payoffs).max(axis=0)
        kept = np.flatnonzero((found.payoffs >= as_floats(disagreement, "disagreement") - gaps).all(axis=1))
    choices = found.choices[kept] if found.choices is not None else np.zeros((0, 0), dtype=np.int64)
    return Frontier(
        read_only(found.payoffs[kept]),
        choices=read_only(choices, np.int64),
        packages=tuple(source.package_from_choices(row) for row in choices),
        counts=read_only(found.counts[kept]),
        notes=found.notes,
        is_exact=found.is_exact,
        names=tuple(getattr(source, "party_names", ())),
        unit=str(getattr(source, "unit", "")),
    )


def _check_options(ties: str, tol: float) -> None:
    if ties not in ("all", "one"):
        raise ParameterError(f"ties={ties!r}; expected 'all' or 'one'.")
    if not 0 <= tol < 1:
        raise ParameterError(f"tol={tol!r}; expected a share of the payoff range, 0 <= tol < 1.")
