"""How robust a single equilibrium is: strict, quasi-strict, trembling-hand perfect, and its index."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array
from negotiation.door import checked
from negotiation.errors import SolverMismatchError
from negotiation.games.normal_form import NormalFormGame
from negotiation.games.profile import Profile, action_values, as_profile
from negotiation.solvers.linear_program import as_distribution, over_simplex

_DOMINATES = 1e-7  # least total gain, each of the others' actions scaled to range 1, that is not rounding
_SINGULAR = 1e-9


@checked
def is_strict(game: NormalFormGame, profile: Sequence[npt.ArrayLike], tol: float = 1e-9) -> bool:
    """Tell whether every deviation costs: each player's action is its only best response.

    Parameters
    ----------
    game : NormalFormGame
    profile : sequence of N array_like
    tol : float
        Relative to the player's payoff range: what counts as a cost, and which probabilities count as 0.

    Returns
    -------
    bool
        False too when the profile is no equilibrium.

    Examples
    --------
    >>> game = NormalFormGame([[[1, 0], [0, 0]], [[1, 0], [0, 0]]])
    >>> is_strict(game, ([1, 0], [1, 0])), is_strict(game, ([0, 1], [0, 1]))
    (True, False)
    """
    return all(len(used) == 1 and best == used for used, best in _supports(game, as_profile(game, profile), tol))


@checked
def is_quasi_strict(game: NormalFormGame, profile: Sequence[npt.ArrayLike], tol: float = 1e-9) -> bool:
    """Tell whether every best response is used: each action left out costs something.

    Parameters
    ----------
    game : NormalFormGame
    profile : sequence of N array_like
    tol : float
        Relative to the player's payoff range: what counts as a cost, and which probabilities count as 0.

    Returns
    -------
    bool
        False too when the profile is no equilibrium.

    References
    ----------
    Harsanyi, J. (1973). Oddness of the number of equilibrium points: a new proof. Int. J. Game Theory 2, 235-250.
    """
    return all(used == best for used, best in _supports(game, as_profile(game, profile), tol))


@checked
def is_perfect(game: NormalFormGame, profile: Sequence[npt.ArrayLike], tol: float = 1e-9) -> bool:
    """Tell whether an equilibrium survives small trembles (Selten's trembling-hand perfection).

    Parameters
    ----------
    game : NormalFormGame
        Two players; more where the answer does not need more than dominance, see Raises.
    profile : sequence of N array_like
    tol : float
        Relative to the payoff range: regret up to which the profile counts as an equilibrium.

    Returns
    -------
    bool
        False too when the profile is no equilibrium.

    Raises
    ------
    SolverMismatchError
        Three or more players and an equilibrium that is undominated, yet neither strict nor completely mixed.

    Notes
    -----
    An equilibrium of a two-player game is perfect exactly if neither strategy is weakly dominated by a mixed one: one
    linear program a player, with ``m_i`` unknowns and a row for each of the others' joint actions. With more
    players perfect equilibria are undominated, and strict or completely mixed ones are perfect.

    References
    ----------
    Selten, R. (1975). Reexamination of the perfectness concept. International J. of Game Theory 4, 25-55.

    van Damme, E. (1991). Stability and Perfection of Nash Equilibria, 2nd ed., theorem 3.2.2.

    Examples
    --------
    >>> game = NormalFormGame([[[1, 0], [0, 0]], [[1, 0], [0, 0]]])
    >>> is_perfect(game, ([1, 0], [1, 0])), is_perfect(game, ([0, 1], [0, 1]))
    (True, False)
    """
    checked = as_profile(game, profile)
    pairs = _supports(game, checked, tol)
    if not all(used <= best for used, best in pairs):
        return False
    if all(len(used) == m for (used, _), m in zip(pairs, game.shape, strict=True)) or is_strict(game, checked, tol):
        return True
    if any(dominating_mixture(game, i, p) is not None for i, p in enumerate(checked)):
        return False
    if game.n_players > 2:
        raise SolverMismatchError(
            f"undominated equilibria of {game.n_players} players may or may not be perfect; is_perfect decides "
            "this for two players only."
        )
    return True


def dominating_mixture(game: NormalFormGame, player: int, strategy: Array) -> Array | None:
    """A mixed strategy that weakly dominates `strategy`: never worse, better against some play; or nothing.

    Payoffs against each joint action of the others are scaled to range 1, which leaves dominance as it is.
    """
    table = np.moveaxis(game.payoffs[player], player, 0).reshape(game.shape[player], -1)
    low = table / 2 - table.min(axis=0) / 2
    span = low.max(axis=0)
    scaled = low[:, span > 0] / span[span > 0]
    if not scaled.size:
        return None
    own = strategy @ scaled
    optimum = over_simplex(-scaled.sum(axis=1), scaled.T, own)
    if optimum is None or float((optimum.x @ scaled - own).sum()) <= _DOMINATES:
        return None
    return as_distribution(optimum.x)


@checked
def equilibrium_index(game: NormalFormGame, profile: Sequence[npt.ArrayLike], tol: float = 1e-9) -> int | None:
    """Compute the index of a regular equilibrium, +1 or -1.

    Parameters
    ----------
    game : NormalFormGame
    profile : sequence of N array_like
        An equilibrium.
    tol : float
        Relative to the player's payoff range: what counts as a cost, and which probabilities count as 0.

    Returns
    -------
    int or None
        None when the equilibrium is not regular (not quasi-strict, or not isolated by a non-zero determinant), where
        the formula is silent, and when the profile is no equilibrium.

    Notes
    -----
    The sign of the determinant of minus the derivative of payoff differences within the support. Strict equilibria have
    index +1, equilibria with index -1 are unstable under every reasonable dynamics, and in a game all of whose
    equilibria are regular the indices sum to +1: a check on completeness.

    References
    ----------
    Shapley, L. (1974). A note on the Lemke-Howson algorithm. Mathematical Programming Study 1, 175-189.

    Ritzberger, K. (1994). The theory of normal form games from the differentiable viewpoint. International J. of
    Game Theory 23, 207-236.

    Examples
    --------
    >>> game = NormalFormGame([[[2, 0], [0, 1]], [[1, 0], [0, 2]]])
    >>> equilibrium_index(game, ([1, 0], [1, 0])), equilibrium_index(game, ([2 / 3, 1 / 3], [1 / 3, 2 / 3]))
    (1, -1)
    """
    checked = as_profile(game, profile)
    pairs = _supports(game, checked, tol)
    if not all(used == best for used, best in pairs):
        return None
    supports = [sorted(used) for used, _ in pairs]
    sizes = [len(s) - 1 for s in supports]
    ends = np.concatenate([[0], np.cumsum(sizes)])
    J = np.zeros((int(ends[-1]), int(ends[-1])))
    for i in range(game.n_players):
        for j in range(game.n_players):
            if i != j and sizes[i] and sizes[j]:
                block = _pair_table(game, checked, i, j)[np.ix_(supports[i], supports[j])]
                moved = block[1:] - block[:1]
                J[ends[i] : ends[i + 1], ends[j] : ends[j + 1]] = moved[:, 1:] - moved[:, :1]
    return _sign_of_determinant(-J)


def _supports(game: NormalFormGame, profile: Profile, tol: float) -> list[tuple[set[int], set[int]]]:
    """For each player the actions used and the best responses."""
    out = []
    for i, p in enumerate(profile):
        values = action_values(game, profile, i)
        table = game.payoffs[i]
        slack = tol * float(2 * (table.max() / 2 - table.min() / 2))
        best = np.flatnonzero(values.max() - values <= slack)
        out.append(({int(a) for a in np.flatnonzero(p > tol)}, {int(a) for a in best}))
    return out


def _pair_table(game: NormalFormGame, profile: Profile, i: int, j: int) -> Array:
    """What player i gets for its action and player j's, the rest following the profile; own range scaled to 1."""
    table = game.payoffs[i] / 2 - game.payoffs[i].min() / 2
    table = table / (float(table.max()) or 1.0)
    for other in reversed(range(game.n_players)):
        if other not in (i, j):
            table = np.tensordot(table, profile[other], axes=(other, 0))
    return np.asarray(table if i < j else table.T, dtype=np.float64)


def _sign_of_determinant(J: Array) -> int | None:
    """+1 or -1, or None when it is 0 to rounding; rows are scaled first, so units do not matter."""
    if not J.size:
        return 1
    size = np.abs(J).max(axis=1)
    if (size == 0).any():
        return None
    scaled = J / size[:, None]
    singular = np.linalg.svd(scaled, compute_uv=False)
    return None if singular[-1] < _SINGULAR * singular[0] else int(np.linalg.slogdet(scaled)[0])
