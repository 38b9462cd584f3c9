"""Hypothesis profiles, kernels compiled once for all workers, and the sample of slow tests that the gate runs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, settings

# ``dev`` is quick and draws anew each time; ``ci`` draws ten times as many, always the same ones, and keeps no files.
settings.register_profile("dev", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "ci", settings.get_profile("dev"), max_examples=500, derandomize=True, database=None, print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow-sample", action="store_true", help="of the slow tests, run only the first of each module")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Before several workers start, compile the kernels once; otherwise each of them would, all at the same time."""
    if getattr(session.config.option, "numprocesses", None) and not hasattr(session.config, "workerinput"):
        shares = (["walk", "batch"], ["large", "polynomial", "rays"])
        command = [sys.executable, "-m", "negotiation.solvers.warm_up"]
        for job in [subprocess.Popen([*command, *share]) for share in shares]:
            job.wait()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--slow-sample"):
        return
    kept, dropped, seen = [], [], set()
    for item in items:
        again = item.get_closest_marker("slow") is not None and item.path in seen
        (dropped if again else kept).append(item)
        if item.get_closest_marker("slow") is not None:
            seen.add(item.path)
    items[:] = kept
    config.hook.pytest_deselected(items=dropped)
