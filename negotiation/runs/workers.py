"""Who does the chunks: this process, processes of ours, or any executor of the user's, Dask's included."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import sys
import time
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any, Protocol, cast

from negotiation.errors import ParameterError, WrongTypeError
from negotiation.runs.seeds import Seed, generator

# Seconds of work left, as far as can be told, from which processes of ours are worth starting.
PAYS = 4.0
# One thread for each process's linear algebra: chunks are the parallel part.
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class Crew(Protocol):
    """Takes chunks and gives futures."""

    notes: list[str]

    @property
    def room(self) -> int:
        """How many chunks to have under way at a time."""

    def submit(self, chunk: int, left: int) -> Future[Any]:
        """Begin a chunk; `left` are still to do, this one included."""

    def replace_lost(self) -> None:
        """Go on after processes have died."""

    def close(self) -> None:
        """Stop, without waiting for what is under way."""


def as_crew(executor: Executor | int | None, work: Any, seed: Seed) -> Crew:
    """The crew for an `executor` argument: None, a number of processes, an executor, or a Dask client."""
    if executor is None:
        return Here(work, seed, may_grow=True)
    if isinstance(executor, int) and not isinstance(executor, bool):
        if executor < 1:
            raise ParameterError(f"executor is a number of processes from 1, not {executor}.")
        return Here(work, seed) if executor == 1 else Processes(work, seed, executor)
    if hasattr(
        executor, "get_executor"
    ):  # a Dask client, tasks of which have side effects nowhere but may die anywhere
        executor = executor.get_executor(pure=False)
    if isinstance(executor, ThreadPoolExecutor):
        return Threads(work, seed, executor)
    if not callable(getattr(executor, "submit", None)):
        raise WrongTypeError(
            f"executor must be None, a number of processes, or an executor such as concurrent.futures.ProcessPoolExecutor "
            f"or dask's client.get_executor(), not {executor!r}."
        )
    return Others(work, seed, cast(Executor, executor))


class Here:
    """Chunks done in this process, one after the other; by processes of ours once that pays, if it may grow."""

    def __init__(self, work: Any, seed: Seed, *, may_grow: bool = False) -> None:
        self._work, self._seed = work, seed
        self._may_grow = may_grow and not multiprocessing.current_process().daemon
        self._slowest = 0.0
        self._grown: Processes | None = None
        self.notes: list[str] = []

    @property
    def room(self) -> int:
        """See `Crew`."""
        return 1 if self._grown is None else self._grown.room

    def submit(self, chunk: int, left: int) -> Future[Any]:
        """See `Crew`."""
        if self._grown is None and self._may_grow and self._slowest * left > PAYS and (cores := n_cores()) > 1:
            self._grown = Processes(self._work, self._seed, min(cores, left))
        if self._grown is not None:
            return self._grown.submit(chunk, left)
        start = time.monotonic()
        future: Future[Any] = Future()
        try:
            future.set_result(done_here(self._work, self._seed, chunk))
        except Exception as error:
            future.set_exception(error)
        self._slowest = max(self._slowest, time.monotonic() - start)
        return future

    def replace_lost(self) -> None:
        """See `Crew`."""
        if self._grown is not None:
            self._grown.replace_lost()

    def close(self) -> None:
        """See `Crew`."""
        if self._grown is not None:
            self._grown.close()


class Threads:
    """A pool of threads, which need nothing sent."""

    def __init__(self, work: Any, seed: Seed, pool: ThreadPoolExecutor) -> None:
        self._work, self._seed, self._pool = work, seed, pool
        self.notes: list[str] = []

    @property
    def room(self) -> int:
        """See `Crew`."""
        return 2 * _n_workers(self._pool)

    def submit(self, chunk: int, left: int) -> Future[Any]:
        """See `Crew`."""
        return self._pool.submit(done_here, self._work, self._seed, chunk)

    def replace_lost(self) -> None:
        """See `Crew`; threads are not lost."""

    def close(self) -> None:
        """See `Crew`; the pool stays its owner's."""


