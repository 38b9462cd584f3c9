"""The game between strategies, from how they were seen to do: its equilibria, and how much of them is chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, IntArray, as_floats, read_only
from negotiation.errors import GameShapeError, NotFiniteError, WrongTypeError
from negotiation.games.normal_form import NormalFormGame
from negotiation.games.profile import regret
from negotiation.runs.seeds import Seed, as_seed, generator
from negotiation.simulation.protocol import check_count
from negotiation.simulation.tournament import Tournament
from negotiation.solvers.api import Solver, solve
from negotiation.solvers.batch import solve_batch
from negotiation.solvers.result import Equilibrium, Solution, describe_strategy

if TYPE_CHECKING:
    import pandas as pd

# What counts as played in an equilibrium.
PLAYED = 1e-9


@dataclass(frozen=True, slots=True)
class MetaEquilibrium:
    """An equilibrium of the game between strategies, and how sure it is.

    Parameters
    ----------
    equilibrium : Equilibrium
        Of the game of mean payoffs.
    regret_quantile : float
        The 95% quantile of its regret in games resampled from the runs, in the payoff unit: how far from an equilibrium of
        the true game it may be.
    recurrence : float
        The share of resampled games that have an equilibrium in the same strategies; NaN with more than two seats.
    errors : tuple of ndarrays
        Standard deviations of its probabilities over those; NaN where there are fewer than two.
    """

    equilibrium: Equilibrium
    regret_quantile: float
    recurrence: float
    errors: tuple[Array, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class EmpiricalGame:
    """The game between strategies, estimated.

    Parameters
    ----------
    game : NormalFormGame
        Mean payoffs.
    counts : ndarray of int, shape (m_1, ..., m_N)
        Runs behind each cell.
    standard_errors : ndarray, shape (N, m_1, ..., m_N)
        Of the means; NaN with one run.
    solution : Solution
        Of the game of means.
    equilibria : tuple of MetaEquilibrium
    resampled : int
        Games that were drawn from the runs.
    notes : tuple of str
    """

    game: NormalFormGame
    counts: IntArray
    standard_errors: Array
    solution: Solution
    equilibria: tuple[MetaEquilibrium, ...]
    resampled: int
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row an equilibrium, seat and strategy that is played: probability, its error; regret and recurrence."""
        import pandas as pd

        rows = [
            {
                "equilibrium": k, "seat": seat, "strategy": self.game.actions[i][a], "probability": float(p[a]),
                "error": float(meta.errors[i][a]), "payoff": float(meta.equilibrium.payoffs[i]),
                "regret 95%": meta.regret_quantile, "recurrence": meta.recurrence,
            }
            for k, meta in enumerate(self.equilibria)
            for i, (seat, p) in enumerate(zip(self.game.players, meta.equilibrium.profile, strict=True))
            for a in np.flatnonzero(p > PLAYED)
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        many = f"{self.counts.min():,}" + (f" to {self.counts.max():,}" if np.ptp(self.counts) else "")
        lines = [
            f"game between strategies, {many} runs a cell; {len(self.equilibria)} equilibria ({self.solution.status.value})"
        ]
        for k, meta in enumerate(self.equilibria[:20]):
            parts = zip(self.game.players, meta.equilibrium.profile, self.game.actions, strict=True)
            played = "; ".join(f"{name}: {describe_strategy(p, own)}" for name, p, own in parts)
            again = "" if np.isnan(meta.recurrence) else f", recurs in {meta.recurrence:.0%}"
            lines.append(
                f"  {k}: {played}; regret at most {meta.regret_quantile:.2g} with 95%{again} of resampled games"
            )
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The equilibria as a table, for notebooks."""
        return str(self.to_frame()._repr_html_())  # type: ignore[operator]


def empirical_game(
    source: Tournament | npt.ArrayLike,
    *,
    strategies: Sequence[str] | Sequence[Sequence[str]] | None = None,
    players: Sequence[str] | None = None,
    unit: str = "",
    resamples: int = 200,
    solver: Solver | None = None,
    rng: np.random.Generator | Seed | int | None = None,
) -> EmpiricalGame:
    """Make a game of strategies from runs, solve it, and say how much of the answer is chance.

    Parameters
    ----------
    source : Tournament, or array_like, shape (R, N, m_1, ..., m_N)
        A tournament in which every line-up was played: payoffs are shares of each seat's range. Or payoffs of ``R`` runs of every
        cell, ``[run, seat, strategy of seat 1, …]``.
    strategies : sequence of str, or one such sequence a seat, optional
        Names, for arrays.
    players : sequence of str, optional
        Names of the seats, for arrays.
    unit : str
        Of the payoffs, for arrays.
    resamples : int
        Games drawn from the runs, cell by cell with replacement.
    solver : Solver, optional
        For the game of means; all equilibria within reach unless given.
    rng : numpy.random.Generator or int, optional
        The seed 0 unless given.

    Returns
    -------
    EmpiricalGame

    Raises
    ------
    WrongTypeError, GameShapeError, NotFiniteError, ParameterError

    Notes
    -----
    Equilibria of the game of means are those of the true game only up to the error of the means: the regret of each is
    looked at in every resampled game. With two seats resampled games are solved too, all together.

    References
    ----------
    Wellman, M. P. (2006). Methods for empirical game-theoretic analysis. AAAI, 1552-1555.
    Wiedenbeck, B., Cassell, B.-A., Wellman, M. P. (2014). Bootstrap statistics for empirical games. AAMAS, 597-604.
    Tuyls, K. et al. (2020). Bounds and dynamics for empirical game theoretic analysis. Autonomous Agents and Multi-Agent
    Systems 34, 7.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> dilemma = np.array([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    >>> meta = empirical_game(dilemma + rng.normal(size=(50, 2, 2, 2)), strategies=("cooperate", "defect"))
    >>> meta.equilibria[0].equilibrium.profile[0].tolist(), meta.equilibria[0].recurrence
    ([0.0, 1.0], 1.0)
    """
    check_count(resamples, "the number of resamples")
    notes: tuple[str, ...] = ()
    if isinstance(source, Tournament):
        cells, shape = _cells_of(source)
        names: Any = [source.labels] * len(shape)
        players, unit = players or tuple(f"seat {i + 1}" for i in range(len(shape))), "share of the range"
        if len(source.domains) == 1 and source.domains[0].n_parties == len(shape):
            players = source.domains[0].names
    else:
        cells, shape = _cells_in(source)
        names = _names(strategies, shape)
    seed, told = as_seed(rng)
    counts = np.array([len(cell) for cell in cells]).reshape(shape)
    if counts.max() == 1:
        notes = ("one run a cell: nothing is known about chance, and resampled games are all alike.",)
    game = NormalFormGame(_table(cells, shape, lambda c: c.mean(axis=0)), players, names, unit)
    with np.errstate(invalid="ignore", divide="ignore"):
        errors = _table(cells, shape, _error)
    games = _resampled(cells, shape, resamples, generator(seed, 0))
    solution = solve(game, solver)
    found = _judged(game, solution.equilibria, games)
    return EmpiricalGame(
        game, read_only(counts, np.int64), read_only(errors), solution, found, resamples, (*notes, *told)
    )  # fmt: skip


def _cells_of(cup: Tournament) -> tuple[list[Array], tuple[int, ...]]:
    """Runs of each line-up of a tournament, (runs, N) each."""
    shape = (len(cup.labels),) * cup.line_ups.shape[1]
    cell = np.ravel_multi_index(tuple(cup.line_ups.T), shape)
    order = np.argsort(cell, kind="stable")
    cells = np.split(cup.shares()[order], np.cumsum(np.bincount(cell, minlength=int(np.prod(shape))))[:-1])
    if any(len(c) == 0 for c in cells):
        raise GameShapeError("some line-ups were not played; run the tournament to its end, with self_play=True.")
    return cells, shape


def _cells_in(source: npt.ArrayLike) -> tuple[list[Array], tuple[int, ...]]:
    """Runs of each cell of an array, (runs, N) each."""
    if source is None or isinstance(source, str | dict):
        raise WrongTypeError(f"empirical_game takes a Tournament, or payoffs of runs as an array, not {source!r}.")
    runs = as_floats(source, "payoffs of runs")
    if runs.ndim < 3 or runs.ndim - 2 != runs.shape[1] or 0 in runs.shape:
        raise GameShapeError(
            f"payoffs of runs have shape {runs.shape}; expected (R, N, m_1, …, m_N): run, seat, strategies."
        )
    if not np.isfinite(runs).all():
        raise NotFiniteError("a payoff is NaN or infinite; leave the run out of every cell, or mend it.")
    flat = runs.reshape(*runs.shape[:2], -1)
    return [flat[:, :, k] for k in range(flat.shape[2])], runs.shape[2:]


def _names(strategies: Any, shape: tuple[int, ...]) -> Any:
    """Names for each seat."""
    if strategies is None or not all(isinstance(s, str) for s in strategies):
        return strategies
    if len(set(shape)) > 1:
        raise GameShapeError(f"seats have {shape} strategies; give names for each of them.")
    return [tuple(strategies)] * len(shape)


def _error(cell: Array) -> Array:
    """The standard error of the mean of a cell, (N,)."""
    if len(cell) < 2:
        return np.full(cell.shape[1], np.nan)
    return np.asarray(cell.std(axis=0, ddof=1) / np.sqrt(len(cell)))


def _table(cells: list[Array], shape: tuple[int, ...], of: Any) -> Array:
    """A number a seat and cell, (N, m_1, ..., m_N)."""
    return np.stack([of(cell) for cell in cells], axis=1).reshape(-1, *shape)


def _resampled(cells: list[Array], shape: tuple[int, ...], resamples: int, rng: np.random.Generator) -> Array:
    """Mean payoffs in games drawn from the runs, (B, N, m_1, ..., m_N)."""
    drawn = []
    for cell in cells:
        weights = rng.multinomial(len(cell), np.full(len(cell), 1 / len(cell)), size=resamples)
        drawn.append(weights @ cell / len(cell))
    return np.stack(drawn, axis=2).reshape(resamples, -1, *shape)


def _judged(game: NormalFormGame, equilibria: Sequence[Equilibrium], games: Array) -> tuple[MetaEquilibrium, ...]:
    """Each equilibrium of the means in the light of resampled games."""
    batch = solve_batch(games) if game.n_players == 2 else None
    out = []
    for one in equilibria:
        worst = [float(regret(NormalFormGame(table), one.profile).max()) for table in games]
        again, errors = float("nan"), tuple(np.full(m, np.nan) for m in game.shape)
        if batch is not None:
            same = ((batch.row > PLAYED) == (one.profile[0] > PLAYED)).all(axis=1)
            same &= ((batch.column > PLAYED) == (one.profile[1] > PLAYED)).all(axis=1)
            again = len(np.unique(batch.game[same])) / len(games)
            if same.sum() > 1:
                errors = tuple(read_only(part[same].std(axis=0, ddof=1)) for part in (batch.row, batch.column))
        out.append(MetaEquilibrium(one, float(np.quantile(worst, 0.95)), again, errors))
    return tuple(out)
