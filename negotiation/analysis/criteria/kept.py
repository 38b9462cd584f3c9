"""Kept: whether a package, once agreed, is kept in the equilibria of keep or break, found for any number of draws at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from negotiation.analysis.proof import added_up, close
from negotiation.analysis.verdict import Certificate, Verdict, inapplicable
from negotiation.analysis.wording import listing, percent
from negotiation.arrays import Array, IntArray
from negotiation.errors import ParameterError
from negotiation.games.normal_form import NormalFormGame
from negotiation.games.profile import regret
from negotiation.model.draws import Draws
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.payoffs import payoffs
from negotiation.reduce.exchange import exchange_cells, exchange_game
from negotiation.solvers.batch import solve_batch


@dataclass(frozen=True, slots=True)
class Kept:
    """In an equilibrium of the exchange game of two parties, the whole package is kept with probability `least` or more.

    The package is agreed, and each party keeps its part or breaks it, at the same time and for once; see `exchange_game`. Of
    all equilibria, mixed ones included, the one in which the package is kept most probably counts, or least. The margin is that
    probability less `least`. Not among the criteria that `assess` asks by default: `Spontaneous` is the same question with
    every measure decided by itself, `SelfEnforcing` the one with a future.

    The certificate states every extreme equilibrium under ``equilibria`` as a pair of mixed strategies, keeping first.

    Parameters
    ----------
    least : float
        The probability that is enough, above 0 and at most 1.
    equilibrium : {"best", "worst"}
        For the package: the one in which it is kept most, or least, probably.

    Notes
    -----
    Games of all draws are solved together by `solve_batch`. The probability is a product of the two strategies, so its
    largest and its smallest value over every component of equilibria lie at extreme ones. Cost: microseconds a draw.

    References
    ----------
    Nash, J. (1951). Non-cooperative games. Annals of Mathematics 54, 286-295.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -1), ng.Stake("A", "y", "lifted", 4), ng.Stake("B", "x", "lifted", 2)])
    >>> print(ng.is_enough(talks, talks.package("x", "y"), criterion=ng.Kept()).reason)
    In both equilibria of keep or break the whole package is kept with probability 0%.
    """

    least: float = 0.5
    equilibrium: Literal["best", "worst"] = "best"

    same_for_all: ClassVar[bool] = True
    name: ClassVar[str] = "kept"
    question: ClassVar[str] = "Is it kept, if each party can keep its part or break it?"

    def __post_init__(self) -> None:
        if not 0 < self.least <= 1:
            raise ParameterError(f"least is {self.least!r}; a probability that is enough lies above 0 and up to 1.")
        if self.equilibrium not in ("best", "worst"):
            raise ParameterError(f"equilibrium must be 'best' or 'worst', not {self.equilibrium!r}.")

    def why_not(self, talks: Negotiation, party: str | None = None) -> str:
        """More or fewer than two parties."""
        n = len(talks.parties)
        return (
            ""
            if n == 2
            else f"all equilibria are found for two parties, and here are {n}; ask whether it is spontaneous."
        )

    def judges_draws_together(self, talks: Negotiation) -> bool:
        """Always: all games are solved at once."""
        return True

    def margins(
        self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None, party: str | None = None
    ) -> Array:
        """See `Criterion.margins`; the same for every party, in units of probability."""
        n = 1 if draws is None else len(draws)
        out = np.full((n, len(codes)), np.nan)
        if not self.why_not(talks):
            for d, code in enumerate(codes):
                _, _, _, kept, game = _solved(talks, code, draws)
                best = self.equilibrium == "best"
                most = np.full(n, -np.inf if best else np.inf)
                (np.maximum if best else np.minimum).at(most, game, kept)
                out[:, d] = most - self.least
        out[np.abs(out) < 1e-12] = 0.0
        return out[0] if draws is None else out

    def verdict(
        self, talks: Negotiation, package: Package, *, party: str | None = None, proposer: str | None = None
    ) -> Verdict:
        """See `Criterion.verdict`."""
        if why := self.why_not(talks):
            return inapplicable(self, package, why)
        code = talks.codes([package])[0]
        row, column, regrets, kept, _ = _solved(talks, code, None)
        margin = float(self.margins(talks, code[None])[0])
        chances = sorted(set(np.round(kept, 12).tolist()))
        which = {1: "In the one equilibrium", 2: "In both equilibria"}.get(len(kept), f"In the {len(kept)} equilibria")
        how = percent(chances[0]) if len(chances) == 1 else f"{percent(chances[0])} to {percent(chances[-1])}"
        pairs = [(tuple(r), tuple(c)) for r, c in zip(row.tolist(), column.tolist(), strict=True)]
        claim = listing(f"{percent(k)} with regret {g:.1g}" for k, g in zip(kept, regrets, strict=True))
        return Verdict(
            self.name, margin >= 0, margin, "probability",
            f"{which} of keep or break the whole package is kept with probability {how}.",
            Certificate(f"the package is kept with {claim}", {"equilibria": pairs, "least": self.least}),
            "a party comes to gain by breaking its part" if margin >= 0 else "keeping becomes the best reply to keeping",
            package,
        )  # fmt: skip

    def check(self, talks: Negotiation, verdict: Verdict) -> bool:
        """Whether the certificate proves the answer: every pair is an equilibrium of the game, and gives the margin stated.

        That there are no others is not proved.
        """
        game = exchange_game(talks, verdict.package)
        everybody = game.payoffs[:, 0, 0]
        if not all(
            close(talks, u, v) for u, v in zip(everybody, added_up(talks, verdict.package).values(), strict=True)
        ):
            return False
        chances = []
        for pair in verdict.certificate.facts["equilibria"]:
            profile = tuple(np.array(strategy) for strategy in pair)
            if not all(close(talks, r, 0.0) for r in regret(_plain(game), profile)):
                return False
            chances.append(float(profile[0][0] * profile[1][0]))
        chance = max(chances) if self.equilibrium == "best" else min(chances)
        return abs(chance - self.least - verdict.margin) < 1e-9 and verdict.holds == (verdict.margin >= 0)


def _plain(game: NormalFormGame) -> NormalFormGame:
    """The payoffs alone."""
    return NormalFormGame(game.payoffs)


def _solved(talks: Negotiation, code: IntArray, draws: Draws | None) -> tuple[Array, Array, Array, Array, IntArray]:
    """Every extreme equilibrium: strategies (E, m) and (E, n), regret, chance that all is kept, and its draw (E,)."""
    rows, sizes = exchange_cells(talks, code)
    worth = payoffs(talks, rows, draws=draws).reshape(-1, *sizes, 2)
    found = solve_batch(np.moveaxis(worth, -1, 1), threads=1)
    return found.row, found.column, found.regret, found.row[:, 0] * found.column[:, 0], found.game
