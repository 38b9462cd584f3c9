"""Criterion 11, revealing: what offering a package says about how badly its proposer needs what it asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from negotiation.analysis.criteria.revealing_proof import is_proved
from negotiation.analysis.revelation import Kept, Revelation, belief_range, quantile_sentence, solved
from negotiation.analysis.verdict import Certificate, Verdict, inapplicable
from negotiation.analysis.wording import amount, listing, percent
from negotiation.arrays import Array, IntArray
from negotiation.errors import ParameterError, SizeLimitError
from negotiation.model.draws import Draws
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.reduce.signalling import Numbers, OfferSignals, Types, private_terms

UNIT = "probability"


@dataclass(frozen=True, slots=True)
class Revealing:
    """The offer moves the other side's belief about the proposer's need by at least `least`, whichever equilibrium is played.

    How badly the proposer needs what it asks for is its secret: its uncertain stakes in the issues of others that the package
    asks for. Types are equal parts of the range of that need. Offers are binding messages, and the responder accepts, refuses or
    asks for more; see `signalling_game`. In the perfect Bayesian equilibria that survive the refinement, and in which the offer
    is made, if there are such, the responder's belief after it is compared with the prior. Where the offer is made in none,
    it is a surprise, and the beliefs that keep everybody from making it are compared.

    The margin is the least total variation between belief and prior over those equilibria, less `least`; with two types
    the total variation is the change in the probability of high need. Holding is neither good nor bad: it says that the
    offer gives something away.

    Without a proposer it must hold whoever of those with a secret proposes. With draws, everything is drawn but the secret
    itself, whose range is what the game is about.

    The certificate states for each proposer the types, the offers, the payoffs, and the ``equilibria``: who offers what, what is
    answered, and the corners of the beliefs after each offer.

    Parameters
    ----------
    proposer : str, optional
        Who makes the offer; the one that the question names takes precedence, then the party asked about.
    responder : str, optional
        Who reads it: needed with three parties or more.
    types : int or mapping of str to float
        As for `signalling_game`; a mapping is kept as pairs.
    prior : tuple of float, optional
    least : float
        The change of belief from which an offer counts as revealing; five points of probability unless given.
    refinement : {"d1", "intuitive", "all"}
        Which equilibria count.
    most_games : int
        The most packages times draws judged at once: each is a game of its own.

    References
    ----------
    Cho, I.-K. and Kreps, D. M. (1987). Signaling games and stable equilibria. Quarterly Journal of Economics 102, 179-221.
    Fudenberg, D. and Tirole, J. (1983). Sequential bargaining with incomplete information. Review of Economic Studies 50,
    221-247.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -2), ng.Stake("B", "x", "lifted", 4), ng.Stake("B", "y", "lifted", -1),
    ...      ng.Stake("A", "y", "lifted", ng.Distribution.uniform(0, 4))])
    >>> verdict = ng.is_enough(talks, talks.package("x", "y"), criterion="revealing", proposer="A")
    >>> print(verdict.certificate)
    B puts 100% on high need of A after the offer
    """

    proposer: str | None = None
    responder: str | None = None
    types: int | tuple[tuple[str, float], ...] = 2
    prior: tuple[float, ...] | None = None
    least: float = 0.05
    refinement: Kept = "d1"
    most_games: int = 2_000

    name: ClassVar[str] = "revealing"
    question: ClassVar[str] = "Does offering it tell the other side how badly the proposer needs what it asks for?"

    def __post_init__(self) -> None:
        if isinstance(self.types, Mapping):
            object.__setattr__(self, "types", tuple(self.types.items()))
        if self.prior is not None:
            object.__setattr__(self, "prior", tuple(float(p) for p in self.prior))
        if not 0 < self.least <= 1:
            raise ParameterError(f"least is {self.least!r}; a change of belief that counts lies in (0, 1].")
        if self.refinement not in ("d1", "intuitive", "all"):
            raise ParameterError(f"refinement must be 'd1', 'intuitive' or 'all', not {self.refinement!r}.")

    def why_not(self, talks: Negotiation, party: str | None = None) -> str:
        """Nobody reads the offer, or it is not said who does, or nobody who might propose has a secret."""
        if len(talks.parties) < 2:
            return "there is nobody to read an offer."
        if len(talks.parties) > 2 and self.responder is None:
            return (
                f"with {len(talks.parties)} parties it matters who reads the offer: "
                f"say Revealing(responder={talks.party_names[-1]!r})."
            )
        asked = self._asked(talks, party)
        if self._proposers(talks, party):
            return ""
        whose = listing(asked, "or") if asked else self.responder
        return f"no stake of {whose} in what others control has a range, so nothing is secret."

    def margins(
        self, talks: Negotiation, codes: IntArray, *, draws: Draws | None = None, party: str | None = None
    ) -> Array:
        """See `Criterion.margins`; in units of probability."""
        shape = (len(codes),) if draws is None else (len(draws), len(codes))
        if self.why_not(talks, party):
            return np.full(shape, np.nan)
        self._check_size(int(np.prod(shape)))
        packages = [talks.package_from_choices(row) for row in codes]
        rows = [None] if draws is None else [_numbers(draws, s) for s in range(len(draws))]
        out = np.full((len(rows), len(packages)), np.inf)
        for d, package in enumerate(packages):
            for proposer in self._proposers(talks, party):
                signals = self._signals(talks, package, proposer)
                shifts = [self._shift(signals, package, numbers) for numbers in rows]
                out[:, d] = np.minimum(out[:, d], np.array(shifts) - self.least)
        return out[0] if draws is None else out

    def verdict(
        self, talks: Negotiation, package: Package, *, party: str | None = None, proposer: str | None = None
    ) -> Verdict:
        """See `Criterion.verdict`."""
        chosen = self if proposer is None else self.proposed_by(proposer)
        if why := chosen.why_not(talks, party):
            return inapplicable(self, package, why, party)
        found = {
            p: chosen._revelation(chosen._signals(talks, package, p), package) for p in chosen._proposers(talks, party)
        }
        margins = {p: (0.0 if r is None else r.shift[0]) - self.least for p, r in found.items()}
        worst = min(margins, key=lambda p: margins[p])
        margin, revelation = margins[worst], found[worst]
        facts = {
            "least": self.least,
            "proposers": {p: None if r is None else _facts(r, self.refinement) for p, r in found.items()},
        }
        if revelation is None:
            asks = "asks for nothing in which its need is uncertain, so its offer gives nothing away"
            return Verdict(self.name, False, margin, UNIT, f"{worst} {asks}.", Certificate(f"{worst} {asks}", facts),
                           f"{worst} asks for more", package, party)  # fmt: skip
        signals = revelation.signals
        statement = (
            f"{signals.responder} puts {belief_range(revelation)} on {signals.types[-1]} of {worst} after the offer"
        )
        return Verdict(
            self.name, margin >= 0, margin, UNIT, _reason(revelation), Certificate(statement, facts),
            _flips(revelation, margin >= 0), package, party,
        )  # fmt: skip

    def check(self, talks: Negotiation, verdict: Verdict) -> bool:
        """Whether the certificate proves the answer.

        Payoffs of every offer to every type are added up stake by stake, the replies' payoffs worked out from them; in every
        equilibrium listed nobody has anything better to do at the beliefs stated, which follow by Bayes' rule; and the margin is
        the least change of belief. Pure equilibria are found again by trying every plan, and none may be missing. That no
        mixed one is missing is not proved.
        """
        facts = verdict.certificate.facts
        shifts = []
        for proposer, own in facts["proposers"].items():
            if own is None:
                asked = [n for n in verdict.package.moved if talks.issue(n).owner not in (proposer, None)]
                if len(private_terms(talks, proposer, asked)):
                    return False
                shifts.append(0.0)
                continue
            if own["offers"][own["message"]] != verdict.package or not is_proved(talks, proposer, own):
                return False
            shifts.append(own["shift"])
        right = abs(min(shifts) - facts["least"] - verdict.margin) < 1e-9
        return right and verdict.holds == (verdict.margin >= 0)

    def proposed_by(self, proposer: str) -> Revealing:
        """See `ProposedCriterion`."""
        return replace(self, proposer=proposer)

    # --- the games behind it ---------------------------------------------------------------------

    def _asked(self, talks: Negotiation, party: str | None) -> list[str]:
        """Who might be the proposer."""
        named = self.proposer or (party if party != self.responder else None)
        names = talks.party_names if named is None else (talks.party(named).name,)
        return [name for name in names if name != self.responder]

    def _proposers(self, talks: Negotiation, party: str | None) -> list[str]:
        """Those of them that have a secret."""
        return [
            name
            for name in self._asked(talks, party)
            if len(private_terms(talks, name, [i.name for i in talks.issues if i.owner not in (name, None)]))
        ]

    def _signals(self, talks: Negotiation, package: Package, proposer: str) -> OfferSignals:
        """What this proposer could offer, and its secret."""
        types: Types = self.types if isinstance(self.types, int) else dict(self.types)
        return OfferSignals.of(
            talks, package, proposer=proposer, responder=self.responder, types=types, prior=self.prior
        )

    def _revelation(self, signals: OfferSignals, package: Package, numbers: Numbers | None = None) -> Revelation | None:
        """What the offer says about this proposer; ``None`` if it asks for nothing secret."""
        if not len(signals.secret_terms):
            return None
        return solved(signals, signals.message(package), self.refinement, numbers)

    def _shift(self, signals: OfferSignals, package: Package, numbers: Numbers | None) -> float:
        """The least change of belief."""
        found = self._revelation(signals, package, numbers)
        return 0.0 if found is None else found.shift[0]

    def _check_size(self, games: int) -> None:
        if games > self.most_games:
            raise SizeLimitError(
                f"{games:,} packages times draws at once: each is a signalling game of its own; ask for at most "
                f"{self.most_games:,}, or raise Revealing(most_games=...)."
            )


def _numbers(draws: Draws, s: int) -> Numbers:
    """One draw of everything."""
    patience = np.where(np.isnan(draws.discount_factor[s]), 1.0, draws.discount_factor[s])
    return Numbers(draws.values[s], draws.disagreement[s], draws.reservation[s], patience)


def _reason(found: Revelation) -> str:
    """``China puts 50% on high need of US before the offer and 59% to 100% after it; accepted, it is worth …``"""
    s = found.signals
    before, after = found.reply(found.prior), found.reply(found.typical_belief)
    values = list(found.worth.items())
    worth = listing([f"{amount(values[0][1], signed=True)} to {s.proposer} with {values[0][0]}",
                     *(f"{amount(v, signed=True)} with {t}" for t, v in values[1:])])  # fmt: skip
    text = (
        f"{s.responder} puts {percent(float(found.prior[-1]))} on {s.types[-1]} of {s.proposer} before the offer and "
        f"{belief_range(found)} after it{'' if found.is_made else _surprise(found.refinement)}; "
        f"accepted, it is worth {worth}."
    )
    if len(s.types) > 2:
        text += f" {quantile_sentence(found).strip().capitalize()}."
    if set(before) != set(after):
        price = found.price_of_looking_desperate[s.types[-1]]
        cost = f", which costs {s.proposer} {amount(price)} with {s.types[-1]}" if price > 0 else ""
        text += f" At the prior {s.responder} would {_verb(before)}, after the offer {_verb(after)}{cost}."
    return text


def _surprise(refinement: Kept) -> str:
    survives = {"d1": " that survives D1", "intuitive": " that survives the intuitive criterion", "all": ""}[refinement]
    return f" (made in no equilibrium{survives})"


def _verb(replies: Sequence[str]) -> str:
    return listing(replies, "or")


def _flips(found: Revelation, holds: bool) -> str:
    """Under which condition the answer changes, in words."""
    s, (kind, value) = found.signals, next(iter(found.worth.items()))
    if holds:
        return f"{s.proposer} would offer it as readily with {kind} (accepted, it is then worth {amount(value, signed=True)})"
    return f"{s.proposer} would offer it with one need and not with another"


def _facts(found: Revelation, refinement: Kept) -> dict[str, Any]:
    """See the class."""
    s, g = found.signals, found.game
    mine, its = s.worth(s.offers)
    return {
        "responder": s.responder,
        "types": s.types,
        "quantiles": s.quantiles,
        "prior": s.prior,
        "private": s.private,
        "offers": s.offers,
        "names": g.messages,
        "message": found.message,
        "worth_to_proposer": mine.tolist(),
        "worth_to_responder": its.tolist(),
        "replies": g.actions,
        "allowed": g.allowed.tolist(),
        "sender": g.sender.tolist(),
        "receiver": g.receiver.tolist(),
        "refinement": refinement,
        "is_made": found.is_made,
        "equilibria": [
            {
                "offers": e.sender.tolist(),
                "answers": e.receiver.tolist(),
                "beliefs": [corners.tolist() for corners in e.belief_sets],
                "after_the_offer": corners.tolist(),
            }
            for e, corners in zip(found.kept, found.beliefs, strict=True)
        ],
        "shift": found.shift[0],
        "posterior": found.posterior,
    }
