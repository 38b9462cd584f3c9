"""The steps that every enumeration of two-player equilibria shares: prune, enumerate, certify, span."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from negotiation.arrays import Array, read_only
from negotiation.games.normal_form import NormalFormGame
from negotiation.solvers.components import connected_parts, maximal_bicliques
from negotiation.solvers.extreme import Extremes, exact_extremes
from negotiation.solvers.integer_form import IntegerForm, common_integers, integer_form
from negotiation.solvers.limits import Watch
from negotiation.solvers.pruning import undominated
from negotiation.solvers.result import ExactProfile, NashSubset, Solution, Status, certify

_MOST_SUBSETS = 20_000
_TINY = 25  # cells up to which plain Python is quicker than loading the compiled code


class Options(Protocol):
    """What the steps here need to know of a solver."""

    @property
    def exact(self) -> bool: ...  # noqa: D102
    @property
    def tol(self) -> float: ...  # noqa: D102


def enumerate_equilibria(game: NormalFormGame, solver: Options, watch: Watch) -> Solution:
    """All extreme equilibria of `game` and the subsets they span."""
    read_decimals = not solver.exact and solver.tol > 0 and game.is_float_exact
    form = integer_form(game, read_decimals, solver.tol)
    rows, columns = undominated(form)
    form = form.restricted(rows, columns)
    found = _extremes(form, watch, solver.exact)
    notes = ("degenerate: the extreme equilibria are listed; all others are mixtures within `components`",)
    return dress(game, solver, watch, found, (rows, columns), form.is_rounded, notes if found.is_degenerate else ())


def _extremes(form: IntegerForm, watch: Watch, exact: bool) -> Extremes:
    """By the quickest way that proves completeness: integers for small games, else floats, and integers on ties."""
    if len(form.row) * len(form.column) > _TINY:
        from negotiation.solvers.float_walk import float_extremes

        found = float_extremes(form, watch, exact)
        if found is not None:
            return found
    return exact_extremes(form, watch)


def dress(
    game: NormalFormGame,
    solver: Options,
    watch: Watch,
    found: Extremes,
    kept: tuple[list[int], list[int]],
    rounded: bool,
    notes: tuple[str, ...],
) -> Solution:
    """Make a `Solution` of what was found among the actions `kept`."""
    m, n = game.shape
    x = [_spread(v, kept[0], m) for v in found.rows]
    y = [_spread(v, kept[1], n) for v in found.columns]
    pairs = sorted(found.pairs, key=lambda p: (tuple(-x[p[0]]), tuple(-y[p[1]])))
    status = watch.status(len(pairs), found.finished)
    pairs = pairs[: watch.limit]
    proofs = _exact_profiles(game, found, kept, pairs) if solver.exact else [None] * len(pairs)
    equilibria = tuple(certify(game, (x[i], y[j]), proof) for (i, j), proof in zip(pairs, proofs, strict=True))
    if status is Status.COMPLETE and found.misses:
        status = Status.INCOMPLETE
    notes += _notes(game, rounded)
    subsets: tuple[NashSubset, ...] = ()
    if status is Status.COMPLETE:
        subsets, more = nash_subsets(pairs, x, y)
        notes += more
    return Solution(game, equilibria, solver, status, status is Status.COMPLETE, notes, subsets)


def _spread(values: Sequence[Any], kept: list[int], size: int) -> Array:
    """Probabilities over all actions from unnormalised weights on the kept ones."""
    out = np.zeros(size)
    total = sum(values)
    out[kept] = [v / total for v in values]
    return out


def _notes(game: NormalFormGame, rounded: bool) -> tuple[str, ...]:
    """Facts about the answer."""
    notes = []
    if rounded:
        notes.append("payoffs were read as the short decimals they are within rounding of")
    if not game.is_float_exact:
        notes.append("payoffs as given do not fit floats exactly; they were solved in rationals")
    elif not rounded and (gap := smallest_gap(game)) < 1e-12:
        notes.append(f"some payoffs differ by only {gap:.1g} of their range; they were taken to differ, not to tie")
    return tuple(notes)


def smallest_gap(game: NormalFormGame) -> float:
    """The least positive difference between payoffs that compete, relative to the player's payoff range."""
    least = 1.0
    for player, table in enumerate(game.payoffs):
        halves = np.sort(table * 0.5, axis=player)
        gaps = np.diff(halves, axis=player)
        spread = halves.max() - halves.min()
        positive = gaps[gaps > 0]
        if positive.size:
            least = min(least, float(positive.min() / spread))
    return least


def _exact_profiles(
    game: NormalFormGame, found: Extremes, kept: tuple[list[int], list[int]], pairs: list[tuple[int, int]]
) -> list[ExactProfile]:
    """The profiles in rationals, each checked against the payoffs as given."""
    row, column = (common_integers(table.tolist()) for table in game.exact_payoffs)
    turned = [list(line) for line in zip(*column, strict=True)]
    out = []
    for i, j in pairs:
        x = _spread_exact(found.rows[i], kept[0], game.shape[0])
        y = _spread_exact(found.columns[j], kept[1], game.shape[1])
        if not (is_best_response(row, x, y) and is_best_response(turned, y, x)):
            raise ArithmeticError(f"a profile failed its exact check, please report this game: {x}, {y}")
        out.append(tuple(tuple(Fraction(v, sum(s)) for v in s) for s in (x, y)))
    return out


def _spread_exact(values: Sequence[int], kept: list[int], size: int) -> list[int]:
    out = [0] * size
    for k, v in zip(kept, values, strict=True):
        out[k] = int(v)
    return out


def is_best_response(table: Sequence[Sequence[int]], own: Sequence[int], other: Sequence[int]) -> bool:
    """Whether `own` puts weight only on the actions that pay most against `other`; in integers, so without doubt."""
    weights = [(j, w) for j, w in enumerate(other) if w]
    values = [sum(line[j] * w for j, w in weights) for line in table]
    best = max(values)
    return min(own) >= 0 and all(v == best for v, w in zip(values, own, strict=True) if w)


def why_not_two_players(name: str, game: object) -> str:
    """Why a solver for two-player games does not take `game`."""
    if not isinstance(game, NormalFormGame):
        return f"{name} takes normal-form games, not a {type(game).__name__}."
    if game.n_players != 2:
        return f"{name} takes two-player games; this one has {game.n_players} players."
    return ""


def nash_subsets(
    pairs: list[tuple[int, int]], x: Sequence[Array], y: Sequence[Array]
) -> tuple[tuple[NashSubset, ...], tuple[str, ...]]:
    """The maximal Nash subsets that extreme equilibria span, numbered by the topological component they belong to."""
    position = {pair: k for k, pair in enumerate(pairs)}
    out: list[NashSubset] = []
    for number, part in enumerate(connected_parts(pairs)):
        for rows, columns in maximal_bicliques(part):
            if len(out) == _MOST_SUBSETS:
                return tuple(out), (f"more than {_MOST_SUBSETS} maximal Nash subsets; the first are in `components`",)
            spanned = tuple(sorted(position[i, j] for i in rows for j in columns))
            points = read_only([x[i] for i in rows]), read_only([y[j] for j in columns])
            out.append(NashSubset(spanned, *points, number))
    out.sort(key=lambda s: s.equilibria)
    return tuple(out), ()
