"""A negotiation as a signalling game: how badly the proposer needs the other's controls is its secret, offers are messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from negotiation.arrays import Array, BoolArray, IntArray
from negotiation.door import checked
from negotiation.errors import (
    EmptyPackageError,
    GameShapeError,
    OwnershipError,
    ParameterError,
    ProbabilityError,
    UnknownNameError,
    WrongTypeError,
)
from negotiation.games.signalling import SignallingGame
from negotiation.model.distribution import Distribution
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.rounding import NOISE, at_stake

Channel = Literal["offers", "talk", "advance"]
Types = int | Mapping[str, float]
Offer = str | Sequence[str] | Mapping[str, str]

ACCEPT, REFUSE, ASK = "accept", "refuse", "ask for "
DIGITS = 12


class Numbers(NamedTuple):
    """What stakes and parties are worth in one draw: shapes (terms,), (P,), (P,), (P,)."""

    values: Array
    disagreement: Array
    reservation: Array
    patience: Array

    @classmethod
    def central(cls, talks: Negotiation) -> Numbers:
        """At central values; who has no discount factor does not mind waiting."""
        return cls(
            talks.terms.central,
            np.array([p.disagreement.central for p in talks.parties]),
            np.array([p.reservation_value for p in talks.parties]),
            np.array([1.0 if p.discount_factor is None else p.discount_factor.central for p in talks.parties]),
        )


@dataclass(frozen=True, slots=True)
class OfferSignals:
    """What a proposer can offer, and what its secret is.

    Parameters
    ----------
    talks : Negotiation
    proposer, responder : str
    offers : tuple of Package
        With the same demands on others, from the least that the proposer gives to the most.
    names : tuple of str
    types : tuple of str
        From low need to high.
    quantiles : tuple of float
        At which quantile of their ranges the proposer's private stakes lie for each type.
    prior : tuple of float
    private : tuple of str
        The issues in which the proposer's stakes are its secret.
    """

    talks: Negotiation
    proposer: str
    responder: str
    offers: tuple[Package, ...]
    names: tuple[str, ...]
    types: tuple[str, ...]
    quantiles: tuple[float, ...]
    prior: tuple[float, ...]
    private: tuple[str, ...]

    @classmethod
    def of(
        cls,
        talks: Negotiation,
        package: Mapping[str, str] | None = None,
        *,
        proposer: str | None = None,
        responder: str | None = None,
        offers: Sequence[Offer] | None = None,
        types: Types = 2,
        prior: Sequence[float] | None = None,
        private: Sequence[str] | None = None,
    ) -> OfferSignals:
        """Settle what is left open; see `signalling_game`."""
        first, other = _sides(talks, proposer, responder)
        whole = _everything(talks) if package is None else talks.as_package(package)
        packages = ladder(talks, first, whole) if offers is None else _given_offers(talks, first, whole, offers)
        kinds, quantiles, odds = _types(types, prior)
        asked = tuple(n for n in whole.moved if talks.issue(n).owner not in (first, None))
        secret = asked if private is None else tuple(talks.issue(n).name for n in private)
        names = _unique([_name(talks, first, p) for p in packages])
        return cls(talks, first, other, packages, names, kinds, quantiles, odds, secret)  # fmt: skip

    @property
    def secret_terms(self) -> IntArray:
        """Positions of the proposer's uncertain stakes and interactions in private issues."""
        return private_terms(self.talks, self.proposer, self.private)

    def require_secret(self) -> None:
        """Raise an error if every type is the same."""
        if not len(self.secret_terms):
            named = ", ".join(self.private) or "what is asked of others"
            raise ParameterError(
                f"{self.proposer} has no stake with a range in {named}, so it has no secret; give a stake a Distribution."
            )

    def message(self, package: Mapping[str, str]) -> int:
        """Which offer a package is."""
        full = self.talks.as_package(package)
        if full not in self.offers:
            raise UnknownNameError("offer", str(full), self.names)
        return self.offers.index(full)

    def type_values(self, numbers: Numbers | None = None) -> Array:
        """Values of all stakes and interactions for each type, (T, terms)."""
        base = Numbers.central(self.talks) if numbers is None else numbers
        out = np.tile(base.values, (len(self.types), 1))
        for k in self.secret_terms:
            value = self.talks.terms.values[int(k)]
            if isinstance(value, Distribution):
                out[:, k] = value.ppf(np.array(self.quantiles))
        return out

    def worth(self, packages: Sequence[Mapping[str, str]], numbers: Numbers | None = None) -> tuple[Array, Array]:
        """What packages are worth to each type of the proposer, (T, D), and to the responder, (D,)."""
        terms, values = self.talks.terms, self.type_values(numbers)
        hits = terms.hits(self.talks.codes(packages)).astype(np.float64)
        mine, its = (terms.of_party(self.talks.party_index(name)) for name in (self.proposer, self.responder))
        return values[:, mine] @ hits[:, mine].T, hits[:, its] @ values[0, its]

    def game(self, channel: Channel = "offers", numbers: Numbers | None = None) -> SignallingGame:
        """The signalling game; see `signalling_game`."""
        base = Numbers.central(self.talks) if numbers is None else numbers
        if channel == "offers":
            return self._binding(base)
        if channel == "talk":
            sent = [self.talks.status_quo] * len(self.types)
            return self._price_named(sent, tuple(f"says: {name}" for name in self.types), base)
        if channel == "advance":
            parts = [_own_part(self.talks, self.proposer, p) for p in self.offers]
            steps = list(dict.fromkeys([self.talks.status_quo, *parts]))
            names = tuple("nothing in advance" if not s.moved else f"{_name(self.talks, self.proposer, s)} in advance"
                          for s in steps)  # fmt: skip
            return self._price_named(steps, names, base)
        raise ParameterError(f"channel must be 'offers', 'talk' or 'advance', not {channel!r}.")

    def _binding(self, base: Numbers) -> SignallingGame:
        """Offers are accepted, refused, or met with a demand for a larger one, which comes a period later."""
        i, j, scale = self._seats()
        mine, its = self.worth(self.offers, base)
        T, M = mine.shape
        agrees = mine - base.reservation[i] >= -NOISE * scale[i]  # (T, M): the proposer signs when asked for it
        sender, receiver = np.empty((T, M, M + 2)), np.empty((T, M, M + 2))
        sender[:, :, 0], receiver[:, :, 0] = mine, its
        sender[:, :, 1], receiver[:, :, 1] = base.disagreement[i], base.disagreement[j]
        signs = its - base.reservation[j] >= -NOISE * scale[j]
        allowed = np.ones((M, M + 2), dtype=np.bool_)
        allowed[:, 0] = signs
        for party, table, then in ((i, sender, mine), (j, receiver, np.tile(its, (T, 1)))):
            now, after = base.disagreement[party], np.where(agrees, then, base.disagreement[party])
            table[:, :, 2:] = ((1 - base.patience[party]) * now + base.patience[party] * after)[:, None, :]
        better = its[None, :] - its[:, None] > NOISE * scale[j]
        allowed[:, 2:] = better & (signs & agrees.any(axis=0))[None, :]
        actions = (ACCEPT, REFUSE, *(f"{ASK}{name}" for name in self.names))
        return self._made(sender, receiver, self.names, actions, allowed)

    def _price_named(self, sent: Sequence[Package], messages: tuple[str, ...], base: Numbers) -> SignallingGame:
        """After words, or lifts already carried out, the responder names the offer that it wants, or refuses."""
        i, j, scale = self._seats()
        held, its_held = self.worth(sent, base)
        T, M, K = len(self.types), len(sent), len(self.offers)
        sender, receiver = np.empty((T, M, K + 1)), np.empty((T, M, K + 1))
        allowed = np.ones((M, K + 1), dtype=np.bool_)
        for m, already in enumerate(sent):
            finals = [_overlaid(self.talks, self.proposer, offer, already) for offer in self.offers]
            mine, its = self.worth(finals, base)
            nothing, its_nothing = base.disagreement[i] + held[:, m], base.disagreement[j] + its_held[m]
            least = np.maximum(nothing, nothing + base.reservation[i] - base.disagreement[i])
            agrees = mine - least[:, None] >= -NOISE * scale[i]
            sender[:, m, :K], receiver[:, m, :K] = (
                np.where(agrees, mine, nothing[:, None]),
                np.where(agrees, its, its_nothing),
            )
            sender[:, m, K], receiver[:, m, K] = nothing, its_nothing
            new = np.array([final not in finals[:k] for k, final in enumerate(finals)])
            signs = its - base.reservation[j] >= -NOISE * scale[j]
            allowed[m, :K] = new & signs & agrees.any(axis=0)
        actions = (*(f"{ASK}{name}" for name in self.names), REFUSE)
        return self._made(sender, receiver, messages, actions, allowed)

    def _made(
        self, sender: Array, receiver: Array, messages: tuple[str, ...], actions: tuple[str, ...], allowed: BoolArray
    ) -> SignallingGame:
        kept = np.asarray(allowed.any(axis=0))
        tables = [_rounded(table[:, :, kept]) for table in (sender, receiver)]
        return SignallingGame(
            self.prior, *tables, types=self.types, messages=messages,
            actions=tuple(a for a, k in zip(actions, kept, strict=True) if k),
            players=(self.proposer, self.responder), allowed=allowed[:, kept], unit=self.talks.unit,
        )  # fmt: skip

    def _seats(self) -> tuple[int, int, Array]:
        return self.talks.party_index(self.proposer), self.talks.party_index(self.responder), at_stake(self.talks)


