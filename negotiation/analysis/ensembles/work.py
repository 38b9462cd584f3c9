"""What one chunk of an ensemble does: draw, judge by every criterion, count."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from negotiation.analysis.ensembles.books import Bins, Books
from negotiation.analysis.ensembles.keep import Parts
from negotiation.analysis.sampling import BLOCK
from negotiation.analysis.verdict import Criterion, PartyCriterion
from negotiation.arrays import Array, BoolArray, IntArray
from negotiation.model.correlation import RankCorrelation
from negotiation.model.draws import Draws, Method, draw_stakes, draws_from_uniforms, n_uncertain
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.runs.seeds import Seed, generator

# Draws times packages given at a time to criteria that judge draw by draw, which have limits of their own.
SLOW_BLOCK = 1000
# Margins of one criterion held at a time.
MOST_MARGINS = 2_000_000


@dataclass(frozen=True, slots=True)
class Chunks:
    """How draws are split: a function of the arguments alone, so that streams do not depend on who works.

    Parameters
    ----------
    draws : int
        Of each scrambling; for the Sobol' sequence a power of two.
    size : int
        Draws of a chunk, a power of two for the Sobol' sequence; the last one of independent draws may be smaller.
    scramblings : int
        1 for independent draws.
    """

    draws: int
    size: int
    scramblings: int = 1

    @property
    def n_chunks(self) -> int:
        """How many there are."""
        return -(-self.draws // self.size) * self.scramblings

    def place(self, chunk: int) -> tuple[int, int, int]:
        """Scrambling, first position in its sequence, and number of draws: scramblings take turns, so all grow alike."""
        scrambling, start = chunk % self.scramblings, (chunk // self.scramblings) * self.size
        return scrambling, start, min(self.size, self.draws - start)


@dataclass(frozen=True, slots=True, eq=False)
class EnsembleWork:
    """The function of a chunk. Axes: ``C`` criteria, ``D`` packages, ``Q`` answers (every party first, then each party).

    Parameters
    ----------
    talks : Negotiation
    packages : tuple of Package
    criteria : tuple of Criterion
    applies : ndarray of bool, shape (C, Q)
        Whether a criterion can be applied for every party together, and for each; False where it is the same for all.
    chunks : Chunks
    method : str
    seed : SeedSequence
    correlation : RankCorrelation or None
    terms : ndarray of bool, shape (T,), or None
        Which stakes have to be drawn.
    bins : Bins or None
        None in the pilot that lays them.
    keep : Parts or None
    """

    talks: Negotiation
    packages: tuple[Package, ...]
    criteria: tuple[Criterion, ...]
    applies: BoolArray
    chunks: Chunks
    method: Method
    seed: Seed
    correlation: RankCorrelation | None = None
    terms: BoolArray | None = None
    bins: Bins | None = field(default=None, metadata={"derived": True})  # follows from the rest
    keep: Parts | None = None

    @property
    def shape(self) -> tuple[int, int, int]:
        """``C``, ``D`` and ``Q``."""
        return len(self.criteria), len(self.packages), self.applies.shape[1]

    def __call__(self, chunk: int, rng: np.random.Generator) -> dict[str, Array]:
        """See `Books.as_result`."""
        assert self.bins is not None
        codes = self.talks.codes(self.packages)
        books = Books.empty(int(np.prod(self.shape)))
        with_parts = None if self.keep is None else self.keep.part(chunk)
        try:
            for draws in self._pieces(chunk, rng):
                found = []
                for c, criterion in enumerate(self.criteria):
                    margins = self._judged(criterion, self.applies[c], codes, draws)
                    books.count(margins, self.bins, slice(c * margins.shape[1], (c + 1) * margins.shape[1]))
                    if with_parts is not None:
                        found.append(margins)
                books.draws[0] += len(draws)
                if with_parts is not None:
                    with_parts.write(draws, np.concatenate(found, axis=1))
        except BaseException:
            if with_parts is not None:
                with_parts.discard()
            raise
        if with_parts is not None:
            with_parts.finish()
        return books.as_result(self.chunks.place(chunk)[0])

    def _pieces(self, chunk: int, rng: np.random.Generator) -> Iterator[Draws]:
        """The blocks, or with very many packages parts of them, so that margins take little memory."""
        step = max(64, MOST_MARGINS // (self.shape[1] * self.shape[2]))
        for draws in self.blocks(chunk, rng):
            if len(draws) <= step:
                yield draws
            else:
                yield from (draws.part(slice(first, first + step)) for first in range(0, len(draws), step))

    def blocks(self, chunk: int, rng: np.random.Generator) -> Iterator[Draws]:
        """The draws of a chunk, some thousands at a time."""
        scrambling, start, n = self.chunks.place(chunk)
        if self.method == "independent":
            for first in range(0, n, BLOCK):
                yield draw_stakes(
                    self.talks, min(BLOCK, n - first), rng=rng, terms=self.terms, correlation=self.correlation
                )
            return
        from scipy.stats import qmc

        columns = n_uncertain(self.talks)
        sequence = qmc.Sobol(max(columns, 1), scramble=True, rng=generator(self.seed, scrambling, 1))
        if start:
            sequence.fast_forward(start)
        for first in range(0, n, BLOCK):
            with warnings.catch_warnings():  # that one point is no power of two; chunks together are
                warnings.simplefilter("ignore", UserWarning)
                uniforms = sequence.random(min(BLOCK, n - first))[:, :columns]
            yield draws_from_uniforms(self.talks, uniforms, self.method, self.terms, self.correlation)

    def with_bins(self, pilot: int) -> EnsembleWork:
        """Bins laid by so many independent draws of a stream of their own."""
        codes = self.talks.codes(self.packages)
        draws = draw_stakes(
            self.talks, pilot, rng=generator(self.seed, 0, 0), terms=self.terms, correlation=self.correlation
        )
        margins = [
            self._judged(criterion, row, codes, draws)
            for criterion, row in zip(self.criteria, self.applies, strict=True)
        ]
        return replace(self, bins=Bins.around(np.concatenate(margins, axis=1)))

    def _judged(self, criterion: Criterion, applies: BoolArray, codes: IntArray, draws: Draws) -> Array:
        """Margins (S, D × Q) by one criterion, piece by piece where each draw is work of its own."""
        if not is_slow(criterion, self.talks):
            return party_margins(criterion, self.talks, codes, draws, applies).reshape(len(draws), -1)
        step = max(1, SLOW_BLOCK // len(codes))
        parts = [draws.part(slice(first, first + step)) for first in range(0, len(draws), step)]
        found = [party_margins(criterion, self.talks, codes, part, applies) for part in parts]
        return np.concatenate(found).reshape(len(draws), -1)


def party_margins(criterion: Criterion, talks: Negotiation, codes: IntArray, draws: Draws, applies: BoolArray) -> Array:
    """Margins for every party together and for each, shape (S, D, Q); NaN where the criterion does not apply."""
    out = np.full((len(draws), len(codes), len(applies)), np.nan)
    parties = np.flatnonzero(applies[1:])
    if isinstance(criterion, PartyCriterion) and applies.any():
        margins = criterion.party_margins(talks, codes, draws=draws)
        out[..., 1 + parties] = margins[..., parties]
        if applies[0]:
            out[..., 0] = margins[..., parties].min(axis=-1)
        return out
    for q in np.flatnonzero(applies):
        out[..., q] = criterion.margins(talks, codes, draws=draws, party=None if q == 0 else talks.party_names[q - 1])
    return out


def is_slow(criterion: Criterion, talks: Negotiation) -> bool:
    """Whether each draw is a piece of work of its own, milliseconds and not microseconds, unless the criterion knows better."""
    says = getattr(criterion, "judges_draws_together", None)
    return not (says and says(talks))
