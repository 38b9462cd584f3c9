"""Negotiation domains in the XML files of GENIUS, the format of the automated negotiation competitions (ANAC)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

from negotiation.arrays import read_only
from negotiation.errors import ParameterError, SizeLimitError
from negotiation.interop.genius_domain import GeniusDomain
from negotiation.interop.xml_tree import Element, read_xml

MOST_OPTIONS = 1_000_000
_Path = str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class _Issue:
    """An issue of the domain: its place in the file, its options, and its least value if it is an integer."""

    name: str
    index: str
    options: tuple[str, ...]
    least: int | None = None


def read_genius(domain: _Path, *profiles: _Path) -> GeniusDomain:
    """Read a GENIUS domain and the preference profiles of the parties.

    Parameters
    ----------
    domain : str or path
        XML with the issues: discrete, or integer with bounds.
    *profiles : str or path
        XML with one party's weights, evaluations, reservation value and discount factor; the party is named after the file.

    Returns
    -------
    GeniusDomain
        `pareto_frontier` and the bargaining solutions take it; ``.to_negotiation()`` for everything else.

    Raises
    ------
    FileFormatError
        A file that is missing, cut off or no XML, or that declares entities; an issue or option that is given twice, has no
        values, or is missing from a profile; a weight or evaluation that is negative or not finite; a reservation value
        outside [0, 1]; a discount factor outside (0, 1]. Real-valued issues and non-linear utilities are refused. The
        message names file, line and mend.
    SizeLimitError
        An integer issue with more than a million values; a file past 50 MB.

    Notes
    -----
    The utility of an outcome is ``sum_k w_k e_k(option)``. As GENIUS does, the weights are divided by their sum, and the
    evaluations of a discrete issue by the largest of them if any exceeds 1; an integer issue has
    ``e(x) = slope (x - lowerbound) + offset``, cut to [0, 1] (in older files ``parameter1 x + parameter0``). All of this in
    rational arithmetic, rounded once at the end. A discount factor of 0 or none at all means no discounting, a
    reservation value that is left out 0, as in GENIUS; a ``null`` evaluation is a missing one.

    References
    ----------
    Lin, R., Kraus, S., Baarslag, T., Tykhonov, D., Hindriks, K., Jonker, C. M. (2014). Genius: an integrated environment for
    supporting the design of generic automated negotiators. Computational Intelligence 30, 48-70.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> issue = '<issue index="1" name="price" type="discrete"><item value="low" {}/><item value="high" {}/></issue>'
    >>> for name, low, high in ("domain", "", ""), ("buyer", 'evaluation="4"', 'evaluation="1"'):
    ...     text = f'<utility_space><objective>{issue.format(low, high)}<weight index="1" value="1"/></objective></utility_space>'
    ...     _ = (folder / f"{name}.xml").write_text(text)
    >>> read_genius(folder / "domain.xml", folder / "buyer.xml").utilities[0][:, 0]
    array([1.  , 0.25])
    """
    if not profiles:
        raise ParameterError("no profile is given; read_genius takes the domain and then one profile a party.")
    issues = _issues(read_xml(domain))
    found = [_profile(read_xml(path), issues) for path in profiles]
    utilities = tuple(
        read_only([[float(p.utilities[k][o]) for p in found] for o in range(len(issue.options))])
        for k, issue in enumerate(issues)
    )
    return GeniusDomain(
        Path(domain).stem,
        _party_names(profiles),
        {issue.name: issue.options for issue in issues},
        utilities,
        read_only([float(p.reservation) for p in found]),
        read_only([float(p.discount) for p in found]),
    )


# --- the domain -----------------------------------------------------------------------------------


def _issues(root: Element) -> list[_Issue]:
    found: list[_Issue] = []
    for element in _issue_elements(root):
        name = _attribute(element, "name")
        if any(name == other.name for other in found):
            element.wrong(f"duplicate issue {name!r}; every issue needs a name of its own.")
        index = element.attributes.get("index", str(len(found) + 1))
        if any(index == other.index for other in found):
            element.wrong(f"issue {name!r} has the index {index} of another issue.")
        found.append(_issue(element, name, index))
    if not found:
        root.wrong("the domain has no issues: expected <objective> with <issue> elements in it.")
    return found


def _issue_elements(root: Element) -> list[Element]:
    """The issues of the single objective of a domain or profile."""
    if root.tag not in ("negotiation_template", "utility_space"):
        root.wrong(
            f"not a GENIUS file: it begins with <{root.tag}>, expected <negotiation_template> or <utility_space>."
        )
    objective = root.first("objective")
    if objective is None:
        root.wrong("there is no <objective>; a domain or profile has one, with its issues.")
    for nested in objective.each("objective"):
        nested.wrong("objectives within objectives are not supported; put all issues into one.")
    return objective.each("issue")


def _issue(element: Element, name: str, index: str) -> _Issue:
    kind = _kind(element)
    if kind == "integer":
        low, high = _bounds(element, name)
        if high - low >= MOST_OPTIONS:
            raise SizeLimitError(f"issue {name!r} has {high - low + 1:,} values; at most {MOST_OPTIONS:,} are listed.")
        return _Issue(name, index, tuple(map(str, range(low, high + 1))), low)
    if kind != "discrete":
        element.wrong(
            f"issue {name!r} is of type {kind!r}; only discrete and integer issues can be read. Cut a real issue into "
            'steps, as type="discrete" with one <item> a step.'
        )
    options = dict[str, None]()
    for item in element.each("item"):
        option = _attribute(item, "value")
        if option in options:
            item.wrong(f"duplicate item {option!r} in issue {name!r}.")
        options[option] = None
    if not options:
        element.wrong(f"issue {name!r} has no values; give it <item value=...> elements.")
    return _Issue(name, index, tuple(options))


def _kind(element: Element) -> str:
    return next((element.attributes[a] for a in ("type", "etype", "vtype") if a in element.attributes), "discrete")


def _bounds(element: Element, name: str) -> tuple[int, int]:
    ranges = [*element.each("range"), element]
    holder = next((e for e in ranges if "lowerbound" in e.attributes and "upperbound" in e.attributes), None)
    if holder is None:
        element.wrong(f"integer issue {name!r} has no lowerbound and upperbound.")
    low, high = (_number(holder, bound, f"{bound} of issue {name!r}") for bound in ("lowerbound", "upperbound"))
    if low.denominator != 1 or high.denominator != 1:
        holder.wrong(
            f"integer issue {name!r} has bounds {float(low):g} and {float(high):g}; they must be whole numbers."
        )
    if low > high:
        holder.wrong(f"integer issue {name!r} has no values: its bounds are {low} and {high}.")
    return int(low), int(high)


# --- a profile ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Profile:
    """One party's utilities, option by option, normalised."""

    utilities: list[list[Fraction]]
    reservation: Fraction
    discount: Fraction


