"""Perfect Bayesian equilibria of signalling games: strategies, beliefs, and what each rests on."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from negotiation.arrays import Array
from negotiation.games.signalling import SignallingGame
from negotiation.solvers.bayesian.exact_game import ExactGame
from negotiation.solvers.bayesian.refinements import Refinement
from negotiation.solvers.bayesian.subsets import ExchangeableSet, believable_parts, exchangeable_sets
from negotiation.solvers.result import Status, describe_strategy

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["pooling", "separating", "semi-separating"]
ExactRows = tuple[tuple[Fraction, ...], ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SignallingEquilibrium:
    """One perfect Bayesian equilibrium.

    Parameters
    ----------
    game : SignallingGame
    sender : ndarray, shape (T, M)
        The probability with which each type sends each message.
    receiver : ndarray, shape (M, A)
        The probability of each action after each message.
    beliefs : ndarray, shape (M, T)
        What the receiver believes about the type after each message: by Bayes' rule after messages that are sent, one
        belief that supports the reply (the middle of those that do) after others.
    belief_sets : tuple of M ndarrays, shapes (V, T)
        The vertices of all beliefs that support the reply after a message; after one that is sent, its posterior alone.
    sent : tuple of bool
        Whether a message has positive probability.
    kind : {"pooling", "separating", "semi-separating"}
        Pooling: nothing is learned, the posterior after every message sent is the prior. Separating: everything is, every
        message sent comes from one type of positive prior. Semi-separating: anything between.
    payoffs : ndarray, shape (2,)
        Of sender and receiver before the type is known.
    type_payoffs : ndarray, shape (T,)
        Of each type of the sender.
    regret : float
        The most that any type, or the receiver after any message given its belief, could gain by another choice.
    intuitive, d1 : Refinement
        Whether it survives the intuitive criterion and D1, and why.
    sender_exact, receiver_exact : tuples of tuples of Fraction
        The strategies in rationals, for which every inequality holds exactly.
    belief_sets_exact : tuple of M tuples of tuples of Fraction
        `belief_sets` in rationals.
    """

    game: SignallingGame
    sender: Array
    receiver: Array
    beliefs: Array
    belief_sets: tuple[Array, ...]
    sent: tuple[bool, ...]
    kind: Kind
    payoffs: Array
    type_payoffs: Array
    regret: float
    intuitive: Refinement
    d1: Refinement
    sender_exact: ExactRows
    receiver_exact: ExactRows
    belief_sets_exact: tuple[ExactRows, ...]

    @property
    def profile(self) -> tuple[Array, Array]:
        """Strategies of sender and receiver, shapes (T, M) and (M, A)."""
        return self.sender, self.receiver

    @property
    def is_pure(self) -> bool:
        """Whether every type sends one message and every message has one reply."""
        return all(v in (0, 1) for rows in (self.sender_exact, self.receiver_exact) for row in rows for v in row)

    @property
    def is_pooling(self) -> bool:
        """Whether nothing is learned."""
        return self.kind == "pooling"

    @property
    def is_separating(self) -> bool:
        """Whether the type becomes known."""
        return self.kind == "separating"

    @property
    def off_path(self) -> tuple[str, ...]:
        """Messages that nobody sends."""
        return tuple(name for name, sent in zip(self.game.messages, self.sent, strict=True) if not sent)

    @property
    def posterior(self) -> Mapping[str, Array]:
        """Message to the belief after it, shape (T,), for messages that are sent."""
        return {name: self.beliefs[m] for m, name in enumerate(self.game.messages) if self.sent[m]}

    @property
    def off_path_beliefs(self) -> Mapping[str, Array]:
        """Message that nobody sends to the vertices (V, T) of the beliefs that support its reply."""
        return {name: self.belief_sets[m] for m, name in enumerate(self.game.messages) if not self.sent[m]}

    def belief_range(self, message: int | str, type_: int | str = 0) -> tuple[float, float]:
        """The least and the greatest probability of a type after a message that support the reply."""
        column = self.belief_sets[self.game.message_index(message)][:, self.game.type_index(type_)]
        return float(column.min()), float(column.max())

    def __str__(self) -> str:
        g = self.game
        sends = "; ".join(
            f"{name} sends {describe_strategy(row, g.messages)}" for name, row in zip(g.types, self.sender, strict=True)
        )
        lines = [f"{self.kind}: {sends}"]
        for m, name in enumerate(g.messages):
            if self.sent[m]:
                belief = ", ".join(f"{t} {p:.3g}" for t, p in zip(g.types, self.beliefs[m], strict=True))
            else:
                ranges = ((t, *self.belief_range(m, k)) for k, t in enumerate(g.types[:-1] or g.types))
                belief = "not sent; supported by " + ", ".join(f"{t} {lo:.3g} to {hi:.3g}" for t, lo, hi in ranges)
            lines.append(f"  {name} → {describe_strategy(self.receiver[m], g.actions)} (belief: {belief})")
        return "\n".join(lines)

    __repr__ = __str__


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SignallingSolution:
    """The perfect Bayesian equilibria of a signalling game.

    Parameters
    ----------
    game : SignallingGame
    equilibria : tuple of SignallingEquilibrium
        Pure ones first.
    solver : object
    status : Status
    complete : bool
        True only when these are provably all of the kind sought.
    notes : tuple of str
    """

    game: SignallingGame
    equilibria: tuple[SignallingEquilibrium, ...]
    solver: Any
    status: Status
    complete: bool = False
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.equilibria)

    @property
    def pure(self) -> tuple[SignallingEquilibrium, ...]:
        """Those in which nobody mixes."""
        return tuple(e for e in self.equilibria if e.is_pure)

    @property
    def outcomes(self) -> tuple[tuple[SignallingEquilibrium, ...], ...]:
        """Equilibria that are played alike: they differ only in replies to messages that nobody sends."""
        groups: dict[Any, list[SignallingEquilibrium]] = {}
        for e in self.equilibria:
            replies = tuple(row for row, sent in zip(e.receiver_exact, e.sent, strict=True) if sent)
            groups.setdefault((e.sender_exact, replies), []).append(e)
        return tuple(tuple(group) for group in groups.values())

    @property
    def components(self) -> tuple[ExchangeableSet, ...]:
        """What the extreme equilibria span: together, all perfect Bayesian equilibria. Empty unless the list is complete."""
        if not self.complete:
            return ()
        pairs = [(e.sender_exact, e.receiver_exact) for e in self.equilibria]
        return exchangeable_sets(pairs, believable_parts(ExactGame.of(self.game)))

    def refined(self, by: Literal["intuitive", "d1"] = "intuitive") -> tuple[SignallingEquilibrium, ...]:
        """Those that survive the intuitive criterion, or D1."""
        return tuple(e for e in self.equilibria if getattr(e, by).passes)

    def to_frame(self) -> pd.DataFrame:
        """One row an equilibrium: kind, strategies, payoffs of each type and of the receiver, refinements, regret."""
        import pandas as pd

        g, rows = self.game, []
        for e in self.equilibria:
            row: dict[str, Any] = {"kind": e.kind}
            row |= {t: describe_strategy(p, g.messages) for t, p in zip(g.types, e.sender, strict=True)}
            row |= {f"after {m}": describe_strategy(p, g.actions) for m, p in zip(g.messages, e.receiver, strict=True)}
            row |= {f"payoff of {t}": float(v) for t, v in zip(g.types, e.type_payoffs, strict=True)}
            row[f"payoff of {g.players[1]}"] = float(e.payoffs[1])
            rows.append(row | {"intuitive": e.intuitive.passes, "D1": e.d1.passes, "regret": e.regret})
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        n, outcomes = len(self), self.outcomes
        unit = f" (payoffs in {self.game.unit})" if self.game.unit else ""
        head = (
            f"{n} perfect Bayesian equilibri{'um' if n == 1 else 'a'} with {len(outcomes)} "
            f"outcome{'' if len(outcomes) == 1 else 's'}, {'complete' if self.complete else 'not known to be complete'}: "
            f"{self.status.value}{unit}"
        )
        lines = [head]
        for k, group in enumerate(outcomes[:12]):
            e = group[0]
            more = f" (and {len(group) - 1} with other replies off the path)" if len(group) > 1 else ""
            verdicts = f"intuitive {_yes(e.intuitive)}, D1 {_yes(e.d1)}"
            lines += [f"  {k}: {line}" if not i else f"     {line}" for i, line in enumerate(str(e).splitlines())]
            lines.append(f"       {verdicts}; regret {e.regret:.2g}{more}")
        if len(outcomes) > 12:
            lines.append(f"  … and {len(outcomes) - 12} more outcomes")
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = html.escape(str(self).partition("\n")[0])
        notes = "".join(f"<p>note: {html.escape(note)}</p>" for note in self.notes)
        table: str = self.to_frame().to_html()
        return f"<p>{head}</p>{table}{notes}"


def _yes(refinement: Refinement) -> str:
    return "yes" if refinement.passes else "no"
