"""Bayesian games: everybody knows its own type and acts at the same time, by a prior that all share."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array
from negotiation.door import checked
from negotiation.errors import GameShapeError, ProbabilityError, SizeLimitError, UnknownNameError, WrongTypeError
from negotiation.games.given import (
    Given,
    as_floats,
    as_fractions,
    check_distribution,
    check_names,
    given_table,
)
from negotiation.games.normal_form import NormalFormGame

Labels = tuple[str, ...]
_FEW_CELLS = 4_000  # up to which a table is added up in rationals
Strategies = Sequence[npt.ArrayLike]


@dataclass(frozen=True, slots=True, eq=False, init=False, repr=False)
class BayesianGame:
    """A finite game of incomplete information.

    Nature draws a type for every player from a joint prior, each player learns its own, and all act at the same time.

    Parameters
    ----------
    prior : array_like, shape (k_1, ..., k_N)
        The joint probability of the players' types; `independent` takes one distribution a player instead.
    payoffs : array_like, shape (N, k_1, ..., k_N, m_1, ..., m_N)
        What each player gets for each combination of types and then of actions. What was given is kept for exact arithmetic.
    players : sequence of str, optional
    types, actions : sequences of sequences of str, optional
        Names, one list a player.
    unit : str
        Of the payoffs. Shown, never converted.

    Raises
    ------
    GameShapeError
        Axes that do not fit each other.
    ProbabilityError
        A prior that is negative or does not add up to one.
    NotFiniteError, WrongTypeError, DuplicateNameError

    Examples
    --------
    >>> game = BayesianGame.from_function(
    ...     lambda types, actions: (1, 1) if actions[0] == actions[1] else (2 * (types[0] == "stubborn"), 0),
    ...     types={"A": {"stubborn": 0.5, "easy": 0.5}, "B": {"any": 1}},
    ...     actions={"A": ("left", "right"), "B": ("left", "right")})
    >>> game
    <BayesianGame A (stubborn 0.5, easy 0.5) × B (any 1); 2 × 2 actions>
    """

    prior: Array
    payoffs: Array
    players: Labels
    types: tuple[Labels, ...]
    actions: tuple[Labels, ...]
    unit: str
    _given: tuple[Given, Given]

    def __init__(
        self,
        prior: npt.ArrayLike,
        payoffs: npt.ArrayLike,
        *,
        players: Sequence[str] | None = None,
        types: Sequence[Sequence[str]] | None = None,
        actions: Sequence[Sequence[str]] | None = None,
        unit: str = "",
    ) -> None:
        n = _n_players(payoffs)
        own = ", ".join(f"types of {k + 1}" for k in range(n))
        p = given_table(prior, "the prior", own)
        u = given_table(payoffs, "the payoffs", f"players, {own}, {own.replace('types', 'actions')}")
        if u.shape[1 : n + 1] != p.shape:
            raise GameShapeError(f"the prior has shape {p.shape}, the payoffs' type axes are {u.shape[1 : n + 1]}.")
        check_distribution(p, "the prior")
        names = check_names("player", players, n, 1)
        put = object.__setattr__
        put(self, "prior", as_floats(p))
        put(self, "payoffs", as_floats(u))
        put(self, "players", names)
        put(self, "types", _labels("type", types, p.shape, names))
        put(self, "actions", _labels("action", actions, u.shape[n + 1 :], names))
        put(self, "unit", unit)
        put(self, "_given", (p, u))

    @classmethod
    def independent(cls, priors: Sequence[npt.ArrayLike], payoffs: npt.ArrayLike, **names: Any) -> BayesianGame:
        """Make a game in which types are drawn independently.

        Parameters
        ----------
        priors : sequence of N array_like, shapes (k_1,), ..., (k_N,)
        payoffs, **names
            As in the constructor.
        """
        tables = [given_table(p, f"the prior of player {k + 1}", "types") for k, p in enumerate(priors)]
        for k, table in enumerate(tables):
            check_distribution(table, f"the prior of player {k + 1}")
        exact = [as_fractions(table) for table in tables]
        exact = [table / table.sum() for table in exact]
        joint = np.array([math.prod(cell) for cell in product(*exact)], dtype=object)
        return cls(joint.reshape([len(t) for t in exact]), payoffs, **names)

    @classmethod
    def from_function(
        cls,
        payoff: Callable[[tuple[str, ...], tuple[str, ...]], Sequence[Any]],
        *,
        types: Mapping[str, Mapping[str, Any]],
        actions: Mapping[str, Sequence[str]],
        joint: Mapping[tuple[str, ...], Any] | None = None,
        unit: str = "",
    ) -> BayesianGame:
        """Make a game from a function of the names of types and actions.

        Parameters
        ----------
        payoff : function
            ``payoff(types, actions)``, both tuples of names in player order, returns a number a player.
        types : mapping of player to mapping of type to probability
            Drawn independently, unless `joint` gives the probability of every combination.
        actions : mapping of player to sequence of str
        joint : mapping of tuple of types to probability, optional
            Combinations not named have probability 0; the numbers in `types` are then not used.
        unit : str
        """
        players = tuple(types)
        if set(actions) != set(players):
            raise UnknownNameError("player", ", ".join(set(actions) ^ set(players)), players, "both types and actions")
        kinds, moves = [tuple(types[p]) for p in players], [tuple(actions[p]) for p in players]
        table = [[list(payoff(t, a)) for a in product(*moves)] for t in product(*kinds)]  # (types, actions, players)
        shape = (*map(len, kinds), *map(len, moves))
        cells = np.array(table, dtype=object)
        if cells.ndim != 3 or cells.shape[2] != len(players):
            raise GameShapeError(f"the payoff function must return one number a player, {len(players)} in all.")
        payoffs = np.moveaxis(cells, 2, 0).reshape(len(players), *shape)
        names: dict[str, Any] = {"players": players, "types": kinds, "actions": moves, "unit": unit}
        if joint is None:
            return cls.independent([list(types[p].values()) for p in players], payoffs, **names)
        known = list(product(*kinds))
        for cell in joint:
            if cell not in known:
                raise UnknownNameError("combination of types", cell, map(str, known))
        prior = np.empty(len(known), dtype=object)
        prior[:] = [joint.get(cell, 0) for cell in known]
        return cls(prior.reshape([len(k) for k in kinds]), payoffs, **names)

    @property
    def n_players(self) -> int:
        """The number of players, ``N``."""
        return len(self.players)

    @property
    def exact(self) -> tuple[Given, Given]:
        """Prior and payoffs as `fractions.Fraction`; see `as_fractions` for how floats are read. The prior adds up to one."""
        prior, payoffs = (as_fractions(table) for table in self._given)
        return prior / prior.sum(), payoffs

    def type_probabilities(self, player: int) -> Array:
        """The probability of each type of a player, shape (k,)."""
        return np.asarray(self.prior.sum(axis=tuple(k for k in range(self.n_players) if k != player)))

    def possible_types(self, player: int) -> tuple[int, ...]:
        """Positions of a player's types that have positive probability."""
        return tuple(int(t) for t in np.flatnonzero(self.type_probabilities(player) > 0))

    def agent_form(self, *, limit: int = 2_000_000) -> NormalFormGame:
        """The agent normal form: every type of positive probability is a player that maximises its interim payoff.

        Parameters
        ----------
        limit : int
            The most cells that are built: ``Π m_i**k_i``. Small tables are in rationals, large ones in floats.

        References
        ----------
        Harsanyi, J. C. (1967-68). Games with incomplete information played by "Bayesian" players. Management Science 14.
        """
        agents = [(i, t) for i in range(self.n_players) for t in self.possible_types(i)]
        shape = [len(self.actions[i]) for i, _ in agents]
        _check_cells(math.prod(shape), limit, "agent normal form")
        prior, payoffs = self._numbers(len(agents) * math.prod(shape))
        marginals = [prior.sum(axis=tuple(k for k in range(self.n_players) if k != i)) for i in range(self.n_players)]
        table = np.zeros((len(agents), *shape), dtype=payoffs.dtype)
        for cell in np.argwhere(self.prior > 0).tolist():
            seats = [agents.index((i, t)) for i, t in enumerate(cell)]
            for i, seat in enumerate(seats):
                p = prior[tuple(cell)] / marginals[i][cell[i]]
                table[seat] += _placed(p * payoffs[(i, *cell)], seats, len(agents))
        table = _settled(table)
        players = [f"{self.players[i]} ({self.types[i][t]})" for i, t in agents]
        return NormalFormGame(table, players, [self.actions[i] for i, _ in agents], self.unit)

    def induced_form(self, *, limit: int = 2_000_000) -> NormalFormGame:
        """The induced normal form: players choose plans, an action for each type, and count what they expect at the outset.

        Parameters
        ----------
        limit : int
            The most cells that are built: ``Π m_i**k_i``.
        """
        kinds = [self.possible_types(i) for i in range(self.n_players)]
        plans = [list(product(range(len(a)), repeat=len(k))) for a, k in zip(self.actions, kinds, strict=True)]
        _check_cells(math.prod(map(len, plans)), limit, "induced normal form")
        prior, payoffs = self._numbers(self.n_players * math.prod(map(len, plans)))
        payoffs = payoffs.reshape(self.n_players, prior.size, *payoffs.shape[self.n_players + 1 :])
        table = np.zeros((self.n_players, *map(len, plans)), dtype=payoffs.dtype)
        for cell in product(*map(range, map(len, kinds))):
            types = tuple(k[c] for k, c in zip(kinds, cell, strict=True))
            chosen = [np.array([plan[c] for plan in own]) for own, c in zip(plans, cell, strict=True)]
            here = payoffs[:, np.ravel_multi_index(types, prior.shape)]
            table += prior[types] * here[np.ix_(np.arange(self.n_players), *chosen)]
        table = _settled(table)
        names = [
            [", ".join(f"{self.types[i][t]}: {self.actions[i][a]}" for t, a in zip(kinds[i], plan, strict=True))
             for plan in own]
            for i, own in enumerate(plans)
        ]  # fmt: skip
        return NormalFormGame(table, self.players, names, self.unit)

    def _numbers(self, cells: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Prior and payoffs in rationals for a small table, so that ties are ties; in floats for a large one."""
        return self.exact if cells <= _FEW_CELLS else (self.prior, self.payoffs)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self._given, self.players, self.types, self.actions, self.unit)

    def __repr__(self) -> str:
        who = " × ".join(
            f"{name} ({', '.join(f'{t} {p:.3g}' for t, p in zip(self.types[i], self.type_probabilities(i), strict=True))})"
            for i, name in enumerate(self.players)
        )
        unit = f", payoffs in {self.unit}" if self.unit else ""
        return f"<BayesianGame {who}; {' × '.join(str(len(a)) for a in self.actions)} actions{unit}>"


def interim_values(game: BayesianGame, strategies: Strategies, player: int) -> Array:
    """What each type of a player expects from each of its actions, shape (k, m); NaN for a type of probability zero.

    Parameters
    ----------
    game : BayesianGame
    strategies : sequence of N array_like, shapes (k_1, m_1), ..., (k_N, m_N)
        The probability of each action for each type; rows of types of probability zero do not matter.
    player : int
    """
    checked = check_strategies(game, strategies)
    n = game.n_players
    table = game.prior.reshape(*game.prior.shape, *(1,) * n) * game.payoffs[player]
    for other in reversed([k for k in range(n) if k != player]):
        here = table.ndim // 2
        weights = np.nan_to_num(checked[other])
        table = np.tensordot(table, weights, axes=([other if other < here else here - 1, here + other], [0, 1]))
    odds = game.type_probabilities(player)[:, None]
    return np.asarray(np.divide(table, odds, out=np.full(table.shape, np.nan), where=odds > 0))


@checked
def interim_payoffs(game: BayesianGame, strategies: Strategies) -> tuple[Array, ...]:
    """What each type of each player expects, N arrays of shape (k_i,); NaN for types of probability zero."""
    checked = check_strategies(game, strategies)
    return tuple((interim_values(game, checked, i) * np.nan_to_num(s)).sum(axis=1) for i, s in enumerate(checked))


@checked
def interim_regret(game: BayesianGame, strategies: Strategies) -> tuple[Array, ...]:
    """How much each type could gain by another action, others keeping to their strategies; zero in a Bayes-Nash equilibrium.

    Returns
    -------
    tuple of N ndarrays, shapes (k_1,), ..., (k_N,)
        In the game's payoff unit; NaN for types of probability zero, about which a prior says nothing.

    References
    ----------
    Harsanyi, J. C. (1967-68). Games with incomplete information played by "Bayesian" players. Management Science 14.

    Examples
    --------
    >>> game = BayesianGame.independent([[1], [0.5, 0.5]], [[[[[2], [0]], [[0], [1]]]], [[[[0], [0]], [[0], [0]]]]])
    >>> interim_regret(game, ([[1, 0]], [[1], [1]]))
    (array([0.]), array([0., 0.]))
    """
    payoffs = interim_payoffs(game, strategies)
    return tuple(interim_values(game, strategies, i).max(axis=1) - payoffs[i] for i in range(game.n_players))


def check_strategies(game: BayesianGame, strategies: Strategies, tol: float = 1e-9) -> tuple[Array, ...]:
    """Raise an error unless there is a row of probabilities for each possible type of each player."""
    if len(strategies) != game.n_players:
        raise GameShapeError(f"{len(strategies)} strategies given for {game.n_players} players.")
    out = []
    for i, (given, name) in enumerate(zip(strategies, game.players, strict=True)):
        table = np.asarray(given, dtype=np.float64)
        shape = (len(game.types[i]), len(game.actions[i]))
        if table.shape != shape:
            raise GameShapeError(f"the strategy of {name!r} has shape {table.shape}; expected {shape}: a row a type.")
        rows = table[list(game.possible_types(i))]
        if np.isnan(rows).any() or rows.min() < -tol or np.abs(rows.sum(axis=1) - 1).max() > tol:
            raise ProbabilityError(f"the strategy of {name!r}: each row must be probabilities that add up to one.")
        out.append(table)
    return tuple(out)


def _n_players(payoffs: npt.ArrayLike) -> int:
    """Read the number of players off the axes."""
    try:
        axes = np.ndim(payoffs)
    except ValueError:
        raise GameShapeError("the payoffs have ragged rows; expected (N, k_1, ..., k_N, m_1, ..., m_N).") from None
    n = len(payoffs) if isinstance(payoffs, Sequence | np.ndarray) and axes else 0
    if n == 0 or axes != 2 * n + 1:
        raise GameShapeError(
            f"payoffs with {axes} axes for {n} players; expected (N, k_1, ..., k_N, m_1, ..., m_N): "
            "an axis for the players, one for each player's types, one for each player's actions."
        )
    return n


def _labels(
    kind: str, given: Sequence[Sequence[str]] | None, sizes: Sequence[int], players: Labels
) -> tuple[Labels, ...]:
    if isinstance(given, str) or (given is not None and any(isinstance(own, str) for own in given)):
        raise WrongTypeError(f"{kind} names must be a list of texts for each player, not {given!r}.")
    if given is not None and len(given) != len(players):
        raise GameShapeError(f"{len(given)} lists of {kind} names given for {len(players)} players; give one a player.")
    lists = [None] * len(sizes) if given is None else given
    return tuple(check_names(kind, own, size) for own, size in zip(lists, sizes, strict=True))


def _placed(block: npt.NDArray[Any], seats: list[int], n_agents: int) -> npt.NDArray[Any]:
    """A table over the seated agents' actions, spread over those of all agents."""
    order = np.argsort(seats)
    full = np.ones(n_agents, dtype=np.int64)
    full[np.array(seats)[order]] = np.array(block.shape)[order]
    return np.transpose(block, order).reshape(full)


def _settled(table: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A table in rationals as it is; one in floats to thirteen digits of its largest entry, so that ties survive rounding."""
    largest = float(np.abs(table).max(initial=0))
    if table.dtype == object or largest == 0:
        return table
    return np.asarray(np.round(table, 13 - math.ceil(math.log10(largest))))


def _check_cells(cells: int, limit: int, what: str) -> None:
    if cells > limit:
        raise SizeLimitError(
            f"the {what} has {cells:,} cells, past the limit of {limit:,}; use fewer types or actions."
        )


def _rebuilt(given: Any, players: Labels, types: Any, actions: Any, unit: str) -> BayesianGame:
    """The game again, from what `BayesianGame.__reduce__` keeps."""
    return BayesianGame(*given, players=players, types=types, actions=actions, unit=unit)