def _profile(root: Element, issues: list[_Issue]) -> _Profile:
    if (bent := root.first("utility_function")) is not None or root.attributes.get("type", "").lower() == "nonlinear":
        (bent or root).wrong("the profile is not linear; only weights and evaluations, issue by issue, can be read.")
    own = {_attribute(element, "name"): element for element in _issue_elements(root)}
    for name, element in own.items():
        if all(name != issue.name for issue in issues):
            element.wrong(f"the domain has no issue {name!r}; it has {', '.join(i.name for i in issues)}.")
    for issue in issues:
        if issue.name not in own:
            root.wrong(f"the profile says nothing about issue {issue.name!r}.")
    weights = _weights(root, issues, own)
    evaluations = [_evaluations(own[issue.name], issue) for issue in issues]
    utilities = [[w * e for e in row] for w, row in zip(weights, evaluations, strict=True)]
    return _Profile(utilities, _reservation(root), _discount(root))


def _weights(root: Element, issues: list[_Issue], own: Mapping[str, Element]) -> list[Fraction]:
    """One an issue, adding up to 1; elements name their issue by the index that it has in the profile."""
    given: dict[str, Fraction] = {}
    for element in root.walk():
        if element.tag == "weight":
            index = _attribute(element, "index")
            if index in given:
                element.wrong(f"a second weight for the issue with index {index}.")
            value = _number(element, "value", f"weight of issue {index}")
            if value < 0:
                element.wrong(
                    f"negative weight {float(value):g} of the issue with index {index}; weights are from 0 up."
                )
            given[index] = value
    out = []
    for issue in issues:
        index = own[issue.name].attributes.get("index", issue.index)
        if index not in given:
            root.wrong(f'no weight for issue {issue.name!r}: expected <weight index="{index}" value=...>.')
        out.append(given[index])
    if not sum(out):
        root.wrong("all weights are zero, so nothing matters to this party.")
    return [w / sum(out) for w in out]


