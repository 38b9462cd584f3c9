"""What a user meets at ``ng.`` before anything else."""

import importlib

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
