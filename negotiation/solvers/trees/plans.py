"""All equilibria of a tree by its plans: the normal-form engine finds them, and they are turned back into behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, product
from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.errors import SizeLimitError
from negotiation.games.normal_form import NormalFormGame
from negotiation.games.tree import GameTree
from negotiation.games.tree_plans import Plan, game_of_plans, plans_of
from negotiation.solvers.limits import Watch
from negotiation.solvers.n_player import SmallSupports
from negotiation.solvers.polynomial import PolynomialEnumeration
from negotiation.solvers.pure import PureEnumeration
from negotiation.solvers.result import Status
from negotiation.solvers.trees.certify import certified
from negotiation.solvers.trees.fill import fill_open
from negotiation.solvers.trees.result import TreeSolution
from negotiation.solvers.vertex_enumeration import VertexEnumeration

Rows = dict[int, list[Any]]
_MOST_CELLS = 2_000_000
_MOST_CELLS_FOR_MIXED = 200
_SECONDS = 2.0  # for the mixed equilibria of more than two players, who may be degenerate
_DEGENERATE = "a subgame is degenerate: its extreme equilibria are listed; all others are mixtures of these"


@dataclass(frozen=True, slots=True)
class PlanSolution:
    """Equilibria as what each information set does; where a plan leaves it open nothing is said."""

    rows: list[Rows]
    complete: bool
    status: Status
    notes: tuple[str, ...] = ()


def equilibria_of_plans(
    tree: GameTree, *, exact: bool, watch: Watch, limit: int | None = None, max_plans: int = 400
) -> PlanSolution:
    """Every (extreme) equilibrium of the reduced normal form, plan mixtures turned into behaviour.

    Raises
    ------
    SizeLimitError
        Too many plans.
    """
    plans = [plans_of(tree, i, reduced=True, limit=_MOST_CELLS) for i in range(tree.n_players)]
    game = game_of_plans(tree, plans, _MOST_CELLS)
    active = [i for i, size in enumerate(game.shape) if size > 1]
    if len(active) <= 2:
        if sum(game.shape[i] for i in active) > max_plans:
            raise SizeLimitError(
                f"{sum(game.shape[i] for i in active):,} plans are more than the limit of {max_plans:,}."
            )
        return _two_players(tree, game, plans, active, exact=exact, watch=watch, limit=limit)
    return _many_players(game, plans, watch, limit)


def _two_players(
    tree: GameTree,
    game: NormalFormGame,
    plans: list[list[Plan]],
    active: list[int],
    *,
    exact: bool,
    watch: Watch,
    limit: int | None,
) -> PlanSolution:
    """Those who have a choice play a two-player game."""
    pair = [*active, *(i for i in range(tree.n_players) if i not in active)][:2]
    if len(pair) < 2 or game.n_players == 1:
        table = game._given.reshape(game.n_players, -1)
        small = NormalFormGame(np.stack([table[active[0] if active else 0], table[0] * 0]).reshape(2, -1, 1))
        pair = [active[0] if active else 0, -1]
    else:
        where: list[Any] = [slice(None)] + [slice(None) if i in pair else 0 for i in range(game.n_players)]
        table = game._given[tuple(where)][pair]
        if pair[0] > pair[1]:
            table = np.swapaxes(table, 1, 2)
        small = NormalFormGame(table)
    found = VertexEnumeration(exact=exact, limit=limit, deadline=watch.remaining()).run(small)
    rows = []
    for e in found.equilibria:
        profile: Any = e.profile_exact if e.profile_exact is not None else [p.tolist() for p in e.profile]
        out: Rows = {}
        for i, own in enumerate(plans):
            weights = profile[pair.index(i)] if i in pair else [Fraction(1) if exact else 1.0]
            out |= behaviour_of_mixture(tree, own, weights)
        rows.append(out)
    notes = tuple(
        _DEGENERATE if note.startswith("degenerate") else note
        for note in found.notes
        if "do not fit floats" not in note
    )
    return PlanSolution(rows, found.complete, found.status, notes)


def _many_players(game: NormalFormGame, plans: list[list[Plan]], watch: Watch, limit: int | None) -> PlanSolution:
    """Pure equilibria, and all isolated ones where the game is small."""
    pure = PureEnumeration(limit=limit, tol=1e-12).run(game)
    profiles = [[p.tolist() for p in e.profile] for e in pure.equilibria]
    notes: tuple[str, ...] = ("more than two players: all pure equilibria; mixed ones were not sought",)
    complete = False
    if int(np.prod(game.shape)) <= _MOST_CELLS_FOR_MIXED:
        mixed = PolynomialEnumeration(limit=limit, deadline=min(_SECONDS, watch.remaining() or _SECONDS)).run(game)
        profiles += [[p.tolist() for p in e.profile] for e in mixed.equilibria if not e.is_pure]
        complete = mixed.complete
        notes = () if complete else ("more than two players: all pure equilibria, and the isolated mixed ones found",)
    elif not profiles:
        one = SmallSupports(deadline=watch.remaining()).run(game)
        profiles = [[p.tolist() for p in e.profile] for e in one.equilibria]
    rows = []
    for profile in profiles:
        out: Rows = {}
        for own, weights in zip(plans, profile, strict=True):
            out |= behaviour_of_mixture_by_plans(own, weights)
        rows.append(out)
    status = Status.COMPLETE if complete else Status.FOUND if rows else Status.NONE_FOUND
    return PlanSolution(rows, complete, pure.status if pure.status is Status.LIMIT else status, notes)


def behaviour_of_mixture(tree: GameTree, plans: list[Plan], weights: Any) -> Rows:
    """Kuhn's theorem: at each information set the conditional weight of each action among plans that lead there."""
    rows = behaviour_of_mixture_by_plans(plans, weights)
    return {k: row + [row[0] * 0] * (len(tree.infoset_actions(k)) - len(row)) for k, row in rows.items()}


