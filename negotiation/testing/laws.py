"""The laws that every payoff function keeps.

Together they leave no freedom: the payoff is the sum of the stakes and interactions that a package sets off. A function
that departs from that on purpose breaks the law that says so, and the counterexample shows where.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from negotiation.errors import LawBrokenError
from negotiation.model.issue import Issue
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.stake import Interaction
from negotiation.testing.law import Case, PayoffFunction, PayoffLaw
from negotiation.testing.talks import stakes
from negotiation.testing.whatifs import renamed, reordered, scaled


def check_payoff_laws(
    payoffs: PayoffFunction,
    *,
    talks: st.SearchStrategy[Negotiation] | Negotiation | None = None,
    laws: Sequence[PayoffLaw] | None = None,
    max_examples: int | None = None,
) -> None:
    """Run every law on a payoff function of your own.

    Parameters
    ----------
    payoffs : callable
        ``f(talks, package)``, returning one payoff a party.
    talks, max_examples
        As for `PayoffLaw.check`.
    laws : sequence of PayoffLaw, optional
        `PAYOFF_LAWS` unless given.

    Raises
    ------
    LawBrokenError
        Every broken law, each with the simplest counterexample found.

    Notes
    -----
    In a test module, one test a law reads better: ``@pytest.mark.parametrize("law", PAYOFF_LAWS, ids=str)`` and
    ``law.check(payoffs)``.

    Examples
    --------
    >>> import negotiation as ng
    >>> check_payoff_laws(ng.payoffs, max_examples=5)
    >>> def greedy(talks, package):
    ...     return ng.payoffs(talks, package) + 1
    >>> check_payoff_laws(greedy, max_examples=5)
    Traceback (most recent call last):
    negotiation.errors.LawBrokenError: 3 of 13 laws broken
    ...
    """
    chosen = PAYOFF_LAWS if laws is None else tuple(laws)
    found = []
    for law in chosen:
        try:
            law.check(payoffs, talks=talks, max_examples=max_examples)
        except LawBrokenError as error:
            found.append(str(error))
    if found:
        raise LawBrokenError("\n\n".join([f"{len(found)} of {len(chosen)} laws broken", *found]))


# --- the laws ------------------------------------------------------------------------------------


def _finite(case: Case) -> None:
    case.of(case.talks, case.package)


def _repeats(case: Case) -> None:
    case.same(case.of(case.talks, case.package), case.of(case.talks, case.package), "asked twice")


def _status_quo(case: Case) -> None:
    case.same(case.of(case.talks, case.talks.status_quo), np.zeros(len(case.talks.parties)), "the status quo pays")


def _one_stake(case: Case) -> None:
    stake = case.draw(stakes(case.talks))
    kind = stake.kind
    bare = case.talks.replaced(stakes=tuple(s for s in case.talks.stakes if s.label != stake.label))
    hit = case.package[stake.issue] == stake.option
    gain = _unit(case.talks, stake.party) * stake.central * hit
    got = case.of(bare.with_stakes(stake), case.package)
    case.same(got, case.of(bare, case.package) + gain, f"with a {kind} stake of {stake.central:g} in {stake.label!r}")


def _one_interaction(case: Case) -> None:
    talks = case.talks if len(case.talks.issues) > 1 else case.talks.with_issues(Issue("another"))
    package = talks.as_package(case.package)
    issues = case.draw(st.lists(st.sampled_from(talks.issues), min_size=2, max_size=3, unique_by=lambda i: i.name))
    options = tuple((i.name, case.draw(st.sampled_from(i.options[1:]))) for i in issues)
    extra = Interaction(case.draw(st.sampled_from(talks.party_names)), options, case.draw(st.integers(-3, 3)))
    bare = talks.replaced(interactions=tuple(q for q in talks.interactions if q.label != extra.label))
    hit = all(package[issue] == option for issue, option in options)
    gain = _unit(talks, extra.party) * extra.central * hit
    got = case.of(bare.with_interactions(extra), package)
    case.same(got, case.of(bare, package) + gain, f"with an interaction of {extra.central:g}, {extra.label!r}")


def _anothers_stake(case: Case) -> None:
    stake = case.draw(stakes(case.talks))
    others = [i for i, name in enumerate(case.talks.party_names) if name != stake.party]
    got, before = case.of(case.talks.with_stakes(stake), case.package), case.of(case.talks, case.package)
    case.same(got[others], before[others], f"the others after a change of {stake.label!r}")


def _additive(case: Case) -> None:
    names = case.talks.issue_names
    first = case.draw(st.sets(st.sampled_from(names)))
    apart = tuple(q for q in case.talks.interactions if len({i in first for i, _ in q.options}) == 1)
    talks = case.talks.replaced(interactions=apart)
    parts = [_part(talks, case.package, side) for side in (first, set(names) - first)]
    together = case.of(talks, talks.as_package(case.package))
    case.same(together, sum(case.of(talks, part) for part in parts), f"{parts[0]} and {parts[1]} together")


def _scaling(case: Case) -> None:
    factor = case.draw(st.sampled_from([2.0, 0.5, 1000.0, 1e-6]))
    got = case.of(scaled(case.talks, factor), case.package) / factor
    case.same(got, case.of(case.talks, case.package), f"every stake times {factor:g}, payoffs divided by it again")


def _order_of_parties(case: Case) -> None:
    order = case.draw(st.permutations(range(len(case.talks.parties))))
    got = case.of(reordered(case.talks, parties=order), case.package)
    case.same(got, case.of(case.talks, case.package)[order], f"parties in the order {order}")


def _order_of_issues(case: Case) -> None:
    order = case.draw(st.permutations(range(len(case.talks.issues))))
    stakes = case.draw(st.permutations(range(len(case.talks.stakes))))
    talks = reordered(case.talks, issues=order, stakes=stakes)
    got = case.of(talks, talks.as_package(case.package))
    case.same(got, case.of(case.talks, case.package), f"issues in the order {order}, stakes in the order {stakes}")


def _names(case: Case) -> None:
    parties = {name: f"{name}'" for name in case.talks.party_names}
    issues = {name: f"{name}_new" for name in case.talks.issue_names}
    talks = renamed(case.talks, parties=parties, issues=issues)
    package = talks.as_package({issues[name]: option for name, option in case.package.items()})
    case.same(case.of(talks, package), case.of(case.talks, case.package), "under other names")


def _idle_issue(case: Case) -> None:
    idle = Issue("idle", owner=case.draw(st.sampled_from([None, *case.talks.party_names])))
    talks = case.talks.with_issues(idle)
    package = talks.as_package({**case.package, "idle": case.draw(st.sampled_from(idle.options))})
    case.same(case.of(talks, package), case.of(case.talks, case.package), f"with the issue idle: {package['idle']}")


def _kinds(case: Case) -> None:
    plain = [replace(s, kind="commercial") for s in case.talks.stakes]
    talks = case.talks.replaced(stakes=tuple({s.label: s for s in plain}.values()))
    other = talks.replaced(stakes=tuple(replace(s, kind="security") for s in talks.stakes))
    case.same(case.of(other, case.package), case.of(talks, case.package), "stakes of another kind")


def _unit(talks: Negotiation, party: str) -> npt.NDArray[np.float64]:
    return np.array([float(name == party) for name in talks.party_names])


def _part(talks: Negotiation, package: Package, side: set[str]) -> Package:
    """The package on some of the issues, the status quo on the others."""
    return talks.as_package({i.name: package[i.name] if i.name in side else i.status_quo for i in talks.issues})


PAYOFF_LAWS: tuple[PayoffLaw, ...] = (
    PayoffLaw("shape", "every package gives one finite number a party.", _finite),
    PayoffLaw("repeatable", "asking twice gives the same answer.", _repeats),
    PayoffLaw("status quo", "the status quo pays 0 to everybody.", _status_quo),
    PayoffLaw("one stake", "a stake adds its value to its party's payoff where its option is chosen.", _one_stake),
    PayoffLaw("one interaction", "an interaction adds its value where all its options are chosen.", _one_interaction),
    PayoffLaw("own stakes", "no party's payoff depends on another's stakes.", _anothers_stake),
    PayoffLaw("additive", "issues that do not interact add up.", _additive),
    PayoffLaw("unit", "multiplying every stake multiplies every payoff.", _scaling),
    PayoffLaw("order of parties", "listing the parties in another order reorders the payoffs.", _order_of_parties),
    PayoffLaw("order of issues", "the order of issues and of stakes does not matter.", _order_of_issues),
    PayoffLaw("names", "what parties and issues are called does not matter.", _names),
    PayoffLaw("idle issue", "an issue nobody cares about changes nothing.", _idle_issue),
    PayoffLaw("kinds", "a dollar counts the same, whatever kind of stake it is.", _kinds),
)
