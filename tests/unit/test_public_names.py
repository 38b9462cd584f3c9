"""What a user meets at ``ng.`` before anything else."""

import importlib
import inspect
import re
from typing import Any

import pytest

import negotiation as ng


def test_a_wrong_name_is_answered_with_the_near_one():
    with pytest.raises(AttributeError, match=r"no attribute 'asess'; did you mean 'assess'\?"):
        _ = ng.asess


def test_a_name_like_no_other_says_where_the_names_are():
    with pytest.raises(AttributeError, match="dir\\(negotiation\\) lists its names"):
        _ = ng.zzzzzz


def test_the_function_solve_is_not_hidden_by_a_subpackage():
    importlib.import_module("negotiation.solvers.api")

    assert callable(ng.solve)


OURS = re.compile(r"[A-Z]\w+( \| [A-Z]\w+)*")
TAKES_OURS = sorted(
    name
    for name in ng.__all__
    if inspect.isfunction(getattr(ng, name))
    and OURS.fullmatch(str(next(iter(getattr(ng, name).__annotations__.values()), "")))
)


@pytest.mark.parametrize("wrong", ["talks.toml", None, 3])
@pytest.mark.parametrize("name", TAKES_OURS)
def test_a_first_argument_of_another_kind_is_refused_in_words(name: str, wrong: Any):
    """Whatever else is given: the path of a file instead of what is in it is a common slip."""
    function = getattr(ng, name)
    others = [p for p in list(inspect.signature(function).parameters.values())[1:] if p.default is p.empty]
    placed = [None for p in others if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    named = {p.name: None for p in others if p.kind is p.KEYWORD_ONLY}
    with pytest.raises(ng.NegotiationError):
        function(wrong, *placed, **named)


def test_the_hint_says_how_to_get_the_right_kind():
    with pytest.raises(ng.WrongTypeError, match=r"a Negotiation first, not the text 'talks\.toml'; read one with load"):
        ng.assess("talks.toml", {})
