"""Taking a package game apart gives what its full table gives."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import negotiation as ng
from negotiation.solvers.pure import best_response_cells

# Solving costs milliseconds a draw: the hundreds of draws in CI would take a minute a law.
few = settings(max_examples=min(120, settings.default.max_examples))


@st.composite
def package_games(draw: st.DrawFn) -> ng.PackageGame:
    """Up to five issues of up to three options, up to three players, few integers as stakes, some synergies."""
    players, issues = draw(st.integers(1, 3)), draw(st.integers(1, 5))
    number = st.integers(-2, 2)
    sizes = draw(st.lists(st.integers(1, 3), min_size=issues, max_size=issues))
    stakes = [
        draw(st.lists(st.lists(number, min_size=o, max_size=o), min_size=players, max_size=players)) for o in sizes
    ]
    owners = draw(st.lists(st.integers(0, players - 1), min_size=issues, max_size=issues))
    synergies = []
    for _ in range(draw(st.integers(0, 3))):
        chosen = draw(st.sets(st.integers(0, issues - 1), min_size=1, max_size=3))
        when = {k: draw(st.integers(0, sizes[k] - 1)) for k in chosen}
        synergies.append((when, draw(st.lists(number, min_size=players, max_size=players))))
    return ng.PackageGame(stakes, owners, synergies=synergies)


def cell_of(game: ng.PackageGame, options: tuple[int, ...]) -> tuple[int, ...]:
    """Where a package lies in the full table."""
    cell = []
    for i in range(game.n_players):
        at = 0
        for k in game.issues_of(i):
            at = at * game.n_options[k] + options[k]
        cell.append(at)
    return tuple(cell)


@few
@given(game=package_games())
def test_the_parts_give_exactly_the_pure_equilibria_of_the_table(game: ng.PackageGame) -> None:
    """None lost, none added, however ties and synergies fall."""
    solution = ng.solve(game)
    marked = best_response_cells(game.to_normal_form().payoffs)
    assert solution.n_pure == marked.sum()
    assert {cell_of(game, p) for p in solution.packages()} == set(map(tuple, np.argwhere(marked).tolist()))


@few
@given(game=package_games())
def test_every_equilibrium_listed_has_no_regret_in_the_table(game: ng.PackageGame) -> None:
    """The certificate computed on the parts is the one of the whole game."""
    table = game.to_normal_form()
    for e in ng.solve(game).equilibria:
        profile = [np.eye(m)[a] for m, a in zip(table.shape, cell_of(game, e.options), strict=True)]
        assert ng.regret(table, profile).max() == e.regret == 0
        np.testing.assert_array_equal(ng.expected_payoffs(table, profile), e.payoffs)


@few
@given(game=package_games(), data=st.data())
def test_regret_on_the_parts_is_regret_in_the_table(game: ng.PackageGame, data: st.DataObject) -> None:
    """Also off equilibrium, for any package that elimination leaves."""
    solution = ng.solve(game)
    gone = {(d.issue, d.option) for d in solution.eliminated}
    options = tuple(
        data.draw(st.sampled_from([a for a in range(o) if (k, a) not in gone])) for k, o in enumerate(game.n_options)
    )
    table = game.to_normal_form()
    profile = [np.eye(m)[a] for m, a in zip(table.shape, cell_of(game, options), strict=True)]
    np.testing.assert_allclose(solution.regret(options), ng.regret(table, profile), atol=1e-12)


@few
@given(game=package_games())
def test_eliminated_options_are_dominated_in_the_table(game: ng.PackageGame) -> None:
    """Every action with an option that went in the first round is strictly dominated."""
    table = game.to_normal_form()
    for d in ng.solve(game).eliminated:
        if d.round > 0:
            continue
        owner = game.owners[d.issue]
        dominated = {e.action for e in ng.dominated_actions(table, owner)}
        sizes = [game.n_options[k] for k in game.issues_of(owner)]
        place = game.issues_of(owner).index(d.issue)
        for action in range(table.shape[owner]):
            if np.unravel_index(action, sizes)[place] == d.option:
                assert action in dominated


@few
@given(game=package_games())
def test_mixed_equilibria_of_the_parts_make_mixed_equilibria_of_the_whole(game: ng.PackageGame) -> None:
    """One equilibrium of each part, played independently."""
    solution = ng.solve(game)
    table = game.to_normal_form()
    strategies = []
    gone = {(d.issue, d.option) for d in solution.eliminated}
    sizes = game.n_options
    marginals = [dict.fromkeys([()], 1.0) for _ in range(game.n_players)]
    for part in solution.parts:
        found = ng.solve(part.game, ng.OneEquilibrium()).equilibria
        assert len(found) == 1
        for i, owner in enumerate(part.owners):
            own = [q for q, k in enumerate(part.issues) if game.owners[k] == owner]
            shape = [len(part.options[q]) for q in own]
            grown = {}
            for action, p in enumerate(found[0].profile[i]):
                at = np.unravel_index(action, shape)
                picks = tuple((part.issues[q], part.options[q][int(a)]) for q, a in zip(own, at, strict=True))
                for before, weight in marginals[owner].items():
                    grown[before + picks] = grown.get(before + picks, 0.0) + weight * p
            marginals[owner] = grown
    for i in range(game.n_players):
        own = game.issues_of(i)
        strategy = np.zeros(table.shape[i])
        for picks, weight in marginals[i].items():
            fixed = {k: next(a for a in range(sizes[k]) if (k, a) not in gone) for k in own} | dict(picks)
            at = 0
            for k in own:
                at = at * sizes[k] + fixed[k]
            strategy[at] += weight
        strategies.append(strategy)
    assert ng.regret(table, strategies).max() < 1e-9


def test_twenty_issues_a_side_need_no_table() -> None:
    """2^20 × 2^20 packages: the equilibria are counted and their regret is certified."""
    rng = np.random.default_rng(1)
    stakes = [rng.integers(-9, 10, (2, 2)) for _ in range(40)]
    synergies = [
        ({int(rng.integers(20)): 1, 20 + int(rng.integers(20)): 1}, rng.integers(-9, 10, 2)) for _ in range(15)
    ]
    game = ng.PackageGame(stakes, [0] * 20 + [1] * 20, synergies=synergies)
    solution = ng.solve(game)
    assert solution.complete
    for e in solution.equilibria:
        for k in range(40):
            other = [*e.options]
            other[k] = 1 - other[k]
            assert game.payoffs_of(other)[game.owners[k]] <= e.payoffs[game.owners[k]]
