"""GENIUS files: what is read, and every way in which a file can be wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import negotiation as ng

DOMAIN = """<negotiation_template><utility_space number_of_issues="2"><objective index="0" name="root">
<issue index="1" name="price" type="discrete"><item index="1" value="low"/><item index="2" value="high"/></issue>
<issue index="2" name="days" type="integer" lowerbound="8" upperbound="10"/>
</objective></utility_space></negotiation_template>"""
PROFILE = """<utility_space><objective index="0" name="root">
<issue index="1" name="price" type="discrete">
<item index="1" value="low" evaluation="4"/>
<item index="2" value="high" evaluation="1"/></issue>
<issue index="2" name="days" type="integer" lowerbound="8" upperbound="10">
<evaluator ftype="linear" offset="1.0" slope="-0.4"/></issue>
<weight index="1" value="0.6"/>
<weight index="2" value="0.2"/></objective>
<discount_factor value="0.5"/><reservation value="0.25"/></utility_space>"""


def read(folder: Path, domain: str = DOMAIN, *profiles: str) -> ng.GeniusDomain:
    """Write the texts to files and read them."""
    paths = []
    for name, text in zip(("domain", "buyer", "seller"), (domain, *(profiles or (PROFILE,))), strict=False):
        paths.append(folder / f"{name}.xml")
        paths[-1].write_text(text, encoding="utf-8")
    return ng.read_genius(*paths)


def test_weights_add_up_to_one_and_evaluations_are_at_most_one(tmp_path: Path) -> None:
    """GENIUS divides the weights by their sum, and evaluations by the largest if that exceeds 1."""
    found = read(tmp_path)
    np.testing.assert_allclose(found.utilities[0], [[0.75], [0.1875]])
    np.testing.assert_allclose(found.utilities[1], [[0.25], [0.15], [0.05]])
    assert found.issues == {"price": ("low", "high"), "days": ("8", "9", "10")}
    assert found.party_names == ("buyer",)
    assert found.reservation_values == [0.25]
    assert found.discount_factors == [0.5]


def test_evaluations_up_to_one_stay_as_they_are(tmp_path: Path) -> None:
    small = PROFILE.replace('"4"', '"0.5"').replace('evaluation="1"', 'evaluation="0.25"')
    np.testing.assert_allclose(read(tmp_path, DOMAIN, small).utilities[0], [[0.375], [0.1875]])


def test_integer_issues_are_cut_to_the_unit_interval(tmp_path: Path) -> None:
    steep = PROFILE.replace("-0.4", "-0.8")
    np.testing.assert_allclose(read(tmp_path, DOMAIN, steep).utilities[1], [[0.25], [0.05], [0]], atol=1e-15)


def test_older_integer_issues_count_from_zero(tmp_path: Path) -> None:
    old = PROFILE.replace('offset="1.0" slope="-0.4"', 'parameter0="0.2" parameter1="0.05"')
    np.testing.assert_allclose(read(tmp_path, DOMAIN, old).utilities[1], [[0.15], [0.1625], [0.175]])


def test_a_session_without_discount_or_reservation_has_none(tmp_path: Path) -> None:
    bare = PROFILE.replace('<discount_factor value="0.5"/><reservation value="0.25"/>', "")
    found = read(tmp_path, DOMAIN, bare)
    assert (found.discount_factors[0], found.reservation_values[0]) == (1, 0)


def test_a_domain_can_be_bargained_over(tmp_path: Path) -> None:
    """The frontier, its packages and the solutions agree with the list of all outcomes and with the negotiation made of it."""
    seller = PROFILE.replace('low" evaluation="4"', 'low" evaluation="2"').replace(
        'high" evaluation="1"', 'high" evaluation="9"'
    )
    found = read(tmp_path, DOMAIN, PROFILE, seller.replace("0.25", "0"))
    front = ng.pareto_frontier(found)
    listed = ng.pareto_frontier(found.as_bargaining_problem())
    np.testing.assert_allclose(front.payoffs, listed.payoffs[np.argsort(listed.payoffs[:, 0])])
    assert front.packages is not None
    for package, worth in zip(front.packages, front.payoffs, strict=True):
        np.testing.assert_allclose(found.payoffs(package), worth)
    agreed, same = ng.nash_bargaining(found), ng.nash_bargaining(found.to_negotiation())
    assert [dict(p) for p in agreed.packages or ()] == [dict(p) for p in same.packages or ()]
    assert same.value == pytest.approx(agreed.value)
    assert repr(found) == "<GeniusDomain domain: 2 issues, 6 outcomes, parties buyer, seller>"


def test_profiles_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    read(tmp_path)
    found = ng.read_genius(tmp_path / "domain.xml", tmp_path / "buyer.xml", tmp_path / "buyer.xml")
    assert found.party_names == ("buyer (1)", "buyer (2)")


def test_issues_with_one_option_have_nothing_to_settle(tmp_path: Path) -> None:
    domain = DOMAIN.replace('upperbound="10"', 'upperbound="8"')
    found = read(tmp_path, domain, PROFILE, PROFILE)
    assert found.n_packages == 2
    assert found.to_negotiation().issue_names == ("price",)


def test_names_that_do_not_exist_are_refused(tmp_path: Path) -> None:
    found = read(tmp_path)
    with pytest.raises(ng.UnknownNameError, match="no issue called 'prise'"):
        found.package(prise="low", days="8")
    with pytest.raises(ng.UnknownNameError, match="no option called 'lowest'"):
        found.package(price="lowest", days="8")


BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">{}<!ENTITY b "&a;&a;&a;">]>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("<utility_space>", BOMB + "<utility_space>", "line 1: .*entities.*refused"),
        ("<utility_space>", OUTSIDE + "<utility_space>", "line 1: .*entities.*refused"),
        ('value="0.6"', 'value="-0.6"', "line 7: negative weight -0.6"),
        ('value="low" evaluation="4"', 'value="low"', "line 3: item 'low' of issue 'price' has no evaluation"),
        ('evaluation="4"', 'evaluation="null"', "no evaluation"),
        ('evaluation="4"', 'evaluation="nan"', "must be finite"),
        ('evaluation="4"', 'evaluation="inf"', "must be finite"),
        ('evaluation="4"', 'evaluation="four"', "'four' is not a number"),
        ('evaluation="4"', 'evaluation="-4"', "must not be negative"),
        ('evaluation="4"', 'evaluation="1e999999999"', "exponent"),
        ('<reservation value="0.25"/>', '<reservation value="NaN"/>', "reservation value is NaN; it must be finite"),
        ('<reservation value="0.25"/>', '<reservation value="5"/>', "reservation value 5 is out of range"),
        ('value="high"', 'value="low"', "line 4: duplicate item 'low'"),
        ('value="high"', 'value="highest"', "no value 'highest' in the domain; it has low, high"),
        ('<item index="2" value="high" evaluation="1"/>', "", "no evaluation of 'high'"),
        ('<discount_factor value="0.5"/>', '<discount_factor value="-1"/>', "discount factor -1 is out of range"),
        ("</objective>", "", "not well-formed XML"),
        ('<weight index="2" value="0.2"/>', "", "no weight for issue 'days'"),
        ('<weight index="2" value="0.2"/>', '<weight index="1" value="0.2"/>', "a second weight"),
        ('name="days"', 'name="day"', "the domain has no issue 'day'; it has price, days"),
        ('ftype="linear"', 'ftype="triangular"', "only linear ones can be read"),
        ("<utility_space>", '<utility_space type="nonlinear">', "not linear"),
        ("<utility_space>", "<utility_space><objective><objective/></objective>", "objectives within objectives"),
    ],
)
def test_bad_profiles_are_refused_with_file_and_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in PROFILE
    with pytest.raises(ng.FileFormatError, match=rf"buyer\.xml, line .*{message.removeprefix('line ')}"):
        read(tmp_path, DOMAIN, PROFILE.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name="days"', 'name="price"', "duplicate issue 'price'"),
        ('index="2" name="days"', 'index="1" name="days"', "index 1 of another issue"),
        ('<item index="1" value="low"/><item index="2" value="high"/>', "", "issue 'price' has no values"),
        ('value="high"', 'value="low"', "duplicate item 'low'"),
        ('type="integer"', 'type="real"', "type 'real'; only discrete and integer"),
        ('lowerbound="8" upperbound="10"', "", "no lowerbound and upperbound"),
        ('lowerbound="8"', 'lowerbound="11"', "no values: its bounds are 11 and 10"),
        ('lowerbound="8"', 'lowerbound="8.5"', "whole numbers"),
        ("negotiation_template", "html", "not a GENIUS file: it begins with <html>"),
        ('name="days"', "", "<issue> has no 'name'"),
    ],
)
def test_bad_domains_are_refused_with_file_and_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(ng.FileFormatError, match=rf"domain\.xml, line \d+: .*{message}"):
        read(tmp_path, DOMAIN.replace(old, new), PROFILE)


def test_a_domain_too_large_to_list_is_refused_before_it_is_listed(tmp_path: Path) -> None:
    with pytest.raises(ng.SizeLimitError, match="at most 1,000,000"):
        read(tmp_path, DOMAIN.replace('upperbound="10"', 'upperbound="9999999999"'))
    with pytest.raises(ng.SizeLimitError, match="more than 100 deep"):
        read(tmp_path, "<a>" * 200 + "</a>" * 200)


def test_files_that_are_something_else_are_refused(tmp_path: Path) -> None:
    """A pickle is never unpickled; a missing file is named."""
    path = tmp_path / "evil.pkl"
    path.write_bytes(b"\x80\x04\x95cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(ng.FileFormatError, match=r"evil\.pkl, line 1.*not be XML"):
        ng.read_genius(path, path)
    with pytest.raises(ng.FileFormatError, match=r"none\.xml cannot be read: No such file"):
        ng.read_genius(tmp_path / "none.xml", path)
    with pytest.raises(ng.ParameterError, match="no profile"):
        ng.read_genius(path)
    with pytest.raises(ng.WrongTypeError, match="path of a file, not 3"):
        ng.read_genius(3, path)  # type: ignore[arg-type]
