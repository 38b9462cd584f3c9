"""What a solver returns: equilibria, each with its regret, and an honest word on whether that is all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation.arrays import Array, read_only
from negotiation.games.normal_form import NormalFormGame
from negotiation.games.profile import Profile, action_values

if TYPE_CHECKING:
    import pandas as pd

ExactProfile = tuple[tuple[Fraction, ...], ...]


class Status(Enum):
    """Why a solver stopped."""

    COMPLETE = "every equilibrium of the kind sought was found"
    FOUND = "what was asked for was found; there may be more equilibria"
    NONE_FOUND = "the method ended without an equilibrium; one may exist"
    INCOMPLETE = "the method ended but cannot prove that it found all"
    LIMIT = "stopped at the limit on equilibria or on work"
    DEADLINE = "stopped at the deadline"
    INTERRUPTED = "stopped by the user"


@dataclass(frozen=True, slots=True, eq=False)
class Equilibrium:
    """One equilibrium and the proof that it is one.

    Parameters
    ----------
    profile : tuple of N ndarrays, shapes (m_1,), ..., (m_N,)
        One mixed strategy a player.
    payoffs : ndarray, shape (N,)
        Expected payoffs, in the game's unit.
    regret : float
        The most that any player could gain by deviating alone, in the game's unit.
    profile_exact : tuple of tuples of Fraction, optional
        The same profile in rationals, when exact arithmetic was asked for; every best-response inequality holds
        exactly.
    """

    profile: Profile
    payoffs: Array
    regret: float
    profile_exact: ExactProfile | None = None

    @property
    def is_pure(self) -> bool:
        """Whether every player uses one action with certainty."""
        return all(np.count_nonzero(p) == 1 for p in self.profile)

    @property
    def support(self) -> tuple[tuple[int, ...], ...]:
        """For each player the positions of the actions it uses."""
        return tuple(tuple(int(a) for a in np.flatnonzero(p)) for p in self.profile)


@dataclass(frozen=True, slots=True, eq=False)
class NashSubset:
    """A maximal set of exchangeable equilibria of a two-player game.

    Every mixture of its rows meets every mixture of its columns in an equilibrium.

    Parameters
    ----------
    equilibria : tuple of int
        Positions in `Solution.equilibria` of the extreme equilibria that span it.
    rows, columns : ndarray, shape (R, m) and (C, n)
        Its extreme strategies; the subset is their convex hulls' product.
    connected : int
        Subsets with the same number touch: together they are one topological component.

    References
    ----------
    Avis, D., Rosenberg, G., Savani, R., von Stengel, B. (2010). Enumeration of Nash equilibria for two-player games.
    Economic Theory 42, 9-37.
    """

    equilibria: tuple[int, ...]
    rows: Array
    columns: Array
    connected: int = 0

    @property
    def is_point(self) -> bool:
        """Whether it is a single equilibrium."""
        return len(self.equilibria) == 1


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """The equilibria of a game, and what is known about them.

    Parameters
    ----------
    game : NormalFormGame
    equilibria : tuple of Equilibrium
    solver : object
        The solver value that made it, options included.
    status : Status
        Why the solver stopped.
    complete : bool
        True only when these are provably all the (extreme) equilibria.
    notes : tuple of str
        Facts about the answer: why it is not complete, what was degenerate, what was rounded.
    components : tuple of NashSubset
        For two-player games, the maximal Nash subsets that the extreme equilibria span.
    """

    game: NormalFormGame
    equilibria: tuple[Equilibrium, ...]
    solver: Any
    status: Status
    complete: bool = False
    notes: tuple[str, ...] = ()
    components: tuple[NashSubset, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.equilibria)

    def to_frame(self) -> pd.DataFrame:
        """One row an equilibrium: each player's strategy in names, payoffs, regret."""
        import pandas as pd

        rows = []
        for e in self.equilibria:
            row: dict[str, Any] = {
                name: describe_strategy(p, labels)
                for name, p, labels in zip(self.game.players, e.profile, self.game.actions, strict=True)
            }
            row |= {f"payoff of {name}": float(v) for name, v in zip(self.game.players, e.payoffs, strict=True)}
            rows.append(row | {"regret": e.regret})
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        count = f"{len(self)} equilibri{'um' if len(self) == 1 else 'a'}"
        unit = f" (payoffs in {self.game.unit})" if self.game.unit else ""
        lines = [f"{count}, {'complete' if self.complete else 'not known to be complete'}: {self.status.value}{unit}"]
        for k, e in enumerate(self.equilibria[:20]):
            parts = (
                f"{name} {describe_strategy(p, labels)} → {v:g}"
                for name, p, labels, v in zip(self.game.players, e.profile, self.game.actions, e.payoffs, strict=True)
            )
            lines.append(f"  {k}: {'; '.join(parts)}; regret {e.regret:.2g}")
        if len(self) > 20:
            lines.append(f"  … and {len(self) - 20} more")
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = str(self).partition("\n")[0]
        notes = "".join(f"<p>note: {note}</p>" for note in self.notes)
        table: str = self.to_frame().to_html()
        return f"<p>{head}</p>{table}{notes}"


def describe_strategy(strategy: Array, labels: Sequence[str]) -> str:
    """A mixed strategy in names: ``keep`` or ``keep 0.25 + break 0.75``."""
    used = [int(a) for a in np.flatnonzero(strategy)]
    if len(used) == 1:
        return labels[used[0]]
    return " + ".join(f"{labels[a]} {strategy[a]:.4g}" for a in used)


def certify(game: NormalFormGame, profile: Sequence[Array], exact: ExactProfile | None = None) -> Equilibrium:
    """Make an `Equilibrium` of a profile: evaluate it once and record its regret.

    The profile is trusted to be a profile; whether it is an equilibrium shows in the regret, in the game's unit.
    """
    frozen = tuple(read_only(p) for p in profile)
    with np.errstate(over="ignore", invalid="ignore"):
        payoffs, gain = _paid_and_gained(game, frozen)
    if not (np.isfinite(gain) and np.isfinite(payoffs).all()):  # payoffs near the largest float there is
        payoffs, gain = _paid_and_gained(NormalFormGame(game.payoffs * 2.0**-64), frozen)
        payoffs, gain = payoffs * 2.0**64, min(gain * 2.0**64, np.finfo(np.float64).max)
    return Equilibrium(frozen, read_only(payoffs), max(0.0, gain), exact)


def _paid_and_gained(game: NormalFormGame, profile: Profile) -> tuple[Array, float]:
    """What each player gets, and the most that any could gain by deviating."""
    values = [action_values(game, profile, i) for i in range(game.n_players)]
    payoffs = np.array([v @ p for v, p in zip(values, profile, strict=True)])
    return payoffs, float(max(v.max() - u for v, u in zip(values, payoffs, strict=True)))
