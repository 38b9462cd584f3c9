"""A lock on a directory that goes with the process that holds it, even if that is killed."""

from __future__ import annotations

import os
import socket
import sys
import threading
from pathlib import Path
from types import TracebackType

from negotiation.errors import RunDirectoryError

_held: set[Path] = set()  # locks of one process do not shut each other out, so we do it
_guard = threading.Lock()


class DirectoryLock:
    """Held by one run at a time; a second one is refused.

    Notes
    -----
    A lock of the operating system (`fcntl.lockf`; `msvcrt.locking` on Windows) on the file ``lock``: it ends with the process,
    so a killed run leaves nothing stale behind whatever number is in the file, and child processes that outlive it do not
    hold it. It works over NFS from version 4. Who holds it is written into the file, for the message only.
    """

    def __init__(self, directory: Path) -> None:
        self.path = directory.resolve() / "lock"
        self._file = -1

    def __enter__(self) -> DirectoryLock:
        with _guard:
            if self.path in _held:
                raise RunDirectoryError(_in_use(self.path, "by this process"))
            file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                _lock(file)
            except OSError as error:
                holder = os.read(file, 200).decode(errors="replace").strip()
                os.close(file)
                raise RunDirectoryError(_in_use(self.path, holder and f"by {holder}")) from error
            os.ftruncate(file, 0)
            os.write(file, f"process {os.getpid()} on {socket.gethostname()}\n".encode())
            _held.add(self.path)
            self._file = file
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with _guard:
            _held.discard(self.path)
            os.close(self._file)


def _in_use(path: Path, holder: str) -> str:
    return (
        f"the run directory {str(path.parent)!r} is in use {holder}".rstrip()
        + ": two runs at once would write the same files. Wait for it, stop it, or give another directory."
    )


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        os.lseek(file, 1000, os.SEEK_SET)  # beyond the text, which others may then read
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        os.lseek(file, 0, os.SEEK_SET)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
