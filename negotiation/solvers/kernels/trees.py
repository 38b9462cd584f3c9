"""The loops over large trees, compiled."""

from __future__ import annotations

from numba import njit

from negotiation.solvers.trees import loops

roll_back = njit(cache=True, nogil=True)(loops.roll_back)
flow_down = njit(cache=True, nogil=True)(loops.flow_down)
flow_up = njit(cache=True, nogil=True)(loops.flow_up)
best_reply = njit(cache=True, nogil=True)(loops.best_reply)
