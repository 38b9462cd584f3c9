"""Every draw, kept on request: stakes and margins as columns of Parquet files, one file a chunk."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from negotiation.arrays import Array, BoolArray
from negotiation.errors import MissingExtraError, RunDirectoryError
from negotiation.model.correlation import PARTY_QUANTITIES
from negotiation.model.draws import Draws


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the draws go, and what the columns are called.

    Parameters
    ----------
    directory : str
        Reached under this name by every process that works.
    stakes : tuple of str, length T
    parties : tuple of str, length P
    cells : tuple of str
        Names of the margins, criterion by criterion.
    wanted : ndarray of bool, shape (cells,)
        Which of them are kept: not those to which a criterion cannot be applied.
    """

    directory: str
    stakes: tuple[str, ...]
    parties: tuple[str, ...]
    cells: tuple[str, ...]
    wanted: BoolArray

    def prepare(self, *, resumes: bool) -> None:
        """Check early that it can be done, and tidy up what a killed run was just writing.

        Raises
        ------
        MissingExtraError
            Without pyarrow.
        RunDirectoryError
            It cannot be written to, or holds the draws of another run: it may hold some only of a run that is resumed.
        """
        try:
            import pyarrow.parquet  # noqa: F401
        except ImportError:
            raise MissingExtraError("keep", "pyarrow", "parquet") from None
        try:
            Path(self.directory).mkdir(parents=True, exist_ok=True)
            for leftover in Path(self.directory).glob(".writing-*"):
                leftover.unlink()
        except OSError as error:
            raise RunDirectoryError(f"cannot keep draws in {self.directory!r}: {error.strerror}.") from error

        if not resumes and any(Path(self.directory).glob("part-*.parquet")):
            raise RunDirectoryError(
                f"{self.directory!r} holds draws of an earlier run; give another directory to keep these in, or delete those."
            )

    def missing(self, n_chunks: int) -> tuple[str, ...]:
        """A note when not every file is there: deleted since, or written where this process does not see it."""
        absent = [k for k in range(n_chunks) if not self.part(k).path.exists()]
        if not absent:
            return ()
        return (
            f"{len(absent)} of {n_chunks} files of draws are not in {self.directory!r}; the summaries count all draws.",
        )

    def part(self, chunk: int) -> Part:
        """The file of a chunk, to be written."""
        return Part(self, Path(self.directory) / f"part-{chunk:08d}.parquet")


class Part:
    """One file, which takes its name when it is whole."""

    def __init__(self, parts: Parts, path: Path) -> None:
        self._parts, self.path = parts, path
        self._partial = path.with_name(f".writing-{path.name}-{os.getpid()}")
        self._writer: Any = None

    def write(self, draws: Draws, margins: Array) -> None:
        """Add a block of draws."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pa.table(self._columns(draws, margins))
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._partial, table.schema)
        self._writer.write_table(table)

    def finish(self) -> None:
        """Give it its name."""
        self._writer.close()
        self._partial.replace(self.path)

    def discard(self) -> None:
        """Leave nothing behind."""
        if self._writer is not None:
            self._writer.close()
        self._partial.unlink(missing_ok=True)

    def _columns(self, draws: Draws, margins: Array) -> dict[str, Array]:
        parts = self._parts
        columns = {name: draws.values[:, t] for t, name in enumerate(parts.stakes)}
        for quantity in PARTY_QUANTITIES:
            drawn: Array = getattr(draws, quantity)
            columns |= {
                f"{party}: {quantity}": drawn[:, p]
                for p, party in enumerate(parts.parties)
                if not np.isnan(drawn[:, p]).all()
            }
        return columns | {name: margins[:, c] for c, name in enumerate(parts.cells) if parts.wanted[c]}
