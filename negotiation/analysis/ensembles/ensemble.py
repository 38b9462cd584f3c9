"""The door to ensembles: check the question once, lay out the chunks, run them, and read the books."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import fields, is_dataclass, replace
from typing import Any, Literal

import numpy as np

from negotiation.analysis.criteria.registry import CRITERIA, as_criterion
from negotiation.analysis.ensembles.books import Books
from negotiation.analysis.ensembles.keep import Parts
from negotiation.analysis.ensembles.result import EVERY, Ensemble
from negotiation.analysis.ensembles.work import Chunks, EnsembleWork, is_slow
from negotiation.analysis.sampling import SCRAMBLINGS, checked_draws, sobol_length, terms_that_count
from negotiation.analysis.verdict import Criterion
from negotiation.arrays import read_only
from negotiation.door import checked
from negotiation.errors import DuplicateNameError, EmptyPackageError, ParameterError, WrongTypeError
from negotiation.model.correlation import Correlations, rank_correlation
from negotiation.model.draws import Method
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.runs.engine import run_chunks
from negotiation.runs.progress import Progress
from negotiation.runs.seeds import as_seed
from negotiation.runs.workers import one_thread

# Draws of a chunk, some tenths of a second; and where draws take milliseconds each.
CHUNK, SLOW_CHUNK = 65_536, 1024
# Draws that lay the bins of the histograms.
PILOT, SLOW_PILOT = 4096, 256


@checked
def ensemble(
    talks: Negotiation,
    packages: Iterable[Mapping[str, str]] | Mapping[str, Mapping[str, str]],
    criteria: Iterable[str | Criterion] | None = None,
    draws: int = 100_000,
    rng: np.random.Generator | int | None = None,
    *,
    method: Method = "independent",
    correlations: Correlations | None = None,
    executor: Executor | int | None = None,
    directory: str | os.PathLike[str] | None = None,
    keep: str | os.PathLike[str] | None = None,
    deadline: float | None = None,
    progress: Progress | Literal["auto"] | None = "auto",
) -> Ensemble:
    """Judge many packages by many criteria on very many draws of everything uncertain.

    Parameters
    ----------
    talks : Negotiation
    packages : sequence of Package, or mapping of label to Package
    criteria : iterable of str or Criterion, optional
        Names, or values with options. Unless given, all that judge many draws at once; a note names those left out.
    draws : int
        How many, 10 to 10**9; the memory used does not depend on it.
    rng : numpy.random.Generator or int, optional
        Where randomness comes from; 0 unless given, so that a cell run twice says the same.
    method : {"independent", "sobol"}
        Independent draws, or 16 scramblings of a Sobol' sequence, each rounded up to a power of two.
    correlations : mapping of (stake, stake) to float, or matrix, optional
        Spearman's rho of uncertain numbers, named by label as in ``stake_table(talks)``, or as ``"US: credibility"``; brought
        about by a Gaussian copula. Independent unless given. See `rank_correlation`.
    executor : int, concurrent.futures.Executor, or dask client, optional
        Who works: so many processes, or any executor; this process alone unless given, or a process a core when it pays.
    directory : path, optional
        Where finished chunks are kept, so that a killed run goes on from them.
    keep : path, optional
        Where every draw is kept, stakes and margins, as Parquet files that make up one table; needs
        ``pip install 'negotiation[parquet]'``.
    deadline : float, optional
        Seconds after which the answer so far is given; Ctrl-C does the same.
    progress : "auto", callable or None
        A bar in terminals and notebooks, or a function of (chunks done, chunks in all).

    Returns
    -------
    Ensemble
        Probability, standard error, mean, quantiles and ends of the margin for each criterion, package and party.

    Raises
    ------
    ParameterError, WrongTypeError, UnknownNameError, EmptyPackageError, DuplicateNameError
    RunDirectoryError, MissingExtraError
    WorkerLostError
        The processes that worked on some chunk died three times.

    Notes
    -----
    Draws are made in chunks of 65,536 (1,024 if a criterion needs a frontier or a game for each), every chunk from a stream
    that depends on the seed and its position alone, and summed up in their order: the answer is the same to the bit on one
    core, several, or a cluster of like machines, and after a resumption. All criteria see the same draws. Shares, means and
    ends are exact for the draws made; quantiles are read off a histogram of 1,024 bins and come with certain bounds.
    Cost: `CHUNK` draws take some tenths of a second for a handful of packages.

    References
    ----------
    Owen, A. B. (1997). Monte Carlo variance of scrambled net quadrature. SIAM Journal on Numerical Analysis 34, 1884-1910.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A")],
    ...                        [ng.Stake("B", "x", "lifted", ng.Distribution.uniform(-1, 3))])
    >>> answer = ng.ensemble(talks, {"give x": talks.package("x")}, ["acceptable", "spontaneous"], draws=10_000, rng=1)
    >>> answer["acceptable"].value.round(2), answer.quantile(0.5)[0, 0].round(1) + 0
    (array([0.75]), array([0., 0., 1.]))
    """
    labels, asked, shared = _named(talks, packages)
    count = checked_draws(draws)
    seed, notes = as_seed(rng)
    chosen, skipped = _chosen(talks, criteria)
    names = _names(chosen)
    applies, reasons = _applicability(talks, chosen, names)
    slow = any(is_slow(c, talks) for c in chosen)
    applied = [c for c, row in zip(chosen, applies, strict=True) if row.any()]
    work = EnsembleWork(
        talks, asked, tuple(chosen), applies, _chunks(count, method, slow), method, seed,
        correlation=rank_correlation(talks, correlations),
        terms=None if keep is not None else terms_that_count(talks, applied, asked),
    )  # fmt: skip
    if keep is not None:
        work = _keeping(work, keep, names, labels, resumes=directory is not None)
    with one_thread():
        work = work.with_bins(min(count, SLOW_PILOT if slow else PILOT))
    run = run_chunks(
        work, work.chunks.n_chunks, seed=seed, merge=_Merge(work), executor=executor, directory=directory,
        deadline=deadline, progress=progress,
    )  # fmt: skip
    missing = () if work.keep is None or not run.is_complete else work.keep.missing(run.n_chunks)
    assert work.bins is not None
    return Ensemble(
        asked, labels, names, tuple(_unit(c, work) for c in range(len(chosen))), (EVERY, *talks.party_names),
        _Merge(work).empty() if run.value is None else run.value, work.bins, method, replace(run, value=None),
        (*notes, *skipped, *reasons, *run.notes, *missing), shared,
    )  # fmt: skip


class _Merge:
    """Books that take in one chunk after the other."""

    def __init__(self, work: EnsembleWork) -> None:
        self._cells, self._scramblings = int(np.prod(work.shape)), work.chunks.scramblings

    def empty(self) -> Books:
        """Nothing counted yet."""
        return Books.empty(self._cells, self._scramblings)

    def __call__(self, state: Books | None, result: Mapping[str, Any]) -> Books:
        return (self.empty() if state is None else state).add(result)


def _named(talks: Negotiation, packages: Any) -> tuple[tuple[str, ...], tuple[Package, ...], str]:
    """Labels, packages, and what all of them share; a single package is one of a list."""
    if isinstance(packages, str):
        raise WrongTypeError(f"packages are made by talks.package(...), several of them in a list; not {packages!r}.")
    if isinstance(packages, Mapping):
        if packages and all(isinstance(value, Mapping) for value in packages.values()):
            return tuple(map(str, packages)), tuple(talks.as_package(p) for p in packages.values()), ""
        packages = [packages]
    asked = tuple(talks.as_package(p) for p in packages)
    if not asked:
        raise EmptyPackageError("no package to judge; give at least one.")
    moved = [{issue: p[issue] for issue in p.moved} for p in asked]
    shared = dict(set.intersection(*(set(m.items()) for m in moved))) if len(asked) > 1 else {}
    labels = tuple(_listed({i: o for i, o in m.items() if i not in shared}, bool(shared)) for m in moved)
    return labels, asked, _listed({i: o for i, o in moved[0].items() if i in shared}, True) if shared else ""


def _listed(settings: Mapping[str, str], shared: bool) -> str:
    """``ethane, samarium: six-month licences``."""
    names = [i if o == "lifted" else f"{i}: {o}" for i, o in settings.items()]
    return ", ".join(names) or ("nothing else" if shared else "the status quo")


def _chosen(talks: Negotiation, criteria: Iterable[str | Criterion] | None) -> tuple[list[Criterion], list[str]]:
    """The criteria asked for, or all that are quick, and a note about the others."""
    if isinstance(criteria, str):
        raise WrongTypeError(f"criteria must be several names, e.g. ({criteria!r},), not the text {criteria!r}.")
    if criteria is not None:
        chosen = [as_criterion(c) for c in criteria]
        if not chosen:
            raise ParameterError("no criterion to judge by; give at least one, or leave criteria out for all.")
        return chosen, []
    every = [as_criterion(name) for name in CRITERIA]
    slow = [c.name for c in every if is_slow(c, talks)]
    note = f"not judged: {', '.join(slow)}, which take much longer a draw here; ask for them by name, with fewer draws."
    return [c for c in every if not is_slow(c, talks)], [note] if slow else []


def _names(criteria: list[Criterion]) -> tuple[str, ...]:
    """The name of each criterion, with the options that are not the usual ones."""
    names = []
    for criterion in criteria:
        changed: list[str] = []
        if is_dataclass(criterion):
            usual = type(criterion)()
            changed = [
                f"{f.name}={getattr(criterion, f.name)!r}"
                for f in fields(criterion)
                if getattr(criterion, f.name) != getattr(usual, f.name)
            ]
        names.append(f"{criterion.name}({', '.join(changed)})" if changed else criterion.name)
    for name in names:
        if names.count(name) > 1:
            raise DuplicateNameError("criterion", name, "criteria")
    return tuple(names)


def _applicability(talks: Negotiation, criteria: list[Criterion], names: tuple[str, ...]) -> tuple[Any, list[str]]:
    """Whether each criterion applies to every party together and to each (C, Q), and why not."""
    applies = np.zeros((len(criteria), 1 + len(talks.parties)), dtype=np.bool_)
    notes = []
    for c, criterion in enumerate(criteria):
        why = criterion.why_not(talks, None)
        applies[c, 0] = not why
        if why:
            notes.append(f"{names[c]!r} cannot be applied: {why}")
        if not getattr(criterion, "same_for_all", False):
            applies[c, 1:] = [not criterion.why_not(talks, name) for name in talks.party_names]
    return read_only(applies, np.bool_), notes


def _chunks(draws: int, method: Method, slow: bool) -> Chunks:
    """How the draws are split."""
    size = SLOW_CHUNK if slow else CHUNK
    if method == "sobol":
        each = sobol_length(draws)
        return Chunks(each, min(each, size), SCRAMBLINGS)
    if method != "independent":
        raise ParameterError(f"method must be 'independent' or 'sobol', not {method!r}.")
    return Chunks(draws, min(draws, size))


def _keeping(
    work: EnsembleWork,
    keep: str | os.PathLike[str],
    names: tuple[str, ...],
    labels: tuple[str, ...],
    *,
    resumes: bool,
) -> EnsembleWork:
    """The same work, with every draw written to files."""
    talks = work.talks
    cells = tuple(f"{c} | {p} | {q}" for c in names for p in labels for q in (EVERY, *talks.party_names))
    wanted = np.repeat(work.applies, len(labels), axis=0).ravel()
    parts = Parts(os.path.abspath(keep), tuple(i.label for i in talks.terms.items), talks.party_names, cells,
                  read_only(wanted, np.bool_))  # fmt: skip
    parts.prepare(resumes=resumes)
    return replace(work, keep=parts)


def _unit(c: int, work: EnsembleWork) -> str:
    """Of the margins of a criterion; none where it cannot be applied."""
    if not work.applies[c].any():
        return ""
    party = None if work.applies[c, 0] else work.talks.party_names[int(work.applies[c, 1:].argmax())]
    return work.criteria[c].verdict(work.talks, work.packages[0], party=party, proposer=None).unit
