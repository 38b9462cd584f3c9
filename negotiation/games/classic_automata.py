"""The strategies that tournaments of repeated dilemmas are played with, by name, and triggers for any stage game."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from negotiation.door import checked
from negotiation.errors import GameShapeError, ParameterError, UnknownNameError, WrongTypeError
from negotiation.games.automaton import Automaton
from negotiation.games.normal_form import NormalFormGame

C, D = 0, 1  # the first action cooperates, the second defects

# name -> what each state plays, and the next state after the state, the own action and whether anybody else defected
_RULES: dict[str, tuple[list[int], Callable[[int, int, int], int]]] = {
    "Cooperator": ([C], lambda s, own, other: 0),
    "Defector": ([D], lambda s, own, other: 0),
    "Tit For Tat": ([C, D], lambda s, own, other: other),
    "Suspicious Tit For Tat": ([D, C], lambda s, own, other: 1 - other),
    "Tit For 2 Tats": ([C, C, D], lambda s, own, other: min(s + 1, 2) if other else 0),
    "Two Tits For Tat": ([C, D, D], lambda s, own, other: 2 if other else max(s - 1, 0)),
    "Grudger": ([C, D], lambda s, own, other: max(s, other)),
    "Grim": ([C, D], lambda s, own, other: max(s, own, other)),
    "Win-Stay Lose-Shift": ([C, D], lambda s, own, other: own if other == C else 1 - own),
    "Alternator": ([C, D], lambda s, own, other: 1 - s),
    "Bully": ([D, C], lambda s, own, other: other),
    "Cyclic CCD": ([C, C, D], lambda s, own, other: (s + 1) % 3),
    "Cyclic DDC": ([D, D, C], lambda s, own, other: (s + 1) % 3),
}
_ALIASES = {
    "pavlov": "Win-Stay Lose-Shift",
    "grim trigger": "Grim",
    "reverse tit for tat": "Bully",
    "tft": "Tit For Tat",
}


def classic_automata(n_players: int = 2) -> Mapping[str, Automaton]:
    """The classic strategies of repeated dilemmas, by the names of the Axelrod library.

    Parameters
    ----------
    n_players : int
        With more than two, "the other defected" means that somebody else did.

    Returns
    -------
    mapping of str to Automaton
        For stage games with two actions a player, the first of which cooperates. ``"Grudger"`` watches the others alone;
        ``"Grim"`` also its own slips, as the theory of repeated games has it. ``"Win-Stay Lose-Shift"`` is Pavlov.

    Raises
    ------
    ParameterError
        Fewer than two players.

    References
    ----------
    Axelrod, R. (1984). The Evolution of Cooperation. Basic Books.
    Nowak, M., Sigmund, K. (1993). A strategy of win-stay, lose-shift that outperforms tit-for-tat. Nature 364, 56-58.

    Examples
    --------
    >>> classic_automata()["Tit For 2 Tats"]
    <Automaton 'Tit For 2 Tats', 3 states>
    """
    if isinstance(n_players, bool) or not isinstance(n_players, int) or n_players < 2:
        raise ParameterError(f"n_players={n_players!r}; a dilemma has at least two players.")
    return MappingProxyType({name: _made(name, n_players) for name in _RULES})


def as_automaton(strategy: Automaton | str, n_players: int = 2) -> Automaton:
    """A strategy by name, upper and lower case alike, or the automaton given.

    Raises
    ------
    UnknownNameError, WrongTypeError
    """
    if isinstance(strategy, Automaton):
        return strategy
    if not isinstance(strategy, str):
        raise WrongTypeError(
            f"a strategy is an Automaton or a name such as 'Tit For Tat', not a {type(strategy).__name__}."
        )
    key = strategy.casefold()
    by_key = {name.casefold(): name for name in _RULES} | _ALIASES
    if key not in by_key:
        raise UnknownNameError("strategy", strategy, _RULES)
    return _made(by_key[key], n_players)


def _made(name: str, n_players: int) -> Automaton:
    outputs, rule = _RULES[name]
    return Automaton.from_rule(
        outputs, lambda s, own, *others: rule(s, own, max(others)), (2,) * n_players, name=name,
        states=[f"{'CD'[a]}{s}" for s, a in enumerate(outputs)],
    )  # fmt: skip


@checked
def trigger_automata(
    stage: NormalFormGame,
    cooperate: Sequence[int | str],
    punish: Sequence[int | str],
    *,
    length: int | None = None,
    restart: bool = False,
) -> tuple[Automaton, ...]:
    """Trigger strategies: play one profile until somebody leaves it, then another, for ever or for some periods.

    Parameters
    ----------
    stage : NormalFormGame
    cooperate, punish : sequence of int or str
        An action a player, by position or name: what is agreed, and what follows after a deviation.
    length : int, optional
        Periods of punishment, after which all return to cooperation; for ever (grim) unless given.
    restart : bool
        Whether a deviation from the punishment begins it anew (stick and carrot).

    Returns
    -------
    tuple of N Automaton
        One a player. Judge them with `check_automata`.

    Raises
    ------
    GameShapeError, UnknownNameError, ParameterError

    References
    ----------
    Friedman, J. W. (1971). A non-cooperative equilibrium for supergames. Review of Economic Studies 38, 1-12.
    Abreu, D. (1986). Extremal equilibria of oligopolistic supergames. J. of Economic Theory 39, 191-225: stick and carrot.

    Examples
    --------
    >>> dilemma = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    >>> [a.n_states for a in trigger_automata(dilemma, (0, 0), (1, 1), length=3)]
    [4, 4]
    """
    agreed, threat = as_actions(stage, cooperate), as_actions(stage, punish)
    if length is not None and (isinstance(length, bool) or not isinstance(length, int) or length < 1):
        raise ParameterError(f"length={length!r}; a punishment lasts at least one period, or None for ever.")
    n_bad = 1 if length is None else length
    name = "grim" if length is None else f"{length}-period punishment"
    return tuple(_trigger(stage, i, agreed, threat, n_bad, length is None, restart, name) for i in range(len(agreed)))


def _trigger(
    stage: NormalFormGame, seat: int, agreed: Sequence[int], threat: Sequence[int], n_bad: int, absorbing: bool,
    restart: bool, name: str,
) -> Automaton:  # fmt: skip
    """State 0 cooperates, state k punishes for the k-th time."""

    def rule(state: int, own: int, *others: int) -> int:
        played = [*others[:seat], own, *others[seat:]]
        if state == 0:
            return 0 if played == list(agreed) else 1
        if restart and played != list(threat):
            return 1
        return state if absorbing else (state + 1) % (n_bad + 1)

    order = [stage.shape[seat], *stage.shape[:seat], *stage.shape[seat + 1 :]]
    labels = ["agreed", *(f"punish {k}" for k in range(1, n_bad + 1))]
    return Automaton.from_rule([agreed[seat], *[threat[seat]] * n_bad], rule, order, name=name, states=labels)


def as_actions(stage: NormalFormGame, profile: Sequence[int | str]) -> tuple[int, ...]:
    """Positions of one action a player.

    Raises
    ------
    GameShapeError, UnknownNameError
    """
    if isinstance(profile, str) or len(profile) != stage.n_players:
        raise GameShapeError(f"{profile!r} is not one action for each of {stage.n_players} players.")
    return tuple(stage.action_index(i, a) for i, a in enumerate(profile))
