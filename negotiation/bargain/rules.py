"""What a bargaining solution maximises, as a value: the same for outcomes and for lotteries over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from negotiation.arrays import Array, BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """An objective over payoffs ``u`` (N,), concave, increasing.

    ``product``: the sum of ``weights * log((u - base) / scale)``; ``minimum``: the least ``(u - base) / scale``;
    ``sum``: the sum of ``weights * u``. Only players marked in `counts` enter.
    """

    kind: Literal["product", "minimum", "sum"]
    base: Array
    scale: Array
    weights: Array
    counts: BoolArray

    def score(self, utilities: Array) -> Array:
        """The objective of each row, shape (R,)."""
        used = self.counts
        if self.kind == "sum":
            return np.asarray(utilities[:, used] @ self.weights[used])
        parts = (utilities[:, used] - self.base[used]) / self.scale[used]
        if self.kind == "minimum":
            return np.asarray(parts.min(axis=1)) if used.any() else np.zeros(utilities.shape[0])
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(np.maximum(parts, 0.0)) @ self.weights[used])

    def best(self, utilities: Array, tol: float) -> BoolArray:
        """Mark the rows whose objective is the largest, up to `tol` of its range and rounding."""
        score = self.score(utilities)
        top = score.max()
        if not np.isfinite(top):
            return np.ones(score.size, dtype=np.bool_)
        if self.kind == "product":
            return np.asarray(score >= top - tol * self.weights.sum())
        largest = np.abs(utilities).max(axis=0, initial=0.0)
        size = (largest @ self.weights) if self.kind == "sum" else (largest / self.scale).max()
        slack = tol * float(np.ptp(score)) + 8 * np.finfo(float).eps * float(size)
        return np.asarray(score >= top - slack)

    def value(self, payoffs: Array) -> float:
        """The objective in its usual unit: the product itself, not its logarithm."""
        if self.kind == "product":
            gains = np.maximum(payoffs - self.base, 0.0)[self.counts]
            return float(np.prod(gains ** self.weights[self.counts]))
        return float(self.score(payoffs[None, :])[0])

    def best_steps(self, start: Array, step: Array) -> Array:
        """Two players: where along each segment ``start + t step``, ``0 <= t <= 1``, the objective is largest."""
        if self.kind == "sum" or not self.counts.all():
            gain = (step[:, self.counts] @ self.weights[self.counts]) > 0
            return np.where(gain, 1.0, 0.0)
        a, d = (start - self.base) / self.scale, step / self.scale
        w = self.weights
        if self.kind == "minimum":
            above, below = a[:, 1] - a[:, 0], d[:, 0] - d[:, 1]
        else:
            above = w[0] * d[:, 0] * a[:, 1] + w[1] * d[:, 1] * a[:, 0]
            below = -w.sum() * d[:, 0] * d[:, 1]
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.where(below != 0, above / below, 0.0)
        return np.asarray(np.clip(t, 0.0, 1.0))