def _evaluations(element: Element, issue: _Issue) -> list[Fraction]:
    """Of every option, between 0 and 1."""
    if issue.least is not None and not element.each("item"):
        return _linear(element, issue, issue.least)
    given: dict[str, Fraction] = {}
    known = frozenset(issue.options)
    for item in element.each("item"):
        option = _attribute(item, "value")
        if option not in known:
            item.wrong(
                f"issue {issue.name!r} has no value {option!r} in the domain; it has {', '.join(issue.options[:20])}."
            )
        if option in given:
            item.wrong(f"duplicate item {option!r} in issue {issue.name!r}.")
        if item.attributes.get("evaluation", "null") == "null":
            item.wrong(f"item {option!r} of issue {issue.name!r} has no evaluation.")
        value = _number(item, "evaluation", f"evaluation of {option!r} in issue {issue.name!r}")
        if value < 0:
            item.wrong(
                f"the evaluation of {option!r} in issue {issue.name!r} is {float(value):g}; it must not be negative."
            )
        given[option] = value
    for option in issue.options:
        if option not in given:
            element.wrong(f"issue {issue.name!r} has no evaluation of {option!r}.")
    top = max(given.values())
    return [given[option] / (top if top > 1 else 1) for option in issue.options]


def _linear(element: Element, issue: _Issue, least: int) -> list[Fraction]:
    """The evaluations of an integer issue by its evaluator, cut to [0, 1]."""
    evaluator = element.first("evaluator")
    if evaluator is None:
        element.wrong(f"integer issue {issue.name!r} has no <evaluator>, so its values have no evaluation.")
    kind = evaluator.attributes.get("ftype", "linear")
    if kind != "linear":
        evaluator.wrong(f"the evaluator of issue {issue.name!r} is {kind!r}; only linear ones can be read.")
    is_old = "slope" not in evaluator.attributes and "parameter1" in evaluator.attributes
    names = ("parameter1", "parameter0") if is_old else ("slope", "offset")
    slope, offset = (_number(evaluator, name, f"{name} of issue {issue.name!r}") for name in names)
    start = 0 if is_old else least
    return [min(max(slope * (int(x) - start) + offset, Fraction(0)), Fraction(1)) for x in issue.options]


def _reservation(root: Element) -> Fraction:
    element = root.first("reservation")
    if element is None:
        return Fraction(0)
    value = _number(element, "value", "reservation value")
    if not 0 <= value <= 1:
        element.wrong(
            f"reservation value {float(value):g} is out of range; utilities and reservation values lie in [0, 1]."
        )
    return value


def _discount(root: Element) -> Fraction:
    element = root.first("discount_factor")
    if element is None:
        return Fraction(1)
    value = _number(element, "value", "discount factor")
    if not 0 <= value <= 1:
        element.wrong(f"discount factor {float(value):g} is out of range; it must lie in (0, 1], 1 for none.")
    return value or Fraction(1)


# --- attributes -----------------------------------------------------------------------------------


def _attribute(element: Element, name: str) -> str:
    value = element.attributes.get(name, "")
    if not value.strip():
        element.wrong(f"<{element.tag}> has no {name!r}.")
    return value


def _number(element: Element, attribute: str, what: str) -> Fraction:
    """An attribute as an exact number."""
    text = _attribute(element, attribute)
    try:
        value = Decimal(text)
    except InvalidOperation:
        element.wrong(f"{what}: {text!r} is not a number.")
    if not value.is_finite():
        element.wrong(f"{what} is {text}; it must be finite.")
    if value and not -400 < value.adjusted() < 400:
        element.wrong(f"{what}: {text!r} has an exponent past any use.")
    return Fraction(value)


def _party_names(profiles: tuple[_Path, ...]) -> tuple[str, ...]:
    """The files' names without the ending; numbered where they repeat."""
    stems = [Path(path).stem for path in profiles]
    return tuple(f"{s} ({stems[:k].count(s) + 1})" if stems.count(s) > 1 else s for k, s in enumerate(stems))
