"""The run directory: a manifest that says whose it is, and one sealed file a finished chunk."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from negotiation.errors import RunDirectoryError, WrongTypeError
from negotiation.runs.fingerprint import OURS, fingerprint
from negotiation.runs.lock import DirectoryLock
from negotiation.runs.seeds import Seed

Result = Mapping[str, Any]

FORMAT = 1
SEAL_LENGTH = 64
_OWN_FILES = re.compile(r"manifest\.json|lock|chunk-\d+\.npz|\.writing-.*")


@dataclass(frozen=True, slots=True)
class Job:
    """What a run directory belongs to.

    Parameters
    ----------
    work : object
        The function of a chunk.
    seed : SeedSequence
    n_chunks : int
    """

    work: Any
    seed: Seed
    n_chunks: int

    def described(self) -> dict[str, Any]:
        """The parts of the job, each as text or as a digest, so that it can be said in which two jobs differ."""
        work = self.work
        parts: dict[str, Any] = {"work": getattr(work, "__qualname__", type(work).__qualname__)}
        if is_dataclass(work):
            parts |= {
                f.name: _short(getattr(work, f.name)) for f in fields(work) if f.compare and "derived" not in f.metadata
            }
        parts |= {"code and arguments": fingerprint(work)}
        seed = [self.seed.entropy, list(self.seed.spawn_key)]
        return {"job": parts, "seed": json.loads(json.dumps(seed, default=int)), "chunks": self.n_chunks,
                "versions": versions()}  # fmt: skip


def versions() -> dict[str, str]:
    """Of all that may change a result in its last bit."""
    return {OURS: sys.modules[OURS].__version__, "numpy": np.__version__, "scipy": version("scipy")}


class RunDirectory:
    """The finished chunks of a job, on disk. Made by `opened`."""

    def __init__(self, path: Path, seal_of: str) -> None:
        self.path, self._job = path, seal_of

    def load(self, chunk: int) -> dict[str, Any] | None:
        """A finished chunk; None where there is none, or the file is torn, changed, or another's."""
        try:
            data = self._file(chunk).read_bytes()
        except OSError:
            return None
        if len(data) < SEAL_LENGTH or data[-SEAL_LENGTH:] != self._seal(chunk, data[:-SEAL_LENGTH]):
            return None
        with np.load(io.BytesIO(data[:-SEAL_LENGTH]), allow_pickle=False) as file:
            return {name: file[name] for name in file.files}

    def holds(self, chunk: int) -> bool:
        """Whether there is a file for a chunk, good or bad."""
        return self._file(chunk).exists()

    def save(self, chunk: int, result: Result) -> None:
        """Write a finished chunk so that it is there wholly or not at all, even if the machine stops meanwhile."""
        packed = io.BytesIO()
        arrays: dict[str, Any] = as_arrays(result)
        np.savez_compressed(packed, **arrays)
        with atomically(self._file(chunk)) as file:
            file.write(packed.getvalue())
            file.write(self._seal(chunk, packed.getvalue()))

    def _file(self, chunk: int) -> Path:
        return self.path / f"chunk-{chunk:08d}.npz"

    def _seal(self, chunk: int, data: bytes) -> bytes:
        """A checksum over the contents, the position and the job; after the end of the archive, where numpy does not mind it."""
        return hashlib.sha256(b"%s %d " % (self._job.encode(), chunk) + data).hexdigest().encode()


@contextmanager
def opened(directory: str | os.PathLike[str], job: Job) -> Iterator[RunDirectory]:
    """Lock a directory and check that it is empty or this job's.

    Raises
    ------
    RunDirectoryError
        In use by another run, made by another job, full of other things, or not to be written to.
    """
    path, described = Path(directory), job.described()
    with _explained(path):
        path.mkdir(parents=True, exist_ok=True)
        foreign = [entry.name for entry in path.iterdir() if not _OWN_FILES.fullmatch(entry.name)]
    if foreign:
        raise RunDirectoryError(
            f"{str(path)!r} holds {foreign[0]!r}, which no run has written; give a directory of its own, new or empty."
        )
    with _explained(path):
        lock = DirectoryLock(path)
        lock.__enter__()
    try:
        _check_manifest(path, described)
        yield RunDirectory(path, fingerprint(described))
    finally:
        lock.__exit__(None, None, None)


def _check_manifest(path: Path, described: dict[str, Any]) -> None:
    """Compare with the manifest, or write it; tidy up what a killed run was just writing."""
    with _explained(path):
        for leftover in path.glob(".writing-*"):
            leftover.unlink()
    try:
        found = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        theirs = {key: found[key] for key in described} if found["format"] == FORMAT else None
    except (OSError, ValueError, KeyError, TypeError):
        theirs = described  # none yet, or torn: chunks are sealed with the job, so none of another one can slip in
        with atomically(path / "manifest.json") as file:
            now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
            text = json.dumps({"format": FORMAT, **described, "begun": now}, indent=1, ensure_ascii=False)
            file.write(text.encode())
    if theirs != described:
        raise RunDirectoryError(
            f"the run directory {str(path)!r} is of another job: {_differences(theirs, described)}. Give another directory, or "
            "delete this one if its chunks are not wanted."
        )


def _differences(theirs: dict[str, Any] | None, ours: dict[str, Any]) -> str:
    """``seed is 1 there and 2 here``, for everything that differs."""
    if theirs is None:
        return "it was written by a version of this library with another layout"
    there, here = ({**d["job"], "seed": d["seed"], "chunks": d["chunks"], **d["versions"]} for d in (theirs, ours))
    keys = [key for key in {**there, **here} if there.get(key) != here.get(key)]
    named = [key for key in keys if key != "code and arguments"] or keys
    return "; ".join(f"{key} is {there.get(key)} there and {here.get(key)} here" for key in named)


def as_arrays(result: Result) -> dict[str, Any]:
    """A result as plain arrays by name."""
    if not isinstance(result, Mapping):
        raise WrongTypeError(
            f"a chunk kept in a directory is a mapping of names to arrays, not {type(result).__name__}."
        )
    arrays = {str(name): np.asarray(value) for name, value in result.items()}
    for name, value in arrays.items():
        if value.dtype == object:
            raise WrongTypeError(f"{name!r} of a chunk cannot be kept in a file: give numbers or text, not objects.")
    return arrays


@contextmanager
def atomically(target: Path) -> Iterator[Any]:
    """A file to write to, which takes its name only when all of it is on the disk."""
    partial = target.parent / f".writing-{target.name}-{os.getpid()}"
    with _explained(target.parent):
        try:
            with open(partial, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, target)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        _settle_names(target.parent)


def _settle_names(directory: Path) -> None:
    """Have the new name survive a power cut; not every system can open a directory."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Say what a failure of the disk means for the run."""
    try:
        yield
    except RunDirectoryError:
        raise
    except OSError as error:
        raise RunDirectoryError(
            f"cannot write to the run directory {str(path)!r}: {error.strerror or error}. Chunks finished before are safe: "
            "mend that (free space, rights) and run the same again, and it goes on from them."
        ) from error


def _short(value: Any) -> str:
    """A number or a short text as it is, else a digest."""
    return (
        str(value) if isinstance(value, bool | int | float | str) and len(str(value)) < 60 else fingerprint(value)[:16]
    )
