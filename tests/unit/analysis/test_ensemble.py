"""Ensembles: right where the answer is known, honest about their errors, the same on every executor, clear when misused."""

from __future__ import annotations

import math
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, ClassVar

import cloudpickle
import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.stats import qmc

import negotiation as ng
from negotiation.analysis.ensembles import books, work
from negotiation.analysis.ensembles import ensemble as door
from negotiation.analysis.ensembles.books import n_bins
from negotiation.analysis.ensembles.work import Chunks, EnsembleWork
from negotiation.runs.seeds import as_seed, generator

cloudpickle.register_pickle_by_value(sys.modules[__name__])
THREE = ("eda_software", "jet_engine_parts", "ethane")


def talks() -> ng.Negotiation:
    """B gains between -1 and 3 by x, evenly: it accepts with probability 3/4."""
    return ng.Negotiation(
        [ng.Party("A", credibility=ng.Distribution.uniform(0, 1)), ng.Party("B")],
        [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
        [
            ng.Stake("B", "x", "lifted", ng.Distribution.uniform(-1, 3)),
            ng.Stake("B", "y", "lifted", ng.Distribution.uniform(-1, 1)),
        ],
    )


def ask(
    packages: Any = None, criteria: Any = ("acceptable",), draws: int = 2000, rng: Any = 1, **more: Any
) -> ng.Ensemble:
    t = more.pop("talks", talks())
    return ng.ensemble(t, packages or [t.package("x")], criteria, draws, rng, **{"progress": None, **more})


def london() -> tuple[ng.Negotiation, dict[str, ng.Package]]:
    """The eight sets of the three lifts, each with licences asked for."""
    t = ng.london_2025()
    asked = dict(t.concession("licences for civilian buyers for six months").options)
    sets = [some for r in range(4) for some in combinations(THREE, r)]
    return t, {" + ".join(s) or "no lift": t.as_package({**dict.fromkeys(s, "lifted"), **asked}) for s in sets}


# --- right where the answer is known ----------------------------------------------------------------


@pytest.mark.parametrize("method", ["independent", "sobol"])
def test_a_uniform_margin(method: str) -> None:
    """Share 3/4, mean 1, quantiles -1 + 4 q, ends -1 and 3."""
    answer = ask(draws=200_000, method=method)
    at = (0, 0, answer.parties.index("B"))
    assert answer.value[at] == pytest.approx(0.75, abs=5 * answer.standard_error[at])
    assert answer.mean[at] == pytest.approx(1.0, abs=5 * answer.mean_standard_error[at] + 1e-8)
    for q in (0.01, 0.05, 0.5, 0.95):
        assert answer.quantile(q)[at] == pytest.approx(-1 + 4 * q, abs=0.02)
        low, high = answer.quantile_bounds(q)
        assert 0 <= high[at] - low[at] <= 4 / 1000
    assert (answer.minimum[at], answer.maximum[at]) == pytest.approx((-1, 3), abs=1e-3)
    assert answer.draws == (200_000 if method == "independent" else 16 * 16_384)


def test_it_agrees_with_probability_and_with_all_criteria_on_london() -> None:
    """Two ways to the same shares, on streams of their own: within four standard errors of the difference."""
    t, offers = london()
    answer = ng.ensemble(t, offers, draws=30_000, rng=5, progress=None)
    assert set(answer) >= {"acceptable", "worth_the_doubt", "spontaneous", "self_enforcing", "ratifiable"}
    assert "better_than_waiting" in answer.notes[0]
    for name in ("acceptable", "self_enforcing"):
        for party in (None, "China"):
            other = ng.probabilities(t, list(offers.values()), criterion=name, party=party, draws=30_000)
            mine = answer.of(name, party)
            gap = np.abs(mine.value - other.value)
            assert (gap <= 4 * np.hypot(mine.standard_error, other.standard_error) + 1e-3).all()
            assert mine.margin_quantiles == pytest.approx(other.margin_quantiles, rel=0.2, abs=5)


def test_criteria_that_judge_draw_by_draw_can_be_asked_for() -> None:
    """Frontiers and games of alternating offers, for a few draws, in small pieces."""
    t, offers = london()
    answer = ng.ensemble(t, offers["ethane"], ["efficient", "better_than_waiting"], draws=20, rng=5, progress=None)
    assert answer["efficient"].applicable[0] == 1
    assert not np.isfinite(answer.of("efficient", "US").value).any()
    assert 0 <= answer["better_than_waiting"].value[0] <= 1


def test_correlated_stakes() -> None:
    """x + y >= 0 when both move together: 2 u - 1 + 4 u - 1 >= 0, so u >= 1/3; against each other: 4 u - 2 u >= 0, always."""
    names = ng.uncertain_names(talks())[:2]
    for rho, share in [(1.0, 2 / 3), (-1.0, 1.0)]:
        answer = ask([talks().package("x", "y")], draws=20_000, correlations={names: rho})
        assert answer.of("acceptable", "B").value[0] == pytest.approx(share, abs=0.02)


def test_very_many_packages_say_the_same_as_each_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer bins and smaller pieces, so that memory stays small; the same draws, shares and ends."""
    t = talks()
    one, many = ask([t.package("x")], draws=9000), ask([t.package("x")] * 300, draws=9000)
    assert many.value[0, 299].tolist() == one.value[0, 0].tolist()
    assert many.minimum[0, 299].tolist() == one.minimum[0, 0].tolist()
    assert n_bins(900) == 1024
    assert n_bins(20_000) == 200
    assert n_bins(10**9) == 64
    monkeypatch.setattr(books, "MOST_BINS", 90_000)
    monkeypatch.setattr(work, "MOST_MARGINS", 500 * 900)
    few = ask([t.package("x")] * 300, draws=9000)
    assert few.books.histogram.shape == (900, 102)
    assert few.value.tolist() == many.value.tolist()
    low, high = few.quantile_bounds(0.5)
    assert (low <= many.quantile_bounds(0.5)[1]).all()
    assert (many.quantile_bounds(0.5)[0] <= high).all()


# --- honest about its errors ------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "most"), [("independent", 0.99), ("sobol", 1.0)])
def test_the_errors_cover_the_truth_as_often_as_they_should(method: str, most: float) -> None:
    """Of 120 ensembles about 95 % lie within the two-sided 95 % of the truth (Student's t with 15 degrees for 16 scramblings)."""
    wide = 1.96 if method == "independent" else float(stats.t.ppf(0.975, 15))
    packages = [talks().package("x"), talks().package("x", "y")]
    shares, means = [], []
    for seed in range(120):
        answer = ask(packages, draws=256, rng=seed, method=method)
        at = (0, slice(None), answer.parties.index("B"))
        shares.append(np.abs(answer.value[at] - 0.75) <= wide * answer.standard_error[at] + 1e-12)
        means.append(np.abs(answer.mean[at] - 1.0) <= wide * answer.mean_standard_error[at] + 1e-12)
    for covered in (np.mean(shares), np.mean(means)):
        assert 0.90 <= covered <= most


def test_sobol_is_closer() -> None:
    errors = [ask(draws=4096, method=m).of("acceptable", "B").standard_error[0] for m in ("sobol", "independent")]
    assert errors[0] < errors[1] / 4


@pytest.mark.parametrize("size", [4, 16, 64])
def test_a_scrambling_is_one_sequence_whatever_the_chunks(size: int) -> None:
    """The chunks of a scrambling, one after the other, are the Sobol' sequence from its beginning."""
    t = talks()
    job = EnsembleWork(
        t, (t.package("x"),), (ng.Acceptable(),), np.ones((1, 3), bool), Chunks(64, size, 16), "sobol", as_seed(3)[0]
    )
    assert job.chunks.n_chunks == 16 * 64 // size
    for scrambling in (0, 7):
        chunks = [k for k in range(job.chunks.n_chunks) if job.chunks.place(k)[0] == scrambling]
        got = np.concatenate([d.values for k in chunks for d in job.blocks(k, generator(job.seed, k))])
        whole = qmc.Sobol(3, scramble=True, rng=generator(job.seed, scrambling, 1)).random(64)
        assert got == pytest.approx(np.column_stack([-1 + 4 * whole[:, 0], -1 + 2 * whole[:, 1]]), abs=1e-12)


# --- the same everywhere ----------------------------------------------------------------------------


def numbers(answer: ng.Ensemble) -> tuple[Any, ...]:
    b = answer.books
    return (b.counts.tolist(), b.sums.tolist(), b.ends.tolist(), b.histogram.tolist())


@pytest.mark.parametrize("method", ["independent", "sobol"])
def test_the_same_to_the_bit_on_every_executor(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "CHUNK", 256)
    t, offers = london()
    options: dict[str, Any] = {"draws": 1500, "rng": 3, "method": method, "progress": None}
    alone = ng.ensemble(t, offers, executor=1, **options)
    assert alone.run.n_chunks == (6 if method == "independent" else 16)
    with ThreadPoolExecutor(3) as threads:
        for executor in (2, threads) if method == "independent" else (threads,):
            assert numbers(ng.ensemble(t, offers, executor=executor, **options)) == numbers(alone)


def test_a_run_is_resumed_and_another_one_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "CHUNK", 256)
    alone = ask(draws=2000)
    first = ask(draws=2000, directory=tmp_path, progress=stop_after(3))
    assert not first.is_complete
    assert "3 of 8 chunks: it was interrupted" in str(first)
    assert first.draws == 768
    resumed = ask(draws=2000, directory=tmp_path)
    assert numbers(resumed) == numbers(alone)
    assert resumed.run.resumed >= 3
    for changed in ({"draws": 2001}, {"rng": 2}, {"packages": [talks().package("x", "y")]}, {"criteria": ["spontaneous"]},
                    {"talks": talks().with_party("B", reservation=1)}):  # fmt: skip
        with pytest.raises(ng.RunDirectoryError, match="of another job"):
            ask(**{"draws": 2000, "directory": tmp_path, **changed})


def stop_after(chunks: int) -> Any:
    def progress(done: int, total: int) -> None:
        if chunks <= done < total:
            raise KeyboardInterrupt

    return progress


def test_a_deadline_gives_an_answer_that_says_it_is_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "CHUNK", 64)
    answer = ask(draws=10_000_000, deadline=0.3, executor=1)
    assert 0 < answer.draws < 10_000_000
    assert "the deadline passed" in str(answer)
    assert answer.of("acceptable", "B").value[0] == pytest.approx(0.75, abs=0.1)
    nothing = ask(draws=1000, progress=stop_after(0))
    assert "chunks" in str(nothing) or nothing.draws