def behaviour_of_mixture_by_plans(plans: list[Plan], weights: Any) -> Rows:
    """The same; actions that no plan uses may be missing at the end."""
    width: dict[int, int] = {}
    for plan in plans:
        for k, a in plan.items():
            width[k] = max(width.get(k, 0), a + 1)
    sums: Rows = {}
    for plan, w in zip(plans, weights, strict=True):
        if w:
            for k, a in plan.items():
                sums.setdefault(k, [w * 0] * width[k])[a] += w
    return {k: [v / sum(row) for v in row] for k, row in sums.items()}


def completions(tree: GameTree, rows: Rows, *, limit: int) -> list[Rows]:
    """Every pure way to settle what is left open, up to `limit`; open information sets are those their owner keeps out of."""
    open_sets = [k for k in range(tree.n_infosets) if k not in rows]
    widths = [len(tree.infoset_actions(k)) for k in open_sets]
    one = next((sum(row) for row in rows.values()), 1.0)
    picks = islice(product(*map(range, widths)), limit)
    return [
        rows
        | {k: [one if a == b else one * 0 for b in range(w)] for k, w, a in zip(open_sets, widths, pick, strict=True)}
        for pick in picks
    ]


def as_flat(tree: GameTree, rows: Rows, *, exact: bool) -> npt.NDArray[Any]:
    """Rows of every information set as one array, shape (A,)."""
    flat = [v for k in range(tree.n_infosets) for v in rows[k]]
    if not exact:
        return np.array([float(v) for v in flat])
    out = np.empty(len(flat), dtype=object)
    out[:] = [Fraction(v) for v in flat]
    return out


@dataclass(frozen=True, slots=True)
class ReducedNormalForm:
    """Every equilibrium of a small tree, subgame perfect or not, by its plans.

    Two players: all extreme equilibria of the reduced normal form, as `VertexEnumeration` finds them. More: all pure ones,
    and the isolated mixed ones where the game is small. Those that stand on threats nobody would carry out say so: see
    `BehaviourEquilibrium.threats`.

    Parameters
    ----------
    exact : bool
        Two players: profiles in rationals, regret zero verified.
    limit : int, optional
        Stop at this many equilibria.
    deadline : float, optional
        Stop after this many seconds.
    max_plans : int
        Of both players together.

    Notes
    -----
    What a player would do where its own plan never leads is not part of an equilibrium in plans. It is filled in with a best
    reply to the others where they may lead there, so that no threat is emptier than it has to be.

    Examples
    --------
    >>> from negotiation import GameTree, decision, leaf, solve
    >>> entry = GameTree(decision("entrant", {
    ...     "stay out": leaf(entrant=0, incumbent=2),
    ...     "enter": decision("incumbent", {"fight": leaf(entrant=-1, incumbent=-1),
    ...                                     "share": leaf(entrant=1, incumbent=1)})}))
    >>> for e in solve(entry, ReducedNormalForm()).equilibria:
    ...     print(e.path, [str(t) for t in e.threats])
    entrant: stay out ['incumbent after enter: says fight, would do share (+2)']
    entrant: stay out ['incumbent after enter: says fight 0.5 + share 0.5, would do share (+1)']
    entrant: enter → incumbent: share []
    """

    exact: bool = False
    limit: int | None = None
    deadline: float | None = 30.0
    max_plans: int = 400

    def why_not(self, game: object) -> str:
        """Why this solver does not take `game`; empty when it does."""
        return "" if isinstance(game, GameTree) else f"ReducedNormalForm takes game trees, not a {type(game).__name__}."

    def run(self, game: GameTree) -> TreeSolution:
        """Find them."""
        watch = Watch(self.deadline, self.limit)
        found = equilibria_of_plans(game, exact=self.exact, watch=watch, limit=self.limit, max_plans=self.max_plans)
        equilibria = []
        for rows in found.rows:
            exact = self.exact and all(isinstance(v, Fraction) for row in rows.values() for v in row)
            full = {k: row + [row[0] * 0] * (len(game.infoset_actions(k)) - len(row)) for k, row in rows.items()}
            flat = fill_open(game, full, exact=exact)
            equilibria.append(certified(game, flat, tol=1e-9, exact=tuple(flat.tolist()) if exact else None))
        payoffs = np.array([e.payoffs for e in equilibria]).reshape(len(equilibria), game.n_players)
        return TreeSolution(game, tuple(equilibria), self, found.status, found.complete, found.notes, distinct(payoffs))


def distinct(payoffs: npt.NDArray[Any], tol: float = 1e-9) -> npt.NDArray[np.float64]:
    """Payoff vectors that differ, sorted: (V, N)."""
    rows = np.asarray(payoffs, dtype=np.float64)
    if not len(rows):
        return rows
    scale = tol * (float(np.abs(rows).max()) or 1.0)
    _, first = np.unique(np.round(rows / scale), axis=0, return_index=True)
    return rows[np.sort(first)][np.lexsort(rows[np.sort(first)].T[::-1])]
