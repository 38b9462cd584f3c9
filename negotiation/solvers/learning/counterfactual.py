"""Counterfactual regret minimisation: regret matching at every information set of a tree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation.arrays import Array, IntArray, read_only
from negotiation.errors import ParameterError, WrongTypeError
from negotiation.games.tree import GameTree
from negotiation.games.tree_arrays import CHANCE, LEAF
from negotiation.solvers.limits import Watch
from negotiation.solvers.result import Status
from negotiation.solvers.trees.behaviour import node_values, regrets
from negotiation.solvers.trees.result import BehaviourEquilibrium, TreeSolution, frozen_row

if TYPE_CHECKING:
    import pandas as pd

# Nodes passed between two looks at the clock, about a tenth of a second.
_AT_ONCE = 20_000_000


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CounterfactualSolution(TreeSolution):
    """What counterfactual regret minimisation found: one profile, with its regret and how it fell; see `TreeSolution`.

    Parameters
    ----------
    iterations : int
    checked : ndarray of int, shape (C,)
        Iterations after which regrets were measured.
    exploitability : ndarray, shape (C,)
        The sum of all players' regrets then, by best replies, in the tree's unit: in zero-sum games, how much the profile
        loses to the worst opponents in all.
    bound : float
        What the exploitability cannot exceed in a two-player zero-sum game, from the regrets left at information sets
        (vanilla), or from the number of iterations (plus).
    regrets : ndarray, shape (C, N)
        What each player could then gain by a best reply, in the tree's unit.
    """

    iterations: int = 0
    checked: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    exploitability: Array = field(default_factory=lambda: np.zeros(0))
    bound: float = float("nan")
    regrets: Array = field(default_factory=lambda: np.zeros((0, 0)))

    def history(self) -> pd.DataFrame:
        """How the exploitability fell: one row a check."""
        import pandas as pd

        columns = {f"regret of {name}": self.regrets[:, i] for i, name in enumerate(self.game.players)}
        return pd.DataFrame({"iterations": self.checked, "exploitability": self.exploitability, **columns})


@dataclass(frozen=True, slots=True)
class CounterfactualRegret:
    """Counterfactual regret minimisation: an equilibrium of large two-player zero-sum trees, as nearly as there is time for.

    Parameters
    ----------
    iterations : int
        At most.
    plus : bool
        CFR+: forget negative regrets, let players take turns, and weigh later strategies more; otherwise vanilla CFR.
    target : float
        Stop when the sum of regrets is at most this share of the payoff range; looked at after 1, 2, 4, … iterations.
    deadline : float, optional
        Seconds.

    Notes
    -----
    In a two-player zero-sum game the mean strategies approach an equilibrium; in others only the outcomes played approach a
    coarse correlated one, so the solution's regret, always measured by best replies, may stay large. Cost an iteration:
    ``O(T N)`` in compiled loops, a microsecond or so for Kuhn poker; memory ``O(T)``. The same tree gives the same answer.

    References
    ----------
    Zinkevich, M., Johanson, M., Bowling, M., Piccione, C. (2007). Regret minimization in games with incomplete information. NIPS
    20, 1729-1736.
    Tammelin, O., Burch, N., Johanson, M., Bowling, M. (2015). Solving heads-up limit Texas hold'em. IJCAI, 645-652.

    Examples
    --------
    >>> from negotiation import GameTree, decision, leaf, solve
    >>> guess = decision("B", {"left": leaf(3, -3), "right": leaf(-1, 1)}, infoset="b")
    >>> other = decision("B", {"left": leaf(-1, 1), "right": leaf(1, -1)}, infoset="b")
    >>> hide = GameTree(decision("A", {"left": guess, "right": other}, infoset="a"), players=("A", "B"))
    >>> solve(hide, CounterfactualRegret(2000)).equilibria[0].behaviour["a"].round(2).tolist()
    [0.33, 0.67]
    """

    iterations: int = 1000
    plus: bool = True
    target: float = 0.0
    deadline: float | None = None

    def __post_init__(self) -> None:
        if isinstance(self.iterations, bool) or not isinstance(self.iterations, int) or self.iterations < 1:
            raise ParameterError(f"iterations is {self.iterations!r}; it must be a whole number of at least 1.")
        if not 0 <= self.target < 1:
            raise ParameterError(
                f"target is {self.target!r}; it must be at least 0 and below 1, a share of the payoff range."
            )
        if not isinstance(self.plus, bool | np.bool_):
            raise WrongTypeError(f"plus is {self.plus!r}; it must be True (CFR+) or False (CFR).")
        Watch(self.deadline)

    def why_not(self, game: Any) -> str:
        """See `Solver.why_not`."""
        if not isinstance(game, GameTree):
            return f"counterfactual regrets are of trees, not of a {type(game).__name__}; see regret_matching."
        return "" if game.n_infosets else "nobody moves in this tree but chance."

    def run(self, game: GameTree) -> CounterfactualSolution:
        """Iterate until the target, the deadline, Ctrl-C or the last iteration."""
        books = _Books(game, self.plus)
        books.advance(0)  # compiles, which is not held against the deadline
        watch = Watch(self.deadline)
        checked: list[int] = []
        found: list[Array] = []
        status = Status.LIMIT
        goal = self.target * float(np.ptp(game.payoffs[game.player == LEAF]))
        try:
            while books.done < self.iterations:
                look = 1 << books.done.bit_length()  # the next power of two
                books.advance(min(look, books.done + books.at_once, self.iterations))
                if books.done in (look, self.iterations):
                    checked.append(books.done)
                    found.append(books.regrets())
                    if self.target and found[-1].sum() <= goal:
                        status = Status.FOUND
                        break
                if watch.is_over() and books.done < self.iterations:
                    status = Status.DEADLINE
                    break
        except KeyboardInterrupt:
            status = Status.INTERRUPTED
        if not checked or checked[-1] != books.done:
            checked.append(books.done)
            found.append(books.regrets())
        return self._solution(game, books, status, np.array(checked), np.maximum(found, 0.0))

    def _solution(
        self, game: GameTree, books: _Books, status: Status, checked: IntArray, found: Array
    ) -> CounterfactualSolution:
        mean, exploitability = books.mean(), found.sum(axis=1)
        pays = node_values(game, mean)[0]
        worst = float(found[-1].max())
        name = "CFR+" if self.plus else "CFR"
        notes = [
            f"{name}: an approximate equilibrium after {books.done:,} iterations, regrets sum to {exploitability[-1]:.2g}."
        ]
        if not game.is_constant_sum:
            notes.append("the game is not two-player zero-sum: mean strategies need not approach an equilibrium.")
        one = BehaviourEquilibrium(game, frozen_row(mean), read_only(pays), worst)
        return CounterfactualSolution(
            game, (one,), self, status, False, tuple(notes), payoff_set=read_only(pays[None]), iterations=books.done,
            checked=read_only(checked, np.int64), exploitability=read_only(exploitability), bound=books.bound(),
            regrets=read_only(found),
        )  # fmt: skip


class _Books:
    """Regrets and mean strategies, one number an action of an information set."""

    def __init__(self, tree: GameTree, plus: bool) -> None:
        self.tree, self.plus, self.done = tree, bool(plus), 0
        offset = tree.action_offset
        self.starts, self.sizes = offset[:-1], np.diff(offset)
        self.owed = np.zeros(int(offset[-1]))
        self.sums = np.zeros(int(offset[-1]))
        self.mover = np.where(np.arange(tree.n_nodes) > 0, tree.player[tree.parent], CHANCE).astype(np.int64)
        self.at_once = max(1, _AT_ONCE // (tree.n_nodes * tree.n_players))

    def advance(self, upto: int) -> None:
        """Do iterations until so many are done: all players at once (vanilla), or one after another (plus)."""
        from negotiation.solvers.kernels.counterfactual import iterate

        tree = self.tree
        iterate(
            tree.parent, self.mover, tree.edge_action, tree.edge_prob, tree.payoffs, tree.infoset_player,
            tree._flat.infoset_first, tree.action_offset, self.owed, self.sums, self.done + 1, upto + 1, self.plus,
        )  # fmt: skip
        self.done = upto

    def mean(self) -> Array:
        """The mean strategy, weighted by how likely its owner gets there."""
        return self._shares(self.sums)

    def _shares(self, weights: Array) -> Array:
        totals = np.repeat(np.add.reduceat(weights, self.starts), self.sizes)
        even = np.repeat(1 / self.sizes, self.sizes)
        return np.where(totals > 0, weights / np.where(totals > 0, totals, 1.0), even)

    def regrets(self) -> Array:
        """Of the mean strategies, by best replies, (N,)."""
        mean = self.mean()
        return np.asarray(regrets(self.tree, mean, node_values(self.tree, mean)[0]), dtype=np.float64)

    def bound(self) -> float:
        """On the sum of regrets in two-player zero-sum games."""
        if not self.done:
            return float("inf")
        if not self.plus:
            left = np.maximum.reduceat(np.maximum(self.owed, 0.0), self.starts)
            return float(left.sum()) / self.done
        leaves = self.tree.payoffs[self.tree.player == LEAF]
        spans = np.ptp(leaves, axis=0)[self.tree.infoset_player]
        return 2 * float((spans * np.sqrt(self.sizes)).sum()) / float(np.sqrt(self.done))
