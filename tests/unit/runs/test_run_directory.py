"""The run directory: kept, resumed after kill -9, sealed, locked, and clear about what is wrong with it."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import negotiation as ng
from negotiation.runs.checkpoint import Job, opened
from negotiation.runs.fingerprint import fingerprint
from negotiation.runs.seeds import as_seed

SEED = as_seed(3)[0]
SCRIPT = """
import sys, time
from pathlib import Path
import negotiation as ng
from negotiation.runs.seeds import as_seed

def work(chunk, rng):
    if chunk >= int(sys.argv[2]):
        Path(sys.argv[1] + ".slow").touch()
        time.sleep(60)
    return {"sum": rng.standard_normal(1000).sum(), "chunk": chunk}

def merge(state, result):
    return (state or 0.0) * 0.999 + float(result["sum"])

run = ng.run_chunks(work, 12, seed=as_seed(3)[0], merge=merge, executor=int(sys.argv[3]), directory=sys.argv[1], progress=None)
print(run.value.hex(), run.resumed)
"""


@dataclass(frozen=True)
class Draw:
    """A few numbers."""

    n: int = 4

    def __call__(self, chunk: int, rng: np.random.Generator) -> dict[str, Any]:
        return {"numbers": rng.random(self.n), "chunk": chunk}


def run(directory: Path, n_chunks: int = 5, work: Any = None, **options: Any) -> ng.Run:
    return ng.run_chunks(work or Draw(), n_chunks, directory=directory, **{"seed": SEED, "progress": None, **options})


def numbers(answer: ng.Run) -> list[list[float]]:
    return [np.asarray(part["numbers"]).tolist() for part in answer.value]


EXPECTED = numbers(ng.run_chunks(Draw(), 5, seed=SEED, progress=None))


def script(directory: Path, last: int, workers: int) -> subprocess.Popen[str]:
    """The same job in a process of its own; from chunk `last` on, chunks take a minute."""
    code = [sys.executable, "-c", SCRIPT, str(directory), str(last), str(workers)]
    return subprocess.Popen(code, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


@pytest.mark.parametrize("workers", [1, 2])
def test_kill_9_and_resume_gives_the_same_to_the_bit(tmp_path: Path, workers: int) -> None:
    """A run killed in the middle, then run again, says what an undisturbed one says; its lock died with it."""
    undisturbed = script(tmp_path / "whole", 99, 1).communicate(timeout=60)[0].split()
    killed = script(tmp_path / "killed", 7, workers)
    end = time.monotonic() + 30
    while not (tmp_path / "killed.slow").exists() and time.monotonic() < end:
        time.sleep(0.02)
    with pytest.raises(ng.RunDirectoryError, match=f"in use by process {killed.pid} on"):
        run(tmp_path / "killed")
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait(10)
    try:
        kept = len(list((tmp_path / "killed").glob("chunk-*.npz")))
        assert kept == 7 if workers == 1 else 0 < kept <= 7
        resumed = script(tmp_path / "killed", 99, 1).communicate(timeout=60)[0].split()
    finally:
        with contextlib.suppress(ProcessLookupError):  # workers it leaves behind, which hold up nobody
            os.killpg(killed.pid, signal.SIGKILL)
        killed.communicate()
    assert undisturbed == [resumed[0], "0"]
    assert resumed[1] == str(kept)


def test_finished_chunks_are_read_and_not_done_again(tmp_path: Path) -> None:
    first = run(tmp_path)
    again = run(tmp_path)
    assert numbers(first) == numbers(again) == EXPECTED
    assert (first.resumed, again.resumed) == (0, 5)
    assert "5 of them from the directory" in str(again)
    with np.load(tmp_path / "chunk-00000003.npz") as file:  # a file that numpy reads by itself
        assert file["numbers"].tolist() == EXPECTED[3]
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        *(f"chunk-{k:08d}.npz" for k in range(5)),
        "lock",
        "manifest.json",
    ]


@given(data=st.data())
@settings(max_examples=60)
def test_any_damage_to_a_file_is_seen(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Cut off anywhere, any byte changed, or swapped with another chunk: the chunk is done again, the answer stays."""
    directory = tmp_path_factory.mktemp("run")
    run(directory)
    victim = directory / "chunk-00000002.npz"
    whole = victim.read_bytes()
    damage = data.draw(st.sampled_from(["cut", "flip", "swap", "empty"]))
    if damage == "cut":
        victim.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    elif damage == "flip":
        at = data.draw(st.integers(0, len(whole) - 1))
        victim.write_bytes(whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :])
    elif damage == "swap":
        victim.write_bytes((directory / "chunk-00000003.npz").read_bytes())
    else:
        victim.write_bytes(b"")
    answer = run(directory)
    assert numbers(answer) == EXPECTED
    assert answer.resumed == 4
    assert "done again: [2]" in answer.notes[0]


