"""Test a payoff function of your own with drawn negotiations.

Run with ``python examples/test_your_payoffs.py``, or with ``pytest examples/test_your_payoffs.py``.
"""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

import negotiation as ng
from negotiation.testing import PAYOFF_LAWS, LawBrokenError, PayoffLaw, check_payoff_laws, negotiations, packages

Payoffs = npt.NDArray[np.float64]


def my_payoffs(talks: ng.Negotiation, package: ng.Package) -> Payoffs:
    """A payoff function as you might write it: a plain loop over what the package sets off."""
    total = dict.fromkeys(talks.party_names, 0.0)
    for item in talks.terms.items:  # stakes and interactions
        if all(package[issue] == option for issue, option in item.conditions):
            total[item.party] += item.central
    return np.array(list(total.values()))


def with_a_slip(talks: ng.Negotiation, package: ng.Package) -> Payoffs:
    """The same with a slip that is easy to make: an interaction counts as soon as one of its options is chosen."""
    total = dict.fromkeys(talks.party_names, 0.0)
    for item in talks.terms.items:  # stakes and interactions
        if any(package[issue] == option for issue, option in item.conditions):
            total[item.party] += item.central
    return np.array(list(total.values()))


@pytest.mark.parametrize("law", PAYOFF_LAWS, ids=str)
def test_my_payoffs_keep_the_law(law: PayoffLaw) -> None:
    """One test a law; the counterexample, if there is one, is the smallest that hypothesis finds."""
    law.check(my_payoffs, max_examples=50)


@given(negotiations(), st.data())
def test_my_payoffs_are_the_library_s(talks: ng.Negotiation, data: st.DataObject) -> None:
    """A property of your own, on drawn negotiations and packages."""
    package = data.draw(packages(talks))
    np.testing.assert_allclose(my_payoffs(talks, package), ng.payoffs(talks, package), atol=1e-9)


def main() -> tuple[int, str]:
    """Run the laws on both functions; return how many laws there are, and what was found wrong with the slip."""
    check_payoff_laws(my_payoffs, max_examples=25)
    print(f"my_payoffs keeps all {len(PAYOFF_LAWS)} laws:")
    for law in PAYOFF_LAWS:
        print(f"  {law.name}: {law.statement}")
    try:
        check_payoff_laws(with_a_slip, max_examples=50)
    except LawBrokenError as error:
        print(f"\nwith_a_slip does not:\n\n{error}")
        return len(PAYOFF_LAWS), str(error)
    return len(PAYOFF_LAWS), ""


if __name__ == "__main__":
    main()
