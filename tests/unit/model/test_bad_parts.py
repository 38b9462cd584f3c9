"""What a negotiation refuses, one assertion a message: each says what, given, expected, and the mend."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

import negotiation as ng

ETHANE = ng.Issue("ethane", owner="US")
SAMARIUM = ng.Issue("samarium", ("in force", "licensed", "lifted"), owner="China")


def talks(*stakes: ng.Stake, **changes: Any) -> ng.Negotiation:
    parts: dict[str, Any] = {"parties": ["US", "China"], "issues": [ETHANE, SAMARIUM], "stakes": stakes}
    return ng.Negotiation(**parts | changes)


TALKS = talks()
PAIR = {"ethane": "lifted", "samarium": "lifted"}

# name of the case: how it is done, the error, a part of its message
REFUSED: dict[str, tuple[Callable[[], object], type[Exception], str]] = {
    # --- numbers
    "NaN stake": (
        lambda: ng.Stake("US", "ethane", "lifted", math.nan),
        ng.NotFiniteError,
        "the stake of 'US' in 'ethane' at 'lifted' is nan; it must be finite. Give a range if it is unknown.",
    ),
    "infinite stake": (lambda: ng.Stake("US", "ethane", "lifted", -math.inf), ng.NotFiniteError, "is -inf; it must be"),
    "stake as text": (
        lambda: ng.Stake("US", "ethane", "lifted", "58"),  # type: ignore[arg-type]
        ng.WrongTypeError,
        "must be a number or a frozen scipy.stats distribution, not '58'",
    ),
    "stake that is true": (lambda: ng.Stake("US", "ethane", "lifted", True), ng.WrongTypeError, "not True"),
    "complex stake": (lambda: ng.Stake("US", "ethane", "lifted", 1j), ng.WrongTypeError, "not 1j"),  # type: ignore[arg-type]
    "infinite interaction": (
        lambda: ng.Interaction("US", PAIR, math.inf),  # type: ignore[arg-type]
        ng.NotFiniteError,
        "the interaction {'ethane': 'lifted', 'samarium': 'lifted'} of 'US' is inf",
    ),
    "NaN fallback": (lambda: ng.Party("US", disagreement=math.nan), ng.NotFiniteError, "disagreement payoff of 'US'"),
    "NaN reservation": (lambda: ng.Party("US", reservation=math.nan), ng.NotFiniteError, "reservation value of 'US'"),
    # --- distributions
    "no finite mean": (
        lambda: ng.Stake("US", "ethane", "lifted", stats.cauchy(0, 1)),
        ng.DistributionError,
        "'cauchy' with {'loc': 0.0, 'scale': 1.0} has no finite mean (nan)",
    ),
    "heavy tail without a mean": (
        lambda: ng.Stake("US", "ethane", "lifted", stats.pareto(0.5)),
        ng.DistributionError,
        "truncate it, or give a range",
    ),
    "distribution that is not frozen": (
        lambda: ng.Stake("US", "ethane", "lifted", stats.norm),
        ng.DistributionError,
        "is not a frozen distribution; give for example scipy.stats.norm(10, 2)",
    ),
    "ends out of order": (
        lambda: ng.Distribution.triangular(5, 3, 9),
        ng.DistributionError,
        "needs low <= mode <= high and a range above 0; given: 5, 3, 9",
    ),
    "range of no width": (lambda: ng.Distribution.uniform(2, 2), ng.DistributionError, "a range above 0; given: 2, 2"),
    "end missing": (
        lambda: ng.Distribution("uniform", {"low": 1}),
        ng.DistributionError,
        "takes low, high; given: low",
    ),
    "infinite end": (lambda: ng.Distribution.uniform(0, math.inf), ng.NotFiniteError, "parameter 'high' of 'uniform'"),
    "unknown law": (
        lambda: ng.Distribution("nomral", {"loc": 1}),
        ng.UnknownNameError,
        "no distribution called 'nomral'; known: ",
    ),
    "unknown parameter": (
        lambda: ng.Distribution("norm", {"mean": 1}),
        ng.DistributionError,
        "bad parameters for 'norm'",
    ),
    # --- probabilities and patience
    "discount factor 0": (
        lambda: ng.Party("US", discount_factor=0),
        ng.DiscountFactorError,
        "is 0; it must lie strictly",
    ),
    "discount factor 1": (lambda: ng.Party("US", discount_factor=1.0), ng.DiscountFactorError, "is 1; it must lie"),
    "discount factor 1.2": (
        lambda: ng.Party("US", discount_factor=1.2),
        ng.DiscountFactorError,
        "the discount factor of 'US' is 1.2; it must lie strictly between 0 and 1 (0.99 a month is about 0.89 a year)",
    ),
    "discount factor that may exceed 1": (
        lambda: ng.Party("US", discount_factor=stats.uniform(0.9, 0.2)),
        ng.DiscountFactorError,
        "is 0.9 to 1.1",
    ),
    "credibility above 1": (
        lambda: ng.Party("US", credibility=1.5),
        ng.ProbabilityError,
        "the credibility of 'US' is 1.5; a probability lies in [0, 1]",
    ),
    "credibility below 0": (lambda: ng.Party("US", credibility=-0.1), ng.ProbabilityError, "is -0.1"),
    "credibility that may exceed 1": (
        lambda: ng.Party("US", credibility=ng.Distribution.uniform(0.5, 2)),
        ng.ProbabilityError,
        "is 0.5 to 2",
    ),
    "credibility of the question": (
        lambda: ng.payoffs(TALKS, TALKS.package("ethane"), credibility=[1, 1.1]),
        ng.ProbabilityError,
        "credibility must lie in [0, 1], one a party",
    ),
    "detection lag 0": (
        lambda: ng.Party("US", detection_lag=0),
        ng.ParameterError,
        "detection_lag of 'US' must be a whole number of periods from 1, not 0",
    ),
    "detection lag 1.5": (lambda: ng.Party("US", detection_lag=1.5), ng.ParameterError, "not 1.5"),  # type: ignore[arg-type]
    # --- names
    "blank party": (lambda: ng.Party(" "), ng.ParameterError, "bad party name ' '"),
    "party that is a number": (lambda: ng.Party(3), ng.WrongTypeError, "party name 3 is not text"),  # type: ignore[arg-type]
    "issue with a line break": (lambda: ng.Issue("a\nb"), ng.ParameterError, "bad issue name 'a\\nb'"),
    "one option": (lambda: ng.Issue("ethane", ("lifted",)), ng.ParameterError, "has 1 option; it needs at least two"),
    "options as text": (
        lambda: ng.Issue("ethane", "lifted"),  # type: ignore[arg-type]
        ng.WrongTypeError,
        "options of issue 'ethane' must be several names, not the text 'lifted'",
    ),
    "option twice": (
        lambda: ng.Issue("ethane", ("in force", "lifted", "lifted")),
        ng.DuplicateNameError,
        "duplicate option 'lifted' in issue 'ethane'",
    ),
    "party twice": (lambda: talks(parties=["US", "US"]), ng.DuplicateNameError, "duplicate party 'US'"),
    "issue twice": (
        lambda: talks(issues=[ETHANE, ETHANE]),
        ng.DuplicateNameError,
        "duplicate issue 'ethane'; every issue needs a name of its own",
    ),
    "stake twice": (
        lambda: talks(ng.Stake("US", "ethane", "lifted", 1), ng.Stake("US", "ethane", "lifted", 2)),
        ng.DuplicateNameError,
        "duplicate stake 'US: ethane lifted (commercial)'",
    ),
    "interaction twice": (
        lambda: talks(interactions=[ng.Interaction("US", PAIR, 1)] * 2),  # type: ignore[arg-type]
        ng.DuplicateNameError,
        "duplicate interaction",
    ),
    "source twice": (
        lambda: talks(sources=[ng.Source("EIA"), ng.Source("EIA")]),
        ng.DuplicateNameError,
        "duplicate source 'EIA'",
    ),
    "owner who is no party": (
        lambda: talks(issues=[ng.Issue("ethane", owner="Chnia")]),
        ng.UnknownNameError,
        "no party called 'Chnia' in the owner of issue 'ethane'; known: US, China. Did you mean 'China'?",
    ),
    "stake of nobody": (
        lambda: talks(ng.Stake("Chna", "ethane", "lifted", 1)),
        ng.UnknownNameError,
        "Did you mean 'China'?",
    ),
    "stake in nothing": (
        lambda: talks(ng.Stake("US", "ethan", "lifted", 1)),
        ng.UnknownNameError,
        "no issue called 'ethan'; known: ethane, samarium. Did you mean 'ethane'?",
    ),
    "stake in no option": (
        lambda: talks(ng.Stake("US", "samarium", "licenced", 1)),
        ng.UnknownNameError,
        "no option called 'licenced' in issue 'samarium'; known: in force, licensed, lifted. Did you mean 'licensed'?",
    ),
    "stake in the status quo": (
        lambda: talks(ng.Stake("US", "ethane", "in force", 1)),
        ng.ParameterError,
        "puts a value on 'in force', the status quo of 'ethane', which is worth 0 by definition",
    ),
    "kind of stake": (
        lambda: ng.Stake("US", "ethane", "lifted", 1, "comercial"),
        ng.UnknownNameError,
        "Did you mean 'commercial'?",
    ),
    "basis": (
        lambda: ng.Stake("US", "ethane", "lifted", 1, basis="guess"),  # type: ignore[arg-type]
        ng.UnknownNameError,
        "no basis called 'guess'; known: found, derived, judgement",
    ),
    "source that is not listed": (
        lambda: talks(ng.Stake("US", "ethane", "lifted", 1, source=("EAI",)), sources=[ng.Source("EIA")]),
        ng.UnknownNameError,
        "no source called 'EAI'",
    ),
    "source from the future": (
        lambda: talks(ng.Stake("US", "ethane", "lifted", 1, known_on=dt.date(2025, 7, 1)), as_of=dt.date(2025, 6, 10)),
        ng.ParameterError,
        "was knowable only on 2025-07-01, after 2025-06-10, the date of the negotiation",
    ),
    "interaction in one issue": (
        lambda: ng.Interaction("US", {"ethane": "lifted"}, 1),  # type: ignore[arg-type]
        ng.ParameterError,
        "an interaction needs one option each of two or more issues",
    ),
    "interaction in no issue": (
        lambda: talks(interactions=[ng.Interaction("US", {"ethane": "lifted", "x": "lifted"}, 1)]),  # type: ignore[arg-type]
        ng.UnknownNameError,
        "no issue called 'x'",
    ),
    # --- units and parts
    "mixed units": (
        lambda: talks(
            ng.Stake("US", "ethane", "lifted", 1, unit="EUR million per month"), unit="USD million per month"
        ),
        ng.UnitMismatchError,
        "'US: ethane lifted (commercial)' is in 'EUR million per month', the negotiation in 'USD million per month'; "
        "convert it first",
    ),
    "mixed periods": (
        lambda: talks(ng.Stake("US", "ethane", "lifted", 1, unit="USD million per year"), unit="USD million per month"),
        ng.UnitMismatchError,
        "convert it first",
    ),
    "unit without a period": (
        lambda: talks(unit="USD million"),
        ng.UnitMismatchError,
        "unit 'USD million' names no period; write it as 'USD million per month'",
    ),
    "one party": (lambda: talks(parties=["US"], issues=[ETHANE]), ng.ParameterError, "given 1 party, 1 issue"),
    "nothing to settle": (lambda: talks(issues=[]), ng.ParameterError, "a negotiation needs two parties and an issue"),
    "stake that is a number": (lambda: talks(3), ng.WrongTypeError, "stakes[0] is 3; expected Stake"),  # type: ignore[arg-type]
    "issue that is a name": (lambda: talks(issues=["ethane"]), ng.WrongTypeError, "issues[0] is 'ethane'"),
    # --- ratifiers, named offers
    "idle ratifier": (lambda: ng.Ratifier("Senate"), ng.ParameterError, "neither counts stakes (at_least) nor vetoes"),
    "veto of nothing": (
        lambda: talks(parties=["US", ng.Party("China", ratifiers=(ng.Ratifier("PLA", vetoes={"x": "lifted"}),))]),  # type: ignore[arg-type]
        ng.UnknownNameError,
        "no issue called 'x'",
    ),
    "an issue twice in a named offer": (
        lambda: ng.Concessions("all", "US", (("ethane", "lifted"), ("ethane", "in force"))),
        ng.ParameterError,
        "'all' names an issue twice",
    ),
    "empty named offer": (lambda: ng.Concessions("all", "US", ()), ng.EmptyPackageError, "'all' concedes nothing"),
    "named offer of another's measure": (
        lambda: talks(concessions=[ng.Concessions("all", "US", {"samarium": "lifted"})]),  # type: ignore[arg-type]
        ng.OwnershipError,
        "'all' has US concede 'samarium', which belongs to China",
    ),
    "delivery": (
        lambda: ng.Concessions("all", "US", {"ethane": "lifted"}, delivery="hoped"),  # type: ignore[arg-type]
        ng.ParameterError,
        "is 'hoped'; it is 'promised' or 'delivered'",
    ),
    # --- packages
    "empty package": (
        lambda: TALKS.package(),
        ng.EmptyPackageError,
        "the package is empty; name what is lifted, or use talks.status_quo",
    ),
    "package of nothing": (lambda: ng.Package({}), ng.EmptyPackageError, "the package names no issue"),
    "package that is a list": (lambda: ng.Package(["ethane"]), ng.WrongTypeError, "a package maps issues to options"),  # type: ignore[arg-type]
    "unknown issue": (
        lambda: TALKS.package("eathne"),
        ng.UnknownNameError,
        "no issue called 'eathne'; known: ethane, samarium. Did you mean 'ethane'?",
    ),
    "unknown option": (lambda: TALKS.package(samarium="lift"), ng.UnknownNameError, "Did you mean 'lifted'?"),
    "issue named twice": (
        lambda: TALKS.package("ethane", "ethane"),
        ng.DuplicateNameError,
        "duplicate issue 'ethane' in the package",
    ),
    "issue named in two ways": (lambda: TALKS.package("ethane", ethane="lifted"), ng.DuplicateNameError, "'ethane'"),
    "gives what it does not own": (
        lambda: TALKS.offer("US", gives=["samarium"], asks=[]),
        ng.OwnershipError,
        "US cannot give 'samarium': it belongs to China. US owns ethane.",
    ),
    "asks for what it owns": (
        lambda: TALKS.offer("US", gives=["ethane"], asks=["ethane"]),
        ng.OwnershipError,
        "US cannot ask for 'ethane': it owns it",
    ),
    "offer by nobody": (lambda: TALKS.offer("UK", gives=[], asks=["samarium"]), ng.UnknownNameError, "called 'UK'"),
    "offer as text": (
        lambda: TALKS.offer("US", gives="ethane", asks=["samarium"]),
        ng.WrongTypeError,
        "give several issue names, e.g. ('ethane',)",
    ),
    # --- draws
    "no draws": (lambda: ng.draw_stakes(TALKS, 0, rng=np.random.default_rng(1)), ng.ParameterError, "from 1, not 0"),
    "seed for a generator": (lambda: ng.draw_stakes(TALKS, 1, rng=1), ng.WrongTypeError, "must be a numpy Generator"),  # type: ignore[arg-type]
    "unknown method": (
        lambda: ng.draw_stakes(TALKS, 1, rng=np.random.default_rng(1), method="halton"),  # type: ignore[arg-type]
        ng.ParameterError,
        "method must be 'independent' or 'sobol', not 'halton'",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_refused_with_a_message_that_mends(case: str) -> None:
    attempt, error, words = REFUSED[case]
    with pytest.raises(error) as caught:
        attempt()
    assert words in str(caught.value)
    assert isinstance(caught.value, ng.NegotiationError)


def test_too_many_packages_to_list_are_refused() -> None:
    from negotiation.model.payoffs import all_codes

    many = ng.Negotiation(["A", "B"], [ng.Issue(f"x{k}") for k in range(40)])
    with pytest.raises(ng.SizeLimitError, match=r"1,099,511,627,776 packages are more than the limit of 20,000,000"):
        all_codes(many)