@dataclass(frozen=True)
class Notebook:
    """A criterion of one's own, as written in a notebook: no library knows its module."""

    least: float = 2.0
    name: ClassVar[str] = "mine"
    question: ClassVar[str] = "Does B get so much?"

    def why_not(self, talks: ng.Negotiation, party: str | None = None) -> str:
        return ""

    def margins(self, talks: Any, codes: Any, *, draws: Any = None, party: str | None = None) -> Any:
        return ng.payoffs(talks, codes, draws=draws)[..., 1] - self.least

    def verdict(self, talks: Any, package: Any, *, party: Any = None, proposer: Any = None) -> ng.Verdict:
        margin = float(self.margins(talks, talks.codes([package]))[0])
        return ng.Verdict(self.name, margin >= 0, margin, talks.unit, "", ng.Certificate(""), "", package)


def test_a_criterion_of_ones_own_goes_to_other_processes() -> None:
    answer = ask(criteria=[Notebook(), Notebook(0.0)], executor=2)
    assert answer.criteria == ("mine", "mine(least=0.0)")
    assert answer["mine"].value[0] == pytest.approx(0.25, abs=0.05)
    assert answer["mine(least=0.0)"].value[0] == pytest.approx(0.75, abs=0.05)


# --- draws kept --------------------------------------------------------------------------------------


