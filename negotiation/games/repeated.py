"""Repeated games: one stage game, played for ever by players who discount."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational, Real
from typing import Any

from negotiation.arrays import Array, read_only
from negotiation.errors import DiscountFactorError, GameShapeError, WrongTypeError
from negotiation.games.normal_form import NormalFormGame

Discount = float | Fraction


@dataclass(frozen=True, slots=True, eq=False, init=False, repr=False)
class RepeatedGame:
    """A stage game that is played in every period, for ever, everybody seeing what everybody did.

    Payoffs are averages per period, ``(1 - δ) Σ δ^t g(a_t)``, so they are in the unit of the stage game.

    Parameters
    ----------
    stage : NormalFormGame
    discount_factor : float, Fraction, or sequence of N of them
        Weight of next period's payoff, strictly between 0 and 1; one for all, or one a player.

    Raises
    ------
    DiscountFactorError
        A discount factor outside (0, 1).
    GameShapeError
        Not one discount factor a player.
    WrongTypeError
        The stage is no normal-form game, or a discount factor no number.

    Examples
    --------
    >>> dilemma = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    >>> RepeatedGame(dilemma, 0.6).discount_factors
    array([0.6, 0.6])
    """

    stage: NormalFormGame
    discount_factors: Array
    _given: tuple[Any, ...]

    def __init__(self, stage: NormalFormGame, discount_factor: Discount | Sequence[Discount]) -> None:
        if not isinstance(stage, NormalFormGame):
            raise WrongTypeError(f"the stage is a NormalFormGame, not a {type(stage).__name__}.")
        given = _one_each(discount_factor, stage.n_players)
        for name, delta in zip(stage.players, given, strict=True):
            _check(delta, name)
        object.__setattr__(self, "stage", stage)
        object.__setattr__(self, "discount_factors", read_only([float(d) for d in given]))
        object.__setattr__(self, "_given", given)

    @property
    def n_players(self) -> int:
        """The number of players, ``N``."""
        return self.stage.n_players

    @property
    def exact_discount_factors(self) -> tuple[Fraction, ...]:
        """The discount factors as given, as rationals; a float counts as the binary rational that it is."""
        return tuple(Fraction(d) if isinstance(d, Rational) else Fraction(float(d)) for d in self._given)

    @property
    def is_equally_patient(self) -> bool:
        """Whether all players discount alike."""
        return len(set(self.exact_discount_factors)) == 1

    def with_discount_factor(self, discount_factor: Discount | Sequence[Discount]) -> RepeatedGame:
        """Return the same stage game among players of another patience."""
        return RepeatedGame(self.stage, discount_factor)

    def __reduce__(self) -> tuple[Any, ...]:
        return RepeatedGame, (self.stage, self._given)

    def __repr__(self) -> str:
        deltas = [f"{float(d):.6g}" for d in self._given]
        shown = deltas[0] if len(set(deltas)) == 1 else ", ".join(deltas)
        return f"<RepeatedGame of {self.stage!r}, discount factor {shown}>"


def _one_each(value: Any, n: int) -> tuple[Any, ...]:
    """One entry a player."""
    if isinstance(value, str) or value is None:
        raise WrongTypeError(f"a discount factor is a number, not {value!r}.")
    if hasattr(value, "__len__"):
        if len(value) != n:
            raise GameShapeError(f"{len(value)} discount factors for {n} players; give one, or one a player.")
        return tuple(value)
    return (value,) * n


def _check(delta: Any, player: str) -> None:
    if isinstance(delta, bool) or not isinstance(delta, Real):
        raise WrongTypeError(f"the discount factor of {player!r} is not a real number: {delta!r}.")
    if not 0 < float(delta) < 1:
        raise DiscountFactorError(
            f"the discount factor of {player!r} is {float(delta):g}; it must lie strictly between 0 and 1."
        )
