"""The compiled loops: functions on plain arrays. No classes, no names, no checks: the doors in front of them do that.

Counters and flags that are handed on start as one of the constants here. A plain ``0`` or ``True`` has a type of its own
in numba, and every kernel that is called with it once and with a variable another time would be compiled twice.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

ZERO: Any = np.int64(0)
NONE: Any = np.int64(-1)
MANY: Any = np.int64(1 << 40)
NO: Any = np.bool_(False)
YES: Any = np.bool_(True)


def drop_stale(folder: Path) -> None:
    """Forget compiled kernels that are older than any kernel's source.

    numba compiles a kernel anew when its own file changes, not when a file that it calls into does; while the kernels
    are being worked on that would leave old machine code in use. A missing cache only costs time, so one that cannot
    be deleted is left alone.
    """
    with suppress(OSError):
        newest = max((source.stat().st_mtime for source in folder.glob("*.py")), default=0.0)
        for index in (folder / "__pycache__").glob("*.nbi"):
            if index.stat().st_mtime < newest:
                index.unlink(missing_ok=True)


drop_stale(Path(__file__).parent)
