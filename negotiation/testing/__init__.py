"""Hypothesis strategies for negotiations and games, and laws to run on a payoff function of your own.

Needs `hypothesis`, which nothing else in the library loads. ``from negotiation.testing import negotiations``.
"""

from negotiation.errors import LawBrokenError
from negotiation.testing.bargaining import bargaining_problems
from negotiation.testing.bargaining_talks import domains, line_ups
from negotiation.testing.bayesian import bayesian_games, priors, signalling_games
from negotiation.testing.conflicts import conflict_graphs, option_conflicts
from negotiation.testing.games import bimatrix_games, coalitional_games, game_payoffs, normal_form_games
from negotiation.testing.law import PayoffLaw
from negotiation.testing.laws import PAYOFF_LAWS, check_payoff_laws
from negotiation.testing.talks import negotiations, packages, stake_values, stakes
from negotiation.testing.trees import game_trees
from negotiation.testing.whatifs import renamed, reordered, scaled

__all__ = [
    "PAYOFF_LAWS",
    "LawBrokenError",
    "PayoffLaw",
    "bargaining_problems",
    "bayesian_games",
    "bimatrix_games",
    "check_payoff_laws",
    "coalitional_games",
    "conflict_graphs",
    "domains",
    "game_payoffs",
    "game_trees",
    "line_ups",
    "negotiations",
    "normal_form_games",
    "option_conflicts",
    "packages",
    "priors",
    "renamed",
    "reordered",
    "scaled",
    "signalling_games",
    "stake_values",
    "stakes",
]
