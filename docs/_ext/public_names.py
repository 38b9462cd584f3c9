"""Write the reference's list of public names from ``negotiation/__init__.pyi``, grouped by layer, before Sphinx reads it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import negotiation
import negotiation.testing

PACKAGE = Path(negotiation.__file__).parent
GROUPS = {  # layer: heading; a layer that is not listed comes last, under its own name
    "scenarios": "Scenarios",
    "model": "The negotiation",
    "analysis": "Is it enough?",
    "bargain": "Bargaining",
    "reduce": "A negotiation seen as a game",
    "games": "Games",
    "solvers": "Solvers",
    "simulation": "Simulation",
    "runs": "Long runs",
    "show": "Plots and reports",
    "interop": "Files and neighbours",
    "testing": "Testing payoffs of your own",
    "errors": "Errors",
}
DECLARED = re.compile(r"^from \.(\w+)[\w.]* import (\w+) as \w+$", re.MULTILINE)


def names_by_layer() -> dict[str, list[str]]:
    """The public names of each layer, in the order of the headings."""
    found: dict[str, list[str]] = {layer: [] for layer in GROUPS}
    for layer, name in DECLARED.findall((PACKAGE / "__init__.pyi").read_text(encoding="utf-8")):
        found.setdefault(layer, []).append(name)
    found["testing"] = [f"testing.{name}" for name in negotiation.testing.__all__ if "Error" not in name]
    return {layer: sorted(names, key=str.lower) for layer, names in found.items() if names}


def pages() -> dict[str, str]:
    """One page a layer, by file name, and the list of them."""
    out = {}
    for layer, names in names_by_layer().items():
        title = GROUPS.get(layer, layer.capitalize())
        entries = "\n".join(f"   {name}" for name in names)
        out[layer] = (
            f"{title}\n{'=' * len(title)}\n\n"
            f".. currentmodule:: negotiation\n\n"
            f".. autosummary::\n   :toctree: names\n\n{entries}\n"
        )
    return out


def write(app: Any) -> None:
    """Write what has changed, and leave alone what has not, so that a second build is quick."""
    folder = Path(app.srcdir) / "reference" / "generated"
    folder.mkdir(exist_ok=True, parents=True)
    wanted = pages()
    for old in folder.glob("*.rst"):
        if old.stem not in wanted:
            old.unlink()
    for layer, text in wanted.items():
        path = folder / f"{layer}.rst"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def setup(app: Any) -> dict[str, bool]:
    """Sphinx calls this before it looks for pages."""
    write(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
