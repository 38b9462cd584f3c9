"""Signalling and Bayesian games refuse what makes no sense, and say what would."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import negotiation as ng

S = np.arange(8).reshape(2, 2, 2)
U = np.zeros((2, 1, 2, 2, 2))


def signalling(prior: Any = (0.5, 0.5), sender: Any = S, receiver: Any = S, **names: Any) -> ng.SignallingGame:
    return ng.SignallingGame(prior, sender, receiver, **names)


def changed(value: Any) -> np.ndarray:
    table = S.astype(object)
    table[1, 0, 1] = value
    return table


BAD: dict[str, tuple[Callable[[], object], type[Exception], str]] = {
    "prior does not add up": (lambda: signalling((0.5, 0.4)), ng.ProbabilityError, "sum to 0.9, not 1"),
    "negative prior": (lambda: signalling((1.5, -0.5)), ng.ProbabilityError, "negative probability, -0.5"),
    "NaN prior": (lambda: signalling((np.nan, 1)), ng.NotFiniteError, r"the prior: the entry at \(0,\) is nan"),
    "prior of another length": (lambda: signalling((1,)), ng.GameShapeError, "names 1 types, the payoffs have 2"),
    "empty prior": (lambda: signalling(()), ng.GameShapeError, "are empty"),
    "NaN payoff": (lambda: signalling(sender=changed(np.nan)), ng.NotFiniteError, r"at \(1, 0, 1\) is nan"),
    "infinite payoff": (lambda: signalling(receiver=changed(np.inf)), ng.NotFiniteError, r"at \(1, 0, 1\) is inf"),
    "text for a payoff": (lambda: signalling(sender=changed("x")), ng.WrongTypeError, "is not a number: 'x'"),
    "missing payoff": (lambda: signalling(sender=changed(None)), ng.WrongTypeError, "is not a number: None"),
    "complex payoff": (lambda: signalling(sender=changed(1j)), ng.WrongTypeError, "is not a number"),
    "payoff beyond floats": (lambda: signalling(sender=changed(10**400)), ng.NotFiniteError, "too large"),
    "ragged payoffs": (
        lambda: signalling(sender=[[[1], [2, 3]], [[1, 2], [3, 4]]]),
        ng.GameShapeError,
        "no ragged rows",
    ),
    "two axes": (lambda: signalling(sender=S[0]), ng.GameShapeError, r"axes \(types, messages, actions\)"),
    "different shapes": (lambda: signalling(receiver=S[:, :1]), ng.GameShapeError, "they must agree"),
    "too few type names": (lambda: signalling(types=("a",)), ng.GameShapeError, "1 type names given, 2 needed"),
    "the same name twice": (lambda: signalling(messages=("m", "m")), ng.DuplicateNameError, "duplicate message 'm'"),
    "one text for names": (lambda: signalling(actions="ab"), ng.WrongTypeError, "not the text 'ab'"),
    "nothing allowed": (
        lambda: signalling(allowed=[[True, True], [False, False]]),
        ng.GameShapeError,
        "after message 1 no action is allowed",
    ),
    "a mask of numbers": (lambda: signalling(allowed=[[1, 1], [1, 0]]), ng.GameShapeError, "true or false"),
    "unknown message": (
        lambda: signalling().best_replies("beer", (0.5, 0.5)),
        ng.UnknownNameError,
        "no message called",
    ),
    "belief that does not add up": (
        lambda: signalling().best_replies(0, (0.5, 0.6)),
        ng.ProbabilityError,
        "sum to 1.1",
    ),
    "belief over other types": (lambda: signalling().best_replies(0, (1,)), ng.GameShapeError, "has 1 entries"),
    "negative scale": (lambda: signalling().scaled(-1), ng.GameShapeError, "must be positive"),
    "too many plans": (
        lambda: signalling().to_normal_form(limit=3),
        ng.SizeLimitError,
        "4 × 4 cells, past the limit of 3",
    ),
    "no players": (lambda: ng.BayesianGame([1], []), ng.GameShapeError, "0 players"),
    "axes of one player for two": (lambda: ng.BayesianGame([[1]], U[:, :, :, 0, 0]), ng.GameShapeError, "3 axes for 2"),
    "prior of another shape": (
        lambda: ng.BayesianGame([[1]], U),
        ng.GameShapeError,
        r"the payoffs' type axes are \(1, 2\)",
    ),
    "joint prior that does not add up": (lambda: ng.BayesianGame([[0.5, 0.6]], U), ng.ProbabilityError, "sum to 1.1"),
    "a player's prior that does not add up": (
        lambda: ng.BayesianGame.independent([[1], [0.5, 0.6]], U),
        ng.ProbabilityError,
        "the prior of player 2 sum to 1.1",
    ),
    "names for one player only": (
        lambda: ng.BayesianGame([[0.5, 0.5]], U, types=[["a"]]),
        ng.GameShapeError,
        "1 lists of",
    ),
    "text for names of types": (
        lambda: ng.BayesianGame([[0.5, 0.5]], U, types=["a", "bc"]),
        ng.WrongTypeError,
        "a list of texts",
    ),
    "a function that forgets a player": (
        lambda: ng.BayesianGame.from_function(
            lambda t, a: [0], types={"A": {"t": 1}, "B": {"t": 1}}, actions={"A": ["x"], "B": ["y"]}
        ),
        ng.GameShapeError,
        "one number a player, 2 in all",
    ),
    "actions of somebody else": (
        lambda: ng.BayesianGame.from_function(
            lambda t, a: [0, 0], types={"A": {"t": 1}, "B": {"t": 1}}, actions={"A": ["x"], "C": ["y"]}
        ),
        ng.UnknownNameError,
        "both types and actions",
    ),
    "an unknown combination": (
        lambda: ng.BayesianGame.from_function(
            lambda t, a: [0], types={"A": {"t": 1}}, actions={"A": ["x"]}, joint={("u",): 1}
        ),
        ng.UnknownNameError,
        "no combination of types",
    ),
    "too many agents' cells": (
        lambda: ng.BayesianGame([[0.5, 0.5]], U).agent_form(limit=7),
        ng.SizeLimitError,
        "8 cells, past the limit of 7",
    ),
    "one strategy for two players": (
        lambda: ng.interim_regret(ng.BayesianGame([[0.5, 0.5]], U), [[[1, 0]]]),
        ng.GameShapeError,
        "1 strategies given for 2",
    ),
    "a strategy without a row a type": (
        lambda: ng.interim_regret(ng.BayesianGame([[0.5, 0.5]], U), [[[1, 0]], [[1, 0]]]),
        ng.GameShapeError,
        r"expected \(2, 2\): a row a type",
    ),
    "a strategy that does not add up": (
        lambda: ng.interim_regret(ng.BayesianGame([[0.5, 0.5]], U), [[[1, 0]], [[1, 0], [1, 1]]]),
        ng.ProbabilityError,
        "add up to one",
    ),
    "a solver for other games": (
        lambda: ng.solve(signalling(), ng.BayesNashEnumeration()),
        ng.SolverMismatchError,
        "takes Bayesian games",
    ),
    "two-player solver, three players": (
        lambda: ng.solve(ng.BayesianGame([[[1]]], np.zeros((3, 1, 1, 1, 1, 1, 1))), ng.BayesNashEnumeration()),
        ng.SolverMismatchError,
        "takes two players, not 3",
    ),
    "agents' solver for two players only": (
        lambda: ng.solve(ng.BayesianGame([[0.5, 0.5]], U), ng.AgentForm(ng.VertexEnumeration())),
        ng.SolverMismatchError,
        "3 players",
    ),
    "no bias": (lambda: ng.cheap_talk(0), ng.ParameterError, "everything is said"),
    "a partition too fine": (lambda: ng.cheap_talk(0.3, elements=2), ng.ParameterError, "from 1 to 1 elements"),
    "bias without a number": (lambda: ng.cheap_talk("much"), ng.WrongTypeError, "must be a number"),  # type: ignore[arg-type]
    "infinite bias": (lambda: ng.cheap_talk(float("inf")), ng.NotFiniteError, "must be finite"),
    "a state outside": (lambda: ng.cheap_talk(0.1).message(2), ng.ParameterError, r"lies in \[0, 1\]"),
    "one bidder": (lambda: ng.first_price_auction(1), ng.ParameterError, "from 2, not 1"),
    "a value outside": (lambda: ng.all_pay_auction(2).bid(2), ng.ParameterError, r"lie in \[0, 1\]"),
    "a slope of a power": (lambda: ng.all_pay_auction(2).slope, ng.ParameterError, "power of 2"),
    "productivities turned around": (
        lambda: ng.spence(productivities=(2, 1), unit_costs=(2, 1)),
        ng.ParameterError,
        "2 is not less than 1",
    ),
    "costs turned around": (
        lambda: ng.spence(productivities=(1, 2), unit_costs=(1, 2)),
        ng.ParameterError,
        "must exceed",
    ),
    "a share above one": (
        lambda: ng.spence(productivities=(1, 2), unit_costs=(2, 1), share_high=2),
        ng.ParameterError,
        r"lies in \[0, 1\]",
    ),
    "a weight outside": (lambda: ng.double_auction(2), ng.ParameterError, r"lies in \[0, 1\]"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_refused_in_words(what: str) -> None:
    """Each with an error of ours that names what was given and what was expected."""
    make, error, words = BAD[what]
    with pytest.raises(error, match=words) as caught:
        make()
    assert isinstance(caught.value, ng.NegotiationError)


def test_a_type_of_probability_zero_still_does_its_best() -> None:
    """It is solved for, nobody who sees its message thinks of it, and a note says so."""
    game = ng.SignallingGame([1, 0], [[[1], [0]], [[0], [1]]], [[[0], [0]], [[0], [0]]], types=("real", "imagined"))
    solution = ng.solve(game)
    assert solution.complete
    assert [e.sender.tolist() for e in solution.equilibria] == [[[1, 0], [0, 1]]] * len(solution)
    assert all(e.off_path == ("message 1",) for e in solution.equilibria)
    assert "imagined has probability 0" in solution.notes[0]


def test_types_of_probability_zero_are_left_out_of_bayes_nash() -> None:
    """What they would do is undefined: not a number in the strategy, and a note."""
    game = ng.BayesianGame([[1, 0]], np.arange(16).reshape(2, 1, 2, 2, 2), types=[["a"], ["real", "imagined"]])
    for solver in (None, ng.AgentForm()):
        solution = ng.solve(game, solver)
        (equilibrium,) = solution.equilibria
        assert np.isnan(equilibrium.strategies[1][1]).all()
        assert equilibrium.strategies[1][0].tolist() == [0, 1]
        assert equilibrium.regret == 0
        assert "player 2 as imagined has probability 0" in solution.notes[0]


def test_limits_and_deadlines_are_said() -> None:
    """What was cut off is not called complete, and a deadline leaves the pure equilibria."""
    flat = ng.SignallingGame([0.5, 0.5], np.zeros((2, 3, 3)), np.zeros((2, 3, 3)))
    for solver in (ng.PureAssessments(limit=5), ng.ExtremeAssessments(limit=5)):
        cut = ng.solve(flat, solver)
        assert (len(cut), cut.complete, cut.status) == (5, False, ng.Status.LIMIT)
    rng = np.random.default_rng(1)
    big = ng.SignallingGame([0.25] * 4, rng.integers(-9, 9, (4, 4, 4)), rng.integers(-9, 9, (4, 4, 4)))
    late = ng.solve(big, ng.ExtremeAssessments(deadline=0.05))
    assert not late.complete
    assert "before the deadline" in " ".join(late.notes) or late.equilibria


def test_replies_that_are_not_allowed_are_never_given() -> None:
    """The best reply of all is left out where it cannot follow."""
    allowed = [[True, False], [True, True]]
    game = ng.SignallingGame([1], [[[0, 9], [1, 2]]], [[[0, 9], [0, 9]]], allowed=allowed)
    for solver in (None, ng.PureAssessments()):
        assert all(e.receiver[0].tolist() == [1, 0] for e in ng.solve(game, solver).equilibria)
    assert game.best_replies(0, [1]) == ("action 0",)
    assert game.to_normal_form().shape == (2, 2)


def test_they_print_names_and_units() -> None:
    """Reprs and tables a reader understands."""
    game = signalling(types=("calm", "keen"), messages=("little", "much"), actions=("no", "yes"), unit="EUR")
    assert repr(game) == (
        "<SignallingGame sender (calm 0.5, keen 0.5) sends little or much; receiver answers no or yes, payoffs in EUR>"
    )
    solution = ng.solve(game)
    assert "payoffs in EUR" in str(solution)
    assert "calm sends much" in str(solution)
    assert {"calm", "keen", "after little", "payoff of receiver", "intuitive", "D1"} <= set(solution.to_frame().columns)
    assert "<table" in solution._repr_html_()
    bayes = ng.BayesianGame([[0.5, 0.5]], U, types=[["any"], ["x", "y"]], unit="EUR")
    assert repr(bayes) == "<BayesianGame player 1 (any 1) × player 2 (x 0.5, y 0.5); 2 × 2 actions, payoffs in EUR>"
    found = ng.solve(bayes)
    assert "player 2: x action 0 → 0" in str(found)
    assert list(found.to_frame().columns) == ["equilibrium", "player", "type", "strategy", "expects", "regret"]
    assert "<table" in found._repr_html_()


def test_exact_numbers_stay_exact() -> None:
    """Thirds are thirds, given as fractions or as floats."""
    for third in (Fraction(1, 3), 1 / 3):
        game = ng.SignallingGame([third, 1 - third], S, S)
        assert list(game.exact[0]) == [Fraction(1, 3), Fraction(2, 3)]


def test_the_mixed_equilibrium_of_three_players_is_found() -> None:
    """Matching pennies between two of three players, the third with two types that nothing depends on."""
    table = np.zeros((3, 1, 1, 2, 2, 2, 1))
    table[0, 0, 0, :, :, :, 0] = [[1, -1], [-1, 1]]
    table[1] = -table[0]
    solution = ng.solve(ng.BayesianGame([[[0.5, 0.5]]], table))
    (equilibrium,) = solution.equilibria
    assert not equilibrium.is_pure
    assert equilibrium.regret < 1e-9


def test_a_prior_that_adds_up_but_for_rounding_still_pools() -> None:
    """Labels do not hang on the last bit of the sum of a prior in floats."""
    for seed in range(20):
        prior = np.random.default_rng(seed).dirichlet(np.ones(4))
        game = ng.SignallingGame(prior, np.ones((4, 2, 1)) * [[[1], [0]]], np.zeros((4, 2, 1)))
        assert sum(game.exact[0]) == 1
        assert all(e.is_pooling for e in ng.solve(game).equilibria)
    joint = np.random.default_rng(0).dirichlet(np.ones(6)).reshape(2, 3)
    assert ng.BayesianGame(joint, np.zeros((2, 2, 3, 1, 1))).exact[0].sum() == 1
