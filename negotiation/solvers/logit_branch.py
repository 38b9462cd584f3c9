"""The logit branch of a game: a curve of quantal responses that starts at the centroid, followed by arclength.

Points are log-probabilities, so a probability of 1e-1000 is as harmless as one of 1/2, and the precision is one of the
coordinates, so the curve may turn back. Nothing public lives here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from negotiation.arrays import Array
from negotiation.games.normal_form import NormalFormGame

_BEND = 0.2  # the largest first correction, in log-probabilities or as a share of the precision
_CREEP = 1e-3  # steps this short against the precision are believed to stay on the branch
_ROUNDING = 1e-13  # residuals below this are as good as zero
_STEPS = (1e-10, 8.0)  # the shortest step, and the longest against the precision


class LogitMap:
    """The equations ``log p_ia - log p_ib = λ (u_ia - u_ib)`` and their derivatives, payoffs scaled to range 1.

    One scale serves all players, because they share the precision; `scale` turns a precision per unit of the game
    into one per unit of range by multiplication.
    """

    def __init__(self, game: NormalFormGame) -> None:
        half = [table / 2 - table.min() / 2 for table in game.payoffs]
        peak = max(float(h.max()) for h in half) or 0.5
        self.scale = 2 * peak if np.isfinite(2 * peak) else np.finfo(float).max
        self.shape = game.shape
        self.ends = np.concatenate([[0], np.cumsum(game.shape)])
        self.n = int(self.ends[-1])
        self.parts = [slice(int(a), int(b)) for a, b in zip(self.ends[:-1], self.ends[1:], strict=True)]
        self.owner = np.repeat(np.arange(len(self.shape)), self.shape)
        self._all = np.arange(self.n)
        self._blocks = _pair_tables([h / peak for h in half])
        self._alone = half[0] / peak if len(half) == 1 else None
        self._constant = self._derivatives(np.zeros(self.n)) if len(half) <= 2 else None

    def centroid(self) -> Array:
        """Log-probabilities of uniform play."""
        return np.concatenate([np.full(m, -np.log(m)) for m in self.shape])

    def values(self, p: Array) -> tuple[Array, Array]:
        """What every action pays, shape (n,), and how it moves with every probability, shape (n, n)."""
        du = self._derivatives(p) if self._constant is None else self._constant
        if self._alone is not None:
            return self._alone, du
        # Every pair block times the other's probabilities gives the same values, so their mean does.
        return du @ p / (len(self.shape) - 1), du

    def _derivatives(self, p: Array) -> Array:
        du = np.zeros((self.n, self.n))
        for (i, j, others), table in self._blocks:
            block = table
            for other in others:
                block = block @ p[self.parts[other]]
            du[self.parts[i], self.parts[j]] = block
        return du

    def equations(self, x: Array, lam: float) -> tuple[Array, Array]:
        """Residuals, shape (n,), and their derivatives, shape (n, n + 1), each row scaled by ``1 / (1 + λ)``."""
        p = np.exp(x)
        u, du = self.values(p)
        w = 1 / (1 + abs(lam))
        refs = np.array([own.start + int(x[own].argmax()) for own in self.parts])
        R = refs[self.owner]
        F = w * (x - x[R]) - (lam * w) * (u - u[R])
        F[refs] = np.add.reduceat(p, self.ends[:-1]) - 1
        J = np.empty((self.n, self.n + 1))
        push = (lam * w) * du * p
        J[:, :-1] = push[R] - push
        J[:, -1] = w * (u[R] - u)
        J[self._all, self._all] += w
        J[self._all, R] -= w
        J[refs] = 0
        J[R, self._all] = p
        return F, J

    def logs(self, x: Array) -> Array:
        """Log-probabilities with each player's probabilities summing to one to rounding."""
        shifted = [x[own] - x[own].max() for own in self.parts]
        return np.concatenate([s - np.log(np.exp(s).sum()) for s in shifted])

    def profile(self, x: Array) -> tuple[Array, ...]:
        """Probabilities, each player's summing to one."""
        parts = [np.exp(x[own] - x[own].max()) for own in self.parts]
        return tuple(p / p.sum() for p in parts)


def _pair_tables(tables: list[Array]) -> list[tuple[tuple[int, int, tuple[int, ...]], Array]]:
    """For each ordered pair of players the first one's payoffs, axes: own, the other's, the rest from last to first.

    Copies, so that each contraction is one matrix-vector product: ``N (N - 1)`` payoff tables of memory.
    """
    N, out = len(tables), []
    for i, table in enumerate(tables):
        for j in range(N):
            if j != i:
                rest = tuple(k for k in range(N) if k not in (i, j))
                out.append(((i, j, rest[::-1]), np.ascontiguousarray(table.transpose(i, j, *rest))))
    return out


@dataclass(frozen=True, slots=True, eq=False)
class BranchPoint:
    """A point of the branch: log-probabilities `x`, precision `lam` per range, unit tangent, side of a bifurcation."""

    x: Array
    lam: float
    tangent: Array
    side: float


