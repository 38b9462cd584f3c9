"""Conflict graphs to test on: few states, ties, moves that cannot be taken back."""

from __future__ import annotations

from hypothesis import strategies as st

from negotiation.games.conflict import ConflictGraph

PARTIES = "ABCDEF"


@st.composite
def conflict_graphs(
    draw: st.DrawFn, *, min_parties: int = 1, max_parties: int = 3, max_states: int = 7
) -> ConflictGraph:
    """Conflicts given by lists of moves.

    Parameters
    ----------
    min_parties, max_parties, max_states : int

    Returns
    -------
    hypothesis strategy of ConflictGraph
        Preferences with ties; any moves, not transitive as a rule.
    """
    parties = PARTIES[: draw(st.integers(min_parties, max_parties))]
    n = draw(st.integers(1, max_states))
    ranks = st.lists(st.integers(0, 3), min_size=n, max_size=n)
    pairs = [(s, t) for s in range(n) for t in range(n) if s != t]
    moves = st.lists(st.sampled_from(pairs), unique=True, max_size=2 * n) if pairs else st.just([])
    return ConflictGraph({p: draw(ranks) for p in parties}, {p: draw(moves) for p in parties})


@st.composite
def option_conflicts(draw: st.DrawFn, *, max_parties: int = 3, max_options: int = 2) -> ConflictGraph:
    """Conflicts in option form, some with combinations that cannot be and options that only move forward.

    Parameters
    ----------
    max_parties, max_options : int
        Options of each party, with two or three settings.

    Returns
    -------
    hypothesis strategy of ConflictGraph
    """
    parties = PARTIES[: draw(st.integers(1, max_parties))]
    settings = {
        f"{p}{k}": ("N", "Y", "very much")[: draw(st.integers(2, 3))]
        for p in parties
        for k in range(draw(st.integers(0, max_options)))
    }
    options = {p: {name: some for name, some in settings.items() if name[0] == p} for p in parties}
    infeasible: list[dict[str, str]] = []
    irreversible: set[str] = set()
    if len(settings) > 1 and draw(st.booleans()):
        two = draw(st.lists(st.sampled_from(sorted(settings)), min_size=2, max_size=2, unique=True))
        infeasible = [{name: settings[name][-1] for name in two}]
    if settings:
        irreversible = draw(st.just(set[str]()) | st.sets(st.sampled_from(sorted(settings))))
    seed = draw(st.integers(1, 10**6))

    tables = {p: draw(st.lists(st.integers(0, 5), min_size=9, max_size=9)) for p in parties}
    return ConflictGraph.from_options(
        options,
        preferences={p: lambda s, p=p: tables[p][_mixed(s, seed) % 9] for p in parties},  # type: ignore[misc]
        infeasible=infeasible,
        irreversible=irreversible,
    )


def _mixed(settings: dict[str, str], seed: int) -> int:
    """A number that looks random but depends on nothing else."""
    number = seed
    for setting in settings.values():
        number = (number * 31 + len(setting) * 17) % 1_000_003
    return number
