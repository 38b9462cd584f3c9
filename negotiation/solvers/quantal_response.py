"""Logit quantal responses at given precisions, read off the branch from the centroid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, read_only
from negotiation.errors import GameShapeError, NotFiniteError, NumericalError, ParameterError, WrongTypeError
from negotiation.games.normal_form import NormalFormGame
from negotiation.games.profile import Profile, action_values, expected_payoffs
from negotiation.solvers.logit_branch import Branch, BranchNotes, BranchPoint, LogitMap
from negotiation.solvers.result import describe_strategy

MAX_STEPS = 5_000


@dataclass(frozen=True, slots=True, eq=False)
class QuantalResponsePath(Sequence[Profile]):
    """Quantal responses at the precisions asked for; a sequence of profiles.

    Parameters
    ----------
    game : NormalFormGame
    precisions : ndarray, shape (L,)
        As given, in one over the game's payoff unit.
    profiles : tuple of L profiles
        ``profiles[k][i]`` is player i's mixed strategy at ``precisions[k]``.
    payoffs : ndarray, shape (L, N)
        Expected payoffs.
    residuals : ndarray, shape (L,)
        The largest difference between a probability and the logit response to the profile.
    notes : tuple of str
        Where the branch turns back or meets another.
    """

    game: NormalFormGame
    precisions: Array
    profiles: tuple[Profile, ...]
    payoffs: Array
    residuals: Array
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.profiles)

    @overload
    def __getitem__(self, index: int) -> Profile: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Profile, ...]: ...
    def __getitem__(self, index: int | slice) -> Profile | tuple[Profile, ...]:
        return self.profiles[index]

    def __iter__(self) -> Iterator[Profile]:
        return iter(self.profiles)

    def __str__(self) -> str:
        unit = f" per {self.game.unit}" if self.game.unit else ""
        lines = [f"quantal responses at {len(self)} precision{'s' if len(self) != 1 else ''}{unit}"]
        for lam, profile in list(zip(self.precisions, self.profiles, strict=True))[:20]:
            lines.append(f"  {lam:g}: {describe(self.game, profile)}")
        if len(self) > 20:
            lines.append(f"  … and {len(self) - 20} more")
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__


def quantal_response(game: NormalFormGame, precisions: npt.ArrayLike) -> QuantalResponsePath:
    """Follow the logit branch from the centroid and read it off at given precisions.

    Parameters
    ----------
    game : NormalFormGame
        Any number of players.
    precisions : array_like, shape (L,) or ()
        Finite and at least 0, in any order. They multiply payoffs as given: in a game restated from dollars to
        thousands of dollars the same play has a precision a thousand times larger.

    Returns
    -------
    QuantalResponsePath
        A sequence of profiles, one a precision, in the order given. Where the branch passes a precision more than
        once, the first passage from the centroid counts, and a note says that the branch turns back.

    Raises
    ------
    ParameterError, NotFiniteError, WrongTypeError
        A precision that is negative, NaN, infinite or not a number.
    NumericalError
        The branch was lost to rounding before it got to a precision.

    Notes
    -----
    A profile is a logit quantal response at λ if ``p_ia`` is proportional to ``exp(λ u_ia(p))``. The branch is the curve
    of these that starts in uniform play at λ = 0. It is followed by a predictor along the tangent and Newton's method
    across it, in log-probabilities, so folds and large precisions do no harm. A change in the sign of the curve's
    determinant reveals a jump to another branch and shortens the step; one that persists is a bifurcation (it takes
    symmetry), is passed straight on, and noted. A step costs ``O(N² Π m_i + (Σ m_i)³)``, and 30 to 100 steps lead
    to a precision of 1e8 over the payoff range. Rounding moves a response by about λ times 1e-16 of the range; past
    1e6 over the range it now and then ends the branch in games full of ties, and the error says where.

    References
    ----------
    McKelvey, R., Palfrey, T. (1995). Quantal response equilibria for normal form games. Games and Economic Behavior
    10, 6-38.

    Turocy, T. (2005). A dynamic homotopy interpretation of the logistic quantal response equilibrium correspondence.
    Games and Economic Behavior 51, 243-263.

    Examples
    --------
    >>> game = NormalFormGame([[[44, 40], [40, 80]], [[40, 80], [80, 40]]])
    >>> [p.round(4).tolist() for p in quantal_response(game, [0, 0.1])[1]]
    [[0.3501, 0.6499], [0.7685, 0.2315]]
    """
    check_game(game)
    asked = _check_precisions(precisions)
    if game.n_players and not asked.size:
        return QuantalResponsePath(game, read_only(asked), (), read_only(np.empty((0, game.n_players))), read_only([]))
    equations = LogitMap(game)
    found, notes = _read_off(equations, np.unique(asked) * equations.scale)
    profiles = tuple(frozen(equations.profile(found[float(t)])) for t in asked * equations.scale)
    paid = read_only([expected_payoffs(game, p) for p in profiles])
    off = read_only([_off_response(game, p, float(t)) for p, t in zip(profiles, asked, strict=True)])
    return QuantalResponsePath(game, read_only(asked), profiles, paid, off, notes)


def _read_off(equations: LogitMap, targets: Array) -> tuple[dict[float, Array], tuple[str, ...]]:
    """Log-probabilities at ascending precisions, first passage each, and what the branch did on the way."""
    branch = Branch(equations)
    waiting = [float(t) for t in targets]
    found = {t: equations.centroid() for t in waiting if t == 0}
    waiting = [t for t in waiting if t > 0]
    notes = BranchNotes(equations.scale)
    steps = branch.points()
    for _ in range(MAX_STEPS):
        if not waiting:
            return found, notes.lines()
        segment = next(steps, None)
        if segment is None:
            break
        at, new, step = segment
        notes.see(at, new)
        while waiting and new.lam >= waiting[0]:
            target = waiting.pop(0)
            found[target] = _settle(branch, at, new, step, target)
    raise NumericalError(
        f"lost the logit branch before precision {waiting[0] / equations.scale:g}; the payoffs are nearly degenerate. "
        "Ask for smaller precisions, or use another solver for the limit."
    )


def _settle(branch: Branch, at: BranchPoint, new: BranchPoint, step: float, target: float) -> Array:
    """The point of a segment at one precision: Newton from a cubic guess, or bisection where that wanders off."""
    if at.tangent[-1] > 0.2 and new.tangent[-1] > 0.2:
        span = new.lam - at.lam
        s = (target - at.lam) / span
        slopes = at.tangent[:-1] / at.tangent[-1] * span, new.tangent[:-1] / new.tangent[-1] * span
        guess = (
            (1 + 2 * s) * (1 - s) ** 2 * at.x
            + s * (1 - s) ** 2 * slopes[0]
            + s * s * (3 - 2 * s) * new.x
            + s * s * (s - 1) * slopes[1]
        )
        settled = branch.at_precision(guess, target)
        if settled is not None and np.abs(np.exp(settled) - np.exp(guess)).max() < 0.02:
            return settled
    near = branch.between(at, new, step, lambda point: point.lam - target)
    settled = branch.at_precision(near.x, target)
    return near.x if settled is None else settled


def _off_response(game: NormalFormGame, profile: Profile, lam: float) -> float:
    """The largest difference between a probability and the logit response to the profile."""
    worst = 0.0
    for i, p in enumerate(profile):
        u = action_values(game, profile, i)
        e = np.exp(lam * (u - u.max()))
        worst = max(worst, float(np.abs(e / e.sum() - p).max()))
    return worst


def check_game(game: object) -> None:
    """Refuse what is not a normal-form game."""
    if not isinstance(game, NormalFormGame):
        raise WrongTypeError(f"quantal responses are of normal-form games, not of a {type(game).__name__}.")


def _check_precisions(precisions: npt.ArrayLike) -> Array:
    try:
        asked = np.atleast_1d(np.asarray(precisions, dtype=np.float64))
    except (TypeError, ValueError) as error:
        raise WrongTypeError(f"precisions are numbers, not {precisions!r}.") from error
    if asked.ndim != 1:
        raise GameShapeError(f"precisions have shape {asked.shape}; expected one number or a list of them.")
    if not np.isfinite(asked).all():
        bad = asked[~np.isfinite(asked)][0]
        raise NotFiniteError(f"a precision is {bad}; it must be finite. For the limit use solve(game, LogitPath()).")
    if (asked < 0).any():
        raise ParameterError(f"a precision is {asked.min():g}; it must be at least 0, where play is uniform.")
    return asked


def frozen(profile: tuple[Array, ...]) -> Profile:
    """The profile, read-only."""
    return tuple(read_only(p) for p in profile)


def describe(game: NormalFormGame, profile: Profile) -> str:
    """The profile in names."""
    parts = zip(game.players, profile, game.actions, strict=True)
    return "; ".join(f"{name} {describe_strategy(p, own)}" for name, p, own in parts)
