"""The game between strategies, from how they were seen to do: its equilibria, and how much of them is chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, IntArray, read_only
from negotiation.errors import GameShapeError, ParameterError
from negotiation.games.normal_form import NormalFormGame
from negotiation.games.profile import Profile
from negotiation.runs.seeds import Seed, as_seed, generator
from negotiation.simulation.empirical_runs import (
    cells_in,
    cells_of,
    drawn_tables,
    error_of,
    names_of,
    resampled,
    seats_averaged,
    table_of,
    tables_of,
)
from negotiation.simulation.protocol import check_count
from negotiation.simulation.tournament import Tournament
from negotiation.solvers.api import Solver, solve
from negotiation.solvers.batch import pure_batch, solve_batch
from negotiation.solvers.limits import check_positive
from negotiation.solvers.result import Equilibrium, Solution, describe_strategy
from negotiation.words import counted

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
        The share of resampled games that have an equilibrium in the same strategies; with more than two seats known of pure
        ones only, NaN otherwise.
    errors : tuple of ndarrays
        Standard deviations of its probabilities over those; NaN where there are fewer than two.
    payoff_errors : ndarray, shape (N,)
        Standard errors of its payoffs, by resampling, the probabilities kept.
    symmetric : bool
        Whether every seat mixes the same strategies in the same way.
    """

    equilibrium: Equilibrium
    regret_quantile: float
    recurrence: float
    errors: tuple[Array, ...]
    payoff_errors: Array
    symmetric: bool


