"""Bayes-Nash equilibria: all extreme ones of two players as pairs of vertices, others through the agent normal form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation.arrays import Array, read_only
from negotiation.errors import SolverMismatchError
from negotiation.games.bayesian import BayesianGame, interim_payoffs, interim_regret
from negotiation.solvers.api import Solver, default_solver
from negotiation.solvers.bayesian.blocks import BlockGame, Vertex, complementary
from negotiation.solvers.bayesian.cone import OutOfTimeError
from negotiation.solvers.bayesian.subsets import ExchangeableSet, exchangeable_sets
from negotiation.solvers.limits import Watch
from negotiation.solvers.result import Status, describe_strategy

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class BayesianEquilibrium:
    """One Bayes-Nash equilibrium.

    Parameters
    ----------
    strategies : tuple of N ndarrays, shapes (k_1, m_1), ..., (k_N, m_N)
        What each type of each player does; NaN for types of probability zero, on which nothing depends.
    payoffs : ndarray, shape (N,)
        Before types are known.
    interim : tuple of N ndarrays, shapes (k_1,), ...
        What each type expects.
    regrets : tuple of N ndarrays, shapes (k_1,), ...
        What each type could gain by another action.
    regret : float
        The largest of them.
    strategies_exact : tuple of tuples of tuples of Fraction, optional
        The strategies in rationals, for which every inequality holds exactly; rows of ``None`` for types of probability zero.
    """

    strategies: tuple[Array, ...]
    payoffs: Array
    interim: tuple[Array, ...]
    regrets: tuple[Array, ...]
    regret: float
    strategies_exact: tuple[Any, ...] | None = None

    @property
    def profile(self) -> tuple[Array, ...]:
        """The same as `strategies`."""
        return self.strategies

    @property
    def is_pure(self) -> bool:
        """Whether every type uses one action with certainty."""
        return all(np.count_nonzero(row) == 1 for s in self.strategies for row in s if not np.isnan(row).any())


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BayesianSolution:
    """The Bayes-Nash equilibria of a Bayesian game.

    Parameters
    ----------
    game : BayesianGame
    equilibria : tuple of BayesianEquilibrium
    solver : object
    status : Status
    complete : bool
        True only when these are provably all (extreme) ones.
    notes : tuple of str
    """

    game: BayesianGame
    equilibria: tuple[BayesianEquilibrium, ...]
    solver: Any
    status: Status
    complete: bool = False
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.equilibria)

    @property
    def components(self) -> tuple[ExchangeableSet, ...]:
        """For two players, what the extreme equilibria span: all equilibria. Empty unless the list is complete."""
        exact = [e.strategies_exact for e in self.equilibria]
        if not self.complete or None in exact:
            return ()
        return exchangeable_sets([(e[0], e[1]) for e in exact if e is not None])

    def to_frame(self) -> pd.DataFrame:
        """One row for each equilibrium, player and possible type: its strategy, what it expects, its regret."""
        import pandas as pd

        g, rows = self.game, []
        for k, e in enumerate(self.equilibria):
            for i, player in enumerate(g.players):
                for t in g.possible_types(i):
                    does = describe_strategy(e.strategies[i][t], g.actions[i])
                    rows.append({"equilibrium": k, "player": player, "type": g.types[i][t], "strategy": does,
                                 "expects": e.interim[i][t], "regret": e.regrets[i][t]})  # fmt: skip
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        g, n = self.game, len(self)
        unit = f" (payoffs in {g.unit})" if g.unit else ""
        known = "complete" if self.complete else "not known to be complete"
        lines = [f"{n} Bayes-Nash equilibri{'um' if n == 1 else 'a'}, {known}: {self.status.value}{unit}"]
        for k, e in enumerate(self.equilibria[:20]):
            lines.append(f"  {k}: regret {e.regret:.2g}")
            for i, player in enumerate(g.players):
                parts = (
                    f"{g.types[i][t]} {describe_strategy(e.strategies[i][t], g.actions[i])} → {e.interim[i][t]:.4g}"
                    for t in g.possible_types(i)
                )
                lines.append(f"     {player}: {'; '.join(parts)}")
        if n > 20:
            lines.append(f"  … and {n - 20} more")
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = str(self).partition("\n")[0]
        notes = "".join(f"<p>note: {note}</p>" for note in self.notes)
        table: str = self.to_frame().to_html(index=False)
        return f"<p>{head}</p>{table}{notes}"


@dataclass(frozen=True, slots=True)
class BayesNashEnumeration:
    """Every extreme Bayes-Nash equilibrium of a two-player Bayesian game.

    Parameters
    ----------
    limit : int, optional
        Stop after this many.
    deadline : float, optional
        Give up after this many seconds.

    Notes
    -----
    Strategies are kept type by type, so the two polyhedra whose vertices are matched grow with the number of types times actions,
    where the induced normal form grows with actions to the power of types. All equilibria are mixtures, type by type, of
    those listed. In rationals.

    References
    ----------
    Harsanyi, J. C. (1967-68). Games with incomplete information played by "Bayesian" players. Management Science 14.
    """

    limit: int | None = 100_000
    deadline: float | None = None

    def why_not(self, game: object) -> str:
        """Why this solver does not take `game`; empty when it does."""
        if not isinstance(game, BayesianGame):
            return f"BayesNashEnumeration takes Bayesian games, not {game!r}."
        if game.n_players != 2:
            return f"BayesNashEnumeration takes two players, not {game.n_players}; AgentForm() takes any number."
        return ""

    def run(self, game: BayesianGame) -> BayesianSolution:
        """Enumerate the vertices of both sides, and match them."""
        watch, finished = Watch(self.deadline, self.limit), False
        found: list[BayesianEquilibrium] = []
        kinds = [game.possible_types(i) for i in range(2)]
        try:
            blocks = _blocks(game, kinds)
            xs, ys = blocks.vertices(watch)
            for i, j in complementary(xs, ys, sum(blocks.first), sum(blocks.second)):
                found.append(_made(game, kinds, (xs[i], ys[j])))
                if watch.is_over() or watch.is_enough(len(found)):
                    break
            else:
                finished = True
        except OutOfTimeError:
            pass
        except KeyboardInterrupt:
            watch.was_interrupted = True
        status = watch.status(len(found), finished)
        found.sort(key=lambda e: (not e.is_pure, *(-v for s in e.strategies for v in np.nan_to_num(s).ravel())))
        notes = (*_notes(game), "extreme equilibria: all others are mixtures within `components`")
        return BayesianSolution(game, tuple(found[: self.limit]), self, status, status is Status.COMPLETE, notes)


@dataclass(frozen=True, slots=True)
class AgentForm:
    """Bayes-Nash equilibria of any number of players through the agent normal form.

    Parameters
    ----------
    solver : Solver, optional
        What solves the agent normal form, in which every type is a player; unless given, what `solve` uses for such a game: all
        equilibria where they are within reach, pure ones or at least one otherwise.
    """

    solver: Solver | None = None

    def why_not(self, game: object) -> str:
        """Why this solver does not take `game`; empty when it does."""
        return "" if isinstance(game, BayesianGame) else f"AgentForm takes Bayesian games, not {game!r}."

    def run(self, game: BayesianGame) -> BayesianSolution:
        """Solve the agent normal form and read the types' strategies off it."""
        form = game.agent_form()
        if self.solver is not None and (reason := self.solver.why_not(form)):
            raise SolverMismatchError(reason)
        solution = (default_solver(form) if self.solver is None else self.solver).run(form)
        made = []
        for e in solution.equilibria:
            rows, strategies = iter(e.profile), []
            for i in range(game.n_players):
                table = np.full((len(game.types[i]), len(game.actions[i])), np.nan)
                for t in game.possible_types(i):
                    table[t] = next(rows)
                strategies.append(read_only(table))
            made.append(certified(game, strategies))
        return BayesianSolution(
            game, tuple(made), self, solution.status, solution.complete, (*_notes(game), *solution.notes)
        )


