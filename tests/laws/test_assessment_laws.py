"""Laws of the page that sets all criteria side by side."""

from __future__ import annotations

import pickle

from hypothesis import assume, given, settings
from hypothesis import strategies as st

import negotiation as ng
from negotiation.analysis.agreements import IMPLIED, REMARKS, WHY
from negotiation.analysis.criteria.registry import CRITERIA
from negotiation.testing import negotiations, packages

FEW = settings(max_examples=min(settings().max_examples, 60))


@st.composite
def cases(draw: st.DrawFn) -> tuple[ng.Negotiation, ng.Package]:
    """Talks, some with a ratifier, and a package that moves something."""
    talks = draw(negotiations(max_issues=3))
    for party in talks.parties:
        if draw(st.booleans()):
            kinds = draw(st.lists(st.sampled_from(["commercial", "security"]), max_size=1).map(tuple))
            talks = talks.with_party(party.name, ratifiers=(ng.Ratifier("R", kinds, draw(st.integers(-3, 3))),))
    package = draw(packages(talks))
    assume(package.moved)
    return talks, package


@FEW
@given(case=cases())
def test_every_verdict_on_the_page_is_proved_by_its_certificate(case: tuple[ng.Negotiation, ng.Package]) -> None:
    """`verify` accepts each of them, whatever the talks."""
    talks, package = case
    for verdict in ng.assess(talks, package):
        assert ng.verify(talks, verdict), verdict.criterion


@FEW
@given(case=cases())
def test_the_page_is_complete_and_consistent(case: tuple[ng.Negotiation, ng.Package]) -> None:
    """Each criterion stands once on one side; whoever objects fails it; what implies another never holds without it."""
    talks, package = case
    found = ng.assess(talks, package)
    sides = found.agreements
    listed = [*sides.holding, *sides.failing, *sides.open]
    assert sorted([*listed, *(n for n in REMARKS if n in found.holds)]) == sorted(CRITERIA)
    for party, criteria in sides.objections.items():
        for name in criteria:
            assert found.holds[name] is False
            assert not ng.is_enough(talks, package, party=party, criterion=name).holds
    for first, second in IMPLIED:
        assert not found.holds[first] or found.holds[second]
    for d in sides.disagreements:
        assert found.holds[d.holding]
        assert found.holds[d.failing] is False
        assert d.why == WHY[d.holding, d.failing]
    assert max(map(len, str(found).splitlines())) <= 100
    assert str(pickle.loads(pickle.dumps(found))) == str(found)


def test_reasons_are_given_for_criteria_of_the_model_only() -> None:
    """The names of the twelve criteria of the model, so that a misspelt rule cannot hide."""
    twelve = {"acceptable", "worth_the_doubt", "efficient", "spontaneous", "sequenced", "fair", "better_than_waiting",
              "self_enforcing", "stable", "ratifiable", "revealing", "robust"}  # fmt: skip
    assert {name for pair in (*WHY, *IMPLIED) for name in pair} <= twelve
    assert set(CRITERIA) <= twelve
    order = ["acceptable", "worth_the_doubt", "efficient", "spontaneous", "sequenced", "fair", "better_than_waiting",
             "self_enforcing", "stable", "ratifiable", "revealing", "robust"]  # fmt: skip
    assert list(CRITERIA) == [name for name in order if name in CRITERIA]
