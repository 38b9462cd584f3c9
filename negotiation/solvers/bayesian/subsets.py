"""From extreme equilibria to all of them: which can be mixed with which, side by side."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, product

from negotiation.solvers.bayesian.exact_game import ExactGame
from negotiation.solvers.components import maximal_bicliques

Rows = tuple[tuple[Fraction, ...], ...]
Part = tuple[frozenset[int], frozenset[int]]
MOST_PARTS = 20_000


@dataclass(frozen=True, slots=True)
class ExchangeableSet:
    """A maximal set of equilibria of which every mixture of one side meets every mixture of the other in an equilibrium.

    Parameters
    ----------
    equilibria : tuple of int
        Positions in the solution's ``equilibria`` of the extreme ones that span it.
    first, second : tuple of strategies in rationals
        Its extreme strategies: of the sender and the receiver, or of the two players.
    """

    equilibria: tuple[int, ...]
    first: tuple[Rows, ...]
    second: tuple[Rows, ...]

    @property
    def is_point(self) -> bool:
        """Whether it is a single equilibrium."""
        return len(self.equilibria) == 1


def exchangeable_sets(
    pairs: Sequence[tuple[Rows, Rows]],
    split: Callable[[Sequence[Rows], Sequence[Rows]], Iterable[Iterable[int]]] | None = None,
) -> tuple[ExchangeableSet, ...]:
    """All maximal exchangeable sets of extreme equilibria given as pairs of strategies.

    Parameters
    ----------
    pairs : sequence of (first, second)
    split : function, optional
        For strategies of both sides in such a set, the parts of the second's that can be mixed; all of them unless given.
    """
    firsts, of_first = _numbered([x for x, _ in pairs])
    seconds, of_second = _numbered([y for _, y in pairs])
    where = {(a, b): k for k, (a, b) in enumerate(zip(of_first, of_second, strict=True))}
    parts: set[Part] = set()
    for rows, columns in islice(maximal_bicliques(list(where)), MOST_PARTS):
        chosen = (
            [range(len(columns))] if split is None else split([firsts[a] for a in rows], [seconds[b] for b in columns])
        )
        parts |= {(frozenset(rows), frozenset(columns[b] for b in own)) for own in chosen}
    kept = sorted(_maximal(parts), key=lambda part: tuple(sorted(where[a, b] for a in part[0] for b in part[1])))
    return tuple(
        ExchangeableSet(
            tuple(sorted(where[a, b] for a in rows for b in columns)),
            tuple(firsts[a] for a in sorted(rows)),
            tuple(seconds[b] for b in sorted(columns)),
        )
        for rows, columns in kept
    )


def believable_parts(exact: ExactGame) -> Callable[[Sequence[Rows], Sequence[Rows]], Iterator[list[int]]]:
    """How replies can be mixed: after a message that none of the sender's strategies sends, they must be best at one belief."""
    T, M, A = exact.game.shape

    def split(senders: Sequence[Rows], receivers: Sequence[Rows]) -> Iterator[list[int]]:
        unsent = [m for m in range(M) if not any(exact.prior[t] and x[t][m] for x in senders for t in range(T))]
        used = [[{a for a in range(A) if y[m][a]} for m in unsent] for y in receivers]
        for cells in product(*(exact.cells(m) for m in unsent)):
            own = [k for k, sets in enumerate(used) if all(s <= cell for s, cell in zip(sets, cells, strict=True))]
            if own:
                yield own

    return split


def _numbered(items: Sequence[Hashable]) -> tuple[list[Rows], list[int]]:
    """The different items, and which of them each is."""
    at: dict[Hashable, int] = {}
    positions = [at.setdefault(item, len(at)) for item in items]
    return list(at), positions  # type: ignore[arg-type]


def _maximal(parts: set[Part]) -> list[Part]:
    return [p for p in parts if not any(p != q and p[0] <= q[0] and p[1] <= q[1] for q in parts)]
