"""Choosing among equilibria, and saying why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from negotiation.arrays import Array, BoolArray
from negotiation.errors import SolverMismatchError, UnknownNameError, WrongTypeError
from negotiation.games.normal_form import NormalFormGame
from negotiation.solvers.refinement import is_perfect, is_quasi_strict, is_strict
from negotiation.solvers.result import Equilibrium, Solution, describe_strategy
from negotiation.solvers.scale import payoff_ranges

Chosen = tuple[list[int], str]


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """The equilibria that a criterion keeps; ties keep all.

    Parameters
    ----------
    solution : Solution
        What was chosen from.
    by : tuple of str
        The criteria, in the order applied.
    indices : tuple of int
        Positions in ``solution.equilibria``; empty when nothing meets the criteria.
    reason : str
        Why these.
    notes : tuple of str
        What the choice depends on.
    """

    solution: Solution
    by: tuple[str, ...]
    indices: tuple[int, ...]
    reason: str
    notes: tuple[str, ...] = ()

    @property
    def equilibria(self) -> tuple[Equilibrium, ...]:
        """The equilibria kept."""
        return tuple(self.solution.equilibria[k] for k in self.indices)

    def __len__(self) -> int:
        return len(self.indices)

    def __str__(self) -> str:
        game = self.solution.game
        lines = [f"{len(self)} of {len(self.solution)} equilibria by {', then '.join(self.by)}: {self.reason}"]
        for k in self.indices[:20]:
            e = self.solution.equilibria[k]
            parts = (
                f"{name} {describe_strategy(p, own)} → {v:g}"
                for name, p, own, v in zip(game.players, e.profile, game.actions, e.payoffs, strict=True)
            )
            lines.append(f"  {k}: {'; '.join(parts)}")
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__


def select(solution: Solution, by: str | Sequence[str] = "payoff_dominance", *, tol: float = 1e-9) -> Selection:
    """Choose among the equilibria of a solution.

    Parameters
    ----------
    solution : Solution
    by : str or sequence of str
        One criterion, or several applied one after another, each to what the one before kept:

        - ``"payoff_dominance"``: not Pareto-dominated by another equilibrium;
        - ``"risk_dominance"``: strict equilibria of two-player games with the larger product of deviation losses, pair
          by pair in the 2 × 2 game that the two span (Harsanyi and Selten's definition for 2 × 2 games);
        - ``"perfect"``, ``"strict"``, ``"quasi_strict"``, ``"pure"``: those that are;
        - ``"welfare"``: largest sum of payoffs; ``"fairest"``: largest payoff of whoever gets least.
    tol : float
        Differences within `tol` times the player's payoff range are ties.

    Returns
    -------
    Selection
        With `indices`, `equilibria` and the `reason`.

    Raises
    ------
    UnknownNameError
        No such criterion.
    SolverMismatchError
        Risk dominance with other than two players, or perfection left open for three or more.

    References
    ----------
    Harsanyi, J., Selten, R. (1988). A General Theory of Equilibrium Selection in Games. MIT Press, chapters 3 and 5.

    Examples
    --------
    >>> import negotiation as ng
    >>> found = ng.solve(NormalFormGame([[[9, 0], [8, 7]], [[9, 8], [0, 7]]]), ng.PureEnumeration())
    >>> [select(found, by).equilibria[0].payoffs.tolist() for by in ("payoff_dominance", "risk_dominance")]
    [[9.0, 9.0], [7.0, 7.0]]
    """
    if not isinstance(solution, Solution):
        raise WrongTypeError(f"select takes a Solution, as solve returns it, not a {type(solution).__name__}.")
    steps = (by,) if isinstance(by, str) else tuple(by)
    kept, reasons = list(range(len(solution))), []
    for name in steps:
        if name not in _CRITERIA:
            raise UnknownNameError("selection criterion", name, _CRITERIA)
        if kept:
            choice, reason = _CRITERIA[name](solution.game, [solution.equilibria[k] for k in kept], tol)
            kept = [kept[c] for c in choice]
            reasons.append(reason)
    return Selection(solution, steps, tuple(kept), "; ".join(reasons) or "nothing to choose from", _notes(solution))


def _notes(solution: Solution) -> tuple[str, ...]:
    notes = []
    if not solution.complete:
        notes.append("chosen among the equilibria found, which are not known to be all")
    if any(not part.is_point for part in solution.components):
        notes.append("the game is degenerate: only extreme equilibria were compared, not the mixtures between them")
    return tuple(notes)


def _payoff_dominance(game: NormalFormGame, equilibria: list[Equilibrium], tol: float) -> Chosen:
    """Keep what no other equilibrium Pareto-dominates."""
    U = _payoffs(game, equilibria)
    better: BoolArray = np.all(U[:, None] >= U - tol, axis=2) & np.any(U[:, None] > U + tol, axis=2)
    kept = [k for k in range(len(U)) if not better[:, k].any()]
    rest = [k for k in range(len(U)) if k not in kept]
    if all(better[k, r] for k in kept for r in rest) and (rest or len(kept) == 1):
        return kept, "pays everybody at least as much as any other equilibrium, and somebody more"
    return kept, "no equilibrium pays everybody at least as much as these and somebody more"


def _risk_dominance(game: NormalFormGame, equilibria: list[Equilibrium], tol: float) -> Chosen:
    """Keep strict equilibria that no other strict one risk-dominates, pair by pair."""
    if game.n_players != 2:
        raise SolverMismatchError(f"risk dominance is defined here for two players; this game has {game.n_players}.")
    strict = [k for k, e in enumerate(equilibria) if is_strict(game, e.profile, tol)]
    if not strict:
        return list(range(len(equilibria))), "risk dominance compares strict equilibria, and there is none"
    cells = [(int(equilibria[k].profile[0].argmax()), int(equilibria[k].profile[1].argmax())) for k in strict]
    products = {(s, t): _loss_product(game, s, t) for s in cells for t in cells if s != t}
    beaten = {t for (s, t), loss in products.items() if loss > products[t, s] * (1 + tol)}
    kept = [k for k, cell in zip(strict, cells, strict=True) if cell not in beaten]
    if len(strict) == 1:
        return kept, "the only strict equilibrium"
    if not kept:
        return kept, "every strict equilibrium is risk-dominated by another: the relation runs in a circle"
    least = min((products[s, t] for k, s in zip(strict, cells, strict=True) if k in kept for t in cells if t != s))
    return (
        kept,
        f"its product of deviation losses is at least that of every other strict equilibrium ({least:g} or more)",
    )


def _loss_product(game: NormalFormGame, s: tuple[int, int], t: tuple[int, int]) -> float:
    """What both players lose together by leaving s for their part in t alone, each over its payoff range."""
    A, B = game.payoffs
    ranges = np.where(payoff_ranges(game) > 0, payoff_ranges(game), 1.0)
    row = (A[s] - A[t[0], s[1]]) / ranges[0]
    column = (B[s] - B[s[0], t[1]]) / ranges[1]
    return float(row * column)


def _with(test: Callable[[NormalFormGame, Equilibrium, float], bool], name: str) -> Callable[..., Chosen]:
    """A criterion that keeps the equilibria which pass a test."""

    def keep(game: NormalFormGame, equilibria: list[Equilibrium], tol: float) -> Chosen:
        kept = [k for k, e in enumerate(equilibria) if test(game, e, tol)]
        return kept, f"{name}" if kept else f"none is {name}"

    return keep


def _largest(score: Callable[[Array], Array], name: str) -> Callable[..., Chosen]:
    """A criterion that keeps the equilibria with the largest score."""

    def keep(game: NormalFormGame, equilibria: list[Equilibrium], tol: float) -> Chosen:
        scores = score(np.array([e.payoffs for e in equilibria]))
        slack = tol * float(payoff_ranges(game).max())
        kept = [int(k) for k in np.flatnonzero(scores >= scores.max() - slack)]
        return kept, f"{name} {scores.max():g}"

    return keep


def _payoffs(game: NormalFormGame, equilibria: list[Equilibrium]) -> Array:
    """Payoffs over each player's payoff range, shape (E, N)."""
    ranges = payoff_ranges(game)
    return np.array([e.payoffs for e in equilibria]) / np.where(ranges > 0, ranges, 1.0)


_CRITERIA: dict[str, Callable[[NormalFormGame, list[Equilibrium], float], Chosen]] = {
    "payoff_dominance": _payoff_dominance,
    "risk_dominance": _risk_dominance,
    "perfect": _with(lambda game, e, tol: is_perfect(game, e.profile, tol), "trembling-hand perfect"),
    "strict": _with(lambda game, e, tol: is_strict(game, e.profile, tol), "strict"),
    "quasi_strict": _with(lambda game, e, tol: is_quasi_strict(game, e.profile, tol), "quasi-strict"),
    "pure": _with(lambda game, e, tol: e.is_pure, "pure"),
    "welfare": _largest(lambda payoffs: payoffs.sum(axis=1), "largest sum of payoffs,"),
    "fairest": _largest(lambda payoffs: payoffs.min(axis=1), "largest least payoff,"),
}
