"""Subgame-perfect equilibria: `BackwardInduction`, the default for trees."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from negotiation.errors import ParameterError
from negotiation.games.tree import GameTree
from negotiation.solvers.limits import Watch
from negotiation.solvers.result import Status
from negotiation.solvers.trees.certify import certified
from negotiation.solvers.trees.decomposition import Decomposition, joined
from negotiation.solvers.trees.perfect import MOST, RollBack
from negotiation.solvers.trees.plans import as_flat, distinct
from negotiation.solvers.trees.result import BehaviourEquilibrium, TreeSolution

_SMALL = 5_000
# Probabilities that a list of equilibria may hold together.
_MOST_NUMBERS = 20_000_000
# Nodes that may be passed while equilibria are listed: fewer of large trees are listed, so that none takes long.
_MOST_STEPS = 500_000


@dataclass(frozen=True, slots=True)
class BackwardInduction:
    """Every subgame-perfect equilibrium, with every tie kept.

    Where everybody sees all (perfect information) these are the pure equilibria: their number, their payoffs, the actions
    that some of them chooses at each node, and a list of them up to `limit`. Elsewhere the tree is cut into the smallest
    subgames; each is solved for all its extreme equilibria, mixed ones included, and every combination is carried on.

    Parameters
    ----------
    exact : bool, optional
        Work in rationals. Unless said, for trees of up to 5,000 nodes whose payoffs are whole or were given as rationals.
    limit : int
        The most equilibria listed; fewer when the tree is so large that they would not fit.
    most_payoffs : int
        Of distinct payoffs kept a node.
    max_plans : int
        Of all players of a subgame together, for it to be solved for all its equilibria; larger ones give one, by `SequenceForm`.
    deadline : float, optional
        Stop after this many seconds; where somebody is in doubt only.
    tol : float
        Without `exact`: differences within `tol` times a player's payoff range are ties.

    Notes
    -----
    ``O(T)`` where nothing ties; a million nodes take a fraction of a second. A tie whose branches pay others differently makes a
    set of payoffs: a node's set holds at most what its children's sets combine to.

    Mixtures over tied actions are equilibria too; they lie between those listed, and a note says so where there are any.

    References
    ----------
    Selten, R. (1965). Spieltheoretische Behandlung eines Oligopolmodells mit Nachfrageträgheit. Zeitschrift für die gesamte
    Staatswissenschaft 121, 301-324.
    Kuhn, H. W. (1953). Extensive games and the problem of information. Contributions to the Theory of Games II, 193-216.

    Examples
    --------
    >>> from negotiation import GameTree, decision, leaf, solve
    >>> offers = {f"offer {k}": decision("B", {"yes": leaf(2 - k, k), "no": leaf(0, 0)}) for k in range(3)}
    >>> found = solve(GameTree(decision("A", offers), players=("A", "B")), BackwardInduction())
    >>> [e.path for e in found.equilibria]
    ['A: offer 0 → B: yes', 'A: offer 1 → B: yes']
    """

    exact: bool | None = None
    limit: int = 1_000
    most_payoffs: int = 10_000
    max_plans: int = 60
    deadline: float | None = 30.0
    tol: float = 1e-11

    def __post_init__(self) -> None:
        for name in ("limit", "most_payoffs", "max_plans"):
            if not getattr(self, name) > 0:
                raise ParameterError(f"{name} is a positive number, not {getattr(self, name)!r}.")
        if not self.tol >= 0:
            raise ParameterError(f"tol is not negative, unlike {self.tol!r}.")

    def why_not(self, game: object) -> str:
        """Why this solver does not take `game`; empty when it does."""
        return "" if isinstance(game, GameTree) else f"BackwardInduction takes game trees, not a {type(game).__name__}."

    def run(self, game: GameTree) -> TreeSolution:
        """Find them all, or as many as the limits allow."""
        watch = Watch(self.deadline, self.limit)
        if game.is_perfect_information:
            return self._without_doubt(game)
        return self._with_doubt(game, watch)

    def _is_exact(self, tree: GameTree) -> bool:
        if self.exact is not None:
            return self.exact
        whole = bool((tree.payoffs == np.round(tree.payoffs)).all())
        return tree.n_nodes <= _SMALL and (whole or tree.is_rational)

    def _room(self, tree: GameTree) -> int:
        return max(1, min(self.limit, _MOST_NUMBERS // max(1, int(tree.action_offset[-1]))))

    def _without_doubt(self, tree: GameTree) -> TreeSolution:
        exact = self._is_exact(tree) and tree.n_nodes <= 10 * _SMALL
        rolled = RollBack(tree, exact=exact, tol=self.tol, most=self.most_payoffs)
        room = min(self._room(tree), 1 + _MOST_STEPS // tree.n_nodes)
        equilibria = []
        for choices in rolled.profiles(room):
            flat = np.zeros(int(tree.action_offset[-1]))
            flat[tree.action_offset[:-1] + choices] = 1.0
            proof = tuple(Fraction(int(v)) for v in flat) if self.exact else None
            equilibria.append(certified(tree, flat, tol=1e-9, exact=proof))
        notes = []
        if rolled.count > 1:
            notes.append("actions tie: pure equilibria are listed; mixtures over tied actions lie between them")
        if rolled.truncated:
            notes.append(f"a node has more than {self.most_payoffs:,} payoffs of equilibria: the others were dropped")
        count = None if rolled.count >= MOST or rolled.truncated else rolled.count
        if count is None and not rolled.truncated:
            notes.append("more than 4.6e18 equilibria")
        cut = count is None or count > len(equilibria)
        payoffs = np.array([[float(v) for v in e.payoff] for e in rolled.table(0)])
        return TreeSolution(
            tree, tuple(equilibria), self, Status.LIMIT if cut else Status.COMPLETE, not cut, tuple(notes),
            distinct(payoffs), count, rolled.optimal(),
        )  # fmt: skip

    def _with_doubt(self, tree: GameTree, watch: Watch) -> TreeSolution:
        exact = self._is_exact(tree)
        work = Decomposition(tree, exact, self._room(tree), self.most_payoffs, self.max_plans, watch, self.tol)
        found = work.run()
        equilibria: list[BehaviourEquilibrium] = []
        optimal = np.zeros(int(tree.action_offset[-1]), dtype=np.bool_)
        for part in (part for group in found for part in group.parts):
            flat = as_flat(tree, joined(part), exact=exact)
            optimal |= flat.astype(np.float64) > 0
            if len(equilibria) < work.limit:
                proof = tuple(flat.tolist()) if self.exact else None
                equilibria.append(certified(tree, flat, tol=1e-9, exact=proof))
        count = sum(group.ways for group in found)
        cut = count > len(equilibria)
        status = work.stopped or (Status.LIMIT if cut else Status.COMPLETE)
        complete = work.complete and not cut
        if not found and complete:
            status = Status.COMPLETE
        payoffs = np.array([[float(v) for v in group.payoff] for group in found]).reshape(len(found), tree.n_players)
        return TreeSolution(
            tree, tuple(equilibria), self, status, complete, tuple(work.notes), distinct(payoffs),
            count if work.complete else None, None if cut else optimal,
        )  # fmt: skip


def for_tree(tree: GameTree) -> BackwardInduction:
    """What `solve` uses for trees."""
    return BackwardInduction()