@dataclass(frozen=True, slots=True)
class MetaSupport:
    """Strategies that together make an equilibrium, and how often.

    Parameters
    ----------
    strategies : tuple of tuples of str
        For each seat those that are played.
    share : float
        Of resampled games, those with an extreme equilibrium in exactly these.
    error : float
        Standard error of `share`, from the number of games resampled.
    found : bool
        Whether the game of means has one.
    symmetric : bool
        Whether all seats play the same.
    """

    strategies: tuple[tuple[str, ...], ...]
    share: float
    error: float
    found: bool
    symmetric: bool


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
    supports : tuple of MetaSupport
        Every combination of strategies in which some resampled game has an equilibrium, the most frequent first; pure ones
        only with more than two seats.
    notes : tuple of str
    """

    game: NormalFormGame
    counts: IntArray
    standard_errors: Array
    solution: Solution
    equilibria: tuple[MetaEquilibrium, ...]
    resampled: int
    supports: tuple[MetaSupport, ...] = ()
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row an equilibrium, seat and strategy that is played: probability, its error; regret and recurrence."""
        import pandas as pd

        rows = [
            {
                "equilibrium": k, "seat": seat, "strategy": self.game.actions[i][a], "probability": float(p[a]),
                "error": float(meta.errors[i][a]), "payoff": float(meta.equilibrium.payoffs[i]),
                "payoff error": float(meta.payoff_errors[i]), "symmetric": meta.symmetric,
                "regret 95%": meta.regret_quantile, "recurrence": meta.recurrence,
            }
            for k, meta in enumerate(self.equilibria)
            for i, (seat, p) in enumerate(zip(self.game.players, meta.equilibrium.profile, strict=True))
            for a in np.flatnonzero(p > PLAYED)
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def supports_frame(self) -> pd.DataFrame:
        """One row a support: what each seat plays, in which share of resampled games, whether the game of means has it."""
        import pandas as pd

        return pd.DataFrame([
            dict(zip(self.game.players, map(" + ".join, one.strategies), strict=True))
            | {"share": one.share, "error": one.error, "in the game of means": one.found, "symmetric": one.symmetric}
            for one in self.supports
        ])  # fmt: skip

    def payoffs_frame(self) -> pd.DataFrame:
        """One row a line-up: strategies, runs, mean payoffs and their standard errors."""
        import pandas as pd

        rows = []
        for cell in np.ndindex(*self.game.shape):
            row: dict[str, Any] = {
                name: own[a] for name, own, a in zip(self.game.players, self.game.actions, cell, strict=True)
            }
            row["runs"] = int(self.counts[cell])
            for i, name in enumerate(self.game.players):
                row[f"payoff of {name}"] = float(self.game.payoffs[(i, *cell)])
                row[f"error of {name}"] = float(self.standard_errors[(i, *cell)])
            rows.append(row)
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        many = f"{self.counts.min():,}" + (f" to {self.counts.max():,}" if np.ptp(self.counts) else "")
        lines = [
            f"game between strategies, {many} {'run' if self.counts.max() == 1 else 'runs'} a cell; "
            f"{counted(len(self.equilibria), 'equilibrium', 'equilibria')} ({self.solution.status.value})"
        ]
        for k, meta in enumerate(self.equilibria[:20]):
            parts = zip(self.game.players, meta.equilibrium.profile, self.game.actions, strict=True)
            played = "; ".join(f"{name}: {describe_strategy(p, own)}" for name, p, own in parts)
            again = "" if np.isnan(meta.recurrence) else f"; recurs in {meta.recurrence:.0%} of them"
            alike = "symmetric; " if meta.symmetric else ""
            lines.append(
                f"  {k}: {played}; {alike}regret at most {meta.regret_quantile:.2g} in 95% of resampled games{again}"
            )
        for other in [one for one in self.supports if not one.found][:5]:
            played = "; ".join(
                f"{name}: {' + '.join(own)}" for name, own in zip(self.game.players, other.strategies, strict=True)
            )
            lines.append(f"  not of the means, but of {other.share:.0%} of resampled games: {played}")
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
    over: str = "runs",
    seats: str = "apart",
    solver: Solver | None = None,
    rng: np.random.Generator | Seed | int | None = None,
    deadline: float | None = 60.0,
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
        Games drawn with replacement.
    over : {"runs", "tables"}
        What is drawn: the runs of each cell by themselves; or whole tables, one a domain of a tournament (the answer is then
        about domains like these), one a run of an array (where cells of a run share their luck).
    seats : {"apart", "averaged"}
        ``"averaged"`` lets everybody take each seat equally often: the game is then symmetric.
    solver : Solver, optional
        For the game of means; all equilibria within reach unless given.
    rng : numpy.random.Generator or int, optional
        The seed 0 unless given.
    deadline : float, optional
        Seconds for solving resampled games; those not solved by then do not count, and a note says so.

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
    _check_choice("over", over, ("runs", "tables"))
    _check_choice("seats", seats, ("apart", "averaged"))
    check_positive(deadline=deadline)
    if isinstance(source, Tournament):
        cells, shape = cells_of(source)
        names: Any = [source.labels] * len(shape)
        numbered, unit = tuple(f"seat {i + 1}" for i in range(len(shape))), "share of the range"
        whole = seats == "apart" and len(source.domains) == 1
        players = players or (source.domains[0].names if whole else numbered)
        tables = tables_of(source) if over == "tables" else None
    else:
        cells, shape = cells_in(source)
        names = names_of(strategies, shape)
        tables = np.stack(cells, axis=2).reshape(-1, len(shape), *shape) if over == "tables" else None
    seed, told = as_seed(rng)
    means, errors, games = _estimated(cells, shape, tables, resamples, generator(seed, 0))
    if seats == "averaged":
        means, games, known = seats_averaged(means, len(shape)), seats_averaged(games, len(shape)), errors
        spread = games.std(axis=0, ddof=1) if resamples > 1 else np.full(means.shape, np.nan)
        errors = np.where(np.isnan(seats_averaged(known, len(shape))), np.nan, spread)
    counts = np.array([len(cell) for cell in cells]).reshape(shape)
    notes: tuple[str, ...] = ()
    if np.isnan(errors).all():
        what = "one table" if tables is not None else "one run a cell"
        notes = (f"{what}: nothing is known about chance, and resampled games are all alike.",)
    game = NormalFormGame(means, players, names, unit)
    if seats == "averaged" and len(set(game.actions)) > 1:
        raise GameShapeError("seats can be averaged only where all have the same strategies; their names differ.")
    solution = solve(game, solver)
    found, supports, cut = _judged(game, solution.equilibria, games, deadline)
    return EmpiricalGame(
        game, read_only(counts, np.int64), read_only(errors), solution, found, resamples, supports,
        (*notes, *cut, *told),
    )  # fmt: skip


def _check_choice(name: str, given: object, known: tuple[str, ...]) -> None:
    if given not in known:
        raise ParameterError(f"{name} is {given!r}; it must be {' or '.join(map(repr, known))}.")


def _estimated(
    cells: list[Array], shape: tuple[int, ...], tables: Array | None, resamples: int, rng: np.random.Generator
) -> tuple[Array, Array, Array]:
    """Means and their standard errors, (N, m_1, ..., m_N), and those of games drawn again, (B, N, m_1, ..., m_N)."""
    if tables is None:
        means = table_of(cells, shape, lambda cell: cell.mean(axis=0))
        return means, table_of(cells, shape, error_of), resampled(cells, shape, resamples, rng)
    flat = error_of(tables.reshape(len(tables), -1)).reshape(tables.shape[1:])
    return tables.mean(axis=0), flat, drawn_tables(tables, resamples, rng)


def _judged(
    game: NormalFormGame, equilibria: Sequence[Equilibrium], games: Array, deadline: float | None
) -> tuple[tuple[MetaEquilibrium, ...], tuple[MetaSupport, ...], tuple[str, ...]]:
    """Each equilibrium of the means in the light of resampled games, and what equilibria these have themselves."""
    seen, mixed, solved, notes = _solved(games, deadline)
    of_means = {_key([p > PLAYED for p in one.profile]) for one in equilibria}
    out = []
    for one in equilibria:
        paid, gained = _paid_and_gained(games, one.profile)
        key = _key([p > PLAYED for p in one.profile])
        known = solved > 0 and (game.n_players == 2 or one.is_pure)
        same = mixed.get(key, [])
        errors = tuple(
            read_only(np.std([m[i] for m in same], axis=0, ddof=1)) if len(same) > 1 else np.full(m, np.nan)
            for i, m in enumerate(game.shape)
        )
        out.append(
            MetaEquilibrium(
                one,
                float(np.quantile(gained, 0.95)),
                len(seen.get(key, ())) / solved if known else float("nan"),
                errors,
                read_only(paid.std(axis=0, ddof=1) if len(games) > 1 else np.full(game.n_players, np.nan)),
                _alike(game, one.profile),
            )
        )
    supports = []
    for key, which in sorted(seen.items(), key=lambda item: (-len(item[1]), item[0])):
        share = len(which) / solved
        played = tuple(tuple(own[a] for a in at) for own, at in zip(game.actions, key, strict=True))
        error = float(np.sqrt(share * (1 - share) / solved))
        supports.append(MetaSupport(played, share, error, key in of_means, len(set(played)) == 1))
    return tuple(out), tuple(supports), notes


Support = tuple[tuple[int, ...], ...]


def _key(used: Sequence[Any]) -> Support:
    """Which strategies are played, by position, seat by seat."""
    return tuple(tuple(np.flatnonzero(own).tolist()) for own in used)


def _solved(
    games: Array, deadline: float | None
) -> tuple[dict[Support, set[int]], dict[Support, list[tuple[Array, ...]]], int, tuple[str, ...]]:
    """Supports of equilibria of resampled games: in which games, how they mix; how many games were solved; and notes."""
    seen: dict[Support, set[int]] = {}
    mixed: dict[Support, list[tuple[Array, ...]]] = {}
    if games.shape[1] == 2:
        batch = solve_batch(games, deadline=deadline)
        for g, row, column in zip(batch.game.tolist(), batch.row, batch.column, strict=True):
            if batch.complete[g]:
                key = _key((row > PLAYED, column > PLAYED))
                seen.setdefault(key, set()).add(g)
                mixed.setdefault(key, []).append((row, column))
        done = int(batch.complete.sum())
        cut = (f"{done:,} of {len(games):,} resampled games were solved: shares are of these.",)
        return seen, mixed, done, () if done == len(games) else cut
    for g, *cell in np.argwhere(pure_batch(games)).tolist():
        seen.setdefault(tuple((a,) for a in cell), set()).add(g)
    return seen, mixed, len(games), ("more than two seats: resampled games are searched for pure equilibria only.",)


def _paid_and_gained(games: Array, profile: Profile) -> tuple[Array, Array]:
    """What a profile pays in each game, (B, N), and the most that anybody could gain by leaving it, (B,)."""
    n = len(profile)
    paid, gained = np.empty((len(games), n)), np.zeros(len(games))
    for i, own in enumerate(profile):
        values = games[:, i]
        for other in reversed(range(n)):
            if other != i:
                values = np.tensordot(values, profile[other], axes=([other + 1], [0]))
        paid[:, i] = values @ own
        np.maximum(gained, values.max(axis=1) - paid[:, i], out=gained)
    return paid, gained


def _alike(game: NormalFormGame, profile: Profile) -> bool:
    """Whether all seats have the same strategies and mix them in the same way."""
    same = len(set(game.actions)) == 1
    return same and all(np.allclose(own, profile[0], rtol=0.0, atol=1e-9) for own in profile)
