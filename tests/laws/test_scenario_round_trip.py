"""A scenario file loses nothing of a negotiation."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import negotiation as ng
from negotiation.model.scenario_file import parse
from negotiation.model.scenario_text import to_toml

TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(["", "a\nb", "a\r\nb", '"""', "'''", "\\", "\x00", "x = 1\n[[stakes]]", "naïve 中国 🧲"]),
)
NAMES = st.one_of(
    st.sampled_from(["US", "a.b", 'say "no"', "中国", "x y", "#", "stakes", "1", "true", "[a]"]),
    st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=4),
)
NUMBERS = st.one_of(
    st.integers(-3, 3).map(float), st.sampled_from([0.1, -0.0, 1e300, 5e-324, 1e15, 1e16, 123456789.125, 1 / 3])
)
DATES = st.dates(dt.date(2020, 1, 1), dt.date(2024, 12, 31))
KINDS = ("commercial", "security", "leverage", "domestic")


@st.composite
def distributions(draw: st.DrawFn, numbers: st.SearchStrategy[float] = NUMBERS) -> ng.Distribution:
    low, mode, high = sorted(draw(st.lists(numbers, min_size=3, max_size=3, unique=True)))
    central = draw(st.none() | numbers)
    name, parameters = draw(
        st.sampled_from(
            [
                ("triangular", {"low": low, "mode": mode, "high": high}),
                ("triangular", {"mode": mode, "high": high, "low": low}),
                ("uniform", {"low": low, "high": high}),
                ("uniform", {"high": high, "low": low}),
                ("beta", {"a": 2.0, "b": 3.0}),
            ]
        )
    )
    return ng.Distribution(name, parameters, central)


LAWS = st.sampled_from(
    [
        ng.Distribution("lognorm", {"s": 0.5, "scale": 10}),
        ng.Distribution("norm", {"loc": -2, "scale": 0.1}, 0),
        ng.Distribution.log_triangular(0.1, 1, 10),
        ng.Distribution.log_triangular(-1000, -100, -10),
        ng.Distribution("log-triangular", {"mode": 2, "low": 1, "high": 4}, 3),
        ng.Distribution("gamma", {"a": 2, "loc": 1, "scale": 3}),
    ]
)
QUANTITIES = st.one_of(NUMBERS, distributions(), LAWS)
SHARES = st.one_of(st.sampled_from([0.25, 0.5, 0.999]), distributions(st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0])))


def origins(sources: list[str]) -> st.SearchStrategy[dict[str, object]]:
    ids = st.sampled_from(sources) if sources else TEXTS
    return st.fixed_dictionaries(
        {},
        optional={
            "source": st.lists(ids, max_size=3).map(tuple),
            "known_on": DATES,
            "basis": st.sampled_from(list(ng.Basis)),
            "reasoning": TEXTS,
        },
    )


def estimates(values: st.SearchStrategy[object], sources: list[str]) -> st.SearchStrategy[ng.Estimate]:
    return st.builds(lambda value, origin: ng.Estimate(value, **origin), values, origins(sources))


@st.composite
def ratifiers(draw: st.DrawFn, settings: list[tuple[str, str]], sources: list[str]) -> ng.Ratifier:
    vetoes = tuple(draw(st.lists(st.sampled_from(settings), max_size=4)))
    least = draw(QUANTITIES if not vetoes else st.none() | QUANTITIES)
    kinds = tuple(draw(st.lists(st.sampled_from(KINDS), unique=True)))
    return ng.Ratifier(draw(NAMES), kinds, least, vetoes, **draw(origins(sources)))


@st.composite
def negotiations(draw: st.DrawFn) -> ng.Negotiation:
    """Everything that a negotiation can hold."""
    names = draw(st.lists(NAMES, min_size=2, max_size=3, unique=True))
    issues = [
        ng.Issue(name, tuple(draw(st.lists(NAMES, min_size=2, max_size=3, unique=True))), owner, draw(TEXTS))
        for name in draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
        for owner in [draw(st.none() | st.sampled_from(names))]
    ]
    settings = [(issue.name, option) for issue in issues for option in issue.options]
    moves = [(issue.name, option) for issue in issues for option in issue.options[1:]]
    ids = draw(st.lists(TEXTS, max_size=3, unique=True))
    sources = [ng.Source(i, draw(TEXTS), draw(TEXTS), draw(TEXTS), draw(st.none() | DATES)) for i in ids]
    parties = [
        ng.Party(
            name,
            discount_factor=draw(st.none() | estimates(SHARES, ids)),
            credibility=draw(st.none() | estimates(SHARES, ids)),
            disagreement=draw(st.just(0.0) | estimates(QUANTITIES, ids)),
            reservation=draw(st.none() | estimates(QUANTITIES, ids)),
            detection_lag=draw(st.integers(1, 3)),
            ratifiers=tuple(draw(st.lists(ratifiers(settings, ids), max_size=2))),
            description=draw(TEXTS),
        )
        for name in names
    ]
    unit = draw(st.sampled_from(["USD million per month", "€ per Jahr"]))
    places = st.tuples(st.sampled_from(names), st.sampled_from(moves), st.sampled_from(KINDS))
    stakes = [
        ng.Stake(p, i, o, draw(QUANTITIES), kind, draw(st.sampled_from(["", unit])), **draw(origins(ids)))
        for p, (i, o), kind in draw(st.lists(places, max_size=4, unique=True))
    ]
    pairs = st.lists(st.sampled_from(moves), min_size=2, unique_by=lambda m: m[0])
    interactions = [
        ng.Interaction(draw(st.sampled_from(names)), tuple(draw(pairs)), draw(QUANTITIES), **draw(origins(ids)))
        for _ in range(draw(st.integers(0, 1)) if len(issues) > 1 else 0)
    ]
    concessions = [
        ng.Concessions(name, who, tuple(chosen), draw(st.sampled_from(["promised", "delivered"])), draw(TEXTS))
        for name in draw(st.lists(NAMES, max_size=2, unique=True))
        for who in [draw(st.sampled_from(names))]
        for own in [[(i, o) for i, o in settings if owner_of(issues, i) in (who, None)]]
        if own
        for chosen in [draw(st.lists(st.sampled_from(own), min_size=1, max_size=3, unique_by=lambda move: move[0]))]
    ]
    return ng.Negotiation(
        parties, issues, stakes, interactions, unit=unit, name=draw(TEXTS), description=draw(TEXTS),
        as_of=draw(st.none() | st.just(dt.date(2025, 6, 10))), concessions=concessions, sources=sources,
    )  # fmt: skip


def owner_of(issues: list[ng.Issue], name: str) -> str | None:
    return next(issue.owner for issue in issues if issue.name == name)


@given(talks=negotiations())
def test_what_is_written_is_read_back_as_it_was(talks: ng.Negotiation) -> None:
    """``load(save(talks)) == talks``, for every number, text, date and name that a negotiation can hold."""
    assert parse(to_toml(talks), "talks.toml") == talks


@given(talks=negotiations())
def test_writing_twice_gives_the_same_text(talks: ng.Negotiation) -> None:
    """Files under version control change only where the negotiation does."""
    text = to_toml(talks)
    assert to_toml(parse(text, "talks.toml")) == text


def test_files_too(tmp_path: Path) -> None:
    """By way of the disk, replaced in one step, no leftovers."""
    talks = ng.london_2025()
    for _ in range(2):
        ng.save(talks, tmp_path / "talks.toml")
        assert ng.load(tmp_path / "talks.toml") == talks
    assert [p.name for p in tmp_path.iterdir()] == ["talks.toml"]
