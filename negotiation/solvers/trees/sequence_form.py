"""The sequence form of a two-player tree: a linear programme for constant-sum games, Lemke's method for the others."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from negotiation.arrays import IntArray
from negotiation.games.tree import GameTree, player_sequences
from negotiation.games.tree_arrays import LEAF
from negotiation.solvers.limits import Watch
from negotiation.solvers.result import Status
from negotiation.solvers.trees.behaviour import exact_regret, flow_down, through
from negotiation.solvers.trees.certify import certified, spread
from negotiation.solvers.trees.fill import filled
from negotiation.solvers.trees.lemke import lemke
from negotiation.solvers.trees.result import TreeSolution

Numbers = npt.NDArray[Any]
_MOST_PIVOTED = 600  # sequences up to which Lemke's tableau is kept in memory
_SMALL = 120  # sequences and information sets up to which integers are quick


class Sequences(NamedTuple):
    """One player's sequences: local numbers, 0 before its first move.

    ``sets`` are its information sets, ``before`` (their last own sequences), ``moves`` the first sequence of each.
    """

    player: int
    sets: list[int]
    before: list[int]
    moves: list[int]
    widths: list[int]
    local: IntArray  # from the numbers of `player_sequences` to these

    @property
    def size(self) -> int:
        """How many sequences."""
        return 1 + sum(self.widths)

    def constraints(self) -> Numbers:
        """What makes a realization plan: ``E x = (1, 0, …)``, shape (1 + sets, size)."""
        out = np.zeros((1 + len(self.sets), self.size), dtype=np.int64)
        out[0, 0] = 1
        for r, (b, m, w) in enumerate(zip(self.before, self.moves, self.widths, strict=True), start=1):
            out[r, b] -= 1
            out[r, m : m + w] += 1
        return out


def sequences_of(tree: GameTree, player: int) -> Sequences:
    """Number a player's sequences."""
    own = np.flatnonzero(tree.infoset_player == player).tolist()
    offset = tree.action_offset
    widths = [int(offset[k + 1] - offset[k]) for k in own]
    moves = [1 + sum(widths[:m]) for m in range(len(own))]
    local = np.zeros(tree.n_players + int(offset[-1]), dtype=np.int64)
    for k, m, w in zip(own, moves, widths, strict=True):
        local[tree.n_players + offset[k] : tree.n_players + offset[k] + w] = np.arange(m, m + w)
    numbers = player_sequences(tree)[:, player]
    before = [int(local[numbers[tree._flat.infoset_first[k]]]) for k in own]
    return Sequences(player, own, before, moves, widths, local)


def payoff_matrices(tree: GameTree, one: Sequences, two: Sequences, *, exact: bool) -> tuple[Numbers, Numbers, Numbers]:
    """Payoffs of both by pairs of sequences, and the probability with which chance lets leaves be reached, (m, n) each."""
    odds = tree.exact_edge_prob if exact else tree.edge_prob
    payoffs = tree.exact_payoffs if exact else tree.payoffs
    ones = np.full(int(tree.action_offset[-1]), Fraction(1) if exact else 1.0, dtype=object if exact else np.float64)
    weights = flow_down(tree, through(tree, ones, odds))
    leaves = np.flatnonzero(tree.player == LEAF)
    numbers = player_sequences(tree)[leaves]
    at = (one.local[numbers[:, one.player]], two.local[numbers[:, two.player]])
    out = []
    for values in (payoffs[leaves, one.player], payoffs[leaves, two.player], Fraction(1) if exact else 1.0):
        table = np.zeros((one.size, two.size), dtype=object if exact else np.float64)
        np.add.at(table, at, weights[leaves] * values)
        out.append(table)
    return out[0], out[1], out[2]


