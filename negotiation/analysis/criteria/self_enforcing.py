"""Criterion 8, self-enforcing: nobody gains by cheating, given what cheating, once noticed, brings down on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from negotiation.analysis.criteria.self_enforcing_proof import is_proved
from negotiation.analysis.criteria.self_enforcing_threat import (
    THREATS,
    PaidBack,
    Threat,
    paid_back,
    punished_payoffs,
    strongest_measures,
)
from negotiation.analysis.proof import by_party
from negotiation.analysis.verdict import Certificate, Verdict, inapplicable, least, selected_parties
from negotiation.analysis.wording import amounts, changes, listing, percent
from negotiation.arrays import Array, BoolArray, IntArray
from negotiation.errors import ParameterError, UnknownNameError
from negotiation.model.draws import Draws
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.payoffs import payoffs
from negotiation.model.rounding import NOISE, at_stake, settle
from negotiation.reduce.best_response import best_response, deviation_gains, temptations
from negotiation.solvers.repeated.trigger import (
    as_noise,
    noisy_value,
    temptation_weight,
    threshold,
    tit_for_tat_threshold,
)
from negotiation.words import counted

UNIT = "discount factor"


@dataclass(frozen=True, slots=True)
class SelfEnforcing:
    """A package is sustained by what follows cheating: each party is patient enough not to cheat.

    Each period every party complies or cheats. Cheating pays ``T_i`` (the best own deviation while the others comply) for
    the ``D_i`` periods until it is noticed, and ``N_i`` after that. With the default, grim reversion to the status quo, complying
    is best iff

    ``(1 - δ^D) T + δ^D N ≤ u``,  that is  ``δ ≥ δ* = (((T - u) / (T - N))^(1/D)``.

    - ``T = u`` and ``u ≥ N``: no temptation, ``δ* = 0``; likewise for a party that owns nothing it could withhold.
    - ``u ≤ N < T``, or ``u < N``: being punished is no worse than complying, so no patience helps: ``δ* = 1``.

    The margin is the smallest ``δ_i - δ*_i``, in units of the discount factor per period.

    The certificate states for each party ``complying`` (u), ``cheating`` (T), ``punished`` (N), ``lag`` (D, licences included),
    ``critical`` (δ*), ``discount_factor``, ``cheats_by`` (the package when it cheats), ``value`` (what complying is worth under
    false alarms, at its patience), ``carries_out`` (by how much it prefers to see a punishment through), ``sucker`` (tit for tat)
    and ``punished_by`` (escalation), and the options of the criterion.

    Parameters
    ----------
    punishment : {"status quo", "disagreement", "escalation"}
        What follows when cheating is noticed: every measure back in force (payoff 0); each party's disagreement payoff; or the
        status quo made worse, the others moving those of their measures that hurt the cheater most, or the disagreement if that
        is worse for it.
    strategy : {"trigger", "tit for tat"}
        A trigger punishes for `length` periods, then all comply again. Tit for tat withholds as long as the cheater does, and
        is judged as a best reply to itself: neither cheating for good nor cheating in every other round may pay.
    length : int, optional
        Periods of punishment; for ever (grim) unless given.
    lag : int, optional
        Periods until cheating is noticed, for all; those of the parties unless given.
    false_alarm : float
        The probability, each period, that a punishment begins although everybody complies: false accusations.
    detection : float
        The probability that cheating is noticed at all when the lag is over, at least `false_alarm`.
    licence : int or mapping of str to int
        Periods for which a concession stands once given, for all or by the party that gives it. Who is cheated can only let it
        lapse, so a cheater enjoys it for up to ``licence - 1`` periods after it is found out; 1 means that it can be withdrawn
        at once. Short licences are hostages; concessions that cannot be taken back deter nobody.

    Raises
    ------
    ParameterError, ProbabilityError

    Notes
    -----
    With noise, length and lag, the inequality is that of `trigger_discount_factor`; tit for tat needs
    ``δ^D ≥ max((T - u) / (T - N), (T - u) / (u - S))``, ``S`` being complying while the others withhold and ``N`` the best
    reply to that. A licence adds to the lag the worst timing: cheating is noticed just after a renewal.

    That the punishment is credible is checked and said when it is not so. For ever, it has to be a Nash equilibrium of the
    concession game, as Friedman requires. For ``K`` periods, after which all return, it is enough that nobody gains by leaving
    it when that starts it anew: ``δ^K (V - N) ≥`` the gain, Abreu's stick and carrot. Cost: that of `deviation_gains`.

    References
    ----------
    Friedman, J. W. (1971). A non-cooperative equilibrium for supergames. Review of Economic Studies 38, 1-12.
    Green, E. J., Porter, R. H. (1984). Noncooperative collusion under imperfect price information. Econometrica 52, 87-100.
    Abreu, D. (1986). Extremal equilibria of oligopolistic supergames. J. of Economic Theory 39, 191-225.
    Abreu, D., Pearce, D., Stacchetti, E. (1990). Toward a theory of discounted repeated games with imperfect monitoring.
    Econometrica 58, 1041-1063.
    Mailath, G. J. and Samuelson, L. (2006). Repeated Games and Reputations. Oxford University Press, chapters 2-3 and 7.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation([ng.Party("A", discount_factor=0.6), ng.Party("B", discount_factor=0.9)],
    ...     [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -1), ng.Stake("A", "y", "lifted", 4),
    ...      ng.Stake("B", "y", "lifted", -1), ng.Stake("B", "x", "lifted", 4)])
    >>> round(ng.is_enough(talks, talks.package("x", "y"), criterion="self_enforcing").margin, 3)
    0.35
    >>> round(ng.is_enough(talks, talks.package("x", "y"), criterion=SelfEnforcing(length=3, false_alarm=0.1)).margin, 3)
    0.318
    """

    punishment: Threat = "status quo"
    strategy: Literal["trigger", "tit for tat"] = "trigger"
    length: int | None = None
    lag: int | None = None
    false_alarm: float = 0.0
    detection: float = 1.0
    licence: int | Mapping[str, int] | tuple[tuple[str, int], ...] = 1

    name: ClassVar[str] = "self_enforcing"
    question: ClassVar[str] = "Is every party patient enough not to cheat, if cheating ends the deal once noticed?"

    def __post_init__(self) -> None:
        if self.punishment not in THREATS:
            raise ParameterError(f"punishment must be {listing(map(repr, THREATS), 'or')}, not {self.punishment!r}.")
        if self.strategy not in ("trigger", "tit for tat"):
            raise ParameterError(f"strategy must be 'trigger' or 'tit for tat', not {self.strategy!r}.")
        for what, periods in (("length", self.length), ("lag", self.lag)):
            if periods is not None:
                _check_periods(what, periods)
        if isinstance(self.licence, Mapping):
            object.__setattr__(self, "licence", tuple(self.licence.items()))
        for term in self.licence if isinstance(self.licence, tuple) else (("", self.licence),):
            _check_periods("licence", term[1])
        as_noise(self.false_alarm, self.detection)
        noisy = self.false_alarm > 0 or self.detection < 1
        if self.strategy == "tit for tat" and (self.length is not None or noisy or self.punishment != "status quo"):
            raise ParameterError(
                "tit for tat pays back in kind, without noise: leave punishment, length, false_alarm and detection as they "
                "are, or use strategy='trigger'."
            )

    def why_not(self, talks: Negotiation, party: str | None = None) -> str:
        """Nobody says how patient those are who could cheat."""
        unknown = [
            talks.party_names[i]
            for i in selected_parties(talks, party)
            if talks.parties[i].discount_factor is None and talks.measures(talks.party_names[i])
        ]
        if not unknown:
            return ""
        return f"no discount factor is given for {listing(unknown)}: say it, with_party(..., discount_factor=0.99)."

    def margins(
        self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None, party: str | None = None
    ) -> Array:
        """See `Criterion.margins`; in units of the discount factor, NaN where one is needed that nobody states."""
        return least(self.party_margins(talks, codes, draws=draws), selected_parties(talks, party))

    def judges_draws_together(self, talks: Negotiation) -> bool:
        """Always: payoffs are matrix products."""
        return True

    def party_margins(self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None) -> Array:
        """See `PartyCriterion.party_margins`."""
        patience = _patience(talks) if draws is None else draws.discount_factor[:, None, :]
        patience = np.where(np.isnan(patience) & _owns_nothing(talks), 1.0, patience)
        margins = patience - self.critical(talks, codes, draws=draws)
        return np.where(np.abs(margins) < NOISE, 0.0, margins)

    def critical(self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None) -> Array:
        """The least discount factor of each party that sustains each package: (D, P), or (S, D, P) with draws."""
        complying = payoffs(talks, codes, draws=draws)
        temptation = temptations(talks, codes, draws)
        lags = self.lags(talks)
        if self.strategy == "tit for tat":
            back = paid_back(talks, codes, draws)
            forgone = settle(complying - back.complying, talks)
            needed = tit_for_tat_threshold(temptation, forgone, settle(complying - back.at_best, talks), lags)
        else:
            advantage = settle(complying - punished_payoffs(talks, self.punishment, draws), talks)
            needed = threshold(temptation, advantage, lags, *self._response())
        return np.where(_owns_nothing(talks), 0.0, needed)

    def lags(self, talks: Negotiation) -> Array:
        """Periods from cheating to punishment, for each party, licences of the others included: shape (P,)."""
        own = [p.detection_lag if self.lag is None else self.lag for p in talks.parties]
        terms = self._licences(talks)
        others = [max((n for name, n in terms.items() if name != me), default=1) for me in talks.party_names]
        return np.asarray(np.array(own, dtype=np.float64) + np.array(others) - 1)

    def _licences(self, talks: Negotiation) -> dict[str, int]:
        """For how long the concessions of each party stand."""
        if isinstance(self.licence, int):
            return dict.fromkeys(talks.party_names, self.licence)
        given = dict(self.licence)
        for name in given:
            if name not in talks.party_names:
                raise UnknownNameError("party", name, talks.party_names)
        return {name: given.get(name, 1) for name in talks.party_names}

    def values(self, talks: Negotiation, package: Package) -> Array:
        """What complying is worth to each party per period, false alarms included, at its patience: (P,); NaN if unknown."""
        u = payoffs(talks, package)
        if self.false_alarm == 0:
            return u
        length, noise, _ = self._response()
        return noisy_value(_patience(talks), u, punished_payoffs(talks, self.punishment), length, noise)

    def sustained(
        self, talks: Negotiation, complying: Array, temptation: Array, back: PaidBack | None = None
    ) -> BoolArray:
        """Which of many packages hold at the patience of the parties, from payoffs and best gains of deviating, (D, P): (D,).

        The inequality itself, linear in the payoffs: no threshold is sought. For tit for tat, also what `paid_back` says.
        """
        delta = np.where(_owns_nothing(talks), 0.5, _patience(talks))
        if back is None:
            length, noise, detection = self._response()
            weight = temptation_weight(delta, self.lags(talks), length, noise)
            advantage = settle(complying - punished_payoffs(talks, self.punishment), talks)
            holds = (detection - noise) * advantage - weight * temptation
        else:
            later = delta ** self.lags(talks)
            advantage = settle(complying - back.at_best, talks)
            holds = np.minimum(later * (advantage + temptation), later * (complying - back.complying)) - temptation
        rounding = NOISE * at_stake(talks)
        fine = np.where(temptation > 0, (advantage > 0) & (holds >= -rounding), advantage >= 0)
        return np.asarray((fine | _owns_nothing(talks)).all(axis=-1))

    def _response(self) -> tuple[Array, Array, Array]:
        """Punishment length, false alarms and detection as arrays."""
        length = np.inf if self.length is None else float(self.length)
        return np.array(length), np.array(float(self.false_alarm)), np.array(float(self.detection))

    def verdict(
        self, talks: Negotiation, package: Package, *, party: str | None = None, proposer: str | None = None
    ) -> Verdict:
        """See `Criterion.verdict`."""
        codes, asked = talks.codes([package]), selected_parties(talks, party)
        critical = self.critical(talks, codes)[0]
        facts = self._facts(talks, package, critical)
        sentences = [self._sentence(talks, package, i, facts) for i in asked]
        if breakers := self._not_credible(talks, facts):
            sentences.append(f"The punishment itself is no equilibrium: {breakers}.")
        reason = " ".join(sentences)
        if why := self.why_not(talks, party):
            return inapplicable(self, package, f"{why} {reason}", party)
        margin = float(self.margins(talks, codes, party=party)[0])
        statement = "; ".join(f"{talks.party_names[i]} needs a discount factor of {critical[i]:.4g}" for i in asked)
        patience = np.where(np.isnan(_patience(talks)), 1.0, _patience(talks))
        worst = min(asked, key=lambda i: float(patience[i] - critical[i]))
        return Verdict(
            self.name, margin >= 0, margin, UNIT, reason, Certificate(statement, facts),
            _flips(talks, worst, facts, margin), package, party,
        )  # fmt: skip

    def check(self, talks: Negotiation, verdict: Verdict) -> bool:
        """Whether the certificate proves the answer: the streams of complying and of cheating, summed and compared."""
        return is_proved(talks, verdict)

    def _facts(self, talks: Negotiation, package: Package, critical: Array) -> dict[str, Any]:
        """See the class."""
        codes, names = talks.codes([package]), talks.party_names
        u = payoffs(talks, package)
        t = u + deviation_gains(talks, codes)[0]
        back = paid_back(talks, codes)
        in_kind = self.strategy == "tit for tat"
        punished = np.asarray(back.at_best[0] if in_kind else punished_payoffs(talks, self.punishment))
        value = self.values(talks, package)
        facts: dict[str, Any] = {
            "complying": by_party(talks, u),
            "cheating": by_party(talks, t),
            "punished": by_party(talks, punished),
            "lag": {name: int(lag) for name, lag in zip(names, self.lags(talks), strict=True)},
            "critical": by_party(talks, critical),
            "discount_factor": {p.name: p.discount_factor and p.discount_factor.central for p in talks.parties},
            "cheats_by": {name: best_response(talks, package, i) for i, name in enumerate(names)},
            "value": by_party(talks, value),
            "punishment": self.punishment,
            "strategy": self.strategy,
            "length": self.length,
            "false_alarm": self.false_alarm,
            "detection": self.detection,
        }
        if in_kind:
            facts["sucker"] = by_party(talks, back.complying[0])
        elif self.punishment == "status quo":
            facts["carries_out"] = by_party(talks, self._carries_out(talks, value))
        elif self.punishment == "escalation":
            hurt = [strongest_measures(talks, i) for i in range(len(names))]
            facts["punished_by"] = {name: talks.package_from_choices(h) for name, h in zip(names, hurt, strict=True)}
        return facts

    def _carries_out(self, talks: Negotiation, value: Array) -> Array:
        """By how much each party prefers to sit out a punishment at the status quo to leaving it, in payoff units."""
        gains = deviation_gains(talks, talks.codes([talks.status_quo]))[0]
        if self.length is None:
            return np.asarray(-gains)
        return np.asarray(np.where(gains > 0, _patience(talks) ** self.length * value - gains, 0.0))

    def _not_credible(self, talks: Negotiation, facts: dict[str, Any]) -> str:
        """Who would not stay at the status quo for the punishment, and what it would do instead."""
        status_quo = talks.status_quo
        return "; ".join(
            f"{name} would rather have {changes(status_quo, best_response(talks, status_quo, i))}"
            for i, name in enumerate(talks.party_names)
            if facts.get("carries_out", {}).get(name, 0.0) < 0
        )

    def _sentence(self, talks: Negotiation, package: Package, party: int, facts: dict[str, Any]) -> str:
        """``A: cheating pays 4 for 1 period and then 0, complying 3; that takes a discount factor of 0.25 (it has 0.6).``"""
        name = talks.party_names[party]
        u, t, n, critical = (facts[key][name] for key in ("complying", "cheating", "punished", "critical"))
        cheating, complying, punished = amounts([t, u, n])
        if not talks.measures(name):
            return f"{name} owns nothing that it could withhold."
        if critical == 0:
            return f"{name} is not tempted: no deviation pays more than {complying}."
        if critical == 1 and u <= n:
            return f"{name} gets {complying} for complying and {punished} when punished: no patience would hold it."
        lag, has = facts["lag"][name], facts["discount_factor"][name]
        own = "" if has is None else f" (it has {has:.4g})"
        after = "" if self.length is None else f" for {counted(self.length, talks.period)}"
        needs = "no patience would hold it" if critical == 1 else f"that takes a discount factor of {critical:.3g}{own}"
        return (
            f"{name}: cheating pays {cheating} for {counted(lag, talks.period)} and then {punished}{after}, complying "
            f"{complying}{self._noise(facts, name)}; {needs}."
        )

    def _noise(self, facts: dict[str, Any], name: str) -> str:
        """What false alarms leave of complying."""
        value = facts["value"][name]
        if self.false_alarm == 0 or np.isnan(value):
            return ""
        return f" ({amounts([value])[0]} with false alarms in {percent(self.false_alarm)} of periods)"


def _check_periods(what: str, periods: Any) -> None:
    if isinstance(periods, bool) or not isinstance(periods, int) or periods < 1:
        raise ParameterError(f"{what}={periods!r}; a whole number of periods, at least 1.")


def _patience(talks: Negotiation) -> Array:
    """Discount factors at their centre, NaN where unknown."""
    return np.array([np.nan if p.discount_factor is None else p.discount_factor.central for p in talks.parties])


def _owns_nothing(talks: Negotiation) -> list[bool]:
    return [not talks.measures(name) for name in talks.party_names]


def _flips(talks: Negotiation, worst: int, facts: dict[str, Any], margin: float) -> str:
    """In the patience of the party nearest to its threshold."""
    name = talks.party_names[worst]
    critical = facts["critical"][name]
    if critical == 1 and facts["complying"][name] > facts["punished"][name]:
        return f"the punishment of {name} becomes longer, or surer to follow cheating alone"
    if critical == 1:
        return f"complying becomes worth more to {name} than being punished"
    if critical == 0:
        return "some party comes to gain by withholding what it promised"
    return (
        f"the discount factor of {name} {'falls below' if margin >= 0 else 'reaches'} {critical:.3g} per {talks.period}"
    )