def for_bayesian(game: BayesianGame) -> Solver:
    """All equilibria of two players, given up after half a minute; with more what the agent normal form allows."""
    return BayesNashEnumeration(deadline=30.0) if game.n_players == 2 else AgentForm()


def certified(
    game: BayesianGame, strategies: Sequence[Array], exact: tuple[Any, ...] | None = None
) -> BayesianEquilibrium:
    """Make an equilibrium of strategies: evaluate them and record every type's regret."""
    interim, regrets = interim_payoffs(game, strategies), interim_regret(game, strategies)
    odds = [game.type_probabilities(i) for i in range(game.n_players)]
    payoffs = [float(np.nansum(p * v)) for p, v in zip(odds, interim, strict=True)]
    worst = max(0.0, *(float(np.nanmax(r)) for r in regrets))
    return BayesianEquilibrium(tuple(strategies), read_only(payoffs), interim, regrets, worst, exact)


def _blocks(game: BayesianGame, kinds: Sequence[tuple[int, ...]]) -> BlockGame:
    """Types are decisions; an action is worth its payoffs weighted by the joint prior."""
    prior, u = game.exact
    m, n = (len(a) for a in game.actions)
    first = [(t, a) for t in kinds[0] for a in range(m)]
    second = [(t, a) for t in kinds[1] for a in range(n)]
    return BlockGame(
        (m,) * len(kinds[0]),
        (n,) * len(kinds[1]),
        [[prior[t, s] * u[0, t, s, a, b] for s, b in second] for t, a in first],
        [[prior[t, s] * u[1, t, s, a, b] for t, a in first] for s, b in second],
    )


def _made(game: BayesianGame, kinds: Sequence[tuple[int, ...]], vertices: Sequence[Vertex]) -> BayesianEquilibrium:
    strategies, exact = [], []
    for i, vertex in enumerate(vertices):
        m = len(game.actions[i])
        rows: list[tuple[Fraction, ...] | None] = [None] * len(game.types[i])
        for k, t in enumerate(kinds[i]):
            rows[t] = vertex.weights[k * m : (k + 1) * m]
        exact.append(tuple(rows))
        strategies.append(read_only([[np.nan] * m if row is None else [float(v) for v in row] for row in rows]))
    return certified(game, strategies, tuple(exact))


def _notes(game: BayesianGame) -> tuple[str, ...]:
    never = [
        f"{game.players[i]} as {name}"
        for i in range(game.n_players)
        for t, name in enumerate(game.types[i])
        if t not in game.possible_types(i)
    ]
    if not never:
        return ()
    return (f"{' and '.join(never)} has probability 0: what it would do is not defined by the prior, and left out",)
