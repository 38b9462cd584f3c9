"""Perfect Bayesian and Bayes-Nash equilibria by methods that share nothing with the solvers'."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

import negotiation as ng
from negotiation.solvers.bayesian import cone


def random_game(seed: int, shape: tuple[int, int, int], most: int) -> ng.SignallingGame:
    rng = np.random.default_rng(seed)
    weights = rng.integers(1, 5, shape[0])
    prior = [Fraction(int(w), int(weights.sum())) for w in weights]
    return ng.SignallingGame(prior, rng.integers(-most, most + 1, shape), rng.integers(-most, most + 1, shape))


def is_best_at_some_belief(payoffs: np.ndarray, actions: list[int]) -> bool:
    """Whether a linear programme finds a belief (T,) at which all of `actions` are best; payoffs (T, A)."""
    T, A = payoffs.shape
    rows = [payoffs[:, b] - payoffs[:, a] for a in actions for b in range(A)]
    found = linprog(np.zeros(T), A_ub=rows, b_ub=np.full(len(rows), 1e-9), A_eq=np.ones((1, T)), b_eq=[1])
    return bool(found.status == 0)


@pytest.mark.parametrize("seed", range(24))
def test_pure_equilibria_by_trying_everything(seed: int) -> None:
    """All pairs of plans, expectations written out, off-path beliefs by linear programming."""
    shape = [(2, 2, 2), (2, 2, 3), (2, 3, 2), (3, 2, 2)][seed % 4]
    game = random_game(seed, shape, 2)
    T, M, A = shape
    found = set()
    for sent in product(range(M), repeat=T):
        for reply in product(range(A), repeat=M):
            payoff = [game.sender[t, sent[t], reply[sent[t]]] for t in range(T)]
            if any(game.sender[t, m, reply[m]] > payoff[t] for t in range(T) for m in range(M)):
                continue
            fine = True
            for m in range(M):
                types = [t for t in range(T) if sent[t] == m]
                if types:
                    value = sum(game.prior[t] * game.receiver[t, m] for t in types)
                    fine &= bool(value[reply[m]] >= value.max() - 1e-9)
                else:
                    fine &= is_best_at_some_belief(game.receiver[:, m], [reply[m]])
            if fine:
                found.add((sent, reply))
    solution = ng.solve(game)
    assert {(tuple(e.sender.argmax(1)), tuple(e.receiver.argmax(1))) for e in solution.pure} == found


@pytest.mark.parametrize("seed", range(16))
def test_mixed_equilibria_by_the_induced_normal_form(seed: int) -> None:
    """Every outcome is one of a Nash equilibrium of the plans, and every Nash outcome with believable threats is listed."""
    game = random_game(100 + seed, [(2, 2, 2), (2, 2, 3)][seed % 2], 9)
    (T, M, A), form = game.shape, game.to_normal_form()
    nash = ng.solve(form, ng.VertexEnumeration(exact=True))
    assert nash.complete
    every, believable = set(), set()
    for e in nash.equilibria:
        x, y = e.profile_exact or ((), ())
        sender, receiver = by_type(x, M, T), by_type(y, A, M)
        sent = [any(row[m] for row in sender) for m in range(M)]
        outcome = (sender, tuple(row for row, on in zip(receiver, sent, strict=True) if on))
        every.add(outcome)
        if all(on or is_best_at_some_belief(game.receiver[:, m], [a for a in range(A) if receiver[m][a]])
               for m, on in enumerate(sent)):  # fmt: skip
            believable.add(outcome)
    ours = {(e.sender_exact, tuple(r for r, on in zip(e.receiver_exact, e.sent, strict=True) if on))
            for e in ng.solve(game).equilibria}  # fmt: skip
    assert believable <= ours <= every


def by_type(plans: tuple[Fraction, ...], options: int, decisions: int) -> tuple[tuple[Fraction, ...], ...]:
    """A mixture of plans as what is done at each decision."""
    table = np.array(plans, dtype=object).reshape((options,) * decisions)
    rows = (table.sum(axis=tuple(k for k in range(decisions) if k != d)) for d in range(decisions))
    return tuple(tuple(row.tolist()) for row in rows)


@pytest.mark.parametrize("seed", range(12))
def test_off_path_beliefs_by_a_grid(seed: int) -> None:
    """With two types the beliefs that support a reply are an interval; a grid of 1,001 beliefs finds the same one."""
    game = random_game(200 + seed, (2, 3, 3), 4)
    grid = np.linspace(0, 1, 1001)
    for e in ng.solve(game).equilibria:
        for m, name in enumerate(game.messages):
            if e.sent[m]:
                continue
            values = np.outer(grid, game.receiver[0, m]) + np.outer(1 - grid, game.receiver[1, m])
            mine = values[:, e.receiver[m] > 0].min(axis=1)
            good = grid[mine >= values.max(axis=1) - 1e-9]
            low, high = e.belief_range(name)
            if len(good):
                assert low <= good[0] + 1e-9
                assert good[-1] <= high + 1e-9
                assert good[0] - low <= 0.001 + 1e-9
                assert high - good[-1] <= 0.001 + 1e-9
            else:  # a single belief between two grid points
                assert high - low < 0.001


def random_bayesian(seed: int, types: tuple[int, int], actions: tuple[int, int]) -> ng.BayesianGame:
    rng = np.random.default_rng(seed)
    prior = rng.integers(1, 6, types)
    exact = np.array([Fraction(int(w), int(prior.sum())) for w in prior.ravel()], dtype=object).reshape(types)
    return ng.BayesianGame(exact, rng.integers(-50, 51, (2, *types, *actions)))


@pytest.mark.parametrize("seed", range(16))
def test_bayes_nash_by_the_induced_normal_form(seed: int) -> None:
    """The two-player engine on plans, mapped back to types, finds the same equilibria."""
    game = random_bayesian(seed, [(2, 2), (1, 2), (2, 1)][seed % 3], [(2, 2), (3, 2)][seed % 2])
    nash = ng.solve(game.induced_form(), ng.VertexEnumeration())
    assert nash.complete
    found = {
        tuple(
            tuple(np.round(by_options(p, len(game.actions[i]), len(game.types[i])), 6).ravel())
            for i, p in enumerate(e.profile)
        )
        for e in nash.equilibria
    }
    ours = {tuple(tuple(np.round(s, 6).ravel()) for s in e.strategies) for e in ng.solve(game).equilibria}
    assert ours <= found  # plans that differ may be the same types' mixtures, and some of those are not extreme
    for strategies in found - ours:
        shaped = [np.reshape(s, (len(t), len(a))) for s, t, a in zip(strategies, game.types, game.actions, strict=True)]
        assert max(r.max() for r in ng.interim_regret(game, shaped)) < 1e-3
        assert any(in_the_same_component(shaped, e.strategies) for e in ng.solve(game).equilibria)


def in_the_same_component(found: list[np.ndarray], extreme: tuple[np.ndarray, ...]) -> bool:
    """Whether an extreme equilibrium uses no action that the one found does not."""
    return all(((e > 0) <= (f > 0)).all() for f, e in zip(found, extreme, strict=True))


def by_options(plans: np.ndarray, options: int, decisions: int) -> np.ndarray:
    table = plans.reshape((options,) * decisions)
    return np.array([table.sum(axis=tuple(k for k in range(decisions) if k != d)) for d in range(decisions)])


@pytest.mark.parametrize("seed", range(6))
def test_bayes_nash_by_polynomials_of_the_agent_form(seed: int) -> None:
    """Every type a player of its own, three in all: support enumeration for many players finds the same equilibria."""
    game = random_bayesian(50 + seed, (1, 2), (2, 2))
    solution = ng.solve(game, ng.AgentForm(ng.PolynomialEnumeration()))
    found = {tuple(np.round(np.concatenate([s.ravel() for s in e.strategies]), 6)) for e in solution.equilibria}
    ours = {tuple(np.round(np.concatenate([s.ravel() for s in e.strategies]), 6)) for e in ng.solve(game).equilibria}
    assert solution.complete
    assert found == ours


@pytest.mark.parametrize("seed", range(4))
def test_compiled_and_plain_vertices_agree(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The compiled test of adjacency, which only large games reach, finds the same equilibria on small ones."""
    game = random_game(300 + seed, (2, 3, 3), 5)
    plain = [(e.sender_exact, e.receiver_exact) for e in ng.solve(game).equilibria]
    monkeypatch.setattr(cone, "_FEW", 0)
    assert [(e.sender_exact, e.receiver_exact) for e in ng.solve(game).equilibria] == plain


