"""Work in chunks: the same answer whoever does it, and what happens when something goes wrong."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import negotiation as ng
from negotiation.runs import workers
from negotiation.runs.progress import Bar
from negotiation.runs.result import Stop
from negotiation.runs.seeds import as_seed, generator

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers need not import a test module

SEED = as_seed(20250610)[0]


@dataclass(frozen=True)
class Sums:
    """A sum of floats, in which any other order of chunks or stream would show."""

    each: int = 100

    def __call__(self, chunk: int, rng: np.random.Generator) -> dict[str, Any]:
        return {"sum": rng.standard_normal(self.each).sum() * 10.0 ** (chunk % 7)}


@dataclass(frozen=True)
class DiesOnce:
    """The first process that takes up the chunk is killed, as by the system when memory runs out."""

    marker: str
    chunk: int = 3
    always: bool = False

    def __call__(self, chunk: int, rng: np.random.Generator) -> dict[str, Any]:
        here = Path(self.marker)
        if chunk == self.chunk and (self.always or not here.exists()):
            here.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return Sums()(chunk, rng)


def total(state: float | None, result: dict[str, Any]) -> float:
    return (state or 0.0) + float(result["sum"])


def run(**options: Any) -> ng.Run:
    options = {"work": Sums(), "n_chunks": 20, "seed": SEED, "merge": total, "progress": None, **options}
    return ng.run_chunks(options.pop("work"), options.pop("n_chunks"), **options)


EXPECTED = run().value


class Backwards(Executor):
    """Finishes chunks in the reverse of the order in which they were begun, a few at a time."""

    _max_workers = 3

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[Any], Any, tuple[Any, ...]]] = []

    def submit(self, function: Any, /, *arguments: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.waiting.append((future, function, arguments))
        threading.Timer(0.01, self.finish_last).start()
        return future

    def finish_last(self) -> None:
        future, function, arguments = self.waiting.pop()
        future.set_result(function(*arguments))


def test_the_same_to_the_bit_on_any_executor() -> None:
    """Here, in threads, in processes of ours or given, and finished in another order."""
    assert run(executor=1).value == EXPECTED
    assert run(executor=2).value == EXPECTED
    assert run(executor=Backwards()).value == EXPECTED
    with ThreadPoolExecutor(3) as threads:
        assert run(executor=threads).value == EXPECTED


def test_processes_start_by_themselves_once_that_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first chunk is timed here; what is left goes to processes."""
    monkeypatch.setattr(workers, "PAYS", 0.0)
    monkeypatch.setattr(workers, "n_cores", lambda: 2)
    where = ng.run_chunks(lambda chunk, rng: os.getpid(), 6, seed=SEED, progress=None).value
    assert where[0] == os.getpid()
    assert os.getpid() not in where[1:]


def test_a_killed_process_is_replaced(tmp_path: Path) -> None:
    answer = run(work=DiesOnce(str(tmp_path / "marker")), executor=2)
    assert answer.value == EXPECTED
    assert "process died" in answer.notes[0]


def test_a_given_pool_that_breaks_is_replaced(tmp_path: Path) -> None:
    """A pool of the standard library takes nothing more once a process has died."""
    import multiprocessing

    work = DiesOnce(str(tmp_path / "marker"))
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        answer = run(work=work, executor=pool)
    assert answer.value == EXPECTED
    assert "did the rest" in answer.notes[0]


def test_a_chunk_that_always_kills_is_named(tmp_path: Path) -> None:
    with pytest.raises(ng.WorkerLostError, match="died 3 times"):
        run(work=DiesOnce(str(tmp_path / "marker"), chunk=0, always=True), n_chunks=2, executor=2)


def test_a_mistake_in_the_work_is_raised_as_it_is() -> None:
    def work(chunk: int, rng: np.random.Generator) -> float:
        return 1 / (chunk - 2)

    for executor in (None, 2):
        with pytest.raises(ZeroDivisionError) as caught:
            ng.run_chunks(work, 5, seed=SEED, executor=executor, progress=None)
        assert "in chunk 2 of 5" in caught.value.__notes__


def test_errors_of_ours_come_back_whole_from_other_processes() -> None:
    def work(chunk: int, rng: np.random.Generator) -> None:
        raise ng.UnknownNameError("issue", "ethan", ["ethane"])

    with pytest.raises(ng.UnknownNameError, match="Did you mean 'ethane'") as caught:
        ng.run_chunks(work, 3, seed=SEED, executor=2, progress=None)
    assert (caught.value.kind, caught.value.name) == ("issue", "ethan")
    for name in ng.errors.__all__:
        kind = getattr(ng.errors, name)
        error = kind.__new__(kind, "what is wrong")
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again)) == (kind, "what is wrong")


