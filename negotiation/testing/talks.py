"""Negotiations to test on: any number of parties, graded and joint issues, interactions, uncertain stakes."""

from __future__ import annotations

from operator import itemgetter
from typing import Any, Literal

from hypothesis import strategies as st

from negotiation.errors import ParameterError
from negotiation.model.distribution import Distribution
from negotiation.model.issue import Issue
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.party import Party
from negotiation.model.stake import KINDS, Interaction, Stake

Numbers = Literal["integers", "floats", "ranges"]
PARTIES = "ABCDEFGH"


def stake_values(low: int = -3, high: int = 3, *, numbers: Numbers = "integers") -> st.SearchStrategy[Any]:
    """Values of stakes.

    Parameters
    ----------
    low, high : int
        The range; few integers make ties likely.
    numbers : {"integers", "floats", "ranges"}
        Ranges are numbers, uniform and triangular distributions in turn, with whole ends.

    Returns
    -------
    hypothesis strategy of int, float or Distribution
    """
    if numbers == "integers":
        return st.integers(low, high)
    if numbers == "floats":
        return st.floats(low, high, allow_nan=False, allow_subnormal=False)
    if numbers == "ranges":
        ends = st.lists(st.integers(low, high), min_size=2, max_size=2, unique=True).map(sorted)
        uniform = ends.map(lambda e: Distribution.uniform(*e))
        triangular = ends.flatmap(
            lambda e: st.integers(e[0], e[1]).map(lambda mode: Distribution.triangular(e[0], mode, e[1]))
        )
        return st.integers(low, high) | uniform | triangular
    raise ParameterError(f"numbers must be 'integers', 'floats' or 'ranges', not {numbers!r}.")


def negotiations(
    *,
    min_parties: int = 2,
    max_parties: int = 3,
    min_issues: int = 1,
    max_issues: int = 4,
    max_options: int = 3,
    max_interactions: int = 2,
    joint_issues: bool = True,
    fallbacks: bool = True,
    patience: bool = True,
    values: st.SearchStrategy[Any] | None = None,
) -> st.SearchStrategy[Negotiation]:
    """Negotiations between parties ``A``, ``B``, … about issues ``x1``, ``x2``, ….

    Parameters
    ----------
    min_parties, max_parties, min_issues, max_issues : int
    max_options : int
        Options of an issue, the status quo included; graded issues have more than two.
    max_interactions : int
    joint_issues : bool
        Whether some issues may have no owner.
    fallbacks : bool
        Whether disagreement payoffs and reservation values may differ from 0.
    patience : bool
        Whether discount factors, credibilities and detection lags may be given.
    values : hypothesis strategy, optional
        Of stakes, interactions and fallbacks; `stake_values()` unless given.

    Returns
    -------
    hypothesis strategy of Negotiation
        Shrinks to two parties, one measure of ``A``, no stakes.

    Examples
    --------
    >>> from hypothesis import find, settings
    >>> print(find(negotiations(), lambda talks: True, settings=settings(max_examples=5)))
    negotiation: A, B; 1 issue, 2 packages, 0 stakes and 0 interactions (0 of them judgements), in USD million per month
    """
    numbers = stake_values() if values is None else values
    quantities = _party_quantities(numbers, fallbacks=fallbacks, patience=patience)
    n_parties, n_issues = st.integers(min_parties, max_parties), st.integers(min_issues, max_issues)
    n_options, worth = st.integers(2, max(2, max_options)), st.none() | st.tuples(numbers, st.sampled_from(KINDS))

    @st.composite
    def build(draw: st.DrawFn) -> Negotiation:
        names = PARTIES[: draw(n_parties)]
        owners = st.sampled_from([*names, None] if joint_issues else names)
        parties = [Party(name, **draw(quantities)) for name in names]
        issues = [_issue(f"x{k + 1}", draw(n_options), draw(owners)) for k in range(draw(n_issues))]
        cells = [(p, i.name, o) for p in names for i in issues for o in i.options[1:]]
        drawn = draw(st.lists(worth, min_size=len(cells), max_size=len(cells)))
        held = [Stake(*cell, value=w[0], kind=w[1]) for cell, w in zip(cells, drawn, strict=True) if w is not None]
        extra: list[Interaction] = []
        if len(issues) > 1 and max_interactions:
            extra = draw(st.lists(_interactions(names, issues, numbers), max_size=max_interactions, unique_by=_label))
        return Negotiation(parties, issues, held, extra, unit="USD million per month")

    return build()


@st.composite
def packages(draw: st.DrawFn, talks: Negotiation) -> Package:
    """Packages of a negotiation, the status quo among them.

    Parameters
    ----------
    talks : Negotiation

    Returns
    -------
    hypothesis strategy of Package
        Shrinks to the status quo.

    Examples
    --------
    >>> import negotiation as ng
    >>> from hypothesis import find
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", ("none", "half", "all"), "B")])
    >>> find(packages(talks), lambda package: package["y"] != "none")
    Package(y: half; 1 more at the status quo)
    """
    return talks.package_from_choices([draw(st.integers(0, len(issue.options) - 1)) for issue in talks.issues])


@st.composite
def stakes(
    draw: st.DrawFn, talks: Negotiation, *, party: str | None = None, values: st.SearchStrategy[Any] | None = None
) -> Stake:
    """Stakes that fit a negotiation, for `Negotiation.with_stakes`.

    Parameters
    ----------
    talks : Negotiation
    party : str, optional
        Whose; anybody's unless named.
    values : hypothesis strategy, optional
        `stake_values()` unless given.

    Returns
    -------
    hypothesis strategy of Stake
    """
    issue = draw(st.sampled_from(talks.issues))
    return Stake(
        draw(st.sampled_from(talks.party_names)) if party is None else talks.party(party).name,
        issue.name,
        draw(st.sampled_from(issue.options[1:])),
        draw(stake_values() if values is None else values),
        kind=draw(st.sampled_from(KINDS)),
    )


def _party_quantities(
    numbers: st.SearchStrategy[Any], *, fallbacks: bool, patience: bool
) -> st.SearchStrategy[dict[str, Any]]:
    parts: dict[str, st.SearchStrategy[Any]] = {}
    if fallbacks:
        parts |= {"disagreement": st.just(0) | numbers, "reservation": st.none() | numbers}
    if patience:
        parts["discount_factor"] = st.sampled_from([None, 0.5, 0.75, 0.9, 0.99])
        parts["credibility"] = st.sampled_from([None, 1.0, 0.75, 0.5, 0.0])
        parts["detection_lag"] = st.integers(1, 3)
    return st.fixed_dictionaries(parts)


def _issue(name: str, n_options: int, owner: str | None) -> Issue:
    return Issue(name, ("in force", *(f"step {k}" for k in range(1, n_options - 1)), "lifted"), owner)


def _interactions(parties: str, issues: list[Issue], numbers: st.SearchStrategy[Any]) -> st.SearchStrategy[Interaction]:
    """Two or three issues, each off the status quo."""
    moves = st.sampled_from([(issue.name, option) for issue in issues for option in issue.options[1:]])
    chosen = st.lists(moves, min_size=2, max_size=min(3, len(issues)), unique_by=itemgetter(0)).map(tuple)
    return st.builds(Interaction, st.sampled_from(parties), chosen, numbers, kind=st.sampled_from(KINDS))


def _label(item: Interaction) -> str:
    return item.label
