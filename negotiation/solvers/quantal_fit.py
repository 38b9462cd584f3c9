"""The precision on the logit branch that explains observed play best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, as_floats, read_only
from negotiation.errors import GameShapeError, NotFiniteError, ParameterError, WrongTypeError
from negotiation.games.normal_form import NormalFormGame
from negotiation.games.profile import Profile
from negotiation.solvers.logit_branch import Branch, BranchNotes, BranchPoint, LogitMap
from negotiation.solvers.quantal_response import MAX_STEPS, check_game, describe, frozen

_END = 1e9  # over the payoff range: where a fit stops looking


@dataclass(frozen=True, slots=True, eq=False)
class QuantalResponseFit:
    """The precision on the branch that makes observed play most likely.

    Parameters
    ----------
    game : NormalFormGame
    precision : float
        In one over the game's payoff unit; infinite when the likelihood grows to the end of the branch.
    profile : tuple of N ndarrays
        The quantal response there.
    log_likelihood : float
        ``Σ counts · log(probability)``, natural logarithm.
    standard_error : float
        Of the precision, from the expected information; infinite where play does not move with the precision.
    counts : tuple of N ndarrays
        What was observed.
    notes : tuple of str
    """

    game: NormalFormGame
    precision: float
    profile: Profile
    log_likelihood: float
    standard_error: float
    counts: tuple[Array, ...]
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        unit = f" per {self.game.unit}" if self.game.unit else ""
        head = f"precision {self.precision:.6g} ± {self.standard_error:.3g}{unit}, "
        head += f"log-likelihood {self.log_likelihood:.6g}: {describe(self.game, self.profile)}"
        return "\n".join([head, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__


def fit_quantal_response(game: NormalFormGame, counts: Sequence[npt.ArrayLike]) -> QuantalResponseFit:
    """Find the precision on the logit branch that makes observed play most likely.

    Parameters
    ----------
    game : NormalFormGame
    counts : sequence of N array_like, shapes (m_1,), ..., (m_N,)
        How often each player was seen to take each action; need not be whole numbers.

    Returns
    -------
    QuantalResponseFit
        The best of all local maxima along the branch, folds included.

    Raises
    ------
    GameShapeError, NotFiniteError, ParameterError, WrongTypeError
        Counts that do not fit the game, are negative, not finite or not numbers, or are all zero.

    Notes
    -----
    The derivative of the log-likelihood along the branch is the counts times the tangent, so each maximum is found
    as a sign change and located to rounding. The search ends at a precision of 1e9 over the payoff range.

    References
    ----------
    McKelvey, R., Palfrey, T. (1995). Quantal response equilibria for normal form games. Games and Economic Behavior
    10, 6-38.

    Examples
    --------
    >>> game = NormalFormGame([[[1.1141, 0], [0, 0.2785]], [[0, 1.1141], [1.1141, 0]]])
    >>> round(fit_quantal_response(game, ([67.456, 60.544], [46.848, 81.152])).precision, 4)
    1.8456
    """
    check_game(game)
    seen = _check_counts(game, counts)
    weights = np.concatenate(seen)
    equations = LogitMap(game)
    peaks, notes = _likelihood_peaks(equations, weights)
    likelihood = [float(weights @ equations.logs(point.x)) for point in peaks]
    slack = 1e-12 * float(weights.sum())
    k = int(np.argmax(np.array(likelihood) > max(likelihood) - slack))  # the first of those that tie
    endless = k > 0 and peaks[-1].lam > _END and likelihood[-1] > max(likelihood) - slack
    best = peaks[-1] if endless else peaks[k]
    if k == 0 and likelihood[-1] > max(likelihood) - slack:
        notes += ("play does not move with the precision: any precision explains the counts as well as 0",)
    elif endless:
        notes += ("the likelihood grows to the end of the branch: play is as good as without error",)
    per_lam = best.tangent[:-1] / best.tangent[-1] if best.tangent[-1] else np.full(equations.n, np.inf)
    per_unit = per_lam * equations.scale
    information = sum(
        float(n.sum() * (p @ per_unit[own] ** 2))
        for n, p, own in zip(seen, equations.profile(best.x), equations.parts, strict=True)
    )
    return QuantalResponseFit(
        game,
        float("inf") if endless else best.lam / equations.scale,
        frozen(equations.profile(best.x)),
        likelihood[-1] if endless else likelihood[k],
        float(1 / np.sqrt(information)) if information > 0 else float("inf"),
        seen,
        notes,
    )


def _likelihood_peaks(equations: LogitMap, weights: Array) -> tuple[list[BranchPoint], tuple[str, ...]]:
    """The start, every maximum along the branch, and the last point."""

    def slope(point: BranchPoint) -> float:
        return float(weights @ point.tangent[:-1])

    branch = Branch(equations)
    notes = BranchNotes(equations.scale)
    peaks = [branch.start()]
    last = peaks[0]
    for k, (at, new, step) in enumerate(branch.points(longest=0.05)):
        notes.see(at, new)
        if slope(at) > 0 >= slope(new):
            peaks.append(branch.between(at, new, step, slope))
        last = new
        if new.lam > _END or k > MAX_STEPS:
            break
    return [*peaks, last], notes.lines()


def _check_counts(game: NormalFormGame, counts: Sequence[npt.ArrayLike]) -> tuple[Array, ...]:
    if isinstance(counts, str) or not hasattr(counts, "__len__"):
        raise WrongTypeError(f"counts are one list of numbers a player, not {counts!r}.")
    if len(counts) != game.n_players:
        raise GameShapeError(f"counts of {len(counts)} players given for {game.n_players}; give one list a player.")
    seen = tuple(
        read_only(as_floats(c, f"the counts of {name!r}")) for name, c in zip(game.players, counts, strict=True)
    )
    for name, own, m in zip(game.players, seen, game.shape, strict=True):
        if own.shape != (m,):
            raise GameShapeError(f"the counts of {name!r} have shape {own.shape}; expected ({m},), one an action.")
        if not np.isfinite(own).all():
            raise NotFiniteError(f"the counts of {name!r} are not all finite: {own.tolist()}.")
        if (own < 0).any():
            raise ParameterError(f"the counts of {name!r} include {own.min():g}; a count is at least 0.")
    if not sum(float(own.sum()) for own in seen) > 0:
        raise ParameterError("the counts are all zero; nothing was observed.")
    return seen