def best_mixtures(game: ng.SignallingGame, message: int, types: list[int], steps: int = 400) -> np.ndarray:
    """Best replies, mixed ones included, to beliefs on one or two types: corners, and a grid along edges, (R, A)."""
    A = len(game.actions)
    ends = [np.eye(2)[t] if len(game.types) == 2 else None for t in types]
    beliefs = [b for b in ends if b is not None]
    if len(types) == 2:
        gaps = game.receiver[0, message][:, None] - game.receiver[0, message][None, :]
        others = game.receiver[1, message][:, None] - game.receiver[1, message][None, :]
        with np.errstate(divide="ignore", invalid="ignore"):
            crossing = (others / (others - gaps)).ravel()
        beliefs += [np.array([p, 1 - p]) for p in crossing if 0 <= p <= 1]
    found = []
    for belief in beliefs:
        values = belief @ game.receiver[:, message]
        best = np.flatnonzero(values >= values.max() - 1e-9)
        found += [np.eye(A)[a] for a in best]
        for a in best:
            for b in best[best > a]:
                found += [w * np.eye(A)[a] + (1 - w) * np.eye(A)[b] for w in np.linspace(0, 1, steps)]
    return np.array(found)


@pytest.mark.parametrize("seed", range(40))
def test_refinements_by_a_grid_of_mixed_replies(seed: int) -> None:
    """With two types, who can send a surprise, and whether that upsets the equilibrium, from the definitions on a grid."""
    game = random_game(400 + seed, (2, 2 + seed % 2, 3), 50)
    for e in ng.solve(game).equilibria:
        for m, name in enumerate(game.messages):
            if e.sent[m]:
                continue
            replies = best_mixtures(game, m, [0, 1])
            gains = replies @ game.sender[:, m].T - e.type_payoffs  # (R, T)
            keener = [
                (gains[:, 1 - t] > 1e-9).any() and (gains[gains[:, t] >= -1e-9, 1 - t] > 1e-9).all() for t in range(2)
            ]
            left = [t for t in range(2) if not keener[t]] or [0, 1]
            assert dict(e.d1.plausible)[name] == tuple(game.types[t] for t in left)
            fits = [t for t in range(2) if gains[:, t].max() >= -1e-9] or [0, 1]
            assert dict(e.intuitive.plausible)[name] == tuple(game.types[t] for t in fits)
        deterred = all(
            (best_mixtures(game, m, [game.types.index(t) for t in dict(e.d1.plausible)[name]]) @ game.sender[:, m].T
             <= e.type_payoffs + 0.3).all(axis=1).any()
            for m, name in enumerate(game.messages) if not e.sent[m]
        )  # fmt: skip
        assert e.d1.passes <= deterred
        upset = False
        for m, name in enumerate(game.messages):
            if not e.sent[m]:
                kinds = [game.types.index(t) for t in dict(e.intuitive.plausible)[name]]
                gains = best_mixtures(game, m, kinds) @ game.sender[kinds, m].T - e.type_payoffs[kinds]
                upset |= bool((gains > 1e-9).all(axis=0).any())
        assert e.intuitive.passes == (not upset)


