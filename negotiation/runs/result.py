"""What a run in chunks gives back: the merged value, and how much of the work stands behind it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Stop(StrEnum):
    """Why a run ended."""

    COMPLETE = "all chunks are done"
    DEADLINE = "the deadline passed"
    INTERRUPTED = "it was interrupted"


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A run in chunks.

    Parameters
    ----------
    value : object
        What `merge` made of the chunks, from the first on without a gap; None when there was no time for any.
    done, n_chunks : int
        How many chunks stand behind it, and how many there are.
    stop : Stop
    resumed : int
        How many of them were read from the directory.
    notes : tuple of str
        Chunks done again because a file was torn or a worker died, an executor replaced.
    """

    value: Any
    done: int
    n_chunks: int
    stop: Stop
    resumed: int = 0
    notes: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return self.stop is Stop.COMPLETE

    def __str__(self) -> str:
        part = "" if self.is_complete else f", a part only: {self.stop}"
        read = f", {self.resumed:,} of them from the directory" if self.resumed else ""
        lines = [f"{self.done:,} of {self.n_chunks:,} chunks{read}{part}"]
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__