@dataclass(frozen=True, slots=True)
class SequenceForm:
    """One equilibrium of a two-player tree without listing plans: linear in the tree where plans are exponential.

    Parameters
    ----------
    method : {"auto", "lp", "lemke"}
        A linear programme (constant-sum games only; fast, and gives the value) or Lemke's method on the linear complementarity
        problem (any game of two players). ``"auto"`` takes the programme where it can.
    exact : bool, optional
        Work in integers and verify the answer in rationals. Unless said, where the tree was given in rationals that floats would
        round, and is small; and where floats fail on a small tree.
    deadline : float, optional
        Give up after this many seconds.
    tol : float
        What regret counts as none, relative to the payoff range.

    References
    ----------
    Koller, D., Megiddo, N., von Stengel, B. (1996). Efficient computation of equilibria for extensive two-person games. Games
    and Economic Behavior 14, 247-259.
    von Stengel, B. (1996). Efficient computation of behavior strategies. Games and Economic Behavior 14, 220-246.

    Examples
    --------
    >>> from negotiation import GameTree, decision, leaf, solve
    >>> guess = decision("B", {"left": leaf(1, -1), "right": leaf(-1, 1)}, infoset="b")
    >>> other = decision("B", {"left": leaf(-1, 1), "right": leaf(1, -1)}, infoset="b")
    >>> hide = GameTree(decision("A", {"left": guess, "right": other}, infoset="a"), players=("A", "B"))
    >>> solve(hide, SequenceForm()).equilibria[0].behaviour["a"]
    array([0.5, 0.5])
    """

    method: str = "auto"
    exact: bool | None = None
    deadline: float | None = 30.0
    tol: float = 1e-9

    def __post_init__(self) -> None:
        from negotiation.errors import ParameterError

        if self.method not in ("auto", "lp", "lemke"):
            raise ParameterError(f"method must be 'auto', 'lp' or 'lemke', not {self.method!r}.")
        Watch(self.deadline)

    def why_not(self, game: object) -> str:
        """Why this solver does not take `game`; empty when it does."""
        if not isinstance(game, GameTree):
            return f"SequenceForm takes game trees, not a {type(game).__name__}."
        if len(movers(game)) > 2:
            return f"SequenceForm takes trees in which at most two players move; here {len(movers(game))} do."
        if self.method == "lp" and not game.is_constant_sum:
            return "method='lp' takes constant-sum trees of two players; here what one wins the other does not lose."
        return ""

    def run(self, game: GameTree) -> TreeSolution:
        """Find one."""
        watch = Watch(self.deadline)
        one, two = (sequences_of(game, i) for i in two_movers(game))
        size = one.size + two.size + 2 * (2 + len(one.sets) + len(two.sets))
        exact = self.exact if self.exact is not None else game.is_rational and size <= 3 * _SMALL
        if not exact:
            plans = self._in_floats(game, one, two, watch)
            if plans is not None:
                flat = filled(game, (one, two), plans, exact=False)
                found = certified(game, flat, tol=self.tol)
                if found.regret <= self.tol * spread(game):
                    return self._solution(game, (found,), Status.FOUND, self._value_note(game, found.payoffs))
            if size > 3 * _SMALL or self.exact is False:
                status = Status.DEADLINE if watch.is_over() else Status.NONE_FOUND
                return self._solution(
                    game,
                    (),
                    status,
                    ("Lemke's method in floats did not come within the tolerance, or the tree is too large for it",),
                )
        plans = exact_plans(game, one, two, watch)
        if plans is None:
            return self._solution(game, (), Status.DEADLINE if watch.is_over() else Status.NONE_FOUND, ())
        flat = filled(game, (one, two), plans, exact=True)
        if exact_regret(game, flat) != 0:
            raise ArithmeticError("a profile failed its exact check, please report this tree")
        found = certified(game, flat, tol=self.tol, exact=tuple(flat.tolist()))
        notes = ("regret zero was verified in rationals", *self._value_note(game, found.payoffs))
        return self._solution(game, (found,), Status.FOUND, notes)

    def _in_floats(self, tree: GameTree, one: Sequences, two: Sequences, watch: Watch) -> list[Numbers] | None:
        a, _, _ = payoff_matrices(tree, one, two, exact=False)
        if self.method != "lemke" and tree.is_constant_sum and len(movers(tree)) == 2:
            return linear_programme(a, one, two)
        if one.size + two.size > _MOST_PIVOTED:
            return None
        return complementary_plans(tree, one, two, exact=False, watch=watch)

    def _value_note(self, tree: GameTree, payoffs: Any) -> tuple[str, ...]:
        if not tree.is_constant_sum:
            return ()
        return (f"constant-sum: every equilibrium pays {tree.players[0]} {payoffs[0]:.12g}",)

    def _solution(self, tree: GameTree, found: tuple[Any, ...], status: Status, notes: tuple[str, ...]) -> TreeSolution:
        payoffs = np.array([e.payoffs for e in found]).reshape(len(found), tree.n_players)
        return TreeSolution(tree, found, self, status, False, notes, payoffs)


def movers(tree: GameTree) -> list[int]:
    """Players that move somewhere."""
    return sorted(set(tree.infoset_player.tolist()))


