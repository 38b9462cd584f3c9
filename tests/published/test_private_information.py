"""Signalling games, Bayesian games and closed forms with published answers.

Payoffs and beliefs of the signalling games: the game files of Gambit (`contrib/games/e17.efg`, `bhg1.efg`, `bhg3.efg`,
`bhg5.efg`, `catalog/books/watson2013/fig29_1.efg`), after

- Cho, I.-K. and Kreps, D. M. (1987). Signaling games and stable equilibria. Quarterly Journal of Economics 102, 179-221, fig. I.
- Watson, J. (2013). Strategy, 3rd edition, fig. 29.1. Norton.
- Brandts, J. and Holt, C. A. (1993). Adjustment patterns and equilibrium selection in experimental signaling games.
  International Journal of Game Theory 22, 279-302.

The others are cited where they are tested.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest

import negotiation as ng

HALF = [Fraction(1, 2), Fraction(1, 2)]
GAMES: dict[str, dict[str, Any]] = {
    "beer-quiche": {
        "prior": [Fraction(1, 10), Fraction(9, 10)],
        "sender": [[[0, 2], [1, 3]], [[1, 3], [0, 2]]],
        "receiver": [[[1, 0], [1, 0]], [[0, 1], [0, 1]]],
        # sender's plan, receiver's plan, kind, beliefs in the first type after messages that nobody sends
        "pure": [
            ((0, 0), (1, 0), "pooling", {1: (Fraction(1, 2), Fraction(1))}),
            ((1, 1), (0, 1), "pooling", {0: (Fraction(1, 2), Fraction(1))}),
        ],
        "intuitive": [True, False],
    },
    "Watson's job market": {
        "prior": [Fraction(1, 3), Fraction(2, 3)],
        "sender": [[[6, 0], [10, 4]], [[3, -3], [10, 4]]],
        "receiver": [[[10, 4], [10, 4]], [[0, 4], [0, 4]]],
        "pure": [((0, 1), (0, 1), "separating", {}), ((1, 1), (1, 1), "pooling", {0: (Fraction(0), Fraction(2, 5))})],
    },
    "Brandts and Holt 1": {
        "prior": HALF,
        "sender": [[[15, 30, 0], [45, 0, 30]], [[30, 15, 45], [30, 0, 30]]],
        "receiver": [[[30, 30, 45], [15, 0, 15]], [[30, 60, 30], [30, 0, 15]]],
        "pure": [((1, 1), (1, 0), "pooling", {0: (Fraction(0), Fraction(2, 3))})],
    },
    "Brandts and Holt 3": {
        "prior": HALF,
        "sender": [[[45, 15, 30], [30, 0, 45]], [[30, 0, 30], [45, 15, 30]]],
        "receiver": [[[30, 0, 15], [90, 15, 15]], [[30, 45, 15], [0, 30, 15]]],
        "pure": [
            ((0, 0), (0, 1), "pooling", {1: (Fraction(0), Fraction(2, 7))}),
            ((1, 1), (1, 0), "pooling", {0: (Fraction(0), Fraction(1, 3))}),
        ],
        "intuitive": [True, False],
    },
    "Brandts and Holt 5": {
        "prior": HALF,
        "sender": [[[45, 0, 0], [30, 30, 60]], [[30, 30, 30], [45, 0, 0]]],
        "receiver": [[[30, 0, 15], [90, 15, 60]], [[30, 45, 0], [0, 30, 15]]],
        "pure": [
            ((0, 0), (0, 1), "pooling", {1: (Fraction(0), Fraction(1, 4))}),
            ((1, 1), (1, 0), "pooling", {0: (Fraction(0), Fraction(1, 3))}),
        ],
    },
}


@pytest.mark.parametrize("solver", [None, ng.PureAssessments()], ids=["default", "pure"])
@pytest.mark.parametrize("numbers", ["fractions", "floats"])
@pytest.mark.parametrize("name", GAMES)
def test_pure_perfect_bayesian_equilibria(name: str, numbers: str, solver: Any) -> None:
    """All of them and no other, with the beliefs that support each, in rationals and from floats alike."""
    case = GAMES[name]
    prior = case["prior"] if numbers == "fractions" else [float(p) for p in case["prior"]]
    solution = ng.solve(ng.SignallingGame(prior, case["sender"], case["receiver"]), solver)
    assert solution.complete
    found = [
        (
            tuple(e.sender.argmax(axis=1).tolist()),
            tuple(e.receiver.argmax(axis=1).tolist()),
            e.kind,
            {
                m: (min(b[0] for b in e.belief_sets_exact[m]), max(b[0] for b in e.belief_sets_exact[m]))
                for m in range(2)
                if not e.sent[m]
            },
        )
        for e in solution.pure
    ]
    assert found == case["pure"]
    assert [e.intuitive.passes for e in solution.pure] == case.get(
        "intuitive", [e.intuitive.passes for e in solution.pure]
    )
    assert max(e.regret for e in solution.equilibria) == 0


def test_quiche_cannot_be_explained() -> None:
    """Cho and Kreps: beer would not come from the wimp, who does better with quiche whatever follows; so the surly deviates."""
    case = GAMES["beer-quiche"]
    game = ng.SignallingGame(case["prior"], case["sender"], case["receiver"],
                             types=("wimp", "surly"), messages=("beer", "quiche"), actions=("duel", "don't"))  # fmt: skip
    quiche = next(e for e in ng.solve(game).pure if e.sender[0, 1] == 1)
    assert quiche.intuitive.plausible == (("beer", ("surly",)),)
    assert quiche.intuitive.reasons == (
        "beer would not come from wimp; then surly gains from it whatever the best reply (don't).",
    )
    assert not quiche.d1.passes


def test_the_hybrid_equilibrium_when_most_are_wimps() -> None:
    """With a prior of 2/3 wimps the surly drink beer, half of the wimps join them, and beer is met with a duel half the time."""
    case = GAMES["beer-quiche"]
    game = ng.SignallingGame([Fraction(2, 3), Fraction(1, 3)], case["sender"], case["receiver"])
    hybrids = [e for e in ng.solve(game).equilibria if e.kind == "semi-separating"]
    assert len(hybrids) == 1
    assert hybrids[0].sender_exact == ((Fraction(1, 2), Fraction(1, 2)), (Fraction(1), Fraction(0)))
    assert hybrids[0].receiver_exact == ((Fraction(1, 2), Fraction(1, 2)), (Fraction(1), Fraction(0)))
    assert hybrids[0].posterior["message 0"].tolist() == [0.5, 0.5]


def test_cournot_with_a_private_cost() -> None:
    """Gibbons, R. (1992). Game Theory for Applied Economists, section 3.1.A.

    Demand 10 - q, a known cost of 2, a private one of 3 or 1, each half the time. On a grid of sixths
    that holds the published quantities they are an equilibrium, and the grid's pure equilibria include it.
    """
    grid = [Fraction(k, 6) for k in range(10, 24)]
    cost = {"high": Fraction(3), "low": Fraction(1)}
    names = [str(q) for q in grid]

    def payoff(types: tuple[str, ...], actions: tuple[str, ...]) -> tuple[Fraction, Fraction]:
        mine, other = Fraction(actions[0]), Fraction(actions[1])
        price = 10 - mine - other
        return mine * (price - 2), other * (price - cost[types[1]])

    game = ng.BayesianGame.from_function(
        payoff,
        types={"firm 1": {"known": 1}, "firm 2": {"high": Fraction(1, 2), "low": Fraction(1, 2)}},
        actions={"firm 1": names, "firm 2": names},
    )
    published = [np.zeros((1, 14)), np.zeros((2, 14))]
    published[0][0, grid.index(Fraction(8, 3))] = 1
    published[1][0, grid.index(Fraction(13, 6))] = 1
    published[1][1, grid.index(Fraction(19, 6))] = 1
    assert max(r.max() for r in ng.interim_regret(game, published)) == 0
    found = ng.solve(game, ng.AgentForm()).equilibria
    assert any(all(np.array_equal(a, b) for a, b in zip(e.strategies, published, strict=True)) for e in found)


def test_a_unanimous_jury() -> None:
    """Feddersen, T. and Pesendorfer, W. (1998). Convicting the innocent. American Political Science Review 92, 23-35.

    Three jurors, signals right four times in five, a threshold of doubt of one half: who sees innocence votes to convict with
    probability 2/7, and is then indifferent; who sees guilt strictly prefers to convict.
    """
    p, signals = Fraction(4, 5), ("guilty", "innocent")

    def joint(types: tuple[str, ...], guilty: bool) -> Fraction:
        right = sum((t == "guilty") == guilty for t in types)
        return Fraction(1, 2) * p**right * (1 - p) ** (3 - right)

    def payoff(types: tuple[str, ...], actions: tuple[str, ...]) -> tuple[Fraction, Fraction, Fraction]:
        convicted = all(a == "convict" for a in actions)
        guilty, innocent = joint(types, True), joint(types, False)
        wrong = innocent / (guilty + innocent) if convicted else guilty / (guilty + innocent)
        return (-wrong / 2,) * 3

    cells = list(product(signals, repeat=3))
    players = ("juror 1", "juror 2", "juror 3")
    game = ng.BayesianGame.from_function(
        payoff,
        types={name: dict.fromkeys(signals, 0) for name in players},
        actions=dict.fromkeys(players, ("convict", "acquit")),
        joint={cell: joint(cell, True) + joint(cell, False) for cell in cells},
    )
    sigma = 2 / 7
    strategy = [[1, 0], [sigma, 1 - sigma]]
    assert max(float(r.max()) for r in ng.interim_regret(game, [strategy] * 3)) == pytest.approx(0, abs=1e-12)
    slightly_off = [[1, 0], [sigma + 0.05, 0.95 - sigma]]
    assert max(float(r.max()) for r in ng.interim_regret(game, [slightly_off] * 3)) > 1e-4


@pytest.mark.parametrize(
    ("bias", "cutoffs"),
    [
        (Fraction(1, 20), ["0", "2/15", "7/15", "1"]),
        (Fraction(1, 100), ["0", "4/175", "3/35", "33/175", "58/175", "18/35", "129/175", "1"]),
    ],
)
def test_cheap_talk(bias: Fraction, cutoffs: list[str]) -> None:
    """Crawford, V. and Sobel, J. (1982). Strategic information transmission. Econometrica 50, 1431-1451, section 4."""
    talk = ng.cheap_talk(bias)
    assert talk.cutoffs == tuple(map(Fraction, cutoffs))
    assert talk.most == len(cutoffs) - 1
    assert ng.cheap_talk(float(bias)).cutoffs == pytest.approx([float(Fraction(c)) for c in cutoffs])
    n, b = talk.n_messages, bias
    assert (
        talk.residual_variance == Fraction(1, 12 * n**2) + b**2 * (n**2 - 1) / 3
    )  # their formula for the receiver's loss
    for low, here, high in zip(talk.cutoffs, talk.cutoffs[1:], talk.cutoffs[2:], strict=False):
        assert abs((low + here) / 2 - here - b) == abs((here + high) / 2 - here - b)  # indifferent at the cut
    assert ng.cheap_talk(-bias).cutoffs == tuple(1 - c for c in reversed(talk.cutoffs))
    assert ng.cheap_talk(Fraction(1, 4)).n_messages == 1


def test_spence() -> None:
    """Spence, M. (1973). Job market signaling. Quarterly Journal of Economics 87, 355-374: 1 <= y* <= 2."""
    answer = ng.spence(productivities=(1, 2), unit_costs=(1, Fraction(1, 2)), share_high=Fraction(1, 2))
    assert answer.separating == (1, 2)
    assert answer.least_cost == 1
    assert answer.pooling == (0, Fraction(1, 2))


def test_auctions() -> None:
    """Vickrey (1961), Journal of Finance 16, 8-37; Krishna (2009), Auction Theory, chapters 2 and 3."""
    assert (ng.first_price_auction(3).slope, ng.first_price_auction(3).expected_revenue) == (
        Fraction(2, 3),
        Fraction(1, 2),
    )
    both = ng.all_pay_auction(2)
    assert (both.coefficient, both.power, both.expected_revenue) == (Fraction(1, 2), 2, Fraction(1, 3))


def test_the_double_auction() -> None:
    """Chatterjee, K. and Samuelson, W. (1983). Bargaining under incomplete information. Operations Research 31, 835-851."""
    answer = ng.double_auction()
    assert (answer.buyer, answer.seller) == ((Fraction(2, 3), Fraction(1, 12)), (Fraction(2, 3), Fraction(1, 4)))
    assert (answer.trade_threshold, answer.expected_gains, answer.first_best_gains) == (
        Fraction(1, 4),
        Fraction(9, 64),
        Fraction(1, 6),
    )
    assert answer.trades(Fraction(3, 4), Fraction(1, 2))
    assert not answer.trades(Fraction(3, 4), Fraction(51, 100))