class Shipped:
    """Work made ready to be sent: pickled once, by value where it was written in a notebook."""

    def __init__(self, work: Any, seed: Seed) -> None:
        import cloudpickle

        try:
            self._data = cloudpickle.dumps((work, seed))
        except (TypeError, ValueError, AttributeError, RecursionError) as error:
            raise WrongTypeError(
                f"the work cannot be sent to other processes ({error}); leave out what cannot be pickled, such as open files "
                "and locks, or use executor=1."
            ) from error
        self._name = hashlib.sha256(self._data).hexdigest()

    def to(self, executor: Executor, chunk: int) -> Future[Any]:
        """Begin a chunk; an executor that is broken already gives a future that says so."""
        try:
            return executor.submit(do_chunk, self._name, self._data, chunk)
        except BrokenExecutor as error:
            future: Future[Any] = Future()
            future.set_exception(error)
            return future


class Processes:
    """Processes of ours: they start clean, need no ``if __name__ == "__main__"``, and are replaced when they die."""

    def __init__(self, work: Any, seed: Seed, workers: int) -> None:
        self._shipped, self._workers = Shipped(work, seed), workers
        self._pool = self._new()
        self.notes: list[str] = []

    @property
    def room(self) -> int:
        """See `Crew`."""
        return self._workers + 1

    def submit(self, chunk: int, left: int) -> Future[Any]:
        """See `Crew`."""
        return self._shipped.to(self._pool, chunk)

    def replace_lost(self) -> None:
        """See `Crew`."""
        self._pool.shutdown(wait=False)
        self._pool = self._new()

    def close(self) -> None:
        """See `Crew`."""
        self._pool.shutdown(wait=True, kill_workers=True)

    def _new(self) -> Any:
        from loky import ProcessPoolExecutor

        return ProcessPoolExecutor(self._workers, env=_ONE_THREAD)


class Others:
    """Somebody else's executor; where it is broken for good, processes of ours take over."""

    def __init__(self, work: Any, seed: Seed, executor: Executor) -> None:
        self._shipped, self._executor = Shipped(work, seed), executor
        self._work, self._seed = work, seed
        self._instead: Processes | None = None
        self.notes: list[str] = []

    @property
    def room(self) -> int:
        """See `Crew`."""
        if self._instead is not None:
            return self._instead.room
        return 2 * _n_workers(self._executor) + 1

    def submit(self, chunk: int, left: int) -> Future[Any]:
        """See `Crew`."""
        return self._shipped.to(self._executor, chunk) if self._instead is None else self._instead.submit(chunk, left)

    def replace_lost(self) -> None:
        """See `Crew`."""
        if self._instead is not None:
            self._instead.replace_lost()
        elif getattr(self._executor, "_broken", False):  # of a pool in the standard library: it takes nothing any more
            workers = min(n_cores(), _n_workers(self._executor))
            self.notes.append(f"the executor given broke; {workers} processes of this machine did the rest.")
            self._instead = Processes(self._work, self._seed, workers)

    def close(self) -> None:
        """See `Crew`."""
        if self._instead is not None:
            self._instead.close()


def is_loss(error: BaseException) -> bool:
    """Whether an error says that a worker died, and nothing about the work."""
    dask = ("KilledWorker", "FutureCancelledError", "FuturesCancelledError")
    theirs = type(error).__module__.startswith("distributed") and type(error).__name__ in dask
    return bool(theirs) or isinstance(error, BrokenExecutor | CancelledError)


def do_chunk(name: str, data: bytes, chunk: int) -> Any:
    """What a worker does."""
    work, seed = _unpacked(name, data)
    return done_here(work, seed, chunk)


def done_here(work: Any, seed: Seed, chunk: int) -> Any:
    """A chunk, with one thread for linear algebra: more would add in another order, and chunks are the parallel part."""
    with one_thread():
        return work(chunk, generator(seed, chunk))


def one_thread() -> AbstractContextManager[Any]:
    """While it lasts, linear algebra uses one thread of each process."""
    limits: AbstractContextManager[Any] = _libraries("scipy.linalg" in sys.modules).limit(limits=1)
    return limits


@lru_cache
def _libraries(with_scipy: bool) -> Any:
    """The linear algebra loaded, looked up once before and once after scipy brings its own: that takes milliseconds."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


@lru_cache(maxsize=4)
def _unpacked(name: str, data: bytes) -> Any:
    import pickle

    return pickle.loads(data)  # our own, sent by the process that started the run


def n_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def _n_workers(executor: Any) -> int:
    """How many chunks an executor does at a time, as far as it says."""
    client = getattr(executor, "_client", None)
    if client is not None and hasattr(client, "nthreads"):
        return max(1, int(sum(client.nthreads().values())))
    workers: int = getattr(executor, "_max_workers", 0)
    return workers or n_cores()
