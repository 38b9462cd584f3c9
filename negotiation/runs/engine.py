"""Run a job chunk by chunk: give out, collect, merge in order, keep, and go on after losses."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import ExitStack
from typing import Any, Literal

from negotiation.errors import ParameterError, WorkerLostError
from negotiation.runs.checkpoint import Job, RunDirectory, opened
from negotiation.runs.progress import Bar, Progress, as_progress
from negotiation.runs.result import Run, Stop
from negotiation.runs.seeds import Seed
from negotiation.runs.workers import Crew, as_crew, is_loss

Work = Callable[..., Any]
Merge = Callable[[Any, Any], Any]

# How often a chunk may be lost with the process that worked on it before the chunk itself is suspected.
MOST_LOSSES = 3
# How far ahead of the first unfinished chunk others may be, times those under way: what waits to be merged takes memory.
AHEAD = 8


def run_chunks(
    work: Work,
    n_chunks: int,
    *,
    seed: Seed,
    merge: Merge | None = None,
    executor: Executor | int | None = None,
    directory: str | os.PathLike[str] | None = None,
    deadline: float | None = None,
    progress: Progress | Literal["auto"] | None = "auto",
) -> Run:
    """Do a job in chunks, with the same result to the bit whoever does them in whatever order.

    Parameters
    ----------
    work : callable
        ``work(chunk, rng)`` gives the result of one chunk from its position and a generator of its own. It has to be
        picklable, and is best a frozen dataclass whose fields are the arguments of the job.
    n_chunks : int
    seed : numpy.random.SeedSequence
        Chunk ``k`` gets the stream spawned at position ``k``.
    merge : callable, optional
        ``merge(state, result)`` gives the next state; called in the order of the chunks, first with None. Without it the
        value is the list of results.
    executor : int, concurrent.futures.Executor, dask client, optional
        So many processes of this machine, or any executor, ``client.get_executor()`` of Dask included. Unless given, chunks
        are done here, and by a process a core once more than about 4 seconds of work are left.
    directory : path, optional
        Where finished chunks are kept, new or of this very job. Results are then mappings of names to arrays.
    deadline : float, optional
        Seconds after which what is done is returned; a chunk that has begun in this process is finished first.
    progress : "auto", callable or None
        Called as ``progress(chunks_done, chunks_in_all)``; ``"auto"`` shows a bar in terminals and notebooks.

    Returns
    -------
    Run
        The value of all chunks; after the deadline or Ctrl-C of those before the first gap, so that no chunk is left out
        for being slow.

    Raises
    ------
    ParameterError, WrongTypeError
        Bad arguments; an error that `work` raises is raised as it is, with the chunk named in a note.
    RunDirectoryError
        The directory is in use, of another job, or cannot be written to.
    WorkerLostError
        The processes that worked on some chunk died three times.

    Examples
    --------
    >>> from negotiation.runs.engine import run_chunks
    >>> from negotiation.runs.seeds import as_seed
    >>> def heads(chunk, rng):
    ...     return int((rng.random(1000) < 0.5).sum())
    >>> run_chunks(heads, 100, seed=as_seed(1)[0], merge=lambda state, new: new + (state or 0)).value / 100_000
    0.49702
    """
    if isinstance(n_chunks, bool) or not isinstance(n_chunks, int) or n_chunks < 1:
        raise ParameterError(f"the number of chunks is a whole number from 1, not {n_chunks!r}.")
    if deadline is not None and not deadline > 0:
        raise ParameterError(f"a deadline is a positive number of seconds, not {deadline!r}.")
    show = as_progress(progress)
    with ExitStack() as stack:
        store = None if directory is None else stack.enter_context(opened(directory, Job(work, seed, n_chunks)))
        crew = as_crew(executor, work, seed)
        stack.callback(crew.close)
        return _Course(n_chunks, crew, store, merge or _listed).run(deadline, show)


class _Course:
    """The books of one run."""

    def __init__(self, n_chunks: int, crew: Crew, store: RunDirectory | None, merge: Merge) -> None:
        self.n_chunks, self.crew, self.store, self.merge = n_chunks, crew, store, merge
        self.value: Any = None
        self.merged = 0  # all chunks before this one are in the value
        self.next = 0  # the first chunk that has not been taken up
        self.again: list[int] = []  # chunks lost with their process
        self.ready: dict[int, Any] = {}  # finished chunks after a gap
        self.under_way: dict[Future[Any], int] = {}
        self.losses: Counter[int] = Counter()
        self.resumed = 0
        self.torn: list[int] = []

    def run(self, deadline: float | None, show: Progress) -> Run:
        """Until all is merged, the deadline or Ctrl-C."""
        end = None if deadline is None else time.monotonic() + deadline
        stop = Stop.COMPLETE
        try:
            while self.merged < self.n_chunks:
                if end is not None and time.monotonic() >= end:
                    stop = Stop.DEADLINE
                    break
                self._take_up()
                self._collect(None if end is None else max(0.0, end - time.monotonic()))
                self._merge_ready(show)
        except KeyboardInterrupt:
            stop = Stop.INTERRUPTED
        finally:
            for future in self.under_way:
                future.cancel()
            if isinstance(show, Bar):
                show.close()
        return Run(self.value, self.merged, self.n_chunks, stop, self.resumed, tuple(self._notes()))

    def _take_up(self) -> None:
        """Read or begin chunks while there is room; one at a time, so that the deadline is seen in between."""
        while len(self.under_way) < self.crew.room:
            chunk = self._next_chunk()
            if chunk is None:
                return
            if chunk == self.next:
                self.next += 1
                if (kept := self._kept(chunk)) is not None:
                    self.ready[chunk] = kept
                    self.resumed += 1
                    return
            else:
                self.again.remove(chunk)
            self.under_way[self.crew.submit(chunk, self.n_chunks - chunk)] = chunk
            if self.crew.room == 1:
                return

    def _next_chunk(self) -> int | None:
        """The first to take up, unless it is too far ahead."""
        if self.again:
            return min(self.again)
        within = self.next < min(self.n_chunks, self.merged + AHEAD * self.crew.room)
        return self.next if within else None

    def _kept(self, chunk: int) -> Any:
        """A chunk from the directory, or None."""
        if self.store is None or not self.store.holds(chunk):
            return None
        result = self.store.load(chunk)
        if result is None:
            self.torn.append(chunk)
        return result

    def _collect(self, timeout: float | None) -> None:
        """Wait for a chunk and keep it; put lost ones back."""
        if not self.under_way or self.ready.keys() & {self.merged}:
            timeout = 0.0
        done = wait(self.under_way, timeout, FIRST_COMPLETED).done if self.under_way else set()
        lost = []
        for future in sorted(done, key=self.under_way.__getitem__):
            chunk = self.under_way.pop(future)
            try:
                result = future.result()
            except BaseException as error:
                if not is_loss(error):
                    error.add_note(f"in chunk {chunk} of {self.n_chunks}")
                    raise
                lost.append((chunk, error))
                continue
            if self.store is not None:
                self.store.save(chunk, result)
            self.ready[chunk] = result
        if lost:
            self._put_back(lost)

    def _put_back(self, lost: list[tuple[int, BaseException]]) -> None:
        """Have lost chunks done again, unless that has happened too often."""
        for chunk, error in lost:
            self.losses[chunk] += 1
            if self.losses[chunk] >= MOST_LOSSES:
                raise WorkerLostError(
                    f"the process that worked on chunk {chunk} died {MOST_LOSSES} times ({type(error).__name__}: {error}); often "
                    "memory ran out: take fewer processes or smaller chunks. Chunks kept in a run directory are safe."
                ) from error
            self.again.append(chunk)
        self.crew.replace_lost()

    def _merge_ready(self, show: Progress) -> None:
        while self.merged in self.ready:
            self.value = self.merge(self.value, self.ready.pop(self.merged))
            self.merged += 1
            show(self.merged, self.n_chunks)

    def _notes(self) -> list[str]:
        notes = list(self.crew.notes)
        if self.torn:
            notes.append(f"{len(self.torn)} chunk file(s) were torn or changed and have been done again: {self.torn}.")
        if self.losses:
            notes.append(f"{len(self.losses)} chunk(s) were done again because their process died.")
        return notes


def _listed(state: list[Any] | None, result: Any) -> list[Any]:
    """The merge of those who want every result."""
    return [result] if state is None else [*state, result]