class Branch:
    """Predictor and corrector along the branch of a `LogitMap`."""

    def __init__(self, equations: LogitMap) -> None:
        self.map = equations

    def start(self) -> BranchPoint:
        """The centroid, looking towards positive precision."""
        ahead = np.zeros(self.map.n + 1)
        ahead[-1] = 1.0
        x = self.map.centroid()
        first = self._point(x, 0.0, ahead, self.map.equations(x, 0.0)[1])
        if first is None:
            raise AssertionError("at λ = 0 the equations are the identity on log-probabilities")
        return first

    def points(self, longest: float = 0.5) -> Iterator[tuple[BranchPoint, BranchPoint, float]]:
        """Segments (from, to, step) of the branch, without end; steps adapt to the bend."""
        at, step = self.start(), 0.1
        while True:
            new = self.ahead(at, step)
            turn = 0.0 if new is None else float(at.tangent @ new.tangent)
            # A jump to another branch shows as a change of side: creep up to it, believe only what persists.
            jumped = new is not None and new.side != at.side and step > _CREEP * (1 + abs(at.lam))
            if new is None or turn < 0.9 or jumped:
                if step < _STEPS[0] * (1 + abs(at.lam)):
                    return
                step *= 0.5 if new is not None else 0.25
                continue
            yield at, new, step
            at = new
            step = min(step * (2.0 if turn > 0.99 else 1.2), longest * (1 + abs(at.lam)) * _STEPS[1])

    def ahead(self, at: BranchPoint, step: float) -> BranchPoint | None:
        """The point of the branch a step away, across the tangent; nothing when Newton does not get there."""
        z = np.append(at.x, at.lam) + step * at.tangent
        before = np.inf
        for _ in range(8):
            if not z[:-1].max() < 1:  # a probability beyond e: far off, and soon beyond floats
                return None
            F, J = self.map.equations(z[:-1], float(z[-1]))
            try:
                move = np.linalg.solve(np.vstack([J, at.tangent]), np.append(-F, 0.0))
            except np.linalg.LinAlgError:
                return None
            size = self._size(move, z)
            if not size < min(_BEND, 0.6 * before) and np.abs(F).max() > _ROUNDING:
                return None
            z += move
            if size < 1e-11 or size >= before:
                break
            before = size
        else:
            if np.abs(F).max() > _ROUNDING:
                return None
        return self._point(z[:-1], float(z[-1]), at.tangent, J) if z[-1] > -1e-9 else None

    def at_precision(self, x: Array, lam: float) -> Array | None:
        """Newton's method with the precision held; nothing when it does not settle close by."""
        x, before = x.copy(), np.inf
        for _ in range(12):
            if not x.max() < 1:
                return None
            F, J = self.map.equations(x, lam)
            try:
                move = np.linalg.solve(J[:, :-1], -F)
            except np.linalg.LinAlgError:
                return None
            size = self._size(np.append(move, 0.0), np.append(x, lam))
            if not size < min(_BEND, before) and np.abs(F).max() > _ROUNDING:
                return None
            x += move
            if size < 1e-14 or size >= before:
                return x
            before = size
        return x

    def between(
        self, at: BranchPoint, new: BranchPoint, step: float, height: Callable[[BranchPoint], float]
    ) -> BranchPoint:
        """Where `height` changes sign on a segment, by bisection with secants (Illinois)."""
        low, high, best = 0.0, step, new
        h_low, h_high, side = height(at), height(new), 0
        for _ in range(100):
            s = high - h_high * (high - low) / (h_high - h_low) if h_high != h_low else (low + high) / 2
            point = self.ahead(at, s)
            if point is None:
                break
            best, h = point, height(point)
            if abs(h) <= 1e-13 * (1 + abs(point.lam)) or high - low < 1e-15 * step:
                break
            if (h > 0) == (h_high > 0):
                high, h_high = s, h
                h_low, side = (h_low / 2 if side == 1 else h_low), 1
            else:
                low, h_low = s, h
                h_high, side = (h_high / 2 if side == -1 else h_high), -1
        return best

    def _point(self, x: Array, lam: float, ahead: Array, J: Array) -> BranchPoint | None:
        """A point with its tangent, from the derivatives there or a last small correction away."""
        system = np.vstack([J, ahead])
        goal = np.zeros(self.map.n + 1)
        goal[-1] = 1.0
        try:
            tangent = np.linalg.solve(system, goal)
        except np.linalg.LinAlgError:
            return None
        tangent = tangent / float(np.sqrt(tangent @ tangent))
        system[-1] = tangent
        return BranchPoint(x, lam, np.asarray(tangent, dtype=np.float64), float(np.linalg.slogdet(system)[0]))

    def _size(self, move: Array, z: Array) -> float:
        """How large a correction is: in log-probabilities, and as a share of what is large already."""
        return float((np.abs(move) / (1 + 0.1 * np.abs(z))).max())


class BranchNotes:
    """What to say about a branch: where it turned back, where it met another."""

    def __init__(self, scale: float) -> None:
        self.scale = scale
        self.turns: list[float] = []
        self.forks: list[float] = []

    def see(self, at: BranchPoint, new: BranchPoint) -> None:
        """Look at one segment."""
        if at.tangent[-1] * new.tangent[-1] < 0:
            self.turns.append(max(at.lam, new.lam) if at.tangent[-1] > 0 else min(at.lam, new.lam))
        if at.side != new.side:
            self.forks.append(new.lam)

    def lines(self) -> tuple[str, ...]:
        """One sentence a fact."""
        out = []
        if self.turns:
            where = ", ".join(f"{t / self.scale:.4g}" for t in self.turns[:6])
            out.append(f"the branch turns back near precision {where}: between those it passes more than once")
        if self.forks:
            where = ", ".join(f"{t / self.scale:.4g}" for t in self.forks[:6])
            out.append(f"the branch meets another near precision {where} (symmetry) and is followed straight on")
        return tuple(out)