def test_every_draw_can_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One table of stakes and margins, from which the summaries can be had again; a resumed run completes it."""
    monkeypatch.setattr(door, "CHUNK", 256)
    options: dict[str, Any] = {"draws": 2000, "directory": tmp_path / "run", "keep": tmp_path / "draws"}
    ask({"give x": talks().package("x")}, progress=stop_after(2), **options)
    answer = ask({"give x": talks().package("x")}, **options)
    table = pd.read_parquet(tmp_path / "draws")
    assert len(table) == 2000
    assert list(table.columns) == [
        "B: x lifted (commercial)", "B: y lifted (commercial)", "A: credibility",
        *(f"{p}: {q}" for q in ("disagreement", "reservation") for p in "AB"),
        *(f"acceptable | give x | {who}" for who in ("every party", "A", "B")),
    ]  # fmt: skip
    margins = table["acceptable | give x | B"]
    assert (margins >= 0).mean() == answer.of("acceptable", "B").value[0]
    assert margins.min() == answer.minimum[0, 0, 2]
    assert np.array_equal(margins, table["B: x lifted (commercial)"])
    assert not any("files of draws" in note for note in answer.notes)
    (tmp_path / "draws" / "part-00000001.parquet").unlink()
    again = ask({"give x": talks().package("x")}, **options)
    assert "1 of 8 files of draws are not in" in again.notes[-1]
    with pytest.raises(ng.RunDirectoryError, match="draws of an earlier run"):
        ask(draws=2000, keep=tmp_path / "draws")
    (tmp_path / "file").touch()
    with pytest.raises(ng.RunDirectoryError, match="cannot keep draws"):
        ask(keep=tmp_path / "file" / "draws")


def test_keeping_draws_needs_an_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(ng.MissingExtraError, match=r"pip install 'negotiation\[parquet\]'"):
        ask(keep=tmp_path)


# --- what it looks like, and misuse ------------------------------------------------------------------


def test_tables_and_texts() -> None:
    t = talks().with_party("A", credibility=None)
    answer = ask(
        {"give x": t.package("x"), "all": t.package("x", "y")}, ["acceptable", "worth_the_doubt", "fair"], talks=t
    )
    text = str(answer)
    assert "Share of 2,000 independent draws" in text
    assert "n/a" in text
    assert "'worth_the_doubt' cannot be applied" in text
    frame = answer.to_frame()
    assert frame.index.names == ["criterion", "package", "party"]
    assert ("worth_the_doubt", "all", "every party") not in frame.index
    assert ("worth_the_doubt", "all", "A") in frame.index
    assert ("fair", "all", "A") not in frame.index
    assert frame.loc[("acceptable", "give x", "B"), "probability"] == answer.value[0, 0, 2]
    assert set(frame["unit"]) == {t.unit}
    assert answer.table("B").loc["all", "acceptable"] == answer.of("acceptable", "B").value[1]
    assert "<table" in answer._repr_html_()
    again = pickle.loads(pickle.dumps(answer))
    assert numbers(again) == numbers(answer)
    assert str(ask(rng=None)).count("seed 0")
    assert dict(answer)["acceptable"].criterion == "acceptable"
    assert len(answer) == 3
    assert ask(None).labels == ("x",)
    three = ask([t.package("x"), t.package("x", "y")])
    assert (three.labels, three.shared) == (("nothing else", "y"), "x")
    assert "every package with x" in str(three)


def test_a_veto_has_a_margin_without_end() -> None:
    council = ng.Ratifier("council", vetoes={"x": "lifted"})
    t = talks().with_party("B", ratifiers=(council,))
    answer = ask([t.package("x"), t.package("y")], ["ratifiable"], talks=t, draws=50)
    assert answer["ratifiable"].value.tolist() == [0, 1]
    assert answer.mean[0, :, 0].tolist() == [-math.inf, math.inf]
    assert answer.quantile(0.5)[0, :, 0].tolist() == [-math.inf, math.inf]
    assert (answer.minimum[0, 0, 0], answer.maximum[0, 0, 0]) == (-math.inf, -math.inf)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"packages": "x"}, ng.WrongTypeError, "made by talks.package"),
        ({"packages": [{}]}, ng.EmptyPackageError, "empty"),
        ({"criteria": "acceptable"}, ng.WrongTypeError, "several names"),
        ({"criteria": []}, ng.ParameterError, "no criterion"),
        ({"criteria": ["accptable"]}, ng.UnknownNameError, "Did you mean 'acceptable'"),
        ({"criteria": ["fair", ng.Fair()]}, ng.DuplicateNameError, "duplicate criterion"),
        ({"draws": 0}, ng.ParameterError, "draws"),
        ({"draws": 1e6}, ng.ParameterError, "draws"),
        ({"rng": "seed"}, ng.WrongTypeError, "whole number as a seed"),
        ({"method": "latin"}, ng.ParameterError, "method"),
        ({"correlations": {("a", "b"): 1}}, ng.UnknownNameError, "uncertain number"),
        ({"executor": 0}, ng.ParameterError, "processes"),
        ({"deadline": -1}, ng.ParameterError, "deadline"),
        ({"progress": 1}, ng.WrongTypeError, "progress"),
        ({"talks": "london"}, ng.WrongTypeError, "ensemble takes a Negotiation first"),
    ],
)
def test_bad_input(options: dict[str, Any], error: type[Exception], message: str) -> None:
    t = talks()
    given = {"talks": t, "packages": [t.package("x")], "criteria": ["acceptable"], "progress": None, **options}
    with pytest.raises(error, match=message):
        ng.ensemble(given.pop("talks"), given.pop("packages"), **given)


def test_bad_questions_to_the_answer() -> None:
    answer = ask()
    with pytest.raises(ng.UnknownNameError, match="this ensemble"):
        answer["fair"]
    with pytest.raises(ng.UnknownNameError, match="party"):
        answer.of("acceptable", "C")
    with pytest.raises(ng.ParameterError, match="share in"):
        answer.quantile(5)
    with pytest.raises(ng.EmptyPackageError, match="no package"):
        ng.ensemble(talks(), [])


# --- memory ------------------------------------------------------------------------------------------

PEAK = """
import resource, sys
import negotiation as ng
talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A"), ng.Issue("y", owner="B")],
    [ng.Stake(p, i, "lifted", ng.Distribution.uniform(-1, 3)) for p in "AB" for i in "xy"])
answer = ng.ensemble(talks, [talks.package("x", "y")], ["acceptable"], draws=int(sys.argv[1]), executor=1, progress=None)
assert answer.draws == int(sys.argv[1])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
def test_memory_is_flat_from_1e5_to_1e7_draws() -> None:
    """A hundred times the draws take less than a tenth more memory, library and all."""
    peaks = [
        int(subprocess.run([sys.executable, "-c", PEAK, str(n)], capture_output=True, text=True, check=True).stdout)
        for n in (100_000, 10_000_000)
    ]
    assert peaks[1] < 1.1 * peaks[0]