def test_what_a_killed_run_was_writing_is_tidied_up(tmp_path: Path) -> None:
    (tmp_path / ".writing-chunk-00000001.npz-123").write_bytes(b"half")
    (tmp_path / "manifest.json").write_text('{"format": 1, "job"')
    assert numbers(run(tmp_path)) == EXPECTED
    assert not list(tmp_path.glob(".writing*"))
    assert json.loads((tmp_path / "manifest.json").read_text())["chunks"] == 5


def test_two_runs_at_once_are_refused(tmp_path: Path) -> None:
    with opened(tmp_path, Job(Draw(), SEED, 5)), pytest.raises(ng.RunDirectoryError, match="in use by this process"):
        run(tmp_path)
    assert numbers(run(tmp_path)) == EXPECTED


def test_a_stale_lock_file_holds_nobody_up(tmp_path: Path) -> None:
    """The number of a process that is alive (ours) or long gone makes no difference."""
    for pid in (os.getpid(), 4_000_000):
        (tmp_path / "lock").write_text(f"process {pid} on here")
        assert numbers(run(tmp_path)) == EXPECTED


def test_another_job_is_refused_and_the_difference_named(tmp_path: Path) -> None:
    run(tmp_path)
    for options, message in [
        ({"work": Draw(5)}, "n is 4 there and 5 here"),
        ({"seed": as_seed(4)[0]}, r"seed is \[3, \[\]\] there and \[4, \[\]\] here"),
        ({"n_chunks": 6}, "chunks is 5 there and 6 here"),
        ({"work": lambda chunk, rng: {"numbers": 1}}, "work is Draw there and"),
    ]:
        with pytest.raises(ng.RunDirectoryError, match=message):
            run(tmp_path, **options)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    manifest["versions"]["numpy"] = "1.0"
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ng.RunDirectoryError, match=r"numpy is 1\.0 there"):
        run(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({**manifest, "format": 99}))
    with pytest.raises(ng.RunDirectoryError, match="another layout"):
        run(tmp_path)


def test_a_directory_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(ng.RunDirectoryError, match=r"holds 'thesis.tex', which no run has written"):
        run(tmp_path)


def test_a_place_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ng.RunDirectoryError, match="cannot write to the run directory"):
        run(tmp_path / "file" / "run")


def test_a_full_disk_is_said_and_the_rest_goes_on_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = [4]
    fsync = os.fsync

    def full(file: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(file)

    with monkeypatch.context() as patch:
        patch.setattr("negotiation.runs.checkpoint.os.fsync", full)
        with pytest.raises(ng.RunDirectoryError, match=r"No space left on device\. Chunks finished before are safe"):
            run(tmp_path)
    assert not list(tmp_path.glob(".writing*"))
    answer = run(tmp_path)
    assert (numbers(answer), answer.resumed) == (EXPECTED, 1)


def test_only_arrays_can_be_kept(tmp_path: Path) -> None:
    for work, message in [(lambda k, rng: 1.0, "mapping of names"), (lambda k, rng: {"x": object()}, "not objects")]:
        with pytest.raises(ng.WrongTypeError, match=message):
            run(tmp_path / message, work=work)


def test_fingerprints_tell_jobs_apart_and_nothing_else() -> None:
    talks = ng.london_2025()
    assert fingerprint(talks) == fingerprint(ng.london_2025())
    assert fingerprint(talks) != fingerprint(talks.with_party("US", detection_lag=7))
    assert fingerprint(np.arange(3)) != fingerprint(np.arange(3.0))
    assert fingerprint([1, "1", 1.0, True, None]) != fingerprint(["1", 1, 1.0, True, None])
    assert fingerprint((["a"], "b")) != fingerprint((["a", "b"],))
    two, three = ((lambda x, n=n: x + n) for n in (2, 3))
    assert fingerprint(two) != fingerprint(three)
    assert fingerprint({3, 1, 2}) == fingerprint({2, 3, 1})
    with pytest.raises(ng.WrongTypeError, match="cannot be part of a job"):
        fingerprint(iter([]))
