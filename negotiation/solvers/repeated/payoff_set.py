"""Which payoffs can patience sustain? The subgame-perfect payoff set of two-player repeated games."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from negotiation.arrays import Array, read_only
from negotiation.errors import ParameterError
from negotiation.games.repeated import RepeatedGame
from negotiation.solvers.limits import Watch
from negotiation.solvers.repeated.payoff_set_result import Decomposition, PayoffSet
from negotiation.solvers.repeated.polygon import beyond, outside
from negotiation.solvers.result import Status

_CHUNK = 200  # steps between two looks at the clock
_SHRINKS = (1e-11, 1e-9, 1e-7, 1e-5, 1e-3, 1e-2)  # tried for the inner polygon, shares of the set


class Flat(NamedTuple):
    """The stage game, one row an action profile: payoffs and best deviation gains, (A, 2); patience (2,); pure minmax (2,)."""

    payoffs: Array
    gains: Array
    deltas: Array
    minmax: Array


@dataclass(frozen=True, slots=True)
class AbreuSannikov:
    """All subgame-perfect payoffs of a two-player repeated game, in pure actions with public randomisation.

    Parameters
    ----------
    tol : float
        The iteration rests when nothing moves by more than this, relative to the payoff range.
    max_steps : int
        The most steps of the operator.
    deadline : float, optional
        Seconds.

    Notes
    -----
    A payoff ``v`` is decomposed by an action profile ``a`` and a continuation ``w`` in the set if
    ``v_i = (1-δ_i) g_i(a) + δ_i w_i`` and ``(1-δ_i) h_i(a) ≤ δ_i (w_i - p_i)``, ``h_i`` the gain of the best deviation and
    ``p_i`` the worst payoff in the set. The equilibrium payoffs are the largest set all of whose points are decomposed by it.
    With equal patience each step keeps of an action only its own payoff, where the condition is slack, and the ends of the
    binding lines, so that few points remain (Abreu and Sannikov). With unequal patience players trade over time and payoffs
    outside the hull of the stage game can arise (Lehrer and Pauzner); each step keeps all corners (Abreu, Pearce, Stacchetti).

    The steps come from outside: every polygon on the way contains the set, and an empty one proves that nothing is sustained.
    From inside, every vertex is decomposed again, with its error, and a polygon a little smaller is sought of which all points
    are decomposed with room for rounding.

    Cost: a step takes time as the number of action profiles times the number of vertices; steps grow as ``1 / (1-δ)`` at worst.

    References
    ----------
    Abreu, D., Pearce, D., Stacchetti, E. (1990). Toward a theory of discounted repeated games with imperfect monitoring.
    Econometrica 58, 1041-1063.
    Abreu, D., Sannikov, Y. (2014). An algorithm for two-player repeated games with perfect monitoring. Theoretical
    Economics 9, 313-338.
    Judd, K. L., Yeltekin, S., Conklin, J. (2003). Computing supergame equilibria. Econometrica 71, 1239-1254.
    Lehrer, E., Pauzner, A. (1999). Repeated games with differential time preferences. Econometrica 67, 393-412.

    Examples
    --------
    >>> import negotiation as ng
    >>> dilemma = ng.NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    >>> ng.solve(ng.RepeatedGame(dilemma, 0.2)).vertices
    array([[1., 1.]])
    >>> ng.solve(ng.RepeatedGame(dilemma, 0.5)).contains([3, 3])
    True
    """

    tol: float = 1e-12
    max_steps: int = 100_000
    deadline: float | None = None

    def __post_init__(self) -> None:
        if not 0 < self.tol < 1:
            raise ParameterError(f"tol={self.tol!r}; a share of the payoff range between 0 and 1, such as 1e-12.")
        if isinstance(self.max_steps, bool) or not isinstance(self.max_steps, int) or self.max_steps < 1:
            raise ParameterError(f"max_steps={self.max_steps!r}; at least one step.")
        Watch(self.deadline)

    def why_not(self, game: Any) -> str:
        """See `Solver.why_not`."""
        if not isinstance(game, RepeatedGame):
            return f"AbreuSannikov solves repeated games, not a {type(game).__name__}."
        if game.n_players != 2:
            return (
                f"the payoff set is computed for two players, not {game.n_players}; feasible_payoffs(stage) and "
                "check_automata(game, ...) take any number."
            )
        return ""

    def run(self, game: RepeatedGame) -> PayoffSet:
        """See `Solver.run`."""
        flat, scale = flattened(game), float(np.ptp(game.stage.payoffs)) or 1.0
        polygon, least, steps, status = self._iterated(flat, scale, game.is_equally_patient)
        proofs = tuple(_decomposed(v, polygon, least, flat, game.stage.shape) for v in polygon)
        inner, gap = _inner(polygon, least, flat, game, scale) if len(polygon) else (polygon, 0.0)
        notes = [] if np.isfinite(gap) else ["no polygon inside was proved without error; see error"]
        if status is not Status.COMPLETE:
            notes.append("stopped early: the vertices contain the set, which may be smaller, or empty")
        return PayoffSet(
            game, read_only(polygon), read_only(least), proofs, read_only(inner), gap, self, status, steps, tuple(notes)
        )

    def _iterated(self, flat: Flat, scale: float, is_alike: bool) -> tuple[Array, Array, int, Status]:
        """Steps from outside until nothing moves."""
        from negotiation.solvers.kernels.self_generation import hull, iterate

        watch, slack = Watch(self.deadline), 1e-13 * scale
        polygon = hull(flat.payoffs if is_alike else _box(flat.payoffs), slack)
        least, steps = flat.minmax, 0
        try:
            while steps < self.max_steps:
                n = min(_CHUNK, self.max_steps - steps)
                polygon, least, made, change = iterate(
                    polygon,
                    least,
                    *flat[:3],
                    is_alike=is_alike,
                    is_fixed=False,
                    slack=slack,
                    tol=self.tol * scale,
                    n_steps=n,
                )
                steps += made
                if len(polygon) == 0 or change <= self.tol * scale:
                    return polygon, least, steps, Status.COMPLETE
                if watch.is_over():
                    return polygon, least, steps, Status.DEADLINE
        except KeyboardInterrupt:
            return polygon, least, steps, Status.INTERRUPTED
        return polygon, least, steps, Status.LIMIT


def flattened(game: RepeatedGame) -> Flat:
    """The stage game as rows of action profiles."""
    a, b = game.stage.payoffs
    best = np.stack([np.broadcast_to(a.max(axis=0), a.shape), np.broadcast_to(b.max(axis=1)[:, None], b.shape)])
    rows = game.stage.payoffs.reshape(2, -1).T
    minmax = np.array([a.max(axis=0).min(), b.max(axis=1).min()])
    return Flat(rows.copy(), best.reshape(2, -1).T - rows, game.discount_factors.copy(), minmax)


def _box(payoffs: Array) -> Array:
    low, high = payoffs.min(axis=0), payoffs.max(axis=0)
    return np.array([[low[0], low[1]], [high[0], low[1]], [high[0], high[1]], [low[0], high[1]]])


def _decomposed(vertex: Array, polygon: Array, least: Array, flat: Flat, shape: tuple[int, ...]) -> Decomposition:
    """The action profile whose decomposition of a vertex fails least: not at all, up to rounding."""
    continuations = (vertex - (1 - flat.deltas) * flat.payoffs) / flat.deltas
    slacks = flat.deltas * (continuations - least) - (1 - flat.deltas) * flat.gains
    violations = np.maximum(outside(polygon, continuations), np.maximum(-slacks, 0.0).max(axis=1))
    best = int(violations.argmin())
    actions = tuple(int(k) for k in np.unravel_index(best, shape))
    w, s = continuations[best], slacks[best]
    return Decomposition(actions, (float(w[0]), float(w[1])), (float(s[0]), float(s[1])), float(violations[best]))


def _inner(polygon: Array, least: Array, flat: Flat, game: RepeatedGame, scale: float) -> tuple[Array, float]:
    """A polygon that generates itself with room for rounding, and how far the set reaches beyond it."""
    nash = flat.payoffs[(flat.gains <= 0).all(axis=1)]
    if len(nash) and _reach(polygon, nash) <= 1e-12 * scale:
        return _hulled(nash, scale), 0.0  # playing equilibria of the stage game is self-enforcing at any patience
    if len(polygon) >= 3:
        for share in _SHRINKS:
            for candidate in (polygon, _with_punishments(polygon, least + share * scale, flat, game, scale)):
                if len(candidate) < 3:
                    continue
                centre = candidate.mean(axis=0)
                smaller = centre + (1 - share * (1.0 if candidate is polygon else 0.01)) * (candidate - centre)
                if generates_itself(smaller, flat, room=1e-15 * scale):
                    return smaller, float(outside(smaller, polygon).max())
    return (_hulled(nash, scale), _reach(polygon, nash)) if len(nash) else (polygon[:0], np.inf)


def _with_punishments(polygon: Array, least: Array, flat: Flat, game: RepeatedGame, scale: float) -> Array:
    """What can be sustained by punishments a little milder than the worst: a set with room in it."""
    from negotiation.solvers.kernels.self_generation import iterate

    milder: Array = iterate(
        polygon, least, *flat[:3], is_alike=game.is_equally_patient, is_fixed=True, slack=1e-14 * scale, tol=1e-14 * scale,
        n_steps=_CHUNK,
    )[0]  # fmt: skip
    return milder


def generates_itself(polygon: Array, flat: Flat, *, room: float) -> bool:
    """Whether every corner lies inside what the polygon generates, by at least `room`: then all of it is sustained."""
    from negotiation.solvers.kernels.self_generation import hull, self_generation_step

    points = self_generation_step(polygon, polygon.min(axis=0), flat.payoffs, flat.gains, flat.deltas, 0.0)
    if len(points) < 3:
        return False
    generated = hull(points, 0.0)
    return len(generated) >= 3 and bool((beyond(generated, polygon) <= -room).all())


def _reach(polygon: Array, points: Array) -> float:
    """How far a polygon reaches beyond the hull of points."""
    return float(outside(_hulled(points, 1.0), polygon).max())


def _hulled(points: Array, scale: float) -> Array:
    from negotiation.solvers.kernels.self_generation import hull

    corners: Array = hull(np.ascontiguousarray(points), 1e-15 * scale)
    return corners