# --- closed forms ----------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [Fraction(0), Fraction(1, 4), Fraction(1, 2), Fraction(1)])
def test_no_bid_in_the_double_auction_does_better(k: Fraction) -> None:
    """Against the other's linear bids, on a grid of bids and of the other's numbers, nobody gains."""
    answer, grid = ng.double_auction(k), (np.arange(2000) + 0.5) / 2000
    (b1, b0), (s1, s0), w = map(float, answer.buyer), map(float, answer.seller), float(k)
    asks, bids = s1 * grid + s0, b1 * grid + b0
    tried = np.linspace(0, 1.3, 261)
    for value in (0.3, 0.6, 0.9):
        earned = np.where(tried[:, None] >= asks, value - (w * tried[:, None] + (1 - w) * asks), 0).mean(axis=1)
        mine = b1 * value + b0
        assert np.where(mine >= asks, value - (w * mine + (1 - w) * asks), 0).mean() >= earned.max() - 1e-3
    for cost in (0.1, 0.4, 0.7):
        earned = np.where(bids >= tried[:, None], w * bids + (1 - w) * tried[:, None] - cost, 0).mean(axis=1)
        mine = s1 * cost + s0
        assert np.where(bids >= mine, w * bids + (1 - w) * mine - cost, 0).mean() >= earned.max() - 1e-3
    crossing = bids[:, None] >= asks[None, :]
    gains = np.where(crossing, grid[:, None] - grid[None, :], 0).mean()
    assert gains == pytest.approx(float(answer.expected_gains), abs=1e-3)