def two_movers(tree: GameTree) -> tuple[int, int]:
    """Two players, those that move among them."""
    found = movers(tree)
    found += [i for i in range(tree.n_players) if i not in found]
    return (found[0], found[1]) if len(found) > 1 else (found[0], found[0])


def linear_programme(a: Numbers, one: Sequences, two: Sequences) -> list[Numbers] | None:
    """Maximin realization plans: ``max q_0`` with ``E x = e``, ``F' q ≤ A' x``, ``x ≥ 0``; the other plan is the dual."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, hstack

    e, f = one.constraints(), two.constraints()
    n_duals = f.shape[0]
    scale = float(np.abs(a).max()) or 1.0
    cost = np.zeros(one.size + n_duals)
    cost[one.size] = -1.0
    upper = hstack([csr_array(-a.T / scale), csr_array(f.T.astype(np.float64))])
    equal = hstack([csr_array(e.astype(np.float64)), csr_array((e.shape[0], n_duals))])
    right = np.zeros(e.shape[0])
    right[0] = 1.0
    bounds = [(0, None)] * one.size + [(None, None)] * n_duals
    parts: dict[str, Any] = {"A_ub": upper, "b_ub": np.zeros(two.size), "A_eq": equal, "b_eq": right, "bounds": bounds}
    found: Any = linprog(cost, method="highs", **parts)
    if found.status != 0:
        return None
    return [np.maximum(found.x[: one.size], 0), np.maximum(-found.ineqlin.marginals, 0)]


def exact_plans(tree: GameTree, one: Sequences, two: Sequences, watch: Watch) -> list[Numbers] | None:
    """Realization plans of one equilibrium, in rationals."""
    return complementary_plans(tree, one, two, exact=True, watch=watch)


def complementary_plans(
    tree: GameTree, one: Sequences, two: Sequences, *, exact: bool, watch: Watch
) -> list[Numbers] | None:
    """Realization plans of one equilibrium by Lemke's method; payoffs are first made negative, and whole if exact."""
    a, b, mass = payoff_matrices(tree, one, two, exact=exact)
    negative = [_negative(table, mass, tree, s.player, exact) for table, s in ((a, one), (b, two))]
    if one.player == two.player:  # one player alone: the other has nothing to choose and nothing to win
        two = Sequences(-1, [], [], [], [], two.local)
        negative = [table.sum(axis=1, keepdims=True) for table in negative]
    e, f = one.constraints(), two.constraints()
    sizes = [one.size, two.size, len(e), len(e), len(f), len(f)]
    at = np.concatenate([[0], np.cumsum(sizes)])
    matrix = np.zeros((at[-1], at[-1]), dtype=object if exact else np.float64)

    def put(row: int, column: int, block: Numbers) -> None:
        matrix[at[row] : at[row + 1], at[column] : at[column + 1]] = block

    put(0, 1, -negative[0])
    put(1, 0, -negative[1].T)
    for row, plus, block in ((0, 2, e), (1, 4, f)):
        put(row, plus, block.T)
        put(row, plus + 1, -block.T)
        put(plus, row, -block)
        put(plus + 1, row, block)
    vector = np.zeros(at[-1], dtype=np.int64)
    for start, sign in ((2, 1), (3, -1), (4, 1), (5, -1)):
        vector[at[start]] = sign
    done = lemke(matrix, vector.astype(object if exact else np.float64), exact=exact, watch=watch)
    if done is None:
        return None
    z, scale = done
    plans = [z[at[0] : at[1]], z[at[1] : at[2]]]
    if exact:
        return [np.array([Fraction(int(v), int(scale)) for v in plan], dtype=object) for plan in plans]
    return plans


def _negative(table: Numbers, mass: Numbers, tree: GameTree, player: int, exact: bool) -> Numbers:
    """Payoffs shifted below zero, which changes nobody's choices, and scaled to whole numbers if exact."""
    payoffs = tree.exact_payoffs[:, player] if exact else tree.payoffs[:, player]
    leaves = payoffs[tree.player == LEAF]
    top = max(leaves)
    if not exact:
        span = float(top - min(leaves)) or 1.0
        return np.asarray((table - (float(top) + span) * mass) / span)
    shifted = table - (top + 1) * mass
    factor = math.lcm(*(v.denominator for v in shifted.ravel().tolist() if isinstance(v, Fraction)))
    return np.array([[int(v * factor) for v in row] for row in shifted.tolist()], dtype=object).reshape(shifted.shape)