def test_a_deadline_gives_the_chunks_before_the_first_gap() -> None:
    def work(chunk: int, rng: np.random.Generator) -> int:
        time.sleep(0.02)
        return chunk

    for executor in (1, ThreadPoolExecutor(2)):
        answer = ng.run_chunks(work, 10_000, seed=SEED, executor=executor, deadline=0.2, progress=None)
        assert not answer.is_complete
        assert answer.stop is Stop.DEADLINE
        assert answer.value == list(range(answer.done))
        assert 0 < answer.done < 10_000
        assert "a part only: the deadline passed" in str(answer)


def test_ctrl_c_gives_a_part() -> None:
    def work(chunk: int, rng: np.random.Generator) -> int:
        if chunk == 5:
            raise KeyboardInterrupt
        return chunk

    answer = ng.run_chunks(work, 10, seed=SEED, progress=None)
    assert (answer.stop, answer.value) == (Stop.INTERRUPTED, [0, 1, 2, 3, 4])


def test_memory_stays_flat_behind_a_slow_chunk() -> None:
    """While the first chunk is under way, no more than a window of others is taken up."""
    taken: list[int] = []
    release = threading.Event()

    def work(chunk: int, rng: np.random.Generator) -> int:
        taken.append(chunk)
        if chunk == 0:
            release.wait(5)
        return chunk

    with ThreadPoolExecutor(2) as threads:
        threading.Timer(0.3, lambda: (ahead.append(len(taken)), release.set())).start()
        ahead: list[int] = []
        answer = ng.run_chunks(work, 1000, seed=SEED, executor=threads, progress=None)
    assert answer.value == list(range(1000))
    assert ahead[0] <= 5 * 8


@given(order=st.permutations(range(6)))
def test_streams_depend_on_the_seed_and_the_position_only(order: list[int]) -> None:
    """A chunk's numbers are those of the spawned child of that number, whatever was drawn before."""
    spawned = [np.random.default_rng(child).random() for child in np.random.SeedSequence(5).spawn(6)]
    assert {k: generator(as_seed(5)[0], k).random() for k in order} == dict(enumerate(spawned))


def test_seeds() -> None:
    rng = np.random.default_rng(1)
    assert as_seed(rng)[0].entropy != as_seed(rng)[0].entropy
    assert as_seed(np.random.default_rng(1))[0].entropy == as_seed(np.random.default_rng(1))[0].entropy
    assert "seed 0" in as_seed(None)[1][0]
    for bad in (1.5, True, "1", np.random.RandomState(1)):
        with pytest.raises(ng.WrongTypeError, match="whole number as a seed"):
            as_seed(bad)  # type: ignore[arg-type]
    with pytest.raises(ng.ParameterError, match="from 0"):
        as_seed(-1)


def test_what_cannot_be_sent_is_said_so() -> None:
    lock = threading.Lock()
    with pytest.raises(ng.WrongTypeError, match="cannot be sent to other processes"):
        ng.run_chunks(lambda chunk, rng: lock.locked(), 2, seed=SEED, executor=2, progress=None)


def test_bad_arguments() -> None:
    for n in (0, -1, 2.5, True):
        with pytest.raises(ng.ParameterError, match="number of chunks"):
            run(n_chunks=n)
    with pytest.raises(ng.ParameterError, match="deadline"):
        run(deadline=0)
    with pytest.raises(ng.ParameterError, match="number of processes"):
        run(executor=0)
    for bad in ("two", True, 2.0):
        with pytest.raises(ng.WrongTypeError, match="executor must be"):
            run(executor=bad)
    with pytest.raises(ng.WrongTypeError, match="progress must be"):
        run(progress="yes")


def test_progress_is_told_and_silent_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    told: list[tuple[int, int]] = []
    run(progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (20, 20)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    run(progress="auto")
    assert capsys.readouterr().err == ""


def test_a_bar_shows_share_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 0.5, 2.0, 2.1, 10.0])
    monkeypatch.setattr("negotiation.runs.progress.time.monotonic", lambda: next(clock))
    shown: list[str] = []
    bar = Bar(shown.append)
    for done in (0, 2, 6, 7, 24):
        bar(done, 24)
    bar.close()
    assert shown == [
        "[#####---------------]  25%  6/24 chunks, 6 s left",
        "[####################] 100%  24/24 chunks, 0 s left",
        "",
    ]