@pytest.mark.parametrize("bidders", [2, 3])
def test_no_bid_in_the_auctions_does_better(bidders: int) -> None:
    """Against others who follow the closed form, no other bid on a grid wins more, less what it costs."""
    grid = np.linspace(0, 1, 401)
    first, all_pay = ng.first_price_auction(bidders), ng.all_pay_auction(bidders)
    for value in (0.25, 0.5, 1.0):
        as_if = grid ** (bidders - 1)  # the chance to win when bidding as one with value `grid`
        bid = np.array([float(first.bid(v)) for v in grid])
        paid = np.array([float(all_pay.bid(v)) for v in grid])
        here = round(value * 400)
        assert ((value - bid) * as_if)[here] >= ((value - bid) * as_if).max() - 1e-12
        assert (value * as_if - paid)[here] >= (value * as_if - paid).max() - 1e-12


def test_the_intuitive_criterion_leaves_the_least_costly_signal() -> None:
    """Spence's market on a grid of levels: of all that separate, the one nearest above the closed form survives."""
    levels, wages = (
        [Fraction(0), Fraction(6, 5), Fraction(8, 5), Fraction(2)],
        [Fraction(1), Fraction(3, 2), Fraction(2)],
    )
    sender = [[[w - cost * y for w in wages] for y in levels] for cost in (Fraction(1), Fraction(1, 2))]
    receiver = [[[-((w - type_) ** 2) for w in wages] for _ in levels] for type_ in (1, 2)]
    solution = ng.solve(
        ng.SignallingGame([Fraction(3, 4), Fraction(1, 4)], sender, receiver, messages=list(map(str, levels)))
    )
    separating = [e for e in solution.pure if e.is_separating]
    levels_sent = {levels[int(e.sender[1].argmax())] for e in separating}
    low, high = ng.spence(productivities=(1, 2), unit_costs=(1, Fraction(1, 2))).separating
    assert levels_sent == {y for y in levels if low <= y <= high}
    surviving = {levels[int(e.sender[1].argmax())] for e in separating if e.intuitive}
    assert surviving == {min(y for y in levels if y >= low)}


@pytest.mark.parametrize("bias", [0.02, 0.05, 0.1, 0.2])
def test_talk_is_finer_the_closer_interests_are(bias: float) -> None:
    """No type of the sender on a grid gains by saying what another element says, and one element more is impossible."""
    talk = ng.cheap_talk(bias)
    for n in range(1, talk.most + 1):
        actions = np.array(ng.cheap_talk(bias, elements=n).actions, dtype=float)
        for state in np.linspace(0.0005, 0.9995, 500):
            loss = (actions - state - bias) ** 2
            assert loss[ng.cheap_talk(bias, elements=n).message(state)] <= loss.min() + 1e-9
    with pytest.raises(ng.ParameterError):
        ng.cheap_talk(bias, elements=talk.most + 1)