@checked
def signalling_game(
    talks: Negotiation,
    package: Mapping[str, str] | None = None,
    *,
    proposer: str | None = None,
    responder: str | None = None,
    offers: Sequence[Offer] | None = None,
    types: Types = 2,
    prior: Sequence[float] | None = None,
    private: Sequence[str] | None = None,
    channel: Channel = "offers",
) -> SignallingGame:
    """See a negotiation as a signalling game in which the proposer's need is its secret.

    Parameters
    ----------
    talks : Negotiation
    package : Package, optional
        What is asked of others, and the offer that matters most; everything on the table unless given.
    proposer, responder : str, optional
        The first party, and the only other one, unless named.
    offers : sequence of offers, optional
        What the proposer may offer for what it asks: names of its named offers, or its concessions as in ``talks.package``.
        Four at most unless given: half of what it gives in the package, all of it, and two larger ones, measures being added in
        the order in which they bring others most for what they cost; none that is vetoed at home.
    types : int or mapping of str to float
        How many types, equally likely, in equal parts of the range of its need; or names and quantiles in (0, 1), low need
        first. A type has every private stake at the same quantile of its range: two types are at the quartiles, the medians of
        the lower and the upper half.
    prior : sequence of float, optional
        Equal unless given.
    private : sequence of str, optional
        The issues of others in which the proposer's stakes are its secret: what the package asks for, unless named.
    channel : {"offers", "talk", "advance"}
        What the message is. ``"offers"``: a binding offer, to be accepted, refused, or met with a demand for a larger one a
        period later, which the proposer takes if it is worth its reservation value. ``"talk"``: words that cost nothing, after
        which the responder names the offer that it wants. ``"advance"``: concessions carried out at once whatever follows.

    Returns
    -------
    SignallingGame
        ``ng.solve(game)`` gives perfect Bayesian equilibria. Payoffs per period, in the talks' unit.

    Raises
    ------
    UnknownNameError, OwnershipError, ParameterError, ProbabilityError, GameShapeError

    Notes
    -----
    Who has no discount factor does not mind waiting. Not modelled: doubt about delivery, and a second
    demand after the first. Every number but the private ones is
    known to both, at its central value.

    References
    ----------
    Fudenberg, D. and Tirole, J. (1983). Sequential bargaining with incomplete information. Review of Economic Studies 50,
    221-247.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    ...     [ng.Stake("A", "x", "lifted", -2), ng.Stake("B", "x", "lifted", 4), ng.Stake("B", "y", "lifted", -1),
    ...      ng.Stake("A", "y", "lifted", ng.Distribution.uniform(0, 4))])
    >>> signalling_game(talks, talks.package("x", "y"))
    <SignallingGame A (low need 0.5, high need 0.5) sends nothing or x; B answers accept or refuse or ask for x, ...
    """
    found = OfferSignals.of(talks, package, proposer=proposer, responder=responder, offers=offers, types=types,
                            prior=prior, private=private)  # fmt: skip
    found.require_secret()
    return found.game(channel)


