"""Dask distributed for real: a scheduler and worker processes on this machine, one of them killed in the middle."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import pytest

import negotiation as ng
from negotiation.analysis.ensembles import ensemble as door
from negotiation.runs.seeds import as_seed

distributed = pytest.importorskip("distributed")
cloudpickle.register_pickle_by_value(sys.modules[__name__])

SEED = as_seed(11)[0]
# Sockets of killed processes are closed by the garbage collector, which says so.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@dataclass(frozen=True)
class Sums:
    """Sums of floats; the process that first takes up a marked chunk is killed by the system."""

    marker: str = ""

    def __call__(self, chunk: int, rng: np.random.Generator) -> dict[str, Any]:
        if self.marker and chunk == 7 and not Path(self.marker).exists():
            Path(self.marker).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return {"sum": rng.standard_normal(500).sum() * 10.0 ** (chunk % 5), "process": os.getpid()}


def listed(state: list[dict[str, Any]] | None, result: dict[str, Any]) -> list[dict[str, Any]]:
    return [*(state or []), result]


def total(answer: ng.Run) -> float:
    return float(np.add.reduce([part["sum"] for part in answer.value]))


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """A scheduler and two worker processes on loopback, each watched by a nanny that starts a killed one again."""
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1", silence_logs=50
    )
    with cluster, distributed.Client(cluster) as client:
        yield client


def run(work: Sums, **options: Any) -> ng.Run:
    return ng.run_chunks(work, 24, seed=SEED, merge=listed, progress=None, **options)


def test_the_same_to_the_bit_on_several_processes(client: Any) -> None:
    alone = run(Sums(), executor=1)
    for executor in (client.get_executor(), client):
        there = run(Sums(), executor=executor)
        assert total(there) == total(alone)
        processes = {int(part["process"]) for part in there.value}
        assert os.getpid() not in processes
        assert len(processes) == 2


def test_a_worker_killed_in_the_middle_changes_nothing(client: Any, tmp_path: Path) -> None:
    """Dask gives the lost chunk to another worker; the one killed is started again."""
    there = run(Sums(str(tmp_path / "marker")), executor=client.get_executor())
    assert (tmp_path / "marker").exists()
    assert there.is_complete
    assert total(there) == total(run(Sums(), executor=1))


def test_an_ensemble_on_a_cluster_kept_and_resumed_here(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begun on the cluster, interrupted, finished in this process: what this process alone would have said."""
    monkeypatch.setattr(door, "CHUNK", 200)
    talks = ng.london_2025()
    packages = [talks.package("ethane", "samarium"), talks.package("ethane", "eda_software", "samarium")]

    def stop(done: int, total: int) -> None:
        if 3 <= done < total:
            raise KeyboardInterrupt

    options: dict[str, Any] = {"draws": 2000, "rng": 4}
    alone = ng.ensemble(talks, packages, executor=1, progress=None, **options)
    begun = ng.ensemble(talks, packages, executor=client, directory=tmp_path, progress=stop, **options)
    assert not begun.is_complete
    resumed = ng.ensemble(talks, packages, executor=1, directory=tmp_path, progress=None, **options)
    assert resumed.run.resumed >= 3
    assert np.array_equal(resumed.books.sums, alone.books.sums)
    assert np.array_equal(resumed.books.histogram, alone.books.histogram)


def test_a_mistake_in_the_work_comes_back_as_it_is(client: Any) -> None:
    def work(chunk: int, rng: np.random.Generator) -> float:
        return 1 / (chunk - 3)

    with pytest.raises(ZeroDivisionError):
        ng.run_chunks(work, 6, seed=SEED, executor=client, progress=None)
