"""From realization plans, or mixtures of plans, to behaviour strategies; what a plan leaves open is filled in sensibly."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from negotiation.games.tree import GameTree, player_sequences
from negotiation.solvers.trees.behaviour import reply_values

Numbers = npt.NDArray[Any]


class OwnSequences(Protocol):
    """What is needed of a player's sequences."""

    @property
    def sets(self) -> list[int]: ...  # noqa: D102
    @property
    def before(self) -> list[int]: ...  # noqa: D102
    @property
    def moves(self) -> list[int]: ...  # noqa: D102
    @property
    def widths(self) -> list[int]: ...  # noqa: D102


def filled(tree: GameTree, owners: Sequence[OwnSequences], plans: Sequence[Numbers], *, exact: bool) -> Numbers:
    """Behaviour (A,) of realization plans; where a plan never leads, see `fill_open`."""
    rows: dict[int, list[Any]] = {}
    for own, plan in zip(owners, plans, strict=True):
        values = plan.tolist()
        for k, b, m, w in zip(own.sets, own.before, own.moves, own.widths, strict=True):
            total = sum(values[m : m + w])
            if values[b] > (0 if exact else 1e-11) and total > 0:
                rows.setdefault(k, [v / total for v in values[m : m + w]])
    return fill_open(tree, rows, exact=exact)


def fill_open(tree: GameTree, rows: dict[int, list[Any]], *, exact: bool) -> Numbers:
    """Behaviour (A,) with a best reply where nothing is said: the others' play decides it wherever they may lead there.

    Where not even the others lead, the first action.
    """
    zero, one = (Fraction(0), Fraction(1)) if exact else (0.0, 1.0)
    flat = np.full(int(tree.action_offset[-1]), zero, dtype=object if exact else np.float64)
    for k in range(tree.n_infosets):
        start, end = int(tree.action_offset[k]), int(tree.action_offset[k + 1])
        flat[start:end] = rows.get(k, [one] + [zero] * (end - start - 1))
    open_sets = [k for k in range(tree.n_infosets) if k not in rows]
    for player in sorted({int(tree.infoset_player[k]) for k in open_sets}):
        choice = reply_values(tree, flat, player, sequences=player_sequences(tree), exact=exact)[1]
        for k in open_sets:
            if tree.infoset_player[k] == player:
                start = int(tree.action_offset[k])
                flat[start : int(tree.action_offset[k + 1])] = zero
                flat[start + int(choice[k])] = one
    return flat