def private_terms(talks: Negotiation, proposer: str, private: Sequence[str]) -> IntArray:
    """Positions of a party's uncertain stakes and interactions in some issues."""
    at = {k for k, issue in enumerate(talks.issues) if issue.name in private}
    own = talks.terms.of_party(talks.party_index(proposer))
    uncertain = set(talks.terms.uncertain)
    return np.array(
        [t for t in own.tolist() if t in uncertain and any(k in at for k, _ in talks.terms.conditions[t])],
        dtype=np.int64,
    )


def ladder(talks: Negotiation, proposer: str, package: Package) -> tuple[Package, ...]:
    """Offers from less than the package to everything, others' concessions as in it; the package is one of them.

    Half of what the proposer gives in the package, all of it, half of what it could give beyond, and everything, measures being
    added in the order in which they bring others most for what they cost. What its ratifiers veto is never added.
    """
    most = {issue.name: _most(talks, proposer, issue.name) for issue in talks.measures(proposer)}
    given = {n: package[n] for n in most if n in package.moved}
    extra = {n: o for n, o in most.items() if n not in given and o != talks.issue(n).status_quo}
    inner, outer = (sorted(part, key=lambda n: (-_bargain(talks, proposer, n, part[n]), n)) for part in (given, extra))
    rungs = [
        {n: given[n] for n in inner[: len(inner) // 2]},
        given,
        given | {n: extra[n] for n in outer[: len(outer) // 2]},
        {n: o if talks.issue(n).index(o) > talks.issue(n).index(package[n]) else package[n] for n, o in most.items()},
    ]
    rest = {n: package[n] for n in talks.issue_names if n not in most}
    filled = [{**dict(talks.status_quo), **rest, **rung} for rung in rungs]
    return tuple(dict.fromkeys(talks.as_package(options) for options in filled))


def _most(talks: Negotiation, party: str, name: str) -> str:
    """The last option of a measure that nobody at home vetoes."""
    vetoed = {pair for ratifier in talks.party(party).ratifiers for pair in ratifier.vetoes}
    issue = talks.issue(name)
    return next(o for o in reversed(issue.options) if (name, o) not in vetoed or o == issue.status_quo)


def _bargain(talks: Negotiation, proposer: str, name: str, option: str) -> float:
    """What a concession brings all others for what it costs its owner; infinite where it costs nothing."""
    hits = talks.terms.hits(talks.codes([{name: option}]))[0]
    mine = talks.terms.party == talks.party_index(proposer)
    cost = -float(talks.terms.central[hits & mine].sum())
    gain = float(talks.terms.central[hits & ~mine].sum())
    return float(f"{gain / cost:.9g}") if cost > 0 else np.inf


def _sides(talks: Negotiation, proposer: str | None, responder: str | None) -> tuple[str, str]:
    first = talks.party_names[0] if proposer is None else talks.party(proposer).name
    others = [name for name in talks.party_names if name != first]
    if responder is None and len(others) != 1:
        raise GameShapeError(f"{len(others)} other parties ({', '.join(others) or 'none'}); name the responder.")
    other = others[0] if responder is None else talks.party(responder).name
    if other == first:
        raise GameShapeError(f"{first} cannot answer its own offer; name another responder.")
    return first, other


def _types(types: Types, prior: Sequence[float] | None) -> tuple[tuple[str, ...], tuple[float, ...], tuple[float, ...]]:
    """Names, quantiles and probabilities, low need first."""
    if isinstance(types, Mapping):
        names, quantiles = tuple(types), tuple(float(q) for q in types.values())
        if not names or any(not 0 < q < 1 for q in quantiles) or list(quantiles) != sorted(set(quantiles)):
            raise ParameterError(
                f"types are names with rising quantiles in (0, 1), low need first; given {dict(types)}."
            )
    else:
        if isinstance(types, bool) or not isinstance(types, int) or not 1 <= types <= 5:
            raise ParameterError(f"types is {types!r}; give a number from 1 to 5, or names with quantiles.")
        named = {1: ("need",), 2: ("low need", "high need"), 3: ("low need", "middling need", "high need")}
        names = named.get(types, tuple(f"need in part {k + 1} of {types}" for k in range(types)))
        quantiles = tuple((2 * k + 1) / (2 * types) for k in range(types))
    odds = tuple(1 / len(names) for _ in names) if prior is None else tuple(float(p) for p in prior)
    if len(odds) != len(names):
        raise GameShapeError(f"the prior has {len(odds)} entries for {len(names)} types.")
    if not all(p >= 0 for p in odds) or abs(sum(odds) - 1) > 1e-9:
        raise ProbabilityError(f"the prior {odds} must be probabilities that add up to 1.")
    return names, quantiles, odds


def _given_offers(talks: Negotiation, proposer: str, package: Package, offers: Sequence[Offer]) -> tuple[Package, ...]:
    """The offers named, with what the package asks of others, and the package itself if it is none of them."""
    if isinstance(offers, str | Mapping):
        raise WrongTypeError(f"give several offers in a list, not {offers!r}.")
    rest = {n: package[n] for n in talks.issue_names if talks.issue(n).owner != proposer}
    out = []
    for offer in offers:
        options = _concessions(talks, proposer, offer)
        for name in options:
            if talks.issue(name).owner != proposer:
                raise OwnershipError(f"{proposer} cannot offer {name!r}: it belongs to {talks.issue(name).owner}.")
        out.append(talks.as_package(rest | options))
    if not out:
        raise EmptyPackageError("no offer is given; name at least one, or leave offers out.")
    return tuple(dict.fromkeys([*out, package]))


def _concessions(talks: Negotiation, proposer: str, offer: Offer) -> dict[str, str]:
    if isinstance(offer, Mapping):
        return {n: o for n, o in talks.as_package(offer).items() if n in offer} if offer else {}
    if isinstance(offer, str):
        return dict(talks.concession(offer).options)
    return {name: talks.issue(name).options[-1] for name in offer}


def _everything(talks: Negotiation) -> Package:
    return talks.as_package({issue.name: issue.options[-1] for issue in talks.issues})


def _own_part(talks: Negotiation, proposer: str, package: Package) -> Package:
    """A party's concessions in a package, alone."""
    own = talks.concessions_of(proposer, package)
    return talks.as_package(own) if own else talks.status_quo


def _overlaid(talks: Negotiation, proposer: str, offer: Package, already: Package) -> Package:
    """An offer, with the proposer's measures that are already lifted staying so."""
    own = {i.name for i in talks.measures(proposer)}
    return talks.as_package({n: already[n] if n in own and n not in offer.moved else o for n, o in offer.items()})


def _name(talks: Negotiation, proposer: str, package: Package) -> str:
    """The proposer's concessions: the largest named offer among them, and the measures that move beyond it."""
    own = talks.concessions_of(proposer, package)
    known = [c for c in talks.concessions if c.party == proposer and dict(c.options).items() <= own.items()]
    named = max(known, key=lambda c: len(c.options), default=None)
    rest = own if named is None else {n: o for n, o in own.items() if n not in dict(named.options)}
    parts = [n if o == talks.issue(n).options[-1] else f"{n} ({o})" for n, o in rest.items()]
    return " + ".join([*([] if named is None else [named.name]), *parts]) or "nothing"


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    """Names told apart by a number where a named offer is called as an issue is."""
    return tuple(f"{name} ({names[:k].count(name) + 1})" if name in names[:k] else name for k, name in enumerate(names))


def _rounded(table: Array) -> Array:
    """To twelve digits of the largest, so that what is equal but for rounding is equal."""
    largest = float(np.abs(table).max())
    return table if largest == 0 else np.round(table, DIGITS - int(np.ceil(np.log10(largest))))
