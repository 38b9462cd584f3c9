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
        self.tables = [h / peak for h in half]
        self.shape = game.shape
        self.ends = np.concatenate([[0], np.cumsum(game.shape)])
        self.n = int(self.ends[-1])
        self.parts = [slice(int(a), int(b)) for a, b in zip(self.ends[:-1], self.ends[1:], strict=True)]
        self.pairs = self._two_player_blocks() if len(game.shape) == 2 else None

    def _two_player_blocks(self) -> Array:
        blocks = np.zeros((self.n, self.n))
        blocks[self.parts[0], self.parts[1]] = self.tables[0]
        blocks[self.parts[1], self.parts[0]] = self.tables[1].T
        return blocks

    def centroid(self) -> Array:
        """Log-probabilities of uniform play."""
        return np.concatenate([np.full(m, -np.log(m)) for m in self.shape])

    def values(self, p: Array) -> tuple[Array, Array]:
        """What every action pays, shape (n,), and how it moves with every probability, shape (n, n)."""
        if self.pairs is not None:
            return self.pairs @ p, self.pairs
        u, du = np.zeros(self.n), np.zeros((self.n, self.n))
        N = len(self.shape)
        for i, own in enumerate(self.parts):
            for j in range(N):
                if j == i:
                    continue
                table = self.tables[i]
                for other in reversed(range(N)):
                    if other not in (i, j):
                        table = np.tensordot(table, p[self.parts[other]], axes=(other, 0))
                du[own, self.parts[j]] = table if i < j else table.T
            if N > 1:
                j = 0 if i else 1
                u[own] = du[own, self.parts[j]] @ p[self.parts[j]]
            else:
                u[own] = self.tables[i]
        return u, du

    def equations(self, x: Array, lam: float) -> tuple[Array, Array]:
        """Residuals, shape (n,), and their derivatives, shape (n, n + 1), each row scaled by ``1 / (1 + λ)``."""
        p = np.exp(x)
        u, du = self.values(p)
        w = 1 / (1 + abs(lam))
        F, J = np.empty(self.n), np.zeros((self.n, self.n + 1))
        push = (lam * w) * du * p
        for own in self.parts:
            ref = own.start + int(x[own].argmax())
            F[own] = w * (x[own] - x[ref]) - (lam * w) * (u[own] - u[ref])
            J[own, :-1] = push[ref] - push[own]
            J[own, -1] = w * (u[ref] - u[own])
            at = np.arange(own.start, own.stop)
            J[at, at] += w
            J[own, ref] -= w
            F[ref] = p[own].sum() - 1
            J[ref] = 0
            J[ref, own] = p[own]
        return F, J

    def logs(self, x: Array) -> Array:
        """Log-probabilities with each player's probabilities summing to one to rounding."""
        shifted = [x[own] - x[own].max() for own in self.parts]
        return np.concatenate([s - np.log(np.exp(s).sum()) for s in shifted])

    def profile(self, x: Array) -> tuple[Array, ...]:
        """Probabilities, each player's summing to one."""
        parts = [np.exp(x[own] - x[own].max()) for own in self.parts]
        return tuple(p / p.sum() for p in parts)


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
        first = self._point(self.map.centroid(), 0.0, ahead)
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
            return None
        return self._point(z[:-1], float(z[-1]), at.tangent) if z[-1] > -1e-9 else None

    def at_precision(self, x: Array, lam: float) -> Array | None:
        """Newton's method with the precision held; nothing when it does not settle close by."""
        x, before = x.copy(), np.inf
        for _ in range(12):
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

    def _point(self, x: Array, lam: float, ahead: Array) -> BranchPoint | None:
        _, J = self.map.equations(x, lam)
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
