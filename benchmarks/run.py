"""Every benchmark of the equilibrium engine, one after another: ``python benchmarks/run.py [--quick]``.

Each runs this library beside the peers that are installed (``pip install negotiation[bench]`` for QuantEcon, ``pip install
pygambit``, Debian's package lrslib for lrsnash) on the same seeded games, checks that the answers agree, and prints
ratios. About half an hour; five minutes with ``--quick``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from shutil import which

PARTS = ("equilibria", "large_games", "n_player_games", "correlated_qre", "signalling_games")
PEERS = ("negotiation", "numpy", "scipy", "numba", "nashpy", "quantecon", "pygambit")


def found(package: str) -> str:
    """The installed version, or a dash."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "–"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller sizes, fewer games")
    parser.add_argument("parts", nargs="*", default=PARTS, help=f"some of {', '.join(PARTS)}; all by default")
    options = parser.parse_args()
    versions = [f"{package} {found(package)}" for package in PEERS]
    print(
        f"Python {sys.version.split()[0]}, {', '.join(versions)}, lrsnash {'yes' if which('lrsnash') else '–'}",
        flush=True,
    )
    failed = 0
    for part in options.parts:
        print(f"\n=== {part}", flush=True)
        script = Path(__file__).with_name(f"{part}.py")
        failed += subprocess.run([sys.executable, script, *(["--quick"] if options.quick else [])]).returncode != 0
    print(
        f"\n{failed} of {len(options.parts)} failed"
        if failed
        else "\nall answers agree or were shown where they do not"
    )
    return failed


if __name__ == "__main__":
    sys.exit(main())
