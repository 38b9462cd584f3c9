"""Compiled kernels: kept until any source changes, compiled ahead on request, and for one set of types each."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import negotiation as ng
from negotiation.solvers.kernels import drop_stale
from negotiation.solvers.warm_up import KERNELS, warm_up


def test_kernels_compiled_before_the_last_change_of_any_source_are_forgotten(tmp_path: Path) -> None:
    cache = tmp_path / "__pycache__"
    cache.mkdir()
    for name, age in (("walk.py", 50), ("helpers.py", 20), ("__pycache__/old.nbi", 30), ("__pycache__/new.nbi", 10)):
        path = tmp_path / name
        path.write_text("", encoding="utf-8")
        os.utime(path, (1e9 - age, 1e9 - age))
    drop_stale(tmp_path)
    assert [p.name for p in cache.iterdir()] == ["new.nbi"]


def test_a_cache_that_is_not_there_is_no_trouble(tmp_path: Path) -> None:
    drop_stale(tmp_path)
    drop_stale(tmp_path / "nowhere")


def test_only_kernels_that_exist_can_be_warmed_up() -> None:
    with pytest.raises(ng.UnknownNameError, match="Did you mean 'batch'"):
        warm_up("bacth")
    assert {"walk", "batch", "large", "polynomial", "rays"} <= set(KERNELS)


def test_no_kernel_compiled_in_this_process_took_a_literal() -> None:
    """A plain 0 or True handed to a kernel is a type of its own, and has it compiled twice."""
    from negotiation.solvers.kernels import adjacency, batch, integers, lemke_howson, subdivision, vertices

    warm_up()
    for module in (adjacency, batch, integers, lemke_howson, subdivision, vertices):
        for name, kernel in vars(module).items():
            for signature in getattr(kernel, "signatures", ()):
                assert not any("Literal" in str(kind) for kind in signature), f"{module.__name__}.{name}{signature}"
